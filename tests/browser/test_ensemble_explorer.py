"""The player of the ensemble explorer, and the single crystals that are shown on demand."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenCells
from tests.browser.test_widgets import TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser


@pytest.fixture
def widget(open_cells: OpenCells) -> WidgetPage:
    """Return the explorer in a new notebook."""
    return WidgetPage(open_cells(cells_of("EnsembleExplorer"), viewport=TALL))


def test_the_player_says_its_time_plays_to_the_end_and_keeps_still_when_asked(
    widget: WidgetPage,
) -> None:
    python = widget.notebook.python
    slider = widget.container.get_by_role("slider", name="Time", exact=True)
    expect(slider).to_have_attribute("aria-valuetext", "350 s, spectrum 11 of 42")
    widget.container.get_by_role("button", name="Play").click()
    slider.press("Home")
    python.wait_for("(widget.state.frame, widget.state.playing)", [0, False])
    expect(slider).to_have_attribute("aria-valuetext", "0 s, spectrum 1 of 42")
    python.run("widget.state.cuvette = '5.1 nm'")
    expect(slider).to_have_attribute("max", "9")
    expect(slider).to_have_attribute("aria-valuetext", "70 s, spectrum 3 of 10")

    python.run("widget.reset()")
    python.run("widget.state.frame = 30\n_frames = []")
    python.run("widget.state.observe(lambda change: _frames.append(change['new']), 'frame')")
    play = widget.container.get_by_role("button", name="Play")
    play.click()
    expect(widget.container.get_by_role("button", name="Pause")).to_be_visible()
    python.wait_for("(widget.state.frame, widget.state.playing)", [41, False], timeout_s=30)
    frames = python.value("_frames")
    assert frames == sorted(set(frames)), "forwards only, and none twice"
    assert len(frames) > 3
    widget.wait_until_still()
    assert "Spectrum 42 of 42" in widget.status_text()

    play.click()
    python.wait_for("widget.state.frame < 30", True)
    widget.container.get_by_role("button", name="Pause").click()
    python.wait_for("widget.state.playing", False)
    stopped_at = python.value("widget.state.frame")
    widget.notebook.page.wait_for_timeout(600)
    assert python.value("widget.state.frame") == stopped_at

    # Who wants little motion sees fewer pictures.
    widget.notebook.page.emulate_media(reduced_motion="reduce")
    python.run("widget.state.frame = 0\n_frames.clear()")
    widget.container.get_by_role("button", name="Play").click()
    python.wait_for("(widget.state.frame, widget.state.playing)", [41, False], timeout_s=30)
    assert set(python.value("_frames")) <= {*range(0, 41, 5), 41}
    widget.notebook.assert_clean()


def test_the_single_crystals_come_and_go(widget: WidgetPage, screenshots: Path) -> None:
    figures = widget.container.locator(".bqplot.figure")
    expect(figures).to_have_count(2)
    widget.container.get_by_role("button", name="Show the single crystals").click()
    expect(figures).to_have_count(4)
    widget.wait_until_still()
    bars = widget.container.locator(".bars .bar, rect.bar")
    heights = [bar.bounding_box() for bar in bars.all()]
    assert max(box["height"] for box in heights if box) > 50, "drawn in their full size"
    assert "Behind it" in widget.status_text()
    widget.container.screenshot(path=screenshots / "EnsembleExplorer-crystals.png")
    widget.container.get_by_role("button", name="Hide the single crystals").click()
    expect(figures).to_have_count(2)
    widget.notebook.assert_clean()
