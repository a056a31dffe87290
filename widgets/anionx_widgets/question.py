"""One question with a button to submit the answer, and a place for what is said to it."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

_FOLDER = Path(__file__).parent

TONES = ("", "right", "wrong", "info")
MARKS = ("", "right", "wrong", "chosen")

Answer = str | float

_COMMA_OF_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+")


class Question(anywidget.AnyWidget):
    """A question as a fieldset: radio buttons, or a field for a number with its unit.

    Parameters
    ----------
    legend : str
        The question.
    choices : list of str
        What can be chosen; empty for a number.
    unit : str
        Of the number, as printed behind the field.
    low, high : float or None
        Smallest and largest number allowed.
    button : str
        What the button says.

    Notes
    -----
    The front end writes every text as text, never as HTML. A right or wrong choice is marked in
    words as well as in colour, and the feedback is a live region.
    """

    _esm = _FOLDER / "question.js"
    _css = _FOLDER / "question.css"

    legend = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    marks = traitlets.List(traitlets.Enum(MARKS)).tag(sync=True)
    unit = traitlets.Unicode().tag(sync=True)
    button = traitlets.Unicode("Submit").tag(sync=True)
    feedback = traitlets.Unicode().tag(sync=True)
    tone = traitlets.Enum(TONES, "").tag(sync=True)
    notice = traitlets.Unicode().tag(sync=True)
    # What the page sends: all three in one message, the counter last seen by `_submitted`.
    chosen = traitlets.Int(-1).tag(sync=True)
    entered = traitlets.Unicode().tag(sync=True)
    presses = traitlets.Int(0).tag(sync=True)

    low = traitlets.Float(None, allow_none=True)
    high = traitlets.Float(None, allow_none=True)

    def __init__(self, **traits: Any) -> None:
        self._answered: Callable[[Answer], None] | None = None
        super().__init__(**traits)
        self.marks = [""] * len(self.choices)
        self.hint = self._hint()

    def on_answer(self, answered: Callable[[Answer], None]) -> None:
        """Call `answered` with each valid answer: the text of a choice, or a number."""
        self._answered = answered

    def submit(self, answer: Answer) -> None:
        """Do what a person does: choose or type an answer, and press the button."""
        with self.hold_trait_notifications():
            self.restore(answer)
            self.presses += 1

    def restore(self, answer: Answer) -> None:
        """Show an answer that was given before, without submitting it."""
        if self.choices:
            self.chosen = self.choices.index(answer) if answer in self.choices else -1
        else:
            self.entered = f"{answer:.10g}" if isinstance(answer, float | int) else str(answer)

    def mark(self, choice: str, mark: str) -> None:
        """Mark one choice in words and colour; a choice that no longer exists is left out."""
        self.marks = [
            mark if text == choice else old
            for text, old in zip(self.choices, self.marks, strict=True)
        ]

    def say(self, feedback: str, tone: str, notice: str = "") -> None:
        """Show what is said to the answer, and what is to be known about storing it."""
        with self.hold_sync():
            self.feedback, self.tone, self.notice = feedback, tone, notice

    @traitlets.observe("presses")
    def _submitted(self, _change: object) -> None:
        """Read the answer; ask again when it is none."""
        try:
            answer = self._read()
        except ValueError as problem:
            self.say(str(problem), "info")
            return
        if self._answered is not None:
            self._answered(answer)

    def _read(self) -> Answer:
        """Return the present answer, or raise ValueError with what to ask for."""
        if self.choices:
            if not 0 <= self.chosen < len(self.choices):
                msg = "Choose one of the answers first."
                raise ValueError(msg)
            return str(self.choices[self.chosen])
        number = read_typed_number(self.entered)
        below = self.low is not None and number < self.low
        if below or (self.high is not None and number > self.high):
            msg = f"Your number is out of range. {self.hint}"
            raise ValueError(msg)
        return number

    def _hint(self) -> str:
        """Return what kind of number is asked for."""
        if self.choices:
            return ""
        unit = f" {self.unit}" if self.unit else ""
        if self.low is not None and self.high is not None:
            return f"A number between {self.low:.10g} and {self.high:.10g}{unit}."
        if self.low is not None:
            return f"A number of at least {self.low:.10g}{unit}."
        if self.high is not None:
            return f"A number of at most {self.high:.10g}{unit}."
        return ""


def read_typed_number(text: str) -> float:
    """Return the number that a person typed; a comma may stand for the decimal point.

    Raises
    ------
    ValueError
        With a sentence for the person, when the text is not one finite number.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if _COMMA_OF_THOUSANDS.fullmatch(plain):
        msg = "A comma can mean two things here: leave it out, or type a point for decimals."
        raise ValueError(msg)
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in plain:
        msg = "Type a number first, for example 2.5." if not plain else "Type one number, like 2.5."
        raise ValueError(msg)
    return number
