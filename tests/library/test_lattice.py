"""The lattice against exact results: independent sites, the master equation, detailed balance."""

import heapq
import itertools
import math

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import expm

from anionx_teach.lattice_exchange import (
    LatticeModel,
    lattice_cells,
    simulate_lattice,
    simulate_reversible_lattice,
)

STATES = np.array(list(itertools.product((0, 1), repeat=8)), np.uint8)  # of a 2 x 2 x 2 cube
PLACES = list(itertools.product((0, 1), repeat=3))
NEXT_TO = [
    [j for j in range(8) if sum(abs(a - b) for a, b in zip(p, PLACES[j], strict=True)) == 1]
    for p in PLACES
]
CAPPED = pytest.mark.parametrize("rates", ["metropolis", "glauber"])


def gained_kt(model, state, site):
    """Free energy that bromide at a site of a 2 x 2 x 2 cube gains by becoming iodide."""
    iodide = sum(int(state[j]) for j in NEXT_TO[site])
    return model.driving_kt + model.coupling_kt * (2 * iodide - 3) / 2


def slow_rate(model, state, site):
    """The rate at which a site changes, from the words of the docstring."""
    k0 = model.attempt_rate_per_s
    if model.rates == "cooperative":
        iodide = sum(int(state[j]) for j in NEXT_TO[site])
        return 0.0 if state[site] else k0 * math.exp(model.coupling_kt * iodide)
    gained = gained_kt(model, state, site) * (-1 if state[site] else 1)
    if model.rates == "metropolis":
        return k0 * min(1.0, math.exp(gained))
    return k0 / (1.0 + math.exp(-gained))


def master_equation(model, *, backward):
    """The matrix of dp/dt = M p over the 256 states of a 2 x 2 x 2 cube."""
    number = {tuple(state): i for i, state in enumerate(STATES)}
    matrix = np.zeros((256, 256))
    for i, state in enumerate(STATES):
        for site in range(8):
            if state[site] and not backward:
                continue
            after = state.copy()
            after[site] ^= 1
            rate = slow_rate(model, state, site)
            matrix[number[tuple(after)], i] += rate
            matrix[i, i] -= rate
    return matrix


def mean_fraction(model, time_s, *, backward):
    start = np.eye(256)[0]  # all bromide
    matrix = master_equation(model, backward=backward)
    return np.array([STATES.mean(axis=1) @ expm(matrix * t) @ start for t in time_s])


def rises(model, n, seed):
    return np.array(
        [simulate_lattice(model, rng=seed, condition=i).rise_time_s() for i in range(n)]
    )


# Without coupling: independent sites


def test_without_coupling_each_site_waits_an_exponential_time():
    history = simulate_lattice(LatticeModel(20, 0.0, 0.25), rng=3)
    assert stats.kstest(history.event_time_s, "expon", args=(0, 4.0)).pvalue > 0.01
    # No place is special: neither the surface nor a direction.
    cube = history.event_time_s.reshape(20, 20, 20)
    inside = cube[1:-1, 1:-1, 1:-1].ravel()
    assert inside.mean() == pytest.approx(4.0, abs=4 * 4.0 / math.sqrt(inside.size))
    for axis in range(3):
        halves = np.split(cube, 2, axis=axis)
        assert stats.ks_2samp(halves[0].ravel(), halves[1].ravel()).pvalue > 0.005
    assert stats.pearsonr(cube[:-1].ravel(), cube[1:].ravel()).pvalue > 0.005


def test_without_coupling_the_mean_width_is_ln_9():
    width = rises(LatticeModel(13, 0.0, 1.0), 30, 4)
    first, last = 220, 1978  # of 2197: the mean of the times in between is a sum of 1 / left
    exact = np.sum(1.0 / (2197 - np.arange(first, last)))
    assert exact == pytest.approx(math.log(9), rel=2e-3)
    assert width.mean() == pytest.approx(exact, abs=4 * width.std(ddof=1) / math.sqrt(30))
    # The waiting times of the events are independent, so the spread is known as well.
    sd = math.sqrt(np.sum(1.0 / (2197.0 - np.arange(first, last)) ** 2))
    assert width.std(ddof=1) == pytest.approx(sd, rel=0.45)


# The full master equation of a 2 x 2 x 2 cube


