"""How much of one crystal is exchanged: by a front from its faces, or by diffusion into it.

Both are exact for their geometry; the crystal is in an excess of iodide, so that its surface is at
once what it will be at the end.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._validation import finite, length_nm, non_negative, scalar

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

_SHORT_TIME = 0.08  # Fourier number: below it the series for short times, above it for long ones
_SHORT_TERMS, _LONG_TERMS = 2, 8  # what is left out is below 1e-15 on either side
_TABLE_REACH = 1.6  # root of the Fourier number; beyond it 1e-11 is left to exchange
_TABLE_STEPS = 4096


def surface_limited_fraction(
    time_s: npt.ArrayLike,
    edge_length_nm: npt.ArrayLike,
    long_edge_nm: npt.ArrayLike | None = None,
    *,
    front_speed_nm_per_s: float,
) -> Numbers | float:
    """Return how much of a crystal is exchanged by a front that runs inwards from every face.

    Parameters
    ----------
    time_s : array_like
        Time since the start of the crystal, in s; nothing has happened before 0.
    edge_length_nm : array_like
        Edge, in nm; broadcasts with `time_s`.
    long_edge_nm : array_like, optional
        Longer edge, in nm; without it the crystal is a cube.
    front_speed_nm_per_s : float
        Speed of the front, in nm/s: the rate of the reaction at the interface over the halide in a
        volume.

    Returns
    -------
    float or ndarray
        0 to 1.

    Raises
    ------
    TypeError, ValueError
        If a time is not finite, a size is not > 0, the speed is below 0, or shapes do not
        broadcast.

    Notes
    -----
    What the front has not reached is a block smaller by v t at each face,

        X = 1 - (1 - 2 v t / a)^2 (1 - 2 v t / c),

    for a cube 1 - (1 - 2 v t / L)^3. It ends at the time a / 2v, and begins as 6 v t / L: the rate
    is the surface over the volume times the speed. All times grow as the size.

    References
    ----------
    O. Levenspiel, Chemical Reaction Engineering, 3rd ed. (1999), chapter 25 (shrinking core with
    the reaction at the interface in control; literature, to be verified).

    Examples
    --------
    >>> surface_limited_fraction([0, 50, 200], 10.0, front_speed_nm_per_s=0.05).tolist()
    [0.0, 0.875, 1.0]
    """
    arrays = _checked(time_s, edge_length_nm, long_edge_nm)
    speed = _checked_constant("front_speed_nm_per_s", front_speed_nm_per_s, "nm/s")
    time, edge, long_edge = arrays
    with np.errstate(over="ignore"):  # endless is as good as long
        return plain(front_exchanged(speed * np.maximum(time, 0.0), edge, long_edge))


def diffusion_limited_fraction(
    time_s: npt.ArrayLike,
    edge_length_nm: npt.ArrayLike,
    long_edge_nm: npt.ArrayLike | None = None,
    *,
    diffusivity_nm2_per_s: float,
) -> Numbers | float:
    """Return how much of a crystal is exchanged by diffusion, as in the sphere of equal volume.

    Parameters
    ----------
    time_s, edge_length_nm, long_edge_nm
        As in `surface_limited_fraction`.
    diffusivity_nm2_per_s : float
        Interdiffusion coefficient D, in nm^2/s (1 nm^2/s = 1e-14 cm^2/s), the same at every
        composition.

    Returns
    -------
    float or ndarray
        0 to 1.

    Raises
    ------
    TypeError, ValueError
        If a time is not finite, a size is not > 0, the diffusivity is below 0, or shapes do not
        broadcast.

    Notes
    -----
    Fick's second law in a sphere of radius R whose surface is kept at the final composition; with
    tau = D t / R^2,

        X = 1 - 6/pi^2 sum_n exp(-n^2 pi^2 tau) / n^2
          = 6 sqrt(tau) (1/sqrt(pi) + 2 sum_n ierfc(n / sqrt(tau))) - 3 tau.

    It begins as sqrt(t) and never ends: half is exchanged at tau = 0.0305. All times grow as the
    square of the size. A cube has more surface than the sphere and is a little faster at first.

    References
    ----------
    J. Crank, The Mathematics of Diffusion, 2nd ed. (1975), section 6.3 (literature, to be
    verified).

    Examples
    --------
    >>> diffusion_limited_fraction([0, 1, 100], 10.0, diffusivity_nm2_per_s=0.1).round(3).tolist()
    [0.0, 0.165, 0.953]
    """
    time, edge, long_edge = _checked(time_s, edge_length_nm, long_edge_nm)
    constant = _checked_constant("diffusivity_nm2_per_s", diffusivity_nm2_per_s, "nm^2/s")
    with np.errstate(over="ignore"):  # endless is as good as long
        fourier = constant * np.maximum(time, 0.0) / sphere_radius_squared(edge, long_edge)
        return plain(_diffusion_series(np.asarray(fourier)))


def front_exchanged(depth_nm: Numbers, edge_nm: Numbers, long_edge_nm: Numbers) -> Numbers:
    """Return what a front that has come so deep has exchanged; any depth, also an infinite one."""
    inner = np.maximum(1.0 - (2.0 * depth_nm) / edge_nm, 0.0)
    inner_long = np.maximum(1.0 - (2.0 * depth_nm) / long_edge_nm, 0.0)
    return np.asarray(1.0 - inner * inner * inner_long)


def sphere_radius_squared(edge_nm: Numbers, long_edge_nm: Numbers) -> Numbers:
    """Return R^2 (nm^2) of the sphere with the volume of the block."""
    return np.asarray((3 * edge_nm * edge_nm * long_edge_nm / (4 * math.pi)) ** (2 / 3))


def diffusion_exchanged(root_fourier: Numbers) -> Numbers:
    """Return what diffusion has exchanged at sqrt(D t / R^2), from a table good to 2e-7."""
    position = np.minimum(root_fourier, _TABLE_REACH) * (_TABLE_STEPS / _TABLE_REACH)
    cell = np.minimum(position.astype(np.intp), _TABLE_STEPS - 1)
    table, rises = _diffusion_table()
    return np.asarray(table[cell] + (position - cell) * rises[cell])


def front_half_depth() -> float:
    """Return how deep, in edges, the front of a cube is when half is exchanged."""
    return (1 - math.cbrt(0.5)) / 2


@cache
def diffusion_half_time() -> float:
    """Return D t / R^2 at which half of a sphere is exchanged."""
    from scipy.optimize import brentq

    def missing(fourier: float) -> float:
        return float(_diffusion_series(np.asarray(fourier))) - 0.5

    return float(brentq(missing, 0.01, 0.1, xtol=1e-14))


@cache
def _diffusion_table() -> tuple[Numbers, Numbers]:
    """Return the fraction at even steps of the root of the Fourier number, and its rises."""
    root = np.linspace(0.0, _TABLE_REACH, _TABLE_STEPS + 1)
    table = _diffusion_series(root * root)
    table[-1] = 1.0  # what is left beyond the table is taken as exchanged
    return table[:-1], np.diff(table)


def _diffusion_series(fourier: Numbers) -> Numbers:
    """Return the fraction exchanged in a sphere at D t / R^2, to the accuracy of a float."""
    from scipy.special import erfc

    exchanged = np.zeros_like(fourier)
    short = (fourier > 0) & (fourier < _SHORT_TIME)
    tau = fourier[short]
    images = np.zeros_like(tau)
    for n in range(1, _SHORT_TERMS + 1):
        z = n / np.sqrt(tau)
        images += np.exp(-z * z) / math.sqrt(math.pi) - z * erfc(z)
    exchanged[short] = 6 * np.sqrt(tau) * (1 / math.sqrt(math.pi) + 2 * images) - 3 * tau
    long = fourier >= _SHORT_TIME
    tau = fourier[long]
    left = np.zeros_like(tau)
    for n in range(1, _LONG_TERMS + 1):
        left += np.exp(-(n * n * math.pi**2) * tau) / (n * n)
    exchanged[long] = 1 - 6 / math.pi**2 * left
    return exchanged


def _checked(
    time_s: npt.ArrayLike, edge_length_nm: npt.ArrayLike, long_edge_nm: npt.ArrayLike | None
) -> tuple[Numbers, Numbers, Numbers]:
    """Return times and sizes that are numbers in their ranges and broadcast."""
    time = finite("time_s", time_s, "s")
    edge = length_nm("edge_length_nm", edge_length_nm)
    long_edge = edge if long_edge_nm is None else length_nm("long_edge_nm", long_edge_nm)
    require_broadcast(time_s=time, edge_length_nm=edge, long_edge_nm=long_edge)
    return time, edge, long_edge


def _checked_constant(name: str, value: float, unit: str) -> float:
    """Return one number >= 0."""
    return float(non_negative(name, scalar(name, value), unit))
