"""Energy gap and colour of a nanocrystal against its size and composition, by six models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _confinement_models as models
from anionx_teach import _validation, paper
from anionx_teach._arrays import plain
from anionx_teach._confined_levels import LEVEL_MODELS, ConfinedLevels, confined_levels_ev
from anionx_teach._confinement_inputs import (
    BOWING_EV,
    FITTED_BULK_GAP_EV,
    LARGEST_EDGE_NM,
    SMALLEST_EDGE_NM,
    bulk_of,
    checked_edges_nm,
)
from anionx_teach._emission_energy import emission_energy_ev, energy_ev, stokes_shift
from anionx_teach._model_notes import MODEL_NOTES, ModelNotes
from anionx_teach._units import natural_units

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

__all__ = [
    "CONFINEMENT_MODELS",
    "FITTED_BULK_GAP_EV",
    "LARGEST_EDGE_NM",
    "LEVEL_MODELS",
    "SMALLEST_EDGE_NM",
    "ConfinedLevels",
    "ModelNotes",
    "band_gap_ev",
    "brus_sphere_gap_ev",
    "confined_levels_ev",
    "emission_wavelength_nm",
    "equal_volume_radius_nm",
    "measured_emission",
    "model_notes",
    "stokes_shift_ev",
]

CONFINEMENT_MODELS = tuple(MODEL_NOTES)
"""Names of the models, the default for colour first, then the default for physics."""


def band_gap_ev(
    edge_length_nm: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike = 0.0,
    *,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
    bulk_gap_ev: float | None = None,
    reduced_mass_m0: float | None = None,
    dead_layer_nm: float = 0.0,
) -> Numbers | float:
    """Return the energy gap of cubes of CsPb(Br,I)3.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge length in nm; broadcasts with `iodide_fraction`.
    iodide_fraction : float or array_like
        x of CsPb(Br1-x Ix)3, 0 to 1.
    model : str
        One of `CONFINEMENT_MODELS`; see `model_notes` for what each assumes.
    bowing_ev : float
        b of the composition law in eV; 0 is a straight line, 0 to 0.3 eV has been proposed.
    bulk_gap_ev, reduced_mass_m0 : float, optional
        Replace bulk gap and reduced mass of the CsPbBr3 end of a physics model.
    dead_layer_nm : float
        For `weak` only: layer at each face that the exciton does not enter, in nm.

    Returns
    -------
    float or numpy.ndarray
        Energy in eV: for `empirical` that of the emission maximum, for the others that of the
        lowest exciton, as seen in absorption.

    Raises
    ------
    TypeError, ValueError
        If an edge length is not above 0 (or not above twice the dead layer), a fraction is outside
        0 to 1, the model is unknown, an argument is no part of the model, or the energy comes out
        below zero.

    Warns
    -----
    UserWarning
        If an edge length is outside 3 to 20 nm.

    Notes
    -----
    E(x, L) = (1 - x) E_Br(L) + x E_I(L) - b x (1 - x). The gap of the bromide is 2.342 eV, for
    `nonparabolic` the fitted 2.43 eV; that of the iodide is always 1.723 eV, nothing was fitted
    there. `empirical` meets the paper's 486 and 516 nm at x = 0, and its 622 and 661 nm at x = 1 as
    if those products were pure iodide.

    References
    ----------
    See `model_notes` for each model; bowing: constant materials-062 of `materials.constants`.

    Examples
    --------
    >>> round(band_gap_ev(5.1), 3), round(band_gap_ev(5.1, model="nonparabolic"), 3)
    (2.551, 2.625)
    >>> band_gap_ev([5.1, 13.1], 0.5).round(3).tolist()
    [2.247, 2.114]
    """
    edges_nm = checked_edges_nm(edge_length_nm)
    fraction = _validation.between("iodide_fraction", iodide_fraction, 0.0, 1.0)
    bulk = bulk_of(model, bulk_gap_ev, reduced_mass_m0)
    return plain(energy_ev(edges_nm, fraction, model, bulk, bowing_ev, dead_layer_nm))


def emission_wavelength_nm(
    edge_length_nm: npt.ArrayLike,
    iodide_fraction: npt.ArrayLike = 0.0,
    *,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
    bulk_gap_ev: float | None = None,
    reduced_mass_m0: float | None = None,
    dead_layer_nm: float = 0.0,
) -> Numbers | float:
    """Return the wavelength of the emission maximum of cubes of CsPb(Br,I)3.

    Parameters
    ----------
    edge_length_nm, iodide_fraction, model, bowing_ev, bulk_gap_ev, reduced_mass_m0, dead_layer_nm
        As for `band_gap_ev`.

    Returns
    -------
    float or numpy.ndarray
        Wavelength in nm.

    Raises
    ------
    TypeError, ValueError
        As for `band_gap_ev`, and if the emission energy comes out below zero.

    Warns
    -----
    UserWarning
        If an edge length is outside 3 to 20 nm.

    Notes
    -----
    h c / E for `empirical`, h c / (E - Stokes shift) for the physics models, with the Stokes shift
    of CsPbBr3 (`stokes_shift_ev`) for every composition, an assumption for teaching.

    References
    ----------
    As for `band_gap_ev` and `stokes_shift_ev`.

    Examples
    --------
    >>> emission_wavelength_nm([5.1, 13.1]).round(1).tolist()
    [486.0, 516.0]
    >>> emission_wavelength_nm([5.1, 13.1], model="nonparabolic").round(1).tolist()
    [486.0, 515.7]
    """
    edges_nm = checked_edges_nm(edge_length_nm)
    fraction = _validation.between("iodide_fraction", iodide_fraction, 0.0, 1.0)
    bulk = bulk_of(model, bulk_gap_ev, reduced_mass_m0)
    energy = emission_energy_ev(edges_nm, fraction, model, bulk, bowing_ev, dead_layer_nm)
    return plain(np.asarray(natural_units().photon_ev_nm / energy))


def stokes_shift_ev(edge_length_nm: npt.ArrayLike) -> Numbers | float:
    """Return the distance of absorption and emission of CsPbBr3.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge length in nm.

    Returns
    -------
    float or numpy.ndarray
        Stokes shift in eV, zero for edges above 15.9 nm.

    Raises
    ------
    TypeError, ValueError
        If an edge length is not above 0.

    Warns
    -----
    UserWarning
        If an edge length is outside 3 to 20 nm.

    Notes
    -----
    A straight line through 82 meV at 4 nm and 20 meV at 13 nm (both "literature, to be verified"),
    continued on both sides until it is zero at 15.9 nm: a Stokes shift below zero has no meaning.

    References
    ----------
    M. C. Brennan et al., J. Am. Chem. Soc. 139, 12201 (2017).

    Examples
    --------
    >>> round(stokes_shift_ev(8.5), 3), stokes_shift_ev(18)
    (0.051, 0.0)
    """
    return plain(stokes_shift(checked_edges_nm(edge_length_nm)))


def equal_volume_radius_nm(edge_length_nm: npt.ArrayLike) -> Numbers | float:
    """Return the radius of the sphere that has the volume of a cube.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge length in nm.

    Returns
    -------
    float or numpy.ndarray
        Radius in nm.

    Raises
    ------
    TypeError, ValueError
        If an edge length is not above 0.

    Notes
    -----
    R = L (3 / 4 pi)^(1/3) = 0.620 L, not half the edge.

    Examples
    --------
    >>> round(equal_volume_radius_nm(5.1), 2)
    3.16
    """
    edges_nm = _validation.positive("edge_length_nm", edge_length_nm, "nm")
    return plain(np.asarray(models.equal_volume_radius(edges_nm)))


def brus_sphere_gap_ev(
    radius_nm: npt.ArrayLike,
    *,
    bulk_gap_ev: float | None = None,
    reduced_mass_m0: float | None = None,
) -> Numbers | float:
    """Return the gap of a sphere of CsPbBr3 of given radius in strong confinement.

    Parameters
    ----------
    radius_nm : float or array_like
        Radius in nm. `brus_sphere` uses `equal_volume_radius_nm`; half the edge is a common mistake.
    bulk_gap_ev, reduced_mass_m0 : float, optional
        Replace bulk gap and reduced mass of CsPbBr3.

    Returns
    -------
    float or numpy.ndarray
        Energy of the lowest exciton in eV.

    Raises
    ------
    TypeError, ValueError
        If the radius, the gap or the mass is not above 0.

    Notes
    -----
    E_g + hbar^2 pi^2 / (2 mu R^2) - 1.786 e^2 / (4 pi eps0 eps R), without Brus's polarisation
    term: one dielectric constant serves inside and outside.

    References
    ----------
    L. E. Brus, J. Chem. Phys. 80, 4403 (1984).

    Examples
    --------
    >>> mistake_ev = brus_sphere_gap_ev(5.1 / 2) - brus_sphere_gap_ev(equal_volume_radius_nm(5.1))
    >>> round(1000 * mistake_ev)
    134
    """
    radii_nm = _validation.length_nm("radius_nm", radius_nm)
    bulk = bulk_of("brus_sphere", bulk_gap_ev, reduced_mass_m0)
    return plain(np.asarray(models.brus_sphere_of_radius(radii_nm, bulk)))


def model_notes(model: str) -> ModelNotes:
    """Return what a model assumes, where it fails, and where it comes from.

    Parameters
    ----------
    model : str
        One of `CONFINEMENT_MODELS`.

    Returns
    -------
    ModelNotes
        Fields name, title, assumes, fails_where, reference, evidence.

    Raises
    ------
    TypeError, ValueError
        If the model is unknown.

    Examples
    --------
    >>> model_notes("weak").title
    'weak confinement'
    """
    return MODEL_NOTES[_validation.one_of("model", model, CONFINEMENT_MODELS)]


def measured_emission() -> pd.DataFrame:
    """Return the colours that the paper prints.

    Returns
    -------
    pandas.DataFrame
        One row a measured maximum, a fresh copy: label (of the batch), edge_length_nm and sd_nm of
        that batch, stage ("before exchange" or "after exchange"), nominal_iodide_fraction (0 or 1;
        the composition of the products was not available), wavelength_nm, evidence, location.

    References
    ----------
    `paper.CITATION`; the maxima of the other batches are in its figures only.

    Examples
    --------
    >>> measured_emission()[["edge_length_nm", "stage", "wavelength_nm", "evidence"]]
       edge_length_nm            stage  wavelength_nm    evidence
    0             5.1  before exchange          486.0  paper text
    1            13.1  before exchange          516.0  paper text
    2             5.1   after exchange          622.0  paper text
    3            13.1   after exchange          661.0  paper text
    """
    import pandas as pd

    stages = (("before exchange", 0.0, "pl_before_nm"), ("after exchange", 1.0, "pl_after_nm"))
    batches = paper.batches()
    parts = [
        batches[["label", "edge_length_nm", "sd_nm"]].assign(
            stage=stage, nominal_iodide_fraction=fraction, wavelength_nm=batches[column]
        )
        for stage, fraction, column in stages
    ]
    printed = pd.concat(parts).dropna(subset="wavelength_nm").reset_index(drop=True)
    numbers = paper.numbers()
    maxima = numbers[numbers["quantity"].str.startswith("PL maximum")].set_index("value")
    return printed.join(maxima[["evidence", "location"]], on="wavelength_nm")
