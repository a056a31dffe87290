"""`anionx reproduce`: the paper's conditions, files that do not depend on how, and what it says."""

import errno
import io
import math
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anionx_teach import _reproduce_command, paper
from anionx_teach._files import write_atomically
from anionx_teach._reproduce_command import CSV_NAME, csv_bytes, grid, reproduce, simulated
from anionx_teach._reproduce_comparison import compared, comparison_text, notes, printed_count
from anionx_teach._reproduce_figure import figure_bytes
from anionx_teach.exchange import calibrated_model, exact_rise_time
from anionx_teach.sweeps import SweepError, SweepFailure, sweep

FIGURES = ("figure5.png", "figure5.svg")


@pytest.fixture(scope="module")
def table():
    return simulated(grid(), 60, 3, None)


@pytest.fixture
def run(tmp_path, capsys):
    """The command with few particles; returns exit code, its words, its complaints."""

    def call(folder=tmp_path / "out", **options):
        settings = {"particles": 20, "seed": 1, "executor": "auto", "workers": None}
        code = reproduce(folder, **settings | {"scheduler": None} | options)
        words = capsys.readouterr()
        return code, words.out, words.err

    return call


def test_the_grid_is_that_of_the_paper():
    conditions = grid()
    assert len(conditions) == 40
    assert conditions["edge_length_nm"].unique().tolist() == [5.1, 6.1, 7.8, 9.5, 13.1]
    first = conditions["concentration_um"].iloc[:8].to_list()
    assert first == [5.0, 7.5, 10.0, 12.5, 15.0, 20.0, 30.0, 50.0]
    assert printed_count("simulated particles per data point") == 500
    assert printed_count("trajectories fitted per size and concentration") == 250


def test_a_row_is_the_sweep_of_its_calibrated_model(table):
    models = [calibrated_model(*pair) for pair in grid().itertuples(index=False)]
    expected = sweep(models, 60, rng=3)
    pd.testing.assert_frame_equal(table[expected.columns], expected)
    assert (table["z"].abs() < 4.5).all()


def test_files_and_words(run, tmp_path):
    code, out, err = run()
    assert code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [*FIGURES, CSV_NAME]
    written = (tmp_path / "out" / CSV_NAME).read_bytes()
    assert b"\r" not in written
    assert written.startswith(b"condition,edge_length_nm,concentration_um,attempt_probability,")
    read = pd.read_csv(io.BytesIO(written))
    assert len(read) == 40
    assert (read["n_particles"] == 20).all()
    assert "20 simulated nanocrystals a condition, seed 1" in out
    assert out.endswith(f"Written to {tmp_path / 'out'}: {CSV_NAME}, {', '.join(FIGURES)}\n")
    assert err == "20 nanocrystals each: 40 conditions\n"
    assert max(map(len, out.splitlines()[:-1])) <= 98


def test_same_seed_same_files(run, tmp_path):
    run(tmp_path / "first")
    assert run(tmp_path / "second", executor="threads", workers=2)[0] == 0
    run(tmp_path / "third", seed=2)
    for name in (CSV_NAME, *FIGURES):
        first, second, third = (
            (tmp_path / folder / name).read_bytes() for folder in ("first", "second", "third")
        )
        assert first == second != third


def test_as_many_particles_as_the_paper_when_none_are_asked_for(run, monkeypatch):
    class Asked(Exception):
        pass

    def asked(conditions, n_particles, seed, engine):
        raise Asked(n_particles)

    monkeypatch.setattr(_reproduce_command, "simulated", asked)
    with pytest.raises(Asked, match="500"):
        run(particles=None)


def test_the_difference_is_in_combined_standard_errors(table):
    both = compared(table)
    printed = paper.switching_times()
    assert both["printed_mean_s"].to_list() == printed["mean_s"].to_list()
    row = both.iloc[1]  # 5.1 nm, 50 uM
    combined = math.hypot(row["sd_s"] / math.sqrt(60), 9.4 / math.sqrt(250))
    assert row["difference"] == pytest.approx((row["mean_s"] - 18.1) / combined)
    assert (both["difference"].abs() < 3).all()