@pytest.mark.parametrize(
    ("coupling_kt", "rates", "driving_kt"),
    [
        (0.0, "cooperative", 0.0),
        (1.02, "cooperative", 0.0),
        (3.0, "cooperative", 0.0),
        (-1.5, "cooperative", 0.0),
        (2.0, "metropolis", 0.4),
        (2.0, "glauber", -0.3),
    ],
)
def test_a_small_cube_follows_its_master_equation(coupling_kt, rates, driving_kt):
    model = LatticeModel(2, coupling_kt, 0.5, rates=rates, driving_kt=driving_kt)
    n = 2000
    histories = [simulate_lattice(model, rng=11, condition=i) for i in range(n)]
    middle = np.median([history.start_time_s(0.5) for history in histories])
    time_s = middle * np.array([0.2, 0.6, 1.0, 1.5, 2.5])
    fractions = np.array([history.iodide_fraction(time_s) for history in histories])
    exact = mean_fraction(model, time_s, backward=False)
    error = fractions.std(axis=0, ddof=1) / math.sqrt(n)
    assert np.all(np.abs(fractions.mean(axis=0) - exact) < 4 * error)
    assert exact[-1] - exact[0] > 0.3  # there was something to see


@CAPPED
def test_a_reversible_cube_follows_its_master_equation(rates):
    model = LatticeModel(2, 1.2, 2.0, rates=rates, driving_kt=0.5)
    time_s, n = np.array([0.1, 0.3, 0.7, 1.5, 4.0]), 1500
    courses = [
        simulate_reversible_lattice(model, time_s, rng=5, condition=i).iodide_fraction
        for i in range(n)
    ]
    exact = mean_fraction(model, time_s, backward=True)
    error = np.std(courses, axis=0, ddof=1) / math.sqrt(n)
    assert np.all(np.abs(np.mean(courses, axis=0) - exact) < 4 * error)


# Another algorithm: each site has an alarm clock, set anew when a neighbour becomes iodide


def alarm_clock_times(model, rng):
    """Event times of all sites, sorted; the hazard that each site survives is drawn beforehand."""
    n, left, clocks = model.cells, {}, []
    for site in np.ndindex(n, n, n):
        at_surface = min(site) == 0 or max(site) == n - 1
        rate = model.attempt_rate_per_s * (at_surface or model.start == "everywhere")
        left[site] = [rng.exponential(), 0.0, 0, rate]  # hazard, since when, neighbours, rate
        if rate:
            heapq.heappush(clocks, (left[site][0] / rate, 0, site))
    times = []
    while left:
        time, neighbours, site = heapq.heappop(clocks)
        if site not in left or left[site][2] != neighbours:
            continue  # an alarm that was set anew
        del left[site]
        times.append(time)
        for axis, step in itertools.product(range(3), (-1, 1)):
            other = tuple(v + step * (i == axis) for i, v in enumerate(site))
            if other in left:
                hazard, since, neighbours, rate = left[other]
                hazard -= (time - since) * rate
                rate = model.attempt_rate_per_s * math.exp(model.coupling_kt * (neighbours + 1))
                left[other] = [hazard, time, neighbours + 1, rate]
                heapq.heappush(clocks, (time + hazard / rate, neighbours + 1, other))
    return np.array(times)


@pytest.mark.parametrize("start", ["everywhere", "surface"])
@pytest.mark.parametrize("coupling_kt", [0.7, 3.0])
def test_times_are_distributed_as_those_of_another_algorithm(start, coupling_kt):
    model, n = LatticeModel(5, coupling_kt, 2.0, start=start), 300
    rng = np.random.default_rng(1)
    slow = np.array([alarm_clock_times(model, rng) for _ in range(n)])
    own = np.array([simulate_lattice(model, rng=2, condition=i).sorted_time_s for i in range(n)])
    for event in (0, 12, 62, 112, 124):
        assert stats.ks_2samp(slow[:, event], own[:, event]).pvalue > 0.002
        rise = slow[:, event] - slow[:, 0], own[:, event] - own[:, 0]
        assert stats.ks_2samp(*rise).pvalue > 0.002


# Detailed balance


def boltzmann(model):
    """Weights of all states of a 2 x 2 x 2 cube, from the energy alone."""
    pairs = [(i, j) for i in range(8) for j in NEXT_TO[i] if i < j]
    unlike = np.array([sum(int(s[i] != s[j]) for i, j in pairs) for s in STATES])
    weight = np.exp(model.driving_kt * STATES.sum(axis=1) - model.coupling_kt * unlike / 2)
    return weight / weight.sum()


@CAPPED
def test_every_pair_of_states_is_in_detailed_balance(rates):
    model = LatticeModel(2, 1.3, 1.0, rates=rates, driving_kt=0.7)
    flow = master_equation(model, backward=True) * boltzmann(model)
    np.testing.assert_allclose(flow, flow.T, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("rates", "initial_fraction"), [("metropolis", 0.0), ("glauber", 1.0)])
