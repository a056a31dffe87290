"""Brightness of blinking nanocrystals: bright and dark times in turn, averaged over exposures.

Times are drawn by counter: the one of interval k of crystal i follows from (key, condition, i, k)
alone. Neither the number of crystals, nor the frames that are asked for, nor a slider that changes
how bright or how long a state is, changes which draw an interval gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._counter_draws import INCREMENT, Counters, mix, stream_starts
from anionx_teach._exchange_kernels import exponential

if TYPE_CHECKING:
    from anionx_teach._blinking_times import BlinkingTimes
    from anionx_teach._validation import Numbers

STARTS = ("stationary", "on", "off")
"""How blinking begins: in equilibrium, or with a fresh bright or dark time."""

_MOST_INTERVALS = 1_000_000  # a crystal: 40 MB while it is computed
_FIRST_GUESS = 1.2  # how many more intervals than on average are drawn at first, to be enough

# What a draw is for, in eight letters. It is hashed into the key, so that the same seed gives the
# exchange and the blinking of a crystal chances of their own.
_DURATION, _GREY, _START = (
    np.uint64(int.from_bytes(name, "big")) for name in (b"blinking", b"greylike", b"begin as")
)
_DROPPED, _RESOLUTION = np.uint64(11), 2.0**-53


@dataclass(frozen=True)
class BlinkingLaw:
    """All that decides how a crystal blinks; checked by `Photophysics`."""

    on: BlinkingTimes
    off: BlinkingTimes
    grey_share: float
    grey_level: float
    start: str

    @property
    def on_share(self) -> float:
        """Part of the time that a crystal is bright, in equilibrium."""
        return self.on.mean_s / (self.on.mean_s + self.off.mean_s)

    @property
    def mean_brightness(self) -> float:
        """Mean brightness in equilibrium, relative to the bright state."""
        dark = self.grey_share * self.grey_level
        return self.on_share + (1.0 - self.on_share) * dark


def exposed_brightness(
    law: BlinkingLaw,
    n: int,
    middle_s: Numbers,
    exposure_s: float,
    *,
    key: int,
    condition: int,
) -> Numbers:
    """Return the brightness of each crystal averaged over each exposure, (n, T).

    `middle_s`, increasing and >= 0, counts from the moment that the exciting light is switched on.
    The half exposure before the first of them may reach back beyond it: a crystal is then in its
    first state. A crystal that would blink too often to be followed is a ValueError.
    """
    _require_few_intervals(law, middle_s)
    brightness = np.empty((n, middle_s.size))
    if not brightness.size:
        return brightness
    begin_s, end_s = middle_s - exposure_s / 2, middle_s + exposure_s / 2
    durations, greys, starts = (
        stream_starts(_key_for(purpose, key), condition, n)
        for purpose in (_DURATION, _GREY, _START)
    )
    for i in range(n):
        lengths_s, levels = _intervals(law, float(end_s[-1]), durations[i], greys[i], starts[i])
        lit_s = _lit_until(end_s, lengths_s, levels) - _lit_until(begin_s, lengths_s, levels)
        brightness[i] = lit_s / exposure_s
    # A difference of two times is off by its last digit; a brightness is never below 0 or above 1.
    return np.clip(brightness, 0.0, 1.0, out=brightness)


def _require_few_intervals(law: BlinkingLaw, middle_s: Numbers) -> None:
    """Raise a ValueError when a crystal blinks too often to be followed."""
    span_s = float(middle_s[-1]) if middle_s.size else 0.0
    expected = 2 * span_s / (law.on.mean_s + law.off.mean_s)
    if expected > _MOST_INTERVALS:
        msg = (
            f"time_s must hold at most {_MOST_INTERVALS} bright and dark times a crystal, got about "
            f"{expected:.3g} until {span_s:g} s: lengthen shortest_s or end earlier"
        )
        raise ValueError(msg)


def _key_for(purpose: np.uint64, key: int) -> int:
    """Return the key of the draws for one purpose."""
    return int(mix(np.array([key], np.uint64) ^ mix(np.array([purpose])))[0])


def _intervals(
    law: BlinkingLaw, until_s: float, durations: np.uint64, grey: np.uint64, start: np.uint64
) -> tuple[Numbers, Numbers]:
    """Return length and brightness of the intervals of one crystal, until after `until_s`."""
    pair_s = law.on.mean_s + law.off.mean_s
    n = 16 + int(_FIRST_GUESS * 2 * until_s / pair_s)
    first_is_on = _starts_on(law, start)
    while True:
        lengths_s = _lengths_s(law, n, durations, first_is_on)
        if lengths_s.sum() > until_s:
            break
        n *= 2
    levels = np.ones(n)
    dark = slice(1 if first_is_on else 0, None, 2)
    if law.grey_share > 0:
        levels[dark] = np.where(
            _uniform(_counters(grey, n)[dark]) < law.grey_share, law.grey_level, 0.0
        )
    else:
        levels[dark] = 0.0
    return lengths_s, levels


def _starts_on(law: BlinkingLaw, start: np.uint64) -> bool:
    """Tell whether the first interval of a crystal is bright."""
    if law.start != "stationary":
        return law.start == "on"
    return bool(_uniform(_counters(start, 1))[0] < law.on_share)


def _lengths_s(law: BlinkingLaw, n: int, durations: np.uint64, first_is_on: bool) -> Numbers:
    """Return the lengths of the first `n` intervals of one crystal."""
    draws = exponential(_counters(durations, n))
    first, second = (law.on, law.off) if first_is_on else (law.off, law.on)
    lengths_s = np.empty(n)
    lengths_s[::2], lengths_s[1::2] = first.at(draws[::2]), second.at(draws[1::2])
    if law.start == "stationary":
        lengths_s[0] = first.remaining_at(draws[:1])[0]
    return lengths_s


def _lit_until(time_s: Numbers, lengths_s: Numbers, levels: Numbers) -> Numbers:
    """Return how long a crystal has shone before each time, weighted with its brightness."""
    began_s = np.concatenate([[0.0], np.cumsum(lengths_s[:-1])])
    lit_s = np.concatenate([[0.0], np.cumsum((lengths_s * levels)[:-1])])
    now = np.maximum(began_s.searchsorted(time_s, side="right") - 1, 0)
    return np.asarray(lit_s[now] + levels[now] * (time_s - began_s[now]))


def _counters(start: np.uint64, n: int) -> Counters:
    """Return the counters of the first `n` draws of a stream."""
    return start + np.arange(1, n + 1, dtype=np.uint64) * INCREMENT


def _uniform(counters: Counters) -> Numbers:
    """Return a number in [0, 1) for each counter."""
    return (mix(counters) >> _DROPPED).astype(np.float64) * _RESOLUTION
