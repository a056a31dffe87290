"""The nanocrystal viewer: where in a crystal bromide gives way to iodide, and its unit cell."""

from typing import Any, Final

import ipywidgets
import traitlets

from anionx_teach.diffraction import perovskite_cell
from anionx_widgets.after_pause import AfterPause
from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.crystal_canvas import CESIUM_COLOR, LEAD_COLOR, CrystalCanvas
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.nanocrystal_figures import CourseFigure
from anionx_widgets.nanocrystal_state import N_FRAMES, NanocrystalResult, NanocrystalState
from anionx_widgets.nanocrystal_words import (
    CELL_CAPTION,
    CELL_COLUMNS,
    PATTERN_CAPTION,
    PATTERN_COLUMNS,
    START_NAMES,
    STRUCTURES,
    VIEW_NAMES,
    cell_captions,
    cell_descriptions,
    cell_rows,
    crystal_caption,
    crystal_description,
    description,
    moments,
    pattern_rows,
)
from anionx_widgets.range_control import control_for
from anionx_widgets.text_table import TextTable
from anionx_widgets.trajectory_canvas import BROMIDE_COLOR, IODIDE_COLOR
from anionx_widgets.wrapping_row import wrapping_row

_COLORS: Final = {"Cs": CESIUM_COLOR, "Pb": LEAD_COLOR, "Br": BROMIDE_COLOR, "I": IODIDE_COLOR}
_NAMES: Final = {"Cs": "cesium", "Pb": "lead", "Br": "bromide", "I": "iodide"}
_REPORT_MS: Final = 200


class NanocrystalViewer(KeyboardBox):
    """A nanocrystal in three dimensions while its bromide is exchanged, site by site.

    Drag the crystal, or focus it and press the arrow keys, to turn it; cut it open to look inside;
    "Play" runs the exchange. "Show" also leaves bromide out, or shows the unit cells.

    Attributes
    ----------
    state : NanocrystalState
        The settings, the player and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> viewer = NanocrystalViewer()
    >>> viewer.state.edge_length_nm = 7.8
    >>> print(viewer.describe().splitlines()[0])
    A cube of CsPb(Br,I)₃, 7.8 nm: 19³ = 6,859 anions; each iodide neighbour lowers the
    barrier of a site by 1 kT; exchange begins everywhere.
    """

    def __init__(self) -> None:
        self.state = NanocrystalState()
        self._canvas = CrystalCanvas(
            frame_count=N_FRAMES,
            frame=self.state.frame,
            report_ms=_REPORT_MS,
            player_name="Exchange",
        )
        self._course = CourseFigure()
        self._pattern = TextTable(caption=PATTERN_CAPTION, columns=PATTERN_COLUMNS, numeric=True)
        self._cells = TextTable(caption=CELL_CAPTION, columns=CELL_COLUMNS)
        self._text = LiveText()
        self._numbers_wait = AfterPause(self._show_numbers)
        self._controls = self._settings()
        super().__init__([wrapping_row(self._controls), self._pictures(), self._cells, self._text])
        self.add_class("anionx-nanocrystal-viewer")
        for name in ("frame", "playing", "turn_deg", "tilt_deg"):
            traitlets.link((self.state, name), (self._canvas, name))
        self.state.observe(self._follow, "result")
        self.state.observe(self._show_view, ["view", "cut_percent"])
        self.state.observe(self._show_moment, "frame")
        self.state.observe(self._describe, ["playing", "turn_deg", "tilt_deg"])
        self._course.show(self.state.result)
        self._show_view()

    def _settings(self) -> list[ipywidgets.Widget]:
        state = self.state
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        self._sliders = [
            control_for(state, "edge_length_nm", label="Edge length", unit="nm"),
            control_for(
                state,
                "coupling_kt",
                label="Coupling \N{GREEK SMALL LETTER EPSILON}",
                unit="kT",
                step=0.05,
                decimals=2,
            ),
            control_for(state, "cut_percent", label="Cut away", unit="%", step=10.0, decimals=0),
        ]
        self._start = choice_menu(state, "start", "Begins", START_NAMES)
        menus = [choice_menu(state, "view", "Show", VIEW_NAMES), self._start, reset]
        return [*self._sliders, wrapping_row(menus, gap="6px 12px")]

    def _pictures(self) -> ipywidgets.Box:
        self._canvas.layout.flex = "3 1 420px"
        self._canvas.layout.min_width = "min(420px, 100%)"
        self._beside = ipywidgets.VBox(
            [self._course, self._pattern],
            layout=ipywidgets.Layout(flex="1 1 340px", min_width="min(340px, 100%)"),
        )
        return wrapping_row([self._canvas, self._beside], gap="8px 16px")

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        return description(self.state)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()

    def _follow(self, change: dict[str, Any]) -> None:
        result, frame = change["new"], self.state.frame
        self._show_crystal(result)
        self._course.show(result)
        self._course.show_moment(result, frame)
        self._numbers_wait.ask()  # for what is counted, and read, when the slider rests

    def _show_view(self, _change: object = None) -> None:
        """Show the nanocrystal or the unit cells, with what belongs to them."""
        state, is_lattice = self.state, self.state.is_lattice
        for control in (*self._sliders, self._start):
            control.disabled = not is_lattice
        self._beside.layout.display = None if is_lattice else "none"
        self._cells.rows = [] if is_lattice else cell_rows()
        with self._canvas.hold_sync():
            self._canvas.iodide_only = state.view == "iodide"
            self._canvas.cut_share = state.cut_percent / 100
            if is_lattice:
                self._show_crystal(state.result)
            else:
                state.playing = False
                self._show_cells()
        self._show_moment()

    def _show_crystal(self, result: NanocrystalResult) -> None:
        self._canvas.show(
            [result.first_iodide_frame],
            [result.edge_length_nm],
            moments=moments(result),
            captions=[crystal_caption(result)],
            descriptions=[crystal_description(self.state)],
        )

    def _show_cells(self) -> None:
        self._canvas.show_unit_cells(
            [_drawn(name) for name in STRUCTURES],
            captions=cell_captions(),
            descriptions=cell_descriptions(),
            element_colors=[(_NAMES[element], color) for element, color in _COLORS.items()],
        )

    def _show_moment(self, _change: object = None) -> None:
        """Show where the player stands, in the figure, the table and the words."""
        state = self.state
        self._course.show_moment(state.result, state.frame)
        self._show_numbers()

    def _show_numbers(self) -> None:
        self._numbers_wait.cancel()
        self._pattern.rows = pattern_rows(self.state) if self.state.is_lattice else []
        self._describe()

    def _describe(self, _change: object = None) -> None:
        self._text.text = self.describe()


def _drawn(structure: str) -> dict[str, Any]:
    """Return a unit cell as the canvas takes it, standing on its long edge b."""
    cell = perovskite_cell(structure)
    upright = [2, 0, 1]  # c, a, b: still a right-handed system
    places = cell.position_nm[:, upright].tolist()
    return {
        "edges": cell.edge_nm[upright].tolist(),
        "axes": ["abc"[axis] for axis in upright],
        "atoms": [[element, *place] for element, place in zip(cell.element, places, strict=True)],
        "octahedra": cell.octahedra.tolist(),
        "colors": {element: _COLORS[element] for element in sorted(set(cell.element))},
    }
