"""The ensemble explorer without a browser: every control, every mark, the words."""

import re

import drive
import ipywidgets
import pytest
from anionx_widgets.ensemble_course import cuvettes
from anionx_widgets.ensemble_explorer import EnsembleExplorer
from anionx_widgets.figures import FigurePanel
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl
from anionx_widgets.text_table import TextTable
from anionx_widgets.time_player import TimePlayer

SMALL, LARGE = cuvettes()


@pytest.fixture
def explorer():
    return EnsembleExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def panels(explorer):
    """Return the panels: spectra, maxima, and when asked for lines and fractions of crystals."""
    return of_type(explorer, FigurePanel)


def player(explorer):
    return of_type(explorer, TimePlayer)[0]


def button(explorer, text):
    kinds = ipywidgets.Button, ipywidgets.ToggleButton
    return next(part for part in of_type(explorer, kinds) if part.description == text)


def shown(control):
    return control.layout.display != "none"


def test_every_control_to_its_ends_and_random_states(explorer):
    drive.drive(explorer, n_states=8)


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("Half time of a crystal", "half_time_s", 90.5),
        ("Mean start", "start_mean_s", 300.0),
        ("Spread of the starts, sd", "start_sd_s", 0.0),
        ("Etching", "etch_rate_pm_per_s", 1.2),
        ("Spread of the speeds, sd of ln", "rate_log_sd", 0.85),
        ("Collection of a spectrum", "exposure_s", 0.0),
    ],
)
def test_a_slider_moves_the_state_and_the_state_the_slider(explorer, label, trait, value):
    (control,) = (c for c in of_type(explorer, RangeControl) if c.label == label)
    start = control.value
    control.set_state({"value": value})
    assert getattr(explorer.state, trait) == value
    setattr(explorer.state, trait, start)
    assert control.value == start


def test_the_menus_move_the_state_and_the_state_the_menus(explorer):
    batch, mechanism = of_type(explorer, ipywidgets.Dropdown)
    assert [text for text, _ in batch.options] == ["5.1 nm, 315 s", "13.1 nm, 1435 s"]
    batch.value, mechanism.value = SMALL, "diffusion"
    assert (explorer.state.cuvette, explorer.state.mechanism) == (SMALL, "diffusion")
    explorer.reset()
    assert (batch.value, mechanism.value) == (LARGE, "surface")


def test_five_settings_at_the_start_and_the_others_when_asked_for(explorer):
    rows = [row for row in explorer.children if isinstance(row, ipywidgets.Box) and shown(row)]
    settings = [
        part
        for row in rows
        for part in drive.parts(row)
        if isinstance(part, RangeControl | ipywidgets.Dropdown)
    ]
    assert len(settings) == 5
    (hidden,) = (row for row in explorer.children if not shown(row) and hasattr(row, "children"))
    button(explorer, "More settings").value = True
    assert shown(hidden)
    assert [c.label for c in of_type(hidden, RangeControl)] == [
        "Etching",
        "Spread of the speeds, sd of ln",
        "Collection of a spectrum",
    ]
    button(explorer, "Fewer settings").value = False
    assert not shown(hidden)


def test_the_player_moves_the_state_and_the_state_the_player(explorer):
    control = player(explorer)
    assert control.moments[0] == "0 s, spectrum 1 of 42"
    assert control.moments[41] == "1435 s, spectrum 42 of 42"
    control.set_state({"frame": 20})
    assert explorer.state.frame == 20
    explorer.state.frame = 3
    assert control.frame == 3
    control.set_state({"playing": True})
    assert explorer.state.playing
    explorer.state.cuvette = SMALL
    assert not control.playing
    assert (len(control.moments), control.frame) == (10, explorer.state.frame)


def test_a_player_that_is_late_asks_in_vain_for_a_spectrum_of_the_other_cuvette(explorer):
    explorer.state.cuvette = SMALL
    before = explorer.state.result
    player(explorer).set_state({"frame": 30})
    assert explorer.state.result is before


