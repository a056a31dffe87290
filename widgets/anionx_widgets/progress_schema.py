"""The text of a learner's progress file: what a valid one holds, and how it is read and written.

A book is lesson -> kind -> key -> record. It is plain JSON: nothing in a file is ever executed.
"""

import json
import math
from collections.abc import Callable
from typing import Any

FORMAT = "anionx-teach progress"
SCHEMA_VERSION = 1

Record = dict[str, Any]
Book = dict[str, dict[str, dict[str, Record]]]


class UnreadableProgressError(ValueError):
    """The text is not a progress file that this version can read."""


def dump_book(book: Book) -> str:
    """Return the text of a progress file."""
    content = {"format": FORMAT, "schema_version": SCHEMA_VERSION, "lessons": book}
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def load_book(text: str) -> tuple[Book, int]:
    """Return the book and how many of its records had to be left out as not valid.

    Raises UnreadableProgressError when the text as a whole is not a progress file.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as problem:
        msg = "it is damaged or not a progress file"
        raise UnreadableProgressError(msg) from problem
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        msg = "it is not a progress file of anionx-teach"
        raise UnreadableProgressError(msg)
    version = content.get("schema_version")
    if version != SCHEMA_VERSION or isinstance(version, bool):
        msg = f"it has the schema version {version!r}, and this anionx-teach reads {SCHEMA_VERSION}"
        raise UnreadableProgressError(msg)
    lessons = content.get("lessons")
    if not isinstance(lessons, dict):
        msg = "its list of lessons is missing"
        raise UnreadableProgressError(msg)
    return _valid_part(lessons)


def check_record(kind: str, record: object) -> None:
    """Raise ValueError when a record of this kind lacks a field or has one of the wrong type."""
    if kind not in _FIELDS:
        msg = f"kind must be one of {', '.join(_FIELDS)}, got {kind!r}"
        raise ValueError(msg)
    if not isinstance(record, dict):
        msg = f"a record of {kind} must be a dictionary, got {record!r}"
        raise ValueError(msg)  # noqa: TRY004 - one error for one bad record
    for field, allowed in _FIELDS[kind].items():
        if not allowed(record.get(field)):
            msg = f"a record of {kind} has no valid {field!r}, got {record.get(field)!r}"
            raise ValueError(msg)


def _valid_part(lessons: dict[str, Any]) -> tuple[Book, int]:
    """Return what is valid of the lessons, and the count of what is not."""
    book: Book = {}
    left_out = 0
    for lesson, kinds in lessons.items():
        if not isinstance(kinds, dict):
            left_out += 1
            continue
        for kind, records in kinds.items():
            if not isinstance(records, dict):
                left_out += 1
                continue
            for key, record in records.items():
                try:
                    check_record(kind, record)
                except ValueError:
                    left_out += 1
                else:
                    book.setdefault(lesson, {}).setdefault(kind, {})[key] = record
    return book, left_out


def _is_number(value: object) -> bool:
    """Return whether this is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_count(value: object) -> bool:
    """Return whether this is a whole number >= 0."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text(value: object) -> bool:
    """Return whether this is a text."""
    return isinstance(value, str)


def _is_flag(value: object) -> bool:
    """Return whether this is True or False."""
    return isinstance(value, bool)


def _is_answer(value: object) -> bool:
    """Return whether this can be a prediction: a text or a number."""
    return _is_text(value) or _is_number(value)


def _is_answers(value: object) -> bool:
    """Return whether this is a list of predictions."""
    return isinstance(value, list) and all(_is_answer(item) for item in value)


def _is_texts(value: object) -> bool:
    """Return whether this is a list of texts."""
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_numbers(value: object) -> bool:
    """Return whether this is a dictionary of numbers."""
    return isinstance(value, dict) and all(_is_number(item) for item in value.values())


_FIELDS: dict[str, dict[str, Callable[[object], bool]]] = {
    "predictions": {"answer": _is_answer, "revisions": _is_answers},
    "quizzes": {"tries": _is_texts, "passed": _is_flag},
    "checks": {"passed": _is_flag, "tries": _is_count},
    "matches": {
        "parameters": _is_numbers,
        "misfit": _is_number,
        "noise_floor": _is_number,
        "tries": _is_count,
    },
    "notes": {"text": _is_text},
}
