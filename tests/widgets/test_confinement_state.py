"""The state of the confinement explorer: bounds, one result, the numbers of the library."""

import numpy as np
import pytest
import traitlets
from anionx_widgets import confinement_state
from anionx_widgets.confinement_state import (
    EDGE_RANGE_NM,
    NEAR_NM,
    START_EDGE_NM,
    START_MODELS,
    ConfinementState,
    level_model,
    measured_points,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import confinement, paper

MODELS = confinement.CONFINEMENT_MODELS


@pytest.fixture
def state():
    return ConfinementState()


def test_the_start(state):
    assert state.edge_length_nm == 5.1
    assert state.models == ("empirical", "nonparabolic")
    assert state.result == ConfinementState().result


@pytest.mark.parametrize("edge_nm", [2.99, 20.01, -3.0, float("nan"), float("inf"), "5", None])
def test_a_bad_edge_length_is_refused_and_changes_nothing(state, edge_nm):
    before = state.result
    with pytest.raises(traitlets.TraitError, match="edge_length_nm"):
        state.edge_length_nm = edge_nm
    assert state.edge_length_nm == START_EDGE_NM
    assert state.result is before


@pytest.mark.parametrize("models", [("empirical", "bohr"), (1,), "weak", None])
def test_bad_models_are_refused_and_change_nothing(state, models):
    before = state.result
    with pytest.raises(traitlets.TraitError, match="models"):
        state.models = models
    assert state.models == START_MODELS
    assert state.result is before


def test_the_message_names_the_model_that_is_unknown(state):
    with pytest.raises(traitlets.TraitError, match="weak, got 'bohr'"):
        state.models = ("empirical", "bohr")


def test_the_result_cannot_be_set(state):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        state.result = state.result


def test_models_are_kept_once_and_in_the_order_of_the_library(state):
    state.models = ("weak", "empirical", "weak")
    assert state.models == ("empirical", "weak")
    assert [reading.model for reading in state.result.readings] == ["empirical", "weak"]


def test_one_change_gives_one_result(state):
    results = []
    state.observe(lambda change: results.append(change["new"]), "result")
    state.edge_length_nm = 8.0
    assert len(results) == 1
    state.models = ("weak",)
    assert len(results) == 2
    state.models = ("weak",)
    assert len(results) == 2
    state.reset()
    assert len(results) == 3
    assert results[-1] == ConfinementState().result


@settings(max_examples=30, deadline=None)
@given(
    edge_nm=st.floats(*EDGE_RANGE_NM),
    models=st.sets(st.sampled_from(MODELS)).map(tuple),
)
def test_the_result_is_what_the_library_says(edge_nm, models):
    state = ConfinementState()
    state.edge_length_nm = edge_nm
    state.models = models
    for reading in state.result.readings:
        assert reading.energy_ev == confinement.band_gap_ev(edge_nm, model=reading.model)
        assert reading.wavelength_nm == confinement.emission_wavelength_nm(
            edge_nm, model=reading.model
        )
    assert state.result.crystal_wavelength_nm == confinement.emission_wavelength_nm(edge_nm)
    levels = state.result.levels
    # Distance of the levels, attraction and Stokes shift add up to the light of the same model.
    assert levels.electron_level_ev - levels.hole_level_ev == pytest.approx(levels.pair_gap_ev)
    exciton_ev = levels.pair_gap_ev + levels.interaction_ev
    assert exciton_ev == pytest.approx(confinement.band_gap_ev(edge_nm, model=levels.model))
    assert levels.photon_ev * levels.photon_nm == pytest.approx(1239.84198)  # hc in eV nm
    assert levels.hole_level_ev < 0 < levels.bulk_gap_ev < levels.electron_level_ev


def test_the_levels_belong_to_the_first_ticked_model_that_has_levels(state):
    assert level_model(()) == "nonparabolic"
    assert level_model(("empirical", "weak")) == "nonparabolic"
    assert level_model(("empirical", "brus_cube", "weak")) == "brus_cube"
    state.models = ("empirical", "variational", "brus_cube")
    assert state.result.levels.model == "variational"
    assert state.result.levels.bulk_gap_ev == pytest.approx(2.342)


def test_the_printed_colours_are_those_of_the_paper():
    printed = paper.batches().dropna(subset="pl_before_nm")
    found = [(p.edge_length_nm, p.sd_nm, p.wavelength_nm) for p in measured_points()]
    columns = ["edge_length_nm", "sd_nm", "pl_before_nm"]
    assert found == [tuple(row) for row in printed[columns].to_numpy(float)]
    assert {p.evidence for p in measured_points()} == {"paper text"}


@pytest.mark.parametrize(
    ("edge_nm", "near_nm"),
    [(5.1, 5.1), (4.8, 5.1), (5.4, 5.1), (4.7, None), (9.0, None), (13.4, 13.1)],
)
def test_a_model_is_compared_near_a_printed_colour_only(state, edge_nm, near_nm):
    state.edge_length_nm = edge_nm
    near = state.result.near
    assert (near and near.edge_length_nm) == near_nm
    for reading in state.result.readings:
        assert (reading.deviation_nm is None) == (near_nm is None)


def test_the_deviation_is_that_at_the_size_of_the_printed_colour(state):
    state.models = ("empirical", "weak")
    state.edge_length_nm = 13.1 + NEAR_NM
    empirical, weak = state.result.readings
    assert empirical.deviation_nm == pytest.approx(0.0, abs=0.01)
    at_13_nm = confinement.emission_wavelength_nm(13.1, model="weak")
    assert weak.deviation_nm == pytest.approx(at_13_nm - 516.0)


@pytest.mark.parametrize("model", MODELS)
def test_curves_span_the_range_of_the_slider(model):
    edges_nm, wavelength_nm = confinement_state.curve_edges_nm(), confinement_state.curve_nm(model)
    assert (edges_nm[0], edges_nm[-1]) == EDGE_RANGE_NM
    assert np.all(np.diff(edges_nm) > 0)
    middle = len(edges_nm) // 2
    assert wavelength_nm[middle] == pytest.approx(
        confinement.emission_wavelength_nm(edges_nm[middle], model=model)
    )
