"""The lattice seen as the chain of the cooperative model: the cooperativity it seems to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._exchange_model import DEFAULT_SITES, CooperativeModel
from anionx_teach._lattice_history import LatticeHistory, require_history
from anionx_teach._validation import Numbers, count, one_of

if TYPE_CHECKING:
    import pandas as pd

CHAIN_LAWS = ("quadratic", "linear", "power")
"""What a fit can be made of: two laws of the chain, and a power of the iodide fraction."""

_FEWEST_HISTORIES = 8  # below, the noise of their mean cannot be told from the histories
_UNITS = {"quadratic": "kT per event^2", "linear": "kT per event", "power": "-"}


@dataclass(frozen=True, eq=False)
class ChainFit:
    """A chain of events that was fitted to lattice histories; made by `fit_chain`.

    Parameters
    ----------
    law : str
        One of `CHAIN_LAWS`.
    attempt_rate_per_s : float
        Rate of the first event of the chain in 1/s; for `power` the factor before the power.
    cooperativity : float
        delta for `quadratic` (kT per event squared) and `linear` (kT per event), the exponent for
        `power`. It is below 0 when events become slower on the way.
    cooperativity_se : float
        Its standard error; larger by `misfit` when that is above 1.
    misfit : float
        Root mean square of the residuals in units of the noise: near 1 when the law holds, and
        larger the more histories there are when it does not.
    relative_misfit : float
        Root mean square of the residuals of ln(rate): 0.1 means that rates are 10 % off, 0.8 that
        they are off by a factor of e^0.8 = 2.2.
    n_histories : int
        How many histories were used.
    rate_per_s, noise, fitted_rate_per_s : numpy.ndarray, shape (events,)
        Measured rate of each event of the chain in 1/s, its relative standard error, and the rate
        of the fit.
    """

    law: str
    attempt_rate_per_s: float
    cooperativity: float
    cooperativity_se: float
    misfit: float
    relative_misfit: float
    n_histories: int
    rate_per_s: Numbers
    noise: Numbers
    fitted_rate_per_s: Numbers

    @property
    def cooperativity_unit(self) -> str:
        """Unit of `cooperativity`, which depends on the law."""
        return _UNITS[self.law]

    def chain_model(self) -> CooperativeModel:
        """Return the fit as a model that `simulate_exchange` runs, without the cap.

        Returns
        -------
        CooperativeModel
            With steps of the mean waiting time of the first event.

        Raises
        ------
        ValueError
            If the law is `power`, or the cooperativity is below 0: the chain has no such law.
        """
        if self.law == "power":
            msg = "law must be quadratic or linear for a chain, got 'power'"
            raise ValueError(msg)
        if self.cooperativity < 0.0:
            msg = (
                f"cooperativity must be >= 0 {self.cooperativity_unit} for a chain, got "
                f"{self.cooperativity:.3g}: its events become slower"
            )
            raise ValueError(msg)
        return CooperativeModel(
            1.0,
            self.cooperativity,
            self.rate_per_s.size,
            1.0 / self.attempt_rate_per_s,
            self.law,
            capped=False,
            provenance=f"fitted to {self.n_histories} lattice histories, misfit {self.misfit:.2g}",
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row an event of the chain.

        Returns
        -------
        pandas.DataFrame
            Columns rate_per_s, noise (relative), fitted_rate_per_s and residual (in noise units).
        """
        import pandas as pd

        residual = np.log(self.rate_per_s / self.fitted_rate_per_s) / self.noise
        columns = {
            "rate_per_s": self.rate_per_s.copy(),
            "noise": self.noise.copy(),
            "fitted_rate_per_s": self.fitted_rate_per_s.copy(),
            "residual": residual,
        }
        return pd.DataFrame(columns).rename_axis("event")


