"""Where `anionx reproduce` computes: the same file everywhere, and a clear word when it cannot."""

import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType, SimpleNamespace

import pytest

from anionx_teach import _reproduce_command, _reproduce_engine
from anionx_teach._reproduce_command import CSV_NAME, reproduce
from anionx_teach._reproduce_engine import ENGINES, EngineError, open_engine
from anionx_teach._sweep_run import InlineExecutor


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """The command without its figure; returns exit code, the CSV (if any), its complaints."""
    monkeypatch.setattr(_reproduce_command, "_draw", lambda *_: None)

    def call(name, **options):
        settings = {"particles": 10, "seed": 1, "workers": None, "scheduler": None}
        code = reproduce(tmp_path / name, **settings | options)
        table = tmp_path / name / CSV_NAME
        return code, table.read_bytes() if table.exists() else None, capsys.readouterr().err

    return call


@pytest.fixture
def silent_server():
    """Someone who listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted = []

        def accept():
            while True:
                try:
                    accepted.append(server.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in accepted:
            connection.close()


@pytest.fixture
def without(monkeypatch):
    """Block a library, as if it were not installed."""

    def block(name):
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            monkeypatch.delitem(sys.modules, module)
        monkeypatch.setitem(sys.modules, name, None)

    return block


@pytest.fixture
def fake_mpi(monkeypatch):
    """An mpi4py whose processes are threads, started by a launcher as `size` processes."""

    def install(size):
        futures = SimpleNamespace(MPIPoolExecutor=ThreadPoolExecutor)
        world = SimpleNamespace(Get_size=lambda: size)
        monkeypatch.setitem(sys.modules, "mpi4py", ModuleType("mpi4py"))
        monkeypatch.setitem(sys.modules, "mpi4py.futures", futures)
        monkeypatch.setitem(sys.modules, "mpi4py.MPI", SimpleNamespace(COMM_WORLD=world))

    return install


def test_auto_leaves_the_choice_to_the_sweep_and_serial_stays_here():
    with open_engine("auto", workers=None, scheduler=None) as engine:
        assert engine is None
    with open_engine("serial", workers=None, scheduler=None) as engine:
        assert isinstance(engine, InlineExecutor)
        assert engine.submit(threading.get_ident).result() == threading.get_ident()


def test_every_engine_that_the_command_line_offers_exists():
    assert {"auto", *_reproduce_engine._ENGINES} == set(ENGINES)


@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_an_engine_is_closed_afterwards(executor):
    with open_engine(executor, workers=1, scheduler=None) as engine:
        assert engine.submit(int, "3").result() == 3
    with pytest.raises(RuntimeError, match="after shutdown"):
        engine.submit(int, "3")


@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_one_file_on_every_engine_of_this_computer(run, executor):
    workers = None if executor == "serial" else 2
    expected = run("auto", executor="auto")[1]
    assert run(executor, executor=executor, workers=workers)[:2] == (0, expected)


def test_dask_here_and_at_an_address_give_the_same_file(run):
    distributed = pytest.importorskip("distributed")
    _, expected, _ = run("auto", executor="auto")
    assert run("local", executor="dask", workers=2)[:2] == (0, expected)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        address = cluster.scheduler_address
        assert run("away", executor="dask", scheduler=address)[:2] == (0, expected)
        worker = cluster.workers[0].worker_address
        code, _, err = run("worker", executor="dask", scheduler=worker)
        assert code == 1
        assert err.endswith(f"at {worker!r} is no dask scheduler but a Worker\n")


def test_a_scheduler_without_workers(run):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        address = cluster.scheduler_address
        code, table, err = run("idle", executor="dask", scheduler=address)
    assert (code, table) == (1, None)
    assert f"at {address!r} has no workers; start some: dask worker {address}" in err


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "foo://127.0.0.1:1", ""])
def test_an_address_where_no_scheduler_is(run, address, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(_reproduce_engine, "_PATIENCE_S", 1)
    code, table, err = run("nobody", executor="dask", scheduler=address)
    assert (code, table) == (1, None)
    assert f"no dask scheduler at {address!r} (" in err
    assert err.endswith("); give its address as tcp://HOST:PORT\n")


def test_someone_who_never_answers_is_not_waited_for(run, silent_server, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(_reproduce_engine, "_PATIENCE_S", 1)
    started = time.monotonic()
    code, _, err = run("silent", executor="dask", scheduler=silent_server)
    assert code == 1
    assert "(no answer within 1 s)" in err
    assert time.monotonic() - started < 20


def test_without_dask(run, without):
    without("distributed")
    code, _, err = run("none", executor="dask")
    assert code == 1
    assert 'dask is missing; install it with: pip install "anionx-teach[cluster]"' in err


def test_without_mpi4py(run, without):
    without("mpi4py")
    code, _, err = run("none", executor="mpi")
    assert code == 1
    assert "mpi4py cannot be used (" in err
    assert "pip install mpi4py mpich" in err


def test_mpi_gives_the_same_file(run, fake_mpi):
    fake_mpi(1)
    assert run("mpi", executor="mpi")[:2] == (0, run("auto", executor="auto")[1])


def test_mpi_that_would_run_everything_in_each_process(fake_mpi, monkeypatch):
    fake_mpi(3)
    monkeypatch.delitem(sys.modules, "mpi4py.run", raising=False)
    with (
        pytest.raises(EngineError, match=r"start it as: mpiexec -n N python -m mpi4py\.futures"),
        open_engine("mpi", workers=None, scheduler=None),
    ):
        pass
    monkeypatch.setitem(sys.modules, "mpi4py.run", ModuleType("mpi4py.run"))
    with open_engine("mpi", workers=2, scheduler=None) as engine:
        assert engine.submit(int, "3").result() == 3
