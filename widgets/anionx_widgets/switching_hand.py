"""The curve that is drawn by hand: where its numbers may lie, and a first guess to improve."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from anionx_widgets.round_numbers import nice_end, nice_step

if TYPE_CHECKING:
    from anionx_teach.trajectories import Trajectories

HAND: Final = (
    "start_time_s",
    "switching_time_s",
    "amplitude",
    "background",
    "decay_rate_per_s",
)
"""The numbers of the curve, by their names in `switching_curve`."""
_STEPS: Final = 400  # of a slider, from end to end, at least
_DECAY_STEPS: Final = 200
_FASTEST_DECAYS: Final = 5.0  # e-folds of the light over the whole movie
_LIGHT_PARTS: Final = 8.0  # round numbers on the axis of the light, about
_ROOM: Final = 0.03  # above the brightest frame
_FAR_FROM_DARK: Final = 0.5  # of the brightest frame: where the axis need not begin at zero
_GUESS: Final = {"start_time_s": 0.25, "switching_time_s": 0.25, "amplitude": 0.4}
_MOST_DECIMALS: Final = 6


@dataclass(frozen=True)
class Bounds:
    """Between which values one number of the curve may lie, and the step of its slider."""

    low: float
    high: float
    step: float

    @property
    def decimals(self) -> int:
        """How many decimals show a single step."""
        return min(max(0, -math.floor(math.log10(self.step))), _MOST_DECIMALS)

    def hold(self, value: float) -> bool:
        """Return whether a value lies between the two ends; NaN does not."""
        return self.low <= value <= self.high

    def nearest(self, value: float) -> float:
        """Return the allowed value that is nearest: where a handle stops that is pulled too far."""
        return min(max(value, self.low), self.high)


def bounds_for(trajectory: Trajectories) -> dict[str, Bounds]:
    """Return the bounds of the curve for one trajectory: its times and its light decide."""
    time_s, light = trajectory.time_s, trajectory.intensity
    first_s, last_s = float(time_s[0]), float(time_s[-1])
    span_s = last_s - first_s
    time_step = nice_step(span_s / _STEPS / 2)
    bottom, top = _light_ends(float(light.min()), float(light.max()))
    light_step = nice_step((top - bottom) / _STEPS / 2)
    fastest = nice_end(_FASTEST_DECAYS / span_s)
    first_whole = math.ceil(first_s / time_step) * time_step
    return {
        "start_time_s": Bounds(first_whole, last_s, time_step),
        "switching_time_s": Bounds(
            time_step, math.floor(span_s / time_step) * time_step, time_step
        ),
        "amplitude": Bounds(0.0, top - bottom, light_step),
        "background": Bounds(bottom, top, light_step),
        "decay_rate_per_s": Bounds(0.0, fastest, nice_step(fastest / _DECAY_STEPS)),
    }


def guess_for(bounds: dict[str, Bounds]) -> dict[str, float]:
    """Return a curve in the middle of things, for a learner to improve; never the fit."""
    guess = {
        "start_time_s": bounds["start_time_s"].low
        + _GUESS["start_time_s"] * bounds["switching_time_s"].high,
        "switching_time_s": _GUESS["switching_time_s"] * bounds["switching_time_s"].high,
        "amplitude": _GUESS["amplitude"] * bounds["amplitude"].high,
        "background": 0.0,
        "decay_rate_per_s": 0.0,
    }
    return {name: _on_a_step(bounds[name], value) for name, value in guess.items()}


def _light_ends(lowest: float, highest: float) -> tuple[float, float]:
    """Return round numbers around the light of all frames; some height where it never changes."""
    extent = highest - lowest or abs(highest) or 1.0
    part = nice_step(extent / _LIGHT_PARTS)
    from_zero = 0.0 <= lowest <= _FAR_FROM_DARK * highest
    bottom = 0.0 if from_zero else math.floor(lowest / part) * part
    return bottom, math.ceil((highest + _ROOM * extent) / part) * part


def _on_a_step(bounds: Bounds, value: float) -> float:
    """Return the value of the slider that is nearest."""
    steps = np.rint((bounds.nearest(value) - bounds.low) / bounds.step)
    return bounds.nearest(round(float(bounds.low + steps * bounds.step), bounds.decimals + 3))
