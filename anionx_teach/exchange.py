"""The paper's cooperative Monte Carlo of anion exchange, and its exact theory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anionx_teach import _exchange_theory as theory
from anionx_teach._arrays import plain
from anionx_teach._counter_draws import checked_condition, draw_key
from anionx_teach._event_window import event_window, events_reaching
from anionx_teach._exchange_calibration import calibrated_model, calibration_family
from anionx_teach._exchange_engine import (
    all_event_times,
    duration_s,
    particle_count,
    some_event_times,
    whole_steps,
)
from anionx_teach._exchange_kernels import count_events
from anionx_teach._exchange_model import LAWS, CooperativeModel
from anionx_teach._validation import Numbers, finite, non_negative, read_only

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

__all__ = [
    "LAWS",
    "CooperativeModel",
    "ExactTime",
    "ExchangeHistory",
    "ExchangeTimes",
    "calibrated_model",
    "calibration_family",
    "exact_exchange_cdf",
    "exact_exchange_time",
    "exact_rise_cdf",
    "exact_rise_time",
    "exact_start_cdf",
    "exact_start_time",
    "simulate_exchange",
    "simulate_exchange_times",
]

LOW, HIGH = 0.1, 0.9
"""Fractions between which a rise is timed, unless others are given."""

_SLACK_STEPS = 0.01  # of times that were added up step by step and have lost some digits


class ExactTime(NamedTuple):
    """Exact mean and standard deviation of a time over the particles, in s."""

    mean_s: float
    sd_s: float


@dataclass(frozen=True, eq=False)
class ExchangeTimes:
    """Three times of each particle, without its trajectory.

    Parameters
    ----------
    start_time_s : array_like, shape (N,)
        When the fraction `low` is reached, in s: the incubation time.
    rise_time_s : array_like, shape (N,)
        From `low` to `high`, in s: the switching time.
    exchange_time_s : array_like, shape (N,)
        When the last event happens, in s.

    Raises
    ------
    TypeError, ValueError
        If the times are not finite numbers >= 0, one of each kind for each particle.
    """

    start_time_s: Numbers
    rise_time_s: Numbers
    exchange_time_s: Numbers

    def __post_init__(self) -> None:
        for name in ("start_time_s", "rise_time_s", "exchange_time_s"):
            times = non_negative(name, getattr(self, name), "s")
            if times.ndim != 1 or times.size != np.size(self.start_time_s):
                msg = f"{name} must have the shape (N,) of the other times, got {times.shape}"
                raise ValueError(msg)
            object.__setattr__(self, name, read_only(times))

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a particle.

        Returns
        -------
        pandas.DataFrame
            Columns start_time_s, rise_time_s and exchange_time_s, and the particle as index.

        Examples
        --------
        >>> list(simulate_exchange_times(CooperativeModel(0.05, 0.0), 3, rng=1).to_frame())
        ['start_time_s', 'rise_time_s', 'exchange_time_s']
        """
        import pandas as pd

        names = ("start_time_s", "rise_time_s", "exchange_time_s")
        table = pd.DataFrame({name: getattr(self, name).copy() for name in names})
        return table.rename_axis("particle")


