"""The canvas of the crystals, without a browser: what it sends to the page."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.crystal_canvas import MOST_FRAMES, NEVER, CrystalCanvas, first_frames
from drive import record_messages

from anionx_teach.lattice_exchange import LatticeModel, simulate_lattice

WORDS = {"captions": ["one", "two"], "descriptions": ["small", "large"]}


def cubes(*sizes):
    return [np.full((n, n, n), i, np.uint8) for i, n in enumerate(sizes)]


@pytest.fixture
def canvas():
    made = CrystalCanvas()
    made.show(cubes(2, 3), [1.0, 1.5], moments=["0", "1", "2"], **WORDS)
    return made


def test_crystals_follow_each_other_one_byte_a_site(canvas):
    assert canvas.changes == bytes([0] * 8 + [1] * 27)
    assert (canvas.cells, canvas.edges_nm) == ([2, 3], [1.0, 1.5])
    assert (canvas.frame_count, canvas.moments) == (3, ["0", "1", "2"])
    assert (canvas.captions, canvas.descriptions) == (["one", "two"], ["small", "large"])


def test_a_site_has_the_number_that_the_page_reckons_with(canvas):
    sites = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    canvas.show([sites.transpose(2, 1, 0)], [1.0], moments=["0", "1"], **WORDS)
    assert canvas.changes[(1 * 3 + 2) * 3 + 0] == sites[0, 2, 1]


def test_new_crystals_are_one_message(canvas, monkeypatch):
    sent = record_messages(monkeypatch)
    canvas.show(cubes(4), [2.0], moments=["0", "1"], captions=["a"], descriptions=["b"])
    assert [widget for widget, _state in sent] == [canvas]


def test_unit_cells_take_the_place_of_crystals_and_give_it_back(canvas):
    cell = {"edges": [1.0, 1.0, 1.0], "atoms": [], "octahedra": []}
    canvas.show_unit_cells(
        [cell], captions=["c"], descriptions=["d"], element_colors=[("Cs", "red")]
    )
    assert canvas.unit_cells == [cell]
    assert canvas.element_colors == [["Cs", "red"]]
    canvas.show(cubes(2), [1.0], moments=["0", "1"], **WORDS)
    assert canvas.unit_cells == []


@pytest.mark.parametrize("frame", [-1, 3])
def test_a_frame_that_does_not_exist_is_refused(canvas, frame):
    with pytest.raises(traitlets.TraitError, match="frame"):
        canvas.frame = frame
    assert canvas.frame == 0


def test_more_frames_than_a_byte_can_number_are_refused(canvas):
    with pytest.raises(traitlets.TraitError, match="frame_count"):
        canvas.show(cubes(2), [1.0], moments=["m"] * (MOST_FRAMES + 1), **WORDS)


@pytest.mark.parametrize("n_frames", [2, 7, MOST_FRAMES])
def test_the_first_frames_give_back_the_occupancy_of_every_frame(n_frames):
    history = simulate_lattice(LatticeModel(5, 1.0, 1.0), rng=1)
    times = np.linspace(0.0, 0.8 * history.exchange_time_s, n_frames)
    first = first_frames(history.event_time_s, times, 5)
    for frame, occupied in enumerate(history.occupancy(times)):
        assert np.array_equal(first <= frame, occupied)
    later = history.event_time_s > times[-1]
    assert np.array_equal(first.ravel() == NEVER, later)
    assert later.any()
