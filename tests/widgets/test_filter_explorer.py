"""The filter explorer without a browser: every control, every mark, the words."""

import bqplot
import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel
from anionx_widgets.filter_explorer import FilterExplorer
from anionx_widgets.filter_figures import CURVE_LOOKS
from anionx_widgets.filter_state import CURVE_FRACTIONS, FILTER_SETS
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl
from anionx_widgets.text_table import TextTable

from anionx_teach.confinement import emission_wavelength_nm
from anionx_teach.photoluminescence import RED_EMISSION_FILTER, transmitted_fraction


@pytest.fixture
def explorer():
    return FilterExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def panels(explorer):
    """Return the panels: spectrum, what passes, what eye and camera see."""
    return of_type(explorer, FigurePanel)


def labelled(panel, label):
    return next(mark for mark in panel.figure.marks if label in " ".join(mark.labels))


def legend(panel):
    return {entry["label"]: entry for entry in panel.caption.entries}


def texts(panel):
    """Return all words in a figure, one text a label mark."""
    marks = panel.figure.marks
    return [" | ".join(mark.text) for mark in marks if isinstance(mark, bqplot.Label)]


def test_every_control_to_its_ends_and_random_states(explorer):
    drive.drive(explorer)


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("Edge length", "edge_length_nm", 9.5),
        ("Iodide fraction", "iodide_fraction", 0.25),
        ("Line width", "fwhm_mev", 80.0),
        ("Bowing", "bowing_ev", 0.3),
    ],
)
def test_a_slider_moves_the_state_and_the_state_the_slider(explorer, label, trait, value):
    (slider,) = (r for r in of_type(explorer, RangeControl) if r.label == label)
    start = slider.value
    slider.set_state({"value": value})
    assert getattr(explorer.state, trait) == value
    setattr(explorer.state, trait, start)
    assert slider.value == start


def test_the_menu_names_the_windows_and_chooses_them(explorer):
    (menu,) = of_type(explorer, ipywidgets.Dropdown)
    names = [name for name, _key in menu.options]
    assert names == ["red, 590 to 649 nm", "green, 500 to 540 nm"]
    menu.value = "green"
    assert explorer.state.filters == "green"
    explorer.state.filters = "red"
    assert menu.value == "red"


def test_at_most_five_settings(explorer):
    settings = of_type(explorer, (RangeControl, ipywidgets.Dropdown))
    assert len(settings) == len(of_type(explorer, drive.CONTROLS)) - 1 == 5  # and Reset


@pytest.mark.parametrize("filters", FILTER_SETS)
def test_the_windows_stand_where_the_filters_are(explorer, filters):
    explorer.state.filters = filters
    spectrum, pair = panels(explorer)[0], FILTER_SETS[filters]
    for name, window in (("emission", pair.emission), ("exciting", pair.excitation)):
        mark = labelled(spectrum, name)
        assert (mark.x.min(), mark.x.max()) == (window.low_nm, window.high_nm)
        assert f"{window.low_nm:g} to {window.high_nm:g} nm" in mark.labels[0]
    passing = labelled(spectrum, "passes")
    assert (passing.x.min(), passing.x.max()) == (pair.emission.low_nm, pair.emission.high_nm)


def test_the_shaded_part_lies_under_the_line(explorer):
    explorer.state.edge_length_nm, explorer.state.iodide_fraction = 13.1, 1.0
    spectrum = panels(explorer)[0]
    line, shaded = labelled(spectrum, "emits"), labelled(spectrum, "passes")
    assert shaded.fill == "inside"
    assert (shaded.y[0], shaded.y[-1]) == (0.0, 0.0)
    on_line = np.interp(shaded.x[1:-1], line.x, line.y)
    assert shaded.y[1:-1] == pytest.approx(on_line, abs=0.01)


@pytest.mark.parametrize("setting", [(3.0, 0.0, 200.0, 0.0), (20.0, 1.0, 50.0, 0.3)])
@pytest.mark.parametrize("filters", FILTER_SETS)
def test_all_that_moves_stays_inside_the_axes(explorer, setting, filters):
    state = explorer.state
    state.edge_length_nm, state.iodide_fraction, state.fwhm_mev, state.bowing_ev = setting
    state.filters = filters
    for mark in drive.marks(explorer):
        for name in ("x", "y"):
            scale, values = mark.scales[name], np.asarray(getattr(mark, name))
            if values.size:
                assert values.min() >= scale.min
                assert values.max() <= scale.max


