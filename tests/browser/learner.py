"""A learner at work in an open lesson: predicts, answers, fills in, matches; by keyboard."""

import ast
import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.notebook_page import NotebookPage

ANSWER_TIMEOUT_MS = 30_000

# What a learner would find by trial: the parameters with the least misfit on the controls' grid.
IN_THE_KERNEL = """
def _test_matches():
    # A cell that was run again has an older view in Out: the newest of each experiment is shown.
    views = [shown for shown in Out.values() if type(shown).__name__ == "HiddenMatch"]
    return list({view.state.experiment.key: view for view in views}.values())

def _test_lesson():
    lessons = {id(v): v for v in globals().values() if type(v).__name__ == "Lesson"}
    (lesson,) = lessons.values()
    return lesson

def _test_expected(key):
    from anionx_teach import checks
    return checks._exercise(key).expected

def _test_best_match(experiment):
    from scipy.optimize import differential_evolution
    names = [p.name for p in experiment.parameters]
    misfit = lambda values: experiment.misfit(**dict(zip(names, map(float, values))))
    bounds = [(p.low, p.high) for p in experiment.parameters]
    best = differential_evolution(misfit, bounds, seed=1, maxiter=60).x
    return [round(float(v), p.decimals) for v, p in zip(best, experiment.parameters)]
"""


