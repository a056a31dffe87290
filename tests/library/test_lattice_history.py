"""Histories of the lattice: what they hold, what is read from them, and that chance is orderly."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import _lattice_engine as engine
from anionx_teach import _lattice_kernels as kernels
from anionx_teach._compile_kernels import SWITCH
from anionx_teach.lattice_exchange import (
    LatticeCourse,
    LatticeHistory,
    LatticeModel,
    simulate_lattice,
    simulate_reversible_lattice,
)

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed"
)
MODELS = [
    LatticeModel(5, 1.02, 1.0),
    LatticeModel(4, -2.0, 3.0),
    LatticeModel(6, 0.7, 1.0, start="surface"),
    LatticeModel(5, 1.5, 0.1, rates="metropolis", driving_kt=0.3),
    LatticeModel(5, 1.5, 0.1, "surface", "glauber"),
]
SMALL = LatticeHistory(LatticeModel(2, 0.0, 1.0), [8, 1, 2, 3, 4, 5, 6, 7])


def padded(cells):
    """The border of a padded cube."""
    border = np.ones((cells + 2,) * 3, bool)
    border[1:-1, 1:-1, 1:-1] = False
    return border.ravel()


def run_of(model, occupied, *, backward, call, until=np.inf, n_events=None):
    """Events and the state they leave, by one of the three ways to run the kernel."""
    run = engine._new_run(model, occupied, backward=backward)
    n = model.n_sites if n_events is None else n_events
    side = model.cells + 2
    neighbour = np.array([-side * side, -side, -1, 1, side, side * side])
    site, time = np.zeros(n, np.int32), np.zeros(n)
    draws = engine._draws(np.uint64(12345), 0, n)
    state = (run.members, run.place, run.group, run.end, run.clock)
    done = call(site, time, *state, run.rate, *draws, neighbour, run.rise, until)
    return done, site, time, run


# Twins and the state of the kernel


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("backward", [False, True])
def test_the_loop_and_the_twin_do_the_same(model, backward):
    occupied = np.zeros((model.cells,) * 3, np.uint8)
    results = [
        run_of(model, occupied, backward=backward, call=call)
        for call in (kernels.exchange_sites.loop, kernels.exchange_sites.twin)
    ]
    assert results[0][0] == results[1][0] > 0
    for loop, twin in zip(results[0][1:3], results[1][1:3], strict=True):
        np.testing.assert_array_equal(loop, twin)
    for name in ("members", "place", "group", "end", "clock"):
        np.testing.assert_array_equal(getattr(results[0][3], name), getattr(results[1][3], name))


@needs_numba
@pytest.mark.parametrize("model", [*MODELS, LatticeModel(13, 4.0, 1.0)])
def test_the_compiled_loop_and_the_twin_give_the_same_history(monkeypatch, model):
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels.exchange_sites.compile()
    compiled = simulate_lattice(model, rng=2).event_time_s
    monkeypatch.setenv(SWITCH, "1")
    np.testing.assert_array_equal(simulate_lattice(model, rng=2).event_time_s, compiled)


@pytest.mark.parametrize("model", MODELS)
def test_the_groups_are_those_that_a_look_at_the_sites_gives(model):
    rng = np.random.default_rng(1)
    backward = model.rates != "cooperative" and model.start == "everywhere"
    occupied = np.zeros((model.cells,) * 3, np.uint8)
    if backward:
        occupied = rng.integers(0, 2, occupied.shape).astype(np.uint8)
    done, site, _, run = run_of(
        model, occupied, backward=backward, call=kernels.exchange_sites.twin, n_events=60
    )
    state = np.pad(occupied, 1).ravel()
    np.bitwise_xor.at(state, site[:done], np.uint8(1))
    now = state.reshape((model.cells + 2,) * 3)[1:-1, 1:-1, 1:-1]
    anywhere = LatticeModel(model.cells, 0.0, 1.0, rates=model.rates)
    fresh = engine._new_run(anywhere, now, backward=True).group
    waits = run.group == 0
    if model.start == "surface":  # inside, bromide with no iodide neighbour
        inside = np.zeros((model.cells + 2,) * 3, bool)
        inside[2:-2, 2:-2, 2:-2] = True
        np.testing.assert_array_equal(waits, inside.ravel() & (fresh == 1))
    else:
        assert not waits.any()
    np.testing.assert_array_equal(run.group[~waits], fresh[~waits])
    for g in range(run.rate.size):
        members = run.members[run.end[g + 1] : run.end[g]]
        np.testing.assert_array_equal(np.sort(members), np.flatnonzero(run.group == g))
    np.testing.assert_array_equal(run.members[run.place[run.members]], run.members)
    assert np.all(run.group[padded(model.cells)] == run.rate.size)


@pytest.mark.parametrize("model", MODELS)
def test_no_site_reacts_twice_and_none_is_left_out(model):
    occupied = np.zeros((model.cells,) * 3, np.uint8)
    n = model.n_sites
    done, site, time, _ = run_of(
        model, occupied, backward=False, call=kernels.exchange_sites.twin, n_events=n + 5
    )
    assert done == n
    np.testing.assert_array_equal(np.sort(site[:n]), np.flatnonzero(~padded(model.cells)))
    assert np.all(np.diff(time[:n]) > 0)


def test_surface_first_means_from_the_surface_or_a_neighbour_on():
    for coupling_kt in (0.0, 1.0):
        history = simulate_lattice(LatticeModel(7, coupling_kt, 1.0, start="surface"), rng=4)
        time = np.pad(history.event_time_s.reshape(7, 7, 7), 1, constant_values=0.0)
        for x, y, z in np.ndindex(7, 7, 7):
            own = time[x + 1, y + 1, z + 1]
            around = [
                time[x, y + 1, z + 1], time[x + 2, y + 1, z + 1], time[x + 1, y, z + 1],
                time[x + 1, y + 2, z + 1], time[x + 1, y + 1, z], time[x + 1, y + 1, z + 2],
            ]  # fmt: skip
            assert min(around) < own  # outside is 0: the surface may always react


# Chance


@pytest.mark.parametrize("at_once", [1, 7, 216, 100_000])
def test_a_history_does_not_depend_on_chunks(monkeypatch, at_once):
    model = LatticeModel(6, 1.0, 1.0)
    history = simulate_lattice(model, rng=1)
    capped = LatticeModel(6, 1.0, 1.0, rates="metropolis")
    course = simulate_reversible_lattice(capped, np.linspace(0, 5, 40), rng=1)
    monkeypatch.setattr(engine, "_EVENTS_AT_ONCE", at_once)
    monkeypatch.setattr(engine, "_PARTS", 10**6)
    np.testing.assert_array_equal(simulate_lattice(model, rng=1).event_time_s, history.event_time_s)
    again = simulate_reversible_lattice(capped, np.linspace(0, 5, 40), rng=1)
    np.testing.assert_array_equal(again.occupancy, course.occupancy)


def test_a_history_does_not_depend_on_threads():
    model = LatticeModel(8, 1.0, 1.0)
    alone = [simulate_lattice(model, rng=1, condition=i).event_time_s for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(simulate_lattice, model, rng=1, condition=i) for i in range(8)]
        for task, times in zip(tasks, alone, strict=True):
            np.testing.assert_array_equal(task.result().event_time_s, times)


def test_seeds_and_conditions_are_independent():
    model = LatticeModel(13, 0.0, 1.0)
    by_seed = [simulate_lattice(model, rng=seed).event_time_s for seed in range(4)]
    by_condition = [
        simulate_lattice(model, rng=0, condition=i).event_time_s for i in (1, 2, 2**64 - 1)
    ]
    correlation = np.corrcoef([*by_seed, *by_condition])
    assert np.abs(correlation - np.eye(7)).max() < 4.5 / np.sqrt(model.n_sites)


def test_an_int_repeats_and_a_generator_goes_on():
    model = LatticeModel(4, 1.0, 1.0)
    first = simulate_lattice(model, rng=np.random.SeedSequence(5)).event_time_s
    np.testing.assert_array_equal(simulate_lattice(model, rng=5).event_time_s, first)
    generator = np.random.default_rng(5)
    two = [simulate_lattice(model, rng=generator).event_time_s for _ in range(2)]
    assert not np.array_equal(*two)


def test_another_attempt_rate_is_the_same_course_on_another_clock():
    slow, fast = (simulate_lattice(LatticeModel(6, 1.0, k0), rng=3) for k0 in (0.5, 4.0))
    np.testing.assert_array_equal(slow.event_time_s, 8 * fast.event_time_s)


# What is read from a history


def test_rise_start_and_total_are_read_from_the_events():
    history = simulate_lattice(LatticeModel(3, 0.5, 1.0), rng=1)
    times = np.sort(history.event_time_s)
    assert history.start_time_s() == times[2]  # the third of 27: 10 %
    assert history.start_time_s(1 / 3) == times[8]  # exactly the ninth
    assert history.rise_time_s() == times[24] - times[2]
    assert history.rise_time_s(0.5, 0.51) == 0.0  # the same event reaches both
    assert history.exchange_time_s == times[-1]
    np.testing.assert_array_equal(history.sorted_time_s, times)
    np.testing.assert_array_equal(history.event_time_s[history.event_order], times)
    for values in (history.event_time_s, history.sorted_time_s, history.event_order):
        assert not values.flags.writeable


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 9), min_size=8, max_size=8), st.lists(st.floats(-1, 10), max_size=5))
def test_fraction_and_occupancy_count_the_events_up_to_each_time(events, times):
    history = LatticeHistory(LatticeModel(2, 0.0, 1.0), events)
    occupancy = history.occupancy(times)
    assert occupancy.shape == (len(times), 2, 2, 2)
    assert occupancy.dtype == np.uint8
    slow = [[int(event <= time) for event in events] for time in times]
    np.testing.assert_array_equal(occupancy.reshape(-1, 8), np.array(slow).reshape(-1, 8))
    np.testing.assert_array_equal(history.iodide_fraction(times), [sum(row) / 8 for row in slow])


def test_a_single_time_gives_one_cube_and_one_number():
    assert SMALL.occupancy(3.0).shape == (2, 2, 2)
    assert isinstance(SMALL.iodide_fraction(3.0), float)
    assert SMALL.iodide_fraction([[1.0], [2.5]]).tolist() == [[0.125], [0.25]]


def test_the_table_has_a_row_for_each_site():
    table = simulate_lattice(LatticeModel(3, 1.0, 1.0), rng=1).to_frame()
    assert table.index.name == "site"
    assert list(table) == ["x", "y", "z", "event_time_s"]
    np.testing.assert_array_equal((table["x"] * 3 + table["y"]) * 3 + table["z"], np.arange(27))


def test_settings_are_kept_as_plain_numbers():
    model = LatticeModel(np.int64(4), np.float32(0.5), 1)
    assert [type(v) for v in (model.cells, model.coupling_kt)] == [int, float]
    assert model == LatticeModel(4, 0.5, 1.0)
    assert len({model, LatticeModel(4, 0.5, 1.0)}) == 1


def test_extreme_settings_have_finite_times():
    for coupling_kt, k0 in ((-100.0, 1e-30), (-100.0, 1e30)):
        history = simulate_lattice(LatticeModel(4, coupling_kt, k0), rng=1)
        assert np.all(np.isfinite(history.event_time_s))
    for rates in ("metropolis", "glauber"):
        model = LatticeModel(3, -100.0, 1e-30, rates=rates, driving_kt=-100.0)
        assert np.all(np.isfinite(simulate_lattice(model, rng=1).event_time_s))


def test_a_coupling_that_leaves_no_digits_is_said():
    with pytest.warns(UserWarning, match="coupling_kt = 100 kT is so strong that .* of the 512 ev"):
        simulate_lattice(LatticeModel(8, 100.0, 1e30), rng=1)
    simulate_lattice(LatticeModel(13, 8.0, 1.0), rng=1)  # no warning yet


# Runs that go both ways


def test_a_reversible_run_starts_as_it_is_told():
    model = LatticeModel(5, 0.5, 1.0, rates="glauber")
    for part, expected in ((0.0, 0), (0.3, 38), (1.0, 125)):
        course = simulate_reversible_lattice(
            model, [0.0, -7.0, -1e308], rng=1, initial_fraction=part
        )
        assert course.occupancy.sum(axis=(1, 2, 3)).tolist() == [expected] * 3
    other = simulate_reversible_lattice(model, 0.0, rng=2, initial_fraction=0.3)
    same = simulate_reversible_lattice(model, 0.0, rng=1, initial_fraction=0.3)
    assert other.occupancy.shape == same.occupancy.shape == (1, 5, 5, 5)
    assert not np.array_equal(other.occupancy, same.occupancy)


def test_times_of_a_reversible_run_may_come_in_any_order():
    model = LatticeModel(4, 1.0, 1.0, rates="metropolis", driving_kt=1.0)
    time_s = np.array([3.0, 0.2, 0.0, 7.0, 0.2])
    course = simulate_reversible_lattice(model, time_s, rng=3)
    for i, time in enumerate(time_s):
        alone = simulate_reversible_lattice(model, time, rng=3)
        np.testing.assert_array_equal(alone.occupancy[0], course.occupancy[i])
    np.testing.assert_array_equal(course.time_s, time_s)
    assert not course.occupancy.flags.writeable


def test_no_times_are_an_empty_course_of_the_right_shape():
    model = LatticeModel(3, 1.0, 1.0, rates="glauber")
    course = simulate_reversible_lattice(model, [], rng=1)
    assert course.occupancy.shape == (0, 3, 3, 3)
    assert course.iodide_fraction.shape == (0,)


def test_strong_driving_leaves_no_way_back():
    model = LatticeModel(6, 1.0, 1.0, rates="glauber", driving_kt=90.0)
    time_s = np.array([0.5, 1.0, 3.0])
    course = simulate_reversible_lattice(model, time_s, rng=8)
    forward = simulate_lattice(model, rng=8)  # the same draws
    np.testing.assert_array_equal(course.occupancy, forward.occupancy(time_s))


def test_a_course_can_be_made_of_known_sites():
    course = LatticeCourse(LatticeModel(2, 0.0, 1.0), [1.0], np.ones((1, 2, 2, 2), int))
    assert course.occupancy.dtype == np.uint8
    assert course.iodide_fraction.tolist() == [1.0]
