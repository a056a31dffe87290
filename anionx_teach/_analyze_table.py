"""What `anionx analyze` found: a table of spots, and what it says in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from anionx_teach.switching import fit_switching, summarise_switching
from anionx_teach.trajectories import emitter_levels

if TYPE_CHECKING:
    from anionx_teach._movie import Movie
    from anionx_teach.trajectories import Trajectories

# Eight digits: more than a measurement knows, fewer than computers may disagree about.
_FLOAT_FORMAT = "%.8g"
_MOST_ROWS_PRINTED = 40
_POOR_MISFIT = 1.5  # reduced chi2, 1 where only noise is left
_UNITS = {"counts": "counts: the file does not say what a count is worth"}
_TIMES = {
    "switching_time_s": "switching time (s), 10-90 %",
    "start_time_s": "start of the rise (s)",
}
_SPOT_COLUMNS = ("x_px", "y_px", "signal", "signal_to_noise")
_LEVEL_COLUMNS = {"single": "single", "reason": "single_reason"}
_PRINTED = {
    "x_px": ("x px", "{:.1f}"),
    "y_px": ("y px", "{:.1f}"),
    "signal_to_noise": ("signal/noise", "{:.1f}"),
    "start_time_s": ("start s", "{:.2f}"),
    "switching_time_s": ("switching s", "{:.2f}"),
    "switching_time_se_s": ("+-", "{:.2f}"),
}


def analysed_table(
    spots: pd.DataFrame, trajectories: Trajectories, *, with_decay: bool
) -> pd.DataFrame:
    """Return one row a spot: where it is, whether it is a single emitter, how it switched."""
    table = spots[[*_SPOT_COLUMNS]].take(np.asarray(trajectories.spot)).reset_index(drop=True)
    table.insert(0, "spot", trajectories.spot)
    levels = emitter_levels(trajectories)
    for name, title in _LEVEL_COLUMNS.items():
        table[title] = levels[name]
    # Single emitters are told by their blinking: the fit must not take it for a lower level, and
    # takes it for a decay all too easily.
    decay = "auto" if with_decay else "none"
    fits = fit_switching(trajectories, decay=decay, robust=True).drop(columns="spot")
    return pd.concat([table, fits], axis=1)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return the table as CSV, the same bytes on every computer."""
    return table.to_csv(index=False, float_format=_FLOAT_FORMAT, lineterminator="\n").encode()


def counted_spots(table: pd.DataFrame) -> pd.Series:
    """Return which spots count for the switching time: single, with a rise that was fitted."""
    return table["single"].astype(bool) & table["converged"].astype(bool)


def movie_text(name: str, movie: Movie) -> str:
    """Say what was analysed."""
    rows, columns = movie.shape_px
    length_s = movie.n_frames * movie.frame_interval_s
    return (
        f"{name}: {movie.n_frames} frames of {rows} x {columns} px (rows x columns), one every "
        f"{movie.frame_interval_s:g} s ({length_s:g} s in all), exposed for {movie.exposure_s:g} s, "
        f"{movie.pixel_size_nm:g} nm a pixel"
    )


def table_text(table: pd.DataFrame) -> str:
    """Return the columns that matter most, as text."""
    shown = table.head(_MOST_ROWS_PRINTED)
    columns = {"spot": shown["spot"].astype(str)}
    for name, (title, pattern) in _PRINTED.items():
        columns[title] = shown[name].map(pattern.format).str.replace("nan", "-")
    verdict = shown["single_reason"].where(~shown["single"], "single") + "; " + shown["reason"]
    columns[""] = verdict
    lines = pd.DataFrame(columns).to_string(index=False, justify="right").splitlines()
    left_out = len(table) - len(shown)
    if left_out:
        lines.append(f"... and {left_out} more: --csv OUT writes them all")
    return "\n".join(lines)


def summary_text(table: pd.DataFrame, unit: str) -> str:
    """Say how many spots there are, how many count, what was rejected and why, and the times."""
    single = table["single"].astype(bool)
    counts = counted_spots(table)
    lines = [
        f"{len(table):6d} spots found",
        f"{single.sum():6d} of these are single emitters",
        *_reasons(table.loc[~single, "single_reason"]),
        f"{counts.sum():6d} of these have a rise that was fitted",
        *_reasons(table.loc[single & ~counts, "reason"]),
        "",
        *_times({"singles": table[counts], "all fitted": table[table["converged"].astype(bool)]}),
        "",
        f"Intensities are in {_UNITS.get(unit, unit)}.",
    ]
    misfit = table.loc[counts, "reduced_chi2"].median()
    if misfit > _POOR_MISFIT:
        lines.append(
            f"The light scatters more about the fits than noise does (reduced chi2 {misfit:.1f}), as "
            "it does when\nit blinks: the standard errors of single fits are too small."
        )
    return "\n".join(lines)


def _reasons(reasons: pd.Series) -> list[str]:
    """Return how often each reason was given, the most frequent first."""
    often = reasons.value_counts()
    return [f"{number:10d} not: {reason}" for reason, number in often.items()]


def _times(groups: dict[str, pd.DataFrame]) -> list[str]:
    """Return the times of groups of spots as lines; a spread needs two spots."""
    lines = [f"{'':42}{'spots':>6}{'mean +- sd':>18}{'median':>9}{'se of mean':>12}"]
    for name, words in _TIMES.items():
        for who, fitted in groups.items():
            if fitted.empty:
                lines.append(f"{words + ', ' + who:42}{0:6d}")
                continue
            row = summarise_switching(fitted).loc[name]
            sd, se = (f"{row[key]:.2f}" if len(fitted) > 1 else "?" for key in ("sd", "se"))
            mean = f"{row['mean']:.2f} +- {sd}"
            lines.append(
                f"{words + ', ' + who:42}{len(fitted):6d}{mean:>18}{row['median']:9.2f}{se:>12}"
            )
    return lines
