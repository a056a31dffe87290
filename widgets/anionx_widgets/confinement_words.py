"""The confinement widget in words: tables of the models, a description."""

from typing import Final

from anionx_teach.confinement import FITTED_BULK_GAP_EV, model_notes
from anionx_widgets.confinement_state import (
    COLOUR_MODEL,
    ConfinementResult,
    ModelReading,
    measured_points,
)

READING_COLUMNS: Final = ["Model", "Energy (eV)", "Light (nm)", "Model \N{MINUS SIGN} paper (nm)"]
NOTE_COLUMNS: Final = ["Model", "Assumes", "Fails", "Source", "Evidence"]


def description(result: ConfinementResult) -> str:
    """Return what a person sees, with values and units."""
    return "\n".join(
        [_crystal_words(result), _level_words(result), _model_words(result), _paper_words(result)]
    )


def readings_caption(result: ConfinementResult) -> str:
    """Return what the table of the models is about."""
    return f"At an edge length of {result.edge_length_nm:.1f} nm"


def reading_rows(result: ConfinementResult) -> list[list[str]]:
    """Return the numbers of the ticked models, one row each, by `READING_COLUMNS`."""
    return [_reading_row(reading) for reading in result.readings]


def note_rows(models: tuple[str, ...]) -> list[list[str]]:
    """Return what each model assumes and where it fails, one row each, by `NOTE_COLUMNS`."""
    return [
        [notes.title, notes.assumes, notes.fails_where, notes.reference, notes.evidence]
        for notes in map(model_notes, models)
    ]


def _reading_row(reading: ModelReading) -> list[str]:
    """Return one row; the empirical model knows no absorption."""
    kind = "emitted" if reading.model == COLOUR_MODEL else "absorbed"
    deviation_nm = reading.deviation_nm
    return [
        reading.title,
        f"{reading.energy_ev:.3f} {kind}",
        f"{reading.wavelength_nm:.1f}",
        "\N{EN DASH}" if deviation_nm is None else _signed(deviation_nm),
    ]


def _signed(number: float) -> str:
    """Return a number with one decimal and its sign; no sign when it rounds to zero."""
    text = f"{abs(number):.1f}"
    if float(text) == 0:
        return text
    return ("+" if number > 0 else "\N{MINUS SIGN}") + text


def _crystal_words(result: ConfinementResult) -> str:
    """Return the sentence on the drawn crystal."""
    ratio = result.edge_length_nm / result.bohr_diameter_nm
    return (
        f"A CsPbBr3 cube with an edge of {result.edge_length_nm:.1f} nm, "
        f"{ratio:.2f} of the Bohr diameter of {result.bohr_diameter_nm:.1f} nm, "
        f"in the colour of {result.crystal_wavelength_nm:.0f} nm (empirical model)."
    )


def _level_words(result: ConfinementResult) -> str:
    """Return the sentence on the energy levels."""
    levels = result.levels
    fitted = levels.bulk_gap_ev == float(FITTED_BULK_GAP_EV)
    kind = "model's fitted" if fitted else "bulk"
    return (
        f"Energy levels ({levels.title}): confinement widens the {kind} gap of "
        f"{levels.bulk_gap_ev:.2f} eV to {levels.pair_gap_ev:.2f} eV between hole and electron; "
        f"their attraction takes {-levels.interaction_ev:.2f} eV back, the Stokes shift another "
        f"{levels.stokes_shift_ev:.2f} eV: a photon of {levels.photon_ev:.2f} eV, "
        f"{levels.photon_nm:.0f} nm."
    )


def _model_words(result: ConfinementResult) -> str:
    """Return the sentence on the curves of the ticked models."""
    if not result.readings:
        return "No model is ticked."
    said = "; ".join(_with_deviation(reading) for reading in result.readings)
    return f"Light emitted at this size: {said}."


def _with_deviation(reading: ModelReading) -> str:
    """Return the wavelength of a model and, near a printed colour, how far it is from that."""
    text = f"{reading.title} {reading.wavelength_nm:.0f} nm"
    if reading.deviation_nm is None:
        return text
    return f"{text} ({_signed(reading.deviation_nm)} nm from the paper's point)"


def _paper_words(result: ConfinementResult) -> str:
    """Return the sentence on the printed colours."""
    said = ", ".join(
        f"{point.wavelength_nm:.0f} nm at {point.edge_length_nm:.1f} \N{PLUS-MINUS SIGN} "
        f"{point.sd_nm:.1f} nm ({point.evidence})"
        for point in measured_points()
    )
    near = result.near
    if near is None:
        return f"Measured: {said}; none near this size."
    return f"Measured: {said}; compared with the one at {near.edge_length_nm:.1f} nm."
