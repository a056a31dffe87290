"""The sigmoid fit of many trajectories: from coarse to fine, with the noise of each.

Arguments were checked by the public functions. Times are in frames here, so that a step of the
fit means the same whatever the camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._switching_noise import (
    Noise,
    noise_at_first,
    noise_beside,
    noise_of_errors,
)
from anionx_teach._switching_solver import (
    Ending,
    Fitted,
    Level,
    covariance,
    curve_values,
    flat_chi2,
    refine,
)
from anionx_teach._switching_start import levels, limits, sampled, step_starts
from anionx_teach._switching_step_kernels import AMPLITUDE, DECAY, LOG_TAU, N_PARAMETERS
from anionx_teach._switching_weight_kernels import fill_weights

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_FRAMES_AT_ONCE = 1_000_000  # of all the trajectories that are fitted side by side: bounds memory
# A step that lowers chi2 by 1e-6 is of 0.001 standard errors.
_TRIED, _ROUGH, _SETTLED = Ending(1e-1, 2), Ending(1e-1, 20), Ending(1e-6, 60)
_BROAD = 0.5  # least tau to begin with, in frames of the coarse level
_HUBER = (
    1.345  # standard deviations: 95 % of the precision of least squares where there are no jumps
)
_ROBUST_ROUNDS = 4
_DECAY_GAIN = 12.0  # of chi2 that a decay must bring: chance does so once in 2000 times
_FEWEST_FRAMES_FOR_DECAY = 10


@dataclass(frozen=True)
class Rows:
    """What the fit found, one row a trajectory; times in frames.

    parameters (R, 5), covariance (R, 5, 5), with_decay and settled (R,), chi2 of the fit and of a
    constant level (R,), variance (R, 2): constant and slope of the noise, mean over the frames.
    """

    parameters: Numbers
    covariance: Numbers
    with_decay: npt.NDArray[np.bool_]
    settled: npt.NDArray[np.bool_]
    chi2: Numbers
    flat_chi2: Numbers
    noise: Numbers


def fit_rows(
    time: Numbers, intensity: Numbers, intensity_se: Numbers | None, decay: str, robust: bool
) -> Rows:
    """Fit all trajectories, some at a time."""
    parts = []
    intensity = np.ascontiguousarray(intensity)  # as the compiled loops ask for it
    intensity_se = None if intensity_se is None else np.ascontiguousarray(intensity_se)
    at_once = max(1, _FRAMES_AT_ONCE // time.size)
    for first in range(0, len(intensity), at_once):
        part = slice(first, first + at_once)
        errors = None if intensity_se is None else intensity_se[part]
        parts.append(_fit_some(time, intensity[part], errors, decay, robust))
    if not parts:
        return _no_rows()
    names = Rows.__dataclass_fields__
    return Rows(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _no_rows() -> Rows:
    """Return the rows of no trajectory."""
    none, nothing = np.empty(0), np.empty(0, dtype=bool)
    shape = (0, N_PARAMETERS)
    table = np.empty((*shape, N_PARAMETERS))
    return Rows(np.empty(shape), table, nothing, nothing, none, none, np.empty((0, 2)))


def _fit_some(
    time: Numbers, intensity: Numbers, errors: Numbers | None, decay: str, robust: bool
) -> Rows:
    """Fit trajectories: coarse, then their noise, then with or without decay down to the frames."""
    coarse, finest = levels(time, intensity)
    try_decay = decay != "none" and time.size >= _FEWEST_FRAMES_FOR_DECAY
    noise = noise_at_first(intensity) if errors is None else noise_of_errors(intensity, errors)
    fits = _coarse_fits(coarse, finest, noise, try_decay, None)
    chosen = _with_decay(fits, decay, coarse)
    parameters = np.where(chosen[:, None], fits[-1].parameters, fits[0].parameters)
    if errors is None:
        curves = curve_values(parameters, finest.time, try_decay)[:, : time.size]
        noise = noise_beside(intensity, curves, noise)
        fits = _coarse_fits(coarse, finest, noise, try_decay, fits)
        chosen = _with_decay(fits, decay, coarse)
    result = _empty(len(intensity))
    if len(fits) == 2:
        _fine_fit(result, chosen, (coarse, finest), fits[1].parameters, noise, True, robust)
        # The frames themselves may tell of growth where their averages told of a fall.
        chosen &= result.parameters[:, DECAY] > 0.0
    _fine_fit(result, ~chosen, (coarse, finest), fits[0].parameters, noise, False, robust)
    return result


def _coarse_fits(
    coarse: Level, finest: Level, noise: Noise, try_decay: bool, before: list[Fitted] | None
) -> list[Fitted]:
    """Fit the coarse level without decay and, when asked, with it; from `before` when given."""
    bounds = limits(coarse, finest.intensity.shape[1])
    fits: list[Fitted] = []
    for with_decay in (False, True)[: 1 + try_decay]:
        if before is None:
            starts = step_starts(coarse, with_decay)
            if with_decay:
                starts = np.concatenate([starts, fits[0].parameters[None]])
            weight = _coarse_weight(coarse, finest, noise, starts[0], with_decay)
            tried = starts.reshape(-1, N_PARAMETERS)
            tried_fit = refine(tried, coarse, weight, with_decay, bounds, _TRIED)
            start = _best(tried_fit, len(starts)).parameters
        else:
            start = before[with_decay].parameters
            weight = _coarse_weight(coarse, finest, noise, start, with_decay)
        fits.append(refine(start, coarse, weight, with_decay, bounds, _ROUGH))
    return fits


def _best(fit: Fitted, many: int) -> Fitted:
    """Return for each trajectory the best of the fits that began at its several starts."""
    n_rows = len(fit.chi2) // many
    best = np.argmin(fit.chi2.reshape(many, n_rows), axis=0) * n_rows + np.arange(n_rows)
    return Fitted(fit.parameters[best], fit.sums[best], fit.settled[best])


def _with_decay(fits: list[Fitted], decay: str, coarse: Level) -> npt.NDArray[np.bool_]:
    """Tell which trajectories are fitted with a decay: a fall, and in "auto" a clear one."""
    if len(fits) == 1:
        return np.zeros(len(fits[0].chi2), dtype=bool)
    falls = fits[1].parameters[:, DECAY] > 0.0
    if decay == "fitted":
        return np.asarray(falls)
    freedom = max(int(np.count_nonzero(coarse.count)) - N_PARAMETERS, 1)
    unit = np.maximum(fits[1].chi2 / freedom, 1.0)
    upward = fits[1].parameters[:, AMPLITUDE] > 0.0
    return np.asarray(falls & upward & (fits[0].chi2 - fits[1].chi2 > _DECAY_GAIN * unit))


def _fine_fit(
    result: Rows,
    chosen: npt.NDArray[np.bool_],
    levels_of_all: tuple[Level, Level],
    start: Numbers,
    noise_of_all: Noise,
    with_decay: bool,
    robust: bool,
) -> None:
    """Fit the chosen rows down to the frames and enter what comes out."""
    which = np.flatnonzero(chosen)
    if not which.size:
        return
    coarse, finest = (_some_of(level, which) for level in levels_of_all)
    noise, parameters = _some_noise(noise_of_all, which), start[which]
    bounds = limits(finest, finest.intensity.shape[1])
    if robust:
        bounds_of_coarse = limits(coarse, finest.intensity.shape[1])
        for _ in range(_ROBUST_ROUNDS):
            weight = _coarse_weight(coarse, finest, noise, parameters, with_decay)
            weight *= np.sqrt(_huber_at(parameters, coarse, weight, with_decay))
            fit = refine(parameters, coarse, weight, with_decay, bounds_of_coarse, _ROUGH)
            parameters = fit.parameters
    # A rise within one frame of the coarse level may be anywhere in it: begin with a slower one.
    least = math.log(_BROAD * coarse.frames_each)
    parameters[:, LOG_TAU] = np.maximum(parameters[:, LOG_TAU], least)
    for _ in range(_ROBUST_ROUNDS if robust else 1):
        weight = _fine_weight(finest, noise, parameters, with_decay)
        if robust:
            weight *= np.sqrt(_huber_at(parameters, finest, weight, with_decay))
        fit = refine(parameters, finest, weight, with_decay, bounds, _SETTLED)
        parameters = fit.parameters
    result.parameters[which] = parameters
    result.covariance[which] = _covariance(fit, weight, finest, parameters, with_decay, robust)
    result.with_decay[which], result.settled[which] = with_decay, fit.settled
    result.chi2[which] = fit.chi2
    result.flat_chi2[which] = flat_chi2(fit.sums, parameters)
    result.noise[which] = np.concatenate([noise.constant, noise.slope], axis=1)


def _coarse_weight(
    coarse: Level, finest: Level, noise: Noise, parameters: Numbers, with_decay: bool
) -> Numbers:
    """Return the roots of the weights of averages, from the errors of the frames in their middle."""
    middle, errors = coarse.intensity, None
    if noise.errors is not None:
        errors = sampled(noise.errors, coarse)
        if np.any(noise.slope):  # else the light of the frames does not matter
            middle = sampled(finest.intensity, coarse)
    at_middle = Level(coarse.time, middle, coarse.count, 1)
    weight = _fine_weight(at_middle, replace(noise, errors=errors), parameters, with_decay)
    weight *= np.sqrt(coarse.count)
    return weight


def _fine_weight(level: Level, noise: Noise, parameters: Numbers, with_decay: bool) -> Numbers:
    """Return the roots of the weights of frames (R, T), 0 where there is none."""
    curves = errors = np.empty((0, 0))
    if np.any(noise.slope):  # else the curve does not matter
        curves = curve_values(parameters, level.time, with_decay)
    if noise.errors is not None:
        errors = noise.errors
    weight = np.empty((len(parameters), level.time.size))
    table = np.concatenate([noise.constant, noise.slope, noise.least], axis=1)
    fill_weights(weight, curves, level.intensity, errors, table)
    return weight


def _huber_at(parameters: Numbers, level: Level, weight: Numbers, with_decay: bool) -> Numbers:
    """Return Huber's weights (R, T) of the frames beside curves."""
    shrink = np.zeros_like(weight)
    n_frames = level.intensity.shape[1]
    curves = curve_values(parameters, level.time, with_decay)[:, :n_frames]
    shrink[:, :n_frames] = _huber(weight[:, :n_frames] * (level.intensity - curves))
    return shrink


