"""The confinement explorer without a browser: every control, every mark, the words."""

import bqplot
import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets import palette
from anionx_widgets.confinement_explorer import ConfinementExplorer
from anionx_widgets.figures import FigurePanel
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl
from anionx_widgets.text_table import TextTable
from anionx_widgets.wavelength_curves import MODEL_LOOKS

from anionx_teach.confinement import (
    CONFINEMENT_MODELS,
    band_gap_ev,
    emission_wavelength_nm,
    model_notes,
)


@pytest.fixture
def explorer():
    return ConfinementExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def panels(explorer):
    """Return the panels: crystal, levels, colour."""
    return of_type(explorer, FigurePanel)


def labelled(panel, label):
    return next(mark for mark in panel.figure.marks if label in mark.labels)


def box_of(explorer, model):
    title = model_notes(model).title
    return next(b for b in of_type(explorer, ipywidgets.Checkbox) if b.description == title)


def shown_models(explorer):
    """Return the models whose curve or markers are in the legend."""
    labels = {entry["label"] for entry in panels(explorer)[2].caption.entries}
    return [name for name in CONFINEMENT_MODELS if model_notes(name).title in labels]


def test_every_control_to_its_ends_and_random_states(explorer):
    drive.drive(explorer)


def test_the_slider_moves_the_state_and_the_state_the_slider(explorer):
    (slider,) = of_type(explorer, RangeControl)
    slider.set_state({"value": 9.5})
    assert explorer.state.edge_length_nm == 9.5
    explorer.state.edge_length_nm = 7.8
    assert slider.value == 7.8


@pytest.mark.parametrize("edge_nm", [3.0, 5.1, 13.1, 20.0])
def test_the_crystal_is_drawn_to_scale_in_its_colour(explorer, edge_nm):
    explorer.state.edge_length_nm = edge_nm
    crystal = panels(explorer)[0].figure.marks[0]
    assert np.ptp(crystal.x) == pytest.approx(edge_nm)
    assert np.ptp(crystal.y) == pytest.approx(edge_nm)
    color = palette.wavelength_hex(emission_wavelength_nm(edge_nm))
    assert crystal.fill_colors == [color]


def test_both_axes_of_the_crystal_have_the_same_scale(explorer):
    figure = panels(explorer)[0].figure
    across, up = (axis.scale for axis in figure.axes)
    assert across.max - across.min == up.max - up.min
    assert figure.min_aspect_ratio == figure.max_aspect_ratio == 1.0


def test_the_scale_bar_is_as_long_as_it_says(explorer):
    marks = panels(explorer)[0].figure.marks
    name = next(mark for mark in marks if isinstance(mark, bqplot.Label))
    bar = marks[marks.index(name) - 1]
    assert f"{np.ptp(bar.x):g} nm" == name.text[0]


def test_the_circle_has_the_bohr_diameter(explorer):
    circle = labelled(panels(explorer)[0], "Bohr diameter, 6.1 nm")
    assert np.hypot(circle.x, circle.y) * 2 == pytest.approx(6.1317, abs=1e-3)


def test_the_arrows_are_as_long_as_the_energies(explorer):
    explorer.state.edge_length_nm = 4.0
    levels = explorer.state.result.levels
    _bulk, arrows, names = panels(explorer)[1].figure.marks
    electron, hole, gap, photon = arrows.y
    assert np.ptp(electron) == np.ptp(hole) == 0
    assert electron[0] - hole[0] == pytest.approx(levels.pair_gap_ev)
    assert np.ptp(gap) == pytest.approx(levels.pair_gap_ev)
    assert np.ptp(photon) == pytest.approx(levels.photon_ev)
    assert f"{levels.photon_ev:.2f} eV" in names.text
    exciton_ev = band_gap_ev(4.0, model="nonparabolic")
    assert levels.photon_ev == pytest.approx(exciton_ev - 0.082, abs=1e-6)  # Stokes at 4 nm


@pytest.mark.parametrize("edge_nm", [3.0, 20.0])
@pytest.mark.parametrize("model", CONFINEMENT_MODELS)
def test_all_that_moves_stays_inside_the_axes(explorer, edge_nm, model):
    explorer.state.models = (model,)
    explorer.state.edge_length_nm = edge_nm
    for mark in drive.marks(explorer):
        for name in ("x", "y"):
            scale = mark.scales[name]
            assert np.min(getattr(mark, name)) >= scale.min
            assert np.max(getattr(mark, name)) <= scale.max


def test_the_panel_names_the_model_of_the_levels(explorer):
    explorer.state.models = ("brus_cube",)
    assert model_notes("brus_cube").title in panels(explorer)[1].caption.title


def test_a_tick_shows_curve_legend_ring_row_and_notes(explorer):
    assert shown_models(explorer) == ["empirical", "nonparabolic"]
    box_of(explorer, "brus_sphere").value = True
    assert explorer.state.models == ("empirical", "nonparabolic", "brus_sphere")
    assert shown_models(explorer) == ["empirical", "nonparabolic", "brus_sphere"]
    rings = labelled(panels(explorer)[2], "chosen size")
    assert rings.y.tolist() == [r.wavelength_nm for r in explorer.state.result.readings]
    readings, notes = of_type(explorer, TextTable)
    assert [row[0] for row in readings.rows] == [row[0] for row in notes.rows]
    assert len(readings.rows) == 3
    box_of(explorer, "empirical").value = False
    assert shown_models(explorer) == ["nonparabolic", "brus_sphere"]


