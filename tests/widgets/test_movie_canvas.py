"""The movie canvas, without a browser: what it sends to the page, and what it refuses."""

import numpy as np
import pytest
import traitlets
from anionx_widgets import movie_canvas
from anionx_widgets.movie_canvas import MovieCanvas
from anionx_widgets.movie_contrast import automatic_contrast, count_range, sampled_counts
from drive import record_messages

NUMBERS = {
    "first_time_s": 0.025,
    "frame_interval_s": 0.5,
    "pixel_size_nm": 160.0,
    "automatic_contrast": (100.0, 300.0),
    "count_range": (90.0, 700.0),
}
SPOTS = np.array([[1.5, 2.0], [4.0, 0.25]])


def stack(count=6, rows=3, columns=5):
    """Return frames whose every count is another number, some of them above 255."""
    return np.arange(count * rows * columns, dtype=np.uint16).reshape(count, rows, columns) * 7


@pytest.fixture
def canvas():
    shown = MovieCanvas()
    shown.show(stack(), **NUMBERS)
    shown.mark(SPOTS, SPOTS[:1], 1, "two spots")
    return shown


@pytest.fixture
def answers(canvas, monkeypatch):
    """What the canvas sends for what the page asks."""
    sent = []
    monkeypatch.setattr(canvas, "send", lambda content, buffers: sent.append((content, buffers)))
    return sent


def ask(canvas, **asked):
    """Ask as the page does."""
    message = {"view": "abc", "movie": canvas.movie, "first": 0, "count": 1} | asked
    canvas._handle_custom_msg(message, [])


def counts(raw, rows=3, columns=5):
    return np.frombuffer(raw, "<u2").reshape(-1, rows, columns)


def test_a_movie_is_announced_in_one_message_with_the_frame_that_is_shown(canvas, monkeypatch):
    canvas.frame = 4
    sent = record_messages(monkeypatch)
    canvas.show(stack() + 1, **NUMBERS)
    assert len(sent) == 1
    assert canvas.movie == 2
    assert canvas.chosen == 1, "the spots stay until others are known"
    assert canvas.shown_number == 4
    assert np.array_equal(counts(canvas.shown_frame)[0], stack()[4] + 1)
    assert (canvas.shape_px, canvas.frame_count) == ([3, 5], 6)
    assert canvas.automatic_contrast == [100.0, 300.0]


def test_the_page_gets_the_frames_it_asks_for(canvas, answers):
    ask(canvas, first=2, count=3)
    ((content, (frames,)),) = answers
    assert content == {"view": "abc", "movie": 1, "first": 2}
    assert np.array_equal(counts(frames), stack()[2:5])


def test_frames_that_are_made_on_demand_are_made_only_then(canvas, answers):
    made = []

    class Lazy:
        shape = (28_000, 3, 5)

        def __getitem__(self, frame):
            made.append(frame)
            return np.full((3, 5), frame, np.uint16)

    canvas.show(Lazy(), **NUMBERS)
    assert made == [0]
    ask(canvas, first=27_998, count=2)
    assert made == [0, 27_998, 27_999]
    assert np.array_equal(counts(answers[0][1][0])[:, 0, 0], [27_998, 27_999])


@pytest.mark.parametrize(
    "wrong",
    [
        {"movie": 0},
        {"movie": None},
        {"first": -1},
        {"first": 6},
        {"first": 5, "count": 2},
        {"count": 0},
        {"first": "0"},
        {"first": True},
        {"count": 1.0},
        {"count": 10**9},
    ],
)
def test_what_cannot_be_answered_is_not(canvas, answers, wrong):
    ask(canvas, **wrong)
    assert answers == []


def test_a_message_that_is_not_a_question_is_not_answered(canvas, answers):
    canvas._handle_custom_msg("hello", [])
    assert answers == []


def test_no_answer_is_larger_than_allowed(canvas, answers, monkeypatch):
    monkeypatch.setattr(movie_canvas, "LARGEST_ANSWER_BYTES", 2 * 3 * 5 * 2)
    ask(canvas, count=3)
    assert answers == []
    ask(canvas, count=2)
    assert len(answers) == 1
    monkeypatch.setattr(movie_canvas, "LARGEST_ANSWER_BYTES", 1)
    ask(canvas, count=1)
    assert len(answers) == 2, "one frame, however large, is always sent"


def test_a_shorter_movie_shows_its_last_frame(canvas):
    canvas.frame = 5
    canvas.show(stack(count=2), **NUMBERS)
    assert (canvas.frame, canvas.frame_count, canvas.shown_number) == (1, 2, 1)


