"""`anionx analyze` as a process: killed at any moment, and with a movie larger than it may hold."""

import os
import shutil
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from anionx_teach.movies import read_movie, write_movie
from tests.library.made_movies import NAME, recorded_movie, write_shared


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return write_movie(tmp_path_factory.mktemp("movie") / NAME, recorded_movie())


@pytest.fixture
def movie(stored, tmp_path):
    """A copy in a folder of its own, where the command is at work."""
    return Path(shutil.copy(stored, tmp_path / NAME))


def started(movie, table, script=""):
    """Start the command in a process of its own; the script may slow it down."""
    code = f"""
        import sys
        from anionx_teach.cli import main
        {script}
        sys.exit(main(["analyze", {str(movie)!r}, "--csv", {str(table)!r}]))
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


SLOW = """
        import pathlib, time
        def slow(path, content):
            with path.open("wb") as file:
                file.write(content[: len(content) // 2])
                file.flush()
                print("half is written", file=sys.stderr, flush=True)
                time.sleep(60)
        pathlib.Path.write_bytes = slow
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("kind", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_half_written_table_whatever_kills_it_while_it_writes(movie, tmp_path, kind):
    table = tmp_path / "times.csv"
    table.write_text("older")
    with started(movie, table, SLOW) as process:
        for line in process.stderr:
            if line == "half is written\n":
                break
        process.send_signal(kind)
        code = process.wait()
    assert code == (130 if kind == signal.SIGINT else -kind)
    assert table.read_text() == "older"
    seen = sorted(one.name for one in tmp_path.iterdir() if not one.name.startswith(".anionx-"))
    assert seen == [NAME, "times.csv"]
    if kind == signal.SIGINT:
        assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("step", ["finding spots", "measuring trajectories"])
def test_a_process_killed_at_work_leaves_no_table(movie, tmp_path, step):
    with started(movie, tmp_path / "times.csv") as process:
        for line in process.stderr:
            if line.startswith(step):
                break
        process.send_signal(signal.SIGKILL)
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


def test_pages_may_share_their_frames(tmp_path):
    """As `write_shared` writes them for the test that follows."""
    frames = np.arange(5 * 3 * 4, dtype=np.uint16).reshape(5, 3, 4)
    order = [0, 3, 2, 1, 4, 4, 0]
    write_shared(tmp_path / "a.tif", frames, order)
    movie = read_movie(tmp_path / "a.tif", frame_interval_s=1, pixel_size_nm=1, exposure_s=1)
    np.testing.assert_array_equal(movie.frames[:], frames[order])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory from /proc")
def test_memory_stays_bounded(tmp_path):
    """A movie of 300 MB, whose pages share 100 frames, needs little more than one of 90 MB."""
    frames = np.random.default_rng(1).poisson(400.0, (100, 256, 256)).astype(np.uint16)
    frames[50:, 100:102, 100:102] += 400
    peaks = []
    for n_pages in (700, 2400):
        path = tmp_path / f"{n_pages}.tif"
        half = np.random.default_rng(2).integers(0, 50, n_pages // 2)
        write_shared(path, frames, np.concatenate([half, half + 50]))
        script = f"""
            import sys
            from anionx_teach.cli import main
            code = main(["analyze", {str(path)!r}, "--interval", "1", "--pixel", "160",
                         "--exposure", "1"])
            with open("/proc/self/status") as file:
                print([line.split()[1] for line in file if line.startswith("VmHWM")][0])
            sys.exit(code)
        """
        command = [sys.executable, "-c", textwrap.dedent(script)]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "     1 spots found" in ended.stdout
        peaks.append(int(ended.stdout.split()[-1]) / 1024)
    assert peaks[1] - peaks[0] < 100
    assert peaks[1] < 600
