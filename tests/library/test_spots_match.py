"""Found positions are paired with true ones: as many as possible, and as close as possible."""

import itertools

import numpy as np
import pandas as pd
import pytest

from anionx_teach.spots import match_spots

NOBODY = np.empty((0, 2))


def slow_best(found, true, reach):
    """Most pairs and least sum of distances, by trying every way."""
    gap = np.hypot(*(found[:, None] - true[None]).transpose(2, 0, 1))
    best = (0, 0.0)
    slots = [*range(len(true)), *[None] * len(found)]
    for way in set(itertools.permutations(slots, len(found))):
        chosen = [gap[i, j] for i, j in enumerate(way) if j is not None and gap[i, j] <= reach]
        best = max(best, (len(chosen), -sum(chosen)))
    return best


@pytest.mark.parametrize("seed", range(12))
def test_pairs_are_the_best_of_all_ways(seed):
    rng = np.random.default_rng(seed)
    found, true = rng.uniform(0, 3, (4, 2)), rng.uniform(0, 3, (4, 2))
    match = match_spots(found, true, 1.0)
    number, distance = slow_best(found, true, 1.0)
    assert len(match.found) == number
    assert match.distance_px.sum() == pytest.approx(-distance)
    assert len(set(match.true)) == len(set(match.found)) == number
    assert (np.diff(match.found) > 0).all()
    assert sorted([*match.found, *match.false]) == [0, 1, 2, 3]
    assert sorted([*match.true, *match.missed]) == [0, 1, 2, 3]


def test_a_crowd_is_matched_one_to_one():
    rng = np.random.default_rng(1)
    true = rng.uniform(0, 500, (3000, 2))
    order = rng.permutation(3000)
    match = match_spots(true[order] + rng.normal(0, 1e-3, (3000, 2)), true)
    assert np.array_equal(match.true, order)
    assert match.recall == match.precision == 1.0


def test_emitters_of_a_cluster_are_one_spot():
    true = pd.DataFrame({"spot": [7, 3, 7], "x_px": [10.0, 30.0, 11.0], "y_px": [20.0, 40.0, 20.0]})
    match = match_spots([[10.5, 20.0], [30.0, 40.1]], true, 0.2)
    assert match.n_true == 2
    assert match.true.tolist() == [1, 0]
    assert match.distance_px == pytest.approx([0, 0.1])
    assert match_spots(NOBODY, true.iloc[:0]).n_true == 0


@pytest.mark.parametrize(
    ("found", "true", "recall", "precision"),
    [
        (NOBODY, [[1.0, 2.0]], 0.0, np.nan),
        ([[1.0, 2.0]], [], np.nan, 0.0),
        ([], [], np.nan, np.nan),
    ],
)
def test_nobody_to_match(found, true, recall, precision):
    match = match_spots(found, true)
    assert np.array_equal([match.recall, match.precision], [recall, precision], equal_nan=True)
    assert len(match.to_frame()) == 0
    assert list(match.to_frame().columns) == ["found", "true", "distance_px"]


def test_the_result_cannot_be_changed():
    match = match_spots([[1.0, 2.0]], [[1.0, 2.5]])
    for values in (match.found, match.true, match.distance_px):
        assert not values.flags.writeable
