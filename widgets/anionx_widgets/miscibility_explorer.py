"""The miscibility explorer: from a free energy to two nanocrystals that react differently."""

from typing import Any, Final

import ipywidgets
import traitlets

from anionx_widgets.after_pause import AfterPause
from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.crystal_canvas import CrystalCanvas, first_frames
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.miscibility_crystal import N_FRAMES, MiscibilityResult
from anionx_widgets.miscibility_figures import (
    CouplingFigure,
    CourseFigure,
    FreeEnergyFigure,
    PhaseDiagramFigure,
)
from anionx_widgets.miscibility_state import MiscibilityState
from anionx_widgets.miscibility_words import (
    NOTE_CAPTION,
    NOTE_COLUMNS,
    NUMBER_CAPTION,
    NUMBER_COLUMNS,
    SIZE_MODEL_NAMES,
    captions,
    crystal_descriptions,
    description,
    moments,
    note_rows,
    number_rows,
)
from anionx_widgets.nanocrystal_words import START_NAMES
from anionx_widgets.range_control import control_for
from anionx_widgets.text_table import TextTable
from anionx_widgets.wrapping_row import wrapping_row

MORE, FEWER = "More settings", "Fewer settings"
_REPORT_MS: Final = 150


class MiscibilityExplorer(KeyboardBox):
    """Why size might decide: an assumed energy of mixing, and two crystals that follow from it.

    Change how size enters and how strongly, the critical temperature of the bulk and the
    temperature: free energy, phase diagram and the couplings of both lattices follow. "Play" lets
    the small and the large crystal react under the same iodide.

    Attributes
    ----------
    state : MiscibilityState
        The settings, the player and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> explorer = MiscibilityExplorer()
    >>> explorer.state.lost_percent = 50
    >>> print(explorer.describe().splitlines()[2])
    Under the same iodide, exchange beginning everywhere, the small one switches in 0.500/k0 and the
    large one in 0.253/k0: the small one takes 1.98 times as long. A site without iodide neighbours
    waits 1/k0 on average.
    """

    def __init__(self) -> None:
        self.state = MiscibilityState()
        self._canvas = CrystalCanvas(
            frame_count=N_FRAMES, frame=self.state.frame, report_ms=_REPORT_MS
        )
        self._equilibrium = (CouplingFigure(), FreeEnergyFigure(), PhaseDiagramFigure())
        self._fraction = CourseFigure("Iodide fraction against time", "Iodide fraction")
        self._light = CourseFigure("Light through the red filter", "Part that passes")
        self._numbers = TextTable(caption=NUMBER_CAPTION, columns=NUMBER_COLUMNS, numeric=True)
        self._notes = TextTable(caption=NOTE_CAPTION, columns=NOTE_COLUMNS)
        self._text = LiveText()
        self._more = ipywidgets.ToggleButton(layout=ipywidgets.Layout(width="130px"))
        self._more_row = wrapping_row(self._more_settings())
        super().__init__(
            [
                wrapping_row(self._settings()),
                self._more_row,
                wrapping_row([*self._equilibrium], gap="4px 8px"),
                self._reaction(),
                self._words(),
                self._notes,
            ]
        )
        self.add_class("anionx-miscibility-explorer")
        for name in ("frame", "playing", "turn_deg", "tilt_deg"):
            traitlets.link((self.state, name), (self._canvas, name))
        self._more.observe(self._show_more, "value")
        self.state.observe(self._follow, "result")
        self.state.observe(self._follow_model, "size_model")
        self.state.observe(self._show_moment, "frame")
        self.state.observe(self._describe, "playing")
        self._reaction_waits = AfterPause(self._show_reaction)
        self._show_more()
        self._follow_model()
        self._show(self.state.result)
        self._reaction_waits.cancel()  # the first pictures are whole
        self._show_reaction()

    def _settings(self) -> list[ipywidgets.Widget]:
        state = self.state
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        kelvin: dict[str, Any] = {"unit": "K", "step": 1.0, "decimals": 0}
        return [
            control_for(
                state,
                "lost_percent",
                label="Mixing energy \N{GREEK CAPITAL LETTER OMEGA} lost at 5.1 nm",
                unit="%",
                step=1.0,
                decimals=0,
            ),
            control_for(
                state,
                "bulk_critical_temperature_k",
                label="Critical temperature, bulk",
                **kelvin,
            ),
            control_for(state, "temperature_k", label="Temperature", **kelvin),
            wrapping_row(
                [
                    choice_menu(state, "size_model", "Size acts by", SIZE_MODEL_NAMES),
                    self._more,
                    reset,
                ],
                gap="6px 12px",
            ),
        ]

    def _more_settings(self) -> list[ipywidgets.Widget]:
        state = self.state
        return [
            control_for(state, "small_edge_nm", label="Small edge", unit="nm"),
            control_for(state, "large_edge_nm", label="Large edge", unit="nm"),
            choice_menu(state, "start", "Exchange begins", START_NAMES),
        ]

    def _reaction(self) -> ipywidgets.Box:
        self._canvas.layout.flex = "2 1 520px"
        self._canvas.layout.min_width = "min(520px, 100%)"
        beside = ipywidgets.VBox(
            [self._fraction, self._light],
            layout=ipywidgets.Layout(flex="1 1 320px", min_width="min(320px, 100%)"),
        )
        return wrapping_row([self._canvas, beside], gap="8px 16px")

    def _words(self) -> ipywidgets.Box:
        self._numbers.layout.flex = "1 1 400px"
        self._text.layout.flex = "1 1 400px"
        return wrapping_row([self._numbers, self._text])

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        return description(self.state)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()
        self._more.value = False

    def _show_more(self, _change: object = None) -> None:
        """Show or hide the settings that few begin with."""
        self._more.description = FEWER if self._more.value else MORE
        self._more_row.layout.display = None if self._more.value else "none"

    def _follow(self, change: dict[str, Any]) -> None:
        self._show(change["new"])

    def _follow_model(self, _change: object = None) -> None:
        self._notes.rows = note_rows(self.state.result)

    def _show(self, result: MiscibilityResult) -> None:
        """Draw the equilibrium at once; the exchange is simulated when the slider rests."""
        for figure in self._equilibrium:
            figure.show(result)
        self._reaction_waits.ask()

    def _show_reaction(self) -> None:
        """Simulate, draw and describe how the two crystals of the present result react."""
        result = self.state.result
        self._canvas.show(
            [
                first_frames(crystal.history.event_time_s, result.frame_time, crystal.model.cells)
                for crystal in result.crystals
            ],
            [crystal.edge_length_nm for crystal in result.crystals],
            moments=moments(result),
            captions=captions(result),
            descriptions=crystal_descriptions(result),
        )
        self._fraction.show(result, result.iodide_fraction)
        self._light.show(result, result.light)
        self._show_moment()

    def _show_moment(self, _change: object = None) -> None:
        """Show where the player stands, in the figures, the table and the words."""
        for figure in (self._fraction, self._light):
            figure.show_time(self.state.time)
        self._numbers.rows = number_rows(self.state.result, self.state.frame)
        self._describe()

    def _describe(self, _change: object = None) -> None:
        self._text.text = self.describe()
