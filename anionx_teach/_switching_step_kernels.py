"""A Levenberg-Marquardt step from the sums over frames: the compiled loop and its NumPy twin.

A row has the parameters midpoint, ln tau, amplitude, background and decay rate, with times in
frames. Its normal equations are scaled so that their diagonal is 1, damped, and solved by
elimination. A square root is the same everywhere, to the last bit, as IEEE 754 asks for it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._compile_kernels import Kernel

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

MIDPOINT, LOG_TAU, AMPLITUDE, BACKGROUND, DECAY = range(5)
N_PARAMETERS = 5

LEAST_PIVOT = 1e-12
"""Of a matrix whose diagonal is 1: what is below it is taken for it."""

_LONGEST_LOG_STEP = 1.0  # of ln tau, within which the curve is nearly linear in it
_NO_INFLUENCE = 1e-100  # squared standard errors by which the whole curve changes with a parameter


def _steps_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    trial, promised, sums, damping, parameters, limits
):
    """Fill `trial` and `promised` row by row."""
    n = 5 if sums.shape[1] == 21 else 4
    matrix = np.empty((n, n))
    slope, scale, step = np.empty(n), np.empty(n), np.empty(n)
    for row in range(sums.shape[0]):
        place = 0
        for i in range(n):
            for j in range(i + 1):
                matrix[i, j] = sums[row, place]
                matrix[j, i] = matrix[i, j]
                place += 1
        for i in range(n):
            slope[i] = sums[row, place + i]
            felt = matrix[i, i] > _NO_INFLUENCE
            scale[i] = 1.0 / math.sqrt(matrix[i, i]) if felt else 1.0
        for i in range(n):
            for j in range(n):
                matrix[i, j] *= scale[i] * scale[j]
            matrix[i, i] = 1.0 + damping[row]
            step[i] = slope[i] * scale[i]
        for i in range(n):
            pivot = matrix[i, i]
            per_pivot = 1.0 / (max(pivot, LEAST_PIVOT))
            step[i] *= per_pivot
            for j in range(i + 1, n):
                factor = matrix[j, i] * per_pivot
                for k in range(i + 1, n):
                    matrix[j, k] -= factor * matrix[i, k]
                step[j] -= matrix[j, i] * step[i]
            for k in range(i + 1, n):
                matrix[i, k] *= per_pivot
        for i in range(n - 2, -1, -1):
            for j in range(i + 1, n):
                step[i] -= matrix[i, j] * step[j]
        total = 0.0
        for i in range(n):
            step[i] *= scale[i]
            total += step[i] * slope[i]
        promised[row] = total
        too_long = abs(step[LOG_TAU]) / _LONGEST_LOG_STEP
        too_long = max(too_long, 1.0)
        for i in range(parameters.shape[1]):
            value = parameters[row, i]
            if i < n:
                value += step[i] / too_long
            value = max(value, limits[0, i])
            trial[row, i] = min(value, limits[1, i])


def _steps_twin(
    trial: Numbers,
    promised: Numbers,
    sums: Numbers,
    damping: Numbers,
    parameters: Numbers,
    limits: Numbers,
) -> None:
    """Fill `trial` and `promised` as `_steps_loop` does."""
    matrix, slope = normal_equations(sums)
    n = len(matrix)
    scale = scales(matrix)
    matrix *= scale[:, None] * scale
    matrix[range(n), range(n)] = 1.0 + damping
    step = solution(matrix, (slope * scale)[:, None])[0][:, 0] * scale
    promised[:] = np.add.reduce(step * slope)
    too_long = np.maximum(np.abs(step[LOG_TAU]) / _LONGEST_LOG_STEP, 1.0)
    moved = parameters.copy()
    moved[:, :n] += (step / too_long).T
    trial[:] = np.clip(moved, *limits)


def normal_equations(sums: Numbers) -> tuple[Numbers, Numbers]:
    """Return the Fisher matrix (n, n, R) and the slope (n, R) that packed sums hold."""
    n = 5 if sums.shape[1] == 21 else 4
    row, column = np.tril_indices(n)
    packed = np.ascontiguousarray(sums.T)
    matrix = np.empty((n, n, len(sums)))
    matrix[row, column] = packed[: row.size]
    matrix[column, row] = packed[: row.size]
    # The derivatives are of the curve, the last row of products is theirs with the residual.
    return matrix, packed[row.size : row.size + n]


def scales(matrix: Numbers) -> Numbers:
    """Return what makes the diagonal 1, (n, R); 1 where a parameter has no influence at all."""
    diagonal = matrix[range(len(matrix)), range(len(matrix))]
    felt = diagonal > _NO_INFLUENCE
    return np.where(felt, 1.0 / np.sqrt(np.where(felt, diagonal, 1.0)), 1.0)


def solution(matrix: Numbers, right: Numbers) -> tuple[Numbers, Numbers]:
    """Solve symmetric positive systems (n, n, R) for (n, m, R); return the smallest pivots (R,)."""
    left, solved = matrix.copy(), right.copy()
    n = len(left)
    smallest = np.full(left.shape[2], np.inf)
    for i in range(n):
        smallest = np.minimum(smallest, left[i, i])
        per_pivot = 1.0 / np.maximum(left[i, i], LEAST_PIVOT)
        solved[i] *= per_pivot
        for j in range(i + 1, n):
            left[j, i + 1 :] -= (left[j, i] * per_pivot) * left[i, i + 1 :]
            solved[j] -= left[j, i] * solved[i]
        left[i, i + 1 :] *= per_pivot
    for i in range(n - 2, -1, -1):
        for j in range(i + 1, n):
            solved[i] -= left[i, j] * solved[j]
    return solved, smallest


fill_steps = Kernel(
    _steps_loop,
    _steps_twin,
    "void(float64[:,::1], float64[::1], float64[:,::1], float64[::1], float64[:,::1], "
    "float64[:,::1])",
)
"""Fill `trial` (K, 5) with where a damped step leads, and `promised` (K,) with the fall of chi2 that
the slope promises for it.

Arguments: sums (K, 15 or 21) as `fill_sums` makes them; damping (K,); parameters (K, 5); limits
(2, 5), the least and the greatest of each.
"""
