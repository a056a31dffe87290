"""One batch as the explorer shows it: its crystals, its micrograph, its diffraction pattern."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from anionx_teach.diffraction import measure_width_deg, powder_pattern
from anionx_teach.micrographs import Micrograph, render_micrograph
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_widgets.size_histogram import SizeHistogram, histogram_of

Numbers = npt.NDArray[np.float64]

STRUCTURE: Final = "CsPbBr3"
PIXEL_SIZE_NM: Final = 0.5
FIELD_PX: Final = 400
FIELD_NM: Final = PIXEL_SIZE_NM * FIELD_PX
TWO_THETA_DEG: Final = np.linspace(10.0, 50.0, 401)
# The same chance for every setting: a moved slider moves the crystals and does not reshuffle them.
_SEED = 51


@dataclass(frozen=True, eq=False)
class Sample:
    """A batch and what two instruments show of it.

    The micrograph, by far the most work, is rendered when it is first looked at: the other figures
    need not wait for it.

    The width of the strongest peak is that of the peak as it stands, lines that overlap included;
    NaN where it does not fall to half its height.
    """

    batch: NanocrystalBatch
    histogram: SizeHistogram
    intensity_percent: Numbers
    peak_deg: float
    peak_width_deg: float

    @cached_property
    def micrograph(self) -> Micrograph:
        """A field of the batch under the microscope."""
        return render_micrograph(
            self.batch, rng=_SEED, pixel_size_nm=PIXEL_SIZE_NM, shape=(FIELD_PX, FIELD_PX)
        )


def draw_sample(
    mean_edge_nm: float,
    dispersity_percent: float,
    n_crystals: int,
    *,
    long_edge_nm: float,
    long_sd_nm: float,
) -> Sample:
    """Return a batch with these sizes (nm, percent); a long edge of NaN makes cubes."""
    rectangular = np.isfinite(long_edge_nm)
    batch = draw_batch(
        mean_edge_nm,
        mean_edge_nm * dispersity_percent / 100,
        n_crystals,
        rng=_SEED,
        long_edge_nm=long_edge_nm if rectangular else None,
        long_sd_nm=long_sd_nm if rectangular else None,
    )
    intensity = powder_pattern(STRUCTURE, batch.edge_length_nm, TWO_THETA_DEG)
    return Sample(
        batch=batch,
        histogram=histogram_of(batch.edge_length_nm),
        intensity_percent=100 * intensity / intensity.max(),
        peak_deg=float(TWO_THETA_DEG[intensity.argmax()]),
        peak_width_deg=measure_width_deg(TWO_THETA_DEG, intensity),
    )
