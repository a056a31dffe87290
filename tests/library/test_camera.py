"""The camera: its noise against exact theory and NumPy's own draws, and each switch on both sides."""

import math

import numpy as np
import pytest
from scipy import stats

from anionx_teach import _camera_tables
from anionx_teach.camera import Camera, camera_parameters, place_emitters, record_movie

FLAT = {"background_unevenness": 0.0, "illumination_falloff": 0.0}
QUIET = {
    "read_noise_electrons": 0.0,
    "clock_induced_charge_electrons": 0.0,
    "dark_current_electrons_per_s": 0.0,
}
DARK = {**FLAT, **QUIET, "background_photons_per_s": 0.0}
NOWHERE = np.empty((0, 2))


def flat_field(camera, n_frames=40, shape=(128, 128), rng=1, **options):
    """Frames (F, Y, X) of the background alone."""
    rates = np.empty((0, n_frames))
    movie = record_movie(
        rates, NOWHERE, camera, shape=shape, frame_interval_s=1.0, rng=rng, **options
    )
    return np.asarray(movie.frames)


def one_emitter(camera, photons, position=(10.0, 9.0), n_frames=2000, shape=(19, 21), rng=2):
    """Frames of one emitter, and its mean number of photons a frame."""
    rates = np.full((1, n_frames), photons / camera.exposure_s)
    movie = record_movie(
        rates, [position], camera, shape=shape, frame_interval_s=1.0, lazy=False, rng=rng
    )
    return np.asarray(movie.frames)


def numpy_counts(camera, electrons, size, seed):
    """The same camera by NumPy's generators, as one would write it down."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(electrons, size)
    charge = n.astype(float)
    if camera.em_gain > 1:
        charge = np.where(n > 0, rng.gamma(np.maximum(n, 1), camera.em_gain), 0.0)
    charge = np.minimum(charge, camera.full_charge_electrons)
    charge += camera.read_noise_electrons * rng.standard_normal(size)
    counts = np.rint(camera.offset_counts + charge / camera.electrons_per_count)
    return np.clip(counts, 0, 65535).astype(np.uint16)


@pytest.fixture
def in_parts(monkeypatch):
    """No tables: every pixel is drawn as a bright one."""
    monkeypatch.setattr(_camera_tables, "_MOST_PLACES", 0)


CAMERAS = {
    "default": Camera(**FLAT),
    "dim": Camera(**FLAT, background_photons_per_s=2.0),
    "bright": Camera(**FLAT, background_photons_per_s=2000.0),
    "no read noise": Camera(**{**FLAT, **QUIET}),
    "no gain": Camera(**FLAT, em_gain=1, read_noise_electrons=3.0, electrons_per_count=0.5),
    "plain Poisson": Camera(**FLAT, **QUIET, em_gain=1, electrons_per_count=1),
    "coarse": Camera(**FLAT, em_gain=20, electrons_per_count=40),
    "hardly noisy": Camera(**FLAT, read_noise_electrons=1.0),
    "fine": Camera(**FLAT, electrons_per_count=2.0, offset_counts=200),
}


def electrons_of(camera):
    photons = camera.background_photons_per_s * camera.exposure_s
    return camera.quantum_efficiency * photons + camera.spurious_electrons


def require_the_distribution(camera, frames):
    """Mean, variance, skewness within their errors, and the whole distribution beside NumPy's."""
    x = frames.ravel().astype(float)
    n, electrons, a = x.size, electrons_of(camera), camera.counts_per_electron
    expected = numpy_counts(camera, electrons, 1_500_000, 7).astype(float)
    if camera.offset_counts > 6 * camera.read_noise_electrons / camera.electrons_per_count:
        photons = camera.background_photons_per_s * camera.exposure_s
        mean, variance = camera.mean_counts(photons), camera.variance_counts(photons)
        rounding = 0.0 if a == 1 and not camera.read_noise_electrons else 1 / 12
        third = (6 if camera.em_gain > 1 else 1) * electrons * a**3
        kurtosis = stats.kurtosis(expected)
        assert abs(x.mean() - mean) < 4.5 * math.sqrt(variance / n) + 2e-4 * a
        ratio = x.var() / (variance + rounding)
        assert abs(ratio - 1) < 4.5 * math.sqrt((kurtosis + 2) / n) + 5e-4
        skewness = third / (variance + rounding) ** 1.5
        spread = np.std([stats.skew(part) for part in np.array_split(expected, 40)])
        assert abs(stats.skew(x) - skewness) < 4.5 * spread * math.sqrt(1e5 / n) + 0.002 * skewness
    assert stats.ks_2samp(x, expected).pvalue > 1e-3
    for tail in (1e-4, 1 - 1e-4):  # the tails, which neither moments nor KS see well
        edge = np.quantile(expected, tail)
        ours, theirs = np.mean(x <= edge), np.mean(expected <= edge)
        error = math.sqrt(theirs * (1 - theirs) * (1 / n + 1 / expected.size))
        assert abs(ours - theirs) < 5 * error


