"""Many trajectories as one picture, and a player that runs the particles through time."""

from pathlib import Path
from typing import Any, Final

import anywidget
import numpy as np
import numpy.typing as npt
import traitlets

from anionx_widgets import palette

_FOLDER = Path(__file__).parent

# Pale and dark as well as blue and red, so that the two ends differ without colour vision.
BROMIDE_COLOR: Final = "#9fd3f2"
IODIDE_COLOR: Final = "#9c3a00"
_LEVELS: Final = 255


class TrajectoryCanvas(anywidget.AnyWidget):
    """Iodide fraction of many nanocrystals against time, and the same as a field of squares.

    All that the player shows is sent at once, one byte for each nanocrystal and moment, so that
    the page plays it without asking Python. Python hears where the player stands when it is moved
    by hand, paused, or has come to the end.

    Parameters
    ----------
    frame : int
        The moment shown in the field and marked by the cursor, from 0.
    playing : bool
        Whether the player runs.
    time_unit : str
        Of the time axis.
    **traits
        Further traits; the data come from `show` and `pin`.
    """

    # A widget's module is one text: the parts first, then what uses them.
    _esm = "\n".join(
        (_FOLDER / name).read_text(encoding="utf-8")
        for name in (
            "page_elements.js",
            "canvas_player.js",
            "trajectory_drawing.js",
            "trajectory_canvas.js",
        )
    )
    # Its player looks like every other.
    _css = "\n".join(
        (_FOLDER / name).read_text(encoding="utf-8")
        for name in ("time_player.css", "trajectory_canvas.css")
    )

    frames = traitlets.Bytes(b"").tag(sync=True)
    frame_count = traitlets.Int(2, min=2).tag(sync=True)
    time_end = traitlets.Float(1.0).tag(sync=True)
    time_unit = traitlets.Unicode("s").tag(sync=True)
    pinned_mean = traitlets.List(traitlets.Float()).tag(sync=True)
    pinned_time_end = traitlets.Float(1.0).tag(sync=True)
    frame = traitlets.Int(0, min=0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    curves_title = traitlets.Unicode("Iodide fraction of each nanocrystal against time").tag(
        sync=True
    )
    field_title = traitlets.Unicode("The same nanocrystals at this time").tag(sync=True)
    curves_description = traitlets.Unicode().tag(sync=True)
    field_description = traitlets.Unicode().tag(sync=True)
    color = traitlets.Unicode(palette.MEASURED).tag(sync=True)
    pinned_color = traitlets.Unicode(palette.PICKED).tag(sync=True)
    start_color = traitlets.Unicode(BROMIDE_COLOR).tag(sync=True)
    end_color = traitlets.Unicode(IODIDE_COLOR).tag(sync=True)

    def show(
        self,
        iodide_fraction: npt.NDArray[np.float64],
        time_end: float,
        *,
        curves_description: str,
        field_description: str,
    ) -> None:
        """Draw other trajectories.

        Parameters
        ----------
        iodide_fraction : (N, T) array
            Of N nanocrystals, from 0 to 1 and never falling, at T times evenly from 0 to
            `time_end`; with N = 0 only the axes are drawn.
        time_end : float
            Right end of the time axis, in `time_unit`.
        curves_description, field_description : str
            The two pictures in words, for who cannot see them.
        """
        levels = np.rint(iodide_fraction.T * _LEVELS).astype(np.uint8)
        with self.hold_sync():
            self.frame_count = len(levels)
            self.frames = levels.tobytes()
            self.time_end = time_end
            self.curves_description = curves_description
            self.field_description = field_description

    def pin(self, mean: npt.NDArray[np.float64], time_end: float) -> None:
        """Draw a mean (T,) to compare with, at times evenly from 0 to `time_end`."""
        with self.hold_sync():
            self.pinned_mean = mean.tolist()
            self.pinned_time_end = time_end

    def unpin(self) -> None:
        """Take the mean to compare with away."""
        self.pinned_mean = []

    @traitlets.validate("frame")
    def _a_frame_there_is(self, proposal: dict[str, Any]) -> int:
        """Refuse a moment after the last."""
        frame = int(proposal["value"])
        if frame >= self.frame_count:
            msg = f"frame must be between 0 and {self.frame_count - 1}, got {frame}"
            raise traitlets.TraitError(msg)
        return frame
