"""The pictures and the words of `anionx analyze` show every spot, and say what is what."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure

from anionx_teach._analyze_figure import (
    _draw_field,
    _draw_trajectory,
    field_bytes,
    groups,
    page_bytes,
    shown_spots,
)
from anionx_teach._analyze_table import (
    analysed_table,
    counted_spots,
    csv_bytes,
    summary_text,
    table_text,
)
from anionx_teach._movie import Movie
from anionx_teach.switching import switching_curve
from anionx_teach.trajectories import Trajectories

FLAT = "no rise: the trajectory is flat within its noise"


@pytest.fixture(scope="module")
def trajectories():
    """Three crystals that light up at 8, 9, 10 s and blink later; one that never does anything."""
    time_s = np.arange(600) * 0.05
    course = {"switching_time_s": 3.0, "amplitude": 200.0, "background": 0.0}
    starts = {"start_time_s": [8.0, 9.0, 10.0]}
    rises = switching_curve(time_s, pd.DataFrame(starts).assign(**course))
    rises[:, (time_s > 18) & (time_s % 4 < 0.7)] = 0
    light = np.vstack([rises, np.full((1, 600), 60.0)])
    noisy = light + np.random.default_rng(1).normal(0, 8, light.shape)
    return Trajectories(time_s, noisy, [10.0, 30.0, 50.0, 20.0], [5.0, 15.0, 25.0, 35.0])


@pytest.fixture(scope="module")
def table(trajectories):
    spots = pd.DataFrame(
        {
            "x_px": trajectories.x_px,
            "y_px": trajectories.y_px,
            "signal": [400.0, 300.0, 200.0, 100.0],
            "signal_to_noise": [20.0, 30.0, 10.0, 90.0],
            "background": 7.0,
        }
    )
    return analysed_table(spots, trajectories, with_decay=False)


@pytest.fixture(scope="module")
def movie():
    frames = np.random.default_rng(2).poisson(100, (12, 40, 60)).astype(np.uint16)
    return Movie(frames, 0.05, 0.05, 160.0)


def many(table, n):
    """Return a table of n spots of all groups."""
    return pd.concat([table] * n, ignore_index=True).head(n).assign(spot=range(n))


def test_a_row_has_the_place_the_verdict_and_the_times(table):
    assert table.columns[:7].tolist() == [
        "spot", "x_px", "y_px", "signal", "signal_to_noise", "single", "single_reason",
    ]  # fmt: skip
    assert table["single"].tolist() == [True, True, True, False]
    assert table["single_reason"].tolist() == ["on and off"] * 3 + ["too few switches"]
    assert table["start_time_s"][:3].to_numpy() == pytest.approx([8, 9, 10], abs=0.3)
    assert table["reason"][3] == FLAT
    assert not table.columns.duplicated().any()


def test_spots_that_were_left_out_keep_the_others_in_their_rows(trajectories, table):
    """Trajectories may be of some of the spots only: their `spot` tells of which."""
    part = trajectories.select([3, 1])
    spots = table[["x_px", "y_px", "signal", "signal_to_noise"]]
    some = analysed_table(spots, part, with_decay=False)
    assert some["spot"].tolist() == [3, 1]
    assert some["x_px"].tolist() == [20.0, 30.0]
    pd.testing.assert_series_equal(some.iloc[1].drop("spot"), table.iloc[1].drop("spot"),
                                   check_names=False)  # fmt: skip


def test_the_csv_does_not_hang_on_the_last_digits(table):
    nearly = table.assign(start_time_s=table["start_time_s"] * (1 + 1e-13))
    assert csv_bytes(nearly) == csv_bytes(table)


def test_only_spots_that_are_single_and_fitted_count(table):
    assert counted_spots(table).tolist() == [True, True, True, False]
    changed = table.assign(converged=[False, True, True, True])
    assert counted_spots(changed).tolist() == [False, True, True, False]


def test_the_summary_counts_and_averages(table):
    text = summary_text(table, "photo-electrons")
    lines = text.splitlines()
    assert lines[:4] == [
        "     4 spots found",
        "     3 of these are single emitters",
        "         1 not: too few switches",
        "     3 of these have a rise that was fitted",
    ]
    times = table["switching_time_s"][:3]
    row = next(line for line in lines if line.startswith("switching time (s), 10-90 %, singles"))
    assert row.split()[-6:] == [
        "3", f"{times.mean():.2f}", "+-", f"{times.std():.2f}", f"{times.median():.2f}",
        f"{times.std() / 3**0.5:.2f}",
    ]  # fmt: skip
    assert "Intensities are in photo-electrons." in lines


def test_the_summary_of_none_and_of_one(table):
    one = summary_text(table.iloc[[0]], "counts")
    assert " +- ?" in one
    assert "     0 of these are single emitters\n" in summary_text(table.iloc[[3]], "counts")
    none = summary_text(table.iloc[[3]], "counts")
    rows = [line.split() for line in none.splitlines() if line.endswith(" 0")]
    assert [row[-2:] for row in rows] == [["singles", "0"], ["fitted", "0"]] * 2
    assert "nan" not in one + none
    assert "counts: the file does not say what a count is worth." in none


def test_fits_that_do_not_describe_the_light_are_told(table):
    assert "standard errors of single fits are too small" not in summary_text(
        table.assign(reduced_chi2=1.0), "counts"
    )
    text = summary_text(table.assign(reduced_chi2=4.2), "counts")
    assert "(reduced chi2 4.2), as it does when\nit blinks: the standard errors of single" in text


def test_the_printed_table_is_not_endless(table):
    short = table_text(table).splitlines()
    assert len(short) == 5
    assert short[4].split()[:6] == ["3", "20.0", "35.0", "90.0", "-", "-"]
    assert short[4].endswith(f"too few switches; {FLAT}")
    assert short[1].endswith("single; rise fitted")
    long = table_text(many(table, 45)).splitlines()
    assert len(long) == 42
    assert long[-1] == "... and 5 more: --csv OUT writes them all"


def test_the_field_shows_every_spot_with_its_number(movie, table):
    axes = Figure().add_subplot()
    changed = table.assign(converged=[True, True, False, False])
    _draw_field(axes, movie, changed)
    assert axes.get_xlabel() == "x (px of 0.16 µm)"
    assert [text.get_text() for text in axes.texts] == ["0", "1", "2", "3"]
    assert sorted(text.xy for text in axes.texts) == [(10, 5), (20, 35), (30, 15), (50, 25)]
    handles, labels = axes.get_legend_handles_labels()
    assert labels == ["single, rise fitted: 2", "single, no rise fitted: 1", "not single: 1"]
    marks = [handle.get_offsets().tolist() for handle in handles]
    assert marks == [[[10, 5], [30, 15]], [[50, 25]], [[20, 35]]]
    assert len({tuple(handle.get_edgecolor()[0]) for handle in handles}) == 3
    assert len({len(handle.get_paths()[0]) for handle in handles}) >= 2  # shapes differ as well
    assert axes.images[0].get_array().shape == (40, 60)
    low, high = axes.get_ylim()
    assert low > high  # rows count downwards, as in the table


def test_every_spot_is_in_one_group(table):
    members = np.array(list(groups(many(table, 9)).values()))
    assert (members.sum(axis=0) == 1).all()


def test_a_panel_shows_trajectory_and_fit(trajectories, table):
    axes = Figure().add_subplot()
    _draw_trajectory(axes, trajectories, table, 1)
    grey, dots, curve = axes.get_lines()
    np.testing.assert_array_equal(grey.get_ydata(), trajectories.intensity[1])
    assert dots.get_ydata().mean() == pytest.approx(trajectories.intensity[1].mean())
    np.testing.assert_allclose(curve.get_ydata(), switching_curve(curve.get_xdata(), table.iloc[1]))
    fit = table.iloc[1]
    words = f"spot 1: {fit['switching_time_s']:.2f} +- {fit['switching_time_se_s']:.2f} s"
    assert axes.get_title() == words
    axes = Figure().add_subplot()
    _draw_trajectory(axes, trajectories, table, 3)
    assert len(axes.get_lines()) == 2
    assert axes.get_title() == f"spot 3: {FLAT}\nnot single: too few switches"


def test_a_long_trajectory_is_thinned_and_its_means_are_not():
    time_s = np.arange(9001) * 1.0
    intensity = np.random.default_rng(1).normal(50, 10, (1, 9001))
    axes = Figure().add_subplot()
    row = {"spot": 0, "converged": False, "reason": "r", "single": True, "single_reason": "s"}
    _draw_trajectory(axes, Trajectories(time_s, intensity, [0], [0]), pd.DataFrame([row]), 0)
    grey, dots = axes.get_lines()
    assert len(grey.get_xdata()) <= 2000
    assert len(dots.get_xdata()) == 60
    np.testing.assert_allclose(dots.get_ydata(), 50, atol=5)


def test_the_page_shows_first_what_counts_and_then_the_clearest(table):
    assert shown_spots(table) == [1, 0, 2, 3]
    assert len(shown_spots(many(table, 100))) == 24
    assert shown_spots(table.assign(single=False)) == [3, 1, 0, 2]


def test_pictures_do_not_depend_on_a_style_of_ones_own(movie, trajectories, table):
    field, page = field_bytes(movie, table), page_bytes(trajectories, table)
    with rc_context({"axes.facecolor": "black", "font.size": 20, "lines.linewidth": 9}):
        assert field_bytes(movie, table) == field
        assert page_bytes(trajectories, table) == page
    assert field.startswith(b"\x89PNG")
    assert page.startswith(b"\x89PNG")


@pytest.mark.parametrize("shape", [(5, 300), (300, 5)])
def test_a_field_of_any_shape(table, shape):
    frames = np.full((6, *shape), 9, np.uint16)
    assert field_bytes(Movie(frames, 0.05, 0.05, 160.0), table.head(0)).startswith(b"\x89PNG")
