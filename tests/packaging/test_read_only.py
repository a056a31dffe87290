"""The package works where nothing can be written: neither beside it nor in a home folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.packaging.conftest import checked, clean_settings

IMPORT = """
import anionx_teach
from pathlib import Path
print(Path(anionx_teach.__file__).parent)
"""

USE = """
import warnings
warnings.simplefilter("error")
from anionx_teach._compile_kernels import compiler_state, warm_up
compiled = warm_up()
assert compiled and all(compiled.values()), compiled
assert compiler_state().cache_directory is None
print("compiled without a place to keep it")
"""


def as_bound_by_modes() -> list[str]:
    """Return the start of a command for which a read-only folder is read-only, root or not."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("as root, needs setpriv to be bound by the modes of files")
    return ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


@pytest.fixture
def install(wheel, tmp_path):
    """The wheel unpacked, it and the home folder made read-only."""
    site, home = tmp_path / "site", tmp_path / "home"
    home.mkdir()
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    checked([*pip, "--target", site, wheel], tmp_path)
    places = [home, site, *site.rglob("*")]
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    yield site, home
    for place in places:
        place.chmod(0o755)


def run(install: tuple[Path, Path], command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    site, home = install
    settings = {
        name: value for name, value in clean_settings().items() if not name.startswith("XDG_")
    }
    settings |= {"HOME": str(home), "PYTHONPATH": str(site)}
    return checked([*as_bound_by_modes(), *command], Path("/"), settings)


def test_nothing_can_be_written_there(install):
    for place in (*install, install[0] / "anionx_teach"):
        with pytest.raises(pytest.fail.Exception, match="Permission denied"):
            run(install, ["touch", str(place / "file")])


def test_the_package_can_be_imported(install):
    done = run(install, [sys.executable, "-P", "-W", "error", "-c", IMPORT])
    assert done.stdout.strip() == str(install[0] / "anionx_teach")


def test_its_kernels_are_compiled_all_the_same(install):
    done = run(install, [sys.executable, "-P", "-c", USE])
    assert "compiled without a place to keep it" in done.stdout


def test_the_doctor_advises(install):
    done = run(
        install, [sys.executable, "-P", "-c", "from anionx_teach.cli import main; main(['doctor'])"]
    )
    assert "set NUMBA_CACHE_DIR" in done.stdout


def test_lessons_in_a_folder_of_someone_else_are_refused_in_one_line(install, tmp_path):
    lab = "import sys; from anionx_teach.cli import main; sys.exit(main(['lab', sys.argv[1]]))"
    with pytest.raises(pytest.fail.Exception) as failure:
        run(install, [sys.executable, "-P", "-c", lab, str(install[1] / "mine")])
    said = str(failure.value)
    assert "exit code 1" in said
    assert "anionx lab: cannot write in" in said
    assert "Permission denied" in said
    assert "Traceback" not in said
