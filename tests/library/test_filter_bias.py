"""What a filter makes of a history: intensities, and the bias of the measured rise."""

import math

import numpy as np
import pytest

from anionx_teach import paper
from anionx_teach._line_shape import mean_step
from anionx_teach._units import natural_units
from anionx_teach.confinement import emission_wavelength_nm, stokes_shift_ev
from anionx_teach.photoluminescence import (
    GREEN_EMISSION_FILTER,
    RED_EMISSION_FILTER,
    RED_EXCITATION_FILTER,
    entry_fraction,
    filter_bias,
    filtered_rise,
    transmitted_fraction,
)

PHOTON = natural_units().photon_ev_nm
SIZES = [5.1, 6.1, 7.8, 9.5, 13.1]

# Histories


def test_the_intensity_of_a_history_is_the_share_at_each_time():
    fraction = np.linspace(0, 1, 7)
    seen = filtered_rise(SIZES, fraction)
    assert seen.shape == (5, 7)
    expected = transmitted_fraction(np.array(SIZES)[:, None], fraction, RED_EMISSION_FILTER)
    np.testing.assert_array_equal(seen, expected)
    np.testing.assert_array_equal(filtered_rise(5.1, fraction), seen[0])
    each = filtered_rise(SIZES, np.tile(fraction, (5, 1)))
    np.testing.assert_array_equal(each, seen)
    np.testing.assert_array_equal(filtered_rise(SIZES, 0.5), seen[:, 3])
    assert isinstance(filtered_rise(5.1, 0.5), float)
    green = filtered_rise(13.1, fraction, filter=GREEN_EMISSION_FILTER)
    assert green[0] > 0.7
    assert green[-1] < 1e-9


def test_excitation_multiplies_by_the_mean_of_the_absorption_edge():
    fraction = np.linspace(0, 1, 5)
    without = filtered_rise(5.1, fraction)
    with_it = filtered_rise(5.1, fraction, excitation=RED_EXCITATION_FILTER)
    edge_ev = PHOTON / emission_wavelength_nm(5.1, fraction) + stokes_shift_ev(5.1)
    sigma_ev = 0.113 / math.sqrt(8 * math.log(2))
    photon_ev = np.linspace(PHOTON / 558, PHOTON / 530, 2001)
    steps = [
        [0.5 * math.erfc((edge - photon) / sigma_ev / math.sqrt(2)) for photon in photon_ev]
        for edge in edge_ev
    ]
    mean = np.trapezoid(steps, photon_ev) / (photon_ev[-1] - photon_ev[0])
    np.testing.assert_allclose(with_it, without * mean, rtol=1e-5)
    assert with_it[0] < 1e-3 * without[0]  # the bromide is hardly excited
    assert with_it[-1] > 0.95 * without[-1]


def test_a_step_between_two_energies_has_exact_limits():
    edge = np.array([-5.0, 2.5, 9.0])
    np.testing.assert_allclose(mean_step(2.0, 3.0, edge, 0.05), [1, 0.5, 0], atol=1e-12)


# The bias


def logistic(time_s, rise_s, middle_s):
    return 1 / (1 + np.exp(-(time_s - middle_s) * 2 * math.log(9) / rise_s))


def test_where_nothing_rises_there_is_no_rise_time():
    time_s = np.linspace(0, 10, 11)
    bias = filter_bias(5.1, time_s, np.zeros(11))
    assert math.isnan(bias.true_rise_s)
    assert math.isnan(bias.measured_rise_s)
    assert math.isnan(bias.ratio)
    assert math.isnan(bias.delay_s)


def test_a_straight_history_gives_the_distance_of_two_compositions():
    """x = t: the measured rise is x(90 %) - x(10 %) of the intensity, by a dense table."""
    time_s = np.linspace(0, 1, 20_001)
    bias = filter_bias(SIZES, time_s, time_s)
    np.testing.assert_allclose(bias.true_rise_s, 0.8)
    np.testing.assert_allclose(bias.true_midpoint_s, 0.5)
    for i, edge_nm in enumerate(SIZES):
        seen = transmitted_fraction(edge_nm, time_s, RED_EMISSION_FILTER)
        peak = seen.argmax()
        ten, half, ninety = np.interp(
            np.array([0.1, 0.5, 0.9]) * (seen[peak] - seen[0]) + seen[0],
            seen[: peak + 1],
            time_s[: peak + 1],
        )
        assert bias.measured_rise_s[i] == pytest.approx(ninety - ten, abs=1e-8)
        assert bias.delay_s[i] == pytest.approx(half - 0.5, abs=1e-8)
        assert bias.largest_intensity[i] == seen[peak]


