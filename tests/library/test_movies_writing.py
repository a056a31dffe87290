"""A movie is written whole or not at all, a block of frames at a time."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile

from anionx_teach import movies
from anionx_teach._movie import FramesOnDemand, Movie
from anionx_teach.movies import read_movie, write_movie


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(1).integers(0, 2**16, (23, 17, 11), dtype=np.uint16)


@pytest.fixture
def movie(frames):
    return Movie(frames, 0.05, 0.1, 160.0)


def test_a_file_is_written_over_itself(movie, tmp_path):
    path = write_movie(tmp_path / "film.tif", movie)
    opened = read_movie(path)
    os.utime(path, ns=(1, 1))
    again = read_movie(path)
    write_movie(path, again)
    np.testing.assert_array_equal(read_movie(path).frames[:], movie.frames)
    for stale in (opened, again):
        with pytest.raises(OSError, match=r"film\.tif has changed since it was opened: read the"):
            stale.frames[0]
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"film\.tif is no longer there"):
        opened.frames[0]


def test_a_lazy_movie_is_written_a_block_at_a_time(monkeypatch, tmp_path):
    monkeypatch.setattr(movies, "BLOCK_BYTES", 4 * 8 * 8 * 2)
    asked = []

    def read(first, last):
        asked.append((first, last))
        return np.arange(first, last, dtype=np.uint16)[:, None, None] + np.zeros((8, 8), np.uint16)

    lazy = Movie(FramesOnDemand((10, 8, 8), read), 0.05, 0.05, 160.0)
    back = read_movie(write_movie(tmp_path / "film.tif", lazy))
    assert asked == [(0, 4), (4, 8), (8, 10)]
    assert [int(back.frames[i].max()) for i in range(10)] == list(range(10))


def test_a_large_movie_is_a_bigtiff(frames, monkeypatch, tmp_path):
    movie = Movie(frames, 0.05, 0.05, 160.0)
    for limit, big in ((2**32, False), (1000, True)):
        monkeypatch.setattr(movies, "_CLASSIC_BYTES", limit)
        path = write_movie(tmp_path / "film.tif", movie)
        with tifffile.TiffFile(path) as tiff:
            assert tiff.is_bigtiff is big
        np.testing.assert_array_equal(read_movie(path).frames[:], frames)


def test_the_limit_of_a_classic_tiff_leaves_room_for_its_tags():
    def of(n_frames, side):
        frames = FramesOnDemand((n_frames, side, side), lambda *_: None)
        return movies._is_big(Movie(frames, 0.05, 0.05, 160.0))

    assert not of(8000, 512)
    assert of(8192, 512)  # 2**32 bytes
    assert not of(1_000_000, 32)
    assert of(8_400_000, 1)  # hardly any counts, but a page of tags for each frame


def test_a_writing_that_fails_leaves_the_older_file_and_no_draft(movie, tmp_path):
    path = write_movie(tmp_path / "film.tif", movie)
    before = path.read_bytes()

    def read(first, last):
        raise OSError(errno.ENOSPC, "No space left on device")

    broken = Movie(FramesOnDemand((10, 8, 8), read), 0.05, 0.05, 160.0)
    with pytest.raises(OSError, match="No space left"):
        write_movie(path, broken)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_killed_writing_leaves_the_older_file(movie, tmp_path):
    path = write_movie(tmp_path / "film.tif", movie)
    before = path.read_bytes()
    script = f"""
        import time
        import numpy as np
        from anionx_teach._movie import FramesOnDemand, Movie
        from anionx_teach.movies import write_movie

        def read(first, last):
            print(first, flush=True)
            time.sleep(0.05)
            return np.zeros((last - first, 2048, 2048), np.uint16)

        frames = FramesOnDemand((5000, 2048, 2048), read)
        write_movie({str(path)!r}, Movie(frames, 0.05, 0.05, 160.0))
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "0\n"
        assert int(process.stdout.readline()) > 0
        process.send_signal(signal.SIGKILL)
    assert path.read_bytes() == before
    assert [one for one in tmp_path.iterdir() if not one.name.startswith(".")] == [path]


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("film.npy", r"path must end in \.tif or \.tiff, got 'film\.npy'"),
        ("film", r"path must end in \.tif or \.tiff, got 'film'"),
    ],
)
def test_names_that_are_not_written(movie, path, complaint, tmp_path):
    with pytest.raises(ValueError, match=complaint):
        write_movie(tmp_path / path, movie)


def test_places_that_cannot_be_written(movie, tmp_path):
    (tmp_path / "taken.tif").mkdir()
    with pytest.raises(IsADirectoryError, match=r"taken\.tif is a folder: give the name of a file"):
        write_movie(tmp_path / "taken.tif", movie)
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*nowhere to write a\.tif in"):
        write_movie(tmp_path / "nowhere" / "a.tif", movie)
    assert [one.name for one in tmp_path.iterdir()] == ["taken.tif"]


def test_what_is_no_movie_is_not_written(frames, movie, tmp_path):
    path = tmp_path / "a.tif"
    with pytest.raises(TypeError, match="movie must be a Movie, got ndarray"):
        write_movie(path, frames)
    with pytest.raises(ValueError, match="movie must have >= 5 frames, got 4"):
        write_movie(path, Movie(frames[:4], 0.05, 0.05, 160.0))
    for name in (7, None, b"a.tif"):
        with pytest.raises(TypeError, match="path must be the name of a file, got"):
            write_movie(name, movie)
        with pytest.raises(TypeError, match="path must be the name of a file, got"):
            read_movie(name)
    strange = Movie(frames, 0.05, 0.05, 160.0, truth=pd.DataFrame({"when": [pd.Timestamp(0)]}))
    with pytest.raises(TypeError, match="truth must have columns of numbers, truths or texts, got"):
        write_movie(path, strange)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory from /proc")
def test_memory_does_not_grow_with_the_movie(tmp_path):
    """400 MB of frames are written and read again; far less is added to the memory in use."""
    script = f"""
        import numpy as np
        from anionx_teach._movie import FramesOnDemand, Movie
        from anionx_teach.movies import read_movie, write_movie

        def most_mb():
            with open("/proc/self/status") as file:
                words = [line.split() for line in file]
            return max(int(line[1]) for line in words if line[0] == "VmHWM:") / 1024

        def read(first, last):
            return np.ones((last - first, 512, 512), np.uint16)

        path = {str(tmp_path / "film.tif")!r}
        small = Movie(FramesOnDemand((250, 512, 512), read), 0.05, 0.05, 160.0)
        large = Movie(FramesOnDemand((800, 512, 512), read), 0.05, 0.05, 160.0)
        used = []
        for movie in (small, large):
            back = read_movie(write_movie(path, movie))
            assert sum(int(block[:, 0, 0].sum()) for _, block in back.blocks()) == movie.n_frames
            used.append(most_mb())
        print(used[1] - used[0], used[1])
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    words = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    more_mb, most_mb = map(float, words)
    assert more_mb < 40
    assert most_mb < 400
