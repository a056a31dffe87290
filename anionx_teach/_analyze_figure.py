"""The pictures of `anionx analyze`: the field with numbered spots, and a page of trajectories."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from anionx_teach._analyze_table import counted_spots
from anionx_teach.switching import switching_curve

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from anionx_teach._movie import Movie
    from anionx_teach._validation import Numbers
    from anionx_teach.trajectories import Trajectories

# Okabe and Ito, "Color Universal Design" (2008); each group has a marker of its own as well.
_GROUPS = (
    ("counted", "#009E73", "o", "single, rise fitted"),
    ("single", "#56B4E9", "s", "single, no rise fitted"),
    ("rejected", "#D55E00", "D", "not single"),
)
_FIT_COLOUR = "#D55E00"
_DPI = 160
_FIELD_INCHES = 9.0
_PANEL_INCHES = (2.6, 1.7)
_COLUMNS, _MOST_ROWS = 4, 6
_MOST_POINTS = 2000  # of one panel: more than it has pixels
_MEANS = 60  # of neighbouring frames, over the noise of single ones
_CURVE_POINTS = 400
_DARK, _BRIGHT = 1.0, 99.7  # percentiles of the pixels that are black and white
_NM_PER_UM = 1000.0


def field_bytes(movie: Movie, table: pd.DataFrame) -> bytes:
    """Return the mean picture of a movie with its spots and their numbers, as PNG."""
    rows, columns = movie.shape_px
    height = _FIELD_INCHES * min(max(rows / columns, 0.2), 5.0)

    def draw(figure: Figure) -> None:
        _draw_field(figure.add_subplot(), movie, table)

    return _png((_FIELD_INCHES, height + 1.0), draw)


def page_bytes(trajectories: Trajectories, table: pd.DataFrame) -> bytes:
    """Return a page of trajectories with their fits, as PNG."""
    shown = shown_spots(table)
    n_rows = -(-len(shown) // _COLUMNS)

    def draw(figure: Figure) -> None:
        panels = figure.subplots(n_rows, _COLUMNS, squeeze=False, sharex=True)
        for place, axes in enumerate(panels.flat):
            if place < len(shown):
                _draw_trajectory(axes, trajectories, table, shown[place])
            else:
                axes.set_visible(False)
        figure.supxlabel("time (s)")
        figure.supylabel(f"intensity ({trajectories.unit} per frame)")
        figure.suptitle(_page_title(len(shown), table), fontsize=10)

    return _png((_COLUMNS * _PANEL_INCHES[0], n_rows * _PANEL_INCHES[1] + 1.0), draw)


def shown_spots(table: pd.DataFrame) -> list[int]:
    """Return the rows of the page: those that count first, then the clearest of the others."""
    counts = counted_spots(table).to_numpy()
    order = np.lexsort((-table["signal_to_noise"].to_numpy(float), ~counts))
    return [int(row) for row in order[: _COLUMNS * _MOST_ROWS]]


def groups(table: pd.DataFrame) -> dict[str, Any]:
    """Return which rows belong to each group of the field."""
    single = table["single"].to_numpy(bool)
    counts = counted_spots(table).to_numpy(bool)
    return {"counted": counts, "single": single & ~counts, "rejected": ~single}


def _png(size_inches: tuple[float, float], draw: Any) -> bytes:
    """Return a picture that does not depend on a style of the user's own."""
    from matplotlib import style
    from matplotlib.figure import Figure

    with style.context("default"):
        figure = Figure(figsize=size_inches, dpi=_DPI, layout="constrained")
        draw(figure)
        content = io.BytesIO()
        figure.savefig(content, format="png")
    return content.getvalue()


def _draw_field(axes: Axes, movie: Movie, table: pd.DataFrame) -> None:
    """Draw the mean of all frames, and a numbered mark around each spot."""
    image = movie.mean_image()
    low, high = np.percentile(image, (_DARK, _BRIGHT))
    axes.imshow(image, cmap="gray", vmin=low, vmax=max(high, low + 1), interpolation="nearest")
    members = groups(table)
    for name, colour, marker, label in _GROUPS:
        rows = table[members[name]]
        axes.scatter(
            rows["x_px"],
            rows["y_px"],
            s=60,
            marker=marker,
            facecolors="none",
            edgecolors=colour,
            linewidths=0.8,
            label=f"{label}: {len(rows)}",
        )
        for row in rows.itertuples():
            axes.annotate(
                str(row.spot),
                (float(row.x_px), float(row.y_px)),
                xytext=(4, 4),
                textcoords="offset points",
                color=colour,
                fontsize=6,
            )
    um = movie.pixel_size_nm / _NM_PER_UM
    axes.set_xlabel(f"x (px of {um:g} µm)")
    axes.set_ylabel("y (px)")
    axes.set_title(f"Mean of {movie.n_frames} frames, spots by number", loc="left", fontsize=10)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=len(_GROUPS), frameon=False)


def _draw_trajectory(axes: Axes, trajectories: Trajectories, table: pd.DataFrame, row: int) -> None:
    """Draw one trajectory, its running level, and the fit."""
    time_s, intensity = trajectories.time_s, trajectories.intensity[row]
    every = max(1, -(-len(time_s) // _MOST_POINTS))
    axes.plot(time_s[::every], intensity[::every], color="0.75", linewidth=0.4)
    axes.plot(*_means(time_s, intensity), ".", color="black", markersize=2)
    fit = table.iloc[row]
    title = f"spot {fit['spot']}: "
    if fit["converged"]:
        curve_s = np.linspace(time_s[0], time_s[-1], _CURVE_POINTS)
        axes.plot(curve_s, switching_curve(curve_s, fit), color=_FIT_COLOUR, linewidth=1.2)
        title += f"{fit['switching_time_s']:.2f} +- {fit['switching_time_se_s']:.2f} s"
    else:
        title += str(fit["reason"])
    if not fit["single"]:
        title += f"\nnot single: {fit['single_reason']}"
    axes.set_title(title, fontsize=6)
    axes.tick_params(labelsize=6)


def _means(time_s: Numbers, intensity: Numbers) -> tuple[Numbers, Numbers]:
    """Return the means of neighbouring frames."""
    n_means = min(_MEANS, len(time_s))
    edges = np.linspace(0, len(time_s), n_means + 1).astype(int)
    width = np.diff(edges)
    return (
        np.add.reduceat(time_s, edges[:-1]) / width,
        np.add.reduceat(intensity, edges[:-1]) / width,
    )


def _page_title(n_shown: int, table: pd.DataFrame) -> str:
    """Say which of the spots are on the page, and what the marks are."""
    counts = int(counted_spots(table).sum())
    return (
        f"{n_shown} of {len(table)} spots; {counts} are single with a rise that was fitted, these "
        "come first\ngrey: frames, dots: means of neighbouring frames, orange: fit with switching "
        "time (10-90 %)"
    )
