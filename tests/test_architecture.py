"""The project keeps the rules of its house, and each rule notices when it is broken."""

import json
from pathlib import Path

import pytest

from tests import architecture_rules as rules

REPOSITORY = Path(__file__).resolve().parents[1]


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]})


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


LIBRARY = "anionx_teach/"
WIDGETS = "widgets/anionx_widgets/"

BROKEN = [
    (
        rules.stages_out_of_order,
        {LIBRARY + "nanocrystals.py": "from anionx_teach.confinement import band_gap_ev"},
        "nanocrystals uses confinement",
    ),
    (
        rules.stages_out_of_order,
        {
            LIBRARY + "nanocrystals.py": "def f():\n    from anionx_teach import _shapes",
            LIBRARY + "_shapes.py": "import anionx_teach.confinement",
        },
        "nanocrystals uses confinement",
    ),
    (
        rules.stages_out_of_order,
        {LIBRARY + "nanocrystals.py": "import anionx_teach"},
        "nanocrystals uses the package as a whole",
    ),
    (rules.stages_out_of_order, {LIBRARY + "novelty.py": ""}, "novelty has no place in STAGES"),
    *[
        (
            rules.widgets_or_plots_in_the_library,
            {LIBRARY + "deep/camera.py": f"def show():\n    import {module}"},
            f"camera.py imports {module.partition('.')[0]}",
        )
        for module in ("ipywidgets", "IPython.display", "matplotlib.pyplot", "traitlets", "bqplot")
    ],
    (
        rules.widgets_or_plots_in_the_library,
        {LIBRARY + "_reproduce_figure.py": "from matplotlib import style"},
        "_reproduce_figure.py imports matplotlib",
    ),
    (
        rules.widgets_or_plots_in_the_library,
        {LIBRARY + "camera.py": "from anionx_widgets import BatchExplorer"},
        "camera.py imports anionx_widgets",
    ),
    (
        rules.private_names_in_the_widgets,
        {WIDGETS + "a.py": "from anionx_teach._validation import finite"},
        "a.py uses _validation",
    ),
    (
        rules.private_names_in_the_widgets,
        {WIDGETS + "a.py": "from anionx_teach.paper import _rows"},
        "a.py uses _rows",
    ),
    (
        rules.private_names_in_the_widgets,
        {WIDGETS + "a.py": "from anionx_teach import paper\npaper._rows()"},
        "a.py uses _rows",
    ),
    (
        rules.compiler_outside_the_kernels,
        {LIBRARY + "camera.py": "def f():\n    from numba import njit"},
        "camera.py imports numba",
    ),
    (
        rules.compiler_outside_the_kernels,
        {WIDGETS + "a.py": "import numba"},
        "a.py imports numba",
    ),
    (
        rules.views_in_the_states,
        {WIDGETS + "batch_state.py": "import ipywidgets as widgets"},
        "batch_state.py imports ipywidgets",
    ),
    (
        rules.long_files,
        {"tests/test_a.py": "x = 1\n" * 301},
        "test_a.py has 301 lines without its docstrings",
    ),
    (
        rules.foreign_imports_in_the_lessons,
        {"lessons/01_size.ipynb": notebook("%matplotlib inline\nimport scipy.stats")},
        "01_size.ipynb imports scipy",
    ),
    (
        rules.foreign_imports_in_the_lessons,
        {"lessons/01_size.ipynb": notebook("from anionx_teach import _validation")},
        "01_size.ipynb uses _validation",
    ),
    (
        rules.long_functions_in_the_lessons,
        {"lessons/01_size.ipynb": notebook("def physics():\n" + "    x = 1\n" * 15)},
        "01_size.ipynb: physics has 16 lines",
    ),
]

KEPT = {
    LIBRARY + "__init__.py": "from anionx_teach.cli import main",
    LIBRARY + "paper.py": "from anionx_teach import materials",
    LIBRARY + "materials.py": "from anionx_teach import _validation, paper",
    LIBRARY + "nanocrystals.py": "from anionx_teach._shapes import cube",
    LIBRARY + "_shapes.py": "from anionx_teach.materials import CSPBBR3",
    LIBRARY + "_validation.py": "import numpy",
    LIBRARY + "_camera_kernels.py": "import numba",
    LIBRARY + "cli.py": "from anionx_teach import _lab_command",
    LIBRARY + "_lab_command.py": "from anionx_teach import nanocrystals",
    WIDGETS + "batch_state.py": "import traitlets\nfrom anionx_teach import __version__, paper",
    WIDGETS + "batch_explorer.py": "import ipywidgets\nimport bqplot\nclass A:\n    _x = 1",
    "tests/test_a.py": '"""' + "long\n" * 400 + '"""\n' + "x = 1\n" * 300,
    "lessons/01_size.ipynb": notebook(
        "import math\nimport numpy as np\nfrom anionx_widgets import Lesson",
        "def short():\n" + "    x = 1\n" * 14,
    ),
}


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps_its_rules(rule):
    assert rule(REPOSITORY) == []


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_project_that_keeps_the_rules_is_left_in_peace(rule, tmp_path):
    assert rule(tree(tmp_path, KEPT)) == []


@pytest.mark.parametrize(("rule", "change", "fault"), BROKEN)
def test_a_broken_rule_is_noticed(rule, change, fault, tmp_path):
    assert rule(tree(tmp_path, KEPT | change)) == [fault]


def test_each_rule_was_broken():
    assert {rule for rule, _, _ in BROKEN} == set(rules.RULES)


def test_there_is_something_to_read():
    assert len(rules.library_graph(REPOSITORY)) > 5
    assert list(rules.lesson_cells(REPOSITORY))
