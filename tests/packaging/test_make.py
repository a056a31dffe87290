"""`make lab` on machines that lack something, and on one that has it all."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.packaging.conftest import REPOSITORY, clean_settings

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


@pytest.fixture
def checkout(tmp_path):
    """What make looks at: its own file, the project's and the lock."""
    for name in ("Makefile", "pyproject.toml", "binder/requirements.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / name, tmp_path / name)
    return tmp_path


def make(
    checkout: Path, *arguments: str, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    settings = {name: v for name, v in clean_settings().items() if not name.startswith("MAKE")}
    settings |= {"PATH": path} if path else {}
    command = ["make", *arguments]
    return subprocess.run(
        command, cwd=checkout, env=settings, capture_output=True, text=True, check=False
    )


def chosen_python(checkout: Path, first_on_path: Path) -> str:
    """Return the Python that make would build the environment with."""
    (checkout / "show.mk").write_text('include Makefile\nshow: ; @echo "$(PYTHON)"\n')
    path = f"{first_on_path}:/usr/bin:/bin"
    return make(checkout, "-f", "show.mk", "show", path=path).stdout.strip()


def script(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def test_without_a_new_enough_python_it_says_what_to_do(checkout):
    done = make(checkout, "lab", "PYTHON=")
    assert done.returncode
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_passed_over_for_a_newer_one(checkout, tmp_path):
    old = script(tmp_path / "bin" / "python3", "exit 0")  # prints nothing: too old
    script(tmp_path / "bin" / "python3.13", "echo python3.13")
    assert chosen_python(checkout, old.parent) == "python3.13"


def test_the_python_of_the_tests_would_be_taken(checkout, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    assert chosen_python(checkout, tmp_path / "bin") == "python3"


def test_without_the_venv_module_it_says_what_to_install(checkout, tmp_path):
    bare = script(tmp_path / "bare-python", "echo 'No module named ensurepip' >&2", "exit 1")
    done = make(checkout, "lab", f"PYTHON={bare}")
    assert done.returncode
    assert "apt-get install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def installed(checkout: Path, stamp: str) -> Path:
    """Make it look as if an installation had been made; return where its programs say what ran."""
    ran = checkout / "ran"
    for name in ("python", "pip", "anionx"):
        script(checkout / ".venv" / "bin" / name, f'echo "{name} $*" >> {ran}')
    (checkout / ".venv" / stamp).touch()
    return ran


def test_when_all_is_installed_it_starts_at_once(checkout):
    ran = installed(checkout, ".lessons-installed")
    assert make(checkout, "lab", "ARGS=--no-browser").returncode == 0
    assert ran.read_text() == "anionx lab --no-browser\n"


@pytest.mark.parametrize("changed", ["pyproject.toml", "binder/requirements.txt"])
def test_a_newer_lock_or_project_file_is_installed_first(changed, checkout):
    ran = installed(checkout, ".lessons-installed")
    an_hour_ago = time.time() - 3600
    os.utime(checkout / ".venv" / ".lessons-installed", (an_hour_ago, an_hour_ago))
    for name in {"pyproject.toml", "binder/requirements.txt"} - {changed}:
        os.utime(checkout / name, (an_hour_ago - 60, an_hour_ago - 60))
    assert make(checkout, "lab").returncode == 0
    first, last = ran.read_text().splitlines()
    assert first.startswith("python -m pip install")
    assert "--constraint binder/requirements.txt --editable .[lessons,plots]" in first
    assert last == "anionx lab"


def test_the_tests_run_in_order_and_stop_at_the_first_failure(checkout):
    ran = installed(checkout, ".test-installed")
    assert make(checkout, "test").returncode == 0
    runs = [line for line in ran.read_text().splitlines() if "pytest" in line]
    at_once = "-n auto --maxprocesses 4 --dist"
    assert runs == [
        f"python -m pytest anionx_teach tests/library --cov {at_once} loadgroup",
        f"python -m pytest --nbval lessons {at_once} loadfile",
        f"python -m pytest {at_once} loadgroup",
    ]
    script(checkout / ".venv" / "bin" / "python", 'case "$*" in *--cov*) exit 1;; esac')
    assert make(checkout, "test").returncode


def test_continuous_integration_runs_make_test_and_asks_for_the_browser(tmp_path):
    ran = tmp_path / "ran"
    script(tmp_path / "make", f'echo "$* $ANIONX_REQUIRE_BROWSER $PWD" > {ran}')
    settings = clean_settings() | {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run([REPOSITORY / ".ci" / "run"], env=settings, cwd=tmp_path, check=True)
    assert ran.read_text() == f"test 1 {REPOSITORY}\n"


@pytest.mark.parametrize(("user", "installs"), [(0, True), (1000, False)])
def test_a_missing_chromium_is_installed_by_root_and_never_in_the_way(user, installs, checkout):
    ran = installed(checkout, ".test-installed")
    nothing_found = 'case "$*" in *_doctor_command*) echo "no Chromium found"; exit 1;; esac'
    script(checkout / ".venv" / "bin" / "python", nothing_found)
    stubs = script(checkout / "stubs" / "apt-get", f'echo "apt-get $*" >> {ran}').parent
    script(stubs / "id", f"echo {user}")
    done = make(checkout, "test", path=f"{stubs}:/usr/bin:/bin")
    assert done.returncode == 0
    assert "no Chromium found" in done.stdout
    assert ran.exists() is installs
    if installs:
        assert ran.read_text().splitlines() == [
            "apt-get update -qq",
            "apt-get install -y -qq --no-install-recommends chromium",
        ]
