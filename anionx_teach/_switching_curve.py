"""The curve of a switching nanocrystal, and how far a trajectory is from one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from anionx_teach._arrays import require_broadcast
from anionx_teach._switching_noise import noise_at_first, noise_beside
from anionx_teach._switching_solver import curve_values
from anionx_teach._switching_table import LN_9
from anionx_teach._trajectory_table import require_trajectories
from anionx_teach._validation import finite, non_negative, positive, read_only

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._validation import Numbers
    from anionx_teach.trajectories import Trajectories

FEWEST_FRAMES = 5
_SMOOTHED_PARTS = 64  # a local level is the mean of this part of the frames, or of a few
_FEWEST_SMOOTHED = 9


@dataclass(frozen=True, eq=False)
class SwitchingMisfit:
    """How far trajectories are from curves.

    Parameters
    ----------
    curve : (P, F) array_like
        The curves at the times of the frames.
    residual : (P, F) array_like
        Intensity less curve, in the unit of the intensity.
    standardised : (P, F) array_like
        The residuals in standard errors of their frames.
    chi2 : (P,) array_like
        Sum of squares of the standardised residuals.
    reduced_chi2 : (P,) array_like
        chi2 over the number of frames less that of the parameters; about 1 for a good curve.
    """

    curve: Numbers
    residual: Numbers
    standardised: Numbers
    chi2: Numbers
    reduced_chi2: Numbers

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            object.__setattr__(self, name, read_only(finite(name, getattr(self, name))))


def switching_curve(
    time_s: npt.ArrayLike, parameters: Mapping[str, Any] | pd.Series | pd.DataFrame
) -> Numbers:
    r"""Return the sigmoid of a switching nanocrystal.

    Parameters
    ----------
    time_s : array_like, shape (T,)
        Times in s, in any order.
    parameters : mapping, pandas.Series or pandas.DataFrame
        Numbers, or arrays that broadcast, under the names start_time_s, switching_time_s (> 0),
        amplitude, background and, when there is a decay, decay_rate_per_s (>= 0); other names are
        not looked at. A row, or a whole table, of `fit_switching` is such a thing.

    Returns
    -------
    numpy.ndarray, shape (T,) or (P, T)
        The curve, or one a row.

    Raises
    ------
    TypeError, ValueError
        If a parameter is missing, not a finite number, or out of range; the times of a row that did
        not converge are NaN, and have no curve.

    Notes
    -----
    .. math:: f(t) = B + \frac{A}{1 + e^{-u}} \left(1 + e^{u}\right)^{-k \tau}, \qquad
        u = \frac{t - t_0}{\tau}

    with background B, amplitude A, decay rate k, the switching time :math:`2 \ln 9\, \tau` (10 to
    90 % of the logistic) and the start time :math:`t_0 - \ln 9\, \tau` (its 10 %). The last factor
    is :math:`\exp(-k \int s\,\mathrm{d}t)`, s being the logistic: the light is lost at the rate k
    times the share that has switched, so that the curve has no kink, and falls as exp(-k t) once
    the rise is over.

    Examples
    --------
    >>> fit = {"start_time_s": 10, "switching_time_s": 5, "amplitude": 100, "background": 20}
    >>> switching_curve([0, 10, 12.5, 15, 30], fit).round(1)
    array([ 20.,  30.,  70., 110., 120.])
    """
    times = np.atleast_1d(finite("time_s", time_s, "s"))
    if times.ndim != 1:
        msg = f"time_s must be one-dimensional, got {times.ndim} dimensions"
        raise ValueError(msg)
    table, is_one = _table(parameters)
    with_decay = bool(np.any(table[:, -1] > 0.0))
    curves = curve_values(table, times, with_decay)
    return np.asarray(curves[0]) if is_one else curves


def switching_misfit(
    trajectories: Trajectories, parameters: Mapping[str, Any] | pd.Series | pd.DataFrame
) -> SwitchingMisfit:
    """Return how far trajectories are from curves, drawn by hand or fitted.

    Parameters
    ----------
    trajectories : Trajectories
        P of them, of at least 5 frames.
    parameters : mapping, pandas.Series or pandas.DataFrame
        As for `switching_curve`: one curve for all, or P.

    Returns
    -------
    SwitchingMisfit
        Fields curve, residual, standardised (P, F) and chi2, reduced_chi2 (P,).

    Raises
    ------
    TypeError, ValueError
        If an argument is not as said above.

    Notes
    -----
    The standard error of a frame does not depend on the curve, so that a curve cannot come nearer
    by claiming more noise. It is `intensity_se` where the trajectories have it; else differences of
    neighbouring frames tell it, as a constant plus a slope times the local mean of the light.

    Examples
    --------
    >>> from anionx_teach.trajectories import Trajectories
    >>> time_s = np.arange(100.0)
    >>> truth = {"start_time_s": 40, "switching_time_s": 20, "amplitude": 100, "background": 20}
    >>> noisy = switching_curve(time_s, truth) + np.random.default_rng(1).normal(0, 5, 100)
    >>> measured = Trajectories(time_s, [noisy], [0], [0], intensity_se=np.full((1, 100), 5.0))
    >>> for start_time_s in (30, 40):
    ...     tried = {**truth, "start_time_s": start_time_s}
    ...     print(f"{switching_misfit(measured, tried).reduced_chi2[0]:.1f}")
    15.4
    0.8
    """
    measured = require_enough_frames(trajectories)
    table, _ = _table(parameters)
    if len(table) not in (1, measured.n_spots):
        msg = f"parameters must be one curve or {measured.n_spots}, got {len(table)}"
        raise ValueError(msg)
    with_decay = bool(np.any(table[:, -1] > 0.0))
    curve = curve_values(table, measured.time_s, with_decay)
    curve = np.broadcast_to(curve, measured.intensity.shape)
    residual = measured.intensity - curve
    standardised = residual / _standard_errors(measured)
    chi2 = np.sum(standardised * standardised, axis=1)
    freedom = max(measured.n_frames - (5 if with_decay else 4), 1)
    return SwitchingMisfit(curve, residual, standardised, chi2, chi2 / freedom)


def require_enough_frames(trajectories: Trajectories) -> Trajectories:
    """Return trajectories when they are such and long enough for a curve."""
    measured = require_trajectories(trajectories)
    if measured.n_frames < FEWEST_FRAMES:
        msg = f"trajectories must have at least {FEWEST_FRAMES} frames, got {measured.n_frames}"
        raise ValueError(msg)
    return measured


def _standard_errors(measured: Trajectories) -> Numbers:
    """Return the standard errors (P, F) of frames, whatever the curve."""
    if measured.intensity_se is not None:
        return measured.intensity_se
    level = _local_mean(measured.intensity)
    noise = noise_beside(measured.intensity, level, noise_at_first(measured.intensity))
    variance = np.maximum(noise.constant + noise.slope * level, noise.least)
    return np.asarray(np.sqrt(variance))


def _local_mean(intensity: Numbers) -> Numbers:
    """Return the running mean of each trajectory over a small part of its frames."""
    from scipy.ndimage import uniform_filter1d

    n_frames = intensity.shape[1]
    width = min(max(n_frames // _SMOOTHED_PARTS, _FEWEST_SMOOTHED), n_frames)
    return np.asarray(uniform_filter1d(intensity, width, axis=1, mode="nearest"))


def _table(parameters: Mapping[str, Any] | pd.Series | pd.DataFrame) -> tuple[Numbers, bool]:
    """Return the solver's parameters (P, 5), times in s, and whether a single curve was named."""
    start = finite("start_time_s", _named(parameters, "start_time_s"), "s")
    duration = positive("switching_time_s", _named(parameters, "switching_time_s"), "s")
    amplitude = finite("amplitude", _named(parameters, "amplitude"))
    background = finite("background", _named(parameters, "background"))
    decay = non_negative("decay_rate_per_s", _named(parameters, "decay_rate_per_s", 0.0), "per s")
    require_broadcast(
        start_time_s=start,
        switching_time_s=duration,
        amplitude=amplitude,
        background=background,
        decay_rate_per_s=decay,
    )
    columns = np.broadcast_arrays(
        start + 0.5 * duration, np.log(duration / (2 * LN_9)), amplitude, background, decay
    )
    table = np.stack([np.atleast_1d(column) for column in columns], axis=-1)
    if table.ndim != 2:
        msg = f"parameters must be numbers or one-dimensional, got {table.ndim - 1} dimensions"
        raise ValueError(msg)
    return table, columns[0].ndim == 0


def _named(
    parameters: Mapping[str, Any] | pd.Series | pd.DataFrame, name: str, default: Any = None
) -> Any:
    """Return a parameter by its name, or the default."""
    if not (hasattr(parameters, "keys") and hasattr(parameters, "__getitem__")):
        msg = f"parameters must be a mapping or a table, got {type(parameters).__name__}"
        raise TypeError(msg)
    if name in parameters:
        return parameters[name]
    if default is None:
        msg = f"parameters must hold {name}, got {', '.join(map(str, parameters.keys()))}"
        raise ValueError(msg)
    return default
