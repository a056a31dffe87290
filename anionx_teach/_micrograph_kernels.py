"""Painting rotated rectangles with soft edges: the compiled loop and its NumPy twin.

At each pixel the darkest rectangle counts (a maximum), so that the order of painting is free.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anionx_teach._compile_kernels import Kernel

_ELEMENTS_AT_ONCE = 400_000  # of the twin: its temporary arrays then stay in the cache

Numbers = npt.NDArray[np.float64]


def _paint_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    image, x_px, y_px, cosine, sine, half_edge_px, half_long_px, ramp_px, opacity
):
    """Paint one rectangle after the other into `image` (Y, X), in place."""
    height, width = image.shape
    per_ramp = 1.0 / ramp_px
    for i in range(x_px.size):
        half_edge = half_edge_px[i] + 0.5 * ramp_px
        half_long = half_long_px[i] + 0.5 * ramp_px
        reach_x = half_edge * abs(cosine[i]) + half_long * abs(sine[i])
        reach_y = half_edge * abs(sine[i]) + half_long * abs(cosine[i])
        first_x = max(int(np.floor(x_px[i] - reach_x)), 0)
        first_y = max(int(np.floor(y_px[i] - reach_y)), 0)
        last_x = min(int(np.ceil(x_px[i] + reach_x)), width - 1)
        last_y = min(int(np.ceil(y_px[i] + reach_y)), height - 1)
        for y in range(first_y, last_y + 1):
            dy = y - y_px[i]
            for x in range(first_x, last_x + 1):
                dx = x - x_px[i]
                # Distances inside the two pairs of faces, in units of the ramp.
                a = (half_edge - abs(dx * cosine[i] + dy * sine[i])) * per_ramp
                b = (half_long - abs(dy * cosine[i] - dx * sine[i])) * per_ramp
                if a > 0.0 and b > 0.0:
                    value = opacity[i] * (min(a, 1.0) * min(b, 1.0))
                    image[y, x] = max(image[y, x], value)


def _paint_twin(
    image: npt.NDArray[np.float32],
    x_px: Numbers,
    y_px: Numbers,
    cosine: Numbers,
    sine: Numbers,
    half_edge_px: Numbers,
    half_long_px: Numbers,
    ramp_px: float,
    opacity: Numbers,
) -> None:
    """Paint as `_paint_loop` does, many rectangles at once on small windows of one size."""
    if not x_px.size:
        return
    reach_px = np.hypot(half_edge_px, half_long_px).max() + ramp_px
    side = int(2 * np.ceil(reach_px)) + 2
    at_once = max(1, _ELEMENTS_AT_ONCE // side**2)
    for start in range(0, x_px.size, at_once):
        part = slice(start, start + at_once)
        _paint_windows(
            image,
            side,
            x_px[part],
            y_px[part],
            cosine[part],
            sine[part],
            half_edge_px[part] + 0.5 * ramp_px,
            half_long_px[part] + 0.5 * ramp_px,
            1.0 / ramp_px,
            opacity[part],
        )


def _paint_windows(
    image: npt.NDArray[np.float32],
    side: int,
    x_px: Numbers,
    y_px: Numbers,
    cosine: Numbers,
    sine: Numbers,
    half_edge: Numbers,
    half_long: Numbers,
    per_ramp: float,
    opacity: Numbers,
) -> None:
    """Paint rectangles on windows of `side` pixels around their centres."""
    steps = np.arange(side) - side // 2
    columns = np.rint(x_px).astype(np.intp)[:, None] + steps  # (N, side)
    rows = np.rint(y_px).astype(np.intp)[:, None] + steps
    dx = columns - x_px[:, None]
    dy = rows - y_px[:, None]
    cosine, sine = cosine[:, None], sine[:, None]
    a = _inside((dx * cosine)[:, None, :], (dy * sine)[:, :, None], half_edge, per_ramp)
    b = _inside((dy * cosine)[:, :, None], -(dx * sine)[:, None, :], half_long, per_ramp)
    inside = (a > 0.0) & (b > 0.0)
    height, width = image.shape
    inside &= ((rows >= 0) & (rows < height))[:, :, None]
    inside &= ((columns >= 0) & (columns < width))[:, None, :]
    which, row, column = np.nonzero(inside)
    value = opacity[which] * (np.minimum(a[inside], 1.0) * np.minimum(b[inside], 1.0))
    pixel = rows[which, row] * width + columns[which, column]
    np.maximum.at(image.reshape(-1), pixel, value.astype(np.float32))


def _inside(first: Numbers, second: Numbers, half: Numbers, per_ramp: float) -> Numbers:
    """Return (half - |first + second|) * per_ramp with few temporary arrays."""
    distance = first + second
    np.abs(distance, out=distance)
    np.subtract(half[:, None, None], distance, out=distance)
    distance *= per_ramp
    return distance


paint_rectangles = Kernel(
    _paint_loop,
    _paint_twin,
    "void(float32[:,::1], float64[::1], float64[::1], float64[::1], float64[::1], "
    "float64[::1], float64[::1], float64, float64[::1])",
)
"""Paint N rotated rectangles into `image` (Y, X) float32, in place.

Arguments: centres x_px, y_px (N,), pixel (0, 0) centred at 0.0; cosine and sine (N,) of the angle
between the image's x axis and the edge; half_edge_px along that direction and half_long_px across
it (N,); ramp_px > 0, the width over which an edge fades, centred on the edge; opacity (N,) >= 0.
The profile is the product of two linear ramps, which is the rectangle blurred by a square of side
ramp_px that is turned with it: the integral is the area, and an edge lies at half the height.
"""
