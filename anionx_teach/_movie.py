"""A movie: frames in a row, when each was exposed, and how large a pixel is.

The frames need not be in memory. Whatever has a shape and gives a frame or a run of frames when
asked will do: an array, a file, or a microscope that simulates a frame when it is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex, overload

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import count, positive, scalar

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._validation import Numbers

Counts = npt.NDArray[np.uint16]

BLOCK_BYTES = 8 * 2**20
"""Most bytes of a block of frames: many frames, and so few bytes that the next block is put where
the last one was. Of larger ones the system clears each page of memory anew."""

_FULL_SCALE = 2**16 - 1


class Frames(Protocol):
    """What the frames of a movie must be able to do: an array does, and so does a lazy stack."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(frames, rows, columns)."""

    @property
    def dtype(self) -> Any:
        """uint16."""

    def __getitem__(self, index: Any, /) -> Any:
        """Return one frame (Y, X) for a number, frames (B, Y, X) for a slice."""


class FramesOnDemand:
    """Frames that are read, or simulated, when they are asked for.

    Parameters
    ----------
    shape : (int, int, int)
        Frames, rows, columns.
    read : callable
        ``read(first, last)`` returns the frames first <= i < last as (last - first, Y, X) uint16.
        A movie that is to be sent to another process needs one that can be pickled.

    Examples
    --------
    >>> import numpy as np
    >>> def read(first, last):
    ...     return np.full((last - first, 2, 3), first, np.uint16)
    >>> frames = FramesOnDemand((1000, 2, 3), read)
    >>> frames[7].shape, int(frames[7][0, 0]), frames[990:].shape
    ((2, 3), 7, (10, 2, 3))
    """

    def __init__(self, shape: tuple[int, int, int], read: Callable[[int, int], Counts]) -> None:
        self.shape = shape
        self.dtype = np.dtype(np.uint16)
        self.ndim = 3
        self._read = read

    def __len__(self) -> int:
        return self.shape[0]

    @overload
    def __getitem__(self, index: SupportsIndex) -> Counts: ...
    @overload
    def __getitem__(self, index: slice) -> Counts: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Counts:
        """Return frame `index` (Y, X), or the frames of a slice (B, Y, X)."""
        if isinstance(index, slice):
            return self._slice(range(*index.indices(len(self))))
        if not hasattr(index, "__index__"):
            msg = f"frames are asked for by one whole number or one slice, got {index!r}"
            raise TypeError(msg)
        number = index.__index__()
        if not -len(self) <= number < len(self):
            msg = f"frame {number} is not in a movie of {len(self)} frames"
            raise IndexError(msg)
        number %= len(self)
        frame: Counts = self._read(number, number + 1)[0]
        return frame

    def __array__(
        self, dtype: npt.DTypeLike | None = None, copy: bool | None = None
    ) -> npt.NDArray[Any]:
        """Return all frames at once; np.asarray(frames) calls this."""
        if copy is False:
            msg = "frames that are made on demand are always a copy"
            raise ValueError(msg)
        return np.asarray(self[:], dtype)

    def _slice(self, numbers: range) -> Counts:
        """Return the frames with these numbers."""
        if len(numbers) and numbers.step == 1:
            return self._read(numbers.start, numbers.stop)
        frames = np.empty((len(numbers), *self.shape[1:]), np.uint16)
        for place, number in enumerate(numbers):
            frames[place] = self._read(number, number + 1)[0]
        return frames


