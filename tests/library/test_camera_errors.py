"""What the camera refuses, by its message; saturation; and movies that are made on demand."""

import math
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

from anionx_teach import _camera_engine
from anionx_teach import camera as camera_module
from anionx_teach._compile_kernels import SWITCH
from anionx_teach.camera import Camera, record_movie

RATES = np.full((2, 3), 1000.0)
POSITIONS = [(3.0, 4.0), (6.0, 2.0)]


def record(rates=RATES, positions=POSITIONS, camera=None, **changes):
    options = {"shape": (9, 10), "frame_interval_s": 0.05, "rng": 1} | changes
    return record_movie(rates, positions, camera or Camera(), **options)


def changed(value):
    rates = RATES.copy()
    rates[1, 2] = value
    return rates


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"rates": changed(-3.0)}, ValueError, r"photon_rate_per_s must be >= 0, got -3.0"),
        ({"rates": changed(math.nan)}, ValueError, r"photon_rate_per_s must be >= 0, got nan"),
        ({"rates": changed(math.inf)}, ValueError, r"photon_rate_per_s .*finite.*, got inf"),
        ({"rates": changed(1e16)}, ValueError, r"photon_rate_per_s must be between 0 and 1e\+15"),
        ({"rates": "bright"}, TypeError, r"photon_rate_per_s must be a number or an array"),
        ({"rates": RATES[0]}, ValueError, r"photon_rate_per_s must have the shape \(N, F\) with N"),
        ({"rates": RATES[:1]}, ValueError, r"N = 2 emitters and at least one frame, got \(1, 3\)"),
        ({"rates": RATES[:, :0]}, ValueError, r"at least one frame, got \(2, 0\)"),
        ({"positions": [(3, 4), (9.6, 2)]}, ValueError, r"-0.5 <= x <= 9.5 .* got x = 9.6, y = 2"),
        ({"positions": [(3, 8.51), (9, 2)]}, ValueError, r"-0.5 <= y <= 8.5 px, got x = 3, y = 8"),
        ({"positions": [(3, -1), (9, 2)]}, ValueError, r"positions_px must lie in the frame"),
        ({"positions": [3.0, 4.0]}, ValueError, r"positions_px must have the shape \(N, 2\)"),
        (
            {"positions": [(math.nan, 1)] * 2},
            ValueError,
            r"positions_px must be finite px, got nan",
        ),
        ({"shape": (9,)}, ValueError, r"shape must be two whole numbers \(rows, columns\)"),
        ({"shape": (9, 0)}, ValueError, r"shape\[1\] must be >= 1, got 0"),
        ({"shape": (9.0, 3)}, TypeError, r"shape\[0\] must be a whole number"),
        (
            {"frame_interval_s": 0.04},
            ValueError,
            r"frame_interval_s must be >= exposure_s \(0.05 s",
        ),
        ({"frame_interval_s": 0}, ValueError, r"frame_interval_s must be > 0 s, got 0.0"),
        ({"frame_interval_s": math.inf}, ValueError, r"frame_interval_s must be finite and > 0"),
        ({"camera": 3}, TypeError, r"camera must be a Camera, got int"),
        (
            {"truth": pd.DataFrame({"emitter": [0]})},
            ValueError,
            r"truth must have one row for each",
        ),
        ({"truth": [1, 2]}, TypeError, r"truth must be a pandas.DataFrame, got list"),
        ({"lazy": "yes"}, TypeError, r"lazy must be True, False or None, got 'yes'"),
        ({"rng": -1}, ValueError, r"rng must be >= 0"),
    ],
)
def test_a_movie_that_cannot_be_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        record(**arguments)


