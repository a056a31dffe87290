"""The progress file when things go wrong: damage, full disks, folders that cannot be written."""

import errno
import json
import os
from pathlib import Path

import pytest
from anionx_widgets import progress, progress_file, progress_schema
from anionx_widgets.progress import FILE_NAME, LOCK_NAME, ProgressStore
from hypothesis import given
from hypothesis import strategies as st


def note(text: str):
    return lambda _old: {"text": text}


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {LOCK_NAME}


DAMAGED = {
    "truncated": '{"format": "anionx-teach progress", "schema_version": 1, "less',
    "empty": "",
    "foreign": '{"nbformat": 4}',
    "list": "[1, 2]",
    "newer": '{"format": "anionx-teach progress", "schema_version": 2, "lessons": {}}',
    "bool version": '{"format": "anionx-teach progress", "schema_version": true, "lessons": {}}',
    "no lessons": '{"format": "anionx-teach progress", "schema_version": 1}',
    "deep": "[" * 200_000,
    "long number": '{"format": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_file_is_set_aside_and_nothing_else_lost(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    (tmp_path / "mine.txt").write_text("mine")
    store = ProgressStore(tmp_path)
    aside = files(tmp_path) - {"mine.txt"}
    assert len(aside) == 1
    name = aside.pop()
    assert name.startswith("anionx_progress.damaged-")
    assert (tmp_path / name).read_text() == text
    assert name in store.message
    assert store.update("01_size", "notes", "why", note("new"))
    assert store.message == "", "it is said once"
    assert ProgressStore(tmp_path).get("01_size", "notes", "why")["text"] == "new"


def test_bytes_that_are_no_text_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"\xff\xfe\x00garbage")
    assert "damaged" in ProgressStore(tmp_path).message


def test_two_damaged_files_in_one_second_are_both_kept(tmp_path: Path) -> None:
    for text in ("first", "second"):
        (tmp_path / FILE_NAME).write_text(text)
        ProgressStore(tmp_path)
    assert {path.read_text() for path in tmp_path.glob("*damaged*")} == {"first", "second"}


def test_damage_during_a_session_loses_nothing_that_the_session_knows(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)
    store.update("01_size", "notes", "one", note("1"))
    (tmp_path / FILE_NAME).write_text("damaged")
    assert store.update("01_size", "notes", "two", note("2"))
    assert "set aside" in store.message
    again = ProgressStore(tmp_path)
    assert [again.get("01_size", "notes", key)["text"] for key in ("one", "two")] == ["1", "2"]


def test_a_file_deleted_during_a_session_comes_back(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)
    store.update("01_size", "notes", "one", note("1"))
    (tmp_path / FILE_NAME).unlink()
    store.update("01_size", "notes", "two", note("2"))
    assert set(ProgressStore(tmp_path).records("01_size", "notes")) == {"one", "two"}


def test_one_bad_record_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    lessons = {
        "01_size": {
            "notes": {"good": {"text": "kept"}, "bad": {"text": 7}, "worse": "no record"},
            "checks": {"x": {"passed": "yes", "tries": 1}, "y": {"passed": True, "tries": -1}},
            "spells": {"z": {}},
            "quizzes": 3,
        },
        "02_confinement": [],
    }
    text = json.dumps({"format": progress_schema.FORMAT, "schema_version": 1, "lessons": lessons})
    (tmp_path / FILE_NAME).write_text(text)
    store = ProgressStore(tmp_path)
    assert "7 records" in store.message
    assert store.records("01_size", "notes") == {"good": {"text": "kept"}}
    assert [path.read_text() for path in tmp_path.glob("*damaged*")] == [text]
    assert ProgressStore(tmp_path).message == "", "what is left is a whole file"


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_whatever_is_in_a_file_it_is_read_or_refused(content: object) -> None:
    for value in (content, {"format": progress_schema.FORMAT, "schema_version": 1}):
        whole = {**value, "lessons": content} if isinstance(value, dict) else value
        try:
            book, _ = progress_schema.load_book(json.dumps(whole))
        except progress_schema.UnreadableProgressError:
            continue
        assert progress_schema.load_book(progress_schema.dump_book(book)) == (book, 0)


def test_a_folder_that_cannot_be_written_gives_one_message_and_the_lesson_goes_on(
    tmp_path: Path,
) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("")
    store = ProgressStore(not_a_folder)
    assert not store.update("01_size", "notes", "why", note("kept in memory"))
    assert store.get("01_size", "notes", "why")["text"] == "kept in memory"
    assert f"cannot be stored in {not_a_folder}" in store.message
    assert "The lesson goes on" in store.message
    assert json.loads(store.export_text())["lessons"]["01_size"]["notes"]["why"]


