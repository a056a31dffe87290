"""The sums behind a step of the sigmoid fit: the compiled loop and its NumPy twin.

With u = (t - midpoint) / tau the curve is background + amplitude s d, where

    s = 1 / (1 + exp(-u)),   d = exp(-decay tau L),   L = ln(1 + exp(u)),

and d = 1 without decay. A step of the fit needs the sums over all frames of the products, two by
two, of the derivatives and the residual. `exp` and `log` are those of `_switching_exponential`.

A sum over the frames is sixteen sums, of every sixteenth frame each, which are added at the end: a
processor adds them side by side, and the twin adds rows of an array in the same order. The products
are written out one by one, for a loop over them would be three times as slow. Where a stretch of
frames is so far from the rise that the curve is flat, it is worked on as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

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

# Terms: derivatives by midpoint, ln tau, amplitude, background; residual; derivative by decay rate.
_F1, _F2, _F3, _F4, _F5, _F6, _F7 = (k * FRAMES_AT_ONCE for k in range(1, 8))
_FLAT = 20.0  # of |u|, beyond which the logistic is 0 or 1 (to 2e-9)
_ONE = (0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5)
_OTHER = (0, 0, 1, 0, 1, 2, 0, 1, 2, 3, 0, 1, 2, 3, 4, 0, 1, 2, 3, 5, 4)
"""The two terms in the products of each lane: what the lanes hold without and with decay."""
_DECAY_LANES = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 18, 19, 10, 11, 12, 13, 20, 14)
"""With decay, the lanes in the order of the sums, in which the residual is last."""


def _sums_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    sums, rows, curve, with_decay, time, intensity, root_weight
):
    """Fill `sums` row by row: some frames' terms at a time, and then their products."""
    terms = np.empty(8 * FRAMES_AT_ONCE)
    counts = np.zeros(FRAMES_AT_ONCE)
    lanes = np.empty((len(_ONE), LANES))
    factors = np.ones(6)
    for k in range(rows.size):
        row = rows[k]
        midpoint, rate, amplitude = curve[k, 0], curve[k, 1], curve[k, 2]
        background, decay_tau, tau = curve[k, 3], curve[k, 4], curve[k, 5]
        lanes[: 21 if with_decay else 15] = 0.0
        for first in range(0, time.size, FRAMES_AT_ONCE):
            times = time[first : first + FRAMES_AT_ONCE]
            weights = root_weight[row, first : first + FRAMES_AT_ONCE]
            for t in range(min(FRAMES_AT_ONCE, intensity.shape[1] - first)):
                counts[t] = intensity[row, first + t]
            is_before = (times[-1] - midpoint) * rate < -_FLAT
            if is_before or ((times[0] - midpoint) * rate > _FLAT and not with_decay):
                share = 0.0 if is_before else 1.0
                for t in range(LANES):
                    d0, d1 = weights[t], weights[t + LANES]
                    d2, d3 = weights[t + 2 * LANES], weights[t + 3 * LANES]
                    r0 = (counts[t] - background) * d0 - amplitude * (share * d0)
                    r1 = (counts[t + LANES] - background) * d1 - amplitude * (share * d1)
                    r2 = (counts[t + 2 * LANES] - background) * d2 - amplitude * (share * d2)
                    r3 = (counts[t + 3 * LANES] - background) * d3 - amplitude * (share * d3)
                    square = (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3)
                    product = (r0 * d0 + r1 * d1) + (r2 * d2 + r3 * d3)
                    lanes[5, t] += share * square
                    lanes[8, t] += share * square
                    lanes[9, t] += square
                    lanes[12, t] += share * product
                    lanes[13, t] += product
                    lanes[14, t] += (r0 * r0 + r1 * r1) + (r2 * r2 + r3 * r3)
                continue
            # No branch and no sum in the loops over frames, and one array to write to with distances
            # that are known beforehand, so that several frames are computed at a time.
            for t in range(FRAMES_AT_ONCE):
                u = (times[t] - midpoint) * rate
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
                terms[t], terms[t + _F2] = e * q * q, s
                terms[t + _F6], terms[t + _F7] = u, e
            if with_decay:
                for t in range(FRAMES_AT_ONCE):
                    p, s, u, e = terms[t], terms[t + _F2], terms[t + _F6], terms[t + _F7]
                    z = e / (2.0 + e)
                    zz = z * z
                    r = R3 + zz * (R4 + zz * (R5 + zz * (R6 + zz * R7)))
                    r = R0 + zz * (R1 + zz * (R2 + zz * r))
                    log_term = max(u, 0.0) + (z + z) * (1.0 + zz * r)
                    lost = decay_tau * log_term
                    x = min(max(-lost, -STEEPEST), STEEPEST)
                    shifted = x * PER_LN_2 + ROUNDER
                    n = shifted - ROUNDER
                    y = x - n * LN_2_HIGH - n * LN_2_LOW
                    d = E6 + y * (E7 + y * (E8 + y * (E9 + y * E10)))
                    d = 1.0 + y * (1.0 + y * (E2 + y * (E3 + y * (E4 + y * (E5 + y * d)))))
                    power = (np.float64(shifted).view(np.uint64) << MANTISSA) + ONE_BITS
                    d_weight = d * np.uint64(power).view(np.float64) * weights[t]
                    p = (p - decay_tau * (s * s)) * d_weight
                    s = s * d_weight
                    terms[t], terms[t + _F1], terms[t + _F2] = p, u * p + lost * s, s
                    terms[t + _F5] = log_term * s
            else:
                for t in range(FRAMES_AT_ONCE):
                    p = terms[t] * weights[t]
                    terms[t], terms[t + _F1] = p, terms[t + _F6] * p
                    terms[t + _F2] = terms[t + _F2] * weights[t]
            for t in range(FRAMES_AT_ONCE):
                residual = (counts[t] - background) * weights[t] - amplitude * terms[t + _F2]
                terms[t + _F3], terms[t + _F4] = weights[t], residual
            for t in range(LANES):
                a0, a1 = terms[t], terms[t + 1 * LANES]
                a2, a3 = terms[t + 2 * LANES], terms[t + 3 * LANES]
                b0, b1 = terms[t + _F1], terms[t + _F1 + 1 * LANES]
                b2, b3 = terms[t + _F1 + 2 * LANES], terms[t + _F1 + 3 * LANES]
                c0, c1 = terms[t + _F2], terms[t + _F2 + 1 * LANES]
                c2, c3 = terms[t + _F2 + 2 * LANES], terms[t + _F2 + 3 * LANES]
                d0, d1 = terms[t + _F3], terms[t + _F3 + 1 * LANES]
                d2, d3 = terms[t + _F3 + 2 * LANES], terms[t + _F3 + 3 * LANES]
                r0, r1 = terms[t + _F4], terms[t + _F4 + 1 * LANES]
                r2, r3 = terms[t + _F4 + 2 * LANES], terms[t + _F4 + 3 * LANES]
                lanes[0, t] += (a0 * a0 + a1 * a1) + (a2 * a2 + a3 * a3)
                lanes[1, t] += (b0 * a0 + b1 * a1) + (b2 * a2 + b3 * a3)
                lanes[2, t] += (b0 * b0 + b1 * b1) + (b2 * b2 + b3 * b3)
                lanes[3, t] += (c0 * a0 + c1 * a1) + (c2 * a2 + c3 * a3)
                lanes[4, t] += (c0 * b0 + c1 * b1) + (c2 * b2 + c3 * b3)
                lanes[5, t] += (c0 * c0 + c1 * c1) + (c2 * c2 + c3 * c3)
                lanes[6, t] += (d0 * a0 + d1 * a1) + (d2 * a2 + d3 * a3)
                lanes[7, t] += (d0 * b0 + d1 * b1) + (d2 * b2 + d3 * b3)
                lanes[8, t] += (d0 * c0 + d1 * c1) + (d2 * c2 + d3 * c3)
                lanes[9, t] += (d0 * d0 + d1 * d1) + (d2 * d2 + d3 * d3)
                lanes[10, t] += (r0 * a0 + r1 * a1) + (r2 * a2 + r3 * a3)
                lanes[11, t] += (r0 * b0 + r1 * b1) + (r2 * b2 + r3 * b3)
                lanes[12, t] += (r0 * c0 + r1 * c1) + (r2 * c2 + r3 * c3)
                lanes[13, t] += (r0 * d0 + r1 * d1) + (r2 * d2 + r3 * d3)
                lanes[14, t] += (r0 * r0 + r1 * r1) + (r2 * r2 + r3 * r3)
            if with_decay:
                for t in range(LANES):
                    a0, a1 = terms[t], terms[t + 1 * LANES]
                    a2, a3 = terms[t + 2 * LANES], terms[t + 3 * LANES]
                    b0, b1 = terms[t + _F1], terms[t + _F1 + 1 * LANES]
                    b2, b3 = terms[t + _F1 + 2 * LANES], terms[t + _F1 + 3 * LANES]
                    c0, c1 = terms[t + _F2], terms[t + _F2 + 1 * LANES]
                    c2, c3 = terms[t + _F2 + 2 * LANES], terms[t + _F2 + 3 * LANES]
                    d0, d1 = terms[t + _F3], terms[t + _F3 + 1 * LANES]
                    d2, d3 = terms[t + _F3 + 2 * LANES], terms[t + _F3 + 3 * LANES]
                    r0, r1 = terms[t + _F4], terms[t + _F4 + 1 * LANES]
                    r2, r3 = terms[t + _F4 + 2 * LANES], terms[t + _F4 + 3 * LANES]
                    e0, e1 = terms[t + _F5], terms[t + _F5 + 1 * LANES]
                    e2, e3 = terms[t + _F5 + 2 * LANES], terms[t + _F5 + 3 * LANES]
                    lanes[15, t] += (e0 * a0 + e1 * a1) + (e2 * a2 + e3 * a3)
                    lanes[16, t] += (e0 * b0 + e1 * b1) + (e2 * b2 + e3 * b3)
                    lanes[17, t] += (e0 * c0 + e1 * c1) + (e2 * c2 + e3 * c3)
                    lanes[18, t] += (e0 * d0 + e1 * d1) + (e2 * d2 + e3 * d3)
                    lanes[19, t] += (e0 * e0 + e1 * e1) + (e2 * e2 + e3 * e3)
                    lanes[20, t] += (e0 * r0 + e1 * r1) + (e2 * r2 + e3 * r3)
        factors[0], factors[1], factors[5] = -amplitude * rate, -amplitude, -amplitude * tau
        for place in range(sums.shape[1]):
            lane = _DECAY_LANES[place] if with_decay else place
            a, b, c, d = lanes[lane, 0:4], lanes[lane, 4:8], lanes[lane, 8:12], lanes[lane, 12:16]
            half = ((a[0] + b[0]) + (c[0] + d[0])) + ((a[1] + b[1]) + (c[1] + d[1]))
            total = half + (((a[2] + b[2]) + (c[2] + d[2])) + ((a[3] + b[3]) + (c[3] + d[3])))
            sums[k, place] = total * (factors[_ONE[lane]] * factors[_OTHER[lane]])


