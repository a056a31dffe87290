"""Arguments of the lattice that are refused, each by its message."""

import math

import numpy as np
import pytest

from anionx_teach.lattice_exchange import (
    LatticeCourse,
    LatticeHistory,
    LatticeModel,
    describe_pattern,
    fit_chain,
    lattice_cells,
    radial_profile,
    simulate_lattice,
    simulate_reversible_lattice,
)

MODEL = LatticeModel(3, 1.0, 1.0)
GLAUBER = LatticeModel(3, 1.0, 1.0, rates="glauber")
HISTORY = simulate_lattice(MODEL, rng=1)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"cells": 1}, ValueError, "cells must be >= 2, got 1"),
        ({"cells": -4}, ValueError, "cells must be >= 2, got -4"),
        ({"cells": 13.0}, TypeError, "cells must be a whole number >= 2, got 13.0"),
        ({"cells": 198}, ValueError, r"cells must be <= 197, got 198: .* need more than 1 GB"),
        ({"cells": 10**30}, ValueError, "cells must be <= 197, got 1000"),
        ({"coupling_kt": math.nan}, ValueError, "coupling_kt must be finite kT, got nan"),
        ({"coupling_kt": math.inf}, ValueError, "coupling_kt must be finite kT, got inf"),
        ({"coupling_kt": 120}, ValueError, r"exp\(6 coupling_kt\) would overflow, got 120"),
        ({"coupling_kt": -101}, ValueError, "coupling_kt must be between -100 and 100 kT"),
        ({"coupling_kt": "1"}, TypeError, "coupling_kt must be a number"),
        ({"coupling_kt": [1.0]}, ValueError, "coupling_kt must be a single number"),
        ({"attempt_rate_per_s": 0}, ValueError, "attempt_rate_per_s must be > 0 1/s, got 0.0"),
        ({"attempt_rate_per_s": -2}, ValueError, "attempt_rate_per_s must be > 0 1/s, got -2.0"),
        ({"attempt_rate_per_s": math.nan}, ValueError, "attempt_rate_per_s must be > 0 1/s"),
        ({"attempt_rate_per_s": math.inf}, ValueError, "must be finite and > 0 1/s, got inf"),
        ({"attempt_rate_per_s": 1e-31}, ValueError, "attempt_rate_per_s must be between 1e-30"),
        ({"driving_kt": math.nan}, ValueError, "driving_kt must be finite kT, got nan"),
        ({"driving_kt": 101}, ValueError, "driving_kt must be between -100 and 100 kT, got 101"),
        ({"start": "inside"}, ValueError, "start must be one of everywhere, surface, got 'inside'"),
        (
            {"rates": "kawasaki"},
            ValueError,
            "rates must be one of cooperative, metropolis, glauber",
        ),
        ({"rates": None}, TypeError, "rates must be one of cooperative"),
    ],
)
def test_settings_of_a_model(settings, error, message):
    with pytest.raises(error, match=message):
        LatticeModel(**({"cells": 3, "coupling_kt": 1.0, "attempt_rate_per_s": 1.0} | settings))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"model": 13}, TypeError, "model must be a LatticeModel, got 13"),
        ({"rng": -1}, ValueError, "rng must be >= 0"),
        ({"rng": "seed"}, TypeError, "rng must be an int, a SeedSequence or a Generator"),
        ({"condition": -1}, ValueError, "condition must be >= 0, got -1"),
        ({"condition": 2**64}, ValueError, r"condition must be < 2\^64"),
    ],
)
@pytest.mark.parametrize("run", [simulate_lattice, simulate_reversible_lattice])
def test_what_is_simulated(run, arguments, error, message):
    arguments = {"model": GLAUBER, "rng": 1} | arguments
    if run is simulate_reversible_lattice:
        arguments["time_s"] = [1.0]
    with pytest.raises(error, match=message):
        run(**arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"time_s": math.nan}, ValueError, "time_s must be finite s, got nan"),
        ({"time_s": [1.0, math.inf]}, ValueError, "time_s must be finite s, got inf"),
        ({"time_s": "1"}, TypeError, "time_s must be a number"),
        ({"time_s": [[1.0]]}, ValueError, "time_s must be a number or one-dimensional, got 2"),
        ({"time_s": 4e6}, ValueError, r"time_s must be <= 3.7e\+06 s, or more than 1e\+08 events"),
        ({"time_s": 1e308}, ValueError, r"could happen, got 1e\+308 s"),
        (
            {"initial_fraction": 1.1},
            ValueError,
            "initial_fraction must be between 0 and 1, got 1.1",
        ),
        ({"initial_fraction": math.nan}, ValueError, "initial_fraction must be between 0 and 1"),
        ({"model": MODEL}, ValueError, "must have rates='metropolis' or 'glauber' to run backward"),
        (
            {"model": LatticeModel(3, 1.0, 1.0, "surface", "glauber")},
            ValueError,
            "model must have start='everywhere' to run backward, got 'surface'",
        ),
    ],
)
def test_what_is_simulated_both_ways(arguments, error, message):
    with pytest.raises(error, match=message):
        simulate_reversible_lattice(**({"model": GLAUBER, "time_s": 1.0, "rng": 1} | arguments))


@pytest.mark.parametrize(
    ("time_s", "error", "message"),
    [
        (math.nan, ValueError, "time_s must be finite s, got nan"),
        ([0.0, -math.inf], ValueError, "time_s must be finite s, got -inf"),
        (None, TypeError, "time_s must be a number"),
    ],
)
@pytest.mark.parametrize("method", ["iodide_fraction", "occupancy"])
def test_times_of_a_history(method, time_s, error, message):
    with pytest.raises(error, match=message):
        getattr(HISTORY, method)(time_s)


