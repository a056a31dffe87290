"""The table of a sigmoid fit: times in seconds, standard errors, and what to think of each row."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._switching_step_kernels import (
    AMPLITUDE,
    BACKGROUND,
    DECAY,
    LOG_TAU,
    MIDPOINT,
    N_PARAMETERS,
)

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._switching_engine import Rows
    from anionx_teach._validation import Numbers

LN_9 = math.log(9.0)
"""Of u = (t - midpoint) / tau between the middle of a logistic and its 10 or 90 %."""

FITTED = "rise fitted"
TIMES = ("start_time_s", "switching_time_s", "midpoint_s")

_CLEAR_GAIN = 30.0  # of chi2, over that of a constant level
_CLEAR_AMPLITUDE = 5.0  # standard errors
_FEWEST_FRAMES = 3  # between 10 and 90 %
_WORST_RELATIVE_ERROR = 0.5  # of the switching time


def table_of(rows: Rows, spot: npt.NDArray[np.int64], time_s: Numbers) -> pd.DataFrame:
    """Return one row a trajectory; the times of one that did not converge are NaN."""
    import pandas as pd

    frame_s = (time_s[-1] - time_s[0]) / (time_s.size - 1)
    times, errors = _times_s(rows, float(time_s[0]), frame_s)
    in_rise = _frames_in_rise(times, time_s)
    freedom = time_s.size - np.where(rows.with_decay, N_PARAMETERS, N_PARAMETERS - 1)
    reduced = rows.chi2 / np.maximum(freedom, 1)
    reason = _reasons(rows, times, errors, in_rise, reduced, time_s)
    converged = np.array([text == FITTED for text in reason], dtype=bool)
    columns: dict[str, npt.NDArray[np.generic]] = {"spot": spot}
    for name in TIMES:
        columns[name] = np.where(converged, times[name], np.nan)
        columns[name.replace("_s", "_se_s")] = np.where(converged, errors[name], np.nan)
    sd = np.sqrt(np.diagonal(rows.covariance, axis1=1, axis2=2))
    columns["amplitude"] = rows.parameters[:, AMPLITUDE]
    columns["amplitude_se"] = sd[:, AMPLITUDE]
    columns["background"] = rows.parameters[:, BACKGROUND]
    columns["background_se"] = sd[:, BACKGROUND]
    columns["decay_rate_per_s"] = np.where(
        rows.with_decay, rows.parameters[:, DECAY] / frame_s, 0.0
    )
    columns["decay_rate_se_per_s"] = sd[:, DECAY] / frame_s
    columns["noise_constant"], columns["noise_slope"] = rows.noise.T
    columns["frames_in_rise"] = np.where(converged, in_rise, 0)
    columns["reduced_chi2"] = reduced
    columns["converged"] = converged
    return pd.DataFrame(columns).assign(reason=pd.Series(reason, dtype="str"))


def _times_s(
    rows: Rows, first_s: float, frame_s: float
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Return start, switching time and midpoint in s, and their standard errors."""
    midpoint = rows.parameters[:, MIDPOINT]
    tau = np.exp(rows.parameters[:, LOG_TAU])
    variance = rows.covariance[:, MIDPOINT, MIDPOINT]
    tau_variance = tau * tau * rows.covariance[:, LOG_TAU, LOG_TAU]
    together = tau * rows.covariance[:, MIDPOINT, LOG_TAU]
    start_variance = variance + LN_9 * LN_9 * tau_variance - 2 * LN_9 * together
    times = (first_s + frame_s * (midpoint - LN_9 * tau), 2 * LN_9 * tau * frame_s)
    errors = (np.maximum(start_variance, 0.0), 4 * LN_9 * LN_9 * tau_variance, variance)
    return (
        dict(zip(TIMES, (*times, first_s + frame_s * midpoint), strict=True)),
        {name: np.sqrt(value) * frame_s for name, value in zip(TIMES, errors, strict=True)},
    )


def _frames_in_rise(times: dict[str, Numbers], time_s: Numbers) -> npt.NDArray[np.int64]:
    """Return how many frames lie between 10 and 90 %."""
    end = times["start_time_s"] + times["switching_time_s"]
    before = np.searchsorted(time_s, times["start_time_s"], side="left")
    return np.asarray(np.searchsorted(time_s, end, side="right") - before, dtype=np.int64)


def _reasons(
    rows: Rows,
    times: dict[str, Numbers],
    errors: dict[str, Numbers],
    in_rise: npt.NDArray[np.int64],
    reduced_chi2: Numbers,
    time_s: Numbers,
) -> list[str]:
    """Return for each row what is wrong with it, the gravest first, or `FITTED`."""
    amplitude = rows.parameters[:, AMPLITUDE]
    # Where the curve cannot follow (blinking), chance reaches farther than the noise says.
    unit = np.maximum(reduced_chi2, 1.0)
    gain = (rows.flat_chi2 - rows.chi2) / unit
    error = np.sqrt(rows.covariance[:, AMPLITUDE, AMPLITUDE] * unit)
    changes = gain > _CLEAR_GAIN
    end = times["start_time_s"] + times["switching_time_s"]
    worst = _WORST_RELATIVE_ERROR * times["switching_time_s"]
    checks = (
        (~changes, "no rise: the trajectory is flat within its noise"),
        (amplitude <= 0.0, "no rise: the light falls instead"),
        (end > time_s[-1], "rise not complete before the end"),
        (times["start_time_s"] < time_s[0], "rise before the first frame"),
        (in_rise < _FEWEST_FRAMES, f"too few frames in the rise, fewer than {_FEWEST_FRAMES}"),
        (~rows.settled, "the fit did not settle"),
        (~(amplitude > _CLEAR_AMPLITUDE * error), "rise not clear of the noise"),
        (~(errors["switching_time_s"] < worst), "rise too noisy to be timed"),
    )
    return [
        next((text for wrong, text in checks if wrong[row]), FITTED)
        for row in range(len(amplitude))
    ]
