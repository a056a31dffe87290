"""The movies behind the switching explorer: what is simulated, its truth, and what is drawn of it."""

import numpy as np
import pytest
from anionx_widgets.switching_hand import bounds_for, guess_for
from anionx_widgets.switching_movies import (
    MOST_DRAWN,
    N_CRYSTALS,
    SAMPLES,
    MovieSettings,
    SwitchingMovie,
    simulated_movie,
)

from anionx_teach.exchange import calibrated_model, exact_rise_time
from anionx_teach.paper import switching_times
from anionx_teach.switching import fit_bias_table, fit_switching, switching_curve
from anionx_teach.trajectories import Trajectories

SMALL, LARGE_FAST = "5.1 nm, 5 \N{MICRO SIGN}M", "13.1 nm, 50 \N{MICRO SIGN}M"
START = {"excitation_w_cm2": 1.0, "blinking": False, "filtered": True, "degradation": True}


def movie(sample=SMALL, **settings):
    return simulated_movie(MovieSettings(sample, **START | settings))


def own(intensity, time_s=None, **more):
    intensity = np.atleast_2d(np.asarray(intensity, float))
    places = np.arange(len(intensity), dtype=float)
    time_s = np.arange(intensity.shape[1], dtype=float) if time_s is None else time_s
    return Trajectories(time_s, intensity, places, places, **more)


def test_the_samples_are_those_whose_times_the_paper_prints():
    printed = switching_times()
    assert len(SAMPLES) == len(printed) == 4
    for sample, (_, row) in zip(SAMPLES.values(), printed.iterrows(), strict=True):
        assert sample.edge_length_nm == row["edge_length_nm"]
        assert sample.paper_mean_s == row["mean_s"]
        assert sample.name in SAMPLES


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_movie_holds_every_rise_and_its_composition_takes_what_the_theory_says(sample):
    simulated = movie(sample)
    truth, time_s = simulated.truth, simulated.trajectories.time_s
    assert len(simulated) == simulated.trajectories.n_spots == N_CRYSTALS
    assert truth.history.exchange_time_s.max() < 0.9 * time_s[-1]
    assert np.diff(time_s).min() >= truth.exposure_s - 1e-9
    model = calibrated_model(SAMPLES[sample].edge_length_nm, SAMPLES[sample].concentration_um)
    mean_s, sd_s = exact_rise_time(model)
    found_s = truth.composition["switching_time_s"].mean()
    assert abs(found_s - mean_s) < 4 * sd_s / np.sqrt(N_CRYSTALS)


def test_the_light_rises_within_the_rise_of_the_composition_and_the_fit_follows_the_light():
    truth = movie().truth
    assert np.all(truth.light["switching_time_s"] < truth.composition["switching_time_s"])
    assert np.all(truth.light["start_time_s"] > truth.composition["start_time_s"])
    fits = movie().fits(False)
    against_light = fit_bias_table(fits, truth.of("light")).loc["switching_time_s"]
    against_composition = fit_bias_table(fits, truth.of("composition")).loc["switching_time_s"]
    assert abs(against_light["bias_s"]) < 0.2 * against_light["true_mean_s"]
    assert against_composition["bias_s"] < -0.8 * against_composition["true_mean_s"]


def test_without_the_filter_the_light_takes_longer_to_rise():
    with_filter, without = movie().truth, movie(filtered=False).truth
    assert np.array_equal(
        with_filter.composition["switching_time_s"], without.composition["switching_time_s"]
    )
    ratio = without.light["switching_time_s"] / with_filter.light["switching_time_s"]
    assert ratio.min() > 1.5


