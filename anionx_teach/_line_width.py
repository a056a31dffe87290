"""How wide the emission line of one nanocrystal is, in energy and in wavelength."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _validation
from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._units import natural_units
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

DEFAULT_FWHM_MEV = parameter("optics-001")
"""Full width at half maximum of the line of one nanocrystal, declared: 113 meV."""

FWHM_MEV = float(DEFAULT_FWHM_MEV)

_LIMITS_MEV = (1.0, 1000.0)  # what a grid of energies can resolve, and far beyond any line


def line_width_mev(fwhm_nm: npt.ArrayLike, centre_nm: npt.ArrayLike) -> Numbers | float:
    """Return the width in energy of a line whose width is known in nanometres.

    Parameters
    ----------
    fwhm_nm : float or array_like
        Distance in nm of the two wavelengths at which the Gaussian in energy is at half its height.
    centre_nm : float or array_like
        Wavelength of the centre of the line, in nm.

    Returns
    -------
    float or numpy.ndarray
        Full width at half maximum in meV.

    Raises
    ------
    TypeError, ValueError
        If a length is not above 0, or the shapes do not broadcast.

    Notes
    -----
    With W the width in energy and E the centre, the half-height wavelengths h c / (E - W/2) and
    h c / (E + W/2) are h c W / (E^2 - W^2/4) apart; this is solved for W. The rule of thumb
    h c fwhm_nm / centre_nm^2 is 0.1 % too large for 40 nm at 661 nm.

    Examples
    --------
    >>> line_width_mev([35, 40], 661).round(1).tolist()
    [99.2, 113.4]
    """
    width_nm = _validation.length_nm("fwhm_nm", fwhm_nm)
    centres = _validation.length_nm("centre_nm", centre_nm)
    require_broadcast(fwhm_nm=width_nm, centre_nm=centres)
    photon_ev_nm = natural_units().photon_ev_nm
    centre_ev = photon_ev_nm / centres
    product = width_nm * centre_ev
    width_ev = 2 * product * centre_ev / (photon_ev_nm + np.hypot(photon_ev_nm, product))
    return plain(np.asarray(1000 * width_ev))


def line_width_nm(fwhm_mev: float, centre_nm: npt.ArrayLike) -> Numbers | float:
    """Return the width in nanometres of a line whose width is known in energy.

    Parameters
    ----------
    fwhm_mev : float
        Full width at half maximum in energy, 1 to 1000 meV.
    centre_nm : float or array_like
        Wavelength of the centre of the line, in nm.

    Returns
    -------
    float or numpy.ndarray
        Distance in nm of the two wavelengths at which the Gaussian in energy is at half its height.

    Raises
    ------
    TypeError, ValueError
        If the width is out of range, a wavelength is not above 0, or the line reaches down to the
        energy zero.

    Notes
    -----
    See `line_width_mev`. The same width in energy is wider in nanometres in the red.

    Examples
    --------
    >>> line_width_nm(113, [486, 622, 661]).round(1).tolist()
    [21.5, 35.3, 39.9]
    """
    width_ev = checked_fwhm(fwhm_mev) / 1000
    centres = _validation.length_nm("centre_nm", centre_nm)
    photon_ev_nm = natural_units().photon_ev_nm
    longest_nm = 2 * photon_ev_nm / width_ev
    if np.any(centres >= longest_nm):
        msg = (
            f"centre_nm must be < {longest_nm:g} nm for a line of {1000 * width_ev:g} meV, "
            f"got {centres[centres >= longest_nm].flat[0]:g}"
        )
        raise ValueError(msg)
    centre_ev = photon_ev_nm / centres
    return plain(np.asarray(photon_ev_nm * width_ev / (centre_ev**2 - width_ev**2 / 4)))


def checked_fwhm(fwhm_mev: float) -> float:
    """Return a line width within the limits of the grid of energies."""
    width = _validation.positive("fwhm_mev", _validation.scalar("fwhm_mev", fwhm_mev), "meV")
    return float(_validation.between("fwhm_mev", width, *_LIMITS_MEV, "meV"))
