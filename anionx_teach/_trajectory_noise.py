"""How uncertain an intensity is, and which mixture of two estimates of it is least so."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._trajectory_weights import NoiseShape
    from anionx_teach._validation import Numbers
    from anionx_teach.camera import Camera

MEDIAN_OF_SQUARE = 0.454936  # of a normal variable with variance 1
_CLEAR = 5.0  # standard deviations of the dark: light that shows how noise grows with it
_STEADY = 0.25  # of the light: more than it changes by noise, less than by switching
_FEWEST = 200  # pairs of frames that a slope is believed from
_MOST = 200_000  # pairs that are looked at
_BINS = 12
_BESIDE = 2  # frames on each side that tell how bright a spot is
_LEAST = 0.25  # of the variance of the dark: what a noisy level can take away of it


@dataclass(frozen=True)
class NoiseModel:
    """Variance of a pixel: `flat` (P,) at its mean background, and `slope` for each unit of light."""

    flat: Numbers
    slope: float


@dataclass(frozen=True)
class Segment:
    """Frames first <= i < last, during which the weights make this noise."""

    first: int
    last: int
    shape: NoiseShape


@dataclass(frozen=True)
class CountScale:
    """What turns counts into photo-electrons: (counts - offset) x `electrons`; and the noise.

    A pixel with n photo-electrons has the variance `excess` n + `read_variance`.
    """

    offset: float
    electrons: float
    excess: float
    read_variance: float


def count_scale(camera: Camera | None) -> CountScale | None:
    """Return what a `Camera` makes of a photo-electron; None when the camera is not known."""
    if camera is None:
        return None
    electrons = camera.electrons_per_count / camera.em_gain
    return CountScale(
        offset=camera.offset_counts,
        electrons=electrons,
        excess=camera.excess_noise_factor_squared,
        # Counts are rounded, which is a noise of its own.
        read_variance=(camera.read_noise_electrons / camera.em_gain) ** 2 + electrons**2 / 12,
    )


def level_beside(values: Numbers) -> Numbers:
    """Return the mean of the two frames before and the two after each frame (P, F).

    The frame itself has no part in it: what is decided from this level, a weight or an uncertainty,
    does not know the noise of the frame, and so brings no bias.
    """
    n_frames = values.shape[1]
    level, n_beside = np.zeros_like(values), np.zeros(n_frames)
    for step in range(1, min(_BESIDE, n_frames - 1) + 1):
        level[:, step:] += values[:, :-step]
        level[:, :-step] += values[:, step:]
        n_beside[step:] += 1
        n_beside[:-step] += 1
    level /= n_beside
    return level


def combined(
    sums: Numbers,
    segments: list[Segment],
    neighbour: npt.NDArray[np.int64],
    noise: NoiseModel,
) -> tuple[Numbers, Numbers]:
    """Return intensities and their standard errors (P, F) from the sums (3, P, F).

    Of all mixtures (1 - m) dark + m bright the one with the least variance at the light that the
    neighbouring frames have.
    """
    level = level_beside(sums[0])
    mean_background = sums[2].mean(axis=1)
    intensity, error = np.empty_like(sums[0]), np.empty_like(sums[0])
    for segment in segments:
        part = slice(segment.first, segment.last)
        for spot in range(len(level)):  # a row at a time: what is in between stays small
            excess = sums[2, spot, part] - mean_background[spot]
            pixel = noise.flat[spot] + noise.slope * excess
            pixel = np.maximum(pixel, _LEAST * noise.flat[spot])
            near = neighbour[spot] >= 0
            light = np.concatenate([[level[spot, part]], level[neighbour[spot][near], part]])
            shape = segment.shape
            by_light = np.concatenate([[shape.own[spot]], shape.of_neighbours[spot][near]])
            covariance, below = _covariance(pixel, noise.slope * light, shape.flat[spot], by_light)
            dark, bright = sums[0, spot, part], sums[1, spot, part]
            mix, variance = _best_mixture(covariance, below)
            intensity[spot, part] = dark + mix * (bright - dark)
            least = _LEAST * noise.flat[spot] * shape.flat[spot, 0]
            error[spot, part] = np.sqrt(np.maximum(variance, least))
    return intensity, error


def _covariance(
    pixel: Numbers, light: Numbers, flat: Numbers, by_light: Numbers
) -> tuple[Numbers, Numbers]:
    """Return dark-dark, dark-bright and bright-bright (3, F), and what noise below zero takes away.

    A mixture needs a light that is not negative; a variance is right in the mean when the noise of
    the light may lie on both sides of zero. The second array (3, F) is the difference.
    """
    covariance = pixel * flat[:, None]
    below = np.zeros_like(covariance)
    for shape, of_spot in zip(by_light, light, strict=True):
        covariance += shape[:, None] * np.maximum(of_spot, 0.0)
        below += shape[:, None] * np.minimum(of_spot, 0.0)
    return covariance, below


def _best_mixture(covariance: Numbers, below: Numbers) -> tuple[Numbers, Numbers]:
    """Return the share m of the bright estimate, and the variance of the mixture."""
    dark, both, bright = covariance
    difference = dark + bright - 2 * both  # variance of the difference of the two estimates
    mix = (dark - both) / np.maximum(difference, 1e-12 * dark)
    true = covariance + below
    variance = (1 - mix) ** 2 * true[0] + 2 * mix * (1 - mix) * true[1] + mix**2 * true[2]
    return mix, variance


def measured_noise(sums: Numbers, shape: NoiseShape, flat: Numbers) -> NoiseModel:
    """Return how noise grows with light, from the changes between neighbouring frames.

    The photon transfer curve of a trajectory: half the squared change from one frame to the next
    against the light in the frames before and after both. Medians, so that a crystal that switches
    between the two frames does not count.
    """
    values = sums[0]
    n_spots, n_frames = values.shape
    step = max(1, n_spots * (n_frames - 3) // _MOST)
    start = np.arange(0, n_frames - 3, step)
    before, after = values[:, start], values[:, start + 3]
    half_square = 0.5 * (values[:, start + 2] - values[:, start + 1]) ** 2
    _warn_of_repeated_frames(half_square)
    level = 0.5 * (before + after)
    dark = np.sqrt(flat * shape.flat[:, 0])[:, None]
    steady = np.abs(after - before) < _STEADY * level + 3 * np.sqrt(2) * dark
    use = (level > _CLEAR * dark) & steady
    if np.count_nonzero(use) < _FEWEST:
        return NoiseModel(flat, 0.0)
    light = (level * shape.own[:, :1])[use]
    excess_square, floor = half_square[use], np.broadcast_to(dark**2, level.shape)[use]
    slopes, trust = [], []
    for part in np.array_split(np.argsort(light), _BINS):
        # Scaled by a first guess of its own variance, so that one median serves a whole bin.
        variance = float(np.median(excess_square[part])) / MEDIAN_OF_SQUARE
        of_dark, mean_light = float(floor[part].mean()), float(light[part].mean())
        slopes.append((variance - of_dark) / mean_light)
        # Frames that are repeated show no change at all; no bin is less noisy than the dark.
        trust.append((mean_light / max(variance, of_dark)) ** 2)
    return NoiseModel(flat, max(0.0, float(np.average(slopes, weights=trust))))


def _warn_of_repeated_frames(half_square: Numbers) -> None:
    """Say that noise cannot be measured where most neighbouring frames are the same."""
    if half_square.size and 2 * np.count_nonzero(half_square) < half_square.size:
        msg = (
            "most neighbouring frames show the same counts, as if frames were repeated: the noise "
            "cannot be measured from their changes, and standard errors are too small"
        )
        warnings.warn(msg, UserWarning, stacklevel=5)
