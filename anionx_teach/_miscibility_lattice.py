"""How the coupling of a lattice of anion sites and a critical temperature belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._miscibility_solution import checked_critical, checked_temperature
from anionx_teach._validation import Numbers, between, non_negative, one_of
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    import numpy.typing as npt

LATTICE_THEORIES = ("exact", "mean_field")
"""How the critical point of the simple cubic lattice is found."""

_NEIGHBOURS = 6
_ENERGY_PER_SPIN_COUPLING = 4.0  # eps = 4 J: occupied or not against up or down
_LARGEST_COUPLING_KT = 1e6

_CRITICAL_COUPLING_KT = {
    "exact": _ENERGY_PER_SPIN_COUPLING * float(parameter("miscibility-002")),
    "mean_field": _ENERGY_PER_SPIN_COUPLING / _NEIGHBOURS,
}


def critical_coupling_kt(*, theory: str = "exact") -> float:
    """Return the coupling at which the simple cubic lattice begins to unmix.

    Parameters
    ----------
    theory : str
        "exact" for the number from large simulations, 0.887 kT, "mean_field" for the one of the
        regular solution, 2/3 kT.

    Returns
    -------
    float
        Energy gained by each pair of iodide neighbours, in kT.

    Raises
    ------
    TypeError, ValueError
        If the theory is not one of those above.

    Notes
    -----
    A lattice gas with the energy -eps for each pair of neighbours is the Ising model with eps = 4 J.
    The regular solution (mean field) lets each ion see the mean of all others, Omega = 3 eps N_A
    with six neighbours, and so overlooks that neighbours order locally: at the same coupling it puts
    the critical temperature 33 % too high. "Exact" means to the digits of the simulations: no
    formula is known in three dimensions.

    References
    ----------
    Constant miscibility-002 of `materials.constants`.

    Examples
    --------
    >>> [round(critical_coupling_kt(theory=name), 3) for name in LATTICE_THEORIES]
    [0.887, 0.667]
    """
    return _CRITICAL_COUPLING_KT[one_of("theory", theory, LATTICE_THEORIES)]


def coupling_kt(
    critical_temperature_k: npt.ArrayLike, temperature_k: npt.ArrayLike, *, theory: str = "exact"
) -> Numbers | float:
    """Return the coupling of a lattice that has this critical temperature.

    Parameters
    ----------
    critical_temperature_k : float or array_like
        Critical temperature in K, 0 to 1e6; broadcasts with `temperature_k`.
    temperature_k : float or array_like
        Temperature of the experiment in K, > 0, which the unit kT refers to.
    theory : str
        One of `LATTICE_THEORIES`, see `critical_coupling_kt`.

    Returns
    -------
    float or numpy.ndarray
        Energy eps gained by each pair of iodide neighbours, in kT at `temperature_k`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Notes
    -----
    eps / kT = eps_c Tc / T, with eps_c = 0.887 (exact) or 2/3 (mean field). The two ways to carry a
    critical temperature over to a lattice differ: with eps from "mean_field" the lattice itself
    unmixes only below 0.75 Tc.

    Examples
    --------
    >>> round(coupling_kt(343, 298), 2), round(coupling_kt(343, 298, theory="mean_field"), 2)
    (1.02, 0.77)
    """
    critical = checked_critical("critical_temperature_k", critical_temperature_k)
    temperature = checked_temperature(temperature_k)
    require_broadcast(critical_temperature_k=critical, temperature_k=temperature)
    return plain(np.asarray(critical_coupling_kt(theory=theory) * critical / temperature))


def lattice_critical_temperature_k(
    coupling_kt: npt.ArrayLike, temperature_k: npt.ArrayLike, *, theory: str = "exact"
) -> Numbers | float:
    """Return the critical temperature of a lattice with this coupling: `coupling_kt` turned round.

    Parameters
    ----------
    coupling_kt : float or array_like
        Energy eps gained by each pair of iodide neighbours, in kT at `temperature_k`, 0 to 1e6.
    temperature_k : float or array_like
        Temperature in K, > 0, which the unit kT refers to.
    theory : str
        One of `LATTICE_THEORIES`, see `critical_coupling_kt`.

    Returns
    -------
    float or numpy.ndarray
        In K.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> round(lattice_critical_temperature_k(1.02, 298))
    343
    """
    coupling = non_negative("coupling_kt", coupling_kt, "kT")
    coupling = between("coupling_kt", coupling, 0.0, _LARGEST_COUPLING_KT, "kT")
    temperature = checked_temperature(temperature_k)
    require_broadcast(coupling_kt=coupling, temperature_k=temperature)
    return plain(np.asarray(coupling * temperature / critical_coupling_kt(theory=theory)))
