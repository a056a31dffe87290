"""From significance to candidates: the maxima, without shoulders of others and without hot pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._spot_significance import Significance, effective_sigma_px

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_RING = 0.03  # of a spot: the first ring of an Airy pattern and what a filter leaves of a tail
_RINGS_END_SD = 8.0  # standard deviations of the point-spread function; beyond, there is less


@dataclass(frozen=True)
class Candidates:
    """Maxima of the significance, the highest first.

    Parameters
    ----------
    row, column : (N,) intp
        Pixel of the maximum.
    x_px, y_px : (N,) array
        Where a parabola through it and its neighbours has its top.
    signal_to_noise : (N,) array
        There.
    """

    row: npt.NDArray[np.intp]
    column: npt.NDArray[np.intp]
    x_px: Numbers
    y_px: Numbers
    signal_to_noise: Numbers

    def __getitem__(self, kept: npt.NDArray[np.bool_]) -> Candidates:
        """Return some of them."""
        return Candidates(*(values[kept] for values in vars(self).values()))


def candidates(
    found: Significance, threshold: float, min_distance_px: float, sigma_px: float
) -> Candidates:
    """Return the maxima above a threshold that no brighter neighbour explains."""
    every = _maxima(found.signal_to_noise, threshold)
    return every[_stands_alone(every, threshold, min_distance_px, sigma_px)]


def pairs_within(x_px: Numbers, y_px: Numbers, distance_px: float) -> npt.NDArray[np.intp]:
    """Return pairs (M, 2) of points closer than a distance, the first before the second."""
    from scipy.spatial import cKDTree

    if len(x_px) < 2:
        return np.empty((0, 2), np.intp)
    tree = cKDTree(np.stack([x_px, y_px], axis=-1))
    pairs = tree.query_pairs(distance_px, output_type="ndarray")
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _maxima(values: npt.NDArray[np.float32], threshold: float) -> Candidates:
    """Return the pixels above a threshold that no neighbour exceeds, the highest first."""
    padded = np.pad(values, 1, mode="reflect")
    row, column = np.nonzero(values > threshold)
    around = np.stack([padded[row + dy, column + dx] for dy in range(3) for dx in range(3)])
    top = np.all(around <= around[4], axis=0)
    row, column, around = row[top], column[top], around[:, top].astype(np.float64)
    order = np.argsort(-around[4], kind="stable")
    row, column, around = row[order], column[order], around[:, order]
    x_px = column + _vertex(around[3], around[4], around[5])
    y_px = row + _vertex(around[1], around[4], around[7])
    return Candidates(row, column, x_px, y_px, around[4])


def _vertex(before: Numbers, top: Numbers, after: Numbers) -> Numbers:
    """Return where the parabola through three pixels is highest, at most half a pixel away."""
    bend = 2 * top - before - after
    return np.asarray((after - before) / (2 * np.where(bend > 0, bend, np.inf)))


def _stands_alone(
    every: Candidates, threshold: float, min_distance_px: float, sigma_px: float
) -> npt.NDArray[np.bool_]:
    """Tell which maxima are neither too close to a brighter one nor part of its light."""
    kept = np.ones(len(every.x_px), np.bool_)
    reach = max(min_distance_px, _RINGS_END_SD * effective_sigma_px(sigma_px))
    pairs = pairs_within(every.x_px, every.y_px, reach)
    gap = np.hypot(
        np.diff(every.x_px[pairs], axis=1)[:, 0], np.diff(every.y_px[pairs], axis=1)[:, 0]
    )
    leak = _RING + np.exp(-((gap / (2 * effective_sigma_px(sigma_px))) ** 2))
    explained = threshold + leak * every.signal_to_noise[pairs[:, 0]]
    hidden = (gap < min_distance_px) | (every.signal_to_noise[pairs[:, 1]] < explained)
    for bright, faint in pairs[hidden]:  # brightest first: one that is hidden hides nobody
        if kept[bright]:
            kept[faint] = False
    return kept
