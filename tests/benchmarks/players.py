"""Frames per second of each canvas that plays something, in a real Chromium without a GPU.

Run it from the root of the repository::

    python -m tests.benchmarks.players [--canvas NAME]

A row is one canvas: how many different pictures a second were drawn while its player ran, the
median of `PASSES` runs. "ours" also has the longest time between two pictures. The limit is the
rate at which the page is painted.
"""

import argparse
import contextlib
import itertools
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator

from anionx_teach._doctor_command import CHROMIUM_ADVICE, find_chromium
from tests.benchmarks.report import Row, show
from tests.browser.chromium import running_browser
from tests.browser.jupyterlab_server import running_server
from tests.browser.notebook_page import NotebookPage, opened_notebook, write_notebook

GOAL_FRAMES_PER_S: Final = 30.0
LIMIT: Final = "60 a second: the page"
PASSES: Final = 3
RUN_TIMEOUT_MS: Final = 60_000

# Faster than can be painted, so that the player never waits for its own clock. The noise is a few
# frames long and shifted, for a benchmark need not wait for a stack of random numbers.
MOVIE_CELL: Final = """import numpy as np
from anionx_widgets.movie_canvas import MovieCanvas

_noise = np.random.default_rng(1).normal(300, 40, (4, {side}, {side})).astype(np.uint16)
_frames = np.stack([np.roll(_noise[i % 4], i, axis=1) for i in range({count})])
widget = MovieCanvas(frames_per_second=60)
widget.show(_frames, first_time_s=0.0, frame_interval_s=0.05, pixel_size_nm=160.0,
            automatic_contrast=(200.0, 500.0), count_range=(100.0, 600.0))
_spots = np.random.default_rng(2).uniform(0, {side}, (300, 2))
widget.mark(_spots, _spots + 1, 0, "noise with 300 spots")
widget"""

# 201 frames in less time than so many can be painted in.
CRYSTAL_CELL: Final = """from anionx_widgets.crystal_canvas import CrystalCanvas
from anionx_widgets.nanocrystal_state import NanocrystalState

_state = NanocrystalState()
_state.edge_length_nm = {edge_length_nm}
widget = CrystalCanvas(play_ms=3000, iodide_only={iodide_only}, cut_share={cut_share})
widget.show([_state.result.first_iodide_frame], [_state.edge_length_nm],
            moments=[str(frame) for frame in range(201)], captions=["crystal"],
            descriptions=["crystal"])
widget"""

# Notes when a canvas says that it has drawn something new.
WATCH: Final = """(canvas) => {
  canvas.drawnAt = [];
  let last = canvas.dataset.drawn;
  const look = (now) => {
    if (canvas.dataset.drawn !== last) canvas.drawnAt.push(now);
    last = canvas.dataset.drawn;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""
TAKE: Final = "(canvas) => canvas.drawnAt.splice(0)"


def movie_rows(open_cell: Callable[[str], NotebookPage]) -> list[Row]:
    """Measure the movie canvas: a movie that the page holds, and one that streams to it."""
    rows = []
    for name, side, count, first in (
        ("movie canvas, 512 x 512, 300 spots marked", 512, 120, 1),
        ("movie canvas, 512 x 512, streaming 157 MB", 512, 300, 0),
        ("movie canvas, 128 x 128", 128, 150, 1),
    ):
        notebook = open_cell(MOVIE_CELL.format(side=side, count=count))
        output = notebook.output_of(0)
        # The first run waits for frames; of a movie that is held the later ones do not.
        rows.append(_row(name, output, output.locator(".anionx-movie-picture"), first))
    return rows


def crystal_rows(open_cell: Callable[[str], NotebookPage]) -> list[Row]:
    """Measure the crystal canvas: 32 x 32 x 32 anions whole, cut open, and iodide alone."""
    rows = []
    for name, iodide_only, cut_share in (
        ("crystal canvas, 32^3 sites", False, 0.0),
        ("crystal canvas, 32^3 sites, half cut away", False, 0.5),
        ("crystal canvas, 32^3 sites, iodide only", True, 0.0),
    ):
        cell = CRYSTAL_CELL.format(
            edge_length_nm=13.1, iodide_only=iodide_only, cut_share=cut_share
        )
        output = open_cell(cell).output_of(0)
        rows.append(_row(name, output, output.locator(".anionx-crystals canvas"), 0))
    return rows


CANVASES: Final[dict[str, Callable[[Callable[[str], NotebookPage]], list[Row]]]] = {
    "crystal": crystal_rows,
    "movie": movie_rows,
}


def _row(name: str, output: Locator, canvas: Locator, runs_not_counted: int) -> Row:
    """Let a player run several times and return its row."""
    canvas.wait_for()
    canvas.evaluate(WATCH)
    rates, gaps = [], []
    for run in range(runs_not_counted + PASSES):
        canvas.evaluate(TAKE)
        output.get_by_role("button", name="Play").click()
        output.get_by_role("button", name="Pause").wait_for()
        output.get_by_role("button", name="Play").wait_for(timeout=RUN_TIMEOUT_MS)
        drawn_at = canvas.evaluate(TAKE)
        if run >= runs_not_counted:
            rates.append(1000 * (len(drawn_at) - 1) / (drawn_at[-1] - drawn_at[0]))
            gaps.append(max(after - before for before, after in itertools.pairwise(drawn_at)))
    rate = statistics.median(rates)
    ours = f"{rate:.0f} frames/s, longest wait {statistics.median(gaps):.0f} ms"
    return Row(name, ours, "", GOAL_FRAMES_PER_S, LIMIT, ratio=rate)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print one line a canvas; 1 when the tools for it are missing."""
    parser = argparse.ArgumentParser(prog="players", description=__doc__.split("\n")[0])
    parser.add_argument("--canvas", action="append", choices=CANVASES, help="only this canvas")
    options = parser.parse_args(arguments)
    executable = find_chromium()
    if executable is None:
        print(CHROMIUM_ADVICE)
        return 1
    rows: list[Row] = []
    for canvas in options.canvas or CANVASES:
        rows += _measured(executable, CANVASES[canvas])
    print('the column "ratio" is frames a second')
    show(rows)
    return 0


def _measured(
    executable: str, measure: Callable[[Callable[[str], NotebookPage]], list[Row]]
) -> list[Row]:
    """Give a canvas a server and a browser, and a new notebook for each cell it asks for."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        notebooks, home = folder / "notebooks", folder / "home"
        notebooks.mkdir()
        server = stack.enter_context(running_server(notebooks, home))
        browser = stack.enter_context(running_browser(executable))

        def open_cell(cell: str) -> NotebookPage:
            name = f"{abs(hash(cell))}.ipynb"
            write_notebook(notebooks / name, [cell])
            notebook = stack.enter_context(opened_notebook(browser, server, name))
            notebook.hide_side_bar()
            notebook.run_all()
            return notebook

        return measure(open_cell)


if __name__ == "__main__":
    raise SystemExit(main())
