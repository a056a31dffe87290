"""The one object that a lesson's notebook uses for everything the learner does."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from IPython.display import display

from anionx_teach import checks
from anionx_teach.hidden_experiments import HiddenExperiment
from anionx_widgets import hidden_match, note, prediction, quiz
from anionx_widgets.exercise_feedback import ExerciseFeedback
from anionx_widgets.hidden_match import HiddenMatch
from anionx_widgets.live_text import LiveText
from anionx_widgets.note import Note
from anionx_widgets.prediction import Prediction
from anionx_widgets.progress import ProgressStore
from anionx_widgets.progress_schema import Record
from anionx_widgets.progress_summary import ProgressSummary
from anionx_widgets.progress_transfer import ProgressDownload, ProgressUpload
from anionx_widgets.quiz import Quiz

CHECKS = "checks"

_KIND_WORDS = {
    prediction.KIND: "prediction",
    note.KIND: "note",
    CHECKS: "exercise",
    quiz.KIND: "quiz",
    hidden_match.KIND: "hidden experiment",
}


class Lesson:
    """What the learner does in one lesson, kept in one file beside the lessons.

    Parameters
    ----------
    name : str
        Name of the lesson, as its notebook is called: "01_size".
    folder : str or Path
        Where `anionx_progress.json` is; the working directory unless said otherwise.

    Raises
    ------
    ValueError
        If `name` is empty.

    Examples
    --------
    >>> import tempfile
    >>> lesson = Lesson("01_size", folder=tempfile.mkdtemp())
    >>> lesson.check("01_size/dispersity_percent").result.passed is None
    True
    """

    def __init__(self, name: str, *, folder: str | Path = ".") -> None:
        if not isinstance(name, str) or not name.strip():
            msg = f"name must be the name of a lesson, such as '01_size', got {name!r}"
            raise ValueError(msg)
        self.name = name
        self.store = ProgressStore(folder)
        self._met: dict[tuple[str, str], None] = {}  # what this notebook has, in its order
        if self.store.message:
            display(LiveText(text=self.store.message))  # type: ignore[no-untyped-call]

    def __repr__(self) -> str:
        return f"Lesson({self.name!r}), progress in {self.store.path.name}"

    def predict(
        self,
        key: str,
        question: str,
        *,
        choices: Sequence[str] | None = None,
        unit: str | None = None,
        low: float | None = None,
        high: float | None = None,
        reveal: Callable[[], Any],
    ) -> Prediction:
        """Ask for a prediction; `reveal` is called, and its result shown, only once it is stored.

        Parameters
        ----------
        key : str
            Its name within the lesson.
        question : str
            What is to be predicted.
        choices : sequence of str, optional
            What can be chosen; without them a number is asked for.
        unit : str, optional
            Of the number.
        low, high : float, optional
            Range of the number.
        reveal : callable
            Takes no arguments; returns the result: a text or a widget.

        Returns
        -------
        Prediction
            The question, with the stored prediction and the result if there is one.

        Raises
        ------
        TypeError
            If `reveal` cannot be called.
        ValueError
            If `choices` are not at least two different texts.
        """
        self._met[prediction.KIND, key] = None
        return Prediction(
            self.store,
            self.name,
            key,
            question,
            choices=choices,
            unit=unit,
            low=low,
            high=high,
            reveal=reveal,
        )

    def quiz(self, key: str, question: str, answers: Sequence[tuple[str, bool, str]]) -> Quiz:
        """Ask a question with several answers, and say something to each that is tried.

        Parameters
        ----------
        key : str
            Its name within the lesson.
        question : str
            The question.
        answers : sequence of (str, bool, str)
            Text, whether it is right, and what to say to it.

        Returns
        -------
        Quiz
            The question, with the tries stored so far.

        Raises
        ------
        ValueError
            If the answers are not at least two different texts, or none of them is right.
        """
        self._met[quiz.KIND, key] = None
        return Quiz(self.store, self.name, key, question, answers)

    def note(self, key: str, prompt: str) -> Note:
        """Give room to write; the text is stored as it is typed.

        Parameters
        ----------
        key : str
            Its name within the lesson.
        prompt : str
            What to write about; the label of the text area.

        Returns
        -------
        Note
            The text area, with the text stored so far.

        Raises
        ------
        traitlets.TraitError
            If `prompt` is not a text.
        """
        self._met[note.KIND, key] = None
        return Note(self.store, self.name, key, prompt)

    def hidden(self, experiment: HiddenExperiment) -> HiddenMatch:
        """Show a hidden experiment whose parameters are to be found.

        Parameters
        ----------
        experiment : HiddenExperiment
            What is to be matched, such as `anionx_teach.hidden_batch(seed=20)`.

        Returns
        -------
        HiddenMatch
            The controls, the measured points, the learner's curve and its misfit.

        Raises
        ------
        AttributeError
            If `experiment` is not a hidden experiment.
        """
        self._met[hidden_match.KIND, experiment.key] = None
        return HiddenMatch(self.store, self.name, experiment)

    def check(self, exercise_key: str, answer: object = None) -> ExerciseFeedback:
        """Check an answer, store the outcome and show what to reconsider.

        Parameters
        ----------
        exercise_key : str
            One of the keys of `anionx_teach.checks.exercises`.
        answer : object
            The learner's number; None as long as there is none.

        Raises
        ------
        ValueError
            If there is no such exercise.
        """
        result = checks.check(exercise_key, answer)
        prompt = checks.prompt(exercise_key)
        self._met[CHECKS, exercise_key] = None
        number = checks.read_number(answer)
        notice = ""
        if result.passed is not None and isinstance(number, float):
            self.store.update(
                self.name, CHECKS, exercise_key, lambda old: _tried(old, number, result.passed)
            )
            notice = self.store.message
        return ExerciseFeedback(prompt, result, notice)

    def summary(self) -> ProgressSummary:
        """Show what is done in this lesson, and what is not yet."""
        stored = [
            (kind, key) for kind in _KIND_WORDS for key in self.store.records(self.name, kind)
        ]
        places = dict.fromkeys([*self._met, *stored])
        return ProgressSummary(tuple(self._summary_row(kind, key) for kind, key in places))

    def export_progress(self) -> ProgressDownload:
        """Show a link that downloads the progress file."""
        return ProgressDownload(self.store)

    def import_progress(self) -> ProgressUpload:
        """Show a button that puts a downloaded progress file back."""
        return ProgressUpload(self.store)

    def _summary_row(self, kind: str, key: str) -> tuple[str, str, str, int]:
        """Return kind, item, status and tries."""
        record = self.store.get(self.name, kind, key)
        return _KIND_WORDS[kind], key, _status(kind, record), _tries(kind, record)


def _tried(old: Record | None, number: float, passed: bool | None) -> Record:
    """Return the record of an exercise after one more answer; running a cell again is no try."""
    record = old or {"passed": False, "tries": 0}
    again = record.get("last_answer") == number
    return {
        "passed": record["passed"] or bool(passed),
        "tries": record["tries"] + (0 if again else 1),
        "last_answer": number,
    }


def _status(kind: str, record: Record | None) -> str:
    """Return in words how far the learner is with one item."""
    if record is None:
        return "not yet"
    if kind in (CHECKS, quiz.KIND):
        return "right" if record["passed"] else "tried"
    if kind == hidden_match.KIND:
        good = record["misfit"] <= record["noise_floor"]
        return f"misfit {record['misfit']:.2f}" + (", matched" if good else "")
    if kind == note.KIND:
        return "written" if record["text"].strip() else "not yet"
    return "stored"


def _tries(kind: str, record: Record | None) -> int:
    """Return how often the learner has tried one item."""
    if record is None:
        return 0
    if kind == quiz.KIND:
        return len(record["tries"])
    if kind == prediction.KIND:
        return 1 + len(record["revisions"])
    return int(record.get("tries", 1))
