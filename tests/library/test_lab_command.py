"""Laying out the lessons: whole files, learner's copies, nothing overwritten, one line on trouble."""

import importlib.util
import json
import os
import socket
from pathlib import Path

import nbformat
import pytest

from anionx_teach import _lab_command
from anionx_teach._lab_command import (
    FIRST_LESSON,
    LabError,
    jupyterlab_arguments,
    lab,
    lay_out,
    lessons_source,
    require_free_port,
)


@pytest.fixture
def source(tmp_path):
    """A folder of complete lessons, with what must not be copied beside them."""
    folder = tmp_path / "complete"
    (folder / "images").mkdir(parents=True)
    (folder / ".ipynb_checkpoints").mkdir()
    shown = nbformat.v4.new_output("stream", text="4\n")
    cells = [
        nbformat.v4.new_markdown_cell("# Start", id="title"),
        nbformat.v4.new_code_cell("2 + 2", id="sum", outputs=[shown], execution_count=3),
        nbformat.v4.new_code_cell("answer = 4", id="key", metadata={"tags": ["solution"]}),
        nbformat.v4.new_code_cell("answer = None", id="try", metadata={"tags": ["exercise"]}),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"anionx": {"minutes": 10}})
    nbformat.write(notebook, folder / FIRST_LESSON)
    nbformat.write(notebook, folder / ".ipynb_checkpoints" / FIRST_LESSON)
    (folder / "README.md").write_text("the map")
    (folder / "anionx_progress.json").write_text("the answers of someone")
    (folder / "images" / "crystal.svg").write_text("<svg/>")
    return folder


@pytest.fixture
def lab_of(source, monkeypatch):
    """`lab` over the small source, JupyterLab replaced by a list of what it was started with."""
    started = []
    monkeypatch.setattr(_lab_command, "lessons_source", lambda: source)
    monkeypatch.setattr(_lab_command, "_run_jupyterlab", started.append)

    def run(folder=None, *, launch=False, browser=True, with_solutions=False, port=None):
        return lab(folder, launch=launch, browser=browser, with_solutions=with_solutions, port=port)

    run.started = started
    return run


