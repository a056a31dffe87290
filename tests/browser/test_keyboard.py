"""Keys pressed in a widget stay in it, and those that belong to JupyterLab still reach it."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenCells
from tests.browser.notebook_page import NotebookPage
from tests.browser.widget_page import CONTROLS, WidgetPage, cells_of

pytestmark = pytest.mark.browser

HIDDEN_MATCH = """import tempfile
from anionx_teach.hidden_experiments import hidden_emission
from anionx_widgets import Lesson
lesson = Lesson("02_confinement", folder=tempfile.mkdtemp())
widget = lesson.hidden(hidden_emission(3))
widget"""
TRANSFER = "lesson.import_progress()"
NOTEBOOK = """() => [
  window.notebookPanel().content.activeCellIndex, window.notebookCells().map((cell) => cell.id)]"""
# Shortcuts of a notebook: cells are selected, inserted, cut, changed in their kind.
SHORTCUTS = ("ArrowDown", "ArrowUp", "j", "a", "b", "x", "m", "1")


def control(notebook: NotebookPage, selector: str) -> Locator:
    """Return the first control of that kind in the output of the first cell."""
    found = notebook.output_of(0).locator(selector).first
    found.wait_for()
    return found


def test_no_control_of_a_lesson_lets_a_shortcut_through(open_cells: OpenCells) -> None:
    notebook = open_cells(HIDDEN_MATCH, TRANSFER)
    notebook.page.get_by_role("button", name="Put my progress back").wait_for()
    controls = notebook.page.locator(".jp-OutputArea-output").locator(CONTROLS)
    visible = [found for found in controls.all() if found.is_visible()]
    assert {found.evaluate("(e) => e.type") for found in visible} >= {"range", "number", "submit"}
    for found in visible:
        found.focus()  # selects the cell around it
        before = notebook.page.evaluate(NOTEBOOK)
        for key in SHORTCUTS:
            found.focus()
            found.press(key)
            pressed = f"{key} in {found.evaluate('(e) => e.outerHTML')}"
            assert notebook.page.evaluate(NOTEBOOK) == before, f"JupyterLab took {pressed}"
    notebook.assert_clean()


def test_the_buttons_of_a_hidden_experiment_obey_the_keyboard(open_cells: OpenCells) -> None:
    widget = WidgetPage(open_cells(HIDDEN_MATCH))
    python = widget.notebook.python
    start = python.value("widget.state.values")
    control(widget.notebook, "input[type=range]").press("ArrowUp")
    python.wait_for("widget.state.values != dict(" + repr(start) + ")", True)
    record = widget.container.get_by_role("button", name="Record this match")
    for key, recorded in [("Enter", "1 match recorded"), ("Space", "2 matches recorded")]:
        record.press(key)
        expect(widget.container.get_by_text(recorded)).to_be_visible()
    widget.container.get_by_role("button", name="Reset").press("Enter")
    python.wait_for("widget.state.values", start)
    widget.notebook.assert_clean()


def test_keys_of_jupyterlab_still_reach_it(open_cells: OpenCells) -> None:
    notebook = open_cells("count = 0", HIDDEN_MATCH.replace("widget\n", "widget;", 1))
    page, python = notebook.page, notebook.python
    output = notebook.output_of(1)
    field, slider = output.locator("input[type=number]").first, output.locator("input").nth(1)
    notebook.set_source(0, "count = 1")
    page.wait_for_function("() => window.notebookPanel().context.model.dirty")
    slider.press("Control+s")
    page.wait_for_function("() => !window.notebookPanel().context.model.dirty")
    runs = "() => window.codeCells()[1].executionCount"
    before = page.evaluate(runs)
    field.press("Shift+Enter")  # hands over what was typed, as Enter does
    slider.press("Escape")
    python.value("count")
    assert page.evaluate(runs) == before
    slider.press("Shift+Enter")
    page.wait_for_function(f"(before) => ({runs})() > before", arg=before)


def test_measuring_is_told_at_once_and_keeps_the_focus(open_cells: OpenCells) -> None:
    widget = WidgetPage(open_cells(cells_of("BatchExplorer")))
    button = control(widget.notebook, "button")
    expect(button).to_have_text("Measure the micrograph")
    # Slow enough to be seen on any machine.
    widget.notebook.python.run(
        "import time\n_measure = widget.state.measure\n"
        "widget.state.measure = lambda: (time.sleep(2), _measure())"
    )
    button.press("Enter")
    expect(button).to_have_text("Measuring ...", timeout=1500)
    expect(widget.container.get_by_role("status")).to_contain_text("Measuring ...", timeout=1500)
    expect(button).to_have_text("Measure the micrograph", timeout=20_000)
    expect(widget.container.get_by_role("status")).to_contain_text("crystals measured")
    expect(button).to_be_focused()
    widget.notebook.assert_clean()
