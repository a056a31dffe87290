"""The unit cell of an orthorhombic perovskite: its atoms, and the tilted octahedra they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._powder_lines import gemmi_structure
from anionx_teach._structures import STRUCTURES
from anionx_teach._validation import Numbers, read_only

if TYPE_CHECKING:
    import pandas as pd

_HALIDES = ("Br", "I")
_ANGSTROM_PER_NM = 10.0
_CORNERS = 6  # of an octahedron
_ON_A_FACE = 1e-6  # fractional coordinates that differ by less are the same


@dataclass(frozen=True, eq=False)
class PerovskiteCell:
    """One unit cell of a perovskite with whole octahedra; made by `perovskite_cell`.

    Parameters
    ----------
    formula, space_group : str
        Of the crystal.
    edge_nm : numpy.ndarray, shape (3,)
        Edges a, b, c of the orthorhombic cell in nm.
    element : tuple of str
        Of each of the N atoms: all cesium and lead atoms in the cell and on its faces, and all
        halides around those lead atoms.
    position_nm : numpy.ndarray, shape (N, 3)
        Their places along a, b and c in nm; the cell begins at 0.
    octahedra : numpy.ndarray of int, shape (M, 7)
        For each octahedron the number of its lead atom and of the six halides around it.
    source, evidence : str
        Where the structure comes from, and how sure that is.
    """

    formula: str
    space_group: str
    edge_nm: Numbers
    element: tuple[str, ...]
    position_nm: Numbers
    octahedra: npt.NDArray[np.int64]
    source: str
    evidence: str

    @property
    def bond_length_nm(self) -> Numbers:
        """Distance from lead to each corner of each octahedron in nm, (M, 6)."""
        lead = self.position_nm[self.octahedra[:, 0]]
        corners = self.position_nm[self.octahedra[:, 1:]]
        return np.asarray(np.linalg.norm(corners - lead[:, np.newaxis], axis=2))

    @property
    def bridge_angle_deg(self) -> Numbers:
        """Angle lead - halide - lead at each halide that two octahedra share; 180 without a tilt."""
        holders: dict[int, list[int]] = {}
        for lead, *corners in self.octahedra.tolist():
            for corner in corners:
                holders.setdefault(corner, []).append(lead)
        bridges = [(*pair, halide) for halide, pair in holders.items() if len(pair) == 2]
        first, second, halide = (
            self.position_nm[list(part)] for part in zip(*bridges, strict=True)
        )
        one, other = first - halide, second - halide
        # Not from the cosine alone, which says little of an angle near 180 degrees.
        sine = np.linalg.norm(np.cross(one, other), axis=1)
        return np.asarray(np.degrees(np.arctan2(sine, (one * other).sum(axis=1))))

    def to_frame(self) -> pd.DataFrame:
        """Return the atoms as a table.

        Returns
        -------
        pandas.DataFrame
            One row an atom: element, x_nm, y_nm, z_nm.
        """
        import pandas as pd

        places = dict(zip(("x_nm", "y_nm", "z_nm"), self.position_nm.T.copy(), strict=True))
        return pd.DataFrame({"element": self.element} | places).rename_axis("atom")


@cache
def declared_cell(name: str) -> PerovskiteCell:
    """Return the cell of a declared structure."""
    declared = STRUCTURES[name]
    edges = np.array(declared.cell_angstrom) / _ANGSTROM_PER_NM
    sites = gemmi_structure(name).get_all_unit_cell_sites()
    around = np.stack(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    at = np.array([[s.fract.x, s.fract.y, s.fract.z] for s in sites]) % 1.0
    images = (at[:, np.newaxis] + around).reshape(-1, 3)
    element = np.repeat([s.type_symbol for s in sites], len(around))
    in_cell = np.all((images > -_ON_A_FACE) & (images < 1.0 + _ON_A_FACE), axis=1)
    halide = np.isin(element, _HALIDES)
    lead = np.flatnonzero(in_cell & (element == "Pb"))
    halides = np.flatnonzero(halide)
    places = images * edges
    apart = np.linalg.norm(places[lead][:, np.newaxis] - places[halides], axis=2)
    nearest = halides[np.argsort(apart, axis=1)[:, :_CORNERS]]
    octahedra = np.column_stack([lead, nearest])
    kept = np.union1d(np.flatnonzero(in_cell & ~halide), nearest)
    return PerovskiteCell(
        declared.formula,
        declared.space_group,
        read_only(edges),
        tuple(element[kept].tolist()),
        read_only(places[kept]),
        read_only(np.searchsorted(kept, octahedra)),
        declared.source,
        declared.evidence,
    )
