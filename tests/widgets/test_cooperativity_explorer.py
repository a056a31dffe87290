"""The cooperativity explorer without a browser: every control, the canvas, the words."""

import re

import bqplot
import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets.cooperativity_explorer import CooperativityExplorer
from anionx_widgets.cooperativity_state import N_FRAMES, N_PARTICLES, START_FRAME
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl
from anionx_widgets.text_table import TextTable
from anionx_widgets.trajectory_canvas import TrajectoryCanvas

from anionx_teach.exchange import LAWS, calibrated_model

CANVAS_DATA = ("frames", "frame", "playing", "time_end", "pinned_mean", "curves_description")
DASH, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"


@pytest.fixture
def explorer():
    return CooperativityExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def the(explorer, kind):
    (part,) = of_type(explorer, kind)
    return part


def slider(explorer, label):
    return next(part for part in of_type(explorer, RangeControl) if label in part.label)


def button(explorer, text):
    return next(b for b in of_type(explorer, ipywidgets.Button) if b.description == text)


def table(explorer):
    """Return the rows of the table by their heading."""
    return {name: cells for name, *cells in the(explorer, TextTable).rows}


def on_canvas(explorer):
    """Return all that the canvas shows."""
    canvas = the(explorer, TrajectoryCanvas)
    return {name: getattr(canvas, name) for name in CANVAS_DATA}


def test_every_control_to_its_ends_and_random_states(explorer):
    start = on_canvas(explorer)
    drive.drive(explorer)
    assert on_canvas(explorer) == start


def test_five_settings_are_shown_and_buttons(explorer):
    settings = [*of_type(explorer, RangeControl), *of_type(explorer, ipywidgets.Dropdown)]
    settings += of_type(explorer, ipywidgets.Checkbox)
    assert len(settings) == 5
    assert [b.description for b in of_type(explorer, ipywidgets.Button)] == ["Pin", "Reset"]


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("Cooperativity", "cooperativity", 7.5),
        ("Concentration", "concentration_um", 12.5),
        ("Number of events", "n_sites", 400),
    ],
)
def test_a_slider_moves_the_state_and_the_state_the_slider(explorer, label, trait, value):
    slider(explorer, label).set_state({"value": value})
    assert getattr(explorer.state, trait) == value
    explorer.state.reset()
    assert slider(explorer, label).value == getattr(explorer.state, trait) != value


def test_the_unit_of_the_cooperativity_follows_the_law(explorer):
    menu, control = the(explorer, ipywidgets.Dropdown), slider(explorer, "Cooperativity")
    assert control.unit == "10⁻⁴ kT/event²"
    for law in LAWS:
        menu.value = law
        assert explorer.state.law == law
        assert control.disabled == (law == "none")
        assert control.value == 3.6
        if law in {"linear", "step"}:
            assert control.unit == "10⁻² kT/event"
    assert control.unit == ""


def test_the_law_menu_has_a_name_for_every_law(explorer):
    names = dict(the(explorer, ipywidgets.Dropdown).options)
    assert tuple(names.values()) == LAWS
    assert all(name.split(":")[0].isalpha() and ":" in name for name in names)


def test_the_cap_can_be_taken_off(explorer):
    the(explorer, ipywidgets.Checkbox).value = False
    assert not explorer.state.capped
    assert "no cap" in explorer.describe()
    assert "the rate per step" in explorer.describe()


def test_the_canvas_holds_every_moment_of_every_nanocrystal(explorer):
    canvas = the(explorer, TrajectoryCanvas)
    levels = np.frombuffer(canvas.frames, np.uint8).reshape(N_FRAMES, N_PARTICLES)
    assert np.abs(levels.T / 255 - explorer.state.result.fraction).max() <= 0.5 / 255
    assert canvas.time_end == explorer.state.result.end_steps
    assert (
        f"all exchanged after {explorer.state.result.run.history.exchange_time_s.max():,.0f}"
        in (canvas.curves_description)
    )


def test_the_player_and_the_state_follow_each_other(explorer):
    canvas, text = the(explorer, TrajectoryCanvas), the(explorer, LiveText)
    assert canvas.frame == START_FRAME
    canvas.set_state({"frame": 150})
    assert explorer.state.frame == 150
    fraction = explorer.state.result.fraction[:, 150]
    assert f"mean iodide fraction {fraction.mean():.2f}" in text.text
    assert f"{np.count_nonzero(fraction == 1)} wholly" in text.text
    canvas.set_state({"playing": True})
    assert explorer.state.playing
    assert "The player runs." in text.text
    explorer.reset()
    assert (canvas.frame, canvas.playing) == (START_FRAME, False)


def test_playing_asks_nothing_of_the_library(explorer):
    result = explorer.state.result
    the(explorer, TrajectoryCanvas).set_state({"playing": True})
    the(explorer, TrajectoryCanvas).set_state({"playing": False, "frame": N_FRAMES - 1})
    assert explorer.state.result is result


