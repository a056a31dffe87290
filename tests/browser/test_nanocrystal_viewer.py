"""The nanocrystal viewer in a real page: it is turned, cut and played, and hides what is behind."""

import itertools
import re
from pathlib import Path

import pytest
from anionx_widgets.nanocrystal_state import N_FRAMES, START_FRAME
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenCells
from tests.browser.test_widgets import DARK, LIGHT, TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser

LAST_FRAME = N_FRAMES - 1
# How many pixels are the red-brown of iodide, and the pale blue of bromide.
HALIDE_PIXELS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [iodide, bromide] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255 && data[i] > data[i + 2] + 60) iodide += 1;
    if (data[i + 3] === 255 && data[i + 2] > data[i] + 30) bromide += 1;
  }
  return [iodide, bromide];
}"""
# How many pixels at the upper and lower edge are not empty.
EDGE_PIXELS = """(canvas) => {
  const row = (y) => canvas.getContext("2d").getImageData(0, y, canvas.width, 1).data;
  return [...row(0), ...row(canvas.height - 1)].filter((part, i) => i % 4 === 3 && part > 0).length;
}"""
# A crystal of 5 x 5 x 5 anions in which one alone is iodide.
ONE_IODIDE = """import numpy as np
_sites = np.full((5, 5, 5), 255, np.uint8)
_sites[{site}] = 0
widget._canvas.show([_sites], [5.1], moments=["m"] * 201, captions=[""], descriptions=["one iodide"])
"""


@pytest.fixture
def widget(open_cells: OpenCells) -> WidgetPage:
    """The viewer in a new notebook."""
    return WidgetPage(open_cells(cells_of("NanocrystalViewer"), viewport=TALL))


def crystal(widget: WidgetPage) -> Locator:
    return widget.container.locator(".anionx-crystals canvas").first


def halide_pixels(widget: WidgetPage) -> tuple[int, int]:
    iodide, bromide = crystal(widget).evaluate(HALIDE_PIXELS)
    return iodide, bromide


def spheres(widget: WidgetPage) -> int:
    """Return how many spheres were drawn last."""
    widget.wait_until_still()
    return int(crystal(widget).get_attribute("data-spheres") or -1)


def test_mouse_and_arrow_keys_turn_it_and_python_hears_where_it_was_left(
    widget: WidgetPage,
) -> None:
    python, mouse = widget.notebook.python, widget.notebook.page.mouse
    at_the_start, cells = widget.drawn(), widget.cell_count()
    crystal(widget).focus()
    for _ in range(72):  # of 5 degrees: all the way round
        crystal(widget).press("ArrowRight")
    python.wait_for("widget.state.turn_deg", -32.0)
    assert widget.wait_until_still() == at_the_start
    for _ in range(20):
        crystal(widget).press("ArrowUp")
    python.wait_for("widget.state.tilt_deg", 90.0)  # and not beyond the pole
    assert spheres(widget) > 0
    crystal(widget).press("b")  # in JupyterLab's command mode: insert a cell below
    assert widget.cell_count() == cells
    widget.container.get_by_role("button", name="Reset").click()
    python.wait_for("widget.state.tilt_deg", 24.0)
    crystal(widget).blur()
    assert widget.wait_until_still() == at_the_start

    box = crystal(widget).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 40, y + 20, steps=4)
    assert python.value("widget.state.turn_deg") == -32.0, "not before the button is released"
    mouse.up()
    python.wait_for("widget.state.turn_deg", -12.0)
    assert python.value("widget.state.tilt_deg") == 34.0
    assert widget.wait_until_still() != at_the_start
    mouse.move(x - 40, y - 20)
    assert "turned by \N{MINUS SIGN}12° and seen 34° from above" in widget.status_text()
    assert python.value("len(_test_updates)") == 0, "turning computes nothing"
    widget.notebook.assert_clean()


def test_it_hides_what_is_inside_and_what_is_behind(widget: WidgetPage) -> None:
    python = widget.notebook.python
    assert spheres(widget) == 13**3 - 12**3
    python.run("widget.state.cut_percent = 50")  # 7 of 13 layers
    assert spheres(widget) == 6 * 13**2 - 5 * 12**2
    python.run("widget.state.cut_percent, widget.state.frame = 0, 200")
    assert spheres(widget) == 13**3 - 12**3
    python.run("widget.state.view = 'iodide'")
    assert spheres(widget) == 13**3 - 12**3, "all of it is iodide now"
    python.run("widget.state.frame = 1")
    assert spheres(widget) == 11, "apart from each other, none hides another"
    python.run("widget.state.frame = 0")
    assert spheres(widget) == 0

    python.run("widget.state.view = 'all'")
    for turn, tilt in itertools.product((-135, -45, 45, 135), (-30, 30)):
        python.run(f"widget.state.turn_deg, widget.state.tilt_deg = {turn}, {tilt}")
        # The corner that looks to the eye: +a for turns below 0, -b for those from -90 to 90.
        near = (4 if turn < 0 else 0, 0 if abs(turn) < 90 else 4, 4 if tilt > 0 else 0)
        far = tuple(4 - place for place in near)
        python.run(ONE_IODIDE.format(site=far))
        widget.wait_until_still(quiet_s=0.3)
        assert halide_pixels(widget)[0] == 0, f"the far corner is seen from {turn}, {tilt}"
        python.run(ONE_IODIDE.format(site=near))
        widget.wait_until_still(quiet_s=0.3)
        iodide, bromide = halide_pixels(widget)
        # The whole disc of the nearest sphere is seen: no neighbour lies over it.
        radius = 0.57 * 0.96 * 400 / (5 * 3**0.5)
        assert 0.6 < iodide / (3.1416 * radius**2) <= 1.0
        assert bromide > 20 * iodide
    widget.notebook.assert_clean()


def test_play_runs_in_the_page_and_pause_stops_it(widget: WidgetPage) -> None:
    python = widget.notebook.python
    slider = widget.container.get_by_role("slider", name="Exchange")
    play = widget.container.get_by_role("button", name="Play")
    play.click()
    pause = widget.container.get_by_role("button", name="Pause")
    python.wait_for("widget.state.playing", True)
    pause.click()
    python.wait_for("widget.state.playing", False)
    paused_at = python.value("widget.state.frame")
    assert START_FRAME < paused_at < LAST_FRAME
    assert slider.input_value() == str(paused_at)
    play.click()
    python.wait_for("widget.state.frame", LAST_FRAME)
    python.wait_for("widget.state.playing", False)
    expect(play).to_be_visible()
    widget.wait_until_still()
    assert re.match(r"100\.0 % iodide, t = ", slider.get_attribute("aria-valuetext") or "")
    assert halide_pixels(widget)[1] == 0, "no bromide is left"
    assert python.value("len(_test_updates)") == 0, "nothing was computed for it"
    slider.press("Home")
    python.wait_for("widget.state.frame", 0)
    widget.wait_until_still()
    assert halide_pixels(widget)[0] == 0

    # Who wants less motion gets a few still pictures.
    widget.notebook.page.emulate_media(reduced_motion="reduce")
    drawn_before = int(crystal(widget).get_attribute("data-drawn") or 0)
    play.click()
    python.wait_for("widget.state.frame", LAST_FRAME)
    widget.wait_until_still()
    drawn = int(crystal(widget).get_attribute("data-drawn") or 0) - drawn_before
    assert 5 < drawn <= 16
    widget.notebook.assert_clean()


def test_unit_cells_are_shown_and_theme_and_width_are_followed(
    widget: WidgetPage, screenshots: Path
) -> None:
    python = widget.notebook.python
    at_the_start = widget.drawn()
    python.run("widget.state.view = 'unit cells'")
    canvases = widget.container.locator(".anionx-crystals canvas")
    expect(canvases).to_have_count(2)
    widget.wait_until_still()
    for name in ("cesium", "lead", "bromide", "iodide"):
        expect(widget.container.get_by_role("listitem").get_by_text(name)).to_be_visible()
    expect(widget.container.get_by_role("slider", name="Exchange")).to_be_hidden()
    assert "tilted against each other" in (canvases.nth(1).get_attribute("aria-label") or "")
    assert halide_pixels(widget)[1] > 2000, "bromide of the first"
    for i in range(2):
        assert canvases.nth(i).evaluate(EDGE_PIXELS) == 0, "nothing is cut off"
    widget.container.screenshot(path=screenshots / "NanocrystalViewer-unit-cells.png")
    canvases.nth(1).press("ArrowLeft")  # one turns both
    python.wait_for("widget.state.turn_deg", -37.0)
    widget.container.get_by_role("button", name="Reset").click()
    expect(canvases).to_have_count(1)
    assert widget.wait_until_still() == at_the_start

    light = crystal(widget).evaluate("(canvas) => canvas.toDataURL()")
    # Light comes last: JupyterLab keeps the theme for whoever opens it next.
    for theme in (DARK, LIGHT):
        widget.notebook.use_theme(theme)
        widget.wait_until_still()
        now = crystal(widget).evaluate("(canvas) => canvas.toDataURL()")
        assert (now == light) == (theme == LIGHT)
        assert min(halide_pixels(widget)) > 5000
    widget.notebook.page.set_viewport_size({"width": 700, "height": 2000})
    widget.wait_until_still()
    assert crystal(widget).evaluate("(canvas) => canvas.width === canvas.clientWidth")
    assert min(halide_pixels(widget)) > 5000
    widget.notebook.assert_clean()
