"""Match a hidden experiment: controls, the curve over the measured points, and the misfit."""

from typing import Any

import ipywidgets
import numpy as np

from anionx_teach.hidden_experiments import HiddenExperiment, HiddenParameter
from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.hidden_match_state import HiddenMatchState
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.progress import ProgressStore
from anionx_widgets.range_control import RangeControl

KIND = "matches"

_TICK_FORMAT = ".3~f"  # all decimals that are there, and no zeros behind them
_INTERVALS = 5  # between the ticks of an axis
_ROUND_STEPS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0)
_ROOM = 0.15  # of the range of the points, left free above and below for the curve
_ROOM_AT_THE_SIDES = 0.02  # of it, so that no point is cut in half


class HiddenMatch(KeyboardBox):
    """The view of a hidden experiment.

    Parameters
    ----------
    store : ProgressStore
        Where recorded matches are kept.
    lesson : str
        Their place in the store.
    experiment : HiddenExperiment
        What is to be matched.

    Attributes
    ----------
    state : HiddenMatchState
        The parameters, the curve and its misfit.
    controls : dict of str to RangeControl
        One for each parameter.
    """

    def __init__(self, store: ProgressStore, lesson: str, experiment: HiddenExperiment) -> None:
        self._store, self._place = store, (lesson, KIND, experiment.key)
        self.state = HiddenMatchState(experiment)
        self.controls = {item.name: self._control(item) for item in experiment.parameters}
        self.figure_panel = self._figure()
        self.score = LiveText()
        self.recorded = LiveText()
        self.record_button = ipywidgets.Button(
            description="Record this match", layout=ipywidgets.Layout(width="auto")
        )
        self.reset_button = ipywidgets.Button(
            description="Reset", layout=ipywidgets.Layout(width="auto")
        )
        self.record_button.on_click(self._record)
        self.reset_button.on_click(self.reset)
        self.state.observe(self._show, "values")
        self._show()
        self._show_record()
        super().__init__([self._controls_row(), self.figure_panel, self.score, self._buttons_row()])
        self.layout.max_width = "760px"

    def describe(self) -> str:
        """Return in words, with values and units, what a person sees."""
        experiment = self.state.experiment
        return (
            f"{experiment.title}: {len(experiment.x)} points, {_as_words(experiment.y_label)} "
            f"against {_as_words(experiment.x_label)}, and your curve for "
            f"{self.state.describe(self.state.values)}. {self.state.verdict}"
        )

    def reset(self, _button: object = None) -> None:
        """Go back to exactly the start; recorded matches stay."""
        self.state.reset()

    def _control(self, parameter: HiddenParameter) -> RangeControl:
        """Return the control of one parameter, which follows the state."""
        control = RangeControl(
            label=parameter.label,
            unit=parameter.unit,
            value=parameter.start,
            min=parameter.low,
            max=parameter.high,
            step=parameter.step,
            decimals=parameter.decimals,
        )
        control.layout.flex = "1 1 240px"
        control.observe(lambda change: self.state.set_value(parameter.name, change["new"]), "value")
        return control

    def _controls_row(self) -> ipywidgets.Widget:
        """Return the controls beside each other, or below in a narrow window."""
        layout = ipywidgets.Layout(flex_flow="row wrap", grid_gap="4px 24px")
        return ipywidgets.Box(list(self.controls.values()), layout=layout)

    def _buttons_row(self) -> ipywidgets.Widget:
        """Return the buttons, with what was recorded below them."""
        buttons = ipywidgets.HBox([self.record_button, self.reset_button])
        return ipywidgets.VBox([buttons, self.recorded])

    def _figure(self) -> FigurePanel:
        """Return the measured points with error bars, and the curve."""
        data = self.state.experiment
        low, high = data.measured - data.standard_error, data.measured + data.standard_error
        scales = {"x": linear_scale(*_x_range(data.x)), "y": linear_scale(*_y_range(low, high))}
        error_bars = line(scales, "standard error", colors=[palette.MEASURED], stroke_width=2.0)
        update_mark(error_bars, x=np.column_stack([data.x, data.x]), y=np.column_stack([low, high]))
        measured = points(scales, "measured", colors=[palette.MEASURED], default_size=20)
        update_mark(measured, x=data.x, y=data.measured)
        self.curve = line(scales, "your model", colors=[palette.DRAWN], line_style="dashed")
        axes = [
            axis(data.x_label, scales["x"], tick_format=_TICK_FORMAT),
            axis(data.y_label, scales["y"], side="left", tick_format=_TICK_FORMAT),
        ]
        return FigurePanel(data.title, [error_bars, measured, self.curve], axes, height_px=340)

    def _show(self, _change: object = None) -> None:
        """Bring the controls, the curve and the words up to date with the state."""
        for name, value in self.state.values.items():
            self.controls[name].value = value
        update_mark(self.curve, x=self.state.experiment.x, y=self.state.predicted)
        self.score.text = self.state.verdict

    def _record(self, _button: object = None) -> None:
        """Keep this match when it is the best so far, and count it as a try."""
        match = {
            "parameters": dict(self.state.values),
            "misfit": self.state.misfit,
            "noise_floor": self.state.experiment.noise_floor,
        }

        def change(old: dict[str, Any] | None) -> dict[str, Any]:
            best = match if old is None or match["misfit"] < old["misfit"] else old
            return {**best, "tries": 1 + (old["tries"] if old else 0)}

        self._store.update(*self._place, change)
        self._show_record(self._store.message)

    def _show_record(self, notice: str = "") -> None:
        """Say what is recorded."""
        record = self._store.get(*self._place)
        if record is None:
            self.recorded.text = "No match recorded yet."
            return
        tries = "1 match" if record["tries"] == 1 else f"{record['tries']} matches"
        good = record["misfit"] <= record["noise_floor"]
        judged = "below the noise floor" if good else "still above the noise floor"
        self.recorded.text = (
            f"{tries} recorded. Best so far: {self.state.describe(record['parameters'])}, "
            f"misfit {record['misfit']:.2f}, {judged}. {notice}"
        ).rstrip()


def _x_range(x: Any) -> tuple[float, float]:
    """Return ends of the axis with a little room beside the first and the last point."""
    room = _ROOM_AT_THE_SIDES * np.ptp(x)
    return _nice_range([np.min(x) - room, np.max(x) + room])


def _y_range(low: Any, high: Any) -> tuple[float, float]:
    """Return ends with room for the curve; below zero only if a point or its error is there."""
    room = _ROOM * (np.max(high) - np.min(low))
    bottom = np.min(low) - room
    return _nice_range([bottom if np.min(low) < 0 else max(0.0, bottom), np.max(high) + room])


def _nice_range(values: Any) -> tuple[float, float]:
    """Return ends around the values that leave round numbers at the axis's six ticks."""
    low, high = float(np.min(values)), float(np.max(values))
    power = 10.0 ** np.floor(np.log10((high - low) / _INTERVALS))
    steps = power * np.array(_ROUND_STEPS)
    first = np.floor(low / steps) * steps
    last = first + _INTERVALS * steps
    chosen = int(np.argmax(last >= high))  # the first that reaches; the largest always does
    return float(first[chosen]), float(last[chosen])


def _as_words(label: str) -> str:
    """Return the label of an axis as it stands in a sentence."""
    return label[:1].lower() + label[1:]
