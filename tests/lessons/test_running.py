"""The learner's copies run from top to bottom, and a changed stored number is noticed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from anionx_teach.cli import main
from tests.lessons.lesson_files import LESSONS, code_cells, read, tags

MOST_SECONDS = 30
MOST_MEGABYTES = 500
CELL_TIMEOUT_S = 120
NBVAL_TIMEOUT_S = 240

# Processor time, so that a busy machine does not fail a lesson.
WHAT_IT_TOOK = """import resource as _resource
_used = _resource.getrusage(_resource.RUSAGE_SELF)
print(_used.ru_utime + _used.ru_stime, _used.ru_maxrss / 1024)"""

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@pytest.fixture(scope="module")
def learners_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The learner's copies, as `anionx lab --no-launch` lays them out."""
    folder = tmp_path_factory.mktemp("learner") / "anionx-lessons"
    assert main(["lab", "--no-launch", str(folder)]) == 0
    return folder


def execute(path: Path) -> Any:
    """Run a notebook in place, in a process of its own, and return what it is now."""
    program = "from nbclient.cli import main; main()"
    options = ["--inplace", f"--timeout={CELL_TIMEOUT_S}"]
    command = [sys.executable, "-c", program, *options, path.name]
    run = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return read(path)


@pytest.mark.slow
@every_lesson
def test_the_learners_copy_runs_to_the_end(path: Path, learners_folder: Path) -> None:
    notebook = read(learners_folder / path.name)
    assert not any("solution" in tags(cell) for cell in notebook.cells)
    assert not any(cell.outputs for cell in code_cells(notebook))
    new: Any = nbformat.v4
    notebook.cells.append(new.new_code_cell(WHAT_IT_TOOK))
    # Run in the learner's folder, under another name: the copy itself stays as it was laid out.
    running = learners_folder / f"running-{path.name}"
    running.write_text(new.writes(notebook), encoding="utf-8")
    done = execute(running)
    seconds, megabytes = map(float, done.cells[-1].outputs[0].text.split())
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


def change_a_number(notebook: Any) -> str | None:
    """Change one digit of the first printed number that nbval compares; return the new text."""
    for cell in code_cells(notebook):
        if "nbval-ignore-output" in tags(cell):
            continue
        for output in cell.outputs:
            text: str = output.get("text") or output.get("data", {}).get("text/plain", "")
            number = re.search(r"\d+\.\d+", text)
            if number is None:
                continue
            last = number.end() - 1
            changed = text[:last] + str((int(text[last]) + 5) % 10) + text[last + 1 :]
            if output.output_type == "stream":
                output.text = changed
            else:
                output.data["text/plain"] = changed
            return changed[number.start() : number.end()]
    return None


@pytest.mark.slow
@every_lesson
def test_nbval_notices_a_changed_number(path: Path, tmp_path: Path) -> None:
    notebook = read(path)
    number = change_a_number(notebook)
    assert number is not None, "a lesson prints the numbers that matter"
    new: Any = nbformat.v4
    (tmp_path / path.name).write_text(new.writes(notebook), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "--nbval", "-p", "no:cacheprovider", path.name]
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=NBVAL_TIMEOUT_S, check=False
    )
    assert run.returncode == 1, run.stdout[-3000:] + run.stderr[-3000:]
    assert re.search(r"\b1 failed, \d+ passed", run.stdout), run.stdout[-3000:]
    assert number in run.stdout
