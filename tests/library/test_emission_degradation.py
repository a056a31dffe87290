"""Degradation: when the decay begins, how fast it is, and when there is none."""

from dataclasses import replace

import numpy as np
import pytest

from anionx_teach.emission import Photophysics, photon_rates
from anionx_teach.exchange import CooperativeModel, calibrated_model, simulate_exchange
from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice
from anionx_teach.photoluminescence import RED_EMISSION_FILTER, RED_EXCITATION_FILTER, filtered_rise

STEADY = Photophysics(blinking=False)
TIME_S = np.arange(0.025, 100, 0.05)


def left_after(history, edge_nm, rate_per_s=0.05, *, time_s=TIME_S, **options):
    """What degradation leaves of the light, (N, T); NaN in the dark."""
    rates = [
        photon_rates(
            history,
            edge_nm,
            time_s,
            photophysics=replace(STEADY, degradation_rate_per_s=rate, **options),
            rng=1,
        )
        for rate in (rate_per_s, 0.0)
    ]
    with np.errstate(invalid="ignore"):
        return rates[0] / rates[1]


def logistic(midpoint_s, tau_s, time_s=TIME_S):
    return 1 / (1 + np.exp(-(time_s - midpoint_s) / tau_s))


@pytest.mark.parametrize(
    ("concentration_um", "rate_per_s"), [(0, 0), (5, 0), (27.5, 0.01), (50, 0.02), (95, 0.04)]
)
def test_the_rate_grows_with_what_is_above_5_um(concentration_um, rate_per_s):
    physics = Photophysics(concentration_um=concentration_um)
    assert physics.decay_rate_per_s == pytest.approx(rate_per_s, abs=1e-15)
    off = Photophysics(concentration_um=concentration_um, degradation=False)
    assert off.decay_rate_per_s == 0.0


def test_a_given_rate_replaces_that_of_the_concentration():
    assert Photophysics(concentration_um=50, degradation_rate_per_s=0.5).decay_rate_per_s == 0.5
    assert Photophysics(concentration_um=5, degradation_rate_per_s=0.5).decay_rate_per_s == 0.5
    assert Photophysics(concentration_um=50, degradation_rate_per_s=0).decay_rate_per_s == 0.0
    off = Photophysics(degradation=False, degradation_rate_per_s=0.5)
    assert off.decay_rate_per_s == 0.0


def test_the_decay_is_exponential_from_the_event_on():
    history = simulate_exchange(calibrated_model(5.1, 50.0), 5, rng=1)
    left = left_after(history, 5.1)
    # The first composition with 99 % of the brightest light, by hand.
    fraction = np.arange(101) / 100
    light = filtered_rise(5.1, fraction, excitation=RED_EXCITATION_FILTER)
    first = int(np.argmax(light >= 0.99 * light.max()))
    assert 80 < first < 100
    begin_s = history.event_time_s[:, first - 1]
    expected = np.exp(-0.05 * np.maximum(TIME_S - begin_s[:, None], 0))
    lit = np.isfinite(left)
    np.testing.assert_allclose(left[lit], expected[lit], rtol=1e-9)


def test_concentration_and_switch_decide_whether_there_is_a_decay():
    course = logistic(20, 1)
    kwargs = {"time_s": TIME_S, "edge_length_nm": 5.1, "rng": 1}
    fresh, strong, off = (
        photon_rates(course, photophysics=physics, **kwargs)[0]
        for physics in (
            replace(STEADY, concentration_um=5),
            replace(STEADY, concentration_um=50),
            replace(STEADY, concentration_um=50, degradation=False),
        )
    )
    np.testing.assert_array_equal(fresh, off)
    assert np.argmax(strong) < strong.size / 2
    late = TIME_S > 60
    slope = np.polyfit(TIME_S[late], np.log(strong[late]), 1)[0]
    assert slope == pytest.approx(-0.02, rel=1e-3)
    assert fresh[-1] > 0.99 * fresh.max()


def test_a_large_crystal_decays_from_its_maximum_not_from_the_end_of_its_exchange():
    course = logistic(50, 8)
    left = left_after(course, 13.1)[0]
    light = filtered_rise(13.1, course, excitation=RED_EXCITATION_FILTER)
    begin = int(np.argmax(left < 1))
    assert light[begin] == pytest.approx(light.max(), rel=0.011)
    assert TIME_S[begin] < TIME_S[np.argmax(light)]
    assert course[begin] < 0.8
    after = left[begin:]
    np.testing.assert_allclose(after, np.exp(-0.05 * (TIME_S[begin:] - TIME_S[begin - 1])))