@pytest.mark.parametrize(
    ("setting", "error", "message"),
    [
        ({"em_gain": 0}, ValueError, r"em_gain must be > 0, got 0.0"),
        ({"em_gain": -5}, ValueError, r"em_gain must be > 0, got -5.0"),
        ({"em_gain": 0.5}, ValueError, r"em_gain must be between 1 and 100000, got 0.5"),
        ({"em_gain": math.nan}, ValueError, r"em_gain must be > 0, got nan"),
        ({"em_gain": None}, TypeError, r"em_gain must be a number"),
        ({"em_gain": [3, 4]}, ValueError, r"em_gain must be a single number"),
        ({"pixel_size_nm": 0}, ValueError, r"pixel_size_nm must be > 0 nm, got 0.0"),
        ({"exposure_s": -1}, ValueError, r"exposure_s must be > 0 s, got -1.0"),
        ({"psf_sigma_nm": -1}, ValueError, r"psf_sigma_nm must be >= 0 nm, got -1.0"),
        ({"psf_sigma_nm": 9000}, ValueError, r"at most 50 pixels of 160 nm, got 9000 nm"),
        ({"quantum_efficiency": 1.1}, ValueError, r"quantum_efficiency must be between 0 and 1"),
        ({"quantum_efficiency": 0}, ValueError, r"quantum_efficiency must be > 0"),
        ({"read_noise_electrons": -1}, ValueError, r"read_noise_electrons must be >= 0"),
        ({"electrons_per_count": 0}, ValueError, r"electrons_per_count must be > 0"),
        ({"offset_counts": 70_000}, ValueError, r"offset_counts must be between 0 and 60000"),
        ({"full_well_electrons": 0}, ValueError, r"full_well_electrons must be > 0"),
        ({"register_well_electrons": math.nan}, ValueError, r"register_well_electrons must be"),
        ({"background_photons_per_s": math.inf}, ValueError, r"background_photons_per_s must be"),
        ({"background_unevenness": 1.5}, ValueError, r"background_unevenness must be between 0"),
        ({"illumination_falloff": 1}, ValueError, r"illumination_falloff must be between 0 and"),
    ],
)
def test_a_camera_that_cannot_be_is_refused(setting, error, message):
    with pytest.raises(error, match=message):
        Camera(**setting)


def test_a_low_gain_is_doubtful():
    with pytest.warns(UserWarning, match="em_gain = 4 is low"):
        Camera(em_gain=4)


@pytest.mark.parametrize("method", ["mean_counts", "variance_counts"])
def test_photons_are_not_negative(method):
    with pytest.raises(ValueError, match=r"photons must be >= 0, got -1.0"):
        getattr(Camera(), method)(-1)


def test_nothing_to_see_is_a_movie_too():
    movie = record(np.empty((0, 3)), [])
    assert movie.frames.shape == (3, 9, 10)
    assert len(movie.truth) == 0
    one_pixel = record(np.full((1, 2), 10.0), [(0, 0)], shape=(1, 1))
    assert one_pixel.frames.shape == (2, 1, 1)


# Saturation

BRIGHT = Camera(background_photons_per_s=0.0, clock_induced_charge_electrons=0.0)


@pytest.mark.parametrize(
    ("camera", "photons", "full"),
    [
        (BRIGHT, 1e5, 100 + 800_000 / 12.48),  # the register
        (Camera(em_gain=1.0, electrons_per_count=4.0), 1e6, 100 + 160_000 / 4.0),  # the pixel
        (Camera(electrons_per_count=1.0), 1e5, 65_535),  # the converter
        (Camera(full_well_electrons=math.inf, register_well_electrons=math.inf), 1e6, 65_535),
    ],
)
def test_a_full_pixel_gives_what_is_full_and_a_warning_with_the_share(camera, photons, full):
    rates = np.full((1, 20), photons / camera.exposure_s)
    with pytest.warns(UserWarning, match=r"^\d\S* % of the pixels are saturated \(\d+ of 1800\)"):
        movie = record(rates, [(4, 4)], camera)
    middle = movie.frames[:, 4, 4]
    assert abs(middle.mean() - full) < 20
    assert middle.max() <= 65_535


