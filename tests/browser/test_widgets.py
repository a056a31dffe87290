"""Every widget in a real JupyterLab: it draws, obeys the keyboard, keeps up and is accessible."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import ViewportSize, expect

from tests.browser.chromium import WIDE
from tests.browser.conftest import REPOSITORY, OpenCells, readme_images_wanted
from tests.browser.widget_page import SHAKE, WidgetPage, cells_of

pytestmark = pytest.mark.browser

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
README_WIDGET = "ConfinementExplorer"
NARROW_PX = 700
TALL: ViewportSize = {"width": WIDE["width"], "height": 2100}
DARK, LIGHT = "JupyterLab Dark", "JupyterLab Light"

# How long the last of a hundred moves may take to arrive.
SETTLE_LIMIT_S = 3.0
SAID_TIMEOUT_MS = 15_000

Show = Callable[..., WidgetPage]


@pytest.fixture
def show(open_cells: OpenCells) -> Show:
    """Return a function that shows a widget by its name, in a new notebook."""

    def show_widget(name: str, viewport: ViewportSize = TALL) -> WidgetPage:
        return WidgetPage(open_cells(cells_of(name), viewport=viewport))

    return show_widget


@pytest.mark.parametrize("name", WIDGETS)
def test_every_control_obeys_the_keyboard_and_keeps_its_keys(show: Show, name: str) -> None:
    widget = show(name)
    at_the_start = widget.state()
    faults: list[str] = []
    (reset,) = [control for control in widget.controls() if control.name.startswith("Reset")]
    tried = {reset.number}
    # Some controls are shown or enabled by others: they get their turn in a later round.
    while ready := [c for c in widget.controls() if c.number not in tried and c.is_enabled()]:
        for control in ready:
            tried.add(control.number)
            for key in control.effective_keys():
                faults += widget.effect_of(control, key)
    never = [control for control in widget.controls() if control.number not in tried]
    faults += [f"{control.kind} {control.name!r} is never enabled" for control in never]
    assert len(tried) > 1, "no control but Reset is shown"
    faults += widget.effect_of(reset, "Enter")
    assert not faults, "\n".join(faults)
    widget.wait_until_still()
    assert widget.state() == at_the_start, "Reset gives back the start exactly"
    taken = _keys_that_the_notebook_took(widget)
    assert not taken, f"JupyterLab took the key pressed in {taken}"
    widget.notebook.assert_clean()


def _keys_that_the_notebook_took(widget: WidgetPage) -> list[str]:
    """Press in each control a key that inserts a cell in JupyterLab's command mode."""
    cells = widget.cell_count()
    taken = []
    for control in widget.controls():
        if control.is_enabled():
            control.press("b")
            if widget.cell_count() != cells:
                taken.append(f"{control.kind} {control.name!r}")
                cells = widget.cell_count()
    return taken


@pytest.mark.parametrize("name", WIDGETS)
def test_a_hundred_rapid_moves_leave_the_last_one_and_no_queue(show: Show, name: str) -> None:
    widget = show(name)
    python = widget.notebook.python
    slider = next(control for control in widget.controls() if control.kind == "range")
    label = slider.name.rsplit(" (", 1)[0]
    last = slider.element.evaluate(SHAKE)
    released = time.monotonic()
    python.wait_for(f"_test_control({label!r}).value", last)
    # The kernel answers only after the moves queued before, so the wait itself may take too long.
    settled_s = time.monotonic() - released
    widget.wait_until_still()
    # What waits until the slider rests comes later on a busy machine.
    said = python.value("widget.describe()")
    status = widget.container.get_by_role("status").first
    expect(status).to_have_text(said, use_inner_text=True, timeout=SAID_TIMEOUT_MS)
    drawn = widget.wait_until_still()
    updates = python.value("len(_test_updates)")
    assert 1 <= updates <= 100
    assert settled_s < SETTLE_LIMIT_S
    # Nothing is left to be done: neither the drawing nor the count of updates moves any more.
    widget.notebook.page.wait_for_timeout(500)
    assert python.value("len(_test_updates)") == updates
    assert widget.drawn() == drawn
    widget.notebook.assert_clean()


@pytest.mark.parametrize("name", WIDGETS)
def test_it_is_accessible_and_whole_dark_light_and_narrow(
    show: Show, name: str, screenshots: Path
) -> None:
    widget = show(name)
    page = widget.notebook.page
    # Light comes last: JupyterLab keeps the theme for whoever opens it next.
    for theme, suffix in [(DARK, "dark"), (LIGHT, "light")]:
        widget.notebook.use_theme(theme)
        widget.wait_until_still()
        widget.container.screenshot(path=screenshots / f"{name}-{suffix}.png")
        found = Axe().run(page, context="[data-under-test]")
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"
    if name == README_WIDGET and readme_images_wanted():
        images = REPOSITORY / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(screenshots / f"{name}-light.png", images / "confinement_explorer.png")
    page.set_viewport_size({"width": NARROW_PX, "height": 3600})
    widget.wait_until_still()
    widget.container.screenshot(path=screenshots / f"{name}-narrow.png")
    overflow_px = widget.container.evaluate("(e) => e.scrollWidth - e.clientWidth")
    assert overflow_px <= 1, f"{overflow_px} px are cut off in a window {NARROW_PX} px wide"
    widget.notebook.assert_clean()
