"""Parts of a widget beside each other, as many as the window has room for."""

import ipywidgets


def wrapping_row(
    children: list[ipywidgets.Widget], *, flex: str | None = None, gap: str = "6px 24px"
) -> ipywidgets.Box:
    """Return a row that wraps in a narrow window.

    Parameters
    ----------
    children : list of widgets
        From left to right.
    flex : str, optional
        How the row itself shares the width of what it is in.
    gap : str
        Between lines and between neighbours.

    Returns
    -------
    ipywidgets.Box
    """
    layout = ipywidgets.Layout(flex_flow="row wrap", grid_gap=gap, flex=flex, margin="0 0 6px 0")
    return ipywidgets.Box(children, layout=layout)
