"""The state of the switching explorer: its bounds, what follows a change, and one's own movie."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.switching_hand import HAND, guess_for
from anionx_widgets.switching_movies import N_CRYSTALS, SAMPLES, SwitchingMovie
from anionx_widgets.switching_state import SwitchingState

from anionx_teach.switching import switching_curve, switching_misfit
from anionx_teach.trajectories import Trajectories

TRUE = {"start_time_s": 30.0, "switching_time_s": 12.0, "amplitude": 90.0, "background": 10.0}


def own(n=3, n_frames=100, seed=1):
    noise = np.random.default_rng(seed).normal(0.0, 5.0, (n, n_frames))
    time_s = np.arange(float(n_frames))
    places = np.arange(float(n))
    return Trajectories(time_s, switching_curve(time_s, TRUE) + noise, places, places)


@pytest.fixture
def state():
    return SwitchingState()


@pytest.fixture
def mine():
    return SwitchingState(own())


def hand(state):
    return {name: getattr(state, name) for name in HAND}


def updates(state):
    seen = []
    state.observe(lambda change: seen.append(change["new"]), "result")
    return seen


def test_the_misfit_is_that_of_the_library(mine):
    mine.draw(**TRUE)
    expected = switching_misfit(own().select([0]), hand(mine))
    assert np.array_equal(mine.result.misfit.standardised, expected.standardised)
    assert mine.result.misfit.reduced_chi2[0] == pytest.approx(1.0, abs=0.3)
    mine.start_time_s = 50.0
    assert mine.result.misfit.reduced_chi2[0] > 10


@pytest.mark.parametrize("name", HAND)
@pytest.mark.parametrize("side", ["low", "high"])
def test_a_number_outside_its_bounds_is_refused_and_changes_nothing(state, name, side):
    bounds, before, result = state.result.bounds[name], hand(state), state.result
    beyond = getattr(bounds, side) + (-1 if side == "low" else 1) * bounds.step
    with pytest.raises(traitlets.TraitError, match=f"{name} must be between"):
        setattr(state, name, beyond)
    with pytest.raises(traitlets.TraitError, match=f"{name} must be finite"):
        setattr(state, name, float("nan"))
    assert hand(state) == before
    assert state.result is result
    setattr(state, name, getattr(bounds, side))


def test_a_nanocrystal_that_is_not_there_is_refused(state):
    with pytest.raises(traitlets.TraitError, match=f"crystal must be between 1 and {N_CRYSTALS}"):
        state.crystal = N_CRYSTALS + 1
    with pytest.raises(traitlets.TraitError):
        state.crystal = 0
    assert state.crystal == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("sample", "6 nm"), ("excitation_w_cm2", 0.2), ("truth", "paper"), ("residuals_of", "truth")],
)
def test_an_unknown_choice_is_refused(state, name, value):
    with pytest.raises(traitlets.TraitError):
        setattr(state, name, value)


def test_several_numbers_change_the_result_once(state):
    seen = updates(state)
    state.draw(start_time_s=150.0, switching_time_s=20.0, amplitude=110.0)
    assert len(seen) == 1
    assert seen[0].hand["start_time_s"] == 150.0
    state.start_time_s = 150.0
    assert len(seen) == 1


def test_the_fit_is_shown_with_its_residuals_until_the_curve_moves(state):
    seen = updates(state)
    assert state.result.fitted_curve is None
    state.show_fit()
    assert len(seen) == 1
    assert state.result.shown_misfit is state.result.fit_misfit
    assert state.result.fit_misfit.reduced_chi2[0] < state.result.misfit.reduced_chi2[0]
    state.amplitude = 100.0
    assert len(seen) == 2
    assert state.residuals_of == "hand"
    assert state.fitted
    assert state.result.shown_misfit is state.result.misfit
    state.residuals_of = "fit"
    assert state.result.shown_misfit is state.result.fit_misfit
    state.hide_fit()
    assert state.result.fitted_curve is None
    state.residuals_of = "fit"
    assert state.fitted


def test_a_fit_that_gives_no_times_leaves_the_residuals_of_the_curve():
    flat = np.random.default_rng(1).normal(size=(1, 80))
    state = SwitchingState(Trajectories(np.arange(80.0), flat, [0.0], [0.0]))
    state.show_fit()
    assert "no rise" in state.result.fit["reason"]
    assert state.result.fit_misfit is None
    assert state.result.shown_misfit is state.result.misfit


def test_another_nanocrystal_begins_anew(state):
    state.draw(start_time_s=150.0, amplitude=100.0)
    state.show_fit()
    seen = updates(state)
    state.next_crystal()
    assert len(seen) == 1
    assert state.crystal == 2
    assert not state.fitted
    assert hand(state) == guess_for(state.result.bounds)
    state.crystal = N_CRYSTALS
    state.next_crystal()
    assert state.crystal == 1


def test_another_sample_begins_anew_within_its_own_bounds(state):
    for sample in list(SAMPLES)[::-1]:
        state.sample = sample
        assert state.result.movie.truth.settings.sample == sample
        assert hand(state) == guess_for(state.result.bounds)


def test_a_curve_stays_when_it_fits_into_the_bounds_of_another_setting(state):
    state.draw(start_time_s=150.0, switching_time_s=20.0, amplitude=5.0)
    drawn = hand(state)
    state.filtered = False
    assert hand(state) == drawn
    state.excitation_w_cm2 = 0.1
    assert hand(state) == drawn
    state.excitation_w_cm2 = 1.0
    state.amplitude = 150.0
    state.excitation_w_cm2 = 0.1
    assert hand(state) == guess_for(state.result.bounds)


def test_a_pulled_handle_moves_what_it_is_named_for(mine):
    mine.draw(**TRUE)
    mine.pull("start", 25.0)
    assert (mine.start_time_s, mine.switching_time_s) == (25.0, 17.0)
    mine.pull("end", 50.0)
    assert (mine.start_time_s, mine.switching_time_s) == (25.0, 25.0)
    mine.pull("middle", 40.0)
    assert (mine.start_time_s, mine.switching_time_s) == (27.5, 25.0)
    mine.pull("background", 20.0)
    assert (mine.background, mine.amplitude) == (20.0, 80.0)
    mine.pull("top", 70.0)
    assert (mine.background, mine.amplitude) == (20.0, 50.0)
    with pytest.raises(ValueError, match="handle must be start, end"):
        mine.pull("left", 1.0)


@pytest.mark.parametrize("handle", ["start", "end", "middle", "background", "top"])
@pytest.mark.parametrize("to", [-1e6, 0.0, 1e6])
def test_a_handle_that_is_pulled_too_far_stops(mine, handle, to):
    mine.draw(**TRUE)
    mine.pull(handle, to)
    bounds = mine.result.bounds
    assert all(bounds[name].hold(value) for name, value in hand(mine).items())
    end_s = mine.start_time_s + mine.switching_time_s
    if handle == "start":
        assert end_s == pytest.approx(42.0)
    if handle == "background":
        assert mine.background + mine.amplitude == pytest.approx(100.0)


def test_reset_goes_back_to_the_start(state):
    start, result = state.trait_values(), repr(state.result)
    state.sample = list(SAMPLES)[-1]
    state.crystal = 9
    state.blinking = True
    state.movie_shown = True
    state.truth = "light"
    state.show_fit()
    state.reset()
    found = state.trait_values()
    assert {k: v for k, v in found.items() if k != "result"} == {
        k: v for k, v in start.items() if k != "result"
    }
    assert repr(state.result) == result
    assert hand(state) == guess_for(state.result.bounds)


def test_one_s_own_trajectories_have_no_truth_and_no_simulated_settings(mine):
    assert not mine.simulated
    assert mine.result.movie.truth is None
    assert mine.result.bias is None
    assert mine.result.summary.loc["switching_time_s", "n"] == 3
    with pytest.raises(traitlets.TraitError, match="blinking belongs to the simulated movie"):
        mine.blinking = True
    mine.draw(amplitude=50.0)
    mine.crystal = 3
    mine.reset()
    assert mine.crystal == 1
    assert hand(mine) == guess_for(mine.result.bounds)


@pytest.mark.parametrize(
    ("trajectories", "error", "message"),
    [
        (np.zeros((3, 9)), TypeError, "trajectories must be Trajectories, got ndarray"),
        (own().select([]), ValueError, "at least one of at least 5 frames, got 0 of 100"),
        (own(n_frames=4), ValueError, "at least one of at least 5 frames, got 3 of 4"),
    ],
)
def test_what_cannot_be_fitted_is_refused(trajectories, error, message):
    with pytest.raises(error, match=message):
        SwitchingState(trajectories)


def test_the_bias_is_that_of_the_chosen_truth(state):
    assert isinstance(state.result.movie, SwitchingMovie)
    of_composition = state.result.bias.loc["switching_time_s", "true_mean_s"]
    state.truth = "light"
    assert state.result.bias.loc["switching_time_s", "true_mean_s"] < 0.3 * of_composition
