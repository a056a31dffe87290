"""`anionx analyze`: spots, trajectories and switching times of a movie of one's own."""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._analyze_table import (
    analysed_table,
    csv_bytes,
    movie_text,
    summary_text,
    table_text,
)
from anionx_teach._files import write_atomically
from anionx_teach._movie import Counts, FramesOnDemand
from anionx_teach._progress_bar import ProgressBar
from anionx_teach.movies import MissingNumberError, read_movie
from anionx_teach.spots import detect_spots
from anionx_teach.trajectories import extract_trajectories

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._movie import Movie
    from anionx_teach.trajectories import Trajectories

FIELD_NAME = "field.png"
PAGE_NAME = "trajectories.png"
PLOTS_ADVICE = (
    "the pictures are not drawn: matplotlib is missing; install it with: "
    'pip install "anionx-teach[plots]"'
)
_OPTIONS = {
    "frame_interval_s": "--interval S",
    "pixel_size_nm": "--pixel NM",
    "exposure_s": "--exposure S",
}
_NOTHING_FOUND = "No spots were found: nothing in it stands out of its noise."


class AnalyzeError(Exception):
    """What keeps the command from finishing, in one line for the user, and its exit code."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True, eq=False)
class Analysis:
    """The movie, its trajectories, and the table of its spots."""

    movie: Movie
    trajectories: Trajectories
    table: pd.DataFrame


def analyze(
    path: Path,
    *,
    csv: Path | None,
    plot: Path | None,
    interval_s: float | None,
    pixel_nm: float | None,
    exposure_s: float | None,
    decay: bool,
) -> int:
    """Analyse a movie, write what was asked for, print the summary; return the exit code."""
    try:
        _require_places(path, csv, plot)
        movie = _opened(path, interval_s, pixel_nm, exposure_s)
        print(movie_text(path.name, movie), flush=True)
        analysis = _analysed(path, movie, decay)
        if csv is not None:
            _write(csv, csv_bytes(analysis.table))
        _tell(analysis, csv)
        if plot is not None:
            _draw(plot, analysis)
    except AnalyzeError as error:
        print(f"anionx analyze: {error}", file=sys.stderr)
        return error.code
    return 0


def _require_places(path: Path, csv: Path | None, plot: Path | None) -> None:
    """Make sure, before anything is computed, that what is asked for can be written."""
    if csv is not None:
        if csv.is_dir():
            msg = f"{csv} is a folder; give the name of a file with --csv"
            raise AnalyzeError(msg, 1)
        if not csv.parent.is_dir():
            msg = f"there is no folder {csv.parent}; give another name with --csv"
            raise AnalyzeError(msg, 1)
        if csv.exists() and path.exists() and csv.samefile(path):
            msg = f"{csv} is the movie itself; give another name with --csv"
            raise AnalyzeError(msg, 2)
    if plot is not None:
        try:
            plot.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            msg = f"{plot} is a file, not a folder; give another with --plot"
            raise AnalyzeError(msg, 1) from None
        except OSError as error:
            raise AnalyzeError(_cannot_write(plot, error), 1) from None


def _opened(
    path: Path, interval_s: float | None, pixel_nm: float | None, exposure_s: float | None
) -> Movie:
    """Open the movie; what the file does not say is asked for by the name of the option."""
    try:
        with _notes():
            return read_movie(
                path, frame_interval_s=interval_s, pixel_size_nm=pixel_nm, exposure_s=exposure_s
            )
    except MissingNumberError as error:
        wanted = " ".join(_OPTIONS[name] for name in error.names)
        msg = f"{path} does not say all that is needed; give {wanted}"
        raise AnalyzeError(msg, 2) from None
    except (ValueError, OSError) as error:
        raise AnalyzeError(_line(error), 2) from None


def _analysed(path: Path, movie: Movie, decay: bool) -> Analysis:
    """Run the whole chain; the movie is read block by block, and never held."""
    try:
        with _notes():
            with ProgressBar("finding spots", "frames") as bar:
                spots = detect_spots(_watched(movie, bar))
            with ProgressBar("measuring trajectories", "frames") as bar:
                trajectories = extract_trajectories(movie, spots, progress=bar)
            table = analysed_table(spots, trajectories, with_decay=decay)
    except (ValueError, OSError) as error:
        msg = f"{path.name} cannot be analysed: {_line(error)}"
        raise AnalyzeError(msg, 2) from None
    return Analysis(movie, trajectories, table)


def _watched(movie: Movie, bar: ProgressBar) -> Movie:
    """Return the same movie; whoever reads its frames moves the bar."""
    total = movie.n_frames

    def read(first: int, last: int) -> Counts:
        frames: Counts = np.asarray(movie.frames[first:last])
        bar(last, total)
        return frames

    return replace(movie, frames=FramesOnDemand((total, *movie.shape_px), read))


def _tell(analysis: Analysis, csv: Path | None) -> None:
    """Print the table, unless it is in a file, and the summary."""
    table = analysis.table
    if table.empty:
        print(_NOTHING_FOUND)
    else:
        if csv is None:
            print(f"\n{table_text(table)}")
        print(f"\n{summary_text(table, analysis.trajectories.unit)}")
    if csv is not None:
        print(f"\nTable written to {csv}")


def _draw(folder: Path, analysis: Analysis) -> None:
    """Draw the pictures and write them; without spots there are no trajectories to show."""
    try:
        from anionx_teach._analyze_figure import field_bytes, page_bytes

        pictures = {FIELD_NAME: field_bytes(analysis.movie, analysis.table)}
        if not analysis.table.empty:
            pictures[PAGE_NAME] = page_bytes(analysis.trajectories, analysis.table)
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise AnalyzeError(PLOTS_ADVICE, 1) from None
    for name, content in pictures.items():
        _write(folder / name, content)
    print(f"Pictures written to {folder}: {', '.join(pictures)}")


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise AnalyzeError(_cannot_write(path, error), 1) from None


def _cannot_write(path: Path, error: OSError) -> str:
    """Say where it was that something could not be written."""
    return f"cannot write {path} ({error.strerror or error})"


def _line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return " ".join(str(error).split())


@contextlib.contextmanager
def _notes() -> Iterator[None]:
    """Print each warning as one line, once the work is over."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        try:
            yield
        finally:
            of_the_movie = [one for one in caught if issubclass(one.category, UserWarning)]
            texts = [" ".join(str(one.message).split()) for one in of_the_movie]
            for text in dict.fromkeys(texts):
                print(f"anionx analyze: note: {text}", file=sys.stderr)
