"""A notebook open in JupyterLab in a browser: run it, see what it shows, ask its kernel."""

import contextlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, ViewportSize

from tests.browser.chromium import WIDE, offline_context
from tests.browser.jupyterlab_server import JupyterLabServer
from tests.browser.kernel_client import KernelClient, connected

OPEN_TIMEOUT_MS = 90_000
RUN_TIMEOUT_S = 120.0
# A run asked for before the kernel is connected is lost without a word, so it is asked for again.
RUN_STARTS_WITHIN_S = 3.0

# JupyterLab asks once for a workspace that does not exist yet: the answer 404 is not a fault.
KNOWN_CONSOLE_ERRORS = ("/api/workspaces/",)

FIND_PANEL = """
window.notebookPanel = () =>
  [...(window.jupyterapp?.shell.widgets("main") ?? [])].find((widget) => widget.content?.model?.cells);
window.notebookKernel = () => window.notebookPanel()?.sessionContext?.session?.kernel;
window.notebookCells = () => {
  const cells = window.notebookPanel().content.model.cells;
  return [...Array(cells.length).keys()].map((i) => cells.get(i));
};
window.codeCells = () =>
  window.notebookCells().filter((c) => c.type === "code" && c.sharedModel.getSource().trim());
"""
KERNEL_READY = """() => {
  const kernel = window.notebookKernel();
  return kernel?.connectionStatus === "connected" && kernel.status === "idle";
}"""
RUN_STARTED = """(before) => window.codeCells().some(
  (cell, i) => cell.executionState === "running" || cell.executionCount !== before[i])"""
COUNTS = "() => window.codeCells().map((cell) => cell.executionCount)"
RUN_FINISHED = """() => window.notebookKernel().status === "idle" && window.codeCells().every(
  (cell) => cell.executionState !== "running" && cell.executionCount !== null)"""
ERROR_OUTPUTS = """() => window.codeCells().flatMap((cell) =>
  cell.outputs.toJSON().filter((output) => output.output_type === "error").map((output) =>
    `${cell.sharedModel.getSource()}\\n${output.ename}: ${output.evalue}`))"""


class NotebookPage:
    """One notebook in one browser page; made by `opened_notebook`."""

    def __init__(self, page: Page, server: JupyterLabServer, refused: list[str]) -> None:
        self.page = page
        self.refused_requests = refused
        self.console_errors: list[str] = []
        self._server = server
        self._kernel: KernelClient | None = None
        self._hang_up = contextlib.ExitStack()
        page.on("console", self._keep_console_error)
        page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        page.add_init_script(FIND_PANEL)

    def open(self, notebook: str) -> None:
        """Open the notebook and wait until its kernel is connected and idle."""
        self.page.goto(self._server.page_url(notebook, f"test-{uuid.uuid4().hex}"))
        self.page.wait_for_function(KERNEL_READY, timeout=OPEN_TIMEOUT_MS)

    def run_all(self, timeout_s: float = RUN_TIMEOUT_S) -> None:
        """Run every cell and wait for the last; an output of type error fails the test."""
        deadline = time.monotonic() + timeout_s
        while not self._run_all_started():
            assert time.monotonic() < deadline, "Run All was not taken up by the kernel"
        while not self.page.evaluate(RUN_FINISHED):
            self.assert_no_cell_error()
            assert time.monotonic() < deadline, f"the cells did not finish in {timeout_s:g} s"
            self.page.wait_for_timeout(100)
        self.assert_no_cell_error()

    def assert_no_cell_error(self) -> None:
        """Fail with the source and message of each cell that raised."""
        errors = self.page.evaluate(ERROR_OUTPUTS)
        assert not errors, "\n\n".join(errors)

    def assert_clean(self) -> None:
        """Fail on console errors, and on requests that would have left the machine."""
        self.assert_no_cell_error()
        assert not self.console_errors, "console errors:\n" + "\n".join(self.console_errors)
        assert not self.refused_requests, f"asked the network for {self.refused_requests}"

    @property
    def python(self) -> KernelClient:
        """A client of this notebook's kernel, connected when first needed."""
        if self._kernel is None:
            kernel_id = self.page.evaluate("() => window.notebookKernel().id")
            connection = connected(self._server.connection_file(kernel_id))
            self._kernel = self._hang_up.enter_context(connection)
        return self._kernel

    def use_theme(self, name: str) -> None:
        """Switch to a theme of JupyterLab, such as "JupyterLab Dark", and wait until it is on."""
        change = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
        self.page.evaluate(change, name)
        self.page.wait_for_function(
            "(theme) => document.body.dataset.jpThemeName === theme", arg=name
        )

    def sources(self) -> list[str]:
        """Return the source of each code cell that is not empty, in their order."""
        found: list[str] = self.page.evaluate(
            "() => window.codeCells().map((cell) => cell.sharedModel.getSource())"
        )
        return found

    def set_source(self, index: int, source: str) -> None:
        """Replace the source of one of the cells that `sources` counts."""
        change = "([index, text]) => window.codeCells()[index].sharedModel.setSource(text)"
        self.page.evaluate(change, [index, source])

    def hide_side_bar(self) -> None:
        """Give the notebook the whole width, as on a small screen."""
        collapse = "() => window.jupyterapp.shell.collapseLeft()"
        self.page.evaluate(collapse)

    def output_of(self, cell_number: int) -> Locator:
        """Return the output area of the n-th cell, counted from 0, scrolled into view."""
        area = self.page.locator(".jp-Notebook .jp-Cell").nth(cell_number)
        output = area.locator(".jp-Cell-outputArea").first
        output.scroll_into_view_if_needed()
        return output

    def close(self) -> None:
        """Hang up and end the kernel, so that it does not take time from the next test."""
        self._hang_up.close()
        with contextlib.suppress(Exception):  # a page that never opened has no kernel
            self.page.evaluate("() => window.notebookPanel()?.sessionContext.shutdown()")

    def _run_all_started(self) -> bool:
        """Ask JupyterLab to run all cells; say whether the kernel took it up."""
        before = self.page.evaluate(COUNTS)
        run = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
        self.page.evaluate(run)
        deadline = time.monotonic() + RUN_STARTS_WITHIN_S
        while time.monotonic() < deadline:
            if self.page.evaluate(RUN_STARTED, before):
                return True
            self.page.wait_for_timeout(50)
        return False

    def _keep_console_error(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        known = any(part in address for part in KNOWN_CONSOLE_ERRORS)
        if message.type == "error" and not known:
            self.console_errors.append(f"{message.text} ({address})")


@contextlib.contextmanager
def opened_notebook(
    browser: Browser, server: JupyterLabServer, notebook: str, viewport: ViewportSize = WIDE
) -> Iterator[NotebookPage]:
    """Open a notebook of the server's folder in a fresh profile, and close both at the end."""
    context, refused = offline_context(browser, viewport)
    try:
        opened = NotebookPage(context.new_page(), server, refused)
        try:
            opened.open(notebook)
            yield opened
        finally:
            opened.close()
    finally:
        context.close()


def write_notebook(path: Path, cells: list[str]) -> None:
    """Write a small notebook of code cells."""
    new: Any = nbformat.v4
    notebook = new.new_notebook(cells=[new.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    path.write_text(new.writes(notebook), encoding="utf-8")
