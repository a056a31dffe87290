"""The carried constants, and what is computed from them."""

import dataclasses
import re

import numpy as np
import pytest
from scipy.constants import physical_constants

from anionx_teach import _validation, materials, paper
from anionx_teach.materials import CSPBBR3, CSPBCL3, CSPBI3, EVIDENCE, Parameter

PEROVSKITES = pytest.mark.parametrize(
    "perovskite", [CSPBCL3, CSPBBR3, CSPBI3], ids=lambda perovskite: perovskite.formula
)


@pytest.fixture(scope="module")
def table():
    return materials.constants().set_index("id")


def test_every_constant_has_what_is_needed_to_judge_it(table):
    assert table.index.is_unique
    tables = table.index.str.partition("-").get_level_values(0).value_counts()
    assert tables[["materials", "sizing"]].to_list() == [62, 23]
    assert set(tables.index) == {
        "materials", "sizing", "optics", "cuvette", "kinetics", "miscibility", "photophysics", "camera",
    }  # fmt: skip
    assert list(table.columns) == [
        "quantity", "value", "unit", "uncertainty", "conditions", "source", "evidence", "note",
    ]  # fmt: skip
    assert set(table["evidence"]) <= set(EVIDENCE)
    assert table[["quantity", "unit", "source"]].notna().all(axis=None)
    assert table.index[table["value"].isna()].to_list() == ["sizing-017"]


@pytest.mark.parametrize("words", ["science.md", "from above", "row above", "secondary", "test"])
def test_no_row_points_outside(words):
    for rows in (materials.constants(), paper.numbers()):
        text = rows.drop(columns="evidence").astype(str)
        found = text.apply(lambda column: column.str.contains(rf"\b{words}\b", regex=True))
        assert not found.any(axis=None)


@pytest.mark.parametrize(
    ("perovskite", "lattice_nm", "gap_ev", "mass_m0", "eps", "binding_mev"),
    [
        (CSPBCL3, 0.5605, 3.056, 0.202, 6.6, 64),
        (CSPBBR3, 0.5831, 2.342, 0.126, 7.3, 33),
        (CSPBI3, 0.6191, 1.723, 0.114, 10.0, 15),
    ],
)
def test_each_perovskite_has_its_own_constants(
    perovskite, lattice_nm, gap_ev, mass_m0, eps, binding_mev
):
    assert float(perovskite.pseudocubic_lattice_nm) == pytest.approx(lattice_nm, abs=5e-5)
    assert float(perovskite.band_gap_ev) == gap_ev
    assert float(perovskite.reduced_mass_m0) == mass_m0
    assert float(perovskite.dielectric_constant) == eps
    assert float(perovskite.exciton_binding_energy_mev) == binding_mev
    units = {field: getattr(perovskite, field).unit for field in ("band_gap_ev", "reduced_mass_m0")}
    assert units == {"band_gap_ev": "eV", "reduced_mass_m0": "m0"}
    assert perovskite.pseudocubic_lattice_nm.unit == "nm"
    assert perovskite.halide in perovskite.formula


def test_lattices_agree_with_the_carried_results():
    bromide, iodide = (float(p.pseudocubic_lattice_nm) for p in (CSPBBR3, CSPBI3))
    assert 10 * bromide == pytest.approx(float(materials.parameter("materials-036")), abs=5e-4)
    assert 10 * iodide == pytest.approx(float(materials.parameter("materials-037")), abs=5e-4)
    expansion = float(materials.parameter("materials-038"))
    assert 100 * (iodide / bromide - 1) == pytest.approx(expansion, abs=5e-3)
    assert CSPBBR3.pseudocubic_lattice_nm.evidence == "computed"
    assert CSPBCL3.pseudocubic_lattice_nm.evidence == "literature, to be verified"


@pytest.mark.parametrize(
    ("perovskite", "radius_row"),
    [(CSPBBR3, "materials-017"), (CSPBI3, "materials-018"), (CSPBCL3, "materials-019")],
)
def test_bohr_diameter_is_twice_the_carried_radius(perovskite, radius_row):
    diameter = perovskite.bohr_diameter_nm
    carried = 2 * float(materials.parameter(radius_row))
    assert float(diameter) == pytest.approx(carried, abs=0.01)
    relative = 0.01 / float(perovskite.reduced_mass_m0)
    assert diameter.uncertainty == pytest.approx(relative * float(diameter))
    assert (diameter.unit, diameter.evidence) == ("nm", "computed")


def test_bohr_diameter_without_a_stated_uncertainty_of_the_mass():
    mass = dataclasses.replace(CSPBBR3.reduced_mass_m0, uncertainty=None)
    perovskite = dataclasses.replace(CSPBBR3, reduced_mass_m0=mass)
    assert perovskite.bohr_diameter_nm.uncertainty is None


@PEROVSKITES
def test_mass_eps_and_binding_energy_are_one_hydrogen_like_exciton(perovskite):
    rydberg_mev = 1e3 * physical_constants["Rydberg constant times hc in eV"][0]
    mass, eps = float(perovskite.reduced_mass_m0), float(perovskite.dielectric_constant)
    binding = perovskite.exciton_binding_energy_mev
    assert rydberg_mev * mass / eps**2 == pytest.approx(float(binding), abs=binding.uncertainty)


@PEROVSKITES
def test_tolerance_factor_does_not_depend_on_the_convention(perovskite):
    by_effective, by_crystal = (
        float(materials.tolerance_factor(perovskite.halide, convention=name))
        for name in materials.RADIUS_CONVENTIONS
    )
    assert by_effective == pytest.approx(by_crystal, rel=1e-12)
    assert float(perovskite.tolerance_factor) == by_effective


