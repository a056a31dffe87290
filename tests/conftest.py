"""The order of the tests, quick ones first, and which of them share a process when several run."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
ORDER = (
    "anionx_teach",
    "tests/library",
    "widgets",
    "tests/widgets",
    "tests",
    "tests/lessons",
    "tests/packaging",
    "tests/browser",
)
# These folders have something that is dear to make, once: a server with a browser, a wheel.
TOGETHER = ("tests/packaging", "tests/browser")


@pytest.hookimpl(tryfirst=True)  # pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by folder, and within a folder leave the order as it is; group by file or folder."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent
        while folder.is_relative_to(REPOSITORY):
            name = folder.relative_to(REPOSITORY).as_posix()
            if name in ORDER:
                return ORDER.index(name)
            folder = folder.parent
        return len(ORDER)

    items.sort(key=place)
    for item in items:
        folder = item.path.parent
        together = any(folder == REPOSITORY / name for name in TOGETHER)
        item.add_marker(pytest.mark.xdist_group(str(folder if together else item.path)))
