"""A copy of the checkout, the wheel built from it, and clean environments to try them in."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = REPOSITORY / "binder" / "requirements.txt"

# What would let a program see this checkout, or settings made for these tests.
FOREIGN_SETTINGS = ("PYTHONPATH", "VIRTUAL_ENV", "PIP_CONSTRAINT", "ANIONX", "NUMBA", "JUPYTER")


class Environment:
    """A virtual environment with nothing in it but pip, and a home folder of its own."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder / "venv", with_pip=True)
        self.programs = folder / "venv" / "bin"
        self.home = folder / "home"
        self.home.mkdir()

    def install(self, *arguments: object) -> None:
        """Run pip, with the cache and the settings of whoever runs the tests."""
        pip = [self.programs / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
        subprocess.run([*pip, *arguments], check=True, env=clean_settings(), timeout=900)

    def run(self, program: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment; its error output is shown when it fails."""
        settings = clean_settings() | {
            "HOME": str(self.home),
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
        }
        return checked([shutil.which(program, path=settings["PATH"]), *arguments], cwd, settings)


def clean_settings() -> dict[str, str]:
    """Return this process' environment without what belongs to the checkout."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_SETTINGS)
    }


def checked(
    command: Sequence[object], cwd: Path, settings: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command and fail with all that it said unless it succeeds."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=cwd, env=settings, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode:
        pytest.fail(f"{' '.join(words)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


@pytest.fixture(scope="session")
def tracked_files() -> list[str]:
    """Every file of the checkout that is, or is about to be, under version control."""
    if not (REPOSITORY / ".git").exists():
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = checked(git, REPOSITORY).stdout.split("\0")
    return sorted(name for name in names if name and (REPOSITORY / name).is_file())


@pytest.fixture(scope="session")
def copy_checkout(
    tracked_files: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Path]:
    """Return a function that makes a fresh copy of the checkout, without what git ignores."""

    def copy() -> Path:
        target = tmp_path_factory.mktemp("checkout")
        for name in tracked_files:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, target / name)
        return target

    return copy


@pytest.fixture(scope="session")
def wheel(copy_checkout: Callable[[], Path]) -> Path:
    """The wheel, built from a copy in which work has left its traces."""
    checkout = copy_checkout()
    for trace in (
        "lessons/.ipynb_checkpoints/01_size-checkpoint.ipynb",
        "lessons/anionx_progress.json",
        "lessons/.anionx_progress.lock",
        "anionx_teach/__pycache__/cli.cpython-311.pyc",
    ):
        (checkout / trace).parent.mkdir(exist_ok=True)
        (checkout / trace).write_text("{}")
    (checkout / ".gitignore").unlink()  # what keeps the traces out must be pyproject.toml
    checked([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "built"], checkout)
    (built,) = (checkout / "built").glob("*.whl")
    return built
