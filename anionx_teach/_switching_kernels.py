"""The sums behind a step of the sigmoid fit: the compiled loop and its NumPy twin.

With u = (t - midpoint) / tau the curve is background + amplitude s d, where

    s = 1 / (1 + exp(-u)),   d = exp(-decay tau L),   L = ln(1 + exp(u)),

and d = 1 without decay. A step of the fit needs the sums over all frames of the products, two by
two, of the derivatives and the residual. `exp` and `log` differ in the last bit between NumPy and a
compiler, so both are computed here from + - * / alone. With e = exp(-|u|), which is never above 1,

    L = max(u, 0) + ln(1 + e),   ln(1 + e) = 2 artanh(z) = 2 z (1 + z^2 R(z^2)),   z = e / (2 + e),

R being 1/3 + z^2/5 + ... as a polynomial that interpolates it at Chebyshev nodes (to 7e-15), and
exp(x) = 2^n exp(x - n ln 2) with the Taylor series of the second factor (to 3e-13).

A sum over the frames is sixteen sums, of every sixteenth frame each, which are added at the end: a
processor adds them side by side, and the twin adds rows of an array in the same order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._compile_kernels import Kernel

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

LANES = 16
"""Sums that are added side by side."""

FRAMES_AT_ONCE = 4 * LANES
"""The number of frames must be a multiple of this: fill up with frames of no weight."""

_L1, _L2, _L3 = LANES, 2 * LANES, 3 * LANES

_STEEPEST = 700.0  # exp(-700) is still a normal number
_PER_LN_2 = 1.0 / math.log(2.0)
_LN_2_HIGH, _LN_2_LOW = 0.6931471803691238, 1.9082149292705877e-10  # their sum is ln 2
_ROUNDER = 1.5 * 2.0**52  # what is added to it is rounded to a whole number
_MANTISSA = np.uint64(52)
_ONE_BITS = np.uint64(0x3FF0000000000000)  # of 1.0
_E2, _E3, _E4, _E5, _E6 = 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720
_E7, _E8, _E9, _E10 = 1 / 5040, 1 / 40320, 1 / 362880, 1 / 3628800
_R0, _R1, _R2 = 0.3333333333332766, 0.20000000006531557, 0.14285713056208418
_R3, _R4, _R5 = 0.11111198946011532, 0.09087843785035063, 0.0774990966400484
_R6, _R7 = 0.06076680915027026, 0.08904143097896165

_ELEMENTS_AT_ONCE = 32_768  # of the twin: its temporary arrays then stay in the cache


def _sums_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    sums, active, curve, with_decay, time, intensity, root_weight
):
    """Fill `sums` row by row: some frames' terms at a time, and then their products."""
    n_terms = 6 if with_decay else 5
    n_sums = n_terms * (n_terms + 1) // 2
    terms = np.empty(6 * FRAMES_AT_ONCE)
    lanes = np.empty((n_sums, LANES))
    for k in range(active.size):
        row = active[k]
        data = row % intensity.shape[0]
        midpoint, rate, amplitude = curve[row, 0], curve[row, 1], curve[row, 2]
        background, decay_tau, tau = curve[row, 3], curve[row, 4], curve[row, 5]
        slope = amplitude * rate
        lanes[:] = 0.0
        for first in range(0, time.size, FRAMES_AT_ONCE):
            times = time[first : first + FRAMES_AT_ONCE]
            counts = intensity[data, first : first + FRAMES_AT_ONCE]
            weights = root_weight[data, first : first + FRAMES_AT_ONCE]
            # No branch on a value and no sum in here, and one array to write to with distances
            # that are known beforehand, so that several frames are computed at a time.
            for t in range(FRAMES_AT_ONCE):
                u = (times[t] - midpoint) * rate
                x = max(-abs(u), -_STEEPEST)
                shifted = x * _PER_LN_2 + _ROUNDER
                n = shifted - _ROUNDER
                y = x - n * _LN_2_HIGH - n * _LN_2_LOW
                e = _E6 + y * (_E7 + y * (_E8 + y * (_E9 + y * _E10)))
                e = 1.0 + y * (1.0 + y * (_E2 + y * (_E3 + y * (_E4 + y * (_E5 + y * e)))))
                power = (np.float64(shifted).view(np.uint64) << _MANTISSA) + _ONE_BITS
                e = e * np.uint64(power).view(np.float64)
                q = 1.0 / (1.0 + e)
                s = q if u >= 0.0 else e * q
                p = e * q * q
                weight = weights[t]
                if with_decay:
                    z = e / (2.0 + e)
                    zz = z * z
                    r = _R3 + zz * (_R4 + zz * (_R5 + zz * (_R6 + zz * _R7)))
                    r = _R0 + zz * (_R1 + zz * (_R2 + zz * r))
                    log_term = max(u, 0.0) + (z + z) * (1.0 + zz * r)
                    lost = decay_tau * log_term
                    x = min(max(-lost, -_STEEPEST), _STEEPEST)
                    shifted = x * _PER_LN_2 + _ROUNDER
                    n = shifted - _ROUNDER
                    y = x - n * _LN_2_HIGH - n * _LN_2_LOW
                    d = _E6 + y * (_E7 + y * (_E8 + y * (_E9 + y * _E10)))
                    d = 1.0 + y * (1.0 + y * (_E2 + y * (_E3 + y * (_E4 + y * (_E5 + y * d)))))
                    power = (np.float64(shifted).view(np.uint64) << _MANTISSA) + _ONE_BITS
                    d_weight = d * np.uint64(power).view(np.float64) * weight
                    p = (p - decay_tau * (s * s)) * d_weight
                    s = s * d_weight
                    terms[t + 4 * FRAMES_AT_ONCE] = -amplitude * (tau * log_term) * s
                    terms[t + FRAMES_AT_ONCE] = -amplitude * (u * p + lost * s)
                else:
                    p = p * weight
                    s = s * weight
                    terms[t + FRAMES_AT_ONCE] = -amplitude * (u * p)
                terms[t] = -slope * p
                terms[t + 2 * FRAMES_AT_ONCE] = s
                terms[t + 3 * FRAMES_AT_ONCE] = weight
                residual = (counts[t] - background) * weight - amplitude * s
                terms[t + 5 * FRAMES_AT_ONCE] = residual
            place = 0
            for i in range(n_terms):
                start = (i if i < n_terms - 1 else 5) * FRAMES_AT_ONCE
                a = terms[start : start + FRAMES_AT_ONCE]
                for j in range(i + 1):
                    start = (j if j < n_terms - 1 else 5) * FRAMES_AT_ONCE
                    b = terms[start : start + FRAMES_AT_ONCE]
                    lane = lanes[place]
                    for t in range(LANES):
                        lane[t] += (a[t] * b[t] + a[t + _L1] * b[t + _L1]) + (
                            a[t + _L2] * b[t + _L2] + a[t + _L3] * b[t + _L3]
                        )
                    place += 1
        for place in range(n_sums):
            total = 0.0
            for t in range(LANES):
                total += lanes[place, t]
            sums[k, place] = total


