"""A learner's predictions, answers and notes, kept in one file beside the lessons.

Every change is written at once. Whatever happens to the file, the lesson goes on: what cannot be
written stays in memory, and a message says so.
"""

import copy
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from anionx_widgets.progress_file import (
    exclusive,
    free_name,
    remove_leftovers,
    write_atomically,
)
from anionx_widgets.progress_schema import (
    Book,
    Record,
    UnreadableProgressError,
    check_record,
    dump_book,
    load_book,
)

FILE_NAME = "anionx_progress.json"
LOCK_NAME = ".anionx_progress.lock"
LARGEST_IMPORT_BYTES = 5_000_000

Change = Callable[[Record | None], Record]


class ProgressStore:
    """The progress file of one folder.

    Parameters
    ----------
    folder
        The folder of the lessons; the file `anionx_progress.json` is made there at the first
        change.

    Notes
    -----
    Each change reads the latest file, applies one record and replaces the file, all under a lock,
    so that two notebooks do not lose each other's records.

    Examples
    --------
    >>> import tempfile
    >>> store = ProgressStore(tempfile.mkdtemp())
    >>> store.update("01_size", "notes", "why", lambda old: {"text": "surface"})
    True
    >>> store.get("01_size", "notes", "why")["text"]
    'surface'
    """

    def __init__(self, folder: str | Path = ".") -> None:
        self.path = Path(folder).absolute() / FILE_NAME
        self._known: Book = {}  # everything this session has seen or written
        self._unsaved: set[tuple[str, str, str]] = set()
        self._notice = ""  # what happened to the file at the last change
        self._trouble = ""  # why it cannot be written at present
        self._listeners: list[Callable[[], None]] = []
        self._guard = threading.RLock()
        self._open()

    @property
    def message(self) -> str:
        """What the learner should know about the file; empty when all is well."""
        return " ".join(text for text in (self._notice, self._trouble) if text)

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after every change of a record or of the message."""
        self._listeners.append(listener)

    def get(self, lesson: str, kind: str, key: str) -> Record | None:
        """Return a copy of one record, or None."""
        with self._guard:
            return copy.deepcopy(self._known.get(lesson, {}).get(kind, {}).get(key))

    def records(self, lesson: str, kind: str) -> dict[str, Record]:
        """Return a copy of all records of one kind in one lesson."""
        with self._guard:
            return copy.deepcopy(self._known.get(lesson, {}).get(kind, {}))

    def update(self, lesson: str, kind: str, key: str, change: Change) -> bool:
        """Replace one record by `change(latest record or None)`.

        Returns
        -------
        bool
            True when the record is in the file; False when it is kept in memory only, and
            `message` says why.

        Raises
        ------
        ValueError
            When `change` returns a record that is not valid for its kind.
        """
        with self._guard:
            self._notice = ""  # it was told after the change before
            try:
                with exclusive(self.path.with_name(LOCK_NAME)):
                    book = self._latest()
                    _put(book, (lesson, kind, key), change)
                    write_atomically(self.path, dump_book(book))
                self._known, self._trouble = book, ""
                self._unsaved.clear()
            except OSError as problem:
                _put(self._known, (lesson, kind, key), change)
                self._unsaved.add((lesson, kind, key))
                self._trouble = _trouble_text(self.path, problem)
            saved = not self._trouble
        self._tell()
        return saved

    def export_text(self) -> str:
        """Return everything that is known, as the text of a progress file."""
        with self._guard:
            return dump_book(self._known)

    def import_text(self, text: str) -> str:
        """Put an exported file back in place of the present one, which is kept as a backup.

        Returns
        -------
        str
            What was done, for the learner.

        Raises
        ------
        ValueError
            When the text is not a progress file; nothing is changed then.
        """
        if len(text) > LARGEST_IMPORT_BYTES:
            msg = f"it is larger than {LARGEST_IMPORT_BYTES / 1e6:g} MB, so it is no progress file"
            raise UnreadableProgressError(msg)
        book, left_out = load_book(text)
        with self._guard:
            try:
                backup = self._replace_file(book)
                self._trouble = ""
                self._unsaved.clear()
            except OSError as problem:
                backup = None
                self._trouble = _trouble_text(self.path, problem)
                self._unsaved.update(_addresses(book))
            self._known = book
        self._tell()
        done = f"Put back: {len(_addresses(book))} records."
        if left_out:
            done += f" {left_out} could not be read and were left out."
        if backup is not None:
            done += f" Your previous file is kept as {backup.name}."
        return done

    def _open(self) -> None:
        """Read the file for the first time; a missing file or folder is no problem yet."""
        if not self.path.exists():
            return
        try:
            with exclusive(self.path.with_name(LOCK_NAME)):
                remove_leftovers(self.path)
                self._known = self._latest()
        except OSError as problem:
            self._trouble = _trouble_text(self.path, problem)
            self._known = _read_only_copy(self.path)

    def _latest(self) -> Book:
        """Return the book of the file, with what is not yet saved; set a damaged file aside."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return copy.deepcopy(self._known)
        try:
            book, left_out = load_book(data.decode("utf-8-sig"))
        except (UnreadableProgressError, UnicodeDecodeError) as problem:
            reason = (
                str(problem) if isinstance(problem, UnreadableProgressError) else "it is damaged"
            )
            self._set_aside(f"could not be read ({reason})")
            return copy.deepcopy(self._known)
        if left_out:
            self._set_aside(f"was damaged in part ({left_out} records)")
            write_atomically(self.path, dump_book(book))
        # Records are never deleted: what this session knows and the file lacks was lost by others.
        merged = _merged(self._known, book)
        for lesson, kind, key in self._unsaved:
            merged[lesson][kind][key] = copy.deepcopy(self._known[lesson][kind][key])
        return merged

    def _set_aside(self, what: str) -> None:
        """Rename the file, so that nothing of it is lost, and remember what to say."""
        aside = free_name(self.path, "damaged")
        self.path.rename(aside)
        self._notice = (
            f"Your progress file {what}. It was set aside as {aside.name}; "
            "everything else is kept, and you can simply go on."
        )

    def _replace_file(self, book: Book) -> Path | None:
        """Write the book; return the backup of the file that was there."""
        with exclusive(self.path.with_name(LOCK_NAME)):
            backup = None
            if self.path.exists():
                backup = free_name(self.path, "backup")
                shutil.copyfile(self.path, backup)
            write_atomically(self.path, dump_book(book))
        return backup

    def _tell(self) -> None:
        """Call the listeners."""
        for listener in self._listeners:
            listener()


