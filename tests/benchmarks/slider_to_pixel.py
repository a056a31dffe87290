"""From a key press on a slider to the frame in which every changed mark is painted.

Run it from the root of the repository::

    python -m tests.benchmarks.slider_to_pixel [--moves 200] [--widget NAME] [--all-sliders]

Three things are moved in turn, in one real JupyterLab in one real Chromium: the widget's slider
("ours"); an ipywidgets slider that moves one bqplot line ("peer"); and an ipywidgets slider whose
handler only writes its value into a label. The last one draws nothing, so it is what the round
trip to the kernel alone costs on this machine at this moment: the "limit". All times are in ms.
"""

import argparse
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator

from anionx_teach._doctor_command import CHROMIUM_ADVICE, find_chromium
from tests.browser.chromium import running_browser
from tests.browser.jupyterlab_server import running_server
from tests.browser.notebook_page import NotebookPage, opened_notebook, write_notebook
from tests.browser.widget_page import cells_of

WIDGETS = (
    "BatchExplorer",
    "ConfinementExplorer",
    "CooperativityExplorer",
    "EnsembleExplorer",
    "FilterExplorer",
    "MicroscopeExplorer",
    "MiscibilityExplorer",
    "NanocrystalViewer",
    "SwitchingExplorer",
)
GOAL_MEDIAN_MS, GOAL_P95_MS = 70.0, 100.0
# Moves are made in blocks, ours and theirs in turn, so that a busy machine slows all alike.
BLOCK = 20
# A move is over when nothing more was painted for this long.
QUIET_MS = 200
PATIENCE_MS = 5000

PEER_CELL = """import bqplot
import ipywidgets
import numpy as np

_x = np.linspace(0, 10, 200)
_scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale(min=-1, max=1)}
_line = bqplot.Lines(x=_x, y=np.sin(_x), scales=_scales)
_axes = [bqplot.Axis(scale=_scales["x"]), bqplot.Axis(scale=_scales["y"], side="left")]
_peer = ipywidgets.FloatSlider(min=0, max=100, step=0.1, value=50)
_peer.observe(lambda change: setattr(_line, "y", np.sin(_x + change["new"])), "value")
ipywidgets.VBox([_peer, bqplot.Figure(marks=[_line], axes=_axes)])"""

ECHO_CELL = """_label = ipywidgets.Label("50")
_echo = ipywidgets.FloatSlider(min=0, max=100, step=0.1, value=50)
_echo.observe(lambda change: setattr(_label, "value", str(change["new"])), "value")
ipywidgets.VBox([_echo, _label])"""

DRAWINGS = "svg, canvas, img"

# Notes when a key goes down, and when the frame that followed the last change has been painted.
# A message posted in an animation frame is delivered after that frame's layout and paint; an
# image counts when it has been loaded, for only then can it be painted.
RECORD = """([root, marks]) => {
  const record = { pressed: null, painted: null };
  const onChange = () => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { record.painted = performance.now(); };
    channel.port2.postMessage(null);
  });
  const inMarks = (node) => (node.closest ? node : node.parentElement)?.closest(marks);
  new MutationObserver((changes) => {
    if (changes.some((change) => inMarks(change.target))) onChange();
  }).observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  root.addEventListener("load", (event) => { if (inMarks(event.target)) onChange(); }, true);
  root.addEventListener("keydown", (event) => {
    record.pressed = event.timeStamp;
    record.painted = null;
  }, true);
  root.moveRecord = record;
}"""
MOVE_IS_OVER = """([root, quiet]) => root.moveRecord.painted !== null
  && performance.now() - root.moveRecord.painted > quiet"""
LATENCY = "(root) => root.moveRecord.painted - root.moveRecord.pressed"
AT_LAST_STEP = """(slider) => {
  const now = Number(slider.getAttribute("aria-valuenow") ?? slider.value);
  const high = Number(slider.getAttribute("aria-valuemax") ?? slider.max);
  const low = Number(slider.getAttribute("aria-valuemin") ?? slider.min);
  const step = Number(slider.step ?? 0.1) || 0.1;
  return now + step > high ? "ArrowLeft" : now - step < low ? "ArrowRight" : "";
}"""