def _sums_twin(
    sums: Numbers,
    active: npt.NDArray[np.int64],
    curve: Numbers,
    with_decay: bool,
    time: Numbers,
    intensity: Numbers,
    root_weight: Numbers,
) -> None:
    """Fill `sums` as `_sums_loop` does, some rows at a time, with the frames first."""
    n_frames = time.size
    at_once = max(1, _ELEMENTS_AT_ONCE // n_frames)
    for first in range(0, active.size, at_once):
        rows = active[first : first + at_once]
        data = rows % len(intensity)
        counts = np.ascontiguousarray(intensity[data].T)
        weight = np.ascontiguousarray(root_weight[data].T)
        terms = _terms(curve[rows].T, with_decay, time[:, None], counts, weight)
        place = 0
        for i, one in enumerate(terms):
            for other in terms[: i + 1]:
                products = one * other
                sums[first : first + at_once, place] = _added_up(products, rows.size)
                place += 1


def _added_up(products: Numbers, n_rows: int) -> Numbers:
    """Return the sums over the frames of `products` (T, R), in the order of the loop."""
    four = products.reshape(-1, 4, LANES * n_rows)
    pairs = four[:, 0::2] + four[:, 1::2]
    lanes = np.add.reduce(pairs[:, 0] + pairs[:, 1], axis=0)
    # cumsum, because a sum over an axis of a single column is not taken in its order.
    return np.asarray(np.cumsum(lanes.reshape(LANES, n_rows), axis=0)[-1])


def _terms(
    curve: Numbers, with_decay: bool, time: Numbers, intensity: Numbers, weight: Numbers
) -> list[Numbers]:
    """Return derivatives and residual, weighted, (T, R) each."""
    midpoint, rate, amplitude, background, decay_tau, tau = curve
    u = (time - midpoint) * rate
    e = _exponential(np.maximum(-np.abs(u), -_STEEPEST))
    q = 1.0 / (1.0 + e)
    s = np.where(u >= 0.0, q, e * q)
    p = e * q * q
    slope = amplitude * rate
    if not with_decay:
        p *= weight
        s *= weight
        residual = (intensity - background) * weight - amplitude * s
        return [-slope * p, -amplitude * (u * p), s, weight, residual]
    log_term = np.maximum(u, 0.0) + _log_one_plus(e)
    lost = decay_tau * log_term
    d_weight = _exponential(np.minimum(np.maximum(-lost, -_STEEPEST), _STEEPEST)) * weight
    per_u = (p - decay_tau * (s * s)) * d_weight
    s *= d_weight
    per_log_tau = -amplitude * (u * per_u + lost * s)
    per_decay = -amplitude * (tau * log_term) * s
    residual = (intensity - background) * weight - amplitude * s
    return [-slope * per_u, per_log_tau, s, weight, per_decay, residual]


def _exponential(x: Numbers) -> Numbers:
    """Return exp(x) for |x| <= 700."""
    shifted = x * _PER_LN_2 + _ROUNDER
    n = shifted - _ROUNDER
    y = x - n * _LN_2_HIGH - n * _LN_2_LOW
    e = np.full_like(y, _E10)
    for coefficient in (_E9, _E8, _E7, _E6, _E5, _E4, _E3, _E2, 1.0, 1.0):
        e *= y
        e += coefficient
    power = shifted.view(np.uint64)
    power <<= _MANTISSA
    power += _ONE_BITS
    e *= power.view(np.float64)
    return e


def _log_one_plus(e: Numbers) -> Numbers:
    """Return ln(1 + e) for 0 <= e <= 1."""
    z = e / (2.0 + e)
    zz = z * z
    r = np.full_like(zz, _R7)
    for coefficient in (_R6, _R5, _R4, _R3, _R2, _R1, _R0):
        r *= zz
        r += coefficient
    return np.asarray((z + z) * (1.0 + zz * r))


fill_sums = Kernel(
    _sums_loop,
    _sums_twin,
    "void(float64[:,::1], int64[::1], float64[:,::1], boolean, float64[::1], float64[:,::1], "
    "float64[:,::1])",
)
"""Fill `sums` (K, 15 or 21) with sums over the frames of products of weighted terms.

The terms are the derivatives of the curve by midpoint, ln tau, amplitude, background and, with
decay, the decay rate, and last the residual (intensity less curve), each times `root_weight`. Their
products lie in `sums` as the lower triangle of a symmetric table, row by row.

Arguments: active (K,), the rows to compute; curve (R, 6): midpoint, 1 / tau, amplitude, background,
decay times tau, tau; with_decay; time (T,), T a multiple of `FRAMES_AT_ONCE`; intensity and root_weight
(D, T), the square roots of the weights. Row r of the curves belongs to row r modulo D of these.
"""
