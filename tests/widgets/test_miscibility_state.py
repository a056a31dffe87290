"""The state of the miscibility explorer: bounds, the assumption about size, the two crystals."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.miscibility_crystal import (
    COMPARED_FRACTION,
    N_FRAMES,
    REFERENCE_EDGE_NM,
    size_dependence,
    strength_of,
)
from anionx_widgets.miscibility_state import START_FRAME, MiscibilityState
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach.lattice_exchange import describe_pattern, lattice_cells
from anionx_teach.miscibility import SIZE_MODELS, SizeDependence
from anionx_teach.photoluminescence import RED_EMISSION_FILTER, transmitted_fraction


@pytest.fixture
def state():
    return MiscibilityState()


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        ("lost_percent", -1.0),
        ("lost_percent", 100.5),
        ("lost_percent", float("nan")),
        ("bulk_critical_temperature_k", 199.0),
        ("temperature_k", 401.0),
        ("small_edge_nm", 5.0),
        ("small_edge_nm", 9.6),
        ("large_edge_nm", 9.4),
        ("large_edge_nm", 14.1),
        ("size_model", "guess"),
        ("start", "inside"),
        ("frame", N_FRAMES),
    ],
)
def test_what_is_out_of_bounds_is_refused_and_changes_nothing(state, trait, bad):
    before, result = getattr(state, trait), state.result
    with pytest.raises(traitlets.TraitError):
        setattr(state, trait, bad)
    assert getattr(state, trait) == before
    assert state.result is result


@settings(max_examples=60, deadline=None)
@given(
    model=st.sampled_from(SIZE_MODELS),
    lost=st.floats(0.0, 1.0),
    critical_k=st.floats(200.0, 600.0),
    edge_nm=st.floats(REFERENCE_EDGE_NM, 14.0),
)
def test_the_smallest_cube_loses_what_was_asked_and_no_larger_one_more(
    model, lost, critical_k, edge_nm
):
    dependence = size_dependence(model, lost, critical_k)
    assert dependence.model == model
    bulk = dependence.bulk_omega_kj_mol
    kept = float(dependence.omega_kj_mol(REFERENCE_EDGE_NM)) / bulk
    assert kept == pytest.approx(1.0 - lost, abs=1e-9)
    larger = float(dependence.omega_kj_mol(edge_nm)) / bulk
    assert kept - 1e-12 <= larger <= 1.0 + 1e-12  # and no warning of an Omega below 0


@pytest.mark.parametrize(
    ("model", "strength"),
    # What the library takes when nothing is said, turned into a part that 5.1 nm has lost.
    [
        ("inverse_size", 1.0 / 5.1),
        ("confined_interface", (3.0 / 5.1) ** 2),
    ],
)
def test_the_strength_of_the_library_comes_out_for_its_own_loss(model, strength):
    setting, value = strength_of(size_dependence(model, strength, 343.0))
    assert value == pytest.approx(getattr(SizeDependence(model), setting))


def test_at_the_start_the_small_crystal_mixes_and_the_large_one_does_not(state):
    small, large = state.result.crystals
    assert not small.unmixes
    assert large.unmixes
    assert [round(c.coupling_kt, 2) for c in (small, large)] == [0.82, 0.94]
    assert (
        [c.model.cells for c in (small, large)]
        == [13, 32]
        == [lattice_cells(c.edge_length_nm) for c in (small, large)]
    )


def test_from_no_coupling_to_1_kt_the_small_one_takes_twelve_times_as_long(state):
    # The couplings 0 and 1.02 kT, whose widths are known: 2.197 +- 0.05 and 0.173 +- 0.005.
    state.lost_percent, state.bulk_critical_temperature_k = 100.0, 562.0
    small, large = state.result.crystals
    assert small.coupling_kt == pytest.approx(0.0, abs=1e-9)
    assert large.coupling_kt == pytest.approx(1.02, abs=0.002)
    assert small.switching_time == pytest.approx(2.197, abs=0.2)
    assert large.switching_time == pytest.approx(0.173, abs=0.01)


def test_with_the_same_coupling_size_alone_does_little(state):
    state.lost_percent = 0.0
    small, large = state.result.crystals
    assert small.coupling_kt == large.coupling_kt
    assert 0.9 < small.switching_time / large.switching_time < 1.35


def test_frames_fraction_and_light_are_those_of_the_library(state):
    result = state.result
    assert result.frame_time[0] == 0.0
    assert result.frame_time[-1] == result.end_time >= max(c.shown_time for c in result.crystals)
    for crystal, fraction, light in zip(
        result.crystals, result.iodide_fraction, result.light, strict=True
    ):
        assert np.array_equal(fraction, crystal.history.iodide_fraction(result.frame_time))
        expected = transmitted_fraction(crystal.edge_length_nm, fraction, RED_EMISSION_FILTER)
        assert np.array_equal(light, expected)
        assert fraction[-1] >= 0.99


def test_the_light_of_the_large_crystal_rises_and_falls_again_behind_the_filter(state):
    small, large = state.result.light
    assert large.max() > 0.9
    assert large[-1] < 0.3
    assert small[-1] > 0.9


def test_patterns_are_those_of_the_frame_and_of_one_fraction(state):
    for table, crystal, fraction in zip(
        state.result.patterns(100),
        state.result.crystals,
        state.result.iodide_fraction,
        strict=True,
    ):
        expected = describe_pattern(crystal.history, time_s=state.result.frame_time[100])
        assert table["n_clusters"].iloc[0] == expected["n_clusters"].iloc[0]
        assert table["iodide_fraction"].iloc[0] == pytest.approx(fraction[100])
        assert table["iodide_fraction"].iloc[1] == pytest.approx(COMPARED_FRACTION, abs=1e-3)


def test_one_result_for_each_change_and_none_for_the_player(state):
    seen = []
    state.observe(lambda change: seen.append(change["new"]), "result")
    state.lost_percent = 30.0
    with state.hold_trait_notifications():
        state.temperature_k, state.small_edge_nm = 320.0, 6.1
    state.frame, state.playing, state.turn_deg = 3, True, 10.0
    assert len(seen) == 2
    assert state.time == state.result.frame_time[3]


def test_a_lattice_that_is_known_is_not_simulated_again(state):
    large = state.result.crystals[1]
    history = large.history
    state.small_edge_nm = 6.1
    assert state.result.crystals[1].history is history
    state.reset()
    assert state.result.crystals[1].history is history
    assert (state.frame, state.small_edge_nm) == (START_FRAME, REFERENCE_EDGE_NM)


def test_a_colder_crystal_unmixes_and_couples_more(state):
    warm = state.result.crystals[0]
    state.temperature_k = 260.0
    cold = state.result.crystals[0]
    assert cold.unmixes
    assert not warm.unmixes
    assert cold.coupling_kt == pytest.approx(warm.coupling_kt * 298.0 / 260.0)
