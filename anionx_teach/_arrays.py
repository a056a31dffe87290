"""Scalars and arrays alike: what functions that broadcast share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers


def plain(values: Numbers) -> Numbers | float:
    """Return a plain float for a single value, arrays as they are."""
    return float(values) if np.ndim(values) == 0 else values


def require_broadcast(**arrays: Numbers) -> None:
    """Raise a ValueError that names the arguments when their shapes do not broadcast."""
    shapes = [np.shape(array) for array in arrays.values()]
    try:
        np.broadcast_shapes(*shapes)
    except ValueError:
        listed = " and ".join(map(str, shapes))
        msg = f"{' and '.join(arrays)} must broadcast, got shapes {listed}"
        raise ValueError(msg) from None
