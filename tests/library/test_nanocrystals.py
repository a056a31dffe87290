"""Batches: the distributions drawn, what a seed keeps, and counts of cells."""

import itertools
import re
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from anionx_teach import paper
from anionx_teach.materials import CSPBBR3, CSPBI3
from anionx_teach.nanocrystals import (
    NanocrystalBatch,
    draw_batch,
    halide_sites,
    surface_fraction,
    unit_cells,
)

LATTICE_NM = float(CSPBBR3.pseudocubic_lattice_nm)


def z_scores(sample, mean, sd):
    """How far sample mean and standard deviation are from theirs, in standard errors."""
    n, deviation = sample.size, sample - sample.mean()
    se_of_variance = np.sqrt((np.mean(deviation**4) - sample.var() ** 2) / n)
    return (sample.mean() - mean) / (sd / np.sqrt(n)), (sample.var() - sd**2) / se_of_variance


@pytest.mark.parametrize("dispersity", [0.12, 0.4, 0.8, 5.0])
def test_edges_follow_the_normal_truncated_at_zero(dispersity):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        batch = draw_batch(1.0, dispersity, 50_000, rng=11)
    truncated = stats.truncnorm(-1 / dispersity, np.inf, loc=1, scale=dispersity)
    assert batch.edge_length_nm.min() > 0
    assert stats.kstest(batch.edge_length_nm, truncated.cdf).pvalue > 0.01


@pytest.mark.parametrize("row", range(5))
def test_drawn_batches_have_the_printed_dispersities(row):
    printed = paper.batches().loc[row]
    batch = draw_batch(printed["edge_length_nm"], printed["sd_nm"], 20_000, rng=row)
    z = z_scores(batch.edge_length_nm, printed["edge_length_nm"], printed["sd_nm"])
    assert np.abs(z).max() < 4
    assert 100 * batch.dispersity == pytest.approx(printed["dispersity_percent"], rel=0.02)


@pytest.mark.parametrize(
    ("long_edge_nm", "long_sd_nm", "expected_sd"),
    [(15.8, 3.2, 3.2), (15.8, None, 2.0 * 15.8 / 13.1), (15.8, 2.0, 2.0), (13.2, 2.1, 2.1)],
)
def test_long_edge_has_the_mean_and_sd_asked_for(long_edge_nm, long_sd_nm, expected_sd):
    batch = draw_batch(13.1, 2.0, 100_000, rng=5, long_edge_nm=long_edge_nm, long_sd_nm=long_sd_nm)
    assert np.abs(z_scores(batch.long_edge_nm, long_edge_nm, expected_sd)).max() < 4
    assert np.all(batch.long_edge_nm >= batch.edge_length_nm)


def test_elongation_is_gamma_and_independent_of_the_edge():
    batch = draw_batch(13.1, 2.0, 50_000, rng=6, long_edge_nm=15.8, long_sd_nm=3.2)
    elongation = batch.long_edge_nm - batch.edge_length_nm
    mean, variance = 15.8 - 13.1, 3.2**2 - 2.0**2
    gamma = stats.gamma(mean**2 / variance, scale=variance / mean)
    assert stats.kstest(elongation, gamma.cdf).pvalue > 0.01
    assert stats.spearmanr(elongation, batch.edge_length_nm).pvalue > 0.01


def test_crystals_are_independent_of_their_neighbours():
    edges = draw_batch(5.1, 0.6, 50_000, rng=8).edge_length_nm
    assert stats.pearsonr(edges[1:], edges[:-1]).pvalue > 0.01


def test_more_crystals_keep_the_first_ones():
    arguments = {"rng": 3, "long_edge_nm": 15.8, "long_sd_nm": 3.2}
    few, many = (draw_batch(13.1, 2.0, n, **arguments) for n in (10, 500))
    np.testing.assert_array_equal(many.edge_length_nm[:10], few.edge_length_nm)
    np.testing.assert_array_equal(many.long_edge_nm[:10], few.long_edge_nm)


def test_other_sizes_keep_the_noise():
    small, large = draw_batch(5.1, 0.6, 300, rng=3), draw_batch(9.5, 1.5, 300, rng=3)
    np.testing.assert_allclose(
        (small.edge_length_nm - 5.1) / 0.6, (large.edge_length_nm - 9.5) / 1.5, atol=1e-6
    )
    rectangular = draw_batch(5.1, 0.6, 300, rng=3, long_edge_nm=7.0)
    np.testing.assert_array_equal(rectangular.edge_length_nm, small.edge_length_nm)


