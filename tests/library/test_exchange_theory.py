"""The exact theory of the cooperative chain, against slow sums and distributions in closed form."""

import math

import numpy as np
import pytest
from scipy import stats

from anionx_teach import _exchange_theory as theory
from anionx_teach.exchange import (
    CooperativeModel,
    exact_exchange_cdf,
    exact_exchange_time,
    exact_rise_cdf,
    exact_rise_time,
    exact_start_cdf,
    exact_start_time,
)


def convolved_cdf(probability, n_steps):
    """Distribution of a sum of geometric waiting times at 0, 1, ... steps, by convolution."""
    mass = np.zeros(n_steps + 1)
    mass[0] = 1.0
    for p in probability:
        wait = np.zeros(n_steps + 1)
        wait[1:] = p * (1 - p) ** np.arange(n_steps)
        mass = np.convolve(mass, wait)[: n_steps + 1]
    return np.cumsum(mass)


def hypoexponential_cdf(rates, time):
    """Distribution of a sum of exponential times with distinct rates, by partial fractions."""
    total = np.ones_like(time)
    for i, rate in enumerate(rates):
        others = np.delete(rates, i)
        total -= np.prod(others / (others - rate)) * np.exp(-rate * time)
    return total


CHAINS = {
    "paper-like": CooperativeModel(0.05, 3.6e-4),
    "mostly saturated": CooperativeModel(0.3, 5e-3),
    "all alike": CooperativeModel(0.2, 0.0, n_sites=40),
    "linear": CooperativeModel(0.03, 0.05, n_sites=60, law="linear"),
    "step": CooperativeModel(0.05, 0.1, n_sites=50, law="step"),
    "none": CooperativeModel(0.1, 0.5, n_sites=30, law="none"),
    "two events": CooperativeModel(0.01, 0.2, n_sites=2),
    "three events": CooperativeModel(0.02, 0.3, n_sites=3),
    "nearly certain": CooperativeModel(0.999, 1e-9, n_sites=25),
}


@pytest.mark.parametrize("name", CHAINS)
def test_the_distribution_in_steps_is_the_convolution(name):
    model = CHAINS[name]
    mean, sd = exact_exchange_time(model)
    n_steps = int(mean + 12 * sd) + 10
    slow = convolved_cdf(model.event_probability, n_steps)
    fast = exact_exchange_cdf(model, np.arange(n_steps + 1))
    np.testing.assert_allclose(fast, slow, rtol=0, atol=2e-12)
    # Between whole steps nothing happens.
    np.testing.assert_array_equal(exact_exchange_cdf(model, np.arange(n_steps + 1) + 0.7), fast)


@pytest.mark.parametrize("name", CHAINS)
def test_mean_and_sd_are_those_of_the_distribution(name):
    model = CHAINS[name]
    mean, sd = exact_exchange_time(model)
    steps = np.arange(int(mean + 45 * sd) + 200)
    above = 1 - exact_exchange_cdf(model, steps)
    assert above.sum() == pytest.approx(mean, rel=1e-9)
    assert (2 * (steps * above).sum() + above.sum() - mean**2) == pytest.approx(sd**2, rel=1e-6)


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.9), (0.25, 0.5), (0.013, 0.999)])
def test_a_rise_is_the_sum_over_its_own_events(low, high):
    model = CooperativeModel(0.04, 1e-3, n_sites=80, step_s=0.25)
    first, last = math.ceil(low * 80), math.ceil(high * 80)
    waits = model.event_probability[first:last]
    mean, sd = exact_rise_time(model, low, high)
    assert mean == pytest.approx(0.25 * np.sum(1 / waits), rel=1e-14)
    assert sd == pytest.approx(0.25 * np.sqrt(np.sum((1 - waits) / waits**2)), rel=1e-14)
    slow = convolved_cdf(waits, 2000)
    fast = exact_rise_cdf(model, 0.25 * np.arange(2001), low, high)
    np.testing.assert_allclose(fast, slow, rtol=0, atol=2e-12)


def test_incubation_and_rise_make_up_the_time_to_the_upper_fraction():
    model = CooperativeModel(0.05, 3.6e-4, step_s=0.2)
    start, rise = exact_start_time(model), exact_rise_time(model)
    up_to = exact_start_time(model, low=0.9)
    assert start.mean_s + rise.mean_s == pytest.approx(up_to.mean_s, rel=1e-14)
    assert math.hypot(start.sd_s, rise.sd_s) == pytest.approx(up_to.sd_s, rel=1e-14)
    slow = convolved_cdf(model.event_probability[:10], 500)
    np.testing.assert_allclose(exact_start_cdf(model, 0.2 * np.arange(501)), slow, atol=2e-12)


def test_multiples_of_the_step_are_not_lost_to_rounding():
    # 3 * 0.1 is a little more than 0.3, and 0.7 / 0.1 a little less than 7.
    model = CooperativeModel(0.5, 0.0, n_sites=3, step_s=0.1)
    steps = np.arange(40)
    exact = exact_exchange_cdf(CooperativeModel(0.5, 0.0, n_sites=3), steps)
    np.testing.assert_array_equal(exact_exchange_cdf(model, steps * 0.1), exact)
    np.testing.assert_array_equal(exact_exchange_cdf(model, steps / 10), exact)


