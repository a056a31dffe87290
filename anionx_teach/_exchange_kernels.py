"""The event times of the cooperative chain: the compiled loop and its NumPy twin.

Site by site: a hash of the counter (`_counter_draws`) gives a uniform number u in (0, 1), its
negative logarithm an exponential draw, and that times a scale a waiting time. `math.log` differs in
the last bit between NumPy and a compiler, so the logarithm is computed here from + - * / alone:

    u = m 2^-n with sqrt(1/2) < m <= sqrt(2);   -ln u = n ln 2 - ln m,
    ln m = 2 artanh(s) = 2 s (1 + z R(z)),   s = (m - 1) / (m + 1),   z = s^2 <= 0.0295.

R is 1/3 + z/5 + z^2/7 + ... as a polynomial of degree six that interpolates it at the Chebyshev
nodes of 0 <= z <= 0.0295; what it leaves out is below 5e-18 of the result.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._compile_kernels import Kernel
from anionx_teach._counter_draws import (
    FIRST_FACTOR,
    FIRST_SHIFT,
    INCREMENT,
    LAST_SHIFT,
    SECOND_FACTOR,
    SECOND_SHIFT,
    Counters,
)

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_DROPPED = np.uint64(12)  # bits of the hash: 52 remain, the mantissa of a float64
_MANTISSA = np.uint64(52)
_ONE_BITS = np.uint64(0x3FF0000000000000)  # of 1.0
_ROOT_TWO_BITS = np.uint64(0x3FF6A09E667F3BCD)  # of sqrt(2)
_LARGE_BITS = np.uint64(0x4330000000000000)  # of 2^52: with a small n in its mantissa, 2^52 + n
_LARGE = 2.0**52
_HALF_STEP = 2.0**-53  # from k 2^-52 to the middle of the step, so that u is neither 0 nor 1
_LN_2 = math.log(2.0)
_R0, _R1, _R2 = 0.3333333333333335, 0.19999999999949752, 0.14285714312987743
_R3, _R4, _R5 = 0.1111110556739754, 0.09091444562630861, 0.07665860800278021
_R6 = 0.07308224842521703

_ELEMENTS_AT_ONCE = 16_384  # of the twin: its temporary arrays then stay in the cache


def _event_times_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    event_time_s, stream_start, scale, in_whole_steps, step_s
):
    """Fill `event_time_s` (N, S) row by row."""
    n_particles, n_sites = event_time_s.shape
    for particle in range(n_particles):
        row = event_time_s[particle]
        counter = stream_start[particle]
        # No branch and no sum in here, so that several sites are computed at a time.
        for site in range(n_sites):
            counter += INCREMENT
            z = (counter ^ (counter >> FIRST_SHIFT)) * FIRST_FACTOR
            z = (z ^ (z >> SECOND_SHIFT)) * SECOND_FACTOR
            z = z ^ (z >> LAST_SHIFT)
            u = np.uint64((z >> _DROPPED) | _ONE_BITS).view(np.float64) - 1.0 + _HALF_STEP
            bits = np.float64(u).view(np.uint64)
            n = (_ROOT_TWO_BITS - bits) >> _MANTISSA
            m = np.uint64(bits + (n << _MANTISSA)).view(np.float64)
            s = (m - 1.0) / (m + 1.0)
            q = s * s
            r = _R0 + q * (_R1 + q * (_R2 + q * (_R3 + q * (_R4 + q * (_R5 + q * _R6)))))
            halvings = np.uint64(n | _LARGE_BITS).view(np.float64) - _LARGE
            row[site] = (halvings * _LN_2 - (s + s) * (1.0 + q * r)) * scale[site]
        if in_whole_steps:
            for site in range(n_sites):
                row[site] = max(np.ceil(row[site]), 1.0)
        total = 0.0
        for site in range(n_sites):
            total += row[site]
            row[site] = total * step_s


def _event_times_twin(
    event_time_s: Numbers,
    stream_start: Counters,
    scale: Numbers,
    in_whole_steps: bool,
    step_s: float,
) -> None:
    """Fill `event_time_s` as `_event_times_loop` does, some particles at a time."""
    n_particles, n_sites = event_time_s.shape
    offset = np.arange(1, n_sites + 1, dtype=np.uint64) * INCREMENT
    at_once = max(1, _ELEMENTS_AT_ONCE // max(n_sites, 1))
    for first in range(0, n_particles, at_once):
        part = slice(first, first + at_once)
        wait = exponential(stream_start[part, None] + offset)
        wait *= scale
        if in_whole_steps:
            np.ceil(wait, out=wait)
            np.maximum(wait, 1.0, out=wait)
        np.cumsum(wait, axis=1, out=wait)
        np.multiply(wait, step_s, out=event_time_s[part])


def exponential(counters: Counters) -> Numbers:
    """Return an exponential draw for each counter, which are overwritten."""
    z, other = counters, np.empty_like(counters)
    for shift, factor in ((FIRST_SHIFT, FIRST_FACTOR), (SECOND_SHIFT, SECOND_FACTOR)):
        np.right_shift(z, shift, out=other)
        z ^= other
        z *= factor
    np.right_shift(z, LAST_SHIFT, out=other)
    z ^= other
    z >>= _DROPPED
    z |= _ONE_BITS
    u = z.view(np.float64)
    u -= 1.0
    u += _HALF_STEP
    return _minus_log(u, other)


def _minus_log(u: Numbers, other: Counters) -> Numbers:
    """Return -ln u for 0 < u < 1; `u` and `other` are overwritten."""
    bits, n = u.view(np.uint64), other
    np.subtract(_ROOT_TWO_BITS, bits, out=n)
    n >>= _MANTISSA
    r = np.empty_like(u)
    np.left_shift(n, _MANTISSA, out=r.view(np.uint64))
    bits += r.view(np.uint64)  # u is m now
    n |= _LARGE_BITS
    halvings = n.view(np.float64)
    halvings -= _LARGE
    halvings *= _LN_2
    np.add(u, 1.0, out=r)
    u -= 1.0
    u /= r  # s
    q = u * u
    np.multiply(q, _R6, out=r)
    for coefficient in (_R5, _R4, _R3, _R2, _R1, _R0):
        r += coefficient
        r *= q
    r += 1.0
    u += u
    u *= r
    halvings -= u
    return halvings


fill_event_times = Kernel(
    _event_times_loop,
    _event_times_twin,
    "void(float64[:,::1], uint64[::1], float64[::1], boolean, float64)",
)
"""Fill `event_time_s` (N, S): when each event of each particle happens, in seconds.