def test_the_states_of_a_long_run_have_their_boltzmann_weights(rates, initial_fraction):
    model = LatticeModel(2, 0.6, 1.0, rates=rates, driving_kt=0.2)
    # Apart by far more than the slowest relaxation, so that the states are independent.
    slowest = np.sort(-np.linalg.eigvals(master_equation(model, backward=True)).real)[1]
    time_s = (20 + 8 * np.arange(2000)) / slowest
    course = simulate_reversible_lattice(model, time_s, rng=6, initial_fraction=initial_fraction)
    number = course.occupancy.reshape(-1, 8) @ (1 << np.arange(7, -1, -1))
    expected = boltzmann(model) * time_s.size
    by_weight = np.argsort(expected)
    bins = np.searchsorted(np.cumsum(expected[by_weight]), np.linspace(0, time_s.size, 50)[1:-1])
    observed = np.bincount(number, minlength=256)[by_weight]
    grouped = [np.add.reduceat(v, np.unique([0, *bins])) for v in (observed, expected[by_weight])]
    assert grouped[1].min() > 5
    assert stats.chisquare(*grouped).pvalue > 0.01


def test_the_rates_inside_a_crystal_share_one_equilibrium():
    for rates in ("metropolis", "glauber"):
        model = LatticeModel(5, 0.8, 3.0, rates=rates, driving_kt=-0.4)
        factor = model.forward_rate_per_s / model.backward_rate_per_s
        np.testing.assert_allclose(np.log(factor), -0.4 + 0.8 * (np.arange(7) - 3), atol=1e-12)
    assert not LatticeModel(5, 0.8, 3.0).backward_rate_per_s.any()


def test_below_the_critical_coupling_a_crystal_mixes_and_above_it_separates():
    # Started half and half at equal stability: apart it keeps a memory of unlike neighbours.
    order = []
    for coupling_kt in (0.4, 1.4):
        model = LatticeModel(8, coupling_kt, 1.0, rates="glauber")
        course = simulate_reversible_lattice(model, [150.0], rng=2, initial_fraction=0.5)
        occupied = course.occupancy[0].astype(float)
        order.append(abs(2 * occupied.mean() - 1))
    assert order[0] < 0.25
    assert order[1] > 0.75


# The widths that the lattice is known for


@pytest.mark.parametrize(
    ("cells", "n", "coupling_kt", "width", "error"),
    [
        (13, 30, 0.0, 2.197, 0.0),
        (13, 30, 0.5, 0.532, 0.003),
        (13, 30, 1.02, 0.193, 0.001),
        (13, 30, 2.0, 0.0397, 0.0005),
        (13, 30, 4.0, 0.00197, 0.00008),
        (32, 2, 0.0, 2.197, 0.0),
        (32, 2, 0.5, 0.499, 0.002),
        (32, 2, 1.02, 0.173, 0.001),
        (32, 2, 2.0, 0.0339, 0.0004),
        (32, 2, 4.0, 0.00146, 0.00006),
    ],
)
def test_widths_agree_with_those_of_another_program(cells, n, coupling_kt, width, error):
    times = rises(LatticeModel(cells, coupling_kt, 1.0), n, 7)
    # The program gave means of 30 and 6 crystals with their errors; at eps = 0 the width is ln 9.
    crystals = {13: 30, 32: 6}[cells]
    one = error * math.sqrt(crystals) or 3.0 / math.sqrt(cells**3)
    assert times.mean() == pytest.approx(width, abs=3.5 * math.hypot(one / math.sqrt(n), error))


def test_size_alone_hardly_matters():
    small = rises(LatticeModel(13, 1.02, 1.0), 8, 8).mean()
    large = rises(LatticeModel(32, 1.02, 1.0), 1, 8).mean()
    assert 1.0 < small / large < 1.35


@CAPPED
def test_capped_rates_never_make_a_switch(rates):
    # The trap: coupling slows the reaction, though it looks sharper beside its incubation.
    rise, sharpness = {}, {}
    for coupling_kt in (0.0, 1.02, 2.0):
        model = LatticeModel(8, coupling_kt, 1.0, rates=rates)
        histories = [simulate_lattice(model, rng=9, condition=i) for i in range(10)]
        rise[coupling_kt] = np.mean([history.rise_time_s() for history in histories])
        start = np.mean([history.start_time_s() for history in histories])
        sharpness[coupling_kt] = rise[coupling_kt] / start
    assert math.log(9) * 0.95 < rise[0.0] < rise[1.02] < rise[2.0]
    assert sharpness[0.0] > sharpness[1.02] > sharpness[2.0]
    larger = rises(LatticeModel(20, 2.0, 1.0, rates=rates), 2, 9).mean()
    assert larger > rise[2.0]


def test_cells_follow_from_the_anions():
    assert [lattice_cells(edge) for edge in (5.1, 13.1, 0.01)] == [13, 32, 2]
