import bqplot
import numpy as np
import pytest
from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.live_text import LiveText
from drive import record_messages


@pytest.fixture
def scales():
    return {"x": linear_scale(0, 20), "y": linear_scale(400, 600)}


def _panel(scales, marks):
    axes = [
        axis("Edge length (nm)", scales["x"]),
        axis("Wavelength (nm)", scales["y"], side="left"),
    ]
    return FigurePanel("Wavelength against size", marks, axes)


def test_the_legend_is_read_off_the_marks(scales):
    marks = [
        line(scales, "model", line_style="dashed"),
        points(scales, "paper", marker="diamond", colors=[palette.TEXT]),
        points(scales, "now", fill=False, colors=[palette.PICKED]),
        line(scales, "gap", fill="inside", fill_opacities=[0.5]),
        bqplot.Bars(x=[1], y=[1], scales=scales, labels=["batch"], opacities=[0.4]),
        line(scales),
    ]
    entries = _panel(scales, marks).caption.entries
    assert [entry["label"] for entry in entries] == ["model", "paper", "now", "gap", "batch"]
    assert [entry["shape"] for entry in entries] == [
        "dashed", "diamond", "open-circle", "area", "area",
    ]  # fmt: skip
    assert [entry["opacity"] for entry in entries] == [1, 1, 1, 0.5, 0.4]
    assert entries[1]["color"] == palette.TEXT


def test_the_legend_follows_when_a_mark_is_hidden_or_renamed(scales):
    mark = line(scales, "model")
    panel = _panel(scales, [mark])
    mark.visible = False
    assert panel.caption.entries == []
    update_mark(mark, visible=True, labels=["another model"])
    assert [entry["label"] for entry in panel.caption.entries] == ["another model"]


def test_a_curve_without_its_own_name_is_not_in_the_legend(scales):
    lines = line(scales, "sticks")
    update_mark(lines, x=np.zeros((3, 2)), y=np.ones((3, 2)))
    assert len(_panel(scales, [lines]).caption.entries) == 1


def test_a_figure_has_a_name_and_no_moving_parts(scales):
    panel = _panel(scales, [])
    assert panel.caption.title == "Wavelength against size"
    assert panel.figure.animation_duration == 0
    assert not panel.figure.display_toolbar
    assert [one.label for one in panel.figure.axes] == ["Edge length (nm)", "Wavelength (nm)"]


def test_scales_are_fixed():
    scale = linear_scale(0, 20)
    assert (scale.min, scale.max, scale.allow_padding) == (0.0, 20.0, False)


def test_an_update_is_one_message(scales, monkeypatch):
    mark = line(scales, "model")
    sent = record_messages(monkeypatch)
    update_mark(mark, x=np.array([1.0, 2.0]), y=np.array([3.0, 4.0]), colors=[palette.TEXT])
    assert len(sent) == 1
    assert sent[0][1].keys() == {"x", "y", "colors"}
    update_mark(mark, x=np.array([1.0, 2.0]), colors=[palette.GREEN])
    assert sent[1][1].keys() == {"colors"}


def test_live_text_is_sent_as_it_is():
    text = LiveText(text="<b>5.1 nm</b>")
    assert text.get_state()["text"] == "<b>5.1 nm</b>"
    assert "innerHTML" not in text.get_state()["_esm"]
