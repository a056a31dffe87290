"""Each lesson from the learner's copy, as `anionx lab` lays it out and serves it, to its end."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import REPOSITORY
from tests.browser.jupyterlab_server import JupyterLabServer, running_server
from tests.browser.learner import Learner
from tests.browser.notebook_page import opened_notebook

pytestmark = pytest.mark.browser

LESSONS = sorted(path.name for path in (REPOSITORY / "lessons").glob("[0-9][0-9]_*.ipynb"))


@pytest.fixture(scope="module")
def learners_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterLabServer]:
    """What a learner has after `anionx lab`: the copies laid out, JupyterLab serving them."""
    folder = tmp_path_factory.mktemp("learner") / "anionx-lessons"
    folder.mkdir()
    start = "import sys; from anionx_teach.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", start, "lab", str(folder), "--no-browser"]
    with running_server(folder, tmp_path_factory.mktemp("home"), command) as lab:
        yield lab


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS)
def test_a_learner_works_through_the_lesson(
    browser: Browser, learners_lab: JupyterLabServer, screenshots: Path, lesson: str
) -> None:
    with opened_notebook(browser, learners_lab, lesson) as notebook:
        notebook.run_all()
        learner = Learner(notebook)
        exercises = learner.fill_every_exercise()
        predictions = learner.predict_everything()
        quizzes = learner.answer_every_quiz()
        learner.write_every_note()
        matches = learner.match_every_hidden_experiment()
        notebook.page.wait_for_timeout(1000)  # a note is sent after a pause in typing
        assert learner.unfinished() == []
        notebook.page.screenshot(path=screenshots / f"{Path(lesson).stem}.png")
        notebook.assert_clean()
    assert min(exercises, predictions, quizzes, matches) >= 1
    stored = (learners_lab.notebook_dir / "anionx_progress.json").read_text(encoding="utf-8")
    assert Path(lesson).stem in json.dumps(json.loads(stored))


def test_nobody_is_asked_for_news_or_updates(
    browser: Browser, learners_lab: JupyterLabServer
) -> None:
    with opened_notebook(browser, learners_lab, LESSONS[0]) as notebook:
        notebook.page.wait_for_timeout(3000)  # JupyterLab asks shortly after it has started
        asked = notebook.page.locator(".Toastify__toast").all_inner_texts()
        assert asked == []
        notebook.assert_clean()
