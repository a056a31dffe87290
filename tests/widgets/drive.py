"""Drive a widget as a person would, without a browser, and look at all it would draw.

Every widget of the package is a box with `.state`, `.describe()` and `.reset()`; `drive` works for
each of them, so its test needs one line.
"""

from collections.abc import Iterator
from typing import Any

import bqplot
import ipywidgets
import numpy as np
import pytest
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl

SWITCHES = (ipywidgets.Checkbox, ipywidgets.ToggleButton)
CHOICES = (ipywidgets.Dropdown, ipywidgets.ToggleButtons, ipywidgets.RadioButtons)
CONTROLS = (RangeControl, ipywidgets.Button, *SWITCHES, *CHOICES)
DISPLAYS = (ipywidgets.HTML, ipywidgets.Image)  # their value is shown, nobody operates it
MARK_DATA = ("x", "y", "color", "size", "rotation", "opacities", "text", "selected")
MARK_LOOK = ("visible", "labels", "colors")


def parts(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield the widget and all that it contains, in the order of the page."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def controls(widget: ipywidgets.Widget) -> list[ipywidgets.Widget]:
    """Return what a person can operate; a part with a value must be of a kind known here."""
    found = []
    for part in parts(widget):
        if isinstance(part, CONTROLS):
            found.append(part)
        elif part.has_trait("value") and not isinstance(part, DISPLAYS):
            msg = f"drive does not know how to operate a {type(part).__name__}"
            raise TypeError(msg)
    return found


def marks(widget: ipywidgets.Widget) -> list[bqplot.marks.Mark]:
    """Return the marks of all figures."""
    figures = [part for part in parts(widget) if isinstance(part, bqplot.Figure)]
    return [mark for figure in figures for mark in figure.marks]


def assert_finite(widget: ipywidgets.Widget) -> None:
    """All numbers of all marks are finite, and x and y belong together."""
    for mark in marks(widget):
        for name in MARK_DATA:
            value = getattr(mark, name, None)
            if value is None or np.asarray(value).dtype.kind not in "iuf":
                continue
            assert np.all(np.isfinite(value)), f"{type(mark).__name__} {mark.labels}: {name}"
        x, y = np.shape(getattr(mark, "x", ())), np.shape(getattr(mark, "y", ()))
        assert x[-1:] == y[-1:], f"{type(mark).__name__} {mark.labels}: x {x}, y {y}"


def seen(widget: ipywidgets.Widget) -> dict[str, Any]:
    """Return all that a person sees, in a form that can be compared with ==."""
    found: dict[str, Any] = {"described": widget.describe()}
    for i, mark in enumerate(marks(widget)):
        for name in (*MARK_DATA, *MARK_LOOK):
            value = getattr(mark, name, None)
            found[f"mark {i} {name}"] = value.tolist() if isinstance(value, np.ndarray) else value
        if isinstance(mark, bqplot.Image):
            found[f"mark {i} image"] = bytes(mark.image.value)
    for i, part in enumerate(parts(widget)):
        found[f"part {i} display"] = part.layout.display
        if isinstance(part, LiveText):
            found[f"part {i} text"] = part.text
        elif isinstance(part, ipywidgets.Button):
            found[f"part {i} button"] = (part.description, part.disabled)
        elif isinstance(part, ipywidgets.ToggleButton):
            found[f"part {i} toggle"] = (part.description, part.disabled, part.value)
        elif hasattr(part, "value"):
            found[f"part {i} value"] = part.value
        elif isinstance(part, bqplot.Axis):
            found[f"part {i} axis"] = (part.label, part.scale.min, part.scale.max)
    return found


def settings_of(control: ipywidgets.Widget) -> list[Any]:
    """Return the ends of a range, both states of a switch, each choice; None for a button."""
    if isinstance(control, RangeControl):
        return [control.min, control.max]
    if isinstance(control, SWITCHES):
        return [True, False]
    if isinstance(control, CHOICES):
        return [option[1] if isinstance(option, tuple) else option for option in control.options]
    if isinstance(control, ipywidgets.Button):
        return [None]
    msg = f"drive does not know the settings of a {type(control).__name__}"
    raise TypeError(msg)


def random_setting(control: ipywidgets.Widget, rng: np.random.Generator) -> Any:
    """Return one allowed setting; of a range one that its step can reach."""
    if isinstance(control, RangeControl):
        steps = int((control.max - control.min) / control.step + 1e-9)
        return control.min + control.step * int(rng.integers(0, steps + 1))
    settings = settings_of(control)
    return settings[int(rng.integers(len(settings)))]


def operate(control: ipywidgets.Widget, setting: Any) -> None:
    """Do what the page does when a person operates the control."""
    if getattr(control, "disabled", False):
        return
    if isinstance(control, ipywidgets.Button):
        control.click()
    elif isinstance(control, RangeControl):
        control.set_state({"value": min(setting, control.max)})
    else:
        control.value = setting


def drive(widget: ipywidgets.Widget, *, n_states: int = 20, seed: int = 1) -> None:
    """Take every control to each of its ends, then all of them to random states.

    After each move all marks are finite and the description is not empty; a reset from each end,
    and from the last random state, brings everything back as it was at the start.
    """
    start = seen(widget)
    for control in controls(widget):
        for setting in settings_of(control):
            operate(control, setting)
            assert_finite(widget)
            assert widget.describe().strip()
            widget.reset()
            assert_same(seen(widget), start)
    rng = np.random.default_rng(seed)
    for _ in range(n_states):
        for control in controls(widget):
            if not isinstance(control, ipywidgets.Button) or rng.random() < 0.2:
                operate(control, random_setting(control, rng))
        assert_finite(widget)
        assert widget.describe().strip()
    widget.reset()
    assert_same(seen(widget), start)


def record_messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ipywidgets.Widget, dict]]:
    """Return a list that fills with what widgets send to the page from now on."""
    sent: list[tuple[ipywidgets.Widget, dict]] = []

    def send(widget: ipywidgets.Widget, message: dict, buffers: Any = None) -> None:
        sent.append((widget, message["state"]))

    monkeypatch.setattr(ipywidgets.Widget, "_send", send)
    return sent


def assert_same(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Compare two results of `seen` and name what differs."""
    different = [name for name in expected if found.get(name) != expected[name]]
    assert not different, f"not as at the start: {different}"
    assert found.keys() == expected.keys()
