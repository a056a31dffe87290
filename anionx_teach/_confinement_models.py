"""The physics models of the lowest exciton of a perovskite cube, one small function each.

Every function takes edge lengths in nm and a `Bulk`, and returns energies in eV. Arguments are
checked by the public functions in `confinement`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._units import natural_units
from anionx_teach._variational import binding_in_cube, cube_coulomb_constant
from anionx_teach.materials import Parameter

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

TOTAL_OVER_REDUCED_MASS = Parameter(
    4.0,
    "-",
    "electron and hole of equal mass, 2 mu each",
    "assumed for teaching",
    note="only the reduced mass is measured; calculated masses are 0.15 and 0.14 m0",
)


@dataclass(frozen=True)
class Bulk:
    """The three numbers of a semiconductor that the physics models use."""

    gap_ev: float
    reduced_mass_m0: float
    dielectric_constant: float

    @property
    def bohr_radius_nm(self) -> float:
        """Radius of the hydrogen-like exciton."""
        units = natural_units()
        hydrogen_nm = 2 * units.kinetic_ev_nm2 / units.coulomb_ev_nm
        return hydrogen_nm * self.dielectric_constant / self.reduced_mass_m0

    @property
    def rydberg_ev(self) -> float:
        """Binding energy of the hydrogen-like exciton."""
        return natural_units().kinetic_ev_nm2 / (self.reduced_mass_m0 * self.bohr_radius_nm**2)


def box_energy_ev(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Return 3 hbar^2 pi^2 / (2 mu L^2), electron and hole together, parabolic bands."""
    return 3 * math.pi**2 * _kinetic_unit_ev(edge_length_nm, bulk)


def nonparabolic_box_energy_ev(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Return E_g (sqrt(1 + 2 E_box / E_g) - 1): two bands that repel each other."""
    parabolic = box_energy_ev(edge_length_nm, bulk)
    # The same as in the docstring, without the loss of digits in a large cube.
    return np.asarray(2 * parabolic / (1 + np.sqrt(1 + 2 * parabolic / bulk.gap_ev)))


def coulomb_of_cube_ev(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Return the attraction of an uncorrelated pair in a cube, 3.048 e^2/(4 pi eps0 eps L)."""
    attraction = natural_units().coulomb_ev_nm / (bulk.dielectric_constant * edge_length_nm)
    return cube_coulomb_constant() * attraction


def correlation_energy_ev(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Return hbar^2 alpha^2 / (2 mu) - <e^2 / (4 pi eps0 eps r)> at the best alpha, below zero."""
    scaled = binding_in_cube(edge_length_nm / bulk.bohr_radius_nm)
    return scaled * _kinetic_unit_ev(edge_length_nm, bulk)


def nonparabolic(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Variational exciton with the kinetic energy of two coupled bands.

    Assumes: E(k) = E_g sqrt(1 + 2 E_box / E_g), one electron-like and one hole-like band, walls of
    infinite height; the parabolic reduced mass for the correlation of the pair.
    Fails: below about 4 nm, where further bands and the leakage into the ligands count; the gap
    that fits the colours of the paper lies above that of the bulk.
    Reference: P. C. Sercel et al., J. Chem. Phys. 151, 234106 (2019).
    """
    kinetic = nonparabolic_box_energy_ev(edge_length_nm, bulk)
    return bulk.gap_ev + kinetic + correlation_energy_ev(edge_length_nm, bulk)


def variational(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Exciton in a cube with the trial function phi_electron phi_hole exp(-alpha r).

    Assumes: parabolic bands, walls of infinite height, one dielectric constant inside and outside.
    Fails: small cubes, where bands are not parabolic (the energy comes out too high); in large
    cubes the centre of mass keeps 4/3 of the kinetic energy that it has in `weak`.
    Reference: R. Romestain and G. Fishman, Phys. Rev. B 49, 1774 (1994).
    """
    kinetic = box_energy_ev(edge_length_nm, bulk)
    return bulk.gap_ev + kinetic + correlation_energy_ev(edge_length_nm, bulk)


def brus_cube(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Strong confinement in a cube: particles in a box and their mean attraction.

    Assumes: electron and hole move independently (edge well below the Bohr diameter), parabolic
    bands, walls of infinite height, one dielectric constant inside and outside.
    Fails: edges above the Bohr diameter, where the pair correlates; tends to E_g, not E_g - Ry.
    Reference: L. E. Brus, J. Chem. Phys. 80, 4403 (1984), carried over from a sphere to a cube.
    """
    kinetic = box_energy_ev(edge_length_nm, bulk)
    return bulk.gap_ev + kinetic - coulomb_of_cube_ev(edge_length_nm, bulk)


def brus_sphere(edge_length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Strong confinement in the sphere that has the volume of the cube, R = L (3 / 4 pi)^(1/3).

    Assumes: as `brus_cube`, and that the shape does not matter.
    Fails: as `brus_cube`; a cube has about 15 % more kinetic energy than its sphere.
    Reference: L. E. Brus, J. Chem. Phys. 80, 4403 (1984).
    """
    return brus_sphere_of_radius(equal_volume_radius(edge_length_nm), bulk)


def weak(edge_length_nm: Numbers, bulk: Bulk, dead_layer_nm: float = 0.0) -> Numbers:
    """Weak confinement: the bulk exciton moves in the cube as one particle.

    Assumes: the exciton keeps its bulk binding energy; its centre of mass, of mass M, stays a dead
    layer d away from each face; electron and hole of equal mass, so M = 4 mu.
    Fails: edges below a few Bohr diameters, that is all sizes of the paper: much too low.
    Reference: Al. L. Efros and A. L. Efros, Sov. Phys. Semicond. 16, 772 (1982).
    """
    free_edge_nm = edge_length_nm - 2 * dead_layer_nm
    centre_of_mass = box_energy_ev(free_edge_nm, bulk) / float(TOTAL_OVER_REDUCED_MASS)
    return bulk.gap_ev - bulk.rydberg_ev + centre_of_mass


def brus_sphere_of_radius(radius_nm: Numbers, bulk: Bulk) -> Numbers:
    """Return E_g + hbar^2 pi^2 / (2 mu R^2) - 1.786 e^2 / (4 pi eps0 eps R)."""
    kinetic = math.pi**2 * _kinetic_unit_ev(radius_nm, bulk)
    attraction = natural_units().coulomb_ev_nm / (bulk.dielectric_constant * radius_nm)
    return bulk.gap_ev + kinetic - _sphere_coulomb_constant() * attraction


def equal_volume_radius(edge_length_nm: Numbers) -> Numbers:
    """Return the radius of the sphere with the volume of the cube."""
    return np.asarray(edge_length_nm * (3 / (4 * math.pi)) ** (1 / 3))


@cache
def _sphere_coulomb_constant() -> float:
    """Return <R/r> = 2 - Si(2 pi)/pi + Si(4 pi)/(2 pi) of two carriers in a sphere, 1.786."""
    from scipy.special import sici

    return float(2 - sici(2 * math.pi)[0] / math.pi + sici(4 * math.pi)[0] / (2 * math.pi))


def _kinetic_unit_ev(length_nm: Numbers, bulk: Bulk) -> Numbers:
    """Return hbar^2 / (2 mu L^2)."""
    return natural_units().kinetic_ev_nm2 / (bulk.reduced_mass_m0 * length_nm**2)
