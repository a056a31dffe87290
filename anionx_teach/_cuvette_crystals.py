"""The crystals in a cuvette: what chance gave each of them, and what each is at any time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._cuvette_mechanisms import (
    diffusion_exchanged,
    diffusion_half_time,
    front_exchanged,
    front_half_depth,
    sphere_radius_squared,
)
from anionx_teach._validation import generator, read_only
from anionx_teach.nanocrystals import NanocrystalBatch

if TYPE_CHECKING:
    from anionx_teach._cuvette_kinetics import CuvetteKinetics
    from anionx_teach._validation import Numbers

_UNIFORM_LEVELS = 2**52  # the half levels between them are exact floats, and never 0 or 1
_KEY_LEVELS = 2**63
_AT_ONCE = 1e280  # half times in a second: none has more, and no time is infinitely many of them
_GONE_NM = 1e-3  # an edge that has dissolved has no energy; with no volume it has no light either


@dataclass(frozen=True, eq=False)
class CuvetteCrystals:
    """A batch, what chance gave each crystal, and how they react.

    Times are in s after the iodide was added, of any shape that broadcasts with (N,) at its end.
    """

    batch: NanocrystalBatch
    kinetics: CuvetteKinetics
    chance: Numbers  # (N, 2), between 0 and 1: for the start and for the rate
    start_s: Numbers
    rate_factor: Numbers

    def first(self, n: int) -> CuvetteCrystals:
        """Return the first of these crystals, with all that they have."""
        edges_nm = self.batch.edge_length_nm[:n], self.batch.long_edge_nm[:n]
        parts = self.chance[:n], self.start_s[:n], self.rate_factor[:n]
        return CuvetteCrystals(NanocrystalBatch(*edges_nm), self.kinetics, *parts)

    def reacting(self, kinetics: CuvetteKinetics) -> CuvetteCrystals:
        """Return the same crystals with the same chance as they react otherwise."""
        return _given_chance(self.batch, kinetics, self.chance, None)

    def fraction_at(self, time_s: Numbers) -> Numbers:
        """Return the iodide fraction of every crystal."""
        since_s = np.maximum(time_s - self.start_s, 0.0)
        half_time_s = self.kinetics.half_time_s
        if half_time_s > 0:
            with np.errstate(over="ignore"):  # of half times so short that they are none
                half_times = since_s * np.minimum(self.rate_factor / half_time_s, _AT_ONCE)
        else:  # at once
            half_times = np.where(since_s > 0, np.inf, 0.0)
        return np.asarray(self.kinetics.final_iodide_fraction * self._exchanged(half_times))

    def edges_at(self, time_s: Numbers) -> Numbers:
        """Return the edges (nm) that the etching has left; zero where it has left nothing."""
        return np.maximum(self.batch.edge_length_nm - self._etched_nm(time_s), 0.0)

    def light_at(self, time_s: Numbers) -> tuple[Numbers, Numbers]:
        """Return for the spectra the edges (nm) and the volumes (nm^3).

        Without etching both are (N,) whatever the shape of the times.
        """
        edge_nm, long_edge_nm = self.batch.edge_length_nm, self.batch.long_edge_nm
        if self.kinetics.etch_rate_nm_per_s > 0:
            etched_nm = self._etched_nm(time_s)
            edge_nm = np.maximum(edge_nm - etched_nm, 0.0)
            long_edge_nm = np.maximum(long_edge_nm - etched_nm, 0.0)
        return np.maximum(edge_nm, _GONE_NM), edge_nm * edge_nm * long_edge_nm

    def _etched_nm(self, time_s: Numbers) -> Numbers:
        """Return by how much every edge is shorter."""
        return np.asarray(self.kinetics.etch_rate_nm_per_s * np.maximum(time_s, 0.0))

    def _exchanged(self, half_times: Numbers) -> Numbers:
        """Return how much is exchanged after so many half times of the reference cube."""
        edge_nm, long_edge_nm = self.batch.edge_length_nm, self.batch.long_edge_nm
        reference_nm = self.kinetics.reference_edge_nm
        if self.kinetics.mechanism == "surface":
            depth_nm = (front_half_depth() * reference_nm) * half_times
            return front_exchanged(depth_nm, edge_nm, long_edge_nm)
        cube = np.asarray(reference_nm)
        shrunk = sphere_radius_squared(cube, cube) / sphere_radius_squared(edge_nm, long_edge_nm)
        return diffusion_exchanged(np.sqrt(half_times * (diffusion_half_time() * shrunk)))


def draw_crystals(
    batch: NanocrystalBatch,
    kinetics: CuvetteKinetics,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    start_s: Numbers | None = None,
) -> CuvetteCrystals:
    """Draw start and rate of every crystal; other settings move them, and leave their chance."""
    levels = own_stream(rng).integers(_UNIFORM_LEVELS, size=(len(batch), 2))
    chance = (levels + 0.5) / _UNIFORM_LEVELS
    return _given_chance(batch, kinetics, chance, start_s)


def own_stream(
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> np.random.Generator:
    """Return a Generator that shares nothing with what else is drawn from the same `rng`.

    With the seed that a batch was drawn from, the same numbers would come again: the largest
    crystals would be the last to start.
    """
    return np.random.default_rng(generator(rng).integers(_KEY_LEVELS, size=4))


def _given_chance(
    batch: NanocrystalBatch, kinetics: CuvetteKinetics, chance: Numbers, start_s: Numbers | None
) -> CuvetteCrystals:
    """Return crystals whose starts and rates follow from their chance."""
    from scipy.special import ndtri

    if start_s is None:
        start_s = _starts(chance[:, 0], kinetics.start_mean_s, kinetics.start_sd_s)
    rate_factor = np.exp(kinetics.rate_log_sd * ndtri(chance[:, 1]))
    return CuvetteCrystals(
        batch, kinetics, read_only(chance), read_only(start_s), read_only(rate_factor)
    )


def _starts(uniform: Numbers, mean_s: float, sd_s: float) -> Numbers:
    """Return starts with a gamma distribution of this mean and standard deviation."""
    from scipy.special import gammaincinv

    ratio = mean_s / sd_s if sd_s else np.inf
    shape = ratio * ratio  # not **, which does not give infinity but an error
    if not np.isfinite(shape):  # no spread, or far less than the mean can show
        return np.full_like(uniform, mean_s)
    return np.asarray(gammaincinv(shape, uniform) * (mean_s / shape))