def test_the_curves_are_those_of_the_library(explorer):
    explorer.state.fwhm_mev = 80.0
    explorer.state.edge_length_nm = 10.0
    passing = panels(explorer)[1]
    for label, edge_nm in (
        ("chosen size", 10.0),
        ("5.1 nm", 5.1),
        ("7.8 nm", 7.8),
        ("13.1 nm", 13.1),
    ):
        expected = transmitted_fraction(
            edge_nm, CURVE_FRACTIONS, RED_EMISSION_FILTER, fwhm_mev=80.0
        )
        assert labelled(passing, label).y == pytest.approx(100 * expected)


def test_the_ring_stands_on_the_curve_of_the_chosen_size(explorer):
    explorer.state.edge_length_nm, explorer.state.iodide_fraction = 9.5, 0.6
    passing = panels(explorer)[1]
    ring, curve = labelled(passing, "present"), labelled(passing, "chosen size")
    assert ring.x.tolist() == [0.6]
    assert ring.y == pytest.approx(curve.y[np.isclose(curve.x, 0.6)])


def test_the_entry_is_marked_where_half_of_a_narrow_line_passes(explorer):
    explorer.state.fwhm_mev = 50.0
    explorer.state.edge_length_nm = 13.1
    passing = panels(explorer)[1]
    entry = labelled(passing, "enters the window")
    curve = labelled(passing, "chosen size")
    assert entry.x[0] == entry.x[1]
    assert np.interp(entry.x[0], curve.x, curve.y) == pytest.approx(50, abs=0.5)


def test_a_size_that_never_enters_has_no_mark_of_its_entry(explorer):
    explorer.state.edge_length_nm = 3.0
    passing = panels(explorer)[1]
    assert not any("enters" in label for label in legend(passing))
    assert "never in the window" in explorer.describe()
    explorer.state.edge_length_nm = 5.1
    assert any("enters the window" in label for label in legend(passing))


def test_a_green_window_holds_the_pure_bromide(explorer):
    explorer.state.filters = "green"
    explorer.state.edge_length_nm = 13.1
    assert "in the window from pure bromide on and leaves it again at 0.18" in explorer.describe()
    assert labelled(panels(explorer)[1], "enters the window").x.tolist() == [0.0, 0.0]


