"""A single emitter or a cluster: error rates on crystals whose number is known."""

import numpy as np
import pandas as pd
import pytest

from anionx_teach.camera import Camera, place_emitters, record_movie
from anionx_teach.emission import Photophysics, blinking_trace, photon_rates
from anionx_teach.trajectories import (
    REASONS,
    Trajectories,
    emitter_levels,
    extract_trajectories,
    single_emitters,
)

INTERVAL_S = 0.05
N_SPOTS = 150


def light_of(n_in_spot, n_spots, n_frames, electrons, seed, photophysics):
    """Crystals of a spot start at different times, rise, and blink on their own."""
    rng = np.random.default_rng(seed)
    time_s = (np.arange(n_frames) + 0.5) * INTERVAL_S
    shape = (n_spots, n_in_spot, 1)
    blinking = blinking_trace(time_s, n_spots * n_in_spot, photophysics=photophysics, rng=seed)
    start_s = rng.uniform(0.1, 0.5, shape) * time_s[-1]
    rise_s = rng.uniform(2.0, 15.0, shape) / 4.394
    rise = 1 / (1 + np.exp(-np.clip((time_s - start_s) / rise_s, -50, 50)))
    bright = electrons * np.exp(0.15 * rng.normal(size=shape))
    return time_s, (bright * rise * blinking.reshape(n_spots, n_in_spot, -1)).sum(axis=1)


def noisy(time_s, light, seed, *, with_error=True):
    """EM noise of the best weights over a background of 10 photo-electrons a pixel."""
    error = np.sqrt(2 * (10.0 * 2.26**2 + 1.05 * light))
    seen = light + error * np.random.default_rng(seed + 1000).normal(size=light.shape)
    nowhere = np.zeros(len(light))
    return Trajectories(time_s, seen, nowhere, nowhere, error if with_error else None)


def share_kept(n_in_spot, *, electrons=100.0, n_frames=2000, photophysics=None, with_error=True):
    photophysics = Photophysics() if photophysics is None else photophysics
    seed = 40 + n_in_spot
    time_s, light = light_of(n_in_spot, N_SPOTS, n_frames, electrons, seed, photophysics)
    return single_emitters(noisy(time_s, light, seed, with_error=with_error)).mean()


@pytest.mark.parametrize("with_error", [True, False])
def test_error_rates_of_the_standard_case(with_error):
    """2000 frames of 50 ms, 100 photo-electrons when bright (contrast 10), default blinking."""
    assert share_kept(1, with_error=with_error) >= 0.95
    assert share_kept(2, with_error=with_error) <= 0.10
    assert share_kept(3, with_error=with_error) <= 0.03
    assert share_kept(4, with_error=with_error) <= 0.03


@pytest.mark.parametrize(
    ("electrons", "n_frames", "singles", "of_two", "of_three"),
    [
        (300.0, 2000, 0.97, 0.03, 0.03),
        (100.0, 5000, 0.97, 0.03, 0.03),
        (50.0, 2000, 0.90, 0.20, 0.08),
        (100.0, 600, 0.80, 0.10, 0.05),
        (33.0, 2000, 0.70, 0.35, 0.20),
    ],
)
def test_error_rates_over_brightness_and_length(electrons, n_frames, singles, of_two, of_three):
    case = {"electrons": electrons, "n_frames": n_frames}
    assert share_kept(1, **case) >= singles
    assert share_kept(2, **case) <= of_two
    assert share_kept(3, **case) <= of_three


def test_a_crystal_that_never_blinks_cannot_be_judged():
    steady = Photophysics(blinking=False)
    time_s, light = light_of(1, 30, 2000, 100.0, 1, steady)
    trajectories = noisy(time_s, light, 1)
    levels = emitter_levels(trajectories)
    # A slow rise is no switch.
    assert levels["dark_switches"].max() <= 1
    assert (levels["reason"] == "too few switches").all()
    assert single_emitters(trajectories, fewest_switches=0).mean() > 0.95


def test_degradation_is_no_switch():
    time_s, light = light_of(1, 60, 2000, 150.0, 2, Photophysics())
    fading = noisy(time_s, light * np.exp(-np.maximum(time_s - 50, 0) / 40), 2)
    assert single_emitters(fading).mean() >= 0.9


def test_grey_states_look_like_clusters():
    grey = Photophysics(grey_share=0.8, grey_level=0.5)
    assert share_kept(1, electrons=200.0, photophysics=grey) < 0.2


