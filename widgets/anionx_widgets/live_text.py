"""Text that a screen reader speaks when it changes."""

from pathlib import Path

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class LiveText(anywidget.AnyWidget):
    """A status line: always in the page, its text replaced, announced politely.

    The front end writes the text as text, never as HTML. While a slider moves it waits for a
    pause of a quarter of a second, so that nobody is read two hundred intermediate states.

    Parameters
    ----------
    text : str
        What is shown and announced.
    """

    _esm = _FOLDER / "live_text.js"
    _css = _FOLDER / "live_text.css"

    text = traitlets.Unicode().tag(sync=True)
