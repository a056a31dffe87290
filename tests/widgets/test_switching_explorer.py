"""The switching explorer without a browser: every control, the handles, the words."""

import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl
from anionx_widgets.switching_explorer import SwitchingExplorer
from anionx_widgets.switching_figures import CurveFigure
from anionx_widgets.switching_movie_figures import BiasFigure, TimesFigure
from anionx_widgets.switching_movies import SAMPLES
from anionx_widgets.switching_words import number, with_error
from anionx_widgets.text_table import TextTable

from anionx_teach.switching import switching_curve
from anionx_teach.trajectories import Trajectories

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
TRUE = {"start_time_s": 30.0, "switching_time_s": 12.0, "amplitude": 90.0, "background": 10.0}


def own(n=3, n_frames=100, **more):
    noise = np.random.default_rng(1).normal(0.0, 5.0, (n, n_frames))
    time_s = np.arange(float(n_frames))
    places = np.arange(float(n))
    return Trajectories(time_s, switching_curve(time_s, TRUE) + noise, places, places, **more)


@pytest.fixture
def explorer():
    return SwitchingExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def the(explorer, kind):
    (part,) = of_type(explorer, kind)
    return part


def slider(explorer, label):
    return next(part for part in of_type(explorer, RangeControl) if label in part.label)


def button(explorer, text):
    kinds = ipywidgets.Button, ipywidgets.ToggleButton
    return next(part for part in of_type(explorer, kinds) if part.description == text)


def menu(explorer, text):
    return next(m for m in of_type(explorer, ipywidgets.Dropdown) if m.description == text)


def table(explorer, caption):
    (found,) = [t for t in of_type(explorer, TextTable) if caption in t.caption]
    return {name: cells for name, *cells in found.rows}


def test_every_control_to_its_ends_and_random_states(explorer):
    drive.drive(explorer, n_states=2)


def test_with_the_whole_movie_shown_as_well(explorer):
    explorer.state.movie_shown = True
    for control in drive.controls(explorer):
        if isinstance(control, ipywidgets.Button | ipywidgets.ToggleButton):
            continue
        drive.operate(control, drive.settings_of(control)[0])
        drive.assert_finite(explorer)
    explorer.reset()
    assert not of_type(explorer, TimesFigure)


def test_one_s_own_trajectories_are_driven_too():
    drive.drive(SwitchingExplorer(own()), n_states=5)


def shown(explorer):
    """Return the controls that are not in a hidden row."""
    hidden = {
        id(part)
        for box in drive.parts(explorer)
        if box.layout.display == "none"
        for part in drive.parts(box)
    }
    return [control for control in drive.controls(explorer) if id(control) not in hidden]


def test_five_settings_are_shown_at_the_start_and_buttons(explorer):
    buttons = ipywidgets.Button | ipywidgets.ToggleButton
    first = [c for c in shown(explorer) if not isinstance(c, buttons)]
    assert len(first) == 5
    more = button(explorer, "More settings")
    more.value = True
    assert len([c for c in shown(explorer) if not isinstance(c, buttons)]) == 12
    assert more.description == "Fewer settings"
    assumptions = table(explorer, "simulation assumes")
    assert assumptions["intensity of the exciting light"] == ["1 W/cm²", "assumed for teaching"]
    assert assumptions["absorption coefficient far above the absorption edge"][0] == "70,000 cm⁻¹"
    assert assumptions["concentration of TMSI, which decides the degradation"][0] == "5 µM"


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("Start", "start_time_s", 150.0),
        ("Switching time", "switching_time_s", 20.0),
        ("Amplitude", "amplitude", 110.0),
        ("Background", "background", 5.0),
        ("Decay", "decay_rate_per_s", 0.002),
    ],
)
def test_a_slider_moves_the_curve_and_the_curve_the_slider(explorer, label, trait, value):
    slider(explorer, label).set_state({"value": value})
    assert getattr(explorer.state, trait) == value
    explorer.state.reset()
    assert slider(explorer, label).value == getattr(explorer.state, trait) != value


def test_the_sliders_follow_the_bounds_of_another_sample(explorer):
    for sample in [*SAMPLES][::-1]:
        menu(explorer, "Nanocrystals").value = sample
        for label, trait in (("Start", "start_time_s"), ("Amplitude", "amplitude")):
            control, bounds = slider(explorer, label), explorer.state.result.bounds[trait]
            assert (control.min, control.max) == (bounds.low, bounds.high)
            assert control.value == explorer.state.result.hand[trait]


def test_a_handle_moves_slider_curve_and_words(explorer):
    handles = the(explorer, CurveFigure).figure.marks[-3]
    start, end = handles.x
    handles.x = np.array([start + 20.0, end])
    assert explorer.state.start_time_s == slider(explorer, "Start").value == start + 20.0
    assert explorer.state.switching_time_s == end - start - 20.0
    assert f"start {start + 20:g} s" in the(explorer, LiveText).text


def test_a_handle_pulled_out_of_the_bounds_is_put_back(explorer):
    handles = the(explorer, CurveFigure).figure.marks[-3]
    end = handles.x[1]
    for _ in range(2):  # at its end already, it is put back as well
        handles.x = np.array([1e5, end])
        smallest = explorer.state.result.bounds["switching_time_s"].low
        assert handles.x.tolist() == [end - smallest, end]


def test_the_button_lets_the_fit_do_it_and_takes_it_away(explorer):
    assert table(explorer, "By hand")["Start (s)"][1] == DASH
    button(explorer, "Let it fit").click()
    fit = explorer.state.result.fit
    error = with_error(fit["start_time_s"], fit["start_time_se_s"])
    assert table(explorer, "By hand")["Start (s)"][1] == error
    assert f"start {error} s" in explorer.describe()
    assert "Residuals of the fit" in explorer.describe()
    assert "In truth the composition started at" in explorer.describe()
    button(explorer, "Hide the fit").click()
    assert "The fit" not in explorer.describe()
    assert "In truth" not in explorer.describe()
    assert button(explorer, "Let it fit")


