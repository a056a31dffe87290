"""How long a nanocrystal stays bright, or dark: a power law with a cut-off."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anionx_teach._arrays import plain
from anionx_teach._counter_draws import INCREMENT, draw_key, stream_starts
from anionx_teach._exchange_kernels import exponential
from anionx_teach._validation import Numbers, between, count, non_negative, positive, scalar

if TYPE_CHECKING:
    import numpy.typing as npt

LARGEST_EXPONENT = 10.0
_CELLS = 4096  # of the table, evenly over log t: a step of 0.5 % or less for any sane cut-off
_CELLS_BELOW = 256  # of the table of remaining times, from 0 to the shortest time
_CUTOFFS = 60.0  # where the table ends: exp(-60) is far below the resolution of a draw
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


class _Table(NamedTuple):
    """Cumulative hazards, -ln of a survival, at times; straight in between."""

    time_s: Numbers
    hazard: Numbers
    remaining_time_s: Numbers
    remaining_hazard: Numbers
    mean_s: float
    area: float


@dataclass(frozen=True)
class BlinkingTimes:
    r"""Distribution of the times that a nanocrystal stays in one state.

    Parameters
    ----------
    exponent : float
        Of the power law, 0 to 10; with 0 only the exponential cut-off is left.
    shortest_s : float
        No time is shorter, in s.
    cutoff_s : float
        Beyond it long times become rare exponentially, in s; at least `shortest_s`.

    Raises
    ------
    TypeError, ValueError
        If a number is out of its range.

    Notes
    -----
    .. math:: p(t) \propto t^{-m} e^{-t/\tau_c}, \quad t \ge t_{min} .

    Without the cut-off the mean of a power law with an exponent below 2 would be infinite: the
    longer one looked, the longer the longest time. Draws follow a table of 4096 cells, straight in
    the cumulative hazard; it is right to about 1e-6 of a time.

    Examples
    --------
    >>> times = BlinkingTimes(1.5, 0.05, 10.0)
    >>> round(times.mean_s, 2), round(times.survival(0.2), 2)
    (0.66, 0.44)
    """

    exponent: float
    shortest_s: float
    cutoff_s: float

    def __post_init__(self) -> None:
        exponent = between("exponent", scalar("exponent", self.exponent), 0.0, LARGEST_EXPONENT)
        shortest = positive("shortest_s", scalar("shortest_s", self.shortest_s), "s")
        cutoff = positive("cutoff_s", scalar("cutoff_s", self.cutoff_s), "s")
        if cutoff < shortest:
            msg = f"cutoff_s must be >= shortest_s, {shortest:g} s, got {cutoff:g}"
            raise ValueError(msg)
        for name, value in (("exponent", exponent), ("shortest_s", shortest), ("cutoff_s", cutoff)):
            object.__setattr__(self, name, float(value))

    @property
    def mean_s(self) -> float:
        """Mean time in s."""
        return self._table.mean_s

    def survival(self, duration_s: npt.ArrayLike) -> Numbers | float:
        """Return the probability that a time is longer than `duration_s`.

        Parameters
        ----------
        duration_s : float or array_like
            In s, at least 0.

        Returns
        -------
        float or numpy.ndarray
            1 up to `shortest_s`, falling to 0.

        Raises
        ------
        TypeError, ValueError
            If a duration is not a number >= 0.
        """
        durations = non_negative("duration_s", duration_s, "s")
        table = self._table
        hazard = np.interp(durations, table.time_s, table.hazard, left=0.0, right=np.inf)
        return plain(np.exp(-hazard))

    def density_per_s(self, duration_s: npt.ArrayLike) -> Numbers | float:
        """Return the probability density of the times.

        Parameters
        ----------
        duration_s : float or array_like
            In s, at least 0.

        Returns
        -------
        float or numpy.ndarray
            Per second; 0 below `shortest_s`.

        Raises
        ------
        TypeError, ValueError
            If a duration is not a number >= 0.
        """
        durations = non_negative("duration_s", duration_s, "s")
        allowed = durations >= self.shortest_s
        weights = _weight(
            np.where(allowed, durations, self.shortest_s),
            self.exponent,
            self.shortest_s,
            self.cutoff_s,
        )
        return plain(np.where(allowed, weights / self._table.area, 0.0))

    def draw(
        self,
        n: int,
        *,
        rng: int | np.random.SeedSequence | np.random.Generator | None,
    ) -> Numbers:
        """Return some times at random.

        Parameters
        ----------
        n : int
            How many, 0 or more.
        rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
            Where chance comes from.

        Returns
        -------
        numpy.ndarray, shape (n,)
            In s.

        Raises
        ------
        TypeError, ValueError
            If `n` is not a whole number >= 0, or `rng` is none of those above.

        Examples
        --------
        >>> times_s = BlinkingTimes(1.5, 0.05, 10.0).draw(1000, rng=1)
        >>> bool(times_s.min() >= 0.05)
        True
        """
        sites = np.arange(1, count("n", n, minimum=0) + 1, dtype=np.uint64)
        return self.at(exponential(stream_starts(draw_key(rng), 0, 1) + sites * INCREMENT))

    def at(self, hazard: Numbers) -> Numbers:
        """Return the times that belong to exponential draws of mean 1.

        Parameters
        ----------
        hazard : numpy.ndarray
            Draws >= 0: -ln of the probability that a time is longer.

        Returns
        -------
        numpy.ndarray
            In s, of the same shape.
        """
        return np.interp(hazard, self._table.hazard, self._table.time_s)

    def remaining_at(self, hazard: Numbers) -> Numbers:
        """Return what is left of a time that one comes upon, from exponential draws of mean 1.

        Parameters
        ----------
        hazard : numpy.ndarray
            Draws >= 0.

        Returns
        -------
        numpy.ndarray
            In s, of the same shape.

        Notes
        -----
        Somebody who begins to look at any moment more often hits a long time than a short one. What
        is left of it has the density survival(t) / mean.
        """
        return np.interp(hazard, self._table.remaining_hazard, self._table.remaining_time_s)

    @property
    def _table(self) -> _Table:
        return _table(self.exponent, self.shortest_s, self.cutoff_s)


def _weight(time_s: Numbers, exponent: float, shortest_s: float, cutoff_s: float) -> Numbers:
    """Return the density up to a factor: 1 at the shortest time."""
    fall = np.exp(-(time_s - shortest_s) / cutoff_s)
    return np.asarray((time_s / shortest_s) ** -exponent * fall)


@lru_cache(maxsize=64)
def _table(exponent: float, shortest_s: float, cutoff_s: float) -> _Table:
    """Return the table of a distribution."""
    span = np.log1p(_CUTOFFS * cutoff_s / shortest_s)
    knots_s = shortest_s * np.exp(np.linspace(0.0, span, _CELLS + 1))
    half = np.diff(knots_s)[:, None] / 2
    points_s = knots_s[:-1, None] + half * (1 + _NODES)
    weights = _weight(points_s, exponent, shortest_s, cutoff_s)
    areas = (weights * (_WEIGHTS * half)).sum(axis=1)
    beyond = np.cumsum(areas[::-1])[::-1]  # from the end, so that the tail keeps its digits
    time_s, survival = knots_s[:-1], beyond / beyond[0]
    hazard = -np.log(survival)
    # The survival is an exponential within a cell, so that its area is this, exactly.
    lived_s = -np.diff(survival) * np.diff(time_s) / np.diff(hazard)
    mean_s = float(shortest_s + lived_s.sum())
    left_s = np.append(np.cumsum(lived_s[::-1])[::-1], 0.0)
    below_s = np.linspace(0.0, shortest_s, _CELLS_BELOW, endpoint=False)
    left = np.concatenate([mean_s - below_s, left_s[:-1]]) / mean_s
    remaining_time_s = np.concatenate([below_s, time_s[:-1]])
    return _Table(time_s, hazard, remaining_time_s, -np.log(left), mean_s, float(beyond[0]))
