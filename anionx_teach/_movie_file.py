"""The file of a movie: is it there, what is it, has it changed, and writing one whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_NPY_START = b"\x93NUMPY"


class NotAMovieError(ValueError):
    """A file that is no movie, or not a whole one; its text is one sentence for the user."""


@contextlib.contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Turn what a reader stumbles over in a damaged file, which may be anything, into a sentence."""
    try:
        yield
    except (NotAMovieError, OSError):
        raise
    except Exception as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        msg = f"{path} is damaged or cut short: {reason}"
        raise NotAMovieError(msg) from error


@dataclass(frozen=True)
class MovieFile:
    """A file as it was when it was opened first: frames are read from it much later.

    It is opened anew for each reading, so that nothing is held open and a movie can be sent to
    another process; what was written over it meanwhile is noticed.
    """

    path: Path
    size: int
    changed_ns: int

    @classmethod
    def at(cls, path: Path) -> MovieFile:
        """Return the file as it is now."""
        state = path.stat()
        return cls(path.resolve(), state.st_size, state.st_mtime_ns)

    @contextlib.contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the file for reading, when it is still the same one."""
        try:
            file = self.path.open("rb", buffering=0)
        except FileNotFoundError:
            msg = f"{self.path} is no longer there: it was moved or deleted after it was opened"
            raise FileNotFoundError(msg) from None
        with file:
            state = os.fstat(file.fileno())
            if (state.st_size, state.st_mtime_ns) != (self.size, self.changed_ns):
                msg = f"{self.path} has changed since it was opened: read the movie again"
                raise OSError(msg)
            yield file


def movie_path(path: str | os.PathLike[str]) -> Path:
    """Return a path; what is no name of a file is a TypeError."""
    if isinstance(path, str | os.PathLike) and isinstance(os.fspath(path), str):
        return Path(path)
    msg = f"path must be the name of a file, got {path!r}"
    raise TypeError(msg)


def kind_of_file(path: Path) -> str:
    """Return "tiff" or "npy" from the first bytes of a file; the name may say anything."""
    if path.is_dir():
        msg = f"{path} is a folder, not a movie: give the name of a file in it"
        raise IsADirectoryError(msg)
    try:
        with path.open("rb") as file:
            start = file.read(len(_NPY_START))
    except FileNotFoundError:
        msg = f"there is no file {path}"
        raise FileNotFoundError(msg) from None
    except OSError as error:
        msg = f"{path} cannot be opened: {error.strerror or error}"
        raise type(error)(msg) from None
    if not start:
        msg = f"{path} is empty: it has 0 bytes"
        raise NotAMovieError(msg)
    if start == _NPY_START:
        return "npy"
    if start.startswith(_TIFF_STARTS):
        return "tiff"
    msg = (
        f"{path} is no movie that can be read here: neither TIFF nor .npy, it begins with {start!r}"
    )
    raise NotAMovieError(msg)


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give the name of a draft beside `path`, and move it there once it is complete."""
    if path.is_dir():
        msg = f"{path} is a folder: give the name of a file in it"
        raise IsADirectoryError(msg)
    if not path.parent.is_dir():
        msg = f"there is no folder {path.parent} to write {path.name} in"
        raise FileNotFoundError(msg)
    with tempfile.TemporaryDirectory(prefix=".anionx-", dir=path.parent) as scratch:
        draft = Path(scratch) / path.name
        yield draft
        draft.replace(path)
