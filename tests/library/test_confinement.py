"""The six models against the paper, exact limits, each other and numbers by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import paper
from anionx_teach.confinement import (
    CONFINEMENT_MODELS,
    FITTED_BULK_GAP_EV,
    LEVEL_MODELS,
    band_gap_ev,
    brus_sphere_gap_ev,
    confined_levels_ev,
    emission_wavelength_nm,
    equal_volume_radius_nm,
    measured_emission,
    model_notes,
    stokes_shift_ev,
)
from anionx_teach.materials import CSPBBR3, CSPBI3, EVIDENCE, parameter

PHYSICS = CONFINEMENT_MODELS[1:]
GAP = float(CSPBBR3.band_gap_ev)
# Rounded constants of a textbook, in eV and nm.
KINETIC, COULOMB, PHOTON = 0.0380998, 1.4399645, 1239.84198
RYDBERG = COULOMB**2 * 0.126 / (4 * KINETIC * 7.3**2)
steady = settings(deadline=None, derandomize=True)
outside_is_fine = pytest.mark.filterwarnings("ignore:edge_length_nm outside")


def limit_of(model, gap=GAP):
    """Energy of an endless crystal."""
    return gap if model.startswith("brus") else gap - RYDBERG


# The paper and the carried numbers


def test_empirical_meets_the_four_printed_colours():
    for row in measured_emission().itertuples():
        wavelength = emission_wavelength_nm(row.edge_length_nm, row.nominal_iodide_fraction)
        assert wavelength == pytest.approx(row.wavelength_nm, abs=1e-6)


def test_empirical_is_the_carried_law():
    limit, slope = float(parameter("sizing-018")), float(parameter("sizing-019"))
    edges = np.array([3.5, 6.1, 7.8, 9.5, 18])
    np.testing.assert_allclose(band_gap_ev(edges), limit + slope / edges**2, atol=1e-4)
    between = emission_wavelength_nm(edges[1:4])
    np.testing.assert_allclose(between, [496, 506, 511], atol=0.5)


def test_nonparabolic_with_its_fitted_gap_meets_the_paper_within_1_nm():
    assert float(FITTED_BULK_GAP_EV) == 2.43
    edges = [5.1, 13.1, 6.1, 7.8, 9.5]
    wavelength = emission_wavelength_nm(edges, model="nonparabolic")
    np.testing.assert_allclose(wavelength[:2], [486.0, 515.7], atol=0.1)
    np.testing.assert_allclose(wavelength[2:], [499, 510, 515], atol=0.6)
    assert np.abs(wavelength[:2] - [486, 516]).max() < 1


def test_nonparabolic_with_the_bulk_gap_does_not():
    wavelength = emission_wavelength_nm([5.1, 13.1], model="nonparabolic", bulk_gap_ev=2.342)
    np.testing.assert_allclose(wavelength, [504, 536], atol=1)


def test_measured_emission_is_that_of_the_paper():
    table = measured_emission()
    assert table["wavelength_nm"].tolist() == [486, 516, 622, 661]
    assert table["edge_length_nm"].tolist() == [5.1, 13.1, 5.1, 13.1]
    assert table["sd_nm"].tolist() == [0.6, 2.0, 0.6, 2.0]
    assert set(table["evidence"]) == {"paper text"}
    assert table["location"].str.contains("Fig. 2").all()
    table.loc[:, "wavelength_nm"] = 0.0
    assert measured_emission()["wavelength_nm"].min() == 486
    assert len(table) == paper.batches()[["pl_before_nm", "pl_after_nm"]].notna().sum().sum()


# By hand


def test_strong_confinement_by_hand():
    edge = 5.1
    box = 3 * math.pi**2 * KINETIC / (0.126 * edge**2)
    cube = GAP + box - 3.0469 * COULOMB / (7.3 * edge)
    assert band_gap_ev(edge, model="brus_cube") == pytest.approx(cube, abs=2e-4)
    radius = edge * 0.6203505
    sphere = GAP + math.pi**2 * KINETIC / (0.126 * radius**2) - 1.786 * COULOMB / (7.3 * radius)
    assert band_gap_ev(edge, model="brus_sphere") == pytest.approx(sphere, abs=2e-4)


def test_weak_confinement_by_hand():
    centre = 3 * math.pi**2 * KINETIC / (4 * 0.126 * (10 - 2 * 0.5) ** 2)
    energy = band_gap_ev(10, model="weak", dead_layer_nm=0.5)
    assert energy == pytest.approx(GAP - RYDBERG + centre, abs=1e-5)
    assert abs(RYDBERG - 0.0322) < 1e-4


def test_nonparabolic_differs_from_variational_by_its_kinetic_energy():
    edge = 4.2
    box = 3 * math.pi**2 * KINETIC / (0.126 * edge**2)
    coupled = GAP * (math.sqrt(1 + 2 * box / GAP) - 1)
    difference = band_gap_ev(edge, model="variational") - band_gap_ev(
        edge, model="nonparabolic", bulk_gap_ev=GAP
    )
    assert difference == pytest.approx(box - coupled, abs=1e-5)


def test_half_the_edge_as_radius_is_a_large_mistake():
    edges = np.array([3.0, 5.1, 13.1])
    mistake = brus_sphere_gap_ev(edges / 2) - brus_sphere_gap_ev(equal_volume_radius_nm(edges))
    np.testing.assert_allclose(1000 * mistake, [419, 134, 13.9], rtol=0.01)
    np.testing.assert_allclose(equal_volume_radius_nm(edges) ** 3 * 4 / 3 * math.pi, edges**3)
    np.testing.assert_allclose(
        brus_sphere_gap_ev(equal_volume_radius_nm(edges)), band_gap_ev(edges, model="brus_sphere")
    )


def test_stokes_shift_is_the_line_through_two_points_and_never_negative():
    np.testing.assert_allclose(stokes_shift_ev([4, 13]), [0.082, 0.020])
    assert stokes_shift_ev(15.9) == pytest.approx(0, abs=1e-4)
    assert stokes_shift_ev(15.8) > 0
    assert stokes_shift_ev(16.0) == 0
    for model in PHYSICS:
        energy = band_gap_ev(6.0, 0.4, model=model) - stokes_shift_ev(6.0)
        assert emission_wavelength_nm(6.0, 0.4, model=model) == pytest.approx(PHOTON / energy)


# Limits and order


@outside_is_fine
@pytest.mark.parametrize("model", PHYSICS)
def test_an_endless_crystal_is_the_bulk(model):
    energy = band_gap_ev(1e6, model=model, bulk_gap_ev=2.0)
    assert energy == pytest.approx(limit_of(model, 2.0), abs=1e-5)


@outside_is_fine
def test_a_small_cube_is_the_ideal_box():
    edges = np.array([0.05, 0.1])
    box = 3 * math.pi**2 * KINETIC / (0.126 * edges**2)
    for model in ("variational", "brus_cube"):
        energy = band_gap_ev(edges, model=model, bulk_gap_ev=1e-6)
        np.testing.assert_allclose(energy, box, rtol=0.02)
    both = [band_gap_ev(edges, model=model) for model in ("variational", "brus_cube")]
    # Second order in the attraction: constant in energy, hence vanishing beside the box.
    assert np.all((both[1] - both[0]) / box < 2e-4)


@outside_is_fine
def test_large_cubes_variational_centre_of_mass_has_four_thirds_of_that_of_weak():
    # cos^2(pi X) instead of cos(pi X) along each axis: 4 pi^2/3 instead of pi^2.
    edge = 300.0
    excess = [band_gap_ev(edge, model=m) - limit_of(m) for m in ("variational", "weak")]
    assert excess[0] / excess[1] == pytest.approx(4 / 3, rel=0.02)


@given(edge=st.floats(3, 20), gap=st.floats(1.0, 3.5), mass=st.floats(0.05, 0.5))
@steady
def test_the_order_of_the_models(edge, gap, mass):
    energy = {
        model: band_gap_ev(edge, model=model, bulk_gap_ev=gap, reduced_mass_m0=mass)
        for model in PHYSICS
    }
    assert energy["variational"] <= energy["brus_cube"]  # the variational principle
    assert energy["nonparabolic"] < energy["variational"]  # bands that repel are flatter
    assert energy["weak"] < energy["variational"]


@pytest.mark.parametrize("model", CONFINEMENT_MODELS)
@given(edge=st.floats(3, 19.9), step=st.floats(0.01, 5), fraction=st.floats(0, 1))
@steady
def test_smaller_is_higher_and_iodide_is_lower(model, edge, step, fraction):
    larger = min(edge + step, 20)
    higher, lower = band_gap_ev([edge, larger], fraction, model=model)
    assert higher > lower
    bromide, mixed, iodide = band_gap_ev(edge, [0, fraction, 1], model=model, bowing_ev=0)
    assert bromide >= mixed >= iodide


@given(
    edge=st.floats(3, 20),
    fraction=st.floats(0, 1),
    bowing=st.floats(-0.3, 0.3),
    model=st.sampled_from(CONFINEMENT_MODELS),
)
@steady
def test_the_composition_law(edge, fraction, bowing, model):
    bromide, iodide = band_gap_ev(edge, [0, 1], model=model, bowing_ev=bowing)
    law = (1 - fraction) * bromide + fraction * iodide - bowing * fraction * (1 - fraction)
    assert band_gap_ev(edge, fraction, model=model, bowing_ev=bowing) == pytest.approx(law)


def test_the_iodide_end_has_the_constants_of_the_iodide():
    edge, gap = 8.0, float(CSPBI3.band_gap_ev)
    box = 3 * math.pi**2 * KINETIC / (float(CSPBI3.reduced_mass_m0) * edge**2)
    attraction = 3.0469 * COULOMB / (float(CSPBI3.dielectric_constant) * edge)
    energy = band_gap_ev(edge, 1.0, model="brus_cube")
    assert energy == pytest.approx(gap + box - attraction, abs=2e-4)
    replaced = band_gap_ev(edge, 1.0, model="brus_cube", bulk_gap_ev=1.0, reduced_mass_m0=1.0)
    assert replaced == energy


def test_the_defaults_are_those_of_the_tables():
    assert band_gap_ev(7, 0.5) == band_gap_ev(7, 0.5, bowing_ev=float(parameter("materials-062")))
    for model in PHYSICS:
        gap = 2.43 if model == "nonparabolic" else GAP
        same = band_gap_ev(7, model=model, bulk_gap_ev=gap, reduced_mass_m0=0.126)
        assert band_gap_ev(7, model=model) == same


# Shapes, levels, notes


@pytest.mark.parametrize("model", CONFINEMENT_MODELS)
def test_shapes_broadcast_and_one_value_is_a_float(model):
    for function in (band_gap_ev, emission_wavelength_nm):
        assert type(function(5.1, model=model)) is float
        table = function([[5.1], [8.0]], [0.0, 0.5, 1.0], model=model)
        assert table.shape == (2, 3)
        assert table[1, 1] == pytest.approx(function(8.0, 0.5, model=model))
        assert function([5.1, 8.0], np.zeros((3, 1)), model=model).shape == (3, 2)
        assert function([], model=model).shape == (0,)
        assert function(5, CSPBBR3.tolerance_factor, model=model) > 0  # a Parameter is a number


@pytest.mark.parametrize("model", LEVEL_MODELS)
def test_levels_add_up_to_the_gap_of_the_model(model):
    edges = np.array([4.0, 5.1, 13.1])
    levels = confined_levels_ev(edges, model=model)
    np.testing.assert_allclose(levels.exciton_energy_ev, band_gap_ev(edges, model=model))
    np.testing.assert_array_equal(levels.electron_shift_ev, levels.hole_shift_ev)
    assert np.all(levels.interaction_ev < 0)
    assert np.all(levels.pair_gap_ev > levels.exciton_energy_ev)
    assert levels.bulk_gap_ev == (2.43 if model == "nonparabolic" else GAP)
    frame = levels.to_frame()
    assert frame.shape == (3, 7)
    np.testing.assert_array_equal(frame["exciton_energy_ev"], levels.exciton_energy_ev)
    with pytest.raises(ValueError, match="read-only"):
        levels.electron_shift_ev[0] = 0


def test_levels_of_one_size_and_of_other_constants():
    levels = confined_levels_ev(5.1, model="brus_cube", bulk_gap_ev=2.0, reduced_mass_m0=0.252)
    assert levels.bulk_gap_ev == 2.0
    box = 3 * math.pi**2 * KINETIC / (0.252 * 5.1**2)
    assert float(levels.electron_shift_ev) == pytest.approx(box / 2, abs=1e-5)
    assert len(levels.to_frame()) == 1


def test_notes_say_what_matters_for_every_model():
    for model in CONFINEMENT_MODELS:
        notes = model_notes(model)
        assert notes.name == model
        assert notes.evidence in EVIDENCE
        assert min(map(len, (notes.assumes, notes.fails_where, notes.reference))) > 20
    assert len({model_notes(model).title for model in CONFINEMENT_MODELS}) == 6
    assert CONFINEMENT_MODELS == (
        "empirical",
        "nonparabolic",
        "variational",
        "brus_cube",
        "brus_sphere",
        "weak",
    )
