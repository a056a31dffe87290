"""Event times of many particles: in chunks, on threads when that pays, all or a few columns.

Every function here gives the same numbers for any chunk and any number of threads.
"""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._counter_draws import stream_starts
from anionx_teach._exchange_kernels import fill_event_times
from anionx_teach._validation import count

if TYPE_CHECKING:
    from anionx_teach._counter_draws import Counters
    from anionx_teach._exchange_model import CooperativeModel
    from anionx_teach._validation import Numbers

_EVENTS_FOR_THREADS = 2_000_000  # of each: some ms; below, starting them costs what they save
_EVENTS_AT_ONCE = 262_144  # of a chunk whose times are not kept: small, but worth a call of its own
_MOST_PARTICLES = 100_000_000  # beyond all that a computer holds, and far from where sizes overflow


def particle_count(n_particles: object) -> int:
    """Return a number of particles when it is one that can be simulated; none is one."""
    number = count("n_particles", n_particles, minimum=0)
    if number > _MOST_PARTICLES:
        msg = f"n_particles must be <= {_MOST_PARTICLES}, got {number}"
        raise ValueError(msg)
    return number


def all_event_times(model: CooperativeModel, n_particles: int, key: int, condition: int) -> Numbers:
    """Return the times of all events in s, (N, S)."""
    event_time_s = np.empty((n_particles, model.n_sites))
    starts, scale = stream_starts(key, condition, n_particles), _scale(model)
    threads = min(usable_cores(), event_time_s.size // _EVENTS_FOR_THREADS)
    if threads < 2:
        _fill(event_time_s, starts, scale, model)
        return event_time_s
    from concurrent.futures import ThreadPoolExecutor

    borders = np.linspace(0, n_particles, threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        parts = [slice(*pair) for pair in pairwise(borders)]
        tasks = [
            pool.submit(_fill, event_time_s[part], starts[part], scale, model) for part in parts
        ]
        for task in tasks:
            task.result()
    return event_time_s


def some_event_times(
    model: CooperativeModel,
    n_particles: int,
    key: int,
    condition: int,
    events: tuple[int, ...],
) -> Numbers:
    """Return the times in s of a few events, (N, len(events)), without keeping the others."""
    starts, scale = stream_starts(key, condition, n_particles), _scale(model)
    kept = np.empty((n_particles, len(events)))
    at_once = max(1, min(n_particles, _EVENTS_AT_ONCE // model.n_sites))
    chunk = np.empty((at_once, model.n_sites))
    for first in range(0, n_particles, at_once):
        part = starts[first : first + at_once]
        _fill(chunk[: part.size], part, scale, model)
        kept[first : first + part.size] = chunk[: part.size, events]
    return kept


def whole_steps(time_s: Numbers, model: CooperativeModel) -> Numbers:
    """Return times that are whole steps as that number of steps, exact; others divided only."""
    steps = time_s / model.step_s
    return np.rint(steps) if model.capped else steps


def duration_s(from_s: Numbers, until_s: Numbers, model: CooperativeModel) -> Numbers:
    """Return until - from; with the cap exactly a whole number of steps times the step."""
    if not model.capped:
        return until_s - from_s
    return (whole_steps(until_s, model) - whole_steps(from_s, model)) * model.step_s


def _fill(event_time_s: Numbers, starts: Counters, scale: Numbers, model: CooperativeModel) -> None:
    """Fill the rows of some particles, in place."""
    fill_event_times(event_time_s, starts, scale, model.capped, model.step_s)


def _scale(model: CooperativeModel) -> Numbers:
    """Return what turns an exponential draw into a waiting time in steps, (S,)."""
    probability = model.event_probability
    if not model.capped:
        return 1.0 / probability
    # ceil(E / -ln(1 - P)) is geometric: it exceeds k with the probability (1 - P)^k. With P = 1
    # the scale is 0 and the waiting time its least, one step.
    with np.errstate(divide="ignore"):
        return np.asarray(-1.0 / np.log1p(-probability))


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
