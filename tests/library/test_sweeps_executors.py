"""One table on every engine, and what is left when a worker is killed, for real."""

import hashlib
import multiprocessing
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from anionx_teach.exchange import CooperativeModel
from anionx_teach.sweeps import SweepError, sweep
from tests.library.sweep_traps import TrappedModel

REPOSITORY = Path(__file__).resolve().parents[2]
SEED = 11
SIZES = ((0.02, 200), (0.05, 100), (0.2, 333), (0.9, 50), (0.05, 100), (0.4, 1))
MODELS = [
    CooperativeModel(k0, 2e-4, n_sites=n_sites, capped=n_sites != 333) for k0, n_sites in SIZES
]

MPI_SCRIPT = f"""
import hashlib
from mpi4py.futures import MPIPoolExecutor
from anionx_teach.exchange import CooperativeModel
from anionx_teach.sweeps import sweep

if __name__ == "__main__":
    models = [
        CooperativeModel(k0, 2e-4, n_sites=n_sites, capped=n_sites != 333)
        for k0, n_sites in {SIZES}
    ]
    with MPIPoolExecutor() as executor:
        table = sweep(models, 200, rng={SEED}, executor=executor)
    print(hashlib.sha256(table.to_csv().encode()).hexdigest())
"""


def sha256(table):
    return hashlib.sha256(table.to_csv().encode()).hexdigest()


@pytest.fixture(scope="module")
def serial():
    return sha256(sweep(MODELS, 200, rng=SEED))


@pytest.fixture(scope="module")
def spawned():
    return multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def dask_cluster():
    """Two worker processes on loopback; nothing of them is left afterwards."""
    dask = pytest.importorskip("dask")
    distributed = pytest.importorskip("distributed")
    settings = {
        # A task that kills its worker is given up at once instead of after four workers, and a
        # worker that is gone is not called for half a minute.
        "distributed.scheduler.allowed-failures": 0,
        "distributed.comm.timeouts.connect": "2s",
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as cluster,
    ):
        yield cluster
    assert multiprocessing.active_children() == []


@pytest.fixture
def dask_client(dask_cluster):
    from distributed import Client

    with Client(dask_cluster) as client:
        yield client


@pytest.fixture
def deadly(tmp_path):
    """Twelve models of which one kills its worker while the file is there."""
    models = [TrappedModel(0.01 * (i + 1), 1e-3, n_sites=50) for i in range(12)]
    models[7] = replace(models[7], trap=str(tmp_path / "trap"), deed="kill", keep=True)
    (tmp_path / "trap").touch()
    return models, tmp_path / "trap"


def test_threads(serial):
    with ThreadPoolExecutor(3) as executor:
        assert sha256(sweep(MODELS, 200, rng=SEED, executor=executor)) == serial


def test_processes(serial, spawned):
    with ProcessPoolExecutor(2, mp_context=spawned) as executor:
        assert sha256(sweep(MODELS, 200, rng=SEED, executor=executor)) == serial


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked_processes(serial):
    """In a process of its own: to fork one that has threads, as this may have, is a gamble."""
    script = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from tests.library.test_sweeps_executors import MODELS, SEED, sha256
from anionx_teach.sweeps import sweep
with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("fork")) as executor:
    print(sha256(sweep(MODELS, 200, rng=SEED, executor=executor)))
"""
    assert run([sys.executable, "-c", script]) == serial


def test_dask(serial, dask_client):
    executor = dask_client.get_executor()
    assert sha256(sweep(MODELS, 200, rng=SEED, executor=executor)) == serial
    assert executor.submit(os.getpid).result() != os.getpid()


def test_mpi(serial, tmp_path):
    pytest.importorskip("mpi4py")
    launcher = shutil.which("mpiexec")
    if launcher is None:
        pytest.skip("no mpiexec here")
    script = tmp_path / "sweep_with_mpi.py"
    script.write_text(MPI_SCRIPT)
    command = [launcher, "-n", "3", sys.executable, "-m", "mpi4py.futures", str(script)]
    assert run(command) == serial


def run(command):
    paths = os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")]))
    environment = os.environ | {"PYTHONPATH": paths}
    finished = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout.strip()


def test_a_process_killed_in_mid_sweep_and_the_missing_rows(deadly, spawned):
    models, trap = deadly
    with (
        ProcessPoolExecutor(1, mp_context=spawned) as executor,
        pytest.raises(SweepError, match=r"a worker died \(BrokenProcessPool: ") as caught,
    ):
        sweep(models, 100, rng=SEED, executor=executor)
    error = caught.value
    assert error.table.index.to_list() == list(range(len(error.table)))
    assert 0 < len(error.table) <= 7
    assert 7 in {failure.condition for failure in error.failures}
    assert len(error.table) + len(error.failures) == 12
    with pytest.raises(ValueError, match=r"executor takes no work .*give one that is open"):
        sweep(models, 100, rng=SEED, executor=executor, previous=error.table)
    trap.unlink()
    told = []
    resumed = sweep(
        models,
        100,
        rng=SEED,
        previous=error.table,
        progress=lambda *state: told.append(state),
    )
    assert told[0] == (len(error.table), 12)
    assert sha256(resumed) == sha256(sweep(models, 100, rng=SEED))


def test_a_dask_worker_killed_in_mid_sweep_and_the_missing_rows(deadly, dask_client):
    models, trap = deadly
    executor = dask_client.get_executor()
    with pytest.raises(SweepError, match=r"a worker died \(KilledWorker: ") as caught:
        sweep(models, 100, rng=SEED, executor=executor)
    error = caught.value
    assert 7 in {failure.condition for failure in error.failures}
    assert len(error.table) + len(error.failures) == 12
    trap.unlink()
    resumed = sweep(models, 100, rng=SEED, executor=executor, previous=error.table)
    assert sha256(resumed) == sha256(sweep(models, 100, rng=SEED))


def test_a_dask_worker_that_dies_once_is_replaced_by_dask(deadly, dask_cluster, dask_client):
    """Where dask may try again, which it does by default, nobody notices."""
    models, trap = deadly
    trap.unlink()
    models[7] = replace(models[7], keep=False)
    trap.touch()
    dask_cluster.scheduler.allowed_failures = 3
    survived = sweep(models, 100, rng=SEED, executor=dask_client.get_executor())
    assert not trap.exists()
    assert sha256(survived) == sha256(sweep(models, 100, rng=SEED))
