"""The emission line of one nanocrystal: a Gaussian in energy, and what of it a window lets pass.

Arguments were checked by the public functions in `photoluminescence`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

FWHM_PER_SIGMA = 2 * math.sqrt(2 * math.log(2))
_MEV_PER_EV = 1000.0


def sigma_ev(fwhm_mev: float) -> float:
    """Return the standard deviation in eV of a Gaussian of this full width at half maximum."""
    return fwhm_mev / _MEV_PER_EV / FWHM_PER_SIGMA


def gaussian_per_ev(distance_ev: Numbers, width_ev: float) -> Numbers:
    """Return a Gaussian of unit area over energy, `width_ev` its standard deviation."""
    scaled = distance_ev / width_ev
    return np.asarray(np.exp(-0.5 * scaled * scaled) / (width_ev * math.sqrt(2 * math.pi)))


def share_between(low_ev: float, high_ev: float, centre_ev: Numbers, width_ev: float) -> Numbers:
    """Return which part of the area of a line lies between two energies."""
    from scipy.special import ndtr

    below, above = (low_ev - centre_ev) / width_ev, (centre_ev - high_ev) / width_ev
    # The smaller tails are subtracted, or a share of 1e-20 far away would come out as 0.
    flipped = below > 0
    nearer = ndtr(np.where(flipped, -below, -above))
    farther = ndtr(np.where(flipped, above, below))
    return np.asarray(nearer - farther)


def mean_step(low_ev: float, high_ev: float, edge_ev: Numbers, width_ev: float) -> Numbers:
    """Return the mean between two energies of a smooth step of height 1 at `edge_ev`."""
    from scipy.special import ndtr

    def integral(photon_ev: float) -> Numbers:
        scaled = (photon_ev - edge_ev) / width_ev
        tail = np.exp(-0.5 * scaled * scaled) / math.sqrt(2 * math.pi)
        return np.asarray(width_ev * (scaled * ndtr(scaled) + tail))

    return (integral(high_ev) - integral(low_ev)) / (high_ev - low_ev)
