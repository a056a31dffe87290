"""The figures of one trajectory: the curve with its handles, and what it leaves over."""

from collections.abc import Callable
from typing import Any, Final

import bqplot
import numpy as np
import numpy.typing as npt

from anionx_teach.switching import switching_curve
from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.round_numbers import nice_end, nice_step, ticks
from anionx_widgets.switching_result import SwitchingResult
from anionx_widgets.switching_words import number

Numbers = npt.NDArray[np.float64]
OnPull = Callable[[str, float], None]

HAND_COLOUR, FIT_COLOUR = palette.PICKED, palette.DRAWN
HANDLES: Final = (("start", "end"), ("middle",), ("background", "top"))
"""What the handles of the three marks pull."""
_EMPTY: Final = np.empty(0)
_TIME_PARTS: Final = 10.0  # round numbers on the time axis, about
_PANEL: Final[dict[str, Any]] = {"margin_px": {"left": 66}}
_CURVE_POINTS: Final = 251
_BAND_SE: Final = 2.0
_LEAST_REACH_SE: Final = 4.0
# Where along the time axis the handles of the two levels are.
_LEVELS_AT: Final = (0.03, 0.97)


class CurveFigure(FigurePanel):
    """Light against time, the curve drawn by hand with its handles, and the fitted one.

    Parameters
    ----------
    on_pull : callable
        Called with the name of a handle, one of `HANDLES`, and where it was pulled to.
    """

    def __init__(self, on_pull: OnPull) -> None:
        self._on_pull, self._placing = on_pull, False
        self._time, self._up = linear_scale(0.0, 1.0), linear_scale(0.0, 1.0)
        scales = {"x": self._time, "y": self._up}
        self._measured = line(scales, "measured", colors=[palette.MEASURED], stroke_width=1.0)
        self._hand = line(scales, "your curve", colors=[HAND_COLOUR], stroke_width=3.0)
        self._fit = line(scales, colors=[FIT_COLOUR], stroke_width=3.0, line_style="dashed")
        self._handles = [
            _handle(scales, "handles to pull", restrict_x=True),
            _handle(scales, "", restrict_x=True),
            _handle(scales, "", restrict_y=True),
        ]
        for mark, axis_name in zip(self._handles, "xxy", strict=True):
            mark.observe(self._pulled, axis_name)
        self._across, self._axis = _time_axis(self._time), axis("", self._up, side="left")
        super().__init__(
            "Light of the nanocrystal and the curve",
            [self._measured, self._fit, self._hand, *self._handles],
            [self._across, self._axis],
            height_px=300,
            **_PANEL,
        )

    def show_trajectory(self, result: SwitchingResult) -> None:
        """Draw the light of another nanocrystal, on axes of its own."""
        movie, trajectory = result.movie, result.trajectory
        light = result.bounds["background"]
        _fit_time_axis(self._time, self._across, trajectory.time_s)
        _set_ends(self._up, light.low, light.high)
        self._axis.tick_values = ticks(light.low, light.high)
        self._axis.label = f"Light ({trajectory.unit} a frame)"
        update_mark(
            self._measured,
            x=movie.drawn(trajectory.time_s),
            y=movie.drawn(trajectory.intensity[0]),
        )

    def show_curves(self, result: SwitchingResult) -> None:
        """Draw the curve by hand, its handles, and the fit where there is one to show."""
        time_s = np.linspace(self._time.min, self._time.max, _CURVE_POINTS)
        update_mark(self._hand, x=time_s, y=switching_curve(time_s, result.hand))
        fitted = result.fitted_curve
        if fitted is None:
            update_mark(self._fit, x=_EMPTY, y=_EMPTY, labels=[])
        else:
            update_mark(self._fit, x=time_s, y=switching_curve(time_s, fitted), labels=["the fit"])
        self.place_handles(result.hand)

    def place_handles(self, hand: dict[str, float]) -> None:
        """Put the handles on the curve: at 10, 50 and 90 % of its rise, and at its two levels."""
        begin, rise = hand["start_time_s"], hand["switching_time_s"]
        low, height = hand["background"], hand["amplitude"]
        span = float(self._time.max) - float(self._time.min)
        level_x = float(self._time.min) + np.array(_LEVELS_AT) * span
        at = (
            (np.array([begin, begin + rise]), low + height * np.array([0.1, 0.9])),
            (np.array([begin + 0.5 * rise]), np.array([low + 0.5 * height])),
            (level_x, np.array([low, low + height])),
        )
        self._placing = True
        try:
            for mark, (x, y) in zip(self._handles, at, strict=True):
                update_mark(mark, x=x, y=y)
        finally:
            self._placing = False

    def _pulled(self, change: dict[str, Any]) -> None:
        """Say which handle the mouse has pulled, and where to."""
        if self._placing:
            return
        # The other handle of a pair may come back rounded in another way.
        moved = np.abs(np.asarray(change["new"]) - np.asarray(change["old"]))
        which = int(np.argmax(moved))
        name = HANDLES[self._handles.index(change["owner"])][which]
        self._on_pull(name, float(change["new"][which]))


