"""The state of the microscope explorer with one's own movie: long, tiny, without truth."""

import numpy as np
import pandas as pd
import pytest
import traitlets
from anionx_widgets import microscope_field
from anionx_widgets.microscope_state import SIMULATED, MicroscopeState

from anionx_teach.camera import Camera, Movie, place_emitters, record_movie

SETTINGS = (*SIMULATED, "show_true", "frame", "playing", "zoom", "contrast", "place")


def values(state):
    return {name: getattr(state, name) for name in SETTINGS}


def own_movie(n_frames=40, side=48, *, lazy=False, truth=True, photons_per_s=8000.0, rng=3):
    emitters = place_emitters(5, shape=(side, side), rng=rng)
    movie = record_movie(
        np.full((5, n_frames), photons_per_s),
        emitters[["x_px", "y_px"]],
        Camera(),
        shape=(side, side),
        frame_interval_s=0.1,
        truth=emitters,
        lazy=lazy,
        rng=rng,
    )
    if truth:
        return movie
    return Movie(movie.frames, movie.exposure_s, movie.frame_interval_s, movie.pixel_size_nm)


def test_ones_own_movie_is_measured():
    state = MicroscopeState(own_movie())
    assert not state.simulated
    assert state.result.settings is None
    assert (state.result.step, state.result.n_frames) == (1, 40)
    assert state.result.match.recall == 1.0
    assert state.frame == 39


@pytest.mark.parametrize("name", SIMULATED)
def test_settings_of_the_simulation_do_not_act_on_ones_own_movie(name):
    state = MicroscopeState(own_movie())
    before, result = values(state), state.result
    with pytest.raises(traitlets.TraitError, match=f"{name} belongs to the simulated movie"):
        setattr(state, name, 11.0 if name != "excitation_w_cm2" else 1.5)
    assert values(state) == before
    state.frame = 0
    state.reset()
    assert values(state) == before
    assert state.result is result


def test_without_truth_nothing_is_said_of_it():
    state = MicroscopeState(own_movie(truth=False))
    assert len(state.result.found_px) == 5
    assert state.true_px.shape == (0, 2)
    assert state.result.n_emitters(0) is None
    assert state.result.trajectories.unit == "counts", "the camera is not known"


@pytest.mark.parametrize(
    ("truth", "n_true"),
    [
        (pd.DataFrame({"emitter": [0, 1]}), 0),
        (pd.DataFrame({"x_px": [5.0, 9.0], "y_px": [6.0, 9.0]}), 2),
        (pd.DataFrame({"x_px": [5.0, np.nan], "y_px": [6.0, 9.0]}), 1),
        (pd.DataFrame({"x_px": [4.0, 6.0], "y_px": [6.0, 6.0], "spot": ["a", "a"]}), 1),
    ],
)
def test_a_truth_of_ones_own_may_know_less(truth, n_true):
    movie = own_movie()
    movie = Movie(movie.frames, 0.05, 0.1, 160.0, truth)
    result = MicroscopeState(movie).result
    assert result.true_px.shape == (n_true, 2)
    if n_true:
        assert np.allclose(result.true_px[0], [5.0, 6.0])


def test_of_a_long_movie_each_nth_frame_is_shown_and_measured(monkeypatch):
    monkeypatch.setattr(microscope_field, "MOST_FRAMES", 20)
    movie = own_movie(50)
    state = MicroscopeState(movie)
    watched = state.result.movie
    assert (state.result.step, watched.n_frames, state.result.n_frames) == (3, 17, 50)
    assert watched.frame_interval_s == pytest.approx(0.3)
    assert np.allclose(watched.time_s, movie.time_s[::3])
    assert np.array_equal(watched.frames[16], movie.frames[48])
    assert np.array_equal(watched.frames[2:5], movie.frames[6:15:3])
    assert watched.frames[2:2].shape == (0, 48, 48)
    assert len(state.result.trajectories.time_s) == 17


def test_of_large_frames_fewer_are_shown(monkeypatch):
    monkeypatch.setattr(microscope_field, "MOST_BYTES", 10 * 2 * 48 * 48)
    monkeypatch.setattr(microscope_field, "FEWEST_FRAMES", 8)
    assert MicroscopeState(own_movie(50)).result.movie.n_frames == 10


def test_a_movie_larger_than_memory_is_never_held():
    asked = []
    small = own_movie(8, photons_per_s=20_000.0)

    class Lazy:
        shape, dtype = (28_000, 48, 48), np.dtype(np.uint16)

        def __getitem__(self, frame):
            asked.append(frame)
            return small.frames[frame % 8]

    state = MicroscopeState(Movie(Lazy(), 0.05, 0.1, 160.0))
    assert state.result.movie.n_frames <= 300
    assert set(asked) <= set(range(0, 28_000, state.result.step))
    assert len(state.result.found_px) == 5


@pytest.mark.parametrize("shape", [(1, 16, 16), (4, 16, 16), (8, 1, 1), (5, 2, 3), (7, 12, 90)])
def test_a_tiny_movie_is_shown_and_says_why_nothing_is_measured(shape):
    frames = np.random.default_rng(1).poisson(100, shape).astype(np.uint16)
    state = MicroscopeState(Movie(frames, 0.05, 0.05, 160.0))
    assert state.chosen == -1
    assert state.result.found_px.shape == (0, 2)
    assert ("at least 5 frames" in state.result.obstacle) == (shape[0] < 5)
    low, high = state.result.contrast
    assert low < high


def test_a_movie_too_short_for_the_test_of_single_emitters():
    state = MicroscopeState(own_movie(6, photons_per_s=40_000.0))
    assert state.chosen == 0
    assert state.result.judgement(0) is None


def test_saturated_pixels_are_noted_and_not_printed():
    movie = own_movie(lazy=True, photons_per_s=1e7)
    state = MicroscopeState(movie)
    assert state.result.trajectories is not None
    assert state.result.notes
    assert all("saturated" in note for note in state.result.notes)


@pytest.mark.parametrize("movie", [np.zeros((9, 8, 8), np.uint16), "movie.tif", 3])
def test_what_is_no_movie_is_named(movie):
    with pytest.raises(TypeError, match="movie must be a Movie, as read_movie returns it, got"):
        MicroscopeState(movie)
