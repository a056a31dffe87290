"""The miscibility explorer without a browser: every control, the figures, the crystals, the words."""

import asyncio

import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets import after_pause
from anionx_widgets.crystal_canvas import NEVER, CrystalCanvas
from anionx_widgets.live_text import LiveText
from anionx_widgets.miscibility_crystal import N_FRAMES
from anionx_widgets.miscibility_explorer import MiscibilityExplorer
from anionx_widgets.miscibility_figures import (
    CouplingFigure,
    CourseFigure,
    FreeEnergyFigure,
    PhaseDiagramFigure,
)
from anionx_widgets.miscibility_state import START_FRAME
from anionx_widgets.range_control import RangeControl
from anionx_widgets.text_table import TextTable

from anionx_teach.miscibility import SIZE_MODELS, critical_coupling_kt

ON_CANVAS = ("changes", "cells", "edges_nm", "frame", "playing", "moments", "captions")
ON_CANVAS += ("descriptions", "turn_deg", "tilt_deg")


@pytest.fixture
def explorer():
    return MiscibilityExplorer()


def of_type(explorer, kind):
    return [part for part in drive.parts(explorer) if isinstance(part, kind)]


def the(explorer, kind):
    (part,) = of_type(explorer, kind)
    return part


def slider(explorer, label):
    return next(part for part in of_type(explorer, RangeControl) if label in part.label)


def rows(explorer, caption):
    (table,) = [t for t in of_type(explorer, TextTable) if t.caption.startswith(caption)]
    return {name: cells for name, *cells in table.rows}


def on_canvas(explorer):
    return {name: getattr(the(explorer, CrystalCanvas), name) for name in ON_CANVAS}


def marks(explorer, figure, label):
    """Return the marks of a figure whose entry in the legend begins so."""
    found = [m for m in the(explorer, figure).figure.marks if m.labels]
    return [mark for mark in found if mark.labels[0].startswith(label)]


def test_every_control_to_its_ends_and_random_states(explorer):
    start = on_canvas(explorer)
    drive.drive(explorer, n_states=4)
    assert on_canvas(explorer) == start


def test_four_settings_are_shown_and_three_more_on_request(explorer):
    (more,) = of_type(explorer, ipywidgets.ToggleButton)
    (row,) = [
        box
        for box in of_type(explorer, ipywidgets.Box)
        if slider(explorer, "Small edge") in box.children
    ]
    settings = [*of_type(explorer, RangeControl), *of_type(explorer, ipywidgets.Dropdown)]
    assert len(settings) == 7
    assert len(row.children) == 3
    assert (row.layout.display, more.description) == ("none", "More settings")
    more.value = True
    assert (row.layout.display, more.description) == (None, "Fewer settings")
    explorer.reset()
    assert row.layout.display == "none"


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("lost at 5.1 nm", "lost_percent", 55.0),
        ("Critical temperature", "bulk_critical_temperature_k", 400.0),
        ("Temperature", "temperature_k", 310.0),
        ("Small edge", "small_edge_nm", 7.8),
        ("Large edge", "large_edge_nm", 9.5),
    ],
)
def test_a_slider_moves_the_state_and_the_state_the_slider(explorer, label, trait, value):
    slider(explorer, label).set_state({"value": value})
    assert getattr(explorer.state, trait) == value
    explorer.state.reset()
    assert slider(explorer, label).value == getattr(explorer.state, trait) != value


def test_the_menu_has_a_name_for_every_model(explorer):
    menus = {menu.description: menu for menu in of_type(explorer, ipywidgets.Dropdown)}
    assert tuple(value for _name, value in menus["Size acts by"].options) == SIZE_MODELS
    for model in SIZE_MODELS:
        menus["Size acts by"].value = model
        assert explorer.state.size_model == model
        notes = rows(explorer, "What is assumed")
        assert notes["Its strength"][1] == "assumed for teaching"
        assert notes["mixing of CsPb(Br,I)3"][0].startswith("easy at room temperature")
    assert "strain in Ω = 1.47 kJ/mol" in explorer.describe()
    menus["Size acts by"].value = "surface_energy"
    assert "\N{GREEK SMALL LETTER GAMMA} = \N{MINUS SIGN}22.18 mJ/m²" in explorer.describe()