def test_nothing_ticked_is_said(explorer):
    for model in CONFINEMENT_MODELS:
        box_of(explorer, model).value = False
    drive.assert_finite(explorer)
    assert shown_models(explorer) == []
    assert "No model is ticked." in explorer.describe()
    assert [table.rows for table in of_type(explorer, TextTable)] == [[], []]


def test_the_curves_pass_through_the_rings(explorer):
    explorer.state.edge_length_nm = 8.0
    explorer.state.models = CONFINEMENT_MODELS
    panel = panels(explorer)[2]
    rings = labelled(panel, "chosen size")
    for ring_nm, model in zip(rings.y, CONFINEMENT_MODELS, strict=True):
        mark = labelled(panel, model_notes(model).title)
        assert mark.y[np.flatnonzero(mark.x == 8.0)[0]] == pytest.approx(ring_nm)


def test_only_what_moves_is_sent(explorer):
    panel = panels(explorer)[2]
    changed = []
    for mark in panel.figure.marks:
        mark.observe(lambda change: changed.append(change["owner"]), ["x", "y", "visible"])
    explorer.state.edge_length_nm = 10.0
    size_line, rings = panel.figure.marks[1], labelled(panel, "chosen size")
    assert set(changed) == {size_line, rings}


def test_no_two_models_look_the_same():
    looks = [(look.dash, look.marker) for look in MODEL_LOOKS.values()]
    assert len(set(looks)) == len(CONFINEMENT_MODELS)
    assert list(MODEL_LOOKS) == list(CONFINEMENT_MODELS)


def test_the_evidence_of_the_measured_points_is_in_the_legend(explorer):
    points = labelled(panels(explorer)[2], "measured batch (paper text)")
    assert points.x.tolist() == [5.1, 13.1]
    assert points.y.tolist() == [486.0, 516.0]


def test_at_most_five_controls_at_the_start(explorer):
    kinds = (RangeControl, ipywidgets.Checkbox, ipywidgets.Button, ipywidgets.ToggleButton)
    visible = [part for part in of_type(explorer, kinds) if part.layout.display != "none"]
    assert len(visible) == 5
    (more,) = of_type(explorer, ipywidgets.ToggleButton)
    more.value = True
    boxes = of_type(explorer, ipywidgets.Checkbox)
    assert all(box.layout.display != "none" for box in boxes)


def test_a_ticked_box_is_never_hidden(explorer):
    (more,) = of_type(explorer, ipywidgets.ToggleButton)
    more.value = True
    box_of(explorer, "weak").value = True
    more.value = False
    hidden = [m for m in CONFINEMENT_MODELS if box_of(explorer, m).layout.display == "none"]
    assert hidden == ["variational", "brus_cube", "brus_sphere"]


def test_the_words_follow_the_picture(explorer):
    explorer.state.edge_length_nm = 13.1
    explorer.state.models = ("empirical", "weak")
    words = explorer.describe()
    assert of_type(explorer, LiveText)[0].text == words
    assert "edge of 13.1 nm" in words
    assert "516 nm (empirical model)" in words
    weak_nm = emission_wavelength_nm(13.1, model="weak")
    assert f"weak confinement {weak_nm:.0f} nm (+{weak_nm - 516:.1f} nm" in words
    assert "486 nm at 5.1 \N{PLUS-MINUS SIGN} 0.6 nm (paper text)" in words
    explorer.state.edge_length_nm = 9.0
    assert "none near this size" in explorer.describe()


def test_the_table_holds_energy_light_and_deviation(explorer):
    readings, _notes = of_type(explorer, TextTable)
    explorer.state.models = ("empirical", "brus_cube")
    empirical, brus_cube = readings.rows
    assert empirical[1:] == ["2.551 emitted", "486.0", "0.0"]
    assert brus_cube[1] == f"{band_gap_ev(5.1, model='brus_cube'):.3f} absorbed"
    assert brus_cube[3].startswith("+")
    explorer.state.edge_length_nm = 3.0
    assert [row[3] for row in readings.rows] == ["\N{EN DASH}", "\N{EN DASH}"]
    assert readings.caption == "At an edge length of 3.0 nm"


def test_a_deviation_below_zero_has_a_minus_sign(explorer):
    explorer.state.edge_length_nm = 13.1
    explorer.state.models = ("nonparabolic",)
    readings, _notes = of_type(explorer, TextTable)
    assert readings.rows[0][3] == "\N{MINUS SIGN}0.3"


def test_the_reset_button_resets(explorer):
    start = drive.seen(explorer)
    explorer.state.edge_length_nm = 17.0
    explorer.state.models = ("weak",)
    (button,) = (b for b in of_type(explorer, ipywidgets.Button) if b.description == "Reset")
    button.click()
    drive.assert_same(drive.seen(explorer), start)
