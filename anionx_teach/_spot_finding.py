"""The steps of spot detection in their order: from block means to fitted spots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._spot_candidates import Candidates, candidates, pairs_within
from anionx_teach._spot_fit import Fits, Stamps, cut_stamps, fit_sigma, fit_spots
from anionx_teach._spot_significance import Significance, significance, skewness_of, threshold_for
from anionx_teach._spot_windows import Blocks, windows

if TYPE_CHECKING:
    from anionx_teach._spot_background import Picture
    from anionx_teach._validation import Numbers

_FIRST_SIGMAS_PX = (0.6, 1.0, 1.7, 2.9)
_SIGMAS_PX = (0.3, 5.0)  # sharper is a pixel of its own, wider is background
_CLEAR_SIGNAL_TO_NOISE = 10.0
_WELL = 0.8  # of the best signal-to-noise ratio
_MOST_CLEAR = 200
_CLOSEST_PX = 2.0  # that two maxima can be told apart and fitted together
_SHARPER = 6.0  # chi-squared by which one pixel must explain the stamp better to be a hot pixel
_FARTHEST_STEP_PX = 1.5  # from the pixel of the maximum to the fitted centre


@dataclass(frozen=True)
class Found:
    """Spots before they are written into a table.

    Parameters
    ----------
    spots : Candidates
        Where they stand out, and by how much.
    fits : Fits
        Centre, signal and errors.
    background : (N,) array
        Counts a pixel under each, in its window.
    frames : (N, 2) int
        First frame of the window of each, and the one after its last.
    n_hot_pixels : int
        Maxima that were left out because they are a single pixel.
    """

    spots: Candidates
    fits: Fits
    background: Numbers
    frames: npt.NDArray[np.int64]
    n_hot_pixels: int


def usual_threshold(blocks: Blocks, expected_false_spots: float, sigma_px: float) -> float:
    """Return the signal-to-noise ratio above which noise alone makes so many spots."""
    n_windows = sum(1 for _ in windows(len(blocks.total)))
    return threshold_for(expected_false_spots, blocks.total[0].size, n_windows, sigma_px)


def estimated_sigma_px(blocks: Blocks, residual: Picture) -> float:
    """Return the standard deviation of the point-spread function, from the clearest spots.

    First which of a few widths makes the clearest spots stand out most: a filter does so when it has
    the width of the spot. Then a fit.
    """
    whole, its_residual = _whole_movie(blocks, residual)
    skewness = skewness_of(its_residual)
    first = _clearest(whole, its_residual, _FIRST_SIGMAS_PX[0], skewness)
    if first >= _CLEAR_SIGNAL_TO_NOISE:
        blocks, residual = whole, its_residual  # a picture instead of many: faster
    else:
        skewness = skewness_of(residual)
        first = _clearest(blocks, residual, _FIRST_SIGMAS_PX[0], skewness)
    rest = [_clearest(blocks, residual, width, skewness) for width in _FIRST_SIGMAS_PX[1:]]
    height = [first, *rest]
    # The narrowest that does well: a wide filter also gathers the light of neighbours. Where nothing
    # is clear it is the narrowest of all, that of a microscope with large pixels.
    well = (
        sigma_px
        for sigma_px, z in zip(_FIRST_SIGMAS_PX, height, strict=True)
        if z >= _WELL * max(height)
    )
    sigma_px = next(well)
    for _ in range(2):
        found = significance(blocks, residual, sigma_px, skewness)
        clear = candidates(found, _CLEAR_SIGNAL_TO_NOISE, _CLOSEST_PX, sigma_px)
        stamps = _stamps(blocks, residual, found, clear, sigma_px)
        usable = stamps.on_field.all(axis=(1, 2))
        usable &= _isolated(clear, stamps.values.shape[1])
        usable &= np.cumsum(usable) <= _MOST_CLEAR
        stamps, clear = stamps[usable], clear[usable]
        light = ~_hot(fit_spots(stamps, clear, sigma_px))
        if not light.any():
            return sigma_px
        sigma_px = float(np.clip(fit_sigma(stamps[light], clear[light], sigma_px), *_SIGMAS_PX))
    return sigma_px


def find(
    blocks: Blocks,
    residual: Picture,
    sigma_px: float,
    threshold: float,
    min_distance_px: float,
    border_px: float,
) -> Found:
    """Find and fit the spots, the clearest first."""
    standing_out = significance(blocks, residual, sigma_px)
    # A neighbour that is dropped later must be in the model now.
    spots = candidates(standing_out, threshold, min(min_distance_px, _CLOSEST_PX), sigma_px)
    stamps = _stamps(blocks, residual, standing_out, spots, sigma_px)
    fits = fit_spots(stamps, spots, sigma_px)
    hot = _hot(fits)
    shape = residual.shape[1:]
    kept = ~hot & _sound(fits, spots) & _within(fits, shape, border_px)
    kept &= _far_enough(fits, kept, min_distance_px)
    weights, frames = _window_of_each(blocks, standing_out, spots)
    mean = blocks.total[:, spots.row, spots.column] / blocks.n_frames[:, None]
    level = np.einsum("nb,bn->n", weights, mean - residual[:, spots.row, spots.column])
    background = level + fits.background
    return Found(spots[kept], fits[kept], background[kept], frames[kept], int(hot.sum()))


def _whole_movie(blocks: Blocks, residual: Picture) -> tuple[Blocks, Picture]:
    """Return a movie as one block."""
    total = blocks.total.sum(axis=0, keepdims=True)
    weights = (blocks.n_frames / blocks.edges[-1]).astype(np.float32)
    mean = np.einsum("b,byx->yx", weights, residual)[None]
    return Blocks(total, blocks.edges[[0, -1]], blocks.quantum), mean


def _clearest(blocks: Blocks, residual: Picture, sigma_px: float, skewness: float) -> float:
    """Return the median signal-to-noise ratio of the clearest spots; 0 when none is clear."""
    found = significance(blocks, residual, sigma_px, skewness)
    clear = candidates(found, _CLEAR_SIGNAL_TO_NOISE, _CLOSEST_PX, sigma_px).signal_to_noise[:20]
    return float(np.median(clear)) if len(clear) else 0.0


def _window_of_each(
    blocks: Blocks, found: Significance, spots: Candidates
) -> tuple[Numbers, npt.NDArray[np.int64]]:
    """Return how much each block counts for each spot (N, B), and the frames of its window (N, 2)."""
    pairs = np.array(list(windows(len(blocks.total))))[found.window[spots.row, spots.column]]
    number = np.arange(len(blocks.total))
    inside = (number >= pairs[:, :1]) & (number < pairs[:, 1:])
    weights = inside * blocks.n_frames
    return weights / weights.sum(axis=1, keepdims=True), blocks.edges[pairs]


def _stamps(
    blocks: Blocks, residual: Picture, found: Significance, spots: Candidates, sigma_px: float
) -> Stamps:
    """Cut out the pixels around each candidate, in its window."""
    weights, frames = _window_of_each(blocks, found, spots)
    n_frames = (frames[:, 1] - frames[:, 0]).astype(float)
    noise = found.noise[spots.row, spots.column].astype(float)
    return cut_stamps(residual, weights, spots, noise, n_frames, sigma_px)


def _isolated(spots: Candidates, side: int) -> npt.NDArray[np.bool_]:
    """Tell which spots have no other on their stamp."""
    alone = np.ones(len(spots.x_px), np.bool_)
    alone[pairs_within(spots.x_px, spots.y_px, float(side)).ravel()] = False
    return alone


def _hot(fits: Fits) -> npt.NDArray[np.bool_]:
    """Tell which are one bright pixel, sharper than light can be."""
    return fits.evidence < -_SHARPER


def _sound(fits: Fits, spots: Candidates) -> npt.NDArray[np.bool_]:
    """Tell which fits stayed with their candidate, and found light."""
    step = np.hypot(fits.x_px - spots.column, fits.y_px - spots.row)
    return (fits.signal > 0) & (step <= _FARTHEST_STEP_PX)


def _within(fits: Fits, shape: tuple[int, ...], border_px: float) -> npt.NDArray[np.bool_]:
    """Tell which lie on the field, and not within `border_px` of its edge."""
    near = [
        np.minimum(centre + 0.5, length - 0.5 - centre)
        for centre, length in zip((fits.y_px, fits.x_px), shape, strict=True)
    ]
    return np.minimum(*near) >= border_px


def _far_enough(
    fits: Fits, kept: npt.NDArray[np.bool_], min_distance_px: float
) -> npt.NDArray[np.bool_]:
    """Tell which have no clearer spot too close, now that their places are known better."""
    kept = kept.copy()
    for clear, faint in pairs_within(fits.x_px, fits.y_px, min_distance_px):
        if kept[clear]:
            kept[faint] = False
    return kept
