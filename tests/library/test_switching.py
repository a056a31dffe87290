"""The sigmoid fit: what it finds, what it refuses, and what it calls the parts of a curve."""

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.special import expit

from anionx_teach.switching import (
    compare_with_fit_of_mean,
    fit_switching,
    summarise_switching,
    switching_curve,
    switching_misfit,
)
from tests.library.switching_courses import FRAME_S, LN_9, recorded, trajectories, truth

T = np.arange(500.0)


def logistic(t, midpoint, tau, amplitude, background):
    return background + amplitude * expit((t - midpoint) / tau)


def course(midpoint, tau, seed=1, sd=3.0):
    return logistic(T, midpoint, tau, 100, 0) + np.random.default_rng(seed).normal(0, sd, T.size)


def fit_one(intensity, **options):
    time = np.arange(len(intensity), dtype=float)
    return fit_switching(trajectories(time, [intensity]), **options).iloc[0]


# What it finds


@pytest.mark.parametrize("sd", [0.0, 8.0])
@pytest.mark.parametrize(("n_frames", "tau"), [(300, 6.0), (2000, 12.0), (2000, 60.0)])
def test_clean_data_give_what_curve_fit_gives(sd, n_frames, tau):
    rng = np.random.default_rng(n_frames)
    t = np.arange(n_frames, dtype=float)
    middle = rng.uniform(0.4, 0.6, 40) * n_frames
    light = np.array([logistic(t, m, tau, 100, 20) for m in middle])
    light += rng.normal(0, 1, light.shape) * sd
    table = fit_switching(trajectories(t, light))
    start = [
        curve_fit(logistic, t, y, p0=(m, tau, 90, 15))[0]
        for y, m in zip(light, middle, strict=True)
    ]
    start = np.array(start)
    close = np.abs(table["midpoint_s"] - start[:, 0]) < 1e-3
    assert close.mean() >= 0.99
    np.testing.assert_allclose(table["switching_time_s"], 2 * LN_9 * start[:, 1], rtol=1e-3)


def test_given_errors_are_weights_as_in_curve_fit():
    measured = recorded(truth(30, 600, 60, 1), 600, 2, with_errors=True)
    table = fit_switching(measured, decay="none")
    t = measured.time_s / FRAME_S
    for row, fit in table.iterrows():
        found, covariance = curve_fit(
            logistic,
            t,
            measured.intensity[row],
            p0=(fit.midpoint_s / FRAME_S, 10, 100, 40),
            sigma=measured.intensity_se[row],
            absolute_sigma=True,
        )
        assert fit.midpoint_s / FRAME_S == pytest.approx(found[0], abs=1e-3)
        assert fit.midpoint_se_s / FRAME_S == pytest.approx(covariance[0, 0] ** 0.5, rel=1e-3)
        assert fit.amplitude_se == pytest.approx(covariance[2, 2] ** 0.5, rel=1e-3)


def test_errors_taken_from_the_noisy_frames_do_not_pull_the_curve_down():
    known = truth(300, 400, 60, 1, amplitude=30.0)
    measured = recorded(known, 400, 2, read_noise=3.0)
    noisy = np.sqrt(np.maximum(9.0 + 2.0 * measured.intensity, 2.0))
    table = fit_switching(trajectories(measured.time_s, measured.intensity, noisy), decay="none")
    bias = (table["background"] - 40.0) / table["background_se"]
    assert abs(bias.mean()) < 0.3  # weights from the frames themselves give -2.6


@pytest.mark.parametrize("decay_rate_per_s", [0.0, 0.05])
def test_a_curve_without_noise_is_found_exactly(decay_rate_per_s):
    known = truth(6, 1000, 80, 1, decay_rate_per_s=decay_rate_per_s)
    time_s = np.arange(1000) * FRAME_S + 100.0
    table = fit_switching(trajectories(time_s + 0.0, switching_curve(time_s - 100.0, known)))
    assert table["converged"].all()
    np.testing.assert_allclose(table["start_time_s"] - 100.0, known["start_time_s"], atol=1e-5)
    for name in ("switching_time_s", "amplitude", "background"):
        np.testing.assert_allclose(table[name], known[name], rtol=1e-5)
    np.testing.assert_allclose(table["decay_rate_per_s"], decay_rate_per_s, atol=1e-8)


def test_a_decay_is_found_where_there_is_one_and_only_there():
    with_one = recorded(truth(100, 1000, 60, 1, decay_rate_per_s=0.03), 1000, 2)
    without = recorded(truth(100, 1000, 60, 1), 1000, 2)
    assert (fit_switching(with_one)["decay_rate_per_s"] > 0).all()
    assert (fit_switching(without)["decay_rate_per_s"] > 0).mean() < 0.03
    assert (fit_switching(with_one, decay="none")["decay_rate_per_s"] == 0).all()
    fitted = fit_switching(without, decay="fitted")
    assert 0.2 < (fitted["decay_rate_per_s"] > 0).mean() < 0.8  # where chance falls, not rises
    assert (fitted["decay_rate_per_s"] >= 0).all()


