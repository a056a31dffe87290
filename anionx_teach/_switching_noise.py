"""How noisy a trajectory is: a variance that grows with the light, constant + slope x signal.

Neighbouring frames differ by noise alone, nearly: so differences tell it, whatever the curve. The
signal is that of the fitted curve, never that of the noisy frame itself: a frame that is low by
chance must not count more for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._switching_parts import row_parts
from anionx_teach._switching_weight_kernels import fill_changes

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_CUT = 25.0  # squared standard deviations beyond which a difference is a jump, not noise
_FELT = 0.01  # of the mean variance, below which errors do not follow the noise of the frames
_SIGNIFICANT = 3.0  # standard errors above 0 of a slope that is believed
_LEAST_PART = 0.05  # of the mean variance, below which no frame's goes
_LEAST_OF_RANGE = 1e-6  # of the range, for a trajectory without noise
_BIPOWER = np.pi / 4  # mean of |d| |d'| for two independent differences, to the variance of a frame
_CORRELATION = 1.5  # squares of neighbouring differences share a frame: less is known than it seems


@dataclass(frozen=True)
class Noise:
    """Variance of a frame = max(constant + slope x light, least), (R, 1) each.

    With given errors (R, F) the constant is that of the frame, error^2 - slope x intensity, and
    `constant` its mean.
    """

    constant: Numbers
    slope: Numbers
    least: Numbers
    errors: Numbers | None = None


def noise_at_first(intensity: Numbers) -> Noise:
    """Return a noise that is the same for all frames, from products of differences.

    A jump, such as blinking makes, is in two products only, each with a quiet difference: in a mean
    of squares a few jumps would be all there is.
    """
    difference = np.abs(np.diff(intensity, axis=1))
    variance = _BIPOWER * np.mean(difference[:, 2:] * difference[:, :-2], axis=1, keepdims=True)
    none = np.zeros_like(variance)
    return Noise(np.maximum(variance, _nothing(intensity)), none, none)


def noise_beside(intensity: Numbers, curve: Numbers, first: Noise) -> Noise:
    """Return the noise from differences of neighbouring frames, regressed on the level there."""
    found = np.empty((3, len(intensity), 1))
    for part in row_parts(*intensity.shape):
        difference = np.diff(intensity[part] - curve[part], axis=1)
        square = 0.5 * difference * difference
        level = 0.5 * (curve[part, 1:] + curve[part, :-1])
        constant, slope = first.constant[part], first.slope[part]
        for _ in range(3):
            expected = np.maximum(constant + slope * level, _LEAST_PART * first.constant[part])
            constant, slope = _line(square, level, expected)
        mean = constant + slope * level.mean(axis=1, keepdims=True)
        found[:, part] = constant, slope, np.maximum(_LEAST_PART * mean, _nothing(intensity[part]))
    return Noise(*found)


def noise_of_errors(intensity: Numbers, intensity_se: Numbers) -> Noise:
    """Return the noise that standard errors of frames tell, moved from the frames to the curve.

    Errors that were worked out from the noisy frames themselves go up and down with them, and the
    differences of neighbours tell how much: that part is taken at the curve instead.
    """
    n_frames = intensity.shape[1]
    sums = np.empty((len(intensity), 2))
    fill_changes(sums, intensity, intensity_se)
    together, size = sums.T[:, :, None]
    mean = np.einsum("rt,rt->r", intensity_se, intensity_se)[:, None] / n_frames
    slope = np.maximum(together, 0.0) / np.where(size > 0.0, size, 1.0)
    slope = np.where(slope * np.sqrt(size / (n_frames - 1)) > _FELT * mean, slope, 0.0)
    constant = mean
    if np.any(slope):
        constant = mean - slope * intensity.mean(axis=1, keepdims=True)
    return Noise(constant, slope, _LEAST_PART * mean, intensity_se)


def _line(square: Numbers, level: Numbers, expected: Numbers) -> tuple[Numbers, Numbers]:
    """Return constant and slope (R, 1) of the variance, by weighted least squares without jumps."""
    weight = (square < _CUT * expected) / (expected * expected)
    total = weight.sum(axis=1, keepdims=True)
    total = np.where(total > 0.0, total, 1.0)
    mean_level = (weight * level).sum(axis=1, keepdims=True) / total
    mean_square = (weight * square).sum(axis=1, keepdims=True) / total
    centred = level - mean_level
    spread = (weight * centred * centred).sum(axis=1, keepdims=True)
    known = spread > 0.0
    spread = np.where(known, spread, 1.0)
    slope = (weight * centred * square).sum(axis=1, keepdims=True) / spread
    # The variance of a square is 2 expected^2; a slope within its error would only add noise.
    believed = known & (slope > _SIGNIFICANT * np.sqrt(2.0 * _CORRELATION / spread))
    slope = np.where(believed, slope, 0.0)
    return mean_square - slope * mean_level, slope


def _nothing(intensity: Numbers) -> Numbers:
    """Return a variance that is as good as none, (R, 1); 1 for a trajectory that never changes."""
    extent = np.ptp(intensity, axis=1, keepdims=True)
    return np.where(extent > 0.0, (_LEAST_OF_RANGE * extent) ** 2, 1.0)
