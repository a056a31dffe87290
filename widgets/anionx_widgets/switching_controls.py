"""The sliders of the curve drawn by hand, whose bounds follow the trajectory."""

from typing import Any, Final

from anionx_widgets.range_control import RangeControl
from anionx_widgets.switching_hand import HAND, Bounds
from anionx_widgets.switching_result import SwitchingResult
from anionx_widgets.switching_state import SwitchingState

_LABELS: Final = {
    "start_time_s": ("Start, at 10 %", "s", "200px"),
    "switching_time_s": ("Switching time", "s", "220px"),
    "amplitude": ("Amplitude", "", "270px"),
    "background": ("Background", "", "280px"),
    "decay_rate_per_s": ("Decay after the rise", "1/s", "270px"),
}
"""Name, unit (that of the trajectory where there is none), and preferred width."""


class HandControls:
    """One slider for each number of the curve, tied to the state in both directions.

    Attributes
    ----------
    controls : list of RangeControl
        Those that are shown at the start.
    decay : RangeControl
        The one for the decay after the rise.
    """

    def __init__(self, state: SwitchingState) -> None:
        self._state = state
        self._showing = False
        result = state.result
        self._by_name = {name: self._control(name, result) for name in HAND}
        *self.controls, self.decay = self._by_name.values()

    def show(self, result: SwitchingResult) -> None:
        """Show the numbers of the curve, within the bounds of its trajectory."""
        self._showing = True
        try:
            for name, control in self._by_name.items():
                _place(control, result.bounds[name], result.hand[name])
        finally:
            self._showing = False

    def _control(self, name: str, result: SwitchingResult) -> RangeControl:
        bounds = result.bounds[name]
        label, unit, width = _LABELS[name]
        control = RangeControl(
            label=label,
            unit=unit or result.trajectory.unit,
            value=result.hand[name],
            min=bounds.low,
            max=bounds.high,
            step=bounds.step,
            decimals=bounds.decimals,
        )
        control.layout.flex = f"1 1 {width}"

        def to_state(change: dict[str, Any]) -> None:
            if not self._showing:
                setattr(self._state, name, change["new"])

        control.observe(to_state, "value")
        return control


def crystal_control(state: SwitchingState) -> RangeControl:
    """Return the control that goes to a nanocrystal by its number, of two or more."""
    n = len(state.result.movie)
    control = RangeControl(
        label="Trajectory", unit=f"1 to {n}", value=state.crystal, min=1, max=n, step=1, decimals=0
    )

    control.layout.flex = "1 1 220px"

    def to_state(change: dict[str, Any]) -> None:
        state.crystal = round(change["new"])

    def to_control(change: dict[str, Any]) -> None:
        control.value = float(change["new"])

    control.observe(to_state, "value")
    state.observe(to_control, "crystal")
    return control


def _place(control: RangeControl, bounds: Bounds, value: float) -> None:
    """Give a control other bounds and a value in them, in one message to the page."""
    with control.hold_sync():
        # First wide enough for both values: the control refuses one that it cannot show.
        control.min, control.max = min(control.min, bounds.low), max(control.max, bounds.high)
        control.value = value
        control.min, control.max = bounds.low, bounds.high
        control.step, control.decimals = bounds.step, bounds.decimals
