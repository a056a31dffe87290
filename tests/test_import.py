"""`import anionx_teach` is quick, because slow libraries wait until they are used."""

import subprocess
import sys

SLOW = ("numba", "skimage", "gemmi", "matplotlib", "IPython", "ipywidgets", "scipy.stats")

SEEN = """
import sys, time
start = time.process_time()
import anionx_teach
print(time.process_time() - start)
print(*sorted(sys.modules))
"""


def imported() -> tuple[float, set[str]]:
    """Return the processor time of the import in a fresh process, in s, and what is loaded then."""
    command = [sys.executable, "-c", SEEN]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    seconds, modules = output.splitlines()
    return float(seconds), set(modules.split())


def test_no_slow_library_is_loaded():
    _, modules = imported()
    assert "anionx_teach.cli" not in modules
    assert sorted(modules & set(SLOW)) == []


def test_it_takes_less_than_half_a_second():
    # Processor time, the best of three: other programs on the machine do not count.
    assert min(imported()[0] for _ in range(3)) < 0.5
