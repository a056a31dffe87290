"""Trajectories: bad input, memory, and compiled code beside its twin."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from anionx_teach._compile_kernels import SWITCH
from anionx_teach._movie import FramesOnDemand, Movie
from anionx_teach._trajectory_kernels import weighted_sums
from anionx_teach.trajectories import Drift, extract_trajectories

# Movies that no camera records, and what lies at the edge of those that one does


def two_spots(frames):
    """Frames (F, 20, 24) with two spots, one of which lights up halfway."""
    light = np.array([[50, 100, 50], [100, 400, 100], [50, 100, 50]])
    frames[:, 8:11, 4:7] += light.astype(np.uint16)
    frames[len(frames) // 2 :, 12:15, 16:19] += light.astype(np.uint16)
    return Movie(frames, 0.05, 0.1, 160.0)


SPOTS = pd.DataFrame({"x_px": [5.0, 17.0], "y_px": [9.0, 13.0]})
LIGHT = 1000.0  # in all pixels of a spot


def noisy(n_frames, seed=1):
    return np.random.default_rng(seed).poisson(100.0, (n_frames, 20, 24)).astype(np.uint16)


@pytest.mark.parametrize("times", [3, 40])
def test_frames_that_are_repeated(times):
    movie = two_spots(np.repeat(noisy(1200 // times), times, axis=0))
    with pytest.warns(UserWarning, match="^most neighbouring frames show the same counts"):
        light = extract_trajectories(movie, SPOTS, psf_sigma_px=0.6)
    assert np.all(light.intensity_se > 0)
    assert np.isfinite(light.intensity).all()
    assert light.intensity[0].mean() == pytest.approx(LIGHT, rel=0.1)
    assert light.intensity[1, :600].mean() == pytest.approx(0.0, abs=0.05 * LIGHT)


def test_noise_in_half_of_the_changes_is_still_measured():
    # Two of four frames the same: the changes between the others show the noise.
    frames = noisy(1200)
    frames[3::4] = frames[2::4]
    light = extract_trajectories(two_spots(frames), SPOTS, psf_sigma_px=0.6)
    assert np.isfinite(light.intensity_se).all()


@pytest.mark.parametrize("counts", [0, 100])
@pytest.mark.parametrize("width_px", [None, 0.6])
def test_a_movie_without_any_noise(counts, width_px):
    movie = two_spots(np.full((40, 20, 24), counts, np.uint16))
    with pytest.warns(UserWarning, match="^most neighbouring frames show the same counts"):
        light = extract_trajectories(movie, SPOTS, psf_sigma_px=width_px)
    assert light.intensity[0] == pytest.approx(np.full(40, LIGHT), rel=0.1)
    assert light.intensity[1, :20] == pytest.approx(np.zeros(20), abs=1e-6)
    assert np.all(light.intensity_se > 0)


def test_a_field_that_is_smaller_than_a_spot():
    with pytest.warns(UserWarning, match="no spot is clear enough"):
        light = extract_trajectories(
            Movie(noisy(40)[:, :5, :4], 0.05, 0.1, 160.0),
            pd.DataFrame({"x_px": [0.0, 2.0], "y_px": [4.0, 2.0]}),
        )
    assert np.isfinite(light.intensity).all()
    assert np.isfinite(light.intensity_se).all()


# Bad input


@pytest.fixture
def small_movie():
    return Movie(np.full((6, 20, 24), 100, np.uint16), 0.05, 0.1, 160.0)


def test_no_spots_is_no_trajectory(small_movie):
    light = extract_trajectories(small_movie, pd.DataFrame({"x_px": [], "y_px": []}))
    assert light.intensity.shape == light.intensity_se.shape == light.background.shape == (0, 6)
    assert light.unit == "counts"


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (24.0, 5.0, r"frame of 20 x 24 px .* 1 outside: row 1 at x_px = 24, y_px = 5"),
        (5.0, -0.6, r"1 outside: row 1 at x_px = 5, y_px = -0.6"),
        (np.nan, 5.0, r"spots\['x_px'\] must be finite px, got nan"),
    ],
)
def test_spots_outside_the_frame(small_movie, x, y, message):
    spots = pd.DataFrame({"x_px": [3.0, x], "y_px": [3.0, y]})
    with pytest.raises(ValueError, match=message):
        extract_trajectories(small_movie, spots)


def test_other_bad_input(small_movie):
    spots = pd.DataFrame({"x_px": [3.0], "y_px": [3.0]})
    with pytest.raises(TypeError, match="movie must be a Movie, got ndarray"):
        extract_trajectories(np.zeros((6, 20, 24)), spots)
    short = Movie(np.zeros((4, 20, 24), np.uint16), 0.05, 0.1, 160.0)
    with pytest.raises(ValueError, match="movie must have at least 5 frames, got 4"):
        extract_trajectories(short, spots)
    with pytest.raises(TypeError, match=r"spots must be a table .* got ndarray"):
        extract_trajectories(small_movie, np.zeros((3, 2)))
    with pytest.raises(TypeError, match=r"got the columns \['x', 'y'\]"):
        extract_trajectories(small_movie, pd.DataFrame({"x": [1.0], "y": [1.0]}))
    with pytest.raises(ValueError, match=r"psf_sigma_px must be between 0.2 and 5 px, got 0.0"):
        extract_trajectories(small_movie, spots, psf_sigma_px=0.0)
    with pytest.raises(TypeError, match=r"drift must be a Drift, .* got list"):
        extract_trajectories(small_movie, spots, drift=[0.0])
    with pytest.raises(ValueError, match="one value for each of the 6 frames, got 1"):
        extract_trajectories(small_movie, spots, drift=Drift([0.0], [0.0], [0.0]))
    with pytest.raises(TypeError, match="progress must be a function"):
        extract_trajectories(small_movie, spots, progress=True)


# Memory and compiled code

LONG = """
import resource
import numpy as np, pandas as pd
from anionx_teach._movie import FramesOnDemand, Movie
from anionx_teach.trajectories import extract_trajectories
stored = np.random.default_rng(1).poisson(200.0, (4, 512, 512)).astype(np.uint16)
y, x = np.mgrid[16:500:48, 16:500:48]
stored[:, y, x] += 600
movie = Movie(
    FramesOnDemand((3000, 512, 512), lambda a, b: stored[np.arange(a, b) % 4]), 0.05, 0.05, 160.0
)
spots = pd.DataFrame({"x_px": x.ravel()[:20], "y_px": y.ravel()[:20]})
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert extract_trajectories(movie, spots).intensity.shape == (20, 3000)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3)
"""


def test_a_long_movie_is_never_held():
    # 1.6 GB of frames; all 14.7 GB of 28,000 frames are in the benchmark.
    run = subprocess.run(
        [sys.executable, "-c", LONG], capture_output=True, text=True, check=True, timeout=120
    )
    assert float(run.stdout) < 250.0


def test_loop_twin_and_compiled_code_agree(monkeypatch):
    monkeypatch.delenv(SWITCH, raising=False)
    rng = np.random.default_rng(1)
    frames = rng.integers(0, 65536, (37, 90), dtype=np.uint16)
    pixel = rng.integers(0, 90, (5, 11))
    weights = rng.normal(size=(3, 5, 11))
    results = []
    ways = [weighted_sums.loop, weighted_sums.twin]
    if weighted_sums.compile():
        ways.append(weighted_sums)
    for way in ways:
        sums, n_full = np.empty((3, 5, 37)), np.empty(37, np.int64)
        way(sums, n_full, frames, 60_000, pixel, weights)
        results.append((sums, n_full))
    slow = np.array(
        [[w @ f[p] for f in frames.astype(float)] for w, p in zip(weights[1], pixel, strict=True)]
    )
    np.testing.assert_allclose(results[0][0][1], slow, rtol=1e-9)
    np.testing.assert_array_equal(results[0][1], (frames >= 60_000).sum(axis=1))
    for sums, n_full in results[1:]:
        np.testing.assert_array_equal(sums, results[0][0])
        np.testing.assert_array_equal(n_full, results[0][1])


def test_frames_of_another_kind_are_read():
    # A stack that gives big-endian or strided frames, as files do.
    frames = np.random.default_rng(1).poisson(100.0, (30, 40, 44)).astype(np.uint16)
    spots = pd.DataFrame({"x_px": [20.0], "y_px": [20.0]})
    plain = extract_trajectories(Movie(frames, 0.05, 0.1, 160.0), spots, psf_sigma_px=0.6)
    turned = np.asfortranarray(frames)
    movie = Movie(FramesOnDemand(frames.shape, lambda a, b: turned[a:b]), 0.05, 0.1, 160.0)
    other = extract_trajectories(movie, spots, psf_sigma_px=0.6)
    np.testing.assert_array_equal(other.intensity, plain.intensity)
