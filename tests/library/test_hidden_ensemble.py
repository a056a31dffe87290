"""The hidden cuvette: honest noise, a course that can be found, two pictures that both match it."""

import itertools

import numpy as np
import pytest

from anionx_teach import _hidden_ensemble
from anionx_teach.ensemble import abrupt_counterpart, simulate_cuvette
from anionx_teach.hidden_experiments import hidden_ensemble, kinetics_of_red_light
from anionx_teach.nanocrystals import draw_batch


def test_the_truth_lies_below_the_noise_floor_for_95_in_100_seeds():
    experiments = [hidden_ensemble(seed) for seed in range(400)]
    below = [item.misfit(**item._truth) <= item.noise_floor for item in experiments]
    # Four standard errors of a binomial with 95 %: 0.044.
    assert np.mean(below) == pytest.approx(0.95, abs=0.044)


def test_matches_are_found_only_near_the_truth():
    for seed in range(8):
        experiment = hidden_ensemble(seed)
        first, second = experiment.parameters
        for i, j in itertools.product(range(-20, 21, 2), repeat=2):
            if max(abs(i), abs(j)) <= 10:
                continue
            values = {
                first.name: experiment._truth[first.name] + i * first.step,
                second.name: experiment._truth[second.name] + j * second.step,
            }
            if all(p.low <= values[p.name] <= p.high for p in experiment.parameters):
                assert experiment.misfit(**values) > experiment.noise_floor, (seed, i, j)


def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start():
    for seed in range(50):
        experiment = hidden_ensemble(seed)
        for parameter in experiment.parameters:
            steps = (experiment._truth[parameter.name] - parameter.low) / parameter.step
            assert steps == pytest.approx(round(steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in experiment.parameters}
        assert experiment.misfit(**start) > experiment.noise_floor


def test_the_same_seed_is_the_same_experiment():
    np.testing.assert_array_equal(hidden_ensemble(3).measured, hidden_ensemble(3).measured)
    assert len({tuple(hidden_ensemble(seed)._truth.values()) for seed in range(30)}) > 20


@pytest.mark.parametrize("seed", range(4))
def test_both_pictures_of_the_single_crystal_match_as_well_as_the_truth(seed):
    experiment = hidden_ensemble(seed)
    batch = draw_batch(5.1, 0.6, 2000, rng=seed)
    kinetics = kinetics_of_red_light(**experiment._truth)
    gradual = simulate_cuvette(batch, experiment.x, rng=1, kinetics=kinetics)
    abrupt = abrupt_counterpart(gradual, rng=1)
    truth = experiment.misfit(**experiment._truth)
    for picture in (gradual, abrupt):
        misfit = experiment.misfit_of(picture.filtered_intensity())
        assert misfit <= experiment.noise_floor
        assert misfit == pytest.approx(truth, abs=0.25)


@pytest.mark.parametrize(("half_rise_s", "rise_time_s"), [(600.0, 100.0), (400.0, 220.0)])
def test_the_red_light_rises_when_and_as_fast_as_asked_for(half_rise_s, rise_time_s):
    time_s = np.arange(0, 1500.0, 3.0)
    kinetics = kinetics_of_red_light(half_rise_s, rise_time_s)
    batch = draw_batch(5.1, 0.6, 6000, rng=1)
    run = simulate_cuvette(batch, time_s, rng=1, kinetics=kinetics, exposure_s=0)
    light = run.filtered_intensity()
    tenth, half, nine_tenths = (
        np.interp(part * light[-1], light[: light.argmax()], time_s[: light.argmax()])
        for part in (0.1, 0.5, 0.9)
    )
    assert half == pytest.approx(half_rise_s, abs=2)
    assert nine_tenths - tenth == pytest.approx(rise_time_s, rel=0.02)


def test_every_place_of_the_sliders_is_a_course_that_starts_after_the_addition():
    halves, rises = ((item.low, item.high) for item in hidden_ensemble(0).parameters)
    for half_rise_s, rise_time_s in itertools.product(halves, rises):
        assert kinetics_of_red_light(half_rise_s, rise_time_s).start_mean_s >= 0


def test_the_light_stays_after_the_course_is_over():
    experiment = hidden_ensemble(0)
    curve = experiment.predict(half_rise_s=400.0, rise_time_s=60.0)
    course = _hidden_ensemble._course()
    np.testing.assert_allclose(curve[-10:], course.light[-1], rtol=1e-9)
    assert curve[0] == pytest.approx(0, abs=1e-6)


def test_the_experiment_says_what_it_is():
    experiment = hidden_ensemble(2)
    assert experiment.key == "hidden_ensemble/2"
    assert experiment.x.size == experiment.measured.size == 36
    assert experiment.y_label.startswith("Light at 590-649 nm")
    assert "_truth" not in repr(experiment)
    with pytest.raises(ValueError, match="read-only"):
        experiment.measured[0] = 0.0


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ((-600.0, 100.0), ValueError, "half_rise_s must be > 0 s, got -600.0"),
        ((600.0, 0.0), ValueError, "rise_time_s must be > 0 s, got 0.0"),
        ((1e300, 100.0), ValueError, "half_rise_s must be between 0 and 1e.09 s, got 1e.300"),
        ((600.0, [1.0]), ValueError, "rise_time_s must be a single number"),
        (
            (100.0, 160.0),
            ValueError,
            "half_rise_s must be >= 283 s for a rise of 160 s, got 100: the crystals would start",
        ),
    ],
)
def test_bad_courses_are_named(arguments, kind, message):
    with pytest.raises(kind, match=message):
        kinetics_of_red_light(*arguments)


@pytest.mark.parametrize(("seed", "kind"), [(-1, ValueError), (1.5, TypeError), (True, TypeError)])
def test_bad_seeds_are_named(seed, kind):
    with pytest.raises(kind, match="seed must be"):
        hidden_ensemble(seed)