@dataclass(frozen=True, eq=False)
class ExchangeHistory:
    """When each event of each particle happened.

    Parameters
    ----------
    model : CooperativeModel
        What was simulated.
    event_time_s : array_like, shape (N, S)
        Time of each event in s, not decreasing along a row; whole steps when the model has the cap.

    Raises
    ------
    TypeError, ValueError
        If the times are not numbers of the shape (N, `model.n_sites`), are below 0 or not finite,
        decrease along a row, or lie between the steps of a model with the cap.

    Examples
    --------
    >>> history = simulate_exchange(CooperativeModel(0.05, 3.6e-4), 500, rng=1)
    >>> history.event_time_s.shape, history.iodide_fraction([0, 900, 9000]).mean(axis=0).round(2)
    ((500, 100), array([0.  , 0.78, 1.  ]))
    """

    model: CooperativeModel
    event_time_s: Numbers

    def __post_init__(self) -> None:
        _model(self.model)
        times = non_negative("event_time_s", self.event_time_s, "s")
        if times.ndim != 2 or times.shape[1] != self.model.n_sites:
            msg = f"event_time_s must have the shape (N, {self.model.n_sites}), got {times.shape}"
            raise ValueError(msg)
        backward = np.argwhere(np.diff(times, axis=1) < 0)
        if backward.size:
            particle, event = map(int, backward[0])
            earlier, later = times[particle, event : event + 2]
            msg = f"event_time_s must not decrease along a row, got {later:g} s after {earlier:g} s"
            raise ValueError(msg)
        if self.model.capped:
            _require_whole_steps(times, self.model)
        object.__setattr__(self, "event_time_s", read_only(np.ascontiguousarray(times)))

    def __len__(self) -> int:
        return len(self.event_time_s)

    @property
    def event_step(self) -> npt.NDArray[np.int64]:
        """Time of each event in whole steps, (N, S), exact.

        Raises
        ------
        ValueError
            If the model has no cap: its times are not whole steps.
        """
        if not self.model.capped:
            msg = "event_step needs a model with capped=True: without the cap steps are not whole"
            raise ValueError(msg)
        return whole_steps(self.event_time_s, self.model).astype(np.int64)

    @property
    def exchange_time_s(self) -> Numbers:
        """Time of the last event of each particle in s, (N,)."""
        return self.event_time_s[:, -1].copy()

    def iodide_fraction(self, time_s: npt.ArrayLike) -> Numbers:
        """Return the part of the events that is over.

        Parameters
        ----------
        time_s : float or array_like, shape (T,)
            Times in s, in any order; before 0 nothing has happened.

        Returns
        -------
        numpy.ndarray
            Shape (N, T), or (N,) for a single time; an event counts from its own time on.

        Raises
        ------
        TypeError, ValueError
            If the times are not finite numbers, or have more than one dimension.

        Examples
        --------
        >>> history = simulate_exchange(CooperativeModel(1.0, 0.0, n_sites=4), 2, rng=1)
        >>> history.iodide_fraction([-1, 0.5, 1, 3.7, 9]).tolist()
        [[0.0, 0.0, 0.25, 0.75, 1.0], [0.0, 0.0, 0.25, 0.75, 1.0]]
        """
        times = finite("time_s", time_s, "s")
        if times.ndim > 1:
            msg = f"time_s must be a number or one-dimensional, got {times.ndim} dimensions"
            raise ValueError(msg)
        flat = np.atleast_1d(times)
        if self.model.capped:  # 0.3 s is the third step of 0.1 s, though 3 * 0.1 is a little more
            flat = np.maximum(flat, theory.snapped(_steps(flat, self.model)) * self.model.step_s)
        order = np.argsort(flat, kind="stable")
        n_events = np.empty((len(self), flat.size), np.int32)
        count_events(n_events, self.event_time_s, flat[order])
        fraction = n_events / self.model.n_sites
        if np.any(np.diff(order) != 1):
            fraction = fraction[:, np.argsort(order, kind="stable")]
        return fraction if times.ndim else fraction[:, 0]

    def start_time_s(self, low: float = LOW) -> Numbers:
        """Return when a fraction of the events is reached: the incubation time.

        Parameters
        ----------
        low : float
            The fraction, above 0 and below 1.

        Returns
        -------
        numpy.ndarray, shape (N,)
            Time in s at which the fraction is at least `low` for the first time.

        Raises
        ------
        TypeError, ValueError
            If `low` is not a number inside (0, 1).
        """
        return self.event_time_s[:, events_reaching("low", low, self.model.n_sites) - 1].copy()

    def rise_time_s(self, low: float = LOW, high: float = HIGH) -> Numbers:
        """Return the time from one fraction of the events to another: the switching time.

        Parameters
        ----------
        low, high : float
            The fractions, 0 < low < high < 1.

        Returns
        -------
        numpy.ndarray, shape (N,)
            Time in s between the events that reach the two.

        Raises
        ------
        TypeError, ValueError
            If `low` and `high` are not numbers with 0 < low < high < 1.
        """
        first, last = event_window(low, high, self.model.n_sites)
        times = self.event_time_s
        return duration_s(times[:, first - 1], times[:, last - 1], self.model)

    def to_frame(self, low: float = LOW, high: float = HIGH) -> pd.DataFrame:
        """Return a table with one row a particle.

        Parameters
        ----------
        low, high : float
            The fractions between which the rise is timed.

        Returns
        -------
        pandas.DataFrame
            Columns start_time_s, rise_time_s and exchange_time_s, and the particle as index.

        Examples
        --------
        >>> simulate_exchange(CooperativeModel(1.0, 0.0, n_sites=10), 2, rng=1).to_frame()
                  start_time_s  rise_time_s  exchange_time_s
        particle
        0                  1.0          8.0             10.0
        1                  1.0          8.0             10.0
        """
        return ExchangeTimes(
            self.start_time_s(low), self.rise_time_s(low, high), self.exchange_time_s
        ).to_frame()


