"""What a cell shows for a checked answer: the question, and what is said to the answer."""

import html
from dataclasses import dataclass

from anionx_teach.checks import CheckResult

_HEADINGS = {True: "✓ Right", False: "✗ Not yet", None: "Not answered yet"}
_EDGES = {True: "#009e73", False: "#d55e00", None: "#0072b2"}


@dataclass(frozen=True)
class ExerciseFeedback:
    """The feedback to one answer, for people: HTML in JupyterLab, plain text elsewhere.

    Parameters
    ----------
    prompt : str
        The question.
    result : CheckResult
        What is said to the answer.
    notice : str
        What is to be known about storing it; empty when all is well.
    """

    prompt: str
    result: CheckResult
    notice: str = ""

    def __repr__(self) -> str:
        return "\n".join(text for text in (self.prompt, self.result.message, self.notice) if text)

    def _repr_html_(self) -> str:
        """Return the same facts for JupyterLab; every text is escaped."""
        prompt, message, notice = (
            html.escape(text) for text in (self.prompt, self._words(), self.notice)
        )
        storage = f"<p>{notice}</p>" if notice else ""
        return (
            f'<div role="status" style="max-width: 52em; padding: 4px 12px; '
            f'border-left: 4px solid {_EDGES[self.result.passed]};">'
            f"<p>{prompt}</p>"
            f"<p><strong>{_HEADINGS[self.result.passed]}.</strong> {message}</p>{storage}</div>"
        )

    def _words(self) -> str:
        """Return the message without the words that the heading says already."""
        heading = _HEADINGS[self.result.passed].lstrip("✓✗ ")
        return self.result.message.removeprefix(f"{heading}.").strip()
