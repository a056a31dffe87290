"""How every figure looks: axes with units, a title, a legend that explains each mark."""

from pathlib import Path
from typing import Any

import anywidget
import bqplot
import ipywidgets
import traitlets
from bqplot.marks import Mark

from anionx_widgets import palette

_FOLDER = Path(__file__).parent

# Room for the tick labels and the name of an axis, in px.
MARGIN_PX = {"top": 12, "bottom": 46, "left": 58, "right": 16}


class FigureCaption(anywidget.AnyWidget):
    """The title and the legend below a figure, and the figure's accessible name.

    bqplot draws its legend over the data and gives a screen reader nothing; this caption stands
    beside the figure, wraps in a narrow window and names the figure for assistive technology.

    Parameters
    ----------
    title : str
        What the figure shows.
    entries : list of dict
        One for each mark: ``label``, ``color``, ``opacity`` and ``shape`` (a line style, "area" or
        a marker, "open-" before it when it is not filled).
    """

    _esm = _FOLDER / "figure_caption.js"
    _css = _FOLDER / "figure_caption.css"

    title = traitlets.Unicode().tag(sync=True)
    entries = traitlets.List(traitlets.Dict()).tag(sync=True)


class FigurePanel(ipywidgets.VBox):
    """A bqplot figure above its caption.

    The legend is read off the marks: a mark with a label and not hidden has an entry, and
    the legend follows when a mark is shown, hidden or renamed.

    Parameters
    ----------
    title : str
        What the figure shows; also its accessible name.
    marks : list of bqplot marks
        Drawn in this order.
    axes : list of bqplot axes
        From `axis`.
    height_px : int
        Height of the figure without the caption.
    width : str
        Preferred width as a CSS flex basis; panels beside each other share what is left.
    margin_px : dict
        What differs from `MARGIN_PX`.
    """

    def __init__(
        self,
        title: str,
        marks: list[Mark],
        axes: list[bqplot.Axis],
        *,
        height_px: int = 300,
        width: str = "340px",
        margin_px: dict[str, int] | None = None,
        **figure_traits: Any,
    ) -> None:
        self.caption = FigureCaption(title=title)
        self.figure = bqplot.Figure(
            marks=marks,
            axes=axes,
            fig_margin=MARGIN_PX | (margin_px or {}),
            padding_y=0.0,
            animation_duration=0,
            display_toolbar=False,
            layout=ipywidgets.Layout(width="100%", height=f"{height_px}px", min_width="0"),
            **figure_traits,
        )
        super().__init__(
            [self.figure, self.caption],
            layout=ipywidgets.Layout(flex=f"1 1 {width}", min_width=f"min({width}, 100%)"),
        )
        self.add_class("anionx-panel")
        for mark in marks:
            mark.observe(self._update_legend, ["visible", "labels", "colors"])
        self._update_legend()

    def _update_legend(self, _change: object = None) -> None:
        self.caption.entries = [
            entry for mark in self.figure.marks if mark.visible for entry in _legend_entries(mark)
        ]


def linear_scale(low: float, high: float) -> bqplot.LinearScale:
    """Return a scale with fixed ends, so that a moved slider moves the marks and not the axis."""
    return bqplot.LinearScale(min=float(low), max=float(high), allow_padding=False)


def axis(
    label: str, scale: bqplot.LinearScale, *, side: str = "bottom", **traits: Any
) -> bqplot.Axis:
    """Return an axis with its name and unit.

    Parameters
    ----------
    label : str
        Name with unit, "Edge length (nm)".
    scale : bqplot.LinearScale
        From `linear_scale`.
    side : {"bottom", "left", "top", "right"}
        Where it stands.
    **traits
        Further traits of `bqplot.Axis`.

    Returns
    -------
    bqplot.Axis
    """
    offset = {"bottom": "36px", "top": "-30px", "left": "42px", "right": "42px"}[side]
    settings = {"grid_lines": "none", "label_offset": offset, "num_ticks": 6} | traits
    return bqplot.Axis(label=label, scale=scale, side=side, **settings)


def line(scales: dict[str, Any], label: str = "", **traits: Any) -> bqplot.Lines:
    """Return an empty line mark; `label` is its entry in the legend."""
    settings = {"colors": [palette.DRAWN], "stroke_width": 2.0} | traits
    return bqplot.Lines(x=[], y=[], scales=scales, labels=[label] if label else [], **settings)


def points(scales: dict[str, Any], label: str = "", **traits: Any) -> bqplot.Scatter:
    """Return an empty scatter mark; `label` is its entry in the legend."""
    settings = {"colors": [palette.DRAWN], "default_size": 48} | traits
    return bqplot.Scatter(x=[], y=[], scales=scales, labels=[label] if label else [], **settings)


def update_mark(mark: Mark, **values: Any) -> None:
    """Set several traits of a mark in one message to the page; what is unchanged is not sent."""
    with mark.hold_sync():
        for name, value in values.items():
            setattr(mark, name, value)


def _legend_entries(mark: Mark) -> list[dict[str, Any]]:
    """Return what the legend says of a mark: one entry for each of its labels."""
    opacities = mark.opacities if mark.has_trait("opacities") else []
    if isinstance(mark, bqplot.Scatter):
        shape = mark.marker if mark.fill else f"open-{mark.marker}"
    elif isinstance(mark, bqplot.Lines) and mark.fill == "none":
        shape = mark.line_style
    else:
        shape = "area"
        opacities = mark.fill_opacities if isinstance(mark, bqplot.Lines) else opacities
    colors = mark.colors if mark.has_trait("colors") else [palette.TEXT]
    return [
        {
            "label": label,
            "color": colors[i % len(colors)] or palette.TEXT,
            "opacity": opacities[i % len(opacities)] if opacities else 1.0,
            "shape": shape,
        }
        for i, label in enumerate(mark.labels)
        if label
    ]
