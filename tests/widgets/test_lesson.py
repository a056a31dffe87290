"""The object that a notebook uses: everything is stored, nothing raises at a learner."""

import base64
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from anionx_widgets.lesson import Lesson
from anionx_widgets.note import LONGEST_TEXT
from anionx_widgets.progress import FILE_NAME, ProgressStore
from drive import parts

from anionx_teach import checks
from anionx_teach.hidden_experiments import hidden_emission

ANSWERS = [("yes", True, "Indeed."), ("no", False, "Look again.")]
EXERCISE = "01_size/dispersity_percent"


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return Lesson("01_size", folder=tmp_path)


def test_it_keeps_its_file_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lesson = Lesson("01_size")
    assert repr(lesson) == "Lesson('01_size'), progress in anionx_progress.json"
    lesson.note("why", "Why?").text = "because"
    assert (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_lesson_has_a_name(name: object) -> None:
    with pytest.raises(ValueError, match=f"name must be the name of a lesson.*got {name!r}"):
        Lesson(name)  # type: ignore[arg-type]


def test_a_damaged_file_is_said_when_the_lesson_opens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / FILE_NAME).write_text("damaged")
    lesson = Lesson("01_size", folder=tmp_path)
    assert "LiveText" in capsys.readouterr().out
    assert "set aside" in lesson.store.message


@pytest.mark.parametrize(
    ("answer", "passed", "words"),
    [
        (None, None, "Not answered yet"),
        (11.76, True, "Right."),
        (0.1176, False, "as a fraction"),
        ("11.76", False, "a number, not text"),
        (math.nan, False, "a finite number"),
        ([11.76], False, "one number, not several"),
        (10**400, False, "a finite number"),
        (np.float64(11.76), True, "Right."),
        (len, False, "one number"),
    ],
    ids=repr,
)
def test_a_check_says_the_same_in_text_and_in_html(
    lesson: Lesson, answer: object, passed: bool | None, words: str
) -> None:
    feedback = lesson.check(EXERCISE, answer)
    assert feedback.result.passed is passed
    assert words in repr(feedback)
    assert checks.prompt(EXERCISE) in repr(feedback)
    shown = re.sub(r"<[^>]+>", "", feedback._repr_html_())
    assert words.rstrip(".") in shown
    heading = {None: "Not answered yet.", True: "✓ Right.", False: "✗ Not yet."}[passed]
    assert heading in shown
    assert shown.count(heading.lstrip("✓✗ ")) == 1


def test_an_unknown_exercise_is_an_error_for_the_author(lesson: Lesson) -> None:
    with pytest.raises(ValueError, match="key must be one of 01_size/dispersity_percent"):
        lesson.check("01_size/dispersity")


def test_tries_of_an_exercise_are_counted_and_a_pass_stays(tmp_path: Path, lesson: Lesson) -> None:
    for answer in (None, "text", 0.12, 0.12, 11.8, 11.8, 5.0):
        lesson.check(EXERCISE, answer)
    record = ProgressStore(tmp_path).get("01_size", "checks", EXERCISE)
    assert (record["passed"], record["tries"], record["last_answer"]) == (True, 3, 5.0)


def test_a_check_that_cannot_be_stored_says_so(tmp_path: Path) -> None:
    lesson = Lesson("01_size", folder=tmp_path / "none")
    feedback = lesson.check(EXERCISE, 11.8)
    assert feedback.result.passed is True
    assert "cannot be stored" in repr(feedback)
    assert "cannot be stored" in feedback._repr_html_()


def test_html_is_escaped(tmp_path: Path) -> None:
    lesson = Lesson("01_size", folder=tmp_path / "<script>")
    html = lesson.check(EXERCISE, 11.8)._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    lesson.note("<img src=x>", "Why?")
    assert "<img" not in lesson.summary()._repr_html_()


def test_a_note_is_stored_as_it_is_typed_and_comes_back(tmp_path: Path, lesson: Lesson) -> None:
    note = lesson.note("why", "Why blue?")
    assert (note.text, note.status) == ("", "")
    assert note.describe() == "Why blue? Nothing written yet."
    for text in ("b", "be", "because </textarea>"):
        note.set_state({"text": text})
        assert ProgressStore(tmp_path).get("01_size", "notes", "why")["text"] == text
        assert note.status == "Stored."
    again = Lesson("01_size", folder=tmp_path).note("why", "Why blue?")
    assert (again.text, again.status) == ("because </textarea>", "Stored.")
    assert again.describe() == "Why blue? because </textarea>"


def test_a_note_of_any_length_is_stored(tmp_path: Path, lesson: Lesson) -> None:
    lesson.note("why", "Why?").text = "x" * (LONGEST_TEXT + 1)
    assert len(ProgressStore(tmp_path).get("01_size", "notes", "why")["text"]) == LONGEST_TEXT


