"""The nanocrystal viewer without a browser: every control, the canvas, the figure, the words."""

import asyncio

import drive
import ipywidgets
import numpy as np
import pytest
from anionx_widgets import after_pause
from anionx_widgets.crystal_canvas import CrystalCanvas
from anionx_widgets.live_text import LiveText
from anionx_widgets.nanocrystal_figures import CourseFigure
from anionx_widgets.nanocrystal_state import N_FRAMES, START_FRAME, VIEWS
from anionx_widgets.nanocrystal_viewer import NanocrystalViewer
from anionx_widgets.nanocrystal_words import in_attempts
from anionx_widgets.range_control import RangeControl
from anionx_widgets.text_table import TextTable

from anionx_teach.diffraction import perovskite_cell

ON_CANVAS = ("changes", "cells", "edges_nm", "frame", "playing", "moments", "captions")
ON_CANVAS += ("descriptions", "turn_deg", "tilt_deg", "cut_share", "iodide_only", "unit_cells")


@pytest.fixture
def viewer():
    return NanocrystalViewer()


def of_type(viewer, kind):
    return [part for part in drive.parts(viewer) if isinstance(part, kind)]


def canvas_of(viewer):
    (canvas,) = of_type(viewer, CrystalCanvas)
    return canvas


def slider(viewer, label):
    return next(part for part in of_type(viewer, RangeControl) if label in part.label)


def rows(viewer, caption):
    (table,) = [t for t in of_type(viewer, TextTable) if t.caption.startswith(caption)]
    return {name: cells for name, *cells in table.rows}


def on_canvas(viewer):
    return {name: getattr(canvas_of(viewer), name) for name in ON_CANVAS}


def test_every_control_to_its_ends_and_random_states(viewer):
    start = on_canvas(viewer)
    drive.drive(viewer, n_states=6)
    assert on_canvas(viewer) == start


def test_five_settings_are_shown_and_a_button(viewer):
    settings = [*of_type(viewer, RangeControl), *of_type(viewer, ipywidgets.Dropdown)]
    assert len(settings) == 5
    assert [b.description for b in of_type(viewer, ipywidgets.Button)] == ["Reset"]


@pytest.mark.parametrize(
    ("label", "trait", "value"),
    [
        ("Edge length", "edge_length_nm", 7.8),
        ("Coupling", "coupling_kt", 2.5),
        ("Cut away", "cut_percent", 40.0),
    ],
)
def test_a_slider_moves_the_state_and_the_state_the_slider(viewer, label, trait, value):
    slider(viewer, label).set_state({"value": value})
    assert getattr(viewer.state, trait) == value
    viewer.state.reset()
    assert slider(viewer, label).value == getattr(viewer.state, trait) != value


def test_the_canvas_holds_the_whole_exchange(viewer):
    canvas = canvas_of(viewer)
    viewer.state.edge_length_nm = 4.0
    n = viewer.state.result.model.cells
    assert canvas.cells == [n]
    first = np.frombuffer(canvas.changes, np.uint8).reshape(n, n, n)
    assert np.array_equal(first, viewer.state.result.first_iodide_frame)
    assert len(canvas.moments) == canvas.frame_count == N_FRAMES
    assert canvas.moments[0] == "0.0 % iodide, t = 0.00/k0"
    assert canvas.moments[-1].startswith("100.0 % iodide")
    assert canvas.captions == [f"4.0 nm: {n}³ = {n**3:,} anions"]


def test_a_moved_slider_sends_the_canvas_one_message(viewer, monkeypatch):
    sent = drive.record_messages(monkeypatch)
    slider(viewer, "Coupling").set_state({"value": 2.0})
    assert len([state for widget, state in sent if widget is canvas_of(viewer)]) == 1


def test_in_a_notebook_the_crystal_follows_at_once_and_its_numbers_when_the_slider_rests(
    viewer, monkeypatch
):
    monkeypatch.setattr(after_pause, "PAUSE_S", 0.05)
    numbers = rows(viewer, "The moment")

    async def drag():
        for coupling_kt in (1.5, 2.0, 2.5):
            before = canvas_of(viewer).changes
            slider(viewer, "Coupling").set_state({"value": coupling_kt})
            assert canvas_of(viewer).changes != before
            assert rows(viewer, "The moment") == numbers
        await asyncio.sleep(0.4)

    asyncio.run(drag())
    assert rows(viewer, "The moment")["Time"] != numbers["Time"]
    assert of_type(viewer, LiveText)[0].text == viewer.describe()


