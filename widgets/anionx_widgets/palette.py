"""Colours: one for each thing shown, distinct for colour-blind eyes, and the colour of light."""

from typing import Final

import numpy as np
import numpy.typing as npt

# Okabe and Ito, "Color Universal Design" (2008), those with a contrast of at least 3:1 on the
# white of JupyterLab's light theme and on the near-black of its dark theme.
BLUE: Final = "#0072B2"
VERMILION: Final = "#D55E00"
GREEN: Final = "#009E73"
PURPLE: Final = "#CC79A7"
# Follows the theme: black on white, white on black.
TEXT: Final = "var(--jp-content-font-color1, #212121)"
FAINT: Final = "var(--jp-content-font-color3, #8a8a8a)"

# The same quantity has the same colour in every widget.
DRAWN: Final = BLUE  # what was put in: the true batch, the model
MEASURED: Final = VERMILION  # what was measured back from it
PICKED: Final = GREEN  # what the learner has picked
PUBLISHED: Final = TEXT  # the numbers of the paper

_XYZ_TO_SRGB: Final = np.array(  # IEC 61966-2-1
    [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
)
VISIBLE_NM: Final = (380.0, 780.0)


# Farther in the red the eye sees the same hue, and the fit below is no longer good.
_LAST_HUE_NM: Final = 680.0


def _lobe(
    wavelength_nm: npt.NDArray[np.float64], peak_nm: float, below_nm: float, above_nm: float
) -> npt.NDArray[np.float64]:
    """Return a Gaussian whose widths (nm) differ on the two sides of its peak."""
    width_nm = np.where(wavelength_nm < peak_nm, below_nm, above_nm)
    return np.asarray(np.exp(-0.5 * ((wavelength_nm - peak_nm) / width_nm) ** 2))


def _colour_matching(wavelength_nm: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return CIE 1931 x, y, z: the multi-lobe fit of Wyman, Sloan, Shirley, JCGT 2, 1 (2013)."""
    x = (
        1.056 * _lobe(wavelength_nm, 599.8, 37.9, 31.0)
        + 0.362 * _lobe(wavelength_nm, 442.0, 16.0, 26.7)
        - 0.065 * _lobe(wavelength_nm, 501.1, 20.4, 26.2)
    )
    y = 0.821 * _lobe(wavelength_nm, 568.8, 46.9, 40.5) + 0.286 * _lobe(
        wavelength_nm, 530.9, 16.3, 31.1
    )
    z = 1.217 * _lobe(wavelength_nm, 437.0, 11.8, 36.0) + 0.681 * _lobe(
        wavelength_nm, 459.0, 26.0, 13.8
    )
    return np.stack([x, y, z], axis=-1)


def wavelength_rgb(wavelength_nm: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """Return the screen colour of light of one wavelength.

    No screen shows pure spectral light: what lies outside its colours is cut off at zero, and each
    colour is made as bright as the screen allows, fading towards the ends of what the eye sees.

    Parameters
    ----------
    wavelength_nm : array_like
        Vacuum wavelength in nm, any shape.

    Returns
    -------
    ndarray of uint8
        Red, green, blue (0 to 255) in a last axis of length 3; black outside 380 to 780 nm.
    """
    nm = np.asarray(wavelength_nm, dtype=np.float64)
    linear = np.clip(_colour_matching(np.minimum(nm, _LAST_HUE_NM)) @ _XYZ_TO_SRGB.T, 0.0, None)
    linear /= np.maximum(linear.max(axis=-1, keepdims=True), 1e-12)
    low_nm, high_nm = VISIBLE_NM
    edge = np.clip(np.minimum((nm - low_nm) / 40.0, (high_nm - nm) / 80.0), 0.0, 1.0)
    linear *= edge[..., np.newaxis]
    srgb = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255 * srgb), dtype=np.uint8)


def wavelength_hex(wavelength_nm: float) -> str:
    """Return the colour of `wavelength_rgb` for one wavelength (nm) as "#rrggbb"."""
    red, green, blue = wavelength_rgb(wavelength_nm)
    return f"#{red:02x}{green:02x}{blue:02x}"