def test_a_setting_is_pinned_compared_and_unpinned(explorer):
    canvas = the(explorer, TrajectoryCanvas)
    mean = explorer.state.result.run.mean_fraction
    button(explorer, "Pin").click()
    assert canvas.pinned_mean == mean.tolist()
    assert table(explorer)["Switching time"][2] == "730.9 ± 93.6"
    slider(explorer, "Concentration").set_state({"value": 50.0})
    assert canvas.pinned_mean == mean.tolist()
    assert canvas.pinned_time_end == canvas.time_end == 1500.0
    assert "Pinned, dashed: 100 events at 5 µM" in explorer.describe()
    assert "now it takes 0.134 times as long" in explorer.describe()
    button(explorer, "Unpin").click()
    assert canvas.pinned_mean == []
    assert "Pinned" not in explorer.describe()
    assert button(explorer, "Pin")


def test_the_table_holds_simulated_exact_and_pinned(explorer):
    run = explorer.state.result.run
    rows = table(explorer)
    simulated, exact, pinned = rows["Switching time"]
    assert simulated == f"{run.rise_steps.mean():.1f} ± {run.rise_steps.std():.1f}"
    assert exact == f"{run.exact_rise_steps[0]:.1f} ± {run.exact_rise_steps[1]:.1f}"
    assert pinned == DASH
    assert rows["First event's P, k0"] == [DASH, "0.05", DASH]
    assert rows["Events with P = 1"][1] == f"{run.n_certain} of 100"
    assert rows["Slope, log axes"][1] == f"{MINUS}1.00"
    explorer.state.capped = False
    assert table(explorer)["Events with P = 1"][1] == "no cap"


def test_the_words_say_all_that_is_shown(explorer):
    words = explorer.describe()
    assert the(explorer, LiveText).text == words
    assert "500 nanocrystals of 100 events at 5 µM" in words
    assert "cooperativity 3.6 · 10⁻⁴ kT/event²;" in words
    assert "probability per step goes from 0.05 to 1" in words
    assert "free energy of activation from 3.00 to 0.00 kT; 8 of 100 events have P = 1" in words
    assert "exact 730.9 ± 93.6; its slope" in words
    for edge_nm in (5.1, 13.1):
        assert f"{calibrated_model(edge_nm, 5.0).step_s:.3g} s at {edge_nm} nm" in words
    explorer.state.law = "none"
    assert "no cooperativity" in explorer.describe()
    explorer.state.law = "linear"
    assert "cooperativity 3.6 · 10⁻² kT/event;" in explorer.describe()


def test_large_numbers_have_commas_and_no_decimals(explorer):
    explorer.state.n_sites, explorer.state.law = 1000, "none"
    assert re.search(r"exact 16,000 ± 55\d", explorer.describe())
    explorer.state.capped, explorer.state.law, explorer.state.cooperativity = (
        False,
        "quadratic",
        6.0,
    )
    assert f"{MINUS}596 kT" in explorer.describe()


def test_nothing_to_draw_is_said_and_can_be_left_again(explorer):
    explorer.state.capped, explorer.state.n_sites = False, 1000
    slider(explorer, "Cooperativity").set_state({"value": 20.0})
    assert "Nothing to draw: cooperativity must be small enough" in explorer.describe()
    assert "Switch the cap on" in explorer.describe()
    assert the(explorer, TrajectoryCanvas).frames == b""
    assert "nothing to draw" in the(explorer, TrajectoryCanvas).curves_description
    assert button(explorer, "Pin").disabled
    assert {cell for cells in table(explorer).values() for cell in cells} == {DASH}
    the(explorer, ipywidgets.Checkbox).value = True
    assert "Nothing to draw" not in explorer.describe()
    assert not button(explorer, "Pin").disabled


def test_a_pinned_setting_is_still_shown_when_there_is_nothing_else(explorer):
    button(explorer, "Pin").click()
    explorer.state.capped, explorer.state.n_sites, explorer.state.cooperativity = False, 1000, 20.0
    assert f"exact switching time 730.9 ± 93.6 steps, slope {MINUS}1.00." in explorer.describe()
    assert "the pinned mean is dashed" in the(explorer, TrajectoryCanvas).curves_description
    button(explorer, "Unpin").click()
    assert button(explorer, "Pin").disabled


def test_every_axis_has_a_unit_or_counts(explorer):
    figures = of_type(explorer, bqplot.Figure)
    labels = [axis.label for figure in figures for axis in figure.axes]
    assert len(labels) == 8
    counts = r"Events so far, i|(Probability|Rate) per step|Nanocrystals per [\d.]+ steps"
    assert all(re.search(rf"\((steps|kT|µM)\)|{counts}", label) for label in labels)


def test_one_move_is_few_messages_the_picture_first(explorer, monkeypatch):
    control = slider(explorer, "Cooperativity")
    sent = drive.record_messages(monkeypatch)
    control.set_state({"value": 3.7})
    kinds = [type(widget).__name__ for widget, _state in sent if widget is not control]
    assert kinds[0] == "TrajectoryCanvas"
    assert set(kinds) <= {
        *("TrajectoryCanvas", "Lines", "Scatter", "LinearScale", "Axis", "TextTable", "LiveText")
    }
    assert len(sent) <= 13


def test_a_moved_player_sends_the_words_only(explorer, monkeypatch):
    canvas = the(explorer, TrajectoryCanvas)
    sent = drive.record_messages(monkeypatch)
    canvas.set_state({"frame": 20})
    assert {type(widget).__name__ for widget, _ in sent} <= {"TrajectoryCanvas", "LiveText"}
