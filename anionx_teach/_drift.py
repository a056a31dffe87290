"""How far the sample has moved under the microscope, measured from the movie itself."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._movie import Movie
from anionx_teach._validation import count, finite, increasing, read_only

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

_FRAMES_OF_A_BLOCK = 20  # that are read: their mean has less than a quarter of a frame's noise
_SMOOTHING_PX = 3.0  # what is wider is illumination, which stands still
_EDGE_PX = 4  # fades out, so that the border is no structure that stands still
_PARTS_OF_A_PX = 50  # in which a shift is measured
_SIGNIFICANT = 7.0  # standard deviations of the correlation of two images of noise
_LARGEST_STEP_PX = 2.0  # from one block to the next; a longer one takes one spot for another
_ROUNDS = 2  # against the clearest block, then against the mean of all in their right places


@dataclass(frozen=True, eq=False)
class Drift:
    """How far the sample has moved in each frame of a movie.

    Parameters
    ----------
    time_s : (F,) array_like
        Middle of each exposure in s, increasing.
    x_px, y_px : (F,) array_like
        Move to the right and downwards (towards larger x and y), in px.
    n_blocks : int
        How many parts of the movie it was measured in; 0 when it was not measured.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as said above.

    Examples
    --------
    >>> steady = Drift([0.0, 0.1, 0.2], [-0.5, 0.0, 0.5], [0.0, 0.0, 0.0])
    >>> steady.range_px
    1.0
    """

    time_s: Numbers
    x_px: Numbers
    y_px: Numbers
    n_blocks: int = 0

    def __post_init__(self) -> None:
        time_s = increasing("time_s", self.time_s, "s")
        object.__setattr__(self, "time_s", read_only(time_s))
        for name in ("x_px", "y_px"):
            moved = finite(name, getattr(self, name), "px")
            if moved.shape != time_s.shape:
                msg = f"{name} must have the shape {time_s.shape} of time_s, got {moved.shape}"
                raise ValueError(msg)
            object.__setattr__(self, name, read_only(moved))
        object.__setattr__(self, "n_blocks", count("n_blocks", self.n_blocks, minimum=0))

    @property
    def range_px(self) -> float:
        """Longest distance in px along x or y between two frames."""
        return float(max(np.ptp(self.x_px), np.ptp(self.y_px)))

    def to_frame(self) -> pd.DataFrame:
        """Return one row a frame: time_s, x_px, y_px."""
        import pandas as pd

        return pd.DataFrame({"time_s": self.time_s, "x_px": self.x_px, "y_px": self.y_px})


def estimate_drift(movie: Movie, *, n_blocks: int = 32) -> Drift:
    """Measure how the sample moves during a movie, by phase correlation.

    Parameters
    ----------
    movie : Movie
        At least 5 frames. Some of them are read: at most 20 from each block.
    n_blocks : int
        Number of parts >= 2 in which the movie is cut. Between their middles the move is
        interpolated; a movie of few frames is cut into fewer.

    Returns
    -------
    Drift
        With a mean of zero over the movie, because positions are mostly found in an image of the
        whole movie.

    Raises
    ------
    TypeError, ValueError
        If `movie` is not a Movie of at least 5 frames, or `n_blocks` not a whole number >= 2.

    Warns
    -----
    UserWarning
        When fewer than two blocks show anything that could be followed: the drift is zero then.

    Notes
    -----
    The mean image of each block, made free of what is wide (illumination does not move with the
    sample), is shifted to where it agrees best with the block that shows most, and then with the
    mean of all blocks. The shift is the maximum of their cross-correlation, computed with Fourier
    transforms in steps of 1/50 px (`skimage.registration.phase_cross_correlation`). Blocks are
    followed from the clearest one in steps of at most 2 px. A block in which nothing has lit up yet
    is recognised by a correlation within its noise, and left out; before the first and after the
    last block that could be followed, the sample is taken to stand still.

    References
    ----------
    M. Guizar-Sicairos, S. T. Thurman, J. R. Fienup, Optics Letters 33, 156 (2008).

    Examples
    --------
    >>> from anionx_teach._movie import Movie
    >>> rng = np.random.default_rng(1)
    >>> scene = 1000 * (rng.random((64, 80)) > 0.99) + 100
    >>> frames = np.stack([np.roll(scene, move, axis=1) for move in (0, 0, 1, 2, 3, 3, 3, 4)])
    >>> movie = Movie(frames, exposure_s=0.05, frame_interval_s=0.1, pixel_size_nm=160.0)
    >>> estimate_drift(movie, n_blocks=8).x_px
    array([-2., -2., -1.,  0.,  1.,  1.,  1.,  2.])
    """
    require_movie(movie)
    blocks = np.array_split(
        np.arange(movie.n_frames), min(count("n_blocks", n_blocks, 2), movie.n_frames)
    )
    images = np.stack([_structure(_block_mean(movie, block)) for block in blocks])
    moved, seen = _registered(images)
    if np.count_nonzero(seen) < 2:
        msg = "the drift could not be measured: fewer than two parts of the movie show structure"
        warnings.warn(msg, UserWarning, stacklevel=2)
        still = np.zeros(movie.n_frames)
        return Drift(movie.time_s, still, still)
    middle = np.array([block.mean() for block in blocks])[seen]
    x_px, y_px = (_interpolated(movie.n_frames, middle, along) for along in moved[seen].T)
    return Drift(movie.time_s, x_px, y_px, int(np.count_nonzero(seen)))


def require_movie(movie: object) -> Movie:
    """Return `movie` when it is a Movie of at least 5 frames."""
    if not isinstance(movie, Movie):
        msg = f"movie must be a Movie, got {type(movie).__name__}"
        raise TypeError(msg)
    if movie.n_frames < 5:
        msg = f"movie must have at least 5 frames, got {movie.n_frames}"
        raise ValueError(msg)
    return movie


def _block_mean(movie: Movie, block: npt.NDArray[np.signedinteger]) -> Numbers:
    """Return the mean of at most 20 frames that are spread over a block."""
    some = np.linspace(block[0], block[-1], min(len(block), _FRAMES_OF_A_BLOCK)).round()
    total = np.zeros(movie.shape_px)
    for frame in some.astype(np.int64).tolist():
        total += movie.frames[frame]
    return total / len(some)


def _structure(image: Numbers) -> Numbers:
    """Return an image without what is wide, fading out at the border."""
    from scipy.ndimage import gaussian_filter

    image = image - gaussian_filter(image, _SMOOTHING_PX, mode="nearest")
    for axis, size in enumerate(image.shape):
        place = np.arange(size)
        fade = np.clip((np.minimum(place, size - 1 - place) + 0.5) / _EDGE_PX, 0.0, 1.0)
        image = image * np.expand_dims(np.sin(0.5 * np.pi * fade) ** 2, 1 - axis)
    return image


def _registered(images: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Return the moves (blocks, 2) as (x, y), and which blocks show enough to be believed."""
    from skimage.registration import phase_cross_correlation

    clearest = int(np.argmax((images**2).sum(axis=(1, 2))))
    reference = images[clearest]
    followed = np.zeros(len(images), dtype=np.bool_)
    if not reference.any():
        return np.zeros((len(images), 2)), followed
    for _ in range(_ROUNDS):
        moved, placed, seen = [], [], []
        for image in images:
            if not image.any():
                moved.append(np.zeros(2))
                placed.append(image)
                seen.append(False)
                continue
            back, _, _ = phase_cross_correlation(
                reference, image, upsample_factor=_PARTS_OF_A_PX, normalization=None
            )
            there = _shifted(image, back)
            norm = np.sqrt((there**2).sum() * (reference**2).sum())
            agreement = float((there * reference).sum() / norm)
            moved.append(-back[::-1])
            placed.append(there)
            seen.append(agreement * np.sqrt(image.size) > _SIGNIFICANT)
        followed = _followed(np.array(moved), np.array(seen), clearest)
        reference = np.mean(np.array(placed)[followed], axis=0)
    return np.array(moved), followed


def _followed(
    moved_px: Numbers, seen: npt.NDArray[np.bool_], clearest: int
) -> npt.NDArray[np.bool_]:
    """Return the blocks that can be followed step by step from the clearest one, both ways."""
    followed = np.zeros(len(seen), dtype=np.bool_)
    for order in (range(clearest, len(seen)), range(clearest, -1, -1)):
        last = clearest
        for block in order:
            step = np.abs(moved_px[block] - moved_px[last]).max()
            if seen[block] and step <= _LARGEST_STEP_PX * max(1, abs(block - last)):
                followed[block] = True
                last = block
    return followed


def _shifted(image: Numbers, shift: Numbers) -> Numbers:
    """Return an image moved by parts of pixels (rows, columns), periodic at the border."""
    from scipy.fft import irfft2, rfft2
    from scipy.ndimage import fourier_shift

    moved: Numbers = irfft2(fourier_shift(rfft2(image), shift, n=image.shape[1]), s=image.shape)
    return moved


def _interpolated(n_frames: int, middle: Numbers, moved_px: Numbers) -> Numbers:
    """Return the move of each frame, with a mean of zero; it stands still before and after."""
    along = np.interp(np.arange(n_frames), middle, moved_px)
    return np.asarray(along - along.mean())
