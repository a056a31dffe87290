"""The code is clean by the tools that pyproject.toml configures."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

TOOLS = (
    ("ruff", "check", "--output-format=concise", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
)


@pytest.mark.parametrize("tool", TOOLS, ids=" ".join)
def test_clean(tool):
    settings = os.environ | {"NO_COLOR": "1"}
    command = [sys.executable, "-m", *tool]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=settings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