def fit_chain(
    histories: Sequence[LatticeHistory], law: str = "quadratic", *, n_events: int | None = None
) -> ChainFit:
    """Fit a chain of events to lattice histories: how cooperative the lattice looks.

    Parameters
    ----------
    histories : sequence of LatticeHistory
        At least 8 of the same model, simulated with different conditions.
    law : str
        One of `CHAIN_LAWS`.
    n_events : int, optional
        Events of the chain, at least 3 and at most as many as sites; each stands for the exchange
        of the same part of them. The 100 of `CooperativeModel`, or the sites of a smaller lattice,
        when not given.

    Returns
    -------
    ChainFit
        With the rates that were fitted, and how badly.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above, or events of the histories share their times.

    Notes
    -----
    The waiting time of event i, averaged over the histories, is 1 / r_i. Fitted by weighted least
    squares, i = 0, 1, ... and x = (i + 1/2) / n_events:

    * quadratic: ln r_i = ln r_0 + delta i^2, the paper's law;
    * linear: ln r_i = ln r_0 + delta i;
    * power: ln r_i = ln r + p ln x + ln m_i, with m_i from the number of sites that are left: each
      of them gains from the others as x^p.

    The noise of ln r_i is the spread between the histories over the square root of their number, at
    least that of as many exponential waiting times. None of the three is the law of a coupled
    lattice. The sites that gain are those at the border of what is iodide already, so the gain
    follows a power of x rather than the exponential of i^2, and with strong coupling the power
    misfits least.

    Examples
    --------
    >>> from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice
    >>> model = LatticeModel(13, 2.0, 1.0)
    >>> histories = [simulate_lattice(model, rng=1, condition=i) for i in range(20)]
    >>> for law in CHAIN_LAWS:
    ...     fit = fit_chain(histories, law)
    ...     print(f"{law}: {fit.cooperativity:.1g} {fit.cooperativity_unit}, {fit.misfit:.0f}")
    quadratic: 5e-05 kT per event^2, 14
    linear: 0.01 kT per event, 13
    power: 1 -, 4
    """
    given = _histories(histories)
    one_of("law", law, CHAIN_LAWS)
    n_sites = given[0].model.n_sites
    events = min(DEFAULT_SITES, n_sites) if n_events is None else count("n_events", n_events, 3)
    if events > n_sites:
        msg = f"n_events must be <= {n_sites}, the sites of the lattice, got {events}"
        raise ValueError(msg)
    last = np.ceil(np.arange(events + 1) * (n_sites / events)).astype(np.int64)
    last[-1] = n_sites
    rate, noise = _measured_rates(given, last)
    gain, known = _law(law, events, last)
    intercept, slope, slope_se = _weighted_line(gain, np.log(rate) - known, noise)
    fitted = np.exp(intercept + slope * gain + known)
    residual = np.log(rate / fitted)
    misfit = float(np.sqrt(np.sum((residual / noise) ** 2) / (events - 2)))
    for values in (rate, noise, fitted):
        values.setflags(write=False)
    return ChainFit(
        law=law,
        attempt_rate_per_s=float(np.exp(intercept)),
        cooperativity=slope,
        cooperativity_se=slope_se * max(misfit, 1.0),
        misfit=misfit,
        relative_misfit=float(np.sqrt(np.mean(residual**2))),
        n_histories=len(given),
        rate_per_s=rate,
        noise=noise,
        fitted_rate_per_s=fitted,
    )


def _histories(histories: Sequence[LatticeHistory]) -> list[LatticeHistory]:
    """Return the histories when they are enough, and of one model."""
    if not isinstance(histories, Sequence):
        msg = f"histories must be a list of LatticeHistory, got {histories!r}"
        raise TypeError(msg)
    given = [require_history(history) for history in histories]
    if len(given) < _FEWEST_HISTORIES:
        msg = f"histories must be at least {_FEWEST_HISTORIES}, got {len(given)}"
        raise ValueError(msg)
    others = [history.model for history in given if history.model != given[0].model]
    if others:
        msg = f"histories must be of one model, got {given[0].model} and {others[0]}"
        raise ValueError(msg)
    return given


def _measured_rates(histories: list[LatticeHistory], last: Numbers) -> tuple[Numbers, Numbers]:
    """Return the rate of each event of the chain in 1/s and its relative noise; `last` has ends."""
    sites = np.diff(last)
    wait_s = np.array(
        [
            np.diff(np.concatenate([[0.0], history.sorted_time_s[last[1:] - 1]]))
            for history in histories
        ]
    )
    # Blocks differ by a site when the sites cannot be shared out equally.
    wait_s *= sites.mean() / sites
    mean_s = wait_s.mean(axis=0)
    if not np.all(mean_s > 0.0):
        msg = "histories must have events at different times, got several at the same time"
        raise ValueError(msg)
    spread = wait_s.std(axis=0, ddof=1) / mean_s
    return 1.0 / mean_s, np.maximum(spread, 1.0 / np.sqrt(sites)) / np.sqrt(len(histories))


def _law(law: str, events: int, last: Numbers) -> tuple[Numbers, Numbers]:
    """Return what ln(rate) is proportional to, and the part of it that is known, (events,) each."""
    event = np.arange(events, dtype=np.float64)
    if law == "quadratic":
        return event**2, np.zeros(events)
    if law == "linear":
        return event, np.zeros(events)
    n_sites = int(last[-1])
    # The mean waiting time of a block of sites without any gain, from how many are left.
    waits = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(n_sites, 0, -1))])
    sites = np.diff(last)
    block = np.diff(waits[last]) * sites.mean() / sites
    return np.log((event + 0.5) / events), -np.log(block)


def _weighted_line(x: Numbers, y: Numbers, noise: Numbers) -> tuple[float, float, float]:
    """Return intercept, slope and the slope's standard error of a straight line."""
    weight = noise**-2.0
    mean_x, mean_y = np.average(x, weights=weight), np.average(y, weights=weight)
    square = np.sum(weight * (x - mean_x) ** 2)
    slope = np.sum(weight * (x - mean_x) * (y - mean_y)) / square
    return float(mean_y - slope * mean_x), float(slope), float(square**-0.5)
