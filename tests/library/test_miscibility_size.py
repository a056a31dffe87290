"""Size dependence as it is put in, its link to the lattice, and the factors of perovskites."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import constants

from anionx_teach import materials
from anionx_teach.miscibility import (
    LATTICE_THEORIES,
    SIZE_MODELS,
    RegularSolution,
    SizeDependence,
    coupling_kt,
    critical_coupling_kt,
    lattice_critical_temperature_k,
    miscibility_evidence,
    perovskite_factors,
    size_model_notes,
)

STRENGTHS = {
    "inverse_size": ("critical_length_nm", "miscibility-003"),
    "surface_energy": ("surface_energy_mj_m2", "miscibility-004"),
    "confined_interface": ("interface_length_nm", "miscibility-005"),
    "strain_relief": ("strain_kj_mol", "miscibility-006"),
}
EACH_MODEL = pytest.mark.parametrize("model", SIZE_MODELS)


@EACH_MODEL
def test_by_default_small_cubes_mix_and_large_ones_do_not(model):
    size = SizeDependence(model)
    small, large = size.critical_temperature_k([5.1, 13.1])
    assert small < 298 < large < 343
    assert 5.1 < size.threshold_edge_nm(298) < 13.1


@EACH_MODEL
def test_the_range_written_beside_each_strength_is_the_one_that_does_so(model):
    field, row_id = STRENGTHS[model]
    strength = materials.parameter(row_id)
    assert getattr(SizeDependence(model), field) == float(strength)
    assert strength.evidence == "assumed for teaching"
    ends = [float(part) for part in strength.uncertainty.split(" nm")[0].split(" kJ")[0]
            .split(" mJ")[0].split(" to ")]  # fmt: skip
    for end in ends:
        size = replace(SizeDependence(model), **{field: end})
        nearest = np.min(np.abs(size.critical_temperature_k(np.array([5.1, 13.1])) - 298))
        assert nearest < 1.5  # within the digits that are written


@EACH_MODEL
def test_a_large_crystal_is_the_bulk(model):
    size = SizeDependence(model)
    assert size.omega_kj_mol(1e8) == pytest.approx(size.bulk_omega_kj_mol, rel=1e-6)
    assert size.critical_temperature_k(1e8) == pytest.approx(343, rel=1e-6)
    field, _ = STRENGTHS[model]
    without = replace(size, **{field: 0.0})
    assert without.omega_kj_mol([1.0, 5.1]) == pytest.approx(size.bulk_omega_kj_mol, rel=1e-15)
    assert without.threshold_edge_nm(298) == 0
    assert without.threshold_edge_nm(343) == math.inf


@EACH_MODEL
def test_the_larger_the_less_it_mixes(model):
    edges = np.linspace(4, 40, 200)
    assert np.all(np.diff(SizeDependence(model).critical_temperature_k(edges)) > 0)


def test_each_formula_at_one_size():
    omega = 2 * constants.R * 1e-3 * 343
    value = {name: SizeDependence(name).omega_kj_mol(5.1) for name in SIZE_MODELS}
    assert value["inverse_size"] == pytest.approx(omega * (1 - 1 / 5.1), rel=1e-14)
    assert value["confined_interface"] == pytest.approx(omega * (1 - (3 / 5.1) ** 2), rel=1e-14)
    assert value["strain_relief"] == pytest.approx(omega - 1.5 * (1 - (3.1 / 5.1) ** 3), rel=1e-14)
    # surface energy of the six faces of one cube, shared by its anions
    anions = 3 * (5.1e-9) ** 3 / ((0.5831e-9**3 + 0.6191e-9**3) / 2)
    faces_j = 6 * (5.1e-9) ** 2 * -24e-3
    expected = omega + faces_j / anions * constants.N_A * 1e-3
    assert value["surface_energy"] == pytest.approx(expected, abs=2e-4)


def test_missing_neighbours_alone_give_a_length_of_one_site():
    """The mean number of neighbours in a cube of n sites is 6 (1 - 1/n): so L0 is one site."""
    for n in (2, 3, 5):
        sites = set(itertools.product(range(n), repeat=3))
        steps = [s for axis in np.eye(3, dtype=int) for s in (axis, -axis)]
        bonds = sum(tuple(np.add(site, step)) in sites for site in sites for step in steps)
        model = SizeDependence(critical_length_nm=0.4)
        part = model.omega_kj_mol(0.4 * n) / model.bulk_omega_kj_mol
        assert bonds / len(sites) / 6 == pytest.approx(part, rel=1e-12)


def test_neighbour_energies_alone_confine_an_interface_below_one_nanometre():
    """The softest wave across n sites costs as Lc = 1.28 sites says, once n is large."""
    for n, error in ((20, 2e-3), (60, 2e-4)):
        neighbours = np.diag(np.ones(n - 1), 1) + np.diag(np.ones(n - 1), -1)
        neighbours[0, 0] = neighbours[-1, -1] = 1  # no flux through the faces
        softest = np.sort(np.linalg.eigvalsh(neighbours))[-2] + 4  # flat along the other two
        length = n * math.sqrt(1 - softest / 6)
        assert length == pytest.approx(math.pi / math.sqrt(6), rel=error)
    assert math.pi / math.sqrt(6) == pytest.approx(1.28, abs=0.005)


def test_a_cube_within_twice_the_depth_has_no_strain_left():
    size = SizeDependence("strain_relief")
    without_strain = size.bulk_omega_kj_mol - 1.5
    assert size.omega_kj_mol([0.5, 1.9, 2.0]) == pytest.approx(without_strain, rel=1e-14)
    assert size.omega_kj_mol(2.1) > without_strain


@pytest.mark.parametrize(
    ("model", "settings"),
    [("surface_energy", {"surface_energy_mj_m2": 24}), ("strain_relief", {"strain_kj_mol": -1.5})],
)
def test_the_other_sign_makes_small_cubes_unmix_more(model, settings):
    size = SizeDependence(model, **settings)
    small, large = size.critical_temperature_k([5.1, 13.1])
    assert small > large > 343
    assert math.isnan(size.threshold_edge_nm(298))


@EACH_MODEL
@pytest.mark.parametrize("temperature_k", [250.0, 298.0, 320.0, 342.99])
def test_threshold_is_where_the_critical_temperature_is_that_of_the_experiment(
    model, temperature_k
):
    size = SizeDependence(model, strain_kj_mol=4.0)
    edge = size.threshold_edge_nm(temperature_k)
    assert size.critical_temperature_k(edge) == pytest.approx(temperature_k, rel=1e-9)
    assert not size.solution(edge * 0.99, temperature_k).binodal().exists
    assert size.solution(edge * 1.01, temperature_k).binodal().exists
    assert size.threshold_edge_nm(343) == size.threshold_edge_nm(400) == math.inf


def test_threshold_when_the_strain_is_too_weak_just_enough_or_nowhere_relieved():
    weak = SizeDependence("strain_relief", strain_kj_mol=0.5)
    assert weak.threshold_edge_nm(298) == 0
    assert weak.critical_temperature_k(1e-6) > 298
    surplus = weak.bulk_omega_kj_mol  # at 0 K
    enough = SizeDependence("strain_relief", strain_kj_mol=surplus)
    assert enough.threshold_edge_nm(0) == 2.0
    assert SizeDependence("strain_relief", relief_depth_nm=0).threshold_edge_nm(298) == 0


def test_nothing_below_zero_without_a_warning():
    size = SizeDependence(critical_length_nm=5.1)
    assert size.omega_kj_mol(5.1) == pytest.approx(0, abs=1e-12)
    assert size.threshold_edge_nm(0) == pytest.approx(5.1)
    said = "the model inverse_size gives Omega < 0.*got 4 nm"
    for call in (
        lambda: size.omega_kj_mol([13.1, 4.0]),
        lambda: size.critical_temperature_k([13.1, 4.0]),
        lambda: size.coupling_kt(4.0, 298),
        lambda: size.solution(4.0, 298),
        lambda: size.to_frame([4.0], 298),
    ):
        with pytest.warns(UserWarning, match=said) as caught:
            call()
        assert caught[0].filename == __file__
    with pytest.warns(UserWarning, match=said):
        assert np.isnan(size.critical_temperature_k([13.1, 4.0])).tolist() == [False, True]
    with pytest.warns(UserWarning, match=said):
        assert size.coupling_kt(4.0, 298) < 0


def test_table_against_size_agrees_with_the_methods():
    size = SizeDependence("surface_energy")
    edges = [5.1, 9.5, 13.1]
    table = size.to_frame(edges, 298)
    for row, edge in zip(table.itertuples(), edges, strict=True):
        solution = size.solution(edge, 298)
        assert row.omega_kj_mol == solution.omega_kj_mol == size.omega_kj_mol(edge)
        assert row.critical_temperature_k == size.critical_temperature_k(edge)
        assert row.coupling_kt == size.coupling_kt(edge, 298)
        assert (row.binodal_low, row.binodal_high) == pytest.approx(solution.binodal(), nan_ok=True)
        assert (row.spinodal_low, row.spinodal_high) == pytest.approx(
            solution.spinodal(), nan_ok=True
        )
    assert len(size.to_frame([], 298)) == 0


def test_models_are_declared_in_words():
    for name in SIZE_MODELS:
        notes = size_model_notes(name)
        assert notes.name == name
        assert min(map(len, (notes.title, notes.assumes, notes.fails_where, notes.reference))) > 10
        assert notes.evidence in materials.EVIDENCE
    table = miscibility_evidence()
    assert set(table["evidence"]) <= set(materials.EVIDENCE)
    assert table["source"].str.contains("Yin 2014").any()


def test_coupling_and_critical_temperature():
    assert critical_coupling_kt() == pytest.approx(0.8866, abs=5e-5)
    assert critical_coupling_kt(theory="mean_field") == pytest.approx(2 / 3)
    assert coupling_kt(343, 298) == pytest.approx(1.02, abs=0.005)
    assert coupling_kt(0, 298) == 0
    assert coupling_kt([298, 343], [[298], [600]]).shape == (2, 2)
    for theory in LATTICE_THEORIES:
        assert coupling_kt(298, 298, theory=theory) == critical_coupling_kt(theory=theory)
        back = lattice_critical_temperature_k(
            coupling_kt([0, 150, 343], 298, theory=theory), 298, theory=theory
        )
        assert back == pytest.approx([0, 150, 343], rel=1e-14)
    lattice_tc = lattice_critical_temperature_k(coupling_kt(343, 298, theory="mean_field"), 298)
    assert lattice_tc / 343 == pytest.approx(0.75, abs=0.005)


def test_mean_field_coupling_is_that_of_the_regular_solution():
    """Omega = 3 eps N_A: half of six neighbours, each pair counted once."""
    solution = RegularSolution.from_critical_temperature(343, 298)
    by_bonds = solution.omega_kj_mol / 3 / (constants.R * 1e-3 * 298)
    assert coupling_kt(343, 298, theory="mean_field") == pytest.approx(by_bonds, rel=1e-12)


def test_coupling_of_a_size_is_that_of_its_critical_temperature():
    size = SizeDependence()
    edges = np.array([5.1, 13.1])
    for theory in LATTICE_THEORIES:
        assert size.coupling_kt(edges, 298, theory=theory) == pytest.approx(
            coupling_kt(size.critical_temperature_k(edges), 298, theory=theory), rel=1e-14
        )


def test_what_the_lattice_lesson_puts_in_can_be_put_in():
    """eps = 0 at 5.1 nm and 1.02 kT at 13.1 nm."""
    bulk_k = 343 / (1 - 5.1 / 13.1)
    size = SizeDependence(critical_length_nm=5.1, bulk_critical_temperature_k=bulk_k)
    assert size.coupling_kt([5.1, 13.1], 298) == pytest.approx([0, 1.02], abs=0.005)


def test_factors_by_both_conventions():
    table = perovskite_factors().set_index("formula")
    assert table.index.to_list() == ["CsPbCl3", "CsPbBr3", "CsPbI3"]
    for name in materials.RADIUS_CONVENTIONS:
        assert table[f"tolerance_factor_{name}"].to_list() == pytest.approx(
            [0.870, 0.862, 0.851], abs=5e-4
        )
    assert table["octahedral_factor_effective"].to_list() == pytest.approx(
        [0.657, 0.607, 0.541], abs=5e-4
    )
    assert table["octahedral_factor_crystal"].to_list()[1:] == pytest.approx(
        [0.731, 0.646], abs=5e-4
    )
    assert table["halide_radius_angstrom_crystal"].to_list()[1:] == [1.82, 2.06]
