"""What is measured in the movie of the microscope explorer: its spots and their light."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from anionx_teach.spots import SpotMatch, detect_spots, match_spots
from anionx_teach.trajectories import Trajectories, emitter_levels, extract_trajectories
from anionx_widgets.microscope_field import FieldSettings, WatchedFrames, collected_warnings
from anionx_widgets.movie_contrast import automatic_contrast, count_range, sampled_counts

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach.camera import Movie

Numbers = npt.NDArray[np.float64]

MATCH_PX: Final = 2.0
"""A found spot is a true one when it lies within this distance of it."""
NOWHERE: Final = np.empty((0, 2))


@dataclass(frozen=True)
class Judgement:
    """What the test for single emitters says of a spot."""

    single: bool
    reason: str
    dark_switches: int
    bright_switches: int


@dataclass(frozen=True, eq=False)
class MicroscopeResult:
    """A movie and what is measured in it; each part is computed when first looked at.

    So the picture is on the screen while the spots are still being looked for. `settings` is None
    for one's own movie, of whose `n_frames` frames each `step`-th is in `movie`.
    """

    settings: FieldSettings | None
    step: int
    movie: Movie = field(repr=False)
    n_frames: int
    _judged: dict[int, Judgement | None] = field(default_factory=dict, repr=False)

    @property
    def end_s(self) -> float:
        """When the last frame has been taken."""
        return self.movie.n_frames * self.movie.frame_interval_s

    @cached_property
    def contrast(self) -> tuple[float, float]:
        """Counts drawn black and white."""
        return automatic_contrast(self._sampled)

    @cached_property
    def count_range(self) -> tuple[float, float]:
        """Least and most counts of the movie, in a sample of its pixels."""
        return count_range(self._sampled)

    @cached_property
    def _sampled(self) -> npt.NDArray[np.uint16]:
        return sampled_counts(self.movie.frames)

    def measure_some(self) -> bool:
        """Do one of three steps of the measurement that is not done; return whether that was all.

        Each takes a fraction of the time, so that a slider which moves again need not wait.
        """
        done = self.__dict__
        if self.settings is not None and not self._frames.kept:
            self._frames.keep()
        elif "_spots" not in done:
            _ = self._spots
        else:
            _ = self.trajectories
        return "trajectories" in done

    @cached_property
    def _spots(self) -> tuple[pd.DataFrame | None, str]:
        """The table of the spots; None, and why, when the movie is too short or too small."""
        if self.settings is not None:
            self._frames.keep()
        try:
            with collected_warnings(self._frames.notes):
                return detect_spots(self.movie, psf_sigma_px=self._width_px), ""
        except ValueError as error:
            return None, str(error)

    @cached_property
    def trajectories(self) -> Trajectories | None:
        """One for each spot, the clearest first; None when nothing can be measured."""
        spots = self._spots[0]
        if spots is None:
            return None
        with collected_warnings(self._frames.notes):
            return extract_trajectories(self.movie, spots, psf_sigma_px=self._width_px)

    @property
    def obstacle(self) -> str:
        """Why nothing can be measured; empty when it can."""
        return self._spots[1]

    @property
    def _width_px(self) -> float | None:
        """How wide a spot is, when the camera is known; it is found from the movie otherwise."""
        camera = self.movie.camera
        return None if camera is None else float(camera.psf_sigma_px)

    @property
    def _frames(self) -> WatchedFrames:
        frames = self.movie.frames
        assert isinstance(frames, WatchedFrames)
        return frames

    @property
    def notes(self) -> tuple[str, ...]:
        """What the library warned of, as pixels that are saturated."""
        return tuple(self._frames.notes)

    @cached_property
    def found_px(self) -> Numbers:
        """Places x, y of the spots that were found (P, 2)."""
        found = self.trajectories
        return NOWHERE if found is None else np.stack([found.x_px, found.y_px], axis=1)

    @cached_property
    def _truth(self) -> tuple[Numbers, npt.NDArray[np.int64]]:
        """Centre of each true spot (S, 2), and how many emitters it has."""
        truth = self.movie.truth
        if truth is None or not {"x_px", "y_px"} <= set(truth.columns):
            return NOWHERE, np.empty(0, np.int64)
        place = truth[["x_px", "y_px"]].to_numpy(np.float64)
        labels = truth["spot"].to_numpy() if "spot" in truth else np.arange(len(truth))
        known = np.isfinite(place).all(axis=1)
        place = place[known]
        _, spot = np.unique(labels[known], return_inverse=True)
        size = np.bincount(spot)
        centre = [np.bincount(spot, place[:, axis]) / size for axis in (0, 1)]
        return np.stack(centre, axis=1), size

    @property
    def true_px(self) -> Numbers:
        """Places x, y of the true spots (S, 2); none when they are not known."""
        return self._truth[0]

    @cached_property
    def match(self) -> SpotMatch:
        """Which found spot is which true one."""
        return match_spots(self.found_px, self.true_px, MATCH_PX)

    def n_emitters(self, spot: int) -> int | None:
        """Return of how many emitters a found spot really is; None when it is no true spot."""
        (place,) = np.nonzero(self.match.found == spot)
        return int(self._truth[1][self.match.true[place[0]]]) if len(place) else None

    def judgement(self, spot: int) -> Judgement | None:
        """Return what the test for single emitters says; None when the movie is too short."""
        if spot not in self._judged:
            self._judged[spot] = self._judgement(spot)
        return self._judged[spot]

    def _judgement(self, spot: int) -> Judgement | None:
        """Test one spot."""
        if self.trajectories is None:
            return None
        try:
            row = emitter_levels(self.trajectories.select([spot])).iloc[0]
        except ValueError:
            return None
        switches = int(row["dark_switches"]), int(row["bright_switches"])
        return Judgement(bool(row["single"]), str(row["reason"]), *switches)

    def nearest(self, place: tuple[float, ...]) -> int:
        """Return the number of the found spot at a place (x, y); -1 when there is none."""
        if len(place) != 2 or len(self.found_px) == 0:
            return -1
        distance = np.hypot(*(self.found_px - np.asarray(place)).T)
        spot = int(distance.argmin())
        return spot if distance[spot] <= MATCH_PX else -1
