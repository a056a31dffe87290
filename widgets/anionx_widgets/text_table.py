"""A small table whose cells change: for numbers beside a figure."""

from pathlib import Path

import anywidget
import traitlets

_FOLDER = Path(__file__).parent


class TextTable(anywidget.AnyWidget):
    """A table with a caption; the first cell of a row is its heading.

    The front end writes every cell as text, never as HTML. Without rows nothing is shown.

    Parameters
    ----------
    caption : str
        What the table shows.
    columns : list of str
        Their headings, with units.
    rows : list of list of str
        The cells, as many in a row as there are columns.
    numeric : bool
        Whether the cells behind the first are numbers, set flush right in digits of one width.
    """

    _esm = _FOLDER / "text_table.js"
    _css = _FOLDER / "text_table.css"

    caption = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    numeric = traitlets.Bool(False).tag(sync=True)