def _huber(residual: Numbers) -> Numbers:
    """Return Huber's weights: 1 within 1.345 standard deviations, falling as 1/|residual| beyond."""
    size = np.abs(residual)
    return np.where(size > _HUBER, _HUBER / np.maximum(size, _HUBER), 1.0)


def _covariance(
    fit: Fitted,
    weight: Numbers,
    finest: Level,
    parameters: Numbers,
    with_decay: bool,
    robust: bool,
) -> Numbers:
    """Return the inverse Fisher matrix; with Huber's weights, what they make of it."""
    table = covariance(fit.sums)
    if not robust:
        return table
    n_frames = finest.intensity.shape[1]
    curves = curve_values(parameters, finest.time, with_decay)[:, :n_frames]
    # weight^2 = Huber's weight / variance, and influence = Huber's weight x residual.
    weighted = weight[:, :n_frames] * (finest.intensity - curves)
    shrink = _shrink_of(weighted)
    influence = weighted * np.sqrt(shrink)
    inside = np.mean(shrink >= 1.0, axis=1)
    mean_weight = np.mean(shrink, axis=1)
    spread = np.mean(influence * influence, axis=1)
    factor = mean_weight * spread / np.maximum(inside, 1.0 / n_frames) ** 2
    return np.asarray(table * factor[:, None, None])


