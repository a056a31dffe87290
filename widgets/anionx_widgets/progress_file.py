"""One file, written so that it is always whole: a lock, an atomic replacement, a name to set aside.

The lock is the operating system's own, tied to the process: a kernel that is killed releases it,
so that no stale lock can block a lesson.
"""

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

LOCK_TIMEOUT_S = 5.0
_RETRY_S = 0.01
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK}


@contextlib.contextmanager
def exclusive(lock_path: Path, timeout_s: float = LOCK_TIMEOUT_S) -> Iterator[None]:
    """Hold the lock file while the block runs; TimeoutError when another process keeps it."""
    descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        locked = _wait_for_lock(descriptor, lock_path, timeout_s)
        try:
            yield
        finally:
            if locked:
                _unlock(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, text: str) -> None:
    """Replace the file as a whole: a reader sees the old text or the new one, never a part."""
    temporary = path.with_name(f".{path.stem}.{os.getpid()}-{time.monotonic_ns()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def remove_leftovers(path: Path, older_than_s: float = 60.0) -> None:
    """Delete the temporary files that killed processes left beside `path`."""
    for leftover in path.parent.glob(f".{path.stem}.*.tmp"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > older_than_s:
                leftover.unlink()


def free_name(path: Path, word: str) -> Path:
    """Return a name beside `path` that is not taken: stem.word-<time>.suffix."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    candidate = path.with_name(f"{path.stem}.{word}-{stamp}{path.suffix}")
    number = 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}.{word}-{stamp}-{number}{path.suffix}")
        number += 1
    return candidate


def _wait_for_lock(descriptor: int, lock_path: Path, timeout_s: float) -> bool:
    """Return True once locked, False where the file system knows no locks."""
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            return _lock(descriptor)
        except OSError as problem:
            if problem.errno not in _BUSY:
                # Some network folders have no locks; the replacement is atomic all the same.
                return False
        if time.monotonic() > deadline:
            msg = f"{lock_path.name} is held by another notebook"
            raise TimeoutError(msg)
        time.sleep(_RETRY_S)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        """Lock the first byte of the file, or raise OSError at once."""
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        return True

    def _unlock(descriptor: int) -> None:
        """Release the first byte of the file."""
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

    def _sync_folder(folder: Path) -> None:
        """Do nothing: Windows cannot open a folder to synchronise it."""

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        """Lock the file, or raise OSError at once."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True

    def _unlock(descriptor: int) -> None:
        """Release the file, also for a child process that inherited the descriptor."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)

    def _sync_folder(folder: Path) -> None:
        """Make the new name survive a power cut, where the file system can."""
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