def _put(book: Book, address: tuple[str, str, str], change: Change) -> None:
    """Apply a change to one record of the book, stamped with the time."""
    lesson, kind, key = address
    records = book.get(lesson, {}).get(kind, {})
    record = copy.deepcopy(change(copy.deepcopy(records.get(key))))
    check_record(kind, record)
    record["stored_at"] = datetime.now(UTC).isoformat(timespec="seconds")
    book.setdefault(lesson, {}).setdefault(kind, {})[key] = record


def _merged(older: Book, newer: Book) -> Book:
    """Return a copy of `older` with the records of `newer` put over it."""
    book = copy.deepcopy(older)
    for lesson, kind, key in _addresses(newer):
        book.setdefault(lesson, {}).setdefault(kind, {})[key] = newer[lesson][kind][key]
    return book


def _addresses(book: Book) -> list[tuple[str, str, str]]:
    """Return lesson, kind and key of every record."""
    return [
        (lesson, kind, key)
        for lesson, kinds in book.items()
        for kind, records in kinds.items()
        for key in records
    ]


def _read_only_copy(path: Path) -> Book:
    """Return what can be read of a file in a folder that cannot be written, or an empty book."""
    try:
        return load_book(path.read_bytes().decode("utf-8-sig"))[0]
    except (OSError, ValueError):
        return {}


def _trouble_text(path: Path, problem: OSError) -> str:
    """Return one sentence that says why nothing is stored, and that the lesson goes on."""
    reason = problem.strerror or str(problem)
    return (
        f"Your progress cannot be stored in {path.parent} ({reason}). The lesson goes on, but what "
        "you do now is lost when the notebook's kernel stops: use the download to keep it."
    )
