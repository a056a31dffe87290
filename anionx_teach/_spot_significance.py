"""How far each pixel of a movie stands out as the centre of a spot, in units of the local noise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._pixel_share import pixel_share
from anionx_teach._spot_background import Picture, levels, smooth_noise, surface
from anionx_teach._spot_windows import Blocks, windows

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

BACKGROUND_TILE_PX = 16  # small enough to follow the light of a laser across the field
NOISE_TILE_PX = 32
_REACH_SD = 3.5  # standard deviations of the point-spread function that a filter is cut at
_USUAL = 5.5  # a usual threshold, in standard deviations
_MOST_VALUES = 500_000  # that the skewness is estimated from
_CHANCE = 9.0  # standard error of the skewness times the root of the number of values
_HARDLY_SKEWED, _MOST_SKEWED = 1e-3, 2.0
_ROUNDING = 1e-6  # of the largest number: what float32 cannot tell apart


@dataclass(frozen=True)
class Significance:
    """Where a movie stands out of its noise.

    Parameters
    ----------
    signal_to_noise : (Y, X) float32
        Amplitude of a spot centred here over its noise, the largest over the windows.
    noise : (Y, X) float32
        That of the filtered picture there: of a single pixel where pixels are independent.
    window : (Y, X) intp
        The window in which the pixel stands out most.
    """

    signal_to_noise: Picture
    noise: Picture
    window: npt.NDArray[np.intp]


def effective_sigma_px(sigma_px: float) -> float:
    """Return the standard deviation of the Gaussian once it is spread over pixels."""
    return math.sqrt(sigma_px**2 + 1 / 12)


def matched(picture: Picture, sigma_px: float) -> Picture:
    """Return the amplitude of a spot at each pixel, such that white noise of 1 stays 1.

    The weights are the shares of a spot on its pixels, with squares that add up to 1; at the border
    those on the field.
    """
    weights = _weights(sigma_px)
    reach = len(weights) // 2
    for axis, length in enumerate(picture.shape):
        rows = np.moveaxis(picture, axis, 0)
        total = np.zeros_like(rows)
        squares = np.zeros(length)
        for offset, weight in zip(range(-reach, reach + 1), weights, strict=True):
            here = slice(max(0, -offset), max(0, length - max(0, offset)))
            there = slice(max(0, offset), max(0, length + min(0, offset)))
            total[here] += np.float32(weight) * rows[there]
            squares[here] += weight * weight
        total /= np.sqrt(squares).astype(np.float32)[:, None]
        picture = np.moveaxis(total, 0, axis)
    return np.ascontiguousarray(picture)


def _weights(sigma_px: float) -> Numbers:
    """Return the weights of the filter along one axis; their squares add up to 1."""
    reach = math.ceil(_REACH_SD * effective_sigma_px(sigma_px))
    share = pixel_share(np.arange(-reach, reach + 1.0), sigma_px)
    weights: Numbers = share / np.sqrt((share * share).sum())
    return weights


def flattened(blocks: Blocks) -> Picture:
    """Return the mean of each block without its background, (B, Y, X)."""
    shape = blocks.total.shape[1:]
    residual = np.empty(blocks.total.shape, np.float32)
    for block, (total, n_frames) in enumerate(zip(blocks.total, blocks.n_frames, strict=True)):
        mean = total / n_frames
        picture = (mean - mean.mean()).astype(np.float32)  # so that 32 bits hold what differs
        level, _ = levels(picture, BACKGROUND_TILE_PX)
        smooth = surface(level.astype(np.float32), shape, BACKGROUND_TILE_PX)
        np.subtract(picture, smooth, out=residual[block])
    return residual


def significance(
    blocks: Blocks, residual: Picture, sigma_px: float, skewness: float | None = None
) -> Significance:
    """Return how far each pixel stands out, in the window in which it does so most.

    `skewness` is that of `skewness_of(residual)`, for those who ask for several widths.
    """
    shape = residual.shape[1:]
    best = np.full(shape, -np.inf, np.float32)
    its_noise = np.ones(shape, np.float32)
    which = np.zeros(shape, np.intp)
    weight = blocks.n_frames.astype(np.float32)
    summed = np.stack([matched(picture, sigma_px) for picture in residual])
    summed *= weight[:, None, None]
    least = _least_noise(blocks)
    skew = skewness_of(residual) if skewness is None else skewness
    skew *= float((_weights(sigma_px) ** 3).sum() ** 2)
    for number, (first, last) in enumerate(windows(len(residual))):
        n_frames = int(weight[first:last].sum())
        filtered = summed[first:last].sum(axis=0) / np.float32(n_frames)
        _, mesh = levels(filtered, NOISE_TILE_PX)
        noise = smooth_noise(mesh.astype(np.float32), shape, NOISE_TILE_PX)
        np.maximum(noise, np.float32(least / math.sqrt(n_frames)), out=noise)
        filtered /= noise * np.float32(_stretch(skew / math.sqrt(last - first)))
        better = filtered > best
        best[better] = filtered[better]
        its_noise[better] = noise[better]
        which[better] = number
    return Significance(best, its_noise, which)


def threshold_for(
    expected_false_spots: float, n_pixels: int, n_windows: int, sigma_px: float
) -> float:
    """Return the signal-to-noise ratio that noise alone exceeds so many times in a whole movie.

    The smaller of two bounds for normal noise: every pixel taken for itself, and the number of
    maxima of a smooth field, whose correlation is that of the filter with itself.
    """
    from scipy.special import ndtri

    share = expected_false_spots / (n_pixels * n_windows)
    if share >= 0.5:
        return 0.0
    by_pixel = -float(ndtri(share))
    # Maxima above u: A / (2 sigma^2) (2 pi)^(-3/2) u exp(-u^2 / 2), solved for u step by step.
    density = (2 * math.pi) ** -1.5 / (2 * effective_sigma_px(sigma_px) ** 2)
    by_maximum = by_pixel
    for _ in range(20):
        by_maximum = math.sqrt(2 * math.log(max(density * max(by_maximum, 1.0) / share, 1.0)))
    return min(by_pixel, by_maximum)


def skewness_of(residual: Picture) -> float:
    """Return the skewness of the noise of a pixel of a block, from the half that no spot is in.

    Cornish and Fisher: a quantile at z standard deviations lies at z + skewness (z^2 - 1) / 6. What
    chance alone may do is taken off.
    """
    rows = max(1, residual.size // _MOST_VALUES)
    values = np.concatenate([_in_units_of_noise(picture)[::rows].ravel() for picture in residual])
    middle, one, two = np.quantile(values, [0.5, 0.158655, 0.022750])
    if middle <= one:
        return 0.0
    ratio = (middle - two) / (middle - one)
    chance = _CHANCE / math.sqrt(values.size)
    return float(np.clip((2 - ratio) / (2 / 3 - ratio / 6) - chance, 0.0, _MOST_SKEWED))


def _in_units_of_noise(picture: Picture) -> Picture:
    """Return a picture over its local noise; the same picture where there is none."""
    _, mesh = levels(picture, NOISE_TILE_PX)
    noise = smooth_noise(
        mesh.astype(np.float32), (picture.shape[0], picture.shape[1]), NOISE_TILE_PX
    )
    one = np.float32(1)
    in_units: Picture = np.divide(picture, np.where(noise > 0, noise, one), dtype=np.float32)
    return in_units


def _stretch(skewness: float) -> float:
    """Return how much farther out skewed noise is as rare as normal noise at a usual threshold.

    Wilson and Hilferty: the cube root of a gamma variable is nearly normal.
    """
    if skewness < _HARDLY_SKEWED:
        return 1.0
    shape = 4 / skewness**2
    root = 1 - 1 / (9 * shape) + _USUAL / (3 * math.sqrt(shape))
    return max(1.0, (root**3 - 1) * math.sqrt(shape) / _USUAL)


def _least_noise(blocks: Blocks) -> float:
    """Return the noise of one frame that comes from the steps between its numbers alone."""
    largest = float(np.abs(blocks.total / blocks.n_frames[:, None, None]).max())
    tiny = _ROUNDING * largest or _ROUNDING
    return max(blocks.quantum / math.sqrt(12), tiny)
