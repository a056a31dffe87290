"""Loops and twins of the camera agree in every bit, and its tables are what they claim to be."""

import importlib.util
import math

import numpy as np
import pytest
from scipy import stats

from anionx_teach import _camera_tables
from anionx_teach._camera_engine import Exposures
from anionx_teach._camera_kernels import add_emitters, draw_background, draw_spots
from anionx_teach._camera_tables import Chain, camera_tables, part_tables
from anionx_teach._compile_kernels import SWITCH
from anionx_teach.camera import Camera

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed"
)

CAMERAS = [
    Camera(),
    Camera(em_gain=1.0, read_noise_electrons=4.0, electrons_per_count=0.7),
    Camera(read_noise_electrons=0.0, background_photons_per_s=0.0),
    Camera(register_well_electrons=20_000.0),
    Camera(em_gain=1.0, read_noise_electrons=0.0, electrons_per_count=1.0, full_well_electrons=9.0),
]
CHAINS = [
    Chain(24.04, True, 4.0, 100.0, 64_000.0),
    Chain(24.04, True, 0.3, 100.0, 64_000.0),
    Chain(0.5, True, 2.0, 100.0, math.inf),
    Chain(150.0, True, 25.0, 400.0, 64_000.0),
    Chain(1 / 12.48, False, 4.0, 100.0, 12_820.0),
    Chain(2.0, False, 1.0, 100.0, 60_000.0),
]


def exposures(camera, shape=(12, 15), n_frames=5):
    rng = np.random.default_rng(8)
    rates = rng.uniform(0, 1, (6, n_frames)) * [[1e2], [1e3], [1e4], [1e5], [1e6], [1e9]]
    positions = rng.uniform(-0.5, np.array(shape[::-1]) - 0.5, (6, 2))
    return Exposures(rates, positions, camera, shape, key=11)


def python_loops(monkeypatch):
    for kernel in (draw_background, add_emitters, draw_spots):
        monkeypatch.setattr(kernel, "twin", kernel.loop)


@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("places", [4_000_000, 0])
def test_the_twins_draw_what_the_loops_draw(camera, places, monkeypatch):
    monkeypatch.setattr(_camera_tables, "_MOST_PLACES", places)
    monkeypatch.setenv(SWITCH, "1")
    movie = exposures(camera)
    twin, of_twin = movie.simulate(0, 5)
    python_loops(monkeypatch)
    with np.errstate(over="ignore"):
        loop, of_loop = movie.simulate(0, 5)
    np.testing.assert_array_equal(loop, twin)
    assert of_loop == of_twin


@needs_numba
@pytest.mark.parametrize("camera", CAMERAS)
@pytest.mark.parametrize("places", [4_000_000, 0])
def test_the_compiled_loops_draw_what_the_twins_draw(camera, places, monkeypatch):
    monkeypatch.setattr(_camera_tables, "_MOST_PLACES", places)
    movie = exposures(camera, (60, 70), 12)
    monkeypatch.setenv(SWITCH, "1")
    twin, of_twin = movie.simulate(0, 12)
    monkeypatch.delenv(SWITCH)
    assert all(kernel.compile() for kernel in (draw_background, add_emitters, draw_spots))
    compiled, of_compiled = movie.simulate(0, 12)
    np.testing.assert_array_equal(compiled, twin)
    assert of_compiled == of_twin


def table_moments(draw, k):
    """Mean and variance of what table k gives, in its own steps, from the table as it is."""
    first, last = draw.guide[2048 * k], draw.guide[2048 * (k + 1)]
    probability = np.diff(draw.cumulative[first:last].astype(float), prepend=0.0) / 2.0**46
    value = np.arange(first, last) + draw.shift[k]
    mean = (probability * value).sum()
    return mean, (probability * (value - mean) ** 2).sum()


@pytest.mark.parametrize("chain", CHAINS)
def test_mean_and_variance_of_each_table_are_exact(chain):
    tables = camera_tables(chain, 3.0, 6.0)
    assert tables.rate[0] == 3.0
    assert tables.rate[-2] > 6.0
    for k, rate in enumerate(tables.rate):
        mean, variance = table_moments(tables.draw, k)
        expected = chain.slope * rate * chain.electron**2 + chain.read_noise**2 + 1 / 12
        assert mean == pytest.approx(chain.offset + rate * chain.electron, abs=2e-3)
        assert variance == pytest.approx(expected, rel=2e-4)


@pytest.mark.parametrize("chain", CHAINS)
def test_mixing_two_tables_hardly_adds_to_the_variance(chain):
    tables = camera_tables(chain, 0.0, 50.0)
    added = np.diff(tables.rate) ** 2 / 4
    variance = chain.slope * tables.rate[1:] + chain.intercept
    assert np.all(added < 3e-4 * variance)


@pytest.mark.parametrize("chain", CHAINS)
def test_mean_and_variance_of_each_part_are_exact(chain):
    parts = part_tables(chain)
    for k in range(parts.step.size - 1):
        rate = 2.0**k / 32
        mean, variance = table_moments(parts.draw, k)
        variance += parts.spread[k] / 12
        assert mean * parts.step[k] == pytest.approx(rate * chain.electron, rel=1e-9)
        expected = chain.slope * rate * chain.electron**2
        assert variance * parts.step[k] ** 2 == pytest.approx(expected, rel=1e-8)
    mean, variance = table_moments(parts.draw, parts.step.size - 1)
    assert mean == pytest.approx(0.0, abs=1e-9)
    assert (variance + 1 / 12) * parts.step[-1] ** 2 == pytest.approx(chain.read_noise**2, rel=1e-9)


def test_without_noise_the_tables_are_poisson_numbers():
    tables = camera_tables(Chain(1.0, False, 0.0, 100.0, 60_000.0), 4.0, 5.0)
    for k in (0, 10, tables.rate.size - 1):
        first, last = tables.draw.guide[2048 * k], tables.draw.guide[2048 * (k + 1)]
        value = np.arange(first, last) + tables.draw.shift[k] - 100
        np.testing.assert_allclose(
            tables.draw.cumulative[first:last].astype(float) / 2.0**46,
            stats.poisson.cdf(value, tables.rate[k]),
            atol=1e-13,
        )


def test_the_guide_begins_where_the_search_would_end_or_before():
    tables = camera_tables(CHAINS[0], 3.0, 6.0)
    k, u = 7, np.random.default_rng(1).integers(0, 2**46, 2000, dtype=np.uint64)
    first, last = tables.draw.guide[2048 * k], tables.draw.guide[2048 * (k + 1)]
    place = first + tables.draw.cumulative[first:last].searchsorted(u, side="right")
    guide = tables.draw.guide[2048 * k + (u >> np.uint64(35)).astype(int)]
    assert np.all(guide <= place)
    assert np.all(place < last)
    assert np.mean(place - guide) < 1.0


@pytest.mark.parametrize(
    ("chain", "highest"),
    [
        (Chain(24.0, True, 4.0, 100.0, 500.0), 6.0),  # the table would reach a full pixel
        (Chain(3e4, True, 4.0, 100.0, math.inf), 6.0),  # beyond 16 bits
    ],
)
def test_no_table_is_made_where_it_could_not_hold(chain, highest):
    assert not camera_tables(chain, 3.0, highest).rate.size
