"""A model that fails, or takes its worker with it, once a file exists: what sweeps must survive."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from anionx_teach.exchange import CooperativeModel


class Boom(Exception):
    """Cannot be unpickled: it needs two arguments and keeps one."""

    def __init__(self, message: str, other: str) -> None:
        super().__init__(message)
        self.other = other


@dataclass(frozen=True)
class TrappedModel(CooperativeModel):
    """Does `deed` when `trap` names a file that exists, and removes the file unless `keep`."""

    trap: str = ""
    deed: str = "raise"
    keep: bool = False

    @property
    def event_probability(self) -> np.ndarray:
        if self.trap and Path(self.trap).exists():
            if not self.keep:
                Path(self.trap).unlink()
            if self.deed == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            msg = "the trap closed"
            raise Boom(msg, "twice")
        return super().event_probability
