"""The map of the lessons is the one that the notebooks' metadata give."""

import json
from pathlib import Path

from anionx_teach._lesson_map import lesson_map, lesson_metadata

LESSONS = Path(__file__).parents[2] / "lessons"


def write_lesson(folder: Path, name: str, **metadata: object) -> None:
    front = {
        "title": "Size",
        "question": "How large?",
        "minutes": 50,
        "prerequisites": [],
        "objectives": ["Measure an edge"],
        "key_points": ["A batch is a distribution."],
    }
    notebook = {"metadata": {"anionx": front | metadata}, "cells": []}
    (folder / name).write_text(json.dumps(notebook), encoding="utf-8")


def test_the_map_in_the_lessons_folder_is_current() -> None:
    stored = (LESSONS / "README.md").read_text(encoding="utf-8")
    assert stored == lesson_map(LESSONS), "make it anew with `make map`"


def test_the_map_says_what_the_metadata_say(tmp_path: Path) -> None:
    write_lesson(tmp_path, "02_later.ipynb", prerequisites=["01_size"], minutes=35)
    write_lesson(tmp_path, "01_size.ipynb")
    (tmp_path / "notes.ipynb").write_text("not a lesson", encoding="utf-8")
    text = lesson_map(tmp_path)
    assert list(lesson_metadata(tmp_path)) == ["01_size", "02_later"]
    assert "| [01_size](01_size.ipynb) | How large? | 50 | nothing |" in text
    assert "| [02_later](02_later.ipynb) | How large? | 35 | 01_size |" in text
    assert "85 minutes in all" in text
    assert "- measure an edge" in text
    assert "- A batch is a distribution." in text
