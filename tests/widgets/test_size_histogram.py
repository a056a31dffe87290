import numpy as np
import pytest
from anionx_widgets.size_histogram import BAR_EDGES_NM, BAR_WIDTH_NM, bar_of, histogram_of


def test_shares_by_hand():
    histogram = histogram_of(np.array([1.0, 1.2, 1.6, 25.0]))
    assert histogram.share_percent[:3].tolist() == [0.0, 50.0, 25.0]
    assert histogram.share_percent.sum() == 75.0
    assert (histogram.n_crystals, histogram.n_outside) == (4, 1)


def test_the_curve_has_the_area_of_the_bars():
    edges_nm = np.random.default_rng(1).normal(9.5, 1.5, 5000)
    edge_nm, percent = histogram_of(edges_nm).curve
    assert np.trapezoid(percent, edge_nm) == pytest.approx(100 * BAR_WIDTH_NM, rel=1e-3)
    assert edge_nm[np.argmax(percent)] == pytest.approx(edges_nm.mean(), abs=0.1)


def test_the_outline_has_the_area_of_the_bars():
    edge_nm, percent = histogram_of(np.random.default_rng(1).normal(9.5, 1.5, 500)).outline
    assert edge_nm.shape == percent.shape
    assert np.trapezoid(percent, edge_nm) == pytest.approx(100 * BAR_WIDTH_NM)


@pytest.mark.parametrize("edges_nm", [[], [5.0]])
def test_too_few_crystals_have_no_fit(edges_nm):
    histogram = histogram_of(np.array(edges_nm))
    assert histogram.fit is None
    assert all(part.size == 0 for part in histogram.curve)


def test_equal_crystals_have_a_fit_and_no_curve():
    histogram = histogram_of(np.full(10, 5.1))
    assert histogram.fit is not None
    assert all(part.size == 0 for part in histogram.curve)


def test_a_bar_holds_its_lower_end_and_not_its_upper():
    assert bar_of(5.0) == bar_of(5.3) == (5.0, 5.5)
    assert bar_of(BAR_EDGES_NM[0]) == (0.5, 1.0)
    assert bar_of(19.5) == (19.5, 20.0)
