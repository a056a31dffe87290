"""Where emitters are placed: spots apart, clusters together, all inside the margin."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.spatial.distance import pdist

from anionx_teach.camera import place_emitters


def middles(truth):
    return truth.groupby("spot")[["x_px", "y_px"]].mean().to_numpy()


@pytest.mark.parametrize("n", [0, 1, 2, 250])
def test_there_are_as_many_emitters_as_asked_for(n):
    for share in (0.0, 0.4, 1.0):
        truth = place_emitters(n, cluster_share=share, rng=1)
        assert truth.columns.to_list() == ["emitter", "spot", "n_in_spot", "x_px", "y_px"]
        np.testing.assert_array_equal(truth["emitter"], np.arange(n))
        sizes = truth["spot"].value_counts(sort=False)
        np.testing.assert_array_equal(truth["n_in_spot"], truth["spot"].map(sizes))
        assert sorted(set(truth["spot"])) == list(range(len(sizes)))


def test_singles_keep_their_distance_and_the_margin():
    truth = place_emitters(400, shape=(200, 300), minimum_distance_px=7, margin_px=4, rng=2)
    assert pdist(truth[["x_px", "y_px"]]).min() >= 7
    assert truth["x_px"].between(3.5, 300 - 4.5).all()
    assert truth["y_px"].between(3.5, 200 - 4.5).all()
    assert truth["n_in_spot"].eq(1).all()


def test_the_whole_field_is_used_evenly():
    truth = place_emitters(2000, shape=(600, 900), margin_px=0, minimum_distance_px=0, rng=3)
    for name, size in (("x_px", 900), ("y_px", 600)):
        assert stats.kstest((truth[name] + 0.5) / size, "uniform").pvalue > 1e-3


def test_a_share_of_the_spots_is_clusters_of_two_to_four():
    truth = place_emitters(3000, shape=(1000, 1000), cluster_share=0.3, rng=4)
    sizes = truth.groupby("spot").size()
    clusters = sizes[sizes > 1]
    error = math.sqrt(0.3 * 0.7 / len(sizes))
    assert abs(len(clusters) / len(sizes) - 0.3) < 4 * error
    assert set(clusters) == {2, 3, 4}
    assert stats.chisquare(clusters.value_counts()).pvalue > 1e-3
    assert place_emitters(500, cluster_share=1.0, rng=4)["n_in_spot"][:-4].min() == 2


def test_the_emitters_of_a_cluster_lie_within_a_spot():
    truth = place_emitters(1000, shape=(700, 700), cluster_share=0.5, cluster_radius_px=0.8, rng=5)
    for _, spot in truth.groupby("spot"):
        if len(spot) > 1:
            assert pdist(spot[["x_px", "y_px"]]).max() <= 1.6
    assert pdist(middles(truth)).min() >= 6 - 1.6


def test_the_same_seed_gives_the_same_places():
    one, other = (place_emitters(50, cluster_share=0.5, rng=6) for _ in range(2))
    assert one.equals(other)
    assert not one.equals(place_emitters(50, cluster_share=0.5, rng=7))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n": -1}, ValueError, r"n must be >= 0, got -1"),
        ({"n": 2.5}, TypeError, r"n must be a whole number >= 0, got 2.5"),
        ({"shape": 512}, ValueError, r"shape must be two whole numbers \(rows, columns\), got 512"),
        ({"cluster_share": 1.2}, ValueError, r"cluster_share must be between 0 and 1, got 1.2"),
        ({"minimum_distance_px": -1}, ValueError, r"minimum_distance_px must be >= 0 px, got -1.0"),
        ({"margin_px": math.nan}, ValueError, r"margin_px must be >= 0 px, got nan"),
        ({"margin_px": 256}, ValueError, r"margin_px must leave room in a field of 512 x 512 px"),
        (
            {"cluster_share": 0.1, "margin_px": 0.2},
            ValueError,
            r"cluster_radius_px must be <= margin_px \(0.2 px\), got 0.5 px",
        ),
        (
            {"n": 100_000},
            ValueError,
            r"100000 spots at least 6 px apart do not fit .*at most \d+ do",
        ),
        ({"n": 2, "shape": (20, 20), "minimum_distance_px": 30}, ValueError, r"1 did by chance"),
        ({"n": 6000}, ValueError, r"6000 spots .*\(by chance only about 4993 do\)"),
        # Not more than could be packed, but not found by chance.
        (
            {"n": 4, "shape": (16, 16), "minimum_distance_px": 6.1},
            ValueError,
            r"4 spots at least 6.1 px apart do not fit into 6 x 6 px .*\(\d did by chance\)",
        ),
    ],
)
def test_places_that_cannot_be_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        place_emitters(**({"n": 5, "rng": 1} | arguments))


def test_a_crowded_field_is_filled_as_far_as_chance_does():
    # Feder's limit of 0.547 is approached slowly: 10,000 places in a row that fail reach 0.51.
    assert pdist(place_emitters(1700, shape=(320, 320), rng=2)[["x_px", "y_px"]]).min() >= 6
    with pytest.raises(ValueError, match=r"1960 spots .*\(1[78]\d\d did by chance\)"):
        place_emitters(1960, shape=(320, 320), rng=2)
