"""Anion exchange of a nanocrystal as a lattice: each site is helped by its iodide neighbours.

Our "what if", not the mechanism of the paper: see `LatticeModel` for what is put in by hand.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _lattice_engine as engine
from anionx_teach._counter_draws import checked_condition, draw_key
from anionx_teach._lattice_chain import CHAIN_LAWS, ChainFit, fit_chain
from anionx_teach._lattice_history import (
    LatticeCourse,
    LatticeHistory,
    require_model,
    times_of_occupancy,
)
from anionx_teach._lattice_model import MOST_CELLS, RATE_LAWS, STARTS, LatticeModel
from anionx_teach._lattice_pattern import describe_pattern, radial_profile
from anionx_teach._lattice_rates import rates_by_neighbours
from anionx_teach._validation import between, length_nm, scalar
from anionx_teach.nanocrystals import halide_sites

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "CHAIN_LAWS",
    "MOST_CELLS",
    "RATE_LAWS",
    "STARTS",
    "ChainFit",
    "LatticeCourse",
    "LatticeHistory",
    "LatticeModel",
    "describe_pattern",
    "fit_chain",
    "lattice_cells",
    "radial_profile",
    "rates_by_neighbours",
    "simulate_lattice",
    "simulate_reversible_lattice",
]

_MOST_EVENTS = 1e8  # of a reversible run: some 20 s of compiled code
_TIED_PART = 0.01  # of the events that share their time with another


def lattice_cells(edge_length_nm: float) -> int:
    """Return how many sites along its edge give a lattice the anions of a nanocrystal.

    Parameters
    ----------
    edge_length_nm : float
        Edge length of the cube in nm.

    Returns
    -------
    int
        The cube root of the number of anions, rounded, at least 2.

    Raises
    ------
    TypeError, ValueError
        If the length is not one number > 0, or the lattice would be too large.

    Examples
    --------
    >>> lattice_cells(5.1), lattice_cells(13.1)
    (13, 32)
    """
    edge_nm = scalar("edge_length_nm", edge_length_nm)
    anions = float(halide_sites(length_nm("edge_length_nm", edge_nm)))
    cells = round(float(np.cbrt(anions)))
    if cells > MOST_CELLS:
        msg = (
            f"edge_length_nm must be small enough for a lattice of at most {MOST_CELLS} sites "
            f"along the edge, got {edge_nm:g} nm: {cells} sites"
        )
        raise ValueError(msg)
    return max(cells, 2)


def simulate_lattice(
    model: LatticeModel,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    condition: int = 0,
) -> LatticeHistory:
    """Exchange a whole lattice from bromide to iodide, keeping the time of every site.

    Parameters
    ----------
    model : LatticeModel
        The model. Nothing runs backward here, with any of its rates: iodide is in excess.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Where chance comes from. An int or a SeedSequence gives the same history each time; a
        Generator gives one number of its own, the key of all draws.
    condition : int
        Number >= 0 of the crystal within a series: with the same `rng`, another one meets
        independent chance.

    Returns
    -------
    LatticeHistory
        With event_time_s of the shape (n^3,).

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Warns
    -----
    UserWarning
        When the coupling is so strong that events follow each other faster than the digits of
        their times can tell (above about 14 kT): their order is then not known.

    Notes
    -----
    With R the sum of the rates of all sites, the next event comes after an exponential time of mean
    1/R and falls on each site with its share of R. All draws of an event follow from key, condition
    and its number (a hash): the result does not depend on threads or on compiled code, and another
    attempt_rate_per_s gives the same course, faster or slower.

    References
    ----------
    A. B. Bortz, M. H. Kalos, J. L. Lebowitz, J. Comput. Phys. 17, 10 (1975).

    Examples
    --------
    >>> alone = simulate_lattice(LatticeModel(13, 0.0, 0.01), rng=1)
    >>> coupled = simulate_lattice(LatticeModel(13, 1.02, 0.01), rng=1)
    >>> round(alone.rise_time_s()), round(coupled.rise_time_s())
    (214, 19)
    """
    require_model(model)
    time = engine.forward_event_times(model, draw_key(rng), checked_condition(condition))
    history = LatticeHistory(model, time / model.attempt_rate_per_s)
    tied = int(np.count_nonzero(np.diff(history.sorted_time_s) == 0.0))
    if tied > _TIED_PART * model.n_sites:
        msg = (
            f"coupling_kt = {model.coupling_kt:g} kT is so strong that {tied} of the "
            f"{model.n_sites} events have the time of another: their order is not known"
        )
        warnings.warn(msg, UserWarning, stacklevel=2)
    return history


def simulate_reversible_lattice(
    model: LatticeModel,
    time_s: npt.ArrayLike,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    condition: int = 0,
    initial_fraction: float = 0.0,
) -> LatticeCourse:
    """Exchange a lattice with a reservoir that also takes iodide back, on the way to equilibrium.

    Parameters
    ----------
    model : LatticeModel
        The model, with start="everywhere" and the rates `metropolis` or `glauber`.
    time_s : float or array_like, shape (T,)
        Times in s at which the sites are kept, in any order; before 0 they are as at the start.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        As for `simulate_lattice`.
    condition : int
        As for `simulate_lattice`.
    initial_fraction : float
        Part of the sites that is iodide at the start, 0 to 1, placed at random.

    Returns
    -------
    LatticeCourse
        With occupancy of the shape (T, n, n, n).

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above, the result would need more than 1 GB, or 10^8
        events and more could happen until the last time.

    Notes
    -----
    Forward and backward rates of a site differ by the factor exp(driving + eps (n_I - n_Br) / 2):
    every pair of states is in detailed balance with the Boltzmann weights
    exp(driving N_I - eps N_u / 2), where N_I counts iodide and N_u the unlike pairs of neighbours.
    At driving = 0 bromide and iodide are equally stable.

    Examples
    --------
    >>> model = LatticeModel(8, 0.5, 1.0, rates="glauber", driving_kt=2.0)
    >>> course = simulate_reversible_lattice(model, [0, 1, 20], rng=1)
    >>> course.iodide_fraction.round(1).tolist()
    [0.0, 0.5, 0.9]
    """
    times = times_of_occupancy(time_s, require_model(model), copies=2)
    if model.rates == "cooperative":
        msg = "model must have rates='metropolis' or 'glauber' to run backward, got 'cooperative'"
        raise ValueError(msg)
    if model.start != "everywhere":
        msg = f"model must have start='everywhere' to run backward, got {model.start!r}"
        raise ValueError(msg)
    part = scalar("initial_fraction", initial_fraction)
    between("initial_fraction", part, 0.0, 1.0)
    flat = np.atleast_1d(times)
    _require_few_events(model, flat)
    key, number = draw_key(rng), checked_condition(condition)
    sites = np.zeros(model.n_sites, np.uint8)
    sites[engine.random_sites(key, number, model.n_sites)[: round(part * model.n_sites)]] = 1
    cube = sites.reshape((model.cells,) * 3)
    at_times = np.maximum(flat, 0.0) * model.attempt_rate_per_s
    return LatticeCourse(
        model, flat, engine.reversible_occupancy(model, cube, at_times, key, number)
    )


def _require_few_events(model: LatticeModel, time_s: npt.NDArray[np.float64]) -> None:
    """Raise a ValueError when a run to the last time could take too many events."""
    last_s = float(time_s.max(initial=0.0))
    longest_s = _MOST_EVENTS / (model.attempt_rate_per_s * model.n_sites)  # no rate exceeds k0
    if last_s > longest_s:
        msg = (
            f"time_s must be <= {longest_s:.3g} s, or more than {_MOST_EVENTS:.0e} events could "
            f"happen, got {last_s:g} s"
        )
        raise ValueError(msg)