@dataclass(frozen=True, eq=False, repr=False)
class Movie:
    """A movie of a camera, recorded or simulated.

    Parameters
    ----------
    frames : (F, Y, X) array or lazy stack
        Counts of the camera as unsigned 16-bit numbers. An array is not copied and cannot be
        changed through the movie; whole numbers of another type that fit into 16 bits are
        converted. A lazy stack has `shape`, `dtype` uint16, and gives arrays for `frames[i]` and
        `frames[a:b]`.
    exposure_s : float
        How long a frame collects light, s.
    frame_interval_s : float
        From the start of one frame to the start of the next, s; not less than the exposure.
    pixel_size_nm : float
        Side of a pixel in the plane of the sample, nm.
    truth : pandas.DataFrame, optional
        For a simulated movie one row per emitter: emitter, spot (emitters of a cluster share it),
        n_in_spot, x_px, y_px, and what else is known. Pixel (0, 0) has its centre at 0.0.
    camera : Camera, optional
        The camera when it is known: its gain and offset turn counts into photo-electrons.

    Raises
    ------
    TypeError
        If the frames are not whole numbers, or a time or size is not a number.
    ValueError
        If the frames are not (F, Y, X), empty, not finite or beyond 16 bits, a time or size is not
        > 0, or the exposure is longer than the interval.

    Examples
    --------
    >>> import numpy as np
    >>> frames = np.arange(24, dtype=np.uint16).reshape(4, 2, 3)
    >>> movie = Movie(frames, exposure_s=0.05, frame_interval_s=0.1, pixel_size_nm=160.0)
    >>> movie
    Movie of 4 frames of 2 x 3 px (rows x columns), one every 0.1 s, exposed for 0.05 s, 160 nm a pixel
    >>> movie.time_s
    array([0.025, 0.125, 0.225, 0.325])
    >>> movie.mean_image(last=2)
    array([[3., 4., 5.],
           [6., 7., 8.]])
    >>> [(first, block.shape) for first, block in movie.blocks(most_bytes=40)]
    [(0, (3, 2, 3)), (3, (1, 2, 3))]
    """

    frames: Frames
    exposure_s: float
    frame_interval_s: float
    pixel_size_nm: float
    truth: pd.DataFrame | None = None
    camera: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "frames", _checked(self.frames))
        for name, unit in (("exposure_s", "s"), ("frame_interval_s", "s"), ("pixel_size_nm", "nm")):
            value = float(positive(name, scalar(name, getattr(self, name)), unit))
            object.__setattr__(self, name, value)
        require_exposure_within(self.exposure_s, self.frame_interval_s)

    def __repr__(self) -> str:
        rows, columns = self.shape_px
        return (
            f"Movie of {self.n_frames} frames of {rows} x {columns} px (rows x columns), one every "
            f"{self.frame_interval_s:g} s, exposed for {self.exposure_s:g} s, "
            f"{self.pixel_size_nm:g} nm a pixel"
        )

    @property
    def n_frames(self) -> int:
        """How many frames there are."""
        return int(self.frames.shape[0])

    @property
    def shape_px(self) -> tuple[int, int]:
        """Rows and columns of a frame, (Y, X)."""
        return int(self.frames.shape[1]), int(self.frames.shape[2])

    @property
    def time_s(self) -> Numbers:
        """Middle of each exposure (F,), s; the first exposure begins at 0 s."""
        return (
            np.arange(self.n_frames, dtype=np.float64) * self.frame_interval_s + self.exposure_s / 2
        )

    def blocks(
        self, *, most_bytes: int = BLOCK_BYTES, first: int = 0, last: int | None = None
    ) -> Iterator[tuple[int, Counts]]:
        """Go through the frames once, a block of them in memory at a time.

        Parameters
        ----------
        most_bytes : int
            Most bytes of a block; a block has at least one frame.
        first, last : int, optional
            Frames first <= i < last; all of them when not given.

        Yields
        ------
        (int, (B, Y, X) array)
            Number of the first frame of the block, and its frames.

        Raises
        ------
        TypeError, ValueError
            If `most_bytes`, `first` or `last` is not a whole number of its range.
        """
        rows, columns = self.shape_px
        at_once = max(1, count("most_bytes", most_bytes) // (2 * rows * columns))
        start, stop = self._part(first, last)
        return self._blocks(start, stop, at_once)

    def mean_image(self, first: int = 0, last: int | None = None) -> Numbers:
        """Return the mean of the frames first <= i < last.

        Parameters
        ----------
        first, last : int, optional
            Which frames; all of them when not given.

        Returns
        -------
        (Y, X) array
            Mean counts of each pixel.

        Raises
        ------
        TypeError, ValueError
            If `first` or `last` is not a whole number of its range.
        """
        start, stop = self._part(first, last)
        total = np.zeros(self.shape_px, np.uint64)  # exact, so the size of a block does not matter
        for _, block in self.blocks(first=start, last=stop):
            for frame in block:
                total += frame
        return np.divide(total, float(stop - start))

    def _part(self, first: int, last: int | None) -> tuple[int, int]:
        """Return the range of frames, checked: at least one frame."""
        stop = self.n_frames if last is None else count("last", last)
        start = count("first", first, minimum=0)
        if stop > self.n_frames or start >= stop:
            msg = (
                f"first and last must satisfy 0 <= first < last <= {self.n_frames} frames, "
                f"got first = {start}, last = {stop}"
            )
            raise ValueError(msg)
        return start, stop

    def _blocks(self, start: int, stop: int, at_once: int) -> Iterator[tuple[int, Counts]]:
        """Yield the blocks of frames start <= i < stop."""
        for number in range(start, stop, at_once):
            yield number, np.asarray(self.frames[number : min(number + at_once, stop)])


def require_exposure_within(exposure_s: float, frame_interval_s: float) -> None:
    """Raise a ValueError when a frame is exposed for longer than the interval between frames."""
    # A shutter time of 0.05 s and 20 frames a second may differ in the last digit.
    if exposure_s > frame_interval_s * (1 + 1e-9):
        msg = (
            f"frame_interval_s must be >= exposure_s ({exposure_s:g} s), "
            f"got {frame_interval_s:g} s: a frame ends before the next one begins"
        )
        raise ValueError(msg)


def _checked(frames: Frames) -> Frames:
    """Return frames that a movie can have: (F, Y, X), not empty, uint16."""
    if not (hasattr(frames, "shape") and hasattr(frames, "dtype")):
        msg = f"frames must be an array (F, Y, X) or a lazy stack, got {type(frames).__name__}"
        raise TypeError(msg)
    if len(frames.shape) != 3:
        msg = f"frames must be three-dimensional (F, Y, X), got shape {tuple(frames.shape)}"
        raise ValueError(msg)
    if 0 in frames.shape:
        msg = f"frames must not be empty, got shape {tuple(frames.shape)}"
        raise ValueError(msg)
    if isinstance(frames, np.ndarray):
        counts = (_whole(frames) if frames.dtype != np.uint16 else frames).view()
        counts.setflags(write=False)
        return counts
    if frames.dtype != np.uint16:
        msg = f"frames must be uint16 counts, got a lazy stack of {frames.dtype}"
        raise TypeError(msg)
    return frames


def _whole(frames: npt.NDArray[Any]) -> Counts:
    """Return whole numbers of another type as uint16, when nothing is lost."""
    if frames.dtype.kind == "f" and not np.all(np.isfinite(frames)):
        msg = f"frames must be finite, got {frames[~np.isfinite(frames)].flat[0]}"
        raise ValueError(msg)
    if frames.dtype.kind not in "iu":
        msg = f"frames must be whole numbers of counts (uint16), got {frames.dtype}"
        raise TypeError(msg)
    lowest, highest = frames.min(), frames.max()
    if lowest < 0 or highest > _FULL_SCALE:
        wrong = lowest if lowest < 0 else highest
        msg = f"frames must be counts between 0 and {_FULL_SCALE} (16 bits), got {wrong}"
        raise ValueError(msg)
    return frames.astype(np.uint16)
