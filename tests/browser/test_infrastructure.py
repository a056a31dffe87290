"""The browser tests' own tools notice what they are there to notice."""

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from tests.browser.chromium import is_local
from tests.browser.conftest import OpenCells
from tests.browser.kernel_client import KernelError

pytestmark = pytest.mark.browser

SLIDER = """import ipywidgets
slider = ipywidgets.IntSlider(value=3, max=10)
ipywidgets.VBox([slider])"""


def test_a_widget_and_python_share_their_state(open_cells: OpenCells) -> None:
    notebook = open_cells(SLIDER)
    handle = notebook.output_of(0).locator(".noUi-handle")
    handle.focus()
    handle.press("ArrowRight")
    notebook.python.wait_for("slider.value", 4)
    notebook.python.run("slider.value = 9")
    notebook.page.wait_for_function(
        "() => document.querySelector('.widget-readout').textContent === '9'"
    )
    notebook.assert_clean()


def test_a_cell_that_raises_fails_the_run(open_cells: OpenCells) -> None:
    with pytest.raises(AssertionError, match="ZeroDivisionError: division by zero"):
        open_cells("1 / 0", "print('never reached')")


def test_a_question_that_raises_fails_the_test(open_cells: OpenCells) -> None:
    notebook = open_cells("answer = 42")
    assert notebook.python.value("[answer, 'quote \\' and line\\n']") == [42, "quote ' and line\n"]
    with pytest.raises(KernelError, match="NameError"):
        notebook.python.value("no_such_name")
    with pytest.raises(AssertionError, match="answer is 42, expected 43"):
        notebook.python.wait_for("answer", 43, timeout_s=0.2)


def test_console_errors_are_collected(open_cells: OpenCells) -> None:
    notebook = open_cells("answer = 42")
    notebook.page.evaluate("() => { console.error('a widget said so'); }")
    with pytest.raises(AssertionError, match="a widget said so"):
        notebook.assert_clean()


def test_axe_finds_the_slider_without_a_name(open_cells: OpenCells) -> None:
    notebook = open_cells(SLIDER)
    notebook.output_of(0).locator(".noUi-handle").wait_for()
    found = Axe().run(notebook.page, context=".widget-slider").response["violations"]
    assert "aria-input-field-name" in {violation["id"] for violation in found}


@pytest.mark.parametrize(
    "request_code",
    [
        "() => fetch('https://example.org/data').catch(() => null)",
        "() => new Promise((done) => { new WebSocket('wss://example.org/').onerror = done; })",
    ],
    ids=["fetch", "websocket"],
)
def test_requests_that_leave_the_machine_are_refused_and_listed(
    open_cells: OpenCells, request_code: str
) -> None:
    notebook = open_cells("answer = 42")
    notebook.page.evaluate(request_code)
    notebook.console_errors.clear()
    with pytest.raises(AssertionError, match=r"asked the network for .*example\.org"):
        notebook.assert_clean()


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8888/lab", True),
        ("ws://localhost:1/api", True),
        ("data:image/png;base64,AAAA", True),
        ("blob:http://127.0.0.1:8888/1-2-3", True),
        ("https://example.org/127.0.0.1", False),
        ("https://127.0.0.1.example.org/", False),
    ],
)
def test_local_addresses(url: str, local: bool) -> None:
    assert is_local(url) is local