def test_the_table_has_published_and_computed_side_by_side(explorer):
    table, _notes = of_type(explorer, TextTable)
    explorer.state.cuvette = SMALL
    assert [row[:2] for row in table.rows] == [
        *(["0", "486"], ["35", "622"], ["315", "615"], ["70, shown", "\N{EN DASH}"]),
    ]
    for _time, published, computed, difference in table.rows[:-1]:
        signed = float(difference.replace("\N{MINUS SIGN}", "-"))
        assert signed == pytest.approx(float(computed) - float(published), abs=0.11)
    explorer.state.half_time_s = 600.0
    assert table.rows[1][3].startswith("\N{MINUS SIGN}")


def test_the_notes_say_what_is_measured_and_what_is_assumed(explorer):
    _table, notes = of_type(explorer, TextTable)
    for cuvette, half_time in [(LARGE, "180 s"), (SMALL, "1.5 s")]:
        explorer.state.cuvette = cuvette
        rows = {row[0]: row[1:] for row in notes.rows}
        assert rows["half time of a crystal"][0] == half_time
        assert rows["half time of a crystal"][2] == "assumed for teaching"
        assert rows["published maxima"][2] == "paper text"
        assert "colour law goes through" in rows["published maxima"][1]
        assert rows["collection of one spectrum"][0] == "35 s"
        assert len(rows) == 9


def test_the_words_say_what_is_seen(explorer):
    words = explorer.describe()
    assert "mean edge 13.1 nm (long edge 15.9 nm)" in words
    assert "each the mean over the 35 s before its time" in words
    assert "surface-limited" in words
    assert "start after 60 \N{PLUS-MINUS SIGN} 40 s" in words
    assert "chosen to reproduce the published maxima (assumed for teaching)" in words
    assert "Spectrum 11 of 42, finished at 350 s" in words
    assert "the only one; mean iodide fraction 0.6" in words
    assert re.search(r"passes 588.5 nm, .* between the spectra of \d+ and \d+ s", words)
    assert re.search(r"at 1435 s 661 nm, computed 66\d\.\d nm\.$", words)
    assert of_type(explorer, LiveText)[0].text == words
    explorer.state.cuvette, explorer.state.exposure_s = SMALL, 0.0
    words = explorer.describe()
    assert "(cubes)" in words
    assert "each of one moment" in words
    assert "etching 1.9 pm/s. These settings are set by hand." in words


def test_two_maxima_and_a_course_that_never_gets_there_are_said(explorer):
    explorer.state.half_time_s, explorer.state.start_mean_s = 0.0, 350.0
    explorer.state.start_sd_s = 200.0
    explorer.state.crystals_shown = True
    assert re.search(r"and a lower one at \d+ nm", explorer.describe())
    assert re.search(r"[0-9] % are in between", explorer.describe())
    explorer.state.cuvette = SMALL
    explorer.state.half_time_s = explorer.state.start_mean_s = 600.0
    assert "does not pass 554 nm" in explorer.describe()


def test_another_spectrum_is_few_messages(explorer, monkeypatch):
    sent = drive.record_messages(monkeypatch)
    player(explorer).set_state({"frame": 12})
    # Two marks that are moved, their two legends, table and words; ipywidgets echoes the player.
    assert sorted(type(widget).__name__ for widget, _ in sent) == [
        *("FigureCaption", "FigureCaption", "Lines", "LiveText", "Scatter", "TextTable"),
        "TimePlayer",
    ]


def test_the_reset_button_resets(explorer):
    start = drive.seen(explorer)
    explorer.state.cuvette, explorer.state.crystals_shown = SMALL, True
    button(explorer, "More settings").value = True
    button(explorer, "Reset").click()
    drive.assert_same(drive.seen(explorer), start)


def test_the_single_crystals_are_shown_on_demand(explorer):
    assert len(panels(explorer)) == 2
    button(explorer, "Show the single crystals").value = True
    assert explorer.state.crystals_shown
    assert len(panels(explorer)) == 4
    assert "Behind it" in explorer.describe()
    button(explorer, "Hide the single crystals").value = False
    assert len(panels(explorer)) == 2
    assert "Behind it" not in explorer.describe()
