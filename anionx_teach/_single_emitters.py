"""A single emitter or a cluster: whether every switch begins or ends in the dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._trajectory_noise import MEDIAN_OF_SQUARE
from anionx_teach._trajectory_table import Trajectories, require_trajectories
from anionx_teach._validation import between, count, scalar

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

# Chosen on simulated crystals and clusters (see the Notes of `single_emitters`).
_WINDOWS = (3, 4, 6, 9, 13, 19)  # frames that are averaged on each side of a switch
_WINDOW_CONTRAST = 10.0  # bright level over the noise of the two means of such a window
_SWITCH = 5.0  # standard errors of a step that counts as a switch
_FEWEST_FRAMES = 2 * _WINDOWS[0] + 2
_FAINTEST = 5.0  # standard errors of the mean of the longest window: below it nothing is seen
_BRIGHT_QUANTILE = 0.98  # of the means of five frames
_PARTS = 4  # quarters of the frames, by brightness: darkest and brightest tell the noise

REASONS = (
    "on and off",
    "too dim",
    "too few switches",
    "switches between bright levels",
)
"""What `emitter_levels` says of a trajectory; the first is what a single emitter does."""


_COLUMNS = {
    "bright_level": np.float64,
    "contrast": np.float64,
    "window_frames": np.int64,
    "dark_switches": np.int64,
    "bright_switches": np.int64,
    "bright_share": np.float64,
    "levels": np.int64,
    "single": np.bool_,
    "reason": object,
}


@dataclass(frozen=True)
class _Switches:
    """Levels below and above each switch, and the frames averaged on each side of one."""

    window: int
    bright_level: float
    contrast: float
    low: Numbers
    high: Numbers


def emitter_levels(
    trajectories: Trajectories,
    *,
    dark_share: float = 0.3,
    most_bright_share: float = 0.15,
    fewest_switches: int = 3,
) -> pd.DataFrame:
    """Return how each trajectory switches, and what speaks for or against a single emitter.

    Parameters
    ----------
    trajectories, dark_share, most_bright_share, fewest_switches
        As for `single_emitters`.

    Returns
    -------
    pandas.DataFrame
        One row a spot: spot; bright_level (in the unit of the intensity); contrast (bright level
        over the noise of a dark frame); window_frames (averaged on each side of a switch);
        dark_switches (that begin or end in the dark); bright_switches (from one bright level to
        another); bright_share (these over all); levels (how many steps of the median height make
        the bright level: 1 for a single emitter); single; reason, one of `REASONS`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as said for `single_emitters`.

    Examples
    --------
    >>> time_s = np.arange(400) * 0.05
    >>> one = np.where(np.arange(400) % 40 < 25, 100.0, 0.0)
    >>> other = np.where(np.arange(400) % 56 < 25, 100.0, 0.0)
    >>> noise = np.random.default_rng(1).normal(0.0, 8.0, (2, 400))
    >>> both = Trajectories(time_s, [one, one + other] + noise, [4.0, 9.0], [4.0, 9.0])
    >>> emitter_levels(both)[["dark_switches", "bright_switches", "levels", "single"]]
       dark_switches  bright_switches  levels  single
    0             19                0       1    True
    1             14               10       2   False
    """
    import pandas as pd

    require_trajectories(trajectories)
    dark = _share("dark_share", dark_share)
    most_bright = _share("most_bright_share", most_bright_share)
    fewest = count("fewest_switches", fewest_switches, minimum=0)
    if trajectories.n_spots and trajectories.n_frames < _FEWEST_FRAMES:
        msg = f"trajectories must have at least {_FEWEST_FRAMES} frames, "
        raise ValueError(msg + f"got {trajectories.n_frames}")
    rows = []
    for number, intensity in enumerate(trajectories.intensity):
        error = trajectories.intensity_se
        variance = _noise_of(intensity) if error is None else error[number] ** 2
        switches = _switches(intensity, variance)
        rows.append(_row(switches, dark, most_bright, fewest))
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
    table.insert(0, "spot", trajectories.spot)
    return table


def single_emitters(
    trajectories: Trajectories,
    *,
    dark_share: float = 0.3,
    most_bright_share: float = 0.15,
    fewest_switches: int = 3,
) -> npt.NDArray[np.bool_]:
    """Return which trajectories have clear on and off states, the sign of a single emitter.

    Parameters
    ----------
    trajectories : Trajectories
        P trajectories of at least 8 frames.
    dark_share : float
        A level counts as dark below this share of the level it switches to or from, 0 to 1.
    most_bright_share : float
        Largest share of switches between two bright levels that a single emitter may show, 0 to 1:
        noise and blinking within a frame make a few.
    fewest_switches : int
        So many switches that begin or end in the dark are needed for a judgement; 0 also accepts a
        crystal that never blinks.

    Returns
    -------
    (P,) numpy.ndarray of bool
        True for a single emitter. `emitter_levels` tells why.

    Raises
    ------
    TypeError, ValueError
        If `trajectories` are not Trajectories of at least 8 frames, a share is not between 0 and 1,
        or `fewest_switches` is not a whole number >= 0.

    Notes
    -----
    The paper keeps only trajectories with clear on (emissive) and off (dark) states; how it decided
    is not in its text. Here: a crystal that blinks switches between bright and dark, and nothing in
    between. In a cluster the others go on shining, so that most of its switches lead from one
    bright level to another. So each switch is looked at: frames before and after are averaged (3 to
    19 of them, as the noise asks for), a step of five standard errors is a switch, and it is a dark
    one when its lower level is below `dark_share` of its upper one. Slow changes, the exchange
    itself or degradation, are no switches.

    Measured on 300 simulated spots each, whose crystals start at different times and blink as
    `Photophysics` has it (EM gain, a background of 10 photo-electrons in a pixel, 50 ms a frame). The
    standard case is the first line: 100 photo-electrons when bright, ten times the noise of a dark
    frame.

    ===================  ========  ==============  =====================  =====================
    electrons, frames    contrast  singles lost    clusters of 2 passed   clusters of 3 passed
    ===================  ========  ==============  =====================  =====================
    100, 2000            10        < 1 %           < 1 %                  < 1 %
    300, 2000            30        < 1 %           < 1 %                  < 1 %
    50, 2000             6         1 %             8 %                    2 %
    33, 2000             4         14 %            19 %                   8 %
    100, 600             10        6 %             3 %                    < 1 %
    ===================  ========  ==============  =====================  =====================

    What this cannot tell: a cluster of which only one crystal ever lights up, or of crystals that
    never blink, from a single one. Crystals with a grey state look like clusters. Only the
    statistics of single photons (antibunching) prove a single emitter.

    References
    ----------
    The paper's section on single-particle trajectories; `anionx_teach.paper`.

    Examples
    --------
    >>> time_s = np.arange(400) * 0.05
    >>> one = np.where(np.arange(400) % 40 < 25, 100.0, 0.0)
    >>> other = np.where(np.arange(400) % 56 < 25, 100.0, 0.0)
    >>> noise = np.random.default_rng(1).normal(0.0, 8.0, (2, 400))
    >>> both = Trajectories(time_s, [one, one + other] + noise, [4.0, 9.0], [4.0, 9.0])
    >>> single_emitters(both)
    array([ True, False])
    """
    table = emitter_levels(
        trajectories,
        dark_share=dark_share,
        most_bright_share=most_bright_share,
        fewest_switches=fewest_switches,
    )
    return table["single"].to_numpy(dtype=np.bool_)


def _share(name: str, value: float) -> float:
    """Return one number between 0 and 1."""
    return float(between(name, scalar(name, value), 0.0, 1.0))


def _row(
    switches: _Switches, dark: float, most_bright: float, fewest: int
) -> tuple[float, float, int, int, int, float, int, bool, str]:
    """Return one row of the table, without the spot."""
    is_dark = switches.low < dark * switches.high
    n_dark, n_all = int(np.count_nonzero(is_dark)), len(is_dark)
    n_bright = n_all - n_dark
    share = n_bright / n_all if n_all else 0.0
    step = float(np.median(switches.high - switches.low)) if n_all else switches.bright_level
    levels = max(1, round(switches.bright_level / step)) if step > 0 else 0
    if switches.contrast * _WINDOWS[-1] ** 0.5 < _FAINTEST:
        reason = REASONS[1]
    elif share > most_bright:
        reason = REASONS[3]
    elif n_dark < fewest:
        reason = REASONS[2]
    else:
        reason = REASONS[0]
    return (
        switches.bright_level,
        switches.contrast,
        switches.window,
        n_dark,
        n_bright,
        share,
        levels,
        reason == REASONS[0],
        reason,
    )


def _switches(intensity: Numbers, variance: Numbers) -> _Switches:
    """Find the switches of one trajectory (F,) whose noise has this variance (F,)."""
    smooth = _means(intensity, min(5, len(intensity)))
    bright_level = float(np.quantile(smooth, _BRIGHT_QUANTILE))
    order = np.argsort(smooth)
    part = max(1, len(order) // _PARTS)
    dark_noise = float(np.median(variance[order[:part]]))
    bright_noise = float(np.median(variance[order[-part // _PARTS :]]))
    contrast = max(bright_level, 0.0) / dark_noise**0.5
    fits = [w for w in _WINDOWS if 2 * w + 2 <= len(intensity)]
    clear = [
        w
        for w in fits
        if bright_level > _WINDOW_CONTRAST * ((dark_noise + bright_noise) / w) ** 0.5
    ]
    window = clear[0] if clear else fits[-1]
    low, high = _steps(intensity, variance, window)
    return _Switches(window, bright_level, contrast, low, high)


def _steps(intensity: Numbers, variance: Numbers, window: int) -> tuple[Numbers, Numbers]:
    """Return the lower and the upper level of each step between two windows.

    A frame between the two is left out: the switch may be in the middle of it. The noise of a mean
    is that of the frames or what they really show, whichever is more: a window in which the light
    switches again is not a level.
    """
    from scipy.ndimage import maximum_filter1d

    mean = _means(intensity, window)
    scatter = (_means(intensity**2, window) - mean**2) * (window / (window - 1))
    noise = np.maximum(scatter, _means(variance, window)) / window
    apart = window + 1
    before, after = mean[:-apart], mean[apart:]
    step = np.abs(after - before) / np.sqrt(noise[:-apart] + noise[apart:])
    # Of the frames within a window of each other, only the one with the clearest step counts.
    peak = (step == maximum_filter1d(step, 2 * window + 1)) & (step > _SWITCH)
    before, after = before[peak], after[peak]
    return np.minimum(before, after), np.maximum(before, after)


def _means(values: Numbers, window: int) -> Numbers:
    """Return the means of all runs of `window` frames."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((total[window:] - total[:-window]) / window)


def _noise_of(intensity: Numbers) -> Numbers:
    """Return the variance (F,) of a trajectory that does not know its noise.

    From the changes between neighbouring frames (medians, so that switches do not count) among the
    darkest and among the brightest quarter of the frames, and along a straight line in between.
    """
    level = 0.5 * (intensity[:-3] + intensity[3:])
    half_square = 0.5 * np.diff(intensity)[1:-1] ** 2 / MEDIAN_OF_SQUARE
    parts = np.array_split(np.argsort(level), _PARTS)
    low, high = parts[0], parts[-1]
    at = np.array([np.median(level[low]), np.median(level[high])])
    noise = np.array([np.median(half_square[low]), np.median(half_square[high])])
    least = np.finfo(np.float64).tiny
    if at[1] <= at[0]:
        return np.full(len(intensity), max(float(noise.mean()), least))
    return np.asarray(np.maximum(np.interp(intensity, at, noise), least))