def test_spots_are_pairs_of_numbers_and_one_of_them_is_chosen(canvas):
    assert np.array_equal(np.frombuffer(canvas.found, "<f4"), SPOTS.ravel())
    assert np.array_equal(np.frombuffer(canvas.true, "<f4"), SPOTS[0])
    assert (canvas.chosen, canvas.description) == (1, "two spots")
    canvas.mark(np.empty((0, 2)), [], -1, "nothing found")
    assert (canvas.found, canvas.true, canvas.chosen) == (b"", b"", -1)


def test_marks_are_one_message(canvas, monkeypatch):
    sent = record_messages(monkeypatch)
    canvas.mark(SPOTS + 1, SPOTS, 0, "moved")
    assert len(sent) == 1


@pytest.mark.parametrize("frame", [-1, 6])
def test_a_frame_that_does_not_exist_is_refused(canvas, frame):
    with pytest.raises(traitlets.TraitError, match="frame"):
        canvas.frame = frame
    assert canvas.frame == 0


@pytest.mark.parametrize("chosen", [-2, 2])
def test_a_spot_that_was_not_found_is_refused(canvas, chosen):
    with pytest.raises(traitlets.TraitError, match="chosen"):
        canvas.chosen = chosen
    assert canvas.chosen == 1


@pytest.mark.parametrize(
    "contrast", [[1.0], [200.0, 100.0], [100.0, 100.0], [-1.0, 5.0], [0.0, 65536.0], [0.0, np.nan]]
)
def test_levels_that_are_no_contrast_are_refused(canvas, contrast):
    with pytest.raises(traitlets.TraitError, match="black < white between 0 and 65535 counts"):
        canvas.contrast = contrast
    assert canvas.contrast == []


def test_contrast_by_hand_and_back_to_automatic(canvas):
    canvas.contrast = [120.0, 180.0]
    assert canvas.contrast == [120.0, 180.0]
    canvas.contrast = []
    assert canvas.automatic_contrast == [100.0, 300.0]


def test_zoom_has_four_steps(canvas):
    canvas.zoom = 8
    with pytest.raises(traitlets.TraitError):
        canvas.zoom = 3
    assert canvas.zoom == 8


def test_a_canvas_without_a_movie_has_one_black_pixel():
    empty = MovieCanvas()
    assert empty.shape_px == [1, 1]
    assert counts(empty.shown_frame, 1, 1).tolist() == [[[0]]]


def test_a_movie_that_rests_is_worked_on_until_all_is_done(monkeypatch):
    left = [True, False, False]
    canvas = MovieCanvas(at_rest=left.pop)
    canvas.show(stack(), **NUMBERS)
    sent = []
    monkeypatch.setattr(canvas, "send", sent.append)
    for calls_left in (2, 1, 0):
        ask(canvas, at_rest=True)
        assert len(left) == calls_left
    answers = [{"view": "abc", "movie": 1, "measured": done} for done in (False, False, True)]
    assert sent == answers
    ask(canvas, movie=0, at_rest=True)
    assert sent == answers, "of another movie nobody wants to hear"


def test_a_canvas_without_work_has_done_all_of_it(canvas, answers, monkeypatch):
    monkeypatch.setattr(canvas, "send", answers.append)
    ask(canvas, at_rest=True)
    assert answers == [{"view": "abc", "movie": 1, "measured": True}]


def test_the_automatic_contrast_leaves_out_the_darkest_and_the_brightest():
    frames = np.tile(np.arange(1000, dtype=np.uint16).reshape(1, 20, 50), (5, 1, 1))
    frames[2, 3, 4] = 60_000
    counts = sampled_counts(frames)
    low, high = automatic_contrast(counts)
    assert low == pytest.approx(10, abs=2)
    assert high == pytest.approx(996, abs=3)
    assert count_range(counts) == (0.0, 60_000.0)


def test_of_a_long_movie_only_some_pixels_of_some_frames_are_looked_at():
    asked = []

    class Lazy:
        shape = (10_000, 512, 512)

        def __getitem__(self, frame):
            asked.append(frame)
            return np.full((512, 512), frame, np.uint16)

    counts = sampled_counts(Lazy())
    assert asked[0] == 0
    assert asked[-1] == 9999
    assert len(asked) <= 10
    assert len(counts) < 50_000


@pytest.mark.parametrize("level", [0, 65_535])
def test_a_movie_without_any_contrast_still_has_black_below_white(level):
    counts = sampled_counts(np.full((3, 4, 4), level, np.uint16))
    for low, high in (automatic_contrast(counts), count_range(counts)):
        assert 0 <= low < high <= 65_535
