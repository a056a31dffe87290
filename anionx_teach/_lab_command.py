"""`anionx lab`: lay out the lessons in a folder of the learner's and open JupyterLab there."""

import contextlib
import importlib.resources
import importlib.util
import json
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from anionx_teach._files import write_atomically

FIRST_LESSON = "00_start_here.ipynb"
LEARNER_FOLDER = "anionx-lessons"
SOLUTIONS_FOLDER = "anionx-lessons-with-solutions"
LOOPBACK = "127.0.0.1"
NOT_LESSONS = (".", "_", "anionx_progress")
# JupyterLab asks whether it may fetch news, even where it has been told that there are none.
QUIET_DEFAULTS: dict[str, dict[str, object]] = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}
}


class LabError(Exception):
    """What keeps the lessons from starting, in one line for the learner."""


@dataclass(frozen=True)
class Layout:
    """What laying out did: the names of the files written, and of those left as they were."""

    written: tuple[str, ...]
    kept: tuple[str, ...]


def lab(
    folder: Path | None, *, launch: bool, browser: bool, with_solutions: bool, port: int | None
) -> int:
    """Lay out the lessons, then run JupyterLab until it is closed; return the exit code."""
    try:
        if importlib.util.find_spec("jupyterlab") is None:
            msg = 'JupyterLab is missing; install it with: pip install "anionx-teach[lessons]"'
            raise LabError(msg)
        if launch and port is not None:
            require_free_port(port)
        target = folder or Path(SOLUTIONS_FOLDER if with_solutions else LEARNER_FOLDER)
        layout = lay_out(lessons_source(), target, with_solutions=with_solutions)
    except LabError as error:
        print(f"anionx lab: {error}", file=sys.stderr)
        return 1
    print(_summary(layout, target))
    if launch:
        _run_jupyterlab(jupyterlab_arguments(target, browser=browser, port=port))
    return 0


def lessons_source() -> Path:
    """Return the folder of complete lessons: inside an installed package, or of the checkout."""
    package = Path(str(importlib.resources.files("anionx_teach")))
    for place in (package / "_lessons", package.parent / "lessons"):
        if (place / FIRST_LESSON).is_file():
            return place
    msg = f"the lessons are missing from {package}; install the package again: pip install anionx-teach"
    raise LabError(msg)


def lay_out(source: Path, target: Path, *, with_solutions: bool) -> Layout:
    """Copy each lesson that `target` does not have yet; what is there already stays as it is."""
    if target.exists() and not target.is_dir():
        msg = f"{target} is a file, not a folder; give another folder: anionx lab DIR"
        raise LabError(msg)
    written, kept = [], []
    try:
        target.mkdir(parents=True, exist_ok=True)
        for lesson in _lesson_files(source):
            copy = target / lesson.relative_to(source)
            name = copy.relative_to(target).as_posix()
            if os.path.lexists(copy):
                kept.append(name)
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            whole = with_solutions or lesson.suffix != ".ipynb"
            write_atomically(copy, lesson.read_bytes() if whole else _learner_copy(lesson))
            written.append(name)
    except OSError as error:
        reason = error.strerror or error
        msg = f"cannot write in {target} ({reason}); give a folder of yours: anionx lab DIR"
        raise LabError(msg) from None
    return Layout(tuple(written), tuple(kept))


def require_free_port(port: int) -> None:
    """Raise LabError unless `port` can be listened on at loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        if os.name == "posix":  # a port just given back counts as free, as it does for JupyterLab
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError as error:
            msg = (
                f"port {port} cannot be used ({error.strerror}); choose another or leave out --port"
            )
            raise LabError(msg) from None


def jupyterlab_arguments(folder: Path, *, browser: bool, port: int | None) -> list[str]:
    """Return JupyterLab's options: loopback only, its own token on, nothing fetched from outside."""
    first = FIRST_LESSON if (folder / FIRST_LESSON).is_file() else ""
    arguments = [
        f"--ServerApp.root_dir={folder.resolve()}",
        f"--ServerApp.ip={LOOPBACK}",
        f"--ServerApp.open_browser={browser}",
        # One Ctrl-C ends it; notebooks are saved by JupyterLab itself.
        "--ServerApp.answer_yes=True",
        f"--LabApp.default_url=/lab/tree/{first}" if first else "--LabApp.default_url=/lab",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    if port is not None:
        arguments += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # JupyterLab refuses to run as root unless told so: in a container there is no one else.
        arguments.append("--ServerApp.allow_root=True")
    return arguments


def _run_jupyterlab(arguments: list[str]) -> None:
    """Run JupyterLab in this process, so that Ctrl-C and a closed terminal reach it directly."""
    from jupyterlab.labapp import LabApp

    with _quiet_defaults():
        LabApp.launch_instance(argv=arguments)


def write_quiet_defaults(jupyter_config: Path) -> None:
    """Write JupyterLab's defaults of ours into a folder of Jupyter's configuration (Binder's)."""
    overrides = jupyter_config / "labconfig" / "default_setting_overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    overrides.write_text(json.dumps(QUIET_DEFAULTS), encoding="utf-8")


@contextlib.contextmanager
def _quiet_defaults() -> Iterator[None]:
    """Give JupyterLab our defaults while it runs; settings that the user has made still count."""
    before = os.environ.get("JUPYTER_CONFIG_PATH")
    with tempfile.TemporaryDirectory(prefix="anionx-jupyter-") as folder:
        write_quiet_defaults(Path(folder))
        os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [before, folder]))
        try:
            yield
        finally:
            if before is None:
                del os.environ["JUPYTER_CONFIG_PATH"]
            else:
                os.environ["JUPYTER_CONFIG_PATH"] = before


def _lesson_files(source: Path) -> list[Path]:
    """Return every file of the lessons; what is hidden, cached or someone's progress is left out."""
    return sorted(
        path
        for path in source.rglob("*")
        if path.is_file()
        and not any(part.startswith(NOT_LESSONS) for part in path.relative_to(source).parts)
    )


def _learner_copy(lesson: Path) -> bytes:
    """Return a notebook without its solutions and outputs, its metadata kept."""
    import nbformat
    from nbconvert.preprocessors import ClearOutputPreprocessor, TagRemovePreprocessor

    notebook = nbformat.read(lesson, as_version=4)
    resources: dict[str, object] = {}
    for step in (
        TagRemovePreprocessor(remove_cell_tags={"solution"}, enabled=True),
        ClearOutputPreprocessor(enabled=True),
    ):
        notebook, resources = step(notebook, resources)
    return str(nbformat.writes(notebook)).encode() + b"\n"


def _summary(layout: Layout, target: Path) -> str:
    """Say what was written and what was kept."""
    text = f"{len(layout.written)} lesson files written to {target}"
    if layout.kept:
        text += f", {len(layout.kept)} kept as they were (move one away to get it fresh)"
    return text
