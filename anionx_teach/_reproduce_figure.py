"""The figure of `anionx reproduce`: switching time against concentration, drawn with matplotlib."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from anionx_teach import paper

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

# Okabe and Ito, "Color Universal Design" (2008), each with a marker of its own.
_STYLES = (
    ("#0072B2", "o"),
    ("#E69F00", "s"),
    ("#009E73", "^"),
    ("#CC79A7", "v"),
    ("#D55E00", "D"),
)
_SIZE_INCHES = (8.2, 4.8)
_DPI = 160
# Beside our point, so that neither spread hides the other.
_PRINTED_SHIFT = 1.08
_SALT = "anionx reproduce"  # names inside the SVG follow from it instead of from chance


def figure_bytes(table: pd.DataFrame, kind: str) -> bytes:
    """Return the figure as "png" or "svg", the same bytes for the same table."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context(["default", {"svg.hashsalt": _SALT}]):
        figure = Figure(figsize=_SIZE_INCHES, dpi=_DPI, layout="constrained")
        _draw_on(figure.add_subplot(), table)
        content = io.BytesIO()
        metadata = {"Date": None} if kind == "svg" else {}
        figure.savefig(content, format=kind, metadata=metadata)
    return content.getvalue()


def _draw_on(axes: Axes, table: pd.DataFrame) -> None:
    """Draw every size, the printed means over them, and say what is what."""
    printed = paper.switching_times()
    sizes = table.groupby("edge_length_nm", sort=True)
    for (size, rows), (colour, marker) in zip(sizes, _STYLES, strict=True):
        ends = printed.loc[printed["edge_length_nm"] == size, "concentration_um"]
        calibrated = not ends.empty
        said = (
            f"calibrated at {ends.min():g} and {ends.max():g} µM" if calibrated else "interpolated"
        )
        axes.errorbar(
            rows["concentration_um"],
            rows["mean_s"],
            yerr=rows["sd_s"],
            color=colour,
            marker=marker,
            markersize=6,
            markerfacecolor=colour if calibrated else "white",
            linestyle="-" if calibrated else "--",
            linewidth=1,
            capsize=2,
            label=f"{size:g} nm, {said}",
        )
    axes.errorbar(
        printed["concentration_um"] * _PRINTED_SHIFT,
        printed["mean_s"],
        yerr=printed["sd_s"],
        color="black",
        marker="X",
        markersize=8,
        linestyle="none",
        capsize=4,
        label=f"printed in the paper,\nmoved {_PRINTED_SHIFT - 1:.0%} to the right",
    )
    _label(axes, sorted(table["concentration_um"].unique()))


def _label(axes: Axes, concentrations: list[float]) -> None:
    """Name axes and units, with a tick at each concentration."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(concentrations)
    axes.xaxis.set_minor_locator(NullLocator())
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_major_formatter(plain)
    axes.yaxis.set_major_formatter(plain)
    axes.set_xlabel("TMSI concentration (µM)")
    axes.set_ylabel("switching time, 10-90 % (s)")
    axes.set_title("Bars: standard deviation of the nanocrystals", loc="left", fontsize=10)
    axes.legend(title="edge length", loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
