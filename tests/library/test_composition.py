"""Colour against composition: both ends depend on size, bowing bends what lies between."""

import numpy as np
import pytest

from anionx_teach import paper
from anionx_teach._units import natural_units
from anionx_teach.confinement import CONFINEMENT_MODELS, band_gap_ev, emission_wavelength_nm

SIZES = paper.batches()["edge_length_nm"].to_numpy()
FRACTION = np.linspace(0, 1, 101)


def test_the_default_is_anchored_at_the_four_maxima_of_the_paper():
    anchored = emission_wavelength_nm([[5.1], [13.1]], [0.0, 1.0])
    np.testing.assert_allclose(anchored, [[486, 622], [516, 661]], atol=1e-9)


@pytest.mark.parametrize("model", CONFINEMENT_MODELS)
def test_both_ends_and_all_between_have_a_wider_gap_in_smaller_crystals(model):
    gap_ev = band_gap_ev(SIZES[:, None], FRACTION, model=model)
    assert np.all(np.diff(gap_ev, axis=0) < 0)


# In the two other models the Stokes shift falls faster with size than the gap does.
@pytest.mark.parametrize("model", ["empirical", "nonparabolic", "variational", "brus_cube"])
def test_both_ends_and_all_between_are_bluer_in_smaller_crystals(model):
    wavelength_nm = emission_wavelength_nm(SIZES[:, None], FRACTION, model=model)
    assert np.all(np.diff(wavelength_nm, axis=0) > 0)


@pytest.mark.parametrize("model", CONFINEMENT_MODELS)
def test_iodide_moves_the_colour_to_the_red_all_the_way(model):
    wavelength_nm = emission_wavelength_nm(SIZES[:, None], FRACTION, model=model)
    assert np.all(np.diff(wavelength_nm, axis=1) > 0)


@pytest.mark.parametrize("bowing_ev", [-0.1, 0.0, 0.1, 0.3])
def test_bowing_is_the_curvature_and_lowers_the_middle_by_a_quarter(bowing_ev):
    energy_ev = band_gap_ev(7.8, FRACTION, bowing_ev=bowing_ev)
    curvature = np.diff(energy_ev, 2) / (FRACTION[1] - FRACTION[0]) ** 2
    np.testing.assert_allclose(curvature, 2 * bowing_ev, atol=1e-9)
    straight = (energy_ev[0] + energy_ev[-1]) / 2
    assert straight - energy_ev[50] == pytest.approx(bowing_ev / 4)


def test_the_size_effect_of_a_mixture_is_the_mean_of_those_of_its_ends():
    """Bowing does not depend on size, so it drops out of a difference."""
    effect = band_gap_ev(5.1, FRACTION) - band_gap_ev(13.1, FRACTION)
    np.testing.assert_allclose(effect, effect[0] + (effect[-1] - effect[0]) * FRACTION, atol=1e-12)


def test_a_mixture_is_not_two_colours():
    """Half bromide, half iodide is one line in between, bluer or redder than both by far."""
    bromide, half, iodide = emission_wavelength_nm(13.1, [0, 0.5, 1])
    assert bromide + 40 < half < iodide - 40
    photon = natural_units().photon_ev_nm
    assert photon / half == pytest.approx((photon / bromide + photon / iodide) / 2 - 0.1 / 4)
