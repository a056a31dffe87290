"""The figure of the microscope explorer: the light of one spot against time."""

from typing import Final

import numpy as np

from anionx_teach.trajectories import Trajectories
from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, update_mark
from anionx_widgets.round_numbers import nice_end, ticks

_EMPTY: Final = np.empty(0)
_LEAST_TOP: Final = 10.0  # of the axis, so that noise alone does not fill it
_BELOW_SHARE: Final = 0.2  # of the axis: noise goes below zero


class TrajectoryFigure(FigurePanel):
    """Light of the chosen spot in each frame with its standard error, and the frame shown."""

    def __init__(self, end_s: float) -> None:
        self._time, self._up = linear_scale(0.0, end_s), linear_scale(-2.0, _LEAST_TOP)
        scales = {"x": self._time, "y": self._up}
        self._band = line(
            scales,
            colors=[palette.MEASURED],
            stroke_width=0.0,
            fill="inside",
            fill_colors=[palette.MEASURED],
            fill_opacities=[0.3],
        )
        self._measured = line(
            scales, "measured in each frame", colors=[palette.MEASURED], stroke_width=1.5
        )
        self._zero = line(
            scales, "no light", colors=[palette.TEXT], line_style="dotted", stroke_width=1.0
        )
        self._cursor = line(
            scales, "frame shown", colors=[palette.TEXT], line_style="dashed", stroke_width=1.5
        )
        update_mark(self._zero, x=np.array([0.0, end_s]), y=np.zeros(2))
        self._height = axis(
            "Light of the spot",
            self._up,
            side="left",
            label_offset="48px",
            tick_format=",~g",
            tick_values=ticks(-2.0, _LEAST_TOP),
        )
        super().__init__(
            "Light of the chosen spot",
            [self._band, self._zero, self._measured, self._cursor],
            [axis("Time (s)", self._time, tick_values=ticks(0.0, end_s)), self._height],
            height_px=330,
            width="380px",
            margin_px={"left": 70},
        )

    def show(self, trajectories: Trajectories | None, spot: int) -> None:
        """Draw the trajectory of a spot; none for -1."""
        if trajectories is None or spot < 0:
            update_mark(self._band, x=_EMPTY, y=_EMPTY, labels=[])
            update_mark(self._measured, x=_EMPTY, y=_EMPTY)
            return
        time_s, light = trajectories.time_s, trajectories.intensity[spot]
        error = None if trajectories.intensity_se is None else trajectories.intensity_se[spot]
        reach = np.zeros_like(light) if error is None else error
        self._fit(float((light - reach).min()), float((light + reach).max()))
        self._height.label = f"Light of the spot ({trajectories.unit} a frame)"
        update_mark(
            self._band,
            x=np.concatenate([time_s, time_s[::-1]]),
            y=np.concatenate([light + reach, (light - reach)[::-1]]),
            labels=[] if error is None else ["\N{PLUS-MINUS SIGN} standard error"],
        )
        update_mark(self._measured, x=time_s, y=light)

    def show_frame(self, time_s: float) -> None:
        """Draw the line of the frame that the player shows."""
        update_mark(self._cursor, x=np.array([time_s, time_s]), y=self._ends())

    def _ends(self) -> np.ndarray:
        return np.array([float(self._up.min), float(self._up.max)])

    def _fit(self, low: float, high: float) -> None:
        """Give the axis round ends with the values between them."""
        top = nice_end(max(high, _LEAST_TOP))
        bottom = -_BELOW_SHARE * top if low >= -_BELOW_SHARE * top else -nice_end(-low)
        if (bottom, top) == (self._up.min, self._up.max):
            return
        with self._up.hold_sync():
            self._up.min, self._up.max = bottom, top
        self._height.tick_values = ticks(bottom, top)
        if len(self._cursor.x):
            self._cursor.y = self._ends()
