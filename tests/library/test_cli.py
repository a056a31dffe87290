"""The command line hands its options on and says what it does not understand."""

from pathlib import Path

import pytest

import anionx_teach
from anionx_teach import _doctor_command, _lab_command
from anionx_teach.cli import main


@pytest.fixture
def lab_calls(monkeypatch):
    calls = []
    monkeypatch.setattr(
        _lab_command, "lab", lambda folder, **options: calls.append((folder, options)) or 0
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


def test_exit_codes_are_those_of_the_commands(monkeypatch):
    monkeypatch.setattr(_doctor_command, "doctor", lambda: 1)
    assert main(["doctor"]) == 1


def test_control_c_while_starting_leaves_no_traceback(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(_lab_command, "lab", interrupted)
    assert main(["lab"]) == 130
