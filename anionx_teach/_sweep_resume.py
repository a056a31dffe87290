"""Taking up a sweep again: which rows of an earlier table may stay."""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from anionx_teach._sweep_rows import (
    DRAW_COLUMNS,
    INDEX,
    MODEL_COLUMNS,
    RESULT_COLUMNS,
    Row,
    key_text,
    rounded,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from anionx_teach.exchange import CooperativeModel

Cells = Mapping[Any, Any]

# A CSV reader may miss the last digit of a number; no two settings are meant to be this close.
_SAME = 1e-12
# A provenance is words for people: no result depends on it, and a CSV reader may lose it.
_SETTINGS = tuple(name for name in MODEL_COLUMNS if name != "provenance")


def rows_to_keep(
    previous: object,
    models: list[CooperativeModel],
    n_particles: int,
    seed: np.random.SeedSequence,
) -> dict[int, Row]:
    """Return the rows of `previous` by condition; ValueError unless they belong to this sweep."""
    table = _table(previous)
    drawn = {"n_particles": n_particles, "random_key": key_text(seed)}
    kept: dict[int, Row] = {}
    for label, row in zip(table.index, table.to_dict("records"), strict=True):
        condition = _condition(label, len(models))
        if condition in kept:
            _refuse(f"condition {condition} comes twice")
        expected = {name: getattr(models[condition], name) for name in _SETTINGS}
        _require_same(condition, row, expected | drawn)
        kept[condition] = _results(condition, row, n_particles)
    return kept


def _table(previous: object) -> pd.DataFrame:
    """Return the table with the conditions as its index, as `sweep` makes it or a CSV holds it."""
    import pandas as pd

    if not isinstance(previous, pd.DataFrame):
        msg = f"previous must be a table of sweep() or None, got {previous!r}"
        raise TypeError(msg)
    table = previous.set_index(INDEX) if INDEX in previous.columns else previous
    wanted = (*MODEL_COLUMNS, *DRAW_COLUMNS, *RESULT_COLUMNS)
    missing = [name for name in wanted if name not in table.columns]
    if table.index.name != INDEX:
        missing.insert(0, INDEX)
    if missing:
        _refuse(f"it has no column {', '.join(missing)}")
    return table


def _condition(label: Any, n_models: int) -> int:
    """Return the position that a row of the table stands for."""
    if isinstance(label, bool) or not hasattr(label, "__index__"):
        _refuse(f"condition {label!r} is not a whole number")
    condition = operator.index(label)
    if not 0 <= condition < n_models:
        _refuse(f"it has condition {condition}, and there are {n_models} models")
    return condition


def _require_same(condition: int, row: Cells, expected: Cells) -> None:
    """Refuse a row that was made with other settings."""
    for name, value in expected.items():
        if _is_same(row[name], value):
            continue
        if name == "random_key":
            _refuse("it was made with another rng: give the same int or SeedSequence as then")
        _refuse(f"condition {condition} has {name} = {row[name]!r} there and {value!r} here")


def _is_same(there: Any, here: Any) -> bool:
    """Compare two cells; numbers up to what a CSV reader may change."""
    if isinstance(here, str):
        return bool(there == here)
    try:
        return math.isclose(float(there), float(here), rel_tol=_SAME)
    except (TypeError, ValueError):
        return False


def _results(condition: int, row: Cells, n_particles: int) -> Row:
    """Return the results of a row, with the digits they had."""
    try:
        results = {name: rounded(float(row[name])) for name in RESULT_COLUMNS}
    except (TypeError, ValueError):
        _refuse(f"condition {condition} holds something else than numbers")
    if n_particles and math.isnan(results["mean_s"]):
        _refuse(f"condition {condition} has no mean_s")
    return results


def _refuse(reason: str) -> NoReturn:
    msg = f"previous does not belong to this sweep: {reason}"
    raise ValueError(msg)
