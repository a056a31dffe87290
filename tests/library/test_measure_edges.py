"""Measuring edges back from micrographs, rendered or drawn by hand."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from anionx_teach.micrographs import Micrograph, measure_edges, render_micrograph
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch

# mean and sd of the edge, of the long edge, and the field that holds 300 of them.
PAPER = {
    "5.1": ((5.1, 0.6), {}, {}),
    "6.1": ((6.1, 0.8), {}, {}),
    "7.8": ((7.8, 1.2), {}, {}),
    "9.5": ((9.5, 1.5), {}, {"shape": (1200, 1200)}),
    "13.1": (
        (13.1, 2.0),
        {"long_edge_nm": 15.8, "long_sd_nm": 3.2},
        {"shape": (1600, 1600)},
    ),
}


def paper_batch(label, n, seed):
    sizes, long, _ = PAPER[label]
    return draw_batch(*sizes, n, rng=seed, **long)


@pytest.mark.parametrize("label", PAPER)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_paper_s_sizes_are_recovered(label, seed):
    picture = render_micrograph(paper_batch(label, 450, seed), rng=seed + 10, **PAPER[label][2])
    whole = picture.truth[~picture.truth["cut_by_border"]]
    edges = measure_edges(picture)
    assert len(whole) >= 300
    for name in ("edge_length_nm", "long_edge_nm"):
        assert edges[name].mean() == pytest.approx(whole[name].mean(), rel=0.02)
        assert edges[name].std() == pytest.approx(whole[name].std(), rel=0.15)
    assert len(edges) > 0.96 * len(whole)
    reasons = edges.attrs["rejected_reasons"]
    assert edges.attrs["rejected"] == sum(reasons.values())
    assert list(reasons) == ["cut by the border", "not one rectangle", "too small"]
    # Each crystal once, each measured one beside a real one, and no two counted as one.
    tree = cKDTree(picture.truth[["x_px", "y_px"]])
    _, nearest = tree.query(edges[["x_px", "y_px"]])
    true = picture.truth.iloc[nearest].reset_index(drop=True)
    doubled = edges["long_edge_nm"] > 1.6 * true["long_edge_nm"]
    doubled |= edges["edge_length_nm"] > 1.35 * true["edge_length_nm"]
    assert not doubled.any()
    good = np.isclose(edges["edge_length_nm"], true["edge_length_nm"], rtol=0.1)
    assert good.mean() > 0.97


def ideal(edge_nm, long_nm, angle_deg, *, gap_nm=None, size_nm=0.25):
    """A noiseless picture of one crystal, or of two in a row, by counting fine grid points."""
    fine = 8
    line = (np.arange(160 * fine) + 0.5) / fine - 80
    y, x = np.meshgrid(line * size_nm, line * size_nm, indexing="ij")
    angle = np.deg2rad(angle_deg)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    inside = (np.abs(along) < long_nm / 2) & (np.abs(across) < edge_nm / 2)
    if gap_nm is not None:
        shifted = np.abs(np.abs(along) - (long_nm + gap_nm) / 2) < long_nm / 2
        inside = shifted & (np.abs(across) < edge_nm / 2)
    coverage = inside.reshape(160, fine, 160, fine).mean(axis=(1, 3))
    noise = np.random.default_rng(0).normal(0, 2.0, coverage.shape)
    return Micrograph(1000 * (1 - 0.4 * coverage) + noise, size_nm)


@pytest.mark.parametrize("angle_deg", [0.0, 12.0, 30.0, 45.0, 71.0, 90.0, 133.0])
@pytest.mark.parametrize(("edge_nm", "long_nm"), [(5.1, 5.1), (8.0, 9.0), (7.0, 12.0)])
def test_one_crystal_is_measured_at_any_angle(edge_nm, long_nm, angle_deg):
    edges = measure_edges(ideal(edge_nm, long_nm, angle_deg))
    assert len(edges) == 1
    row = edges.iloc[0]
    assert row["edge_length_nm"] == pytest.approx(edge_nm, rel=0.015)
    assert row["long_edge_nm"] == pytest.approx(long_nm, rel=0.015)
    assert (row["x_px"], row["y_px"]) == pytest.approx((79.5, 79.5), abs=0.1)
    turns = 90 if edge_nm == long_nm else 180
    off = (row["angle_deg"] - angle_deg + turns / 2) % turns - turns / 2
    assert off == pytest.approx(0.0, abs=1.5)


def test_two_in_a_row_are_two():
    edges = measure_edges(ideal(7.0, 8.0, 20.0, gap_nm=1.5))
    np.testing.assert_allclose(edges["edge_length_nm"], 7.0, rtol=0.02)
    np.testing.assert_allclose(edges["long_edge_nm"], 8.0, rtol=0.02)
    assert len(edges) == 2


def test_an_l_of_crystals_without_a_seam_is_rejected():
    image = np.full((120, 120), 1000.0)
    image[30:60, 30:90] = 600.0
    image[60:90, 30:60] = 600.0
    edges = measure_edges(Micrograph(image, 0.25))
    assert len(edges) == 0
    assert edges.attrs["rejected_reasons"]["not one rectangle"] == 1


def test_crystals_at_the_border_and_specks_are_rejected_by_name():
    image = np.full((150, 150), 1000.0)
    image[:20, 60:90] = 600.0  # cut
    for corner in (40, 80):
        image[corner : corner + 30, 40:70] = 600.0
    image[120:126, 120:126] = 600.0  # too small beside the others
    edges = measure_edges(Micrograph(image, 0.25))
    assert len(edges) == 2
    assert edges.attrs["rejected_reasons"] == {
        "cut by the border": 1,
        "not one rectangle": 0,
        "too small": 1,
    }
    assert edges.attrs["rejected"] == 2


@pytest.mark.parametrize("level", [0.0, 500.0])
def test_an_even_picture_is_an_empty_table(level):
    check_empty(measure_edges(Micrograph(np.full((64, 80), level), 0.5)))


def test_an_empty_field_of_view_is_an_empty_table():
    empty = NanocrystalBatch([], [])
    for seed in range(4):
        check_empty(measure_edges(render_micrograph(empty, rng=seed, shape=(400, 300))))
    check_empty(measure_edges(render_micrograph(empty, rng=1, shape=(1, 1))))


def check_empty(edges):
    expected = ["edge_length_nm", "long_edge_nm", "x_px", "y_px", "angle_deg"]
    assert list(edges.columns) == expected
    assert len(edges) == 0
    assert (edges.dtypes == np.float64).all()
    assert edges.attrs["rejected"] == 0


def test_a_sparse_field_is_measured_too():
    picture = render_micrograph(draw_batch(9.5, 1.5, 3, rng=1), rng=3)
    assert len(measure_edges(picture)) == picture.n_drawn == 3


def test_a_crystal_larger_than_the_field_is_drawn_and_rejected():
    batch = NanocrystalBatch([30.0], [30.0])
    picture = render_micrograph(batch, rng=2, shape=(40, 40))
    assert picture.truth["cut_by_border"].tolist() == [True]
    assert len(measure_edges(picture)) == 0


def test_a_lower_dose_is_noisier_and_still_measured():
    dim = render_micrograph(
        draw_batch(7.8, 1.2, 60, rng=1), rng=1, shape=(500, 500), electrons_per_nm2=800.0
    )
    assert np.all(dim.image == np.rint(dim.image))  # whole electrons
    edges = measure_edges(dim)
    ratio = edges["edge_length_nm"].mean() / dim.truth["edge_length_nm"].mean()
    assert ratio == pytest.approx(1.0, abs=0.05)


def test_measuring_asks_for_a_micrograph():
    with pytest.raises(TypeError, match="micrograph must be a Micrograph, got ndarray"):
        measure_edges(np.ones((5, 5)))