def test_times_do_not_depend_on_units_of_time_or_light():
    measured = recorded(truth(10, 500, 50, 1), 500, 2)
    table = fit_switching(measured)
    other = fit_switching(trajectories(50 + 7 * measured.time_s, 1e-3 * measured.intensity - 4))
    np.testing.assert_allclose(other["start_time_s"], 50 + 7 * table["start_time_s"], rtol=1e-4)
    np.testing.assert_allclose(other["switching_time_s"], 7 * table["switching_time_s"], rtol=1e-4)


def test_uneven_times_are_fitted_as_they_are():
    time_s = np.sort(np.random.default_rng(1).uniform(0, 100, 800))
    known = {"start_time_s": 40, "switching_time_s": 12, "amplitude": 80, "background": 5}
    fit = fit_switching(trajectories(time_s, [switching_curve(time_s, known)])).iloc[0]
    assert (fit.start_time_s, fit.switching_time_s) == pytest.approx((40, 12), rel=1e-5)


def test_robust_fits_withstand_dark_frames():
    known = truth(100, 1000, 120, 1)
    measured = recorded(known, 1000, 2)
    rng = np.random.default_rng(3)
    dark = np.repeat(rng.random((100, 100)) < 0.15, 10, axis=1)
    background = 40 + rng.normal(0, 10, measured.intensity.shape)
    blinking = trajectories(measured.time_s, np.where(dark, background, measured.intensity))
    errors = []
    for robust in (False, True):
        table = fit_switching(blinking, decay="none", robust=robust)
        errors.append(
            [np.nanmedian(abs(table[n] - known[n])) for n in ("start_time_s", "amplitude")]
        )
        assert table["converged"].mean() > 0.9
    plain, robust = errors
    assert robust[0] < 0.7 * plain[0]
    assert robust[1] < 0.5 * plain[1]


# What it refuses


@pytest.mark.parametrize(
    ("intensity", "reason"),
    [
        (np.zeros(500), "flat"),
        (np.full(500, 5.0), "flat"),
        (np.random.default_rng(1).normal(0, 1, 500), "flat"),
        ((-1.0) ** T, "flat"),
        (course(200, -20), "falls"),
        (100 * np.exp(-T / 50), "falls"),
        (course(495, 20), "before the end"),
        (T + np.random.default_rng(1).normal(0, 3, 500), "before the end"),
        (course(5, 20), "before the first frame"),
        (100.0 * (T > 250), "too few frames"),
        (course(250, 0.2), "too few frames"),
        (1000.0 * (T == 100) + np.random.default_rng(1).normal(0, 1, 500), "too few frames"),
    ],
)
def test_what_is_no_whole_rise_is_refused_with_a_reason(intensity, reason):
    fit = fit_one(intensity)
    assert not fit.converged
    assert reason in fit.reason
    assert np.isnan([fit.start_time_s, fit.switching_time_s, fit.start_time_se_s]).all()


def test_a_rise_that_noise_hides_is_refused():
    light = logistic(T, 250, 30, 1.2, 0) + np.random.default_rng(4).normal(0, 3, (200, 500))
    table = fit_switching(trajectories(T, light))
    assert not table["converged"].all()
    errors = table["switching_time_se_s"] / table["switching_time_s"]
    assert (errors[table["converged"]] < 0.5).all()
    assert table["reason"].str.contains("noise").any()


def test_noise_alone_is_never_a_rise():
    noise = np.random.default_rng(1).normal(0, 1, (2000, 400))
    assert not fit_switching(trajectories(np.arange(400.0), noise))["converged"].any()


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_size_of_the_light_is_free(scale):
    fit = fit_one(scale * course(250, 20))
    assert fit.converged
    assert fit.amplitude == pytest.approx(100 * scale, rel=0.02)


@pytest.mark.parametrize("n_frames", [5, 6, 9, 10, 63, 64, 65, 255, 256, 257, 1025])
def test_any_number_of_frames_is_fitted(n_frames):
    t = np.arange(n_frames, dtype=float)
    tau = n_frames / 15
    fit = fit_one(logistic(t, n_frames / 2, tau, 100, 0))
    if fit.converged:
        assert fit.switching_time_s == pytest.approx(2 * LN_9 * tau, rel=1e-4)
    assert fit.converged == (n_frames >= 10)  # fewer have less than 3 frames in the rise


