"""From composition to photons: each link of the chain, with its switch on and off."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import constants

from anionx_teach._emission_light import relative_light
from anionx_teach.emission import Photophysics, blinking_trace, photon_rates
from anionx_teach.exchange import CooperativeModel, calibrated_model, simulate_exchange
from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice
from anionx_teach.photoluminescence import (
    GREEN_EMISSION_FILTER,
    GREEN_EXCITATION_FILTER,
    RED_EMISSION_FILTER,
    RED_EXCITATION_FILTER,
    BandpassFilter,
    filtered_rise,
    transmitted_fraction,
)

STEADY = Photophysics(blinking=False, degradation=False)
PLAIN = replace(STEADY, absorption_by_composition=False)
TIME_S = np.arange(0.025, 60, 0.1)
COURSE = 1 / (1 + np.exp(-(TIME_S - 30) / 2))


def steady(course=COURSE, edge_nm=5.1, photophysics=STEADY, **options):
    return photon_rates(course, edge_nm, TIME_S, photophysics=photophysics, rng=1, **options)


# The rate


def test_the_rate_is_the_product_of_its_links():
    physics = replace(
        STEADY,
        excitation_w_cm2=0.7,
        intrinsic_absorption_per_cm=5e4,
        quantum_yield=0.3,
        collection_efficiency=0.2,
    )
    low, high = (constants.h * constants.c / (nm * 1e-9) for nm in (558, 530))
    per_cm2 = 0.7 / ((low + high) / 2)
    cross_section = 5e4 * (9.5e-7) ** 3
    light = filtered_rise(9.5, COURSE, excitation=RED_EXCITATION_FILTER)
    expected = per_cm2 * cross_section * 0.3 * 0.2 * light
    np.testing.assert_allclose(steady(edge_nm=9.5, photophysics=physics)[0], expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("setting", "factor"),
    [
        ("excitation_w_cm2", 3.0),
        ("quantum_yield", 0.5),
        ("collection_efficiency", 2.0),
        ("intrinsic_absorption_per_cm", 1.4),
    ],
)
def test_the_rate_is_proportional_to(setting, factor):
    changed = replace(STEADY, **{setting: factor * getattr(STEADY, setting)})
    np.testing.assert_allclose(steady(photophysics=changed), factor * steady(), rtol=1e-12)


def test_without_exciting_light_everything_is_dark():
    dark = steady(photophysics=Photophysics(excitation_w_cm2=0.0))
    np.testing.assert_array_equal(dark, np.zeros((1, TIME_S.size)))
    assert steady().max() > 0


def test_the_filter_passes_its_share_of_the_line():
    edges_nm = np.array([5.1, 13.1])
    passing = transmitted_fraction(edges_nm[:, None], COURSE, RED_EMISSION_FILTER)
    unfiltered = steady(edge_nm=edges_nm, filter=None)
    np.testing.assert_allclose(steady(edge_nm=edges_nm), unfiltered * passing, rtol=1e-12)
    # Without a filter even the bromide is seen, as far as it absorbs.
    bare = steady(edge_nm=edges_nm, filter=None, photophysics=PLAIN)
    np.testing.assert_allclose(bare, bare[:, :1] * np.ones_like(COURSE), rtol=1e-12)


def test_another_filter_sees_another_part():
    red, green = (steady(filter=f) for f in (RED_EMISSION_FILTER, GREEN_EMISSION_FILTER))
    assert red[0, -1] > 100 * green[0, -1]
    blue = replace(STEADY, excitation_filter=GREEN_EXCITATION_FILTER)
    start = steady(filter=GREEN_EMISSION_FILTER, photophysics=blue)[0, 0]
    assert start > 10 * steady(photophysics=blue)[0, 0]


def test_absorption_changes_with_composition_or_does_not():
    absorbed = steady(photophysics=STEADY, filter=None) / steady(photophysics=PLAIN, filter=None)
    both = filtered_rise(5.1, COURSE, excitation=RED_EXCITATION_FILTER)
    np.testing.assert_allclose(
        absorbed[0] * transmitted_fraction(5.1, COURSE, RED_EMISSION_FILTER), both, rtol=1e-9
    )
    assert absorbed[0, 0] < 1e-3  # the bromide hardly absorbs 530 to 558 nm
    assert absorbed[0, -1] > 0.99  # the iodide does
    assert np.all(np.diff(absorbed[0]) >= 0)


def test_light_is_never_below_zero():
    edges_nm = np.array([[3.0], [5.1], [13.1], [20.0]])
    course = np.linspace(0, 1, 2001)
    for fwhm_mev in (5, 50, 300):
        # The second window lies far below most edges, where rounding alone is left.
        for low_nm, high_nm in ((530, 558), (700, 701)):
            physics = Photophysics(
                fwhm_mev=fwhm_mev, excitation_filter=BandpassFilter(low_nm, high_nm)
            )
            for window in (None, RED_EMISSION_FILTER):
                light = relative_light(edges_nm, course, window, physics)
                assert light.min() >= 0
                assert light.max() <= 1 + 1e-12


def test_the_other_settings_of_the_colour_reach_it():
    wide, narrow = (steady(photophysics=replace(STEADY, fwhm_mev=f))[0] for f in (150, 60))
    assert wide[0] > narrow[0]
    expected = transmitted_fraction(5.1, COURSE, RED_EMISSION_FILTER, model="weak", bowing_ev=0.2)
    physics = replace(PLAIN, model="weak", bowing_ev=0.2)
    ratio = steady(photophysics=physics) / steady(photophysics=physics, filter=None)
    np.testing.assert_allclose(ratio[0], expected, rtol=1e-12)


# Volume


def test_absorption_grows_with_the_volume_exactly_or_not_at_all():
    edges_nm = np.array([5.1, 7.8, 13.1])
    per_crystal = steady(edge_nm=edges_nm, filter=None, photophysics=PLAIN)[:, 0]
    np.testing.assert_allclose(per_crystal / per_crystal[0], (edges_nm / 5.1) ** 3, rtol=1e-12)
    alike = replace(PLAIN, absorption_by_volume=False)
    without = steady(edge_nm=edges_nm, filter=None, photophysics=alike)[:, 0]
    np.testing.assert_allclose(without, per_crystal[1], rtol=1e-12)


def test_a_long_crystal_absorbs_more_and_has_the_colour_of_its_short_edge():
    cube = steady(edge_nm=13.1)
    np.testing.assert_allclose(steady(edge_nm=13.1, long_edge_nm=15.8), cube * 15.8 / 13.1)
    longer = steady(edge_nm=13.1, long_edge_nm=[13.1, 15.8])
    np.testing.assert_allclose(longer, cube * np.array([[1.0], [15.8 / 13.1]]))
    alike = replace(STEADY, absorption_by_volume=False)
    np.testing.assert_allclose(
        steady(edge_nm=13.1, long_edge_nm=15.8, photophysics=alike),
        steady(edge_nm=13.1, photophysics=alike),
    )


def test_cross_sections_of_many_crystals():
    physics = Photophysics(intrinsic_absorption_per_cm=1e5)
    expected = [1e5 * 5.1**3 * 1e-21, 1e5 * 13.1**3 * 1e-21]
    np.testing.assert_allclose(physics.cross_section_cm2([5.1, 13.1]), expected, rtol=1e-12)
    assert isinstance(physics.cross_section_cm2(5.1), float)


# Histories of every kind


def test_a_history_and_its_compositions_give_the_same_light():
    history = simulate_exchange(calibrated_model(5.1, 50.0), 6, rng=3)
    edges_nm = np.linspace(4.8, 5.6, 6)
    time_s = np.arange(0.025, 80, 0.05)
    rates = photon_rates(history, edges_nm, time_s, rng=1)
    assert rates.shape == (6, time_s.size)
    fraction = history.iodide_fraction(time_s)
    np.testing.assert_array_equal(photon_rates(fraction, edges_nm, time_s, rng=1), rates)

    class Recorded:
        def iodide_fraction(self, time_s):
            return history.iodide_fraction(time_s)

    np.testing.assert_array_equal(photon_rates(Recorded(), edges_nm, time_s, rng=1), rates)


def test_a_history_of_one_serves_many_sizes():
    history = simulate_exchange(calibrated_model(5.1, 50.0), 1, rng=3)
    rates = photon_rates(history, [5.1, 9.5], TIME_S, photophysics=STEADY, rng=1)
    fraction = history.iodide_fraction(TIME_S)[0]
    np.testing.assert_allclose(rates[1], steady(fraction, 9.5)[0], rtol=1e-12)
    both = photon_rates(fraction, [5.1, 9.5], TIME_S, photophysics=STEADY, rng=1)
    np.testing.assert_array_equal(both, rates)


def test_a_lattice_is_a_history_of_one_crystal():
    lattice = simulate_lattice(LatticeModel(8, 0.5, 0.1), rng=1)
    rates = photon_rates(lattice, 5.1, TIME_S, photophysics=STEADY, rng=1)
    np.testing.assert_allclose(rates, steady(lattice.iodide_fraction(TIME_S)), rtol=1e-12)


@pytest.mark.parametrize(("edge_nm", "n"), [(5.1, 3), ([5.1], 3), ([5.1, 6, 7], 3)])
def test_one_edge_for_all_or_one_for_each(edge_nm, n):
    rates = steady(np.tile(COURSE, (3, 1)), edge_nm)
    assert rates.shape == (n, TIME_S.size)
    np.testing.assert_allclose(rates[0], steady()[0])


def test_nothing_is_nothing_of_the_right_shape():
    assert photon_rates(np.empty((0, 3)), 5.1, [1, 2, 3], rng=1).shape == (0, 3)
    assert photon_rates(np.empty((2, 0)), 5.1, [], rng=1).shape == (2, 0)
    physics = Photophysics(concentration_um=50)
    assert photon_rates(np.empty((2, 0)), 5.1, [], photophysics=physics, rng=1).shape == (2, 0)
    assert blinking_trace([], 2, rng=1).shape == (2, 0)
    assert blinking_trace([0.1], 0, rng=1).shape == (0, 1)


def test_a_size_that_no_model_was_compared_with_is_a_warning():
    with pytest.warns(UserWarning, match="edge_length_nm outside 3 to 20 nm") as caught:
        steady(edge_nm=2.5)
    assert len(caught) == 1


# Blinking on top


def test_the_rate_is_that_of_the_steady_crystal_times_its_blinking():
    physics = replace(STEADY, blinking=True, grey_share=0.3)
    courses = np.tile(COURSE, (4, 1))
    blinking = blinking_trace(TIME_S, 4, photophysics=physics, rng=1)
    np.testing.assert_allclose(
        steady(courses, photophysics=physics), steady(courses) * blinking, rtol=1e-12
    )
    assert 0.1 < blinking.mean() < 0.9


def test_neither_size_nor_intensity_changes_how_a_crystal_blinks():
    usual = photon_rates(COURSE, 5.1, TIME_S, rng=1)
    other = photon_rates(
        COURSE, 9.5, TIME_S, photophysics=Photophysics(excitation_w_cm2=0.9), rng=1
    )
    steadies = [steady(), steady(edge_nm=9.5, photophysics=replace(STEADY, excitation_w_cm2=0.9))]
    np.testing.assert_allclose(usual / steadies[0], other / steadies[1], atol=1e-12)
    assert np.all(usual <= steadies[0] * (1 + 1e-12))


def test_exposure_start_and_condition_reach_the_blinking():
    kwargs = {"exposure_s": 0.02, "start_s": -5.0, "condition": 3}
    rates = photon_rates(COURSE, 5.1, TIME_S, rng=2, **kwargs)
    np.testing.assert_allclose(
        rates, steady() * blinking_trace(TIME_S, 1, rng=2, **kwargs), rtol=1e-12
    )


def test_many_crystals_and_frames_do_not_take_seconds_of_work():
    history = simulate_exchange(calibrated_model(5.1, 5.0), 250, rng=1)
    time_s = np.arange(10_000) * 0.05 + 0.025
    photon_rates(history, 5.1, time_s[:10], rng=1)
    begin = time.process_time()
    rates = photon_rates(history, 5.1, time_s, rng=1)
    assert rates.shape == (250, 10_000)
    assert time.process_time() - begin < 3.0  # 0.4 s where nothing else runs


def test_the_default_history_is_seen_as_in_the_paper():
    """The small crystals turn on late; the large ones are brighter, as in Fig. 4."""
    small = steady(edge_nm=5.1).max()
    large = steady(edge_nm=13.1).max()
    assert 5 < large / small < 25
    model = CooperativeModel(1.0, 0.0, n_sites=4)
    history = simulate_exchange(model, 1, rng=1)
    seen = photon_rates(history, 5.1, [0.5, 1.5, 2.5, 3.5, 4.5], photophysics=STEADY, rng=1)[0]
    assert seen[4] > 2 * seen[3] > 0
    assert seen[2] < 0.05 * seen[4]
