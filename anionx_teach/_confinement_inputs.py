"""What the public functions of confinement share: checks of arguments, and whose constants count."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _validation
from anionx_teach._confinement_models import Bulk
from anionx_teach._model_notes import MODEL_NOTES
from anionx_teach.materials import CSPBBR3, Parameter, parameter

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers
    from anionx_teach.materials import Perovskite

FITTED_BULK_GAP_EV = parameter("sizing-021")
"""Gap of CsPbBr3 with which `nonparabolic` meets the paper's 486 and 516 nm."""

SMALLEST_EDGE_NM = Parameter(
    3.0, "nm", "smallest CsPbBr3 in Akkerman 2022 Science 377,1406", "assumed for teaching"
)
LARGEST_EDGE_NM = Parameter(
    20.0,
    "nm",
    "the empirical colour is within 4 nm of that of an endless crystal",
    "assumed for teaching",
)
BOWING_EV = float(parameter("materials-062"))

# Far beyond any semiconductor: limits to play with, and to test at.
_GAPS_EV = (1e-9, 1e3)
_MASSES_M0 = (1e-6, 1e6)


def checked_edges_nm(edge_length_nm: npt.ArrayLike, *, stacklevel: int = 3) -> Numbers:
    """Return edge lengths as floats > 0, with one warning when some are outside the range.

    The warning points at the caller of the public function that calls this one.
    """
    edges_nm = _validation.length_nm("edge_length_nm", edge_length_nm)
    outside = (edges_nm < float(SMALLEST_EDGE_NM)) | (edges_nm > float(LARGEST_EDGE_NM))
    if np.any(outside):
        warnings.warn(
            f"edge_length_nm outside {float(SMALLEST_EDGE_NM):g} to {float(LARGEST_EDGE_NM):g} nm, "
            f"where the models are not compared with anything: got {edges_nm[outside].flat[0]:g}",
            UserWarning,
            stacklevel=stacklevel,
        )
    return edges_nm


def bulk_of(
    model: str,
    bulk_gap_ev: float | None = None,
    reduced_mass_m0: float | None = None,
    material: Perovskite = CSPBBR3,
) -> Bulk:
    """Return the constants of a material for one model, with what the caller replaces."""
    _validation.one_of("model", model, MODEL_NOTES)
    if model == "nonparabolic" and material is CSPBBR3:
        gap_ev = float(FITTED_BULK_GAP_EV)
    else:
        gap_ev = float(material.band_gap_ev)
    mass_m0 = float(material.reduced_mass_m0)
    for name, value in (("bulk_gap_ev", bulk_gap_ev), ("reduced_mass_m0", reduced_mass_m0)):
        if value is not None and model == "empirical":
            msg = f"{name} is no part of the empirical model: choose a physics model, got {value!r}"
            raise ValueError(msg)
    if bulk_gap_ev is not None:
        gap_ev = _scalar_between("bulk_gap_ev", bulk_gap_ev, _GAPS_EV, "eV")
    if reduced_mass_m0 is not None:
        mass_m0 = _scalar_between("reduced_mass_m0", reduced_mass_m0, _MASSES_M0, "m0")
    return Bulk(gap_ev, mass_m0, float(material.dielectric_constant))


def _scalar_between(name: str, value: float, limits: tuple[float, float], unit: str) -> float:
    """Return one number > 0 between two limits."""
    number = _validation.positive(name, _validation.scalar(name, value), unit)
    return float(_validation.between(name, number, *limits, unit))
