"""The truth and the camera of a movie as texts that fit into its file: JSON, nothing that runs."""

from __future__ import annotations

import dataclasses
import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach.camera import Camera

# NumPy kinds whose values JSON says exactly; text is written as "text".
_PLAIN_KINDS = "biuf"
_TEXT = "text"


def truth_text(truth: pd.DataFrame | None) -> str:
    """Return the table as text, with the type of each column; "" when nothing is known."""
    if truth is None:
        return ""
    columns = {str(name): _column(str(name), truth[name]) for name in truth.columns}
    return json.dumps(columns)


def truth_from_text(path: Path, text: str | None) -> pd.DataFrame | None:
    """Return the table that was written, or None."""
    if not text:
        return None
    import pandas as pd

    try:
        columns = {name: _values(**column) for name, column in json.loads(text).items()}
        return pd.DataFrame(columns)
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        _warn(path, "truth", error)
        return None


def camera_text(camera: Camera | None) -> str:
    """Return the settings of a camera as text; "" when it is not known."""
    return "" if camera is None else json.dumps(dataclasses.asdict(camera), default=float)


def camera_from_text(path: Path, text: str | None) -> Camera | None:
    """Return the camera that was written, or None."""
    if not text:
        return None
    from anionx_teach.camera import Camera

    try:
        return Camera(**json.loads(text))
    except (TypeError, ValueError) as error:
        _warn(path, "camera", error)
        return None


def _column(name: str, column: pd.Series[Any]) -> dict[str, Any]:
    """Return the type and the values of a column."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in _PLAIN_KINDS and isinstance(column.dtype, np.dtype):
        return {"type": column.dtype.name, "values": column.tolist()}
    values = column.tolist()
    if all(isinstance(value, str) for value in values):
        return {"type": _TEXT, "values": values}
    msg = f"truth must have columns of numbers, truths or texts, got {column.dtype} in {name!r}"
    raise TypeError(msg)


def _values(*, type: str, values: list[Any]) -> Any:
    """Return the values of a column in the type that it had."""
    if type == _TEXT:
        return [str(value) for value in values]
    dtype = np.dtype(type)
    if dtype.kind not in _PLAIN_KINDS:
        msg = f"a column of type {type}"
        raise ValueError(msg)
    return np.array(values, dtype)


def _warn(path: Path, what: str, error: Exception) -> None:
    """Warn that a text in the file is not what we wrote."""
    msg = f"the {what} in {path} cannot be understood ({error}): the movie is read without it"
    warnings.warn(msg, UserWarning, stacklevel=4)
