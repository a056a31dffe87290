"""When a nanocrystal switched, how long it took, and how sure that is: the sigmoid fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._switching_curve import (
    SwitchingMisfit,
    require_enough_frames,
    switching_curve,
    switching_misfit,
)
from anionx_teach._switching_engine import fit_rows
from anionx_teach._switching_summary import fit_bias_table, summarise_switching
from anionx_teach._switching_table import table_of
from anionx_teach._validation import one_of

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach.trajectories import Trajectories

__all__ = [
    "DECAY_CHOICES",
    "SwitchingMisfit",
    "compare_with_fit_of_mean",
    "fit_bias_table",
    "fit_switching",
    "summarise_switching",
    "switching_curve",
    "switching_misfit",
]

DECAY_CHOICES = ("auto", "none", "fitted")
"""Whether a decay after the rise is fitted: where it clearly helps, nowhere, or wherever it falls."""


def fit_switching(
    trajectories: Trajectories, *, decay: str = "auto", robust: bool = False
) -> pd.DataFrame:
    r"""Fit a sigmoid to each trajectory.

    Parameters
    ----------
    trajectories : Trajectories
        P of them, of at least 5 frames; none is allowed.
    decay : str
        "none": the light stays after the rise. "fitted": it may decay at a rate that is fitted too;
        a rate that comes out below 0 is set to 0 and not fitted. "auto": each trajectory gets the
        decay when it improves the fit clearly, by 12 in chi2. Fewer than 10 frames are fitted
        without.
    robust : bool
        Huber's weights, for blinking: a frame more than 1.345 standard errors from the curve counts
        less, the farther it is. Costs 5 % of precision, where there is nothing to resist, and
        follows the level of the majority of frames: a nanocrystal that is off for more than half of
        the time stays misjudged.

    Returns
    -------
    pandas.DataFrame
        One row a trajectory, in their order. Columns, each standard error beside its value:

        - spot: row of the spot in the table it comes from;
        - start_time_s, switching_time_s, midpoint_s: 10 % of the rise, from there to 90 %, and the
          middle, with start_time_se_s and so on; NaN where converged is False;
        - amplitude, background: in the unit of the intensity;
        - decay_rate_per_s: 0 where it was not fitted;
        - noise_constant, noise_slope: variance of a frame = constant + slope x light (of given
          errors, the mean constant);
        - frames_in_rise: frames between 10 and 90 %;
        - reduced_chi2: about 1 where the curve describes the trajectory; more where it blinks, and
          then the standard errors are too small;
        - converged: whether there is a rise, whole and clear enough to be timed; reason: "rise
          fitted", or in words why not.

    Raises
    ------
    TypeError, ValueError
        If `trajectories` is something else or too short, or an option is unknown.

    Notes
    -----
    The curve is that of `switching_curve`, and the switching time its 10-90 % rise, 4.394 tau: a
    definition of ours, for the paper's own is not in its text. A frame has the weight 1 / variance,
    with variance = constant + slope x light: photons, multiplied by a camera that adds noise of its
    own, vary the more the more they are. Constant and slope come from `intensity_se`, where the
    trajectories have it, or from differences of neighbouring frames, regressed on the light there;
    a slope within three standard errors of 0 is taken as 0. The light is that of the fitted curve:
    weights from the noisy frame itself would pull the curve down. Standard errors are from the
    inverse of the Fisher matrix.

    The fit begins at the best upward step, at two guesses of the rise time, on averages of many
    frames, and ends on the frames themselves (Levenberg-Marquardt). An exposure is taken as a
    moment: a rise of fewer than 3 frames is not timed.

    References
    ----------
    D. W. Marquardt, J. Soc. Ind. Appl. Math. 11, 431 (1963) (literature, to be verified).
    P. J. Huber, Ann. Math. Stat. 35, 73 (1964) (literature, to be verified).

    Examples
    --------
    >>> from anionx_teach.trajectories import Trajectories
    >>> time_s = np.arange(400) * 0.05
    >>> truth = {"start_time_s": 8, "switching_time_s": 3, "amplitude": 200, "background": 50}
    >>> light = switching_curve(time_s, truth)
    >>> noisy = light + np.random.default_rng(1).normal(0, 20, (2, 400)) * np.sqrt(light / 250)
    >>> fits = fit_switching(Trajectories(time_s, noisy, x_px=[5, 9], y_px=[7, 3]))
    >>> fits[["switching_time_s", "switching_time_se_s", "reason"]].round(1).values.tolist()
    [[3.1, 0.1, 'rise fitted'], [2.9, 0.1, 'rise fitted']]
    """
    measured = require_enough_frames(trajectories)
    one_of("decay", decay, DECAY_CHOICES)
    if not isinstance(robust, bool | np.bool_):
        msg = f"robust must be True or False, got {robust!r}"
        raise TypeError(msg)
    time_s = measured.time_s
    frames = (time_s - time_s[0]) * ((time_s.size - 1) / (time_s[-1] - time_s[0]))
    rows = fit_rows(frames, measured.intensity, measured.intensity_se, decay, bool(robust))
    return table_of(rows, np.asarray(measured.spot), time_s)


def compare_with_fit_of_mean(
    trajectories: Trajectories, *, decay: str = "auto", robust: bool = False
) -> pd.DataFrame:
    """Return the mean of the fits beside the fit of the mean: singles and ensemble.

    Parameters
    ----------
    trajectories : Trajectories
        P of them.
    decay, robust
        As for `fit_switching`.

    Returns
    -------
    pandas.DataFrame
        Two rows, index "mean of the fits" and "fit of the mean"; columns n (trajectories that
        count), start_time_s, switching_time_s and their standard errors start_time_se_s and
        switching_time_se_s. NaN where no fit converged, or a single one has no spread.

    Raises
    ------
    TypeError, ValueError
        As for `fit_switching`.

    Notes
    -----
    Nanocrystals start at different times. Their mean, which is what an ensemble shows, rises for as
    long as the starts are spread, however fast each of them is: it is the single nanocrystals'
    switching time only when all start at once. Only trajectories that converged are in the mean.

    Examples
    --------
    >>> from anionx_teach.trajectories import Trajectories
    >>> time_s, start_s = np.arange(400.0), np.linspace(100, 250, 40)
    >>> each = {"start_time_s": start_s, "switching_time_s": 10, "amplitude": 90, "background": 9}
    >>> noise = np.random.default_rng(1).normal(0, 5, (40, 400))
    >>> crystals = Trajectories(time_s, switching_curve(time_s, each) + noise, start_s, start_s)
    >>> compare_with_fit_of_mean(crystals)["switching_time_s"].round().to_dict()
    {'mean of the fits': 10.0, 'fit of the mean': 151.0}
    """
    import pandas as pd

    table = fit_switching(trajectories, decay=decay, robust=robust)
    singles = summarise_switching(table)
    together = trajectories.select(table["converged"].to_numpy(bool)).mean()
    fit = fit_switching(together, decay=decay, robust=robust)
    n, quantities = float(singles["n"].iloc[0]), list(singles.index)
    errors = [name.replace("_s", "_se_s") for name in quantities]
    of_mean = fit[[*quantities, *errors]].to_numpy(float)
    rows = {
        "mean of the fits": [n, *singles["mean"], *singles["se"]],
        "fit of the mean": [n, *(of_mean[0] if len(of_mean) else np.full(4, np.nan))],
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=["n", *quantities, *errors])
