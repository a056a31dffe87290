"""What the confinement widget shows, as numbers: inputs with their bounds, one result."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import traitlets

from anionx_teach.confinement import (
    CONFINEMENT_MODELS,
    LARGEST_EDGE_NM,
    LEVEL_MODELS,
    SMALLEST_EDGE_NM,
    band_gap_ev,
    confined_levels_ev,
    emission_wavelength_nm,
    measured_emission,
    model_notes,
    stokes_shift_ev,
)
from anionx_teach.materials import CSPBBR3
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat

EDGE_RANGE_NM: Final = (float(SMALLEST_EDGE_NM), float(LARGEST_EDGE_NM))
START_EDGE_NM: Final = 5.1  # the paper's smallest batch
START_MODELS: Final = ("empirical", "nonparabolic")
# The crystal glows in the colour that was measured, not in that of the model being tried.
COLOUR_MODEL: Final = "empirical"
# A printed colour is compared when the slider is this close to its edge length.
NEAR_NM: Final = 0.3
# Fine enough that the steep curves of the small crystals look smooth.
CURVE_STEP_NM: Final = 0.25


@dataclass(frozen=True)
class MeasuredPoint:
    """One printed colour of CsPbBr3: edge length and its sd in nm, wavelength in nm, evidence."""

    edge_length_nm: float
    sd_nm: float
    wavelength_nm: float
    evidence: str


@dataclass(frozen=True)
class ModelReading:
    """What one model says of the chosen size.

    `energy_ev` is the lowest absorption, for the empirical model the emission. `deviation_nm` is
    model minus paper at the edge length of the printed colour nearby, None when none is near.
    """

    model: str
    title: str
    energy_ev: float
    wavelength_nm: float
    deviation_nm: float | None


@dataclass(frozen=True)
class EnergyLevels:
    """The levels of one model, in eV above the edge of the bulk valence band.

    `photon_ev` and `photon_nm` belong to the light emitted: the distance of the levels, less the
    attraction of the pair and less the Stokes shift.
    """

    model: str
    title: str
    bulk_gap_ev: float
    electron_level_ev: float
    hole_level_ev: float
    pair_gap_ev: float
    interaction_ev: float
    stokes_shift_ev: float
    photon_ev: float
    photon_nm: float


@dataclass(frozen=True)
class ConfinementResult:
    """All that is drawn for one edge length and the models ticked."""

    edge_length_nm: float
    bohr_diameter_nm: float
    crystal_wavelength_nm: float
    levels: EnergyLevels
    readings: tuple[ModelReading, ...]
    near: MeasuredPoint | None


class ConfinementState(ExplorerState):
    """The size of a CsPbBr3 nanocrystal, the models to compare, and what follows from both.

    Attributes
    ----------
    edge_length_nm : float
        Edge of the cube, 3 to 20 nm.
    models : tuple of str
        Those of `anionx_teach.CONFINEMENT_MODELS` that are ticked, kept in the order given there;
        may be empty.
    result : ConfinementResult
        Read only; new after each change of the above.

    Raises
    ------
    traitlets.TraitError
        When a value is not allowed; the state stays as it was.
    """

    edge_length_nm = FiniteFloat(START_EDGE_NM, min=EDGE_RANGE_NM[0], max=EDGE_RANGE_NM[1])
    models = traitlets.Tuple(default_value=START_MODELS)
    result = traitlets.Instance(ConfinementResult, read_only=True)

    @traitlets.validate("models")
    def _known_models(self, proposal: dict[str, Any]) -> tuple[str, ...]:
        """Refuse what is no model; keep each model once and all in the library's order."""
        unknown = [name for name in proposal["value"] if name not in CONFINEMENT_MODELS]
        if unknown:
            msg = f"models must be of {', '.join(CONFINEMENT_MODELS)}, got {unknown[0]!r}"
            raise traitlets.TraitError(msg)
        return tuple(name for name in CONFINEMENT_MODELS if name in proposal["value"])

    @traitlets.default("result")
    def _first_result(self) -> ConfinementResult:
        return _result(self.edge_length_nm, self.models)

    @traitlets.observe("edge_length_nm", "models")
    def _update_result(self, _change: object) -> None:
        self.set_trait("result", _result(self.edge_length_nm, self.models))


