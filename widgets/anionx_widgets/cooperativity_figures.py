"""The four figures of the cooperativity explorer: odds, barrier, switching times, concentration."""

from typing import Any, Final

import bqplot
import numpy as np
import numpy.typing as npt

from anionx_widgets import palette
from anionx_widgets.cooperativity_state import (
    CONCENTRATION_RANGE_UM,
    CURVE_UM,
    CooperativityResult,
    ExchangeRun,
)
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.round_numbers import log_ends, log_ticks, nice_end, ticks
from anionx_widgets.switching_histogram import SwitchingBins, switching_bins

Numbers = npt.NDArray[np.float64]

_PANEL: Final[dict[str, Any]] = {"height_px": 210, "width": "250px", "margin_px": {"left": 66}}
_LOG_PANEL: Final = _PANEL | {"margin_px": {"left": 78}}  # for numbers such as 100,000
_EMPTY: Final = np.empty(0)
_EVENTS_DRAWN: Final = 201
_LOWEST_PROBABILITY: Final = 0.005
_HIGHEST_POWER: Final = 308.0  # of ten, that a float holds
_HIGHEST_BARRIER_KT: Final = 5.0  # the least concentration has ln 100 = 4.6 kT


class ProbabilityFigure(FigurePanel):
    """Probability of each event within a step, on a logarithmic axis, and the cap."""

    def __init__(self) -> None:
        self._event, self._up = linear_scale(0, 100), _log_scale(_LOWEST_PROBABILITY, 2)
        scales = {"x": self._event, "y": self._up}
        self._cap = _cap_line(scales)
        self._now, self._pinned = line(scales, "now"), _pinned_line(scales)
        self._across = _event_axis(self._event)
        self._axis = _log_axis("Probability per step", self._up)
        super().__init__(
            "Probability of each event",
            [self._now, self._pinned, self._cap],
            [self._across, self._axis],
            **_LOG_PANEL,
        )

    def show(self, result: CooperativityResult) -> None:
        """Draw the present and the pinned setting."""
        end = _fit_event_axis(self._event, self._across, result)
        drawn = [_by_event(run, run.model.event_probability) for run in result.runs]
        highest = max((float(y.max()) for _x, y in drawn), default=1.0)
        power = nice_end(max(1.0, float(np.log10(highest))))
        top = 2.0 if highest <= 1 else 10 ** min(power, _HIGHEST_POWER)
        _set_ends(self._up, _LOWEST_PROBABILITY, top)
        _set_ticks(self._axis, log_ticks(_LOWEST_PROBABILITY, top))
        update_mark(self._cap, x=np.array([0.0, end]), y=np.ones(2), labels=[_cap_label(result)])
        self._axis.label = "Rate per step" if top > 2.0 else "Probability per step"
        _draw(self._now, self._pinned, result, drawn)


class BarrierFigure(FigurePanel):
    """Free energy of activation of each event, and where nothing of it is left."""

    def __init__(self) -> None:
        self._event, self._up = linear_scale(0, 100), linear_scale(-0.5, _HIGHEST_BARRIER_KT)
        scales = {"x": self._event, "y": self._up}
        self._cap = _cap_line(scales)
        self._now, self._pinned = line(scales, "now"), _pinned_line(scales)
        self._across = _event_axis(self._event)
        self._axis = axis("Free energy (kT)", self._up, side="left")
        super().__init__(
            "Free energy of activation",
            [self._now, self._pinned, self._cap],
            [self._across, self._axis],
            **_PANEL,
        )

    def show(self, result: CooperativityResult) -> None:
        """Draw the present and the pinned setting."""
        end = _fit_event_axis(self._event, self._across, result)
        drawn = [_by_event(run, run.acting_barrier_kt) for run in result.runs]
        lowest = min((float(y.min()) for _x, y in drawn), default=0.0)
        bottom = -0.5 if lowest >= 0 else -nice_end(max(0.5, -lowest))
        _set_ends(self._up, bottom, _HIGHEST_BARRIER_KT)
        _set_ticks(self._axis, ticks(bottom, _HIGHEST_BARRIER_KT))
        update_mark(self._cap, x=np.array([0.0, end]), y=np.zeros(2), labels=["0 kT: P = 1"])
        _draw(self._now, self._pinned, result, drawn)


class SwitchingFigure(FigurePanel):
    """Switching times of the simulated nanocrystals and the exact distribution over them."""

    def __init__(self) -> None:
        self._time, self._up = linear_scale(0, 1000), linear_scale(0, 100)
        scales = {"x": self._time, "y": self._up}
        self._simulated = line(
            scales,
            "500 simulated",
            colors=[palette.MEASURED],
            stroke_width=1.0,
            fill="bottom",
            fill_colors=[palette.MEASURED],
            fill_opacities=[0.45],
        )
        self._exact, self._pinned = line(scales, "exact"), _pinned_line(scales)
        self._across = axis("Switching time (steps)", self._time, tick_format=",~g")
        self._axis = axis("Nanocrystals", self._up, side="left")
        super().__init__(
            "Switching times, 10 to 90 %",
            [self._simulated, self._exact, self._pinned],
            [self._across, self._axis],
            **_PANEL,
        )

    def show(self, result: CooperativityResult) -> None:
        """Draw histogram and exact distribution, and the exact one of the pinned setting."""
        if not result.runs:
            update_mark(self._simulated, x=_EMPTY, y=_EMPTY)
            _draw(self._exact, self._pinned, result, [])
            return
        bins = switching_bins(result.runs)
        drawn = [(bins.centres, bins.expected(run)) for run in result.runs]
        outline = _outline(bins, result.run)
        # Room above the exact curve for chance, so that the axis follows that and not the chance.
        highest = max([1.0, *(1.25 * float(y.max()) for _x, y in drawn), *outline[1]])
        _set_ends(self._time, float(bins.edges[0]), float(bins.edges[-1]))
        _set_ticks(self._across, ticks(max(0.0, float(bins.edges[0])), float(bins.edges[-1]), 4))
        _set_ends(self._up, 0.0, nice_end(highest))
        _set_ticks(self._axis, ticks(0.0, float(self._up.max)))
        self._axis.label = f"Nanocrystals per {bins.width:g} steps"
        update_mark(self._simulated, x=outline[0], y=outline[1])
        _draw(self._exact, self._pinned, result, drawn)


