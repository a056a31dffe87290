"""The steps of a Binder launch, without docker."""

import re
import sys
from pathlib import Path

import pytest

from tests.packaging.conftest import REPOSITORY, Environment, checked, clean_settings


@pytest.mark.slow
def test_the_launch_ends_with_lessons_and_compiled_code(copy_checkout, tmp_path):
    checkout = copy_checkout()
    environment = Environment(tmp_path)
    environment.install("--requirement", checkout / "binder" / "requirements.txt")
    environment.run("bash", "binder/postBuild", cwd=checkout)

    # The badge of the README opens a notebook that is there now.
    badge = re.search(r"HEAD\?urlpath=lab/tree/([^)]+)", (checkout / "README.md").read_text())
    assert badge is not None
    assert (checkout / badge.group(1)).is_file()

    config = "import sys; print(sys.prefix)"
    prefix = Path(environment.run("python", "-c", config, cwd=checkout).stdout.strip())
    overrides = prefix / "etc" / "jupyter" / "labconfig" / "default_setting_overrides.json"
    assert "fetchNews" in overrides.read_text()

    where = "import anionx_teach; print(anionx_teach.__file__)"
    lessons = checkout / "anionx-lessons"
    package = Path(environment.run("python", "-c", where, cwd=lessons).stdout.strip()).parent
    assert package.is_relative_to(tmp_path)
    assert list((package / "__pycache__").glob("*_kernels.*.nbi"))


def test_repo2docker_reads_the_folder_as_meant(copy_checkout, tmp_path):
    settings = clean_settings() | {"HOME": str(tmp_path)}
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    said = checked(command, copy_checkout(), settings)
    text = said.stdout + said.stderr
    assert "Building conda environment for python=3.12" in text
    assert 'pip install --no-cache-dir -r "binder/requirements.txt"' in text
    assert "RUN ./binder/postBuild" in text


def test_the_build_step_may_be_executed():
    assert (REPOSITORY / "binder" / "postBuild").stat().st_mode & 0o111
