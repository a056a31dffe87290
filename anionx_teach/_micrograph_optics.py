"""What the beam of the microscope makes of crystals in place: film, contrast, blur and noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._micrograph_kernels import paint_rectangles
from anionx_teach.materials import Parameter

if TYPE_CHECKING:
    import pandas as pd

Image = npt.NDArray[np.float32]


def _assumed(value: float, unit: str, note: str) -> Parameter:
    """Return a setting of the microscope; the paper prints none of them."""
    source = "typical of bright-field pictures at 200 kV, not from the paper"
    return Parameter(value, unit, source, "assumed for teaching", note=note)


ELECTRONS_PER_NM2 = _assumed(8000.0, "electrons/nm^2", "dose of one picture")
ATTENUATION_LENGTH_NM = _assumed(20.0, "nm", "thickness after which 1/e of the beam is left")
ZONE_AXIS_FRACTION = _assumed(0.15, "-", "of the crystals that diffract strongly")
ZONE_AXIS_FACTOR = _assumed(1.5, "-", "how many times thicker these look")
POINT_BLUR_NM = _assumed(0.6, "nm", "width of the square over which a point is smeared")
FILM_VARIATION = _assumed(0.03, "-", "standard deviation of the slow change of the carbon film")

_FILM_WAVES = 4  # half waves of the carbon film's thickness across the picture, along x and y
_POISSON_BELOW = 100.0  # electrons a pixel; above it a normal deviate has the same shape


def film(rng: np.random.Generator, shape: tuple[int, int]) -> Image:
    """Return the relative transmission of the carbon film, mean 1, made of slow waves."""
    waves = np.arange(_FILM_WAVES)
    along_y, along_x = (
        np.cos(np.pi * np.outer((np.arange(n) + 0.5) / n, waves)).astype(np.float32) for n in shape
    )
    height = rng.standard_normal((_FILM_WAVES, _FILM_WAVES))
    height[0, 0] = 0.0
    # Long waves are the higher ones; each has the mean square 1/2 along an axis, or 1 if constant.
    share = 1 / (1 + np.add.outer(waves, waves))
    power = np.outer(*2 * [np.where(waves > 0, 0.5, 1.0)]) * share**2
    height *= share * float(FILM_VARIATION) / np.sqrt(power.sum() - 1)
    transmission: Image = np.ones(shape, np.float32)
    # One wave after the other: a matrix product would wake the threads of the linear algebra
    # library, which cost a busy machine more than they give for four columns.
    for wave in waves:
        amplitude = (along_y * height[:, wave].astype(np.float32)).sum(axis=1)
        transmission += amplitude[:, None] * along_x[:, wave]
    return transmission


def absorbed_fraction(
    truth: pd.DataFrame,
    size_nm: float,
    shape: tuple[int, int],
    rng: np.random.Generator,
    n_batch: int,
) -> Image:
    """Return the fraction of the beam that the crystals take away at each pixel."""
    strong = (rng.random(n_batch) < float(ZONE_AXIS_FRACTION))[truth["crystal"].to_numpy()]
    edge_nm = truth["edge_length_nm"].to_numpy(np.float64)
    thickness_nm = edge_nm * np.where(strong, float(ZONE_AXIS_FACTOR), 1.0)
    angle_rad = np.deg2rad(truth["angle_deg"].to_numpy() - 90)
    absorbed: Image = np.zeros(shape, np.float32)
    paint_rectangles(
        absorbed,
        truth["x_px"].to_numpy(np.float64, copy=True),
        truth["y_px"].to_numpy(np.float64, copy=True),
        np.cos(angle_rad),
        np.sin(angle_rad),
        edge_nm / (2 * size_nm),
        truth["long_edge_nm"].to_numpy(np.float64) / (2 * size_nm),
        # A pixel is a square too: the variances of both blurs add.
        float(np.hypot(1.0, float(POINT_BLUR_NM) / size_nm)),
        -np.expm1(-thickness_nm / float(ATTENUATION_LENGTH_NM)),
    )
    return absorbed


def counted(expected: Image, rng: np.random.Generator) -> Image:
    """Return electrons counted: Poisson, or its normal limit where many are expected."""
    if float(expected.min()) < _POISSON_BELOW:
        return rng.poisson(expected).astype(np.float32)
    noise = rng.standard_normal(expected.shape, dtype=np.float32)
    noise *= np.sqrt(expected)
    noise += expected
    return noise
