"""The microscope explorer without a browser: every control, every mark, the words."""

import re

import bqplot
import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets.live_text import LiveText
from anionx_widgets.microscope_explorer import SHOW_TRUE, MicroscopeExplorer
from anionx_widgets.movie_canvas import MovieCanvas
from anionx_widgets.range_control import RangeControl

from anionx_teach.camera import Camera, Movie, place_emitters, record_movie


@pytest.fixture
def explorer():
    return MicroscopeExplorer()


def own_movie(n_frames=40, *, camera=True, truth=True):
    emitters = place_emitters(4, shape=(40, 40), rng=2)
    movie = record_movie(
        np.full((4, n_frames), 9000.0),
        emitters[["x_px", "y_px"]],
        Camera(),
        shape=(40, 40),
        frame_interval_s=0.1,
        truth=emitters,
        rng=2,
    )
    known = movie.truth if truth else None
    return Movie(movie.frames, 0.05, 0.1, 160.0, known, movie.camera if camera else None)


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def canvas_of(explorer):
    return of_type(explorer, MovieCanvas)[0]


def text_of(explorer):
    return of_type(explorer, LiveText)[0].text


def labels_of(explorer):
    return [control.label for control in of_type(explorer, RangeControl)]


def marks_of(explorer):
    """Return band, zero, trajectory and cursor."""
    return drive.marks(explorer)


def rest(explorer):
    """Do what the page does when no slider has moved for a while; return how often it asked."""
    canvas, answers = canvas_of(explorer), [{"measured": False}]
    canvas.send = answers.append
    while not answers[-1]["measured"]:
        canvas._handle_custom_msg({"view": "v", "movie": canvas.movie, "at_rest": True}, [])
    del canvas.send
    return len(answers) - 1


def test_every_control_to_its_ends_and_random_states(explorer):
    drive.drive(explorer, n_states=8)


def test_every_control_of_ones_own_movie():
    drive.drive(MicroscopeExplorer(own_movie()), n_states=5)


def test_at_most_five_settings_at_the_start(explorer):
    assert labels_of(explorer) == [
        "Excitation",
        "Background",
        "Concentration",
        "Gain of the camera",
    ]
    assert [box.description for box in of_type(explorer, ipywidgets.Checkbox)] == [SHOW_TRUE]


def test_ones_own_movie_has_no_settings_of_a_simulation():
    explorer = MicroscopeExplorer(own_movie())
    assert labels_of(explorer) == []
    assert len(of_type(explorer, ipywidgets.Checkbox)) == 1
    assert len(of_type(MicroscopeExplorer(own_movie(truth=False)), ipywidgets.Checkbox)) == 0


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("Excitation", "excitation_w_cm2", 0.35),
        ("Background", "background_photons", 12.5),
        ("Concentration", "concentration_um", 22.5),
        ("Gain of the camera", "em_gain", 77.0),
    ],
)
def test_a_control_moves_the_state_and_the_other_way_round(explorer, label, trait, value):
    (control,) = [part for part in of_type(explorer, RangeControl) if part.label == label]
    before = canvas_of(explorer).shown_frame
    drive.operate(control, value)
    assert getattr(explorer.state, trait) == value
    assert canvas_of(explorer).shown_frame != before
    explorer.state.reset()
    assert control.value == getattr(explorer.state, trait)
    assert canvas_of(explorer).shown_frame == before


def test_the_frame_is_sent_at_once_and_spots_when_the_slider_rests(explorer, monkeypatch):
    sent = drive.record_messages(monkeypatch)
    canvas = canvas_of(explorer)
    found, light = canvas.found, marks_of(explorer)[2].y
    explorer.state.excitation_w_cm2 = 0.1
    assert [widget for widget, _state in sent if isinstance(widget, MovieCanvas)] == [canvas]
    assert canvas.found == found
    assert marks_of(explorer)[2].y is light
    assert rest(explorer) == 3
    assert canvas.found != found
    assert marks_of(explorer)[2].y.mean() < 0.2 * light.mean()
    assert text_of(explorer) == explorer.describe()
    assert rest(explorer) == 1, "there is nothing left to do"


def test_who_asks_for_words_gets_those_of_the_present_movie(explorer):
    explorer.state.em_gain = 1.0
    assert "gain 1." in explorer.describe()
    assert text_of(explorer) == explorer.describe()
    assert len(canvas_of(explorer).found) == 8 * len(explorer.state.result.found_px)


def test_a_click_in_the_picture_chooses_a_spot(explorer):
    canvas = canvas_of(explorer)
    canvas.set_state({"chosen": 5})
    result = explorer.state.result
    assert explorer.state.chosen == 5
    assert np.allclose(explorer.state.place, result.found_px[5])
    _band, _zero, measured, _cursor = marks_of(explorer)
    assert np.array_equal(measured.y, result.trajectories.intensity[5])
    assert np.array_equal(measured.x, result.trajectories.time_s)
    assert "Spot 6, at" in text_of(explorer)
    assert "spot 6 is chosen" in canvas.description
    canvas.set_state({"chosen": -1})
    assert len(marks_of(explorer)[2].y) == 0
    assert "No spot is chosen." in text_of(explorer)


def test_the_band_is_one_standard_error_on_both_sides(explorer):
    band, _zero, measured, _cursor = marks_of(explorer)
    n = len(measured.y)
    error = explorer.state.result.trajectories.intensity_se[0]
    assert np.allclose(band.y[:n], measured.y + error)
    assert np.allclose(band.y[n:][::-1], measured.y - error)


