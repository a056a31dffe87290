"""What a filter lets pass of nanocrystals whose composition changes, and what time that gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _validation
from anionx_teach._arrays import plain
from anionx_teach._confinement_inputs import BOWING_EV, bulk_of, checked_edges_nm
from anionx_teach._emission_energy import emission_energy_ev, stokes_shift
from anionx_teach._filter_bias import FilterBias
from anionx_teach._line_shape import mean_step, share_between, sigma_ev
from anionx_teach._line_width import FWHM_MEV, checked_fwhm
from anionx_teach._optical_filters import (
    RED_EMISSION_FILTER,
    BandpassFilter,
    checked_filter,
    window_ev,
)
from anionx_teach._rise_time import first_passage

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers


def transmitted_fraction(
    edge_length_nm: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike,
    filter: BandpassFilter,  # the word of the field
    *,
    fwhm_mev: float = FWHM_MEV,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers | float:
    """Return which part of the light of a nanocrystal passes a filter.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge in nm; broadcasts with `iodide_fraction`.
    iodide_fraction : float or array_like
        0 to 1.
    filter : BandpassFilter
        For example `RED_EMISSION_FILTER`.
    fwhm_mev : float
        Full width at half maximum of the line, 1 to 1000 meV.
    model, bowing_ev
        As for `band_gap_ev`.

    Returns
    -------
    float or numpy.ndarray
        0 to 1.

    Raises
    ------
    TypeError, ValueError
        If an edge is not above 0, a fraction is outside 0 to 1, `filter` is no filter, the width is
        out of range, or the model is unknown.

    Warns
    -----
    UserWarning
        If an edge is outside 3 to 20 nm.

    Notes
    -----
    The area of `line_shape` between the edges of the window, exact: the difference of two error
    functions in energy.

    Examples
    --------
    The two products of the paper, at 622 and 661 nm:

    >>> transmitted_fraction([5.1, 13.1], 1.0, RED_EMISSION_FILTER).round(2).tolist()
    [0.95, 0.23]
    """
    edges_nm = checked_edges_nm(edge_length_nm)
    fraction = _validation.between("iodide_fraction", iodide_fraction, 0.0, 1.0)
    centre_ev = emission_energy_ev(edges_nm, fraction, model, bulk_of(model), bowing_ev)
    return plain(_passing(centre_ev, filter, checked_fwhm(fwhm_mev)))


def entry_fraction(
    edge_length_nm: npt.ArrayLike,
    filter: BandpassFilter = RED_EMISSION_FILTER,
    *,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers | float:
    """Return the iodide fraction at which the centre of the line enters a filter.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge in nm.
    filter : BandpassFilter
        The window.
    model, bowing_ev
        As for `band_gap_ev`.

    Returns
    -------
    float or numpy.ndarray
        Smallest fraction, 0 to 1, at which the line is in the window; NaN where none is.

    Raises
    ------
    TypeError, ValueError
        If an edge is not above 0, `filter` is no filter, or the model is unknown.

    Warns
    -----
    UserWarning
        If an edge is outside 3 to 20 nm.

    Notes
    -----
    The emission energy is a parabola in the fraction; the smallest solution of
    E(x) = h c / wavelength of an edge is returned.

    Examples
    --------
    >>> entry_fraction([5.1, 13.1]).round(2).tolist()
    [0.77, 0.52]
    """
    return plain(_crossings(checked_edges_nm(edge_length_nm), filter, model, bowing_ev)[0])


def exit_fraction(
    edge_length_nm: npt.ArrayLike,
    filter: BandpassFilter = RED_EMISSION_FILTER,
    *,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers | float:
    """Return the iodide fraction at which the centre of the line leaves a filter again.

    Parameters
    ----------
    edge_length_nm, filter, model, bowing_ev
        As for `entry_fraction`.

    Returns
    -------
    float or numpy.ndarray
        The first fraction above `entry_fraction` at which the line is at an edge of the window; NaN
        where it never enters, or stays.

    Raises
    ------
    TypeError, ValueError
        As for `entry_fraction`.

    Warns
    -----
    UserWarning
        If an edge is outside 3 to 20 nm.

    Examples
    --------
    >>> exit_fraction([5.1, 13.1]).round(2).tolist()
    [nan, 0.92]
    """
    return plain(_crossings(checked_edges_nm(edge_length_nm), filter, model, bowing_ev)[1])


def filtered_rise(
    edge_length_nm: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike,
    *,
    filter: BandpassFilter = RED_EMISSION_FILTER,
    excitation: BandpassFilter | None = None,
    fwhm_mev: float = FWHM_MEV,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers | float:
    """Return the intensity that the microscope sees of composition histories.

    Parameters
    ----------
    edge_length_nm : float or array_like, shape (N,)
        Edge in nm, one for all histories or one for each.
    iodide_fraction : float or array_like, shape (T,) or (N, T)
        History of the composition, time along the last axis, 0 to 1; one for all edges or one for
        each. A single number is a history without time.
    filter : BandpassFilter
        In front of the camera.
    excitation : BandpassFilter, optional
        The light that excites, for example `RED_EXCITATION_FILTER`. Without it every composition
        absorbs alike.
    fwhm_mev : float
        Full width at half maximum of the line, 1 to 1000 meV.
    model, bowing_ev
        As for `band_gap_ev`.

    Returns
    -------
    float or numpy.ndarray, shape (T,) or (N, T)
        Relative to a nanocrystal of the same size that absorbs far above its edge and whose line
        passes whole; (N,) for a single composition.

    Raises
    ------
    TypeError, ValueError
        As for `transmitted_fraction`, and if the shapes do not fit.

    Warns
    -----
    UserWarning
        If an edge is outside 3 to 20 nm.

    Notes
    -----
    `transmitted_fraction`, and with `excitation` also the mean of the absorption edge of
    `absorption_spectrum` over the energies of that window. The quantum yield is taken to be the
    same at every composition.

    Examples
    --------
    What a growing iodide fraction looks like through 590-649 nm:

    >>> filtered_rise([5.1, 13.1], [0, 0.25, 0.5, 0.75, 1]).round(2).tolist()
    [[0.0, 0.0, 0.0, 0.4, 0.95], [0.0, 0.0, 0.39, 0.94, 0.23]]
    """
    edges_nm = checked_edges_nm(edge_length_nm)
    fraction = _validation.between("iodide_fraction", iodide_fraction, 0.0, 1.0)
    width_mev = checked_fwhm(fwhm_mev)
    seen = _seen(edges_nm, fraction, filter, excitation, width_mev, model, bowing_ev)
    return plain(seen)


def filter_bias(
    edge_length_nm: npt.ArrayLike,
    time_s: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike,
    *,
    low: float = 0.1,
    high: float = 0.9,
    filter: BandpassFilter = RED_EMISSION_FILTER,
    excitation: BandpassFilter | None = None,
    fwhm_mev: float = FWHM_MEV,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> FilterBias:
    """Return how a filter changes the measured rise of composition histories.

    Parameters
    ----------
    edge_length_nm, iodide_fraction, filter, excitation, fwhm_mev, model, bowing_ev
        As for `filtered_rise`; `iodide_fraction` (T,) or (N, T).
    time_s : array_like, shape (T,)
        Increasing, at least two.
    low, high : float
        Between which parts of its height the rise is timed, 0 < low < high < 1.

    Returns
    -------
    FilterBias
        One value a history: true and measured rise, their ratio, the delay of the midpoint; its
        `to_frame` is a table.

    Raises
    ------
    TypeError, ValueError
        As for `filtered_rise`; if the times are not increasing or not as many as the compositions,
        or `low` and `high` are out of order.

    Warns
    -----
    UserWarning
        If an edge is outside 3 to 20 nm.

    Notes
    -----
    The rise of a curve is the time between its first passages through `low` and `high` of the way
    from its first value to its maximum, straight between samples. The intensity of a large crystal
    falls again when its line leaves the window: what is timed is then the rise to the highest
    point, as by somebody who fits a sigmoid to the part before the fall. A rise shorter than the
    distance of two times is not resolved. The paper fits sigmoids, which no such definition can
    reproduce in detail.

    The intensity depends on the composition alone, so that the filter times the way between two
    compositions: 0.65 to 0.88 at 5.1 nm and 0.41 to 0.63 at 13.1 nm. What that does to the
    measured rise depends on where a course is fast.

    One history for several sizes separates the filter from the chemistry: the kinetics are then
    identical, and what is left of a size effect in `measured_rise_s` is the filter's.

    Examples
    --------
    Two sizes that exchange alike, as a logistic of 100 s:

    >>> time_s = np.linspace(0, 600, 6001)
    >>> iodide_fraction = 1 / (1 + np.exp(-(time_s - 300) / (100 / 4.394)))
    >>> bias = filter_bias([5.1, 13.1], time_s, iodide_fraction)
    >>> bias.to_frame()[["edge_length_nm", "true_rise_s", "measured_rise_s", "ratio"]].round(2)
       edge_length_nm  true_rise_s  measured_rise_s  ratio
    0             5.1       100.01            31.00   0.31
    1            13.1       100.01            20.27   0.20
    """
    edges_nm = checked_edges_nm(edge_length_nm)
    times = _validation.increasing("time_s", time_s, "s")
    fraction = _checked_history(times, iodide_fraction)
    low, high = _checked_levels(low, high)
    width_mev = checked_fwhm(fwhm_mev)
    seen = _seen(edges_nm, fraction, filter, excitation, width_mev, model, bowing_ev)
    levels = (low, 0.5, high)
    starts, middles, ends = (first_passage(times, seen, level) for level in levels)
    truly = np.broadcast_to(fraction, seen.shape)
    true_starts, true_middles, true_ends = (first_passage(times, truly, level) for level in levels)
    return FilterBias(
        edge_length_nm=np.broadcast_to(edges_nm, starts.shape),
        true_rise_s=true_ends - true_starts,
        measured_rise_s=ends - starts,
        true_midpoint_s=true_middles,
        measured_midpoint_s=middles,
        largest_intensity=seen.max(axis=-1),
    )


def _checked_levels(low: float, high: float) -> tuple[float, float]:
    """Return two levels in order, strictly between 0 and 1."""
    levels = _validation.scalar("low", low), _validation.scalar("high", high)
    if not 0 < levels[0] < levels[1] < 1:
        msg = f"low and high must be 0 < low < high < 1, got {levels[0]:g} and {levels[1]:g}"
        raise ValueError(msg)
    return levels


def _checked_history(times: Numbers, iodide_fraction: npt.ArrayLike) -> Numbers:
    """Return compositions (T,) or (N, T) that belong to the times."""
    if times.size < 2:
        msg = f"time_s must hold at least two times, got {times.size}"
        raise ValueError(msg)
    fraction = _validation.between("iodide_fraction", iodide_fraction, 0.0, 1.0)
    if fraction.ndim not in {1, 2} or fraction.shape[-1] != times.size:
        msg = (
            f"iodide_fraction must have one column for each of the {times.size} times, "
            f"got shape {fraction.shape}"
        )
        raise ValueError(msg)
    return fraction


def _passing(centre_ev: Numbers, window: BandpassFilter, width_mev: float) -> Numbers:
    """Return which part of lines passes a window."""
    low_ev, high_ev = window_ev(checked_filter("filter", window))
    return share_between(low_ev, high_ev, centre_ev, sigma_ev(width_mev))


def _seen(
    edges_nm: Numbers,
    fraction: Numbers,
    window: BandpassFilter,
    excitation: BandpassFilter | None,
    width_mev: float,
    model: str,
    bowing_ev: float,
) -> Numbers:
    """Return the intensity behind a window, time along the last axis where there is one."""
    one_each = edges_nm.ndim == 1 and (fraction.ndim < 2 or len(edges_nm) == len(fraction))
    if fraction.ndim > 2 or not (edges_nm.ndim == 0 or one_each):
        msg = (
            "edge_length_nm must be one number or one for each history, "
            f"got shape {edges_nm.shape} for iodide_fraction of shape {fraction.shape}"
        )
        raise ValueError(msg)
    edges_nm = edges_nm[..., None] if fraction.ndim else edges_nm
    centre_ev = emission_energy_ev(edges_nm, fraction, model, bulk_of(model), bowing_ev)
    seen = _passing(centre_ev, window, width_mev)
    if excitation is not None:
        low_ev, high_ev = window_ev(checked_filter("excitation", excitation))
        edge_ev = centre_ev + stokes_shift(edges_nm)
        seen = seen * mean_step(low_ev, high_ev, edge_ev, sigma_ev(width_mev))
    return seen


def _crossings(
    edges_nm: Numbers, window: BandpassFilter, model: str, bowing_ev: float
) -> tuple[Numbers, Numbers]:
    """Return the fractions at which lines enter a window and leave it again; NaN for never."""
    low_ev, high_ev = window_ev(checked_filter("filter", window))
    bromide, iodide = (
        emission_energy_ev(edges_nm, np.asarray(end), model, bulk_of(model), bowing_ev)
        for end in (0.0, 1.0)
    )
    bowing = float(bowing_ev)  # checked with the energies
    roots = [_fractions_at(edge, bromide, iodide, bowing) for edge in (low_ev, high_ev)]
    begins_inside = (bromide >= low_ev) & (bromide <= high_ev)
    start = np.where(begins_inside, 0.0, np.nan)
    ordered = np.sort(np.stack([start, *roots[0], *roots[1]]), axis=0)  # NaN comes last
    return ordered[0], ordered[1]


def _fractions_at(
    energy_ev: float, bromide: Numbers, iodide: Numbers, bowing: float
) -> tuple[Numbers, Numbers]:
    """Return the two solutions in 0 to 1 of E(x) = energy; NaN for one that is not there."""
    slope = iodide - bromide - bowing
    offset = bromide - energy_ev
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # Stable form of the quadratic formula; without bowing the first is the only one, and with
        # hardly any the second is far outside 0 to 1.
        summed = -0.5 * (slope + np.copysign(np.sqrt(slope**2 - 4 * bowing * offset), slope))
        both = offset / summed, summed / bowing if bowing else np.full_like(summed, np.nan)
        first, second = (np.where((x > 0) & (x <= 1), x, np.nan) for x in both)
    return first, second
