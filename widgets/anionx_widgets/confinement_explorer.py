"""The confinement explorer: from the size of a crystal to its colour, by several models."""

from typing import Any, Final

import ipywidgets

from anionx_teach.confinement import CONFINEMENT_MODELS, model_notes
from anionx_widgets.confinement_state import (
    START_MODELS,
    ConfinementResult,
    ConfinementState,
)
from anionx_widgets.confinement_words import (
    NOTE_COLUMNS,
    READING_COLUMNS,
    description,
    note_rows,
    reading_rows,
    readings_caption,
)
from anionx_widgets.crystal_drawing import CrystalFigure
from anionx_widgets.energy_levels import LevelFigure
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import control_for
from anionx_widgets.text_table import TextTable
from anionx_widgets.wavelength_curves import ColourFigure
from anionx_widgets.wrapping_row import wrapping_row

_FIGURE_HEIGHT_PX: Final = 320


class ConfinementExplorer(KeyboardBox):
    """Why the small crystal is blue: one CsPbBr3 cube, its energy levels, its colour.

    Move the edge length; tick the models to compare them with each other and with the paper.

    Attributes
    ----------
    state : ConfinementState
        Size, ticked models and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> explorer = ConfinementExplorer()
    >>> explorer.state.edge_length_nm = 13.1
    >>> print(explorer.describe().splitlines()[0])
    A CsPbBr3 cube with an edge of 13.1 nm, 2.14 of the Bohr diameter of 6.1 nm, in the colour of
    516 nm (empirical model).
    """

    def __init__(self) -> None:
        self.state = ConfinementState()
        result = self.state.result
        self._crystal = CrystalFigure(result, height_px=_FIGURE_HEIGHT_PX)
        self._levels = LevelFigure(result.levels, height_px=_FIGURE_HEIGHT_PX)
        self._colour = ColourFigure(result, height_px=_FIGURE_HEIGHT_PX)
        self._readings = TextTable(columns=READING_COLUMNS, numeric=True)
        self._notes = TextTable(caption="What each model assumes", columns=NOTE_COLUMNS)
        self._text = LiveText(text=self.describe())
        self._ticks = {name: self._tick(name) for name in CONFINEMENT_MODELS}
        self._more = ipywidgets.ToggleButton()
        super().__init__([self._controls(), self._figures(), self._words(), self._notes])
        self.add_class("anionx-confinement-explorer")
        self._more.observe(self._show_ticks, "value")
        self.state.observe(self._follow_models, "models")
        self.state.observe(self._follow, "result")
        self._follow_models()
        self._show(result)

    def _controls(self) -> ipywidgets.Box:
        edge = control_for(self.state, "edge_length_nm", label="Edge length", unit="nm")
        edge.layout.flex = "1 1 280px"
        self._more.layout.width = "130px"
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        ticks = [*self._ticks.values(), self._more, reset]
        return wrapping_row([edge, wrapping_row(ticks, flex="2 1 460px", gap="0 16px")])

    def _figures(self) -> ipywidgets.Box:
        return wrapping_row([self._crystal, self._levels, self._colour])

    def _words(self) -> ipywidgets.Box:
        self._readings.layout.flex = "1 1 400px"
        self._text.layout.flex = "1 1 400px"
        return wrapping_row([self._readings, self._text])

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        return description(self.state.result)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()
        self._more.value = False

    def _tick(self, model: str) -> ipywidgets.Checkbox:
        """Return the box that ticks a model in the state."""
        box = ipywidgets.Checkbox(
            description=model_notes(model).title, indent=False, layout={"width": "auto"}
        )

        def to_state(change: dict[str, Any]) -> None:
            others = tuple(name for name in self.state.models if name != model)
            self.state.models = (*others, model) if change["new"] else others

        box.observe(to_state, "value")
        return box

    def _follow_models(self, _change: object = None) -> None:
        """Show in the boxes and notes which models are ticked."""
        ticked = self.state.models
        for name, box in self._ticks.items():
            box.value = name in ticked
        self._notes.rows = note_rows(ticked)
        self._show_ticks()

    def _show_ticks(self, _change: object = None) -> None:
        """Hide the boxes that nobody asked for: two models are enough to begin with."""
        self._more.description = "Fewer models" if self._more.value else "All six models"
        for name, box in self._ticks.items():
            wanted = self._more.value or name in START_MODELS or box.value
            box.layout.display = None if wanted else "none"

    def _follow(self, change: dict[str, Any]) -> None:
        self._show(change["new"])

    def _show(self, result: ConfinementResult) -> None:
        """Draw a result and say it."""
        self._crystal.show(result)
        self._levels.show(result.levels)
        self._colour.show(result)
        with self._readings.hold_sync():
            self._readings.caption = readings_caption(result)
            self._readings.rows = reading_rows(result)
        self._text.text = self.describe()