def test_all_light_lies_inside_the_axis(explorer):
    axis = drive.marks(explorer)[2].scales["y"]
    for spot in range(len(explorer.state.result.found_px)):
        explorer.state.choose(spot)
        light = marks_of(explorer)[2].y
        assert axis.min < light.min()
        assert light.max() < axis.max
        assert marks_of(explorer)[3].y.tolist() == [axis.min, axis.max]


def test_the_player_moves_the_line_of_the_frame(explorer):
    canvas = canvas_of(explorer)
    canvas.set_state({"frame": 20})
    time_s = explorer.state.result.movie.time_s[20]
    assert marks_of(explorer)[3].x.tolist() == [time_s, time_s]
    assert "stands at 40.0 s, frame 21 of 150" in text_of(explorer)
    canvas.set_state({"playing": True})
    assert "The player runs" in text_of(explorer)
    explorer.reset()
    assert (canvas.frame, canvas.playing) == (149, False)


def test_zoom_and_contrast_are_told(explorer):
    canvas = canvas_of(explorer)
    canvas.set_state({"zoom": 4, "contrast": [120.0, 480.0]})
    assert (explorer.state.zoom, explorer.state.contrast) == (4, [120.0, 480.0])
    assert "enlarged 4 times; black is 120 counts, white 480, set by hand." in text_of(explorer)
    explorer.state.contrast = []
    assert canvas.contrast == []
    assert "found from the movie" in text_of(explorer)


def test_true_spots_come_and_go(explorer):
    canvas = canvas_of(explorer)
    n_true = explorer.state.result.movie.truth["spot"].nunique()
    assert len(canvas.true) == 8 * n_true
    assert f"{n_true} true spots drawn as diamonds" in canvas.description
    assert "In truth it is" in text_of(explorer)
    (checkbox,) = of_type(explorer, ipywidgets.Checkbox)
    checkbox.value = False
    assert canvas.true == b""
    assert "true" not in text_of(explorer)
    assert "In truth" not in text_of(explorer)


def test_the_words_have_the_numbers_of_the_library(explorer):
    result, text = explorer.state.result, explorer.describe()
    right, n_true = len(result.match.found), len(result.true_px)
    assert f"{len(result.found_px)} spots found; {right} of the {n_true} true spots" in text
    light = result.trajectories.intensity[0]
    assert f"{light.mean():,.0f} photo-electrons a frame on average" in text
    judgement = result.judgement(0)
    assert f"{judgement.reason} ({judgement.dark_switches} from or to the dark" in text
    assert "assumed for teaching" in text


def test_a_found_spot_that_is_none_is_told(explorer):
    explorer.state.background_photons = 0.0
    result = explorer.state.result
    wrong = len(result.found_px) - len(result.match.found)
    told = re.search(r", (\d+) found spots? without a true one", explorer.describe())
    assert (int(told[1]) if told else 0) == wrong
    for spot in set(range(len(result.found_px))) - set(result.match.found.tolist()):
        explorer.state.choose(spot)
        assert "In truth there is nothing." in explorer.describe()


def test_a_place_where_nothing_is_found_any_more_is_told(explorer):
    explorer.state.choose(3)
    explorer.state.excitation_w_cm2, explorer.state.em_gain = 0.05, 1.0
    assert "where a spot was chosen, none is found." in explorer.describe()
    assert len(marks_of(explorer)[2].y) == 0


def test_ones_own_movie_in_words():
    explorer = MicroscopeExplorer(own_movie())
    words = explorer.describe().replace("\N{MULTIPLICATION SIGN}", "x")
    assert words.startswith("Your own movie of 6.4 x 6.4 \N{MICRO SIGN}m (40 x 40 px), 40 frames")
    assert canvas_of(explorer).title == "Your movie"
    assert "counts a frame" in MicroscopeExplorer(own_movie(camera=False)).describe()


def test_a_long_movie_says_that_not_all_of_it_is_shown():
    explorer = MicroscopeExplorer(own_movie(700))
    assert "1 in 3 of its 700 frames is shown and measured here" in explorer.describe()
    assert canvas_of(explorer).frame_count == 234


def test_a_movie_too_short_to_be_measured_is_shown_and_says_so():
    explorer = MicroscopeExplorer(own_movie(3))
    assert "No spots were looked for: movie must have at least 5 frames" in explorer.describe()
    assert canvas_of(explorer).frame_count == 3
    assert all(len(mark.x) == 0 for mark in marks_of(explorer) if mark.labels[:1] == ["measured"])
    drive.drive(explorer, n_states=3)


def test_a_movie_with_nothing_in_it():
    frames = np.random.default_rng(4).poisson(100, (30, 40, 40)).astype(np.uint16)
    explorer = MicroscopeExplorer(Movie(frames, 0.05, 0.1, 160.0))
    assert "0 spots found.\nNo spot is chosen." in explorer.describe()
    drive.drive(explorer, n_states=3)


def test_too_short_for_the_test_of_single_emitters_is_told():
    assert "too short for the test" in MicroscopeExplorer(own_movie(6)).describe()


def test_each_figure_has_names_and_units(explorer):
    (figure,) = of_type(explorer, bqplot.Figure)
    labels = sorted(axis.label for axis in figure.axes)
    assert labels == ["Light of the spot (photo-electrons a frame)", "Time (s)"]