def test_the_share_of_saturated_pixels_is_counted():
    camera = Camera(psf_sigma_nm=0.0, background_photons_per_s=0.0)
    rates = np.zeros((1, 10))
    rates[0, :3] = 1e9
    with pytest.warns(UserWarning, match=r"0.33 % .*\(3 of 900\)"):
        record(rates, [(4, 4)], camera)


@pytest.mark.filterwarnings("error")
def test_without_saturation_there_is_no_warning():
    record(np.full((1, 20), 100 / 0.05), [(4, 4)], BRIGHT)


def test_a_lazy_movie_warns_once_and_when_it_is_looked_at():
    rates = np.zeros((1, 30))
    rates[0, 10:] = 1e8
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        movie = record(rates, [(4, 4)], lazy=True)
        movie.frames[:10]
    with pytest.warns(UserWarning, match="of the pixels are saturated"):
        movie.frames[12]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        movie.frames[10:]


# Lazy, eager, in parts, in threads: one movie


def many(**options):
    rng = np.random.default_rng(3)
    rates = rng.uniform(0, 1e4, (12, 40))
    positions = rng.uniform(0, 30, (12, 2))
    return record(rates, positions, shape=(32, 40), **options)


def test_a_movie_does_not_depend_on_how_it_is_looked_at(monkeypatch):
    eager, lazy = many(lazy=False), many(lazy=True)
    assert isinstance(eager.frames, np.ndarray)
    assert not isinstance(lazy.frames, np.ndarray)
    expected = np.asarray(eager.frames)
    np.testing.assert_array_equal(np.asarray(lazy.frames), expected)
    np.testing.assert_array_equal(lazy.frames[17], expected[17])
    np.testing.assert_array_equal(lazy.frames[31:5:-7], expected[31:5:-7])
    for first, block in lazy.blocks(most_bytes=7 * 32 * 40 * 2):
        np.testing.assert_array_equal(block, expected[first : first + 7])
    np.testing.assert_array_equal(lazy.mean_image(3, 20), eager.mean_image(3, 20))
    monkeypatch.setattr(_camera_engine, "_PIXELS_AT_ONCE", 3 * 32 * 40)  # chunks, and threads
    np.testing.assert_array_equal(many(lazy=False).frames, expected)
    monkeypatch.setenv(SWITCH, "1")
    np.testing.assert_array_equal(many(lazy=False).frames, expected)


def test_a_longer_movie_begins_with_the_same_frames():
    rates = np.full((2, 9), 1000.0)
    np.testing.assert_array_equal(record(rates).frames[:3], record(rates[:, :3]).frames)


def test_a_large_movie_becomes_lazy_by_itself(monkeypatch):
    assert isinstance(record().frames, np.ndarray)
    monkeypatch.setattr(camera_module, "MOST_BYTES_IN_MEMORY", 500)
    assert not isinstance(record().frames, np.ndarray)
    assert isinstance(record(lazy=False).frames, np.ndarray)


def test_a_lazy_movie_can_be_sent_to_another_process():
    movie = many(lazy=True)
    again = pickle.loads(pickle.dumps(movie))
    np.testing.assert_array_equal(again.frames[5:8], movie.frames[5:8])


def test_the_rates_can_be_changed_afterwards_without_changing_the_movie():
    rates = RATES.copy()
    movie = record(rates, lazy=True)
    before = movie.frames[1]
    rates[:] = 1e6
    np.testing.assert_array_equal(movie.frames[1], before)


@pytest.mark.parametrize("rng", [5, np.random.SeedSequence(5)])
def test_the_same_seed_gives_the_same_movie(rng):
    np.testing.assert_array_equal(record(rng=rng).frames, record(rng=5).frames)
    assert not np.array_equal(record(rng=6).frames, record(rng=5).frames)
    from_generator = record(rng=np.random.default_rng(5)).frames
    np.testing.assert_array_equal(from_generator, record(rng=np.random.default_rng(5)).frames)
