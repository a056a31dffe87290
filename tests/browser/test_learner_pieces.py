"""Predictions, quizzes, exercises, notes and the hidden experiment in a real JupyterLab."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect

from tests.browser.conftest import OpenCells
from tests.browser.learner import Learner

pytestmark = pytest.mark.browser

SETTING = """import tempfile
from anionx_teach.hidden_experiments import hidden_batch
from anionx_widgets import Lesson
folder = tempfile.mkdtemp()
lesson = Lesson("01_size", folder=folder)"""
PREDICT = """lesson.predict("wider", "Which batch is wider?", choices=["A", "B", "C"],
               reveal=lambda: "B is wider by 4 %")"""
PREDICT_NUMBER = """lesson.predict("edge", "How long is its edge?", unit="nm", low=3, high=20,
               reveal=lambda: "5.1 nm")"""
QUIZ = """lesson.quiz("why", "Why?", [("It is <b>large</b>", False, "Look at the size again."),
               ("It is small", True, "Small means more confined."), ("No reason", False, "Hm.")])"""
EXERCISE = "my_answer = None\nlesson.check('01_size/dispersity_percent', my_answer)"
NOTE = "lesson.note('why', 'Why is that so?')"
HIDDEN = "lesson.hidden(hidden_batch(3))"
CELLS = (SETTING, PREDICT, PREDICT_NUMBER, QUIZ, NOTE, HIDDEN, EXERCISE)


def test_a_learner_finishes_every_piece_by_keyboard(open_cells: OpenCells) -> None:
    notebook = open_cells(*CELLS)
    learner = Learner(notebook)
    assert learner.fill_every_exercise() == 1
    assert learner.predict_everything() == 2
    assert learner.answer_every_quiz() == 1
    assert learner.write_every_note() == 1
    assert learner.match_every_hidden_experiment() == 1
    notebook.page.wait_for_timeout(1000)  # a note is sent after a pause in typing
    assert learner.unfinished() == []
    progress = notebook.python.value("open(folder + '/anionx_progress.json').read()")
    assert json.loads(progress)
    notebook.assert_clean()


def test_nothing_is_revealed_before_the_prediction_is_stored(open_cells: OpenCells) -> None:
    notebook = open_cells(SETTING, PREDICT)
    page = notebook.page
    output = notebook.output_of(1)
    output.locator("input[type=radio]").first.wait_for()
    assert "4 %" not in output.inner_text()
    Learner(notebook).predict_everything()
    expect(output).to_contain_text("You predicted: A.")
    expect(output).to_contain_text("B is wider by 4 %")
    # A second kernel, as after a restart: what was stored is shown at once.
    folder = notebook.python.value("folder")
    notebook.python.run(f"again = Lesson('01_size', folder={folder!r})")
    shown = notebook.python.value(f"{PREDICT.replace('lesson.', 'again.', 1)}.describe()")
    assert "You predicted: A." in shown
    assert page.locator(".anionx-question").count() == 1


def test_the_arrow_keys_and_letters_stay_in_the_question(open_cells: OpenCells) -> None:
    notebook = open_cells(SETTING, PREDICT, QUIZ, NOTE)
    cells = "() => window.notebookCells().length"
    before = notebook.page.evaluate(cells)
    radios = notebook.output_of(1).locator("input[type=radio]")
    radios.first.focus()
    radios.first.press("Space")
    radios.first.press("ArrowDown")
    expect(radios.nth(1)).to_be_checked()
    controls = notebook.page.locator(".anionx-question input, .anionx-question button, textarea")
    for control in controls.all():
        control.focus()
        control.press("b")  # in JupyterLab's command mode: insert a cell below
    assert notebook.page.evaluate(cells) == before


def test_axe_finds_no_violation_in_any_piece(open_cells: OpenCells) -> None:
    notebook = open_cells(*CELLS)
    learner = Learner(notebook)
    learner.predict_everything()
    learner.answer_every_quiz()
    mark = "(areas) => areas.forEach((area) => area.setAttribute('data-under-test', ''))"
    notebook.page.locator(".jp-Cell .jp-OutputArea-output").evaluate_all(mark)
    # Light comes last: JupyterLab keeps the theme for whoever opens it next.
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.use_theme(theme)
        found = Axe().run(notebook.page, context="[data-under-test]")
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"


def test_markup_in_a_question_is_shown_as_text(open_cells: OpenCells) -> None:
    notebook = open_cells(SETTING, QUIZ)
    choice = notebook.output_of(1).locator(".anionx-question-choice").first
    expect(choice).to_contain_text("It is <b>large</b>")
    assert choice.locator("b").count() == 0