def test_more_sites_than_memory():
    with pytest.raises(ValueError, match="time_s must be a number or one-dimensional, got 2"):
        HISTORY.occupancy([[1.0]])
    large = LatticeHistory(LatticeModel(100, 0.0, 1.0), np.zeros(100**3))
    with pytest.raises(ValueError, match=r"time_s must have at most 1000 times, or 100\^3 sites"):
        large.occupancy(np.zeros(1001))
    with pytest.raises(ValueError, match="time_s must have at most 500 times"):
        simulate_reversible_lattice(LatticeModel(100, 0.0, 1.0), np.zeros(501), rng=1)


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [
        (0.0, 0.9, r"low must be inside \(0, 1\), got 0.0"),
        (0.1, 1.0, r"high must be inside \(0, 1\), got 1.0"),
        (math.nan, 0.9, r"low must be inside \(0, 1\), got nan"),
        (0.9, 0.1, "low must be < high, got 0.9 and 0.1"),
        (0.5, 0.5, "low must be < high, got 0.5 and 0.5"),
    ],
)
def test_a_window_of_the_rise(low, high, message):
    with pytest.raises(ValueError, match=message):
        HISTORY.rise_time_s(low, high)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (np.zeros(26), r"event_time_s must have the shape \(27,\), got \(26,\)"),
        (np.zeros((3, 3, 3)), r"event_time_s must have the shape \(27,\), got \(3, 3, 3\)"),
        (np.full(27, -1.0), "event_time_s must be >= 0 s, got -1.0"),
        (np.full(27, np.inf), "event_time_s must be finite and >= 0 s, got inf"),
    ],
)
def test_times_that_make_no_history(times, message):
    with pytest.raises(ValueError, match=message):
        LatticeHistory(MODEL, times)


@pytest.mark.parametrize(
    ("time_s", "occupancy", "message"),
    [
        (1.0, np.zeros((1, 3, 3, 3), int), "time_s must be one-dimensional, got 0 dimensions"),
        ([1.0], np.zeros((3, 3, 3), int), r"shape \(1, 3, 3, 3\), got \(3, 3, 3\)"),
        ([1.0], np.full((1, 3, 3, 3), 2), "occupancy must be 1 where iodide is and 0 where"),
        ([1.0], np.full((1, 3, 3, 3), -1), "occupancy must be 1 where iodide is and 0 where"),
        ([1.0], np.zeros((1, 3, 3, 3)), "occupancy must be 1 where iodide is and 0 where"),
        ([math.nan], np.zeros((1, 3, 3, 3), int), "time_s must be finite s, got nan"),
    ],
)
def test_sites_that_make_no_course(time_s, occupancy, message):
    with pytest.raises(ValueError, match=message):
        LatticeCourse(GLAUBER, time_s, occupancy)


@pytest.mark.parametrize("describe", [describe_pattern, radial_profile])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"iodide_fraction": 1.2}, ValueError, "iodide_fraction must be between 0 and 1, got 1.2"),
        ({"iodide_fraction": math.nan}, ValueError, "iodide_fraction must be between 0 and 1"),
        ({"iodide_fraction": [[0.5]]}, ValueError, "iodide_fraction must be a number or one-dim"),
        ({"time_s": math.nan}, ValueError, "time_s must be finite s, got nan"),
        ({"time_s": [[1.0]]}, ValueError, "time_s must be a number or one-dimensional"),
        ({"iodide_fraction": 0.5, "time_s": 1.0}, ValueError, "must be given, got both"),
        ({"history": MODEL}, TypeError, "history must be a LatticeHistory, got LatticeModel"),
    ],
)
def test_moments(describe, arguments, error, message):
    with pytest.raises(error, match=message):
        describe(**({"history": HISTORY} | arguments))


def test_random_placements():
    with pytest.raises(ValueError, match="n_random must be >= 0, got -1"):
        describe_pattern(HISTORY, n_random=-1)
    with pytest.raises(ValueError, match="rng must be >= 0"):
        describe_pattern(HISTORY, rng=-1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"histories": HISTORY}, TypeError, "histories must be a list of LatticeHistory"),
        ({"histories": [HISTORY] * 7}, ValueError, "histories must be at least 8, got 7"),
        ({"histories": [HISTORY] * 7 + [MODEL]}, TypeError, "history must be a LatticeHistory"),
        (
            {"histories": [HISTORY] * 7 + [simulate_lattice(GLAUBER, rng=1)]},
            ValueError,
            "histories must be of one model, got LatticeModel.*cooperative.*glauber",
        ),
        ({"law": "cubic"}, ValueError, "law must be one of quadratic, linear, power, got 'cubic'"),
        ({"n_events": 2}, ValueError, "n_events must be >= 3, got 2"),
        ({"n_events": 28}, ValueError, "n_events must be <= 27, the sites of the lattice, got 28"),
        (
            {"histories": [LatticeHistory(MODEL, np.ones(27))] * 8},
            ValueError,
            "histories must have events at different times, got several at the same time",
        ),
    ],
)
def test_what_is_fitted(arguments, error, message):
    with pytest.raises(error, match=message):
        fit_chain(**({"histories": [HISTORY] * 8} | arguments))


@pytest.mark.parametrize(
    ("edge_length_nm", "error", "message"),
    [
        (0.0, ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        (math.inf, ValueError, "edge_length_nm must be finite and > 0 nm, got inf"),
        ([5.1], ValueError, "edge_length_nm must be a single number"),
        (100.0, ValueError, "at most 197 sites along the edge, got 100 nm: 247 sites"),
    ],
)
def test_edges(edge_length_nm, error, message):
    with pytest.raises(error, match=message):
        lattice_cells(edge_length_nm)