# Without the cap


def uncapped(k0, n_sites, **settings):
    return CooperativeModel(k0, 0.0, n_sites=n_sites, capped=False, **settings)


@pytest.mark.parametrize("n_sites", [1, 2, 3, 10, 100, 1000])
def test_equal_rates_give_the_gamma_distribution(n_sites):
    model = uncapped(0.02, n_sites, step_s=0.1)
    gamma = stats.gamma(n_sites, scale=5.0)
    time_s = np.concatenate([[-1.0, 0.0], gamma.ppf([1e-9, 1e-3, 0.3, 0.5, 0.9, 1 - 1e-9])])
    tolerance = 5e-9 if n_sites in (2, 3) else 1e-12
    exact = exact_exchange_cdf(model, time_s)
    np.testing.assert_allclose(exact, gamma.cdf(time_s), rtol=0, atol=tolerance)
    assert exact_exchange_time(model) == pytest.approx((gamma.mean(), gamma.std()), rel=1e-13)


@pytest.mark.parametrize("n_sites", [2, 3, 5, 8])
def test_distinct_rates_give_the_hypoexponential_distribution(n_sites):
    model = CooperativeModel(0.01, 0.9, n_sites=n_sites, law="linear", capped=False)
    time = np.linspace(0, 2000, 101)
    slow = hypoexponential_cdf(model.event_probability, time)
    np.testing.assert_allclose(exact_exchange_cdf(model, time), slow, rtol=0, atol=5e-9)


@pytest.mark.parametrize("ratio", [5, 9, 11, 30, 1e3, 1e6, 1e12])
@pytest.mark.parametrize("n_sites", [2, 3, 5])
def test_one_event_far_slower_than_the_others(n_sites, ratio):
    """The distribution has a kink at its beginning, which a Fourier series alone would round."""
    cooperativity = math.log(ratio)
    model = CooperativeModel(1e-3, cooperativity, n_sites=n_sites, law="linear", capped=False)
    time = np.concatenate([[-1.0, 0.0], np.geomspace(1e-9, 4e4, 200)])
    slow = np.where(time > 0, hypoexponential_cdf(model.event_probability, np.abs(time)), 0.0)
    np.testing.assert_allclose(exact_exchange_cdf(model, time), slow, rtol=0, atol=2e-8)


@pytest.mark.parametrize("cooperativity", [3.0, 7.0, 9.0])
def test_one_event_far_slower_than_the_others_in_steps(cooperativity):
    model = CooperativeModel(1e-5, cooperativity, n_sites=4)
    p = model.event_probability[:2]
    certain = model.event_probability[2:]
    np.testing.assert_array_equal(certain[1:], 1.0)
    waits = [q for q in model.event_probability if q < 1]
    failures = 1 - np.array(waits)
    step = np.unique(np.floor(np.geomspace(1, 2e6, 300)))
    slow = np.ones_like(step)
    for i, failure in enumerate(failures):  # partial fractions, as for exponential times
        others = np.delete(failures, i)
        weight = np.prod((1 - others) / (1 - others / failure))
        slow -= weight * np.exp(np.maximum(step - 3, 0) * math.log(failure))
    slow[step < 4] = 0.0
    assert p[1] / p[0] > 10
    np.testing.assert_allclose(exact_exchange_cdf(model, step), slow, rtol=0, atol=2e-8)


def test_rates_whose_squares_are_no_numbers():
    model = CooperativeModel(1.0, 7e-4, n_sites=1000, capped=False)
    mean, sd = exact_rise_time(model, 0.9, 0.95)
    assert mean < 1e-240
    assert 0.1 * mean < sd < mean
    time = mean + sd * np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    cdf = exact_rise_cdf(model, time, 0.9, 0.95)
    assert np.all(np.diff(cdf) > 0.02)
    assert 0.5 < cdf[2] < 0.7


def test_rare_events_in_steps_are_as_without_steps():
    # With P = 1e-9 a step is too short to matter.
    mean, sd = exact_exchange_time(CooperativeModel(1e-9, 1e-4))
    time = np.linspace(mean - 5 * sd, mean + 5 * sd, 41)
    in_steps = exact_exchange_cdf(CooperativeModel(1e-9, 1e-4), time)
    without = exact_exchange_cdf(CooperativeModel(1e-9, 1e-4, capped=False), time)
    np.testing.assert_allclose(in_steps, without, rtol=0, atol=1e-8)


