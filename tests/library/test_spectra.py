"""The fast engine of spectra against the slow, obvious sum over crystals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from anionx_teach import _spectra
from anionx_teach._spectra import batch_edges, batch_spectra
from anionx_teach._units import natural_units
from anionx_teach.confinement import emission_wavelength_nm, stokes_shift_ev

PHOTON = natural_units().photon_ev_nm
WAVELENGTH_NM = np.linspace(450, 750, 301)


def crystals(seed, n_times=3, n=200):
    """Edges (N,), weights (N,) and fractions (T, N)."""
    rng = np.random.default_rng(seed)
    return rng.uniform(3, 20, n), rng.uniform(0, 1000, n), rng.uniform(0, 1, (n_times, n))


def energies_ev(edges_nm, fraction, **options):
    return PHOTON / np.asarray(emission_wavelength_nm(edges_nm, fraction, **options))


def slow_spectra(edges_nm, weight, fraction, wavelength_nm, fwhm_mev, **options):
    """One Gaussian a crystal, added up."""
    centre_ev = energies_ev(edges_nm, fraction, **options)[..., None]
    sigma_ev = fwhm_mev / 1000 / np.sqrt(8 * np.log(2))
    distance = (PHOTON / wavelength_nm - centre_ev) / sigma_ev
    lines = np.exp(-(distance**2) / 2) / np.sqrt(2 * np.pi) / sigma_ev
    weights = np.broadcast_to(weight, fraction.shape)[..., None]
    return (weights * lines).sum(axis=1) * PHOTON / wavelength_nm**2


def slow_edges(edges_nm, weight, fraction, wavelength_nm, fwhm_mev):
    edge_ev = (energies_ev(edges_nm, fraction) + np.asarray(stokes_shift_ev(edges_nm)))[..., None]
    sigma_ev = fwhm_mev / 1000 / np.sqrt(8 * np.log(2))
    steps = ndtr((PHOTON / wavelength_nm - edge_ev) / sigma_ev)
    return (np.broadcast_to(weight, fraction.shape)[..., None] * steps).sum(axis=1)


def difference(fast, slow):
    """The largest difference, in parts of the maximum."""
    assert fast.shape == slow.shape
    return np.abs(fast - slow).max() / slow.max()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.floats(1, 1000), st.integers(1, 40))
def test_the_engine_is_the_sum_over_crystals(seed, fwhm_mev, n):
    edges, weight, fraction = crystals(seed, n=n)
    fast = batch_spectra(edges, weight, fraction, WAVELENGTH_NM, fwhm_mev=fwhm_mev)
    slow = slow_spectra(edges, weight, fraction, WAVELENGTH_NM, fwhm_mev)
    # Cubic interpolation between 16 points a standard deviation: 3 (9/16) / 24 / 16^4 of the maximum
    # of each line, which a grid of 1 nm need not meet.
    sigma_ev = fwhm_mev / 1000 / np.sqrt(8 * np.log(2))
    highest = weight.sum() / np.sqrt(2 * np.pi) / sigma_ev * PHOTON / WAVELENGTH_NM[0] ** 2
    assert np.abs(fast - slow).max() < 1.1e-6 * highest
    assert np.all(fast >= 0)


@pytest.mark.parametrize("fwhm_mev", [1.0, 20.0, 113.0, 1000.0])
def test_the_edges_are_the_sum_over_crystals(fwhm_mev):
    arrays = crystals(2)
    fast = batch_edges(*arrays, WAVELENGTH_NM, fwhm_mev=fwhm_mev)
    assert difference(fast, slow_edges(*arrays, WAVELENGTH_NM, fwhm_mev)) < 1e-6


@pytest.mark.parametrize("model", ["nonparabolic", "brus_cube", "weak"])
def test_the_physics_models_and_the_bowing_are_passed_on(model):
    arrays = crystals(3)
    options = {"model": model, "bowing_ev": 0.25}
    fast = batch_spectra(*arrays, WAVELENGTH_NM, fwhm_mev=60.0, **options)
    assert difference(fast, slow_spectra(*arrays, WAVELENGTH_NM, 60.0, **options)) < 5e-6


def test_edges_and_weights_may_differ_from_time_to_time():
    edges, weight, fraction = crystals(4)
    shrinking = edges * np.array([1.0, 0.9, 0.8])[:, None]
    shrinking = np.maximum(shrinking, 3.0)
    growing = weight * np.array([1.0, 2.0, 3.0])[:, None]
    fast = batch_spectra(shrinking, growing, fraction, WAVELENGTH_NM, fwhm_mev=80.0)
    slow = slow_spectra(shrinking, growing, fraction, WAVELENGTH_NM, 80.0)
    assert difference(fast, slow) < 5e-6
    for i in range(3):
        alone = batch_spectra(
            shrinking[i], growing[i], fraction[i : i + 1], WAVELENGTH_NM, fwhm_mev=80.0
        )
        np.testing.assert_allclose(alone[0], fast[i], rtol=1e-5, atol=1e-6 * fast.max())


def test_a_crystal_never_changes_the_spectrum_of_another_time():
    edges, weight, fraction = crystals(5, n_times=2)
    other = fraction.copy()
    other[1] = np.flip(other[1])
    one, two = (
        batch_spectra(edges, weight, x, WAVELENGTH_NM, fwhm_mev=80.0) for x in (fraction, other)
    )
    np.testing.assert_array_equal(one[0], two[0])
    assert np.any(one[1] != two[1])


def test_parts_are_joined_without_a_trace(monkeypatch):
    arrays = crystals(6, n_times=5)
    at_once = batch_spectra(*arrays, WAVELENGTH_NM, fwhm_mev=30.0)
    edges_at_once = batch_edges(*arrays, WAVELENGTH_NM, fwhm_mev=30.0)
    monkeypatch.setattr(_spectra, "_WAVELENGTHS_AT_ONCE", 1)
    in_columns = batch_spectra(*arrays, WAVELENGTH_NM, fwhm_mev=30.0)
    np.testing.assert_allclose(in_columns, at_once, rtol=1e-12, atol=1e-15 * at_once.max())
    edges_in_columns = batch_edges(*arrays, WAVELENGTH_NM, fwhm_mev=30.0)
    np.testing.assert_allclose(
        edges_in_columns, edges_at_once, rtol=1e-12, atol=1e-15 * edges_at_once.max()
    )
    monkeypatch.setattr(_spectra, "_CRYSTALS_AT_ONCE", 2 * arrays[0].size)
    in_rows = batch_spectra(*arrays, WAVELENGTH_NM, fwhm_mev=30.0)
    assert difference(in_rows, at_once) < 5e-6  # each part has its own grid


def test_area_and_mean_energy_are_those_of_the_crystals():
    edges, weight, fraction = crystals(7)
    energy_ev = np.linspace(1.0, 4.0, 6001)
    per_nm = batch_spectra(edges, weight, fraction, PHOTON / energy_ev, fwhm_mev=113.0)
    per_ev = per_nm * PHOTON / energy_ev**2
    areas = np.trapezoid(per_ev, energy_ev)
    np.testing.assert_allclose(areas, weight.sum(), rtol=1e-12)
    means = np.trapezoid(per_ev * energy_ev, energy_ev) / areas
    expected = (weight * energies_ev(edges, fraction)).sum(axis=1) / weight.sum()
    np.testing.assert_allclose(means, expected, rtol=1e-12)
    wavelength_nm = np.linspace(310, 1200, 20_001)
    per_nm = batch_spectra(edges, weight, fraction, wavelength_nm, fwhm_mev=113.0)
    np.testing.assert_allclose(np.trapezoid(per_nm, wavelength_nm), weight.sum(), rtol=1e-9)


def test_wavelengths_may_come_in_any_order():
    arrays = crystals(8)
    up = batch_spectra(*arrays, WAVELENGTH_NM, fwhm_mev=50.0)
    down = batch_spectra(*arrays, WAVELENGTH_NM[::-1], fwhm_mev=50.0)
    np.testing.assert_allclose(down[:, ::-1], up, rtol=1e-12, atol=1e-15 * up.max())


@pytest.mark.parametrize(("n_times", "n", "n_wavelengths"), [(0, 4, 5), (2, 0, 5), (2, 4, 0)])
def test_nothing_is_a_spectrum_of_zeros_of_the_right_shape(n_times, n, n_wavelengths):
    arrays = crystals(9, n_times, n)
    for spectra in (batch_spectra, batch_edges):
        result = spectra(*arrays, WAVELENGTH_NM[:n_wavelengths], fwhm_mev=113.0)
        assert result.shape == (n_times, n_wavelengths)
        assert not result.any()


def test_a_crystal_far_outside_the_window_costs_no_memory():
    """At 0.01 nm the empirical law gives 45 keV: 50 million points of a grid without bounds."""
    edges, weight = np.array([0.01, 5.1]), np.array([1.0, 1.0])
    fraction = np.zeros((1, 2))
    both = batch_spectra(edges, weight, fraction, WAVELENGTH_NM, fwhm_mev=5.0)
    alone = batch_spectra(edges[1:], weight[1:], fraction[:, 1:], WAVELENGTH_NM, fwhm_mev=5.0)
    assert difference(both, alone) < 5e-6
    far = batch_spectra(edges[:1], weight[:1], fraction[:, :1], WAVELENGTH_NM, fwhm_mev=5.0)
    assert not far.any()
    edge = batch_edges(edges[:1], weight[:1], fraction[:, :1], WAVELENGTH_NM, fwhm_mev=5.0)
    assert not edge.any()  # absorbs in the far ultraviolet only
