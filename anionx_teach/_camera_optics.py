"""From emitters to pixels: blur by the microscope, uneven illumination, uneven background."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import Numbers

_REACH_SIGMA = 5.0  # beyond it lies 1e-6 of the light of a spot
_NEGLIGIBLE = 1e-6  # of the light of an emitter in a pixel: dark corners of the window

Indices = npt.NDArray[np.int64]


def spread_over_pixels(
    positions_px: Numbers, sigma_px: float, shape: tuple[int, int]
) -> tuple[Indices, Indices, Numbers]:
    """Return emitter, pixel (y X + x) and share of the light, (E,) each, of all lit pixels.

    The share is the integral of a Gaussian over the square of the pixel. Light that falls beside
    the frame is lost.
    """
    reach = math.ceil(_REACH_SIGMA * sigma_px)
    steps = np.arange(-reach, reach + 1)
    nearest = np.floor(positions_px + 0.5).astype(np.int64)  # (N, 2)
    shares = [
        _shares(steps - (positions_px[:, i] - nearest[:, i])[:, None], sigma_px) for i in (0, 1)
    ]
    share = shares[1][:, :, None] * shares[0][:, None, :]  # (N, rows, columns)
    row = nearest[:, 1, None, None] + steps[:, None]
    column = nearest[:, 0, None, None] + steps
    inside = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    lit = inside & (share > _NEGLIGIBLE)
    pixel = np.broadcast_to(row * shape[1] + column, share.shape)
    return np.nonzero(lit)[0].astype(np.int64), pixel[lit], share[lit]


def illumination(x_px: Numbers, y_px: Numbers, shape: tuple[int, int], falloff: float) -> Numbers:
    """Return the light that reaches a place, 1 in the middle of the field, 1 - falloff in a corner.

    A Gaussian over the distance from the middle.
    """
    middle_y, middle_x = (shape[0] - 1) / 2, (shape[1] - 1) / 2
    corner = middle_x**2 + middle_y**2
    squared = (x_px - middle_x) ** 2 + (y_px - middle_y) ** 2
    relative: Numbers = (1.0 - falloff) ** (squared / corner if corner else squared)
    return relative


def background(shape: tuple[int, int], level: float, unevenness: float) -> Numbers:
    """Return the background (Y, X): a plane of the mean `level`, rising from corner to corner."""
    y = np.linspace(-0.5, 0.5, shape[0]) if shape[0] > 1 else np.zeros(1)
    x = np.linspace(-0.5, 0.5, shape[1]) if shape[1] > 1 else np.zeros(1)
    return np.asarray(level * (1.0 + unevenness * (y[:, None] + x)))


def _shares(distance_px: Numbers, sigma_px: float) -> Numbers:
    """Return the integral of a Gaussian over each pixel of a row, by the distance of its middle."""
    if sigma_px == 0.0:  # the nearest pixel, the only one of the window, has all
        return np.ones_like(distance_px)
    from scipy.special import ndtr

    upper, lower = (distance_px + 0.5) / sigma_px, (distance_px - 0.5) / sigma_px
    return np.asarray(ndtr(upper) - ndtr(lower))