def test_half_way_up_is_where_the_line_is_cut_in_half():
    """A narrow line passes half when its centre is at the edge, at the entry fraction."""
    time_s = np.linspace(0, 1, 20_001)
    bias = filter_bias(SIZES, time_s, time_s, fwhm_mev=10)
    np.testing.assert_allclose(bias.measured_midpoint_s, entry_fraction(SIZES), atol=1e-4)


@pytest.mark.parametrize("factor", [0.1, 7.0])
def test_a_slower_clock_changes_times_and_no_ratio(factor):
    time_s = np.linspace(0, 600, 3001)
    fraction = logistic(time_s, 100, 300)
    bias, slower = (filter_bias(SIZES, f * time_s, fraction) for f in (1, factor))
    np.testing.assert_allclose(slower.measured_rise_s, factor * bias.measured_rise_s)
    np.testing.assert_allclose(slower.ratio, bias.ratio)


def test_the_true_rise_of_a_logistic_is_exact_and_the_levels_count():
    time_s = np.linspace(0, 4000, 40_001)
    fraction = logistic(time_s, 100, 2000)
    assert filter_bias(5.1, time_s, fraction).true_rise_s == pytest.approx(100, rel=1e-4)
    quarter = filter_bias(5.1, time_s, fraction, low=0.25, high=0.75)
    assert quarter.true_rise_s == pytest.approx(100 * math.log(3) / math.log(9), rel=1e-4)


def test_with_identical_kinetics_the_filter_alone_makes_a_size_effect():
    """A course that is slow at its end looks slower in small crystals, by far less than measured."""
    time_s = np.linspace(0, 600, 12_001)
    bias = filter_bias(SIZES, time_s, logistic(time_s, 100, 300))
    assert np.all(bias.ratio < 0.5)
    assert np.all(np.diff(bias.ratio) < 0)
    assert np.all(np.diff(bias.delay_s) < 0)
    published = paper.switching_times().query("concentration_um == 5")["mean_s"].to_numpy()
    by_the_filter = bias.measured_rise_s[0] / bias.measured_rise_s[-1]
    assert by_the_filter == pytest.approx(1.53, abs=0.02)
    assert published[0] / published[1] > 6 * by_the_filter


def test_a_course_that_gets_faster_makes_the_opposite_size_effect():
    time_s = np.linspace(0, 200, 20_001)
    bias = filter_bias([5.1, 13.1], time_s, np.exp((time_s - 200) / 20))
    assert bias.measured_rise_s[0] < 0.8 * bias.measured_rise_s[1]


def test_what_happens_after_the_highest_point_does_not_count():
    time_s = np.linspace(0, 300, 6001)
    fraction = logistic(time_s, 50, 100)
    whole = filter_bias(13.1, time_s, fraction)
    seen = filtered_rise(13.1, fraction)
    assert seen[-1] < 0.5 * seen.max()  # the line has left the window
    until = seen.argmax() + 1
    part = filter_bias(13.1, time_s[:until], fraction[:until])
    assert part.measured_rise_s == whole.measured_rise_s
    assert part.measured_midpoint_s == whole.measured_midpoint_s


def test_one_history_each_and_nothing_in_between():
    time_s = np.linspace(0, 600, 601)
    histories = np.stack([logistic(time_s, rise, 300) for rise in (50, 100, 200)])
    together = filter_bias([5.1, 7.8, 13.1], time_s, histories)
    for i, edge_nm in enumerate([5.1, 7.8, 13.1]):
        alone = filter_bias(edge_nm, time_s, histories[i])
        assert alone.measured_rise_s == together.measured_rise_s[i]
        assert alone.true_rise_s == together.true_rise_s[i]
    assert filter_bias(5.1, time_s, histories).true_rise_s.shape == (3,)
    none = filter_bias(5.1, time_s, np.zeros((0, 601)))
    assert none.measured_rise_s.shape == none.true_rise_s.shape == (0,)
    assert len(none.to_frame()) == 0


def test_a_jump_takes_no_longer_than_the_distance_of_two_times():
    bias = filter_bias(5.1, [0.0, 1.0, 2.0, 3.0], [0.0, 0.0, 1.0, 1.0])
    assert bias.true_rise_s == pytest.approx(0.8)
    assert bias.measured_rise_s == pytest.approx(0.8)


def test_the_result_is_read_only_and_becomes_a_table():
    time_s = np.linspace(0, 600, 601)
    bias = filter_bias([5.1, 13.1], time_s, logistic(time_s, 100, 300))
    with pytest.raises(ValueError, match="read-only"):
        bias.true_rise_s[0] = 1
    table = bias.to_frame()
    assert list(table) == [
        "edge_length_nm",
        "true_rise_s",
        "measured_rise_s",
        "ratio",
        "delay_s",
        "largest_intensity",
    ]
    np.testing.assert_array_equal(table["ratio"], bias.ratio)
    assert len(filter_bias(5.1, time_s, logistic(time_s, 100, 300)).to_frame()) == 1
