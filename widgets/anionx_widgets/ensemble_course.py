"""The two cuvettes of the paper, and the course of one of them: spectra and single crystals."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from anionx_teach import paper
from anionx_teach.confinement import emission_wavelength_nm
from anionx_teach.ensemble import (
    SPECTRUM_TIME_S,
    CuvetteKinetics,
    CuvetteRun,
    paper_kinetics,
    printed_course,
    simulate_cuvette,
)
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch

Numbers = npt.NDArray[np.float64]

N_CRYSTALS: Final = 500
# The same chance for every setting: a moved slider moves the crystals and does not reshuffle them.
_SEED: Final = 1
# From the light of the smallest bromide crystals to that of the largest iodide ones.
WAVELENGTH_NM: Final = np.arange(440.0, 741.0, 2.0)
# The first ones of a batch that was drawn at random are as random as any others.
DRAWN_CRYSTALS: Final = 24
FRACTION_EDGES: Final = np.linspace(0.0, 1.0, 21)
FRACTION_CENTRES: Final = (FRACTION_EDGES[:-1] + FRACTION_EDGES[1:]) / 2
# What is lower than this, or hardly stands out from its neighbour, the eye does not call a maximum.
_LOWEST_MAXIMUM: Final = 0.05
_SHALLOWEST_VALLEY: Final = 0.95


@dataclass(frozen=True, eq=False)
class Cuvette:
    """One of the two published experiments: batch, duration, maxima (nm) at their times (s)."""

    edge_length_nm: float
    batch: NanocrystalBatch
    printed_time_s: tuple[float, ...]
    printed_peak_nm: tuple[float, ...]
    kinetics: CuvetteKinetics

    @cached_property
    def time_s(self) -> Numbers:
        """When a spectrum is finished: one before the iodide is added, then one after another."""
        step_s = float(SPECTRUM_TIME_S)
        return np.asarray(step_s * np.arange(round(self.printed_time_s[-1] / step_s) + 1))

    @property
    def duration_s(self) -> float:
        """When the last spectrum is finished, in s."""
        return float(self.time_s[-1])

    @property
    def half_way_nm(self) -> float:
        """The wavelength half-way between the first printed maximum and the reddest, in nm."""
        return (self.printed_peak_nm[0] + max(self.printed_peak_nm)) / 2


@cache
def cuvettes() -> dict[str, Cuvette]:
    """Return the published experiments by the name of their batch, the smaller crystals first."""
    course = printed_course()
    found = {}
    for row in paper.batches().to_dict("records"):
        edge_nm = float(row["edge_length_nm"])
        printed = course[course["edge_length_nm"] == edge_nm]
        if printed.empty:
            continue
        elongation = {name: row[name] for name in ("long_edge_nm", "long_sd_nm")}
        if np.isnan(row["long_edge_nm"]):  # cubes
            elongation = {}
        found[str(row["label"])] = Cuvette(
            edge_length_nm=edge_nm,
            batch=draw_batch(edge_nm, row["sd_nm"], N_CRYSTALS, rng=_SEED, **elongation),
            printed_time_s=tuple(printed["time_s"].astype(float)),
            printed_peak_nm=tuple(printed["peak_wavelength_nm"].astype(float)),
            kinetics=paper_kinetics(edge_nm),
        )
    return found


@dataclass(frozen=True, eq=False)
class CuvetteCourse:
    """What one setting makes of a cuvette; each part is computed when first looked at."""

    cuvette: Cuvette
    kinetics: CuvetteKinetics
    exposure_s: float

    @cached_property
    def run(self) -> CuvetteRun:
        """The simulated spectra and the crystals behind them."""
        return simulate_cuvette(
            self.cuvette.batch,
            self.cuvette.time_s,
            rng=_SEED,
            kinetics=self.kinetics,
            exposure_s=self.exposure_s,
            wavelength_nm=WAVELENGTH_NM,
        )

    @property
    def time_s(self) -> Numbers:
        """When each spectrum is finished, in s."""
        return self.cuvette.time_s

    @property
    def peak_nm(self) -> Numbers:
        """Maximum of each spectrum, in nm."""
        return self.run.peak_wavelength_nm

    @cached_property
    def light(self) -> Numbers:
        """Spectra (time, wavelength) relative to the maximum of the first."""
        return np.asarray(self.run.spectrum / self.run.spectrum[0].max())

    @cached_property
    def half_way_s(self) -> tuple[float, float] | None:
        """Ends of the two spectra between which the maximum passes the middle of its way, in s.

        The way is that of the printed maxima. None if it is not passed.
        """
        past = np.flatnonzero(self.peak_nm >= self.cuvette.half_way_nm)
        if not past.size or past[0] == 0:
            return None
        return float(self.time_s[past[0] - 1]), float(self.time_s[past[0]])

    def other_maxima_nm(self, frame: int) -> list[float]:
        """Return where else one spectrum has a maximum, in nm."""
        tops = maxima(self.light[frame])
        highest = int(self.light[frame].argmax())
        return [float(WAVELENGTH_NM[top]) for top in tops if top != highest]

    def share_percent(self, frame: int) -> Numbers:
        """Return the crystals by iodide fraction, in percent a bar of `FRACTION_EDGES`."""
        return _share_percent(self.run.iodide_fraction[frame])

    def large_share_percent(self, frame: int) -> Numbers:
        """Return the same of the larger half of the crystals alone."""
        edge_nm = self.cuvette.batch.edge_length_nm
        return _share_percent(self.run.iodide_fraction[frame][edge_nm >= np.median(edge_nm)])

    def crystal_light(self, frame: int) -> Numbers:
        """Return what each of the first crystals adds to one spectrum, in the unit of `light`."""
        lines = self.run.crystal_spectra(frame, np.arange(DRAWN_CRYSTALS))
        return np.asarray(lines / self.run.spectrum[0].max())

    def crystal_nm(self, frame: int) -> Numbers:
        """Return the colours of the same crystals: the centres of their lines, in nm."""
        return self.run.crystals_of(frame)["emission_nm"].to_numpy()[:DRAWN_CRYSTALS]


@cache
def fraction_nm(edge_nm: float) -> Numbers:
    """Return the colour of a crystal in the middle of each bar of `FRACTION_EDGES`, in nm."""
    return np.asarray(emission_wavelength_nm(edge_nm, FRACTION_CENTRES))


def _share_percent(fraction: Numbers) -> Numbers:
    """Return how many percent of the fractions lie in each bar."""
    # Sums of rounded numbers may end above 1 by the last digit.
    counts, _ = np.histogram(np.minimum(fraction, 1.0), FRACTION_EDGES)
    return np.asarray(100 * counts / fraction.size)


def maxima(light: Numbers) -> list[int]:
    """Return where a curve has its maxima; of those that no valley parts the highest."""
    before, here, after = light[:-2], light[1:-1], light[2:]
    high = here >= _LOWEST_MAXIMUM * light.max()
    kept: list[int] = []
    for top in np.flatnonzero((here > before) & (here >= after) & high) + 1:
        if kept:
            lower = min(light[kept[-1]], light[top])
            if light[kept[-1] : top].min() > _SHALLOWEST_VALLEY * lower:
                if light[top] > light[kept[-1]]:
                    kept[-1] = int(top)
                continue
        kept.append(int(top))
    return kept