@pytest.mark.parametrize("name", CAMERAS)
def test_counts_are_distributed_as_those_of_numpy(name):
    camera = CAMERAS[name]
    require_the_distribution(camera, flat_field(camera, 60))


@pytest.mark.parametrize("name", ["default", "bright", "no gain", "plain Poisson"])
@pytest.mark.usefixtures("in_parts")
def test_counts_drawn_in_parts_are_distributed_as_those_of_numpy(name):
    camera = CAMERAS[name]
    require_the_distribution(camera, flat_field(camera, 24))


def test_the_excess_noise_factor_squared_is_two():
    # Photon transfer: slope of variance over mean, against the slope without multiplication.
    slopes = {}
    for gain in (300.0, 1.0):
        levels = [200.0, 400.0, 800.0, 1600.0]
        settings = {**FLAT, **QUIET, "em_gain": gain, "electrons_per_count": gain}
        frames = [
            flat_field(Camera(**settings, background_photons_per_s=b), 20, rng=3) for b in levels
        ]
        means = [f.mean() for f in frames]
        slopes[gain] = np.polyfit(means, [f.var() for f in frames], 1)[0]
    assert slopes[1.0] == pytest.approx(1.0, abs=0.02)
    assert slopes[300.0] == pytest.approx(2.0, abs=0.04)


def test_a_mean_between_two_tables_is_met():
    # A background that rises smoothly: each pixel has a rate of its own, none is rounded to a table.
    camera = Camera(**QUIET, illumination_falloff=0.0, background_unevenness=0.9)
    mean = flat_field(camera, 400, (32, 32)).mean(axis=0)
    y, x = np.indices(mean.shape) / 31 - 0.5
    photons = camera.background_photons_per_s * camera.exposure_s * (1 + 0.9 * (x + y))
    z = (mean - camera.mean_counts(photons)) / np.sqrt(camera.variance_counts(photons) / 400)
    assert abs(z.mean()) < 4 / math.sqrt(z.size)
    assert z.std() == pytest.approx(1.0, abs=0.1)


# The spot


def test_the_light_of_a_spot_is_conserved():
    camera = Camera(**DARK)
    for photons in (20.0, 300.0):
        frames = one_emitter(camera, photons).astype(float) - camera.offset_counts
        light = frames.sum(axis=(1, 2)) / camera.counts_per_electron
        electrons = camera.quantum_efficiency * photons
        error = math.sqrt(2 * electrons / len(frames))
        assert abs(light.mean() - electrons) < 4.5 * error
        assert light.var() == pytest.approx(2 * electrons, rel=0.15)


