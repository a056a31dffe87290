"""The switching explorer in a real page: the handles that the mouse pulls, the fit, the movie."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenCells
from tests.browser.test_widgets import TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser

START, END, MIDDLE, BACKGROUND, TOP = range(5)
MOVES = 8
NEAR_S, NEAR_LIGHT, NEAR_PX = 0.5, 0.5, 1.5
HAND = "[widget.state.start_time_s, widget.state.switching_time_s, widget.state.amplitude, "
HAND += "widget.state.background]"


@pytest.fixture
def widget(open_cells: OpenCells) -> WidgetPage:
    """The explorer in a new notebook."""
    return WidgetPage(open_cells(cells_of("SwitchingExplorer"), viewport=TALL))


def handle(widget: WidgetPage, number: int) -> Locator:
    """Return a handle, in the order in which they are drawn."""
    return widget.container.locator(".object_grp").nth(number)


def middle(element: Locator) -> tuple[float, float]:
    """Return where an element is on the screen."""
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(widget: WidgetPage, number: int, right_px: float, up_px: float) -> tuple[float, float]:
    """Pull a handle with the mouse; return how far it came, to the right and up."""
    mouse = widget.notebook.page.mouse
    x, y = middle(handle(widget, number))
    mouse.move(x, y)
    mouse.down()
    for move in range(1, MOVES + 1):
        mouse.move(x + right_px * move / MOVES, y - up_px * move / MOVES)
        widget.notebook.page.wait_for_timeout(20)
    mouse.up()
    widget.wait_until_still()
    new_x, new_y = middle(handle(widget, number))
    return new_x - x, y - new_y


def test_each_handle_pulls_its_part_of_the_curve(widget: WidgetPage) -> None:
    python = widget.notebook.python
    first, last = middle(handle(widget, START)), middle(handle(widget, END))
    start, rise, amplitude, background = python.value(HAND)
    s_per_px = rise / (last[0] - first[0])
    light_per_px = 0.8 * amplitude / (first[1] - last[1])

    assert pull(widget, START, 60, 25) == pytest.approx((60, 0), abs=NEAR_PX)
    assert python.value(HAND)[0] == pytest.approx(start + 60 * s_per_px, abs=NEAR_S)
    assert sum(python.value(HAND)[:2]) == pytest.approx(start + rise), "the end stays"
    assert pull(widget, END, 40, 0) == pytest.approx((40, 0), abs=NEAR_PX)
    end = start + rise + 40 * s_per_px
    assert sum(python.value(HAND)[:2]) == pytest.approx(end, abs=NEAR_S)
    before = python.value(HAND)
    assert pull(widget, MIDDLE, -30, 0) == pytest.approx((-30, 0), abs=NEAR_PX)
    after = python.value(HAND)
    assert after[0] == pytest.approx(before[0] - 30 * s_per_px, abs=NEAR_S)
    assert after[1] == pytest.approx(before[1]), "the whole rise moves"

    assert pull(widget, BACKGROUND, 15, 20) == pytest.approx((0, 20), abs=NEAR_PX)
    after = python.value(HAND)
    assert after[3] == pytest.approx(background + 20 * light_per_px, abs=NEAR_LIGHT)
    assert after[2] + after[3] == pytest.approx(amplitude + background), "the top stays"
    assert pull(widget, TOP, 0, 30) == pytest.approx((0, 30), abs=NEAR_PX)
    assert sum(python.value(HAND)[2:]) == pytest.approx(
        amplitude + background + 30 * light_per_px, abs=NEAR_LIGHT
    )
    assert widget.status_text() == python.value("widget.describe()")
    widget.notebook.assert_clean()


def test_a_handle_pulled_too_far_goes_back_to_where_it_may_be(widget: WidgetPage) -> None:
    python = widget.notebook.python
    end_x = middle(handle(widget, END))[0]
    pull(widget, START, 250, 0)
    smallest = python.value("widget.state.result.bounds['switching_time_s'].low")
    assert python.value(HAND)[1] == pytest.approx(smallest)
    assert middle(handle(widget, START))[0] == pytest.approx(end_x, abs=3)
    slider = widget.container.get_by_role("slider", name="Switching time")
    assert float(slider.input_value()) == pytest.approx(smallest)
    widget.notebook.assert_clean()


def test_by_hand_then_the_fit_then_the_whole_movie(widget: WidgetPage, screenshots: Path) -> None:
    python = widget.notebook.python
    for name, value in (("Start", "149"), ("Switching time", "20"), ("Amplitude", "108")):
        field = widget.container.get_by_role("spinbutton", name=name)
        field.fill(value)
        field.press("Enter")
    python.wait_for(HAND, [149.0, 20.0, 108.0, 0.0])
    widget.wait_until_still()
    assert python.value("float(widget.state.result.misfit.reduced_chi2[0])") < 1.2
    widget.container.get_by_role("button", name="Let it fit").click()
    python.wait_for("widget.state.fitted", True)
    legend = widget.container.get_by_role("listitem")
    expect(legend.filter(has_text="the fit: reduced chi2")).to_be_visible()
    widget.container.get_by_role("button", name="Fit the whole movie").click()
    python.wait_for("widget.state.movie_shown", True)
    bias = widget.container.get_by_role("img", name="Bias against the truth")
    expect(bias).to_be_visible()
    widget.wait_until_still()
    assert "Against the truth" in widget.status_text()
    widget.container.screenshot(path=screenshots / "SwitchingExplorer-movie.png")
    widget.container.get_by_role("button", name="Reset").click()
    python.wait_for("widget.state.movie_shown", False)
    expect(bias).to_have_count(0)
    widget.notebook.assert_clean()
