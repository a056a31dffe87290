"""Handing the conditions of a sweep to an executor and collecting what comes back."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from anionx_teach._exchange_engine import usable_cores
from anionx_teach._sweep_rows import Failed, Row, Task, cause_of, compute_row

# From here on threads save more time than they cost.
_EVENTS_WORTH_THREADS = 5_000_000
_POLL_S = 0.05


class Refused(Exception):
    """The executor took no work at all."""


@dataclass
class Collected:
    """What has come back, by condition."""

    rows: dict[int, Row] = field(default_factory=dict)
    failures: dict[int, Failed] = field(default_factory=dict)
    cancelled: bool = False

    def __len__(self) -> int:
        return len(self.rows) + len(self.failures)


class InlineExecutor(Executor):
    """Runs each task at once, in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run the task and return its finished future."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextlib.contextmanager
def own_executor(tasks: Sequence[Task]) -> Iterator[Executor]:
    """Yield the caller's thread for little work, a thread for each usable core for much."""
    events = sum(task.n_particles * task.model.n_sites for task in tasks)
    workers = min(usable_cores(), len(tasks))
    if events < _EVENTS_WORTH_THREADS or workers < 2:
        yield InlineExecutor()
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="sweep") as threads:
        yield threads


def collect(
    tasks: Sequence[Task],
    executor: Executor,
    report: Callable[[int], object],
    cancelled: Callable[[], object],
) -> Collected:
    """Run every task; `report` hears in this thread how many are done each time that one is.

    Whatever ends this function, work that has not begun is withdrawn from the executor.
    """
    collected = Collected()
    waiting = deque(tasks)
    pending: dict[Future[Any], Task] = {}
    finished: SimpleQueue[Future[Any]] = SimpleQueue()
    try:
        while (waiting or pending) and not cancelled():
            if waiting:
                future = _submit(waiting[0], executor, first=not pending and not collected)
                pending[future] = waiting.popleft()
                future.add_done_callback(finished.put)
            for future in _arrived(finished, 0.0 if waiting else _POLL_S):
                _settle(future, pending, collected)
                report(len(collected))
        for future in _arrived(finished, 0.0):  # what was finished just before it was cancelled
            _settle(future, pending, collected)
    finally:
        for future in pending:
            future.cancel()
    collected.cancelled = bool(waiting or pending)
    return collected


def _arrived(finished: SimpleQueue[Future[Any]], wait_s: float) -> Iterator[Future[Any]]:
    """Yield the futures that are finished; where there is none yet, wait a while for one."""
    with contextlib.suppress(Empty):
        yield finished.get(timeout=wait_s)
        while True:
            yield finished.get_nowait()


def _submit(task: Task, executor: Executor, *, first: bool) -> Future[Any]:
    """Hand one task over; an executor that breaks later on leaves a future with its exception."""
    try:
        return executor.submit(compute_row, task)
    except Exception as error:
        if first:
            raise Refused(cause_of(error)) from error
        future: Future[Any] = Future()
        future.set_exception(error)
        return future


def _settle(future: Future[Any], pending: dict[Future[Any], Task], collected: Collected) -> None:
    """Sort what a finished future holds into rows and failures."""
    condition = pending.pop(future).condition
    if future.cancelled():
        collected.failures[condition] = Failed(
            "the executor withdrew it (shut down, or its cluster lost)"
        )
        return
    error = future.exception()
    outcome = future.result() if error is None else _failure_of(error)
    if isinstance(outcome, Failed):
        collected.failures[condition] = outcome
    else:
        collected.rows[condition] = outcome


def _failure_of(error: BaseException) -> Failed:
    """Put in words what the executor says; the task itself raises nothing."""
    # dask's own word for it is not a BrokenExecutor, and dask need not be installed.
    died = isinstance(error, BrokenExecutor) or type(error).__name__ == "KilledWorker"
    return Failed(f"a worker died ({cause_of(error)})" if died else cause_of(error))
