"""Where the nanocrystals of a batch lie on the film of a micrograph, without overlap.

The film is an endless plane of patches, the cells of a jittered square grid of seeds. Each patch
has rows of sites in its own direction; in most patches the crystals follow the rows (they have
assembled), in the others each is turned as it likes. Lengths are in units of the spacing of the
crystals, so that a batch of another size is seen as another magnification of the same plane: what
the sliders of a lesson move then moves the crystals a little and does not reshuffle them.

No two crystals overlap: in a patch the boxes around the crystals, parallel to the rows, are set
side by side and row upon row; and a crystal that would reach out of its patch is left out.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anionx_teach.materials import Parameter

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
Seeds = tuple[int, ...]  # four of them

_SOURCE = "chosen so that pictures resemble those of assembled perovskite nanocubes"


def _assumed(value: float, unit: str, note: str) -> Parameter:
    """Return a number of the layout."""
    return Parameter(value, unit, _SOURCE, "assumed for teaching", note=note)


SHORTEST_GAP_NM = _assumed(1.2, "nm", "between neighbours kept apart by their ligands")
LONGEST_GAP_NM = _assumed(2.8, "nm", "gaps are uniform between the shortest and the longest")
TOUCHING_FRACTION = _assumed(0.06, "-", "of the neighbours in a row that have lost their ligands")
PATCH_SITES = _assumed(10.0, "-", "crystals across a patch")
DISORDERED_FRACTION = _assumed(0.2, "-", "of the patches, in which each crystal has its own angle")
TILT_DEG = _assumed(2.5, "deg", "standard deviation of the angle to the rows in an ordered patch")

_SITES = 19  # rows and columns of sites laid out in a patch: they cover its cell and more
_JITTER = 0.7  # of the seeds, as a fraction of their distance: no two cells are alike
_REACH = 1.2  # of a cell from its seed, in distances of the seeds; follows from the jitter
_RAGGEDNESS = 0.3  # how much sooner or later than its distance says a patch fills up
_NOMINAL_GAP = 0.25  # gap over edge, for deciding which sites a patch has
_NOMINAL_STEP = 0.16  # further distance between rows, which rest on the highest beneath
_NOMINAL_MARGIN = 0.54  # between a site and the border of its patch: half a crystal and its drift


@dataclass(frozen=True)
class Layout:
    """Crystals in place: index in the batch, centre from the middle of the field, angle of the edge.

    The angle is between the image's x axis and the direction of `edge_length_nm`.
    """

    crystal: Indices
    x_nm: Numbers
    y_nm: Numbers
    angle_rad: Numbers


@dataclass(frozen=True)
class _Plane:
    """The endless plane near the field, in units of the spacing: P patches of K rows of J sites."""

    seed: Numbers  # (P, 2)
    cell: Indices  # (P,) number of the patch among all seeds
    direction_rad: Numbers  # (P,) of the rows
    turn_rad: Numbers  # (P, K, J) of each crystal to its row
    beside: Numbers  # (P, K, J) gap to the left, 0 touching ... 1 longest
    beneath: Numbers  # (P, K, J) gap beneath, 0 shortest ... 1 longest
    haste: Numbers  # (P,) factor on the distance at which the patch fills up

    def chosen(self, which: Flags) -> _Plane:
        """Return some of the patches."""
        return _Plane(**{name: values[which] for name, values in vars(self).items()})


def lay_out(
    edge_nm: Numbers,
    long_nm: Numbers,
    field_nm: tuple[float, float],
    seeds: Seeds,
) -> Layout:
    """Place crystals (N,) on a field (x, y), in the order of the batch from its middle outwards.

    Crystals for which there is no place are left out.
    """
    if not edge_nm.size:
        return Layout(np.empty(0, np.intp), np.empty(0), np.empty(0), np.empty(0))
    mean_edge, mean_long = float(edge_nm.mean()), float(long_nm.mean())
    gap = (float(SHORTEST_GAP_NM) + float(LONGEST_GAP_NM)) / 2
    spacing_nm = float(np.sqrt(mean_edge * mean_long)) + gap
    field = np.array(field_nm) / spacing_nm
    # A large field is mostly bare film: no further out than twice what the crystals can fill.
    filled = 2 * np.sqrt(edge_nm.size * field.max() / field.min())
    rings = int(np.ceil(min(field.max() / 2 + 1, filled) / float(PATCH_SITES))) + 2
    plane, step, nominal, exists = _sites(seeds, rings, float(np.sqrt(mean_long / mean_edge)))
    cells = plane.seed
    near = np.all(np.abs(cells) < field / 2 + _REACH * float(PATCH_SITES), axis=1)
    plane, step, nominal, exists = plane.chosen(near), step[near], nominal[near], exists[near]
    crystal = _assign(plane, nominal, exists, field, edge_nm.size)
    used = np.asarray((crystal >= 0).any(axis=(1, 2)), np.bool_)
    plane, step, exists, crystal = plane.chosen(used), step[used], exists[used], crystal[used]
    taken = crystal >= 0
    edge = np.where(taken, edge_nm[crystal], mean_edge)
    long = np.where(taken, long_nm[crystal], mean_long)
    along, across = _stack(plane, edge, long, step * spacing_nm, exists)
    place = _turned(along, across, plane.direction_rad[:, None, None])
    place += plane.seed[:, None, None] * spacing_nm
    angle = plane.direction_rad[:, None, None] + plane.turn_rad
    cell = np.broadcast_to(plane.cell[:, None, None], taken.shape)[taken]
    crystal, edge, long = crystal[taken], edge[taken], long[taken]
    place, angle = place[taken], angle[taken]
    apart = float(SHORTEST_GAP_NM)  # from the crystals of other patches
    corners = box_corners(place, edge + apart, long + apart, angle)
    kept = _in_own_cell(corners, cell, cells * spacing_nm)
    reach = np.abs(box_corners(place, edge, long, angle) - place[:, None]).max(axis=1)
    kept &= np.all(np.abs(place) - reach < np.array(field_nm) / 2, axis=1)
    order = np.flatnonzero(kept)
    order = order[np.argsort(crystal[order])]
    return Layout(crystal[order], place[order, 0], place[order, 1], angle[order])


def box_corners(centre: Numbers, edge: Numbers, long: Numbers, angle_rad: Numbers) -> Numbers:
    """Return the corners (N, 4, 2) of rectangles around centres (N, 2).

    `edge` lies along the angle, `long` across it.
    """
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    corners = _turned(edge[:, None] * signs[:, 0], long[:, None] * signs[:, 1], angle_rad[:, None])
    return corners + centre[:, None]


def _turned(along: Numbers, across: Numbers, angle_rad: Numbers) -> Numbers:
    """Return (..., 2) x and y of a vector given along and across an angle."""
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    return np.stack([along * cosine - across * sine, along * sine + across * cosine], axis=-1)


def _plane(seeds: Seeds, rings: int) -> _Plane:
    """Draw the patches in so many rings around the middle of the field.

    More patches need more random numbers, which come after those of the first patches: these
    therefore stay as they are at any magnification.
    """
    distance = float(PATCH_SITES)
    line = np.arange(-rings, rings + 1)
    grid = np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2)
    grid = grid[np.argsort(np.abs(grid).max(axis=1), kind="stable")]
    count = len(grid)
    streams = [np.random.default_rng(np.random.SeedSequence(seed)) for seed in seeds]
    u = streams[0].random((count, 5))
    sites = (count, _SITES, _SITES)
    turn = streams[1].standard_normal(sites)
    beside = streams[2].random(sites)
    beneath = streams[3].random(sites)
    disordered = (u[:, 2] < float(DISORDERED_FRACTION))[:, None, None]
    touching = (beside < float(TOUCHING_FRACTION)) & ~disordered
    # Two that touch do so face to face: both lie along the row.
    aligned = touching | np.roll(touching, -1, axis=2)
    ordered_turn = np.where(aligned, 0.0, turn * np.deg2rad(float(TILT_DEG)))
    turn = np.where(disordered, ((5 * turn) % 1.0 - 0.5) * np.pi, ordered_turn)
    return _Plane(
        seed=(grid + _JITTER * (u[:, :2] - 0.5)) * distance,
        cell=np.arange(count),
        direction_rad=u[:, 3] * np.pi,
        turn_rad=turn,
        beside=np.where(touching, 0.0, beside),
        beneath=beneath,
        haste=1 + _RAGGEDNESS * (u[:, 4] - 0.5),
    )


@functools.lru_cache(maxsize=8)  # the same for every size that a moved slider passes through
def _sites(seeds: Seeds, rings: int, root_aspect: float) -> tuple[_Plane, Numbers, Numbers, Flags]:
    """Return patches, steps (P, 2) along and across their rows, sites (P, K, J, 2), which exist.

    They are for crystals that are all of the mean size; nothing here depends on the sizes but on
    their aspect, so that the same sites exist at any magnification.
    """
    plane = _plane(seeds, rings)
    cosine, sine = np.abs(np.cos(plane.turn_rad)), np.abs(np.sin(plane.turn_rad))
    edge, long = 1 / root_aspect, root_aspect
    box = np.stack([edge * cosine + long * sine, edge * sine + long * cosine], axis=-1)
    step = box.mean(axis=(1, 2)) + _NOMINAL_GAP
    step[:, 1] += _NOMINAL_STEP
    step /= 1 + _NOMINAL_GAP
    along, across = np.broadcast_arrays(*_offsets(step))
    nominal = _turned(along, across, plane.direction_rad[:, None, None])
    nominal += plane.seed[:, None, None]
    nearest, gap = _nearest_cell(nominal.reshape(-1, 2), plane.seed)
    exists = (nearest == plane.cell.repeat(_SITES**2)) & (gap > _NOMINAL_MARGIN)
    return plane, step, nominal, exists.reshape(plane.turn_rad.shape)


def _offsets(step: Numbers) -> tuple[Numbers, Numbers]:
    """Return the nominal positions along (P, 1, J) and across (P, K, 1) the rows of a patch."""
    number = np.arange(_SITES) - (_SITES - 1) / 2
    return step[:, :1, None] * number, step[:, 1:, None] * number[:, None]


def _assign(plane: _Plane, nominal: Numbers, exists: Flags, field: Numbers, count: int) -> Indices:
    """Give the crystals 0 .. count-1 to the sites (P, K, J) that the field can see; -1 is none."""
    visible = exists & np.all(np.abs(nominal) < field / 2 + 0.5, axis=-1)
    distance = np.abs(nominal / field).max(axis=-1) * plane.haste[:, None, None]
    site = np.flatnonzero(visible)
    site = site[np.argsort(distance.reshape(-1)[site], kind="stable")][:count]
    crystal = np.full(exists.size, -1, np.intp)
    crystal[site] = np.arange(site.size)
    return crystal.reshape(exists.shape)


def _stack(
    plane: _Plane, edge: Numbers, long: Numbers, step_nm: Numbers, exists: Flags
) -> tuple[Numbers, Numbers]:
    """Set the boxes side by side in rows, and each row upon those beneath: centres (P, K, J) nm."""
    cosine, sine = np.abs(np.cos(plane.turn_rad)), np.abs(np.sin(plane.turn_rad))
    width = edge * cosine + long * sine
    height = edge * sine + long * cosine
    shortest = float(SHORTEST_GAP_NM)
    span = float(LONGEST_GAP_NM) - shortest
    beside = np.where(plane.beside > 0, shortest + span * plane.beside, 0.0)
    beneath = shortest + span * plane.beneath
    weight = exists + 1e-9  # a patch without sites has a mean too
    nominal_along, nominal_across = _offsets(step_nm)
    along = np.cumsum(beside + width, axis=2) - width / 2
    drift = np.sum((along - nominal_along) * weight, axis=2) / weight.sum(axis=2)
    along -= drift[:, :, None]
    left, right = along - width / 2, along + width / 2
    top = np.zeros_like(along)
    for row in range(_SITES):
        under = left[:, row, :, None, None] < right[:, None, :row]  # (P, J, K', J')
        under &= right[:, row, :, None, None] > left[:, None, :row]
        highest = np.where(under, top[:, None, :row], 0.0).max(axis=(2, 3), initial=0.0)
        top[:, row] = highest + beneath[:, row] + height[:, row]
    across = top - height / 2
    drift = np.sum((across - nominal_across) * weight, axis=(1, 2)) / weight.sum(axis=(1, 2))
    return along, across - drift[:, None, None]


def _nearest_cell(points: Numbers, seed: Numbers) -> tuple[Indices, Numbers]:
    """Return for points (M, 2) the nearest seed, and the distance to the border of its cell."""
    from scipy.spatial import cKDTree

    distances, indices = cKDTree(seed).query(points, k=2)
    distance, index = np.asarray(distances), np.asarray(indices)
    between = np.hypot(*(seed[index[:, 0]] - seed[index[:, 1]]).T)
    return index[:, 0], (distance[:, 1] ** 2 - distance[:, 0] ** 2) / (2 * between)


def _in_own_cell(corners: Numbers, cell: Indices, seed: Numbers) -> Flags:
    """Tell which rectangles (N, 4, 2) lie in their own cell, which is convex."""
    from scipy.spatial import cKDTree

    index = np.asarray(cKDTree(seed).query(corners.reshape(-1, 2))[1])
    inside: Flags = (index.reshape(-1, 4) == cell[:, None]).all(axis=1)
    return inside
