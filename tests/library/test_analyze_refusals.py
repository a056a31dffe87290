"""What `anionx analyze` cannot do it says in one line, and leaves every file as it was."""

import errno
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from anionx_teach._analyze_command import analyze
from anionx_teach._movie import Movie
from anionx_teach.movies import write_movie
from tests.library.made_movies import NAME, recorded_movie


@pytest.fixture(scope="module")
def recorded():
    return recorded_movie()


@pytest.fixture(scope="module")
def stored(recorded, tmp_path_factory):
    return write_movie(tmp_path_factory.mktemp("movie") / NAME, recorded)


@pytest.fixture
def movie(stored, tmp_path):
    """A copy in a folder of its own, where the command is at work."""
    return Path(shutil.copy(stored, tmp_path / NAME))


@pytest.fixture
def run(capsys):
    def call(path, **options):
        names = ("csv", "plot", "interval_s", "pixel_nm", "exposure_s")
        code = analyze(path, **dict.fromkeys(names) | {"decay": False} | options)
        words = capsys.readouterr()
        return code, words.out, words.err

    return call


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (np.zeros((12, 40, 50, 3), "u1"), "is in colour (RGB): one grey channel is needed"),
        (np.zeros((12, 5, 40, 50), "u2"), "has more dimensions than time, rows and columns"),
        (np.zeros((40, 50), "u2"), "holds 1 image: a movie has at least 5 frames"),
        (np.full((12, 40, 50), np.nan, "f4"), "holds nan"),
    ],
)
def test_a_file_that_is_no_movie(run, content, complaint, tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, content)
    require_refused(run, path, complaint, tmp_path)


def require_refused(run, path, complaint, tmp_path):
    code, out, err = run(path, csv=tmp_path / "times.csv", interval_s=1, pixel_nm=1, exposure_s=1)
    assert (code, out) == (2, "")
    assert err.startswith("anionx analyze: ")
    assert complaint in err
    assert err.count("\n") == 1
    assert not (tmp_path / "times.csv").exists()


def test_a_file_that_is_broken_or_not_there(run, movie, tmp_path):
    content = movie.read_bytes()
    movie.write_bytes(content[: len(content) // 2])
    require_refused(run, movie, "is cut short", tmp_path)
    movie.write_bytes(b"")
    require_refused(run, movie, "is empty: it has 0 bytes", tmp_path)
    movie.write_text("a list of things to do")
    require_refused(run, movie, "is no movie that can be read here", tmp_path)
    movie.unlink()
    require_refused(run, movie, "there is no file", tmp_path)
    require_refused(run, tmp_path, "is a folder, not a movie", tmp_path)


def test_a_frame_that_is_damaged_inside(run, recorded, tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, recorded.frames, compression="zlib", metadata=None)
    with tifffile.TiffFile(path) as tiff:
        place = tiff.pages[77].dataoffsets[0]
    content = bytearray(path.read_bytes())
    content[place : place + 20] = b"\xff" * 20
    path.write_bytes(content)
    code, _, err = run(path, csv=tmp_path / "a.csv", interval_s=0.1, pixel_nm=1, exposure_s=0.1)
    assert code == 2
    assert f"anionx analyze: {path.name} cannot be analysed: frame 77 of a.tif" in err
    assert not (tmp_path / "a.csv").exists()


def test_a_movie_too_short_to_be_judged(run, recorded, tmp_path):
    short = Movie(recorded.frames[195:201], 0.05, 0.1, 160.0)
    code, _, err = run(write_movie(tmp_path / "a.tif", short))
    assert code == 2
    assert "a.tif cannot be analysed: trajectories must have at least 8 frames, got 6\n" in err


def test_places_that_cannot_be_written(run, movie, tmp_path):
    (tmp_path / "taken").touch()
    before = movie.read_bytes()
    nowhere = tmp_path / "nowhere"
    for options, code, complaint in (
        ({"csv": tmp_path}, 1, f"{tmp_path} is a folder; give the name of a file with --csv"),
        ({"csv": nowhere / "a.csv"}, 1, f"there is no folder {nowhere}; give another name with"),
        ({"csv": movie}, 2, f"{movie} is the movie itself; give another name with --csv"),
        (
            {"plot": tmp_path / "taken"},
            1,
            "taken is a file, not a folder; give another with --plot",
        ),
        ({"plot": tmp_path / "taken" / "in"}, 1, "cannot write "),
    ):
        result = run(movie, **options)
        assert result[:2] == (code, "")
        assert complaint in result[2]
        assert result[2].count("\n") == 1
    assert movie.read_bytes() == before


def test_a_full_disk_leaves_the_older_table_and_no_draft(run, movie, tmp_path, monkeypatch):
    older = tmp_path / "times.csv"
    older.write_text("older")

    def full(path, content):
        path.write_text("half a")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, err = run(movie, csv=older)
    assert code == 1
    assert f"cannot write {older} (No space left on device)\n" in err
    assert sorted(one.name for one in tmp_path.iterdir()) == [NAME, "times.csv"]
    assert older.read_text() == "older"


def test_without_matplotlib_the_table_is_written_all_the_same(run, movie, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, err = run(movie, csv=tmp_path / "times.csv", plot=tmp_path / "plots")
    assert code == 1
    assert err.endswith(
        "anionx analyze: the pictures are not drawn: matplotlib is missing; install it with: "
        'pip install "anionx-teach[plots]"\n'
    )
    assert "Table written to" in out
    assert (tmp_path / "times.csv").is_file()


def test_a_fault_inside_the_drawing_is_not_taken_for_a_missing_matplotlib(
    run, movie, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "anionx_teach._analyze_figure", None)
    with pytest.raises(ImportError, match="_analyze_figure"):
        run(movie, plot=tmp_path / "plots")
