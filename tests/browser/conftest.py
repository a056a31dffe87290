"""One JupyterLab and one Chromium for all browser tests; a fresh page and kernel for each test."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from anionx_teach._doctor_command import CHROMIUM_ADVICE, find_chromium
from tests.browser.chromium import WIDE, running_browser
from tests.browser.jupyterlab_server import JupyterLabServer, running_server
from tests.browser.notebook_page import NotebookPage, opened_notebook, write_notebook

REPOSITORY = Path(__file__).resolve().parents[2]

OpenCells = Callable[..., NotebookPage]


def readme_images_wanted() -> bool:
    """Return whether this run renews the pictures of the README (ANIONX_README_IMAGES=1)."""
    return os.environ.get("ANIONX_README_IMAGES") == "1"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one the tests are skipped, or fail when it was asked for."""
    executable = find_chromium()
    if executable is None:
        if os.environ.get("ANIONX_REQUIRE_BROWSER") == "1":
            pytest.fail(f"ANIONX_REQUIRE_BROWSER=1, but {CHROMIUM_ADVICE}")
        pytest.skip(CHROMIUM_ADVICE)
    with running_browser(executable) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLabServer]:
    """A JupyterLab over an empty folder, into which tests write small notebooks."""
    notebooks = tmp_path_factory.mktemp("notebooks")
    with running_server(notebooks, tmp_path_factory.mktemp("home")) as lab:
        yield lab


@pytest.fixture
def open_cells(
    browser: Browser, server: JupyterLabServer, request: pytest.FixtureRequest
) -> Iterator[OpenCells]:
    """Return a function that opens a new notebook of the given cells and runs them all."""
    with contextlib.ExitStack() as open_pages:

        def open_and_run(*cells: str, viewport: ViewportSize = WIDE) -> NotebookPage:
            name = f"{abs(hash((request.node.nodeid, cells)))}.ipynb"
            write_notebook(server.notebook_dir / name, list(cells))
            page = open_pages.enter_context(opened_notebook(browser, server, name, viewport))
            page.hide_side_bar()
            page.run_all()
            return page

        yield open_and_run


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder where pictures are kept for people to look at."""
    folder = REPOSITORY / "tests" / "screenshots"
    folder.mkdir(exist_ok=True)
    return folder