def test_the_common_tangent_touches_the_curve_at_its_lowest_points(explorer):
    explorer.state.bulk_critical_temperature_k = 450.0
    curves = marks(explorer, FreeEnergyFigure, "small") + marks(explorer, FreeEnergyFigure, "large")
    tangents = [
        mark
        for mark in the(explorer, FreeEnergyFigure).figure.marks
        if getattr(mark, "line_style", "") == "dotted"
    ]
    for curve, tangent, crystal in zip(
        curves, tangents, explorer.state.result.crystals, strict=True
    ):
        assert tangent.x.tolist() == list(crystal.binodal)
        assert tangent.y[0] == pytest.approx(tangent.y[1])
        assert tangent.y[0] == pytest.approx(curve.y.min(), abs=2e-3)
        assert tangent.y[0] <= curve.y.min()
    (points,) = marks(explorer, FreeEnergyFigure, "two phases")
    assert points.x.size == 4


def test_a_crystal_that_mixes_has_no_tangent(explorer):
    explorer.state.temperature_k = 400.0
    tangents = [
        mark
        for mark in the(explorer, FreeEnergyFigure).figure.marks
        if getattr(mark, "line_style", "") == "dotted"
    ]
    assert [tangent.x.size for tangent in tangents] == [0, 0]
    assert rows(explorer, "The two")["Unmixes between iodide fractions"] == ["none: mixes"] * 2


def test_the_phase_diagram_is_closed_and_holds_the_gap_of_the_experiment(explorer):
    (binodal,) = marks(explorer, PhaseDiagramFigure, "large")
    (spinodal,) = marks(explorer, PhaseDiagramFigure, "spinodal")
    large = explorer.state.result.crystals[1]
    middle = binodal.x.size // 2
    assert binodal.x[middle] == 0.5
    assert binodal.y[middle] == binodal.y.max() == large.solution.critical_temperature_k
    assert np.all(np.diff(binodal.x) > 0)
    assert np.allclose(binodal.x + binodal.x[::-1], 1.0)
    low = np.interp(298.0, binodal.y[: middle + 1], binodal.x[: middle + 1])
    assert low == pytest.approx(large.binodal.low, abs=5e-3)
    assert spinodal.x[0] > marks(explorer, PhaseDiagramFigure, "small")[0].x[0]
    explorer.state.temperature_k = 320.0
    (now,) = marks(explorer, PhaseDiagramFigure, "the experiment")
    assert now.y.tolist() == [320.0, 320.0]


@pytest.mark.parametrize(("lost", "critical_k"), [(100.0, 200.0), (99.0, 600.0), (0.0, 600.0)])
def test_a_gap_below_the_axis_is_not_drawn_and_every_gap_is_finite(explorer, lost, critical_k):
    explorer.state.lost_percent, explorer.state.bulk_critical_temperature_k = lost, critical_k
    drive.assert_finite(explorer)
    (small,) = marks(explorer, PhaseDiagramFigure, "small")
    assert (small.x.size > 0) == (critical_k * (1 - lost / 100) > 150.0)


def test_the_assumption_is_drawn_with_both_crystals_on_it(explorer):
    (curve,) = marks(explorer, CouplingFigure, "assumed")
    (critical,) = marks(explorer, CouplingFigure, "unmixes above")
    assert np.all(critical.y == critical_coupling_kt())
    for name, crystal in zip(("small", "large"), explorer.state.result.crystals, strict=True):
        (point,) = marks(explorer, CouplingFigure, name)
        assert point.x[0] == crystal.edge_length_nm
        assert np.interp(point.x[0], curve.x, curve.y) == pytest.approx(point.y[0], abs=1e-3)


