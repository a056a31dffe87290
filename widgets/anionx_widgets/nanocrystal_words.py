"""The nanocrystal viewer in words: names, the moments of the player, tables, a description."""

import math
from functools import cache
from typing import Final

import numpy as np

from anionx_teach.diffraction import perovskite_cell
from anionx_teach.lattice_exchange import LatticeHistory
from anionx_widgets.nanocrystal_state import (
    NanocrystalResult,
    NanocrystalState,
)

VIEW_NAMES: Final = {
    "all": "nanocrystal, all anions",
    "iodide": "nanocrystal, iodide only",
    "unit cells": "unit cells with octahedra",
}
START_NAMES: Final = {"everywhere": "everywhere", "surface": "at the surface"}
STRUCTURES: Final = ("CsPbBr3", "CsPbI3")
PATTERN_CAPTION: Final = "The moment that is shown"
PATTERN_COLUMNS: Final = ["Quantity", "value"]
CELL_CAPTION: Final = "The unit cells at room temperature, both orthorhombic (Pnma)"
CELL_COLUMNS: Final = ["Quantity", *STRUCTURES]
NOTHING: Final = "\N{EN DASH}"


def in_attempts(time: float) -> str:
    """Return a time with three digits and its unit, the mean wait 1/k0 of a site left alone."""
    decimals = max(0, 2 - math.floor(math.log10(time))) if time > 0 else 2
    return f"{time:,.{decimals}f}/k0"


def moments(result: NanocrystalResult) -> list[str]:
    """Return what stands beside the player at each frame."""
    share = 100 * result.n_iodide / result.model.n_sites
    return [
        f"{percent:.1f} % iodide, t = {in_attempts(float(time))}"
        for percent, time in zip(share, result.frame_time, strict=True)
    ]


def crystal_caption(result: NanocrystalResult) -> str:
    """Return what stands below the picture."""
    n = result.model.cells
    return f"{result.edge_length_nm:.1f} nm: {n}\N{SUPERSCRIPT THREE} = {n**3:,} anions"


def crystal_description(state: NanocrystalState) -> str:
    """Return what the picture of the nanocrystal is, for who cannot see it."""
    shown = "iodide alone" if state.view == "iodide" else "bromide pale, iodide dark"
    return f"Nanocrystal of {crystal_caption(state.result)}; {shown}. Arrow keys turn it."


def cell_captions() -> list[str]:
    """Return what stands below the pictures of the unit cells."""
    return [f"{name}: lead in octahedra of halides, cesium between them" for name in STRUCTURES]


def cell_descriptions() -> list[str]:
    """Return what the pictures of the unit cells are."""
    return [
        f"Unit cell of {name} with {len(perovskite_cell(name).octahedra)} octahedra, tilted against "
        f"each other by angles of {_angles(name)} at the halides. Arrow keys turn it."
        for name in STRUCTURES
    ]


def pattern_rows(state: NanocrystalState) -> list[list[str]]:
    """Return the numbers of the moment, by `PATTERN_COLUMNS`."""
    row = state.result.pattern(state.frame)
    order = row.short_range_order
    share = row.largest_cluster_share
    return [
        ["Iodide fraction", f"{row.iodide_fraction:.3f}"],
        ["Time", in_attempts(row.time_s)],
        ["Pieces of iodide (clusters)", f"{row.n_clusters:,.0f}"],
        ["Share of iodide in the largest", NOTHING if np.isnan(share) else f"{100 * share:.0f} %"],
        ["Bromide beside iodide, pairs", f"{row.interface_bonds:,.0f}"],
        ["Short-range order", NOTHING if np.isnan(order) else f"{order:.2f}"],
    ]


@cache
def _angles(name: str) -> str:
    angles = np.unique(perovskite_cell(name).bridge_angle_deg.round().astype(int))
    return " and ".join(f"{angle}°" for angle in angles)


def cell_rows() -> list[list[str]]:
    """Return the numbers of the unit cells, by `CELL_COLUMNS`."""
    cells = [perovskite_cell(name) for name in STRUCTURES]
    return [
        ["Edges a, b, c", *(", ".join(f"{e:.4f}" for e in cell.edge_nm) + " nm" for cell in cells)],
        ["Lead to halide", *(f"{cell.bond_length_nm.mean():.4f} nm" for cell in cells)],
        ["Angle lead, halide, lead", *map(_angles, STRUCTURES)],
        ["Source", *(cell.source for cell in cells)],
        ["How sure", *(cell.evidence for cell in cells)],
    ]


def description(state: NanocrystalState) -> str:
    """Return all that is seen, in words."""
    if not state.is_lattice:
        return _unit_cells(state)
    return "\n".join([_crystal(state), _course(state.result.history), _moment(state), _look(state)])


def _unit_cells(state: NanocrystalState) -> str:
    first, second = STRUCTURES
    return (
        f"One unit cell of {first} and one of {second} to one scale, {_seen_from(state)}.\n"
        "In the cubic perovskite each halide would lie straight between two lead atoms, at 180°. "
        f"Tilted octahedra make it {_angles(first)} with bromide and {_angles(second)} with iodide."
    )


def _crystal(state: NanocrystalState) -> str:
    return (
        f"A cube of CsPb(Br,I)₃, {crystal_caption(state.result)}; each iodide neighbour lowers the "
        f"barrier of a site by {state.coupling_kt:g} kT; exchange begins {START_NAMES[state.start]}."
    )


def _course(history: LatticeHistory) -> str:
    return (
        f"10 % are exchanged after {in_attempts(history.start_time_s())}, 90 % "
        f"{in_attempts(history.rise_time_s())} later. A site without iodide neighbours waits 1/k0 on "
        "average."
    )


def _moment(state: NanocrystalState) -> str:
    row = state.result.pattern(state.frame)
    where = "The player runs. It was at" if state.playing else "Shown:"
    text = f"{where} {100 * row.iodide_fraction:.1f} % iodide, t = {in_attempts(row.time_s)}"
    if 0 < row.iodide_fraction < 1:
        pieces = "one piece" if row.n_clusters == 1 else f"{row.n_clusters:,.0f} pieces"
        text += (
            f"; iodide is in {pieces}, the largest with {100 * row.largest_cluster_share:.0f} % of "
            f"it; short-range order {row.short_range_order:.2f} (0 spread at random, 1 one compact "
            "piece)"
        )
    return f"{text}."


def _look(state: NanocrystalState) -> str:
    cut = state.layers_cut
    layers = f"{cut} of {state.result.model.cells} layers ({state.cut_percent:g} %) cut away"
    shown = "Iodide alone is drawn" if state.view == "iodide" else "All anions are drawn"
    return f"{shown}, {layers if cut else 'nothing cut away'}, {_seen_from(state)}."


def _signed(degrees: float) -> str:
    return f"{degrees:.0f}".replace("-", "\N{MINUS SIGN}")


def _seen_from(state: NanocrystalState) -> str:
    above = "above" if state.tilt_deg >= 0 else "below"
    return f"turned by {_signed(state.turn_deg)}° and seen {abs(state.tilt_deg):.0f}° from {above}"