def simulate_exchange(
    model: CooperativeModel,
    n_particles: int = 500,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    condition: int = 0,
) -> ExchangeHistory:
    """Simulate the exchange of many particles, keeping the time of every event.

    Parameters
    ----------
    model : CooperativeModel
        The model, the same for every particle.
    n_particles : int
        How many, 0 to 10^8.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Where chance comes from. An int or a SeedSequence gives the same history each time; a
        Generator gives one number of its own, the key of all draws.
    condition : int
        Number >= 0 of the condition within a series: with the same `rng`, another condition meets
        independent chance.

    Returns
    -------
    ExchangeHistory
        With event_time_s of the shape (n_particles, model.n_sites).

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Notes
    -----
    The waiting time of event i is ceil(E / -ln(1 - P_i)) steps with E from the exponential
    distribution of mean 1: exactly the number of throws of a coin until the first success. Each E
    follows from key, condition, particle and event alone (a hash): the result does not depend on
    the number of threads, more particles leave the first ones as they are, and a model with other
    settings meets the same chance.

    Examples
    --------
    >>> model = CooperativeModel(0.05, 3.6e-4)
    >>> history = simulate_exchange(model, 2000, rng=1)
    >>> round(float(history.rise_time_s().mean())), round(exact_rise_time(model).mean_s)
    (732, 731)
    """
    key = draw_key(rng)
    event_time_s = all_event_times(*_checked(model, n_particles), key, checked_condition(condition))
    return _new_history(model, event_time_s)


def simulate_exchange_times(
    model: CooperativeModel,
    n_particles: int = 500,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    condition: int = 0,
    low: float = LOW,
    high: float = HIGH,
) -> ExchangeTimes:
    """Simulate the exchange of many particles, keeping three times of each.

    Parameters
    ----------
    model, n_particles, rng, condition
        As for `simulate_exchange`.
    low, high : float
        The fractions between which the rise is timed, 0 < low < high < 1.

    Returns
    -------
    ExchangeTimes
        The same numbers as from the history, in much less memory.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Examples
    --------
    >>> model = CooperativeModel(0.05, 3.6e-4)
    >>> times = simulate_exchange_times(model, 100, rng=1)
    >>> bool(np.all(times.rise_time_s == simulate_exchange(model, 100, rng=1).rise_time_s()))
    True
    """
    key = draw_key(rng)
    checked = _checked(model, n_particles)
    first, last = event_window(low, high, model.n_sites)
    events = (first - 1, last - 1, model.n_sites - 1)
    start, end, total = some_event_times(
        *checked, key, checked_condition(condition), events
    ).T.copy()
    return ExchangeTimes(start, duration_s(start, end, model), total)