def test_turning_is_said_and_comes_back_with_reset(viewer):
    canvas_of(viewer).set_state({"turn_deg": 170.0, "tilt_deg": -30.0})
    assert "turned by 170° and seen 30° from below" in viewer.describe()
    viewer.reset()
    assert (canvas_of(viewer).turn_deg, canvas_of(viewer).tilt_deg) == (-32.0, 24.0)
    assert "turned by \N{MINUS SIGN}32° and seen 24° from above" in viewer.describe()


def test_the_cut_and_iodide_alone_reach_the_canvas_and_the_words(viewer):
    viewer.state.cut_percent = 50.0
    assert canvas_of(viewer).cut_share == 0.5
    assert "All anions are drawn, 7 of 13 layers (50 %) cut away" in viewer.describe()
    viewer.state.view = "iodide"
    assert canvas_of(viewer).iodide_only
    assert "Iodide alone is drawn" in viewer.describe()
    assert "iodide alone" in canvas_of(viewer).descriptions[0]


def test_the_player_moves_point_table_and_words(viewer):
    text = of_type(viewer, LiveText)[0]
    (course,) = of_type(viewer, CourseFigure)
    canvas_of(viewer).set_state({"frame": 150})
    point = course.figure.marks[1]
    assert point.x[0] == viewer.state.result.frame_time[150]
    assert point.y[0] == pytest.approx(0.75, abs=1e-3)
    assert rows(viewer, "The moment")["Iodide fraction"] == ["0.750"]
    assert "Shown: 75.0 % iodide" in text.text
    canvas_of(viewer).set_state({"playing": True})
    assert "The player runs." in text.text
    viewer.reset()
    assert (viewer.state.frame, viewer.state.playing) == (START_FRAME, False)


def test_where_nothing_is_iodide_there_are_no_pieces_to_speak_of(viewer):
    viewer.state.frame = 0
    assert rows(viewer, "The moment")["Short-range order"] == ["\N{EN DASH}"]
    assert "pieces" not in viewer.describe()
    viewer.state.frame = N_FRAMES - 1
    assert rows(viewer, "The moment")["Share of iodide in the largest"] == ["100 %"]
    assert "100.0 % iodide" in viewer.describe()


def test_the_point_stays_inside_the_axis_at_every_frame(viewer):
    (course,) = of_type(viewer, CourseFigure)
    time_axis = course.figure.axes[0].scale
    for coupling_kt in (0.0, 6.0):
        viewer.state.coupling_kt = coupling_kt
        for frame in (0, 100, N_FRAMES - 2, N_FRAMES - 1):
            viewer.state.frame = frame
            assert 0.0 <= course.figure.marks[1].x[0] <= time_axis.max


def test_unit_cells_are_drawn_from_the_library(viewer):
    viewer.state.view = VIEWS[2]
    cells = canvas_of(viewer).unit_cells
    for drawn, name in zip(cells, ("CsPbBr3", "CsPbI3"), strict=True):
        cell = perovskite_cell(name)
        assert drawn["octahedra"] == cell.octahedra.tolist()
        assert [atom[0] for atom in drawn["atoms"]] == list(cell.element)
        where = dict(zip(drawn["axes"], np.array([a[1:] for a in drawn["atoms"]]).T, strict=True))
        assert np.array_equal(np.stack([where[axis] for axis in "abc"], axis=1), cell.position_nm)
        edges = dict(zip(drawn["axes"], drawn["edges"], strict=True))
        assert [edges[axis] for axis in "abc"] == cell.edge_nm.tolist()
        assert drawn["axes"] == ["c", "a", "b"], "a right-handed system that stands on b"
    assert [name for name, _color in canvas_of(viewer).element_colors] == [
        *("cesium", "lead", "bromide", "iodide")
    ]


def test_with_unit_cells_only_what_belongs_to_them_can_be_used(viewer):
    canvas_of(viewer).set_state({"playing": True})
    viewer.state.view = VIEWS[2]
    assert not viewer.state.playing
    assert all(control.disabled for control in of_type(viewer, RangeControl))
    assert rows(viewer, "The moment") == {}
    table = rows(viewer, "The unit cells")
    assert table["Angle lead, halide, lead"] == ["157° and 165°", "152° and 160°"]
    assert table["How sure"] == ["literature, secondary copy or abstract"] * 2
    assert "Tilted octahedra" in viewer.describe()
    viewer.reset()
    assert not any(control.disabled for control in of_type(viewer, RangeControl))
    assert rows(viewer, "The unit cells") == {}
    assert canvas_of(viewer).unit_cells == []


@pytest.mark.parametrize(
    ("time", "words"),
    [(0.0, "0.00/k0"), (0.00012345, "0.000123/k0"), (2.19722, "2.20/k0"), (1234.6, "1,235/k0")],
)
def test_times_have_three_digits_and_their_unit(time, words):
    assert in_attempts(time) == words
