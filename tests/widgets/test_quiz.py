"""A quiz: feedback to each answer, several tries, all recorded."""

from pathlib import Path

import pytest
from anionx_widgets.progress import ProgressStore
from anionx_widgets.quiz import Quiz

ANSWERS = [
    ("The box is narrow", True, "Only short waves fit."),
    ("The material differs", False, "It is the same material."),
    ("The surface", False, "It changes the brightness."),
]


def quiz_in(folder: Path) -> Quiz:
    return Quiz(ProgressStore(folder), "01_size", "why", "Why blue?", ANSWERS)


def stored(folder: Path) -> dict:
    return ProgressStore(folder).get("01_size", "quizzes", "why")


def test_every_answer_has_its_own_feedback(tmp_path: Path) -> None:
    quiz = quiz_in(tmp_path)
    assert quiz.describe() == "Why blue? Not answered yet."
    for text, is_right, feedback in ANSWERS:
        quiz.question.submit(text)
        assert quiz.describe() == f"{'Right.' if is_right else 'Not this one.'} {feedback}"
        assert quiz.question.tone == ("right" if is_right else "wrong")
    assert quiz.question.marks == ["right", "wrong", "wrong"]


def test_tries_are_recorded_until_the_right_answer(tmp_path: Path) -> None:
    quiz = quiz_in(tmp_path)
    quiz.question.submit("The surface")
    assert stored(tmp_path)["passed"] is False
    for text in ("The material differs", "The box is narrow", "The surface"):
        quiz.question.submit(text)
    assert stored(tmp_path)["passed"] is True
    assert stored(tmp_path)["tries"] == [
        "The surface",
        "The material differs",
        "The box is narrow",
    ]


def test_a_press_without_a_choice_is_no_try(tmp_path: Path) -> None:
    quiz = quiz_in(tmp_path)
    quiz.question.set_state({"presses": 1})
    assert stored(tmp_path) is None
    assert quiz.describe() == "Choose one of the answers first."


def test_a_reopened_notebook_shows_the_last_try(tmp_path: Path) -> None:
    quiz_in(tmp_path).question.submit("The surface")
    again = quiz_in(tmp_path)
    assert again.describe() == "Not this one. It changes the brightness."
    assert again.question.marks == ["", "", "wrong"]
    assert again.question.chosen == 2
    again.question.submit("The box is narrow")
    assert stored(tmp_path)["tries"] == ["The surface", "The box is narrow"]


def test_a_stored_try_that_the_lesson_no_longer_offers_is_left_out(tmp_path: Path) -> None:
    record = {"tries": ["An old answer"], "passed": False}
    ProgressStore(tmp_path).update("01_size", "quizzes", "why", lambda _old: record)
    assert quiz_in(tmp_path).describe() == "Why blue? Not answered yet."


def test_what_cannot_be_stored_is_said(tmp_path: Path) -> None:
    quiz = quiz_in(tmp_path / "none")
    quiz.question.submit("The surface")
    assert "cannot be stored" in quiz.question.notice
    assert quiz.describe() == "Not this one. It changes the brightness."


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([("a", True, "x")], "answers must be at least two different texts"),
        ([("a", True, "x"), ("a", False, "y")], "answers must be at least two different texts"),
        ([("a", False, "x"), ("b", False, "y")], "answers must have a right one, got"),
    ],
)
def test_a_question_without_a_way_to_be_right_is_refused(
    tmp_path: Path, answers: list[tuple[str, bool, str]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        Quiz(ProgressStore(tmp_path), "01_size", "why", "Why?", answers)
