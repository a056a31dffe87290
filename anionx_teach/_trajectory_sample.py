"""A few frames from all over a movie, read before the movie itself: light and noise of each pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._movie import Movie
    from anionx_teach._validation import Numbers

_MOST_PAIRS = 48  # of frames: 5 % of a movie of 2000 frames, and a noise known to 2 % over a ring
_IMAGES, _IMAGES_OF_A_DRIFT = 8, 32  # mean images: short parts when the sample moves


@dataclass(frozen=True)
class Sample:
    """Mean images (G, Y, X) of parts of a movie, from first to last, and the noise of a frame.

    `noise` (Y, X) is the variance of a pixel from one frame to the next, in counts^2, `n_frames`
    how many frames each mean image is made of (the fewest of them), `n_pairs` how many changes the
    noise comes from, `middle` (G,) the frame in the middle of each image.
    """

    images: Numbers
    noise: Numbers
    n_frames: int
    n_pairs: int
    middle: Numbers


def sample_movie(movie: Movie, *, drifts: bool) -> Sample:
    """Read up to 48 pairs of neighbouring frames, evenly spread over the movie."""
    n_pairs = min(_MOST_PAIRS, movie.n_frames // 2)
    starts = np.linspace(0, movie.n_frames - 2, n_pairs).round().astype(np.int64)
    parts = np.array_split(starts, min(_IMAGES_OF_A_DRIFT if drifts else _IMAGES, n_pairs))
    images = np.zeros((len(parts), *movie.shape_px))
    squares = np.zeros(movie.shape_px)
    for number, part in enumerate(parts):
        light = images[number]
        for start in part.tolist():
            first, second = np.asarray(movie.frames[start : start + 2])
            light += first
            light += second
            change = second.astype(np.float32)
            change -= first
            change *= change
            squares += change
        light /= 2 * len(part)
    middle = np.array([part.mean() + 0.5 for part in parts])
    return Sample(images, squares / (2 * n_pairs), 2 * min(map(len, parts)), n_pairs, middle)
