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

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

MIDPOINT, LOG_TAU, AMPLITUDE, BACKGROUND, DECAY = range(5)
N_PARAMETERS = 5

_LARGEST_EXPONENT = 700.0
_FIRST_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 1e-4, 1e-9, 1e9
_DAMPING_FACTOR = 10.0
_LONGEST_LOG_STEP = 1.0  # of ln tau, within which the curve is nearly linear in it
_NO_INFLUENCE = 1e-100  # squared standard errors by which the whole curve changes with a parameter
_ELEMENTS_AT_ONCE = 32_768
_LEAST_PIVOT = 1e-12  # of a matrix whose diagonal is 1


@dataclass(frozen=True)
class Level:
    """Trajectories whose frames were averaged some at a time, filled up with frames of no weight.

    time (T,) in frames; intensity (R, T); count (T,), the frames in each, 0 where filled up;
    frames_each, how many were averaged.
    """

    time: Numbers
    intensity: Numbers
    count: Numbers
    frames_each: int


@dataclass(frozen=True)
class Ending:
    """When a fit stops: after a step that lowers chi2 by less, or after so many steps."""

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
    for part in row_parts(*curves.shape):
        _fill_curves(curves[part], parameters[part], time, with_decay)
    return curves


def row_parts(n_rows: int, n_columns: int) -> list[slice]:
    """Return parts of the rows of a table that stay in the cache while they are worked on."""
    at_once = max(1, _ELEMENTS_AT_ONCE // max(n_columns, 1))
    return [slice(first, first + at_once) for first in range(0, n_rows, at_once)]


def _fill_curves(curves: Numbers, parameters: Numbers, time: Numbers, with_decay: bool) -> None:
    """Fill the curves of a few rows."""
    midpoint, log_tau, amplitude, background, decay = parameters.T[:, :, None]
    tau = np.exp(log_tau)
    u = (time - midpoint) / tau
    np.clip(u, -_LARGEST_EXPONENT, _LARGEST_EXPONENT, out=u)
    np.negative(u, out=curves)
    np.exp(curves, out=curves)
    if with_decay:
        # ln(1 + exp(u)) is u + ln(1 + exp(-u)), of which nothing is lost for u >= -36.
        lost = np.log1p(curves)
        lost += u
        lost *= decay * tau
        np.clip(lost, -_LARGEST_EXPONENT, _LARGEST_EXPONENT, out=lost)
        np.negative(lost, out=lost)
        np.exp(lost, out=lost)
        lost *= amplitude
    curves += 1.0
    np.divide(lost if with_decay else amplitude, curves, out=curves)
    curves += background


def refine(
    start: Numbers,
    level: Level,
    root_weight: Numbers,
    with_decay: bool,
    limits: tuple[Numbers, Numbers],
    until: Ending,
) -> Fitted:
    """Move parameters to the least sum of weighted squares, each row as far as it needs.

    The last step is that which promises to lower chi2 by no more than `until.tolerance`.
    """
    parameters = np.clip(start, *limits)
    sums = _sums(parameters, np.arange(len(start)), level, root_weight, with_decay)
    damping = np.full(len(start), _FIRST_DAMPING)
    settled = np.zeros(len(start), dtype=bool)
    active = np.arange(len(start))
    for _ in range(until.most_steps):
        if not active.size:
            break
        step, promised = _step(sums[active], damping[active])
        trial = parameters[active]
        trial[:, : step.shape[1]] += step
        trial = np.clip(trial, *limits)
        # What remains is less than such a step is: it needs no look at where it leads.
        last = (promised <= until.tolerance) | np.all(trial == parameters[active], axis=1)
        settled[active[last]] = True
        parameters[active[last]] = trial[last]
        active, trial = active[~last], trial[~last]
        tried = _sums(parameters, active, level, root_weight, with_decay, trial)
        gained = sums[active, -1] - tried[:, -1]
        better = gained >= 0.0
        moved = active[better]
        parameters[moved], sums[moved] = trial[better], tried[better]
        damping[moved] = np.maximum(damping[moved] / _DAMPING_FACTOR, _LEAST_DAMPING)
        damping[active[~better]] *= _DAMPING_FACTOR
        # At a limit a step promises more than it can bring.
        arrived = better & (gained <= until.tolerance)
        settled[active[arrived]] = True
        active = active[~arrived]
        active = active[damping[active] <= _MOST_DAMPING]
    return Fitted(parameters, sums, settled)


def covariance(sums: Numbers) -> Numbers:
    """Return the inverse of the Fisher matrix, (R, 5, 5); NaN where it has none, 0 without decay."""
    matrix, _ = _normal_equations(sums)
    n = len(matrix)
    scale = _scales(matrix)
    scale_both = scale[:, None] * scale
    identity = np.broadcast_to(np.eye(n)[:, :, None], matrix.shape)
    inverse, smallest = _solution(matrix * scale_both, identity)
    inverse *= scale_both
    inverse[:, :, smallest < _LEAST_PIVOT] = np.nan
    table = np.zeros((len(sums), N_PARAMETERS, N_PARAMETERS))
    table[:, :n, :n] = inverse.transpose(2, 0, 1)
    return table


def _sums(
    parameters: Numbers,
    active: npt.NDArray[np.intp],
    level: Level,
    root_weight: Numbers,
    with_decay: bool,
    trial: Numbers | None = None,
) -> Numbers:
    """Return the sums of the active rows, at `trial` when given."""
    used = parameters[active] if trial is None else trial
    curve = np.zeros((len(parameters), 6))
    tau = np.exp(used[:, LOG_TAU])
    columns = (used[:, MIDPOINT], 1.0 / tau, used[:, AMPLITUDE], used[:, BACKGROUND])
    curve[active] = np.stack([*columns, used[:, DECAY] * tau, tau], axis=1)
    sums = np.empty((active.size, 21 if with_decay else 15))
    rows = active.astype(np.int64)
    fill_sums(sums, rows, curve, with_decay, level.time, level.intensity, root_weight)
    return sums


def _normal_equations(sums: Numbers) -> tuple[Numbers, Numbers]:
    """Return the Fisher matrix (n, n, R) and the slope (n, R) that packed sums hold."""
    n = 5 if sums.shape[1] == 21 else 4
    row, column = np.tril_indices(n)
    packed = np.ascontiguousarray(sums.T)
    matrix = np.empty((n, n, len(sums)))
    matrix[row, column] = packed[: row.size]
    matrix[column, row] = packed[: row.size]
    # The derivatives are of the curve, the last row of products is theirs with the residual.
    return matrix, packed[row.size : row.size + n]


def _scales(matrix: Numbers) -> Numbers:
    """Return what makes the diagonal 1, (n, R); 1 where a parameter has no influence at all."""
    diagonal = matrix[range(len(matrix)), range(len(matrix))]
    felt = diagonal > _NO_INFLUENCE
    return np.where(felt, 1.0 / np.sqrt(np.where(felt, diagonal, 1.0)), 1.0)


def _step(sums: Numbers, damping: Numbers) -> tuple[Numbers, Numbers]:
    """Return the damped step (R, n) and the fall of chi2 that the slope promises for it, (R,)."""
    matrix, slope = _normal_equations(sums)
    n = len(matrix)
    scale = _scales(matrix)
    matrix *= scale[:, None] * scale
    matrix[range(n), range(n)] = 1.0 + damping
    solution, _ = _solution(matrix, (slope * scale)[:, None])
    step = solution[:, 0] * scale
    promised = np.add.reduce(step * slope)
    too_long = np.maximum(np.abs(step[LOG_TAU]) / _LONGEST_LOG_STEP, 1.0)
    return (step / too_long).T, promised


def _solution(matrix: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Solve symmetric positive systems (n, n, R) for (n, m, R); return the smallest pivots (R,)."""
    left, solved = matrix.copy(), right.copy()
    n = len(left)
    smallest = np.full(left.shape[2], np.inf)
    for i in range(n):
        smallest = np.minimum(smallest, left[i, i])
        per_pivot = 1.0 / np.maximum(left[i, i], _LEAST_PIVOT)
        solved[i] *= per_pivot
        for j in range(i + 1, n):
            left[j, i + 1 :] -= (left[j, i] * per_pivot) * left[i, i + 1 :]
            solved[j] -= left[j, i] * solved[i]
        left[i, i + 1 :] *= per_pivot
    for i in range(n - 2, -1, -1):
        for j in range(i + 1, n):
            solved[i] -= left[i, j] * solved[j]
    return solved, smallest
