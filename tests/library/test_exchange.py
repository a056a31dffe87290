"""The cooperative model, its histories, and what is read from them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach._exchange_kernels import count_events
from anionx_teach.exchange import (
    LAWS,
    CooperativeModel,
    ExchangeHistory,
    ExchangeTimes,
    exact_exchange_time,
    exact_rise_cdf,
    exact_rise_time,
    exact_start_time,
    simulate_exchange,
    simulate_exchange_times,
)

MODEL = CooperativeModel(0.05, 3.6e-4, step_s=0.185)


# The model


@pytest.mark.parametrize(
    ("law", "cooperativity", "fall"),
    [
        ("quadratic", 2e-4, lambda i: 2e-4 * i * i),
        ("linear", 0.02, lambda i: 0.02 * i),
        ("step", 0.05, lambda i: 0.05 * (i - 50) if i > 50 else 0.0),
        ("none", 0.7, lambda i: 0.0 * i),
    ],
)
@pytest.mark.parametrize("capped", [True, False])
def test_the_probability_of_each_event_follows_its_law(law, cooperativity, fall, capped):
    model = CooperativeModel(0.2, cooperativity, law=law, capped=capped)
    for i, (probability, barrier) in enumerate(
        zip(model.event_probability, model.barrier_kt, strict=True)
    ):
        expected = 0.2 * math.exp(fall(i))
        assert probability == pytest.approx(min(expected, 1.0) if capped else expected, rel=1e-13)
        assert barrier == pytest.approx(-math.log(expected), rel=1e-12, abs=1e-12)
    assert model.event_probability.shape == model.barrier_kt.shape == (100,)


def test_the_onset_of_the_step_is_a_setting():
    early = CooperativeModel(0.01, 0.05, n_sites=40, law="step", onset_fraction=0.25)
    rising = np.flatnonzero(np.diff(early.event_probability) > 0)
    assert rising[0] == 10  # the first event above k0 is the eleventh
    whole = CooperativeModel(0.01, 0.05, law="step", onset_fraction=0.0)
    linear = CooperativeModel(0.01, 0.05, law="linear")
    np.testing.assert_array_equal(whole.event_probability, linear.event_probability)


def test_a_capped_probability_never_overflows():
    model = CooperativeModel(1e-12, 1e300, n_sites=10)
    np.testing.assert_array_equal(model.event_probability, [1e-12] + 9 * [1.0])


def test_settings_are_kept_as_plain_numbers():
    model = CooperativeModel(np.float64(0.05), np.float32(0.5), np.int64(7), np.int32(2))
    assert [type(v) for v in (model.attempt_probability, model.n_sites)] == [float, int]
    assert model == CooperativeModel(0.05, 0.5, 7, 2.0)
    assert len({model, CooperativeModel(0.05, 0.5, 7, 2.0)}) == 1
    assert model.provenance == "set by hand"


def test_the_unit_of_the_cooperativity_depends_on_the_law():
    units = {law: CooperativeModel(0.1, 0.0, law=law).cooperativity_unit for law in LAWS}
    assert units["quadratic"] == "kT per event^2"
    assert units["linear"] == units["step"] == "kT per event"


# Histories


def test_event_times_are_whole_steps_that_increase():
    history = simulate_exchange(MODEL, 300, rng=1)
    steps = history.event_step
    assert steps.dtype == np.int64
    assert steps.shape == history.event_time_s.shape == (300, 100)
    assert steps.min() >= 1
    assert np.all(np.diff(steps, axis=1) >= 1)
    np.testing.assert_array_equal(steps * 0.185, history.event_time_s)
    assert not history.event_time_s.flags.writeable
    assert len(history) == 300


def test_a_certain_event_takes_one_step():
    history = simulate_exchange(CooperativeModel(1.0, 0.0, n_sites=5, step_s=0.5), 3, rng=1)
    np.testing.assert_array_equal(history.event_time_s, [[0.5, 1.0, 1.5, 2.0, 2.5]] * 3)


def test_steps_are_exact_however_many_there_are():
    model = CooperativeModel(2e-12, 0.0, n_sites=100, step_s=0.1, law="none")
    history = simulate_exchange(model, 20, rng=4)
    assert history.event_step.max() > 2**45
    np.testing.assert_array_equal(history.event_step * 0.1, history.event_time_s)
    np.testing.assert_array_equal(
        history.rise_time_s(), (history.event_step[:, 89] - history.event_step[:, 9]) * 0.1
    )


def test_waiting_times_without_the_cap_are_no_whole_steps():
    history = simulate_exchange(CooperativeModel(0.5, 1e-3, capped=False), 50, rng=1)
    assert np.all(history.event_time_s != np.rint(history.event_time_s))
    with pytest.raises(ValueError, match="event_step needs a model with capped=True"):
        history.event_step  # noqa: B018


def test_rise_start_and_total_are_read_from_the_events():
    history = simulate_exchange(CooperativeModel(0.05, 3e-3, n_sites=30), 40, rng=2)
    times = history.event_time_s
    np.testing.assert_array_equal(history.start_time_s(), times[:, 2])  # the third event: 10 %
    np.testing.assert_array_equal(history.start_time_s(0.11), times[:, 3])
    np.testing.assert_array_equal(history.rise_time_s(), times[:, 26] - times[:, 2])
    np.testing.assert_array_equal(history.rise_time_s(0.5, 0.51), times[:, 15] - times[:, 14])
    np.testing.assert_array_equal(history.exchange_time_s, times[:, -1])
    # 0.07 * 100 is a little more than 7, and the seventh event reaches 7 % all the same.
    of_hundred = simulate_exchange(MODEL, 5, rng=2)
    np.testing.assert_array_equal(of_hundred.start_time_s(0.07), of_hundred.event_time_s[:, 6])
    table = history.to_frame()
    assert table.index.name == "particle"
    np.testing.assert_array_equal(table["rise_time_s"], history.rise_time_s())
    np.testing.assert_array_equal(
        history.to_frame(0.2, 0.4)["start_time_s"], history.start_time_s(0.2)
    )


@pytest.mark.parametrize("capped", [True, False])
@pytest.mark.parametrize("n_sites", [1, 7, 100])
def test_times_without_trajectories_are_those_of_the_history(capped, n_sites):
    model = CooperativeModel(0.03, 1e-3, n_sites=n_sites, step_s=0.1, capped=capped)
    history = simulate_exchange(model, 123, rng=3, condition=5)
    times = simulate_exchange_times(model, 123, rng=3, condition=5, low=0.2, high=0.7)
    np.testing.assert_array_equal(times.start_time_s, history.start_time_s(0.2))
    np.testing.assert_array_equal(times.rise_time_s, history.rise_time_s(0.2, 0.7))
    np.testing.assert_array_equal(times.exchange_time_s, history.exchange_time_s)
    assert not times.rise_time_s.flags.writeable


def test_three_times_can_be_given_and_stay_the_callers():
    own = np.array([1.0, 2.0])
    times = ExchangeTimes(own, [3, 4], (5.0, 6.0))
    own[0] = 9.0
    assert times.to_frame().to_numpy().tolist() == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]


def test_a_single_event_has_no_rise():
    model = CooperativeModel(0.05, 0.0, n_sites=1)
    np.testing.assert_array_equal(simulate_exchange(model, 4, rng=1).rise_time_s(), 0.0)
    assert exact_rise_time(model) == (0.0, 0.0)
    assert exact_rise_cdf(model, [-1.0, 0.0, 1.0]).tolist() == [0.0, 1.0, 1.0]
    assert exact_rise_cdf(CooperativeModel(0.05, 0.0, n_sites=1, capped=False), 0.0) == 1.0
    assert exact_start_time(model) == exact_exchange_time(model)


def test_no_particles_are_an_empty_history_of_the_right_shape():
    history = simulate_exchange(MODEL, 0, rng=1)
    assert history.event_time_s.shape == history.event_step.shape == (0, 100)
    assert history.iodide_fraction([1.0, 2.0]).shape == (0, 2)
    assert history.rise_time_s().shape == history.start_time_s().shape == (0,)
    assert len(history.to_frame()) == 0
    times = simulate_exchange_times(MODEL, 0, rng=1)
    assert (
        times.start_time_s.shape == times.rise_time_s.shape == times.exchange_time_s.shape == (0,)
    )


def test_a_history_can_be_made_of_known_times():
    history = ExchangeHistory(CooperativeModel(0.5, 0.0, n_sites=3), [[1, 2, 2], [1, 4, 9]])
    assert history.iodide_fraction(2.0).tolist() == pytest.approx([1.0, 1 / 3])
    assert not history.event_time_s.flags.writeable


# The iodide fraction


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=12),
    st.lists(st.floats(-5, 105), max_size=12),
)
def test_the_fraction_counts_the_events_up_to_each_time(events, times):
    model = CooperativeModel(0.5, 0.0, n_sites=len(events), capped=False)
    events = sorted(events)
    history = ExchangeHistory(model, [events])
    slow = [sum(event <= time for event in events) / len(events) for time in times]
    assert history.iodide_fraction(times)[0].tolist() == slow


@pytest.mark.parametrize("count", [count_events.loop, count_events.twin])
def test_the_loop_counts_what_its_twin_counts(count):
    event_time_s = np.sort(np.random.default_rng(1).integers(0, 9, (5, 8)), axis=1).astype(float)
    time_s = np.array([-1.0, 0.0, 3.0, 3.0, 4.5, 8.0, 9.0])
    n_events = np.empty((5, 7), np.int32)
    count(n_events, event_time_s, time_s)
    slow = (event_time_s[:, None, :] <= time_s[:, None]).sum(axis=2)
    np.testing.assert_array_equal(n_events, slow)


def test_the_fraction_at_the_time_of_an_event_holds_that_event():
    history = simulate_exchange(MODEL, 50, rng=1)
    for particle in (0, 7):
        reached = history.iodide_fraction(history.event_time_s[particle])[particle]
        np.testing.assert_array_equal(reached, np.arange(1, 101) / 100)


def test_an_event_is_over_at_its_step_however_that_is_written():
    # 3 * 0.1 is a little more than 0.3: event and time are the same step all the same.
    history = simulate_exchange(CooperativeModel(1.0, 0.0, n_sites=40, step_s=0.1), 2, rng=1)
    for times in (np.arange(1, 41) / 10, np.arange(1, 41) * 0.1, np.linspace(0.1, 4.0, 40)):
        np.testing.assert_array_equal(history.iodide_fraction(times)[1], np.arange(1, 41) / 40)
    added = np.cumsum(np.full(40, 0.1))  # as a loop of one's own would count
    again = ExchangeHistory(history.model, added[None])
    np.testing.assert_array_equal(again.iodide_fraction(added)[0], np.arange(1, 41) / 40)
    np.testing.assert_array_equal(again.rise_time_s(), history.rise_time_s()[:1])
    assert history.iodide_fraction(0.299999).tolist() == [0.05, 0.05]


@pytest.mark.parametrize("capped", [True, False])
def test_times_beyond_all_steps_are_after_the_end(capped):
    model = CooperativeModel(0.5, 0.0, n_sites=4, step_s=1e-100, capped=capped)
    history = simulate_exchange(model, 1, rng=1)
    assert history.iodide_fraction([-1e308, 1e308]).tolist() == [[0.0, 1.0]]
    assert exact_rise_cdf(model, [-1e308, 1e308]).tolist() == [0.0, 1.0]


def test_a_single_time_gives_one_fraction_a_particle():
    history = simulate_exchange(MODEL, 20, rng=1)
    np.testing.assert_array_equal(
        history.iodide_fraction(80.0), history.iodide_fraction([80.0])[:, 0]
    )
    assert history.iodide_fraction([]).shape == (20, 0)


def test_playback_is_the_average_of_the_trajectories():
    history = simulate_exchange(MODEL, 400, rng=1)
    time_s = np.linspace(0, 400, 90)
    mean = history.iodide_fraction(time_s).mean(axis=0)
    assert mean[0] == 0.0
    assert mean[-1] == 1.0
    assert np.all(np.diff(mean) >= 0)
    # The mean of 1 - x over time is the mean time of an event.
    mean_s = history.event_time_s.mean()
    assert np.trapezoid(1 - mean, time_s) == pytest.approx(mean_s, rel=2e-3)
