"""Reading some frames of a movie from its file, without reading the others."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from anionx_teach._movie import Counts
from anionx_teach._movie_file import MovieFile, NotAMovieError

Reader = Callable[[int, int], Counts]
# Where the pieces of one frame begin in the file, and how many bytes each has.
Pieces = tuple[tuple[int, ...], tuple[int, ...]]

_FULL_SCALE = 2**16 - 1
_COMPRESSION_ADVICE = (
    "install imagecodecs (pip install imagecodecs) or save the movie without compression"
)


@dataclass(frozen=True, eq=False)
class PlainFrames:
    """Frames that stand in their files byte by byte: file and place of each frame."""

    files: tuple[MovieFile, ...]
    file_of_frame: npt.NDArray[np.intp]
    offset: npt.NDArray[np.int64]
    shape_px: tuple[int, int]
    dtype: np.dtype[Any]

    @property
    def bytes_per_frame(self) -> int:
        """Bytes of a frame in the file."""
        return self.shape_px[0] * self.shape_px[1] * self.dtype.itemsize

    def __call__(self, first: int, last: int) -> Counts:
        """Return the frames first <= i < last as counts."""
        raw = np.empty((last - first, *self.shape_px), self.dtype)
        for start, stop in self._runs(first, last):
            source = self.files[self.file_of_frame[start]]
            with source.opened() as file:
                file.seek(int(self.offset[start]))
                _fill(file, raw[start - first : stop - first])
        return as_counts(raw, self.files[0].path.name, first)

    def _runs(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Yield stretches of frames that stand one after another in the same file."""
        follows = np.diff(self.offset[first:last]) == self.bytes_per_frame
        follows &= np.diff(self.file_of_frame[first:last]) == 0
        breaks = (np.flatnonzero(~follows) + first + 1).tolist()
        if last > first:
            yield from zip([first, *breaks], [*breaks, last], strict=True)


@dataclass(frozen=True, eq=False)
class CodedFrames:
    """Frames that are compressed or cut into pieces; tifffile decodes the pieces."""

    files: tuple[MovieFile, ...]
    file_of_frame: npt.NDArray[np.intp]
    pieces: tuple[Pieces, ...]
    key_page: int  # its tags hold for every frame
    shape_px: tuple[int, int]
    dtype: np.dtype[Any]

    def __call__(self, first: int, last: int) -> Counts:
        """Return the frames first <= i < last as counts."""
        from tifffile import TiffFile

        raw = np.zeros((last - first, *self.shape_px), self.dtype.newbyteorder("="))
        with self.files[0].opened() as file, TiffFile(file) as tiff:
            page = tiff.pages[self.key_page].aspage()
            with self._told(page, first):
                decode = page.decode  # made from the tags, while the file is open
        for number in range(first, last):
            with self.files[self.file_of_frame[number]].opened() as file, self._told(page, number):
                self._decode(file, decode, number, raw[number - first])
        return as_counts(raw, self.files[0].path.name, first)

    def _decode(self, file: BinaryIO, decode: Any, number: int, frame: npt.NDArray[Any]) -> None:
        """Decode the pieces of one frame into their places."""
        for index, (offset, size) in enumerate(zip(*self.pieces[number], strict=True)):
            if not size:  # left out by the writer: empty
                continue
            file.seek(offset)
            piece, (_, _, top, left, _), _ = decode(file.read(size), index)
            part = frame[top : top + piece.shape[1], left : left + piece.shape[2]]
            part[...] = piece[0, : part.shape[0], : part.shape[1], 0]

    @contextlib.contextmanager
    def _told(self, page: Any, number: int) -> Iterator[None]:
        """Say which frame cannot be decoded: each codec has exceptions of its own."""
        try:
            yield
        except Exception as error:
            msg = (
                f"frame {number} of {self.files[0].path.name} ({page.compression.name} compression)"
                f" cannot be decoded: {' '.join(str(error).split())}; if the file is sound, "
                f"{_COMPRESSION_ADVICE}"
            )
            raise NotAMovieError(msg) from error


def as_counts(raw: npt.NDArray[Any], name: str, first: int) -> Counts:
    """Return frames as uint16; what a camera's counts cannot be is a ValueError."""
    if raw.dtype.itemsize <= 2 and raw.dtype.kind == "u":
        if not raw.dtype.isnative:
            raw = raw.byteswap(inplace=True).view(raw.dtype.newbyteorder("="))
        return raw if raw.dtype == np.uint16 else raw.astype(np.uint16)
    whole = (raw >= 0) & (raw <= _FULL_SCALE)  # False also for NaN
    if raw.dtype.kind == "f":
        whole &= np.floor(raw) == raw
    if not whole.all():
        frame = int(np.flatnonzero(~whole.all(axis=(1, 2)))[0])
        value = raw[frame][~whole[frame]].flat[0]
        msg = (
            f"frame {first + frame} of {name} holds {value:g} ({raw.dtype.name}): the counts of a "
            f"camera are whole numbers from 0 to {_FULL_SCALE}"
        )
        raise NotAMovieError(msg)
    return raw.astype(np.uint16)


def _fill(file: BinaryIO, frames: npt.NDArray[Any]) -> None:
    """Fill frames with the bytes that come next; the system may hand them out in portions."""
    rest = frames.reshape(-1).view(np.uint8).data
    while rest:
        n_bytes = file.readinto(rest)  # type: ignore[attr-defined]
        if not n_bytes:
            msg = "the file ends before its last frame"
            raise NotAMovieError(msg)
        rest = rest[n_bytes:]
