"""The filter explorer in words: a table of the sizes, notes on the numbers, a description."""

from collections.abc import Iterable
from typing import Final

from anionx_teach.confinement import measured_emission
from anionx_teach.photoluminescence import DEFAULT_FWHM_MEV, BandpassFilter
from anionx_widgets.filter_state import (
    DEFAULT_BOWING_EV,
    FILTER_SETS,
    FilterResult,
    SizeReading,
)

READING_COLUMNS: Final = [
    "Edge length (nm)",
    "Maximum (nm)",
    "Passes (%)",
    "Enters at x",
    "Leaves at x",
]
NOTE_COLUMNS: Final = ["What is put in", "Value", "Where it is from", "Evidence"]


def description(result: FilterResult) -> str:
    """Return what a person sees, with values and units."""
    return "\n".join(
        [
            _crystal_words(result),
            _passing_words(result),
            _excitation_words(result),
            _sizes_words(result),
        ]
    )


def filter_name(filters: str, window: BandpassFilter) -> str:
    """Return what the menu calls a pair of windows."""
    return f"{filters}, {window.low_nm:g} to {window.high_nm:g} nm"


def readings_caption(result: FilterResult) -> str:
    """Return what the table of the sizes is about."""
    name = filter_name(result.filters, result.filter_set.emission)
    return f"At an iodide fraction x = {result.iodide_fraction:.2f}, filter {name}"


def reading_rows(result: FilterResult) -> list[list[str]]:
    """Return the numbers of the chosen size and of the paper's, a row each."""
    return [
        _row(result.chosen, f"{result.edge_length_nm:.1f}, chosen"),
        *(_row(reading, f"{reading.edge_length_nm:.1f}") for reading in result.batches),
    ]


def note_rows() -> list[list[str]]:
    """Return what the pictures rest on, a row each, by `NOTE_COLUMNS`."""
    ends = [
        [
            f"colour {stage}, taken as iodide fraction {rows['nominal_iodide_fraction'].iloc[0]:g}",
            ", ".join(
                f"{nm:.0f} nm at {edge_nm:.1f} nm"
                for edge_nm, nm in zip(rows["edge_length_nm"], rows["wavelength_nm"], strict=True)
            ),
            f"the paper, {_each_once(rows['location'])}; in between by 1/L\N{SUPERSCRIPT TWO}",
            _each_once(rows["evidence"]),
        ]
        for stage, rows in measured_emission().groupby("stage", sort=False)
    ]
    assumed = [
        [name, f"{number.value:g} {number.unit} at the start", number.source, number.evidence]
        for name, number in (
            ("line width, the same at every size and composition", DEFAULT_FWHM_MEV),
            ("bowing b: the energy lies b x (1 - x) below a straight line", DEFAULT_BOWING_EV),
        )
    ]
    return [*ends, *map(_filter_note, FILTER_SETS), *assumed]


def _each_once(texts: Iterable[str]) -> str:
    """Return the parts of texts, which "; " separates, each once and in their order."""
    return "; ".join(dict.fromkeys(part for text in texts for part in text.split("; ")))


def _filter_note(filters: str) -> list[str]:
    """Return the note on one pair of windows."""
    pair = FILTER_SETS[filters]
    source, _, evidence = pair.emission.source.rpartition(" (")
    windows = ", ".join(
        f"{window.low_nm:g} to {window.high_nm:g} nm ({what})"
        for what, window in (("emission", pair.emission), ("excitation", pair.excitation))
    )
    return [f"{filters} filters, with ideal edges", windows, source, evidence.rstrip(")")]


def _row(reading: SizeReading, name: str) -> list[str]:
    return [
        name,
        f"{reading.wavelength_nm:.0f}",
        f"{reading.passing_percent:.1f}",
        _fraction(reading.enters_at),
        _fraction(reading.leaves_at),
    ]


def _fraction(composition: float | None) -> str:
    """Return an iodide fraction, a dash where there is none."""
    return "\N{EN DASH}" if composition is None else f"{composition:.2f}"


def _crystal_words(result: FilterResult) -> str:
    """Return the sentence on the crystal and its line."""
    return (
        f"A cube of CsPb(Br,I)\N{SUBSCRIPT THREE} with an edge of {result.edge_length_nm:.1f} nm and an iodide "
        f"fraction of {result.iodide_fraction:.2f} emits one line with its maximum at "
        f"{result.chosen.wavelength_nm:.0f} nm, the colour in which it is drawn. The line is "
        f"{result.fwhm_mev:.0f} meV ({result.fwhm_nm:.0f} nm) wide at half its height; bowing "
        f"{result.bowing_ev:.2f} eV."
    )


def _passing_words(result: FilterResult) -> str:
    """Return the sentence on what passes the emission filter."""
    window = result.filter_set.emission
    return (
        f"{result.chosen.passing_percent:.1f} % of its light passes the emission filter, "
        f"{window.low_nm:g} to {window.high_nm:g} nm: so bright is the spot of the camera, from "
        f"black (0 %) to white (100 %). {_window_words(result.chosen)}"
    )


def _window_words(reading: SizeReading) -> str:
    """Return between which compositions the maximum of a line is in the window."""
    if reading.enters_at is None:
        return "The maximum of this size is never in the window."
    leaves = (
        "stays in it up to pure iodide"
        if reading.leaves_at is None
        else f"leaves it again at {reading.leaves_at:.2f}"
    )
    if reading.enters_at == 0:
        return f"The maximum of this size is in the window from pure bromide on and {leaves}."
    return (
        f"The maximum of this size enters the window at an iodide fraction of "
        f"{reading.enters_at:.2f} and {leaves}."
    )


def _excitation_words(result: FilterResult) -> str:
    """Return the sentence on the exciting light."""
    window = result.filter_set.excitation
    return (
        f"Of the exciting light, {window.low_nm:g} to {window.high_nm:g} nm, it absorbs "
        f"{result.excited_percent:.0f} % of what it would far above its absorption edge; the "
        "percentages that pass do not count this."
    )


def _sizes_words(result: FilterResult) -> str:
    """Return the sentence on the other sizes."""
    said = "; ".join(
        f"{reading.edge_length_nm:.1f} nm {reading.passing_percent:.1f} %, "
        f"enters at {_fraction(reading.enters_at)}"
        for reading in result.batches
    )
    return f"The paper's sizes at the same composition: {said}."
