"""The canvas of the trajectories, without a browser: what it sends to the page."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.trajectory_canvas import BROMIDE_COLOR, IODIDE_COLOR, TrajectoryCanvas
from drive import record_messages

WORDS = {"curves_description": "curves", "field_description": "squares"}


@pytest.fixture
def canvas():
    return TrajectoryCanvas(frame_count=3, frame=1, time_unit="steps")


def test_one_byte_for_each_nanocrystal_and_moment_moment_by_moment(canvas):
    canvas.show(np.array([[0.0, 0.5, 1.0], [0.0, 0.2, 0.4]]), 30.0, **WORDS)
    assert list(canvas.frames) == [0, 0, 128, 51, 255, 102]
    assert (canvas.frame_count, canvas.time_end) == (3, 30.0)
    assert (canvas.curves_description, canvas.field_description) == ("curves", "squares")


def test_no_nanocrystals_give_no_bytes(canvas):
    canvas.show(np.empty((0, 3)), 30.0, **WORDS)
    assert canvas.frames == b""
    assert canvas.frame_count == 3


def test_new_trajectories_are_one_message(canvas, monkeypatch):
    sent = record_messages(monkeypatch)
    canvas.show(np.ones((2, 3)), 20.0, **WORDS)
    assert [widget for widget, _state in sent] == [canvas]


def test_a_pinned_mean_comes_and_goes(canvas):
    canvas.pin(np.array([0.0, 0.5, 1.0]), 60.0)
    assert canvas.pinned_mean == [0.0, 0.5, 1.0]
    assert canvas.pinned_time_end == 60.0
    canvas.unpin()
    assert canvas.pinned_mean == []


@pytest.mark.parametrize("frame", [-1, 3])
def test_a_frame_that_does_not_exist_is_refused(canvas, frame):
    with pytest.raises(traitlets.TraitError, match="frame"):
        canvas.frame = frame
    assert canvas.frame == 1


def test_the_two_halides_differ_in_lightness_too():
    def luminance(color):
        channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    contrast = (luminance(BROMIDE_COLOR) + 0.05) / (luminance(IODIDE_COLOR) + 0.05)
    assert contrast > 4
