"""How a lattice is exchanged, in numbers: clusters, interface, layers, beside a random placement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._counter_draws import draw_key
from anionx_teach._lattice_engine import random_sites
from anionx_teach._lattice_history import LatticeHistory, require_history
from anionx_teach._validation import Numbers, between, count, finite

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from anionx_teach._lattice_model import LatticeModel

    Counts = npt.NDArray[np.int64]
    Occupied = npt.NDArray[np.uint8]

_FRACTIONS = np.arange(1, 10) / 10


def describe_pattern(
    history: LatticeHistory,
    iodide_fraction: npt.ArrayLike | None = None,
    *,
    time_s: npt.ArrayLike | None = None,
    n_random: int = 20,
    rng: int | np.random.SeedSequence | np.random.Generator | None = 0,
) -> pd.DataFrame:
    """Measure where iodide is at some moments: spread over the crystal, or in one piece.

    Parameters
    ----------
    history : LatticeHistory
        From `simulate_lattice`.
    iodide_fraction : float or array_like, shape (M,)
        The moments, as fractions 0 to 1 that are reached; 0.1, 0.2 ... 0.9 when nothing is given.
    time_s : float or array_like, shape (M,)
        The moments as times in s, instead of fractions.
    n_random : int
        How many random placements to compare with, 0 or more.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Where chance of the random placements comes from.

    Returns
    -------
    pandas.DataFrame
        One row a moment, in the order given:

        * iodide_fraction, and the time_s at which it was reached (0 for none);
        * n_clusters: pieces of iodide that are connected through neighbours;
        * largest_cluster_sites: sites of the largest, and largest_cluster_share of all iodide;
        * interface_bonds: pairs of neighbours that are one bromide and one iodide;
        * short_range_order: 1 - interface_bonds / random_interface_bonds;
        * random_interface_bonds, random_clusters, random_clusters_sd,
          random_largest_cluster_share: of as much iodide placed at random.

        What does not exist (the share of no iodide, the order of a pure crystal) is NaN.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above, or both fractions and times are given.

    Notes
    -----
    The short-range order is that of Warren and Cowley over nearest neighbours: 0 when iodide is
    spread at random, as without coupling; towards 1 when it lies in one compact piece; below 0 when
    unlike neighbours are preferred. Of B bonds a random placement of k among S sites makes
    2 B k (S - k) / (S (S - 1)) unlike on average, exactly; its clusters are counted in `n_random`
    placements.

    References
    ----------
    J. M. Cowley, Phys. Rev. 77, 669 (1950).

    Examples
    --------
    >>> from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice
    >>> columns = ["n_clusters", "random_clusters", "short_range_order"]
    >>> for coupling_kt in (0.0, 4.0):
    ...     history = simulate_lattice(LatticeModel(13, coupling_kt, 1.0), rng=1)
    ...     print(describe_pattern(history, 0.1)[columns].round(2).to_numpy().tolist())
    [[160.0, 159.8, 0.00]]
    [[11.0, 159.8, 0.69]]
    """
    import pandas as pd

    n_iodide = _moments(history, iodide_fraction, time_s)
    n_placements = count("n_random", n_random, minimum=0)
    random = _random_clusters(history.model, n_iodide, n_placements, draw_key(rng))
    rows = [
        _row(history, int(k), occupied, by_chance)
        for k, occupied, by_chance in zip(
            n_iodide, _occupied(history, n_iodide), random, strict=True
        )
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS).rename_axis("moment")


def radial_profile(
    history: LatticeHistory,
    iodide_fraction: npt.ArrayLike | None = None,
    *,
    time_s: npt.ArrayLike | None = None,
) -> pd.DataFrame:
    """Return how much of each layer is iodide, from the surface to the centre.

    Parameters
    ----------
    history, iodide_fraction, time_s
        As for `describe_pattern`.

    Returns
    -------
    pandas.DataFrame
        One row for each moment and layer: moment, iodide_fraction of the crystal, time_s, layer
        (0 is the surface; each next one is a cube inside it), n_sites of the layer, and
        layer_iodide_fraction.

    Raises
    ------
    TypeError, ValueError
        As for `describe_pattern`.

    Examples
    --------
    >>> from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice
    >>> history = simulate_lattice(LatticeModel(13, 0.0, 1.0, start="surface"), rng=1)
    >>> radial_profile(history, 0.5)["layer_iodide_fraction"].round(2).tolist()
    [0.70, 0.52, 0.32, 0.23, 0.08, 0.04, 0.00]
    """
    import pandas as pd

    n_iodide = _moments(history, iodide_fraction, time_s)
    layer = _layers(history.model.cells)
    sites = np.bincount(layer.ravel())
    tables = [
        pd.DataFrame(
            {
                "moment": moment,
                "iodide_fraction": k / history.model.n_sites,
                "time_s": _time_s(history, int(k)),
                "layer": np.arange(sites.size),
                "n_sites": sites,
                "layer_iodide_fraction": np.bincount(layer.ravel(), occupied.ravel()) / sites,
            }
        )
        for moment, (k, occupied) in enumerate(
            zip(n_iodide, _occupied(history, n_iodide), strict=True)
        )
    ]
    if not tables:
        return radial_profile(history, 0.0).iloc[:0]
    return pd.concat(tables, ignore_index=True)


_COLUMNS = {
    "iodide_fraction": float,
    "time_s": float,
    "n_clusters": int,
    "largest_cluster_sites": int,
    "largest_cluster_share": float,
    "interface_bonds": int,
    "short_range_order": float,
    "random_interface_bonds": float,
    "random_clusters": float,
    "random_clusters_sd": float,
    "random_largest_cluster_share": float,
}


def _row(history: LatticeHistory, k: int, occupied: Occupied, random: Counts) -> tuple[float, ...]:
    """Return the columns of a moment; `random` holds number and size of clusters, (R, 2)."""
    cells, n_sites = history.model.cells, history.model.n_sites
    n_clusters, largest = _clusters(occupied)
    bonds = 3 * cells**2 * (cells - 1)
    by_chance = 2.0 * bonds * k * (n_sites - k) / (n_sites * (n_sites - 1))
    interface = _interface_bonds(occupied)
    return (
        k / n_sites,
        _time_s(history, k),
        n_clusters,
        largest,
        _ratio(largest, k),
        interface,
        1.0 - _ratio(interface, by_chance),
        by_chance,
        float(random[:, 0].mean()) if len(random) else np.nan,
        float(random[:, 0].std(ddof=1)) if len(random) > 1 else np.nan,
        _ratio(float(random[:, 1].mean()), k) if len(random) else np.nan,
    )


def _random_clusters(model: LatticeModel, n_iodide: Counts, n_placements: int, key: int) -> Counts:
    """Return number and largest size of clusters at random, (moments, placements, 2)."""
    found = np.empty((n_iodide.size, n_placements, 2), np.int64)
    for placement in range(n_placements):
        order = random_sites(key, placement, model.n_sites)
        for moment, k in enumerate(n_iodide):
            found[moment, placement] = _clusters(_placed(order, int(k), model.cells))
    return found


def _moments(
    history: LatticeHistory, iodide_fraction: npt.ArrayLike | None, time_s: npt.ArrayLike | None
) -> Counts:
    """Return how many sites are iodide at each moment."""
    n_sites = require_history(history).model.n_sites
    if iodide_fraction is not None and time_s is not None:
        msg = "either iodide_fraction or time_s must be given, got both"
        raise ValueError(msg)
    if time_s is not None:
        times = _row_of_numbers("time_s", finite("time_s", time_s, "s"))
        return history.sorted_time_s.searchsorted(times, side="right")
    asked = _FRACTIONS if iodide_fraction is None else iodide_fraction
    fractions = _row_of_numbers("iodide_fraction", between("iodide_fraction", asked, 0.0, 1.0))
    # The first moment at which the fraction is reached; 0.1 * 30 is a little more than 3.
    return np.ceil(np.round(fractions * n_sites, 6)).astype(np.int64)


def _row_of_numbers(name: str, numbers: Numbers) -> Numbers:
    """Return numbers as a one-dimensional array; one number may come alone."""
    if numbers.ndim > 1:
        msg = f"{name} must be a number or one-dimensional, got {numbers.ndim} dimensions"
        raise ValueError(msg)
    return np.atleast_1d(numbers)


def _occupied(history: LatticeHistory, n_iodide: Counts) -> Iterator[Occupied]:
    """Yield the sites at each moment, by the order of the events: their times may be equal."""
    for k in n_iodide:
        yield _placed(history.event_order, int(k), history.model.cells)


def _placed(order: Counts, k: int, cells: int) -> Occupied:
    """Return a cube of bromide in which the first k sites of an order are iodide."""
    sites = np.zeros(cells**3, np.uint8)
    sites[order[:k]] = 1
    return sites.reshape(cells, cells, cells)


def _clusters(occupied: Occupied) -> tuple[int, int]:
    """Return number of connected pieces and size of the largest; two zeros without iodide."""
    from scipy import ndimage

    labels, n_clusters = ndimage.label(occupied)
    if n_clusters == 0:
        return 0, 0
    return n_clusters, int(np.bincount(labels.ravel())[1:].max())


def _interface_bonds(occupied: Occupied) -> int:
    """Return how many pairs of neighbours are unlike."""
    below, above = slice(None, -1), slice(1, None)
    everywhere = (slice(None),) * 2
    pairs = (np.moveaxis(occupied, axis, 0) for axis in range(3))
    return sum(
        int(np.count_nonzero(o[(below, *everywhere)] != o[(above, *everywhere)])) for o in pairs
    )


def _layers(cells: int) -> Counts:
    """Return for each site how many layers lie between it and the outside, (n, n, n)."""
    from_face = np.minimum(np.arange(cells), np.arange(cells)[::-1])
    x, y, z = np.meshgrid(from_face, from_face, from_face, indexing="ij")
    layer: Counts = np.minimum(np.minimum(x, y), z)
    return layer


def _time_s(history: LatticeHistory, k: int) -> float:
    """Return when k sites were iodide for the first time."""
    return float(history.sorted_time_s[k - 1]) if k else 0.0


def _ratio(part: float, whole: float) -> float:
    """Return part / whole; NaN of nothing."""
    return part / whole if whole else np.nan
