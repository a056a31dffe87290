"""The progress file: whole after a kill, merged between notebooks, set aside when damaged."""

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from anionx_widgets import progress_file
from anionx_widgets.progress import FILE_NAME, LOCK_NAME, ProgressStore

WRITER = """
import sys
from anionx_widgets.progress import ProgressStore

folder, lesson, key, n = sys.argv[1:]
store = ProgressStore(folder)
for i in range(int(n)):
    def change(old):
        count = old["tries"] + 1 if old else 1
        return {"passed": False, "tries": count}
    assert store.update(lesson, "checks", key, change), store.message
    print(i + 1, flush=True)
"""
LOCK_HOLDER = """
import sys, time
from pathlib import Path
from anionx_widgets.progress_file import exclusive

with exclusive(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""


def note(text: str):
    return lambda _old: {"text": text}


def started(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {LOCK_NAME}


def test_a_record_is_in_the_file_at_once(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)
    assert files(tmp_path) == set()
    assert store.update("01_size", "notes", "why", note("because <b>"))
    content = json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))
    assert content["format"] == "anionx-teach progress"
    assert content["schema_version"] == 1
    assert content["lessons"]["01_size"]["notes"]["why"]["text"] == "because <b>"
    assert ProgressStore(tmp_path).get("01_size", "notes", "why")["text"] == "because <b>"
    assert files(tmp_path) == {FILE_NAME}
    assert store.message == ""


def test_a_missing_record_is_none_and_copies_do_not_change_the_store(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)
    assert store.get("01_size", "notes", "none") is None
    assert store.records("01_size", "notes") == {}
    store.update("01_size", "notes", "why", note("a"))
    store.get("01_size", "notes", "why")["text"] = "changed"
    store.records("01_size", "notes")["why"]["text"] = "changed"
    assert store.get("01_size", "notes", "why")["text"] == "a"


@pytest.mark.parametrize("acknowledged", [1, 7, 40])
def test_a_killed_kernel_leaves_a_whole_file_with_the_last_record(
    tmp_path: Path, acknowledged: int
) -> None:
    writer = started(WRITER, tmp_path, "01_size", "sites", 1_000_000)
    last = 0
    while last < acknowledged:
        last = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    last = max([last, *map(int, writer.stdout.read().split())])
    assert writer.wait() == -signal.SIGKILL
    writer.stdout.close()
    store = ProgressStore(tmp_path)
    assert store.message == ""
    assert store.get("01_size", "checks", "sites")["tries"] in (last, last + 1)
    assert store.update("01_size", "notes", "after", note("goes on")), "no stale lock is left"


def test_two_notebooks_do_not_lose_each_others_records(tmp_path: Path) -> None:
    n = 40
    writers = [
        started(WRITER, tmp_path, "01_size", "own", n),
        started(WRITER, tmp_path, "02_confinement", "own", n),
        started(WRITER, tmp_path, "00_start_here", "shared", n),
        started(WRITER, tmp_path, "00_start_here", "shared", n),
    ]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    store = ProgressStore(tmp_path)
    assert store.get("01_size", "checks", "own")["tries"] == n
    assert store.get("02_confinement", "checks", "own")["tries"] == n
    assert store.get("00_start_here", "checks", "shared")["tries"] == 2 * n


def test_threads_do_not_lose_each_others_records(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)

    def count(old):
        return {"passed": False, "tries": old["tries"] + 1 if old else 1}

    threads = [
        threading.Thread(
            target=lambda: [store.update("a", "checks", "x", count) for _ in range(20)]
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ProgressStore(tmp_path).get("a", "checks", "x")["tries"] == 60


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("predictions", {"answer": None, "revisions": []}),
        ("predictions", {"answer": 1.0, "revisions": "no"}),
        ("predictions", {"answer": float("inf"), "revisions": []}),
        ("predictions", {"answer": 10**400, "revisions": []}),
        ("quizzes", {"tries": [1], "passed": True}),
        ("matches", {"parameters": {"a": "1"}, "misfit": 1, "noise_floor": 1, "tries": 1}),
        ("notes", {}),
        ("notes", ["text"]),
        ("spells", {}),
    ],
)
def test_a_record_that_is_not_valid_is_never_written(
    tmp_path: Path, kind: str, record: object
) -> None:
    store = ProgressStore(tmp_path)
    with pytest.raises(ValueError, match=r"kind must be one of|a record of"):
        store.update("01_size", kind, "key", lambda _old: record)
    assert FILE_NAME not in files(tmp_path)


def test_a_lock_that_is_held_makes_nobody_wait_for_ever(tmp_path: Path) -> None:
    lock = tmp_path / LOCK_NAME
    holder = started(LOCK_HOLDER, lock)
    assert holder.stdout.readline() == "locked\n"
    begin = time.monotonic()
    with (
        pytest.raises(TimeoutError, match="held by another notebook"),
        progress_file.exclusive(lock, timeout_s=0.2),
    ):
        pass
    assert time.monotonic() - begin < 5
    holder.kill()
    holder.communicate()
    with progress_file.exclusive(lock, timeout_s=0.2):
        assert lock.exists(), "a killed holder leaves a file, and no lock"


def test_a_file_system_without_locks_is_used_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_descriptor: int) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(progress_file, "_lock", no_locks)
    assert ProgressStore(tmp_path).update("01_size", "notes", "why", note("a"))


def test_leftovers_of_killed_kernels_are_removed_and_young_files_kept(tmp_path: Path) -> None:
    ProgressStore(tmp_path).update("01_size", "notes", "why", note("a"))
    old, young = tmp_path / ".anionx_progress.1-1.tmp", tmp_path / ".anionx_progress.2-2.tmp"
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (0, 0))
    ProgressStore(tmp_path)
    assert not old.exists()
    assert young.exists()


def test_listeners_hear_of_every_change(tmp_path: Path) -> None:
    store = ProgressStore(tmp_path)
    heard: list[str] = []
    store.on_change(lambda: heard.append(store.message))
    store.update("01_size", "notes", "why", note("a"))
    store.import_text(store.export_text())
    assert heard == ["", ""]
