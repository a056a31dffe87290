"""Rates by neighbours: counted as a slow walk counts them, and the law of the lattice comes out."""

import itertools

import numpy as np
import pytest

from anionx_teach.lattice_exchange import (
    LatticeHistory,
    LatticeModel,
    rates_by_neighbours,
    simulate_lattice,
    simulate_reversible_lattice,
)


@pytest.mark.parametrize("start", ["everywhere", "surface"])
def test_the_counts_are_those_of_a_slow_walk_through_the_events(start: str) -> None:
    history = simulate_lattice(LatticeModel(4, 0.8, 0.1, start=start), rng=3)
    state = np.zeros((6, 6, 6), bool)
    counts, waited_s, now_s = np.zeros(7, int), np.zeros(7), 0.0
    for site in history.event_order:
        place = tuple(np.array(np.unravel_index(site, (4, 4, 4))) + 1)
        later_s = history.event_time_s[site]
        for other in itertools.product(range(1, 5), repeat=3):
            if not state[other]:
                inside = all(2 <= i <= 3 for i in other)
                if start == "everywhere" or not inside or _neighbours(state, other):
                    waited_s[_neighbours(state, other)] += later_s - now_s
        counts[_neighbours(state, place)] += 1
        state[place] = True
        now_s = later_s
    table = rates_by_neighbours(history)
    np.testing.assert_array_equal(table["n_exchanged"], counts)
    np.testing.assert_allclose(table["waited_s"], waited_s, atol=1e-9)
    had = counts > 0
    np.testing.assert_allclose(table["rate_per_s"][had], counts[had] / waited_s[had])
    np.testing.assert_allclose(table["relative_se"][had], 1 / np.sqrt(counts[had]))


def _neighbours(state: np.ndarray, place: tuple[int, ...]) -> int:
    """Return how many of the six neighbours of a place are iodide."""
    steps = [*np.eye(3, dtype=int), *-np.eye(3, dtype=int)]
    return sum(bool(state[tuple(np.array(place) + step)]) for step in steps)


@pytest.mark.parametrize("coupling_kt", [-0.5, 0.0, 1.0])
def test_the_law_of_the_lattice_comes_out_of_its_events(coupling_kt: float) -> None:
    table = rates_by_neighbours(simulate_lattice(LatticeModel(25, coupling_kt, 3.0), rng=4))
    error = np.log(table["rate_per_s"] / 3.0) - coupling_kt * table["iodide_neighbours"]
    assert np.all(np.abs(error / table["relative_se"]) < 4)


def test_what_never_waited_has_no_rate() -> None:
    # Eight corners, exchanged one after the other: none has more than three neighbours.
    table = rates_by_neighbours(LatticeHistory(LatticeModel(2, 0.0, 1.0), np.arange(1.0, 9.0)))
    assert table["n_exchanged"].sum() == 8
    assert np.isnan(table["rate_per_s"][4:]).all()
    assert np.isnan(table["relative_se"][4:]).all()
    assert np.all(table["waited_s"][4:] == 0)


def test_another_object_is_named() -> None:
    model = LatticeModel(3, 0.5, 1.0, rates="glauber")
    course = simulate_reversible_lattice(model, [0.0, 1.0], rng=1)
    with pytest.raises(TypeError, match="history must be a LatticeHistory"):
        rates_by_neighbours(course)  # type: ignore[arg-type]