def test_the_comparison_prints_ours_the_papers_and_theory(table):
    lines = comparison_text(compared(table), 60, 3).splitlines()
    assert len(lines) == 8
    assert lines[0].endswith("mean +- standard deviation")
    exact = exact_rise_time(calibrated_model(13.1, 5.0))
    ours = table[(table["edge_length_nm"] == 13.1) & (table["concentration_um"] == 5.0)].iloc[0]
    cells = re.split(r"\s{2,}", lines[6].strip())
    assert cells[:2] == ["13.1", "5.0"]
    assert cells[2] == f"{ours['mean_s']:.2f} +- {ours['sd_s']:.2f}"
    assert cells[3] == "14.1 +- 8.1"
    assert cells[5] == f"{exact.mean_s:.2f} +- {exact.sd_s:.2f}"
    assert len({len(line) for line in lines[3:]}) == 1


def test_notes_tell_put_in_from_found(table):
    text = " ".join(notes(table, compared(table)).split())
    assert "Calibrated: the 4 means above. For 5.1 and 13.1 nm" in text
    assert "Interpolated: 6.1, 7.8 and 9.5 nm" in text
    assert "Predicted: the spread, the other concentrations of 5.1 and 13.1 nm" in text
    narrowest, widest = re.search(r"is ([\d.]+) to ([\d.]+) times as large", text).groups()
    sds = [exact_rise_time(calibrated_model(*pair)).sd_s for pair in ((5.1, 5.0), (13.1, 50.0))]
    assert float(narrowest) == pytest.approx(37.3 / sds[0], abs=0.05)
    assert float(widest) == pytest.approx(1.8 / sds[1], abs=0.05)
    assert (
        "for 5.1 nm in 5 uM, where the paper saw the light of the ensemble rise after 393" in text
    )
    assert "rise after 891 s." in text


