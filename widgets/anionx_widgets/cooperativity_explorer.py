"""The cooperativity explorer: from the odds of one event to the switching times of hundreds."""

from typing import Any, Final

import ipywidgets
import traitlets

from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.cooperativity_figures import (
    BarrierFigure,
    ConcentrationFigure,
    ProbabilityFigure,
    SwitchingFigure,
)
from anionx_widgets.cooperativity_state import (
    N_FRAMES,
    CooperativityResult,
    CooperativityState,
)
from anionx_widgets.cooperativity_words import (
    COOPERATIVITY_UNITS,
    LAW_NAMES,
    TABLE_CAPTION,
    TABLE_COLUMNS,
    curves_description,
    description,
    field_description,
    table_rows,
)
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import control_for
from anionx_widgets.text_table import TextTable
from anionx_widgets.trajectory_canvas import TrajectoryCanvas
from anionx_widgets.wrapping_row import wrapping_row

PIN, UNPIN = "Pin", "Unpin"
_FIGURES: Final = (ProbabilityFigure, BarrierFigure, SwitchingFigure, ConcentrationFigure)


class CooperativityExplorer(KeyboardBox):
    """The paper's cooperative Monte Carlo: each exchange event changes the odds of the next.

    Move cooperativity, concentration and number of events, choose how the barrier falls, take the
    cap off. "Play" runs the nanocrystals through time; "Pin" keeps the present setting as dashed
    curves to compare the next one with.

    Attributes
    ----------
    state : CooperativityState
        The settings, the player and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> explorer = CooperativityExplorer()
    >>> explorer.state.n_sites = 200
    >>> print(explorer.describe().splitlines()[0])
    500 nanocrystals of 200 events at 5 µM; law quadratic: δ i² (the paper); cooperativity
    3.6 · 10⁻⁴ kT/event²; probabilities end at 1.
    """

    def __init__(self) -> None:
        self.state = CooperativityState()
        self._canvas = TrajectoryCanvas(
            frame_count=N_FRAMES, frame=self.state.frame, time_unit="steps"
        )
        self._panels = [figure() for figure in _FIGURES]
        self._table = TextTable(caption=TABLE_CAPTION, columns=TABLE_COLUMNS, numeric=True)
        self._text = LiveText()
        self._pin = ipywidgets.Button(
            description=PIN,
            tooltip="Keeps this setting as dashed curves to compare the next one with",
            layout=ipywidgets.Layout(width="80px"),
        )
        self._pin.on_click(self._toggle_pin)
        self._cooperativity = control_for(
            self.state, "cooperativity", label="Cooperativity \N{GREEK SMALL LETTER DELTA}"
        )
        figures = wrapping_row([*self._panels], gap="4px 8px")
        super().__init__([self._controls(), self._canvas, figures, self._words()])
        self.add_class("anionx-cooperativity-explorer")
        for name in ("frame", "playing"):
            traitlets.link((self.state, name), (self._canvas, name))
        self.state.observe(self._follow, "result")
        self.state.observe(self._describe, ["frame", "playing"])
        self._show(self.state.result)

    def _controls(self) -> ipywidgets.Box:
        state = self.state
        law = choice_menu(state, "law", "Law", LAW_NAMES)
        capped = ipywidgets.Checkbox(
            description="Cap at P = 1", value=state.capped, indent=False, layout={"width": "auto"}
        )
        traitlets.link((state, "capped"), (capped, "value"))
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        concentration = control_for(
            state,
            "concentration_um",
            label="Concentration",
            unit="\N{MICRO SIGN}M",
            step=0.5,
        )
        n_sites = control_for(state, "n_sites", label="Number of events N", step=10.0)
        self._cooperativity.layout.flex = "1 1 290px"  # its unit is long
        switches = wrapping_row([law, capped, self._pin, reset], flex="1 1 330px", gap="4px 12px")
        return wrapping_row([self._cooperativity, concentration, n_sites, switches])

    def _words(self) -> ipywidgets.Box:
        self._table.layout.flex = "0 1 500px"
        self._text.layout.flex = "1 1 480px"
        return wrapping_row([self._table, self._text])

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        return description(self.state)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()

    def _toggle_pin(self, _button: object) -> None:
        """Pin the present setting, or take the pinned one away."""
        if self.state.result.pinned is None:
            self.state.pin()
        else:
            self.state.unpin()

    def _follow(self, change: dict[str, Any]) -> None:
        self._show(change["new"])

    def _show(self, result: CooperativityResult) -> None:
        """Draw a result and say it."""
        # First: the page draws the trajectories while the theory for the figures is summed.
        self._canvas.show(
            result.fraction,
            result.end_steps,
            curves_description=curves_description(result),
            field_description=field_description(),
        )
        self._show_pinned(result)
        for panel in self._panels:
            panel.show(result)
        self._table.rows = table_rows(result)
        self._describe()

    def _show_pinned(self, result: CooperativityResult) -> None:
        """Draw the pinned mean, and let button and control say what can be done now."""
        if result.pinned is None:
            self._canvas.unpin()
        else:
            self._canvas.pin(result.pinned.mean_fraction, result.pinned.end_steps)
        self._pin.description = PIN if result.pinned is None else UNPIN
        self._pin.disabled = not result.runs
        with self._cooperativity.hold_sync():
            self._cooperativity.unit = COOPERATIVITY_UNITS[self.state.law]
            self._cooperativity.disabled = self.state.law == "none"

    def _describe(self, _change: object = None) -> None:
        self._text.text = self.describe()