def test_every_switch_and_the_light_change_the_trajectories_and_nothing_else_does():
    first = movie().trajectories.intensity
    assert movie() is movie()
    assert not np.array_equal(movie(blinking=True).trajectories.intensity, first)
    assert not np.array_equal(movie(filtered=False).trajectories.intensity, first)
    assert movie(excitation_w_cm2=0.1).trajectories.intensity.max() < 0.5 * first.max()
    # At 5 uM nothing degrades; at 50 uM the light falls after its maximum.
    assert np.array_equal(movie(degradation=False).trajectories.intensity, first)
    last = {
        on: movie(LARGE_FAST, degradation=on, filtered=False).trajectories.intensity[:, -1].mean()
        for on in (True, False)
    }
    assert last[True] < 0.97 * last[False]


def test_blinking_is_seen_in_the_misfit():
    quiet, blinking = (movie(blinking=on).fits(False)["reduced_chi2"] for on in (False, True))
    assert quiet.median() == pytest.approx(1.0, abs=0.15)
    assert blinking.median() > 3


def test_a_fit_of_one_trajectory_is_that_of_the_whole_movie():
    table = movie().fits(False)
    for row in (0, 17, 200):
        alone = movie().fit(row, False)
        for name in ("start_time_s", "switching_time_s", "switching_time_se_s", "reduced_chi2"):
            assert alone[name] == pytest.approx(table.loc[row, name], rel=1e-6, nan_ok=True)
    assert movie().fit(3, True) is movie().fit(3, True)


def test_a_short_trajectory_is_drawn_as_it_is():
    short = SwitchingMovie(own(np.arange(40.0)))
    values = np.random.default_rng(1).normal(size=40)
    assert short.frames_a_point == 1
    assert np.array_equal(short.drawn(values), values)
    assert np.array_equal(short.drawn_residuals(values), values)


def test_a_long_one_is_drawn_as_means_and_its_residuals_keep_their_unit():
    n = 10 * MOST_DRAWN + 7
    noise = np.random.default_rng(1).normal(size=n)
    long = SwitchingMovie(own(noise))
    points = long.drawn(noise)
    assert long.frames_a_point == 11
    assert len(points) == len(long.drawn(long.trajectories.time_s)) <= MOST_DRAWN
    assert points[0] == pytest.approx(noise[:11].mean())
    assert points[-1] == pytest.approx(noise[11 * (len(points) - 1) :].mean())
    assert np.std(long.drawn_residuals(noise)) == pytest.approx(1.0, abs=0.1)


LIGHTS = {
    "dark": np.zeros(50),
    "never changes": np.full(50, -3.0),
    "all below zero": np.linspace(-9, -1, 50),
    "far from zero": 1e4 + np.arange(50.0),
    "tiny": 1e-9 * np.arange(50.0),
    "counts": 5e4 * np.arange(50.0),
}


@pytest.mark.parametrize("light", LIGHTS.values(), ids=LIGHTS)
@pytest.mark.parametrize("time_s", [np.arange(50) * 1e-3, 1e4 + np.arange(50.0)], ids=["ms", "s"])
def test_any_trajectory_has_bounds_that_hold_its_light_and_a_guess(light, time_s):
    bounds = bounds_for(own(light, time_s))
    axis = bounds["background"]
    assert axis.low <= light.min()
    assert light.max() <= axis.high
    for bound in bounds.values():
        assert bound.low < bound.high
        assert 0 < bound.step <= bound.high - bound.low
    guess = guess_for(bounds)
    assert all(bounds[name].hold(value) for name, value in guess.items())
    assert np.all(np.isfinite(switching_curve(time_s, guess)))


def test_the_guess_is_not_the_fit():
    simulated = movie()
    guess = guess_for(simulated.bounds(0))
    fit = fit_switching(simulated.trajectory(0)).iloc[0]
    assert abs(guess["start_time_s"] - fit["start_time_s"]) > 20 * fit["start_time_se_s"]


def test_a_handle_stops_at_the_nearest_allowed_value():
    bounds = bounds_for(own(np.arange(50.0)))["start_time_s"]
    assert bounds.nearest(-5.0) == bounds.low
    assert bounds.nearest(1e9) == bounds.high
    assert bounds.hold(10.0)
    assert not bounds.hold(float("nan"))
