"""Where `anionx reproduce` computes: this process, several, or a cluster."""

from __future__ import annotations

import contextlib
import importlib
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from anionx_teach._exchange_engine import usable_cores
from anionx_teach._sweep_run import InlineExecutor

ENGINES = ("auto", "serial", "threads", "processes", "dask", "mpi")
CLUSTER_ADVICE = 'dask is missing; install it with: pip install "anionx-teach[cluster]"'
MPI_ADVICE = "install it, and an MPI library such as MPICH: pip install mpi4py mpich"
MPI_LAUNCH_ADVICE = (
    "started by an MPI launcher, each process would do everything; start it as: "
    "mpiexec -n N python -m mpi4py.futures -m anionx_teach.cli reproduce --executor mpi"
)
_LOOPBACK = "127.0.0.1"
_PATIENCE_S = 5


class EngineError(Exception):
    """What keeps an engine from starting, in one line for the user."""


@contextlib.contextmanager
def open_engine(
    name: str, *, workers: int | None, scheduler: str | None
) -> Iterator[Executor | None]:
    """Yield the executor with this name, and close it; None lets `sweep` choose."""
    if name == "auto":
        yield None
        return
    with _ENGINES[name](workers, scheduler) as executor:
        yield executor


@contextlib.contextmanager
def _serial(_workers: int | None, _scheduler: str | None) -> Iterator[Executor]:
    """Yield the calling thread."""
    yield InlineExecutor()


@contextlib.contextmanager
def _threads(workers: int | None, _scheduler: str | None) -> Iterator[Executor]:
    """Yield threads of this process."""
    with ThreadPoolExecutor(workers or usable_cores()) as executor:
        yield executor


@contextlib.contextmanager
def _processes(workers: int | None, _scheduler: str | None) -> Iterator[Executor]:
    """Yield processes of this computer, started afresh: a fork would copy locks of our threads."""
    import multiprocessing

    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or usable_cores(), mp_context=context) as executor:
        yield executor


@contextlib.contextmanager
def _dask(workers: int | None, scheduler: str | None) -> Iterator[Executor]:
    """Yield the cluster at an address, or processes of this computer that only it can reach."""
    distributed = _distributed()
    with contextlib.ExitStack() as stack:
        if scheduler is None:
            address = stack.enter_context(
                distributed.LocalCluster(
                    n_workers=workers or usable_cores(),
                    threads_per_worker=1,
                    host=_LOOPBACK,
                    dashboard_address=f"{_LOOPBACK}:0",
                )
            )
        else:
            address = scheduler
            _require_scheduler(address)
        client = stack.enter_context(distributed.Client(address))
        yield client.get_executor()


def _distributed() -> Any:
    """Import what speaks to a dask cluster, which is optional."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise EngineError(CLUSTER_ADVICE) from None


def _require_scheduler(address: str) -> None:
    """Raise EngineError unless a dask scheduler with workers answers: a Client would wait on."""
    import asyncio

    try:
        found = asyncio.run(_identity(address))
    except Exception as error:  # noqa: BLE001 # whatever answered is no scheduler
        reason = str(error) or f"no answer within {_PATIENCE_S} s"
        msg = f"no dask scheduler at {address!r} ({reason}); give its address as tcp://HOST:PORT"
        raise EngineError(msg) from None
    if found.get("type") != "Scheduler":
        msg = f"at {address!r} is no dask scheduler but a {found.get('type')}"
        raise EngineError(msg)
    if not found.get("workers"):
        msg = f"the dask scheduler at {address!r} has no workers; start some: dask worker {address}"
        raise EngineError(msg)


async def _identity(address: str) -> dict[str, Any]:
    """Ask whoever listens at an address what it is."""
    import asyncio

    async with _distributed().rpc(address) as other:
        answer = await asyncio.wait_for(other.identity(), _PATIENCE_S)
    return dict(answer)


@contextlib.contextmanager
def _mpi(workers: int | None, _scheduler: str | None) -> Iterator[Executor]:
    """Yield the processes of an MPI launcher, or new ones when there was none."""
    try:
        mpi = importlib.import_module("mpi4py.MPI")
        futures = importlib.import_module("mpi4py.futures")
    except (ImportError, RuntimeError) as error:  # it is missing, or the MPI library is
        msg = f"mpi4py cannot be used ({error}); {MPI_ADVICE}"
        raise EngineError(msg) from None
    if mpi.COMM_WORLD.Get_size() > 1 and "mpi4py.run" not in sys.modules:
        raise EngineError(MPI_LAUNCH_ADVICE)
    with futures.MPIPoolExecutor(workers) as executor:
        yield executor


_ENGINES = {
    "serial": _serial,
    "threads": _threads,
    "processes": _processes,
    "dask": _dask,
    "mpi": _mpi,
}
