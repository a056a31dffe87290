"""`anionx analyze`: the whole chain on a file, what it writes and says."""

import io
import re
import shutil
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tifffile

from anionx_teach import _analyze_command
from anionx_teach._analyze_command import FIELD_NAME, PAGE_NAME, analyze
from anionx_teach._movie import Movie
from anionx_teach.cli import main
from anionx_teach.movies import read_movie, write_movie
from anionx_teach.spots import match_spots
from tests.library.made_movies import NAME, START_S, SWITCHING_S, recorded_movie


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


def test_spots_singles_and_times_are_found(run, movie, recorded, tmp_path):
    code, out, err = run(movie, csv=tmp_path / "times.csv")
    assert code == 0
    table = pd.read_csv(tmp_path / "times.csv")
    match = match_spots(table, recorded.truth, 0.5)
    assert (match.recall, match.precision) == (1.0, 1.0)
    assert table["spot"].tolist() == list(range(10))
    steady = np.hypot(
        table["x_px"] - recorded.truth["x_px"].iloc[-1],
        table["y_px"] - recorded.truth["y_px"].iloc[-1],
    ).idxmin()
    rising = table.drop(index=steady)
    assert rising["converged"].all()
    assert rising["single"].sum() >= 7
    assert rising["start_time_s"].median() == pytest.approx(START_S, abs=0.3)
    assert rising["switching_time_s"].median() == pytest.approx(SWITCHING_S, abs=1.0)
    assert not table["converged"][steady]
    assert not table["single"][steady]
    assert err == "finding spots: 400 frames\nmeasuring trajectories: 400 frames\n"
    assert out.startswith(
        f"{NAME}: 400 frames of 72 x 96 px (rows x columns), one every 0.1 s (40 "
    )
    assert "    10 spots found\n" in out
    assert " not: too few switches\n" in out
    assert "Intensities are in photo-electrons.\n" in out
    assert out.endswith(f"\nTable written to {tmp_path / 'times.csv'}\n")


def test_a_decay_is_fitted_when_asked_for(run, movie, tmp_path):
    rates = {}
    for decay in (False, True):
        assert run(movie, csv=tmp_path / "times.csv", decay=decay)[0] == 0
        rates[decay] = pd.read_csv(tmp_path / "times.csv")["decay_rate_per_s"]
    assert (rates[False] == 0).all()
    assert (rates[True] > 0).any()


def test_the_summary_is_that_of_the_table(run, movie, tmp_path):
    out = run(movie, csv=tmp_path / "times.csv")[1]
    table = pd.read_csv(tmp_path / "times.csv")
    counted = table[table["single"] & table["converged"]]
    line = next(one for one in out.splitlines() if one.startswith("switching time (s), 10-90 %, s"))
    n, mean, sd, median, error = map(float, re.findall(r"(?<=\s)[\d.]+(?=\s|$)", line[42:]))
    times = counted["switching_time_s"]
    assert n == len(counted)
    assert mean == pytest.approx(times.mean(), abs=0.01)
    assert sd == pytest.approx(times.std(), abs=0.01)
    assert median == pytest.approx(times.median(), abs=0.01)
    assert error == pytest.approx(times.std() / n**0.5, abs=0.01)
    assert max(map(len, out.splitlines()[1:-1])) <= 98


def test_without_a_name_for_the_table_it_is_printed(run, movie, tmp_path):
    out = run(movie)[1]
    lines = out.splitlines()
    header = lines.index(next(one for one in lines if "switching s" in one))
    assert [line.split()[0] for line in lines[header + 1 : header + 11]] == list("0123456789")
    assert "single; rise fitted" in out
    assert "too few switches; " in out
    assert [one.name for one in tmp_path.iterdir()] == [NAME]