@pytest.mark.parametrize("law", ["quadratic", "linear", "step", "none"])
@pytest.mark.parametrize("cooperativity", [0.0, 3.6e-4, 5e-3])
def test_without_the_cap_ten_times_the_concentration_is_ten_times_as_fast(law, cooperativity):
    low = CooperativeModel(0.05, cooperativity, law=law, capped=False)
    high = CooperativeModel(0.5, cooperativity, law=law, capped=False)
    for exact in (exact_rise_time, exact_start_time, exact_exchange_time):
        assert exact(low).mean_s / exact(high).mean_s == pytest.approx(10.0, rel=1e-12)
        assert exact(low).sd_s / exact(high).sd_s == pytest.approx(10.0, rel=1e-12)


def test_the_cap_alone_makes_the_ratio_smaller():
    def ratio(cooperativity):
        low, high = (exact_rise_time(CooperativeModel(k0, cooperativity)) for k0 in (0.05, 0.5))
        return low.mean_s / high.mean_s

    ratios = [ratio(delta) for delta in (0.0, 1e-4, 3.6e-4, 8e-4, 5e-3, 0.1, 10.0)]
    assert ratios[0] == pytest.approx(10.0, rel=1e-12)
    assert np.all(np.diff(ratios) <= 0)
    assert ratios[-1] == pytest.approx(1.0)  # all are saturated within the window


# Extremes


def test_what_is_certain_has_no_spread():
    model = CooperativeModel(1.0, 0.0, n_sites=50, step_s=0.5)
    assert exact_exchange_time(model) == (25.0, 0.0)
    assert exact_exchange_cdf(model, [24.9, 25.0, 25.1]).tolist() == [0.0, 1.0, 1.0]
    large = CooperativeModel(1e-9, 1e6)
    assert exact_rise_time(large) == (80.0, 0.0)  # only the first event is slow
    assert exact_rise_cdf(large, [79, 80]).tolist() == [0.0, 1.0]


def test_one_slow_event_is_geometric():
    model = CooperativeModel(1e-9, 1e6)
    time = np.array([1.0, 100.0, 1e8, 1e9, 5e9])
    expected = stats.geom(1e-9).cdf(time - 99)
    np.testing.assert_allclose(exact_exchange_cdf(model, time), expected, rtol=1e-9)


def test_one_slow_event_without_the_cap_is_exponential():
    model = CooperativeModel(0.1, 0.0, n_sites=1, capped=False)
    time = np.array([-3.0, 0.0, 1.0, 30.0])
    expected = stats.expon(scale=10).cdf(time)
    np.testing.assert_allclose(exact_exchange_cdf(model, time), expected, atol=1e-15)


def test_many_events_approach_the_normal_distribution():
    model = CooperativeModel(0.05, 0.0, n_sites=10_000)
    mean, sd = exact_exchange_time(model)
    skewness = (2 - 0.05) / math.sqrt(1 - 0.05) / 100
    at = np.linspace(-4, 4, 17)
    edgeworth = stats.norm.cdf(at) - skewness / 6 * (at**2 - 1) * stats.norm.pdf(at)
    exact = exact_exchange_cdf(model, np.floor(mean + at * sd))
    np.testing.assert_allclose(exact, edgeworth, atol=5e-4)


@pytest.mark.parametrize("capped", [True, False])
@pytest.mark.parametrize("k0", [1e-9, 1e-3, 0.05, 1.0])
@pytest.mark.parametrize("delta", [0.0, 1e-7, 1e-4, 5e-4])
def test_a_distribution_rises_from_zero_to_one(k0, delta, capped):
    model = CooperativeModel(k0, delta, n_sites=1000, capped=capped)
    mean, sd = exact_rise_time(model)
    time = np.linspace(mean - 50 * sd - 1, mean + 50 * sd + 1, 2001)
    cdf = exact_rise_cdf(model, time)
    assert cdf[0] == 0.0
    assert cdf[-1] == 1.0
    assert np.diff(cdf).min() > -1e-12
    # Its mean is that of the sum: the area above it, over the window of times.
    if sd > 10:
        area = np.trapezoid(1 - cdf, time)
        assert time[0] + area == pytest.approx(mean, abs=0.01 * sd + 1)


def test_the_shape_of_the_times_is_kept():
    model = CooperativeModel(0.05, 3.6e-4)
    assert isinstance(exact_rise_cdf(model, 700), float)
    assert exact_rise_cdf(model, []).shape == (0,)
    table = exact_rise_cdf(model, [[600.0, 700.0], [800.0, 900.0]])
    assert table.shape == (2, 2)
    assert table[1, 0] == exact_rise_cdf(model, 800.0)


@pytest.mark.parametrize("probability", [np.full(80, 0.05), np.geomspace(0.02, 0.9, 30)])
def test_the_bounds_hold_nearly_all_of_the_distribution(probability):
    low, high = theory._bounds_of_excess(probability, np.log1p(-probability))
    slow = convolved_cdf(probability, int(high) + probability.size + 10)
    assert slow[max(int(low) + probability.size - 1, 0)] < 1e-13
    assert slow[int(high) + probability.size] > 1 - 1e-13
    low, high = theory._bounds_of_rates(np.full(50, 0.2))
    assert stats.gamma(50, scale=5).cdf(low) < 1e-15
    assert stats.gamma(50, scale=5).sf(high) < 1e-15
