"""The hidden camera: honest error bars, numbers that can be found, and what the curve cannot tell."""

import itertools

import numpy as np
import pytest

from anionx_teach.camera import Camera
from anionx_teach.hidden_experiments import hidden_camera, hidden_camera_movie


@pytest.fixture(scope="module")
def experiments():
    return [hidden_camera(seed) for seed in range(60)]


def test_the_truth_lies_below_the_noise_floor_for_95_in_100_seeds(experiments):
    below = [item.misfit(**item._truth) <= item.noise_floor for item in experiments]
    # Four standard errors of a binomial with 95 %: 0.11.
    assert np.mean(below) == pytest.approx(0.95, abs=0.11)


def test_the_misfit_of_the_truth_is_a_reduced_chi_square(experiments):
    chi2 = [len(item.x) * item.misfit(**item._truth) for item in experiments]
    degrees = sum(len(item.x) for item in experiments)
    # Error bars from 341 pixels are known to 4 %, which adds 2/341 to each point's mean square.
    assert abs(np.sum(chi2) - degrees) < 4 * np.sqrt(2 * degrees)


def test_matches_are_found_only_near_the_truth(experiments):
    for experiment in experiments[:10]:
        first, second = experiment.parameters
        for i, j in itertools.product(range(-60, 61, 4), range(-24, 25, 2)):
            if max(abs(i) / 12, abs(j) / 10) <= 1:
                continue
            values = {
                first.name: experiment._truth[first.name] + i * first.step,
                second.name: experiment._truth[second.name] + j * second.step,
            }
            if all(p.low <= values[p.name] <= p.high for p in experiment.parameters):
                assert experiment.misfit(**values) > experiment.noise_floor, (experiment.key, i, j)


def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start(experiments):
    for experiment in experiments:
        for parameter in experiment.parameters:
            steps = (experiment._truth[parameter.name] - parameter.low) / parameter.step
            assert steps == pytest.approx(round(steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in experiment.parameters}
        assert experiment.misfit(**start) > experiment.noise_floor


def test_a_straight_line_through_the_points_finds_both_numbers(experiments):
    for experiment in experiments[:20]:
        slope, cut = np.polyfit(
            experiment.x, experiment.measured, 1, w=1 / experiment.standard_error
        )
        camera = Camera()
        dark = (camera.read_noise_electrons / camera.electrons_per_count) ** 2 + 1 / 12
        assert slope / 2 == pytest.approx(experiment._truth["counts_per_electron"], rel=0.03)
        assert (dark - cut) / slope == pytest.approx(experiment._truth["offset_counts"], abs=2.5)


def test_forgetting_the_excess_noise_doubles_the_counts_and_fits_as_well(experiments):
    experiment = experiments[0]
    truth = experiment._truth
    excess_forgotten = (experiment.x - truth["offset_counts"]) * 2 * truth["counts_per_electron"]
    dark = experiment.predict(**truth | {"offset_counts": 250.0})[0]
    assert experiment.misfit_of(excess_forgotten + dark) == pytest.approx(
        experiment.misfit(**truth), abs=1e-9
    )
    # ... and the same g without the factor 2 is far away.
    assert experiment.misfit_of(excess_forgotten / 2 + dark) > 100


def test_the_error_bars_are_the_scatter_of_the_experiment_when_it_is_repeated(experiments):
    pulls = np.array(
        [
            (item.measured - item.predict(**item._truth)) / item.standard_error
            for item in experiments
        ]
    )
    assert abs(pulls.mean()) < 4 / np.sqrt(pulls.size)
    # Neighbouring stripes share no pixel.
    assert abs(np.mean(pulls[:, 1:] * pulls[:, :-1])) < 4 / np.sqrt(pulls[:, 1:].size)


def test_below_the_offset_there_is_only_the_noise_of_reading():
    experiment = hidden_camera(0)
    curve = experiment.predict(counts_per_electron=20.0, offset_counts=250.0)
    assert curve[0] == pytest.approx((50 / 12.48) ** 2 + 1 / 12)


def test_the_movie_is_the_one_of_the_points_and_does_not_tell_its_camera():
    movie = hidden_camera_movie(3)
    assert movie.camera is None
    assert len(movie.truth if movie.truth is not None else ()) == 0
    assert (movie.n_frames, *movie.shape_px) == (80, 64, 64)
    frames = np.asarray(movie.frames)
    assert frames.mean() == pytest.approx(hidden_camera(3).x.mean(), rel=1e-3)
    truth = hidden_camera(3)._truth
    assert frames[:, 0, 0].mean() == pytest.approx(truth["offset_counts"], abs=3)
    electrons = (frames[:, -1, -1].mean() - truth["offset_counts"]) / truth["counts_per_electron"]
    assert electrons == pytest.approx(20 * 0.92, abs=4)


def test_the_same_seed_is_the_same_camera():
    np.testing.assert_array_equal(hidden_camera(3).measured, hidden_camera(3).measured)
    assert hidden_camera(3)._truth != hidden_camera(4)._truth


def test_the_experiment_says_what_it_is():
    experiment = hidden_camera(2)
    assert experiment.key == "hidden_camera/2"
    assert (experiment.x_label, experiment.y_label) == ("Mean (counts)", "Variance (counts²)")
    assert np.all(np.diff(experiment.x) > 0)
    assert "_truth" not in repr(experiment)
    with pytest.raises(ValueError, match="read-only"):
        experiment.measured[0] = 0.0


@pytest.mark.parametrize("make", [hidden_camera, hidden_camera_movie])
@pytest.mark.parametrize(("seed", "kind"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_bad_seeds_are_named(make, seed, kind):
    with pytest.raises(kind, match="seed must be"):
        make(seed)