def exact_rise_time(model: CooperativeModel, low: float = LOW, high: float = HIGH) -> ExactTime:
    """Return exact mean and standard deviation of the switching time.

    Parameters
    ----------
    model : CooperativeModel
        The model.
    low, high : float
        The fractions of the events between which it is timed, 0 < low < high < 1.

    Returns
    -------
    ExactTime
        Fields mean_s and sd_s, of one particle, in s.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Notes
    -----
    Waiting times are independent: mean = step sum 1/P_i, variance = step^2 sum (1 - P_i)/P_i^2 over
    the events with low S <= i < high S (ends rounded up). Without the cap the variance is
    step^2 sum 1/P_i^2.

    Examples
    --------
    >>> exact_rise_time(CooperativeModel(0.5, 0.0, n_sites=10))
    ExactTime(mean_s=16.0, sd_s=4.0)
    """
    return _exact(model, *event_window(low, high, _model(model).n_sites))


def exact_start_time(model: CooperativeModel, low: float = LOW) -> ExactTime:
    """Return exact mean and standard deviation of the incubation time.

    Parameters
    ----------
    model : CooperativeModel
        The model.
    low : float
        The fraction of the events that ends it, above 0 and below 1.

    Returns
    -------
    ExactTime
        Fields mean_s and sd_s, of one particle, in s.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Examples
    --------
    >>> exact_start_time(CooperativeModel(0.5, 0.0, n_sites=20))
    ExactTime(mean_s=4.0, sd_s=2.0)
    """
    return _exact(model, 0, events_reaching("low", low, _model(model).n_sites))


def exact_exchange_time(model: CooperativeModel) -> ExactTime:
    """Return exact mean and standard deviation of the time of the whole exchange.

    Parameters
    ----------
    model : CooperativeModel
        The model.

    Returns
    -------
    ExactTime
        Fields mean_s and sd_s, of one particle, in s.

    Raises
    ------
    TypeError
        If `model` is not a CooperativeModel.

    Examples
    --------
    >>> exact_exchange_time(CooperativeModel(0.5, 0.0, n_sites=8))
    ExactTime(mean_s=16.0, sd_s=4.0)
    """
    return _exact(model, 0, _model(model).n_sites)


def exact_rise_cdf(
    model: CooperativeModel, time_s: npt.ArrayLike, low: float = LOW, high: float = HIGH
) -> Numbers | float:
    """Return the exact distribution of the switching time.

    Parameters
    ----------
    model : CooperativeModel
        The model.
    time_s : float or array_like
        Times in s.
    low, high : float
        As for `exact_rise_time`.

    Returns
    -------
    float or numpy.ndarray
        Probability that the switching time is at most `time_s`, in its shape.

    Raises
    ------
    TypeError, ValueError
        If a time is not finite, or an argument is not one of those above.

    Notes
    -----
    The characteristic function of a sum of independent times is the product of theirs,
    P / (exp(-i w) - (1 - P)) for a geometric and r / (r - i w) for an exponential one; a Fourier
    series turns it into the distribution. Absolute error below 1e-12; up to 2e-8 where only two or
    three events take nearly all the time (the series then ends after 65 536 terms).

    References
    ----------
    J. Abate, W. Whitt, Queueing Systems 10, 5 (1992), on Fourier series for distributions.

    Examples
    --------
    >>> model = CooperativeModel(0.05, 3.6e-4)
    >>> exact_rise_cdf(model, [600, 733, 900]).round(2).tolist()
    [0.07, 0.53, 0.96]
    """
    return _exact_cdf(model, time_s, *event_window(low, high, _model(model).n_sites))


