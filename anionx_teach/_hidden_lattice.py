"""A hidden experiment on two lattices: how much iodide helps its neighbours in each of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._validation import Numbers, count, generator, one_of, read_only

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach.lattice_exchange import LatticeHistory

HIDDEN_CRYSTALS = ("A", "B")
"""Names of the two crystals of a hidden pair."""

_EDGE_NM = 7.8  # of both: 19 sites along the edge
_PARAMETERS = (
    HiddenParameter("ln_attempt_rate", "ln k0", "per s", -8.0, -2.0, 0.02, -5.0, 2),
    HiddenParameter("coupling_kt", "Coupling ε", "kT", 0.0, 2.5, 0.01, 0.75, 2),
)
# Far apart, on both sides of 0.887 kT; above 1.4 kT hardly any site is left with six neighbours.
_WEAK_KT, _STRONG_KT = (0.1, 0.5), (1.0, 1.4)
_SWITCHING_TIME_S = (40.0, 120.0)  # of both crystals, assumed for teaching
_NEIGHBOURS = np.arange(7.0)
_MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9)


def hidden_lattice(seed: int, crystal: str) -> HiddenExperiment:
    """Return how fast the sites of an unknown nanocrystal are exchanged, by their neighbours.

    Parameters
    ----------
    seed : int
        Which pair of nanocrystals, >= 0. The same seed gives the same pair.
    crystal : str
        Which of the two: one of `HIDDEN_CRYSTALS`.

    Returns
    -------
    HiddenExperiment
        ln(rate x 1 s) of a bromide against its number of iodide neighbours, 0 to 6, with its
        standard error. To be found: ln_attempt_rate (ln k0, k0 in 1/s) and coupling_kt (eps, in
        kT).

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0, or there is no such crystal.

    Notes
    -----
    Two cubes of 7.8 nm are simulated with the rates `cooperative` (`LatticeModel`), one with a weak
    coupling (0.1 to 0.5 kT) and one with a strong coupling (1.0 to 1.4 kT), chance deciding which
    is which. Their k0 are chosen so that both switch in the same time but for a percent, so that
    the switching time says nothing of the coupling. The points are ln(n_exchanged / waited_s) of
    `rates_by_neighbours`, the model is the straight line ln k0 + eps n. Given what has happened
    before, the exchanges of sites with different n are independent, and so are the points; the
    standard error of the logarithm of a rate is 1 / sqrt(n_exchanged).

    References
    ----------
    O. O. Aalen, Ann. Statist. 6, 701 (1978), on rates from counts and waiting times.

    Examples
    --------
    >>> experiment = hidden_lattice(1, "A")
    >>> experiment.x.tolist(), experiment.x_label
    ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 'Iodide neighbours of a bromide')
    """
    from anionx_teach.lattice_exchange import rates_by_neighbours

    name = one_of("crystal", crystal, HIDDEN_CRYSTALS)
    truth, history = _drawn(seed)[HIDDEN_CRYSTALS.index(name)]
    table = rates_by_neighbours(history)
    return HiddenExperiment(
        key=f"hidden_lattice/{seed}/{name}",
        title=f"How fast bromide is exchanged in crystal {name}, by its iodide neighbours",
        x=read_only(_NEIGHBOURS.copy()),
        x_label="Iodide neighbours of a bromide",
        measured=read_only(np.log(table["rate_per_s"].to_numpy())),
        standard_error=read_only(table["relative_se"].to_numpy()),
        y_label="ln(rate · 1 s)",
        parameters=_PARAMETERS,
        _model=_ln_rate,
        _truth=dict(truth),
    )


def hidden_lattice_course(seed: int) -> pd.DataFrame:
    """Return when both hidden nanocrystals were exchanged, and where iodide was in them.

    Parameters
    ----------
    seed : int
        As for `hidden_lattice`.

    Returns
    -------
    pandas.DataFrame
        One row for each crystal and each of five moments: crystal, iodide_fraction, time_s,
        n_clusters, random_clusters, largest_cluster_share, short_range_order, as in
        `describe_pattern`.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Examples
    --------
    >>> course = hidden_lattice_course(1).set_index(["crystal", "iodide_fraction"])["time_s"]
    >>> rises_s = [course[name].iloc[-1] - course[name].iloc[0] for name in HIDDEN_CRYSTALS]
    >>> bool(np.isclose(*rises_s, rtol=0.03))
    True
    """
    import pandas as pd

    from anionx_teach.lattice_exchange import describe_pattern

    names = ["time_s", "n_clusters", "random_clusters", "largest_cluster_share"]
    tables = []
    for name, (_truth, history) in zip(HIDDEN_CRYSTALS, _drawn(seed), strict=True):
        table = describe_pattern(history, _MOMENTS)[[*names, "short_range_order"]]
        table.insert(0, "iodide_fraction", _MOMENTS)
        table.insert(0, "crystal", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def hidden_lattice_rates(seed: int) -> pd.DataFrame:
    """Return how many sites of both hidden nanocrystals were exchanged, by their neighbours.

    Parameters
    ----------
    seed : int
        As for `hidden_lattice`, whose points are made from these numbers.

    Returns
    -------
    pandas.DataFrame
        Columns crystal, iodide_neighbours, n_exchanged and waited_s, see `rates_by_neighbours`.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Examples
    --------
    >>> table = hidden_lattice_rates(1)
    >>> in_a = table[table["crystal"] == "A"]
    >>> measured = np.log(in_a["n_exchanged"] / in_a["waited_s"])
    >>> bool(np.allclose(measured, hidden_lattice(1, "A").measured))
    True
    """
    import pandas as pd

    from anionx_teach.lattice_exchange import rates_by_neighbours

    tables = []
    for name, (_truth, history) in zip(HIDDEN_CRYSTALS, _drawn(seed), strict=True):
        table = rates_by_neighbours(history)[["iodide_neighbours", "n_exchanged", "waited_s"]]
        table.insert(0, "crystal", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _drawn(seed: int) -> tuple[tuple[dict[str, float], LatticeHistory], ...]:
    """Return the hidden parameters and the exchange of both crystals of a seed."""
    return _pair(count("seed", seed, minimum=0))


@lru_cache(maxsize=2)
def _pair(seed: int) -> tuple[tuple[dict[str, float], LatticeHistory], ...]:
    """Return a pair; it is kept, since a lesson asks for the same one again and again."""
    from anionx_teach.lattice_exchange import (
        LatticeHistory,
        LatticeModel,
        lattice_cells,
        simulate_lattice,
    )

    rng = generator(seed)
    switching_s = rng.uniform(*_SWITCHING_TIME_S)
    ranges = [_WEAK_KT, _STRONG_KT]
    if rng.integers(2):
        ranges.reverse()
    cells, pair = lattice_cells(_EDGE_NM), []
    for low_kt, high_kt in ranges:
        coupling_kt = slider_step(rng, _PARAMETERS[1], low_kt, high_kt)
        with_k0_of_one = simulate_lattice(LatticeModel(cells, coupling_kt, 1.0), rng=rng)
        wanted = float(np.log(with_k0_of_one.rise_time_s() / switching_s))
        ln_k0 = slider_step(rng, _PARAMETERS[0], wanted, wanted)
        model = LatticeModel(cells, coupling_kt, float(np.exp(ln_k0)))
        # Another k0 gives the same course, faster or slower.
        times_s = with_k0_of_one.event_time_s / model.attempt_rate_per_s
        truth = {"ln_attempt_rate": ln_k0, "coupling_kt": coupling_kt}
        pair.append((truth, LatticeHistory(model, times_s)))
    return tuple(pair)


def _ln_rate(ln_attempt_rate: float, coupling_kt: float) -> Numbers:
    """Return the logarithm of the rate with each number of neighbours."""
    return np.asarray(ln_attempt_rate + coupling_kt * _NEIGHBOURS)
