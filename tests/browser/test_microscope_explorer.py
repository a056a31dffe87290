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
from anionx_widgets import MicroscopeExplorer

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
# How many pixels are the vermilion of found spots, and the blue of true ones.
COLORED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let [found, truth] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = data.slice(i, i + 3);
    if (red > blue + 90 && red > green + 40) found += 1;
    if (blue > red + 90 && blue > green + 20) truth += 1;
  }
  return [found, truth];
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


def test_it_plays_pauses_steps_and_keeps_still_for_who_wants_less_motion(
    widget: WidgetPage,
) -> None:
    python, page = widget.notebook.python, widget.notebook.page
    picture(widget).evaluate(WATCH_FRAMES)
    button(widget, "Play").click()
    button(widget, "Pause").wait_for()
    button(widget, "Play").wait_for()
    python.wait_for("[widget.state.playing, widget.state.frame]", [False, LAST_FRAME])
    drawn = page.evaluate("[...window.framesDrawn].sort((a, b) => a - b)")
    assert drawn[-1] == LAST_FRAME
    assert drawn[0] <= 1, "from the end it begins anew"
    assert len(drawn) > N_FRAMES // 4, "on a busy machine some are left out"
    assert python.value("len(_test_updates)") == 0, "nothing was computed for it"

    button(widget, "Play").click()
    button(widget, "Pause").click()
    python.wait_for("widget.state.playing", False)
    frame = python.value("widget.state.frame")
    assert frame < LAST_FRAME
    wait_for_frame(widget, frame)
    time = slider(widget, "Time")
    assert time.input_value() == str(frame)
    status = widget.container.get_by_role("status")
    expect(status).to_contain_text(f"frame {frame + 1} of {N_FRAMES}")

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

    page.emulate_media(reduced_motion="reduce")
    time.press("Home")
    wait_for_frame(widget, 0)
    python.wait_for("widget.state.frame", 0)
    page.evaluate("window.framesDrawn.clear()")
    button(widget, "Play").click()
    python.wait_for("widget.state.frame", LAST_FRAME)
    assert 3 < page.evaluate("window.framesDrawn.size") <= 14
    widget.notebook.assert_clean()


def test_keys_clicks_and_a_dragged_field_find_their_spot(widget: WidgetPage) -> None:
    python = widget.notebook.python
    view, cells = marks(widget), widget.cell_count()
    assert view.get_attribute("aria-label").startswith("Movie of a field of 20.5")
    places = python.value("widget.state.result.found_px.tolist()")
    for key, trait, value in [
        ("ArrowLeft", "frame", LAST_FRAME - 1),
        ("Home", "frame", 0),
        ("ArrowRight", "frame", 1),
        ("End", "frame", LAST_FRAME),
        ("n", "chosen", 1),
        ("p", "chosen", 0),
        ("P", "chosen", len(places) - 1),
        ("Space", "playing", True),
        ("Space", "playing", False),
    ]:
        view.press(key)
        python.wait_for(f"widget.state.{trait}", value)

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

    for key, zoom in (("+", 2), ("+", 4), ("-", 2)):
        view.press(key)
        python.wait_for("widget.state.zoom", zoom)
    before = widget.wait_until_still()
    view.press("Shift+ArrowLeft")
    moved = widget.wait_until_still()
    assert moved != before, "the enlarged field has moved"
    box = view.bounding_box()
    assert box is not None
    mouse = widget.notebook.page.mouse
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(*middle)
    mouse.down()
    mouse.move(middle[0] - 500, middle[1] - 500, steps=4)
    mouse.move(middle[0] - 1000, middle[1] - 1000, steps=4)  # as far as the field goes
    mouse.up()
    assert widget.wait_until_still() != moved
    assert python.value("widget.state.chosen") == 6, "dragging chooses nothing"
    # Now the lower right quarter is seen.
    corner, scale = (SIDE_PX - 1) / 2, 2 * box["width"] / SIDE_PX
    spot = next(
        i
        for i, place in enumerate(places)
        if i != 6 and min(place) > corner + 5 and max(place) < 120
    )
    x, y = ((at - corner) * scale for at in places[spot])
    view.click(position={"x": x, "y": y})
    python.wait_for("widget.state.chosen", spot)
    assert widget.cell_count() == cells, "JupyterLab took none of the keys"
    widget.notebook.assert_clean()


def test_contrast_and_marks_follow_what_is_set(widget: WidgetPage) -> None:
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

    # Nearly all true spots are found: both marks of a spot are seen, and no mark hides the time.
    found, true = marks(widget).evaluate(COLORED)
    spots = python.value("len(widget.state.result.match.found)")
    assert found > 50 * spots
    assert true > 80 * spots
    on_top = ".anionx-movie-marks + .anionx-movie-stamp"
    expect(widget.container.locator(on_top)).to_be_visible()
    expect(widget.container.get_by_text("true", exact=True)).to_be_visible()
    slider(widget, "Excitation (W/cm\N{SUPERSCRIPT TWO})").press("Home")
    python.wait_for("widget.state.excitation_w_cm2", 0.05)
    python.wait_for("'trajectories' in vars(widget.state.result)", True)  # measured unasked
    widget.wait_until_still()
    dim_found, dim_true = marks(widget).evaluate(COLORED)
    assert dim_found < 0.6 * found, "dim spots are lost"
    assert dim_true > 0.9 * true, "and yet they are there"
    widget.container.get_by_label("Show true spots").press("Space")
    python.wait_for("widget.state.show_true", False)
    widget.wait_until_still()
    assert marks(widget).evaluate(COLORED)[1] == 0
    expect(widget.container.get_by_text("true", exact=True)).to_have_count(0)
    assert widget.status_text() == python.value("widget.describe()")
    widget.notebook.assert_clean()


def test_ones_own_movie_is_played_and_never_held(open_cells: OpenCells, screenshots: Path) -> None:
    widget = WidgetPage(open_cells(OWN_MOVIE, viewport=TALL))
    python = widget.notebook.python
    assert [control.name for control in widget.controls() if control.kind == "number"] == []
    assert "1 in 3 of its 900 frames is shown" in widget.status_text()
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
