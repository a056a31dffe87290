"""The draws of the cooperative chain: exact twins, good numbers, and independent streams."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from anionx_teach import _exchange_engine as engine
from anionx_teach import _exchange_kernels as kernels
from anionx_teach._compile_kernels import SWITCH
from anionx_teach._counter_draws import INCREMENT, draw_key, mix, stream_starts
from anionx_teach.exchange import CooperativeModel, simulate_exchange, simulate_exchange_times

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed"
)
MODEL = CooperativeModel(0.05, 3.6e-4, n_sites=150, step_s=0.3)


def exponential(key, condition, n_particles, n_sites):
    """The exponential draws behind the waiting times, (N, S)."""
    offset = np.arange(1, n_sites + 1, dtype=np.uint64) * INCREMENT
    return kernels.exponential(stream_starts(key, condition, n_particles)[:, None] + offset)


def filled(fill, shape=(40, 60), *, seed=1, scale=None, in_whole_steps=True, step_s=0.3):
    event_time_s = np.full(shape, np.nan)
    scale = np.geomspace(0.2, 3e9, shape[1]) if scale is None else scale
    with np.errstate(over="ignore"):  # NumPy's scalars warn of what is meant to wrap around
        fill(event_time_s, stream_starts(seed, 0, shape[0]), scale, in_whole_steps, step_s)
    return event_time_s


# Twins


@pytest.mark.parametrize("in_whole_steps", [True, False])
def test_the_loop_and_the_twin_fill_the_same(in_whole_steps):
    arguments = {"shape": (6, 50), "in_whole_steps": in_whole_steps}
    loop = filled(kernels.fill_event_times.loop, **arguments)
    twin = filled(kernels.fill_event_times.twin, **arguments)
    np.testing.assert_array_equal(loop, twin)


@needs_numba
@pytest.mark.parametrize("in_whole_steps", [True, False])
@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (200, 1000), (5, 40_000), (0, 4)])
def test_the_compiled_loop_and_the_twin_fill_the_same(monkeypatch, shape, in_whole_steps):
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels.fill_event_times.compile()
    arguments = {"shape": shape, "in_whole_steps": in_whole_steps, "seed": 2}
    compiled = filled(kernels.fill_event_times, **arguments)
    np.testing.assert_array_equal(compiled, filled(kernels.fill_event_times.twin, **arguments))
    assert not np.isnan(compiled).any()


@needs_numba
def test_the_compiled_loop_and_the_twin_count_the_same(monkeypatch):
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels.count_events.compile()
    history = simulate_exchange(MODEL, 80, rng=1)
    compiled = history.iodide_fraction(np.linspace(-1, 400, 77))
    monkeypatch.setenv(SWITCH, "1")
    np.testing.assert_array_equal(history.iodide_fraction(np.linspace(-1, 400, 77)), compiled)


def test_a_saturated_event_takes_one_step_in_both():
    scale = np.array([0.0, 2.0, 0.0])
    for fill in (kernels.fill_event_times.loop, kernels.fill_event_times.twin):
        times = filled(fill, (5, 3), scale=scale, step_s=1.0)
        np.testing.assert_array_equal(times[:, 0], 1.0)
        np.testing.assert_array_equal(times[:, 2] - times[:, 1], 1.0)


# The numbers themselves


def test_the_mixing_is_that_of_splitmix64():
    # Published first outputs of splitmix64 with the seed 1234567.
    counters = np.uint64(1234567) + np.arange(1, 6, dtype=np.uint64) * INCREMENT
    assert mix(counters).tolist() == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_a_draw_is_the_logarithm_of_the_upper_bits_of_the_hash():
    counters = np.arange(1, 2001, dtype=np.uint64) * INCREMENT
    u = ((mix(counters) >> np.uint64(12)).astype(float) + 0.5) / 2.0**52
    np.testing.assert_allclose(kernels.exponential(counters), -np.log(u), rtol=1e-15)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**52 - 1))
def test_the_logarithm_is_right_to_its_last_digits(numerator):
    u = np.array([(numerator + 0.5) / 2.0**52])
    assert 0.0 < u[0] < 1.0
    ours = kernels._minus_log(u.copy(), np.empty(1, np.uint64))[0]
    exact = -np.log(u.astype(np.longdouble))[0]
    assert abs(ours - exact) <= 2.5 * np.spacing(float(exact))
    assert ours > 0


def test_the_logarithm_is_right_at_its_seams():
    seams = np.sqrt(0.5) * 2.0 ** -np.arange(0, 50)
    near = np.concatenate([seams * (1 + k * 2.0**-52) for k in range(-3, 4)])
    edges = np.array([2.0**-53, 1 - 2.0**-53, 1 - 3 * 2.0**-53, 0.5, 0.25])
    u = np.concatenate([near[(near > 0) & (near < 1)], edges])
    ours = kernels._minus_log(u.copy(), np.empty(u.size, np.uint64))
    exact = -np.log(u.astype(np.longdouble))
    assert np.all(np.abs(ours - exact) <= 2.5 * np.spacing(exact.astype(float)))


def test_the_draws_are_exponential():
    draws = exponential(draw_key(1), 0, 1000, 1000).ravel()
    assert stats.kstest(draws, "expon").pvalue > 0.01
    for power, mean, variance in ((1, 1.0, 1.0), (2, 2.0, 20.0), (3, 6.0, 684.0)):
        z = ((draws**power).mean() - mean) / np.sqrt(variance / draws.size)
        assert abs(z) < 4
    # The tail: draws above 10 are Poisson distributed.
    expected = draws.size * np.exp(-10)
    assert abs((draws > 10).sum() - expected) < 4 * np.sqrt(expected)


# What a draw depends on


def test_a_draw_depends_on_key_condition_particle_and_event_alone():
    few = simulate_exchange(MODEL, 7, rng=5, condition=3)
    many = simulate_exchange(MODEL, 90, rng=5, condition=3)
    np.testing.assert_array_equal(few.event_time_s, many.event_time_s[:7])
    # The same chance in a slightly different model: each waiting time moves a little or not at all.
    other = CooperativeModel(0.05, 3.7e-4, n_sites=150, step_s=0.3)
    moved = simulate_exchange(other, 90, rng=5, condition=3).event_time_s - many.event_time_s
    assert np.all(moved <= 0)
    assert np.abs(moved).max() < 0.1 * many.event_time_s.max()


def test_neither_chunks_nor_threads_change_a_number(monkeypatch):
    whole = simulate_exchange(MODEL, 101, rng=5)
    times = simulate_exchange_times(MODEL, 101, rng=5)
    for events in (1, 150, 299, 1000, 10**9):
        monkeypatch.setattr(engine, "_EVENTS_AT_ONCE", events)
        monkeypatch.setattr(kernels, "_ELEMENTS_AT_ONCE", events)
        chunked = simulate_exchange_times(MODEL, 101, rng=5)
        np.testing.assert_array_equal(chunked.exchange_time_s, times.exchange_time_s)
        np.testing.assert_array_equal(chunked.exchange_time_s, whole.exchange_time_s)
        np.testing.assert_array_equal(
            simulate_exchange(MODEL, 101, rng=5).event_time_s, whole.event_time_s
        )
    monkeypatch.setattr(engine, "_EVENTS_FOR_THREADS", 1000)
    for processors in (1, 2, 3, 8):
        monkeypatch.setattr(engine, "usable_cores", lambda n=processors: n)
        threaded = simulate_exchange(MODEL, 101, rng=5)
        np.testing.assert_array_equal(threaded.event_time_s, whole.event_time_s)


def test_two_threads_at_once_disturb_no_one():
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda seed: simulate_exchange(MODEL, 60, rng=seed), [1, 2] * 8))
    for i, run in enumerate(runs):
        np.testing.assert_array_equal(run.event_time_s, runs[i % 2].event_time_s)


def test_cores_are_counted_where_their_affinity_is_not_known(monkeypatch):
    monkeypatch.delattr(engine.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(engine.os, "cpu_count", lambda: None)
    assert engine.usable_cores() == 1


def test_what_may_be_given_as_rng():
    first = simulate_exchange(MODEL, 3, rng=7).event_time_s
    of_sequence = simulate_exchange(MODEL, 3, rng=np.random.SeedSequence(7)).event_time_s
    np.testing.assert_array_equal(first, of_sequence)
    generator, again = np.random.default_rng(7), np.random.default_rng(7)
    drawn = [simulate_exchange(MODEL, 3, rng=generator).event_time_s for _ in range(2)]
    assert not np.array_equal(*drawn)
    np.testing.assert_array_equal(drawn[0], simulate_exchange(MODEL, 3, rng=again).event_time_s)
    assert draw_key(None) != draw_key(None)
    sequence = np.random.SeedSequence(3)
    assert draw_key(sequence) == draw_key(sequence)


# Independence


def correlations(a, b):
    """Correlation of two samples of uniform numbers in units of its standard error."""
    n = a.size
    return np.corrcoef(a.ravel(), b.ravel())[0, 1] * np.sqrt(n)


def test_particles_events_conditions_and_keys_are_uncorrelated():
    key = draw_key(1)
    u = np.exp(-exponential(key, 0, 1000, 1000))
    other_condition = np.exp(-exponential(key, 1, 1000, 1000))
    next_seed = np.exp(-exponential(draw_key(2), 0, 1000, 1000))
    next_key = np.exp(-exponential(key + 1, 0, 1000, 1000))
    pairs = {
        "neighbouring particles": (u[1:], u[:-1]),
        "neighbouring events": (u[:, 1:], u[:, :-1]),
        "the diagonal": (u[1:, 1:], u[:-1, :-1]),
        "the other diagonal": (u[1:, :-1], u[:-1, 1:]),
        "conditions": (u, other_condition),
        "condition against particle": (u[1:], other_condition[:-1]),
        "seeds": (u, next_seed),
        "keys": (u, next_key),
    }
    for name, (a, b) in pairs.items():
        assert abs(correlations(a, b)) < 4, name
        # Distances from the middle find what is dependent but not correlated.
        assert abs(correlations(np.abs(a - 0.5), np.abs(b - 0.5))) < 4, name
    # All particles against all others at once: the largest of half a million correlations.
    between = np.corrcoef(u) * np.sqrt(u.shape[1])
    assert np.abs(between[np.triu_indices(1000, 1)]).max() < 6
    between = np.corrcoef(u.T) * np.sqrt(u.shape[0])
    assert np.abs(between[np.triu_indices(1000, 1)]).max() < 6


def test_no_row_is_another_row_shifted():
    # A row that were another one shifted would repeat its numbers: none of 1.2 million does.
    key = draw_key(1)
    streams = ((key, 0), (key, 1), (key, 2**40), (key + 1, 0))
    starts = np.concatenate([stream_starts(*stream, 300) for stream in streams])
    counters = starts[:, None] + np.arange(1, 1001, dtype=np.uint64) * INCREMENT
    assert np.unique(mix(counters)).size == counters.size
    # Nor are rows alike, beside each other or in different conditions, at any small shift.
    u = np.exp(-kernels.exponential(counters))
    for shift in (1, 2, 3, 4, 8):
        for step in (1, 300):
            assert abs(correlations(u[step:, shift:], u[:-step, :-shift])) < 4.5


def test_sums_over_particles_and_over_events_have_the_spread_of_independent_ones():
    draws = exponential(draw_key(9), 0, 2000, 500)
    for axis in (0, 1):
        sums = draws.sum(axis=axis)
        n = draws.shape[axis]
        # Variance of a sum of n independent draws is n; its own standard error from the kurtosis.
        z = (sums.var(ddof=1) / n - 1) / np.sqrt((2 + 6 / n) / sums.size)
        assert abs(z) < 4