def everything_in(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_learners_copy_has_no_solution_and_no_output(source, tmp_path):
    layout = lay_out(source, tmp_path / "mine", with_solutions=False)
    assert layout.written == (FIRST_LESSON, "README.md", "images/crystal.svg")
    assert set(everything_in(tmp_path / "mine")) == set(layout.written)
    copy = nbformat.read(tmp_path / "mine" / FIRST_LESSON, as_version=4)
    nbformat.validate(copy)
    assert [cell.id for cell in copy.cells] == ["title", "sum", "try"]
    assert copy.cells[1].outputs == []
    assert copy.cells[1].execution_count is None
    assert copy.cells[2].metadata.tags == ["exercise"]
    assert copy.metadata.anionx.minutes == 10


def test_the_copy_with_solutions_is_the_lesson_itself(source, tmp_path):
    lay_out(source, tmp_path / "all", with_solutions=True)
    copy = (tmp_path / "all" / FIRST_LESSON).read_bytes()
    assert copy == (source / FIRST_LESSON).read_bytes()


def test_no_file_of_the_learner_is_ever_overwritten(source, tmp_path):
    mine = tmp_path / "mine"
    lay_out(source, mine, with_solutions=False)
    (mine / FIRST_LESSON).write_text("my work")
    (mine / "README.md").unlink()
    (mine / "notes.txt").write_text("my notes")
    layout = lay_out(source, mine, with_solutions=True)
    assert layout.written == ("README.md",)
    assert layout.kept == (FIRST_LESSON, "images/crystal.svg")
    assert (mine / FIRST_LESSON).read_text() == "my work"
    assert (mine / "notes.txt").read_text() == "my notes"


def test_a_link_to_nowhere_is_a_file_of_the_learner_too(source, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "README.md").symlink_to(tmp_path / "gone")
    assert lay_out(source, mine, with_solutions=False).kept == ("README.md",)
    assert (mine / "README.md").is_symlink()


def test_an_interrupted_write_leaves_no_half_file(source, tmp_path, monkeypatch):
    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(LabError, match="No space left on device"):
        lay_out(source, tmp_path / "mine", with_solutions=False)
    assert everything_in(tmp_path / "mine") == {}
    assert list((tmp_path / "mine").iterdir()) == []


def test_the_default_folders(lab_of, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert lab_of() == 0
    assert capsys.readouterr().out == "3 lesson files written to anionx-lessons\n"
    assert lab_of(with_solutions=True) == 0
    learner, complete = Path("anionx-lessons"), Path("anionx-lessons-with-solutions")
    assert b"answer = 4" not in (learner / FIRST_LESSON).read_bytes()
    assert b"answer = 4" in (complete / FIRST_LESSON).read_bytes()
    capsys.readouterr()
    assert lab_of() == 0
    assert "0 lesson files written to anionx-lessons, 3 kept" in capsys.readouterr().out
    assert lab_of.started == []


def test_trouble_is_one_line_on_stderr(lab_of, tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("")
    for folder, complaint in [
        (file, "is a file, not a folder"),
        (file / "inside", "cannot write in"),
    ]:
        assert lab_of(folder, launch=True) == 1
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith("anionx lab: ")
        assert complaint in output.err
        assert output.err.count("\n") == 1
    assert lab_of.started == []


def test_missing_jupyterlab_is_told(lab_of, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert lab_of(tmp_path / "mine") == 1
    assert 'pip install "anionx-teach[lessons]"' in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def test_a_busy_port_is_told_before_anything_is_done(lab_of, tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert lab_of(tmp_path / "mine", launch=True, port=port) == 1
        assert f"port {port} cannot be used" in capsys.readouterr().err
        assert not (tmp_path / "mine").exists()
    require_free_port(port)


def test_jupyterlab_is_started_in_the_folder(lab_of, tmp_path):
    mine = tmp_path / "mine"
    assert lab_of(mine, launch=True, browser=False, port=None) == 0
    assert lab_of.started == [jupyterlab_arguments(mine, browser=False, port=None)]
    assert f"--ServerApp.root_dir={mine}" in lab_of.started[0]


def test_jupyterlab_stays_on_loopback_with_its_token(source):
    arguments = jupyterlab_arguments(source, browser=True, port=8899)
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert "--ServerApp.open_browser=True" in arguments
    assert "--ServerApp.port=8899" in arguments
    assert "--ServerApp.port_retries=0" in arguments
    assert f"--LabApp.default_url=/lab/tree/{FIRST_LESSON}" in arguments
    assert not any("token" in argument or "password" in argument for argument in arguments)


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_root_is_allowed_only_for_root(source, user, allowed, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    arguments = jupyterlab_arguments(source, browser=True, port=None)
    assert ("--ServerApp.allow_root=True" in arguments) is allowed
    assert not any("port" in argument for argument in arguments)


def test_a_folder_whose_first_lesson_is_gone_opens_all_the_same(tmp_path):
    arguments = jupyterlab_arguments(tmp_path, browser=True, port=None)
    assert "--LabApp.default_url=/lab" in arguments


@pytest.fixture
def jupyterlab_sees(monkeypatch):
    """Start a JupyterLab that only looks at its arguments and at the default settings."""
    from jupyterlab.labapp import LabApp
    from jupyterlab_server.settings_utils import _get_overrides

    seen = {}

    def launch_instance(argv):
        defaults, error = _get_overrides("no such folder")
        assert not error
        seen.update(argv=argv, defaults=defaults, path=os.environ["JUPYTER_CONFIG_PATH"])

    monkeypatch.setattr(LabApp, "launch_instance", launch_instance)
    return seen


def test_jupyterlab_gets_its_arguments_and_does_not_ask_for_news(jupyterlab_sees, monkeypatch):
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)
    _lab_command._run_jupyterlab(["--ServerApp.ip=127.0.0.1"])
    assert jupyterlab_sees["argv"] == ["--ServerApp.ip=127.0.0.1"]
    notification = jupyterlab_sees["defaults"]["@jupyterlab/apputils-extension:notification"]
    assert notification["fetchNews"] == "false"
    assert "JUPYTER_CONFIG_PATH" not in os.environ
    assert not Path(jupyterlab_sees["path"]).exists()


def test_the_users_own_configuration_stays_in_place(jupyterlab_sees, monkeypatch, tmp_path):
    theirs = tmp_path / "labconfig" / "default_setting_overrides.json"
    theirs.parent.mkdir()
    theirs.write_text('{"@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Dark"}}')
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    _lab_command._run_jupyterlab([])
    defaults = jupyterlab_sees["defaults"]
    assert defaults["@jupyterlab/apputils-extension:themes"] == {"theme": "JupyterLab Dark"}
    assert "@jupyterlab/apputils-extension:notification" in defaults
    assert os.environ["JUPYTER_CONFIG_PATH"] == str(tmp_path)


@pytest.mark.parametrize("place", ["anionx_teach/_lessons", "lessons"])
def test_lessons_are_found_in_a_wheel_and_in_a_checkout(place, tmp_path, monkeypatch):
    (tmp_path / "anionx_teach").mkdir()
    monkeypatch.setattr("importlib.resources.files", lambda _: tmp_path / "anionx_teach")
    with pytest.raises(LabError, match="the lessons are missing from"):
        lessons_source()
    (tmp_path / place).mkdir()
    (tmp_path / place / FIRST_LESSON).write_text(json.dumps({}))
    assert lessons_source() == tmp_path / place
