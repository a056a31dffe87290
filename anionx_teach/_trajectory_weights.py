"""Which weight each pixel around a spot has in its intensity.

Light of the spot, light of its neighbours and a background that is an inclined plane are fitted
together by least squares to a disc of pixels. What comes out is linear in the pixels: a weighted
sum, whose weights follow from positions and width alone. They are made twice, once as is best for a
dark spot (the same noise in every pixel) and once for a bright one (noise that grows with light).
Both are free of bias, and so is any mixture of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._trajectory_psf import disc, point_spread

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

BRIGHT = 60.0  # variance by light over that of the background, of the spot the second set is for
_BACKGROUND_RING_PX = 2.7  # around the core: some 65 pixels, whose mean adds 3 % to the noise
_MOST_NEIGHBOURS = 12
_AT_ONCE = 512  # spots: bounds the memory of a crowded field
_RIDGE = 1e-9  # lets two neighbours in the same place share their light


@dataclass(frozen=True)
class NoiseShape:
    """How the noise of the pixels becomes that of the two estimates of the light of each spot.

    With q the variance of a background pixel and s A that of light A, the covariances are
    flat (P, 3) q + own (P, 3) s A + sum over neighbours of_neighbours (P, M, 3) s A_m, the three
    being dark-dark, dark-bright and bright-bright.
    """

    flat: Numbers
    own: Numbers
    of_neighbours: Numbers


@dataclass(frozen=True)
class SpotWeights:
    """The pixels (P, K) of each spot, and their weights (3, P, K).

    The weights are those of a dark spot, of a bright spot, and of the background.
    """

    pixel: npt.NDArray[np.int64]
    weights: Numbers
    noise: NoiseShape


@dataclass(frozen=True)
class Neighbourhood:
    """Spots near each spot: numbers (P, M), -1 for none, and the distance (P,) to the nearest."""

    number: npt.NDArray[np.int64]
    nearest_px: Numbers


def core_radius_px(sigma_px: float) -> float:
    """Return how far from a spot its light reaches."""
    return 1 + 3 * sigma_px


def disc_radius_px(sigma_px: float) -> float:
    """Return the radius of the disc of pixels that is used, background included."""
    return core_radius_px(sigma_px) + _BACKGROUND_RING_PX


def inseparable_px(sigma_px: float) -> float:
    """Return the distance below which two spots are not told apart, and both get all the light."""
    return max(sigma_px, 0.5)


def find_neighbours(x_px: Numbers, y_px: Numbers, sigma_px: float) -> Neighbourhood:
    """Return the spots whose light reaches the disc of each spot."""
    n_spots = len(x_px)
    if n_spots < 2:
        return Neighbourhood(np.full((n_spots, 0), -1, np.int64), np.full(n_spots, np.inf))
    from scipy.spatial import KDTree

    place = np.stack([x_px, y_px], axis=1)
    asked = min(n_spots, _MOST_NEIGHBOURS + 1)
    distance, number = KDTree(place).query(place, k=asked)
    itself = number == np.arange(n_spots)[:, None]
    distance = np.where(itself, np.inf, distance)
    reach = disc_radius_px(sigma_px) + 3 * sigma_px
    told_apart = (distance <= reach) & (distance >= inseparable_px(sigma_px))
    number = np.where(told_apart, number, -1).astype(np.int64)
    some = told_apart.any(axis=0)
    return Neighbourhood(number[:, some], distance.min(axis=1))


def spot_weights(
    shape_px: tuple[int, int],
    x_px: Numbers,
    y_px: Numbers,
    sigma_px: float,
    neighbours: Neighbourhood,
    spoiled: npt.NDArray[np.bool_] | None = None,
) -> SpotWeights:
    """Return pixels and weights for spots at these places; pixels that are `spoiled` get none."""
    parts = [
        _some_weights(shape_px, x_px, y_px, sigma_px, neighbours.number, spoiled, part)
        for part in np.array_split(np.arange(len(x_px)), max(1, -(-len(x_px) // _AT_ONCE)))
    ]
    pixel, weights, flat, own, of_neighbours = zip(*parts, strict=True)
    return SpotWeights(
        np.concatenate(pixel),
        np.ascontiguousarray(np.concatenate(weights, axis=1)),
        NoiseShape(np.concatenate(flat), np.concatenate(own), np.concatenate(of_neighbours)),
    )


def disc_pixels(
    shape_px: tuple[int, int], x_px: Numbers, y_px: Numbers, sigma_px: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return columns and rows (P, K) of the pixels of each disc, and which are in the frame."""
    dx, dy = disc(disc_radius_px(sigma_px))
    column = np.rint(x_px).astype(np.int64)[:, None] + dx
    row = np.rint(y_px).astype(np.int64)[:, None] + dy
    inside = (column >= 0) & (column < shape_px[1]) & (row >= 0) & (row < shape_px[0])
    return column, row, inside


def _some_weights(
    shape_px: tuple[int, int],
    x_px: Numbers,
    y_px: Numbers,
    sigma_px: float,
    neighbour: npt.NDArray[np.int64],
    spoiled: npt.NDArray[np.bool_] | None,
    part: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], Numbers, Numbers, Numbers, Numbers]:
    """Return the fields of `SpotWeights` for the spots of one part."""
    column, row, usable = disc_pixels(shape_px, x_px[part], y_px[part], sigma_px)
    pixel = np.where(usable, row * shape_px[1] + column, 0)
    if spoiled is not None:
        usable &= ~spoiled[part]
    near = neighbour[part]
    there = np.concatenate([part[:, None], near], axis=1)  # (P, 1 + M)
    at_x, at_y = x_px[there][..., None], y_px[there][..., None]
    light = point_spread(column[:, None] - at_x, row[:, None] - at_y, sigma_px)
    light[:, 1:][near < 0] = 0.0
    light *= usable[:, None]
    plane = np.stack([np.ones(column.shape), column - at_x[:, 0], row - at_y[:, 0]], axis=1)
    model = np.concatenate([light, plane * usable[:, None]], axis=1)  # (P, C, K)
    dark, background = _solved(model, np.ones(column.shape), [0, light.shape[1]])
    (bright,) = _solved(model, 1 / (1 + BRIGHT * light[:, 0]), [0])
    pairs = np.stack([dark**2, dark * bright, bright**2], axis=1)  # (P, 3, K)
    by_light = (pairs[:, None] * light[:, :, None]).sum(axis=-1)  # (P, 1 + M, 3)
    weights = np.stack([dark, bright, background])
    return pixel, weights, pairs.sum(axis=-1), by_light[:, 0], by_light[:, 1:]


def _solved(model: Numbers, precision: Numbers, wanted: list[int]) -> list[Numbers]:
    """Return the weights (P, K) that give some coefficients of the least-squares fit."""
    weighted = model * precision[:, None]
    gram = (weighted[:, :, None] * model[:, None]).sum(axis=-1)
    size = np.arange(gram.shape[1])
    empty = gram[:, size, size] == 0
    gram[:, size, size] = np.where(empty, 1.0, gram[:, size, size] * (1 + _RIDGE))
    unit = np.zeros((len(gram), len(size), len(wanted)))
    unit[:, wanted, np.arange(len(wanted))] = 1.0
    coefficient = np.linalg.solve(gram, unit)  # (P, C, wanted)
    return [(weighted * coefficient[:, :, i, None]).sum(axis=1) for i in range(len(wanted))]
