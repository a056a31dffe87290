"""Positions and intensities of the lines of a powder pattern, from structure factors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._structures import STRUCTURES
from anionx_teach.materials import Parameter

if TYPE_CHECKING:
    import gemmi
    import numpy.typing as npt

    from anionx_teach._validation import Numbers

CU_KALPHA1_ANGSTROM = Parameter(
    1.5406,
    "angstrom",
    "Cu K-alpha1 line: Hoelzer et al., Phys. Rev. A 56, 4554 (1997), 1.5405929 angstrom, rounded",
    "literature, to be verified",
)
_SCALE_RANGE_DEG = 60.0  # the strongest line below this angle has intensity 100


@dataclass(frozen=True)
class Lines:
    """Lines of a structure in order of angle; every array has shape (R,)."""

    hkl: npt.NDArray[np.int32]
    multiplicity: npt.NDArray[np.int64]
    inverse_d_per_angstrom: Numbers
    intensity_percent: Numbers


@cache
def powder_lines(name: str) -> Lines:
    """Return every line of a structure that the wavelength can reach."""
    import gemmi

    crystal = gemmi_structure(name)
    wavelength = float(CU_KALPHA1_ANGSTROM)
    hkl = gemmi.make_miller_array(crystal.cell, crystal.spacegroup, wavelength / 2)
    operations = crystal.spacegroup.operations()
    stabiliser = operations.epsilon_factor_without_centering_array(hkl)
    # The group holds the inversion, so its operations count both of a Friedel pair.
    multiplicity = len(operations.sym_ops) // np.asarray(stabiliser, np.int64)
    calculator = gemmi.StructureFactorCalculatorX(crystal.cell)
    amplitude = [
        abs(calculator.calculate_sf_from_small_structure(crystal, index)) for index in hkl.tolist()
    ]
    inverse_d = 1 / crystal.cell.calculate_d_array(hkl)
    theta = np.arcsin(inverse_d * wavelength / 2)
    lorentz_polarisation = (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
    intensity = multiplicity * np.square(amplitude) * lorentz_polarisation
    intensity *= 100 / intensity[2 * theta <= np.radians(_SCALE_RANGE_DEG)].max()
    order = np.argsort(inverse_d)
    return Lines(hkl[order], multiplicity[order], inverse_d[order], intensity[order])


def gemmi_structure(name: str) -> gemmi.SmallStructure:
    """Return a declared structure as gemmi knows it, ready for structure factors."""
    import gemmi

    declared = STRUCTURES[name]
    block = gemmi.cif.Block(name)
    block.set_pair("_space_group_name_H-M_alt", f"'{declared.space_group}'")
    for axis, length in zip("abc", declared.cell_angstrom, strict=True):
        block.set_pair(f"_cell_length_{axis}", str(length))
    for angle in ("alpha", "beta", "gamma"):
        block.set_pair(f"_cell_angle_{angle}", "90")
    tags = ["label", "type_symbol", "fract_x", "fract_y", "fract_z"]
    loop = block.init_loop("_atom_site_", tags)
    for site in declared.sites:
        loop.add_row([site.label, site.element, str(site.x), str(site.y), str(site.z)])
    crystal = gemmi.make_small_structure_from_block(block)
    # Without this an atom on a symmetry element is counted once for each operation.
    crystal.change_occupancies_to_crystallographic()
    return crystal
