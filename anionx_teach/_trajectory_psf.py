"""The light of a point on square pixels, and its width estimated from the spots of a movie.

A Gaussian of standard deviation s, integrated over each pixel, is a product of one factor per axis,
(erf((d + 1/2) / (s sqrt 2)) - erf((d - 1/2) / (s sqrt 2))) / 2, d the distance from the centre of
the pixel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._pixel_share import pixel_share

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

NARROWEST_PX, WIDEST_PX = 0.2, 5.0  # of the widths that are believed
_ROUNDS = 12  # at most
_SETTLED_PX = 2e-3  # when nothing moves by more
_LARGEST_MOVE_PX = 0.25  # in one round
_FARTHEST_MOVE_PX = 1.0  # in all: beyond it the spot is another one
_CLEAR = 6.0  # standard errors of the light of a spot that takes part
_FIT_RADIUS = 3.0  # widths of the point-spread function, on top of one pixel
_FIRST_SPOTS = 60  # that a first width comes from


@dataclass(frozen=True)
class PointSpread:
    """The width (px) of the point-spread function, and better positions (P,) of the clear spots.

    `n_used` says how many spots it comes from; 0 when the width is the one that was started from.
    """

    sigma_px: float
    x_px: Numbers
    y_px: Numbers
    n_used: int


def point_spread(dx_px: Numbers, dy_px: Numbers, sigma_px: float) -> Numbers:
    """Return which part of the light falls into pixels at these distances from the point."""
    return pixel_share(dx_px, sigma_px) * pixel_share(dy_px, sigma_px)


def disc(radius_px: float) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the offsets (x, y) of the pixels of a disc, row after row."""
    reach = math.floor(radius_px)
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inside = x**2 + y**2 <= radius_px**2
    return x[inside].astype(np.int64), y[inside].astype(np.int64)


def fit_point_spread(
    images: Numbers,
    drift_px: Numbers,
    noise: Numbers,
    x_px: Numbers,
    y_px: Numbers,
    neighbour_px: Numbers,
    start_px: float,
    *,
    fixed_width: bool,
) -> PointSpread:
    """Fit one width to all clear spots, and a position to each, on some mean images (G, Y, X).

    `drift_px` (G, 2) says where each image lies, `noise` (Y, X) is the variance of a pixel of a
    mean image. Each spot has its own light and background in each image, so that crystals which
    light up late or blink take part with what they show. With `fixed_width` only positions are
    fitted.
    """
    x_fit, y_fit, sigma, used = x_px.copy(), y_px.copy(), start_px, np.empty(0, np.int64)
    for most_spots in (_FIRST_SPOTS, len(x_px)):  # again, with pixels for the width that was found
        radius = 1 + _FIT_RADIUS * sigma
        alone = np.flatnonzero(neighbour_px > 2 * radius)[:most_spots]
        views = _Views(images, drift_px, noise, x_px[alone], y_px[alone], radius)
        found = _fit_views(views, x_px[alone], y_px[alone], sigma, fixed_width)
        if found is None:
            return PointSpread(start_px, x_px, y_px, 0)
        sigma, x_new, y_new, clear = found
        used = alone[clear]
    x_fit[used], y_fit[used] = x_new[clear], y_new[clear]
    return PointSpread(sigma, x_fit, y_fit, len(used))


class _Views:
    """The pixels around some spots (P) on each of the mean images (G)."""

    def __init__(
        self,
        images: Numbers,
        drift_px: Numbers,
        noise: Numbers,
        x_px: Numbers,
        y_px: Numbers,
        radius_px: float,
    ) -> None:
        dx, dy = disc(radius_px)
        n_images, rows, columns = images.shape
        self.moved = drift_px.T[:, :, None, None]  # (2, G, 1, 1)
        here_x = x_px[None, :] + drift_px[:, :1]
        here_y = y_px[None, :] + drift_px[:, 1:]
        column = np.rint(here_x).astype(np.int64)[:, :, None] + dx
        row = np.rint(here_y).astype(np.int64)[:, :, None] + dy
        self.whole = np.all(
            (column >= 0) & (column < columns) & (row >= 0) & (row < rows), axis=(0, 2)
        )
        column, row = np.clip(column, 0, columns - 1), np.clip(row, 0, rows - 1)
        self.light = images[np.arange(n_images)[:, None, None], row, column]  # (G, P, K)
        self.variance = noise[row, column].mean(axis=2)  # (G, P)
        self.column, self.row = column.astype(np.float64), row.astype(np.float64)