def exact_start_cdf(
    model: CooperativeModel, time_s: npt.ArrayLike, low: float = LOW
) -> Numbers | float:
    """Return the exact distribution of the incubation time.

    Parameters
    ----------
    model : CooperativeModel
        The model.
    time_s : float or array_like
        Times in s.
    low : float
        As for `exact_start_time`.

    Returns
    -------
    float or numpy.ndarray
        Probability that the incubation time is at most `time_s`, in its shape.

    Raises
    ------
    TypeError, ValueError
        If a time is not finite, or an argument is not one of those above.

    Examples
    --------
    >>> exact_start_cdf(CooperativeModel(0.5, 0.0, n_sites=10), [0, 1, 2]).tolist()
    [0.0, 0.5, 0.75]
    """
    return _exact_cdf(model, time_s, 0, events_reaching("low", low, _model(model).n_sites))


def exact_exchange_cdf(model: CooperativeModel, time_s: npt.ArrayLike) -> Numbers | float:
    """Return the exact distribution of the time of the whole exchange.

    Parameters
    ----------
    model : CooperativeModel
        The model.
    time_s : float or array_like
        Times in s.

    Returns
    -------
    float or numpy.ndarray
        Probability that the last event has happened by `time_s`, in its shape.

    Raises
    ------
    TypeError, ValueError
        If `model` is not a CooperativeModel or a time is not finite.

    Examples
    --------
    >>> exact_exchange_cdf(CooperativeModel(0.5, 0.0, n_sites=2), [1, 2, 3]).tolist()
    [0.0, 0.25, 0.5]
    """
    return _exact_cdf(model, time_s, 0, _model(model).n_sites)


def _new_history(model: CooperativeModel, event_time_s: Numbers) -> ExchangeHistory:
    """Return a history of times that need neither a check nor a copy, which take half as long."""
    event_time_s.setflags(write=False)
    history = object.__new__(ExchangeHistory)
    object.__setattr__(history, "model", model)
    object.__setattr__(history, "event_time_s", event_time_s)
    return history


def _exact(model: CooperativeModel, first: int, last: int) -> ExactTime:
    """Return mean and standard deviation of the time that events first .. last - 1 take."""
    mean, sd = theory.mean_and_sd(model.event_probability[first:last], model.capped)
    return ExactTime(mean * model.step_s, sd * model.step_s)


def _exact_cdf(
    model: CooperativeModel, time_s: npt.ArrayLike, first: int, last: int
) -> Numbers | float:
    """Return the distribution of the time that events first .. last - 1 take."""
    times = finite("time_s", time_s, "s")
    steps = _steps(times.ravel(), model)
    probability = theory.cdf(model.event_probability[first:last], model.capped, steps)
    return plain(probability.reshape(times.shape))


def _steps(time_s: Numbers, model: CooperativeModel) -> Numbers:
    """Return times in steps, infinite where there are too many for a number."""
    with np.errstate(over="ignore"):
        return time_s / model.step_s


def _require_whole_steps(time_s: Numbers, model: CooperativeModel) -> None:
    """Raise a ValueError for times between steps: rises, counted in whole steps, would be wrong."""
    steps = _steps(time_s, model)
    between = ~np.isclose(steps, np.rint(steps), rtol=1e-12, atol=_SLACK_STEPS)
    if np.any(between):
        msg = (
            f"event_time_s must be whole steps of {model.step_s:g} s when the model has "
            f"capped=True, got {time_s[between][0]:g} s"
        )
        raise ValueError(msg)


def _model(model: CooperativeModel) -> CooperativeModel:
    """Return `model` when it is one."""
    if not isinstance(model, CooperativeModel):
        msg = f"model must be a CooperativeModel, got {model!r}"
        raise TypeError(msg)
    return model


def _checked(model: CooperativeModel, n_particles: int) -> tuple[CooperativeModel, int]:
    """Return model and number of particles when they are such."""
    return _model(model), particle_count(n_particles)
