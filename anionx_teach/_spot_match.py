"""Found positions beside the true ones: which belongs to which, and how many were right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import finite, positive, read_only, scalar

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._validation import Numbers


@dataclass(frozen=True, eq=False, repr=False)
class SpotMatch:
    """Which found spot is which true one.

    Parameters
    ----------
    found, true : (M,) intp
        Row of a found spot and of the true spot that it is, counted from 0.
    distance_px : (M,) array
        From one to the other.
    n_found, n_true : int
        How many spots there are of each kind, with those that have no partner.

    Examples
    --------
    >>> match = SpotMatch([0, 2], [1, 0], [0.1, 0.2], n_found=4, n_true=2)
    >>> match.recall, match.precision
    (1.0, 0.5)
    >>> match
    SpotMatch(2 of 2 true spots found, 2 of 4 found spots are true)
    """

    found: npt.NDArray[np.intp]
    true: npt.NDArray[np.intp]
    distance_px: Numbers
    n_found: int
    n_true: int

    def __post_init__(self) -> None:
        for name, kind in (("found", np.intp), ("true", np.intp), ("distance_px", np.float64)):
            object.__setattr__(self, name, read_only(np.asarray(getattr(self, name), kind)))

    def __repr__(self) -> str:
        pairs = len(self.found)
        return (
            f"SpotMatch({pairs} of {self.n_true} true spots found, "
            f"{pairs} of {self.n_found} found spots are true)"
        )

    @property
    def recall(self) -> float:
        """Share of the true spots that were found; NaN when there are none."""
        return len(self.true) / self.n_true if self.n_true else float("nan")

    @property
    def precision(self) -> float:
        """Share of the found spots that are true; NaN when there are none."""
        return len(self.found) / self.n_found if self.n_found else float("nan")

    @property
    def missed(self) -> npt.NDArray[np.intp]:
        """Rows of the true spots that were not found."""
        return np.setdiff1d(np.arange(self.n_true), self.true)

    @property
    def false(self) -> npt.NDArray[np.intp]:
        """Rows of the found spots that are none."""
        return np.setdiff1d(np.arange(self.n_found), self.found)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a pair: found, true, distance_px."""
        import pandas as pd

        columns = {name: getattr(self, name) for name in ("found", "true", "distance_px")}
        return pd.DataFrame(columns)


def match_spots(found: object, true: object, max_distance_px: float = 1.0) -> SpotMatch:
    """Pair found positions with true ones, each at most once.

    Parameters
    ----------
    found, true : pandas.DataFrame or (N, 2) array_like
        Tables with the columns x_px and y_px, or the positions as x, y in pixels. Rows of `true`
        that share a number in the column `spot`, the emitters of a cluster, count as one spot, at
        their mean position; spots are then counted from 0 in the order of that number.
    max_distance_px : float
        Most distance between the two of a pair.

    Returns
    -------
    SpotMatch
        The pairs in the order of `found`, with `recall` and `precision`.

    Raises
    ------
    TypeError, ValueError
        If positions are not finite numbers (N, 2), a column is missing, or `max_distance_px` is not
        > 0.

    Notes
    -----
    Of all ways to pair them, the one with the most pairs, and of those the one with the smallest sum
    of distances (linear assignment), solved separately for each group of neighbours.

    References
    ----------
    D. F. Crouse, On implementing 2D rectangular assignment algorithms, IEEE Trans. Aerosp. Electron.
    Syst. 52, 1679 (2016), as in scipy.optimize.linear_sum_assignment.

    Examples
    --------
    >>> match = match_spots([[10.1, 20.0], [50.0, 50.0]], [[10.0, 20.0], [30.0, 5.0]])
    >>> match.recall, match.precision, match.missed, match.false
    (0.5, 0.5, array([1]), array([1]))
    >>> match.to_frame()
       found  true  distance_px
    0      0     0          0.1
    """
    places, truth = positions("found", found), _one_a_spot(true)
    reach = float(positive("max_distance_px", scalar("max_distance_px", max_distance_px), "px"))
    first, second, gap = _close_pairs(places, truth, reach)
    chosen = _assigned(first, second, gap, (len(places), len(truth)))
    order = chosen[np.argsort(first[chosen], kind="stable")]
    return SpotMatch(first[order], second[order], gap[order], len(places), len(truth))


def positions(name: str, spots: Any) -> Numbers:
    """Return positions (N, 2) as x, y from a table or an array, checked."""
    columns = getattr(spots, "columns", None)
    if columns is not None:
        missing = [column for column in ("x_px", "y_px") if column not in columns]
        if missing:
            msg = f"{name} must have the columns x_px and y_px, got no {' and no '.join(missing)}"
            raise ValueError(msg)
        spots = np.stack([np.asarray(spots[column]) for column in ("x_px", "y_px")], axis=-1)
    if np.size(spots) == 0:
        return np.empty((0, 2))
    places = finite(name, spots, "px")
    if places.ndim != 2 or places.shape[1] != 2:
        msg = f"{name} must be positions (N, 2) as x, y, got shape {places.shape}"
        raise ValueError(msg)
    return places


def _one_a_spot(true: Any) -> Numbers:
    """Return the true positions, the mean of the emitters that share a spot."""
    places = positions("true", true)
    if "spot" not in getattr(true, "columns", ()) or not len(places):
        return places
    _, spot = np.unique(np.asarray(true["spot"]), return_inverse=True)
    number = np.bincount(spot)
    return np.stack([np.bincount(spot, axis) / number for axis in places.T], axis=-1)


def _close_pairs(
    found: Numbers, true: Numbers, reach: float
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Numbers]:
    """Return every pair within reach: row found, row true, distance."""
    from scipy.spatial import cKDTree

    if not len(found) or not len(true):
        return np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0)
    near: Any = cKDTree(true).query_ball_point(found, reach)
    first = np.repeat(np.arange(len(found)), [len(rows) for rows in near])
    second = np.concatenate([np.asarray(rows, np.intp) for rows in near])
    return first, second, np.hypot(*(found[first] - true[second]).T)


def _assigned(
    first: npt.NDArray[np.intp],
    second: npt.NDArray[np.intp],
    gap: Numbers,
    shape: tuple[int, int],
) -> npt.NDArray[np.intp]:
    """Return which of the pairs are chosen: as many as possible, and then as close as possible."""
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_found, n_true = shape
    everyone = coo_array((np.ones(len(first)), (first, second + n_found)), (n_found + n_true,) * 2)
    _, group = connected_components(everyone, directed=False)
    order = np.argsort(group[first], kind="stable")
    starts = np.flatnonzero(np.diff(group[first[order]])) + 1
    chosen = []
    for members in np.split(order, starts) if len(first) else []:
        rows, row = np.unique(first[members], return_inverse=True)
        columns, column = np.unique(second[members], return_inverse=True)
        apart = 1 + gap[members].sum()  # more than all distances: another pair is worth it
        cost = np.full((len(rows), len(columns)), apart)
        cost[row, column] = gap[members]
        pick_row, pick_column = linear_sum_assignment(cost)
        which = np.full(cost.shape, -1, np.intp)
        which[row, column] = members
        picked = which[pick_row, pick_column]
        chosen.append(picked[picked >= 0])
    return np.concatenate(chosen) if chosen else np.empty(0, np.intp)