def _fit_views(
    views: _Views, x_px: Numbers, y_px: Numbers, sigma_px: float, fixed_width: bool
) -> tuple[float, Numbers, Numbers, npt.NDArray[np.bool_]] | None:
    """Return width, positions and which spots are clear; None when none is, or no width fits."""
    x, y, sigma = x_px.copy(), y_px.copy(), sigma_px
    clear = views.whole.copy()
    for _ in range(_ROUNDS):
        normal, right, signal = _normal_equations(views, x, y, sigma)
        clear = views.whole & (signal > _CLEAR)
        if not clear.any():
            return None
        step, width_step = _solved(normal[clear], right[clear], fixed_width)
        x[clear] += np.clip(step[:, 0], -_LARGEST_MOVE_PX, _LARGEST_MOVE_PX)
        y[clear] += np.clip(step[:, 1], -_LARGEST_MOVE_PX, _LARGEST_MOVE_PX)
        sigma *= float(np.exp(np.clip(width_step / sigma, -0.3, 0.3)))
        if not NARROWEST_PX < sigma < WIDEST_PX:
            return None
        if max(float(np.abs(step).max()), abs(width_step)) < _SETTLED_PX:
            break
    clear &= np.hypot(x - x_px, y - y_px) < _FARTHEST_MOVE_PX
    return (sigma, x, y, clear) if clear.any() else None


def _normal_equations(
    views: _Views, x: Numbers, y: Numbers, sigma: float
) -> tuple[Numbers, Numbers, Numbers]:
    """Return for each spot the normal equations of (x, y, width), and how clear its light is.

    Light and background of each view are eliminated: columns and data are made orthogonal to the
    point-spread function and to a constant.
    """
    dx = views.column - x[:, None] - views.moved[0]
    dy = views.row - y[:, None] - views.moved[1]
    along_x, along_y = pixel_share(dx, sigma), pixel_share(dy, sigma)
    slope_x, slope_y = _factor_slope(dx, sigma), _factor_slope(dy, sigma)
    width_x, width_y = _factor_width_slope(dx, sigma), _factor_width_slope(dy, sigma)
    shape = along_x * along_y
    columns = np.stack(
        [slope_x * along_y, along_x * slope_y, width_x * along_y + along_x * width_y, views.light]
    )
    columns -= columns.mean(axis=-1, keepdims=True)
    shape = shape - shape.mean(axis=-1, keepdims=True)
    norm = (shape**2).sum(axis=-1)
    share = (columns * shape).sum(axis=-1) / norm
    amplitude = share[3]
    columns -= share[..., None] * shape
    # A view without light says nothing of the position; noise must not make it speak.
    precision = norm / views.variance
    weight = np.maximum(amplitude, 0.0) ** 2 / views.variance
    clearness = np.sqrt((np.maximum(amplitude, 0.0) ** 2 * precision).sum(axis=0))
    normal = np.einsum("agpk,bgpk,gp->pab", columns[:3], columns[:3], weight)
    brightness = np.maximum(amplitude, 0.0) / views.variance
    right = np.einsum("agpk,gpk,gp->pa", columns[:3], columns[3], brightness)
    return normal, right, clearness


def _solved(normal: Numbers, right: Numbers, fixed_width: bool) -> tuple[Numbers, float]:
    """Return the steps of the positions (P, 2) and of the width that all spots share."""
    own = normal[:, :2, :2] + 1e-9 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(2)
    solved = np.linalg.solve(own, np.concatenate([normal[:, :2, 2:], right[:, :2, None]], axis=2))
    coupling, alone = solved[..., 0], solved[..., 1]
    curvature = float((normal[:, 2, 2] - (normal[:, 2, :2] * coupling).sum(axis=1)).sum())
    pull = float((right[:, 2] - (normal[:, 2, :2] * alone).sum(axis=1)).sum())
    width_step = pull / curvature if curvature > 0 and not fixed_width else 0.0
    return alone - coupling * width_step, width_step


def _factor_slope(distance_px: Numbers, sigma_px: float) -> Numbers:
    """Return how `pixel_share` changes when the point moves, per px."""
    return _gauss(distance_px - 0.5, sigma_px) - _gauss(distance_px + 0.5, sigma_px)


def _factor_width_slope(distance_px: Numbers, sigma_px: float) -> Numbers:
    """Return how `pixel_share` changes with the width, per px."""
    high, low = distance_px + 0.5, distance_px - 0.5
    return (low * _gauss(low, sigma_px) - high * _gauss(high, sigma_px)) / sigma_px


def _gauss(distance_px: Numbers, sigma_px: float) -> Numbers:
    """Return the density of a normal distribution."""
    density: Numbers = np.exp(-0.5 * (distance_px / sigma_px) ** 2)
    return density / (sigma_px * math.sqrt(2 * math.pi))