def test_the_strip_of_colours_runs_from_violet_to_red(explorer):
    strip = panels(explorer)[0].figure.marks[-1]
    rgb = np.array([[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in strip.colors])
    middle_nm = strip.x.mean(axis=1)
    assert np.all(rgb[middle_nm > 640, 1:] == 0)
    assert np.all(rgb[middle_nm < 460].argmax(axis=1) == 2)
    green = rgb[(middle_nm > 510) & (middle_nm < 560)]
    assert np.all(green.argmax(axis=1) == 1)


def test_no_two_sizes_look_the_same():
    assert list(CURVE_LOOKS) == [5.1, 7.8, 13.1]
    colors, dashes = zip(*CURVE_LOOKS.values(), strict=True)
    assert len(set(colors)) == len(set(dashes)) == 3
    assert palette.MEASURED not in colors  # that of the chosen size


def test_every_mark_of_the_first_two_figures_is_explained(explorer):
    spectrum, passing, _sight = panels(explorer)
    assert {entry["shape"] for entry in spectrum.caption.entries} == {"area", "dotted", "solid"}
    assert len(spectrum.caption.entries) == 4
    assert len(passing.caption.entries) == 6


@pytest.mark.parametrize(("edge_nm", "fraction"), [(3.0, 0.0), (5.1, 0.5), (20.0, 1.0)])
def test_the_crystal_is_drawn_to_scale_in_its_colour(explorer, edge_nm, fraction):
    explorer.state.edge_length_nm, explorer.state.iodide_fraction = edge_nm, fraction
    sight = panels(explorer)[2]
    shapes = sight.figure.marks[1]
    assert np.ptp(shapes.x[0]) == pytest.approx(edge_nm)
    assert np.ptp(shapes.y[0]) == pytest.approx(edge_nm)
    wavelength_nm = emission_wavelength_nm(edge_nm, fraction)
    assert shapes.fill_colors[0] == palette.wavelength_hex(wavelength_nm)
    assert f"{wavelength_nm:.0f} nm" in texts(sight)[-1]
    across, up = shapes.scales["x"], shapes.scales["y"]
    assert across.max - across.min == up.max - up.min
    assert sight.figure.min_aspect_ratio == sight.figure.max_aspect_ratio == 1.0


def test_the_scale_bar_is_as_long_as_it_says(explorer):
    marks = panels(explorer)[2].figure.marks
    name = next(mark for mark in marks if isinstance(mark, bqplot.Label))
    assert f"{np.ptp(marks[marks.index(name) - 1].x):g} nm" == name.text[0] == "5 nm"


def test_the_spot_is_as_grey_as_the_part_that_passes(explorer):
    sight = panels(explorer)[2]
    shapes = sight.figure.marks[1]
    marks = [mark for mark in sight.figure.marks if isinstance(mark, bqplot.Label)]
    zero, hundred = next(mark for mark in marks if "100 %" in mark.text).x
    explorer.state.iodide_fraction = 0.0
    assert shapes.fill_colors[1] == "#000000"
    assert shapes.x[2].mean() == pytest.approx(zero)
    explorer.state.edge_length_nm, explorer.state.iodide_fraction = 13.1, 1.0
    assert shapes.fill_colors[1] == "#3c3c3c"  # 23.5 % of 255 is 60
    assert "23.5 % passes" in texts(sight)[-1]
    pointer = shapes.x[2].mean()
    assert pointer == pytest.approx(zero + 0.235 * (hundred - zero), abs=0.01)


def test_only_what_moves_is_sent(explorer, monkeypatch):
    sent = drive.record_messages(monkeypatch)
    explorer.state.iodide_fraction = 0.8
    moved = {widget for widget, _state in sent}
    passing = panels(explorer)[1]
    still = [mark for mark in passing.figure.marks if "present" not in " ".join(mark.labels)]
    windows = [labelled(panels(explorer)[0], name) for name in ("emission", "exciting")]
    assert not moved & {*still, *windows, passing.caption}
    assert labelled(passing, "present") in moved
    sent.clear()
    explorer.state.edge_length_nm = 8.0
    moved = {widget for widget, _state in sent}
    batches = [labelled(passing, f"{edge_nm:g} nm") for edge_nm in CURVE_LOOKS]
    assert not moved & {*batches, *windows, passing.caption}
    assert len(moved) == 10  # nine parts, and the slider itself


def test_the_words_follow_the_picture(explorer):
    explorer.state.edge_length_nm, explorer.state.iodide_fraction = 13.1, 1.0
    words = explorer.describe()
    assert of_type(explorer, LiveText)[0].text == words
    assert "edge of 13.1 nm and an iodide fraction of 1.00" in words
    assert "maximum at 661 nm" in words
    assert "113 meV (40 nm) wide" in words
    assert "bowing 0.10 eV" in words
    assert "23.5 % of its light passes the emission filter, 590 to 649 nm" in words
    assert "enters the window at an iodide fraction of 0.52 and leaves it again at 0.92" in words
    assert "5.1 nm 94.6 %, enters at 0.77" in words
    assert "exciting light, 530 to 558 nm, it absorbs 100 %" in words
    explorer.state.edge_length_nm = 5.1
    assert "enters the window at an iodide fraction of 0.77 and stays in it" in explorer.describe()
    explorer.state.filters = "green"
    assert "5.1 nm 0.0 %, enters at 0.11" in explorer.describe()


def test_the_table_holds_the_chosen_size_and_those_of_the_paper(explorer):
    readings, _notes = of_type(explorer, TextTable)
    assert readings.caption == "At an iodide fraction x = 0.50, filter red, 590 to 649 nm"
    names = [row[0] for row in readings.rows]
    assert names == ["5.1, chosen", "5.1", "6.1", "7.8", "9.5", "13.1"]
    assert readings.rows[0][1:] == readings.rows[1][1:]
    explorer.state.iodide_fraction, explorer.state.edge_length_nm = 1.0, 3.0
    assert readings.rows[0] == ["3.0, chosen", "550", "0.1", "\N{EN DASH}", "\N{EN DASH}"]
    assert readings.rows[-1] == ["13.1", "661", "23.5", "0.52", "0.92"]


def test_the_notes_carry_the_evidence_of_each_number(explorer):
    _readings, notes = of_type(explorer, TextTable)
    evidence = [row[-1] for row in notes.rows]
    assert evidence == 4 * ["paper text"] + 2 * ["assumed for teaching"]
    values = [row[1] for row in notes.rows]
    assert values[0] == "486 nm at 5.1 nm, 516 nm at 13.1 nm"
    assert values[1] == "622 nm at 5.1 nm, 661 nm at 13.1 nm"
    assert values[2] == "590 to 649 nm (emission), 530 to 558 nm (excitation)"
    assert values[4] == "113 meV at the start"


def test_the_reset_button_resets(explorer):
    start = drive.seen(explorer)
    explorer.state.edge_length_nm = 17.0
    explorer.state.filters = "green"
    explorer.state.bowing_ev = 0.0
    (button,) = of_type(explorer, ipywidgets.Button)
    button.click()
    drive.assert_same(drive.seen(explorer), start)