class Learner:
    """Works through the pieces of the lesson that a notebook page shows."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        notebook.python.run(IN_THE_KERNEL)

    def predict_everything(self) -> int:
        """Store a prediction for each question of that kind; return how many there were."""
        questions = self._questions("Store my prediction")
        for question in questions:
            if question.locator("input[type=radio]").count():
                self._choose(question, 0)
            else:
                self._type_a_number(question)
            self._submit(question)
            feedback = question.locator(".anionx-question-feedback")
            expect(feedback).to_contain_text("You predicted", timeout=ANSWER_TIMEOUT_MS)
            expect(feedback).to_contain_text(re.compile("Result: .|The result is shown below"))
            if "shown below" in feedback.inner_text():
                revealed = question.locator("xpath=following-sibling::*")
                expect(revealed.locator("*").first).to_be_visible(timeout=ANSWER_TIMEOUT_MS)
        return len(questions)

    def answer_every_quiz(self) -> int:
        """Try the answers of each quiz until the right one; return how many quizzes there were."""
        quizzes = self._questions("Check my answer")
        for quiz in quizzes:
            feedback = quiz.locator(".anionx-question-feedback")
            choices = quiz.locator("input[type=radio]").count()
            for choice in range(choices):
                before = feedback.inner_text()
                self._choose(quiz, choice)
                self._submit(quiz)
                expect(feedback).not_to_have_text(before, timeout=ANSWER_TIMEOUT_MS)
                said = feedback.inner_text()
                assert said.removeprefix("Not this one.").strip(), "each answer has its feedback"
                if feedback.inner_text().startswith("Right."):
                    break
            expect(feedback).to_contain_text("Right.")
        return len(quizzes)

    def write_every_note(self) -> int:
        """Type something into each text area; return how many there were."""
        notes = self.notebook.page.locator(".anionx-question textarea").all()
        for note in notes:
            note.focus()
            note.press_sequentially("Because it is smaller (b, d d, x).")
            note.press("Tab")
        return len(notes)

    def match_every_hidden_experiment(self) -> int:
        """Find the parameters, type them into the controls and record the match."""
        python = self.notebook.python
        count: int = python.value("len(_test_matches())")
        button = self.notebook.page.get_by_role("button", name="Record this match")
        views = self.notebook.page.locator(".jp-OutputArea-output").filter(has=button)
        expect(views).to_have_count(count)
        for index in range(count):
            view, shown = f"_test_matches()[{index}]", views.nth(index)
            best = python.value(f"_test_best_match({view}.state.experiment)")
            labels = python.value(f"[p.label for p in {view}.state.experiment.parameters]")
            for label, value in zip(labels, best, strict=True):
                field = shown.locator(f'input[type=number][aria-label^="{label}"]')
                field.focus()
                field.fill(str(value))
                field.press("Enter")
            python.wait_for(f"[float(v) for v in {view}.state.values.values()]", best)
            record = shown.get_by_role("button", name="Record this match")
            record.focus()
            record.press("Enter")
            python.wait_for(f"'below the noise floor' in {view}.recorded.text", True)
        return count

    def fill_every_exercise(self) -> int:
        """Put the right number in place of None in each answer cell; the cells are then run."""
        sources = self.notebook.sources()
        keys = []
        for index, source in enumerate(sources):
            for call in _check_calls(source):
                key, answer = call.args[0], _answer_of(call)
                assert isinstance(key, ast.Constant), "an exercise is named by its key"
                keys.append(key.value)
                number = self.notebook.python.value(f"_test_expected({key.value!r})")
                place = _place_of_none(sources, index, answer)
                sources[place] = _with_number(sources[place], answer, number)
        for index, source in enumerate(sources):
            self.notebook.set_source(index, source)
        self.notebook.run_all()
        self.notebook.python.run(IN_THE_KERNEL)
        return len(keys)

    def unfinished(self) -> list[dict[str, Any]]:
        """Return the rows of the lesson's summary that are not done."""
        rows: list[dict[str, Any]] = self.notebook.python.value(
            "_test_lesson().summary().to_frame().to_dict('records')"
        )
        return [row for row in rows if not _is_done(str(row["status"]))]

    def _questions(self, button: str) -> list[Locator]:
        """Return the questions whose button says this now (later it may say something else)."""
        questions = self.notebook.page.locator(".anionx-question").all()
        return [
            question
            for question in questions
            if question.get_by_role("button", name=button, exact=True).count()
        ]

    def _choose(self, question: Locator, index: int) -> None:
        """Choose one answer with the space bar."""
        radio = question.locator("input[type=radio]").nth(index)
        radio.focus()
        radio.press("Space")
        expect(radio).to_be_checked()

    def _type_a_number(self, question: Locator) -> None:
        """Type a number that the question allows: the middle of its range, or near its bound."""
        hint = question.locator(".anionx-question-hint").inner_text()
        bounds = [float(text) for text in re.findall(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", hint)] or [1.0]
        field = question.locator("input[type=text]")
        field.focus()
        field.fill("")
        field.press_sequentially(f"{sum(bounds) / len(bounds):g}")

    def _submit(self, question: Locator) -> None:
        """Press the button with the Enter key."""
        button = question.locator("button[type=submit]")
        button.focus()
        button.press("Enter")


def _is_done(status: str) -> bool:
    """Return whether the summary says that an item is finished."""
    return status in {"right", "stored", "written"} or status.endswith("matched")


def _check_calls(source: str) -> list[ast.Call]:
    """Return the calls of `something.check("lesson/exercise", ...)` in a cell."""
    return [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "check"
        and node.args
    ]


def _answer_of(call: ast.Call) -> ast.expr | None:
    """Return the expression that is handed in as the answer."""
    if len(call.args) > 1:
        return call.args[1]
    return next((word.value for word in call.keywords if word.arg == "answer"), None)


def _place_of_none(sources: list[str], index: int, answer: ast.expr | None) -> int:
    """Return the cell in which the answer stands as None: this one or one before it."""
    if isinstance(answer, ast.Name):
        pattern = re.compile(rf"^{answer.id}\s*=\s*None\b", re.MULTILINE)
        places = [i for i in range(index + 1) if pattern.search(sources[i])]
        assert places, f"no cell says `{answer.id} = None` for the learner to fill in"
        return places[-1]
    assert isinstance(answer, ast.Constant), "an answer is a name or None"
    return index


def _with_number(source: str, answer: ast.expr | None, number: float) -> str:
    """Return the source of a cell with the number in place of None."""
    if isinstance(answer, ast.Name):
        pattern = rf"^({answer.id}\s*=\s*)None\b"
        return re.sub(pattern, rf"\g<1>{number!r}", source, flags=re.MULTILINE)
    return re.sub(r"\bNone\b", repr(number), source, count=1)