def test_a_seed_gives_the_same_batch_and_another_seed_another():
    edges = [draw_batch(5.1, 0.6, 50, rng=rng).edge_length_nm for rng in (1, 1, 2)]
    np.testing.assert_array_equal(edges[0], edges[1])
    assert not np.any(edges[0] == edges[2])
    rng = np.random.default_rng(1)
    np.testing.assert_array_equal(draw_batch(5.1, 0.6, 50, rng=rng).edge_length_nm, edges[0])
    assert not np.any(draw_batch(5.1, 0.6, 50, rng=rng).edge_length_nm == edges[0])


def test_without_spread_all_crystals_are_equal():
    batch = draw_batch(5.1, 0.0, 4, rng=1, long_edge_nm=7.0)
    np.testing.assert_array_equal(batch.edge_length_nm, 5.1)
    np.testing.assert_allclose(batch.long_edge_nm, 7.0)
    assert batch.dispersity == 0
    cubes = draw_batch(5.1, 0.6, 4, rng=1, long_edge_nm=5.1, long_sd_nm=0.6)
    np.testing.assert_array_equal(cubes.long_edge_nm, cubes.edge_length_nm)


@pytest.mark.parametrize("dispersity", [1e-200, 1e-161, 1e-155, 1e-15, 1e-9])
def test_hardly_any_spread_is_no_error(dispersity):
    batch = draw_batch(1.0, dispersity, 9, rng=1, long_edge_nm=1.5)
    np.testing.assert_allclose(batch.edge_length_nm, 1, rtol=1e-7)
    np.testing.assert_allclose(batch.long_edge_nm, 1.5, rtol=1e-7)


def test_a_mean_moved_by_more_than_one_percent_is_told():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_batch(10.0, 4.2, 5, rng=1)  # the mean of the truncated distribution is 0.99 % larger
    with pytest.warns(UserWarning, match="sd_nm = 5 nm is 50% of mean_edge_nm.* 10.3 nm instead"):
        draw_batch(10.0, 5.0, 5, rng=1)


@given(
    mean=st.floats(0.5, 50),
    dispersity=st.floats(0, 1),
    stretch=st.floats(1, 3),
    n=st.integers(1, 30),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=100, deadline=None)
def test_only_physical_sizes_are_drawn(mean, dispersity, stretch, n, seed):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        batch = draw_batch(mean, dispersity * mean, n, rng=seed, long_edge_nm=stretch * mean)
    assert len(batch) == n
    assert np.all(np.isfinite(batch.long_edge_nm))
    assert np.all(batch.edge_length_nm > 0)
    assert np.all(batch.long_edge_nm >= batch.edge_length_nm)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"mean_edge_nm": -3}, ValueError, "mean_edge_nm must be > 0 nm, got -3.0"),
        ({"mean_edge_nm": [5, 6]}, ValueError, "mean_edge_nm must be a single number"),
        ({"mean_edge_nm": "5"}, TypeError, "mean_edge_nm must be a number"),
        ({"sd_nm": -1}, ValueError, "sd_nm must be >= 0 nm, got -1.0"),
        ({"sd_nm": np.nan}, ValueError, "sd_nm must be >= 0 nm, got nan"),
        ({"n": 0}, ValueError, "n must be >= 1, got 0"),
        ({"n": 2.0}, TypeError, "n must be a whole number >= 1, got 2.0"),
        ({"rng": "1"}, TypeError, "rng must be an int"),
        ({"long_sd_nm": 2}, ValueError, "long_sd_nm must come with long_edge_nm, got 2 alone"),
        ({"long_edge_nm": 0}, ValueError, "long_edge_nm must be > 0 nm, got 0.0"),
        ({"long_edge_nm": 4}, ValueError, "long_edge_nm must be >= mean_edge_nm, 5.0 nm, got 4.0"),
        (
            {"long_edge_nm": 6, "long_sd_nm": -2},
            ValueError,
            "long_sd_nm must be >= 0 nm, got -2.0",
        ),
        (
            {"long_edge_nm": 6, "long_sd_nm": 0.1},
            ValueError,
            "long_sd_nm must be >= sd_nm, 0.5 nm, got 0.1: raise it",
        ),
        (
            {"long_edge_nm": 5, "long_sd_nm": 0.7},
            ValueError,
            "long_sd_nm must be sd_nm, 0.5 nm, where long_edge_nm is mean_edge_nm, got 0.7",
        ),
    ],
)
def test_bad_arguments_of_draw_batch(change, error, message):
    good = {"mean_edge_nm": 5.0, "sd_nm": 0.5, "n": 3, "rng": 1}
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        draw_batch(**(good | change))


