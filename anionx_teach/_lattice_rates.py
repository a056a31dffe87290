"""How fast the sites of a lattice are exchanged, by the iodide neighbours that each of them has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._lattice_history import LatticeHistory, require_history
from anionx_teach._lattice_model import N_NEIGHBOURS
from anionx_teach._validation import Numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd


def rates_by_neighbours(history: LatticeHistory) -> pd.DataFrame:
    """Measure how fast bromide is exchanged that has 0, 1 ... 6 iodide neighbours.

    Parameters
    ----------
    history : LatticeHistory
        From `simulate_lattice`, or event times of any origin.

    Returns
    -------
    pandas.DataFrame
        One row for each number of neighbours:

        * iodide_neighbours: 0 to 6;
        * n_exchanged: how many sites had so many when they were exchanged;
        * waited_s: how long all sites together were bromide with so many, in s;
        * rate_per_s: the first over the second; NaN where nothing waited;
        * relative_se: its relative standard error, 1 / sqrt(n_exchanged); NaN of none.

    Raises
    ------
    TypeError
        If `history` is not a LatticeHistory.

    Notes
    -----
    The most likely rate is the number of events over the time in which they could have happened,
    also when the sites gain and lose neighbours on the way. Where the exchange begins at the
    surface, a site inside without an iodide neighbour cannot be exchanged: its wait is left out.

    References
    ----------
    O. O. Aalen, Ann. Statist. 6, 701 (1978).

    Examples
    --------
    >>> from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice
    >>> history = simulate_lattice(LatticeModel(19, 1.02, 0.01), rng=1)
    >>> np.log(rates_by_neighbours(history)["rate_per_s"] / 0.01).round(1).tolist()
    [0.0, 1.0, 2.1, 3.1, 4.0, 5.1, 6.1]
    """
    import pandas as pd

    own_s = require_history(history).event_time_s
    # From nought neighbours at 0 s to seven, which never come; a site counts until its own time.
    gained_s = np.vstack(
        [np.zeros(own_s.size), _neighbour_times_s(history), np.full(own_s.size, np.inf)]
    )
    spent_s = np.diff(np.minimum(gained_s, own_s), axis=0)
    if history.model.start == "surface":
        spent_s[0, _inside(history.model.cells)] = 0.0
    had = np.count_nonzero(gained_s[1:-1] < own_s, axis=0)
    exchanged = np.bincount(had, minlength=N_NEIGHBOURS + 1)
    waited_s = spent_s.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(waited_s > 0.0, exchanged / waited_s, np.nan)
        relative = np.where(exchanged > 0, 1.0 / np.sqrt(exchanged), np.nan)
    return pd.DataFrame(
        {
            "iodide_neighbours": np.arange(N_NEIGHBOURS + 1),
            "n_exchanged": exchanged,
            "waited_s": waited_s,
            "rate_per_s": rate,
            "relative_se": relative,
        }
    )


def _neighbour_times_s(history: LatticeHistory) -> Numbers:
    """Return when each site gains its first, second ... sixth iodide neighbour, (6, S); inf: never."""
    n = history.model.cells
    padded = np.pad(history.event_time_s.reshape(n, n, n), 1, constant_values=np.inf)
    times = []
    for axis in range(3):
        for part in (slice(None, -2), slice(2, None)):
            index = [slice(1, -1)] * 3
            index[axis] = part
            times.append(padded[tuple(index)].ravel())
    return np.sort(times, axis=0)


def _inside(cells: int) -> npt.NDArray[np.bool_]:
    """Return which sites have six neighbours, (S,)."""
    inside = np.zeros((cells,) * 3, bool)
    inside[1:-1, 1:-1, 1:-1] = True
    return inside.ravel()
