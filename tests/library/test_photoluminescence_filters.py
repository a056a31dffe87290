"""What a filter lets pass of a line."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import paper
from anionx_teach._line_shape import share_between
from anionx_teach._units import natural_units
from anionx_teach.confinement import emission_wavelength_nm
from anionx_teach.photoluminescence import (
    GREEN_EMISSION_FILTER,
    GREEN_EXCITATION_FILTER,
    RED_EMISSION_FILTER,
    RED_EXCITATION_FILTER,
    BandpassFilter,
    entry_fraction,
    exit_fraction,
    line_shape,
    line_width_mev,
    transmitted_fraction,
)

PHOTON = natural_units().photon_ev_nm
SIZES = [5.1, 6.1, 7.8, 9.5, 13.1]
# Gauss-Legendre: their distance is small against the narrowest line drawn below.
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(400)


# The windows


@pytest.mark.parametrize(
    ("window", "row", "edges"),
    [
        (RED_EMISSION_FILTER, "057", (590, 649)),
        (RED_EXCITATION_FILTER, "056", (530, 558)),
        (GREEN_EMISSION_FILTER, "055", (500, 540)),
        (GREEN_EXCITATION_FILTER, "054", (450, 490)),
    ],
)
def test_the_windows_are_those_of_the_paper(window, row, edges):
    assert (window.low_nm, window.high_nm) == edges
    printed = paper.numbers().loc[f"paper_numbers-{row}"]
    assert printed["value"] == f"{edges[0]} - {edges[1]}"
    assert printed["location"] in window.source
    assert "paper text" in window.source
    assert str(window) == f"{window.name}, {edges[0]}-{edges[1]} nm"


def test_a_window_is_a_value():
    assert BandpassFilter(590, 649) == BandpassFilter(590.0, 649.0)
    assert str(BandpassFilter(590, 649.5)) == "590-649.5 nm"
    assert BandpassFilter(590, 649).transmission(600) == 1.0
    below, above = np.nextafter(590, 0), np.nextafter(649, 700)
    assert RED_EMISSION_FILTER.transmission([below, 590, 649, above]).tolist() == [0, 1, 1, 0]


# The two facts


@pytest.mark.parametrize(
    ("edge_nm", "wavelength_nm", "shares"), [(13.1, 661, (0.21, 0.24)), (5.1, 622, (0.95, 0.91))]
)
def test_a_quarter_of_the_large_and_nearly_all_of_the_small_product_passes(
    edge_nm, wavelength_nm, shares
):
    for width_nm, expected in zip((35, 40), shares, strict=True):
        width_mev = line_width_mev(width_nm, wavelength_nm)
        share = transmitted_fraction(edge_nm, 1.0, RED_EMISSION_FILTER, fwhm_mev=width_mev)
        assert share == pytest.approx(expected, abs=0.005)


def test_the_declared_width_lies_within_both_facts():
    small, large = transmitted_fraction([5.1, 13.1], 1.0, RED_EMISSION_FILTER)
    assert 0.91 <= small <= 0.95
    assert 0.21 <= large <= 0.24


def test_the_line_enters_the_window_at_half_and_at_three_quarters():
    assert entry_fraction(13.1) == pytest.approx(0.52, abs=0.01)
    assert entry_fraction(5.1) == pytest.approx(0.78, abs=0.01)


# The share that passes


@settings(max_examples=40, deadline=None)
@given(st.floats(3, 20), st.floats(0, 1), st.floats(5, 300))
def test_the_share_is_the_area_of_the_line_inside_the_window(edge_nm, fraction, fwhm_mev):
    centre_nm = emission_wavelength_nm(edge_nm, fraction)
    wavelength_nm = 619.5 + 29.5 * POINTS
    area = 29.5 * np.sum(WEIGHTS * line_shape(wavelength_nm, centre_nm, fwhm_mev=fwhm_mev))
    share = transmitted_fraction(edge_nm, fraction, RED_EMISSION_FILTER, fwhm_mev=fwhm_mev)
    assert share == pytest.approx(area, abs=1e-9)


def test_adjacent_windows_share_all_of_the_light():
    edges = [100, 480, 530, 590, 649, 700, 10_000]
    shares = [
        transmitted_fraction(SIZES, 0.6, BandpassFilter(low, high)) for low, high in pairwise(edges)
    ]
    np.testing.assert_allclose(sum(shares), 1, rtol=1e-12)


def test_far_from_the_window_a_little_light_is_not_lost_to_rounding():
    width = 0.05
    for centre in (1.0, 4.0):
        share = share_between(2.0, 2.5, np.array(centre), width)
        tail = 0.5 * math.erfc(min(abs(centre - 2.0), abs(centre - 2.5)) / width / math.sqrt(2))
        assert share == pytest.approx(tail, rel=1e-9)
        assert share > 0


def test_shares_broadcast_and_a_single_one_is_a_float():
    table = transmitted_fraction(np.array(SIZES)[:, None], [0, 0.5, 1], RED_EMISSION_FILTER)
    assert table.shape == (5, 3)
    single = transmitted_fraction(5.1, 1, RED_EMISSION_FILTER)
    assert isinstance(single, float)
    assert single == table[0, 2]
    assert transmitted_fraction([], 0.5, RED_EMISSION_FILTER).shape == (0,)


# Entry and exit


@pytest.mark.parametrize("model", ["empirical", "nonparabolic"])
@pytest.mark.parametrize("bowing_ev", [0.0, 2e-309, 0.1, 0.3])
def test_at_entry_and_exit_the_line_is_at_an_edge_of_the_window(model, bowing_ev):
    options = {"model": model, "bowing_ev": bowing_ev}
    enters = entry_fraction(SIZES, **options)
    np.testing.assert_allclose(emission_wavelength_nm(SIZES, enters, **options), 590)
    leaves = exit_fraction(SIZES, **options)
    there = np.isfinite(leaves)
    assert there.any()
    reached = emission_wavelength_nm(np.array(SIZES)[there], leaves[there], **options)
    np.testing.assert_allclose(reached, 649)
    stays = np.array(SIZES)[~there]
    assert np.all(emission_wavelength_nm(stays, 1.0, **options) < 649)


def test_a_line_that_begins_inside_enters_at_zero_and_one_that_never_comes_is_nan():
    assert entry_fraction([5.1, 13.1], BandpassFilter(480, 520)).tolist() == [0, 0]
    leaves = exit_fraction([5.1, 13.1], BandpassFilter(480, 520))
    np.testing.assert_allclose(emission_wavelength_nm([5.1, 13.1], leaves), 520)
    for window in (BandpassFilter(700, 800), BandpassFilter(400, 450)):
        assert np.isnan(entry_fraction([5.1, 13.1], window)).all()
        assert np.isnan(exit_fraction([5.1, 13.1], window)).all()
    assert isinstance(entry_fraction(5.1), float)


def test_a_line_that_turns_back_leaves_where_it_came_in():
    """Bowing above the distance of the ends: the reddest mixture is no end."""
    fraction = np.linspace(0, 1, 20_001)
    course_nm = emission_wavelength_nm(5.1, fraction, bowing_ev=1.5)
    turning = fraction[course_nm.argmax()]
    assert 0.5 < turning < 0.9
    low_nm = float(course_nm.max()) - 5
    window = BandpassFilter(low_nm, low_nm + 100)
    enters, leaves = (f(5.1, window, bowing_ev=1.5) for f in (entry_fraction, exit_fraction))
    assert enters < turning < leaves
    for x in (enters, leaves):
        assert emission_wavelength_nm(5.1, x, bowing_ev=1.5) == pytest.approx(low_nm)
