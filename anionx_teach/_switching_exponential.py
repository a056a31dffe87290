"""Exponential and logarithm for compiled loops of the sigmoid fit and their NumPy twins.

`exp` and `log` differ in the last bit between NumPy and a compiler, so both are computed from
+ - * / alone: here with NumPy, and with the same constants in the loops. With e = exp(-|u|), which
is never above 1,

    ln(1 + exp(u)) = max(u, 0) + ln(1 + e),
    ln(1 + e) = 2 artanh(z) = 2 z (1 + z^2 R(z^2)),   z = e / (2 + e),

R being 1/3 + z^2/5 + ... as a polynomial that interpolates it at Chebyshev nodes (to 7e-15), and
exp(x) = 2^n exp(x - n ln 2) with the Taylor series of the second factor (to 3e-13).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

STEEPEST = 700.0  # exp(-700) is still a normal number
PER_LN_2 = 1.0 / math.log(2.0)
LN_2_HIGH, LN_2_LOW = 0.6931471803691238, 1.9082149292705877e-10  # their sum is ln 2
ROUNDER = 1.5 * 2.0**52  # what is added to it is rounded to a whole number
MANTISSA = np.uint64(52)
ONE_BITS = np.uint64(0x3FF0000000000000)  # of 1.0
E2, E3, E4, E5, E6 = 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720
E7, E8, E9, E10 = 1 / 5040, 1 / 40320, 1 / 362880, 1 / 3628800
R0, R1, R2 = 0.3333333333332766, 0.20000000006531557, 0.14285713056208418
R3, R4, R5 = 0.11111198946011532, 0.09087843785035063, 0.0774990966400484
R6, R7 = 0.06076680915027026, 0.08904143097896165


def exponential(x: Numbers) -> Numbers:
    """Return exp(x) for |x| <= 700."""
    shifted = x * PER_LN_2 + ROUNDER
    n = shifted - ROUNDER
    y = x - n * LN_2_HIGH - n * LN_2_LOW
    e = np.full_like(y, E10)
    for coefficient in (E9, E8, E7, E6, E5, E4, E3, E2, 1.0, 1.0):
        e *= y
        e += coefficient
    power = shifted.view(np.uint64)
    power <<= MANTISSA
    power += ONE_BITS
    e *= power.view(np.float64)
    return e


def log_one_plus(e: Numbers) -> Numbers:
    """Return ln(1 + e) for 0 <= e <= 1."""
    z = e / (2.0 + e)
    zz = z * z
    r = np.full_like(zz, R7)
    for coefficient in (R6, R5, R4, R3, R2, R1, R0):
        r *= zz
        r += coefficient
    return np.asarray((z + z) * (1.0 + zz * r))
