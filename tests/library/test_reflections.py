"""Lines of the powder pattern against a reference, an independent library and plain sums."""

import math
from pathlib import Path

import gemmi
import numpy as np
import pandas as pd
import pytest

from anionx_teach import materials
from anionx_teach._structures import STRUCTURES
from anionx_teach.diffraction import CU_KALPHA1_ANGSTROM, reflections

REFERENCE = Path(__file__).parents[1] / "data" / "xrd_reflections.csv"
WAVELENGTH = float(CU_KALPHA1_ANGSTROM)
BOTH = sorted(STRUCTURES)

# The general position of Pnma in its standard setting (International Tables A, no. 62).
PNMA = [
    lambda x, y, z: (x, y, z),
    lambda x, y, z: (0.5 - x, -y, 0.5 + z),
    lambda x, y, z: (-x, 0.5 + y, -z),
    lambda x, y, z: (0.5 + x, 0.5 - y, 0.5 - z),
    lambda x, y, z: (-x, -y, -z),
    lambda x, y, z: (0.5 + x, y, 0.5 - z),
    lambda x, y, z: (x, 0.5 - y, z),
    lambda x, y, z: (0.5 - x, 0.5 + y, 0.5 + z),
]


def atoms_of_cell(structure):
    """Every atom of the cell once: images that coincide are one atom."""
    atoms = {}
    for site in structure.sites:
        for operation in PNMA:
            position = tuple(round(u % 1.0, 6) % 1.0 for u in operation(site.x, site.y, site.z))
            atoms[position] = site.element
    return atoms


def twin_intensity(structure, hkl):
    """m |F|^2 LP by plain sums over the atoms of the cell."""
    inverse_d = math.sqrt(
        sum((n / a) ** 2 for n, a in zip(hkl, structure.cell_angstrom, strict=True))
    )
    factor = {
        site.element: gemmi.Element(site.element).it92.calculate_sf((inverse_d / 2) ** 2)
        for site in structure.sites
    }
    amplitude = sum(
        factor[element] * np.exp(2j * np.pi * np.dot(hkl, position))
        for position, element in atoms_of_cell(structure).items()
    )
    theta = math.asin(WAVELENGTH * inverse_d / 2)
    lp = (1 + math.cos(2 * theta) ** 2) / (math.sin(theta) ** 2 * math.cos(theta))
    return 2 ** np.count_nonzero(hkl) * abs(amplitude) ** 2 * lp


def test_lines_agree_with_the_reference_table():
    table = pd.read_csv(REFERENCE)
    ours = reflections("CsPbBr3", min_intensity_percent=0)
    both = table.merge(ours, on=["h", "k", "l"], how="left", suffixes=("_reference", ""))
    assert len(both) == 81
    assert both["two_theta_deg"].notna().all()
    assert (both["two_theta_deg"] - both["two_theta_deg_CuKa1"]).abs().max() < 0.01
    assert (both["intensity_percent"] - both["rel_intensity_percent"]).abs().max() < 2.0
    assert (both["multiplicity"] == both["multiplicity_reference"]).all()
    # Nothing strong is missing from the table.
    strong = ours[ours["intensity_percent"] > 1.1]
    assert len(strong.merge(table, on=["h", "k", "l"])) == len(strong)


@pytest.mark.parametrize("name", BOTH)
def test_lines_agree_with_pymatgen(name):
    core = pytest.importorskip("pymatgen.core", reason="pymatgen is in the dev extra")
    xrd = pytest.importorskip("pymatgen.analysis.diffraction.xrd")
    declared = STRUCTURES[name]
    crystal = core.Structure.from_spacegroup(
        "Pnma",
        core.Lattice.orthorhombic(*declared.cell_angstrom),
        [site.element for site in declared.sites],
        [(site.x, site.y, site.z) for site in declared.sites],
    )
    pattern = xrd.XRDCalculator(wavelength=WAVELENGTH).get_pattern(crystal, two_theta_range=(5, 60))
    ours = reflections(name, min_intensity_percent=0)
    # A peak of pymatgen may hold several of our rows.
    nearest = np.abs(pattern.x[:, None] - ours["two_theta_deg"].to_numpy()).argmin(axis=0)
    distance = np.abs(pattern.x[nearest] - ours["two_theta_deg"])
    merged = np.bincount(nearest, ours["intensity_percent"], minlength=len(pattern.x))
    assert distance[ours["intensity_percent"] > 0.01].max() < 1e-3
    assert np.abs(merged - pattern.y).max() < 0.5


@pytest.mark.parametrize("name", BOTH)
def test_lines_agree_with_plain_sums_over_the_cell(name):
    declared = STRUCTURES[name]
    atoms = atoms_of_cell(declared)
    assert sorted(atoms.values()) == sorted(["Cs", "Pb", *[declared.sites[2].element] * 3] * 4)
    ours = reflections(name, min_intensity_percent=0)
    twin = np.array([twin_intensity(declared, hkl) for hkl in ours[["h", "k", "l"]].to_numpy()])
    np.testing.assert_allclose(100 * twin / twin.max(), ours["intensity_percent"], atol=1e-3)


@pytest.mark.parametrize("name", BOTH)
def test_lines_obey_braggs_law_and_the_absences_of_pnma(name):
    lines = reflections(name, two_theta_max_deg=150, min_intensity_percent=0)
    h, k, l = (lines[index].to_numpy() for index in "hkl")
    a, b, c = STRUCTURES[name].cell_angstrom
    inverse_square = (h / a) ** 2 + (k / b) ** 2 + (l / c) ** 2
    np.testing.assert_allclose(lines["d_angstrom"], inverse_square**-0.5)
    sine = np.sin(np.radians(lines["two_theta_deg"] / 2))
    np.testing.assert_allclose(2 * lines["d_angstrom"] * sine, WAVELENGTH)
    assert not np.any((h == 0) & ((k + l) % 2 == 1))
    assert not np.any((l == 0) & (h % 2 == 1))
    assert lines["two_theta_deg"].is_monotonic_increasing
    assert lines["two_theta_deg"].max() <= 150
    assert not lines.duplicated(["h", "k", "l"]).any()
    np.testing.assert_array_equal(lines["multiplicity"], 2 ** np.count_nonzero([h, k, l], axis=0))


def test_intensities_do_not_depend_on_the_range_asked_for():
    near, far = (reflections("CsPbI3", two_theta_max_deg=angle) for angle in (25, 90))
    pd.testing.assert_frame_equal(near, far.iloc[: len(near)])
    assert far["intensity_percent"].max() == 100
    assert far["intensity_percent"].min() >= 1
    assert near["intensity_percent"].max() < 60
    assert reflections("CsPbI3", two_theta_max_deg=1).empty


def test_cells_are_those_of_the_materials_table():
    table = materials.constants().set_index("id")["value"]
    for row, name in (("materials-034", "CsPbBr3"), ("materials-035", "CsPbI3")):
        cell = tuple(float(part) for part in str(table[row]).split(","))
        assert cell == STRUCTURES[name].cell_angstrom


def test_a_returned_table_is_a_copy():
    first = reflections("CsPbBr3")
    first.loc[:, "intensity_percent"] = 0.0
    assert reflections("CsPbBr3")["intensity_percent"].max() == 100
