"""How far a command is: a bar on a terminal, one line a step elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

_WIDTH = 30


class ProgressBar:
    """The bar of one step, on the error stream; it closes its line also when it is interrupted.

    Parameters
    ----------
    step : str
        What is done, in words.
    unit : str
        What is counted.
    """

    def __init__(self, step: str, unit: str) -> None:
        self._step = step
        self._unit = unit
        self._terminal = sys.stderr.isatty()
        self._shown: tuple[int, int] | None = None  # filled part of the bar, and all

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._terminal and self._shown is not None:
            _say("\n")

    def __call__(self, done: int, total: int) -> None:
        """Show that `done` of `total` are done; the bar never goes back."""
        filled = _WIDTH * done // total
        if self._shown is not None and (filled <= self._shown[0] or not self._terminal):
            return
        self._shown = (filled, total)
        if self._terminal:
            bar = "#" * filled + "." * (_WIDTH - filled)
            text = f"\r[{bar}] {done}/{total} {self._unit}: {self._step}"
            _say(text)
        else:
            _say(f"{self._step}: {total} {self._unit}\n")


def _say(text: str) -> None:
    """Write on the error stream, at once."""
    sys.stderr.write(text)
    sys.stderr.flush()
