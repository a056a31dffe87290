"""What a run of the lattice leaves: the event time of every site, or the sites at given times."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._arrays import plain
from anionx_teach._event_window import event_window, events_reaching
from anionx_teach._lattice_model import MOST_BYTES, LatticeModel
from anionx_teach._validation import Numbers, finite, non_negative, read_only

if TYPE_CHECKING:
    import pandas as pd

LOW, HIGH = 0.1, 0.9
"""Fractions between which a rise is timed, unless others are given."""


@dataclass(frozen=True, eq=False)
class LatticeHistory:
    """When each site of a lattice was exchanged.

    Parameters
    ----------
    model : LatticeModel
        What was simulated.
    event_time_s : array_like, shape (S,)
        Time of each site in s; site (x, y, z) of the n^3 has the number (x n + y) n + z.

    Raises
    ------
    TypeError, ValueError
        If the times are not finite numbers >= 0, one for each site of the model.

    Examples
    --------
    >>> history = LatticeHistory(LatticeModel(2, 0.0, 1.0), [8, 1, 2, 3, 4, 5, 6, 7])
    >>> history.iodide_fraction([0.5, 2, 9]).tolist(), history.rise_time_s()
    ([0.0, 0.25, 1.0], 7.0)
    """

    model: LatticeModel
    event_time_s: Numbers

    def __post_init__(self) -> None:
        require_model(self.model)
        times = non_negative("event_time_s", self.event_time_s, "s")
        if times.shape != (self.model.n_sites,):
            msg = f"event_time_s must have the shape ({self.model.n_sites},), got {times.shape}"
            raise ValueError(msg)
        object.__setattr__(self, "event_time_s", read_only(times))

    @cached_property
    def event_order(self) -> npt.NDArray[np.int64]:
        """Numbers of the sites in the order of their exchange, (S,)."""
        return read_only(np.argsort(self.event_time_s, kind="stable"))

    @cached_property
    def sorted_time_s(self) -> Numbers:
        """Times of the exchanges in their order in s, (S,)."""
        return read_only(self.event_time_s[self.event_order])

    @property
    def exchange_time_s(self) -> float:
        """Time of the last exchange in s."""
        return float(self.sorted_time_s[-1])

    def iodide_fraction(self, time_s: npt.ArrayLike) -> Numbers | float:
        """Return the part of the sites that is iodide.

        Parameters
        ----------
        time_s : float or array_like
            Times in s, in any order; before 0 nothing has happened.

        Returns
        -------
        float or numpy.ndarray
            In the shape of `time_s`; a site counts from its own time on.

        Raises
        ------
        TypeError, ValueError
            If the times are not finite numbers.
        """
        times = finite("time_s", time_s, "s")
        return plain(self.sorted_time_s.searchsorted(times, side="right") / self.model.n_sites)

    def occupancy(self, time_s: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return which sites are iodide.

        Parameters
        ----------
        time_s : float or array_like, shape (T,)
            Times in s, in any order.

        Returns
        -------
        numpy.ndarray of uint8
            Shape (T, n, n, n), or (n, n, n) for a single time: 1 iodide, 0 bromide.

        Raises
        ------
        TypeError, ValueError
            If the times are not finite numbers, have more than one dimension, or are so many that
            the result would need more than 1 GB.

        Examples
        --------
        >>> history = LatticeHistory(LatticeModel(2, 0.0, 1.0), [8, 1, 2, 3, 4, 5, 6, 7])
        >>> history.occupancy(3.0).tolist()
        [[[0, 1], [1, 1]], [[0, 0], [0, 0]]]
        """
        times = times_of_occupancy(time_s, self.model)
        exchanged = self.event_time_s <= np.atleast_1d(times)[:, None]
        return exchanged.view(np.uint8).reshape(times.shape + (self.model.cells,) * 3)

    def start_time_s(self, low: float = LOW) -> float:
        """Return when a fraction of the sites is iodide: the incubation time.

        Parameters
        ----------
        low : float
            The fraction, above 0 and below 1.

        Returns
        -------
        float
            Time in s at which the fraction is at least `low` for the first time.

        Raises
        ------
        TypeError, ValueError
            If `low` is not a number inside (0, 1).
        """
        return float(self.sorted_time_s[events_reaching("low", low, self.model.n_sites) - 1])

    def rise_time_s(self, low: float = LOW, high: float = HIGH) -> float:
        """Return the time from one iodide fraction to another: the switching time.

        Parameters
        ----------
        low, high : float
            The fractions, 0 < low < high < 1.

        Returns
        -------
        float
            Time in s between the exchanges that reach the two.

        Raises
        ------
        TypeError, ValueError
            If `low` and `high` are not numbers with 0 < low < high < 1.
        """
        first, last = event_window(low, high, self.model.n_sites)
        return float(self.sorted_time_s[last - 1] - self.sorted_time_s[first - 1])

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a site.

        Returns
        -------
        pandas.DataFrame
            Columns x, y and z, the place counted in sites, and event_time_s.

        Examples
        --------
        >>> LatticeHistory(LatticeModel(2, 0.0, 1.0), [8, 1, 2, 3, 4, 5, 6, 7]).to_frame().head(2)
              x  y  z  event_time_s
        site
        0     0  0  0           8.0
        1     0  0  1           1.0
        """
        import pandas as pd

        place = np.unravel_index(np.arange(self.model.n_sites), (self.model.cells,) * 3)
        columns = dict(zip("xyz", place, strict=True)) | {"event_time_s": self.event_time_s.copy()}
        return pd.DataFrame(columns).rename_axis("site")


@dataclass(frozen=True, eq=False)
class LatticeCourse:
    """Where iodide is at given times, when the exchange may also run backward.

    Parameters
    ----------
    model : LatticeModel
        What was simulated.
    time_s : array_like, shape (T,)
        The times in s.
    occupancy : array_like of int, shape (T, n, n, n)
        1 where iodide is, 0 where bromide is.

    Raises
    ------
    TypeError, ValueError
        If the times are not finite numbers, or the sites are not 0 or 1 in the shape of the model.
    """

    model: LatticeModel
    time_s: Numbers
    occupancy: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        cells = require_model(self.model).cells
        times = finite("time_s", self.time_s, "s")
        if times.ndim != 1:
            msg = f"time_s must be one-dimensional, got {times.ndim} dimensions"
            raise ValueError(msg)
        sites = np.asarray(self.occupancy)
        if sites.shape != (times.size, cells, cells, cells):
            msg = f"occupancy must have the shape {(times.size, *(cells,) * 3)}, got {sites.shape}"
            raise ValueError(msg)
        extremes = (sites.min(initial=0), sites.max(initial=0))
        if sites.dtype.kind not in "biu" or extremes not in {(0, 0), (0, 1)}:
            msg = "occupancy must be 1 where iodide is and 0 where bromide is"
            raise ValueError(msg)
        object.__setattr__(self, "time_s", read_only(times))
        object.__setattr__(self, "occupancy", read_only(sites.astype(np.uint8, copy=False)))

    @property
    def iodide_fraction(self) -> Numbers:
        """The part of the sites that is iodide at each time, (T,)."""
        return np.asarray(self.occupancy.mean(axis=(1, 2, 3)))


def require_model(model: LatticeModel) -> LatticeModel:
    """Return `model` when it is one."""
    if not isinstance(model, LatticeModel):
        msg = f"model must be a LatticeModel, got {model!r}"
        raise TypeError(msg)
    return model


def require_history(history: LatticeHistory) -> LatticeHistory:
    """Return `history` when it is one."""
    if not isinstance(history, LatticeHistory):
        msg = f"history must be a LatticeHistory, got {history!r}"
        raise TypeError(msg)
    return history


def times_of_occupancy(time_s: npt.ArrayLike, model: LatticeModel, copies: int = 1) -> Numbers:
    """Return times at which all sites can be shown within the memory that is allowed."""
    times = finite("time_s", time_s, "s")
    if times.ndim > 1:
        msg = f"time_s must be a number or one-dimensional, got {times.ndim} dimensions"
        raise ValueError(msg)
    most = MOST_BYTES // (copies * model.n_sites)
    if times.size > most:
        msg = (
            f"time_s must have at most {most} times, or {model.cells}^3 sites at each would need "
            f"more than {MOST_BYTES / 1e9:g} GB, got {times.size}"
        )
        raise ValueError(msg)
    return times
