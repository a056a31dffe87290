"""Exact distribution of the sum of independent waiting times, geometric or exponential.

Everything is in steps. A waiting time with the probability P per step has the mean 1/P and the
variance (1 - P)/P^2; with a rate r per step they are 1/r and 1/r^2. Means and variances add up.

The distribution of a sum comes from its characteristic function, the product of those of the
waiting times, as a Fourier series over a period that holds all but 2e-15 of the probability
(between bounds of Chernoff's kind). For whole steps the series is finite and exact; otherwise it
ends where the characteristic function has fallen below 1e-13.

That takes too many terms where one event is far slower than all others together: the distribution
then has a kink at its beginning. Such an event is taken out: with the rate r beside others of rates
r_j, the distribution F of the sum is

    F(t) = G(t) - exp(-r t) prod_j r_j / (r_j - r) H(t),

G and H those of the others with the rates r_j and r_j - r. For whole steps exp(-r t) is
(1 - P)^(t + 1), the product that of P_j / Q_j, and H has Q_j = (P_j - P) / (1 - P).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import Numbers

Complexes = npt.NDArray[np.complex128]

_LOG_TAIL = np.log(1e-15)  # of the probability outside the period, on each side
_NEGLIGIBLE = 1e-13
_BLOCK = 64  # terms of the series that are taken at a time
_MOST_TERMS = 2**16
_FAR_SLOWER = 0.1  # an event is taken out when the others take less than this part of its time
_MOST_TAKEN_OUT = 3  # each doubles the work
_NO_TIME = 1e-17  # of the slowest event's time
_PLACES_AT_ONCE = 2048  # of the distribution: temporary arrays then stay small
# Where the bounds are tried, in units of the smallest rate (from above) and of 8 / sd (from below).
_UPPER_TILTS = np.concatenate([np.geomspace(1e-4, 0.5, 40), 1 - np.geomspace(0.45, 1e-4, 24)])
_LOWER_TILTS = np.geomspace(0.05, 1e3, 48)


def mean_and_sd(probability: Numbers, capped: bool) -> tuple[float, float]:
    """Return mean and standard deviation of the sum, in steps; `probability` (m,) per event."""
    mean = 1.0 / probability
    if capped:
        return float(np.sum(mean)), float(np.sqrt(np.sum((1.0 - probability) * mean**2)))
    longest = np.max(mean, initial=0.0)  # of rates so high that the squares would vanish
    return float(np.sum(mean)), float(longest * np.sqrt(np.sum((mean / longest) ** 2)))


def cdf(probability: Numbers, capped: bool, steps: Numbers) -> Numbers:
    """Return the probability that the sum is at most `steps` (T,); `probability` (m,)."""
    if not capped:
        slowest = probability.min() if probability.size else 1.0  # in its units no square vanishes
        with np.errstate(over="ignore"):
            return _cdf_of_rates(probability / slowest, steps * slowest)
    # Each wait is one step and an excess that begins at zero; where P = 1 there is no excess.
    excess = np.floor(snapped(steps)) - probability.size
    return _cdf_of_excess(probability[probability < 1.0], excess)


def snapped(steps: Numbers) -> Numbers:
    """Return times in steps, those that are whole but for the last digits of a float whole."""
    nearest = np.rint(steps)
    with np.errstate(invalid="ignore"):  # times so long that they are infinitely many steps
        is_whole = np.abs(steps - nearest) <= 4 * np.finfo(float).eps * np.abs(nearest)
    return np.where(is_whole, nearest, steps)


def _cdf_of_rates(rate: Numbers, time: Numbers, taken_out: int = 0) -> Numbers:
    """Return the distribution of a sum of exponential waiting times."""
    if rate.size == 0:
        return np.where(time >= 0, 1.0, 0.0)
    if rate.size == 1:
        return np.asarray(-np.expm1(-rate[0] * np.maximum(time, 0.0)))
    slowest, others = _parted(rate)
    others = others[slowest > _NO_TIME * others]
    if taken_out < _MOST_TAKEN_OUT and slowest * np.sum(1 / others) < _FAR_SLOWER:
        slower = others - slowest
        decay = np.exp(-slowest * np.maximum(time, 0.0)) * np.prod(others / slower)
        early = _cdf_of_rates(slower, time, taken_out + 1)
        return _within(_cdf_of_rates(others, time, taken_out + 1) - decay * early)
    low, high = _bounds_of_rates(rate)
    period = high - low

    def transform(k: Numbers) -> Complexes:
        frequency = 2 * np.pi * k / period
        ratio = frequency[:, None] / rate
        return np.asarray(np.prod(1 / (1 - 1j * ratio), axis=1) * np.exp(-1j * frequency * low))

    def weight(k: Numbers) -> Complexes:
        return np.asarray(2j * np.pi * k)

    return _series((time - low) / period, transform, weight, _MOST_TERMS)


def _cdf_of_excess(probability: Numbers, excess: Numbers, taken_out: int = 0) -> Numbers:
    """Return the distribution of a sum of geometric waiting times less one; `excess` is whole."""
    if probability.size == 0:
        return np.where(excess >= 0, 1.0, 0.0)
    log_failure = np.log1p(-probability)
    if probability.size == 1:
        return np.asarray(-np.expm1(np.maximum(excess + 1, 0.0) * log_failure[0]))
    slowest, others = _parted(probability)
    share = np.sum((1 - others) / others) * slowest / (1 - slowest)
    if taken_out < _MOST_TAKEN_OUT and share < _FAR_SLOWER:
        slower = (others - slowest) / (1 - slowest)
        decay = np.exp(np.maximum(excess + 1, 0.0) * np.log1p(-slowest)) * np.prod(others / slower)
        early = _cdf_of_excess(slower[slower < 1.0], excess, taken_out + 1)
        return _within(_cdf_of_excess(others, excess, taken_out + 1) - decay * early)
    low, high = _bounds_of_excess(probability, log_failure)
    period = high - low + 1
    period += 1 - period % 2  # odd: every frequency but zero then has a partner of opposite sign

    def transform(k: Numbers) -> Complexes:
        angle = 2 * np.pi * k / period
        # 1 - (1 - P) exp(i angle), written so that nothing cancels when angle and P are small.
        turned = 2 * np.sin(angle / 2) ** 2 - 1j * np.sin(angle)
        whole = np.prod(
            probability / (probability + (1 - probability) * turned[:, None]),
            axis=1,
        )
        return np.asarray(whole * np.exp(-1j * angle * low))

    def weight(k: Numbers) -> Complexes:
        angle = 2 * np.pi * k / period
        return period * (2 * np.sin(angle / 2) ** 2 + 1j * np.sin(angle))

    most = int(min((period - 1) // 2, _MOST_TERMS))
    return _series((excess - low + 1) / period, transform, weight, most)


def _series(
    place: Numbers,
    transform: Callable[[Numbers], Complexes],
    weight: Callable[[Numbers], Complexes],
    most_terms: int,
) -> Numbers:
    """Return the distribution at `place` in the period: 0 before it, 1 after it.

    In between it is place + 2 Re sum_k transform(k) (1 - exp(-2 pi i k place)) / weight(k), the sum
    over k = 1, 2, ... with the weights 2 pi i k of an integral, or
    period (1 - exp(-2 pi i k / period)) of a sum.
    """
    result = np.where(place >= 1, 1.0, 0.0)
    inside = np.flatnonzero((place > 0) & (place < 1))
    if inside.size == 0:
        return result
    terms = _terms(transform, weight, most_terms)
    for first in range(0, inside.size, _PLACES_AT_ONCE):
        part = inside[first : first + _PLACES_AT_ONCE]
        total = place[part] + 2 * (np.sum(terms).real - _waves(terms, place[part]).real)
        result[part] = _within(total)
    return result


def _parted(probability: Numbers) -> tuple[float, Numbers]:
    """Return the smallest probability, or rate, and the others."""
    smallest = int(np.argmin(probability))
    return float(probability[smallest]), np.delete(probability, smallest)


def _within(probability: Numbers) -> Numbers:
    """Return probabilities that rounding may have moved out of [0, 1]."""
    return np.asarray(np.minimum(np.maximum(probability, 0.0), 1.0))


def _terms(
    transform: Callable[[Numbers], Complexes],
    weight: Callable[[Numbers], Complexes],
    most_terms: int,
) -> Complexes:
    """Return transform(k) / weight(k) for k = 1, 2, ... until the transform is negligible."""
    blocks = []
    for first in range(1, most_terms + 1, _BLOCK):
        k = np.arange(first, min(first + _BLOCK, most_terms + 1), dtype=np.float64)
        transformed = transform(k)
        blocks.append(transformed / weight(k))
        if np.abs(transformed[-1]) < _NEGLIGIBLE:
            break
    return np.concatenate(blocks) if blocks else np.zeros(0, complex)


def _waves(terms: Complexes, place: Numbers) -> Complexes:
    """Return sum_k terms[k - 1] exp(-2 pi i k place), block by block."""
    within = np.exp(-2j * np.pi * np.arange(_BLOCK)[:, None] * place)
    total = np.zeros(place.size, complex)
    for first in range(0, terms.size, _BLOCK):
        block = terms[first : first + _BLOCK]
        # einsum and not @: the threads of a matrix product would slow down what runs beside it.
        inner = np.einsum("k,kt->t", block, within[: block.size])
        total += inner * np.exp(-2j * np.pi * (first + 1) * place)
    return total


def _bounds_of_rates(rate: Numbers) -> tuple[float, float]:
    """Return times between which all but 2e-15 of the probability lies, by Chernoff's bound."""
    tilt = _UPPER_TILTS * rate.min()
    log_moment = -np.sum(np.log1p(-tilt[:, None] / rate), axis=1)
    high = np.min((log_moment - _LOG_TAIL) / tilt)
    tilt = _LOWER_TILTS * 8 / np.sqrt(np.sum(rate**-2))
    log_moment = -np.sum(np.log1p(tilt[:, None] / rate), axis=1)
    low = np.max((_LOG_TAIL - log_moment) / tilt)
    return max(float(low), 0.0), float(high)


def _bounds_of_excess(probability: Numbers, log_failure: Numbers) -> tuple[float, float]:
    """Return whole numbers between which all but 2e-15 of the probability lies."""
    tilt = _UPPER_TILTS * -log_failure.max()
    log_moment = _log_moment(tilt, probability, log_failure)
    high = np.min((log_moment - _LOG_TAIL) / tilt)
    tilt = _LOWER_TILTS * 8 / np.sqrt(np.sum((1 - probability) / probability**2))
    log_moment = _log_moment(-tilt, probability, log_failure)
    low = np.max((_LOG_TAIL - log_moment) / tilt)
    return max(float(np.floor(low)), 0.0), float(np.ceil(high))


def _log_moment(tilt: Numbers, probability: Numbers, log_failure: Numbers) -> Numbers:
    """Return the logarithm of the mean of exp(tilt * excess), for each tilt."""
    each = np.log(probability) - np.log(-np.expm1(tilt[:, None] + log_failure))
    return np.asarray(np.sum(each, axis=1))
