"""Every lesson says what it is for, has all its parts, and stores nothing that it should not."""

from pathlib import Path
from typing import Any

import pytest

from tests.lessons.lesson_files import (
    LESSONS,
    WIDGET_VIEW,
    called_methods,
    code_cells,
    long_functions,
    read,
    tags,
)

# The tags of the parts of a lesson, in their order. A cell of text or of code carries them.
PARTS = (
    "observation",
    "predict",
    "play",
    "questions",
    "build",
    "exercise",
    "hidden-experiment",
    "limits",
    "quiz",
    "summary",
    "references",
    "next",
)
# What the parts with a widget of their own call on the Lesson.
CALLS = {"predict", "check", "hidden", "quiz", "summary"}
LONGEST_FUNCTION = 15

every_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def test_there_are_lessons_and_the_first_is_the_tour() -> None:
    assert [path.stem for path in LESSONS][:1] == ["00_start_here"]


def faults_of_front_matter(data: dict[str, Any]) -> list[str]:
    """Return what is missing from, or empty in, the `anionx` metadata of a lesson."""
    faults = []
    for name in ("title", "question"):
        if not isinstance(data.get(name), str) or not data[name].strip():
            faults.append(f"{name} must be a text, got {data.get(name)!r}")
    if not isinstance(data.get("minutes"), int) or not 5 <= data["minutes"] <= 120:
        faults.append(f"minutes must be a whole number from 5 to 120, got {data.get('minutes')!r}")
    for name in ("objectives", "misconceptions", "key_points"):
        texts = data.get(name)
        if not isinstance(texts, list) or not texts or not all(map(_is_text, texts)):
            faults.append(f"{name} must be a list of texts, got {texts!r}")
    needs = data.get("prerequisites")
    if not isinstance(needs, list) or not all(map(_is_text, needs)):
        faults.append(f"prerequisites must be a list of texts, got {needs!r}")
    return faults


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


@every_lesson
def test_the_front_matter_is_complete(path: Path) -> None:
    assert faults_of_front_matter(read(path).metadata["anionx"]) == []


def test_incomplete_front_matter_is_noticed() -> None:
    whole = {
        "title": "Size",
        "question": "What does 5.1 nm mean?",
        "minutes": 50,
        "prerequisites": [],
        "objectives": ["Measure a size distribution"],
        "misconceptions": ["All crystals of a 5.1-nm batch are 5.1 nm"],
        "key_points": ["A batch has a distribution of sizes."],
    }
    assert faults_of_front_matter(whole) == []
    for name in whole:
        missing = {key: value for key, value in whole.items() if key != name}
        assert len(faults_of_front_matter(missing)) == 1, name
    assert len(faults_of_front_matter(whole | {"objectives": [""], "minutes": "50"})) == 2


@every_lesson
def test_every_part_is_there_in_its_order(path: Path) -> None:
    notebook = read(path)
    places = {
        part: [i for i, cell in enumerate(notebook.cells) if part in tags(cell)] for part in PARTS
    }
    missing = [part for part in PARTS if not places[part]]
    assert not missing, f"no cell is tagged {missing}"
    first = [places[part][0] for part in PARTS]
    assert first == sorted(first), f"out of order: {dict(zip(PARTS, first, strict=True))}"
    assert called_methods(notebook) >= CALLS


@every_lesson
def test_the_predictions_come_before_the_play(path: Path) -> None:
    parts = [tags(cell) for cell in read(path).cells]
    play = [i for i, part in enumerate(parts) if "play" in part]
    predict = [i for i, part in enumerate(parts) if "predict" in part]
    assert not play or not predict or predict[0] < play[0]


@every_lesson
def test_functions_in_the_notebook_are_short(path: Path) -> None:
    assert list(long_functions(read(path), LONGEST_FUNCTION)) == []


@every_lesson
def test_no_widget_state_is_stored_and_widget_outputs_are_not_compared(path: Path) -> None:
    notebook = read(path)
    assert "widgets" not in notebook.metadata
    compared = [
        cell.source
        for cell in code_cells(notebook)
        if any(WIDGET_VIEW in output.get("data", {}) for output in cell.outputs)
        and "nbval-ignore-output" not in tags(cell)
    ]
    assert compared == []


@every_lesson
def test_the_lesson_is_stored_with_its_outputs_and_no_error(path: Path) -> None:
    cells = [cell for cell in code_cells(read(path)) if cell.source.strip()]
    compared = [cell for cell in cells if "nbval-ignore-output" not in tags(cell)]
    assert all(cell.execution_count for cell in compared), "store its outputs with `make lessons`"
    kinds = {output.output_type for cell in cells for output in cell.outputs}
    assert "error" not in kinds
    streams = {output.name for cell in cells for output in cell.outputs if "name" in output}
    assert "stderr" not in streams, "a warning is stored in the lesson"


@every_lesson
def test_solutions_are_in_cells_of_their_own(path: Path) -> None:
    notebook = read(path)
    mixed = [
        cell.source
        for cell in notebook.cells
        if "solution" in tags(cell) and tags(cell) & {"predict", "hidden-experiment", "quiz"}
    ]
    assert mixed == [], "dropped from the learner's copy together with the solution"
