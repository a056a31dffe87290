"""The movies of the microscope explorer: a small simulated one, or a part of one's own."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from anionx_teach.camera import Camera, Movie, place_emitters, record_movie
from anionx_teach.emission import Photophysics, photon_rates
from anionx_teach.exchange import calibrated_model, simulate_exchange
from anionx_teach.nanocrystals import draw_batch

if TYPE_CHECKING:
    import pandas as pd

Numbers = npt.NDArray[np.float64]

# The simulated field: small enough to be recorded and analysed anew at each move of a slider.
SIDE_PX: Final = 128
N_EMITTERS: Final = 34
CLUSTER_SHARE: Final = 0.2
N_FRAMES: Final = 150
FRAME_INTERVAL_S: Final = 2.0
EXPOSURE_S: Final = 0.05
EDGE_NM, EDGE_SD_NM = 5.1, 0.6
# Of the background; the light on the crystals falls off to the corners as the camera has it. Less
# than usual, for a camera whose background is nearly even is made ready in half the time.
BACKGROUND_UNEVENNESS: Final = 0.1
# Slower than most crystals blink, so that one frame in two seconds shows it.
SHORTEST_BLINK_S, ON_CUTOFF_S, OFF_CUTOFF_S = 4.0, 30.0, 15.0
# The same chance for every setting: a moved slider does not reshuffle the field.
_SEED: Final = 5

# Of one's own movie: so many frames, evenly spread, are shown and measured. Fewer when they are
# large, but never fewer than the last number.
MOST_FRAMES, MOST_BYTES, FEWEST_FRAMES = 300, 160 * 2**20, 50


@dataclass(frozen=True)
class FieldSettings:
    """What decides about the simulated movie."""

    excitation_w_cm2: float
    background_photons: float
    concentration_um: float
    em_gain: float


class WatchedFrames:
    """Every n-th frame of a movie, read or simulated when it is asked for, until all are kept.

    Warnings of the camera, as of saturated pixels, are collected: they are shown in words.
    """

    def __init__(self, frames: Any, step: int = 1) -> None:
        self._frames, self._step = frames, step
        count, rows, columns = frames.shape
        self.shape = (-(-count // step), rows, columns)
        self.dtype = frames.dtype
        self.notes: list[str] = []
        self.kept = False

    def __getitem__(self, index: Any, /) -> Any:
        """Return one frame for a number, an array of frames for a slice."""
        with collected_warnings(self.notes):
            if self._step == 1:
                return self._frames[index]
            if not isinstance(index, slice):
                return self._frames[index * self._step]
            numbers = range(*index.indices(self.shape[0]))
            frames = np.empty((len(numbers), *self.shape[1:]), self.dtype)
            for place, number in enumerate(numbers):
                frames[place] = self._frames[number * self._step]
            return frames

    def keep(self) -> None:
        """Hold all frames in memory from now on."""
        if not self.kept:
            self._frames, self._step, self.kept = self[:], 1, True


@contextlib.contextmanager
def collected_warnings(notes: list[str]) -> Iterator[None]:
    """Put warnings into a list, each text once, instead of printing them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        if str(warning.message) not in notes:
            notes.append(str(warning.message))


def watched(movie: Movie) -> tuple[Movie, int]:
    """Return the part of a movie that is shown, and n: each n-th frame of it is."""
    rows, columns = movie.shape_px
    fitting = max(FEWEST_FRAMES, MOST_BYTES // (2 * rows * columns))
    step = -(-movie.n_frames // min(MOST_FRAMES, fitting))
    frames = WatchedFrames(movie.frames, step)
    interval_s = step * movie.frame_interval_s
    return replace(movie, frames=frames, frame_interval_s=interval_s), step


@lru_cache(maxsize=1)
def _field() -> tuple[pd.DataFrame, Numbers]:
    """Return the nanocrystals of the simulated field, and where they lie (N, 2)."""
    shape = (SIDE_PX, SIDE_PX)
    truth = place_emitters(N_EMITTERS, shape=shape, cluster_share=CLUSTER_SHARE, rng=_SEED)
    return truth, truth[["x_px", "y_px"]].to_numpy()


@lru_cache(maxsize=64)
def _rates_at_unit_intensity(concentration_um: float) -> Numbers:
    """Return the photon rates (N, F) of the field at 1 W/cm^2: they are proportional to that."""
    n = N_EMITTERS
    batch = draw_batch(EDGE_NM, EDGE_SD_NM, n, rng=_SEED)
    model = calibrated_model(EDGE_NM, concentration_um)
    history = simulate_exchange(model, n, rng=_SEED)
    time_s = np.arange(N_FRAMES) * FRAME_INTERVAL_S + EXPOSURE_S / 2
    photophysics = Photophysics(
        excitation_w_cm2=1.0,
        concentration_um=concentration_um,
        shortest_s=SHORTEST_BLINK_S,
        on_cutoff_s=ON_CUTOFF_S,
        off_cutoff_s=OFF_CUTOFF_S,
    )
    return photon_rates(
        history,
        batch.edge_length_nm,
        time_s,
        photophysics=photophysics,
        exposure_s=EXPOSURE_S,
        rng=_SEED,
    )


def simulated_movie(settings: FieldSettings) -> Movie:
    """Return the movie of the small field; its frames are simulated when they are looked at."""
    truth, places_px = _field()
    rates = settings.excitation_w_cm2 * _rates_at_unit_intensity(settings.concentration_um)
    notes: list[str] = []
    with collected_warnings(notes):  # a gain can be so low that the camera warns
        camera = Camera(
            em_gain=settings.em_gain,
            background_photons_per_s=settings.background_photons / EXPOSURE_S,
            background_unevenness=BACKGROUND_UNEVENNESS,
            exposure_s=EXPOSURE_S,
        )
    movie = record_movie(
        rates,
        places_px,
        camera,
        shape=(SIDE_PX, SIDE_PX),
        frame_interval_s=FRAME_INTERVAL_S,
        truth=truth,
        lazy=True,
        rng=_SEED,
    )
    frames = WatchedFrames(movie.frames)
    frames.notes += notes
    return replace(movie, frames=frames)
