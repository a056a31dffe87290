"""The hidden experiment on single trajectories: honest noise, and both parameters can be found."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from anionx_teach.exchange import CooperativeModel
from anionx_teach.hidden_experiments import (
    HiddenExperiment,
    hidden_exchange,
    hidden_exchange_traces,
)

N_SEEDS = 400


@pytest.fixture(scope="module")
def experiments() -> list[HiddenExperiment]:
    return [hidden_exchange(seed) for seed in range(N_SEEDS)]


def _at_the_truth(experiment: HiddenExperiment) -> float:
    return experiment.misfit(**experiment._truth)


def _errors(experiment: HiddenExperiment) -> np.ndarray:
    """Return by how many error bars each point is off."""
    model = experiment.predict(**experiment._truth)
    return (experiment.measured - model) / experiment.standard_error


def test_the_truth_lies_below_the_noise_floor_for_95_in_100_seeds(
    experiments: list[HiddenExperiment],
) -> None:
    below = [_at_the_truth(item) <= item.noise_floor for item in experiments]
    # Four standard errors of a binomial with 95 %: 0.044.
    assert np.mean(below) == pytest.approx(0.95, abs=0.044)


def test_the_misfit_of_the_truth_is_a_reduced_chi_square(
    experiments: list[HiddenExperiment],
) -> None:
    n_points = 20 * N_SEEDS
    chi2 = sum(20 * _at_the_truth(item) for item in experiments)
    # An error bar estimated from 200 crystals is itself uncertain, which adds about one percent.
    assert abs(chi2 - 1.01 * n_points) / np.sqrt(2 * n_points) < 4


def test_points_are_independent_of_each_other(experiments: list[HiddenExperiment]) -> None:
    correlation = np.corrcoef(np.array([_errors(item) for item in experiments]).T)
    others = correlation[~np.eye(20, dtype=bool)]
    assert np.abs(others).max() < 4.5 / np.sqrt(N_SEEDS)
    assert abs(np.mean(np.diag(correlation, 1))) < 4 / np.sqrt(N_SEEDS * 19)


def test_the_fitted_parameters_scatter_around_the_truth(
    experiments: list[HiddenExperiment],
) -> None:
    off = []
    for item in experiments[:60]:
        fitted = _least_misfit(item)
        off.append((fitted - np.array(list(item._truth.values()))) / _widths(item))
    off = np.array(off)
    assert np.all(np.abs(off.mean(axis=0)) < 4 / np.sqrt(60))
    assert np.all(np.abs(off) < 5)


def test_wrong_parameters_lie_above_the_floor_as_often_as_theory_says(
    experiments: list[HiddenExperiment],
) -> None:
    above = {3.0: [], 8.0: []}
    for item, deviations in itertools.product(experiments[:50], above):
        width = _conditional_widths(item)
        for (name, true), one, sign in zip(item._truth.items(), width, (1, -1), strict=True):
            values = item._truth | {name: true + sign * deviations * one}
            above[deviations].append(item.misfit(**values) > item.noise_floor)
    # By the noncentral chi-square with 20 points: 36 % and more than 99.9 %.
    assert np.mean(above[3.0]) == pytest.approx(0.36, abs=0.19)
    assert all(above[8.0])


@pytest.mark.parametrize("seed", range(6))
def test_matches_are_found_only_near_the_truth(seed: int) -> None:
    item = hidden_exchange(seed)
    (k0, delta), (k0_item, delta_item) = item._truth.values(), item.parameters
    for i, j in itertools.product(range(-20, 21), range(-20, 21)):
        if abs(i) <= 9 and abs(j) <= 9:
            continue
        values = {
            "attempt_probability": k0 + i * k0_item.step,
            "cooperativity": delta + j * delta_item.step,
        }
        if all(p.low <= values[p.name] <= p.high for p in item.parameters):
            assert item.misfit(**values) > item.noise_floor, (i, j)


def test_another_law_does_not_match() -> None:
    item = hidden_exchange(3)

    def misfit(values: np.ndarray) -> float:
        k0, delta = np.exp(values)
        wait = 1 / CooperativeModel(min(k0, 1.0), delta, law="linear").event_probability
        return item.misfit_of(np.log(wait.reshape(20, 5).mean(axis=1)))

    best = minimize(misfit, np.log([0.02, 0.02]), method="Nelder-Mead")
    assert best.fun > 3 * item.noise_floor


def test_the_model_is_the_slow_sum_over_each_group_of_events() -> None:
    item = hidden_exchange(0)
    shown = item.predict(attempt_probability=0.02, cooperativity=5.0)
    for point, number in zip(shown, item.x, strict=True):
        events = np.arange(number - 2, number + 3)
        slow = np.mean([1 / min(1.0, 0.02 * np.exp(5e-4 * i**2)) for i in events])
        assert point == pytest.approx(np.log(slow), abs=1e-12)


def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start(
    experiments: list[HiddenExperiment],
) -> None:
    for item in experiments[:60]:
        for parameter in item.parameters:
            for value in (item._truth[parameter.name], parameter.start):
                steps = (value - parameter.low) / parameter.step
                assert steps == pytest.approx(round(steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in item.parameters}
        assert item.misfit(**start) > item.noise_floor


def test_no_event_is_certain(experiments: list[HiddenExperiment]) -> None:
    for item in experiments:
        model = CooperativeModel(
            item._truth["attempt_probability"], 1e-4 * item._truth["cooperativity"]
        )
        assert model.event_probability[-1] < 0.8
        assert item.standard_error.min() > 0


def test_the_points_are_made_from_the_traces() -> None:
    times = hidden_exchange_traces(5)
    assert times.shape == (200, 100)
    np.testing.assert_array_equal(times, np.rint(times))
    waits = np.diff(times, axis=1, prepend=0.0)
    assert waits.min() >= 1
    item = hidden_exchange(5)
    slices = waits.reshape(200, 20, 5).mean(axis=2)
    np.testing.assert_allclose(item.measured, np.log(slices.mean(axis=0)))
    error = slices.std(axis=0, ddof=1) / np.sqrt(200) / slices.mean(axis=0)
    np.testing.assert_allclose(item.standard_error, error)
    assert len(item.x) == 20
    np.testing.assert_allclose(item.x[[0, -1]], [2.0, 97.0])


def test_the_same_seed_is_the_same_experiment(experiments: list[HiddenExperiment]) -> None:
    np.testing.assert_array_equal(hidden_exchange(3).measured, experiments[3].measured)
    np.testing.assert_array_equal(hidden_exchange_traces(3), hidden_exchange_traces(3))
    truths = {tuple(item._truth.values()) for item in experiments[:30]}
    assert len(truths) > 25


def test_the_truth_is_hidden_and_the_points_stay_as_they_are() -> None:
    item = hidden_exchange(11)
    for value in item._truth.values():
        assert f"={value}" not in repr(item)
    for values in (item.x, item.measured, item.standard_error, hidden_exchange_traces(11)):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


@pytest.mark.parametrize("function", [hidden_exchange, hidden_exchange_traces])
@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed must be >= 0, got -1"),
        (1.5, TypeError, "seed must be a whole number >= 0, got 1.5"),
        (None, TypeError, "seed must be a whole number >= 0, got None"),
        (True, TypeError, "seed must be a whole number >= 0, got True"),
    ],
)
def test_bad_seeds_are_named(function, seed, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        function(seed)


def _slopes(item: HiddenExperiment) -> np.ndarray:
    """Return how each point moves with each parameter, in error bars, (parameter, point)."""
    slopes = []
    for parameter in item.parameters:
        shifted = item._truth | {parameter.name: item._truth[parameter.name] + parameter.step / 100}
        change = item.predict(**shifted) - item.predict(**item._truth)
        slopes.append(change / (parameter.step / 100) / item.standard_error)
    return np.array(slopes)


def _widths(item: HiddenExperiment) -> np.ndarray:
    """Return the standard error of each parameter when both are fitted."""
    slopes = _slopes(item)
    return np.sqrt(np.diag(np.linalg.inv(slopes @ slopes.T)))


def _conditional_widths(item: HiddenExperiment) -> np.ndarray:
    """Return the standard error of each parameter when the other one is known."""
    return 1 / np.sqrt(np.sum(_slopes(item) ** 2, axis=1))


def _least_misfit(item: HiddenExperiment) -> np.ndarray:
    """Return the parameters with the least misfit."""
    names = [parameter.name for parameter in item.parameters]
    scale = np.array([0.02, 2.0])

    def misfit(values: np.ndarray) -> float:
        return item.misfit(**dict(zip(names, values * scale, strict=True)))

    start = np.array(list(item._truth.values())) / scale
    return minimize(misfit, start, method="Nelder-Mead", tol=1e-8).x * scale
