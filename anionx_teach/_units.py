"""Products of natural constants in electronvolt and nanometre, from CODATA."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class NaturalUnits:
    """What quantum confinement and colour need, in eV and nm."""

    photon_ev_nm: float  # h c
    kinetic_ev_nm2: float  # hbar^2 / (2 m0)
    coulomb_ev_nm: float  # e^2 / (4 pi eps0)


@cache
def natural_units() -> NaturalUnits:
    """Return the three products; scipy.constants is slow to import, hence not at the top."""
    from scipy import constants

    nm_per_m = 1e9
    return NaturalUnits(
        photon_ev_nm=constants.h * constants.c / constants.e * nm_per_m,
        kinetic_ev_nm2=constants.hbar**2 / (2 * constants.m_e) / constants.e * nm_per_m**2,
        coulomb_ev_nm=constants.e / (4 * constants.pi * constants.epsilon_0) * nm_per_m,
    )
