"""Spectra of many nanocrystals at many times, fast: sums of one line shape at many energies.

The crystals are first gathered on a fine grid of energies, and then the line is drawn once for
each point of the grid instead of once for each crystal. A crystal between two points is shared
among the four points around it by cubic interpolation, which keeps the sum and the mean energy
exact and moves the spectrum by about 1e-6 of its maximum. Arguments were checked by the caller.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._confinement_inputs import BOWING_EV, bulk_of
from anionx_teach._emission_energy import emission_energy_ev, stokes_shift
from anionx_teach._line_shape import gaussian_per_ev, sigma_ev
from anionx_teach._units import natural_units

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

_POINTS_PER_SIGMA = 16  # of the grid of energies
_REACH_SIGMA = 9.0  # beyond it a line is below 3e-18 of its maximum
_BEYOND_REACH_SIGMA = 10.0
_CRYSTALS_AT_ONCE = 500_000  # crystals x times; some ten temporary arrays of this size
_WAVELENGTHS_AT_ONCE = 32

_Kernel = Callable[["Numbers"], "Numbers"]


def batch_spectra(
    edge_length_nm: Numbers,
    weight: Numbers,
    iodide_fraction: Numbers,
    wavelength_nm: Numbers,
    *,
    fwhm_mev: float,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers:
    """Return emission spectra (T, W) per nm, each of the area sum of `weight`.

    `edge_length_nm` and `weight` are (N,) or (T, N), `iodide_fraction` is (T, N), `wavelength_nm`
    (W,) in any order.
    """
    width_ev = sigma_ev(fwhm_mev)
    photon_ev = natural_units().photon_ev_nm / wavelength_nm

    def line(distance_ev: Numbers) -> Numbers:
        return gaussian_per_ev(distance_ev, width_ev)

    def energies(edges_nm: Numbers, fraction: Numbers) -> Numbers:
        return emission_energy_ev(edges_nm, fraction, model, bulk_of(model), bowing_ev)

    arrays = (edge_length_nm, weight, iodide_fraction)
    per_ev = _summed(line, energies, arrays, photon_ev, width_ev, is_step=False)
    per_ev *= photon_ev / wavelength_nm  # |dE / d lambda| = h c / lambda^2
    return np.maximum(per_ev, 0.0)  # the interpolation goes below zero by 1e-320 in a far tail


def batch_edges(
    edge_length_nm: Numbers,
    weight: Numbers,
    iodide_fraction: Numbers,
    wavelength_nm: Numbers,
    *,
    fwhm_mev: float,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> Numbers:
    """Return absorption edges (T, W): of each crystal `weight` far above its edge, half of it there.

    The edge is where the emission is, plus the Stokes shift. Shapes as in `batch_spectra`.
    """
    from scipy.special import ndtr

    width_ev = sigma_ev(fwhm_mev)
    photon_ev = natural_units().photon_ev_nm / wavelength_nm

    def step(distance_ev: Numbers) -> Numbers:
        return np.asarray(ndtr(distance_ev / width_ev))

    def energies(edges_nm: Numbers, fraction: Numbers) -> Numbers:
        emission = emission_energy_ev(edges_nm, fraction, model, bulk_of(model), bowing_ev)
        return emission + stokes_shift(edges_nm)

    arrays = (edge_length_nm, weight, iodide_fraction)
    return _summed(step, energies, arrays, photon_ev, width_ev, is_step=True)


def _summed(
    kernel: _Kernel,
    energies: Callable[[Numbers, Numbers], Numbers],
    arrays: tuple[Numbers, Numbers, Numbers],
    photon_ev: Numbers,
    width_ev: float,
    *,
    is_step: bool,
) -> Numbers:
    """Return the sum over crystals of weight x kernel(photon energy - energy), (T, W)."""
    edges_nm, weight, fraction = arrays
    n_times, n_crystals = fraction.shape
    spectra = np.zeros((n_times, photon_ev.size))
    if not spectra.size or not n_crystals:
        return spectra
    at_once = max(1, _CRYSTALS_AT_ONCE // n_crystals)
    for first in range(0, n_times, at_once):
        rows = slice(first, first + at_once)
        energy = energies(_rows_of(edges_nm, rows), fraction[rows])
        weights = np.broadcast_to(_rows_of(weight, rows), energy.shape)
        grid_ev, gathered = _gathered(energy, weights, photon_ev, width_ev)
        _draw(kernel, grid_ev, gathered, photon_ev, width_ev, spectra[rows], is_step=is_step)
    return spectra


def _rows_of(values: Numbers, rows: slice) -> Numbers:
    """Return what belongs to some times of values that may be the same at all of them."""
    return values if values.ndim == 1 else values[rows]


def _gathered(
    energy_ev: Numbers, weight: Numbers, photon_ev: Numbers, width_ev: float
) -> tuple[Numbers, Numbers]:
    """Return the grid of energies (G,) and the weights gathered on it (T, G)."""
    # Farther away than this it makes no difference where a crystal is; it bounds the grid.
    beyond = _BEYOND_REACH_SIGMA * width_ev
    energy_ev = np.clip(energy_ev, photon_ev.min() - beyond, photon_ev.max() + beyond)
    step_ev = width_ev / _POINTS_PER_SIGMA
    lowest = energy_ev.min() - step_ev  # room for the point below the lowest crystal
    n_times = energy_ev.shape[0]
    n_points = math.ceil((energy_ev.max() - lowest) / step_ev) + 3
    position = (energy_ev - lowest) / step_ev
    cell = position.astype(np.intp)
    position -= cell
    cell += np.arange(n_times)[:, None] * n_points
    moments = _moments(cell.ravel(), position.ravel(), weight.ravel(), n_times * n_points)
    grid_ev = lowest + step_ev * np.arange(n_points)
    return grid_ev, _shared(moments).reshape(n_times, n_points)


def _moments(
    cell: npt.NDArray[np.intp], offset: Numbers, weight: Numbers, size: int
) -> list[Numbers]:
    """Return for each cell the sums of weight x offset^k, k = 0 .. 3."""
    sums, term = [], weight
    for _ in range(4):
        sums.append(np.asarray(np.bincount(cell, term, minlength=size), np.float64))
        term = term * offset
    return sums


def _shared(moments: list[Numbers]) -> Numbers:
    """Share the weight in each cell among four points by Lagrange's cubic polynomials."""
    zeroth, first, second, third = moments
    points = zeroth - first / 2 - second + third / 2  # the point at the left of the cell
    points[1:] += (first + (second - third) / 2)[:-1]
    points[:-1] += (second / 2 - first / 3 - third / 6)[1:]
    points[2:] += ((third - first) / 6)[:-2]
    return points


def _draw(
    kernel: _Kernel,
    grid_ev: Numbers,
    gathered: Numbers,
    photon_ev: Numbers,
    width_ev: float,
    spectra: Numbers,
    *,
    is_step: bool,
) -> None:
    """Add weight x kernel to `spectra` (T, W), a few wavelengths at a time, in place."""
    reach = _REACH_SIGMA * width_ev
    below = np.cumsum(gathered, axis=1) if is_step else None
    for first in range(0, photon_ev.size, _WAVELENGTHS_AT_ONCE):
        columns = slice(first, first + _WAVELENGTHS_AT_ONCE)
        some_ev = photon_ev[columns]
        near = slice(*np.searchsorted(grid_ev, [some_ev.min() - reach, some_ev.max() + reach]))
        heights = kernel(some_ev - grid_ev[near, None])
        # Not the @ operator: for matrices this small the threads of a BLAS cost more than they do.
        spectra[:, columns] += np.einsum("tg,gw->tw", gathered[:, near], heights)
        if below is not None and near.start > 0:
            spectra[:, columns] += below[:, near.start - 1, None]
