"""What `anionx reproduce` says: our switching times beside the printed ones, and what that shows."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from anionx_teach import paper

if TYPE_CHECKING:
    import pandas as pd

_LINE_WIDTH = 98
_LINE = "{:>7}  {:>7}  {:>16}  {:>13}  {:>10}  {:>16}"


def printed_values(quantity: str) -> pd.Series:
    """Return the values that the paper prints for a quantity, by name."""
    numbers = paper.numbers()
    return numbers.loc[numbers["quantity"] == quantity, "value"]


def printed_count(quantity: str) -> int:
    """Return a count that the paper prints; of "more than" the bound."""
    return int(float(str(printed_values(quantity).iloc[0]).removeprefix(">")))


def compared(table: pd.DataFrame) -> pd.DataFrame:
    """Return our rows of the printed conditions, the printed numbers beside them.

    `difference` is in units of the combined standard error of both means, the printed one with as
    many trajectories as the paper says there are at least.
    """
    n_printed = printed_count("trajectories fitted per size and concentration")
    printed = paper.switching_times().rename(
        columns={"mean_s": "printed_mean_s", "sd_s": "printed_sd_s"}
    )
    both = table.merge(printed, on=["edge_length_nm", "concentration_um"])
    printed_se_s = both["printed_sd_s"] / math.sqrt(n_printed)
    combined_s = (both["mean_se_s"] ** 2 + printed_se_s**2) ** 0.5
    both["difference"] = (both["mean_s"] - both["printed_mean_s"]) / combined_s
    return both


def comparison_text(comparison: pd.DataFrame, n_particles: int, seed: int) -> str:
    """Return the comparison as lines of text."""
    title = "Switching times (from 10 to 90 % of the events), mean +- standard deviation"
    lines = [title, f"{n_particles} simulated nanocrystals a condition, seed {seed}", ""]
    names = ("edge nm", "TMSI uM", "simulated s", "printed s", "difference", "exact theory s")
    lines.append(_LINE.format(*names))
    for row in comparison.itertuples():
        cells = (
            f"{row.edge_length_nm:.1f}",
            f"{row.concentration_um:.1f}",
            f"{row.mean_s:.2f} +- {row.sd_s:.2f}",
            f"{row.printed_mean_s:.1f} +- {row.printed_sd_s:.1f}",
            f"{row.difference:+.2f}",
            f"{row.exact_mean_s:.2f} +- {row.exact_sd_s:.2f}",
        )
        lines.append(_LINE.format(*cells))
    return "\n".join(lines)


def notes(table: pd.DataFrame, comparison: pd.DataFrame) -> str:
    """Say what of this was put in, what follows from it, and what does not agree."""
    sizes = table["edge_length_nm"].unique()
    calibrated = comparison["edge_length_nm"].unique()
    ends = _listed(calibrated)
    between = _listed(size for size in sizes if size not in calibrated)
    n_printed = printed_count("trajectories fitted per size and concentration")
    ratio = comparison["printed_sd_s"] / comparison["exact_sd_s"]
    given = (
        f"Calibrated: the {len(comparison)} means above. For {ends} nm two settings, cooperativity "
        "and duration of a step, were chosen to give the two printed means exactly, so that they "
        f"agree shows nothing. Interpolated: {between} nm, whose settings lie between those; no "
        "mean is printed for them."
    )
    follows = (
        f"Predicted: the spread, the other concentrations of {ends} nm, and when the switch begins."
    )
    found = (
        "Found: the simulated spread is too narrow, the printed standard deviation is "
        f"{ratio.min():.1f} to {ratio.max():.1f} times as large; equal nanocrystals and chance "
        "alone do not explain it. With the attempt probability assumed here, the switch also "
        f"begins too early: {_incubations(comparison)}."
    )
    unit = (
        "The difference is in units of the combined standard error of both means; for the printed "
        f"one it is sd / sqrt({n_printed}), the paper fitted at least {n_printed} trajectories."
    )
    return "\n".join(textwrap.fill(text, _LINE_WIDTH) for text in (given, follows, found, unit))


def _incubations(comparison: pd.DataFrame) -> str:
    """Compare the times before the switch with those printed."""
    rows = comparison.merge(paper.batches()[["edge_length_nm", "incubation_s"]])
    lowest = rows[rows["concentration_um"] == rows["concentration_um"].min()]
    return ", and ".join(
        f"after {row.exact_start_s:.0f} s for {row.edge_length_nm:g} nm in "
        f"{row.concentration_um:g} uM, where the paper saw the light of the ensemble rise after "
        f"{row.incubation_s:.0f} s"
        for row in lowest.itertuples()
    )


def _listed(values: Iterable[float]) -> str:
    """Return numbers as words in a sentence."""
    *first, last = (f"{value:g}" for value in values)
    return f"{', '.join(first)} and {last}" if first else last
