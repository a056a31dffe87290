import io
import re

import bqplot
import ipywidgets
import numpy as np
import PIL.Image
import pytest
from anionx_widgets.batch_explorer import BatchExplorer
from anionx_widgets.batch_state import PAPER_BATCHES
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import RangeControl
from drive import controls, drive, marks, parts, record_messages


@pytest.fixture
def explorer():
    return BatchExplorer()


def _mark(explorer, label):
    return next(mark for mark in marks(explorer) if mark.labels and label in mark.labels[0])


def _range(explorer, label):
    return next(
        part
        for part in controls(explorer)
        if isinstance(part, RangeControl) and label in part.label
    )


def _button(explorer, text):
    return next(
        part
        for part in controls(explorer)
        if isinstance(part, ipywidgets.Button) and text in part.description
    )


def _live_text(explorer):
    return next(part for part in parts(explorer) if isinstance(part, LiveText))


def test_every_control_to_its_ends_random_states_and_an_exact_reset(explorer):
    drive(explorer)


def test_a_moved_slider_moves_bars_pattern_picture_and_words(explorer):
    bars = next(mark for mark in marks(explorer) if isinstance(mark, bqplot.Bars))
    picture = next(mark for mark in marks(explorer) if isinstance(mark, bqplot.Image))
    before = bars.y.copy(), _mark(explorer, "this batch").y.copy(), picture.image.value
    _range(explorer, "Mean edge").set_state({"value": 9.5})
    assert explorer.state.mean_edge_nm == 9.5
    assert np.average(bars.x, weights=bars.y) == pytest.approx(9.5, abs=0.3)
    assert not np.array_equal(before[1], _mark(explorer, "this batch").y)
    assert picture.image.value != before[2]
    assert "mean edge length 9.5 nm" in explorer.describe()
    assert "9.5" in _live_text(explorer).text


def test_the_picture_is_the_field_of_the_micrograph(explorer):
    picture = next(mark for mark in marks(explorer) if isinstance(mark, bqplot.Image))
    micrograph = explorer.state.result.sample.micrograph
    grey = np.asarray(PIL.Image.open(io.BytesIO(picture.image.value)))
    assert grey.shape == micrograph.image.shape
    assert np.corrcoef(grey.ravel(), micrograph.image.ravel())[0, 1] > 0.95
    assert sorted(picture.x) == [0, micrograph.image.shape[1] * micrograph.pixel_size_nm]


def test_a_clicked_bar_circles_its_crystals_and_a_second_click_takes_them_away(explorer):
    bars = next(mark for mark in marks(explorer) if isinstance(mark, bqplot.Bars))
    click = {"event": "element_click", "data": {"index": int(np.argmax(bars.y))}}
    bars._handle_custom_msgs(bars, click)
    marked = explorer.state.result.marked
    assert marked.low_nm <= explorer.state.mean_edge_nm < marked.high_nm + 0.5
    circles = [mark for mark in marks(explorer) if isinstance(mark, bqplot.Scatter)]
    assert len(circles[0].x) == len(marked.centres_nm[0]) > 10
    assert f"{marked.n_crystals} crystals of {marked.low_nm:g}" in explorer.describe()
    bars._handle_custom_msgs(bars, click)
    assert explorer.state.result.marked is None
    assert len(circles[0].x) == 0


def test_the_keyboard_marks_a_bar_as_the_mouse_does(explorer):
    _range(explorer, "Marked bar").set_state({"value": 5.0})
    assert _mark(explorer, "marked: 5 to 5.5 nm") is not None
    assert len(explorer.state.result.marked.centres_nm[0]) > 10


def test_measuring_shows_bars_fit_and_rejected_and_a_move_clears_them(explorer):
    _button(explorer, "Measure").click()
    assert _mark(explorer, "measured").x.size
    assert _mark(explorer, "normal fit to measured").line_style == "dashed"
    assert re.search(r"\d+ crystals measured, \d+ rejected", explorer.describe())
    _range(explorer, "Dispersity").set_state({"value": 5.0})
    assert not any("measured" in label for mark in marks(explorer) for label in mark.labels)
    assert "crystals measured" not in explorer.describe()


def test_measuring_is_said_before_it_is_done_and_the_button_keeps_the_focus(explorer, monkeypatch):
    button, text = _button(explorer, "Measure"), _live_text(explorer)
    busy = []

    def measure():
        busy.append((button.description, button.disabled, text.text.splitlines()[-1]))

    monkeypatch.setattr(explorer.state, "measure", measure)
    before = button.description, text.text
    button.click()
    assert busy == [("Measuring ...", False, "Measuring ...")]  # a disabled button loses the focus
    assert (button.description, text.text) == before


def test_a_measurement_that_fails_leaves_the_button_as_it_was(explorer, monkeypatch):
    def measure():
        raise MemoryError

    monkeypatch.setattr(explorer.state, "measure", measure)
    _button(explorer, "Measure").click()  # ipywidgets shows the error to the learner
    assert _button(explorer, "Measure the micrograph")
    assert _live_text(explorer).text == explorer.describe()


def test_every_batch_of_the_paper_can_be_chosen(explorer):
    menu = next(part for part in controls(explorer) if isinstance(part, ipywidgets.Dropdown))
    for name in PAPER_BATCHES:
        menu.value = name
        assert f"mean edge length {PAPER_BATCHES[name]['mean_edge_nm']:.1f} nm" in (
            explorer.describe()
        )
    assert "mean long edge 15.8 nm" in explorer.describe()
    menu.value = "own batch of cubes"
    assert "cubes" in explorer.describe()


def test_every_axis_has_a_unit(explorer):
    axes = [part for part in parts(explorer) if isinstance(part, bqplot.Figure)]
    labels = [axis.label for figure in axes for axis in figure.axes]
    assert len(labels) == 6
    assert all(re.search(r"\((nm|%|°|% of strongest)\)", label) for label in labels)


def test_one_move_is_few_messages(explorer, monkeypatch):
    sent = record_messages(monkeypatch)
    _range(explorer, "Mean edge").set_state({"value": 5.3})
    assert {type(widget).__name__ for widget, _ in sent} == {
        *("RangeControl", "Dropdown", "Bars", "Lines", "Image", "LiveText")
    }
    assert len(sent) <= 9
