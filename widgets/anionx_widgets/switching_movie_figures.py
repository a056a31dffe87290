"""The figures of a whole movie: the histogram of its switching times, fitted against true."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.round_numbers import nice_end, nice_step, ticks
from anionx_widgets.switching_result import SwitchingResult

Numbers = npt.NDArray[np.float64]

_PANEL: Final[dict[str, Any]] = {"height_px": 280, "width": "340px"}
_EMPTY: Final[Numbers] = np.empty(0)
_BINS: Final = 50
_MEAN_AT: Final = 0.92  # of the height: above the bars
_TOP_ROOM: Final = 1.2
_NAME: Final = "switching_time_s"
LEGENDS: Final = {"composition": "true, of the composition", "light": "true, of the light"}


@dataclass(frozen=True, eq=False)
class Times:
    """Fitted switching times of a movie, s, those of fits that gave one; true ones beside them.

    `true_s` is None where nobody knows it.
    """

    fitted_s: Numbers
    true_s: Numbers | None

    @property
    def end_s(self) -> float:
        """A round time above all of them."""
        true_s = _EMPTY if self.true_s is None else self.true_s
        every = np.concatenate([self.fitted_s, true_s])
        return nice_end(float(every.max())) if every.size else 1.0


def times_of(result: SwitchingResult) -> Times:
    """Return the times of the whole movie."""
    good = result.fits["converged"].to_numpy(bool)
    truth = result.movie.truth
    true = None if truth is None else truth.of(result.truth)[_NAME][good]
    return Times(result.fits[_NAME].to_numpy(float)[good], true)


class TimesFigure(FigurePanel):
    """Histogram of the fitted switching times with their mean, and of the true ones."""

    def __init__(self) -> None:
        self._across, self._up = linear_scale(0.0, 1.0), linear_scale(0.0, 1.0)
        scales = {"x": self._across, "y": self._up}
        self._fitted = line(
            scales,
            "fitted",
            colors=[palette.MEASURED],
            stroke_width=1.0,
            fill="bottom",
            fill_colors=[palette.MEASURED],
            fill_opacities=[0.45],
        )
        self._true = line(scales, colors=[palette.DRAWN])
        self._spread = line(scales, colors=[palette.TEXT], stroke_width=2.5)
        self._mean = points(
            scales, "mean and sd of the fitted", colors=[palette.TEXT], default_size=50
        )
        self._time_axis = axis("Switching time (s)", self._across, tick_format=",~g")
        self._count_axis = axis("", self._up, side="left")
        super().__init__(
            "Switching times of the whole movie",
            [self._fitted, self._true, self._spread, self._mean],
            [self._time_axis, self._count_axis],
            **_PANEL,
        )

    def show(self, result: SwitchingResult) -> None:
        """Draw the histograms."""
        times = times_of(result)
        width = nice_step(times.end_s / _BINS)
        edges = width * np.arange(np.ceil(times.end_s / width - 1e-9) + 1)
        heights = [_outline(edges, times.fitted_s), _outline(edges, times.true_s)]
        top = nice_end(max(5.0, *(_TOP_ROOM * float(y.max(initial=0.0)) for _x, y in heights)))
        self._across.max, self._up.max = float(edges[-1]), top
        self._time_axis.tick_values = ticks(0.0, float(edges[-1]))
        self._count_axis.tick_values = ticks(0.0, top)
        self._count_axis.label = f"Nanocrystals per {width:g} s"
        update_mark(self._fitted, x=heights[0][0], y=heights[0][1])
        labels = [] if times.true_s is None else [LEGENDS[result.truth]]
        update_mark(self._true, x=heights[1][0], y=heights[1][1], labels=labels)
        self._show_mean(result, _MEAN_AT * top)

    def _show_mean(self, result: SwitchingResult, height: float) -> None:
        """Draw mean and standard deviation, of however many there are."""
        mean, sd = result.summary.loc[_NAME, ["mean", "sd"]].to_numpy(float)
        at = np.array([mean]) if np.isfinite(mean) else _EMPTY
        ends = np.array([max(0.0, mean - sd), mean + sd]) if np.isfinite(sd) else _EMPTY
        update_mark(self._mean, x=at, y=np.full(at.size, height))
        update_mark(self._spread, x=ends, y=np.full(ends.size, height))


class BiasFigure(FigurePanel):
    """Fitted switching time against the true one of each nanocrystal, and where they are equal."""

    def __init__(self) -> None:
        self._across, self._up = linear_scale(0.0, 1.0), linear_scale(0.0, 1.0)
        scales = {"x": self._across, "y": self._up}
        self._equal = line(
            scales, "fitted = true", colors=[palette.TEXT], line_style="dashed", stroke_width=1.5
        )
        self._each = points(
            scales,
            "a nanocrystal",
            colors=[palette.MEASURED],
            default_size=16,
            opacities=[0.6],
        )
        self._axes = [
            axis("", self._across, tick_format=",~g"),
            axis("Fitted switching time (s)", self._up, side="left", tick_format=",~g"),
        ]
        super().__init__("Bias against the truth", [self._equal, self._each], self._axes, **_PANEL)

    def show(self, result: SwitchingResult) -> None:
        """Draw the nanocrystals whose fit gave a time; without a truth there is nothing to draw."""
        times = times_of(result)
        if times.true_s is None:
            return
        end_s = times.end_s
        for drawn, scale in zip(self._axes, (self._across, self._up), strict=True):
            scale.max = end_s
            drawn.tick_values = ticks(0.0, end_s)
        self._axes[0].label = f"True switching time of the {result.truth} (s)"
        update_mark(self._equal, x=np.array([0.0, end_s]), y=np.array([0.0, end_s]))
        update_mark(self._each, x=times.true_s, y=times.fitted_s)


def _outline(edges: Numbers, times_s: Numbers | None) -> tuple[Numbers, Numbers]:
    """Return a histogram as one stepped line; nothing for times that are not known."""
    if times_s is None:
        return _EMPTY, _EMPTY
    counts = np.histogram(times_s, edges)[0].astype(np.float64)
    return np.repeat(edges, 2), np.concatenate([[0.0], np.repeat(counts, 2), [0.0]])
