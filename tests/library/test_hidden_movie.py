"""The hidden movie: honest points, and both size and concentration can be found."""

import itertools

import numpy as np
import pytest

from anionx_teach import _hidden_movie
from anionx_teach.exchange import calibrated_model, simulate_exchange
from anionx_teach.hidden_experiments import (
    HiddenExperiment,
    hidden_movie,
    hidden_movie_trajectories,
)
from anionx_teach.switching import fit_switching, summarise_switching

N_SEEDS = 8
POINTS = 24


@pytest.fixture(scope="module")
def experiments() -> list[HiddenExperiment]:
    return [hidden_movie(seed) for seed in range(N_SEEDS)]


def errors_of(experiment: HiddenExperiment) -> np.ndarray:
    """Return by how many error bars each point is off."""
    return (
        experiment.measured - experiment.predict(**experiment._truth)
    ) / experiment.standard_error


def test_the_misfit_of_the_truth_is_a_reduced_chi_square(experiments):
    errors = np.array([errors_of(item) for item in experiments])
    n = errors.size
    assert abs(np.sum(errors**2) - n) / np.sqrt(2 * n) < 4
    below = [item.misfit(**item._truth) <= item.noise_floor for item in experiments]
    # Of 8 seeds with 95 % each, less than 5 lie below the floor four times in 10,000.
    assert sum(below) >= 5


def test_points_are_not_biased_and_not_correlated(experiments):
    errors = np.array([errors_of(item) for item in experiments])
    assert abs(errors.mean()) < 4 / np.sqrt(errors.size)
    # The points of the dark, of the rise and of the height, each for itself.
    for part in (slice(0, 8), slice(8, 16), slice(16, 24)):
        assert abs(errors[:, part].mean()) < 4 / np.sqrt(errors[:, part].size)
    neighbours = np.sum(errors[:, 1:] * errors[:, :-1])
    assert abs(neighbours) < 4 * np.sqrt(errors[:, 1:].size)


def test_matches_are_found_only_near_the_truth(experiments):
    for experiment in experiments[:2]:
        found = []
        for i, j in itertools.product(range(-6, 7, 3), range(-24, 25, 8)):
            values = {
                "edge_length_nm": experiment._truth["edge_length_nm"] + 0.1 * i,
                "concentration_um": experiment._truth["concentration_um"] + 0.5 * j,
            }
            inside = all(p.low <= values[p.name] <= p.high for p in experiment.parameters)
            if inside and experiment.misfit(**values) <= experiment.noise_floor:
                found.append((i, j))
        assert (0, 0) in found or experiment.misfit(**experiment._truth) > experiment.noise_floor
        # Within 0.2 nm; and within half of the concentration, which saturates.
        assert all(abs(i) < 3 and abs(j) <= 16 for i, j in found), found


def test_a_model_of_another_size_with_the_same_duration_does_not_match(experiments):
    experiment = experiments[0]
    noise = _hidden_movie._noise_of(hidden_movie_trajectories(0))
    truth = experiment._truth
    other_nm = truth["edge_length_nm"] - 1.0
    light = [
        _hidden_movie._model_light(experiment.x, noise, other_nm, c).mean(axis=0)
        for c in np.linspace(5, 50, 10)
    ]
    assert min(experiment.misfit_of(curve) for curve in light) > 5 * experiment.noise_floor


def test_brightness_and_switching_time_are_those_of_the_truth(experiments):
    for seed, experiment in enumerate(experiments[:4]):
        trajectories = hidden_movie_trajectories(seed)
        truth = experiment._truth
        late = trajectories.intensity[:, -20:].mean()
        expected = _hidden_movie._electrons(truth["edge_length_nm"])
        assert late == pytest.approx(expected, rel=0.02)
        fitted = summarise_switching(fit_switching(trajectories, decay="none"))
        events = simulate_exchange(calibrated_model(**truth), 400, rng=9).rise_time_s()
        # The sigmoid is not the curve of the chain: it comes out up to a sixth too long.
        ratio = fitted.loc["switching_time_s", "mean"] / events.mean()
        assert 1.0 < ratio < 1.17


def test_the_light_goes_with_the_volume():
    ratio = _hidden_movie._electrons(10.2) / _hidden_movie._electrons(5.1)
    assert ratio == pytest.approx(8.0, rel=1e-3)


def test_the_points_are_means_of_other_crystals_at_their_own_times():
    trajectories = hidden_movie_trajectories(1)
    experiment = hidden_movie(1)
    fits = fit_switching(trajectories, decay="none")
    good = np.flatnonzero(fits["converged"])
    for point in (0, 13, 23):
        values = []
        for row in good[point::POINTS]:
            moment_s = fits["midpoint_s"][row] + experiment.x[point]
            nearest = np.argmin(np.abs(trajectories.time_s - moment_s))
            if trajectories.time_s[0] <= moment_s <= trajectories.time_s[-1]:
                values.append(trajectories.intensity[row, nearest])
        assert experiment.measured[point] == pytest.approx(np.mean(values))


def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start(experiments):
    for experiment in experiments:
        for parameter in experiment.parameters:
            steps = (experiment._truth[parameter.name] - parameter.low) / parameter.step
            assert steps == pytest.approx(round(steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in experiment.parameters}
        assert experiment.misfit(**start) > 5 * experiment.noise_floor


def test_every_corner_of_the_sliders_has_a_curve(experiments):
    corners = [(item.low, item.high) for item in experiments[0].parameters]
    for edge_nm, concentration_um in itertools.product(*corners):
        curve = experiments[0].predict(edge_length_nm=edge_nm, concentration_um=concentration_um)
        assert np.isfinite(curve).all()
        assert curve.max() <= _hidden_movie._electrons(edge_nm) * (1 + 1e-9)


def test_the_same_seed_is_the_same_experiment(experiments):
    _hidden_movie._recorded.cache_clear()
    np.testing.assert_array_equal(hidden_movie(3).measured, experiments[3].measured)
    assert len({tuple(item._truth.values()) for item in experiments}) == N_SEEDS


def test_the_experiment_says_what_it_is(experiments):
    experiment = experiments[2]
    assert experiment.key == "hidden_movie/2"
    assert experiment.x.size == experiment.measured.size == POINTS
    assert "_truth" not in repr(experiment)
    for values in (experiment.x, experiment.measured, experiment.standard_error):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


@pytest.mark.parametrize("function", [hidden_movie, hidden_movie_trajectories])
@pytest.mark.parametrize(
    ("seed", "kind", "message"),
    [
        (-1, ValueError, "seed must be >= 0, got -1"),
        (1.5, TypeError, "seed must be a whole number >= 0, got 1.5"),
        (True, TypeError, "seed must be a whole number >= 0, got True"),
    ],
)
def test_bad_seeds_are_named(function, seed, kind, message):
    with pytest.raises(kind, match=message):
        function(seed)
