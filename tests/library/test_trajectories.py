"""Trajectories: the light of each spot, and its noise."""

import numpy as np
import pandas as pd
import pytest

from anionx_teach._movie import Movie
from anionx_teach.camera import Camera, record_movie
from anionx_teach.trajectories import extract_trajectories

SHAPE = (96, 112)
INTERVAL_S = 0.05
PLAIN = {"em_gain": 1.0, "electrons_per_count": 1.0, "read_noise_electrons": 2.0}


def grid(n_x=5, n_y=4, seed=1):
    """Spots far from each other, each somewhere else on its pixel."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(20.0 * np.arange(n_x) + 14, 20.0 * np.arange(n_y) + 14)
    return np.stack([x.ravel(), y.ravel()], axis=1) + rng.uniform(-0.5, 0.5, (n_x * n_y, 2))


def table(places):
    return pd.DataFrame({"x_px": places[:, 0], "y_px": places[:, 1]})


def movie_of(electrons, places, *, seed=1, shape=SHAPE, lazy=False, forget=False, **settings):
    """Record crystals of which so many photo-electrons (N, F) are detected in each frame."""
    camera = Camera(**{"illumination_falloff": 0.0, **settings})
    rate = electrons / (camera.quantum_efficiency * camera.exposure_s)
    movie = record_movie(
        rate, places, camera, shape=shape, frame_interval_s=INTERVAL_S, lazy=lazy, rng=seed
    )
    if forget:
        return Movie(movie.frames, camera.exposure_s, INTERVAL_S, camera.pixel_size_nm)
    return movie


def stepped(n_spots, n_frames, low=20.0, high=600.0):
    """Dark in the first half, then each spot with another brightness."""
    electrons = np.zeros((n_spots, n_frames))
    electrons[:, n_frames // 2 :] = np.geomspace(low, high, n_spots)[:, None]
    return electrons


@pytest.fixture(scope="module")
def standard():
    """The default camera, 20 spots, dark and then 20 to 600 photo-electrons a frame."""
    places = grid()
    electrons = stepped(len(places), 1200)
    movie = movie_of(electrons, places)
    return places, electrons, movie


def pulls(light, electrons, part):
    """Mean and width of the residuals in standard errors, for each spot."""
    scaled = ((light.intensity - electrons) / light.intensity_se)[:, part]
    return scaled.mean(axis=1) * np.sqrt(scaled.shape[1]), scaled.std(axis=1)


@pytest.mark.parametrize("known", [True, False])
def test_light_is_unbiased_and_its_noise_is_known(standard, known):
    places, electrons, movie = standard
    scale = 1.0
    if not known:
        camera = movie.camera
        movie = Movie(movie.frames, 0.05, INTERVAL_S, 160.0)
        scale = camera.electrons_per_count / camera.em_gain
    # Found positions have an error.
    spots = table(places + np.random.default_rng(2).normal(0.0, 0.1, places.shape))
    light = extract_trajectories(movie, spots)
    assert light.unit == ("photo-electrons" if known else "counts")
    assert light.psf_sigma_px == pytest.approx(87 / 160, abs=0.01)
    half = electrons.shape[1] // 2
    dark, bright = slice(0, half - 2), slice(half + 2, None)
    shift, width = pulls(light, electrons / scale, dark)
    assert np.abs(shift).max() < 4.0
    assert width.mean() == pytest.approx(1.0, abs=0.03)
    share = light.intensity[:, bright].mean(axis=1) * scale / electrons[:, -1]
    error = light.intensity_se[:, bright].mean(axis=1) * scale / electrons[:, -1] / np.sqrt(half)
    assert np.all(np.abs(share - 1) < 4 * error + 0.02)
    assert share.mean() == pytest.approx(1.0, abs=0.01)
    spread = light.intensity[:, bright].std(axis=1) / light.intensity_se[:, bright].mean(axis=1)
    assert spread.mean() == pytest.approx(1.0, abs=0.05)


def test_background_is_measured_in_the_unit(standard):
    places, _, movie = standard
    light = extract_trajectories(movie, table(places))
    # 100 photons a pixel and second in the middle, 50 ms, quantum efficiency 0.92.
    assert light.background.mean() == pytest.approx(4.6, rel=0.05)
    slope = np.polyfit(places.sum(axis=1), light.background.mean(axis=1), 1)[0]
    assert slope > 0.005  # brighter in one corner than in the other


def test_a_camera_without_multiplication():
    places = grid()
    electrons = stepped(len(places), 600)
    for forget in (False, True):
        movie = movie_of(electrons, places, forget=forget, **PLAIN)
        light = extract_trajectories(movie, table(places))
        shift, width = pulls(light, electrons, slice(302, None))
        assert width.mean() == pytest.approx(1.0, abs=0.04)
        shift, width = pulls(light, electrons, slice(0, 298))
        assert np.abs(shift).max() < 4.0
        assert width.mean() == pytest.approx(1.0, abs=0.04)


def boxed(movie, places, half=2):
    """The sum over a box of 5 x 5 less the mean of the frame of pixels around it."""
    found = []
    for x, y in np.rint(places).astype(int):
        area = movie.frames[:, y - 4 : y + 5, x - 4 : x + 5].astype(float)
        box = area[:, 4 - half : 5 + half, 4 - half : 5 + half]
        n_box = box[0].size
        level = (area.sum(axis=(1, 2)) - box.sum(axis=(1, 2))) / (81 - n_box)
        found.append(box.sum(axis=(1, 2)) - n_box * level)
    return np.array(found)


def test_less_noise_than_a_box(standard):
    places, _, movie = standard
    scale = movie.camera.electrons_per_count / movie.camera.em_gain
    dark = extract_trajectories(movie, table(places)).intensity[:, :600].std(axis=1)
    box = boxed(movie, places)[:, :600].std(axis=1) * scale
    assert np.median(dark / box) < 0.6


def test_noise_is_near_the_best_that_known_weights_reach(standard):
    from scipy.stats import norm

    places, electrons, movie = standard
    light = extract_trajectories(movie, table(places))
    step = np.arange(-6, 7)
    for spot in (0, 10, 19):
        at = places[spot] - np.rint(places[spot])
        across, down = (
            norm.cdf(step + 0.5, a, 87 / 160) - norm.cdf(step - 0.5, a, 87 / 160) for a in at
        )
        shape = down[:, None] * across
        flat = light.background[spot].mean() * 2 + 0.028
        for part, amplitude in ((slice(0, 598), 0.0), (slice(602, None), electrons[spot, -1])):
            bound = (
                1 / (shape**2 / (flat + 2 * amplitude * shape)).sum()
            )  # Cramer-Rao, background known
            assert light.intensity[spot, part].var() < 1.25 * bound


def test_the_frame_has_no_say_in_its_own_weights():
    # Weights that followed the noise of their own frame would bring a bias.
    places = grid(5, 4)
    electrons = np.full((20, 3000), 8.0)  # 1 standard deviation: hardly seen
    movie = movie_of(electrons, places)
    light = extract_trajectories(movie, table(places), psf_sigma_px=87 / 160)
    mean = light.intensity.mean()
    error = light.intensity.std() / np.sqrt(light.intensity.size)
    assert abs(mean - 8.0) < 4 * error + 0.1


def test_neighbours_are_told_apart():
    pair = np.array([[30.3, 40.0], [32.2, 40.4], [70.0, 50.0]])
    electrons = np.zeros((3, 600))
    electrons[0, 100:] = 300.0
    electrons[1, 300:] = 200.0
    electrons[2] = 300.0  # tells the width
    light = extract_trajectories(movie_of(electrons, pair), table(pair))
    assert light.neighbour_px[:2] == pytest.approx(np.hypot(1.9, 0.4) * np.ones(2))
    for part in (slice(0, 99), slice(101, 299), slice(301, None)):
        expected = electrons[:, part].mean(axis=1)
        assert light.intensity[:, part].mean(axis=1) == pytest.approx(expected, rel=0.03, abs=3.0)
    spread = light.intensity[:, 301:].std(axis=1) / light.intensity_se[:, 301:].mean(axis=1)
    assert spread == pytest.approx(np.ones(3), abs=0.12)


def test_a_bright_neighbour_that_is_not_in_the_table():
    places = np.array([[30.0, 40.0], [34.2, 41.0], [70.0, 50.0]])
    electrons = np.full((3, 600), 150.0)
    electrons[1, ::2] = 0.0
    electrons[1, 1::2] = 1000.0  # twinkles in the ring of the first
    light = extract_trajectories(movie_of(electrons, places), table(places[[0, 2]]))
    first = light.intensity[0]
    assert first.mean() == pytest.approx(150.0, rel=0.05)
    assert first[::2].mean() == pytest.approx(first[1::2].mean(), rel=0.05)


def test_two_spots_in_one_place_get_the_light_of_both():
    places = np.array([[30.0, 40.0], [70.0, 50.0]])
    movie = movie_of(np.full((2, 100), 300.0), places)
    twice = np.array([[30.0, 40.0], [30.1, 40.0], [70.0, 50.0], [33.0, 41.0]])
    with pytest.warns(UserWarning, match=r"2 spots lie closer than 0.5. px to another one"):
        light = extract_trajectories(movie, table(twice))
    assert light.intensity[:2].mean(axis=1) == pytest.approx([300.0, 300.0], rel=0.05)


def test_a_spot_at_the_border():
    places = np.array([[0.2, 0.1], [111.0, 60.3], [50.0, 95.4], [50.0, 50.0]])
    electrons = stepped(4, 800, 200.0, 400.0)
    light = extract_trajectories(movie_of(electrons, places), table(places))
    # Light that falls beside the frame is missing in the pixels, not in the estimate.
    bright = light.intensity[:, 402:].mean(axis=1)
    assert bright == pytest.approx(electrons[:, -1], rel=0.08)


def test_lazy_frames_and_blocks_of_any_size_give_the_same(standard, monkeypatch):
    places, electrons, movie = standard
    spots = table(places)
    expected = extract_trajectories(movie, spots)
    lazy = extract_trajectories(movie_of(electrons, places, lazy=True), spots)
    blocks = Movie.blocks
    monkeypatch.setattr(Movie, "blocks", lambda self: blocks(self, most_bytes=700_000))
    small = extract_trajectories(movie, spots)
    for other in (lazy, small):
        np.testing.assert_array_equal(other.intensity, expected.intensity)
        np.testing.assert_array_equal(other.intensity_se, expected.intensity_se)


def test_the_order_of_the_spots_is_kept(standard):
    places, _, movie = standard
    there = extract_trajectories(movie, table(places))
    back = extract_trajectories(movie, table(places[::-1]))
    np.testing.assert_allclose(back.intensity[::-1], there.intensity, atol=1e-3)
    np.testing.assert_array_equal(back.x_px, places[::-1, 0])


@pytest.mark.parametrize("sigma_nm", [60.0, 130.0, 240.0])
def test_other_widths_are_estimated(sigma_nm):
    places = grid(4, 3)
    electrons = stepped(12, 400, 300.0, 2000.0)
    movie = movie_of(electrons, places, psf_sigma_nm=sigma_nm)
    light = extract_trajectories(movie, table(places))
    assert light.psf_sigma_px == pytest.approx(sigma_nm / 160, rel=0.03)
    share = light.intensity[:, 202:].mean(axis=1) / electrons[:, -1]
    assert share == pytest.approx(np.ones(12), abs=0.04)


def test_a_given_width_is_kept(standard):
    places, _, movie = standard
    assert extract_trajectories(movie, table(places), psf_sigma_px=0.7).psf_sigma_px == 0.7


def test_without_a_clear_spot_the_width_is_that_of_the_optics():
    places = grid(2, 2)
    movie = movie_of(np.zeros((4, 60)), places)
    with pytest.warns(UserWarning, match="no spot is clear enough .* 0.544 px is used"):
        light = extract_trajectories(movie, table(places))
    assert light.intensity.mean() == pytest.approx(0.0, abs=2.0)


def test_saturated_pixels_are_told():
    frames = np.random.default_rng(1).poisson(500.0, (20, 32, 32)).astype(np.uint16)
    frames[5, 10, 12:14] = 65535
    movie = Movie(frames, 0.05, 0.05, 160.0)
    spots = pd.DataFrame({"x_px": [12.0], "y_px": [10.0]})
    with pytest.warns(UserWarning, match=r"0.00977 % of the pixels are saturated \(2 of 20480\)"):
        extract_trajectories(movie, spots, psf_sigma_px=0.6)


def test_progress_is_reported(standard):
    places, _, movie = standard
    calls = []
    extract_trajectories(movie, table(places), progress=lambda *done: calls.append(done))
    assert calls[-1] == (1200, 1200)
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