def _sums_twin(
    sums: Numbers,
    rows: npt.NDArray[np.int64],
    curve: Numbers,
    with_decay: bool,
    time: Numbers,
    intensity: Numbers,
    root_weight: Numbers,
) -> None:
    """Fill `sums` as `_sums_loop` does, some rows at a time, with the frames first."""
    for part in row_parts(rows.size, time.size):
        some = rows[part]
        counts = np.zeros((time.size, some.size))
        counts[: intensity.shape[1]] = intensity[some].T
        weight = np.ascontiguousarray(root_weight[some].T)
        terms, factors = _terms(curve[part].T, with_decay, time[:, None], counts, weight)
        for place in range(sums.shape[1]):
            lane = _DECAY_LANES[place] if with_decay else place
            one, other = _ONE[lane], _OTHER[lane]
            total = added_up(terms[one] * terms[other], some.size)
            sums[part, place] = total * (factors[one] * factors[other])


def _terms(
    curve: Numbers, with_decay: bool, time: Numbers, intensity: Numbers, weight: Numbers
) -> tuple[list[Numbers], list[Numbers | float]]:
    """Return derivatives and residual, weighted, (T, R) each, and the factors left out of them."""
    midpoint, rate, amplitude, background, decay_tau, tau = curve
    u = (time - midpoint) * rate
    e = exponential(np.maximum(-np.abs(u), -STEEPEST))
    q = 1.0 / (1.0 + e)
    s = np.where(u >= 0.0, q, e * q)
    p = e * q * q
    before, after = _flat_frames(u, with_decay)
    s[before], s[after], p[before | after] = 0.0, 1.0, 0.0
    factors = [-amplitude * rate, -amplitude, 1.0, 1.0, 1.0, -amplitude * tau]
    if with_decay:
        log_term = np.maximum(u, 0.0) + log_one_plus(e)
        lost = decay_tau * log_term
        d_weight = exponential(np.minimum(np.maximum(-lost, -STEEPEST), STEEPEST)) * weight
        p = (p - decay_tau * (s * s)) * d_weight
        s *= d_weight
        decay = [log_term * s]
        per_log_tau = u * p + lost * s
    else:
        p *= weight
        s *= weight
        decay = []
        per_log_tau = u * p
    residual = (intensity - background) * weight - amplitude * s
    return [p, per_log_tau, s, weight, residual, *decay], factors


