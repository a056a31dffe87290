"""The state of the cooperativity explorer: bounds, one result, the numbers of the library."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.cooperativity_state import (
    CURVE_UM,
    N_FRAMES,
    N_PARTICLES,
    CooperativityState,
)

from anionx_teach.exchange import LAWS, CooperativeModel, calibrated_model, simulate_exchange

SETTINGS = ("cooperativity", "concentration_um", "n_sites", "law", "capped", "frame", "playing")


@pytest.fixture
def state():
    return CooperativityState()


def values(state):
    return {name: getattr(state, name) for name in SETTINGS}


def window(run):
    """Return the probabilities of the events between 10 and 90 %: the sum over them is exact."""
    n = run.model.n_sites
    return run.model.event_probability[round(0.1 * n) : round(0.9 * n)]


def test_the_start(state):
    assert (state.cooperativity, state.concentration_um, state.n_sites) == (3.6, 5.0, 100)
    assert (state.law, state.capped, state.playing) == ("quadratic", True, False)
    assert state.result.pinned is None
    assert state.result.obstacle == ""


def test_the_start_is_near_the_calibration_of_the_small_nanocrystals(state):
    calibrated = calibrated_model(5.1, 5.0)
    model = state.result.run.model
    assert model.cooperativity == pytest.approx(calibrated.cooperativity, rel=0.02)
    assert model.attempt_probability == pytest.approx(calibrated.attempt_probability)
    assert (model.n_sites, model.law) == (calibrated.n_sites, calibrated.law)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("cooperativity", value) for value in (-0.1, 20.1, np.nan, np.inf, "3", None)),
        *(("concentration_um", value) for value in (0.9, 100.1, np.nan, -np.inf, "5")),
        *(("n_sites", value) for value in (9, 1001, 100.5, np.nan)),
        *(("law", value) for value in ("cubic", "", None, 1)),
        *(("capped", value) for value in ("yes", None)),
        *(("frame", value) for value in (-1, N_FRAMES, 1.5)),
    ],
)
def test_a_bad_setting_is_refused_and_changes_nothing(state, name, value):
    before, result = values(state), state.result
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(state, name, value)
    assert values(state) == before
    assert state.result is result


def test_the_result_cannot_be_set(state):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        state.result = state.result


def test_one_change_gives_one_result_and_so_does_a_reset(state):
    results = []
    state.observe(lambda change: results.append(change["new"]), "result")
    state.cooperativity = 5.0
    state.law = "linear"
    assert len(results) == 2
    state.law = "linear"
    state.frame = 3
    assert len(results) == 2
    state.concentration_um = 7.0
    state.n_sites = 50
    state.capped = False
    del results[:]
    state.reset()
    assert len(results) == 1
    assert values(state) == values(CooperativityState())


@pytest.mark.parametrize(
    ("law", "delta"), [("quadratic", 4e-4), ("linear", 0.04), ("step", 0.04), ("none", 0.0)]
)
def test_the_model_is_that_of_the_settings(state, law, delta):
    state.cooperativity, state.concentration_um, state.law = 4.0, 12.5, law
    model = state.result.run.model
    assert model == CooperativeModel(0.125, model.cooperativity, n_sites=100, law=law)
    assert model.cooperativity == pytest.approx(delta)


@pytest.mark.parametrize("law", ["quadratic", "linear"])
def test_the_number_is_the_fall_of_the_barrier_over_a_hundred_events(state, law):
    state.law, state.cooperativity = law, 8.0
    barrier = state.result.run.model.barrier_kt
    assert barrier[0] - barrier[-1] == pytest.approx(8.0, rel=0.03)


def test_the_largest_concentration_is_legal_for_every_law(state):
    state.concentration_um = 100.0
    for law in LAWS:
        state.law = law
        assert state.result.run.exact_rise_steps == (80.0, 0.0)
        assert set(state.result.run.rise_steps) == {80.0}


def test_the_trajectories_are_those_of_the_library(state):
    run = state.result.run
    again = simulate_exchange(run.model, N_PARTICLES, rng=7)
    assert np.array_equal(run.history.event_time_s, again.event_time_s)
    time = np.linspace(0, state.result.end_steps, N_FRAMES)
    assert np.array_equal(state.result.fraction, again.iodide_fraction(time))
    assert state.result.fraction.shape == (N_PARTICLES, N_FRAMES)
    assert not state.result.fraction[:, 0].any()
    assert state.result.fraction[:, -1].min() == 1.0


def test_a_moved_slider_keeps_the_chance(state):
    before = state.result.run.rise_steps
    state.cooperativity = 3.7
    after = state.result.run.rise_steps
    assert np.corrcoef(before, after)[0, 1] > 0.99
    assert after.mean() < before.mean()
    state.cooperativity = 3.6
    assert np.array_equal(state.result.run.rise_steps, before)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("capped", [True, False])
def test_simulated_and_exact_agree(state, law, capped):
    state.law, state.capped, state.concentration_um = law, capped, 20.0
    run = state.result.run
    for simulated, (mean, sd) in [
        (run.rise_steps, run.exact_rise_steps),
        (run.start_steps, run.exact_start_steps),
    ]:
        assert abs(simulated.mean() - mean) < 4 * sd / np.sqrt(N_PARTICLES)
        assert simulated.std() == pytest.approx(sd, rel=0.15)
    assert run.exact_rise_steps[0] == pytest.approx(np.sum(1 / window(run)))


def test_the_curve_passes_through_the_present_setting(state):
    assert (CURVE_UM[0], CURVE_UM[-1]) == (1.0, 100.0)
    for um in CURVE_UM[[0, 7, 24]]:
        state.concentration_um = float(um)
        run = state.result.run
        at = int(np.flatnonzero(um == CURVE_UM)[0])
        assert run.curve_steps[at] == pytest.approx(run.exact_rise_steps[0])


@pytest.mark.parametrize("law", LAWS)
def test_without_the_cap_the_slope_is_minus_one_for_every_law(state, law):
    state.capped, state.law = False, law
    for cooperativity in (0.0, 3.6, 20.0):
        state.cooperativity = cooperativity
        assert state.result.run.slope == pytest.approx(-1.0, abs=1e-6)


@pytest.mark.parametrize("cooperativity", [2.0, 8.0, 20.0])
def test_only_the_events_that_are_not_certain_feel_the_concentration(state, cooperativity):
    state.cooperativity, state.concentration_um = cooperativity, 30.0
    run = state.result.run
    probability = window(run)
    expected = -np.sum(1 / probability[probability < 1]) / np.sum(1 / probability)
    assert run.slope == pytest.approx(expected, abs=2e-3)
    assert run.n_certain == np.count_nonzero(run.model.event_probability == 1)


def test_without_the_cap_no_event_is_called_certain(state):
    state.capped, state.cooperativity = False, 20.0
    assert state.result.run.model.event_probability.max() > 1
    assert state.result.run.n_certain == 0


def test_a_pinned_setting_stays_until_it_is_taken_away(state):
    state.pin()
    pinned = state.result.pinned
    assert pinned is state.result.run
    state.concentration_um = 50.0
    assert state.result.pinned is pinned
    assert state.result.run is not pinned
    assert state.result.runs == (state.result.run, pinned)
    state.unpin()
    assert state.result.pinned is None


def test_a_reset_takes_the_pinned_setting_away(state):
    state.pin()
    state.reset()
    assert state.result.pinned is None


def test_the_time_axis_holds_the_present_and_the_pinned_trajectories(state):
    alone = state.result.end_steps
    assert alone >= state.result.run.history.exchange_time_s.max()
    state.pin()
    state.concentration_um = 50.0
    assert state.result.run.end_steps < alone == state.result.end_steps
    assert state.result.fraction[:, N_FRAMES // 2].min() == 1.0
    assert state.result.pinned.mean_fraction.shape == (N_FRAMES,)


def test_rates_that_no_computer_holds_are_an_obstacle_and_no_error(state):
    state.pin()
    pinned = state.result.pinned
    state.capped, state.n_sites = False, 1000
    state.cooperativity = 20.0
    result = state.result
    assert result.run is None
    assert "cooperativity must be small enough" in result.obstacle
    assert result.runs == (pinned,)
    assert result.fraction.shape == (0, N_FRAMES)
    state.unpin()
    assert state.result.runs == ()
    assert state.result.end_steps > 0
    state.pin()  # there is nothing to pin
    assert state.result.pinned is None
    state.capped = True
    assert state.result.run is not None
    assert state.result.obstacle == ""


def test_the_whole_curve_must_be_computable(state):
    """At 1 uM the last rate is just finite, at 100 uM it would not be."""
    state.capped, state.n_sites, state.concentration_um = False, 1000, 1.0
    for cooperativity in np.arange(6.0, 8.0, 0.1):
        state.cooperativity = float(cooperativity)
        run = state.result.run
        assert run is None or np.all(np.isfinite(run.curve_steps))
    assert state.result.run is None