@dataclass
class Subject:
    """One slider, the drawing it moves, and the times measured so far."""

    notebook: NotebookPage
    output: Locator
    slider: Locator
    key: str = "ArrowRight"

    def __post_init__(self) -> None:
        self.latency_ms: list[float] = []

    def watch(self, marks: str) -> None:
        """Begin to record what is painted."""
        root = self.output.element_handle()
        self.notebook.page.evaluate(RECORD, [root, marks])

    def move(self, count: int) -> None:
        """Press an arrow key `count` times, turning round at the ends."""
        self.output.scroll_into_view_if_needed()
        self.slider.focus()
        root = self.output.element_handle()
        for _ in range(count):
            self.key = self.slider.evaluate(AT_LAST_STEP) or self.key
            self.notebook.page.keyboard.press(self.key)
            self.notebook.page.wait_for_function(
                MOVE_IS_OVER, arg=[root, QUIET_MS], timeout=PATIENCE_MS
            )
            self.latency_ms.append(self.output.evaluate(LATENCY))

    def median_ms(self) -> float:
        """Return the median time of a move."""
        return statistics.median(self.latency_ms)

    def p95_ms(self) -> float:
        """Return the time that 95 % of the moves took at most."""
        return statistics.quantiles(self.latency_ms, n=20, method="inclusive")[-1]


def main(arguments: list[str] | None = None) -> int:
    """Measure and print one line a slider; 1 when the tools for it are missing."""
    options = _options(arguments)
    executable = find_chromium()
    if executable is None:
        print(CHROMIUM_ADVICE)
        return 1
    print(
        "slider to pixel, ms: goal is median/p95; limit is the kernel's round trip alone (median)"
    )
    columns = ("ours_median", "ours_p95", "peer_median", "peer_p95", "ratio", "goal", "limit")
    print(f"{'name':<48}" + "".join(f"{column:>12}" for column in columns))
    with tempfile.TemporaryDirectory() as folder:
        notebooks, home = Path(folder, "notebooks"), Path(folder, "home")
        notebooks.mkdir()
        with running_server(notebooks, home) as server, running_browser(executable) as browser:
            for widget in options.widget or WIDGETS:
                name = f"{widget}.ipynb"
                write_notebook(notebooks / name, [cells_of(widget), PEER_CELL, ECHO_CELL])
                with opened_notebook(browser, server, name) as notebook:
                    _measure_widget(notebook, widget, options.moves, options.all_sliders)
    return 0


def _measure_widget(notebook: NotebookPage, widget: str, moves: int, all_sliders: bool) -> None:
    """Measure the first slider of a widget, or each of them, and print the result."""
    notebook.hide_side_bar()
    notebook.run_all()
    notebook.output_of(0).locator("svg").first.wait_for()
    sliders = notebook.output_of(0).locator("input[type=range]:enabled:visible").all()
    for slider in sliders if all_sliders else sliders[:1]:
        label = slider.evaluate("(input) => input.labels[0].textContent")
        ours = Subject(notebook, notebook.output_of(0), slider)
        handle = ".noUi-handle"
        peer = Subject(notebook, notebook.output_of(1), notebook.output_of(1).locator(handle))
        echo = Subject(notebook, notebook.output_of(2), notebook.output_of(2).locator(handle))
        ours.watch(DRAWINGS)
        peer.watch(DRAWINGS)
        echo.watch(".widget-label")
        for done in range(0, moves, BLOCK):
            for subject in (ours, peer, echo):
                subject.move(min(BLOCK, moves - done))
        _print_row(f"{widget}, {label}", ours, peer, echo)
    notebook.assert_clean()


def _print_row(name: str, ours: Subject, peer: Subject, echo: Subject) -> None:
    """Print the figures of one slider."""
    figures = (ours.median_ms(), ours.p95_ms(), peer.median_ms(), peer.p95_ms())
    ratio = ours.median_ms() / peer.median_ms()
    goal = f"{GOAL_MEDIAN_MS:.0f}/{GOAL_P95_MS:.0f}"
    cells = [f"{figure:.1f}" for figure in figures]
    cells += [f"{ratio:.2f}", goal, f"{echo.median_ms():.1f}"]
    print(f"{name:<48}" + "".join(f"{cell:>12}" for cell in cells), flush=True)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="slider_to_pixel", description=__doc__.split("\n")[0])
    parser.add_argument("--moves", type=int, default=200, help="moves of each slider (200)")
    parser.add_argument("--widget", action="append", choices=WIDGETS, help="only this widget")
    parser.add_argument("--all-sliders", action="store_true", help="every slider of a widget")
    options = parser.parse_args(arguments)
    if options.moves < 2:
        parser.error(f"--moves must be >= 2, got {options.moves}")
    return options


if __name__ == "__main__":
    raise SystemExit(main())
