"""Many conditions at once, on any engine: one row a model, the same table wherever it is computed.

The models travel to the workers and one row of statistics travels back, never a trajectory. The
noise of a row follows from the key of the sweep and the position of its model alone.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from anionx_teach._exchange_engine import particle_count
from anionx_teach._sweep_resume import rows_to_keep
from anionx_teach._sweep_rows import Task, table_of
from anionx_teach._sweep_run import Collected, Refused, collect, own_executor
from anionx_teach._validation import generator
from anionx_teach.exchange import CooperativeModel

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class SweepFailure:
    """One condition that could not be computed.

    Parameters
    ----------
    condition : int
        Position of the model in the sweep.
    model : CooperativeModel
        The model itself.
    cause : str
        What was raised, kind and message; "a worker died (...)" when its process was lost.
    trace : str
        The traceback on the worker; empty when the executor itself failed.
    """

    condition: int
    model: CooperativeModel
    cause: str
    trace: str = ""


class SweepError(RuntimeError):
    """Some conditions failed; those that did not are in `table`.

    Give `table` to `sweep` as `previous` to compute the missing rows only.

    Parameters
    ----------
    message : str
        Which conditions failed, and why.
    table : pandas.DataFrame
        The finished rows, as `sweep` returns them.
    failures : sequence of SweepFailure
        What went wrong, in the order of the conditions.
    """

    def __init__(self, message: str, table: pd.DataFrame, failures: Sequence[SweepFailure]) -> None:
        super().__init__(message)
        self.table = table
        self.failures = tuple(failures)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.table, self.failures)


class SweepCancelled(RuntimeError):
    """The sweep was stopped on request; `table` has the rows that were finished.

    Give `table` to `sweep` as `previous` to compute the missing rows only.

    Parameters
    ----------
    message : str
        How far it came.
    table : pandas.DataFrame
        The finished rows, as `sweep` returns them.
    """

    def __init__(self, message: str, table: pd.DataFrame) -> None:
        super().__init__(message)
        self.table = table

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.table)


def sweep(
    models: Iterable[CooperativeModel],
    n_particles: int = 500,
    *,
    rng: int | np.integer | np.random.SeedSequence | np.random.Generator | None,
    executor: Executor | None = None,
    progress: Callable[[int, int], object] | None = None,
    cancel: threading.Event | Callable[[], object] | None = None,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Simulate many models and summarise each in one row.

    Parameters
    ----------
    models : iterable of CooperativeModel
        The conditions, in the order of the rows.
    n_particles : int
        Simulated nanocrystals of each model, 0 to 10^8.
    rng : int, SeedSequence or Generator
        One key is made from it for the whole sweep. A Generator moves on: to take a sweep up again
        with `previous`, give an int or a SeedSequence.
    executor : concurrent.futures.Executor, optional
        Where the work is done: a ThreadPoolExecutor, a ProcessPoolExecutor, `get_executor()` of a
        dask Client, an MPIPoolExecutor of mpi4py.futures, or any other. It is left open. By default
        the calling thread for little work, and a thread for each usable core for much.
    progress : callable, optional
        Called as ``progress(done, total)`` in the calling thread: at the start, and after each
        row. Rows of `previous`, and rows that failed, count as done.
    cancel : threading.Event or callable, optional
        Set, or returning something true, it stops the sweep: work that has not begun is withdrawn.
    previous : pandas.DataFrame, optional
        A table of the same sweep with some of its rows, from a `SweepError`, a `SweepCancelled` or
        a CSV file. Only the missing rows are computed.

    Returns
    -------
    pandas.DataFrame
        One row a model; the index `condition` is its position. Columns:

        - attempt_probability, cooperativity, n_sites, step_s, law, capped, onset_fraction,
          provenance: the model, see `CooperativeModel`;
        - n_particles, random_key: what the draws depend on, beside the condition;
        - mean_s, sd_s, mean_se_s, median_s: switching time (10-90 % rise) of the simulated
          nanocrystals: mean, standard deviation, standard error of the mean, median;
        - start_mean_s, exchange_mean_s: mean times to the first 10 % and to the whole exchange;
        - exact_mean_s, exact_sd_s: the switching time in theory; exact_start_s, exact_exchange_s:
          the means of the other two;
        - z: (mean_s - exact_mean_s) in standard errors of theory, exact_sd_s / sqrt(n_particles).

        What cannot be computed is NaN: a mean of no nanocrystals, a spread of one, z where every
        event is certain. No models give a table without rows.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what is described above, the executor takes no work (it was shut
        down, say), or `previous` belongs to another sweep.
    SweepError
        If conditions fail, or workers die; it names them and carries the other rows.
    SweepCancelled
        If `cancel` stopped the sweep; it carries the finished rows.

    See Also
    --------
    anionx_teach.exchange.simulate_exchange : one model, with every trajectory.

    Notes
    -----
    Row ``i`` is that of ``simulate_exchange(models[i], n_particles, rng=rng, condition=i)`` when
    `rng` is an int or a SeedSequence. Results keep 12 significant digits, which every CSV reader
    gives back exactly. A row is computed in one piece, so more workers than models do not help.

    Examples
    --------
    How long the switch takes at two concentrations, for two cooperativities:

    >>> from anionx_teach.exchange import CooperativeModel
    >>> models = [CooperativeModel(k0, d) for d in (0.0, 1e-3) for k0 in (0.05, 0.5)]
    >>> table = sweep(models, 2000, rng=1)
    >>> for row in table.itertuples():
    ...     print(row.cooperativity, row.attempt_probability, round(row.exact_mean_s, 1))
    0.0 0.05 1600.0
    0.0 0.5 160.0
    0.001 0.05 402.8
    0.001 0.5 87.4
    >>> bool((table["z"].abs() < 4).all())
    True
    """
    chosen = _models(models)
    n_particles = particle_count(n_particles)
    seed = _seed(rng)
    _require_executor(executor)
    is_cancelled = _cancel_test(cancel)
    if progress is not None and not callable(progress):
        msg = f"progress must be a function of (done, total), got {progress!r}"
        raise TypeError(msg)
    kept = {} if previous is None else rows_to_keep(previous, chosen, n_particles, seed)
    call = uuid.uuid4().hex
    tasks = [
        Task(i, model, n_particles, seed, call) for i, model in enumerate(chosen) if i not in kept
    ]

    def report(done: int) -> None:
        if progress is not None:
            progress(len(kept) + done, len(chosen))

    report(0)
    collected = _collect(tasks, executor, report, is_cancelled)
    table = table_of(chosen, n_particles, seed, {**kept, **collected.rows})
    if collected.cancelled:
        msg = f"the sweep was stopped with {len(table)} of {len(chosen)} rows finished"
        raise SweepCancelled(msg, table)
    if collected.failures:
        failures = [
            SweepFailure(i, chosen[i], failed.cause, failed.trace)
            for i, failed in sorted(collected.failures.items())
        ]
        raise SweepError(_account(failures, len(chosen)), table, failures)
    return table


