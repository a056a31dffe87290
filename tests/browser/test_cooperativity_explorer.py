"""The canvas of the cooperativity explorer in a real page: it plays, is moved by hand, is redrawn."""

from pathlib import Path

import pytest
from anionx_widgets.cooperativity_state import N_FRAMES, START_FRAME
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenCells
from tests.browser.test_widgets import DARK, LIGHT, TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser

LAST_FRAME = N_FRAMES - 1
# The mean colour of the squares, and how many pixels of the curves are coloured as a trajectory.
FIELD_COLOR = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) [0, 1, 2].forEach((part) => { sum[part] += data[i + part]; });
    if (data[i + 3] === 255) sum[3] += 1;
  }
  return sum.slice(0, 3).map((total) => Math.round(total / sum[3]));
}"""
REDDISH_PIXELS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 0 && data[i] > data[i + 2] + 40) found += 1;
  }
  return found;
}"""
WATCH_POSITIONS = """(slider) => {
  window.positions = new Set();
  const look = () => { window.positions.add(slider.value); requestAnimationFrame(look); };
  look();
}"""
BROMIDE, IODIDE = [159, 211, 242], [156, 58, 0]


@pytest.fixture
def widget(open_cells: OpenCells) -> WidgetPage:
    """The explorer in a new notebook."""
    return WidgetPage(open_cells(cells_of("CooperativityExplorer"), viewport=TALL))


def picture(widget: WidgetPage, beginning: str) -> Locator:
    """Return the canvas whose description begins so."""
    return widget.container.locator(f"canvas[aria-label^={beginning!r}]")


def player(widget: WidgetPage) -> Locator:
    return widget.container.get_by_role("slider", name="Time", exact=True)


def test_the_player_is_moved_by_hand_plays_and_keeps_still_when_asked(widget: WidgetPage) -> None:
    python = widget.notebook.python
    at_the_start = widget.drawn()
    player(widget).press("Home")
    python.wait_for("widget.state.frame", 0)
    widget.wait_until_still()
    assert picture(widget, "The 500").evaluate(FIELD_COLOR) == BROMIDE
    assert player(widget).get_attribute("aria-valuetext") == "0.0 steps"
    assert "stands at 0.0 steps" in widget.status_text()
    player(widget).press("End")
    python.wait_for("widget.state.frame", LAST_FRAME)
    widget.container.get_by_role("button", name="Reset").click()
    python.wait_for("widget.state.frame", START_FRAME)
    assert widget.wait_until_still() == at_the_start

    play = widget.container.get_by_role("button", name="Play")
    play.click()
    pause = widget.container.get_by_role("button", name="Pause")
    python.wait_for("widget.state.playing", True)
    pause.click()
    python.wait_for("widget.state.playing", False)
    paused_at = python.value("widget.state.frame")
    assert START_FRAME < paused_at < LAST_FRAME, "half a second after the start in the middle"
    assert player(widget).input_value() == str(paused_at)
    play.click()
    python.wait_for("widget.state.frame", LAST_FRAME)
    assert not python.value("widget.state.playing"), "it stops at the end"
    expect(play).to_be_visible()
    assert python.value("len(_test_updates)") == 0, "nothing was computed for it"
    widget.wait_until_still()
    assert picture(widget, "The 500").evaluate(FIELD_COLOR) == IODIDE

    # Who wants less motion gets a few still pictures.
    widget.notebook.page.emulate_media(reduced_motion="reduce")
    player(widget).press("Home")
    python.wait_for("widget.state.frame", 0)
    player(widget).evaluate(WATCH_POSITIONS)
    widget.container.get_by_role("button", name="Play").click()
    python.wait_for("widget.state.frame", LAST_FRAME)
    assert 5 < widget.notebook.page.evaluate("window.positions.size") <= 14
    widget.notebook.assert_clean()


def test_a_pinned_setting_is_drawn_and_theme_and_width_are_followed(
    widget: WidgetPage, screenshots: Path
) -> None:
    python = widget.notebook.python
    widget.container.get_by_role("button", name="Pin").click()
    python.wait_for("widget.state.result.pinned is not None", True)
    python.run("widget.state.concentration_um = 15")
    widget.wait_until_still()
    expect(widget.container.get_by_text("pinned mean")).to_be_visible()
    assert "Pinned, dashed" in widget.status_text()
    widget.container.screenshot(path=screenshots / "CooperativityExplorer-pinned.png")
    widget.container.get_by_role("button", name="Unpin").click()
    python.wait_for("widget.state.result.pinned is None", True)
    expect(widget.container.get_by_text("pinned mean")).to_have_count(0)

    widget.container.get_by_role("button", name="Reset").click()
    widget.wait_until_still()
    curves = picture(widget, "Iodide")
    light = curves.evaluate("(canvas) => canvas.toDataURL()")
    assert curves.evaluate(REDDISH_PIXELS) > 5000
    # Light comes last: JupyterLab keeps the theme for whoever opens it next.
    for theme in (DARK, LIGHT):
        widget.notebook.use_theme(theme)
        widget.wait_until_still()
        assert curves.evaluate(REDDISH_PIXELS) > 5000, theme
        assert (curves.evaluate("(canvas) => canvas.toDataURL()") == light) == (theme == LIGHT)
    widget.notebook.page.set_viewport_size({"width": 700, "height": 2000})
    widget.wait_until_still()
    assert curves.evaluate("(canvas) => canvas.width === canvas.clientWidth")
    assert curves.evaluate(REDDISH_PIXELS) > 3000
    widget.notebook.assert_clean()
