"""A box whose controls get the keys pressed in them: the base of every widget with controls."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets

_FOLDER = Path(__file__).parent


class KeyboardGuard(anywidget.AnyWidget):
    """An invisible part: keys pressed in the box around it do not become JupyterLab's shortcuts.

    Letters, arrows, Space and Enter belong to the control that has the focus. Escape and what is
    pressed with Ctrl, Alt or Cmd do what they do elsewhere in JupyterLab, Shift Enter as well,
    except in a field to type in.
    """

    _esm = _FOLDER / "keyboard_box.js"

    def __init__(self) -> None:
        super().__init__(layout=ipywidgets.Layout(display="none"))


class KeyboardBox(ipywidgets.VBox):
    """A column of parts that can be operated from the keyboard.

    Parameters
    ----------
    parts : sequence of ipywidgets.Widget
        Shown below each other; boxes inside them are covered too.
    **traits
        Further traits of `ipywidgets.VBox`.
    """

    def __init__(self, parts: Sequence[ipywidgets.Widget], **traits: Any) -> None:
        super().__init__([*parts, KeyboardGuard()], **traits)
