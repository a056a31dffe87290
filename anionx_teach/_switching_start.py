"""Where the sigmoid fit begins: coarser copies of the trajectories, and steps found in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._switching_parts import FRAMES_AT_ONCE
from anionx_teach._switching_solver import Level
from anionx_teach._switching_step_kernels import (
    AMPLITUDE,
    BACKGROUND,
    DECAY,
    LOG_TAU,
    MIDPOINT,
    N_PARAMETERS,
)

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_COARSE_FRAMES = 128  # in the coarse level at most, unless too many would make one of them
_MOST_TOGETHER = 16  # frames that make one of its frames
_FAST, _SLOW = 1.0, 1 / 16  # first guesses of tau: in frames of the coarse level, of its length
_LEAST_TAU = 0.1  # frames of a level, below which its frames cannot tell tau
_FASTEST_DECAY = 1.0  # per frame
_MOST_GROWTH = 0.5  # over all frames: a decay rate below 0, which is then refused


def levels(time: Numbers, intensity: Numbers) -> tuple[Level, Level]:
    """Return the trajectories with so many frames averaged that few are left, and as they are."""
    together = min(-(-time.size // _COARSE_FRAMES), _MOST_TOGETHER)
    finest = _filled_up(time, intensity, np.ones(time.size), 1)
    if together == 1:
        return finest, finest
    count = _averaged(np.ones((1, time.size)), together)[0] * together
    count[-1] = time.size - together * (count.size - 1)
    coarse = _averaged(intensity, together)
    return _filled_up(_averaged(time[None], together)[0], coarse, count, together), finest


def sampled(values: Numbers, level: Level) -> Numbers:
    """Return the values (R, F) of the middle frame of each frame of a level."""
    if level.frames_each == 1:
        return values
    picked = values[:, level.frames_each // 2 :: level.frames_each]
    middle = np.empty((len(values), int(np.count_nonzero(level.count))))
    middle[:, : picked.shape[1]] = picked
    middle[:, picked.shape[1] :] = values[:, -1:]  # of a last frame of less than half of them
    return middle


def step_starts(level: Level, with_decay: bool) -> Numbers:
    """Return two guesses (2, R, 5) a trajectory: a fast and a slow rise at its best upward step."""
    n = int(np.count_nonzero(level.count))
    count, time = level.count[:n], level.time[:n]
    total = np.cumsum(level.intensity * count, axis=1)
    before = np.cumsum(count)[:-1]
    after = before[-1] + count[-1] - before
    low = total[:, :-1] / before
    high = (total[:, -1:] - total[:, :-1]) / after
    height = high - low
    gain = np.where(height > 0.0, height * height * before * after, -1.0)
    split = np.argmax(gain, axis=1)
    rows = np.arange(len(total))
    starts = np.zeros((2, len(total), N_PARAMETERS))
    starts[:, :, MIDPOINT] = 0.5 * (time[split] + time[split + 1])
    starts[0, :, LOG_TAU] = math.log(_FAST * level.frames_each)
    starts[1, :, LOG_TAU] = math.log(max(_SLOW * n, _FAST) * level.frames_each)
    starts[:, :, BACKGROUND] = low[rows, split]
    starts[:, :, AMPLITUDE] = np.maximum(height[rows, split], 0.0)
    if with_decay:
        starts[:, :, DECAY] = 1.0 / after[split]
    return starts


def limits(level: Level, n_frames: int) -> tuple[Numbers, Numbers]:
    """Return the least and the greatest of each parameter, (5,) each, times in frames."""
    low = np.full(N_PARAMETERS, -np.inf)
    high = np.full(N_PARAMETERS, np.inf)
    low[MIDPOINT], high[MIDPOINT] = -n_frames, 2.0 * n_frames
    low[LOG_TAU], high[LOG_TAU] = math.log(_LEAST_TAU * level.frames_each), math.log(n_frames)
    low[DECAY], high[DECAY] = -_MOST_GROWTH / n_frames, _FASTEST_DECAY
    return low, high


def _filled_up(time: Numbers, intensity: Numbers, count: Numbers, frames_each: int) -> Level:
    """Return a level whose times and counts have the length that the compiled loop needs."""
    missing = -time.size % FRAMES_AT_ONCE
    time = np.pad(time, (0, missing), mode="edge")
    return Level(time, intensity, np.pad(count, (0, missing)), frames_each)


def _averaged(values: Numbers, together: int) -> Numbers:
    """Return the means of so many frames each; the last of those that are left."""
    n_rows, n_frames = values.shape
    n_whole = n_frames // together
    means = np.empty((n_rows, -(-n_frames // together)))
    whole = values[:, : n_whole * together].reshape(n_rows, n_whole, together)
    # Many times faster than a mean over so short an axis.
    means[:, :n_whole] = np.einsum("rnk->rn", whole) / together
    if n_whole * together < n_frames:
        means[:, -1] = values[:, n_whole * together :].mean(axis=1)
    return means
