"""Noise that repeats itself passes every test of its distribution: these look for repetition."""

import numpy as np
import pytest

from anionx_teach import _camera_engine, _camera_tables
from anionx_teach._compile_kernels import Kernel
from anionx_teach._counter_draws import INCREMENT, draw_key, stream_starts
from anionx_teach.camera import Camera, record_movie

SHAPE = (96, 128)
LAGS = (0, 1, 2, 3, 5, 11)
EVEN = Camera(background_unevenness=0.0, illumination_falloff=0.0)
LARGEST_Z = 6.0  # of some 70,000 shifts and lags, of which chance makes 4.5


def frames_of(camera=EVEN, n_frames=48, rng=1, shape=SHAPE):
    movie = record_movie(
        np.empty((0, n_frames)),
        np.empty((0, 2)),
        camera,
        shape=shape,
        frame_interval_s=1.0,
        rng=rng,
    )
    return np.asarray(movie.frames).astype(float)


def ranks(frames):
    """Counts of the same distribution everywhere, as numbers of mean 0 and variance 1."""
    x = frames.argsort(axis=None).argsort().reshape(frames.shape) / frames.size
    return (x - x.mean()) / x.std()


def largest_z(frames, transform=lambda x: x, lags=LAGS):
    """The largest correlation between frames over all shifts and lags, in units of its error."""
    x = transform(ranks(frames))
    x = (x - x.mean()) / x.std()
    largest = 0.0
    for lag in lags:
        # As pictures, and as one long row of pixels, the order in which they are drawn.
        for layout, axes in ((x, (1, 2)), (x.reshape(len(x), -1), (1,))):
            spectrum = np.fft.fftn(layout, axes=axes)
            product = spectrum[: len(x) - lag].conj() * spectrum[lag:]
            correlation = np.fft.ifftn(product.sum(axis=0)).real
            correlation /= np.sqrt((len(x) - lag) * x[0].size)
            if lag == 0:
                correlation.flat[0] = 0.0  # a frame with itself
            largest = max(largest, np.abs(correlation).max())
    return largest


@pytest.mark.parametrize("transform", [lambda x: x, np.abs, lambda x: x**3])
def test_frames_pixels_and_shifted_frames_are_independent(transform):
    assert largest_z(frames_of(), transform) < LARGEST_Z


def test_bright_pixels_are_independent_too(monkeypatch):
    monkeypatch.setattr(_camera_tables, "_MOST_PLACES", 0)
    assert largest_z(frames_of(n_frames=16, shape=(64, 64)), lags=(0, 1, 2)) < LARGEST_Z


@pytest.mark.parametrize("step", [1, 4, 128])
def test_a_generator_that_repeats_a_shifted_frame_is_noticed(monkeypatch, step):
    # Seeds of frames that are multiples of the generator's own increment.
    def shifted(key, condition, n_frames):
        return np.uint64(key) + np.arange(n_frames, dtype=np.uint64) * (INCREMENT * np.uint64(step))

    monkeypatch.setattr(_camera_engine, "stream_starts", shifted)
    with np.errstate(over="ignore"):
        assert largest_z(frames_of(), lags=(1,)) > 50


def test_emitters_of_one_movie_flicker_independently():
    camera = Camera(background_photons_per_s=0.0)
    positions = [(6 + 12 * i, 6 + 12 * j) for i in range(6) for j in range(6)]
    rates = np.full((36, 1500), 2000.0)
    movie = record_movie(rates, positions, camera, shape=(72, 72), frame_interval_s=1.0, rng=4)
    windows = np.asarray(movie.frames).astype(float).reshape(-1, 6, 12, 6, 12)
    light = windows.sum(axis=(2, 4)).reshape(-1, 36)
    light = (light - light.mean(axis=0)) / light.std(axis=0)
    for lag in (0, 1, 2, 3):
        z = light[: len(light) - lag].T @ light[lag:] / np.sqrt(len(light) - lag)
        if lag == 0:
            np.fill_diagonal(z, 0.0)
        assert np.abs(z).max() < 5.0


def test_pixels_of_one_spot_are_independent():
    camera = Camera(background_photons_per_s=0.0)
    rates = np.full((1, 4000), 4000.0)
    movie = record_movie(rates, [(4.0, 4.0)], camera, shape=(9, 9), frame_interval_s=1.0, rng=5)
    spot = np.asarray(movie.frames)[:, 3:6, 3:6].astype(float).reshape(-1, 9)
    z = np.corrcoef(spot.T) * np.sqrt(len(spot))
    np.fill_diagonal(z, 0.0)
    assert np.abs(z).max() < 4.5


def test_movies_of_two_seeds_have_nothing_in_common():
    one, other = ranks(frames_of(rng=1, n_frames=20)), ranks(frames_of(rng=2, n_frames=20))
    z = (one * other).mean() * np.sqrt(one.size)
    assert abs(z) < 4.5


def test_the_same_seed_elsewhere_gives_other_draws():
    key = draw_key(1)
    starts = stream_starts(key, _camera_engine._STREAM, 1000)
    assert np.unique(starts).size == 1000
    assert not np.intersect1d(starts, stream_starts(key, 0, 1000)).size


def test_a_setting_that_moves_a_little_keeps_the_noise_of_the_background():
    one = frames_of(EVEN, 4)
    other = frames_of(Camera(illumination_falloff=0, background_unevenness=0,
                             background_photons_per_s=101.0), 4)  # fmt: skip
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.99


def test_threads_do_not_change_a_frame(monkeypatch):
    alone = frames_of(n_frames=6)
    monkeypatch.setattr(_camera_engine, "_PIXELS_AT_ONCE", SHAPE[0] * SHAPE[1])
    monkeypatch.setattr(_camera_engine.os, "cpu_count", lambda: 3)
    monkeypatch.setattr(Kernel, "is_compiled", True)  # twins, too, may run beside each other
    np.testing.assert_array_equal(frames_of(n_frames=6), alone)
