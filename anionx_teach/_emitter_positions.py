"""Where emitters lie on the coverslip: single ones, and clusters that look like one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._validation import between, count, generator, non_negative, scalar
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    import pandas as pd
    from scipy.spatial import KDTree

    from anionx_teach._validation import Numbers

CLUSTER_RADIUS_PX = float(parameter("camera-016"))
MINIMUM_DISTANCE_PX = float(parameter("camera-017"))
MARGIN_PX = float(parameter("camera-018"))

_SMALLEST_CLUSTER, _LARGEST_CLUSTER = 2, 4
_DENSEST = math.pi / math.sqrt(12)  # share of an area that discs cover when packed by hand
_JAMMED = 0.547  # share of an area that discs cover when no further one fits by chance
_TRIALS = 10_000  # for one spot: then it is said that no further one fits by chance
_AT_ONCE = 1024  # places that are tried, one after the other


def place_emitters(
    n: int,
    *,
    shape: tuple[int, int] = (512, 512),
    cluster_share: float = 0.0,
    minimum_distance_px: float = MINIMUM_DISTANCE_PX,
    margin_px: float = MARGIN_PX,
    cluster_radius_px: float = CLUSTER_RADIUS_PX,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> pd.DataFrame:
    """Place emitters by chance, single ones and clusters.

    Parameters
    ----------
    n : int
        Number of emitters, those of clusters counted each; 0 is allowed.
    shape : (int, int)
        Rows and columns of the field, px.
    cluster_share : float
        Probability, 0 to 1, that a spot is a cluster of 2, 3 or 4 emitters, equally often. The last
        spot takes the emitters that are left.
    minimum_distance_px : float
        Smallest distance between the middles of two spots, px; 0 lets them overlap.
    margin_px : float
        Width of the rim of the field in which no spot has its middle, px.
    cluster_radius_px : float
        The emitters of a cluster lie by chance in a disc of this radius around its middle, px. With
        the default they are closer than a microscope can tell apart.
    rng : int, SeedSequence, Generator or None
        Where chance comes from; None takes fresh chance.

    Returns
    -------
    pandas.DataFrame
        One row per emitter: emitter, spot (emitters of a cluster share it), n_in_spot, x_px, y_px.
        Pixel (0, 0) has its centre at 0.0.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number of its range, the field has no room inside its margin, or the
        spots do not fit at that distance.

    Notes
    -----
    A spot is placed anywhere inside the margin, and again when another one is too close (random
    sequential adsorption). Discs of the smallest distance placed so never cover more than about
    0.547 of an area.

    References
    ----------
    J. Feder, Journal of Theoretical Biology 87, 237 (1980), on that limit (literature, to be
    verified).

    Examples
    --------
    >>> truth = place_emitters(200, cluster_share=0.3, rng=1)
    >>> truth.columns.to_list()
    ['emitter', 'spot', 'n_in_spot', 'x_px', 'y_px']
    >>> len(truth), int(truth["n_in_spot"].max())
    (200, 4)
    """
    n_emitters = count("n", n, minimum=0)
    rows, columns = checked_shape(shape)
    share = float(between("cluster_share", scalar("cluster_share", cluster_share), 0, 1))
    distance = _length("minimum_distance_px", minimum_distance_px)
    margin = _length("margin_px", margin_px)
    radius = _length("cluster_radius_px", cluster_radius_px)
    size = np.array([columns, rows]) - 2 * margin
    if np.any(size <= 0):
        msg = f"margin_px must leave room in a field of {rows} x {columns} px, got {margin:g} px"
        raise ValueError(msg)
    if share > 0 and radius > margin:
        msg = (
            f"cluster_radius_px must be <= margin_px ({margin:g} px), got {radius:g} px: "
            "an emitter could lie outside the field"
        )
        raise ValueError(msg)
    chance = generator(rng)
    spot_of = _spots(n_emitters, share, chance)
    n_spots = int(spot_of[-1]) + 1 if n_emitters else 0
    middle = _distant_points(n_spots, size, distance, chance) + (margin - 0.5)
    in_spot = np.bincount(spot_of, minlength=n_spots)[spot_of]
    angle = chance.uniform(0, 2 * np.pi, n_emitters)
    away = np.where(in_spot > 1, radius * np.sqrt(chance.uniform(0, 1, n_emitters)), 0.0)
    offset = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
    return truth_table(middle[spot_of] + offset, spot_of)


def truth_table(positions_px: Numbers, spot: np.ndarray) -> pd.DataFrame:
    """Return the table of emitters at positions (N, 2) that belong to the spots 0, 1, ..."""
    import pandas as pd

    in_spot = np.bincount(spot)[spot] if spot.size else np.zeros(0, np.int64)
    return pd.DataFrame(
        {
            "emitter": np.arange(spot.size),
            "spot": spot,
            "n_in_spot": in_spot,
            "x_px": positions_px[:, 0],
            "y_px": positions_px[:, 1],
        }
    )


def checked_shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Return rows and columns of a field, checked."""
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        msg = f"shape must be two whole numbers (rows, columns), got {shape!r}"
        raise ValueError(msg)
    return count("shape[0]", shape[0]), count("shape[1]", shape[1])


