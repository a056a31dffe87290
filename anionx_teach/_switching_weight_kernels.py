"""Curves and the weights of frames for the sigmoid fit: compiled loops and their NumPy twins.

A square root is the same everywhere, to the last bit, as IEEE 754 asks for it; `exp` and `log` are
those of `_switching_exponential`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._compile_kernels import Kernel
from anionx_teach._switching_exponential import (
    E2,
    E3,
    E4,
    E5,
    E6,
    E7,
    E8,
    E9,
    E10,
    LN_2_HIGH,
    LN_2_LOW,
    MANTISSA,
    ONE_BITS,
    PER_LN_2,
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    ROUNDER,
    STEEPEST,
    exponential,
    log_one_plus,
)
from anionx_teach._switching_parts import FRAMES_AT_ONCE, LANES, added_up, row_parts

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers


def _curves_loop(curves, curve, with_decay, time):  # type: ignore[no-untyped-def] # compiled
    """Fill `curves` row by row."""
    for row in range(curve.shape[0]):
        midpoint, rate, amplitude = curve[row, 0], curve[row, 1], curve[row, 2]
        background, decay_tau = curve[row, 3], curve[row, 4]
        values = curves[row]
        if with_decay:
            for t in range(time.size):
                u = (time[t] - midpoint) * rate
                x = max(-abs(u), -STEEPEST)
                shifted = x * PER_LN_2 + ROUNDER
                n = shifted - ROUNDER
                y = x - n * LN_2_HIGH - n * LN_2_LOW
                e = E6 + y * (E7 + y * (E8 + y * (E9 + y * E10)))
                e = 1.0 + y * (1.0 + y * (E2 + y * (E3 + y * (E4 + y * (E5 + y * e)))))
                power = (np.float64(shifted).view(np.uint64) << MANTISSA) + ONE_BITS
                e = e * np.uint64(power).view(np.float64)
                q = 1.0 / (1.0 + e)
                s = q if u >= 0.0 else e * q
                z = e / (2.0 + e)
                zz = z * z
                r = R3 + zz * (R4 + zz * (R5 + zz * (R6 + zz * R7)))
                r = R0 + zz * (R1 + zz * (R2 + zz * r))
                lost = decay_tau * (max(u, 0.0) + (z + z) * (1.0 + zz * r))
                x = min(max(-lost, -STEEPEST), STEEPEST)
                shifted = x * PER_LN_2 + ROUNDER
                n = shifted - ROUNDER
                y = x - n * LN_2_HIGH - n * LN_2_LOW
                d = E6 + y * (E7 + y * (E8 + y * (E9 + y * E10)))
                d = 1.0 + y * (1.0 + y * (E2 + y * (E3 + y * (E4 + y * (E5 + y * d)))))
                power = (np.float64(shifted).view(np.uint64) << MANTISSA) + ONE_BITS
                d = d * np.uint64(power).view(np.float64)
                values[t] = background + amplitude * (s * d)
        else:
            for t in range(time.size):
                u = (time[t] - midpoint) * rate
                x = max(-abs(u), -STEEPEST)
                shifted = x * PER_LN_2 + ROUNDER
                n = shifted - ROUNDER
                y = x - n * LN_2_HIGH - n * LN_2_LOW
                e = E6 + y * (E7 + y * (E8 + y * (E9 + y * E10)))
                e = 1.0 + y * (1.0 + y * (E2 + y * (E3 + y * (E4 + y * (E5 + y * e)))))
                power = (np.float64(shifted).view(np.uint64) << MANTISSA) + ONE_BITS
                e = e * np.uint64(power).view(np.float64)
                q = 1.0 / (1.0 + e)
                s = q if u >= 0.0 else e * q
                values[t] = background + amplitude * s


def _curves_twin(curves: Numbers, curve: Numbers, with_decay: bool, time: Numbers) -> None:
    """Fill `curves` as `_curves_loop` does."""
    for part in row_parts(*curves.shape):
        midpoint, rate, amplitude, background, decay_tau, _ = curve[part].T[:, :, None]
        u = (time - midpoint) * rate
        e = exponential(np.maximum(-np.abs(u), -STEEPEST))
        q = 1.0 / (1.0 + e)
        s = np.where(u >= 0.0, q, e * q)
        if with_decay:
            lost = decay_tau * (np.maximum(u, 0.0) + log_one_plus(e))
            s *= exponential(np.minimum(np.maximum(-lost, -STEEPEST), STEEPEST))
        curves[part] = background + amplitude * s


def _weights_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    root_weight, curves, intensity, errors, noise
):
    """Fill `root_weight` row by row."""
    n_frames = intensity.shape[1]
    for row in range(intensity.shape[0]):
        constant, slope, least = noise[row, 0], noise[row, 1], noise[row, 2]
        values = root_weight[row]
        if errors.shape[0] == 0 and slope == 0.0:
            values[:n_frames] = math.sqrt(1.0 / max(constant, least))
        elif errors.shape[0] == 0:
            for t in range(n_frames):
                values[t] = math.sqrt(1.0 / max(constant + slope * curves[row, t], least))
        elif slope == 0.0:
            for t in range(n_frames):
                variance = errors[row, t] * errors[row, t]
                values[t] = math.sqrt(1.0 / max(variance, least))
        else:
            for t in range(n_frames):
                variance = errors[row, t] * errors[row, t]
                variance = variance + slope * (curves[row, t] - intensity[row, t])
                values[t] = math.sqrt(1.0 / max(variance, least))
        values[n_frames:] = 0.0


def _weights_twin(
    root_weight: Numbers, curves: Numbers, intensity: Numbers, errors: Numbers, noise: Numbers
) -> None:
    """Fill `root_weight` as `_weights_loop` does."""
    n_rows, n_frames = intensity.shape
    root_weight[:, n_frames:] = 0.0
    for part in row_parts(n_rows, n_frames):
        constant, slope, least = noise[part].T[:, :, None]
        variance = errors[part] * errors[part] if len(errors) else constant
        if np.any(slope):
            light = curves[part, :n_frames]
            if len(errors):
                light = light - intensity[part]
            variance = variance + slope * light
        root_weight[part, :n_frames] = np.sqrt(1.0 / np.maximum(variance, least))


def _changes_loop(sums, intensity, errors):  # type: ignore[no-untyped-def] # compiled
    """Fill `sums` row by row, sixteen of each side by side."""
    n_changes = intensity.shape[1] - 1
    size = (n_changes + FRAMES_AT_ONCE - 1) // FRAMES_AT_ONCE * FRAMES_AT_ONCE
    steps, rises = np.zeros(size), np.zeros(size)  # after the last frame nothing changes
    lanes = np.empty((2, LANES))
    for row in range(intensity.shape[0]):
        light, error = intensity[row], errors[row]
        for t in range(n_changes):
            steps[t] = light[t + 1] - light[t]
            rises[t] = error[t + 1] * error[t + 1] - error[t] * error[t]
        lanes[:] = 0.0
        for first in range(0, size, FRAMES_AT_ONCE):
            a, b = steps[first : first + FRAMES_AT_ONCE], rises[first : first + FRAMES_AT_ONCE]
            for t in range(LANES):
                a0, a1, a2, a3 = a[t], a[t + LANES], a[t + 2 * LANES], a[t + 3 * LANES]
                b0, b1, b2, b3 = b[t], b[t + LANES], b[t + 2 * LANES], b[t + 3 * LANES]
                lanes[0, t] += (a0 * b0 + a1 * b1) + (a2 * b2 + a3 * b3)
                lanes[1, t] += (a0 * a0 + a1 * a1) + (a2 * a2 + a3 * a3)
        for k in range(2):
            a, b, c, d = lanes[k, 0:4], lanes[k, 4:8], lanes[k, 8:12], lanes[k, 12:16]
            half = ((a[0] + b[0]) + (c[0] + d[0])) + ((a[1] + b[1]) + (c[1] + d[1]))
            total = half + (((a[2] + b[2]) + (c[2] + d[2])) + ((a[3] + b[3]) + (c[3] + d[3])))
            sums[row, k] = total


def _changes_twin(sums: Numbers, intensity: Numbers, errors: Numbers) -> None:
    """Fill `sums` as `_changes_loop` does."""
    n_rows, n_frames = intensity.shape
    for part in row_parts(n_rows, n_frames):
        light, error = intensity[part].T, errors[part].T
        missing = ((0, -(n_frames - 1) % FRAMES_AT_ONCE), (0, 0))
        step = np.pad(np.diff(light, axis=0), missing)
        together = step * np.pad(np.diff(error * error, axis=0), missing)
        sums[part, 0] = added_up(together, light.shape[1])
        sums[part, 1] = added_up(step * step, light.shape[1])


fill_curves = Kernel(
    _curves_loop,
    _curves_twin,
    "void(float64[:,::1], float64[:,::1], boolean, Array(float64, 1, 'C', readonly=True))",
)
"""Fill `curves` (R, T).

Arguments: curve (R, 6) as for `fill_sums`; with_decay; time (T,).
"""

fill_weights = Kernel(
    _weights_loop,
    _weights_twin,
    "void(float64[:,::1], float64[:,::1], Array(float64, 2, 'C', readonly=True), "
    "Array(float64, 2, 'C', readonly=True), float64[:,::1])",
)
"""Fill `root_weight` (R, T) with the roots of 1 / variance, and 0 beyond the frames.

The variance is max(constant + slope x curve, least); with errors, the constant is that of the frame,
error^2 - slope x intensity. Arguments: curves (R, T), or (0, 0) when there is no slope; intensity
(R, F); errors (R, F), or (0, 0) when there are none; noise (R, 3): constant, slope, least.
"""

fill_changes = Kernel(
    _changes_loop,
    _changes_twin,
    "void(float64[:,::1], Array(float64, 2, 'C', readonly=True), "
    "Array(float64, 2, 'C', readonly=True))",
)
"""Fill `sums` (R, 2) with what tells how the errors of frames follow the frames.

The sums are, over the changes from each frame to the next, of (change of intensity) x (change of
error^2) and of (change of intensity)^2. Arguments: intensity, errors (R, F).
"""
