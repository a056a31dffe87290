"""A prediction: stored first, then the result; the first thought stays."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from anionx_widgets.prediction import Prediction
from anionx_widgets.progress import FILE_NAME, ProgressStore

COLOURS = ["green", "blue"]


class Reveal:
    """A result that counts how often it was asked for."""

    def __init__(self, result: Any = "Blue.") -> None:
        self.calls, self.result = 0, result

    def __call__(self) -> Any:
        self.calls += 1
        return self.result


def predicted(folder: Path, reveal: Callable[[], Any], **settings: Any) -> Prediction:
    settings = settings or {"choices": COLOURS}
    store = ProgressStore(folder)
    return Prediction(store, "01_size", "colour", "Which?", reveal=reveal, **settings)


def test_the_result_is_computed_and_shown_only_after_the_prediction(tmp_path: Path) -> None:
    reveal = Reveal()
    prediction = predicted(tmp_path, reveal)
    assert reveal.calls == 0
    assert prediction.describe() == "Which? Not predicted yet."
    prediction.question.submit("green")
    assert reveal.calls == 1
    assert prediction.describe() == "You predicted: green.\nResult: Blue."
    record = ProgressStore(tmp_path).get("01_size", "predictions", "colour")
    assert (record["answer"], record["revisions"]) == ("green", [])


def test_it_is_in_the_file_before_the_result_is_computed(tmp_path: Path) -> None:
    def reveal() -> str:
        return str(ProgressStore(tmp_path).get("01_size", "predictions", "colour")["answer"])

    prediction = predicted(tmp_path, reveal)
    prediction.question.submit("blue")
    assert prediction.describe().endswith("Result: blue")


def test_an_invalid_answer_reveals_nothing(tmp_path: Path) -> None:
    reveal = Reveal()
    prediction = predicted(tmp_path, reveal, unit="nm", low=1.0, high=20.0)
    prediction.question.submit("soon")
    prediction.question.submit(21.0)
    assert reveal.calls == 0
    assert not (tmp_path / FILE_NAME).exists()


def test_a_number_is_shown_with_its_unit(tmp_path: Path) -> None:
    prediction = predicted(tmp_path, Reveal(), unit="nm", low=1.0, high=20.0)
    prediction.question.submit(5.25)
    assert prediction.describe().startswith("You predicted: 5.25 nm.")


def test_a_second_thought_is_added_and_the_first_is_kept(tmp_path: Path) -> None:
    reveal = Reveal()
    prediction = predicted(tmp_path, reveal)
    for answer in ("green", "green", "blue", "blue"):
        prediction.question.submit(answer)
    record = ProgressStore(tmp_path).get("01_size", "predictions", "colour")
    assert (record["answer"], record["revisions"]) == ("green", ["blue"])
    assert prediction.describe().startswith("You predicted: green.\nSecond thought: blue.")
    assert prediction.question.marks == ["chosen", ""]
    assert prediction.question.button == "Add a second thought"
    assert reveal.calls == 1


def test_a_reopened_notebook_shows_prediction_and_result_at_once(tmp_path: Path) -> None:
    first = predicted(tmp_path, Reveal())
    first.question.submit("green")
    reveal = Reveal()
    again = predicted(tmp_path, reveal)
    assert reveal.calls == 1
    assert again.describe() == first.describe()
    assert again.question.chosen == 0
    again.question.submit("blue")
    record = ProgressStore(tmp_path).get("01_size", "predictions", "colour")
    assert (record["answer"], record["revisions"]) == ("green", ["blue"])


def test_a_widget_as_a_result_is_shown_below(tmp_path: Path) -> None:
    figure = ipywidgets.HTML("figure")
    prediction = predicted(tmp_path, Reveal(figure))
    assert prediction.result.children == ()
    prediction.question.submit("blue")
    assert prediction.result.children == (figure,)
    assert "The result is shown below." in prediction.describe()


def test_a_result_that_fails_is_said_and_the_prediction_is_kept(tmp_path: Path) -> None:
    def reveal() -> str:
        msg = "no such batch"
        raise ValueError(msg)

    prediction = predicted(tmp_path, reveal)
    prediction.question.submit("blue")
    assert prediction.describe() == "The result cannot be shown: no such batch"
    assert ProgressStore(tmp_path).get("01_size", "predictions", "colour")["answer"] == "blue"


def test_what_cannot_be_stored_is_said_and_the_result_shown(tmp_path: Path) -> None:
    prediction = predicted(tmp_path / "none", Reveal())
    prediction.question.submit("blue")
    assert prediction.describe() == "You predicted: blue.\nResult: Blue."
    assert "cannot be stored" in prediction.question.notice


def test_a_stored_choice_that_the_lesson_no_longer_offers_is_still_shown(tmp_path: Path) -> None:
    predicted(tmp_path, Reveal(), choices=["red", "green"]).question.submit("red")
    again = predicted(tmp_path, Reveal())
    assert again.describe().startswith("You predicted: red.")
    assert again.question.marks == ["", ""]


@pytest.mark.parametrize(
    "choices", [[], ["one"], ["same", "same"], ["one", ""], ["one", 2]], ids=repr
)
def test_bad_choices_are_refused(tmp_path: Path, choices: list[Any]) -> None:
    with pytest.raises(ValueError, match="choices must be at least two different texts, got"):
        predicted(tmp_path, Reveal(), choices=choices)


def test_a_result_that_is_already_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="reveal must be a function that returns the result"):
        predicted(tmp_path, "Blue.")  # type: ignore[arg-type]
