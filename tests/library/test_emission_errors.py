"""Arguments of the emission that are refused, each by its message."""

import math

import numpy as np
import pytest

from anionx_teach.emission import BlinkingTimes, Photophysics, blinking_trace, photon_budget
from anionx_teach.emission import photon_rates as rates_of
from anionx_teach.exchange import CooperativeModel, simulate_exchange
from anionx_teach.photoluminescence import RED_EMISSION_FILTER

TIME_S = [0.5, 1.0, 1.5]
COURSE = [0.0, 0.5, 1.0]


def photon_rates(history=COURSE, edge_length_nm=5.1, time_s=TIME_S, **options):
    return rates_of(history, edge_length_nm, time_s, **({"rng": 1} | options))


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"excitation_w_cm2": -1}, ValueError, "excitation_w_cm2 must be >= 0 W/cm^2, got -1"),
        ({"excitation_w_cm2": math.nan}, ValueError, "excitation_w_cm2 must be >= 0"),
        ({"excitation_w_cm2": math.inf}, ValueError, "must be finite and >= 0 W/cm^2, got inf"),
        ({"excitation_w_cm2": "1"}, TypeError, "excitation_w_cm2 must be a number"),
        ({"excitation_w_cm2": [1, 2]}, ValueError, "excitation_w_cm2 must be a single number"),
        ({"excitation_w_cm2": None}, TypeError, "excitation_w_cm2 must be a number"),
        ({"excitation_w_cm2": True}, TypeError, "excitation_w_cm2 must be a number"),
        ({"excitation_filter": None}, TypeError, "excitation_filter must be a BandpassFilter"),
        ({"excitation_filter": (530, 558)}, TypeError, "excitation_filter must be a BandpassFil"),
        (
            {"intrinsic_absorption_per_cm": 0},
            ValueError,
            "intrinsic_absorption_per_cm must be > 0 cm^-1, got 0",
        ),
        ({"absorption_by_volume": 1}, TypeError, "absorption_by_volume must be True or False"),
        ({"absorption_by_composition": "no"}, TypeError, "absorption_by_composition must be True"),
        ({"blinking": None}, TypeError, "blinking must be True or False, got None"),
        ({"degradation": 0.02}, TypeError, "degradation must be True or False, got 0.02"),
        ({"quantum_yield": 1.1}, ValueError, "quantum_yield must be between 0 and 1, got 1.1"),
        ({"quantum_yield": -0.1}, ValueError, "quantum_yield must be between 0 and 1, got -0.1"),
        ({"collection_efficiency": 2}, ValueError, "collection_efficiency must be between 0 and 1"),
        ({"on_exponent": -1}, ValueError, "on_exponent must be between 0 and 10, got -1"),
        ({"off_exponent": 11}, ValueError, "off_exponent must be between 0 and 10, got 11"),
        ({"shortest_s": 0}, ValueError, "shortest_s must be > 0 s, got 0"),
        ({"on_cutoff_s": 0.01}, ValueError, "on_cutoff_s must be >= shortest_s, 0.05 s, got 0.01"),
        ({"off_cutoff_s": 0.01}, ValueError, "off_cutoff_s must be >= shortest_s, 0.05 s"),
        ({"off_cutoff_s": -1}, ValueError, "off_cutoff_s must be > 0 s, got -1"),
        ({"blinking_start": "dark"}, ValueError, "blinking_start must be one of stationary, on"),
        ({"blinking_start": 1}, TypeError, "blinking_start must be one of stationary, on, off"),
        ({"grey_share": 1.5}, ValueError, "grey_share must be between 0 and 1, got 1.5"),
        ({"grey_level": -0.5}, ValueError, "grey_level must be between 0 and 1, got -0.5"),
        ({"concentration_um": -5}, ValueError, "concentration_um must be >= 0 uM, got -5"),
        (
            {"degradation_rate_per_s": -0.1},
            ValueError,
            "degradation_rate_per_s must be >= 0 1/s, got -0.1",
        ),
        ({"degradation_rate_per_s": "fast"}, TypeError, "degradation_rate_per_s must be a number"),
        ({"fwhm_mev": 0}, ValueError, "fwhm_mev must be > 0 meV, got 0"),
        ({"fwhm_mev": 2000}, ValueError, "fwhm_mev must be between 1 and 1000 meV, got 2000"),
        ({"model": "magic"}, ValueError, "model must be one of"),
        ({"bowing_ev": math.inf}, ValueError, "bowing_ev must be finite eV, got inf"),
    ],
)
def test_settings_that_are_refused(settings, error, message):
    with pytest.raises(error) as caught:
        Photophysics(**settings)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((-1, 0.1, 1), ValueError, "exponent must be between 0 and 10, got -1"),
        ((1.5, 0, 1), ValueError, "shortest_s must be > 0 s, got 0"),
        ((1.5, 0.1, math.nan), ValueError, "cutoff_s must be > 0 s, got nan"),
        ((1.5, 2, 1), ValueError, "cutoff_s must be >= shortest_s, 2 s, got 1"),
        (("steep", 2, 1), TypeError, "exponent must be a number"),
        (([1, 2], 2, 1), ValueError, "exponent must be a single number"),
    ],
)
def test_distributions_that_are_refused(arguments, error, message):
    with pytest.raises(error) as caught:
        BlinkingTimes(*arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize("method", ["survival", "density_per_s"])
def test_durations_below_zero_are_refused(method):
    with pytest.raises(ValueError, match=r"duration_s must be >= 0 s, got -1\.0"):
        getattr(BlinkingTimes(1.5, 0.1, 1.0), method)([1.0, -1.0])


def test_a_number_of_draws_that_is_none():
    times = BlinkingTimes(1.5, 0.1, 1.0)
    with pytest.raises(TypeError, match=r"n must be a whole number >= 0, got 2\.5"):
        times.draw(2.5, rng=1)
    with pytest.raises(ValueError, match="n must be >= 0, got -2"):
        times.draw(-2, rng=1)
    with pytest.raises(TypeError, match="rng must be an int, a SeedSequence or a Generator"):
        times.draw(2, rng="seed")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"history": [0, 1.2, 1]}, ValueError, "history must be between 0 and 1, got 1.2"),
        ({"history": [0, -0.2, 1]}, ValueError, "history must be between 0 and 1, got -0.2"),
        ({"history": [0, math.nan, 1]}, ValueError, "history must be between 0 and 1, got nan"),
        ({"history": "course"}, TypeError, "history must be an ExchangeHistory, something else"),
        ({"history": None}, TypeError, "something else with iodide_fraction(time_s)"),
        ({"history": 0.5}, TypeError, "an array of iodide fractions (N, T), got 0.5"),
        ({"history": ["a", "b", "c"]}, TypeError, "history must be a number or an array of num"),
        (
            {"history": CooperativeModel(0.5, 0.0)},
            TypeError,
            "history must be an ExchangeHistory, something else",
        ),
        (
            {"history": [0, 1]},
            ValueError,
            "history must have one column for each of the 3 times, got shape (2,)",
        ),
        ({"history": np.zeros((1, 1, 3))}, ValueError, "got shape (1, 1, 3)"),
        ({"edge_length_nm": -5.1}, ValueError, "edge_length_nm must be > 0 nm, got -5.1"),
        ({"edge_length_nm": [[5.1]]}, ValueError, "edge_length_nm must be one number or one for"),
        (
            {"history": [COURSE, COURSE], "edge_length_nm": [5, 6, 7]},
            ValueError,
            "one for each of the 2 courses of history, got shape (3,)",
        ),
        ({"long_edge_nm": 0}, ValueError, "long_edge_nm must be > 0 nm, got 0"),
        (
            {"edge_length_nm": [5, 6], "long_edge_nm": [5, 6, 7]},
            ValueError,
            "edge_length_nm and long_edge_nm must broadcast, got shapes (2,) and (3,)",
        ),
        ({"time_s": [0.5, 1.5, 1.0]}, ValueError, "time_s must be increasing, got 1.5 before 1 s"),
        ({"time_s": [0.5, 1.0, math.inf]}, ValueError, "time_s must be finite s, got inf"),
        ({"time_s": [[0.5, 1.0, 1.5]]}, ValueError, "time_s must be one-dimensional"),
        ({"time_s": [-0.5, 1.0, 1.5]}, ValueError, "time_s must be >= start_s, 0 s, got -0.5"),
        ({"start_s": 0.7}, ValueError, "time_s must be >= start_s, 0.7 s, got 0.5"),
        ({"start_s": math.nan}, ValueError, "start_s must be finite s, got nan"),
        ({"start_s": [0]}, ValueError, "start_s must be a single number"),
        ({"exposure_s": 0}, ValueError, "exposure_s must be > 0 s, got 0"),
        ({"exposure_s": -0.05}, ValueError, "exposure_s must be > 0 s, got -0.05"),
        ({"exposure_s": [0.1]}, ValueError, "exposure_s must be a single number"),
        ({"filter": 620}, TypeError, "filter must be a BandpassFilter such as RED_EMISSION_FILT"),
        ({"photophysics": None}, TypeError, "photophysics must be a Photophysics, got None"),
        ({"photophysics": {}}, TypeError, "photophysics must be a Photophysics, got {}"),
        ({"rng": -1}, ValueError, "rng must be >= 0 when it is an int, got -1"),
        ({"rng": 1.5}, TypeError, "rng must be an int, a SeedSequence or a Generator, got 1.5"),
        ({"condition": -1}, ValueError, "condition must be >= 0, got -1"),
    ],
)
def test_arguments_of_the_rates_that_are_refused(options, error, message):
    with pytest.raises(error) as caught:
        photon_rates(**options)
    assert message in str(caught.value)