def test_a_note_that_cannot_be_stored_says_so(tmp_path: Path) -> None:
    note = Lesson("01_size", folder=tmp_path / "none").note("why", "Why?")
    note.text = "because"
    assert "cannot be stored" in note.status


def everything(lesson: Lesson) -> None:
    """Do one of each kind."""
    lesson.predict("colour", "Which?", choices=["a", "b"], reveal=lambda: "a").question.submit("b")
    lesson.predict("size", "How large?", unit="nm", low=1, high=9, reveal=lambda: "5")
    lesson.quiz("right", "Right?", ANSWERS).question.submit("yes")
    lesson.quiz("tried", "Right?", ANSWERS).question.submit("no")
    lesson.note("why", "Why?").text = "because"
    lesson.note("empty", "Why not?").text = " "
    lesson.check(EXERCISE, 11.8)
    lesson.check("01_size/scherrer_nm")
    match = lesson.hidden(hidden_emission(1))
    match.record_button.click()
    match.state.values = dict(match.state.experiment._truth)
    match.record_button.click()


def test_the_summary_says_what_is_done_and_what_is_not(tmp_path: Path, lesson: Lesson) -> None:
    assert repr(lesson.summary()) == "Nothing to do yet."
    assert lesson.summary()._repr_html_() == "<p>Nothing to do yet.</p>"
    everything(lesson)
    rows = lesson.summary().rows
    *others, hidden = rows
    assert others == [
        ("prediction", "colour", "stored", 1),
        ("prediction", "size", "not yet", 0),
        ("quiz", "right", "right", 1),
        ("quiz", "tried", "tried", 1),
        ("note", "why", "written", 1),
        ("note", "empty", "not yet", 1),
        ("exercise", EXERCISE, "right", 1),
        ("exercise", "01_size/scherrer_nm", "not yet", 0),
    ]
    assert hidden[:2] == ("hidden experiment", "hidden_emission/1")
    assert re.fullmatch(r"misfit \d\.\d\d, matched", hidden[2])
    assert hidden[3] == 2
    assert lesson.summary().to_frame().shape == (9, 4)
    assert "hidden_emission/1" in repr(lesson.summary())
    assert "<th>status</th>" in lesson.summary()._repr_html_()
    again = {row[:3] for row in Lesson("01_size", folder=tmp_path).summary().rows}
    assert again == {row[:3] for row in rows if row[3]}, "what is stored is shown before it is met"
    assert Lesson("02_confinement", folder=tmp_path).summary().rows == ()


def test_the_download_always_has_the_latest_records(tmp_path: Path, lesson: Lesson) -> None:
    download = lesson.export_progress()
    lesson.note("why", "Why?").text = "später"
    link = download.link.value
    assert 'download="anionx_progress.json"' in link
    data = re.search(r"base64,([A-Za-z0-9+/=]+)\"", link).group(1)
    text = base64.b64decode(data).decode()
    assert text == (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert json.loads(text)["lessons"]["01_size"]["notes"]["why"]["text"] == "später"
    assert "downloads anionx_progress.json" in download.describe()


def upload(widget, content: bytes) -> str:
    """Do what the page does when a person chooses a file."""
    chosen = {"name": "mine.json", "type": "", "size": len(content), "last_modified": 0}
    button = next(part for part in parts(widget) if hasattr(part, "accept"))
    button.set_state({"value": [{**chosen, "content": memoryview(content)}]})
    return widget.describe()


def test_an_uploaded_file_is_put_back(tmp_path: Path, lesson: Lesson) -> None:
    everything(lesson)
    text = lesson.store.export_text()
    there = tmp_path / "there"
    there.mkdir()
    other = Lesson("01_size", folder=there)
    other.note("why", "Why?").text = "to be replaced"
    said = upload(other.import_progress(), text.encode())
    assert said.startswith("Put back: 7 records. Your previous file is kept as")
    assert said.endswith("Run the notebook again to see it.")
    assert Lesson("01_size", folder=there).store.export_text() == text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"nonsense", "mine.json was not used: it is damaged or not a progress file."),
        (b"", "it is damaged or not a progress file"),
        (b"{}", "it is not a progress file of anionx-teach"),
        (b"\xff\xfe\x00", "it is not a text file"),
        (b" " * 5_000_001, "it is too large"),
    ],
)
def test_an_upload_that_is_not_valid_changes_nothing(
    tmp_path: Path, lesson: Lesson, content: bytes, words: str
) -> None:
    lesson.note("why", "Why?").text = "stays"
    before = (tmp_path / FILE_NAME).read_bytes()
    assert words in upload(lesson.import_progress(), content)
    assert (tmp_path / FILE_NAME).read_bytes() == before
