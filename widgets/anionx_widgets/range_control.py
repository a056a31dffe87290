"""A labelled slider with an exact-number field: the one control for quantities in every widget."""

import math
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class RangeControl(anywidget.AnyWidget):
    """A slider and a number field for one quantity, both with its name and unit.

    The sliders of ipywidgets have no accessible name, hence this one: a native
    ``<input type=range>`` inside a group whose label carries the unit. The front end sends each
    move at once; while the kernel is busy only the last value waits, so no queue can form.

    Parameters
    ----------
    label : str
        Name of the quantity, in the field's words ("Mean edge length").
    unit : str
        Unit as printed behind the name; empty for a pure number.
    value, min, max, step : float
        In that unit. A value that is not finite or outside [min, max] raises ``TraitError`` and
        changes nothing.
    decimals : int
        Digits printed behind the decimal point.
    disabled : bool
        A disabled control shows its value and cannot be moved.
    """

    _esm = _FOLDER / "range_control.js"
    _css = _FOLDER / "range_control.css"

    label = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    value = traitlets.Float().tag(sync=True)
    min = traitlets.Float(0.0).tag(sync=True)
    max = traitlets.Float(1.0).tag(sync=True)
    step = traitlets.Float(0.1).tag(sync=True)
    decimals = traitlets.Int(1, min=0, max=6).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)

    def __init__(self, *, label: str, value: float, min: float, max: float, **traits: Any) -> None:
        if not (math.isfinite(min) and math.isfinite(max) and min < max):
            msg = f"min must be smaller than max and both finite, got {min:g} and {max:g}"
            raise traitlets.TraitError(msg)
        super().__init__(label=label, min=min, max=max, value=value, **traits)

    @traitlets.validate("value")
    def _inside_the_bounds(self, proposal: dict[str, Any]) -> float:
        """Refuse what the slider cannot show: a front end would clip it without a word."""
        value = float(proposal["value"])
        if not self.min <= value <= self.max:  # False for NaN as well
            unit = f" {self.unit}" if self.unit else ""
            msg = (
                f"{self.label or 'value'} must be between {self.min:g} and {self.max:g}{unit}, "
                f"got {value:g}"
            )
            raise traitlets.TraitError(msg)
        return value

    @traitlets.validate("step")
    def _positive_step(self, proposal: dict[str, Any]) -> float:
        """Refuse a step that would leave the arrow keys without effect."""
        step = float(proposal["value"])
        if not (math.isfinite(step) and step > 0):
            msg = f"step must be > 0, got {step:g}"
            raise traitlets.TraitError(msg)
        return step


def control_for(
    state: traitlets.HasTraits, trait: str, *, label: str, unit: str = "", **traits: Any
) -> RangeControl:
    """Return a control for one number of a state, tied to it in both directions.

    Its bounds are the bounds of the state's trait, so that a value which one of the two accepts
    is never clipped by the other.

    Parameters
    ----------
    state : traitlets.HasTraits
        The state of a widget.
    trait : str
        Name of a ``Float`` or ``Int`` trait of the state that has ``min`` and ``max``.
    label, unit : str
        As in `RangeControl`.
    **traits
        Further traits of the control (``step``, ``decimals``, ...).

    Returns
    -------
    RangeControl
    """
    kind: Any = state.traits()[trait]
    whole = isinstance(kind, traitlets.Int)
    control = RangeControl(
        label=label,
        unit=unit,
        value=float(getattr(state, trait)),
        min=float(kind.min),
        max=float(kind.max),
        **({"step": 1.0, "decimals": 0} if whole else {}) | traits,
    )

    def to_state(change: dict[str, Any]) -> None:
        setattr(state, trait, round(change["new"]) if whole else change["new"])

    def to_control(change: dict[str, Any]) -> None:
        control.value = float(change["new"])

    control.observe(to_state, "value")
    state.observe(to_control, trait)
    return control
