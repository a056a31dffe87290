"""The state of the microscope explorer: bounds, the movie, the spots."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.microscope_field import EXPOSURE_S, N_EMITTERS, N_FRAMES, SIDE_PX
from anionx_widgets.microscope_result import MATCH_PX
from anionx_widgets.microscope_state import SIMULATED, MicroscopeState

from anionx_teach.trajectories import single_emitters

SETTINGS = (
    *SIMULATED,
    *("show_true", "frame", "playing", "zoom", "contrast", "place"),
)


def values(state):
    return {name: getattr(state, name) for name in SETTINGS}


@pytest.fixture
def state():
    return MicroscopeState()


def test_the_start(state):
    assert (state.excitation_w_cm2, state.background_photons) == (1.0, 5.0)
    assert (state.concentration_um, state.em_gain) == (10.0, 300.0)
    assert (state.show_true, state.playing, state.zoom, state.contrast) == (True, False, 1, [])
    assert state.frame == N_FRAMES - 1
    assert state.chosen == 0
    assert state.simulated
    movie = state.result.movie
    assert movie.frames.shape == (N_FRAMES, SIDE_PX, SIDE_PX)
    assert len(movie.truth) == N_EMITTERS
    assert state.result.notes == ()


def test_there_are_singles_and_clusters(state):
    sizes = state.result.movie.truth.groupby("spot")["n_in_spot"].first()
    assert 20 <= len(sizes) <= 30
    assert {1, 2, 3} <= set(sizes)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("excitation_w_cm2", value) for value in (0.04, 2.1, np.nan, np.inf, "1", None)),
        *(("background_photons", value) for value in (-0.1, 20.1, np.nan)),
        *(("concentration_um", value) for value in (4.9, 50.1, -np.inf, "5")),
        *(("em_gain", value) for value in (0.0, 0.9, 1001.0, np.nan)),
        *(("show_true", value) for value in ("yes", None)),
        *(("frame", value) for value in (-1, N_FRAMES, 1.5)),
        *(("zoom", value) for value in (0, 3, 16)),
        *(("contrast", value) for value in ([5.0, 5.0], [1.0], [0.0, 70_000.0])),
        *(("place", value) for value in ((1.0,), (1.0, np.nan), (1.0, 2.0, 3.0))),
    ],
)
def test_a_bad_setting_is_refused_and_changes_nothing(state, name, value):
    before, result = values(state), state.result
    with pytest.raises(traitlets.TraitError):
        setattr(state, name, value)
    assert values(state) == before
    assert state.result is result


def test_the_result_is_read_only(state):
    with pytest.raises(traitlets.TraitError):
        state.result = None


def test_the_movie_is_recorded_with_the_settings(state):
    state.em_gain, state.background_photons = 120.0, 9.0
    camera = state.result.movie.camera
    assert camera.em_gain == 120.0
    assert camera.background_photons_per_s * camera.exposure_s == pytest.approx(9.0)
    assert camera.exposure_s == EXPOSURE_S
    assert state.result.settings.em_gain == 120.0


def test_light_and_gain_act_on_the_counts_as_they_should(state):
    brightest = {}
    for excitation in (0.5, 1.0):
        state.excitation_w_cm2 = excitation
        brightest[excitation] = state.result.trajectories.intensity[state.chosen].mean()
    # The same chance in both: only the number of photons differs.
    assert brightest[1.0] / brightest[0.5] == pytest.approx(2.0, rel=0.05)
    mean = state.result.movie.mean_image().mean() - 100
    state.em_gain = 150.0
    assert mean / (state.result.movie.mean_image().mean() - 100) == pytest.approx(2.0, rel=0.01)


def test_more_iodide_makes_the_crystals_light_up_earlier(state):
    start_s = {}
    for concentration in (5.0, 50.0):
        state.concentration_um = concentration
        light = state.result.trajectories.intensity.sum(axis=0)
        start_s[concentration] = state.result.movie.time_s[np.argmax(light > 0.5 * light.max())]
    assert start_s[5.0] > 3 * start_s[50.0]


def test_most_spots_are_found_and_few_without_light_or_gain(state):
    match = state.result.match
    assert min(match.recall, match.precision) >= 0.9
    state.excitation_w_cm2 = 0.05
    assert state.result.match.recall < 0.6
    state.reset()
    state.em_gain = 1.0
    assert state.result.match.recall < 0.6


def test_the_same_settings_give_the_same_movie(state):
    first = np.asarray(state.result.movie.frames[3])
    state.em_gain = 301.0
    assert not np.array_equal(state.result.movie.frames[3], first)
    state.em_gain = 300.0
    assert np.array_equal(state.result.movie.frames[3], first)


def test_frames_are_the_same_before_and_after_they_are_kept(state):
    state.em_gain = 299.0
    frames = state.result.movie.frames
    assert not frames.kept, "nothing is simulated that was not asked for"
    alone, several = np.array(frames[7]), np.array(frames[3:9:2])
    steps = 0
    while not state.result.measure_some():
        steps += 1
    assert steps == 2
    assert frames.kept
    assert np.array_equal(frames[7], alone)
    assert np.array_equal(frames[3:9:2], several)


def test_a_reset_brings_back_the_start_exactly(state):
    before = values(state)
    light = state.result.trajectories.intensity
    state.excitation_w_cm2, state.em_gain, state.zoom = 0.1, 17.0, 4
    state.frame, state.playing, state.contrast, state.show_true = 3, True, [1.0, 9.0], False
    state.choose(2)
    state.reset()
    assert values(state) == before
    assert np.array_equal(state.result.trajectories.intensity, light)


def test_several_changes_together_make_one_movie(state):
    results = []
    state.observe(lambda change: results.append(change["new"]), "result")
    with state.hold_trait_notifications():
        state.excitation_w_cm2, state.em_gain = 0.5, 200.0
    assert len(results) == 1


def test_a_spot_is_chosen_by_its_place_and_stays_chosen(state):
    state.choose(4)
    place = state.place
    assert np.allclose(place, state.result.found_px[4])
    state.background_photons = 15.0  # spots are sorted anew
    assert np.hypot(*(state.result.found_px[state.chosen] - place)) < MATCH_PX
    assert state.place == place
    state.excitation_w_cm2, state.em_gain = 0.05, 1.0
    assert state.chosen == -1, "it is not found any more"
    state.excitation_w_cm2, state.em_gain = 1.0, 300.0
    assert np.hypot(*(state.result.found_px[state.chosen] - place)) < MATCH_PX


def test_no_spot_can_be_chosen(state):
    state.choose(-1)
    assert (state.place, state.chosen) == ((), -1)
    state.choose(0)
    assert state.chosen == 0


def test_what_is_chosen_already_keeps_its_place(state):
    state.background_photons = 6.0
    place = state.place
    state.choose(state.chosen)
    assert state.place == place


def test_the_judgement_is_that_of_the_library(state):
    single = single_emitters(state.result.trajectories)
    judged = [state.result.judgement(spot).single for spot in range(len(single))]
    assert judged == single.tolist()
    assert state.result.judgement(0) is state.result.judgement(0), "judged once"


def test_how_many_emitters_a_spot_really_has(state):
    result = state.result
    truth = result.movie.truth
    for spot, (x_px, y_px) in enumerate(result.found_px):
        near = np.hypot(truth["x_px"] - x_px, truth["y_px"] - y_px) < 2.5
        assert result.n_emitters(spot) == (near.sum() or None)


def test_true_spots_are_drawn_unless_switched_off(state):
    assert len(state.true_px) == state.result.movie.truth["spot"].nunique()
    state.show_true = False
    assert state.true_px.shape == (0, 2)


def test_a_low_gain_is_noted(state):
    state.em_gain = 3.0
    assert any("em_gain = 3" in note for note in state.result.notes)
    state.em_gain = 30.0
    assert state.result.notes == ()