def _length(name: str, value: float) -> float:
    """Return a length >= 0 in px."""
    return float(non_negative(name, scalar(name, value), "px"))


def _spots(n: int, share: float, chance: np.random.Generator) -> np.ndarray:
    """Return the spot of each of n emitters, in order."""
    is_cluster = chance.random(n) < share
    members = chance.integers(_SMALLEST_CLUSTER, _LARGEST_CLUSTER, n, endpoint=True)
    return np.repeat(np.arange(n), np.where(is_cluster, members, 1))[:n]


def _distant_points(n: int, size: Numbers, distance: float, chance: np.random.Generator) -> Numbers:
    """Return n points (N, 2) of a rectangle, no two of them closer than `distance`."""
    if distance == 0:
        return chance.uniform(0, 1, (n, 2)) * size
    _require_room(n, size, distance)
    points = np.empty((n, 2))
    cells: dict[tuple[int, int], list[tuple[float, float]]] = {}
    placed = failed = 0
    tree: KDTree | None = None  # of most of the points: a new one when they are a tenth more
    while placed < n:
        if failed >= _TRIALS:
            raise ValueError(_no_room(n, size, distance, f"{placed} did by chance"))
        candidates = chance.uniform(0, 1, (_AT_ONCE, 2)) * size
        failed += _AT_ONCE
        if placed >= _AT_ONCE and (tree is None or placed > 1.1 * tree.n):
            tree = _tree(points[:placed])
        for i in _far_from(tree, distance, candidates):
            x, y = candidates[i].tolist()
            if _is_free(x, y, distance, cells):
                points[placed] = x, y
                placed += 1
                failed = _AT_ONCE - 1 - int(i)
                if placed == n:
                    break
    return points


def _tree(points: Numbers) -> KDTree:
    """Return what finds the nearest of many points."""
    from scipy.spatial import KDTree

    return KDTree(points)


def _far_from(tree: KDTree | None, distance: float, candidates: Numbers) -> Iterable[int]:
    """Return which candidates are close to no point of a tree; in a crowded field these are few."""
    if tree is None:
        return range(len(candidates))
    nearest, _ = tree.query(candidates, distance_upper_bound=distance)
    return np.flatnonzero(np.isinf(nearest))


def _is_free(
    x: float, y: float, distance: float, cells: dict[tuple[int, int], list[tuple[float, float]]]
) -> bool:
    """Tell whether no point in the cells around a place is too close, and if so put one there."""
    column, row = int(x / distance), int(y / distance)
    for i in (column - 1, column, column + 1):
        for j in (row - 1, row, row + 1):
            for a, b in cells.get((i, j), ()):
                if math.hypot(x - a, y - b) < distance:
                    return False
    cells.setdefault((column, row), []).append((x, y))
    return True


def _require_room(n: int, size: Numbers, distance: float) -> None:
    """Raise a ValueError at once when so many discs cannot be placed in any way."""
    area = float(np.prod(size + distance))  # discs at the rim reach beyond it by half
    in_area = area / (math.pi * (distance / 2) ** 2)
    most = max(1, math.floor(_DENSEST * in_area))
    if n > most:
        raise ValueError(_no_room(n, size, distance, f"even packed by hand at most {most} do"))
    by_chance = _JAMMED * in_area
    if n > by_chance + 4 * math.sqrt(by_chance) + 1:
        msg = _no_room(n, size, distance, f"by chance only about {by_chance:.0f} do")
        raise ValueError(msg)


def _no_room(n: int, size: Numbers, distance: float, fitted: str) -> str:
    """Return what to say when the spots do not fit."""
    return (
        f"{n} spots at least {distance:g} px apart do not fit into {size[1]:g} x {size[0]:g} px "
        f"inside the margin ({fitted}): choose fewer, a larger field or a smaller "
        "minimum_distance_px"
    )
