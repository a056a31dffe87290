"""A quiz question with feedback to each answer."""

from collections.abc import Sequence
from typing import Any

from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.prediction import distinct_texts
from anionx_widgets.progress import ProgressStore
from anionx_widgets.question import Answer, Question

KIND = "quizzes"


class Quiz(KeyboardBox):
    """One question; several tries, each with its own feedback.

    Parameters
    ----------
    store : ProgressStore
        Where the tries are kept.
    lesson, key : str
        Their place in the store.
    question : str
        The question.
    answers : sequence of (str, bool, str)
        Text, whether it is right, and what to say to it.

    Notes
    -----
    Tries are recorded until the first right answer; after it the other answers can still be
    explored.
    """

    def __init__(
        self,
        store: ProgressStore,
        lesson: str,
        key: str,
        question: str,
        answers: Sequence[tuple[str, bool, str]],
    ) -> None:
        texts = distinct_texts("answers", [text for text, _, _ in answers])
        if not any(is_right for _, is_right, _ in answers):
            msg = f"answers must have a right one, got {texts!r}"
            raise ValueError(msg)
        self._store, self._place = store, (lesson, KIND, key)
        self._answers = {text: (is_right, feedback) for text, is_right, feedback in answers}
        self.question = Question(legend=question, choices=texts, button="Check my answer")
        super().__init__([self.question])
        self.question.on_answer(self._try)
        self._restore()

    def describe(self) -> str:
        """Return in words what the learner sees."""
        return self.question.feedback or f"{self.question.legend} Not answered yet."

    def _try(self, answer: Answer) -> None:
        """Record one try and say what there is to say to it."""
        text = str(answer)
        is_right, _ = self._answers[text]

        def change(old: dict[str, Any] | None) -> dict[str, Any]:
            record = old or {"question": self.question.legend, "tries": [], "passed": False}
            if not record["passed"]:
                record["tries"].append(text)
                record["passed"] = is_right
            return record

        self._store.update(*self._place, change)
        self._show(text, self._store.message)

    def _restore(self) -> None:
        """Show the last recorded try of an earlier session."""
        record = self._store.get(*self._place)
        tries = [text for text in record["tries"] if text in self._answers] if record else []
        for text in tries:
            self._mark(text)
        if tries:
            self.question.restore(tries[-1])
            self._show(tries[-1])

    def _show(self, text: str, notice: str = "") -> None:
        """Mark one answer and show its feedback."""
        self._mark(text)
        is_right, feedback = self._answers[text]
        opening = "Right." if is_right else "Not this one."
        self.question.say(f"{opening} {feedback}", "right" if is_right else "wrong", notice)

    def _mark(self, text: str) -> None:
        """Mark one answer as right or wrong."""
        self.question.mark(text, "right" if self._answers[text][0] else "wrong")