def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path / "none")
    assert not store.update("01_size", "notes", "why", note("a"))
    assert not (tmp_path / "none").exists()


def test_after_a_full_disk_everything_is_written_at_the_next_chance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ProgressStore(tmp_path)
    store.update("01_size", "notes", "before", note("0"))

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(progress_file.os, "fsync", full)
        assert not store.update("01_size", "notes", "during", note("1"))
        assert "No space left on device" in store.message
        assert files(tmp_path) == {FILE_NAME}, "no half-written file is left"
    ProgressStore(tmp_path).update("01_size", "notes", "other", note("2"))
    assert store.update("01_size", "notes", "after", note("3"))
    assert store.message == ""
    assert set(ProgressStore(tmp_path).records("01_size", "notes")) == {
        "before",
        "during",
        "other",
        "after",
    }


def test_a_file_that_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    store = ProgressStore(tmp_path)
    assert "cannot be stored" in store.message
    assert not store.update("01_size", "notes", "why", note("a"))
    assert store.get("01_size", "notes", "why")["text"] == "a"


def test_a_read_only_folder_still_shows_what_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ProgressStore(tmp_path).update("01_size", "notes", "why", note("kept"))

    def refused(*_arguments: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(progress, "exclusive", refused)
    store = ProgressStore(tmp_path)
    assert "Permission denied" in store.message
    assert store.get("01_size", "notes", "why")["text"] == "kept"


def test_export_and_import_give_everything_back(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()
    first = ProgressStore(here)
    first.update("01_size", "notes", "why", note("taken along"))
    second = ProgressStore(there)
    second.update("01_size", "notes", "old", note("replaced"))
    before = (there / FILE_NAME).read_bytes()
    said = second.import_text(first.export_text())
    assert said.startswith("Put back: 1 records.")
    assert second.export_text() == first.export_text()
    assert ProgressStore(there).export_text() == first.export_text()
    backups = list(there.glob("anionx_progress.backup-*.json"))
    assert [path.read_bytes() for path in backups] == [before]
    assert backups[0].name in said


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_an_import_that_is_not_valid_changes_nothing(tmp_path: Path, text: str) -> None:
    store = ProgressStore(tmp_path)
    store.update("01_size", "notes", "why", note("a"))
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(ValueError, match=r"^it (is|has)|^its list"):
        store.import_text(text)
    assert (tmp_path / FILE_NAME).read_bytes() == before
    assert files(tmp_path) == {FILE_NAME}


def test_an_import_says_what_it_left_out_and_refuses_what_is_too_large(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)
    lessons = {"01_size": {"notes": {"good": {"text": "a"}, "bad": {}}}}
    text = json.dumps({"format": progress_schema.FORMAT, "schema_version": 1, "lessons": lessons})
    assert "1 could not be read" in store.import_text(text)
    with pytest.raises(ValueError, match="larger than 5 MB"):
        store.import_text(" " * 5_000_001)


def test_an_import_into_a_folder_that_cannot_be_written_is_kept_in_memory(tmp_path: Path) -> None:
    source = ProgressStore(tmp_path)
    source.update("01_size", "notes", "why", note("a"))
    store = ProgressStore(tmp_path / "none")
    store.import_text(source.export_text())
    assert "cannot be stored" in store.message
    assert store.get("01_size", "notes", "why")["text"] == "a"
    (tmp_path / "none").mkdir()
    store.update("01_size", "notes", "later", note("b"))
    assert set(ProgressStore(tmp_path / "none").records("01_size", "notes")) == {"why", "later"}


def test_records_that_another_notebook_lost_come_back(tmp_path: Path) -> None:
    # One notebook finds the file damaged and starts a new one: the other still knows its records.
    first = ProgressStore(tmp_path)
    first.update("01_size", "notes", "one", note("1"))
    (tmp_path / FILE_NAME).write_text("damaged")
    ProgressStore(tmp_path).update("02_confinement", "notes", "two", note("2"))
    first.update("01_size", "notes", "three", note("3"))
    again = ProgressStore(tmp_path)
    assert set(again.records("01_size", "notes")) == {"one", "three"}
    assert set(again.records("02_confinement", "notes")) == {"two"}
