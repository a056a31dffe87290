"""The command line hands its options on and says what it does not understand."""

import subprocess
import sys
from pathlib import Path

import pytest

import anionx_teach
from anionx_teach import _analyze_command, _doctor_command, _lab_command, _reproduce_command, cli
from anionx_teach._reproduce_engine import ENGINES
from anionx_teach.cli import main


@pytest.fixture
def lab_calls(monkeypatch):
    calls = []
    monkeypatch.setattr(
        _lab_command, "lab", lambda folder, **options: calls.append((folder, options)) or 0
    )
    return calls


@pytest.fixture
def reproduce_calls(monkeypatch):
    calls = []
    monkeypatch.setattr(
        _reproduce_command,
        "reproduce",
        lambda folder, **options: calls.append((folder, options)) or 0,
    )
    return calls


@pytest.fixture
def analyze_calls(monkeypatch):
    calls = []
    monkeypatch.setattr(
        _analyze_command, "analyze", lambda path, **options: calls.append((path, options)) or 0
    )
    return calls


def test_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"anionx-teach {anionx_teach.__version__}\n"


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "lab" in text
    assert "reproduce" in text
    assert "analyze" in text
    assert "doctor" in text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "COMMAND"),
        (["labs"], "invalid choice: 'labs'"),
        (["lab", "--port", "0"], "must be a whole number between 1 and 65535, got '0'"),
        (["lab", "--port", "65536"], "must be a whole number between 1 and 65535, got '65536'"),
        (["lab", "--port", "x"], "must be a whole number between 1 and 65535, got 'x'"),
        (["lab", "a", "b"], "unrecognized arguments: b"),
        (["reproduce", "--out", " "], "must be the name of a folder, got nothing"),
        (["reproduce", "--particles", "1"], "must be a whole number >= 2, got '1'"),
        (["reproduce", "--particles", "many"], "must be a whole number >= 2, got 'many'"),
        (["reproduce", "--seed", "-1"], "must be a whole number >= 0, got '-1'"),
        (["reproduce", "--seed", "9" * 5000], "must be a whole number >= 0, got '999"),
        (["reproduce", "--executor", "threads", "--workers", "0"], "must be a whole number >= 1"),
        (["reproduce", "--executor", "gpu"], "invalid choice: 'gpu'"),
        (["analyze"], "the following arguments are required: MOVIE"),
        (["analyze", ""], "must be the name of a file, got nothing"),
        (["analyze", "a.tif", "b.tif"], "unrecognized arguments: b.tif"),
        (["analyze", "a.tif", "--csv", " "], "must be the name of a file, got nothing"),
        (["analyze", "a.tif", "--plot", " "], "must be the name of a folder, got nothing"),
        (["analyze", "a.tif", "--interval", "0"], "--interval: must be a number > 0, got '0'"),
        (["analyze", "a.tif", "--pixel", "-160"], "--pixel: must be a number > 0, got '-160'"),
        (["analyze", "a.tif", "--exposure", "nan"], "must be a number > 0, got 'nan'"),
        (["analyze", "a.tif", "--exposure", "inf"], "must be a number > 0, got 'inf'"),
        (["analyze", "a.tif", "--exposure", "50ms"], "must be a number > 0, got '50ms'"),
        (["reproduce", "--workers", "2"], "--workers needs --executor threads, processes, dask"),
        (["reproduce", "--scheduler", "tcp://a:1"], "--scheduler needs --executor dask"),
        (
            ["reproduce", "--executor=dask", "--workers=2", "--scheduler=tcp://a:1"],
            "--workers has no meaning with --scheduler",
        ),
    ],
)
def test_bad_arguments_are_named(arguments, complaint, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert complaint in capsys.readouterr().err


def test_lab_without_options(lab_calls):
    assert main(["lab"]) == 0
    assert lab_calls == [
        (None, {"launch": True, "browser": True, "with_solutions": False, "port": None})
    ]


def test_lab_with_every_option(lab_calls):
    options = ["--no-launch", "--no-browser", "--with-solutions", "--port", "8890"]
    assert main(["lab", "mine", *options]) == 0
    assert lab_calls == [
        (Path("mine"), {"launch": False, "browser": False, "with_solutions": True, "port": 8890})
    ]


def test_reproduce_without_options(reproduce_calls):
    assert main(["reproduce"]) == 0
    settings = {"particles": None, "seed": 0, "executor": "auto"}
    assert reproduce_calls == [(None, settings | {"workers": None, "scheduler": None})]


def test_reproduce_with_every_option(reproduce_calls):
    options = ["--out", "mine", "--particles", "50", "--seed", "7"]
    assert main(["reproduce", *options, "--executor", "processes", "--workers", "2"]) == 0
    assert main(["reproduce", "--executor", "dask", "--scheduler", "tcp://a:1"]) == 0
    (folder, first), (_, second) = reproduce_calls
    assert folder == Path("mine")
    assert first == {
        "particles": 50, "seed": 7, "executor": "processes", "workers": 2, "scheduler": None,
    }  # fmt: skip
    assert (second["executor"], second["scheduler"]) == ("dask", "tcp://a:1")


@pytest.mark.parametrize("executor", ENGINES)
def test_reproduce_knows_every_engine(reproduce_calls, executor):
    assert main(["reproduce", "--executor", executor]) == 0
    assert reproduce_calls[0][1]["executor"] == executor


def test_analyze_without_options(analyze_calls):
    assert main(["analyze", "my film.tif"]) == 0
    names = ("csv", "plot", "interval_s", "pixel_nm", "exposure_s")
    assert analyze_calls == [(Path("my film.tif"), dict.fromkeys(names) | {"decay": False})]


def test_analyze_with_every_option(analyze_calls):
    options = ["--csv", "a.csv", "--plot", "p", "--interval", "0.1", "--pixel", "160"]
    assert main(["analyze", "film.tif", *options, "--exposure", "5e-2", "--decay"]) == 0
    numbers = {"interval_s": 0.1, "pixel_nm": 160.0, "exposure_s": 0.05}
    places = {"csv": Path("a.csv"), "plot": Path("p")}
    assert analyze_calls == [(Path("film.tif"), places | numbers | {"decay": True})]


def test_the_command_line_can_be_started_as_a_module():
    finished = subprocess.run(
        [sys.executable, cli.__file__, "--version"], capture_output=True, text=True, check=True
    )
    assert finished.stdout == f"anionx-teach {anionx_teach.__version__}\n"


def test_exit_codes_are_those_of_the_commands(monkeypatch):
    monkeypatch.setattr(_doctor_command, "doctor", lambda: 1)
    assert main(["doctor"]) == 1


def test_control_c_while_starting_leaves_no_traceback(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(_lab_command, "lab", interrupted)
    assert main(["lab"]) == 130


def test_a_reader_that_has_gone_leaves_no_traceback():
    script = (
        "import sys; from anionx_teach import _doctor_command, cli; "
        "_doctor_command.doctor = lambda: print('all is well') or 0; "
        "sys.exit(cli.main(['doctor']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1
