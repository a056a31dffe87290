"""Nanocrystals in three dimensions on a flat canvas: turned by hand, cut open, played in the page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import anywidget
import numpy as np
import numpy.typing as npt
import traitlets

from anionx_widgets.trajectory_canvas import BROMIDE_COLOR, IODIDE_COLOR

_FOLDER = Path(__file__).parent
_SCRIPTS: Final = (
    "page_elements.js",
    "canvas_player.js",
    "crystal_spheres.js",
    "crystal_lattice.js",
    "crystal_cell.js",
    "crystal_canvas.js",
)

NEVER: Final = 255
"""What stands for a site that is bromide in every frame."""
MOST_FRAMES: Final = NEVER
TURN_DEG: Final = -32.0
TILT_DEG: Final = 24.0
CESIUM_COLOR: Final = "#009e73"
LEAD_COLOR: Final = "#5f5f5f"


class CrystalCanvas(anywidget.AnyWidget):
    """One or two nanocrystals as cubes of anion sites, or unit cells, drawn to one scale.

    Nothing runs backward in them, so one byte a site holds all frames: the first in which it is
    iodide. The page draws the spheres that can be seen, and plays without asking Python.

    Parameters
    ----------
    frame : int
        The moment shown, from 0.
    playing : bool
        Whether the player runs.
    play_ms : int
        How long it plays from the first frame to the last, in ms.
    report_ms : int
        While it plays, Python hears of the frame so often, in ms; 0 for at the end only.
    turn_deg, tilt_deg : float
        How the crystals are turned: about their own axis c, and towards the eye.
    cut_share : float
        Which part of each crystal is cut away, from the face that axis a points to.
    iodide_only : bool
        Whether bromide is left out.
    **traits
        Further traits; the crystals come from `show` and `show_unit_cells`.
    """

    # A widget's module is one text: the drawing first, then what uses it.
    _esm = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    # Its player looks like every other.
    _css = "\n".join(
        (_FOLDER / name).read_text(encoding="utf-8")
        for name in ("time_player.css", "crystal_canvas.css")
    )

    cells = traitlets.List(traitlets.Int(min=1)).tag(sync=True)
    edges_nm = traitlets.List(traitlets.Float()).tag(sync=True)
    changes = traitlets.Bytes(b"").tag(sync=True)
    unit_cells = traitlets.List(traitlets.Dict()).tag(sync=True)
    element_colors = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    captions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    descriptions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    moments = traitlets.List(traitlets.Unicode()).tag(sync=True)
    frame_count = traitlets.Int(2, min=2, max=MOST_FRAMES).tag(sync=True)
    frame = traitlets.Int(0, min=0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    play_ms = traitlets.Int(5000, min=1).tag(sync=True)
    report_ms = traitlets.Int(0, min=0).tag(sync=True)
    player_name = traitlets.Unicode("Time").tag(sync=True)
    turn_deg = traitlets.Float(TURN_DEG).tag(sync=True)
    tilt_deg = traitlets.Float(TILT_DEG, min=-90.0, max=90.0).tag(sync=True)
    cut_share = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    iodide_only = traitlets.Bool(False).tag(sync=True)
    bromide_color = traitlets.Unicode(BROMIDE_COLOR).tag(sync=True)
    iodide_color = traitlets.Unicode(IODIDE_COLOR).tag(sync=True)

    def show(
        self,
        first_iodide_frame: Sequence[npt.NDArray[np.uint8]],
        edges_nm: Sequence[float],
        *,
        moments: Sequence[str],
        captions: Sequence[str],
        descriptions: Sequence[str],
    ) -> None:
        """Draw other nanocrystals.

        Parameters
        ----------
        first_iodide_frame : sequence of (n, n, n) arrays of uint8
            For each crystal and site the first frame in which it is iodide, `NEVER` for none.
        edges_nm : sequence of float
            Edge length of each crystal in nm: it gives them their size beside each other.
        moments : sequence of str
            What stands beside the player at each frame.
        captions, descriptions : sequence of str
            Below each picture, and in its place for who cannot see it.
        """
        with self.hold_sync():
            self.frame_count = len(moments)
            self.moments = list(moments)
            self.cells = [len(crystal) for crystal in first_iodide_frame]
            self.edges_nm = [float(edge) for edge in edges_nm]
            self.changes = b"".join(
                np.ascontiguousarray(crystal).tobytes() for crystal in first_iodide_frame
            )
            self.unit_cells = []
            self.captions, self.descriptions = list(captions), list(descriptions)

    def show_unit_cells(
        self,
        unit_cells: Sequence[dict[str, Any]],
        *,
        captions: Sequence[str],
        descriptions: Sequence[str],
        element_colors: Sequence[tuple[str, str]],
    ) -> None:
        """Draw unit cells, until `show` is called again.

        Parameters
        ----------
        unit_cells : sequence of dict
            Of each: ``edges`` in nm with the names of their ``axes``, ``atoms`` as [element, x, y, z] in nm, ``octahedra`` as the
            numbers of lead and its six halides, ``colors`` by element.
        captions, descriptions : sequence of str
            As for `show`.
        element_colors : sequence of (str, str)
            The legend: name and colour.
        """
        with self.hold_sync():
            self.element_colors = [list(entry) for entry in element_colors]
            self.unit_cells = list(unit_cells)
            self.captions, self.descriptions = list(captions), list(descriptions)

    @traitlets.validate("frame")
    def _a_frame_there_is(self, proposal: dict[str, Any]) -> int:
        """Refuse a moment after the last."""
        frame = int(proposal["value"])
        if frame >= self.frame_count:
            msg = f"frame must be between 0 and {self.frame_count - 1}, got {frame}"
            raise traitlets.TraitError(msg)
        return frame


def first_frames(
    event_time: npt.NDArray[np.float64], frame_time: npt.NDArray[np.float64], cells: int
) -> npt.NDArray[np.uint8]:
    """Return the first frame in which each site is iodide, (n, n, n), `NEVER` when in none.

    Parameters
    ----------
    event_time : (n^3,) array
        When each site is exchanged.
    frame_time : (F,) array
        When each frame is, increasing, at most `MOST_FRAMES` of them.
    cells : int
        Sites along an edge, n.
    """
    first = frame_time.searchsorted(event_time, side="left")
    first[first == len(frame_time)] = NEVER
    return first.astype(np.uint8).reshape(cells, cells, cells)
