"""What many fits say together: mean and spread, bias against a known truth, ensemble and single."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from anionx_teach._validation import finite

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._validation import Numbers

_QUANTITIES = ("start_time_s", "switching_time_s")


def summarise_switching(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean and spread of the start and switching times of the converged fits.

    Parameters
    ----------
    table : pandas.DataFrame
        From `fit_switching`.

    Returns
    -------
    pandas.DataFrame
        One row a quantity, index "start_time_s" and "switching_time_s", columns in s: n, mean, sd
        (standard deviation of the nanocrystals), se (standard error of the mean), median, fit_se
        (root mean square of the fits' own standard errors), spread (what of sd the errors do not
        explain, sqrt(sd^2 - fit_se^2), 0 where they explain all). What cannot be computed is NaN: a
        mean of no fit, a spread of one.

    Raises
    ------
    TypeError, ValueError
        If `table` is no table, or has not the columns of `fit_switching`.

    Examples
    --------
    >>> import pandas as pd
    >>> fits = pd.DataFrame({"converged": [True, True, False], "start_time_s": [8.0, 12.0, np.nan],
    ...     "start_time_se_s": [1.0, 1.0, np.nan], "switching_time_s": [4.0, 6.0, np.nan],
    ...     "switching_time_se_s": [0.5, 0.5, np.nan]})
    >>> summarise_switching(fits).round(2).loc["switching_time_s"].to_dict()
    {'n': 2.0, 'mean': 5.0, 'sd': 1.41, 'se': 1.0, 'median': 5.0, 'fit_se': 0.5, 'spread': 1.32}
    """
    import pandas as pd

    good = _converged(table)
    rows = {}
    for name in _QUANTITIES:
        values = good[name].to_numpy(float)
        error = good[name.replace("_s", "_se_s")].to_numpy(float)
        sd = _sd(values)
        fit_se = float(np.sqrt(_mean(error * error)))
        rows[name] = {
            "n": values.size,
            "mean": _mean(values),
            "sd": sd,
            "se": sd / np.sqrt(max(values.size, 1)),
            "median": float(np.median(values)) if values.size else np.nan,
            "fit_se": fit_se,
            "spread": float(np.sqrt(np.maximum(sd * sd - fit_se * fit_se, 0.0))),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def fit_bias_table(table: pd.DataFrame, truth: Mapping[str, Any] | pd.DataFrame) -> pd.DataFrame:
    """Return how far fitted times are from true ones, on the average.

    Parameters
    ----------
    table : pandas.DataFrame
        From `fit_switching`, P rows.
    truth : mapping or pandas.DataFrame
        True start_time_s and switching_time_s, P each, in the order of the rows: of a simulated
        movie, the truth table.

    Returns
    -------
    pandas.DataFrame
        One row a quantity, index "start_time_s" and "switching_time_s", over the converged fits:

        - n, n_converged: how many rows there are, and how many count here;
        - true_mean_s, fitted_mean_s, bias_s and its standard error bias_se_s, scatter_s: mean and
          standard deviation of fitted less true;
        - median_bias_s: the median, which a few bad fits do not move;
        - bias_in_se, pull_width: mean and standard deviation of (fitted - true) / standard error, 0
          and 1 where the model holds.

        Without a converged fit they are NaN, and the spreads of a single one as well.

    Raises
    ------
    TypeError, ValueError
        If `table` has not the columns of `fit_switching`, or `truth` not a finite number for each
        row.

    Examples
    --------
    >>> import pandas as pd
    >>> fits = pd.DataFrame({"converged": [True, True], "start_time_s": [8.0, 12.0],
    ...     "start_time_se_s": [1.0, 1.0], "switching_time_s": [4.0, 6.0],
    ...     "switching_time_se_s": [0.5, 0.5]})
    >>> truth = {"start_time_s": [9.0, 12.0], "switching_time_s": [4.0, 5.0]}
    >>> fit_bias_table(fits, truth)[["bias_s", "bias_in_se"]].loc["switching_time_s"].to_list()
    [0.5, 1.0]
    """
    import pandas as pd

    good = _converged(table)
    chosen = table["converged"].to_numpy(bool)
    rows = {}
    for name in _QUANTITIES:
        true = _true(truth, name, len(table))[chosen]
        fitted = good[name].to_numpy(float)
        error = fitted - true
        pull = error / good[name.replace("_s", "_se_s")].to_numpy(float)
        rows[name] = {
            "n": len(table),
            "n_converged": fitted.size,
            "true_mean_s": _mean(true),
            "fitted_mean_s": _mean(fitted),
            "bias_s": _mean(error),
            "bias_se_s": _sd(error) / np.sqrt(max(fitted.size, 1)),
            "median_bias_s": float(np.median(error)) if error.size else np.nan,
            "scatter_s": _sd(error),
            "bias_in_se": _mean(pull),
            "pull_width": _sd(pull),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _converged(table: pd.DataFrame) -> pd.DataFrame:
    """Return the converged rows of a table of fits."""
    import pandas as pd

    if not isinstance(table, pd.DataFrame):
        msg = f"table must be a DataFrame from fit_switching, got {type(table).__name__}"
        raise TypeError(msg)
    needed = ["converged", *_QUANTITIES, *(name.replace("_s", "_se_s") for name in _QUANTITIES)]
    missing = [name for name in needed if name not in table.columns]
    if missing:
        msg = f"table must have the columns of fit_switching, {missing[0]} is missing"
        raise ValueError(msg)
    return table[table["converged"].to_numpy(bool)]


def _true(truth: Mapping[str, Any] | pd.DataFrame, name: str, n_rows: int) -> Numbers:
    """Return the true values of a quantity, one a row."""
    if not hasattr(truth, "keys"):
        msg = f"truth must be a mapping or a table, got {type(truth).__name__}"
        raise TypeError(msg)
    if name not in truth:
        msg = f"truth must hold {name}, got {', '.join(map(str, truth.keys()))}"
        raise ValueError(msg)
    values = finite(f"truth {name}", truth[name], "s")
    if values.shape != (n_rows,):
        msg = (
            f"truth {name} must have one value for each of {n_rows} fits, got shape {values.shape}"
        )
        raise ValueError(msg)
    return values


def _mean(values: Numbers) -> float:
    """Return the mean; NaN of no value."""
    return float(np.mean(values)) if values.size else float("nan")


def _sd(values: Numbers) -> float:
    """Return the standard deviation; NaN of fewer than two values."""
    return float(np.std(values, ddof=1)) if values.size > 1 else float("nan")