def test_why_a_fit_gives_no_times_is_said(explorer):
    fits = explorer.state.result.fits
    lost = int(np.flatnonzero(~fits["converged"].to_numpy())[0])
    explorer.state.crystal = lost + 1
    button(explorer, "Let it fit").click()
    assert f"The fit gives no times: {fits.loc[lost, 'reason']}." in explorer.describe()
    assert table(explorer, "By hand")["Start (s)"][1] == DASH


def test_the_whole_movie_is_shown_when_asked_for(explorer):
    assert not of_type(explorer, TimesFigure)
    button(explorer, "Fit the whole movie").value = True
    assert len(of_type(explorer, BiasFigure)) == 1
    assert sum(int(cells[0]) for cells in table(explorer, "became of").values()) == 256
    n = int(explorer.state.result.fits["converged"].sum())
    words = explorer.describe()
    assert f"{n} of 256 fits give a time" in words
    assert f"fitted less true {MINUS}1" in words
    menu(explorer, "Truth: the rise of").value = "light"
    assert "the rise of its light" in explorer.describe()
    button(explorer, "Hide the whole movie").value = False
    assert not of_type(explorer, TimesFigure)


def test_a_moved_curve_leaves_the_figures_of_the_movie_alone(explorer, monkeypatch):
    explorer.state.movie_shown = True
    sent = drive.record_messages(monkeypatch)
    slider(explorer, "Start").set_state({"value": 120.0})
    movie_marks = [
        m for kind in (TimesFigure, BiasFigure) for m in the(explorer, kind).figure.marks
    ]
    assert sent
    assert not {id(w) for w, _ in sent} & {id(m) for m in movie_marks}


def test_a_fit_can_resist_blinking(explorer):
    explorer.state.blinking = True
    explorer.state.movie_shown = True
    plain = explorer.describe()
    next(
        box for box in of_type(explorer, ipywidgets.Checkbox) if "resists" in box.description
    ).value = True
    assert explorer.describe() != plain
    explorer.state.show_fit()
    assert "blinking" in explorer.describe()


def test_the_words_say_what_is_simulated(explorer):
    words = explorer.describe()
    assert the(explorer, LiveText).text == words
    assert "a batch of 5.1 nm with 5 \N{MICRO SIGN}M of TMSI; one frame of 50 ms every" in words
    assert "through the filter 590\N{EN DASH}649 nm; no blinking; degradation on, but none" in words
    explorer.state.filtered = explorer.state.degradation = False
    explorer.state.blinking = True
    assert "without a filter; blinking; no degradation." in explorer.describe()
    explorer.state.sample, explorer.state.degradation = [*SAMPLES][1], True
    assert "after its maximum the light degrades at 0.02/s" in explorer.describe()
    slider(explorer, "Decay").set_state({"value": 0.02})
    assert "then a decay of 0.02/s" in explorer.describe()


def test_one_s_own_trajectories_are_described_as_such():
    explorer = SwitchingExplorer(own(n_frames=1300, unit="photo-electrons").select([2, 0]))
    words = explorer.describe()
    assert "Trajectory 1 of 2, spot 2 of your table: 1300 frames from 0 to 1,299 s" in words
    assert "drawn as means of 3 frames" in words
    assert slider(explorer, "Amplitude").unit == "photo-electrons"
    explorer.state.show_fit()
    explorer.state.movie_shown = True
    assert "In truth" not in explorer.describe()
    assert "Against the truth" not in explorer.describe()
    assert not of_type(explorer, BiasFigure)
    assert not of_type(explorer, ipywidgets.Dropdown)
    button(explorer, "Next trajectory").click()
    assert "Trajectory 2 of 2, spot 0" in explorer.describe()


def test_a_single_trajectory_has_no_next_one():
    explorer = SwitchingExplorer(own(n=1))
    assert button(explorer, "Next trajectory").disabled
    assert not [c for c in of_type(explorer, RangeControl) if c.label == "Trajectory"]
    explorer.state.movie_shown = True
    assert "1 of 1 fits give a time" in explorer.describe()


def test_a_movie_without_any_rise_says_so():
    noise = np.random.default_rng(1).normal(size=(4, 60))
    explorer = SwitchingExplorer(
        Trajectories(np.arange(60.0), noise, np.arange(4.0), np.arange(4.0))
    )
    explorer.state.movie_shown = True
    assert "none of 4 fits gives a time" in explorer.describe()
    drive.assert_finite(explorer)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (148.6964, "148.7"),
        (-12.72, f"{MINUS}12.72"),
        (12345.6, "12,346"),
        (0.02, "0.02"),
        (1200.0, "1,200"),
        (3.0000000004, "3"),
        (-1e-9, "0"),
        (float("nan"), DASH),
    ],
)
def test_numbers_have_about_four_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (148.6964, 0.8677, "148.70 \N{PLUS-MINUS SIGN} 0.87"),
        (-121.5, 1.04, f"{MINUS}121.5 \N{PLUS-MINUS SIGN} 1.0"),
        (5234.0, 321.0, "5,234 \N{PLUS-MINUS SIGN} 321"),
        (3.0, 0.0, "3 \N{PLUS-MINUS SIGN} 0"),
        (float("nan"), 1.0, DASH),
    ],
)
def test_errors_have_two_digits(value, error, text):
    assert with_error(value, error) == text
