"""Arguments of the cooperative Monte Carlo that are refused, each by its message."""

import math

import numpy as np
import pytest

from anionx_teach.exchange import (
    CooperativeModel,
    ExchangeHistory,
    ExchangeTimes,
    calibrated_model,
    calibration_family,
    exact_exchange_cdf,
    exact_exchange_time,
    exact_rise_cdf,
    exact_rise_time,
    exact_start_cdf,
    exact_start_time,
    simulate_exchange,
    simulate_exchange_times,
)

MODEL = CooperativeModel(0.05, 3.6e-4)
HISTORY = simulate_exchange(MODEL, 2, rng=1)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        (
            {"attempt_probability": 0.0},
            ValueError,
            "attempt_probability must be > 0 and <= 1, got 0",
        ),
        ({"attempt_probability": 1.01}, ValueError, "must be > 0 and <= 1, got 1.01"),
        ({"attempt_probability": -0.2}, ValueError, "must be > 0 and <= 1, got -0.2"),
        ({"attempt_probability": math.nan}, ValueError, "must be > 0 and <= 1, got nan"),
        ({"attempt_probability": "0.1"}, TypeError, "attempt_probability must be a number"),
        ({"attempt_probability": [0.1]}, ValueError, "attempt_probability must be a single number"),
        ({"cooperativity": -1e-9}, ValueError, "cooperativity must be >= 0 kT, got -1e-09"),
        ({"cooperativity": math.inf}, ValueError, "cooperativity must be finite and >= 0 kT"),
        ({"n_sites": 0}, ValueError, "n_sites must be >= 1, got 0"),
        ({"n_sites": 10**30}, ValueError, "n_sites must be <= 100000, got 1000000"),
        ({"n_sites": 10.0}, TypeError, "n_sites must be a whole number >= 1, got 10.0"),
        ({"step_s": 0.0}, ValueError, "step_s must be > 0 s, got 0.0"),
        ({"step_s": 1e-200}, ValueError, r"step_s must be between 1e-100 and 1e\+100 s"),
        ({"law": "cubic"}, ValueError, "law must be one of quadratic, linear, step, none"),
        ({"law": 2}, TypeError, "law must be one of quadratic"),
        ({"capped": 1}, TypeError, "capped must be True or False, got 1"),
        ({"onset_fraction": 1.2}, ValueError, "onset_fraction must be between 0 and 1, got 1.2"),
        ({"provenance": None}, TypeError, "provenance must be a text, got None"),
        (
            {"capped": False, "cooperativity": 0.1},
            ValueError,
            r"exp\(its fall of the barrier, 980.1 kT\) to be finite when capped is False, got 0.1 kT",
        ),
        (
            {"capped": False, "cooperativity": 8.0, "law": "linear"},
            ValueError,
            "792 kT.*got 8 kT per event$",
        ),
        (
            {"cooperativity": 1e308},
            ValueError,
            r"cooperativity must be small enough for a finite fall of the barrier, got 1e\+308 kT",
        ),
        (
            {"attempt_probability": 1e-14, "cooperativity": 0.0},
            ValueError,
            r"mean time of the exchange below 2\^46 steps, got 1e-14: 1e\+16 steps",
        ),
    ],
)
def test_settings_of_a_model(settings, error, message):
    with pytest.raises(error, match=message):
        CooperativeModel(**({"attempt_probability": 0.05, "cooperativity": 3.6e-4} | settings))


@pytest.mark.parametrize("run", [simulate_exchange, simulate_exchange_times])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n_particles": -1}, ValueError, "n_particles must be >= 0, got -1"),
        ({"n_particles": 10**30}, ValueError, "n_particles must be <= 100000000, got 10000"),
        ({"n_particles": 5.0}, TypeError, "n_particles must be a whole number"),
        ({"n_particles": True}, TypeError, "n_particles must be a whole number"),
        ({"model": 0.05}, TypeError, "model must be a CooperativeModel, got 0.05"),
        ({"rng": -1}, ValueError, "rng must be >= 0"),
        ({"rng": "seed"}, TypeError, "rng must be an int, a SeedSequence or a Generator"),
        ({"condition": -1}, ValueError, "condition must be >= 0, got -1"),
        ({"condition": 2**64}, ValueError, r"condition must be < 2\^64"),
    ],
)
def test_what_is_simulated(run, arguments, error, message):
    arguments = {"model": MODEL, "n_particles": 3, "rng": 1} | arguments
    with pytest.raises(error, match=message):
        run(**arguments)


@pytest.mark.parametrize(
    "rise",
    [
        HISTORY.rise_time_s,
        lambda low, high: simulate_exchange_times(MODEL, 2, rng=1, low=low, high=high),
        lambda low, high: exact_rise_time(MODEL, low, high),
        lambda low, high: exact_rise_cdf(MODEL, 1.0, low, high),
    ],
)
@pytest.mark.parametrize(
    ("low", "high", "message"),
    [
        (0.0, 0.9, r"low must be inside \(0, 1\), got 0.0"),
        (0.1, 1.0, r"high must be inside \(0, 1\), got 1.0"),
        (-0.1, 0.9, r"low must be inside \(0, 1\), got -0.1"),
        (math.nan, 0.9, r"low must be inside \(0, 1\), got nan"),
        (0.9, 0.1, "low must be < high, got 0.9 and 0.1"),
        (0.5, 0.5, "low must be < high, got 0.5 and 0.5"),
    ],
)
def test_a_window_of_the_rise(rise, low, high, message):
    with pytest.raises(ValueError, match=message):
        rise(low, high)