@pytest.mark.parametrize("position", [(10.0, 9.0), (10.31, 8.77), (9.5, 9.5)])
def test_the_spot_lies_where_the_emitter_is_and_is_as_wide(position):
    camera = Camera(**DARK)
    image = one_emitter(camera, 2000.0, position, 400).mean(axis=0) - camera.offset_counts
    y, x = np.indices(image.shape)
    total = image.sum()
    centre = (image * x).sum() / total, (image * y).sum() / total
    assert centre == pytest.approx(position, abs=0.01)
    variance = (image * (x - centre[0]) ** 2).sum() / total
    # A pixel as wide as one adds 1/12, on average over positions.
    assert variance == pytest.approx(camera.psf_sigma_px**2 + 1 / 12, abs=0.03)


def test_a_pixel_takes_its_integral_of_the_gaussian():
    camera = Camera(**DARK)
    sigma = camera.psf_sigma_px
    image = one_emitter(camera, 2000.0, (10.3, 9.0), 2000).mean(axis=0) - camera.offset_counts

    def share(low, high):
        return stats.norm.cdf(high / sigma) - stats.norm.cdf(low / sigma)

    electrons = 2000.0 * camera.quantum_efficiency
    for x, low in ((10, -0.8), (11, 0.2)):
        expected = electrons * share(low, low + 1) * share(-0.5, 0.5) * camera.counts_per_electron
        assert image[9, x] == pytest.approx(expected, rel=0.01)


def test_light_beside_the_frame_is_lost():
    camera = Camera(**DARK)
    frames = one_emitter(camera, 300.0, (-0.5, 9.0)).astype(float) - camera.offset_counts
    electrons = frames.sum(axis=(1, 2)).mean() / camera.counts_per_electron
    assert electrons == pytest.approx(0.5 * 300 * camera.quantum_efficiency, rel=0.02)


def test_emitters_at_one_place_add_up():
    camera = Camera(**DARK)
    one = one_emitter(camera, 60.0).mean(axis=0)
    rates = np.full((3, 2000), 20.0 / camera.exposure_s)
    movie = record_movie(
        rates, [(10.0, 9.0)] * 3, camera, shape=(19, 21), frame_interval_s=1.0, rng=2
    )
    np.testing.assert_allclose(movie.mean_image(), one, atol=0.5)


def test_a_rate_that_changes_is_followed_frame_by_frame():
    camera = Camera(**DARK)
    rates = np.zeros((1, 400))
    rates[0, 200:] = 4000.0
    movie = record_movie(rates, [(5, 5)], camera, shape=(11, 11), frame_interval_s=0.05, rng=1)
    light = np.asarray(movie.frames).astype(float).sum(axis=(1, 2)) - 121 * camera.offset_counts
    assert np.all(light[:200] == 0)
    assert light[200:].min() > 50 * camera.counts_per_electron
    assert movie.time_s[[0, 1]] == pytest.approx([0.025, 0.075])


# The switches: each on and off


def test_point_spread_off_puts_all_light_into_one_pixel():
    image = one_emitter(Camera(**DARK, psf_sigma_nm=0), 300.0, (10.4, 8.6)).mean(axis=0)
    assert np.argwhere(image > 100.0).tolist() == [[9, 10]]


def test_uneven_illumination_dims_emitters_in_the_corners_and_nothing_else():
    for falloff, corner in ((0.0, 1.0), (0.4, 0.6)):
        camera = Camera(**{**DARK, "illumination_falloff": falloff})
        middle = one_emitter(camera, 200.0, (10, 9), shape=(19, 21)).astype(float) - 100
        edge = one_emitter(camera, 200.0, (19, 17), shape=(19, 21)).astype(float) - 100
        squared = (9**2 + 8**2) / (10**2 + 9**2)
        assert edge.sum() / middle.sum() == pytest.approx(corner**squared, abs=0.03)
    lit = Camera(**{**FLAT, "illumination_falloff": 0.4})
    np.testing.assert_array_equal(flat_field(lit, 2), flat_field(Camera(**FLAT), 2))


