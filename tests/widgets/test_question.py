"""One question: what a person chooses or types, and what is said to it."""

import pytest
from anionx_widgets.question import Question, read_typed_number
from traitlets import TraitError


def asked(**traits):
    question = Question(legend="How many?", **traits)
    answers: list[object] = []
    question.on_answer(answers.append)
    return question, answers


def press(question: Question, **entries: object) -> None:
    """Do what the page does: all entries and the counter in one message."""
    question.set_state({**entries, "presses": question.presses + 1})


def test_a_chosen_answer_arrives_as_its_text() -> None:
    question, answers = asked(choices=["green", "blue"])
    press(question, chosen=1)
    assert answers == ["blue"]


@pytest.mark.parametrize("chosen", [-1, 2, 99])
def test_nothing_chosen_is_asked_for(chosen: int) -> None:
    question, answers = asked(choices=["green", "blue"])
    press(question, chosen=chosen)
    assert answers == []
    assert question.feedback == "Choose one of the answers first."
    assert question.tone == "info"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2.5", 2.5),
        (" 2,5 ", 2.5),
        ("\N{MINUS SIGN}3", -3.0),
        ("1e3", 1000.0),
        ("0,125e2", 12.5),
        ("1500", 1500.0),
    ],
)
def test_a_typed_number_arrives_as_a_number(typed: str, number: float) -> None:
    question, answers = asked()
    press(question, entered=typed)
    assert answers == [number]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a number first"),
        ("   ", "Type a number first"),
        ("two", "Type one number"),
        ("1 2", "Type one number"),
        ("1_000", "Type one number"),
        ("nan", "Type one number"),
        ("inf", "Type one number"),
        ("1e999", "Type one number"),
        ("<b>2</b>", "Type one number"),
        ("1,500", "A comma can mean two things"),
        ("1,500,000", "A comma can mean two things"),
        ("9" * 5000, "Type one number"),
    ],
)
def test_what_is_no_number_is_asked_for_again(typed: str, said: str) -> None:
    question, answers = asked()
    press(question, entered=typed)
    assert answers == []
    assert said in question.feedback
    with pytest.raises(ValueError, match=said):
        read_typed_number(typed)


@pytest.mark.parametrize(
    ("low", "high", "hint", "typed"),
    [
        (1.0, 1e6, "A number between 1 and 1000000 nm.", "0.5"),
        (1.0, 1e6, "A number between 1 and 1000000 nm.", "2e6"),
        (0.0, None, "A number of at least 0 nm.", "-1"),
        (None, 9.0, "A number of at most 9 nm.", "10"),
    ],
)
def test_the_range_is_said_before_and_after(
    low: float | None, high: float | None, hint: str, typed: str
) -> None:
    question, answers = asked(unit="nm", low=low, high=high)
    assert question.hint == hint
    press(question, entered=typed)
    assert answers == []
    assert question.feedback == f"Your number is out of range. {hint}"
    press(question, entered="5")
    assert answers == [5.0]


def test_without_a_range_there_is_no_hint() -> None:
    assert asked(unit="nm")[0].hint == ""
    assert asked(choices=["a", "b"])[0].hint == ""


def test_the_same_answer_can_be_submitted_twice() -> None:
    question, answers = asked(choices=["green", "blue"])
    question.submit("green")
    question.submit("green")
    assert answers == ["green", "green"]


def test_without_a_listener_a_submission_is_no_error() -> None:
    question = Question(legend="?")
    question.submit(2.0)
    assert question.entered == "2"


def test_marks_and_words() -> None:
    question, _ = asked(choices=["green", "blue"])
    assert question.marks == ["", ""]
    question.mark("blue", "right")
    question.mark("no such choice", "wrong")
    assert question.marks == ["", "right"]
    question.say("Yes", "right", "not stored")
    assert (question.feedback, question.tone, question.notice) == ("Yes", "right", "not stored")
    with pytest.raises(TraitError):
        question.say("Yes", "loud")


def test_an_answer_that_no_longer_exists_is_not_shown_as_chosen() -> None:
    question, _ = asked(choices=["green", "blue"])
    question.restore("red")
    assert question.chosen == -1
