"""The uneven background of a picture and its local noise, estimated between the spots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

Picture = npt.NDArray[np.float32]

_CLIP = 2.5  # standard deviations from the middle; what is beyond belongs to a spot
_CLIPPED_SD = 0.95547  # standard deviation of a normal distribution that is cut there
_LOWER_SIXTH = 0.16  # share of a normal distribution that is ...
_SIXTH_SD = 0.9945  # ... this many standard deviations or more below its middle
_ROUNDS = 5


def levels(picture: Picture, tile_px: int) -> tuple[Numbers, Numbers]:
    """Return level and noise (standard deviation) of each tile (V, H), what is bright left out.

    The values of a tile are sorted once. Leaving out more or fewer of them only moves two ends, and
    the sums between the ends come from running sums.
    """
    values = np.sort(_tiles(picture, tile_px), axis=-1)
    n = values.shape[-1]
    middle = values[..., n // 2].copy()
    values -= middle[..., None]
    sums = np.zeros((2, *middle.shape, n + 1))
    np.cumsum(values, axis=-1, out=sums[0, ..., 1:])
    np.cumsum(values * values, axis=-1, out=sums[1, ..., 1:])
    level = np.zeros(middle.shape)
    noise = values[..., int(n * _LOWER_SIXTH)].astype(np.float64) / -_SIXTH_SD
    for _ in range(_ROUNDS):
        reach = _CLIP * noise
        low, high = ((level + side * reach).astype(np.float32) for side in (-1, 1))
        first = np.count_nonzero(values < low[..., None], axis=-1)
        last = np.count_nonzero(values <= high[..., None], axis=-1)
        kept = np.maximum(last - first, 1)
        total, squares = (_at(running, last) - _at(running, first) for running in sums)
        level = total / kept
        noise = np.sqrt(np.maximum(squares / kept - level * level, 0.0)) / _CLIPPED_SD
    return level + middle, noise


def surface(mesh: Picture, shape: tuple[int, int], tile_px: int) -> Picture:
    """Return the values of tiles (V, H) as a smooth picture (Y, X): a cubic through four of them."""
    for axis, length in enumerate(shape):
        starts, side = _starts(length, tile_px)
        centre = starts.astype(np.float64) + (side - 1) / 2
        mesh = _cubic(mesh, centre, length, axis)
    return mesh


def smooth_noise(mesh: Picture, shape: tuple[int, int], tile_px: int) -> Picture:
    """Return the noise of tiles as a picture: the median of neighbours, nowhere below the least."""
    padded = np.pad(mesh, 1, mode="edge")
    neighbours = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    mesh = np.median(neighbours.reshape(*mesh.shape, 9), axis=-1)
    smooth: Picture = np.maximum(surface(mesh, shape, tile_px), mesh.min())
    return smooth


def _at(values: Numbers, index: npt.NDArray[np.intp]) -> Numbers:
    """Return one value of each row."""
    return np.take_along_axis(values, index[..., None], axis=-1)[..., 0]


def _starts(length: int, tile_px: int) -> tuple[npt.NDArray[np.intp], int]:
    """Return where the tiles along an axis start, and their side; they cover it, and may overlap."""
    side = min(tile_px, length)
    number = -(-length // side)
    return np.arange(number) * (length - side) // max(number - 1, 1), side


def _tiles(picture: Picture, tile_px: int) -> Picture:
    """Return the tiles of a picture, (V, H, pixels)."""
    (rows, height), (columns, width) = (_starts(length, tile_px) for length in picture.shape)
    tiles = np.lib.stride_tricks.sliding_window_view(picture, (height, width))
    tiles = tiles[np.ix_(rows, columns)]
    return tiles.reshape(*tiles.shape[:2], -1)


def _cubic(mesh: Picture, centre: Numbers, length: int, axis: int) -> Picture:
    """Return `mesh` at 0 .. length - 1 along an axis; straight beyond the outermost centres."""
    mesh = np.moveaxis(mesh, axis, 0)
    if len(mesh) == 1:
        return np.moveaxis(np.repeat(mesh, length, axis=0), 0, axis)
    ends = [2 * mesh[:1] - mesh[1:2], mesh, 2 * mesh[-1:] - mesh[-2:-1]]
    padded = np.concatenate(ends)
    step = centre[1] - centre[0], centre[-1] - centre[-2]
    centre = np.concatenate([[centre[0] - step[0]], centre, [centre[-1] + step[1]]])
    place = np.interp(np.arange(length), centre, np.arange(len(centre)))
    first = np.clip(place.astype(np.intp), 1, len(padded) - 3) - 1
    t = place - 1 - first
    # Catmull and Rom's weights of the four points around `place`.
    weights = (
        ((-t + 2) * t - 1) * t / 2,
        ((3 * t - 5) * t * t + 2) / 2,
        ((-3 * t + 4) * t + 1) * t / 2,
        (t - 1) * t * t / 2,
    )
    values = np.zeros((length, padded.shape[1]), np.float32)
    for k, weight in enumerate(weights):
        values += weight.astype(np.float32)[:, None] * padded[first + k]
    return np.moveaxis(values, 0, axis)