def test_no_trajectory_gives_an_empty_table_with_the_same_columns():
    empty = fit_switching(trajectories(np.arange(6.0), np.empty((0, 6))))
    full = fit_switching(trajectories(T, [course(250, 20)]))
    assert len(empty) == 0
    assert empty.dtypes.equals(full.dtypes)


def test_spots_keep_their_numbers():
    measured = recorded(truth(4, 300, 40, 1), 300, 2).select([3, 1])
    assert fit_switching(measured)["spot"].tolist() == [3, 1]


# Curves, misfits, summaries


def test_the_curve_has_the_times_it_is_named_by():
    curve = {"start_time_s": 10, "switching_time_s": 8, "amplitude": 50, "background": 5}
    np.testing.assert_allclose(switching_curve([10, 14, 18], curve), [10, 30, 50])
    falling = {**curve, "decay_rate_per_s": 0.1}
    late = switching_curve([200.0, 210.0], {**falling, "background": 0})
    assert late[1] / late[0] == pytest.approx(np.exp(-1))
    # The light is lost at the rate k s: d ln(s d) / dt = (1 - s) / tau - k s.
    t, tau = np.array([13.0, 16.0]), 8 / (2 * LN_9)
    h = 1e-5
    no_level = {**falling, "background": 0}
    slope = np.log(switching_curve(t + h, no_level) / switching_curve(t - h, no_level)) / (2 * h)
    s = logistic(t, 14, tau, 1, 0)
    np.testing.assert_allclose(slope, (1 - s) / tau - 0.1 * s, rtol=1e-6)


def test_a_row_or_a_table_of_fits_is_a_curve():
    measured = recorded(truth(3, 300, 40, 1, decay_rate_per_s=0.1), 300, 2)
    table = fit_switching(measured)
    curves = switching_curve(measured.time_s, table)
    assert curves.shape == (3, 300)
    np.testing.assert_array_equal(switching_curve(measured.time_s, table.iloc[1]), curves[1])


@pytest.mark.parametrize("with_errors", [False, True])
def test_the_fit_is_nearer_than_any_curve_beside_it(with_errors):
    measured = recorded(truth(5, 500, 60, 1), 500, 2, with_errors=with_errors)
    table = fit_switching(measured, decay="none")
    best = switching_misfit(measured, table)
    assert best.residual.shape == (5, 500)
    np.testing.assert_allclose(best.residual, measured.intensity - best.curve)
    np.testing.assert_allclose(best.chi2, (best.standardised**2).sum(axis=1))
    np.testing.assert_allclose(best.reduced_chi2, table["reduced_chi2"], rtol=0.15)
    for name in ("start_time_s", "switching_time_s", "amplitude", "background"):
        for factor in (0.9, 1.1):
            moved = table.assign(**{name: table[name] * factor})
            assert (switching_misfit(measured, moved).chi2 > best.chi2).all()
    with pytest.raises(ValueError, match="read-only"):
        best.chi2[0] = 0.0


def test_a_summary_tells_the_spread_of_crystals_from_the_errors_of_fits():
    known = truth(300, 600, 80, 1)
    table = fit_switching(recorded(known, 600, 2))
    summary = summarise_switching(table)
    assert summary.loc["switching_time_s", "n"] == 300
    for name in ("start_time_s", "switching_time_s"):
        row = summary.loc[name]
        assert row["mean"] == pytest.approx(np.mean(known[name]), abs=3 * row["se"])
        assert row["spread"] == pytest.approx(np.std(known[name]), rel=0.05)
        assert row["se"] == pytest.approx(row["sd"] / np.sqrt(300))
    empty = summarise_switching(table.iloc[:0])
    assert empty["n"].tolist() == [0, 0]
    assert empty[["mean", "sd", "median"]].isna().all(axis=None)


def test_the_fit_of_the_mean_is_not_the_mean_of_the_fits():
    known = truth(60, 1000, 40, 1)
    measured = recorded(known, 1000, 2)
    both = compare_with_fit_of_mean(measured)
    single, ensemble = both["switching_time_s"]
    assert single == pytest.approx(np.mean(known["switching_time_s"]), rel=0.02)
    assert ensemble > 3 * single
    together = {name: np.full(60, np.mean(value)) for name, value in known.items()}
    same = compare_with_fit_of_mean(recorded(together, 1000, 2))["switching_time_s"]
    assert same.iloc[1] == pytest.approx(same.iloc[0], rel=0.02)


def test_without_a_rise_there_is_nothing_to_compare():
    both = compare_with_fit_of_mean(trajectories(T, np.zeros((2, 500))))
    assert both["n"].tolist() == [0, 0]
    assert both["switching_time_s"].isna().all()