class ConcentrationFigure(FigurePanel):
    """Switching time against concentration, both logarithmic: exact curve, simulated point."""

    def __init__(self) -> None:
        self._across, self._up = _log_scale(*CONCENTRATION_RANGE_UM), _log_scale(10, 10_000)
        scales = {"x": self._across, "y": self._up}
        self._exact, self._pinned = line(scales, "exact"), _pinned_line(scales)
        self._spread = line(scales, colors=[palette.MEASURED], stroke_width=2.5)
        self._point = points(
            scales, "500 simulated, with sd", colors=[palette.MEASURED], default_size=40
        )
        self._axis = _log_axis("Switching time (steps)", self._up)
        concentration = axis(
            "Concentration (\N{MICRO SIGN}M)",
            self._across,
            tick_values=np.array([1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]),
            tick_format=",~g",
        )
        super().__init__(
            "Time against concentration",
            [self._exact, self._pinned, self._spread, self._point],
            [concentration, self._axis],
            **_LOG_PANEL,
        )

    def show(self, result: CooperativityResult) -> None:
        """Draw the curves of the present and the pinned setting, and the present point."""
        drawn = [(CURVE_UM, run.curve_steps) for run in result.runs]
        spread, mean = _EMPTY, _EMPTY
        if result.run is not None:
            rise = result.run.rise_steps
            mean = np.array([rise.mean()])
            spread = np.array([rise.mean() - rise.std(), rise.mean() + rise.std()])
        heights = np.concatenate([*(y for _x, y in drawn), spread])
        if heights.size:
            _set_ends(self._up, *log_ends(float(heights.min()), float(heights.max())))
            _set_ticks(self._axis, log_ticks(self._up.min, self._up.max))
        _draw(self._exact, self._pinned, result, drawn)
        at_um = np.array([result.run.concentration_um]) if result.run else _EMPTY
        update_mark(self._spread, x=np.repeat(at_um, 2), y=spread)
        update_mark(self._point, x=at_um, y=mean)


def _log_scale(low: float, high: float) -> bqplot.LogScale:
    return bqplot.LogScale(min=float(low), max=float(high))


def _log_axis(label: str, scale: bqplot.LogScale) -> bqplot.Axis:
    return axis(label, scale, side="left", tick_format=",~g", label_offset="62px")


def _event_axis(scale: bqplot.LinearScale) -> bqplot.Axis:
    return axis("Events so far, i", scale)


def _pinned_line(scales: dict[str, Any]) -> bqplot.Lines:
    """Return the line of the pinned setting, in the legend only when there is one."""
    return line(scales, colors=[palette.PICKED], line_style="dashed")


def _cap_line(scales: dict[str, Any]) -> bqplot.Lines:
    return line(scales, colors=[palette.TEXT], line_style="dotted", stroke_width=1.5)


def _cap_label(result: CooperativityResult) -> str:
    capped = result.run is not None and result.run.model.capped
    return "cap, P = 1" if capped else "P = 1, no cap"


def _set_ends(scale: Any, low: float, high: float) -> None:
    with scale.hold_sync():
        scale.min, scale.max = low, high


def _set_ticks(drawn: bqplot.Axis, values: Numbers) -> None:
    if not np.array_equal(drawn.tick_values, values):
        drawn.tick_values = values


def _fit_event_axis(
    scale: bqplot.LinearScale, drawn: bqplot.Axis, result: CooperativityResult
) -> float:
    """Give the axis of the events a round end and return that."""
    end = nice_end(max((float(run.model.n_sites) for run in result.runs), default=100.0))
    _set_ends(scale, 0.0, end)
    _set_ticks(drawn, ticks(0.0, end, 4))
    return end


def _by_event(run: ExchangeRun, values: Numbers) -> tuple[Numbers, Numbers]:
    """Return a curve over the events; of very many as many as can be seen."""
    n_sites = run.model.n_sites
    event = np.unique(np.linspace(0, n_sites - 1, min(n_sites, _EVENTS_DRAWN)).astype(int))
    return event.astype(np.float64), values[event]


def _outline(bins: SwitchingBins, run: ExchangeRun | None) -> tuple[Numbers, Numbers]:
    """Return the histogram of the simulated nanocrystals as one stepped line."""
    if run is None:
        return _EMPTY, _EMPTY
    heights = np.concatenate([[0.0], np.repeat(bins.counts(run), 2), [0.0]])
    return np.repeat(bins.edges, 2), heights


def _draw(
    now: bqplot.Lines,
    pinned: bqplot.Lines,
    result: CooperativityResult,
    curves: list[tuple[Numbers, Numbers]],
) -> None:
    """Draw the curve of each of `result.runs`."""
    nothing = (_EMPTY, _EMPTY)
    for_now = curves[0] if result.run is not None else nothing
    for_pinned = curves[-1] if result.pinned is not None else nothing
    update_mark(now, x=for_now[0], y=for_now[1])
    labels = ["pinned"] if result.pinned is not None else []
    update_mark(pinned, x=for_pinned[0], y=for_pinned[1], labels=labels)
