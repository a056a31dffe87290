"""Whether the errors of the sigmoid fit are true: bias, pull widths, and the least variance."""

import numpy as np
import pytest

from anionx_teach.switching import fit_bias_table, fit_switching
from tests.benchmarks.switching_fits import cramer_rao_s
from tests.library.switching_courses import from_the_chain, recorded, truth

N = 3000
WIDTHS = (0.95, 1.05)  # at this N a width has a standard error of 0.013
LARGEST_BIAS = 0.1  # standard errors; the mean of N pulls has one of 0.018


@pytest.mark.parametrize("with_errors", [False, True])
@pytest.mark.parametrize(
    ("decay_rate_per_s", "decay"), [(0.0, "none"), (0.03, "fitted"), (0.03, "auto")]
)
def test_errors_are_true_where_the_model_holds(decay_rate_per_s, decay, with_errors):
    known = truth(N, 600, 60, 1, decay_rate_per_s=decay_rate_per_s)
    measured = recorded(known, 600, 2, with_errors=with_errors)
    table = fit_switching(measured, decay=decay)
    assert table["converged"].mean() > 0.999
    for _, row in fit_bias_table(table, known).iterrows():
        assert abs(row["bias_in_se"]) < LARGEST_BIAS
        assert WIDTHS[0] < row["pull_width"] < WIDTHS[1]
    assert table["reduced_chi2"].mean() == pytest.approx(1.0, abs=0.01)


def test_the_noise_of_the_camera_is_found():
    table = fit_switching(recorded(truth(N, 600, 60, 1), 600, 2))
    assert table["noise_slope"].mean() == pytest.approx(2.0, rel=0.02)
    assert table["noise_constant"].mean() == pytest.approx(25.0, abs=3.0)


def test_the_variance_is_the_least_possible():
    parameters = {name: np.repeat(value, N) for name, value in truth(1, 600, 60, 3).items()}
    table = fit_switching(recorded(parameters, 600, 4), decay="none")
    bound_s = cramer_rao_s({name: value[0] for name, value in parameters.items()}, 600)
    ratio = np.var(table["start_time_s"] - parameters["start_time_s"]) / bound_s**2
    assert ratio < 1.05 + 2 * np.sqrt(2 / N)
    assert table["start_time_se_s"].mean() == pytest.approx(bound_s, rel=0.03)


def test_robust_errors_are_true_without_anything_to_resist():
    known = truth(600, 600, 60, 1)
    bias = fit_bias_table(fit_switching(recorded(known, 600, 2), decay="none", robust=True), known)
    assert bias["pull_width"].between(0.93, 1.07).all()
    assert (bias["bias_in_se"].abs() < 0.15).all()


def test_light_in_proportion_to_iodide_is_timed_without_bias():
    measured, known = from_the_chain(400, 1500, 120, 5, through_filter=False, blinking=False)
    bias = fit_bias_table(fit_switching(measured), known)
    assert (bias["n_converged"] == 400).all()
    assert (bias["bias_in_se"].abs() < 0.2).all()  # its standard error is 0.05
    assert bias["pull_width"].between(0.88, 1.12).all()


def test_the_filter_makes_the_rise_late_and_short():
    measured, known = from_the_chain(60, 1500, 120, 5, through_filter=True, blinking=False)
    bias = fit_bias_table(fit_switching(measured), known)
    assert bias.loc["start_time_s", "bias_s"] > 2.0  # of 6 s: little light before x = 0.7
    assert bias.loc["switching_time_s", "bias_s"] < -2.0


def test_blinking_makes_errors_too_small_and_chi2_says_so():
    measured, known = from_the_chain(150, 1500, 120, 5, through_filter=False)
    table = fit_switching(measured)
    bias = fit_bias_table(table, known)
    assert (bias["pull_width"] > 1.5).all()
    assert table["reduced_chi2"].median() > 1.5