def test_the_canvas_holds_both_exchanges(explorer):
    canvas, result = the(explorer, CrystalCanvas), explorer.state.result
    small, large = result.crystals
    assert canvas.cells == [13, 32]
    assert canvas.edges_nm == [5.1, 13.1]
    first = np.frombuffer(canvas.changes, np.uint8)
    parts = first[: small.model.n_sites], first[small.model.n_sites :]
    for part, fraction in zip(parts, result.iodide_fraction, strict=True):
        for frame in (0, 17, 90, N_FRAMES - 1):
            assert np.count_nonzero(part <= frame) == round(fraction[frame] * part.size)
    assert large.model.n_sites == parts[1].size
    assert set(parts[1][parts[1] >= N_FRAMES]) <= {NEVER}
    assert canvas.captions[1] == "large: 13.1 nm, ε = 0.94 kT"


def test_the_player_moves_cursors_table_and_words(explorer):
    the(explorer, CrystalCanvas).set_state({"frame": 150})
    time = explorer.state.result.frame_time[150]
    for course in of_type(explorer, CourseFigure):
        assert course.figure.marks[2].x.tolist() == [time, time]
    numbers = rows(explorer, "The two")
    fractions = explorer.state.result.iodide_fraction
    assert numbers["Iodide fraction shown"] == [f"{f[150]:.3f}" for f in fractions]
    assert f"t = {time:.3f}/k0" in the(explorer, LiveText).text
    the(explorer, CrystalCanvas).set_state({"playing": True})
    assert "The player runs" in explorer.describe()
    explorer.reset()
    assert (explorer.state.frame, explorer.state.playing) == (START_FRAME, False)


def test_the_words_say_what_is_put_in_and_what_comes_out(explorer):
    text = explorer.describe()
    assert (
        "lost 20 % of the bulk's energy of mixing Ω = 5.70 kJ/mol (critical temperature 343 K): L0 = 1.02 nm"
        in text
    )
    assert "The effect of size is put in by that." in text
    assert "0.82 kT) mixes at every composition" in text
    assert "0.94 kT) unmixes between iodide fractions 0.30 and 0.70" in text
    small, large = (crystal.switching_time for crystal in explorer.state.result.crystals)
    assert f"takes {small / large:.2f} times as long" in text
    assert the(explorer, LiveText).text == text


def test_nothing_is_minus_zero_and_pure_crystals_have_no_order(explorer):
    explorer.state.size_model, explorer.state.lost_percent = "surface_energy", 0.0
    assert "\N{GREEK SMALL LETTER GAMMA} = 0.00 mJ/m²" in explorer.describe()
    explorer.state.frame = 0
    assert (
        rows(explorer, "The two")["Short-range order (0 random, 1 compact)"] == ["\N{EN DASH}"] * 2
    )
    assert rows(explorer, "The two")["Largest piece, of all iodide"] == ["\N{EN DASH}"] * 2


def test_in_a_notebook_curves_follow_at_once_and_crystals_when_the_slider_rests(
    explorer, monkeypatch
):
    monkeypatch.setattr(after_pause, "PAUSE_S", 0.05)
    canvas, before = the(explorer, CrystalCanvas), on_canvas(explorer)
    (energy,) = marks(explorer, FreeEnergyFigure, "large")

    async def drag():
        for percent in (30.0, 40.0, 50.0):
            lowest = energy.y.min()
            slider(explorer, "lost at").set_state({"value": percent})
            assert energy.y.min() < lowest, "at once"
            assert on_canvas(explorer) == before
        await asyncio.sleep(0.6)

    asyncio.run(drag())
    large = explorer.state.result.crystals[1]
    assert large.coupling_kt == pytest.approx(0.82, abs=0.01)
    assert canvas.captions[1] == "large: 13.1 nm, ε = 0.82 kT"
    assert canvas.changes != before["changes"]
    assert "large one in 0.25" in the(explorer, LiveText).text


def test_the_crystals_are_one_message(explorer, monkeypatch):
    sent = drive.record_messages(monkeypatch)
    slider(explorer, "Temperature").set_state({"value": 300.0})
    canvas = the(explorer, CrystalCanvas)
    assert len([widget for widget, _state in sent if widget is canvas]) == 1
