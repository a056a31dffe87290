"""Where the sigmoid fit begins: coarser copies of the trajectories, and steps found in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._switching_kernels import FRAMES_AT_ONCE
from anionx_teach._switching_solver import (
    AMPLITUDE,
    BACKGROUND,
    DECAY,
    LOG_TAU,
    MIDPOINT,
    N_PARAMETERS,
    Level,
)

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_TOGETHER = 4  # frames of one level that make a frame of the next
_FEWEST = 64  # frames in the coarsest level, unless there are fewer from the beginning
_FAST, _SLOW = 1.0, 1 / 16  # first guesses of tau: in frames of the coarsest level, of its length
_LEAST_TAU = 0.1  # frames of a level, below which its frames cannot tell tau
_FASTEST_DECAY = 1.0  # per frame
_MOST_GROWTH = 0.5  # over all frames: a decay rate below 0, which is then refused


def levels(time: Numbers, intensity: Numbers) -> list[Level]:
    """Return the trajectories with 1, 4, 16 ... frames averaged, the coarsest first."""
    n_frames = time.size
    finest = _filled_up(time, intensity, np.ones(n_frames), 1)
    found = [finest]
    while n_frames >= _TOGETHER * _FEWEST:
        time, intensity, count = _averaged(found[0], n_frames)
        n_frames = time.size
        found.insert(0, _filled_up(time, intensity, count, _TOGETHER * found[0].frames_each))
    return found


def sampled(values: Numbers, level: Level) -> Numbers:
    """Return values (R, F) of frames at the middle frame of each frame of a level, (R, T)."""
    if values.shape[1] == 1:
        return values
    middle = np.arange(level.time.size) * level.frames_each + level.frames_each // 2
    return np.asarray(values[:, np.minimum(middle, values.shape[1] - 1)])


def step_starts(level: Level, with_decay: bool) -> Numbers:
    """Return two guesses (2, R, 5) a trajectory: a fast and a slow rise at its best upward step."""
    n = int(np.count_nonzero(level.count))
    count, time = level.count[:n], level.time[:n]
    total = np.cumsum(level.intensity[:, :n] * count, axis=1)
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
    """Return a level whose number of frames is what the compiled loop needs."""
    missing = -time.size % FRAMES_AT_ONCE
    # Padding by nothing makes a copy as well: the compiled loop takes no read-only array.
    intensity = np.pad(intensity, ((0, 0), (0, missing)))
    time = np.pad(time, (0, missing), mode="edge")
    return Level(time, intensity, np.pad(count, (0, missing)), frames_each)


def _averaged(level: Level, n_frames: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return times, intensities and counts with `_TOGETHER` frames of a level in one."""
    n = -(-n_frames // _TOGETHER)
    parts = [slice(k, n * _TOGETHER, _TOGETHER) for k in range(_TOGETHER)]
    # Filled-up frames have no count, so that nothing is said by what they hold.
    count = sum((level.count[part] for part in parts), np.zeros(n))
    time = sum((level.time[part] * level.count[part] for part in parts), np.zeros(n)) / count
    total = np.zeros((len(level.intensity), n))
    for part in parts:
        total += level.intensity[:, part] * level.count[part]
    return time, total / count, count
