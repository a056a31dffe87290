"""The wheel has all that belongs in it and nothing else, and works far from the checkout."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import anionx_teach
from tests.packaging.conftest import LOCK, REPOSITORY, Environment

FOLDERS = {
    "anionx_teach/": "anionx_teach/",
    "widgets/anionx_widgets/": "anionx_widgets/",
    "lessons/": "anionx_teach/_lessons/",
}


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Environment]:
    """A clean environment with the wheel and what its lessons need, at the locked versions."""
    environment = Environment(tmp_path_factory.mktemp("wheel"))
    environment.install("--constraint", LOCK, f"{wheel}[lessons]")
    return environment


def test_it_holds_the_files_of_the_packages_and_the_lessons(wheel, tracked_files):
    expected = {
        inside + name.removeprefix(outside)
        for outside, inside in FOLDERS.items()
        for name in tracked_files
        if name.startswith(outside)
    }
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert names == expected
    assert {"anionx_teach/py.typed", "anionx_widgets/py.typed"} <= names
    assert "anionx_teach/_lessons/00_start_here.ipynb" in names
    assert any(name.endswith(".js") for name in names)
    assert any(name.endswith(".css") for name in names)


def test_its_metadata_says_what_pyproject_says(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(metadata).decode()
        names = archive.namelist()
    assert f"\nVersion: {anionx_teach.__version__}\n" in text
    assert "\nRequires-Python: >=3.11\n" in text
    assert "\nLicense-Expression: BSD-3-Clause\n" in text
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


@pytest.mark.slow
def test_it_lays_out_the_lessons_and_one_of_them_runs(installed, tmp_path):
    mine = tmp_path / "mine"
    installed.run("anionx", "lab", "--no-launch", mine, cwd=tmp_path)
    laid_out = {path.name for path in mine.glob("*.ipynb")}
    assert laid_out == {path.name for path in (REPOSITORY / "lessons").glob("*.ipynb")}
    installed.run("jupyter", "execute", "01_size.ipynb", cwd=mine)


@pytest.mark.slow
def test_the_doctor_finds_all_in_it(installed, tmp_path):
    report = installed.run("anionx", "doctor", cwd=tmp_path).stdout
    assert report.endswith("The lessons can run.\n")
    assert str(installed.programs.parent) in report
    version = installed.run("anionx", "--version", cwd=tmp_path).stdout
    assert version == f"anionx-teach {anionx_teach.__version__}\n"


@pytest.mark.slow
def test_it_is_the_installed_package_that_runs(installed, tmp_path):
    where = "import anionx_teach, anionx_widgets as w; print(anionx_teach.__file__, w.__file__)"
    places = installed.run("python", "-c", where, cwd=tmp_path).stdout.split()
    assert len(places) == 2
    assert all(place.startswith(str(installed.programs.parent)) for place in places)
