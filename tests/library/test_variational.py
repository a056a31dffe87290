"""The exciton in a cube: exact limits, an independent Monte Carlo and a brute-force search."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from anionx_teach._variational import (
    binding_in_cube,
    cube_coulomb_constant,
    pair_distance_density,
)
from anionx_teach.materials import parameter


@pytest.fixture(scope="module")
def pairs():
    """Distances of half a million independent pairs in the ground state of a unit cube."""
    rng = np.random.default_rng(20240607)
    # sin^2 by rejection, per axis and carrier.
    trial = rng.random((2, 6_000_000))
    kept = trial[0][trial[1] < np.sin(np.pi * trial[0]) ** 2]
    points = kept[: kept.size // 6 * 6].reshape(-1, 2, 3)
    return np.linalg.norm(points[:, 0] - points[:, 1], axis=1)


def test_mean_inverse_distance_against_the_carried_constant_and_monte_carlo(pairs):
    carried = parameter("sizing-023")
    assert carried.value == pytest.approx(3.0469)
    assert abs(cube_coulomb_constant() - carried.value) < float(carried.uncertainty)
    sample = 1 / pairs
    error = sample.std() / np.sqrt(sample.size)
    assert error < 0.004
    assert abs(sample.mean() - cube_coulomb_constant()) < 4 * error


def test_the_density_of_distances_is_normalised_and_has_the_exact_mean_square():
    distance, weight = pair_distance_density()
    assert weight.sum() == pytest.approx(1, abs=1e-9)
    variance_of_one_coordinate = 1 / 12 - 1 / (2 * np.pi**2)
    assert (weight * distance**2).sum() == pytest.approx(6 * variance_of_one_coordinate, rel=1e-9)
    assert np.all(weight > -1e-15)
    assert distance.max() < np.sqrt(3)


@pytest.fixture(scope="module")
def cartesian():
    """Distance and weight on a Cartesian grid of separations, denser near none; plain sums."""
    n = 90
    u = (np.arange(n) + 0.5) / n
    x, step = u**3, 3 * u**2 / n
    position = np.linspace(0, 1, 4001)
    table = 2 * np.sin(np.pi * position) ** 2
    overlap = [
        np.trapezoid(table * np.interp(position + d, position, table, right=0), position) for d in x
    ]
    one_axis = 2 * np.array(overlap) * step  # separations of both signs
    weight = one_axis[:, None, None] * one_axis[:, None] * one_axis
    distance = np.sqrt(x[:, None, None] ** 2 + x[:, None] ** 2 + x**2)
    return distance.ravel(), weight.ravel()


@pytest.mark.parametrize("size", [0.2, 1.0, 1.66, 4.27, 8.0])
def test_binding_against_brute_force_on_a_cartesian_grid(cartesian, size):
    distance, weight = cartesian
    assert weight.sum() == pytest.approx(1, abs=1e-3)

    def energy(decay):
        correlated = weight * np.exp(-2 * decay * distance)
        return decay**2 - 2 * size * np.sum(correlated / distance) / np.sum(correlated)

    least = minimize_scalar(energy, bounds=(0, 20), method="bounded", options={"xatol": 1e-3}).fun
    assert binding_in_cube(np.asarray(size)) == pytest.approx(least, rel=0.002)


@pytest.mark.parametrize("size", [1e-3, 0.3, 1.66, 4.3, 30.0, 300.0])
def test_binding_against_a_search_over_the_same_density(size):
    distance, weight = pair_distance_density()

    def energy(decay):
        correlated = weight * np.exp(-2 * decay * distance)
        return decay**2 - 2 * size * np.sum(correlated / distance) / np.sum(correlated)

    least = minimize_scalar(energy, bounds=(0, 2 * size + 5), method="bounded").fun
    assert binding_in_cube(np.asarray(size)) == pytest.approx(least, rel=2e-6)


def test_limits_of_small_and_large_cubes():
    assert binding_in_cube(np.asarray(1e-6)) == pytest.approx(-2e-6 * cube_coulomb_constant())
    assert binding_in_cube(np.asarray(1e6)) == pytest.approx(-1e12)
    # Curvature of the box functions: P(x) = 3/2 (1 - 2 pi^2 x^2 / 3) gives -x^2 - 2 pi^2.
    assert binding_in_cube(np.asarray(200.0)) + 200.0**2 == pytest.approx(-2 * np.pi**2, rel=2e-3)


def test_the_function_falls_steadily_between_its_table_points():
    sizes = np.geomspace(1e-4, 1e4, 20_001)
    assert np.all(np.diff(binding_in_cube(sizes)) < 0)