def test_a_history_that_answers_with_the_wrong_shape_is_refused():
    class Broken:
        def iodide_fraction(self, time_s):
            return np.zeros((2, np.size(time_s) + 4))

    with pytest.raises(ValueError, match=r"one column for each of the 3 times, got shape \(2, 7\)"):
        photon_rates(Broken())
    history = simulate_exchange(CooperativeModel(0.5, 0.0), 3, rng=1)
    with pytest.raises(ValueError, match="one for each of the 3 courses of history"):
        photon_rates(history, [5.1, 6.1])


def test_a_crystal_that_blinks_too_often_is_refused_before_memory_is_gone():
    hasty = Photophysics(shortest_s=1e-6, on_cutoff_s=1e-5, off_cutoff_s=1e-5)
    message = "time_s must hold at most 1000000 bright and dark times a crystal, got about"
    with pytest.raises(ValueError, match=message):
        photon_rates(COURSE, time_s=[1.0, 50.0, 100.0], photophysics=hasty)
    with pytest.raises(ValueError, match="lengthen shortest_s or end earlier"):
        blinking_trace([100.0], photophysics=hasty, rng=1)
    assert blinking_trace([0.01], photophysics=hasty, rng=1).shape == (1, 1)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n": 1.5}, TypeError, "n must be a whole number >= 0, got 1.5"),
        ({"n": -1}, ValueError, "n must be >= 0, got -1"),
        ({"photophysics": "default"}, TypeError, "photophysics must be a Photophysics"),
        ({"exposure_s": 0}, ValueError, "exposure_s must be > 0 s, got 0"),
        ({"start_s": 2}, ValueError, "time_s must be >= start_s, 2 s, got 0.5"),
        ({"condition": 2**64}, ValueError, "condition must be < 2^64"),
        ({"rng": "x"}, TypeError, "rng must be an int, a SeedSequence or a Generator, got 'x'"),
    ],
)
def test_arguments_of_a_trace_that_are_refused(options, error, message):
    with pytest.raises(error) as caught:
        blinking_trace(TIME_S, **({"rng": 1} | options))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((0,), {}, ValueError, "edge_length_nm must be > 0 nm, got 0"),
        (([5.1, 6.1],), {}, ValueError, "edge_length_nm must be a single number"),
        ((5.1, 1.2), {}, ValueError, "iodide_fraction must be between 0 and 1, got 1.2"),
        ((5.1, [0.5]), {}, ValueError, "iodide_fraction must be a single number"),
        ((5.1,), {"exposure_s": 0}, ValueError, "exposure_s must be > 0 s, got 0"),
        ((5.1,), {"filter": "red"}, TypeError, "filter must be a BandpassFilter"),
        ((5.1,), {"photophysics": 1}, TypeError, "photophysics must be a Photophysics, got 1"),
    ],
)
def test_arguments_of_the_budget_that_are_refused(arguments, options, error, message):
    with pytest.raises(error) as caught:
        photon_budget(*arguments, **options)
    assert message in str(caught.value)


def test_arguments_that_are_fine_are_not_refused():
    assert photon_rates(filter=RED_EMISSION_FILTER).shape == (1, 3)
    assert Photophysics(blinking=np.False_).blinking_law is None
