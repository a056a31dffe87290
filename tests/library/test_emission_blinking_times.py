"""How long a crystal stays bright or dark: a power law with a cut-off, against closed forms."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from anionx_teach.emission import BlinkingTimes

CASES = [(1.6, 0.05, 10.0), (1.5, 0.05, 1.0), (2.5, 0.01, 100.0), (0.0, 0.2, 1.0), (10, 0.1, 0.1)]


def tail_of_3_halves(time_s, cutoff_s):
    """Integral of t^-1.5 exp(-t / cutoff) from a time on, in closed form."""
    x = time_s / cutoff_s
    gamma = 2 * (np.exp(-x) / np.sqrt(x) - np.sqrt(np.pi) * special.erfc(np.sqrt(x)))
    return gamma / np.sqrt(cutoff_s)


def exact_survival(times, duration_s):
    """Of a power law of exponent 1.5, in closed form."""
    later = np.maximum(duration_s, times.shortest_s)
    ours, whole = (tail_of_3_halves(t, times.cutoff_s) for t in (later, times.shortest_s))
    return ours / whole


def integral(function, low, high):
    """Quadrature over log t in pieces, which no power law escapes."""
    edges = np.linspace(np.log(low), np.log(high), 40)
    pieces = [
        integrate.quad(lambda y: np.exp(y) * function(np.exp(y)), *edges[i : i + 2])[0]
        for i in range(edges.size - 1)
    ]
    return sum(pieces)


@pytest.mark.parametrize(("exponent", "shortest_s", "cutoff_s"), CASES)
def test_mean_and_area_are_those_of_the_quadrature(exponent, shortest_s, cutoff_s):
    times = BlinkingTimes(exponent, shortest_s, cutoff_s)
    end_s = shortest_s + 60 * cutoff_s
    area = integral(times.density_per_s, shortest_s, end_s)
    mean_s = integral(lambda t: t * times.density_per_s(t), shortest_s, end_s)
    assert area == pytest.approx(1.0, abs=1e-9)
    assert times.mean_s == pytest.approx(mean_s, rel=2e-6)


def test_without_a_power_law_the_times_are_exponential():
    times = BlinkingTimes(0.0, 0.5, 2.0)
    duration_s = np.array([0.0, 0.4999, 0.5, 1.0, 3.0, 20.0])
    expected = np.exp(-np.maximum(duration_s - 0.5, 0) / 2.0)
    np.testing.assert_allclose(times.survival(duration_s), expected, rtol=1e-9)
    assert times.mean_s == pytest.approx(2.5)
    assert times.density_per_s(0.49) == 0.0
    assert times.density_per_s(0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("cutoff_s", [0.1, 1.0, 100.0])
def test_the_survival_is_that_of_the_closed_form(cutoff_s):
    times = BlinkingTimes(1.5, 0.05, cutoff_s)
    duration_s = np.geomspace(0.01, 20 * cutoff_s, 500)
    expected = exact_survival(times, duration_s)
    np.testing.assert_allclose(times.survival(duration_s), expected, rtol=1e-4)
    near = duration_s < 5 * cutoff_s
    np.testing.assert_allclose(times.survival(duration_s[near]), expected[near], rtol=2e-5)
    assert times.survival(1e6 * cutoff_s) == 0.0


@pytest.mark.parametrize("exponent", [1, 2, 3])
def test_whole_exponents_are_exponential_integrals(exponent):
    times = BlinkingTimes(exponent, 0.05, 2.0)

    def tail(t):
        return t ** (1.0 - exponent) * special.expn(exponent, t / 2.0)

    duration_s = np.geomspace(0.05, 10, 100)
    np.testing.assert_allclose(times.survival(duration_s), tail(duration_s) / tail(0.05), rtol=2e-5)


@pytest.mark.parametrize("cutoff_s", [0.3, 10.0])
def test_draws_follow_the_law_with_its_cut_off(cutoff_s):
    times = BlinkingTimes(1.5, 0.05, cutoff_s)
    drawn_s = times.draw(40_000, rng=3)
    assert drawn_s.min() >= 0.05
    assert stats.kstest(drawn_s, lambda t: 1 - exact_survival(times, t)).pvalue > 0.01
    # The test can tell: neither the law without a cut-off, nor another exponent would pass.
    assert stats.kstest(drawn_s, lambda t: 1 - (t / 0.05) ** -0.5).pvalue < 1e-10
    other = BlinkingTimes(1.6, 0.05, cutoff_s)
    assert stats.kstest(drawn_s, lambda t: 1 - other.survival(t)).pvalue < 1e-10


def test_draws_follow_their_seed_and_none_is_an_empty_array():
    times = BlinkingTimes(1.5, 0.05, 10.0)
    np.testing.assert_array_equal(times.draw(5, rng=1), times.draw(9, rng=1)[:5])
    assert not np.array_equal(times.draw(5, rng=1), times.draw(5, rng=2))
    assert times.draw(0, rng=1).shape == (0,)


def test_what_is_left_of_a_time_that_one_comes_upon():
    times = BlinkingTimes(1.5, 0.05, 1.0)
    draws = np.random.default_rng(5).exponential(size=40_000)
    left_s = times.remaining_at(draws)
    grid_s = np.concatenate([np.linspace(0, 0.05, 100), np.geomspace(0.0501, 40, 4000)])
    area = integrate.cumulative_trapezoid(exact_survival(times, grid_s), grid_s, initial=0)
    cdf = area / area[-1]
    assert stats.kstest(left_s, lambda t: np.interp(t, grid_s, cdf)).pvalue > 0.01
    # Renewal theory: the mean of what is left is E[t^2] / (2 E[t]).
    square = integral(lambda t: t * t * times.density_per_s(t), 0.05, 60)
    assert left_s.mean() == pytest.approx(square / (2 * times.mean_s), rel=0.03)