class ResidualFigure(FigurePanel):
    """Measured light less the curve, in standard errors of each point."""

    def __init__(self) -> None:
        self._time, self._up = linear_scale(0.0, 1.0), linear_scale(-4.0, 4.0)
        scales = {"x": self._time, "y": self._up}
        self._band = line(
            scales,
            f"\N{PLUS-MINUS SIGN} {_BAND_SE:g} standard errors",
            colors=[palette.TEXT],
            stroke_width=0.0,
            fill="inside",
            fill_colors=[palette.TEXT],
            fill_opacities=[0.15],
        )
        self._zero = line(scales, colors=[palette.TEXT], line_style="dotted", stroke_width=1.0)
        self._residual = line(scales, stroke_width=1.0)
        self._across = _time_axis(self._time)
        self._axis = axis("Residual (standard errors)", self._up, side="left")
        super().__init__(
            "What the curve leaves over",
            [self._band, self._zero, self._residual],
            [self._across, self._axis],
            height_px=230,
            **_PANEL,
        )

    def show_trajectory(self, result: SwitchingResult) -> None:
        """Take the time axis of another nanocrystal."""
        time_s = result.trajectory.time_s
        _fit_time_axis(self._time, self._across, time_s)
        ends = np.array([self._time.min, self._time.max])
        update_mark(self._zero, x=ends, y=np.zeros(2))
        update_mark(
            self._band,
            x=np.concatenate([ends, ends[::-1]]),
            y=_BAND_SE * np.array([1, 1, -1, -1.0]),
        )

    def show_curves(self, result: SwitchingResult) -> None:
        """Draw the residuals of the curve by hand, or of the fit."""
        misfit = result.shown_misfit
        of_fit = misfit is not result.misfit
        left = result.movie.drawn_residuals(misfit.standardised[0])
        reach = nice_end(max(_LEAST_REACH_SE, float(np.abs(left).max())))
        if reach != self._up.max:
            _set_ends(self._up, -reach, reach)
            self._axis.tick_values = ticks(-reach, reach)
        whose = "the fit" if of_fit else "your curve"
        update_mark(
            self._residual,
            x=result.movie.drawn(result.trajectory.time_s),
            y=left,
            colors=[FIT_COLOUR if of_fit else HAND_COLOUR],
            labels=[f"{whose}: reduced chi2 {number(float(misfit.reduced_chi2[0]))}"],
        )


def _handle(scales: dict[str, Any], label: str, **restricted: bool) -> bqplot.Scatter:
    """Return handles that the mouse can pull along one axis: the one they are restricted to."""
    return points(
        scales,
        label,
        colors=[HAND_COLOUR],
        default_size=150,
        stroke=palette.TEXT,
        enable_move=True,
        update_on_move=True,
        **restricted,
    )


def _time_axis(scale: bqplot.LinearScale) -> bqplot.Axis:
    return axis("Time (s)", scale, tick_format=",~g")


def _fit_time_axis(scale: bqplot.LinearScale, drawn: bqplot.Axis, time_s: Numbers) -> None:
    """Give the time axis round ends around a trajectory."""
    first, last = float(time_s[0]), float(time_s[-1])
    step = nice_step((last - first) / _TIME_PARTS)
    low, high = np.floor(first / step) * step, np.ceil(last / step) * step
    _set_ends(scale, low, high)
    drawn.tick_values = ticks(low, high)


def _set_ends(scale: bqplot.LinearScale, low: float, high: float) -> None:
    with scale.hold_sync():
        scale.min, scale.max = float(low), float(high)
