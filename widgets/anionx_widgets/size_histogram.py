"""A histogram of edge lengths with the normal distribution fitted to them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from anionx_teach.micrographs import SizeFit, fit_size_distribution

Numbers = npt.NDArray[np.float64]

BAR_WIDTH_NM: Final = 0.5
# One fixed set of bars, so that a moved slider moves the heights and not the axis.
BAR_EDGES_NM: Final = np.arange(1, 41) * BAR_WIDTH_NM
BAR_CENTRES_NM: Final = BAR_EDGES_NM[:-1] + BAR_WIDTH_NM / 2
_CURVE_POINTS = 61
_CURVE_REACH_SD = 3.5


@dataclass(frozen=True, eq=False)
class SizeHistogram:
    """Shares of the crystals per bar, and the fit; None where there are too few for one."""

    share_percent: Numbers
    n_crystals: int
    n_outside: int
    fit: SizeFit | None

    @property
    def curve(self) -> tuple[Numbers, Numbers]:
        """The fitted normal: edge lengths in nm, and percent of the crystals per bar."""
        if self.fit is None or self.fit.sd_nm == 0:
            return np.empty(0), np.empty(0)
        deviate = np.linspace(-_CURVE_REACH_SD, _CURVE_REACH_SD, _CURVE_POINTS)
        density = np.exp(-(deviate**2) / 2) / (self.fit.sd_nm * np.sqrt(2 * np.pi))
        return self.fit.mean_nm + self.fit.sd_nm * deviate, 100 * BAR_WIDTH_NM * density

    @property
    def outline(self) -> tuple[Numbers, Numbers]:
        """The bars as one stepped line: edge lengths in nm, and percent of the crystals."""
        heights = np.concatenate([[0.0], np.repeat(self.share_percent, 2), [0.0]])
        return np.repeat(BAR_EDGES_NM, 2), heights


def histogram_of(edge_length_nm: Numbers) -> SizeHistogram:
    """Return the histogram of edge lengths (nm); those outside the bars are counted apart."""
    counts, _ = np.histogram(edge_length_nm, BAR_EDGES_NM)
    n_crystals = len(edge_length_nm)
    return SizeHistogram(
        share_percent=100 * counts / max(n_crystals, 1),
        n_crystals=n_crystals,
        n_outside=n_crystals - int(counts.sum()),
        fit=fit_size_distribution(edge_length_nm) if n_crystals > 1 else None,
    )


def bar_of(edge_length_nm: float) -> tuple[float, float]:
    """Return the two ends (nm) of the bar that holds this edge length."""
    index = int(np.searchsorted(BAR_EDGES_NM, edge_length_nm, side="right")) - 1
    return float(BAR_EDGES_NM[index]), float(BAR_EDGES_NM[index + 1])
