"""The filter explorer: size and composition give a colour, and the filter decides who is seen."""

from typing import Any, Final

import ipywidgets

from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.filter_figures import PassingFigure, SpectrumFigure
from anionx_widgets.filter_sight import SightFigure
from anionx_widgets.filter_state import FILTER_SETS, FilterResult, FilterState
from anionx_widgets.filter_words import (
    NOTE_COLUMNS,
    READING_COLUMNS,
    description,
    filter_name,
    note_rows,
    reading_rows,
    readings_caption,
)
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import control_for
from anionx_widgets.text_table import TextTable
from anionx_widgets.wrapping_row import wrapping_row

_FIGURE_HEIGHT_PX: Final = 320


class FilterExplorer(KeyboardBox):
    """What the microscope lets through: one CsPb(Br,I)3 cube, its line, the camera's window.

    Move the iodide fraction as the exchange would; compare the sizes.

    Attributes
    ----------
    state : FilterState
        The settings and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> explorer = FilterExplorer()
    >>> explorer.state.edge_length_nm, explorer.state.iodide_fraction = 13.1, 1.0
    >>> print(explorer.describe().splitlines()[1])
    23.5 % of its light passes the emission filter, 590 to 649 nm: so bright is the spot of the
    camera, from black (0 %) to white (100 %). The maximum of this size enters the window at an
    iodide fraction of 0.52 and leaves it again at 0.92.
    """

    def __init__(self) -> None:
        self.state = FilterState()
        result = self.state.result
        self._spectrum = SpectrumFigure(result, height_px=_FIGURE_HEIGHT_PX)
        self._passing = PassingFigure(result, height_px=_FIGURE_HEIGHT_PX)
        self._sight = SightFigure(result, height_px=_FIGURE_HEIGHT_PX)
        self._readings = TextTable(columns=READING_COLUMNS, numeric=True)
        self._text = LiveText()
        notes = TextTable(caption="The numbers behind it", columns=NOTE_COLUMNS, rows=note_rows())
        super().__init__([self._controls(), self._figures(), self._words(), notes])
        self.add_class("anionx-filter-explorer")
        self.state.observe(self._follow, "result")
        self._say(result)

    def _controls(self) -> ipywidgets.Box:
        state = self.state
        sets = {key: filter_name(key, pair.emission) for key, pair in FILTER_SETS.items()}
        menu = choice_menu(state, "filters", "Filters", sets)
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        fine: dict[str, Any] = {"step": 0.01, "decimals": 2}
        return wrapping_row(
            [
                control_for(state, "edge_length_nm", label="Edge length", unit="nm"),
                control_for(state, "iodide_fraction", label="Iodide fraction", **fine),
                control_for(
                    state, "fwhm_mev", label="Line width", unit="meV", step=1.0, decimals=0
                ),
                control_for(state, "bowing_ev", label="Bowing", unit="eV", **fine),
                wrapping_row([menu, reset], gap="6px 12px"),
            ]
        )

    def _figures(self) -> ipywidgets.Box:
        return wrapping_row([self._spectrum, self._passing, self._sight], gap="8px")

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

    def _follow(self, change: dict[str, Any]) -> None:
        """Draw a result and say it."""
        result: FilterResult = change["new"]
        self._spectrum.show(result)
        self._passing.show(result)
        self._sight.show(result)
        self._say(result)

    def _say(self, result: FilterResult) -> None:
        with self._readings.hold_sync():
            self._readings.caption = readings_caption(result)
            self._readings.rows = reading_rows(result)
        self._text.text = self.describe()
