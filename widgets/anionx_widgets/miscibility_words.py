"""The miscibility explorer in words: names, tables, a description."""

from typing import Final

import numpy as np
import pandas as pd

from anionx_teach.materials import parameter
from anionx_teach.miscibility import critical_coupling_kt, miscibility_evidence, size_model_notes
from anionx_widgets.miscibility_crystal import (
    COMPARED_FRACTION,
    REFERENCE_EDGE_NM,
    Crystal,
    MiscibilityResult,
    strength_of,
)
from anionx_widgets.miscibility_state import MiscibilityState
from anionx_widgets.nanocrystal_words import NOTHING, START_NAMES, in_attempts

SIZE_MODEL_NAMES: Final = {
    "inverse_size": "1/L: all of it at the surface",
    "surface_energy": "surface energy of mixed crystals",
    "confined_interface": "no room for an interface",
    "strain_relief": "strain relieved at the faces",
}
NUMBER_CAPTION: Final = "The two crystals"
NUMBER_COLUMNS: Final = ["Quantity", "small", "large"]
NOTE_CAPTION: Final = "What is assumed, and how sure it is"
NOTE_COLUMNS: Final = ["About", "in words", "evidence"]
# The critical temperature and what speaks against it; the rest is on nanocrystals, for the lesson.
_EVIDENCE_SHOWN: Final = 2
# What strength_of names, with the symbol and the unit that a reader knows it by.
_STRENGTH_WORDS: Final = {
    "critical_length_nm": ("L0", "nm", "miscibility-003"),
    "surface_energy_mj_m2": (
        "excess surface energy \N{GREEK SMALL LETTER GAMMA}",
        "mJ/m\N{SUPERSCRIPT TWO}",
        "miscibility-004",
    ),
    "interface_length_nm": ("Lc", "nm", "miscibility-005"),
    "strain_kj_mol": (
        "strain in \N{GREEK CAPITAL LETTER OMEGA}",
        "kJ/mol",
        "miscibility-006",
    ),
}


_LATTICE: Final = (
    "Ours, not the mechanism of the paper: each iodide neighbour lowers the barrier by the coupling "
    "of an Ising model with the same critical temperature."
)


def moments(result: MiscibilityResult) -> list[str]:
    """Return what stands beside the player at each frame."""
    return [f"t = {in_attempts(float(time))}" for time in result.frame_time]


def captions(result: MiscibilityResult) -> list[str]:
    """Return what stands below the pictures of the two crystals."""
    return [
        f"{name}: {crystal.edge_length_nm:.1f} nm, "
        f"\N{GREEK SMALL LETTER EPSILON} = {crystal.coupling_kt:.2f} kT"
        for name, crystal in zip(("small", "large"), result.crystals, strict=True)
    ]


def crystal_descriptions(result: MiscibilityResult) -> list[str]:
    """Return what the pictures of the two crystals are, for who cannot see them."""
    return [
        f"Nanocrystal, {caption}, {crystal.model.n_sites:,} anions; bromide pale, iodide "
        "dark. Arrow keys turn it."
        for caption, crystal in zip(captions(result), result.crystals, strict=True)
    ]


def number_rows(result: MiscibilityResult, frame: int) -> list[list[str]]:
    """Return the numbers of both crystals, by `NUMBER_COLUMNS`."""
    crystals, patterns = result.crystals, result.patterns(frame)
    shown = [table.iloc[0] for table in patterns]
    compared = [table.iloc[1] for table in patterns]
    at = f"at {100 * COMPARED_FRACTION:.0f} % iodide"
    rows = [
        ["Critical temperature", *map(_critical, crystals)],
        ["Unmixes between iodide fractions", *map(_gap, crystals)],
        ["Switching time, 10 to 90 %", *(in_attempts(c.switching_time) for c in crystals)],
        ["Iodide fraction shown", *(f"{row.iodide_fraction:.3f}" for row in shown)],
        ["Light through the filter", *(f"{light[frame]:.3f}" for light in result.light)],
        ["Pieces of iodide", *(f"{row.n_clusters:,.0f}" for row in shown)],
        ["Largest piece, of all iodide", *map(_share, shown)],
        ["Short-range order (0 random, 1 compact)", *map(_order, shown)],
        [f"Pieces {at}", *(f"{row.n_clusters:,.0f}" for row in compared)],
        [f"Largest piece {at}", *map(_share, compared)],
        [f"Short-range order {at}", *map(_order, compared)],
    ]
    return rows


