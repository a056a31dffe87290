"""The mouse on the batch explorer: a bar of the histogram marks its crystals, a button measures."""

from pathlib import Path

import pytest

from tests.browser.conftest import OpenCells
from tests.browser.test_widgets import TALL
from tests.browser.widget_page import WidgetPage, cells_of

pytestmark = pytest.mark.browser

HIGHEST_BAR = """(root) => {
  const bars = [...root.querySelectorAll(".bars .bar, rect.bar")];
  return bars.reduce((best, bar, i) =>
    bar.getBBox().height > bars[best].getBBox().height ? i : best, 0);
}"""


def test_a_clicked_bar_marks_its_crystals_and_the_button_measures_them(
    open_cells: OpenCells, screenshots: Path
) -> None:
    widget = WidgetPage(open_cells(cells_of("BatchExplorer"), viewport=TALL))
    python = widget.notebook.python
    bars = widget.container.locator(".bars .bar, rect.bar")
    highest = bars.nth(widget.container.evaluate(HIGHEST_BAR))

    highest.click()
    python.wait_for("widget.state.result.marked is not None", True)
    marked = python.value("widget.state.result.marked.n_crystals")
    assert marked > 50, "the highest bar of 300 crystals"
    widget.wait_until_still()
    assert "marked" in widget.status_text().lower()

    highest.click()
    python.wait_for("widget.state.result.marked is None", True)

    widget.container.get_by_role("button", name="Measure the micrograph").click()
    python.wait_for("widget.state.result.measured is not None", True, timeout_s=60)
    measured = python.value("widget.state.result.measured.histogram.fit.mean_nm")
    drawn = python.value("widget.state.result.sample.histogram.fit.mean_nm")
    assert measured == pytest.approx(drawn, rel=0.03)
    widget.wait_until_still()
    assert "reject" in widget.status_text().lower()
    widget.container.screenshot(path=screenshots / "BatchExplorer-measured.png")
    widget.notebook.assert_clean()