def _flat_frames(
    u: Numbers, with_decay: bool
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell which frames (T, R) are, with all that are worked on together, far before or after."""
    together = u.reshape(-1, FRAMES_AT_ONCE, u.shape[1])
    before = together[:, -1] < -_FLAT
    after = (together[:, 0] > _FLAT) & (not with_decay)
    return np.repeat(before, FRAMES_AT_ONCE, axis=0), np.repeat(after, FRAMES_AT_ONCE, axis=0)


fill_sums = Kernel(
    _sums_loop,
    _sums_twin,
    "void(float64[:,::1], int64[::1], float64[:,::1], boolean, float64[::1], "
    "Array(float64, 2, 'C', readonly=True), float64[:,::1])",
)
"""Fill `sums` (K, 15 or 21) with sums over the frames of products of weighted terms.

The terms are the derivatives of the curve by midpoint, ln tau, amplitude, background and, with
decay, the decay rate, and last the residual (intensity less curve), each times `root_weight`. Their
products lie in `sums` as the lower triangle of a symmetric table, row by row.

Arguments: rows (K,) of the trajectories below; curve (K, 6): midpoint, 1 / tau, amplitude, background,
decay times tau, tau; with_decay; time (T,), T a multiple of `FRAMES_AT_ONCE`; intensity (R, F), F <= T,
and root_weight (R, T), the square roots of the weights.
"""
