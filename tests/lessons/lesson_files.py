"""The lessons as notebooks, for the tests that read or run them."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

REPOSITORY = Path(__file__).resolve().parents[2]
LESSONS = sorted((REPOSITORY / "lessons").glob("[0-9][0-9]_*.ipynb"))
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def read(path: Path) -> Any:
    """Return a notebook, checked against the format."""
    notebook: Any = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def tags(cell: Any) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def code_cells(notebook: Any) -> list[Any]:
    """Return the cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def called_methods(notebook: Any) -> set[str]:
    """Return the names of every method that a notebook calls."""
    return {
        node.func.attr
        for cell in code_cells(notebook)
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def long_functions(notebook: Any, most_lines: int) -> Iterator[str]:
    """Yield the name of each function defined in a notebook with more lines than allowed."""
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > most_lines:
                    yield f"{node.name} ({lines} lines)"
