"""A prediction that the learner commits before the result is shown."""

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.progress import ProgressStore
from anionx_widgets.question import Answer, Question

KIND = "predictions"


class Prediction(KeyboardBox):
    """A question whose result stays hidden until an answer is stored.

    Parameters
    ----------
    store : ProgressStore
        Where the prediction is kept.
    lesson, key : str
        Its place in the store.
    question : str
        What is to be predicted.
    choices : sequence of str, optional
        What can be chosen. Without them a number is asked for.
    unit : str, optional
        Of the number.
    low, high : float, optional
        Range of the number.
    reveal : callable
        Returns the result, a text or a widget. It is called only once a prediction is stored.

    Notes
    -----
    The first prediction is committed: a later answer is added as a second thought and never
    replaces it.
    """

    def __init__(
        self,
        store: ProgressStore,
        lesson: str,
        key: str,
        question: str,
        *,
        choices: Sequence[str] | None = None,
        unit: str | None = None,
        low: float | None = None,
        high: float | None = None,
        reveal: Callable[[], Any],
    ) -> None:
        if not callable(reveal):
            msg = f"reveal must be a function that returns the result, got {reveal!r}"
            raise TypeError(msg)
        self._store, self._place = store, (lesson, KIND, key)
        self._unit = unit or ""
        self._reveal = reveal
        self._result_text: str | None = None
        self.question = Question(
            legend=question,
            choices=distinct_texts("choices", choices) if choices is not None else [],
            unit=self._unit,
            low=low,
            high=high,
            button="Store my prediction",
        )
        self.result = ipywidgets.VBox()
        super().__init__([self.question, self.result])
        self.question.on_answer(self._commit)
        self._show()

    def describe(self) -> str:
        """Return in words what the learner sees."""
        return self.question.feedback or f"{self.question.legend} Not predicted yet."

    def _commit(self, answer: Answer) -> None:
        """Store the first answer, or a later one as a revision; then show the result."""

        def change(old: dict[str, Any] | None) -> dict[str, Any]:
            if old is None:
                asked = {"question": self.question.legend, "unit": self._unit}
                return asked | {"answer": answer, "revisions": []}
            if answer != [old["answer"], *old["revisions"]][-1]:
                old["revisions"].append(answer)
            return old

        self._store.update(*self._place, change)
        try:
            self._show()
        except Exception as problem:  # noqa: BLE001 - in a callback nobody would see it
            self.question.say(f"The result cannot be shown: {problem}", "info")

    def _show(self) -> None:
        """Show the stored prediction, if there is one, beside the result."""
        record = self._store.get(*self._place)
        if record is None:
            return
        answers = [record["answer"], *record["revisions"]]
        if self._result_text is None:
            self._result_text = self._call_reveal()
        lines = [f"You predicted: {self._words(answers[0])}."]
        lines += [f"Second thought: {self._words(answer)}." for answer in answers[1:]]
        self.question.restore(answers[-1])
        self.question.mark(answers[0], "chosen")
        self.question.button = "Add a second thought"
        self.question.say("\n".join([*lines, self._result_text]), "info", self._store.message)

    def _call_reveal(self) -> str:
        """Return the result as a text; a widget is put below instead."""
        result = self._reveal()
        if isinstance(result, ipywidgets.Widget):
            self.result.children = [result]
            return "The result is shown below."
        return f"Result: {result}"

    def _words(self, answer: Answer) -> str:
        """Return an answer as it is printed."""
        if isinstance(answer, str):
            return answer.rstrip(".")
        return f"{answer:.10g} {self._unit}".rstrip()


def distinct_texts(name: str, texts: Sequence[str]) -> list[str]:
    """Return at least two texts, all different; ValueError otherwise."""
    result = list(texts)
    if len(result) < 2 or len(set(result)) != len(result) or not all(map(_is_filled, result)):
        msg = f"{name} must be at least two different texts, got {result!r}"
        raise ValueError(msg)
    return result


def _is_filled(text: object) -> bool:
    """Return whether this is a text with something in it."""
    return isinstance(text, str) and bool(text.strip())
