"""What every hidden experiment needs to be drawn: a truth that a slider can meet, fixed points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._validation import Numbers, read_only

if TYPE_CHECKING:
    from anionx_teach._hidden_experiment import HiddenParameter


def slider_step(
    rng: np.random.Generator, parameter: HiddenParameter, low: float, high: float
) -> float:
    """Return one of the slider's steps between low and high, so that it can be met exactly."""
    first = round((low - parameter.low) / parameter.step)
    last = round((high - parameter.low) / parameter.step)
    step = int(rng.integers(first, last + 1))
    return round(parameter.low + step * parameter.step, parameter.decimals)


def frozen(values: Numbers) -> Numbers:
    """Return a copy that cannot be changed in place."""
    return np.asarray(read_only(values), dtype=np.float64)
