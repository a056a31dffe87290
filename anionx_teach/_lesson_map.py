"""The map of the lessons, `lessons/README.md`, made from the metadata of the notebooks.

`python -m anionx_teach._lesson_map lessons` writes it; a test compares it with the notebooks.
"""

import json
import sys
from pathlib import Path
from typing import Any


def lesson_metadata(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the `anionx` metadata of each numbered notebook in `folder`, by lesson name."""
    notebooks = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["metadata"]["anionx"]
        for path in notebooks
    }


def lesson_map(folder: Path) -> str:
    """Return the map of the lessons in `folder` as Markdown."""
    lessons = lesson_metadata(folder)
    minutes = sum(lesson["minutes"] for lesson in lessons.values())
    parts = [
        "# The lessons",
        "",
        "Made from the notebooks' metadata by `make map`: edit the notebooks, not this file.",
        "",
        "| lesson | question | minutes | helps to know |",
        "| --- | --- | --- | --- |",
        *(_row(name, lesson) for name, lesson in lessons.items()),
        "",
        f"{minutes} minutes in all. Each lesson stands alone: it can be opened first.",
    ]
    for name, lesson in lessons.items():
        parts += ["", f"## {name[:2]} {lesson['title']}", "", "After it you can", ""]
        parts += [f"- {_decapitalised(objective)}" for objective in lesson["objectives"]]
        parts += ["", "To keep", ""]
        parts += [f"- {point}" for point in lesson["key_points"]]
    return "\n".join(parts) + "\n"


def _row(name: str, lesson: dict[str, Any]) -> str:
    needs = ", ".join(lesson["prerequisites"]) or "nothing"
    return f"| [{name}]({name}.ipynb) | {lesson['question']} | {lesson['minutes']} | {needs} |"


def _decapitalised(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


if __name__ == "__main__":
    target = Path(sys.argv[1])
    (target / "README.md").write_text(lesson_map(target), encoding="utf-8")