@cache
def measured_points() -> tuple[MeasuredPoint, ...]:
    """Return the printed colours of CsPbBr3, before any exchange."""
    table = measured_emission()
    before = table[table["nominal_iodide_fraction"] == 0]
    return tuple(
        MeasuredPoint(float(edge), float(sd), float(wavelength), str(evidence))
        for edge, sd, wavelength, evidence in zip(
            before["edge_length_nm"],
            before["sd_nm"],
            before["wavelength_nm"],
            before["evidence"],
            strict=True,
        )
    )


def curve_edges_nm() -> npt.NDArray[np.float64]:
    """Return the edge lengths at which the curves are drawn, in nm."""
    low_nm, high_nm = EDGE_RANGE_NM
    return np.linspace(low_nm, high_nm, round((high_nm - low_nm) / CURVE_STEP_NM) + 1)


def curve_nm(model: str) -> npt.NDArray[np.float64]:
    """Return the emission wavelengths of a model at `curve_edges_nm`, in nm."""
    return np.asarray(emission_wavelength_nm(curve_edges_nm(), model=model))


@cache
def deviation_nm(model: str, point: MeasuredPoint) -> float:
    """Return wavelength of a model minus the printed one, at the point's own edge length."""
    return float(emission_wavelength_nm(point.edge_length_nm, model=model)) - point.wavelength_nm


def level_model(models: Sequence[str]) -> str:
    """Return the model whose levels are drawn: the first ticked that has any, else the default."""
    return next((name for name in models if name in LEVEL_MODELS), LEVEL_MODELS[0])


def _result(edge_nm: float, models: tuple[str, ...]) -> ConfinementResult:
    """Ask the library for all that is shown."""
    near = _nearby_point(edge_nm)
    return ConfinementResult(
        edge_length_nm=edge_nm,
        bohr_diameter_nm=float(CSPBBR3.bohr_diameter_nm),
        crystal_wavelength_nm=float(emission_wavelength_nm(edge_nm, model=COLOUR_MODEL)),
        levels=_levels(edge_nm, level_model(models)),
        readings=tuple(_reading(edge_nm, model, near) for model in models),
        near=near,
    )


def _nearby_point(edge_nm: float) -> MeasuredPoint | None:
    """Return the printed colour whose edge length is near, if one is."""
    nearest = min(measured_points(), key=lambda point: abs(point.edge_length_nm - edge_nm))
    # Rounded, so that a distance of just NEAR_NM counts on both sides.
    distance_nm = round(abs(nearest.edge_length_nm - edge_nm), 9)
    return nearest if distance_nm <= NEAR_NM else None


def _reading(edge_nm: float, model: str, near: MeasuredPoint | None) -> ModelReading:
    """Return what one model says of one size."""
    return ModelReading(
        model=model,
        title=model_notes(model).title,
        energy_ev=float(band_gap_ev(edge_nm, model=model)),
        wavelength_nm=float(emission_wavelength_nm(edge_nm, model=model)),
        deviation_nm=None if near is None else deviation_nm(model, near),
    )


def _levels(edge_nm: float, model: str) -> EnergyLevels:
    """Return the levels of one model, counted from the edge of the bulk valence band."""
    levels = confined_levels_ev(edge_nm, model=model)
    stokes_ev = float(stokes_shift_ev(edge_nm))
    return EnergyLevels(
        model=model,
        title=model_notes(model).title,
        bulk_gap_ev=levels.bulk_gap_ev,
        electron_level_ev=levels.bulk_gap_ev + float(levels.electron_shift_ev),
        hole_level_ev=-float(levels.hole_shift_ev),
        pair_gap_ev=float(levels.pair_gap_ev),
        interaction_ev=float(levels.interaction_ev),
        stokes_shift_ev=stokes_ev,
        photon_ev=float(levels.exciton_energy_ev) - stokes_ev,
        photon_nm=float(emission_wavelength_nm(edge_nm, model=model)),
    )