def test_noise_alone_is_no_emitter():
    rng = np.random.default_rng(1)
    time_s = np.arange(1000) * INTERVAL_S
    nothing = np.zeros(20)
    for error in (None, np.full((20, 1000), 7.0)):
        light = Trajectories(time_s, rng.normal(0.0, 7.0, (20, 1000)), nothing, nothing, error)
        levels = emitter_levels(light)
        assert not levels["single"].any()
        assert set(levels["reason"]) <= {"too dim", "too few switches"}
    dark = Trajectories(time_s, np.zeros((1, 1000)), [0.0], [0.0])
    assert emitter_levels(dark)["reason"].to_list() == ["too dim"]


def test_levels_are_counted():
    for n_in_spot in (1, 2, 3):
        time_s, light = light_of(n_in_spot, 60, 2000, 300.0, n_in_spot, Photophysics())
        levels = emitter_levels(noisy(time_s, light, n_in_spot))
        assert levels["levels"].median() == n_in_spot


def test_the_table_tells_why():
    time_s = np.arange(400) * INTERVAL_S
    one = np.where(np.arange(400) % 40 < 25, 100.0, 0.0)
    other = np.where(np.arange(400) % 56 < 25, 100.0, 0.0)
    error = np.full((3, 400), 8.0)
    noise = 8.0 * np.random.default_rng(1).normal(size=(3, 400))
    light = Trajectories(
        time_s, np.array([one, one + other, one]) + noise, *np.zeros((2, 3)), error
    )
    table = emitter_levels(light.select([1, 2]))
    assert table["spot"].to_list() == [1, 2]
    assert table["reason"].to_list() == [REASONS[3], REASONS[0]]
    # 25 of 40 frames: 20 edges, of which the first frame shows none, and one is cut at the end.
    assert table.loc[1, ["dark_switches", "bright_switches"]].to_list() == [19, 0]
    assert table.loc[1, "bright_level"] == pytest.approx(100.0, abs=8.0)
    assert table.loc[1, "contrast"] == pytest.approx(12.5, rel=0.1)
    assert table["single"].to_list() == single_emitters(light)[1:].tolist() == [False, True]
    assert not emitter_levels(light, fewest_switches=20)["single"].any()
    assert emitter_levels(light, most_bright_share=1.0)["single"].all()


def test_no_spot_is_an_empty_answer():
    empty = Trajectories([0.0, 0.1], np.empty((0, 2)), [], [])
    assert single_emitters(empty).shape == (0,)
    assert single_emitters(empty).dtype == np.bool_
    assert len(emitter_levels(empty)) == 0


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"dark_share": 1.5}, ValueError, "dark_share must be between 0 and 1, got 1.5"),
        ({"most_bright_share": -0.1}, ValueError, "most_bright_share must be between 0 and 1"),
        ({"fewest_switches": 2.5}, TypeError, "fewest_switches must be a whole number >= 0"),
    ],
)
def test_bad_settings_are_named(settings, error, message):
    light = Trajectories(np.arange(20.0), np.zeros((1, 20)), [0.0], [0.0])
    with pytest.raises(error, match=message):
        single_emitters(light, **settings)


def test_bad_trajectories_are_named():
    with pytest.raises(TypeError, match="trajectories must be Trajectories, got ndarray"):
        single_emitters(np.zeros((3, 20)))
    with pytest.raises(ValueError, match="trajectories must have at least 8 frames, got 5"):
        single_emitters(Trajectories(np.arange(5.0), np.zeros((1, 5)), [0.0], [0.0]))


def test_the_whole_chain_from_composition_to_judgement():
    """Photon rates, a movie, its trajectories: crystals of 13.1 nm, alone and in clusters."""
    truth = place_emitters(60, shape=(160, 160), cluster_share=0.5, rng=3)
    rng = np.random.default_rng(3)
    time_s = (np.arange(1600) + 0.5) * INTERVAL_S
    start_s = rng.uniform(8.0, 30.0, len(truth))[:, None]
    iodide_fraction = 0.75 / (1 + np.exp(-np.clip((time_s - start_s) / 1.5, -50, 50)))
    rates = photon_rates(
        iodide_fraction, 13.1, time_s, photophysics=Photophysics(excitation_w_cm2=0.1), rng=3
    )
    places = truth[["x_px", "y_px"]].to_numpy()
    movie = record_movie(
        rates, places, Camera(), shape=(160, 160), frame_interval_s=INTERVAL_S, truth=truth, rng=3
    )
    spots = truth.groupby("spot").agg(
        x_px=("x_px", "mean"), y_px=("y_px", "mean"), n=("n_in_spot", "first")
    )
    found = extract_trajectories(movie, pd.DataFrame(spots))
    kept = single_emitters(found)
    n_in_spot = spots["n"].to_numpy()
    assert np.count_nonzero(n_in_spot == 1) >= 8
    assert kept[n_in_spot == 1].mean() >= 0.9
    assert kept[n_in_spot >= 3].mean() <= 0.1
    assert kept[n_in_spot == 2].mean() <= 0.4
