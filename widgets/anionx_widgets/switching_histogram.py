"""The histogram of switching times, and what the exact distribution expects in each of its bins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anionx_teach.exchange import exact_rise_cdf
from anionx_widgets.cooperativity_state import N_PARTICLES, ExchangeRun
from anionx_widgets.round_numbers import nice_step

Numbers = npt.NDArray[np.float64]

_REACH_SD: Final = 4.5  # on either side of the mean: room for all but a few in ten thousand
_BINS: Final = 45
# With a pinned setting beside it, the axis may be longer and the bins still show the present one.
_MOST_BINS: Final = 120
# The ends of the axis are whole multiples of so many bins: the more, the seldomer the axis moves.
_BINS_A_STRIDE: Final = 20


@dataclass(frozen=True, eq=False)
class SwitchingBins:
    """Bins of equal width for switching times in steps, (B + 1,) edges."""

    edges: Numbers
    width: float

    @property
    def centres(self) -> Numbers:
        """The middle of each bin, (B,)."""
        return (self.edges[1:] + self.edges[:-1]) / 2

    def counts(self, run: ExchangeRun) -> Numbers:
        """Return how many simulated nanocrystals fall into each bin, (B,)."""
        return np.histogram(run.rise_steps, self.edges)[0].astype(np.float64)

    def expected(self, run: ExchangeRun) -> Numbers:
        """Return how many the exact distribution expects in each bin, (B,)."""
        return N_PARTICLES * np.diff(exact_rise_cdf(run.model, np.maximum(self.edges, 0.0)))


def switching_bins(runs: Sequence[ExchangeRun]) -> SwitchingBins:
    """Return bins that hold the exact distributions of all the settings, the first in detail."""
    spans = [_span(run) for run in runs]
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    own = spans[0][1] - spans[0][0]
    whole_steps = runs[0].model.capped
    narrowest = 1.0 if whole_steps else 0.0
    width = nice_step(max(own / _BINS, (high - low) / _MOST_BINS, narrowest))
    unit = _BINS_A_STRIDE * width
    # A bin to spare, for a distribution without any width.
    first, last = max(0, math.floor((low - width) / unit)), math.ceil((high + width) / unit)
    bins = np.arange((last - first) * _BINS_A_STRIDE + 1, dtype=np.float64)
    edges = unit * first + width * bins
    # Whole numbers of steps lie inside the bins, never on an edge.
    return SwitchingBins(edges - 0.5 if whole_steps else edges, width)


def _span(run: ExchangeRun) -> tuple[float, float]:
    mean, sd = run.exact_rise_steps
    return max(0.0, mean - _REACH_SD * sd), mean + _REACH_SD * sd