def note_rows(result: MiscibilityResult) -> list[list[str]]:
    """Return what the chosen model assumes, and what speaks for and against a gap."""
    notes = size_model_notes(result.dependence.model)
    setting, _value = strength_of(result.dependence)
    constant = parameter(_STRENGTH_WORDS[setting][2])
    rows = [
        ["The model", notes.assumes, notes.evidence],
        ["Where it fails", notes.fails_where, NOTHING],
        ["Its source", notes.reference, NOTHING],
        ["Its strength", constant.source, constant.evidence],
        ["The lattice", _LATTICE, constant.evidence],
    ]
    for row in miscibility_evidence().iloc[:_EVIDENCE_SHOWN].to_dict("records"):
        value = row["value"]
        number = f"{value:g}" if isinstance(value, float) else str(value)
        words = f"{number} {row['unit']}".removesuffix(" -")
        rows.append([str(row["quantity"]), f"{words} ({row['source']})", str(row["evidence"])])
    return rows


def strength_words(result: MiscibilityResult) -> str:
    """Return the strength of the model of size dependence, with its unit."""
    setting, value = strength_of(result.dependence)
    symbol, unit, _constant = _STRENGTH_WORDS[setting]
    return f"{symbol} = {_signed(value)} {unit}"


def description(state: MiscibilityState) -> str:
    """Return all that is seen, in words."""
    result = state.result
    small, large = result.crystals
    ratio = small.switching_time / large.switching_time
    epsilon = "\N{GREEK SMALL LETTER EPSILON}"
    equilibrium = (
        f"At {result.temperature_k:g} K the small crystal ({small.edge_length_nm:.1f} nm, {epsilon} "
        f"= {small.coupling_kt:.2f} kT) {_equilibrium(small)}; the large one "
        f"({large.edge_length_nm:.1f} nm, {large.coupling_kt:.2f} kT) {_equilibrium(large)}. By the "
        f"coupling {epsilon} each iodide neighbour lowers the barrier of a site; a large lattice "
        f"unmixes above {critical_coupling_kt():.2f} kT."
    )
    reaction = (
        f"Under the same iodide, exchange beginning {START_NAMES[state.start]}, the small one "
        f"switches in {in_attempts(small.switching_time)} and the large one in "
        f"{in_attempts(large.switching_time)}: the small one takes {ratio:.2f} times as long. A site "
        "without iodide neighbours waits 1/k0 on average."
    )
    light = "Light is that of the mean composition; a crystal of two phases would shine from both."
    return "\n".join([_assumption(state), equilibrium, reaction, _moment(state), light])


def _assumption(state: MiscibilityState) -> str:
    return (
        f"Assumed: {SIZE_MODEL_NAMES[state.size_model]}, so strong that a cube of "
        f"{REFERENCE_EDGE_NM:g} nm has lost {state.lost_percent:g} % of the bulk's energy of mixing "
        f"\N{GREEK CAPITAL LETTER OMEGA} = {state.result.dependence.bulk_omega_kj_mol:.2f} kJ/mol "
        f"(critical temperature {state.bulk_critical_temperature_k:g} K): "
        f"{strength_words(state.result)}. The effect of size is put in by that."
    )


def _equilibrium(crystal: Crystal) -> str:
    if not crystal.unmixes:
        return "mixes at every composition"
    low, high = crystal.binodal
    return f"unmixes between iodide fractions {low:.2f} and {high:.2f}"


def _moment(state: MiscibilityState) -> str:
    result = state.result
    parts = [
        f"the {name} one is {100 * fraction[state.frame]:.0f} % iodide and sends "
        f"{100 * light[state.frame]:.0f} % of its light through the filter"
        for name, fraction, light in zip(
            ("small", "large"), result.iodide_fraction, result.light, strict=True
        )
    ]
    where = "The player runs; it was" if state.playing else "The player stands"
    return f"{where} at t = {in_attempts(state.time)}: {', '.join(parts)}."


def _critical(crystal: Crystal) -> str:
    return f"{crystal.solution.critical_temperature_k:.0f} K"


def _gap(crystal: Crystal) -> str:
    if not crystal.unmixes:
        return "none: mixes"
    low, high = crystal.binodal
    return f"{low:.2f} to {high:.2f}"


def _share(row: "pd.Series[float]") -> str:
    share = row.largest_cluster_share
    return NOTHING if np.isnan(share) else f"{100 * share:.0f} %"


def _order(row: "pd.Series[float]") -> str:
    return NOTHING if np.isnan(row.short_range_order) else _signed(row.short_range_order)


def _signed(value: float) -> str:
    """Return a number with two decimals and a real minus sign, never minus zero."""
    return f"{round(value, 2) + 0.0:.2f}".replace("-", "\N{MINUS SIGN}")