def test_a_crystal_that_is_not_through_does_not_degrade():
    np.testing.assert_array_equal(left_after(0.8 * logistic(20, 1), 5.1), 1.0)
    assert left_after(0.8 * logistic(20, 1), 13.1)[0, -1] < 0.05


def test_each_crystal_has_a_moment_of_its_own():
    courses = np.stack([logistic(midpoint_s, 1) for midpoint_s in (20, 40, 60)])
    left = left_after(courses, [5.1, 5.1, 13.1])
    begin_s = TIME_S[np.argmax(left < 1, axis=1)]
    assert begin_s[1] - begin_s[0] == pytest.approx(20, abs=0.051)
    assert 59 < begin_s[2] < 62
    shared = left_after(courses[0], [5.1, 13.1])
    begin_s = TIME_S[np.argmax(shared < 1, axis=1)]
    assert begin_s[1] < begin_s[0]  # the large crystal is through sooner, in the same course


def test_a_history_of_events_does_not_care_which_frames_are_asked_for():
    history = simulate_exchange(calibrated_model(5.1, 50.0), 4, rng=1)
    whole = left_after(history, 5.1)
    half = left_after(history, 5.1, time_s=TIME_S[1000:])
    np.testing.assert_allclose(half, whole[:, 1000:])
    # An array knows no time between its own: the decay begins a frame late at most.
    fraction = history.iodide_fraction(TIME_S)
    sampled = left_after(fraction, 5.1)
    lit = np.isfinite(whole)
    assert np.all(sampled[lit] >= whole[lit] * (1 - 1e-12))
    assert np.all(sampled[lit] <= whole[lit] * np.exp(0.05 * 0.05) * (1 + 1e-12))


def test_a_history_of_one_serves_many_sizes():
    history = simulate_exchange(calibrated_model(5.1, 50.0), 1, rng=1)
    both = left_after(history, [5.1, 13.1])
    np.testing.assert_allclose(both[0], left_after(history, 5.1)[0])
    np.testing.assert_allclose(both[1], left_after(history, 13.1)[0])


def test_a_lattice_degrades_from_one_of_its_events_on():
    lattice = simulate_lattice(LatticeModel(6, 0.0, 0.1), rng=1)
    left = left_after(lattice, 5.1)[0]
    begin = int(np.argmax(left < 1))
    begin_s = TIME_S[begin] + np.log(left[begin]) / 0.05
    assert np.abs(lattice.event_time_s - begin_s).min() < 1e-6
    assert 0.8 < lattice.iodide_fraction(np.array([begin_s]))[0] < 1


def test_where_nothing_rises_the_end_of_the_exchange_begins_the_decay():
    """Without filter, and with an absorption that does not change, a crystal is always as bright."""
    course = logistic(20, 1)
    flat = replace(STEADY, absorption_by_composition=False, degradation_rate_per_s=0.1)
    rates = photon_rates(course, 5.1, TIME_S, filter=None, photophysics=flat, rng=1)[0]
    begin = int(np.argmax(rates < rates[0]))
    assert course[begin - 1] >= 0.99 > course[begin - 2]
    history = simulate_exchange(CooperativeModel(1.0, 0.0, n_sites=50), 1, rng=1)
    time_s = np.arange(0.5, 60)
    rates = photon_rates(history, 5.1, time_s, filter=None, photophysics=flat, rng=1)[0]
    np.testing.assert_allclose(
        rates / rates[0], np.exp(-0.1 * np.maximum(time_s - 50, 0)), rtol=1e-12
    )


def test_the_filter_decides_when_a_crystal_counts_as_through():
    course = logistic(50, 8)
    physics = replace(STEADY, degradation_rate_per_s=0.05)
    through = []
    for window in (RED_EMISSION_FILTER, None):
        fresh, old = (
            photon_rates(course, 13.1, TIME_S, filter=window, photophysics=p, rng=1)[0]
            for p in (STEADY, physics)
        )
        through.append(TIME_S[np.argmax(old < fresh * (1 - 1e-12))])
    assert through[1] < through[0]  # absorption alone is complete before the line is inside