Arguments: stream_start (N,) uint64, the counters before the first site; scale (S,) >= 0, the mean
waiting time of each event in steps (that of the exponential draw, before it is rounded);
in_whole_steps, whether each waiting time is rounded up to whole steps, at least one; step_s.
"""


def _count_events_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    n_events, event_time_s, time_s
):
    """Fill `n_events` (N, T): how many events of each particle are over at each time."""
    n_particles, n_sites = event_time_s.shape
    n_times = time_s.size
    for particle in range(n_particles):
        site = 0
        for t in range(n_times):
            while site < n_sites and event_time_s[particle, site] <= time_s[t]:
                site += 1
            n_events[particle, t] = site


def _count_events_twin(
    n_events: npt.NDArray[np.int32], event_time_s: Numbers, time_s: Numbers
) -> None:
    """Count as `_count_events_loop` does, by bisection."""
    for particle, times in enumerate(event_time_s):
        n_events[particle] = times.searchsorted(time_s, side="right")


count_events = Kernel(
    _count_events_loop,
    _count_events_twin,
    # A history cannot be written to, and its type says so.
    "void(int32[:,::1], Array(float64, 2, 'C', readonly=True), float64[::1])",
)
"""Fill `n_events` (N, T) with the number of events at or before each time.

Arguments: event_time_s (N, S), rows not decreasing; time_s (T,), not decreasing.
"""
