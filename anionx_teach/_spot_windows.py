"""The pictures in which spots are looked for: means over stretches of a movie, long and short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from anionx_teach._movie import Movie
from anionx_teach._validation import finite

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

FEWEST_FRAMES = 5
"""Of a movie: fewer do not average the noise of a camera with multiplied electrons."""

_MOST_BLOCKS = 16  # the shortest stretch is a sixteenth of the movie
_FEWEST_IN_A_BLOCK = 50  # so that the mean of its noise is nearly normal


@dataclass(frozen=True)
class Blocks:
    """A movie in a few blocks: the sum of the frames of each.

    Parameters
    ----------
    total : (B, Y, X) array
        Sum over the frames of a block.
    edges : (B + 1,) array
        First frame of each block, and the number of frames.
    quantum : float
        Step between the numbers that a pixel can have; 0 where it has none.
    """

    total: Numbers
    edges: npt.NDArray[np.int64]
    quantum: float

    @property
    def n_frames(self) -> npt.NDArray[np.int64]:
        """Frames in each block."""
        return np.diff(self.edges)


def block_sums(movie: object) -> Blocks:
    """Go through a movie once; an array of frames or a single picture is taken too."""
    if isinstance(movie, Movie):
        if movie.n_frames < FEWEST_FRAMES:
            raise ValueError(_too_few(movie.n_frames))
        edges = _edges(movie.n_frames)
        return Blocks(_streamed(movie, edges), edges, 1.0)
    frames = _frames(movie)
    edges = _edges(len(frames))
    total = np.stack(
        [frames[first:last].sum(axis=0, dtype=np.float64) for first, last in pairwise(edges)]
    )
    return Blocks(finite("movie", total), edges, 0.0 if frames.dtype.kind == "f" else 1.0)


def windows(n_blocks: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches first <= block < last: the whole movie, its halves, ..., each block."""
    length = n_blocks
    while length:
        yield from ((first, first + length) for first in range(0, n_blocks, length))
        length //= 2


def _edges(n_frames: int) -> npt.NDArray[np.int64]:
    """Return the edges of 1, 2, 4, ... blocks of nearly equal length."""
    n_blocks = 1
    while n_blocks < _MOST_BLOCKS and n_frames >= 2 * n_blocks * _FEWEST_IN_A_BLOCK:
        n_blocks *= 2
    return np.arange(n_blocks + 1) * n_frames // n_blocks


def _streamed(movie: Movie, edges: npt.NDArray[np.int64]) -> Numbers:
    """Return the sum of each block of frames, reading each frame once."""
    total = np.empty((len(edges) - 1, *movie.shape_px))
    for block, (first, last) in enumerate(pairwise(edges)):
        exact = np.zeros(movie.shape_px, np.uint64)
        for _, frames in movie.blocks(first=int(first), last=int(last)):
            # 2^16 frames of 2^16 counts fit into 32 bits; a block of frames in memory has fewer.
            exact += np.add.reduce(frames, axis=0, dtype=np.uint32)
        total[block] = exact
    return total


def _frames(movie: object) -> npt.NDArray[Any]:
    """Return an array as (F, Y, X) numbers, checked."""
    try:
        frames = np.asarray(movie)
    except ValueError:
        frames = np.asarray(None)
    if frames.dtype.kind not in "iuf":
        msg = f"movie must be a Movie, a picture (Y, X) or frames (F, Y, X), got {movie!r:.60}"
        raise TypeError(msg)
    if frames.ndim not in {2, 3} or not frames.size:
        msg = f"movie must be a picture (Y, X) or frames (F, Y, X), got shape {frames.shape}"
        raise ValueError(msg)
    if frames.ndim == 2:
        return frames[None]
    if len(frames) < FEWEST_FRAMES:
        raise ValueError(_too_few(len(frames)))
    return frames


def _too_few(n_frames: int) -> str:
    return (
        f"movie must have at least {FEWEST_FRAMES} frames, got {n_frames} "
        "(a single picture is given as an array (Y, X))"
    )
