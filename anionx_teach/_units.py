"""Products of natural constants in electronvolt and nanometre, from CODATA."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class NaturalUnits:
    """What quantum confinement and colour need, in eV and nm.

    Parameters
    ----------
    photon_ev_nm : float
        h c, in eV nm.
    kinetic_ev_nm2 : float
        hbar^2 / (2 m0), in eV nm^2.
    coulomb_ev_nm : float
        e^2 / (4 pi eps0), in eV nm.
    """

    photon_ev_nm: float
    kinetic_ev_nm2: float
    coulomb_ev_nm: float


@cache
def natural_units() -> NaturalUnits:
    """Return the three products of natural constants that the models use.

    Returns
    -------
    NaturalUnits

    Notes
    -----
    From the CODATA values that SciPy carries.

    Examples
    --------
    >>> units = natural_units()
    >>> round(units.photon_ev_nm, 1), round(units.kinetic_ev_nm2, 4)
    (1239.8, 0.0381)
    """
    from scipy import constants  # slow to import, hence not at the top

    nm_per_m = 1e9
    return NaturalUnits(
        photon_ev_nm=constants.h * constants.c / constants.e * nm_per_m,
        kinetic_ev_nm2=constants.hbar**2 / (2 * constants.m_e) / constants.e * nm_per_m**2,
        coulomb_ev_nm=constants.e / (4 * constants.pi * constants.epsilon_0) * nm_per_m,
    )
