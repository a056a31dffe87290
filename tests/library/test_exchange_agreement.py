"""The Monte Carlo against its exact theory: mean, variance and distribution of 100 000 particles."""

import numpy as np
import pytest

from anionx_teach.exchange import (
    CooperativeModel,
    exact_exchange_cdf,
    exact_exchange_time,
    exact_rise_cdf,
    exact_rise_time,
    exact_start_cdf,
    exact_start_time,
    simulate_exchange_times,
)

N = 100_000
MODELS = {
    "calibrated, 5.1 nm at 5 uM": CooperativeModel(0.05, 3.57e-4, step_s=0.185),
    "5.1 nm at 50 uM": CooperativeModel(0.5, 3.57e-4, step_s=0.185),
    "13.1 nm at 50 uM, saturated": CooperativeModel(0.5, 7.81e-4, step_s=0.03),
    "strongly saturated": CooperativeModel(0.02, 0.01),
    "rare": CooperativeModel(1e-7, 2e-3),
    "constant": CooperativeModel(0.3, 0.0),
    "linear": CooperativeModel(0.05, 0.03, law="linear"),
    "linear, saturated": CooperativeModel(0.2, 0.06, law="linear"),
    "step": CooperativeModel(0.05, 0.08, law="step"),
    "none": CooperativeModel(0.08, 1.0, law="none"),
    "few events": CooperativeModel(0.1, 0.05, n_sites=7),
    "quadratic, no cap": CooperativeModel(0.5, 3.57e-4, capped=False),
    "linear, no cap": CooperativeModel(0.05, 0.05, law="linear", capped=False),
    "step, no cap": CooperativeModel(0.05, 0.08, law="step", capped=False),
    "none, no cap": CooperativeModel(0.05, 0.0, law="none", capped=False),
}


def fourth_cumulant(model, events):
    """Of the sum of the waiting times: that of geometric, or exponential, times added up."""
    p = model.event_probability[events]
    q = 1 - p
    each = q * (1 + 4 * q + q**2) / p**4 if model.capped else 6 / p**4
    return each.sum() * model.step_s**4


def z_scores(model, events, times, exact):
    """Mean and variance of a sample in units of their exact standard errors."""
    variance = exact.sd_s**2
    z_mean = (times.mean() - exact.mean_s) / np.sqrt(variance / N)
    fourth = fourth_cumulant(model, events) + 3 * variance**2
    error = np.sqrt((fourth - variance**2 * (N - 3) / (N - 1)) / N)
    return z_mean, (times.var(ddof=1) - variance) / error


def kolmogorov(times, cdf, step_s):
    """sqrt(N) times the largest distance of the sample from its distribution, at 400 times."""
    ordered = np.sort(times)
    values = np.unique(ordered[:: max(1, times.size // 400)])
    reached = np.searchsorted(ordered, values, side="right") / times.size
    exact = cdf(values)
    # Just below a value the sample still stands where it stood; in steps that is one step before.
    below = cdf(values - step_s) if step_s else exact
    before = np.searchsorted(ordered, values - step_s / 2, side="left") / times.size
    return np.sqrt(times.size) * max(np.abs(reached - exact).max(), np.abs(before - below).max())


@pytest.fixture(scope="module", params=MODELS)
def case(request):
    model = MODELS[request.param]
    return model, simulate_exchange_times(model, N, rng=20)


def windows(model, times):
    first, last = round(np.ceil(0.1 * model.n_sites)), round(np.ceil(0.9 * model.n_sites))
    yield times.rise_time_s, slice(first, last), exact_rise_time(model), exact_rise_cdf
    yield times.start_time_s, slice(first), exact_start_time(model), exact_start_cdf
    yield times.exchange_time_s, slice(None), exact_exchange_time(model), exact_exchange_cdf


def test_mean_and_variance_are_the_exact_ones(case):
    model, times = case
    for sample, events, exact, _ in windows(model, times):
        if exact.sd_s == 0:
            np.testing.assert_allclose(sample, exact.mean_s, rtol=1e-14)
            continue
        z_mean, z_variance = z_scores(model, events, sample, exact)
        assert abs(z_mean) < 4
        assert abs(z_variance) < 4


def test_the_distribution_is_the_exact_one(case):
    model, times = case
    for sample, _, _, cdf in windows(model, times):
        distance = kolmogorov(sample, lambda t, f=cdf: f(model, t), model.step_s * model.capped)
        assert distance < 1.95  # once in a thousand samples it is larger


def test_a_small_mistake_would_be_noticed():
    model = CooperativeModel(0.05, 3.57e-4)
    times = simulate_exchange_times(model, N, rng=20).rise_time_s
    other = CooperativeModel(0.05, 3.59e-4)  # half a percent
    z_mean, _ = z_scores(other, slice(10, 90), times, exact_rise_time(other))
    assert abs(z_mean) > 4
    assert kolmogorov(times, lambda t: exact_rise_cdf(other, t), 1.0) > 1.95
    late = times + 1  # off by one step of 730
    z_mean, _ = z_scores(model, slice(10, 90), late, exact_rise_time(model))
    assert z_mean > 3
