"""The state of the nanocrystal viewer: bounds, the frames of an exchange, what is computed anew."""

import numpy as np
import pytest
import traitlets
from anionx_widgets import nanocrystal_state
from anionx_widgets.nanocrystal_state import N_FRAMES, VIEWS, NanocrystalState

from anionx_teach.lattice_exchange import describe_pattern, lattice_cells


@pytest.fixture
def state():
    return NanocrystalState()


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        ("edge_length_nm", 1.9),
        ("edge_length_nm", 14.1),
        ("edge_length_nm", float("nan")),
        ("coupling_kt", -0.1),
        ("coupling_kt", 6.1),
        ("cut_percent", 91.0),
        ("frame", N_FRAMES),
        ("view", "atoms"),
        ("start", "inside"),
        ("tilt_deg", 91.0),
        ("turn_deg", float("inf")),
    ],
)
def test_what_is_out_of_bounds_is_refused_and_changes_nothing(state, trait, bad):
    before, result = getattr(state, trait), state.result
    with pytest.raises(traitlets.TraitError):
        setattr(state, trait, bad)
    assert getattr(state, trait) == before
    assert state.result is result


def test_the_result_cannot_be_set(state):
    with pytest.raises(traitlets.TraitError):
        state.result = None


@pytest.mark.parametrize(
    ("edge_nm", "coupling_kt"), [(2.0, 0.0), (5.1, 1.0), (5.1, 6.0), (7.8, 3.0)]
)
def test_each_frame_holds_its_share_of_iodide_and_no_site_goes_back(state, edge_nm, coupling_kt):
    state.set_trait("edge_length_nm", edge_nm)
    state.set_trait("coupling_kt", coupling_kt)
    result = state.result
    n_sites = result.model.n_sites
    assert n_sites == lattice_cells(edge_nm) ** 3
    first = result.first_iodide_frame
    held = [np.count_nonzero(first <= frame) for frame in range(N_FRAMES)]
    assert held == result.n_iodide.tolist()
    assert held == [round(n_sites * frame / (N_FRAMES - 1)) for frame in range(N_FRAMES)]
    assert np.all(np.diff(result.frame_time) >= 0)


def test_the_frames_are_those_of_the_library(state):
    result = state.result
    for frame in (0, 1, 77, N_FRAMES - 1):
        occupied = result.history.occupancy(result.frame_time[frame])
        assert np.array_equal(result.first_iodide_frame <= frame, occupied)


def test_the_pattern_is_that_of_the_frame(state):
    row = state.result.pattern(100)
    table = describe_pattern(state.result.history, time_s=state.result.frame_time[100])
    for name in ("iodide_fraction", "n_clusters", "interface_bonds", "short_range_order"):
        assert row[name] == table[name].iloc[0]


def test_coupled_iodide_keeps_together(state):
    state.coupling_kt = 0.0
    alone = state.result.pattern(100).short_range_order
    state.coupling_kt = 4.0
    assert state.result.pattern(100).short_range_order > 0.5
    assert abs(alone) < 0.1


def test_a_crystal_of_as_many_sites_is_not_simulated_again(state, monkeypatch):
    history = state.result.history
    monkeypatch.setattr(nanocrystal_state, "simulate_lattice", None)
    state.edge_length_nm = 5.2
    assert state.result.history is history
    assert state.result.edge_length_nm == 5.2


@pytest.mark.parametrize(
    "trait", ["frame", "turn_deg", "tilt_deg", "cut_percent", "view", "playing"]
)
def test_looking_at_a_crystal_simulates_nothing(state, trait):
    result = state.result
    values = {"view": VIEWS[2], "playing": True}
    setattr(state, trait, values.get(trait, 10))
    assert state.result is result


@pytest.mark.parametrize(("percent", "layers"), [(0, 0), (50, 7), (90, 12), (4, 1), (3, 0)])
def test_layers_are_cut_as_the_page_rounds_and_one_is_left(state, percent, layers):
    state.cut_percent = percent
    assert state.layers_cut == layers


def test_the_same_settings_give_the_same_crystal_and_reset_the_first(state):
    start = state.result.history.event_time_s.copy()
    state.start, state.coupling_kt, state.frame = "surface", 2.0, 3
    assert not np.array_equal(state.result.history.event_time_s, start)
    state.reset()
    assert np.array_equal(state.result.history.event_time_s, start)
    assert state.frame == nanocrystal_state.START_FRAME
