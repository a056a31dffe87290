"""Drift: movies whose sample moves in a known way."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from anionx_teach._movie import Movie
from anionx_teach.camera import Camera
from anionx_teach.trajectories import Drift, estimate_drift, extract_trajectories

SHAPE = (120, 128)
SIGMA_PX = 87 / 160
CAMERA = Camera()


def drifting(move, *, first=None, electrons=250.0, n_spots=25):
    """A movie in which crystals move by (F, 2) px and light up at the frames `first`."""
    rng = np.random.default_rng(1)
    places = rng.uniform(10.0, 110.0, (n_spots, 2))
    lit = np.arange(len(move)) >= (np.zeros(n_spots) if first is None else first)[:, None]
    gain, per_count = CAMERA.em_gain, CAMERA.electrons_per_count
    frames = np.empty((len(move), *SHAPE), np.uint16)
    for i, there in enumerate(move):
        across, down = (
            norm.cdf((edges - places[:, axis, None] - there[axis]) / SIGMA_PX)
            for axis, edges in (
                (0, np.arange(SHAPE[1] + 1) - 0.5),
                (1, np.arange(SHAPE[0] + 1) - 0.5),
            )
        )
        light = electrons * lit[:, i, None] * np.diff(down)
        n = rng.poisson(4.6 + light.T @ np.diff(across))
        charge = rng.gamma(np.maximum(n, 1e-9), gain) + rng.normal(0.0, 50.0, SHAPE)
        frames[i] = np.clip(np.rint(100 + charge / per_count), 0, 65535)
    movie = Movie(frames, 0.05, 0.05, 160.0, camera=CAMERA)
    return movie, pd.DataFrame({"x_px": places[:, 0], "y_px": places[:, 1]})


def course(x, y):
    move = np.stack([x, y], axis=1)
    return move - move.mean(axis=0)


FRAME = np.arange(320)
COURSES = {
    "still": course(0.0 * FRAME, 0.0 * FRAME),
    "straight": course(FRAME * 3.0 / 320, -FRAME * 1.5 / 320),
    "curved": course(1.5 * np.sin(FRAME / 80), 1.2 * np.cos(FRAME / 60)),
}


@pytest.mark.parametrize("name", COURSES)
def test_a_known_drift_is_found(name):
    move = COURSES[name]
    movie, _ = drifting(move)
    found = estimate_drift(movie)
    inner = slice(5, -5)  # before the first and after the last middle of a block it stands still
    assert found.x_px[inner] == pytest.approx(move[inner, 0], abs=0.12)
    assert found.y_px[inner] == pytest.approx(move[inner, 1], abs=0.12)
    assert np.sqrt(np.mean((found.x_px - move[:, 0]) ** 2)) < 0.05
    assert found.n_blocks == 32
    assert found.x_px.mean() == pytest.approx(0.0, abs=1e-9)


def test_parts_in_which_nothing_shines_are_left_out():
    move = COURSES["straight"]
    movie, _ = drifting(move, first=np.linspace(120, 300, 25))
    found = estimate_drift(movie)
    assert 16 <= found.n_blocks < 32
    shines = slice(170, -5)
    difference = found.x_px[shines] - move[shines, 0]
    assert np.ptp(difference) < 0.2
    assert found.range_px < 3.0


@pytest.mark.parametrize("name", ["straight", "curved"])
def test_the_light_is_followed(name):
    move = COURSES[name]
    movie, spots = drifting(move)
    alone = spots[_alone(spots)]
    lost = extract_trajectories(movie, alone).intensity
    found = extract_trajectories(movie, alone, drift=estimate_drift(movie))
    assert found.intensity.mean(axis=1) == pytest.approx(250.0 * np.ones(len(alone)), rel=0.03)
    assert found.psf_sigma_px == pytest.approx(87 / 160, abs=0.02)
    spread = found.intensity.std(axis=1).mean()
    assert spread == pytest.approx(found.intensity_se.mean(), rel=0.1)
    assert lost.std(axis=1).mean() > 1.5 * spread


def _alone(spots):
    x, y = spots["x_px"].to_numpy(), spots["y_px"].to_numpy()
    distance = np.hypot(x - x[:, None], y - y[:, None]) + 1e3 * np.eye(len(x))
    return distance.min(axis=1) > 8


def test_spots_that_leave_the_frame_are_left_out():
    movie, _ = drifting(COURSES["straight"])
    spots = pd.DataFrame({"x_px": [60.0, 126.5], "y_px": [60.0, 60.0]})
    drift = Drift(movie.time_s, *COURSES["straight"].T)
    with pytest.warns(UserWarning, match="the drift takes 1 spots out of the frame"):
        found = extract_trajectories(movie, spots, drift=drift, psf_sigma_px=0.55)
    assert found.spot.tolist() == [0]
    assert found.n_frames == 320


def test_nothing_to_follow_is_no_drift():
    frames = np.random.default_rng(1).poisson(100.0, (40, 64, 64))
    movie = Movie(frames, 0.05, 0.05, 160.0)
    with pytest.warns(UserWarning, match="the drift could not be measured"):
        found = estimate_drift(movie)
    assert found.n_blocks == 0
    assert found.range_px == 0.0
    flat = Movie(np.full((40, 64, 64), 7, np.uint16), 0.05, 0.05, 160.0)
    with pytest.warns(UserWarning, match="could not be measured"):
        assert estimate_drift(flat).n_blocks == 0


def test_a_part_of_dead_frames_is_left_out():
    movie, _ = drifting(COURSES["still"])
    frames = np.array(movie.frames)
    frames[:20] = 100
    found = estimate_drift(Movie(frames, 0.05, 0.05, 160.0))
    assert found.n_blocks == 30
    assert found.range_px < 0.2


def test_a_drift_of_ones_own():
    drift = Drift([0.0, 1.0], [0.0, 0.5], [0.0, -1.0])
    assert drift.range_px == 1.0
    assert drift.to_frame().to_numpy().tolist() == [[0.0, 0.0, 0.0], [1.0, 0.5, -1.0]]
    assert not drift.x_px.flags.writeable


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"y_px must have the shape \(2,\) of time_s"):
        Drift([0.0, 1.0], [0.0, 0.5], [0.0])
    with pytest.raises(ValueError, match="x_px must be finite px, got nan"):
        Drift([0.0, 1.0], [0.0, np.nan], [0.0, 0.0])
    with pytest.raises(TypeError, match="movie must be a Movie, got int"):
        estimate_drift(3)
    movie = Movie(np.zeros((5, 8, 8), np.uint16), 0.05, 0.05, 160.0)
    with pytest.raises(ValueError, match="n_blocks must be >= 2, got 1"):
        estimate_drift(movie, n_blocks=1)
