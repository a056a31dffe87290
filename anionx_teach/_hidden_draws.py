"""What every hidden experiment needs to be drawn: a truth that a slider can meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from anionx_teach._hidden_experiment import HiddenParameter


def slider_step(
    rng: np.random.Generator, parameter: HiddenParameter, low: float, high: float
) -> float:
    """Return one of the slider's steps between low and high, so that it can be met exactly."""
    first = round((low - parameter.low) / parameter.step)
    last = round((high - parameter.low) / parameter.step)
    step = int(rng.integers(first, last + 1))
    return round(parameter.low + step * parameter.step, parameter.decimals)