def _shrink_of(weighted: Numbers) -> Numbers:
    """Return Huber's weight w from root(w) x residual, which is root(1.345 |residual|) beyond."""
    size = np.abs(weighted)
    return np.where(size > _HUBER, (_HUBER / np.maximum(size, _HUBER)) ** 2, 1.0)


def _some_of(level: Level, which: npt.NDArray[np.intp]) -> Level:
    """Return some rows of a level."""
    if which.size == len(level.intensity):
        return level
    return replace(level, intensity=level.intensity[which])


def _some_noise(noise: Noise, which: npt.NDArray[np.intp]) -> Noise:
    """Return the noise of some rows."""
    if which.size == len(noise.slope):
        return noise
    errors = None if noise.errors is None else noise.errors[which]
    return Noise(noise.constant[which], noise.slope[which], noise.least[which], errors)


def _empty(n_rows: int) -> Rows:
    """Return rows to be filled in."""
    flags = np.zeros((2, n_rows), dtype=bool)
    return Rows(
        np.zeros((n_rows, N_PARAMETERS)),
        np.full((n_rows, N_PARAMETERS, N_PARAMETERS), np.nan),
        flags[0],
        flags[1],
        np.full(n_rows, np.nan),
        np.full(n_rows, np.nan),
        np.full((n_rows, 2), np.nan),
    )