def test_background_and_its_unevenness_can_be_switched_off():
    assert np.all(flat_field(Camera(**DARK), 2) == 100)
    uneven = flat_field(Camera(**QUIET), 200, (32, 32)).mean(axis=0) - 100
    even = flat_field(Camera(**FLAT, **QUIET), 200, (32, 32)).mean(axis=0) - 100
    assert uneven[:4, :4].mean() / uneven[-4:, -4:].mean() == pytest.approx(0.73 / 1.27, abs=0.03)
    assert even[:4, :4].mean() / even[-4:, -4:].mean() == pytest.approx(1, abs=0.05)
    assert uneven.mean() == pytest.approx(even.mean(), rel=0.01)


@pytest.mark.parametrize(
    ("name", "value", "electrons"),
    [
        ("clock_induced_charge_electrons", 0.01, 0.01),
        ("dark_current_electrons_per_s", 1.0, 0.05),
        ("background_photons_per_s", 4.0, 4.0 * 0.05 * 0.92),
    ],
)
def test_spurious_electrons_and_background_are_electrons_like_any_other(name, value, electrons):
    frames = flat_field(Camera(**{**DARK, name: value}), 100) - 100.0
    camera = Camera(**DARK)
    error = math.sqrt(2 * electrons / frames.size)
    assert abs(frames.mean() / camera.counts_per_electron - electrons) < 4.5 * error


def test_read_noise_is_added_after_multiplication():
    frames = flat_field(Camera(**{**DARK, "read_noise_electrons": 50.0}), 20)
    assert frames.std() == pytest.approx(math.sqrt((50 / 12.48) ** 2 + 1 / 12), rel=0.01)
    assert frames.mean() == pytest.approx(100.0, abs=0.05)


def test_the_settings_reach_the_counts():
    camera = Camera(**DARK, quantum_efficiency=0.46, exposure_s=0.1, electrons_per_count=24.96)
    frames = one_emitter(camera, 300.0).astype(float) - 100
    light = frames.sum(axis=(1, 2)).mean()
    assert light == pytest.approx(300 * 0.46 * 300 / 24.96, rel=0.01)
    assert np.all(flat_field(Camera(**DARK, offset_counts=470), 1) == 470)


def test_mean_and_variance_are_those_of_the_movie():
    camera = Camera(**FLAT, background_photons_per_s=400)
    frames = flat_field(camera, 40)
    assert frames.mean() == pytest.approx(camera.mean_counts(20.0), rel=0.002)
    assert frames.var() == pytest.approx(camera.variance_counts(20.0), rel=0.02)


def test_the_defaults_are_carried_with_their_sources():
    table = camera_parameters().set_index("name")
    camera = Camera()
    for name, row in table.iterrows():
        assert getattr(camera, name) == row["value"]
    assert table.loc["read_noise_electrons", "evidence"].startswith("literature")
    assert table.loc["clock_induced_charge_electrons", "evidence"] == "literature, to be verified"
    assert table.loc["illumination_falloff", "evidence"] == "assumed for teaching"


def test_a_movie_carries_truth_and_camera():
    camera = Camera()
    truth = place_emitters(3, shape=(40, 40), rng=1).assign(edge_length_nm=5.1)
    options = {"shape": (40, 40), "frame_interval_s": 0.1, "rng": 1}
    positions = truth[["x_px", "y_px"]]
    movie = record_movie(np.ones((3, 2)), positions, camera, truth=truth, **options)
    assert movie.camera is camera
    assert movie.truth is truth
    assert (movie.exposure_s, movie.frame_interval_s, movie.pixel_size_nm) == (0.05, 0.1, 160.0)
    without = record_movie(np.ones((3, 2)), positions, camera, **options).truth
    assert without.columns.to_list() == truth.columns.to_list()[:5]
    np.testing.assert_array_equal(without[["x_px", "y_px"]], positions)
    np.testing.assert_array_equal(without["n_in_spot"], 1)
