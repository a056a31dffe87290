"""Rise times read from curves: the first passages through levels, between samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers


def first_passage(time_s: Numbers, signal: Numbers, level: float) -> Numbers:
    """Return when curves (..., T) first reach a level between their first value and their maximum.

    Straight between samples; NaN for a curve that never exceeds its first value.
    """
    start = signal[..., :1]
    height = signal.max(axis=-1, keepdims=True) - start
    target = start + level * height
    after = np.argmax(signal >= target, axis=-1, keepdims=True)
    rises = height > 0
    after = np.where(rises, after, 1)  # any place with one before it: the result is NaN
    below = np.take_along_axis(signal, after - 1, axis=-1)
    above = np.take_along_axis(signal, after, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (target - below) / (above - below)
    passage = time_s[after - 1] + part * (time_s[after] - time_s[after - 1])
    return np.asarray(np.where(rises, passage, np.nan)[..., 0])
