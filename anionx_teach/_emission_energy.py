"""Energy of a nanocrystal of any size and composition, and of the light that it emits.

What colour, spectra and filters share. Arguments were checked one by one by the public functions;
only what depends on several of them is checked here.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _confinement_models as models
from anionx_teach import _validation, paper
from anionx_teach._arrays import require_broadcast
from anionx_teach._confinement_inputs import bulk_of
from anionx_teach._units import natural_units
from anionx_teach.materials import CSPBBR3, CSPBI3, parameter

if TYPE_CHECKING:
    from anionx_teach._confinement_models import Bulk
    from anionx_teach._validation import Numbers
    from anionx_teach.materials import Perovskite

_STOKES_EDGES_NM = (4.0, 13.0)  # the sizes that the next two belong to
_STOKES_MEV = (parameter("sizing-011"), parameter("sizing-012"))
_COLUMN_OF_END = {CSPBBR3.formula: "pl_before_nm", CSPBI3.formula: "pl_after_nm"}


def energy_ev(
    edges_nm: Numbers,
    fraction: Numbers,
    model: str,
    bulk: Bulk,
    bowing_ev: float,
    dead_layer_nm: float,
) -> Numbers:
    """Return the energy of a model at any composition, from arguments checked one by one."""
    require_broadcast(edge_length_nm=edges_nm, iodide_fraction=fraction)
    bowing = _validation.scalar("bowing_ev", _validation.finite("bowing_ev", bowing_ev, "eV"))
    dead_nm = _checked_dead_layer(edges_nm, model, dead_layer_nm)
    bromide = _energy_of_end(edges_nm, CSPBBR3, model, bulk, dead_nm)
    if not np.any(fraction):
        return _above_zero(bromide + np.zeros_like(fraction))
    iodide = _energy_of_end(edges_nm, CSPBI3, model, bulk_of(model, material=CSPBI3), dead_nm)
    mixed = (1 - fraction) * bromide + fraction * iodide
    return _above_zero(np.asarray(mixed - bowing * fraction * (1 - fraction)))


def emission_energy_ev(
    edges_nm: Numbers,
    fraction: Numbers,
    model: str,
    bulk: Bulk,
    bowing_ev: float,
    dead_layer_nm: float = 0.0,
) -> Numbers:
    """Return the energy of the emission maximum: that of the exciton less the Stokes shift."""
    energy = energy_ev(edges_nm, fraction, model, bulk, bowing_ev, dead_layer_nm)
    if model != "empirical":
        energy = _above_zero(energy - stokes_shift(edges_nm))
    return energy


def _energy_of_end(
    edges_nm: Numbers, material: Perovskite, model: str, bulk: Bulk, dead_nm: float
) -> Numbers:
    """Return the energy of a pure bromide or iodide."""
    match model:
        case "empirical":
            limit_ev, slope_ev_nm2 = empirical_line(_COLUMN_OF_END[material.formula])
            return np.asarray(limit_ev + slope_ev_nm2 / edges_nm**2)
        case "nonparabolic":
            return models.nonparabolic(edges_nm, bulk)
        case "variational":
            return models.variational(edges_nm, bulk)
        case "brus_cube":
            return models.brus_cube(edges_nm, bulk)
        case "brus_sphere":
            return models.brus_sphere(edges_nm, bulk)
        case _:
            return models.weak(edges_nm, bulk, dead_nm)


@cache
def empirical_line(column: str) -> tuple[float, float]:
    """Return E_inf and B of E = E_inf + B / L^2 through the paper's points of one column."""
    points = paper.batches().dropna(subset=column)
    energy = natural_units().photon_ev_nm / points[column].to_numpy(np.float64)
    inverse_square = points["edge_length_nm"].to_numpy(np.float64) ** -2.0
    slope, limit = np.polyfit(inverse_square, energy, 1)
    return float(limit), float(slope)


def stokes_shift(edges_nm: Numbers) -> Numbers:
    """Return the Stokes shift of edges that were checked."""
    (small_nm, large_nm), (at_small, at_large) = _STOKES_EDGES_NM, map(float, _STOKES_MEV)
    slope = (at_large - at_small) / (large_nm - small_nm)
    return np.asarray(np.maximum(at_small + slope * (edges_nm - small_nm), 0.0) / 1000)


def _checked_dead_layer(edges_nm: Numbers, model: str, dead_layer_nm: float) -> float:
    """Return the dead layer, which only `weak` has and which must leave room in every cube."""
    layer = _validation.scalar("dead_layer_nm", dead_layer_nm)
    _validation.non_negative("dead_layer_nm", layer, "nm")
    if layer and model != "weak":
        msg = f"dead_layer_nm is a part of the weak model only, got {layer:g} nm for {model}"
        raise ValueError(msg)
    if np.any(edges_nm <= 2 * layer):
        msg = (
            f"edge_length_nm must be > twice dead_layer_nm, {2 * layer:g} nm, "
            f"got {edges_nm[edges_nm <= 2 * layer].flat[0]:g}"
        )
        raise ValueError(msg)
    return layer


def _above_zero(energy_ev: Numbers) -> Numbers:
    """Return energies that are all above zero."""
    if not np.all(energy_ev > 0):
        msg = (
            "the energy must be > 0 eV at every size, "
            f"got {energy_ev[~(energy_ev > 0)].flat[0]:g}: check edge_length_nm, bulk_gap_ev, reduced_mass_m0 and bowing_ev"
        )
        raise ValueError(msg)
    return energy_ev