@pytest.mark.parametrize(
    ("edge", "long_edge", "error", "message"),
    [
        ([1, 2], [1], ValueError, "long_edge_nm must have the length of edge_length_nm, 2, got 1"),
        ([1, 0], [1, 1], ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        ([1, 1], [1, np.inf], ValueError, "long_edge_nm must be finite and > 0 nm, got inf"),
        (1, 1, ValueError, "edge_length_nm must be one-dimensional, got 0 dimensions"),
        ([1], [[1]], ValueError, "long_edge_nm must be one-dimensional, got 2 dimensions"),
        ([1, 3], [1, 2], ValueError, "long_edge_nm must be >= edge_length_nm, got 2.0 nm beside 3.0"),
        (["a"], [1], TypeError, "edge_length_nm must be a number or an array of numbers"),
    ],
)  # fmt: skip
def test_bad_batches(edge, long_edge, error, message):
    with pytest.raises(error, match=re.escape(message)):
        NanocrystalBatch(edge, long_edge)


def test_a_batch_describes_itself_and_cannot_be_changed():
    edges = np.array([4.0, 5.0, 9.0])
    batch = NanocrystalBatch(edges, edges + 1)
    assert len(batch) == 3
    assert batch.mean_edge_nm == 6
    assert batch.sd_nm == pytest.approx(np.sqrt(7))
    assert batch.dispersity == pytest.approx(np.sqrt(7) / 6)
    edges[0] = 1.0
    assert batch.edge_length_nm[0] == 4
    with pytest.raises(ValueError, match="read-only"):
        batch.long_edge_nm[0] = 1.0
    frame = batch.to_frame()
    frame.loc[0, "edge_length_nm"] = 0.0
    np.testing.assert_array_equal(batch.to_frame(), [[4, 5], [5, 6], [9, 10]])


def test_statistics_of_too_few_crystals_are_nan():
    one, none = NanocrystalBatch([5], [5]), NanocrystalBatch([], [])
    assert one.mean_edge_nm == 5
    assert np.isnan([one.sd_nm, one.dispersity]).all()
    assert np.isnan([none.mean_edge_nm, none.sd_nm, none.dispersity]).all()
    assert none.to_frame().shape == (0, 2)


def test_halide_sites_of_the_paper_s_batches():
    assert halide_sites(5.1) == pytest.approx(2000, rel=0.01)
    assert halide_sites(13.1, 15.8) == pytest.approx(41_000, rel=0.01)


@pytest.mark.parametrize(("across", "along"), [(1, 1), (2, 2), (2, 5), (3, 3), (4, 7), (9, 9)])
def test_whole_cells_agree_with_counting_them(across, along):
    cells = list(itertools.product(range(across), range(across), range(along)))
    limits = (across - 1, across - 1, along - 1)
    outer = sum(any(i in (0, last) for i, last in zip(cell, limits, strict=True)) for cell in cells)
    edges = across * LATTICE_NM, along * LATTICE_NM
    assert unit_cells(*edges) == pytest.approx(len(cells))
    assert halide_sites(*edges) == pytest.approx(3 * len(cells))
    assert surface_fraction(*edges) == pytest.approx(outer / len(cells))


def test_smaller_crystals_have_more_surface():
    edges = np.linspace(0.3, 30, 400)
    fraction = surface_fraction(edges)
    assert np.all(np.diff(fraction) <= 0)
    assert np.all(fraction[edges <= 2 * LATTICE_NM] == 1)
    assert fraction[-1] * unit_cells(30) ** (1 / 3) == pytest.approx(6, rel=0.05)


def test_counts_broadcast_and_use_the_lattice_of_the_material():
    edges, long_edges = np.array([[5.0], [6.0]]), np.array([7.0, 8.0, 9.0])
    for function in (unit_cells, halide_sites, surface_fraction):
        values = function(edges, long_edges)
        assert values.shape == (2, 3)
        assert values[1, 2] == function(6.0, 9.0)
        assert np.ndim(function(5.1)) == 0
    ratio = float(CSPBI3.pseudocubic_lattice_nm) / LATTICE_NM
    assert unit_cells(5.1) / unit_cells(5.1, material=CSPBI3) == pytest.approx(ratio**3)


@pytest.mark.parametrize("function", [unit_cells, halide_sites, surface_fraction])
@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"edge_length_nm": 0}, ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        (
            {"edge_length_nm": 5, "long_edge_nm": -1},
            ValueError,
            "long_edge_nm must be > 0 nm, got -1.0",
        ),
        (
            {"edge_length_nm": [5, 6], "long_edge_nm": [5, 6, 7]},
            ValueError,
            "long_edge_nm must broadcast with edge_length_nm, got shapes (3,) and (2,)",
        ),
        (
            {"edge_length_nm": 5, "material": "CsPbI3"},
            TypeError,
            "material must be a Perovskite such as CSPBBR3, got 'CsPbI3'",
        ),
    ],
)
def test_bad_arguments_of_the_counts(function, arguments, error, message):
    with pytest.raises(error, match=re.escape(message)):
        function(**arguments)
