"""Two nanocrystals under the same iodide, and the assumption that tells them apart."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from anionx_teach.lattice_exchange import (
    LatticeHistory,
    LatticeModel,
    describe_pattern,
    lattice_cells,
    simulate_lattice,
)
from anionx_teach.miscibility import CompositionRange, RegularSolution, SizeDependence
from anionx_teach.photoluminescence import RED_EMISSION_FILTER, transmitted_fraction
from anionx_widgets.round_numbers import nice_end

Numbers = npt.NDArray[np.float64]

N_FRAMES: Final = 201
COMPARED_FRACTION: Final = 0.3
"""Iodide fraction at which the patterns of both crystals are compared."""
# A cube of this edge loses the part of Omega that the learner sets: the smallest of the paper.
REFERENCE_EDGE_NM: Final = 5.1
# The same chance for every setting: a moved slider does not reshuffle the crystals.
_SEED: Final = 8
_SHOWN_PART: Final = 0.99  # the axis of time ends when so much of both crystals is exchanged
_LESS_THAN_ALL: Final = 1.0 - 1e-12  # or rounding could leave an Omega below 0


class _Strength(NamedTuple):
    """The setting of `SizeDependence` that holds the strength of a model, and how it acts."""

    setting: str
    one: float  # a strength that makes small cubes mix better
    power: int  # of it that Omega falls with


_STRENGTHS: Final = {
    "inverse_size": _Strength("critical_length_nm", 1.0, 1),
    "surface_energy": _Strength("surface_energy_mj_m2", -1.0, 1),
    "confined_interface": _Strength("interface_length_nm", 1.0, 2),
    "strain_relief": _Strength("strain_kj_mol", 1.0, 1),
}


def size_dependence(
    model: str, lost_part: float, bulk_critical_temperature_k: float
) -> SizeDependence:
    """Return the model in which a cube of `REFERENCE_EDGE_NM` has lost a part of the bulk's Omega."""
    setting, one, power = _STRENGTHS[model]
    weak = SizeDependence(
        model, bulk_critical_temperature_k=bulk_critical_temperature_k, **{setting: 0.01 * one}
    )
    lost_kj_mol = weak.bulk_omega_kj_mol - float(weak.omega_kj_mol(REFERENCE_EDGE_NM))
    ratio = lost_part * _LESS_THAN_ALL * weak.bulk_omega_kj_mol / lost_kj_mol
    strength = 0.01 * one * ratio ** (1 / power)
    return SizeDependence(
        model, bulk_critical_temperature_k=bulk_critical_temperature_k, **{setting: strength}
    )


def strength_of(dependence: SizeDependence) -> tuple[str, float]:
    """Return the setting that holds the strength of a model of size dependence, and its value."""
    setting = _STRENGTHS[dependence.model].setting
    return setting, float(getattr(dependence, setting))


@dataclass(frozen=True, eq=False)
class Crystal:
    """One nanocrystal: how it would mix at equilibrium, and how its lattice is exchanged.

    The lattice is simulated when somebody looks at it. Times are in 1/k0, the same for both.
    """

    edge_length_nm: float
    solution: RegularSolution
    model: LatticeModel

    @property
    def coupling_kt(self) -> float:
        """By how much an iodide neighbour lowers the barrier, in kT."""
        return self.model.coupling_kt

    @property
    def history(self) -> LatticeHistory:
        """The exchange of every site."""
        return _simulated(self.model)

    @cached_property
    def binodal(self) -> CompositionRange:
        """The two compositions at equilibrium; (nan, nan) when the crystal mixes."""
        return self.solution.binodal()

    @property
    def unmixes(self) -> bool:
        """Whether the regular solution has a miscibility gap at this temperature."""
        return self.binodal.low < self.binodal.high

    @cached_property
    def shown_time(self) -> float:
        """When nearly all of it is exchanged."""
        return self.history.start_time_s(_SHOWN_PART)

    @cached_property
    def switching_time(self) -> float:
        """Time from 10 to 90 % of iodide."""
        return self.history.rise_time_s()

    def light(self, iodide_fraction: Numbers) -> Numbers:
        """Return which part of its light passes the emission filter, by its mean composition."""
        return np.asarray(
            transmitted_fraction(self.edge_length_nm, iodide_fraction, RED_EMISSION_FILTER)
        )


@dataclass(frozen=True, eq=False)
class MiscibilityResult:
    """The assumption, and the small and the large crystal that follow from it."""

    dependence: SizeDependence
    temperature_k: float
    crystals: tuple[Crystal, Crystal]

    @cached_property
    def end_time(self) -> float:
        """A round time by which nearly all of both is exchanged, in 1/k0."""
        return nice_end(max(crystal.shown_time for crystal in self.crystals))

    @cached_property
    def frame_time(self) -> Numbers:
        """Time of each frame in 1/k0, evenly from 0."""
        return np.linspace(0.0, self.end_time, N_FRAMES)

    @cached_property
    def iodide_fraction(self) -> tuple[Numbers, ...]:
        """Iodide fraction of each crystal in each frame."""
        return tuple(
            np.asarray(crystal.history.iodide_fraction(self.frame_time))
            for crystal in self.crystals
        )

    @cached_property
    def light(self) -> tuple[Numbers, ...]:
        """Part of the light of each crystal that passes the filter, in each frame."""
        return tuple(
            crystal.light(fraction)
            for crystal, fraction in zip(self.crystals, self.iodide_fraction, strict=True)
        )

    def patterns(self, frame: int) -> list[pd.DataFrame]:
        """Return where iodide is in each crystal: a row for the frame, one for a given fraction."""
        return [
            describe_pattern(
                crystal.history, [float(fraction[frame]), COMPARED_FRACTION], n_random=0
            )
            for crystal, fraction in zip(self.crystals, self.iodide_fraction, strict=True)
        ]


def crystal_of(
    dependence: SizeDependence, edge_length_nm: float, temperature_k: float, start: str
) -> Crystal:
    """Return the crystal of a size that follows from the assumption."""
    coupling_kt = float(dependence.coupling_kt(edge_length_nm, temperature_k))
    model = LatticeModel(lattice_cells(edge_length_nm), coupling_kt, 1.0, start=start)
    return Crystal(edge_length_nm, dependence.solution(edge_length_nm, temperature_k), model)


@lru_cache(maxsize=4)
def _simulated(model: LatticeModel) -> LatticeHistory:
    """Return the history of a lattice; of the last few it is known already."""
    return simulate_lattice(model, rng=_SEED)
