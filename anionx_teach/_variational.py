"""The exciton in a cube: one function of edge length over Bohr radius holds for every material.

Electron and hole are each in the ground state of a cube with impenetrable walls, correlated by a
factor exp(-alpha r) in their distance r. The energy is then exactly

    E = E_box + hbar^2 alpha^2 / (2 mu) - e^2 <1/r> / (4 pi eps0 eps),

where the mean is over |phi_electron phi_hole|^2 exp(-2 alpha r). In units of hbar^2/(2 mu L^2),
with a = alpha L, and x = L / Bohr radius, E - E_box = a^2 - 2 x C(a), where C = <L/r>. At the
minimum x = a / C'(a), so running through a gives the least energy for every x without a search.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_RADIAL_NODES = 300
_ANGULAR_NODES = 40
_TABLE_POINTS = 4000
_LARGEST_DECAY = 2000.0  # of alpha L, where the exciton has long been that of the bulk


def binding_in_cube(size_over_bohr_radius: Numbers) -> Numbers:
    """Return the least of a^2 - 2 x C(a), the energy of correlation in units hbar^2/(2 mu L^2)."""
    mapped_at, mapped = _table()
    x = size_over_bohr_radius
    return np.asarray(np.interp(x / (1 + x), mapped_at, mapped) * x * (1 + x))


@cache
def cube_coulomb_constant() -> float:
    """Return <L/r> of two independent carriers in the ground state of a cube of edge L."""
    distance, weight = pair_distance_density()
    return float(np.sum(weight / distance))


@cache
def pair_distance_density() -> tuple[Numbers, Numbers]:
    """Return nodes r (in units of the edge) and weights of the density of electron-hole distances.

    Along each axis two carriers with density 2 sin^2(pi u) are a distance x apart with probability
    density P(x), so the density of r is 4 pi r^2 times the mean of P(x) P(y) P(z) over directions.
    """
    nodes, node_weights = _gauss_legendre(_RADIAL_NODES)
    # Nodes crowd at small r, where exp(-2 alpha r) of a large cube lives.
    distance = math.sqrt(3) * nodes**4
    radial_weight = 4 * math.sqrt(3) * nodes**3 * node_weights
    cosine, cosine_weight = _gauss_legendre(_ANGULAR_NODES)
    azimuth, azimuth_weight = _gauss_legendre(_ANGULAR_NODES)
    azimuth = azimuth * math.pi / 2  # one octant stands for all eight
    sine = np.sqrt(1 - cosine**2)
    planar = _axis_density(np.multiply.outer(np.multiply.outer(distance, sine), np.cos(azimuth)))
    planar *= _axis_density(np.multiply.outer(np.multiply.outer(distance, sine), np.sin(azimuth)))
    upright = _axis_density(np.multiply.outer(distance, cosine))
    mean = (upright * (planar @ azimuth_weight)) @ cosine_weight
    return distance, 4 * math.pi * distance**2 * mean * radial_weight


def _axis_density(separation: Numbers) -> Numbers:
    """Return the autocorrelation of 2 sin^2(pi u), 0 <= u <= 1, at a separation >= 0."""
    x = np.minimum(separation, 1.0)  # zero from there on
    overlap = (1 - x) * (1 + np.cos(2 * math.pi * x) / 2)
    return np.asarray(overlap + 3 * np.sin(2 * math.pi * x) / (4 * math.pi))


@cache
def _table() -> tuple[Numbers, Numbers]:
    """Return E / (x + x^2) against x / (1 + x): finite and smooth from no size to infinite size."""
    distance, weight = pair_distance_density()
    decay = np.concatenate([[0.0], np.geomspace(1e-3, _LARGEST_DECAY, _TABLE_POINTS)])
    correlated = np.exp(-2 * np.multiply.outer(decay, distance))
    norm = correlated @ weight
    inverse = correlated @ (weight / distance) / norm  # C(a) = <1/r>
    slope = 2 * (inverse * (correlated @ (weight * distance)) / norm - 1)  # C'(a)
    x = decay / slope
    energy_over_x = decay * slope - 2 * inverse
    mapped_at = np.append(x / (1 + x), 1.0)
    mapped = np.append(energy_over_x / (1 + x), -1.0)  # the bulk exciton: E = -x^2
    return mapped_at, mapped


def _gauss_legendre(n: int) -> tuple[Numbers, Numbers]:
    """Return nodes and weights of Gauss-Legendre quadrature on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(n)
    return (nodes + 1) / 2, weights / 2
