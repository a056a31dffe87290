"""Lines and spectra of batches: areas, widths, maxima, and the sum by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import ndtri

from anionx_teach._units import natural_units
from anionx_teach.confinement import emission_wavelength_nm, stokes_shift_ev
from anionx_teach.materials import EVIDENCE, constants
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_teach.photoluminescence import (
    DEFAULT_FWHM_MEV,
    absorption_spectrum,
    line_shape,
    line_width_mev,
    line_width_nm,
    pl_spectrum,
)

PHOTON = natural_units().photon_ev_nm
SIGMA_EV = float(DEFAULT_FWHM_MEV) / 1000 / math.sqrt(8 * math.log(2))


def normal_batch(mean_nm, dispersity, n=4001):
    """A batch that has the quantiles of a normal distribution, hence no noise."""
    edges = mean_nm * (1 + dispersity * ndtri((np.arange(n) + 0.5) / n))
    return NanocrystalBatch(edges, edges)


def volume_nm3(batch):
    return float(np.sum(batch.edge_length_nm**2 * batch.long_edge_nm))


# Lines


@pytest.mark.parametrize("centre_nm", [486.0, 516.0, 622.0, 661.0])
@pytest.mark.parametrize("fwhm_mev", [10.0, 60.0, 113.0, 150.0])
def test_the_change_to_wavelength_keeps_areas_to_1e_9(centre_nm, fwhm_mev):
    energy_ev = PHOTON / centre_nm
    sigma_ev = fwhm_mev / 1000 / math.sqrt(8 * math.log(2))
    for low, high in [(-8, 8), (-1, 0.5), (0.3, 8), (-2, -1)]:
        # The same piece of the line, cut out in wavelength and, by the error function, in energy.
        ends_nm = PHOTON / (energy_ev + sigma_ev * np.array([high, low]))
        area, _ = quad(
            lambda x: line_shape(x, centre_nm, fwhm_mev=fwhm_mev), *ends_nm, epsabs=1e-13, limit=500
        )
        expected = (math.erf(high / math.sqrt(2)) - math.erf(low / math.sqrt(2))) / 2
        assert area == pytest.approx(expected, abs=1e-9)


def test_half_of_the_height_over_energy_is_at_half_of_the_width():
    centre_ev = PHOTON / 550
    at_ev = centre_ev + np.array([-0.05, 0.0, 0.05])
    per_ev = line_shape(PHOTON / at_ev, 550, fwhm_mev=100) * PHOTON / at_ev**2
    np.testing.assert_allclose(per_ev / per_ev[1], [0.5, 1, 0.5], rtol=1e-12)
    assert per_ev[1] == pytest.approx(2 * math.sqrt(math.log(2) / math.pi) / 0.1)


def test_the_maximum_over_wavelength_lies_two_sigma_squared_over_e_higher_in_energy():
    wavelength_nm = np.linspace(655, 665, 100_001)
    maximum_nm = wavelength_nm[np.argmax(line_shape(wavelength_nm, 661))]
    shift_ev = PHOTON / maximum_nm - PHOTON / 661
    assert shift_ev == pytest.approx(2 * SIGMA_EV**2 / (PHOTON / 661), rel=0.01)


def test_lines_broadcast_and_a_single_value_is_a_float():
    grid = line_shape(np.array([500.0, 510.0])[:, None], np.array([500.0, 505.0, 510.0]))
    assert grid.shape == (2, 3)
    single = line_shape(510, 505)
    assert isinstance(single, float)
    assert single == grid[1, 1]


@settings(max_examples=50)
@given(st.floats(1, 400), st.floats(350, 1000))
def test_widths_in_energy_and_in_wavelength_belong_together(fwhm_mev, centre_nm):
    width_nm = line_width_nm(fwhm_mev, centre_nm)
    assert line_width_mev(width_nm, centre_nm) == pytest.approx(fwhm_mev)
    ends_nm = PHOTON / (PHOTON / centre_nm + np.array([0.5, -0.5]) * fwhm_mev / 1000)
    assert width_nm == pytest.approx(ends_nm[1] - ends_nm[0])


def test_the_declared_width_is_40_nm_at_661_and_35_nm_at_622():
    assert line_width_nm(DEFAULT_FWHM_MEV, [622, 661]).round(0).tolist() == [35, 40]
    assert DEFAULT_FWHM_MEV.evidence == "assumed for teaching"
    assert DEFAULT_FWHM_MEV.evidence in EVIDENCE
    assert "Table S1" in DEFAULT_FWHM_MEV.note
    assert "optics-001" in set(constants()["id"])


# Batches


@pytest.mark.parametrize("fraction", [0.0, 0.4, 1.0])
def test_the_area_is_the_volume_of_the_batch(fraction):
    batch = draw_batch(13.1, 2.0, 300, rng=3, long_edge_nm=15.8, long_sd_nm=3.2)
    wavelength_nm = np.linspace(350, 1100, 15_001)
    spectrum = pl_spectrum(batch, wavelength_nm, fraction)
    assert np.trapezoid(spectrum, wavelength_nm) == pytest.approx(volume_nm3(batch), rel=1e-9)


def test_a_spectrum_is_the_sum_of_the_lines_weighted_by_volume():
    batch = NanocrystalBatch([5.1, 6.0, 13.1], [5.1, 9.0, 15.8])
    fraction = np.array([0.0, 0.3, 1.0])
    wavelength_nm = np.arange(420.0, 760.0)
    by_hand = sum(
        edge**2 * long_edge * line_shape(wavelength_nm, emission_wavelength_nm(edge, x))
        for edge, long_edge, x in zip(
            batch.edge_length_nm, batch.long_edge_nm, fraction, strict=True
        )
    )
    spectrum = pl_spectrum(batch, wavelength_nm, fraction)
    np.testing.assert_allclose(spectrum, by_hand, atol=5e-6 * by_hand.max())


def test_options_reach_the_lines():
    batch = NanocrystalBatch([6.0], [6.0])
    wavelength_nm = np.arange(420.0, 760.0)
    options = {"model": "nonparabolic", "bowing_ev": 0.3}
    centre_nm = emission_wavelength_nm(6.0, 0.5, **options)
    by_hand = 216 * line_shape(wavelength_nm, centre_nm, fwhm_mev=70)
    spectrum = pl_spectrum(batch, wavelength_nm, 0.5, fwhm_mev=70, **options)
    np.testing.assert_allclose(spectrum, by_hand, atol=5e-6 * by_hand.max())


def size_of_maximum_nm(batch, fwhm_mev):
    """The edge that emits where the batch emits most per electronvolt."""
    middle_ev = PHOTON / emission_wavelength_nm(batch.mean_edge_nm)
    energy_ev = np.linspace(middle_ev + 0.02, middle_ev - 0.02, 4001)
    wavelength_nm = PHOTON / energy_ev
    per_ev = pl_spectrum(batch, wavelength_nm, fwhm_mev=fwhm_mev) * wavelength_nm**2
    at_nm = wavelength_nm[np.argmax(per_ev)]
    return brentq(lambda edge: emission_wavelength_nm(edge) - at_nm, 3, 20)


@pytest.mark.parametrize("mean_nm", [5.1, 6.1, 7.8, 9.5, 13.1])
@pytest.mark.parametrize("dispersity", [0.0, 0.02, 0.035, 0.05])
@pytest.mark.parametrize("fwhm_mev", [5.0, 30.0, 113.0])
def test_the_maximum_of_a_batch_is_at_the_size_l_times_1_plus_3_s_squared(
    mean_nm, dispersity, fwhm_mev
):
    size_nm = size_of_maximum_nm(normal_batch(mean_nm, dispersity), fwhm_mev)
    assert size_nm == pytest.approx(mean_nm * (1 + 3 * dispersity**2), rel=0.01)


def test_the_two_limits_of_the_maximum():
    """1.5 s^2 where lines are wide, 6 s^2 where they are narrow: second order, so rel. to s^2."""
    wide = size_of_maximum_nm(normal_batch(5.1, 0.03), 300) / 5.1 - 1
    narrow = size_of_maximum_nm(normal_batch(5.1, 0.03, 40_001), 4) / 5.1 - 1
    assert wide / 0.03**2 == pytest.approx(1.5, abs=0.2)
    assert narrow / 0.03**2 == pytest.approx(6.0, abs=0.6)


@pytest.mark.parametrize("spectrum", [pl_spectrum, absorption_spectrum])
def test_no_nanocrystals_give_zeros(spectrum):
    nothing = NanocrystalBatch([], [])
    assert spectrum(nothing, [500, 600, 700]).tolist() == [0, 0, 0]
    assert spectrum(nothing, [500, 600], []).tolist() == [0, 0]
    assert spectrum(NanocrystalBatch([5.0], [5.0]), []).shape == (0,)


# Absorption


def test_the_absorption_edge_is_half_way_at_the_emission_plus_the_stokes_shift():
    batch = NanocrystalBatch([13.1], [15.8])
    edge_ev = PHOTON / emission_wavelength_nm(13.1, 0.7) + stokes_shift_ev(13.1)
    half, whole = absorption_spectrum(batch, [PHOTON / 4, PHOTON / edge_ev], 0.7)[::-1]
    assert whole == pytest.approx(volume_nm3(batch))
    assert half == pytest.approx(volume_nm3(batch) / 2, rel=1e-6)


def test_absorption_falls_towards_the_red_and_its_slope_is_the_line():
    batch = draw_batch(7.8, 1.2, 400, rng=1)
    wavelength_nm = np.linspace(380, 640, 521)
    absorption = absorption_spectrum(batch, wavelength_nm)
    assert np.all(np.diff(absorption) <= 0)
    assert absorption[0] == pytest.approx(volume_nm3(batch), rel=1e-3)
    assert absorption[-1] < 1e-6 * absorption[0]
    one = NanocrystalBatch([18.0], [18.0])  # no Stokes shift at this size
    wavelength_nm = np.linspace(480, 560, 4001)
    slope = -np.gradient(absorption_spectrum(one, wavelength_nm), wavelength_nm)
    line = pl_spectrum(one, wavelength_nm)
    np.testing.assert_allclose(slope[1:-1], line[1:-1], atol=1e-4 * line.max())
