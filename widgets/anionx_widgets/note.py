"""A text that the learner writes, stored as it is typed."""

from pathlib import Path

import anywidget
import traitlets

from anionx_widgets.progress import ProgressStore

_FOLDER = Path(__file__).parent

KIND = "notes"
LONGEST_TEXT = 20_000  # characters; far more than anyone writes, far less than a page can hold


class Note(anywidget.AnyWidget):
    """A labelled text area whose text is kept in the store.

    Parameters
    ----------
    store : ProgressStore
        Where the text is kept.
    lesson, key : str
        Its place in the store.
    prompt : str
        What to write about; the label of the text area.
    """

    _esm = _FOLDER / "note.js"
    _css = _FOLDER / "question.css"

    prompt = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    longest = traitlets.Int(LONGEST_TEXT).tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)

    def __init__(self, store: ProgressStore, lesson: str, key: str, prompt: str) -> None:
        self._store, self._place = store, (lesson, KIND, key)
        record = store.get(*self._place)
        text = record["text"] if record else ""
        super().__init__(prompt=prompt, text=text, status="Stored." if text else "")
        self.observe(self._keep, "text")

    def describe(self) -> str:
        """Return in words what the learner sees."""
        return f"{self.prompt} {self.text or 'Nothing written yet.'}"

    def _keep(self, _change: object) -> None:
        """Store the text as it is now."""
        record = {"prompt": self.prompt, "text": self.text[:LONGEST_TEXT]}
        self._store.update(*self._place, lambda _old: record)
        self.status = self._store.message or "Stored."
