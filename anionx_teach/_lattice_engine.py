"""Runs of the lattice: the sites in their groups, draws by counter, events in chunks.

Times in here are in units of 1/k0, so that another k0 gives the same course, faster or slower.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._counter_draws import INCREMENT, mix, stream_starts
from anionx_teach._exchange_kernels import exponential
from anionx_teach._lattice_kernels import Sites, exchange_sites
from anionx_teach._lattice_model import N_NEIGHBOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anionx_teach._counter_draws import Counters
    from anionx_teach._lattice_model import LatticeModel
    from anionx_teach._validation import Numbers

_EVENTS_AT_ONCE = 65_536  # their draws take 1.5 MB
_PARTS = 16  # at most so many chunks for a lattice: without compiled code each copies the lattice
_DRAWS_PER_EVENT = np.uint64(3)
_DROPPED = np.uint64(12)  # bits of a hash; 52 remain, the mantissa of a float64
_ONE_BITS = np.uint64(0x3FF0000000000000)  # of 1.0
_HALF_STEP = 2.0**-53


@dataclass
class _Run:
    """A lattice in its groups, as the kernel takes it; it changes all but the last two."""

    members: Sites
    place: Sites
    group: npt.NDArray[np.int8]
    end: npt.NDArray[np.int64]
    clock: Numbers
    rate: Numbers
    rise: int


def forward_event_times(model: LatticeModel, key: int, condition: int) -> Numbers:
    """Return when each site is exchanged in 1/k0, (S,), all from bromide to iodide."""
    side = model.cells + 2
    time = np.empty(side**3)
    all_bromide = np.zeros((model.cells,) * 3, np.uint8)
    run = _new_run(model, all_bromide, backward=False)
    for event_site, event_time in _events(run, model.cells, key, condition, np.inf):
        time[event_site] = event_time
    return time.reshape(side, side, side)[1:-1, 1:-1, 1:-1].ravel()


def reversible_occupancy(
    model: LatticeModel,
    occupied: npt.NDArray[np.uint8],
    time: Numbers,
    key: int,
    condition: int,
) -> npt.NDArray[np.uint8]:
    """Return where iodide is at times >= 0 in 1/k0, in any order, (T, n, n, n)."""
    n = model.cells
    state = np.pad(occupied, 1).ravel()
    seen = np.empty((time.size, n, n, n), np.uint8)
    order = list(np.argsort(time, kind="stable"))
    run = _new_run(model, occupied, backward=True)
    until = float(time.max(initial=-1.0))
    for event_site, event_time in _events(run, n, key, condition, until):
        applied = 0
        while order and time[order[0]] < event_time[-1]:
            upto = int(event_time.searchsorted(time[order[0]], side="right"))
            _flip(state, event_site[applied:upto])
            applied = upto
            seen[order.pop(0)] = _inside(state, n)
        _flip(state, event_site[applied:])
    seen[order] = _inside(state, n)
    return seen


def neighbours_that_are(marked: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    """Return how many of the neighbours of each site are marked by a 1, in the shape of the sites."""
    padded = np.pad(marked, 1).astype(np.int8)
    count = np.zeros(marked.shape, np.int8)
    inside = slice(1, -1)
    for axis in range(3):
        for part in (slice(None, -2), slice(2, None)):
            index = [inside] * 3
            index[axis] = part
            count += padded[tuple(index)]
    return count


def random_sites(key: int, condition: int, n_sites: int) -> npt.NDArray[np.int64]:
    """Return the numbers of all sites in random order, (S,)."""
    counters = stream_starts(key, condition, 2)[1] + np.arange(n_sites, dtype=np.uint64) * INCREMENT
    return np.argsort(mix(counters), kind="stable")


def _events(
    run: _Run, cells: int, key: int, condition: int, until: float
) -> Iterator[tuple[Sites, Numbers]]:
    """Yield sites and times of the events, chunk after chunk, until nothing happens any more."""
    side = cells + 2
    neighbour = np.array([-side * side, -side, -1, 1, side, side * side])
    start = stream_starts(key, condition, 1)[0]
    at_once = max(min(_EVENTS_AT_ONCE, cells**3), cells**3 // _PARTS)
    first = 0
    while True:
        draws = _draws(start, first, at_once)
        event_site, event_time = np.empty(at_once, np.int32), np.empty(at_once)
        state = (run.members, run.place, run.group, run.end, run.clock)
        done = exchange_sites(
            event_site, event_time, *state, run.rate, *draws, neighbour, run.rise, until
        )
        if done:
            yield event_site[:done], event_time[:done]
        if done < at_once:
            return
        first += at_once


def _draws(start: np.uint64, first: int, n_events: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return the draws of events first, first + 1, ...: a waiting time, and two in (0, 1).

    Group and member have a draw each: the last bits of one alone would not tell the members of a
    group apart whose weight is a tiny part of the total.
    """
    event = np.arange(first, first + n_events, dtype=np.uint64) * _DRAWS_PER_EVENT
    waiting, group, member = (
        start + (event + np.uint64(which)) * INCREMENT for which in range(1, 4)
    )
    return exponential(waiting), _uniform(group), _uniform(member)


def _uniform(counters: Counters) -> Numbers:
    """Return a number inside (0, 1) for each counter."""
    numbers = ((mix(counters) >> _DROPPED) | _ONE_BITS).view(np.float64)
    numbers -= 1.0
    numbers += _HALF_STEP
    return numbers


def _new_run(model: LatticeModel, occupied: npt.NDArray[np.uint8], *, backward: bool) -> _Run:
    """Return the sites of an occupancy in their groups, at time 0."""
    forward_rate, backward_rate = model.relative_rates()
    kinds = forward_rate.size
    rate = np.concatenate([[0.0], forward_rate, backward_rate if backward else np.zeros(kinds)])
    rise = 1 if kinds == N_NEIGHBOURS + 1 else 2
    like_bromide = N_NEIGHBOURS - neighbours_that_are(1 - occupied) if rise == 2 else 0
    cube = 1 + neighbours_that_are(occupied) + like_bromide + occupied.astype(np.int8) * kinds
    if model.start == "surface":  # from bromide alone
        cube[1:-1, 1:-1, 1:-1] = 0
    no_site = rate.size
    group = np.pad(cube, 1, constant_values=no_site).astype(np.int8).ravel()
    sites = np.flatnonzero(group != no_site)
    # Highest group first.
    members = sites[np.argsort(-group[sites], kind="stable")].astype(np.int32)
    place = np.zeros(group.size, np.int32)
    place[members] = np.arange(members.size, dtype=np.int32)
    # end[g]: how many sites belong to group g or a higher one.
    sizes = np.bincount(group[sites], minlength=no_site + 1)
    end = np.ascontiguousarray(np.cumsum(sizes[::-1])[::-1]).astype(np.int64)
    return _Run(members, place, group, end, np.zeros(1), rate, rise)


def _flip(state: npt.NDArray[np.uint8], sites: Sites) -> None:
    """Exchange sites one way or the other, each as often as it is named."""
    np.bitwise_xor.at(state, sites, np.uint8(1))


def _inside(state: npt.NDArray[np.uint8], cells: int) -> npt.NDArray[np.uint8]:
    """Return the sites of a padded lattice, (n, n, n)."""
    side = cells + 2
    return state.reshape(side, side, side)[1:-1, 1:-1, 1:-1]
