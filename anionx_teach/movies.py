"""Movies on disk: written with everything that is known of them, read without loading them all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from anionx_teach._movie import BLOCK_BYTES, Counts, FramesOnDemand, Movie
from anionx_teach._movie_annotations import (
    camera_from_text,
    camera_text,
    truth_from_text,
    truth_text,
)
from anionx_teach._movie_file import movie_path, written_whole
from anionx_teach._movie_layout import FEWEST_FRAMES, StoredMovie, stored_movie
from anionx_teach._validation import positive, scalar

__all__ = ["MissingNumberError", "read_movie", "write_movie"]

_TRUTH, _CAMERA = "anionx-teach/truth", "anionx-teach/camera"
_UNITS = {"frame_interval_s": "s", "exposure_s": "s", "pixel_size_nm": "nm"}
_SUFFIXES = (".tif", ".tiff", ".btf", ".tf8")
# A classic TIFF ends at 4 GiB; room is left for the tags of the pages and the text.
_CLASSIC_BYTES = 2**32 - 2**25
_TAG_BYTES_PER_FRAME = 512
# Sides of a pixel that differ by less are a rounding.
_SQUARE = 1e-3


class MissingNumberError(ValueError):
    """A file does not say all that a movie needs.

    Parameters
    ----------
    path : path
        The file.
    names : tuple of str
        The arguments of `read_movie` that have to be given.

    Examples
    --------
    >>> MissingNumberError("film.tif", ("exposure_s",)).names
    ('exposure_s',)
    """

    def __init__(self, path: str | os.PathLike[str], names: tuple[str, ...]) -> None:
        be = "is" if len(names) == 1 else "are"
        give = ", ".join(f"{name}=..." for name in names)
        super().__init__(f"{' and '.join(names)} {be} not in the file {path}: give {give}")
        self.names = names


def read_movie(
    path: str | os.PathLike[str],
    *,
    frame_interval_s: float | None = None,
    pixel_size_nm: float | None = None,
    exposure_s: float | None = None,
) -> Movie:
    """Open a movie; its frames are read from the file when they are asked for.

    Parameters
    ----------
    path : path
        An OME-TIFF, a TIFF or BigTIFF stack of another program (also compressed), or a ``.npy``
        stack of shape (F, Y, X). What it is is told from its content, not from its name.
    frame_interval_s, pixel_size_nm, exposure_s : float, optional
        What the file does not say. A number that is given here counts more than that of the file.

    Returns
    -------
    Movie
        With lazy frames. The truth and the camera of a movie that `write_movie` wrote come back.

    Raises
    ------
    MissingNumberError
        A ValueError that names the numbers which neither the file nor the call gives.
    FileNotFoundError, OSError
        If the file is not there, is a folder, cannot be opened, or is changed while it is in use.
    TypeError, ValueError
        If the file is not a movie (empty, cut short, in colour, with a depth axis or several
        channels, fewer than 5 frames, numbers that no camera counts), or an argument is not > 0.

    Warns
    -----
    UserWarning
        If the truth or the camera in the file cannot be understood; the movie is read without.

    Notes
    -----
    Interval, exposure and pixel size are looked for in OME-XML, in the notes of Micro-Manager and
    in the description of ImageJ. 8-bit counts are widened to 16 bits. Other numbers are read once
    when the movie is opened, to make sure that they are whole and fit into 16 bits.

    A frame is read when it is asked for and is not kept. Going through a movie with `Movie.blocks`
    costs one reading of the file and the memory of a block. The file is not held open; when it
    changes later, the next reading says so.

    Compressions other than deflate, LZMA and PackBits need the package imagecodecs.

    References
    ----------
    I. G. Goldberg et al., Genome Biology 6, R47 (2005): the OME data model and XML file.

    Examples
    --------
    >>> import tempfile
    >>> frames = np.arange(60, dtype=np.uint16).reshape(5, 3, 4)
    >>> movie = Movie(frames, exposure_s=0.05, frame_interval_s=0.1, pixel_size_nm=160.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     back = read_movie(write_movie(Path(folder) / "film.ome.tif", movie))
    ...     print(back.n_frames, back.frame_interval_s, back.frames[4][0])
    5 0.1 [48 49 50 51]
    """
    name = movie_path(path)
    given = {
        "frame_interval_s": frame_interval_s,
        "pixel_size_nm": pixel_size_nm,
        "exposure_s": exposure_s,
    }
    for key, value in given.items():
        if value is not None:
            positive(key, scalar(key, value), _UNITS[key])
    stored = stored_movie(name)
    return Movie(
        FramesOnDemand(stored.shape, stored.read),
        **_numbers(name, given, stored),
        truth=truth_from_text(name, stored.notes.get(_TRUTH)),
        camera=camera_from_text(name, stored.notes.get(_CAMERA)),
    )


def write_movie(path: str | os.PathLike[str], movie: Movie) -> Path:
    """Write a movie as an OME-TIFF, with everything that is known of it.

    Parameters
    ----------
    path : path
        Name that ends in .tif or .tiff; by custom ``.ome.tif``. A file of that name is replaced.
    movie : Movie
        At least 5 frames. They may be lazy and more than the memory holds.

    Returns
    -------
    Path
        Where the movie is, so that ``read_movie(write_movie(path, movie))`` reads it again.

    Raises
    ------
    TypeError, ValueError
        If `movie` is not a Movie or has fewer than 5 frames, or `path` does not end as said above.
    OSError
        If it cannot be written there.

    Notes
    -----
    Exposure, interval and pixel size go into the OME-XML, where other programs find them. The
    table of the truth and the settings of the camera are comments beside them, as JSON. From 4 GB
    on it is a BigTIFF.

    The frames are written under another name, and moved to their place when all are there: a
    writing that is interrupted leaves an older file of that name as it was.

    References
    ----------
    I. G. Goldberg et al., Genome Biology 6, R47 (2005): the OME data model and XML file.

    Examples
    --------
    >>> import tempfile
    >>> movie = Movie(np.zeros((5, 8, 8), np.uint16), 0.05, 0.1, 160.0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_movie(Path(folder) / "film.ome.tif", movie).name
    'film.ome.tif'
    """
    target = movie_path(path)
    if not isinstance(movie, Movie):
        msg = f"movie must be a Movie, got {type(movie).__name__}"
        raise TypeError(msg)
    if target.suffix.lower() not in _SUFFIXES:
        msg = f"path must end in .tif or .tiff, got {target.name!r}"
        raise ValueError(msg)
    if movie.n_frames < FEWEST_FRAMES:
        msg = f"movie must have >= {FEWEST_FRAMES} frames, got {movie.n_frames}"
        raise ValueError(msg)
    from tifffile import TiffWriter

    header = _header(movie)
    with (
        written_whole(target) as draft,
        TiffWriter(draft, bigtiff=_is_big(movie), ome=True) as tiff,
    ):
        tiff.write(
            _frames(movie),
            shape=(movie.n_frames, *movie.shape_px),
            dtype=np.uint16,
            photometric="minisblack",
            metadata=header,
        )
    return target


def _numbers(path: Path, given: dict[str, float | None], stored: StoredMovie) -> dict[str, float]:
    """Return interval, pixel size and exposure, each given or found in the file."""
    found = stored.numbers
    along_x, along_y = found.pixel_nm or (None, None)
    asked = given["pixel_size_nm"] is None
    if asked and along_x and along_y and abs(along_x / along_y - 1) > _SQUARE:
        msg = (
            f"the pixels of {path} are not square ({along_x:g} nm along x, {along_y:g} nm along "
            "y): give pixel_size_nm=... if that is an error of the file"
        )
        raise ValueError(msg)
    in_file = {
        "frame_interval_s": found.frame_interval_s,
        "pixel_size_nm": along_x,
        "exposure_s": found.exposure_s,
    }
    known = {name: value if value is not None else in_file[name] for name, value in given.items()}
    numbers = {name: float(value) for name, value in known.items() if value is not None}
    missing = tuple(name for name in known if name not in numbers)
    if missing:
        raise MissingNumberError(path, missing)
    return numbers


def _header(movie: Movie) -> dict[str, Any]:
    """Return what goes into the OME-XML; the schema has the exposure with each plane."""
    header: dict[str, Any] = {
        "axes": "TYX",
        "TimeIncrement": movie.frame_interval_s,
        "TimeIncrementUnit": "s",
        "PhysicalSizeX": movie.pixel_size_nm,
        "PhysicalSizeXUnit": "nm",
        "PhysicalSizeY": movie.pixel_size_nm,
        "PhysicalSizeYUnit": "nm",
        "Plane": {"ExposureTime": [movie.exposure_s] * movie.n_frames},
    }
    texts = {_TRUTH: truth_text(movie.truth), _CAMERA: camera_text(movie.camera)}
    header["CommentAnnotation"] = [
        {"Namespace": namespace, "Value": text} for namespace, text in texts.items() if text
    ]
    return header


def _is_big(movie: Movie) -> bool:
    """Tell whether the movie needs a BigTIFF."""
    rows, columns = movie.shape_px
    frame_bytes = rows * columns * np.dtype(np.uint16).itemsize + _TAG_BYTES_PER_FRAME
    return movie.n_frames * frame_bytes > _CLASSIC_BYTES


def _frames(movie: Movie) -> Iterator[Counts]:
    """Yield the frames one by one, a block of them in memory at a time."""
    for _, block in movie.blocks(most_bytes=BLOCK_BYTES):
        yield from block
