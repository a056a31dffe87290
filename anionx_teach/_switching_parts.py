"""How the tables of many trajectories are worked on: some rows, and some frames, at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

LANES = 16
"""Sums over frames are so many sums side by side, which are added at the end."""

FRAMES_AT_ONCE = 4 * LANES
"""Of the compiled loops; their times and weights are filled up to a multiple of it."""

_ELEMENTS_AT_ONCE = 32_768


def row_parts(n_rows: int, n_columns: int) -> list[slice]:
    """Return parts of the rows of a table that stay in the cache while they are worked on."""
    at_once = max(1, _ELEMENTS_AT_ONCE // max(n_columns, 1))
    return [slice(first, first + at_once) for first in range(0, n_rows, at_once)]


def added_up(products: Numbers, n_rows: int) -> Numbers:
    """Return the sums over the frames of `products` (T, R), in the order of the loop."""
    four = products.reshape(-1, 4, LANES * n_rows)
    pairs = four[:, 0::2] + four[:, 1::2]
    lanes = np.add.reduce(pairs[:, 0] + pairs[:, 1], axis=0)
    a, b, c, d = lanes.reshape(4, 4, n_rows)
    quarters = (a + b) + (c + d)
    return np.asarray((quarters[0] + quarters[1]) + (quarters[2] + quarters[3]))
