"""Work that waits until a hand on a slider rests."""

import asyncio
from collections.abc import Callable
from typing import Final

PAUSE_S: Final = 0.4


class AfterPause:
    """Does something once nobody has asked for it again for `PAUSE_S` seconds.

    In a notebook it waits in the event loop of the kernel. Where no loop runs nothing can wait, and
    it is done at once.

    Parameters
    ----------
    work : callable
        What is done; it takes no arguments.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._waiting: asyncio.TimerHandle | None = None

    def ask(self) -> None:
        """Do the work after a pause that begins now."""
        self.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._work()
        else:
            self._waiting = loop.call_later(PAUSE_S, self._work)

    def cancel(self) -> None:
        """Leave undone what still waits."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
