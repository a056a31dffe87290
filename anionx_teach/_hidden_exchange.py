"""A hidden experiment on single trajectories: how the barrier falls from event to event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._validation import Numbers, count, generator, read_only

if TYPE_CHECKING:
    from anionx_teach.exchange import CooperativeModel

_CRYSTALS = 200
_EVENTS = 100
_EVENTS_PER_POINT = 5
_COOPERATIVITY_UNIT_KT = 1e-4
_PARAMETERS = (
    HiddenParameter(
        "attempt_probability",
        "k0, P of the first event",
        "per step",
        0.005,
        0.08,
        0.0005,
        0.06,
        4,
    ),
    HiddenParameter("cooperativity", "Cooperativity δ", "10⁻⁴ kT/event²", 0.0, 6.0, 0.05, 0.5, 2),
)
# So that the last event is still a matter of chance: one that is certain to happen within a step
# has no error bar, and says nothing of the two parameters.
_TRUE_ATTEMPT_PROBABILITY = (0.01, 0.04)
_TRUE_COOPERATIVITY = (1.0, 3.0)


def hidden_exchange(seed: int) -> HiddenExperiment:
    """Return how high the barrier of successive exchange events is in unknown nanocrystals.

    Parameters
    ----------
    seed : int
        Which nanocrystals, >= 0. The same seed gives the same ones.

    Returns
    -------
    HiddenExperiment
        Barrier in kT against the number of the event: the logarithm of the mean waiting time in
        steps, of 5 successive events in 200 crystals, with its standard error. To be found:
        attempt_probability (k0, per step) and cooperativity (delta, in 1e-4 kT per event^2).

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    Nanocrystals of the law `quadratic` with 100 events are simulated (`hidden_exchange_traces`).
    The mean wait of an event is 1/P_i steps, so the model is ln(mean of 1/P_i over 5 events): where
    P_i changes little between neighbours this is -ln P_i, the free energy of activation in kT.
    Waiting times of different events are independent, and so are the points. The standard error is
    that of the mean over the crystals, divided by the mean: the first order of the logarithm.

    References
    ----------
    `paper.CITATION`, the equation after Fig. 5.

    Examples
    --------
    >>> experiment = hidden_exchange(1)
    >>> len(experiment.x), experiment.x_label, experiment.y_label
    (20, 'Number of the event', 'Barrier (kT)')
    """
    truth, event_step = _drawn(seed)
    waits = np.diff(event_step, axis=1, prepend=0.0)
    per_crystal = waits.reshape(_CRYSTALS, -1, _EVENTS_PER_POINT).mean(axis=2)
    mean = per_crystal.mean(axis=0)
    standard_error = per_crystal.std(axis=0, ddof=1) / np.sqrt(_CRYSTALS)
    first_events = np.arange(0, _EVENTS, _EVENTS_PER_POINT, dtype=np.float64)
    return HiddenExperiment(
        key=f"hidden_exchange/{seed}",
        title=f"How long {_CRYSTALS} nanocrystals wait for each event, as a barrier",
        x=read_only(first_events + (_EVENTS_PER_POINT - 1) / 2),
        x_label="Number of the event",
        measured=read_only(np.log(mean)),
        standard_error=read_only(standard_error / mean),
        y_label="Barrier (kT)",
        parameters=_PARAMETERS,
        _model=_barrier_kt,
        _truth=truth,
    )


def hidden_exchange_traces(seed: int) -> Numbers:
    """Return when each event of the hidden nanocrystals happened.

    Parameters
    ----------
    seed : int
        As for `hidden_exchange`, whose points are made from these times.

    Returns
    -------
    ndarray of float
        Time of each event in steps, (200 crystals, 100 events), whole numbers; read-only.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Examples
    --------
    >>> times = hidden_exchange_traces(1)
    >>> waits = np.diff(times, axis=1, prepend=0.0)
    >>> barrier_kt = np.log(waits.reshape(200, 20, 5).mean(axis=(0, 2)))
    >>> bool(np.allclose(barrier_kt, hidden_exchange(1).measured))
    True
    """
    return read_only(_drawn(seed)[1])


def _drawn(seed: int) -> tuple[dict[str, float], Numbers]:
    """Return the hidden parameters of a seed, and the event times (steps) of its crystals."""
    from anionx_teach.exchange import simulate_exchange

    rng = generator(count("seed", seed, minimum=0))
    truth = {
        "attempt_probability": slider_step(rng, _PARAMETERS[0], *_TRUE_ATTEMPT_PROBABILITY),
        "cooperativity": slider_step(rng, _PARAMETERS[1], *_TRUE_COOPERATIVITY),
    }
    history = simulate_exchange(_model(**truth), _CRYSTALS, rng=rng)
    return truth, history.event_step.astype(np.float64)


def _barrier_kt(attempt_probability: float, cooperativity: float) -> Numbers:
    """Return the logarithm of the mean waiting time (steps) of each group of events."""
    wait = 1.0 / _model(attempt_probability, cooperativity).event_probability
    return np.asarray(np.log(wait.reshape(-1, _EVENTS_PER_POINT).mean(axis=1)))


def _model(attempt_probability: float, cooperativity: float) -> CooperativeModel:
    """Return the model with the cooperativity in the unit of the control."""
    from anionx_teach.exchange import CooperativeModel

    return CooperativeModel(
        attempt_probability, cooperativity * _COOPERATIVITY_UNIT_KT, n_sites=_EVENTS
    )
