"""The unit cell of the two perovskites: whole octahedra, known distances, tilts that are there."""

from dataclasses import replace

import numpy as np
import pytest

from anionx_teach.diffraction import perovskite_cell

STRUCTURES = ("CsPbBr3", "CsPbI3")


@pytest.fixture(params=STRUCTURES)
def cell(request):
    return perovskite_cell(request.param)


def test_every_lead_and_cesium_of_the_closed_cell_is_there(cell):
    # Lead stands at the eight corners, on four edges, in two faces and in the centre; four cesium.
    assert cell.element.count("Pb") == len(cell.octahedra) == 15
    assert cell.element.count("Cs") == 4
    inside = (cell.position_nm > -1e-9) & (cell.position_nm < cell.edge_nm + 1e-9)
    metal = np.isin(cell.element, ["Pb", "Cs"])
    assert inside[metal].all()


def test_octahedra_are_nearly_regular_and_made_of_lead_and_halide(cell):
    halide = cell.formula[4:-1]
    element = np.array(cell.element)
    assert set(element[cell.octahedra[:, 0]]) == {"Pb"}
    assert set(element[cell.octahedra[:, 1:]].ravel()) == {halide}
    lengths = cell.bond_length_nm
    assert lengths.shape == (15, 6)
    assert np.ptp(lengths) < 0.002
    lead = cell.position_nm[cell.octahedra[:, 0]]
    bond = (cell.position_nm[cell.octahedra[:, 1:]] - lead[:, None]) / lengths[..., None]
    cosine = np.sort(np.einsum("oik,ojk->oij", bond, bond), axis=2)
    assert np.allclose(cosine[:, :, 0], -1.0, atol=1e-6)  # the opposite corner, by inversion
    assert np.abs(cosine[:, :, 1:5]).max() < 0.06  # four at nearly a right angle


def test_each_halide_belongs_to_one_octahedron_or_bridges_two(cell):
    held = np.bincount(cell.octahedra[:, 1:].ravel(), minlength=len(cell.element))
    assert set(held[np.char.startswith(cell.element, cell.formula[4:-1])]) == {1, 2}
    assert np.count_nonzero(held == 2) == cell.bridge_angle_deg.size


def test_bonds_have_the_lengths_that_the_lattice_asks_for():
    # From the cell volume: a straight bridge would be half a pseudo-cubic edge, a tilted is longer.
    for name in STRUCTURES:
        cell = perovskite_cell(name)
        pseudocubic_nm = float(np.prod(cell.edge_nm) / 4) ** (1 / 3)
        assert 1.0 < 2 * cell.bond_length_nm.mean() / pseudocubic_nm < 1.04


def test_iodide_is_longer_bonded_and_more_tilted_than_bromide():
    bromide, iodide = map(perovskite_cell, STRUCTURES)
    assert iodide.bond_length_nm.min() > bromide.bond_length_nm.max()
    assert iodide.bridge_angle_deg.min() < bromide.bridge_angle_deg.min() < 170


def test_a_cubic_cell_would_have_straight_bridges(cell):
    # The angle is measured from positions: with each halide moved half-way it must be 180 degrees.
    at = cell.position_nm.copy()
    for halide in range(len(at)):
        leads = cell.octahedra[(cell.octahedra[:, 1:] == halide).any(axis=1), 0]
        if len(leads) == 2:
            at[halide] = at[leads].mean(axis=0)
    assert np.allclose(replace(cell, position_nm=at).bridge_angle_deg, 180.0, atol=1e-4)


def test_results_cannot_be_changed_and_come_as_a_table(cell):
    with pytest.raises(ValueError, match="read-only"):
        cell.position_nm[0] = 0
    table = cell.to_frame()
    assert list(table.columns) == ["element", "x_nm", "y_nm", "z_nm"]
    assert np.array_equal(table[["x_nm", "y_nm", "z_nm"]], cell.position_nm)


def test_an_unknown_structure_is_named():
    with pytest.raises(ValueError, match="structure must be one of CsPbBr3, CsPbI3"):
        perovskite_cell("CsPbCl3")
