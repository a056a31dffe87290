"""The ensemble explorer: a cuvette full of reacting nanocrystals, seen by its spectra."""

from typing import Any

import ipywidgets
import traitlets

from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.ensemble_course import cuvettes
from anionx_widgets.ensemble_figures import (
    CrystalLinesFigure,
    FractionFigure,
    PeakFigure,
    StackFigure,
)
from anionx_widgets.ensemble_state import EnsembleResult, EnsembleState
from anionx_widgets.ensemble_words import (
    MECHANISM_NAMES,
    NOTE_CAPTION,
    NOTE_COLUMNS,
    TABLE_CAPTION,
    TABLE_COLUMNS,
    cuvette_name,
    description,
    moments,
    note_rows,
    table_rows,
)
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import control_for
from anionx_widgets.text_table import TextTable
from anionx_widgets.time_player import TimePlayer
from anionx_widgets.wrapping_row import wrapping_row

SHOW_CRYSTALS, HIDE_CRYSTALS = "Show the single crystals", "Hide the single crystals"
MORE, FEWER = "More settings", "Fewer settings"


class EnsembleExplorer(KeyboardBox):
    """The cuvette of the paper: spectra of a whole batch while bromide gives way to iodide.

    "Play" runs through the spectra; "Show the single crystals" looks behind the one that is shown.
    Change how the crystals react, and see how little of it the maximum tells.

    Attributes
    ----------
    state : EnsembleState
        The settings, the player and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> explorer = EnsembleExplorer()
    >>> explorer.state.cuvette = "5.1 nm"
    >>> print(explorer.describe().splitlines()[0])
    A cuvette with 500 nanocrystals of CsPbBr₃, mean edge 5.1 nm (cubes), and an excess of iodide:
    one spectrum every 35 s for 315 s, each the mean over the 35 s before its time.
    """

    def __init__(self) -> None:
        self.state = EnsembleState()
        self._drawn: EnsembleResult | None = None
        self._player = TimePlayer([""])
        self._stack, self._peaks = StackFigure(), PeakFigure()
        self._lines, self._fractions = CrystalLinesFigure(), FractionFigure()
        self._behind = wrapping_row([], gap="8px")
        self._table = TextTable(caption=TABLE_CAPTION, columns=TABLE_COLUMNS, numeric=True)
        self._notes = TextTable(caption=NOTE_CAPTION, columns=NOTE_COLUMNS)
        self._text = LiveText()
        self._crystals = ipywidgets.ToggleButton(layout=ipywidgets.Layout(width="190px"))
        self._more = ipywidgets.ToggleButton(layout=ipywidgets.Layout(width="130px"))
        self._more_row = wrapping_row(self._more_settings())
        super().__init__(
            [
                wrapping_row(self._settings()),
                self._more_row,
                wrapping_row([self._stack, self._peaks], gap="8px"),
                self._player,
                self._behind,
                self._words(),
                self._notes,
            ]
        )
        self.add_class("anionx-ensemble-explorer")
        traitlets.link((self.state, "playing"), (self._player, "playing"))
        traitlets.link((self.state, "crystals_shown"), (self._crystals, "value"))
        self._player.observe(self._go_to, "frame")
        self._more.observe(self._show_more, "value")
        self.state.observe(self._follow, "result")
        self._show_more()
        self._show(self.state.result)

    def _settings(self) -> list[ipywidgets.Widget]:
        state = self.state
        menus = [
            choice_menu(
                state,
                "cuvette",
                "Batch",
                {item[0]: cuvette_name(*item) for item in cuvettes().items()},
            ),
            choice_menu(state, "mechanism", "Mechanism", MECHANISM_NAMES),
        ]
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        half_second: dict[str, Any] = {"unit": "s", "step": 0.5}
        return [
            control_for(state, "half_time_s", label="Half time of a crystal", **half_second),
            control_for(state, "start_mean_s", label="Mean start", **half_second),
            control_for(state, "start_sd_s", label="Spread of the starts, sd", **half_second),
            wrapping_row([*menus, self._crystals, self._more, reset], gap="6px 12px"),
        ]

    def _more_settings(self) -> list[ipywidgets.Widget]:
        state = self.state
        return [
            control_for(state, "etch_rate_pm_per_s", label="Etching", unit="pm/s"),
            control_for(
                state, "rate_log_sd", label="Spread of the speeds, sd of ln", step=0.05, decimals=2
            ),
            control_for(state, "exposure_s", label="Collection of a spectrum", unit="s", step=1.0),
        ]

    def _words(self) -> ipywidgets.Box:
        self._table.layout.flex = "1 1 400px"
        self._text.layout.flex = "1 1 400px"
        return wrapping_row([self._table, self._text])

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        return description(self.state.result)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()
        self._more.value = False

    def _go_to(self, change: dict[str, Any]) -> None:
        """Show the spectrum that the player has come to."""
        # A page that still plays may ask for a spectrum of the cuvette that was there before.
        if change["new"] < self.state.result.course.time_s.size:
            self.state.frame = change["new"]

    def _show_more(self, _change: object = None) -> None:
        """Show or hide the settings that few begin with."""
        self._more.description = FEWER if self._more.value else MORE
        self._more_row.layout.display = None if self._more.value else "none"

    def _follow(self, change: dict[str, Any]) -> None:
        self._show(change["new"])

    def _show(self, result: EnsembleResult) -> None:
        """Draw what has changed since the last result, and say it."""
        old, self._drawn = self._drawn, result
        new_course = old is None or old.course is not result.course
        new_cuvette = old is None or old.course.cuvette is not result.course.cuvette
        if new_cuvette:
            self._peaks.show_cuvette(result.course.cuvette)
            self._notes.rows = note_rows(result.course.cuvette)
        if new_course:
            self._stack.show_course(result.course)
            self._peaks.show_course(result.course)
        self._stack.show_frame(result)
        self._peaks.show_frame(result)
        self._show_crystals(result)
        with self._player.hold_sync():
            self._player.moments = moments(result.course.cuvette)
            self._player.frame = result.frame
        self._table.rows = table_rows(result)
        self._text.text = self.describe()

    def _show_crystals(self, result: EnsembleResult) -> None:
        """Draw the single crystals behind the spectrum when somebody asked for them."""
        shown = result.crystals_shown
        self._crystals.description = HIDE_CRYSTALS if shown else SHOW_CRYSTALS
        if shown:
            self._lines.show(result)
            self._fractions.show(result)
        self._behind.children = [self._lines, self._fractions] if shown else []
