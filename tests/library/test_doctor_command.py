"""The doctor finds what is there, advises on what is missing, and its exit code tells the two."""

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from anionx_teach import _compile_kernels, _doctor_command
from anionx_teach._compile_kernels import CompilerState
from anionx_teach._doctor_command import CHROMIUM_ADVICE, CHROMIUM_NAMES, doctor, find_chromium


def executable(path: Path) -> Path:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def without(monkeypatch, missing):
    """Make one distribution look as if it were not installed."""
    version = importlib.metadata.version

    def find(name):
        if name == missing:
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(importlib.metadata, "version", find)


def with_compiler(monkeypatch, *, version="0.60", switched_off=False, cache=None):
    state = CompilerState(version, switched_off, cache)
    monkeypatch.setattr(_compile_kernels, "compiler_state", lambda: state)


@pytest.mark.parametrize("name", CHROMIUM_NAMES)
def test_chromium_is_found_under_each_usual_name(name, tmp_path, monkeypatch):
    monkeypatch.delenv("ANIONX_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_chromium() is None
    browser = executable(tmp_path / name)
    assert find_chromium() == str(browser)


def test_the_chromium_asked_for_wins_and_is_never_replaced(tmp_path, monkeypatch):
    executable(tmp_path / "chromium")
    chosen = executable(tmp_path / "my-browser")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("ANIONX_CHROMIUM", str(chosen))
    assert find_chromium() == str(chosen)
    monkeypatch.setenv("ANIONX_CHROMIUM", str(tmp_path / "gone"))
    assert find_chromium() is None


def test_all_is_well_here(capsys):
    assert doctor() == 0
    report = capsys.readouterr().out
    for name in ("numpy", "numba", "jupyterlab", "bqplot"):
        assert f"{importlib.metadata.version(name)}\n" in report
    assert "labextensions" in report
    assert report.endswith("The lessons can run.\n")


@pytest.mark.parametrize("name", ["jupyterlab", "ipywidgets", "bqplot", "anywidget"])
def test_a_missing_part_of_the_lessons_is_an_error_with_advice(name, monkeypatch, capsys):
    without(monkeypatch, name)
    assert doctor() == 1
    report = capsys.readouterr().out
    assert 'pip install "anionx-teach[lessons]"' in report
    assert report.endswith("The lessons cannot run yet.\n")


def test_missing_numba_is_advice_only(monkeypatch, capsys):
    without(monkeypatch, "numba")
    with_compiler(monkeypatch, version=None)
    assert doctor() == 0
    report = capsys.readouterr().out
    assert "pip install numba" in report
    assert "not used, numba is missing" in report


def test_a_missing_front_end_is_an_error_with_advice(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(_doctor_command, "_labextension_folders", lambda: [tmp_path])
    assert doctor() == 1
    assert capsys.readouterr().out.count("in the browser") == 3


def test_without_jupyter_there_is_nowhere_to_look_for_front_ends(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert _doctor_command._labextension_folders() == []


def test_compiled_code_off(monkeypatch, capsys):
    with_compiler(monkeypatch, switched_off=True)
    assert doctor() == 0
    assert "not used, ANIONX_NO_NUMBA is set" in capsys.readouterr().out


def test_compiled_code_without_a_writable_place(monkeypatch, capsys):
    with_compiler(monkeypatch)
    assert doctor() == 0
    assert "set NUMBA_CACHE_DIR" in capsys.readouterr().out


def test_compiled_code_kept(tmp_path, monkeypatch, capsys):
    with_compiler(monkeypatch, cache=tmp_path)
    assert doctor() == 0
    assert f"kept in {tmp_path}" in capsys.readouterr().out


def test_a_kernel_that_cannot_be_compiled_is_told(monkeypatch, capsys):
    import warnings

    def failing():
        warnings.warn("loop could not be compiled", UserWarning, stacklevel=2)
        return CompilerState("0.60", switched_off=False, cache_directory=None)

    monkeypatch.setattr(_compile_kernels, "compiler_state", failing)
    assert doctor() == 0
    assert "-> loop could not be compiled" in capsys.readouterr().out


def test_missing_chromium_is_advice_only(monkeypatch, capsys):
    monkeypatch.setenv("ANIONX_CHROMIUM", "/nowhere/chromium")
    assert doctor() == 0
    assert CHROMIUM_ADVICE in capsys.readouterr().out


@pytest.mark.parametrize("found", [True, False])
def test_as_a_program_it_looks_for_the_browser_only(found, tmp_path, monkeypatch):
    browser = executable(tmp_path / "chromium")
    monkeypatch.setenv("ANIONX_CHROMIUM", str(browser if found else tmp_path / "gone"))
    command = [sys.executable, "-m", "anionx_teach._doctor_command"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.stdout == f"{browser if found else CHROMIUM_ADVICE}\n"
    assert run.returncode == (0 if found else 1)
