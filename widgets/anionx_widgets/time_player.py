"""A player: a button and a slider that run through moments, both with a name."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class TimePlayer(anywidget.AnyWidget):
    """Play, pause, or pick one of several moments.

    The player of ipywidgets has no accessible name, hence this one. The page keeps the time and
    tells Python each moment; while the kernel is busy only the last one waits.

    Parameters
    ----------
    moments : list of str
        What stands beside the slider at each moment, "35 s".
    frame : int
        Which of them, from 0; the page shows none after the last.
    playing : bool
        Whether the player runs.
    """

    _esm = "\n".join(
        (_FOLDER / name).read_text(encoding="utf-8")
        for name in ("page_elements.js", "time_player.js")
    )
    _css = _FOLDER / "time_player.css"

    moments = traitlets.List(traitlets.Unicode(), minlen=1).tag(sync=True)
    frame = traitlets.Int(0, min=0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)

    def __init__(self, moments: list[str], **traits: Any) -> None:
        super().__init__(moments=moments, **traits)