def _collect(
    tasks: list[Task],
    executor: Executor | None,
    report: Callable[[int], object],
    is_cancelled: Callable[[], object],
) -> Collected:
    """Run the tasks on the executor given, or on our own."""
    if executor is None:
        with own_executor(tasks) as ours:
            return collect(tasks, ours, report, is_cancelled)
    try:
        return collect(tasks, executor, report, is_cancelled)
    except Refused as refused:
        msg = f"executor takes no work ({refused}); give one that is open"
        raise ValueError(msg) from refused.__cause__


def _models(models: Iterable[CooperativeModel]) -> list[CooperativeModel]:
    """Return the models as a list; TypeError names the first that is none."""
    try:
        given = iter(models)
    except TypeError:  # one model, or an array without dimensions, for example
        msg = f"models must be a sequence of CooperativeModel, got {models!r}"
        raise TypeError(msg) from None
    chosen = []
    for i, model in enumerate(given):
        if not isinstance(model, CooperativeModel):
            msg = f"models[{i}] must be a CooperativeModel, got {model!r}"
            raise TypeError(msg)
        chosen.append(model)
    return chosen


def _seed(
    rng: int | np.integer | np.random.SeedSequence | np.random.Generator | None,
) -> np.random.SeedSequence:
    """Return what every worker makes the same key from; a Generator gives one of its numbers."""
    if isinstance(rng, np.random.SeedSequence):
        return rng
    drawn = generator(rng)  # checks it
    if isinstance(rng, np.random.Generator):
        return np.random.SeedSequence(int(drawn.integers(2**63)))
    return np.random.SeedSequence(rng)


def _require_executor(executor: object) -> None:
    """Raise TypeError for what cannot take work."""
    if executor is not None and not isinstance(executor, Executor):
        msg = (
            "executor must be a concurrent.futures.Executor (a dask Client gives one with "
            f"get_executor()), got {executor!r}"
        )
        raise TypeError(msg)


def _cancel_test(cancel: threading.Event | Callable[[], object] | None) -> Callable[[], object]:
    """Return a function that tells whether to stop."""
    if cancel is None:
        return lambda: False
    if callable(cancel):
        return cancel
    if isinstance(cancel, threading.Event):
        return cancel.is_set
    msg = f"cancel must be a threading.Event or a function, got {cancel!r}"
    raise TypeError(msg)


def _account(failures: list[SweepFailure], total: int) -> str:
    """Say which conditions failed and why, those with the same cause together."""
    by_cause: dict[str, list[SweepFailure]] = {}
    for failure in failures:
        by_cause.setdefault(failure.cause, []).append(failure)
    parts = [f"{_names(same)}: {cause}" for cause, same in list(by_cause.items())[:3]]
    if len(by_cause) > 3:
        parts.append(f"and {len(by_cause) - 3} other causes, see .failures")
    return (
        f"{len(failures)} of {total} conditions failed. {'; '.join(parts)}. The finished rows are "
        "in .table, and sweep(..., previous=error.table) computes the missing ones"
    )


def _names(same: list[SweepFailure]) -> str:
    """Name the conditions that share a cause, with the first model in full."""
    first = same[0]
    if len(same) == 1:
        return f"Condition {first.condition} ({first.model!r})"
    listed = ", ".join(str(failure.condition) for failure in same[:10])
    more = f" and {len(same) - 10} more" if len(same) > 10 else ""
    return f"Conditions {listed}{more} (the first is {first.model!r})"
