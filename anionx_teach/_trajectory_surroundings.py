"""What is around the spots, from the mean images: their width, their places, their background."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._trajectory_psf import fit_point_spread
from anionx_teach._trajectory_sample import Sample
from anionx_teach._trajectory_weights import (
    Neighbourhood,
    core_radius_px,
    disc_pixels,
    find_neighbours,
    inseparable_px,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

_SPOILED = 6.0  # standard errors above the background: light of something that is not in the table
_FEWEST_PIXELS = 12  # of a background whose median is trusted
_ROUNDING = 1 / 12  # variance of a count that is rounded to a whole number


@dataclass(frozen=True)
class Spots:
    """Where the spots are, how their light spreads, and which are near which."""

    x_px: Numbers
    y_px: Numbers
    sigma_px: float
    neighbours: Neighbourhood


def placed(
    sample: Sample,
    there: Numbers,
    x_px: Numbers,
    y_px: Numbers,
    sigma_px: float | None,
    start_sigma_px: float,
) -> Spots:
    """Return the spots with the width of their light, and better positions where they are clear."""
    start = start_sigma_px if sigma_px is None else sigma_px
    nearest = find_neighbours(x_px, y_px, start).nearest_px
    noise = np.maximum(sample.noise, _ROUNDING) / sample.n_frames
    fit = fit_point_spread(
        sample.images, there, noise, x_px, y_px, nearest, start, fixed_width=sigma_px is not None
    )
    if sigma_px is None and not fit.n_used:
        msg = (
            "no spot is clear enough to estimate the point-spread function from: "
            f"psf_sigma_px = {start:.3g} px is used"
        )
        warnings.warn(msg, UserWarning, stacklevel=4)
    neighbours = find_neighbours(x_px, y_px, fit.sigma_px)
    close = int(np.count_nonzero(neighbours.nearest_px < inseparable_px(fit.sigma_px)))
    if close:
        msg = (
            f"{close} spots lie closer than {inseparable_px(fit.sigma_px):.2g} px to another one: "
            "each of them gets the light of both"
        )
        warnings.warn(msg, UserWarning, stacklevel=4)
    return Spots(fit.x_px, fit.y_px, fit.sigma_px, neighbours)


@dataclass(frozen=True)
class _Discs:
    """The pixels (P, K) of all discs on one of the mean images, and where the spots are there."""

    image: Numbers
    column: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]
    x_px: Numbers
    y_px: Numbers

    def away_from(self, near: npt.NDArray[np.int64]) -> Numbers:
        """Return the distance (P, K) of each pixel from one spot for each disc."""
        x_px, y_px = self.x_px[near][:, None], self.y_px[near][:, None]
        distance: Numbers = np.hypot(self.column - x_px, self.row - y_px)
        return distance


def spoiled_pixels(sample: Sample, there: Numbers, spots: Spots) -> npt.NDArray[np.bool_]:
    """Return which pixels (P, K) of the background are lit by something that is not in the table."""
    parts = []
    for discs in _discs(sample, there, spots):
        background = _background(discs, spots)
        enough = background.sum(axis=1) >= _FEWEST_PIXELS
        background &= enough[:, None]
        light = discs.image[discs.row, discs.column]
        middle = _median(light, background)
        noise = _median(sample.noise[discs.row, discs.column], background)
        error = np.sqrt(np.maximum(noise, _ROUNDING) / sample.n_frames)
        parts.append(background & (light > middle + _SPOILED * error))
    return np.asarray(np.any(parts, axis=0))


def background_noise(
    sample: Sample, there: Numbers, spots: Spots, spoiled: npt.NDArray[np.bool_]
) -> Numbers:
    """Return the variance (P,) of a background pixel of each spot from one frame to the next."""
    discs = next(_discs(sample, there, spots))
    ring = _background(discs, spots) & ~spoiled
    noise = sample.noise[discs.row, discs.column]
    # A pixel that something lights up now and then changes more than noise does.
    limit = _median(noise, ring) * (1 + 6 * np.sqrt(2 / sample.n_pairs))
    ring &= noise <= limit
    total = np.where(ring, noise, 0.0).sum(axis=1)
    everywhere = float(np.median(sample.noise))
    flat = np.where(ring.any(axis=1), total / np.maximum(ring.sum(axis=1), 1), everywhere)
    return np.maximum(flat, _ROUNDING)


def _discs(sample: Sample, there: Numbers, spots: Spots) -> Iterator[_Discs]:
    """Yield each mean image with the pixels of all discs on it."""
    rows, columns = sample.noise.shape
    for image, move in zip(sample.images, there, strict=True):
        x_px, y_px = spots.x_px + move[0], spots.y_px + move[1]
        column, row, inside = disc_pixels((rows, columns), x_px, y_px, spots.sigma_px)
        column, row = np.clip(column, 0, columns - 1), np.clip(row, 0, rows - 1)
        yield _Discs(image, column, row, inside, x_px, y_px)


def _background(discs: _Discs, spots: Spots) -> npt.NDArray[np.bool_]:
    """Return the pixels (P, K) that the light of no spot of the table reaches."""
    core_px = core_radius_px(spots.sigma_px)
    background = discs.inside & (discs.away_from(np.arange(len(discs.x_px))) > core_px)
    for near in spots.neighbours.number.T:
        background &= (discs.away_from(near) > core_px) | (near < 0)[:, None]
    return background


def _median(values: Numbers, which: npt.NDArray[np.bool_]) -> Numbers:
    """Return the median (P, 1) of some values of each row; 0 where there are none."""
    ordered = np.sort(np.where(which, values, np.inf), axis=1)
    n_values = which.sum(axis=1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum(n_values - 1, 0) // 2, axis=1)
    high = np.take_along_axis(ordered, np.minimum(n_values // 2, which.shape[1] - 1), axis=1)
    return np.where(n_values > 0, 0.5 * (low + high), 0.0)
