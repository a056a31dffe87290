"""Fitting many sigmoids at once: Levenberg-Marquardt steps for the rows of a table side by side.

A row has the parameters midpoint, ln tau, amplitude, background and decay rate, with times in
frames. Each step needs sums over the frames only, which a compiled loop makes; what is done with
them here is arithmetic on small tables. Arguments were checked by the public functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._switching_kernels import fill_sums
from anionx_teach._switching_step_kernels import (
    AMPLITUDE,
    LEAST_PIVOT,
    N_PARAMETERS,
    fill_steps,
    normal_equations,
    scales,
    solution,
)
from anionx_teach._switching_weight_kernels import fill_curves

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-4, 1e-9, 1e9
_DAMPING_FACTOR = 10.0
_NO_STEP = 1e-30  # of chi2, promised by a step before the first


@dataclass(frozen=True)
class Level:
    """Trajectories whose frames were averaged some at a time.

    time (T,) in frames and count (T,), the frames in each, are filled up with frames of no count;
    intensity (R, F), F <= T; frames_each, how many were averaged.
    """

    time: Numbers
    intensity: Numbers
    count: Numbers
    frames_each: int


@dataclass(frozen=True)
class Ending:
    """When a fit stops: when a step would lower chi2 by less, or after so many steps."""

    tolerance: float
    most_steps: int


@dataclass(frozen=True)
class Fitted:
    """Parameters (R, 5), sums (R, 15 or 21) beside them, and which rows settled (R,)."""

    parameters: Numbers
    sums: Numbers
    settled: npt.NDArray[np.bool_]

    @property
    def chi2(self) -> Numbers:
        """Sum of squares of the weighted residuals, (R,)."""
        return np.asarray(self.sums[:, -1])


def curve_values(parameters: Numbers, time: Numbers, with_decay: bool) -> Numbers:
    """Return the curves (R, T) at times that are the same for all."""
    curves = np.empty((len(parameters), time.size))
    fill_curves(curves, _curve_table(parameters), with_decay, np.ascontiguousarray(time))
    return curves


def refine(
    start: Numbers,
    level: Level,
    root_weight: Numbers,
    with_decay: bool,
    limits: tuple[Numbers, Numbers],
    until: Ending,
) -> Fitted:
    """Move parameters to the least sum of weighted squares, each row as far as it needs.

    The last step is that after which another would lower chi2 by no more than `until.tolerance`; it
    needs no look at where it leads.
    """
    parameters = np.clip(start, *limits)
    sums = _sums(parameters, np.arange(len(start)), level, root_weight, with_decay)
    damping = np.full(len(start), _FIRST_DAMPING)
    settled = np.zeros(len(start), dtype=bool)
    active = np.arange(len(start))
    before = np.full(len(start), _NO_STEP)
    table = np.stack(limits)
    for _ in range(until.most_steps):
        if not active.size:
            break
        here = parameters[active]
        trial, promised = np.empty_like(here), np.empty(active.size)
        fill_steps(trial, promised, sums[active], damping[active], here, table)
        # What remains after it: the next step is shorter than this one as this one than the last.
        remains = promised * np.minimum(promised / before[active], 1.0)
        last = (remains <= until.tolerance) | (trial == here).all(axis=1)
        if last.any():
            settled[active[last]] = True
            parameters[active[last]] = trial[last]
            active, trial, promised = active[~last], trial[~last], promised[~last]
        tried = _sums(trial, active, level, root_weight, with_decay)
        gained = sums[active, -1] - tried[:, -1]
        better = gained >= 0.0
        moved = active[better]
        parameters[moved], sums[moved] = trial[better], tried[better]
        before[moved] = promised[better]
        damping[moved] = np.maximum(damping[moved] / _DAMPING_FACTOR, _LEAST_DAMPING)
        damping[active[~better]] *= _DAMPING_FACTOR
        # At a limit a step promises more than it can bring.
        arrived = better & (gained <= until.tolerance)
        settled[active[arrived]] = True
        active = active[~arrived & (damping[active] <= _MOST_DAMPING)]
    return Fitted(parameters, sums, settled)


def flat_chi2(sums: Numbers, parameters: Numbers) -> Numbers:
    """Return the weighted sum of squares about the best constant level, (R,)."""
    # Less the background, a frame is amplitude x share + residual: its sums are made of those.
    amplitude, last = parameters[:, AMPLITUDE], sums.shape[1] - 1
    residual = 15 if last == 20 else 10
    share_share, share_one, one_one = sums[:, 5], sums[:, 8], sums[:, 9]
    share_residual, one_residual = sums[:, residual + 2], sums[:, residual + 3]
    total = amplitude * share_one + one_residual
    square = amplitude * (amplitude * share_share + 2.0 * share_residual) + sums[:, last]
    return np.asarray(square - total * total / one_one)


def covariance(sums: Numbers) -> Numbers:
    """Return the inverse of the Fisher matrix, (R, 5, 5); NaN where it has none, 0 without decay."""
    matrix, _ = normal_equations(sums)
    n = len(matrix)
    scale = scales(matrix)
    scale_both = scale[:, None] * scale
    identity = np.broadcast_to(np.eye(n)[:, :, None], matrix.shape)
    inverse, smallest = solution(matrix * scale_both, identity)
    inverse *= scale_both
    inverse[:, :, smallest < LEAST_PIVOT] = np.nan
    table = np.zeros((len(sums), N_PARAMETERS, N_PARAMETERS))
    table[:, :n, :n] = inverse.transpose(2, 0, 1)
    return table


def _sums(
    parameters: Numbers,
    rows: npt.NDArray[np.intp],
    level: Level,
    root_weight: Numbers,
    with_decay: bool,
) -> Numbers:
    """Return the sums (K, 15 or 21) of some rows, at parameters (K, 5)."""
    sums = np.empty((rows.size, 21 if with_decay else 15))
    data = rows.astype(np.int64) % len(level.intensity)
    curve = _curve_table(parameters)
    fill_sums(sums, data, curve, with_decay, level.time, level.intensity, root_weight)
    return sums


def _curve_table(parameters: Numbers) -> Numbers:
    """Return what the compiled loops ask of curves, (R, 6)."""
    midpoint, log_tau, amplitude, background, decay = parameters.T
    tau = np.exp(log_tau)
    return np.stack([midpoint, 1.0 / tau, amplitude, background, decay * tau, tau], axis=1)
