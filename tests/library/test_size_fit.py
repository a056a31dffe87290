"""The normal fit of edge lengths and its standard errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

from anionx_teach.micrographs import SizeFit, fit_size_distribution
from anionx_teach.nanocrystals import draw_batch
from anionx_teach.paper import batches

# The dispersities of Fig. 1, in percent, as printed in the text of the paper.
PRINTED_DISPERSITY = {5.1: 11.8, 6.1: 13.1, 7.8: 15.4, 9.5: 15.8, 13.1: 15.3}


def test_known_numbers():
    fit = fit_size_distribution([4.0, 5.0, 6.0, 9.0])
    assert fit.n == 4
    assert fit.mean_nm == 6.0
    assert fit.sd_nm == pytest.approx((14 / 3) ** 0.5)
    assert fit.mean_se_nm == pytest.approx((14 / 12) ** 0.5)
    assert fit.sd_se_nm == pytest.approx((14 / 18) ** 0.5)
    assert fit.dispersity == pytest.approx(fit.sd_nm / 6)


def test_the_fit_is_where_the_likelihood_of_the_mean_is_highest():
    edges = draw_batch(7.8, 1.2, 300, rng=5).edge_length_nm
    fit = fit_size_distribution(edges)

    def likelihood(mean_nm: float, sd_nm: float) -> float:
        return float(norm.logpdf(edges, mean_nm, sd_nm).sum())

    n = edges.size
    best_sd = fit.sd_nm * ((n - 1) / n) ** 0.5  # the biased one maximises the likelihood
    best = likelihood(fit.mean_nm, best_sd)
    for step in (-0.02, 0.02):
        assert likelihood(fit.mean_nm + step, best_sd) < best
        assert likelihood(fit.mean_nm, best_sd + step) < best


@pytest.mark.parametrize("n", [300, 60])
def test_intervals_cover_the_truth_as_often_as_they_say(n):
    mean_nm, sd_nm = 9.5, 1.5
    covered = np.zeros(2)
    for seed in range(200):
        fit = fit_size_distribution(draw_batch(mean_nm, sd_nm, n, rng=seed).edge_length_nm)
        covered += [
            abs(fit.mean_nm - mean_nm) < 1.96 * fit.mean_se_nm,
            abs(fit.sd_nm - sd_nm) < 1.96 * fit.sd_se_nm,
        ]
    fraction = covered / 200
    assert np.all((fraction >= 0.92) & (fraction <= 0.98)), fraction


def test_the_standard_errors_are_the_scatter_of_many_fits():
    fits = [
        fit_size_distribution(draw_batch(6.1, 0.8, 300, rng=seed).edge_length_nm)
        for seed in range(400)
    ]
    scatter = np.std([[fit.mean_nm, fit.sd_nm] for fit in fits], axis=0, ddof=1)
    stated = np.mean([[fit.mean_se_nm, fit.sd_se_nm] for fit in fits], axis=0)
    # The scatter of 400 is itself known to 3.5 %.
    np.testing.assert_allclose(scatter, stated, rtol=0.12)


def test_the_dispersities_of_figure_1_come_back():
    for row in batches().itertuples():
        drawn = draw_batch(row.edge_length_nm, row.sd_nm, 20_000, rng=3)
        fit = fit_size_distribution(drawn.edge_length_nm)
        percent = 100 * fit.dispersity
        # Printed from a mean and sd rounded to 0.1 nm: 0.05 nm of 0.6 nm is 8 %.
        assert percent == pytest.approx(PRINTED_DISPERSITY[row.edge_length_nm], abs=0.3)


@given(arrays(np.float64, st.integers(2, 40), elements=st.floats(0.5, 50.0)), st.floats(0.25, 4.0))
def test_another_unit_of_length_changes_nothing_but_the_unit(edges, factor):
    fit, scaled = fit_size_distribution(edges), fit_size_distribution(edges * factor)
    for name in ("mean_nm", "sd_nm", "mean_se_nm", "sd_se_nm"):
        expected = factor * getattr(fit, name)
        assert getattr(scaled, name) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_equal_edges_have_no_width():
    fit = fit_size_distribution([5.0, 5.0, 5.0])
    assert (fit.sd_nm, fit.sd_se_nm, fit.dispersity) == (0.0, 0.0, 0.0)


def test_the_table_has_what_the_fit_has():
    fit = SizeFit(10.0, 1.5, 0.1, 0.07, 225)
    row = fit.to_frame().iloc[0]
    assert row["mean_nm"] == 10.0
    assert row["dispersity"] == 0.15


@pytest.mark.parametrize(
    ("edges", "error", "message"),
    [
        ([], ValueError, "edge_length_nm must hold at least 2 lengths, got 0"),
        ([5.0], ValueError, "edge_length_nm must hold at least 2 lengths, got 1"),
        ([[5.0, 6.0]], ValueError, "edge_length_nm must be one-dimensional, got 2 dimensions"),
        (5.0, ValueError, "edge_length_nm must be one-dimensional, got 0 dimensions"),
        ([5.0, -3.0], ValueError, "edge_length_nm must be > 0 nm, got -3.0"),
        ([5.0, np.nan], ValueError, "edge_length_nm must be > 0 nm, got nan"),
        (["five", "six"], TypeError, "edge_length_nm must be a number"),
    ],
)
def test_bad_input_is_named(edges, error, message):
    with pytest.raises(error, match=message):
        fit_size_distribution(edges)
