"""Take the progress file along, and put it back: a Binder session is lost when it stops."""

import base64
from typing import Any

import ipywidgets

from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.progress import FILE_NAME, LARGEST_IMPORT_BYTES, ProgressStore

_LINK_STYLE = (
    "display: inline-block; padding: 5px 14px; border: 1px solid var(--jp-content-font-color3); "
    "border-radius: 3px; background: var(--jp-layout-color2); "
    "color: var(--jp-content-font-color1); text-decoration: none"
)


class ProgressDownload(KeyboardBox):
    """A link that saves the progress file, always with the latest records.

    Parameters
    ----------
    store : ProgressStore
        What to save. The link carries the whole file, so it works without a network.
    """

    def __init__(self, store: ProgressStore) -> None:
        self._store = store
        self.link = ipywidgets.HTML()
        super().__init__([self.link])
        store.on_change(self._refresh)
        self._refresh()

    def describe(self) -> str:
        """Return in words what the learner sees."""
        return f"A link that downloads {FILE_NAME} with everything stored so far."

    def _refresh(self) -> None:
        """Put the latest records into the link."""
        data = base64.b64encode(self._store.export_text().encode()).decode("ascii")
        self.link.value = (
            f'<a download="{FILE_NAME}" style="{_LINK_STYLE}" '
            f'href="data:application/json;base64,{data}">Download my progress</a>'
        )


class ProgressUpload(KeyboardBox):
    """A button that puts a downloaded progress file back.

    Parameters
    ----------
    store : ProgressStore
        Where it goes. The present file is kept as a backup.
    """

    def __init__(self, store: ProgressStore) -> None:
        self._store = store
        self.button = ipywidgets.FileUpload(
            accept=".json",
            multiple=False,
            description="Put my progress back",
            layout=ipywidgets.Layout(width="fit-content"),
        )
        self.status = LiveText(text=f"Choose the file {FILE_NAME} that you downloaded before.")
        super().__init__([self.button, self.status])
        self.button.observe(self._uploaded, "value")

    def describe(self) -> str:
        """Return in words what the learner sees."""
        return self.status.text

    def _uploaded(self, change: dict[str, Any]) -> None:
        """Check the file and put it back, or say why not."""
        for upload in change["new"]:
            self.status.text = self._put_back(upload["name"], bytes(upload["content"]))

    def _put_back(self, name: str, content: bytes) -> str:
        """Return what to say about one file."""
        if len(content) > LARGEST_IMPORT_BYTES:
            return f"{name} was not used: it is too large to be a progress file."
        try:
            done = self._store.import_text(content.decode("utf-8-sig"))
        except UnicodeDecodeError:
            return f"{name} was not used: it is not a text file."
        except ValueError as problem:
            return f"{name} was not used: {problem}."
        return f"{done} {self._store.message} Run the notebook again to see it.".replace("  ", " ")
