"""Round numbers for axes, so that a moved slider moves the curves and seldom the axes."""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_ENDS: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


def nice_end(value: float) -> float:
    """Return the smallest round number that is not below a positive value."""
    return _round_up(value, _ENDS)


def nice_step(value: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is not below a positive value."""
    return _round_up(value, _STEPS)


def ticks(low: float, high: float, n_most: int = 5) -> Numbers:
    """Return round numbers from `low` to `high`, about `n_most` of them."""
    step = nice_step((high - low) / n_most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return step * np.arange(first, last + 1, dtype=np.float64)


def log_ends(low: float, high: float) -> tuple[float, float]:
    """Return round numbers around two positive values, for a logarithmic axis."""
    return 1 / nice_step(1 / low), nice_step(1.0001 * high)


def log_ticks(low: float, high: float, n_most: int = 7) -> Numbers:
    """Return round numbers from `low` to `high`: 1, 2, 5 or, over many decades, powers of ten."""
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if 3 * (last - first) < n_most:
        fine = np.outer(10.0 ** np.arange(first - 1, last + 1), _STEPS[:3]).ravel()
        fine = fine[(fine >= low * (1 - 1e-9)) & (fine <= high * (1 + 1e-9))]
        if len(fine) <= n_most:
            return fine
    every = max(1, math.ceil((last - first) / n_most))
    return 10.0 ** np.arange(first, last + 1, every, dtype=np.float64)


def log_spaced(low: float, high: float, n: int) -> Numbers:
    """Return n values from `low` to `high`, both exactly, at equal ratios."""
    return np.geomspace(low, high, n)


def _round_up(value: float, mantissas: tuple[float, ...]) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return power * next(m for m in mantissas if value <= m * power * (1 + 1e-9))