def test_factors_agree_with_the_carried_results(table):
    for row, name in (("049", "tolerance_factor"), ("050", "octahedral_factor")):
        carried = [float(cell) for cell in table.loc[f"materials-{row}", "value"].split("/")]
        ours = [float(getattr(p, name)) for p in (CSPBCL3, CSPBBR3, CSPBI3)]
        assert ours == pytest.approx(carried, abs=5e-4)


def test_octahedral_factor_depends_on_the_convention():
    by_crystal = [
        float(materials.octahedral_factor(halide, convention="crystal")) for halide in ("Br", "I")
    ]
    assert by_crystal == pytest.approx([0.731, 0.646], abs=5e-4)
    assert "crystal" in materials.octahedral_factor("I", convention="crystal").source


def test_the_radii_of_the_paper_are_crystal_radii():
    printed = paper.numbers()["value"]
    for ion, row in (("Br", "paper_numbers-047"), ("I", "paper_numbers-048")):
        crystal = materials.ionic_radius_angstrom(ion, convention="crystal")
        effective = materials.ionic_radius_angstrom(ion)
        assert float(crystal) == printed[row]
        assert float(effective) == pytest.approx(float(crystal) + 0.14)
        assert effective.evidence == "literature table"
        assert effective.unit == "angstrom"


def test_colours_carried_twice_are_the_same_numbers():
    printed = paper.numbers()["value"]
    pairs = {"001": "014", "002": "018", "003": "015", "004": "019"}
    for sizing, row in pairs.items():
        ours = float(materials.parameter(f"sizing-{sizing}"))
        assert ours == printed[f"paper_numbers-{row}"]


def test_a_parameter_carries_its_row(table):
    carried = materials.parameter("materials-001")
    assert carried == CSPBBR3.band_gap_ev
    assert carried.source == table.loc["materials-001", "source"]
    assert carried.note.startswith("low T, magneto-transmission films; ")
    assert materials.parameter("materials-007").uncertainty == 0.03
    assert materials.parameter("materials-062").uncertainty == "0 - 0.3"
    assert materials.parameter("materials-008").note == ""


@pytest.mark.parametrize(
    ("row_id", "error", "message"),
    [
        (
            "materials-023",
            ValueError,
            "effective masses CsPbBr3 me, mh holds the text '0.15, 0.14'",
        ),
        ("sizing-017", ValueError, "holds no value; read it from constants()"),
        ("material-8", ValueError, "got 'material-8'; near it are materials-0"),
        ("", ValueError, "row_id must be an id of constants(), got ''"),
        (8, TypeError, "row_id must be text such as 'materials-008', got 8"),
    ],
)
def test_a_row_that_is_not_one_number_is_refused(row_id, error, message):
    with pytest.raises(error, match=re.escape(message)):
        materials.parameter(row_id)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: materials.tolerance_factor("F"), "halide must be one of Cl, Br, I, got 'F'"),
        (lambda: materials.octahedral_factor("Cs"), "halide must be one of Cl, Br, I, got 'Cs'"),
        (
            lambda: materials.ionic_radius_angstrom("Na"),
            "ion must be one of Cs, Pb, Cl, Br, I, got 'Na'",
        ),
        (
            lambda: materials.tolerance_factor("I", convention="ionic"),
            "convention must be one of effective, crystal, got 'ionic'",
        ),
    ],
)
def test_unknown_ions_and_conventions_are_refused(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"evidence": "hearsay"}, "evidence must be one of paper text, "),
        ({"value": float("nan")}, "value must be finite, got nan"),
        ({"unit": ""}, "unit must not be empty"),
        ({"source": ""}, "source must not be empty"),
    ],
)
def test_a_parameter_must_be_complete(change, message):
    good = {"value": 1.0, "unit": "nm", "source": "chosen", "evidence": "assumed for teaching"}
    with pytest.raises(ValueError, match=re.escape(message)):
        Parameter(**(good | change))


@pytest.mark.parametrize(
    ("uncertainty", "unit", "text"),
    [
        (None, "eV", "0.1 eV (computed: here)"),
        (0.02, "eV", "0.1 +- 0.02 eV (computed: here)"),
        ("0 - 0.3", "eV", "0.1 [0 - 0.3] eV (computed: here)"),
        (None, "-", "0.1 (computed: here)"),
    ],
)
def test_a_parameter_is_printed_with_unit_and_evidence(uncertainty, unit, text):
    assert str(Parameter(0.1, unit, "here", "computed", uncertainty)) == text


def test_a_parameter_goes_where_numbers_go_and_cannot_be_changed():
    masses = [CSPBBR3.reduced_mass_m0, CSPBI3.reduced_mass_m0]
    np.testing.assert_array_equal(_validation.positive("mass", masses), [0.126, 0.114])
    with pytest.raises(dataclasses.FrozenInstanceError):
        CSPBBR3.band_gap_ev.value = 2.0


@PEROVSKITES
def test_to_frame_lists_every_constant(perovskite):
    frame = perovskite.to_frame().set_index("quantity")
    assert len(frame) == 8
    for name in frame.index:
        assert frame.loc[name, "value"] == float(getattr(perovskite, name))
        assert frame.loc[name, "evidence"] in EVIDENCE


def test_tables_are_fresh_copies(table):
    edited = materials.constants()
    edited.loc[:, "value"] = 0.0
    assert materials.constants().set_index("id")["value"].equals(table["value"])
    assert float(materials.parameter("materials-001")) == 2.342
