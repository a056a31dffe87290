"""The movie player in a real page: it plays, obeys mouse and keys, and takes one's own movie."""

from pathlib import Path

import pytest
from anionx_widgets.microscope_field import N_FRAMES, SIDE_PX
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenCells
from tests.browser.test_widgets import TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser

LAST_FRAME = N_FRAMES - 1
OWN_MOVIE = """import numpy as np
from anionx_teach import Camera, Movie, place_emitters, record_movie
from anionx_widgets.microscope_explorer import MicroscopeExplorer

emitters = place_emitters(12, shape=(200, 256), rng=1)
recorded = record_movie(np.full((12, 900), 6000.0), emitters[["x_px", "y_px"]], Camera(),
                        shape=(200, 256), frame_interval_s=0.05, lazy=True, rng=1)
asked = []

class Watched:
    shape, dtype = recorded.frames.shape, recorded.frames.dtype
    def __getitem__(self, index):
        asked.append(index)
        return recorded.frames[index]

widget = MicroscopeExplorer(Movie(Watched(), 0.05, 0.05, 160.0))
widget"""
# The mean grey of the picture, and how many of its pixels are white.
GREY = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) sum += data[i];
  return (4 * sum) / data.length;
}"""
COLORED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let colored = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (Math.max(...data.slice(i, i + 3)) - Math.min(...data.slice(i, i + 3)) > 60) colored += 1;
  }
  return colored;
}"""
WATCH_FRAMES = """(canvas) => {
  window.framesDrawn = new Set();
  const look = () => {
    window.framesDrawn.add(Number(canvas.dataset.frame));
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def widget(open_cells: OpenCells) -> WidgetPage:
    """The explorer in a new notebook."""
    return WidgetPage(open_cells(cells_of("MicroscopeExplorer"), viewport=TALL))


def picture(widget: WidgetPage) -> Locator:
    return widget.container.locator(".anionx-movie-picture")


def marks(widget: WidgetPage) -> Locator:
    """Return the canvas above the picture, which has the focus and the words."""
    return widget.container.get_by_role("application")


def button(widget: WidgetPage, name: str) -> Locator:
    return widget.container.get_by_role("button", name=name)


def slider(widget: WidgetPage, name: str) -> Locator:
    return widget.container.get_by_role("slider", name=name, exact=True)


def wait_for_frame(widget: WidgetPage, frame: int) -> None:
    """Wait until the picture shows a frame: it may have to come from Python first."""
    expect(picture(widget)).to_have_attribute("data-frame", str(frame))


def click_at(widget: WidgetPage, x_px: float, y_px: float) -> None:
    """Click at a place of the field that is seen whole."""
    box = marks(widget).bounding_box()
    assert box is not None
    scale = box["width"] / SIDE_PX
    marks(widget).click(position={"x": (x_px + 0.5) * scale, "y": (y_px + 0.5) * scale})


def test_play_shows_all_frames_and_stops_at_the_end(widget: WidgetPage) -> None:
    python = widget.notebook.python
    picture(widget).evaluate(WATCH_FRAMES)
    button(widget, "Play").click()
    button(widget, "Pause").wait_for()
    button(widget, "Play").wait_for()
    python.wait_for("[widget.state.playing, widget.state.frame]", [False, LAST_FRAME])
    drawn = widget.notebook.page.evaluate("[...window.framesDrawn].sort((a, b) => a - b)")
    assert drawn[-1] == LAST_FRAME
    assert drawn[0] <= 1, "from the end it begins anew"
    assert len(drawn) > N_FRAMES // 4, "on a busy machine some are left out"
    assert python.value("len(_test_updates)") == 0, "nothing was computed for it"
    widget.notebook.assert_clean()


def test_pause_stops_where_the_player_is(widget: WidgetPage) -> None:
    python = widget.notebook.python
    button(widget, "Play").click()
    button(widget, "Pause").click()
    python.wait_for("widget.state.playing", False)
    frame = python.value("widget.state.frame")
    assert frame < LAST_FRAME
    wait_for_frame(widget, frame)
    assert slider(widget, "Time").input_value() == str(frame)
    status = widget.container.get_by_role("status")
    expect(status).to_contain_text(f"frame {frame + 1} of {N_FRAMES}")


def test_who_wants_less_motion_gets_a_few_still_pictures(widget: WidgetPage) -> None:
    widget.notebook.page.emulate_media(reduced_motion="reduce")
    slider(widget, "Time").press("Home")
    wait_for_frame(widget, 0)
    picture(widget).evaluate(WATCH_FRAMES)
    button(widget, "Play").click()
    widget.notebook.python.wait_for("widget.state.frame", LAST_FRAME)
    assert 3 < widget.notebook.page.evaluate("window.framesDrawn.size") <= 14


def test_the_time_slider_steps_frames_with_the_arrow_keys(widget: WidgetPage) -> None:
    python = widget.notebook.python
    time = slider(widget, "Time")
    time.press("Home")
    wait_for_frame(widget, 0)
    dark = picture(widget).evaluate(GREY)
    for _ in range(3):
        time.press("ArrowRight")
    wait_for_frame(widget, 3)
    python.wait_for("widget.state.frame", 3)
    assert time.get_attribute("aria-valuetext") == f"6.0 s, frame 4 of {N_FRAMES}"
    time.press("End")
    wait_for_frame(widget, LAST_FRAME)
    assert picture(widget).evaluate(GREY) > dark, "at the end the crystals shine"


def test_every_key_of_the_picture(widget: WidgetPage) -> None:
    python = widget.notebook.python
    view, cells = marks(widget), widget.cell_count()
    assert view.get_attribute("aria-label").startswith("Movie of a field of 20.5")
    n_found = python.value("len(widget.state.result.found_px)")
    for key, trait, value in [
        ("ArrowLeft", "frame", LAST_FRAME - 1),
        ("Home", "frame", 0),
        ("ArrowRight", "frame", 1),
        ("End", "frame", LAST_FRAME),
        ("n", "chosen", 1),
        ("p", "chosen", 0),
        ("P", "chosen", n_found - 1),
        ("n", "chosen", 0),
        ("+", "zoom", 2),
        ("+", "zoom", 4),
        ("-", "zoom", 2),
        ("Space", "playing", True),
        ("Space", "playing", False),
    ]:
        view.press(key)
        python.wait_for(f"widget.state.{trait}", value)
    before = widget.wait_until_still()
    view.press("Shift+ArrowLeft")
    assert widget.wait_until_still() != before, "the enlarged field has moved"
    assert widget.cell_count() == cells
    widget.notebook.assert_clean()


def test_a_click_chooses_the_spot_under_it(widget: WidgetPage) -> None:
    python = widget.notebook.python
    places = python.value("widget.state.result.found_px.tolist()")
    x_px, y_px = places[6]
    click_at(widget, x_px + 0.8, y_px - 0.6)
    python.wait_for("widget.state.chosen", 6)
    widget.wait_until_still()
    assert "Spot 7, at" in widget.status_text()
    free = python.value(
        "[[x, y] for x in range(8, 120) for y in range(8, 120)"
        " if min((x - a) ** 2 + (y - b) ** 2 for a, b in widget.state.result.found_px) > 100][0]"
    )
    click_at(widget, *free)
    widget.notebook.page.wait_for_timeout(300)
    assert python.value("widget.state.chosen") == 6, "there is nothing to choose"


def test_an_enlarged_field_is_dragged_and_clicks_find_their_spot(widget: WidgetPage) -> None:
    python = widget.notebook.python
    button(widget, "Zoom in").click()
    python.wait_for("widget.state.zoom", 2)
    before = widget.wait_until_still()
    box = marks(widget).bounding_box()
    assert box is not None
    mouse = widget.notebook.page.mouse
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(*middle)
    mouse.down()
    mouse.move(middle[0] - 500, middle[1] - 500, steps=4)  # as far as the field goes
    mouse.up()
    assert widget.wait_until_still() != before
    assert python.value("widget.state.chosen") == 0, "dragging chooses nothing"
    # Now the lower right quarter is seen.
    corner, scale = (SIDE_PX - 1) / 2, 2 * box["width"] / SIDE_PX
    places = python.value("widget.state.result.found_px.tolist()")
    spot = next(i for i, place in enumerate(places) if i and min(place) > corner + 5)
    x, y = ((at - corner) * scale for at in places[spot])
    marks(widget).click(position={"x": x, "y": y})
    python.wait_for("widget.state.chosen", spot)


def test_contrast_is_set_by_hand_and_given_back(widget: WidgetPage) -> None:
    python = widget.notebook.python
    grey = picture(widget).evaluate(GREY)
    button(widget, "Set contrast").click()
    python.wait_for("len(widget.state.contrast)", 2)
    white = slider(widget, "White (counts)")
    white.press("End")
    python.wait_for("widget.state.contrast[1] > widget.state.result.contrast[1]", True)
    widget.wait_until_still()
    assert picture(widget).evaluate(GREY) < grey - 5, "a higher white makes the picture darker"
    slider(widget, "Black (counts)").press("End")
    python.wait_for("widget.state.contrast[0] > widget.state.result.contrast[1]", True)
    assert "set by hand" in widget.status_text()
    widget.wait_until_still()
    assert picture(widget).evaluate(GREY) < 2, "nearly all is black"
    button(widget, "Automatic contrast").click()
    python.wait_for("widget.state.contrast", [])
    expect(white).to_be_hidden()
    widget.wait_until_still()
    assert picture(widget).evaluate(GREY) == grey


def test_spots_follow_when_a_slider_has_been_moved(widget: WidgetPage) -> None:
    python = widget.notebook.python
    colored = marks(widget).evaluate(COLORED)
    expect(widget.container.get_by_text("true", exact=True)).to_be_visible()
    slider(widget, "Excitation (W/cm\N{SUPERSCRIPT TWO})").press("Home")
    python.wait_for("widget.state.excitation_w_cm2", 0.05)
    widget.wait_until_still()
    assert python.value("'trajectories' in vars(widget.state.result)"), "measured unasked"
    assert marks(widget).evaluate(COLORED) < 0.9 * colored
    widget.container.get_by_label("Show true spots").press("Space")
    python.wait_for("widget.state.show_true", False)
    widget.wait_until_still()
    assert marks(widget).evaluate(COLORED) < 0.6 * colored
    expect(widget.container.get_by_text("true", exact=True)).to_have_count(0)
    assert widget.status_text() == python.value("widget.describe()")
    widget.notebook.assert_clean()


def test_ones_own_movie_is_played_and_never_held(open_cells: OpenCells, screenshots: Path) -> None:
    widget = WidgetPage(open_cells(OWN_MOVIE, viewport=TALL))
    python = widget.notebook.python
    assert [control.name for control in widget.controls() if control.kind == "number"] == []
    assert "one of each 3 of its 900 frames is shown" in widget.status_text()
    n_found = python.value("len(widget.state.result.found_px)")
    assert f"{n_found} spots found" in widget.status_text()
    assert n_found >= 10
    expect(widget.container.get_by_text("true", exact=True)).to_have_count(0)
    widget.container.screenshot(path=screenshots / "MicroscopeExplorer-own.png")
    box = picture(widget).bounding_box()
    assert box is not None
    assert box["width"] / box["height"] == pytest.approx(256 / 200, rel=0.01)
    button(widget, "Play").click()
    python.wait_for("widget.state.playing", True)
    python.wait_for("[widget.state.playing, widget.state.frame]", [False, 299], timeout_s=40)
    assert python.value("all(index % 3 == 0 for index in asked)")
    button(widget, "Next spot").press("Enter")
    python.wait_for("widget.state.chosen", 1)
    widget.notebook.assert_clean()
