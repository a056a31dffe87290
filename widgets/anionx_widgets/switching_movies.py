"""The movies of the switching explorer: simulated ones with their truth, or one's own trajectories."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from anionx_teach.camera import Camera, record_movie
from anionx_teach.emission import Photophysics, photon_rates
from anionx_teach.exchange import ExchangeHistory, calibrated_model, simulate_exchange
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_teach.paper import batches, switching_times
from anionx_teach.photoluminescence import (
    RED_EMISSION_FILTER,
    RED_EXCITATION_FILTER,
    BandpassFilter,
    filter_bias,
)
from anionx_teach.switching import fit_switching
from anionx_teach.trajectories import Trajectories, extract_trajectories
from anionx_widgets.round_numbers import nice_end
from anionx_widgets.switching_hand import Bounds, bounds_for

Numbers = npt.NDArray[np.float64]

TIMES: Final = ("start_time_s", "switching_time_s")
MOST_DRAWN: Final = 600
"""Points of a trajectory that are drawn: of more frames, means of several."""

_SIDE: Final = 16  # nanocrystals in a row of the simulated field
N_CRYSTALS: Final = _SIDE * _SIDE
_SPACING_PX: Final = 10
_MOST_FRAMES: Final = 400
_AFTER: Final = 1.3  # length of the movie in times until the last nanocrystal is exchanged
# The same chance for every setting: a changed setting does not reshuffle the nanocrystals.
_SEED: Final = 11
_TRUTH_POINTS: Final = 1500
# Passes every line: the truth without a filter.
_EVERYTHING: Final = BandpassFilter(200.0, 2000.0)


@dataclass(frozen=True)
class Sample:
    """One of the four conditions whose mean switching time the paper prints."""

    edge_length_nm: float
    concentration_um: float
    paper_mean_s: float
    paper_sd_s: float

    @property
    def name(self) -> str:
        """Size and concentration."""
        return f"{self.edge_length_nm:g} nm, {self.concentration_um:g} \N{MICRO SIGN}M"


def _samples() -> dict[str, Sample]:
    samples = [Sample(*map(float, row)) for row in switching_times().to_numpy()]
    return {sample.name: sample for sample in samples}


SAMPLES: Final = _samples()


@dataclass(frozen=True)
class MovieSettings:
    """What decides about a simulated movie; the sample by its name."""

    sample: str
    excitation_w_cm2: float
    blinking: bool
    filtered: bool
    degradation: bool

    @property
    def photophysics(self) -> Photophysics:
        """The assumptions from composition to photons."""
        return Photophysics(
            excitation_w_cm2=self.excitation_w_cm2,
            blinking=self.blinking,
            degradation=self.degradation,
            concentration_um=SAMPLES[self.sample].concentration_um,
        )


@dataclass(frozen=True, eq=False)
class SimulatedTruth:
    """What is known of simulated nanocrystals: sizes, and when composition and light rise."""

    settings: MovieSettings
    edge_length_nm: Numbers
    history: ExchangeHistory
    end_s: float
    exposure_s: float

    def of(self, truth: str) -> dict[str, Numbers]:
        """Return the true times, s, (P,): of the "composition" or of its "light"."""
        return self.light if truth == "light" else self.composition

    @cached_property
    def composition(self) -> dict[str, Numbers]:
        """Start (10 %) and switching time (10 to 90 %) of the composition, s, (P,)."""
        return dict(
            zip(TIMES, (self.history.start_time_s(), self.history.rise_time_s()), strict=True)
        )

    @cached_property
    def light(self) -> dict[str, Numbers]:
        """The same of the light that reaches the camera, without blinking and degradation."""
        time_s = np.linspace(0.0, self.end_s, _TRUTH_POINTS)
        fraction = self.history.iodide_fraction(time_s)
        window = RED_EMISSION_FILTER if self.settings.filtered else _EVERYTHING
        until = {
            high: filter_bias(
                self.edge_length_nm,
                time_s,
                fraction,
                high=high,
                filter=window,
                excitation=RED_EXCITATION_FILTER,
            )
            for high in (0.5, 0.9)
        }
        start_s = until[0.5].measured_midpoint_s - until[0.5].measured_rise_s
        return dict(zip(TIMES, (start_s, until[0.9].measured_rise_s), strict=True))


@dataclass(frozen=True, eq=False)
class SwitchingMovie:
    """Trajectories of a movie, the fits to them, and the truth where it is known."""

    trajectories: Trajectories
    truth: SimulatedTruth | None = None
    _fits: dict[bool, pd.DataFrame] = field(default_factory=dict, repr=False)
    _alone: dict[int, Trajectories] = field(default_factory=dict, repr=False)
    _bounds: dict[int, dict[str, Bounds]] = field(default_factory=dict, repr=False)
    _fit: dict[tuple[int, bool], pd.Series] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.trajectories.n_spots

    def trajectory(self, row: int) -> Trajectories:
        """Return one trajectory alone."""
        if row not in self._alone:
            self._alone[row] = self.trajectories.select([row])
        return self._alone[row]

    def bounds(self, row: int) -> dict[str, Bounds]:
        """Return where the numbers of a curve for one trajectory may lie."""
        if row not in self._bounds:
            self._bounds[row] = bounds_for(self.trajectory(row))
        return self._bounds[row]

    def fit(self, row: int, robust: bool) -> pd.Series:
        """Return the fit to one trajectory; fitted once."""
        if (row, robust) not in self._fit:
            fits = fit_switching(self.trajectory(row), robust=robust)
            self._fit[row, robust] = fits.iloc[0]
        return self._fit[row, robust]

    def fits(self, robust: bool) -> pd.DataFrame:
        """Return the fits to all trajectories, one row each; fitted once."""
        if robust not in self._fits:
            self._fits[robust] = fit_switching(self.trajectories, robust=robust)
        return self._fits[robust]

    @property
    def frames_a_point(self) -> int:
        """How many frames a drawn point is the mean of."""
        return -(-self.trajectories.n_frames // MOST_DRAWN)

    def drawn(self, values: Numbers) -> Numbers:
        """Return means of `frames_a_point` frames each: what is drawn of a value per frame."""
        if self.frames_a_point == 1:
            return values
        return np.asarray(np.add.reduceat(values, self._firsts) / self._lengths)

    def drawn_residuals(self, standardised: Numbers) -> Numbers:
        """Return the same of residuals, in standard errors of each mean."""
        return self.drawn(standardised) * np.sqrt(self._lengths)

    @cached_property
    def _firsts(self) -> npt.NDArray[np.intp]:
        return np.arange(0, self.trajectories.n_frames, self.frames_a_point)

    @cached_property
    def _lengths(self) -> npt.NDArray[np.intp]:
        """How many frames each drawn point has: the last may have fewer."""
        return np.diff(np.append(self._firsts, self.trajectories.n_frames))


@lru_cache(maxsize=12)
def simulated_movie(settings: MovieSettings) -> SwitchingMovie:
    """Return the trajectories of a simulated field of single nanocrystals, and their truth.

    Photons go through the camera into frames, and trajectories are extracted from these, as from a
    movie of one's own. The nanocrystals lie on a square grid, each alone in its spot.
    """
    sample = SAMPLES[settings.sample]
    crystals = _batch(sample.edge_length_nm)
    model = calibrated_model(sample.edge_length_nm, sample.concentration_um)
    history = simulate_exchange(model, N_CRYSTALS, rng=_SEED)
    camera = Camera()
    end_s = nice_end(_AFTER * float(history.exchange_time_s.max()))
    interval_s = max(end_s / _MOST_FRAMES, camera.exposure_s)
    time_s = np.arange(round(end_s / interval_s)) * interval_s + camera.exposure_s / 2
    rates = photon_rates(
        history,
        crystals.edge_length_nm,
        time_s,
        filter=RED_EMISSION_FILTER if settings.filtered else None,
        photophysics=settings.photophysics,
        exposure_s=camera.exposure_s,
        long_edge_nm=crystals.long_edge_nm,
        rng=_SEED,
    )
    truth = SimulatedTruth(settings, crystals.edge_length_nm, history, end_s, camera.exposure_s)
    return SwitchingMovie(_recorded(rates, camera, interval_s), truth)


def _batch(edge_length_nm: float) -> NanocrystalBatch:
    """Return nanocrystals of the paper's batch of this mean edge; the largest are no cubes."""
    table = batches()
    row = table[table["edge_length_nm"] == edge_length_nm]
    names = ("sd_nm", "long_edge_nm", "long_sd_nm")
    size = {name: float(row[name].to_numpy()[0]) for name in names}
    printed = {name: value for name, value in size.items() if not math.isnan(value)}
    return draw_batch(edge_length_nm, n=N_CRYSTALS, rng=_SEED, **printed)


def _recorded(rates: Numbers, camera: Camera, interval_s: float) -> Trajectories:
    """Return the trajectories of a movie that shows crystals of these photon rates."""
    along = (np.arange(_SIDE) + 0.5) * _SPACING_PX
    x_px, y_px = (places.ravel() for places in np.meshgrid(along, along))
    spots = pd.DataFrame({"x_px": x_px, "y_px": y_px})
    side_px = _SIDE * _SPACING_PX
    movie = record_movie(
        rates,
        spots.to_numpy(),
        camera,
        shape=(side_px, side_px),
        frame_interval_s=interval_s,
        rng=_SEED,
    )
    return extract_trajectories(movie, spots, psf_sigma_px=camera.psf_sigma_px)
