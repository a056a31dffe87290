"""Which part of the light of a point falls on each pixel, along one axis.

With a standard deviation of 0.55 px most of the light falls on one to four pixels, and the value of
the Gaussian at the centre of a pixel would be wrong by a third: it is integrated.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers


def pixel_share(offset_px: Numbers, sigma_px: float) -> Numbers:
    """Return the part of a Gaussian that falls on a pixel with its centre at `offset_px`."""
    from scipy.special import erf

    scale = sigma_px * math.sqrt(2)
    share: Numbers = (erf((offset_px + 0.5) / scale) - erf((offset_px - 0.5) / scale)) / 2
    return share