def test_a_bar_on_a_terminal(run, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    err = run()[2]
    what = "conditions: 20 nanocrystals each"
    assert err.startswith(f"\r[{'.' * 30}] 0/40 {what}\r")
    assert err.endswith(f"\r[{'#' * 30}] 40/40 {what}\n")
    assert "\r[" + "#" * 15 + "." * 15 + f"] 20/40 {what}" in err


def test_the_csv_does_not_hang_on_the_last_digits(table):
    nearly = table.copy()
    nearly["mean_s"] *= 1 + 1e-13
    assert csv_bytes(nearly) == csv_bytes(table)
    assert np.allclose(pd.read_csv(io.BytesIO(csv_bytes(table)))["mean_s"], table["mean_s"])


def test_the_figure_is_the_same_each_time_and_whole(table):
    for kind, magic in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        picture = figure_bytes(table, kind)
        assert picture.startswith(magic)
        assert figure_bytes(table, kind) == picture
    assert b"<dc:date>" not in picture


def test_the_figure_shows_every_point_and_the_printed_ones(table):
    from matplotlib.figure import Figure

    from anionx_teach._reproduce_figure import _draw_on

    axes = Figure().add_subplot()
    _draw_on(axes, table)
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_xlabel() == "TMSI concentration (µM)"
    handles, labels = axes.get_legend_handles_labels()
    assert labels[:5] == [
        "5.1 nm, calibrated at 5 and 50 µM",
        "6.1 nm, interpolated",
        "7.8 nm, interpolated",
        "9.5 nm, interpolated",
        "13.1 nm, calibrated at 5 and 50 µM",
    ]
    lines = [handle.lines[0] for handle in handles]
    assert len({line.get_color() for line in lines}) == 6
    assert len({line.get_marker() for line in lines}) == 6
    for line, (_, rows) in zip(lines, table.groupby("edge_length_nm"), strict=False):
        np.testing.assert_allclose(line.get_ydata().astype(float), rows["mean_s"])
    printed = lines[5]
    for handle, sd_s in (
        (handles[1], table.loc[table["edge_length_nm"] == 6.1, "sd_s"]),
        (handles[5], paper.switching_times()["sd_s"]),
    ):
        ends = np.array(handle.lines[2][0].get_segments())[:, :, 1]
        np.testing.assert_allclose(np.diff(ends)[:, 0], 2 * sd_s)
    assert printed.get_color() == "black"
    np.testing.assert_allclose(printed.get_ydata().astype(float), paper.switching_times()["mean_s"])


def test_a_style_of_ones_own_does_not_change_the_figure(table):
    import matplotlib as mpl

    expected = figure_bytes(table, "svg")
    with mpl.rc_context({"axes.facecolor": "black", "svg.fonttype": "none", "font.size": 20}):
        assert figure_bytes(table, "svg") == expected


def test_without_matplotlib_the_table_is_written_all_the_same(run, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    code, out, err = run()
    assert code == 1
    assert "switching_times.csv is written, figure5.png and .svg are not: " in err
    assert 'matplotlib is missing; install it with: pip install "anionx-teach[plots]"' in err
    assert "Calibrated" in out
    assert [path.name for path in (tmp_path / "out").iterdir()] == [CSV_NAME]


def test_a_fault_inside_the_drawing_is_not_taken_for_a_missing_matplotlib(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "anionx_teach._reproduce_figure", None)
    with pytest.raises(ImportError, match="_reproduce_figure"):
        run()


def test_a_file_in_the_place_of_the_folder(run, tmp_path):
    (tmp_path / "taken").touch()
    code, out, err = run(tmp_path / "taken")
    assert (code, out) == (1, "")
    assert err == (
        f"anionx reproduce: {tmp_path / 'taken'} is a file, not a folder; give another with --out\n"
    )


def test_a_folder_that_cannot_be_made(run, tmp_path):
    (tmp_path / "taken").touch()
    code, _, err = run(tmp_path / "taken" / "inside")
    assert code == 1
    assert err.startswith(f"anionx reproduce: cannot write in {tmp_path / 'taken' / 'inside'} (")
    assert err.count("\n") == 1


def test_a_full_disk_leaves_the_older_file_and_no_draft(run, tmp_path, monkeypatch):
    older = tmp_path / "out" / CSV_NAME
    older.parent.mkdir()
    older.write_text("older")

    def full(path, content):
        path.write_text("half a")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    code, _, err = run()
    assert code == 1
    assert "cannot write in" in err
    assert "(No space left on device); give a folder of yours with --out" in err
    assert [path.name for path in older.parent.iterdir()] == [CSV_NAME]
    assert older.read_text() == "older"


def test_a_failing_sweep_is_told(run, tmp_path, monkeypatch):
    def failing(models, *_, **__):
        failures = [SweepFailure(i, models[i], "a worker died (BrokenProcessPool)") for i in (4, 9)]
        msg = "for programs"
        raise SweepError(msg, pd.DataFrame(), failures)

    monkeypatch.setattr(_reproduce_command, "sweep", failing)
    code, _, err = run()
    assert code == 1
    assert err == (
        "anionx reproduce: 2 of 40 conditions failed, nothing was written; the first is condition "
        "4: a worker died (BrokenProcessPool)\n"
    )
    assert list((tmp_path / "out").iterdir()) == []


def test_the_default_folder_is_in_the_current_one(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(None)[0] == 0
    assert (tmp_path / "anionx-reproduced" / CSV_NAME).is_file()


def test_files_are_replaced_whole(tmp_path):
    write_atomically(tmp_path / "a.txt", b"one")
    write_atomically(tmp_path / "a.txt", b"two")
    assert (tmp_path / "a.txt").read_bytes() == b"two"
    assert len(list(tmp_path.iterdir())) == 1