@pytest.mark.parametrize(
    "start",
    [HISTORY.start_time_s, lambda low: exact_start_time(MODEL, low)],
)
def test_the_end_of_the_incubation(start):
    with pytest.raises(ValueError, match=r"low must be inside \(0, 1\), got 1.5"):
        start(1.5)


@pytest.mark.parametrize(
    "ask",
    [
        HISTORY.iodide_fraction,
        lambda time_s: exact_rise_cdf(MODEL, time_s),
        lambda time_s: exact_start_cdf(MODEL, time_s),
        lambda time_s: exact_exchange_cdf(MODEL, time_s),
    ],
)
@pytest.mark.parametrize("time_s", [math.nan, [1.0, math.inf], [-math.inf]])
def test_times_that_are_not_finite(ask, time_s):
    with pytest.raises(ValueError, match="time_s must be finite s, got"):
        ask(time_s)


def test_times_of_two_dimensions():
    with pytest.raises(ValueError, match="time_s must be a number or one-dimensional, got 2"):
        HISTORY.iodide_fraction([[1.0], [2.0]])


@pytest.mark.parametrize(
    "exact",
    [
        exact_rise_time,
        exact_start_time,
        exact_exchange_time,
        lambda model: exact_rise_cdf(model, 1.0),
        lambda model: exact_start_cdf(model, 1.0),
        lambda model: exact_exchange_cdf(model, 1.0),
        lambda model: ExchangeHistory(model, np.ones((1, 1))),
    ],
)
def test_the_theory_of_what_is_no_model(exact):
    with pytest.raises(TypeError, match="model must be a CooperativeModel, got 'quadratic'"):
        exact("quadratic")


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([1.0, 2.0, 3.0], r"event_time_s must have the shape \(N, 3\), got \(3,\)"),
        ([[1.0, 2.0]], r"event_time_s must have the shape \(N, 3\), got \(1, 2\)"),
        ([[1.0, 3.0, 2.0]], "event_time_s must not decrease along a row, got 2 s after 3 s"),
        ([[-1.0, 3.0, 4.0]], "event_time_s must be >= 0 s, got -1.0"),
        ([[1.0, math.nan, 4.0]], "event_time_s must be >= 0 s, got nan"),
        ([[1.0, 2.0, math.inf]], "event_time_s must be finite and >= 0 s, got inf"),
        ([[1.0, 2.4, 3.0]], "must be whole steps of 1 s when the model has capped=True, got 2.4 s"),
    ],
)
def test_times_that_make_no_history(times, message):
    with pytest.raises(ValueError, match=message):
        ExchangeHistory(CooperativeModel(0.5, 0.0, n_sites=3), times)


@pytest.mark.parametrize(
    ("times", "error", "message"),
    [
        ((None, [1.0], [1.0]), TypeError, "start_time_s must be a number or an array"),
        (([1.0], [-1.0], [1.0]), ValueError, "rise_time_s must be >= 0 s, got -1.0"),
        (([1.0], [1.0], [1.0, 2.0]), ValueError, r"exchange_time_s must have the shape .* \(2,\)"),
        ((1.0, 1.0, 1.0), ValueError, r"start_time_s must have the shape \(N,\) of .* got \(\)"),
    ],
)
def test_three_times_that_do_not_belong_together(times, error, message):
    with pytest.raises(error, match=message):
        ExchangeTimes(*times)


@pytest.mark.parametrize(
    ("edge_length_nm", "concentration_um", "error", "message"),
    [
        (0.0, 5.0, ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        (math.inf, 5.0, ValueError, "edge_length_nm must be finite and > 0 nm, got inf"),
        ([5.1, 13.1], 5.0, ValueError, "edge_length_nm must be a single number"),
        ("5.1", 5.0, TypeError, "edge_length_nm must be a number"),
        (5.1, 0.0, ValueError, "concentration_um must be > 0 uM, got 0.0"),
        (5.1, math.nan, ValueError, "concentration_um must be > 0 uM, got nan"),
        (5.1, 1e-12, ValueError, "concentration_um must be larger, got 1e-12: .* 2.46 steps"),
        (5.1, 100.1, ValueError, "concentration_um must be <= 100 uM, where .* is 1, got 100.1"),
    ],
)
def test_conditions_that_cannot_be_calibrated(edge_length_nm, concentration_um, error, message):
    with pytest.raises(error, match=message):
        calibrated_model(edge_length_nm, concentration_um)


@pytest.mark.parametrize(
    ("edge_length_nm", "per_um", "message"),
    [
        (7.8, None, "edge_length_nm must be 5.1 or 13.1 nm, the sizes whose mean .* got 7.8"),
        (5.1, 0.0, "attempt_probability_per_um must be > 0 per uM, got 0.0"),
        (5.1, [[0.01]], "attempt_probability_per_um must be one-dimensional, got 2"),
        (5.1, [0.01, 0.03], "small enough for the ratio of the printed means, 7.49, got 0.03"),
        (13.1, 0.05, "small enough for the ratio of the printed means, 5.22, got 0.05"),
        (5.1, 1e-13, r"attempt_probability_per_um must be larger: .* below 2\^46 steps, got 5e-13"),
    ],
)
def test_members_that_a_family_cannot_have(edge_length_nm, per_um, message):
    with pytest.raises(ValueError, match=message):
        calibration_family(edge_length_nm, per_um)
