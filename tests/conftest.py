"""The order of the tests: what is quick to run and to understand fails first."""

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by folder, and within a folder leave the order as it is."""

    def place(item: pytest.Item) -> int:
        folder = item.path.parent
        while folder.is_relative_to(REPOSITORY):
            name = folder.relative_to(REPOSITORY).as_posix()
            if name in ORDER:
                return ORDER.index(name)
            folder = folder.parent
        return len(ORDER)

    items.sort(key=place)
