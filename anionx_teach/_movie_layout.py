"""Where the frames of a movie stand in a TIFF or .npy file, or why the file is no movie."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from anionx_teach._movie import BLOCK_BYTES
from anionx_teach._movie_file import MovieFile, NotAMovieError, damage_told, kind_of_file
from anionx_teach._movie_numbers import HeaderNumbers, comments, header_numbers
from anionx_teach._movie_reading import CodedFrames, PlainFrames, Reader

if TYPE_CHECKING:
    from tifffile import TiffFile, TiffFrame, TiffPage, TiffPageSeries

    Page = TiffPage | TiffFrame

FEWEST_FRAMES = 5
_MOST_CHANNELS_OF_IMAGEJ = 7
_AXES_OF_FRAMES = "TIQR"  # time, and what tifffile calls images in a row of which it knows no more
# What tifffile calls a stack that is no more than the pages that it found.
_KINDS_OF_PAGES = ("uniform", "generic")
_AXES_IN_WORDS = {"Z": "planes in depth (z)", "C": "colour channels"}


@dataclass(frozen=True, eq=False)
class StoredMovie:
    """The frames in a file, how to read them, and what the file says of them."""

    shape: tuple[int, int, int]
    read: Reader
    numbers: HeaderNumbers = field(default_factory=HeaderNumbers)
    notes: dict[str, str] = field(default_factory=dict)


def stored_movie(path: Path) -> StoredMovie:
    """Find the frames of a movie in a file; a file that is no movie is a ValueError."""
    if kind_of_file(path) == "npy":
        return _npy(path)
    from tifffile import TiffFile

    with _without_log(), damage_told(path), TiffFile(path) as tiff:
        return _tiff(tiff, path)


def _npy(path: Path) -> StoredMovie:
    """Find the frames of a .npy stack; pickled objects are never loaded."""
    try:
        stack = np.lib.format.open_memmap(path, mode="r")
    except (ValueError, EOFError) as error:
        msg = f"{path} is not a .npy stack of counts, or it is cut short: {error}"
        raise NotAMovieError(msg) from None
    shape, dtype, start = stack.shape, stack.dtype, stack.offset
    by_rows = stack.flags.c_contiguous
    del stack  # the mapping; frames are read, so that memory stays bounded
    _require_counts_type(path, dtype)
    _require_frames(path, shape, "frames by rows by columns")
    if not by_rows:
        msg = f"{path} is stored in Fortran order: save it with numpy.ascontiguousarray(frames)"
        raise NotAMovieError(msg)
    n_frames, rows, columns = shape
    offset = start + np.arange(n_frames, dtype=np.int64) * rows * columns * dtype.itemsize
    one_file = np.zeros(n_frames, np.intp)
    read = PlainFrames((MovieFile.at(path),), one_file, offset, (rows, columns), dtype)
    _require_camera_counts(read, shape, dtype)
    return StoredMovie(shape, read)


def _tiff(tiff: TiffFile, path: Path) -> StoredMovie:
    """Find the frames of a TIFF."""
    _require_whole(tiff, path)
    series, pages = _stack(tiff, path)
    _require_counts_type(path, series.dtype)
    rows, columns = series.shape[-2:]
    dtype = series.dtype.newbyteorder(tiff.byteorder)
    n_frames = len(pages) or series.shape[0]
    if pages:
        read = _paged(pages, (rows, columns), dtype)
    else:
        read = _contiguous(series, path, n_frames, (rows, columns), dtype)
    read(0, 1)  # a compression that cannot be read is to be told at once
    shape = (n_frames, rows, columns)
    _require_camera_counts(read, shape, dtype)
    return StoredMovie(shape, read, header_numbers(tiff), comments(tiff))


def _require_camera_counts(read: Reader, shape: tuple[int, int, int], dtype: np.dtype[Any]) -> None:
    """Read everything once where numbers might not be counts: an error is to come at the start."""
    if dtype.kind == "u" and dtype.itemsize <= 2:
        return
    n_frames, rows, columns = shape
    at_once = max(1, BLOCK_BYTES // (rows * columns * dtype.itemsize))
    for first in range(0, n_frames, at_once):
        read(first, min(first + at_once, n_frames))


def _stack(tiff: TiffFile, path: Path) -> tuple[TiffPageSeries, list[Page]]:
    """Return the stack of frames; with its pages, unless it stands in the file without a gap."""
    found = tiff.series
    if not found:
        msg = f"{path} holds no image"
        raise NotAMovieError(msg)
    series = found[0]
    claimed = (tiff.imagej_metadata or {}).get("images", 1)
    if series.kind in _KINDS_OF_PAGES and claimed > len(tiff.pages):
        msg = f"{path} is cut short: ImageJ counted {claimed} images in it"
        raise NotAMovieError(msg)
    if len(found) > 1:
        return series, _single_pages(found, path)
    if "S" in series.axes:
        msg = f"{path} is in colour (RGB): one grey channel is needed"
        raise NotAMovieError(msg)
    _require_frames(path, series.shape, series.axes)
    _require_time(tiff, series, path)
    if series.dataoffset is not None:
        return series, []
    return series, list(_present(series, path))


def _single_pages(found: Sequence[TiffPageSeries], path: Path) -> list[Page]:
    """Return the pages of a file that calls each of its frames an image of its own."""
    first = found[0]
    if any(one.axes != "YX" for one in found) or len({(s.shape, s.dtype) for s in found}) > 1:
        sizes = list(dict.fromkeys(" x ".join(map(str, one.shape)) for one in found))
        msg = f"{path} holds {len(found)} separate stacks ({', '.join(sizes[:3])}): save one alone"
        raise NotAMovieError(msg)
    _require_frames(path, (len(found), *first.shape), first.axes)
    return [page for one in found for page in _present(one, path)]


def _present(series: TiffPageSeries, path: Path) -> Iterator[Page]:
    """Yield the pages of a series; one that is missing means that the file is cut short."""
    for number, page in enumerate(series):
        if page is None:
            msg = (
                f"{path} is cut short, or goes on in a file that is not there: "
                f"frame {number} of {len(series)} is missing"
            )
            raise NotAMovieError(msg)
        yield page


def _require_frames(path: Path, shape: tuple[int, ...], axes: str) -> None:
    """Raise an error unless there is one row of frames, long enough for a movie."""
    if 0 in shape:
        msg = f"{path} holds no image: its shape is {' x '.join(map(str, shape))}"
        raise NotAMovieError(msg)
    stacked = shape[:-2]
    if len(stacked) > 1:
        sizes = " x ".join(map(str, stacked))
        msg = (
            f"{path} has more dimensions than time, rows and columns ({sizes} images, {axes}): "
            "save one plane and one channel of it"
        )
        raise NotAMovieError(msg)
    n_frames = stacked[0] if stacked else 1
    if n_frames < FEWEST_FRAMES:
        images = "1 image" if n_frames == 1 else f"{n_frames} images"
        msg = f"{path} holds {images}: a movie has at least {FEWEST_FRAMES} frames"
        raise NotAMovieError(msg)


def _require_time(tiff: TiffFile, series: TiffPageSeries, path: Path) -> None:
    """Raise an error when the images follow each other in depth or colour, not in time."""
    axis = series.axes[0]
    notes = tiff.imagej_metadata or {} if series.kind == "imagej" else None
    if axis in _AXES_OF_FRAMES or (notes is not None and _time_in_imagej(axis, series, notes)):
        return
    what = _AXES_IN_WORDS.get(axis, f"images along an axis {axis}")
    msg = (
        f"{path} is a stack of {series.shape[0]} {what}, not of frames in time; if they are "
        "frames, say so where it was written (ImageJ: Image > Properties, frames instead of slices)"
    )
    raise NotAMovieError(msg)


def _time_in_imagej(axis: str, series: TiffPageSeries, notes: dict[str, Any]) -> bool:
    """Tell whether ImageJ's slices or channels are frames.

    A file with a frame interval is a movie. ImageJ calls the images of every plain stack slices:
    they are planes in depth where they have a spacing, or the stack is a hyperstack. And it cannot
    show more than seven channels.
    """
    if notes.get("finterval"):
        return True
    if axis == "C":
        return bool(series.shape[0] > _MOST_CHANNELS_OF_IMAGEJ)
    return axis == "Z" and not notes.get("hyperstack") and "spacing" not in notes


def _require_counts_type(path: Path, dtype: np.dtype[Any]) -> None:
    """Raise an error for numbers that cannot be counts of a camera, whatever their value."""
    if dtype.kind not in "uif":
        msg = f"{path} holds {dtype} numbers: the counts of a camera are whole numbers of 16 bits"
        raise NotAMovieError(msg)


def _require_whole(tiff: TiffFile, path: Path) -> None:
    """Raise an error when the chain of pages does not come to its end inside the file."""
    pages, file = tiff.pages, tiff.filehandle
    size = tiff.tiff.offsetsize
    file.seek(pages.next_page_offset or 0)
    if file.read(size) != bytes(size):  # the last page points to nothing: zeros
        msg = f"{path} is cut short: pages after page {len(pages)} are missing"
        raise NotAMovieError(msg)


def _contiguous(
    series: TiffPageSeries, path: Path, n_frames: int, shape_px: tuple[int, int], dtype: Any
) -> Reader:
    """Return the reader of frames that follow each other without a gap."""
    file = MovieFile.at(path)
    frame_bytes = shape_px[0] * shape_px[1] * dtype.itemsize
    offset = series.dataoffset + np.arange(n_frames, dtype=np.int64) * frame_bytes
    _require_inside(file, int(offset[-1]) + frame_bytes, n_frames - 1)
    return PlainFrames((file,), np.zeros(n_frames, np.intp), offset, shape_px, dtype)


def _paged(pages: list[Page], shape_px: tuple[int, int], dtype: Any) -> Reader:
    """Return the reader of frames that are each a page of their own, in one file or several."""
    paths = [page.parent.filehandle.path for page in pages]
    files = tuple(MovieFile.at(Path(one)) for one in dict.fromkeys(paths))
    place = {one: number for number, one in enumerate(dict.fromkeys(paths))}
    file_of_frame = np.array([place[one] for one in paths], np.intp)
    frame_bytes = shape_px[0] * shape_px[1] * dtype.itemsize
    plain = all(page.is_final for page in pages)
    for number, page in enumerate(pages):
        sizes = [frame_bytes] if plain else page.databytecounts
        # What is left out has no bytes, and may point anywhere.
        ends = [start + size for start, size in zip(page.dataoffsets, sizes, strict=False) if size]
        _require_inside(files[file_of_frame[number]], max(ends, default=0), number)
    if plain:
        offset = np.array([page.dataoffsets[0] for page in pages], np.int64)
        return PlainFrames(files, file_of_frame, offset, shape_px, dtype)
    pieces = tuple((tuple(page.dataoffsets), tuple(page.databytecounts)) for page in pages)
    key_page = pages[0].keyframe.index if pages[0].keyframe is not None else 0
    return CodedFrames(files, file_of_frame, pieces, key_page, shape_px, dtype)


def _require_inside(file: MovieFile, end: int, number: int) -> None:
    """Raise an error when a frame would end behind the end of its file."""
    if end > file.size:
        msg = f"{file.path} is cut short: frame {number} is missing, or not whole"
        raise NotAMovieError(msg)


@contextlib.contextmanager
def _without_log() -> Iterator[None]:
    """Keep tifffile's log of this thread quiet: what is wrong is said in one sentence of ours."""
    thread = threading.get_ident()

    def of_others(record: logging.LogRecord) -> bool:
        return record.thread != thread

    logger = logging.getLogger("tifffile")
    logger.addFilter(of_others)
    try:
        yield
    finally:
        logger.removeFilter(of_others)