def test_the_same_movie_gives_the_same_files(run, movie, tmp_path):
    for name in ("a", "b"):
        assert run(movie, csv=tmp_path / f"{name}.csv", plot=tmp_path / name)[0] == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert b"\r" not in (tmp_path / "a.csv").read_bytes()
    for name in (FIELD_NAME, PAGE_NAME):
        pictures = [(tmp_path / folder / name).read_bytes() for folder in ("a", "b")]
        assert pictures[0].startswith(b"\x89PNG")
        assert pictures[0] == pictures[1]


def test_a_foreign_movie_with_what_it_does_not_say(run, recorded, tmp_path):
    path = tmp_path / "foreign.tif"
    tifffile.imwrite(path, recorded.frames, compression="zlib", metadata=None)
    code, out, err = run(path)
    assert (code, out) == (2, "")
    assert err == (
        f"anionx analyze: {path} does not say all that is needed; give --interval S --pixel NM "
        "--exposure S\n"
    )
    code, out, _ = run(
        path, interval_s=0.1, pixel_nm=160.0, exposure_s=0.05, csv=tmp_path / "a.csv"
    )
    assert code == 0
    assert "Intensities are in counts: the file does not say what a count is worth.\n" in out
    assert pd.read_csv(tmp_path / "a.csv")["converged"].sum() == 9
    np.save(tmp_path / "foreign.npy", recorded.frames)
    again = run(tmp_path / "foreign.npy", interval_s=0.1, pixel_nm=160.0, exposure_s=0.05)
    assert again[0] == 0


@pytest.fixture
def nothing(tmp_path):
    dark = np.random.default_rng(3).normal(500, 20, (60, 64, 64)).round().astype(np.uint16)
    return write_movie(tmp_path / "dark.tif", Movie(dark, 0.05, 0.1, 160.0))


def test_a_movie_with_nothing_in_it(run, nothing, tmp_path):
    code, out, _ = run(nothing, csv=tmp_path / "times.csv", plot=tmp_path / "plots")
    assert code == 0
    assert "No spots were found: nothing in it stands out of its noise.\n" in out
    table = pd.read_csv(tmp_path / "times.csv")
    assert len(table) == 0
    assert {"spot", "x_px", "single", "switching_time_s", "converged"} <= set(table.columns)
    assert [one.name for one in (tmp_path / "plots").iterdir()] == [FIELD_NAME]
    assert out.endswith(f"Pictures written to {tmp_path / 'plots'}: {FIELD_NAME}\n")


def test_a_movie_of_one_value(run, tmp_path):
    path = write_movie(tmp_path / "a.tif", Movie(np.full((9, 40, 40), 7, "u2"), 0.05, 0.1, 160.0))
    code, out, _ = run(path)
    assert code == 0
    assert "No spots were found" in out


def test_warnings_are_notes_of_one_line(run, movie, monkeypatch):
    def doubtful(path, **numbers):
        for _ in range(2):
            warnings.warn("the sky\n  is cloudy", UserWarning, stacklevel=1)
        return read_movie(path, **numbers)

    monkeypatch.setattr(_analyze_command, "read_movie", doubtful)
    err = run(movie)[2]
    assert err.startswith("anionx analyze: note: the sky is cloudy\nfinding spots")


def test_bars_on_a_terminal(run, movie, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    err = run(movie)[2]
    first, second, rest = err.split("\n")
    assert rest == ""
    assert first.startswith("\r[")
    assert first.endswith(f"\r[{'#' * 30}] 400/400 frames: finding spots")
    assert second.endswith(f"\r[{'#' * 30}] 400/400 frames: measuring trajectories")


def test_the_line_of_a_bar_ends_when_it_is_interrupted(run, movie, monkeypatch):
    def interrupted(watched):
        watched.frames[0]
        raise KeyboardInterrupt

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(_analyze_command, "detect_spots", interrupted)
    stream = io.StringIO()
    stream.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", stream)
    assert main(["analyze", str(movie)]) == 130
    assert stream.getvalue() == f"\r[{'.' * 30}] 1/400 frames: finding spots\n"
