"""The miscibility explorer in a real page: two crystals to one scale, played, redrawn on a pause."""

from pathlib import Path

import pytest
from anionx_widgets.miscibility_crystal import N_FRAMES
from anionx_widgets.miscibility_state import START_FRAME
from playwright.sync_api import Locator

from tests.browser.conftest import OpenCells
from tests.browser.test_nanocrystal_viewer import HALIDE_PIXELS
from tests.browser.test_widgets import TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser

LAST_FRAME = N_FRAMES - 1
# How wide the crystal is: from the first to the last column with something blue or red in it.
WIDTH = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [first, last] = [canvas.width, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255 || Math.abs(data[i] - data[i + 2]) < 30) continue;
    const x = (i / 4) % canvas.width;
    [first, last] = [Math.min(first, x), Math.max(last, x)];
  }
  return last - first;
}"""
# Where the cursor of a figure stands: the last of its lines.
CURSORS = """(container) => [...container.querySelectorAll(".anionx-panel")]
  .filter((panel) => /against time|red filter/.test(panel.textContent))
  .map((panel) => [...panel.querySelectorAll("path.line")].at(-1).getAttribute("d"))"""


@pytest.fixture
def widget(open_cells: OpenCells) -> WidgetPage:
    """The explorer in a new notebook."""
    return WidgetPage(open_cells(cells_of("MiscibilityExplorer"), viewport=TALL))


def crystals(widget: WidgetPage) -> list[Locator]:
    return widget.container.locator(".anionx-crystals canvas").all()


def size_ratio(widget: WidgetPage) -> float:
    """Return how many times as wide as the small crystal the large one is drawn."""
    small, large = (float(canvas.evaluate(WIDTH)) for canvas in crystals(widget))
    return large / small


def test_play_moves_both_crystals_and_the_cursors_of_the_figures(widget: WidgetPage) -> None:
    python = widget.notebook.python
    small, large = crystals(widget)
    at_the_start = widget.container.evaluate(CURSORS)
    assert len(at_the_start) == 2
    widget.container.get_by_role("button", name="Play").click()
    python.wait_for("widget.state.playing", True)
    widget.container.get_by_role("button", name="Pause").click()
    python.wait_for("widget.state.playing", False)
    assert START_FRAME <= python.value("widget.state.frame") < LAST_FRAME
    widget.container.get_by_role("button", name="Play").click()
    python.wait_for("widget.state.frame", LAST_FRAME)
    widget.wait_until_still()
    moved = widget.container.evaluate(CURSORS)
    assert all(now != then for now, then in zip(moved, at_the_start, strict=True))
    for canvas in (small, large):
        iodide, bromide = canvas.evaluate(HALIDE_PIXELS)
        assert iodide > 50 * bromide
    assert python.value("len(_test_updates)") == 0
    slider = widget.container.get_by_role("slider", name="Time", exact=True)
    slider.press("Home")
    python.wait_for("widget.state.frame", 0)
    widget.wait_until_still()
    for canvas in (small, large):
        assert canvas.evaluate(HALIDE_PIXELS)[0] == 0
    before = small.evaluate("(c) => c.toDataURL()")
    large.press("ArrowRight")  # one turns both
    python.wait_for("widget.state.turn_deg", -27.0)
    widget.wait_until_still()
    assert small.evaluate("(c) => c.toDataURL()") != before
    widget.notebook.assert_clean()


def test_to_one_scale_redrawn_when_a_slider_rests_and_reset(
    widget: WidgetPage, screenshots: Path
) -> None:
    python = widget.notebook.python
    assert size_ratio(widget) == pytest.approx(13.1 / 5.1, rel=0.05)
    said = widget.status_text()
    before = [canvas.evaluate("(c) => c.toDataURL()") for canvas in crystals(widget)]
    slider = widget.container.get_by_role("slider", name="lost at 5.1 nm")
    slider.press("End")
    python.wait_for("widget.state.lost_percent", 100.0)
    widget.wait_until_still(quiet_s=1.0)
    after = [canvas.evaluate("(c) => c.toDataURL()") for canvas in crystals(widget)]
    assert all(now != then for now, then in zip(after, before, strict=True))
    assert widget.status_text() == python.value("widget.describe()")
    assert "L0 = 5.10 nm" in widget.status_text()
    widget.container.screenshot(path=screenshots / "MiscibilityExplorer-all-lost.png")
    widget.container.get_by_role("button", name="Reset").click()
    python.wait_for("widget.state.lost_percent", 20.0)
    widget.wait_until_still(quiet_s=1.0)
    assert [canvas.evaluate("(c) => c.toDataURL()") for canvas in crystals(widget)] == before
    assert widget.status_text() == said
    widget.notebook.page.set_viewport_size({"width": 560, "height": 2600})  # below each other
    widget.wait_until_still()
    assert size_ratio(widget) == pytest.approx(13.1 / 5.1, rel=0.05)
    widget.notebook.assert_clean()
