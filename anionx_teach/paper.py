"""The published numbers, each with its place in the paper.

Nothing is read off a figure: what the text and the captions do not print is missing here, and the
Supplementary Material is not available.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anionx_teach import _data

if TYPE_CHECKING:
    import pandas as pd

CITATION = (
    "D. Zhang, X. S. Wu, D. Wang, B. Sadtler: Size-Dependent Miscibility Controls the Kinetics of "
    "Anion Exchange in Cesium Lead Halide Nanocrystals. Washington University, St. Louis."
)
"""Authors, title and place, as printed."""

_TABLE = "paper_numbers"

# Which row holds what, by the digits of its id; what a batch lacks is not printed.
_BATCH_ROWS = (
    {"edge": "001", "dispersity": "002", "before": "014", "after": "015", "incubation": "023"},
    {"edge": "003", "dispersity": "004", "incubation": "024"},
    {"edge": "005", "dispersity": "006", "incubation": "025"},
    {"edge": "007", "dispersity": "008", "incubation": "026"},
    {
        "edge": "009",
        "dispersity": "010",
        "long_edge": "011",
        "before": "018",
        "after": "019",
        "incubation": "027",
    },
)
_SWITCHING_ROWS = (  # edge length, TMSI concentration, switching time
    ("001", "030", "038"),
    ("001", "037", "039"),
    ("009", "030", "040"),
    ("009", "037", "041"),
)


def batches() -> pd.DataFrame:
    """Return the five batches of nanocrystals.

    Returns
    -------
    pandas.DataFrame
        One row a batch, smallest first, a fresh copy: label, edge_length_nm and sd_nm (mean and
        standard deviation measured by TEM), long_edge_nm and long_sd_nm (the longer edge, for the
        rectangular crystals), pl_before_nm and pl_after_nm (maxima of the photoluminescence of the
        ensemble; after 35 s for 5.1 nm, after 1435 s for 13.1 nm), incubation_s (with 5 uM of
        TMSI), dispersity_percent (as printed). What is not published is NaN.

    Notes
    -----
    The printed dispersity is the standard deviation over the mean of the (shorter) edge length. It
    does not rise throughout: 15.8 % at 9.5 nm, 15.3 % at 13.1 nm.

    References
    ----------
    `CITATION`, Fig. 1, Fig. 2 and Results; each number's place is in `numbers`.

    Examples
    --------
    >>> batches()[["label", "sd_nm", "pl_before_nm", "incubation_s"]]
          label  sd_nm  pl_before_nm  incubation_s
    0    5.1 nm    0.6         486.0         393.0
    1    6.1 nm    0.8           NaN         380.0
    2    7.8 nm    1.2           NaN         393.0
    3    9.5 nm    1.5           NaN         773.0
    4   13.1 nm    2.0         516.0         891.0
    """
    import pandas as pd

    table = []
    for row in _BATCH_ROWS:
        edge_length_nm, sd_nm = _mean_and_sd(row["edge"])
        long_edge_nm, long_sd_nm = _mean_and_sd(row.get("long_edge"))
        table.append(
            {
                "label": f"{edge_length_nm:g} nm",
                "edge_length_nm": edge_length_nm,
                "sd_nm": sd_nm,
                "long_edge_nm": long_edge_nm,
                "long_sd_nm": long_sd_nm,
                "pl_before_nm": _value(row.get("before")),
                "pl_after_nm": _value(row.get("after")),
                "incubation_s": _value(row["incubation"]),
                "dispersity_percent": _value(row["dispersity"]),
            }
        )
    return pd.DataFrame(table)


def switching_times() -> pd.DataFrame:
    """Return the four mean switching times that the text prints.

    Returns
    -------
    pandas.DataFrame
        Columns edge_length_nm, concentration_um, mean_s, sd_s; a fresh copy. The standard deviation
        is that of the nanocrystals, not of the mean; more than 250 trajectories were fitted for
        each.

    Notes
    -----
    The other points of Fig. 5a are not printed as numbers. The paper takes the switching time from
    a sigmoid fitted to each trajectory; the definition is in its Supplementary Material.

    References
    ----------
    `CITATION`, Results, the paragraph before Fig. 5.

    Examples
    --------
    >>> switching_times()
       edge_length_nm  concentration_um  mean_s  sd_s
    0             5.1               5.0   135.6  37.3
    1             5.1              50.0    18.1   9.4
    2            13.1               5.0    14.1   8.1
    3            13.1              50.0     2.7   1.8
    """
    import pandas as pd

    names = ("edge_length_nm", "concentration_um", "mean_s", "sd_s")
    table = [
        (_value(edge), _value(concentration), *_mean_and_sd(time))
        for edge, concentration, time in _SWITCHING_ROWS
    ]
    return pd.DataFrame(table, columns=names)


def numbers() -> pd.DataFrame:
    """Return every number of the paper with its place.

    Returns
    -------
    pandas.DataFrame
        Columns quantity, value, unit, uncertainty, conditions, location, evidence, note, and the id
        of the row as index; a fresh copy. `value` is a float, or text where the paper prints a
        range, a bound, several numbers or words (">250"); `uncertainty` is in words ("sd 0.6" is a
        standard deviation in the row's unit). What is not printed is NaN.

    References
    ----------
    `CITATION`.

    Examples
    --------
    >>> numbers().loc["paper_numbers-038", ["quantity", "value", "unit"]].to_list()
    ['mean switching time', 135.6, 's']
    """
    order = ["quantity", "value", "unit", "uncertainty", "conditions", "location"]
    return _data.frame(_TABLE).set_index("id")[[*order, "evidence", "note"]]


def _cell(row: str, name: str) -> str:
    """Return one cell of the carried table; the row by the digits of its id."""
    return _data.rows(_TABLE)[f"{_TABLE}-{row}"][name]


def _value(row: str | None) -> float:
    """Return the number of a row, NaN for what the paper does not print."""
    return float("nan") if row is None else float(_cell(row, "value"))


def _mean_and_sd(row: str | None) -> tuple[float, float]:
    """Return a row's number and the standard deviation written beside it as "sd 0.6"."""
    if row is None:
        return float("nan"), float("nan")
    _, sd = _cell(row, "uncertainty").split()[:2]
    return _value(row), float(sd)
