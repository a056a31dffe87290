"""Rendering micrographs: what lies where, and what the beam makes of it."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import cKDTree

from anionx_teach._micrograph_optics import ATTENUATION_LENGTH_NM, ELECTRONS_PER_NM2, counted
from anionx_teach.micrographs import (
    Micrograph,
    micrograph_parameters,
    render_micrograph,
)
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch

# mean and sd of the edge, and of the long edge.
PAPER = {
    "5.1": ((5.1, 0.6), {}),
    "6.1": ((6.1, 0.8), {}),
    "7.8": ((7.8, 1.2), {}),
    "9.5": ((9.5, 1.5), {}),
    "13.1": ((13.1, 2.0), {"long_edge_nm": 15.8, "long_sd_nm": 3.2}),
}


def paper_batch(label, n, seed):
    sizes, long = PAPER[label]
    return draw_batch(*sizes, n, rng=seed, **long)


def small_picture(n=60, seed=1, **changes):
    """About n crystals on 300 x 300 pixels, quick to make."""
    settings = {"pixel_size_nm": 0.5, "shape": (300, 300), "rng": seed}
    return render_micrograph(draw_batch(7.8, 1.2, n, rng=seed), **(settings | changes))


def corners_px(table, pixel_size_nm):
    """Corners (N, 4, 2) written out from the definition of the columns."""
    angle = np.deg2rad(table["angle_deg"].to_numpy())
    long = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    short = np.stack([-np.sin(angle), np.cos(angle)], axis=-1)
    centre = table[["x_px", "y_px"]].to_numpy()
    half_long = long * table[["long_edge_nm"]].to_numpy() / (2 * pixel_size_nm)
    half_short = short * table[["edge_length_nm"]].to_numpy() / (2 * pixel_size_nm)
    signs = ((1, 1), (1, -1), (-1, -1), (-1, 1))
    return np.stack([centre + i * half_long + j * half_short for i, j in signs], axis=1)


def overlap_px(one, other):
    """How deep two rectangles (4, 2) go into each other; <= 0 when some line separates them."""
    depth = np.inf
    for corners in (one, other):
        for axis in (corners[1] - corners[0], corners[2] - corners[1]):
            along = axis / np.hypot(*axis)
            a, b = one @ along, other @ along
            depth = min(depth, min(a.max(), b.max()) - max(a.min(), b.min()))
    return depth


# What is in the picture


@pytest.mark.parametrize("label", PAPER)
@pytest.mark.parametrize("seed", [0, 1])
def test_no_two_crystals_overlap_and_some_touch(label, seed):
    picture = render_micrograph(paper_batch(label, 1500, seed), rng=seed)
    truth = picture.truth
    corners = corners_px(truth, picture.pixel_size_nm)
    far = 2 * np.hypot(truth["edge_length_nm"], truth["long_edge_nm"]).max() / 2
    tree = cKDTree(truth[["x_px", "y_px"]])
    pairs = tree.query_pairs(far / picture.pixel_size_nm)
    depth = np.array([overlap_px(corners[i], corners[j]) for i, j in pairs])
    assert depth.max() < 1e-6
    touching = np.sum(depth > -1e-6)
    assert 0.01 * len(truth) < touching < 0.2 * len(truth)


def test_most_neighbours_are_a_ligand_gap_apart():
    picture = render_micrograph(paper_batch("7.8", 1500, 2), rng=2)
    corners = corners_px(picture.truth, picture.pixel_size_nm)
    tree = cKDTree(picture.truth[["x_px", "y_px"]])
    _, index = tree.query(picture.truth[["x_px", "y_px"]], k=2)
    gap = [-overlap_px(corners[i], corners[j]) * picture.pixel_size_nm for i, j in index]
    assert 0.8 < np.median(gap) < 3.0


def test_the_truth_is_of_the_batch():
    batch = paper_batch("13.1", 400, 3)
    truth = render_micrograph(batch, rng=1).truth
    crystal = truth["crystal"].to_numpy()
    assert np.all(np.diff(crystal) > 0)
    np.testing.assert_array_equal(truth["edge_length_nm"], batch.edge_length_nm[crystal])
    np.testing.assert_array_equal(truth["long_edge_nm"], batch.long_edge_nm[crystal])
    assert truth["angle_deg"].between(0, 180, inclusive="left").all()


def test_crystals_at_the_border_are_flagged_and_none_lies_outside():
    picture = render_micrograph(paper_batch("9.5", 600, 1), rng=4, shape=(500, 700))
    corners = corners_px(picture.truth, picture.pixel_size_nm)
    beyond = (corners < -0.5) | (corners > np.array([699.5, 499.5]))
    np.testing.assert_array_equal(beyond.any(axis=(1, 2)), picture.truth["cut_by_border"])
    assert picture.truth["cut_by_border"].any()
    assert corners[..., 0].max(axis=1).min() > -0.5
    assert corners[..., 0].min(axis=1).max() < 699.5


def test_dark_pixels_are_where_the_truth_says():
    picture = small_picture(40)
    inside = picture.truth[~picture.truth["cut_by_border"]]
    rows, columns = np.rint(inside[["y_px", "x_px"]].to_numpy()).astype(int).T
    film = np.quantile(picture.image, 0.95)
    transmitted = picture.image[rows, columns] / film
    expected = np.exp(-inside["edge_length_nm"] / float(ATTENUATION_LENGTH_NM))
    ratio = np.log(transmitted) / np.log(expected)
    assert np.median(ratio) == pytest.approx(1.0, abs=0.2)
    # Some diffract strongly and look one and a half times as thick.
    assert 0.02 < np.mean(ratio > 1.3) < 0.4


def test_few_crystals_are_all_drawn_and_too_many_fill_the_field():
    few, many = small_picture(20), small_picture(3000)
    assert few.n_drawn >= 18
    assert 100 < many.n_drawn < 3000
    covered = (many.truth["edge_length_nm"] ** 2).sum() / 150**2
    assert 0.3 < covered < 1.1  # with those cut by the border counted whole


def test_what_is_left_out_hardly_changes_the_sizes():
    drawn, all_of_them = [], []
    for seed in range(8):
        batch = paper_batch("9.5", 400, seed)
        truth = render_micrograph(batch, rng=seed, pixel_size_nm=4.0, shape=(100, 100)).truth
        assert 350 < len(truth) <= 400
        drawn.append(truth["edge_length_nm"].mean())
        all_of_them.append(batch.mean_edge_nm)
    assert np.mean(drawn) / np.mean(all_of_them) == pytest.approx(1.0, abs=0.006)


def test_a_small_change_of_the_mean_moves_crystals_a_little():
    before = render_micrograph(draw_batch(7.8, 1.2, 300, rng=1), rng=1).truth
    after = render_micrograph(draw_batch(7.9, 1.2, 300, rng=1), rng=1).truth
    both = before.merge(after, on="crystal", suffixes=("", "_after"))
    assert len(both) > 0.97 * len(before)
    moved_px = np.hypot(both["x_px_after"] - both["x_px"], both["y_px_after"] - both["y_px"])
    # 1 % of the distance from the middle is up to 7 px; a crystal is 31 px wide.
    assert np.mean(moved_px < 10) > 0.95


def test_a_larger_batch_keeps_the_arrangement():
    few = render_micrograph(draw_batch(7.8, 0.0, 100, rng=1), rng=1).truth
    more = render_micrograph(draw_batch(7.8, 0.0, 140, rng=1), rng=1).truth
    pd.testing.assert_frame_equal(few, more.iloc[: len(few)])


def test_the_same_seed_gives_the_same_picture():
    one, same, other = small_picture(), small_picture(), small_picture(seed=2)
    np.testing.assert_array_equal(one.image, same.image)
    assert not np.array_equal(one.image, other.image)
    stream = np.random.default_rng(1)
    first, second = small_picture(rng=stream), small_picture(rng=stream)
    assert not np.array_equal(first.truth["x_px"], second.truth["x_px"])
    np.testing.assert_array_equal(first.image, one.image)


def test_the_picture_does_not_depend_on_compilation(monkeypatch):
    either = small_picture()
    monkeypatch.setenv("ANIONX_NO_NUMBA", "1")
    np.testing.assert_array_equal(small_picture().image, either.image)


# The beam


def test_bare_film_has_the_dose_and_its_noise():
    picture = render_micrograph(NanocrystalBatch([], []), rng=5, shape=(256, 256))
    expected = float(ELECTRONS_PER_NM2) * 0.25**2
    assert picture.n_drawn == 0
    assert picture.image.mean() == pytest.approx(expected, rel=0.02)
    # Differences of neighbours see the shot noise and not the slow film.
    noise = np.diff(picture.image, axis=1).std() / 2**0.5
    assert noise == pytest.approx(expected**0.5, rel=0.02)
    film = picture.image.reshape(16, 16, 16, 16).mean(axis=(1, 3))
    assert 0.01 < film.std() / film.mean() < 0.06


@pytest.mark.parametrize("electrons", [2.0, 90.0, 400.0])
def test_counts_have_the_mean_and_variance_of_poisson(electrons):
    image = counted(np.full((400, 400), electrons, np.float32), np.random.default_rng(1))
    assert image.mean() == pytest.approx(electrons, abs=4 * (electrons / 160_000) ** 0.5)
    assert image.var() == pytest.approx(electrons, rel=0.02)
    assert image.dtype == np.float32
    assert (electrons > 100) or np.all(image == np.rint(image))


def test_every_setting_says_what_it_is():
    table = micrograph_parameters()
    assert {"attenuation_length_nm", "shortest_gap_nm", "electrons_per_nm2"} <= set(table["name"])
    assert (table["evidence"] == "assumed for teaching").all()
    assert (table["note"].str.len() > 10).all()


@pytest.mark.parametrize(
    ("width_px", "pixel_size_nm", "bar_nm"),
    [(1024, 0.25, 50.0), (512, 0.5, 50.0), (100, 1.0, 20.0), (1000, 0.1, 20.0), (40, 0.25, 2.0)],
)
def test_the_scale_bar_is_round_and_about_a_fifth(width_px, pixel_size_nm, bar_nm):
    picture = Micrograph(np.ones((8, width_px)), pixel_size_nm)
    assert picture.scale_bar_nm == bar_nm


def test_results_cannot_be_changed_in_place():
    picture = small_picture(10)
    with pytest.raises(ValueError, match="read-only"):
        picture.image[0, 0] = 1
    table = picture.to_frame()
    table.iloc[0, 0] = -1.0
    assert picture.truth.iloc[0, 0] > 0


# Bad input

BATCH = NanocrystalBatch([8.0, 9.0], [8.0, 9.0])


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"batch": [8.0]}, TypeError, "batch must be a NanocrystalBatch, got list"),
        ({"pixel_size_nm": 0.0}, ValueError, "pixel_size_nm must be > 0 nm, got 0.0"),
        ({"pixel_size_nm": [1.0]}, ValueError, "pixel_size_nm must be a single number"),
        ({"shape": 512}, ValueError, r"shape must be two whole numbers .*, got 512"),
        ({"shape": (512,)}, ValueError, "shape must be two whole numbers"),
        ({"shape": (0, 5)}, ValueError, r"shape\[0\] must be >= 1, got 0"),
        ({"shape": (5, 5.5)}, TypeError, r"shape\[1\] must be a whole number >= 1, got 5.5"),
        ({"electrons_per_nm2": -1.0}, ValueError, "electrons_per_nm2 must be > 0 electrons/nm"),
        ({"electrons_per_nm2": "many"}, TypeError, "electrons_per_nm2 must be a number"),
        ({"rng": -1}, ValueError, "rng must be >= 0"),
    ],
)
def test_bad_input_to_rendering_is_named(changes, error, message):
    arguments = {"batch": BATCH, "rng": 1, "shape": (30, 30)} | changes
    with pytest.raises(error, match=message):
        render_micrograph(arguments.pop("batch"), **arguments)


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.ones(5), ValueError, r"image must be two-dimensional and not empty, got shape \(5,\)"),
        (np.ones((3, 3, 3)), ValueError, "image must be two-dimensional"),
        (np.ones((0, 4)), ValueError, "image must be two-dimensional and not empty"),
        (np.full((2, 2), np.nan), ValueError, "image must be finite, got nan"),
        ("picture.png", TypeError, "image must be a number or an array of numbers"),
    ],
)
def test_bad_images_are_named(image, error, message):
    with pytest.raises(error, match=message):
        Micrograph(image, 0.25)
