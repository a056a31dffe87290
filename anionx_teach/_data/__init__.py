"""The carried numbers: one CSV file a subject, one row a number, read once.

Columns: id, quantity, value, unit, uncertainty, conditions, source (or location, a place in the
paper), evidence, note. A cell may hold several values or words; nothing is split on reading.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, str]


@cache
def rows(table: str) -> dict[str, Row]:
    """Return the rows of one table by their id, in the order of the file."""
    text = (files(__name__) / f"{table}.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def number_or_text(cell: str) -> float | str | None:
    """Return a float when the cell is one number, its text when not, None when it is empty."""
    try:
        return float(cell)
    except ValueError:
        return cell or None


def frame(*tables: str) -> pd.DataFrame:
    """Return tables, one below the other, as a fresh frame; NaN where nothing was written."""
    import pandas as pd

    table = pd.DataFrame([row for name in tables for row in rows(name).values()])
    for name in table.columns:
        cells = [number_or_text(cell) for cell in table[name]]
        table[name] = pd.Series([float("nan") if cell is None else cell for cell in cells])
    return table
