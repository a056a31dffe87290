import ast
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import traitlets
from anionx_widgets.batch_state import OWN_BATCH, PAPER_BATCHES, BatchState

from anionx_teach import paper

INPUTS = (
    "paper_batch",
    "mean_edge_nm",
    "dispersity_percent",
    "n_crystals",
    "marked_edge_nm",
)


def _inputs(state):
    return [getattr(state, name) for name in INPUTS]


@pytest.fixture
def state():
    return BatchState()


@pytest.fixture
def results(state):
    found = []
    state.observe(lambda change: found.append(change["new"]), "result")
    return found


def test_it_starts_with_the_smallest_batch_of_the_paper(state):
    row = paper.batches().iloc[0]
    assert state.mean_edge_nm == row["edge_length_nm"]
    assert state.dispersity_percent == pytest.approx(100 * row["sd_nm"] / row["edge_length_nm"])
    assert len(state.result.sample.batch) == state.n_crystals
    assert state.result.measured is None
    assert state.result.marked is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mean_edge_nm", 2.9),
        ("mean_edge_nm", 15.1),
        ("mean_edge_nm", float("nan")),
        ("mean_edge_nm", "5.1"),
        ("dispersity_percent", 0.0),
        ("dispersity_percent", 20.1),
        ("dispersity_percent", float("nan")),
        ("n_crystals", 19),
        ("n_crystals", 1001),
        ("n_crystals", 50.5),
        ("marked_edge_nm", -0.1),
        ("marked_edge_nm", 19.6),
        ("marked_edge_nm", float("nan")),
        ("paper_batch", "17 nm"),
    ],
)
def test_a_bad_value_is_refused_and_changes_nothing(state, results, name, value):
    before, result = _inputs(state), state.result
    with pytest.raises(traitlets.TraitError):
        setattr(state, name, value)
    assert _inputs(state) == before
    assert state.result is result
    assert results == []


def test_the_result_cannot_be_set(state):
    with pytest.raises(traitlets.TraitError):
        state.result = None


@pytest.mark.parametrize("name", PAPER_BATCHES)
def test_a_batch_of_the_paper_sets_its_sizes_in_one_step(state, results, name):
    state.mean_edge_nm = 11.0
    results.clear()
    state.paper_batch = name
    assert state.mean_edge_nm == PAPER_BATCHES[name]["mean_edge_nm"]
    assert state.dispersity_percent == PAPER_BATCHES[name]["dispersity_percent"]
    assert len(results) == 1


def test_only_the_largest_batch_is_rectangular(state):
    for name, sizes in PAPER_BATCHES.items():
        state.paper_batch = name
        batch = state.result.sample.batch
        cubes = np.array_equal(batch.edge_length_nm, batch.long_edge_nm)
        assert cubes == bool(np.isnan(sizes["long_edge_nm"]))
    assert batch.long_edge_nm.mean() == pytest.approx(15.8, abs=0.5)


def test_a_moved_slider_leaves_the_batch_of_the_paper_and_moving_back_returns(state, results):
    start = state.mean_edge_nm
    state.mean_edge_nm = 6.0
    assert state.paper_batch == OWN_BATCH
    assert len(results) == 1
    state.mean_edge_nm = start
    assert state.paper_batch == next(iter(PAPER_BATCHES))


@pytest.mark.parametrize(
    ("name", "value"), [("mean_edge_nm", 9.5), ("dispersity_percent", 5.0), ("n_crystals", 50)]
)
def test_one_change_gives_one_result(state, results, name, value):
    setattr(state, name, value)
    setattr(state, name, value)
    assert len(results) == 1


def test_the_same_settings_give_the_same_crystals(state):
    other = BatchState()
    np.testing.assert_array_equal(
        state.result.sample.batch.edge_length_nm, other.result.sample.batch.edge_length_nm
    )
    np.testing.assert_array_equal(
        state.result.sample.micrograph.image, other.result.sample.micrograph.image
    )


def test_a_small_change_moves_crystals_a_little(state):
    before = state.result.sample.batch.edge_length_nm
    state.mean_edge_nm += 0.1
    after = state.result.sample.batch.edge_length_nm
    assert np.abs(after - before).max() < 0.2


def test_measuring_gives_the_truth_back_and_a_change_clears_it(state, results):
    measured = state.measure()
    assert state.result.measured is measured
    assert state.measure() is measured, "the same micrograph is measured once"
    truth = state.result.sample.batch.mean_edge_nm
    assert measured.histogram.fit.mean_nm == pytest.approx(truth, rel=0.05)
    assert measured.n_rejected == sum(measured.rejected_reasons.values())
    state.n_crystals = 200
    assert state.result.measured is None
    assert len(results) == 2


def test_marking_a_bar_finds_its_crystals_and_draws_nothing_again(state, results):
    sample = state.result.sample
    state.marked_edge_nm = 5.3
    marked = state.result.marked
    assert state.result.sample is sample
    assert (marked.low_nm, marked.high_nm) == (5.0, 5.5)
    inside = [edge for edge in sample.batch.edge_length_nm if 5.0 <= edge < 5.5]
    assert marked.n_crystals == len(inside)
    assert marked.share_percent == pytest.approx(100 * len(inside) / len(sample.batch))
    truth = sample.micrograph.truth
    rows = truth[(truth["edge_length_nm"] >= 5.0) & (truth["edge_length_nm"] < 5.5)]
    np.testing.assert_allclose(marked.centres_nm[0], (rows["x_px"] + 0.5) * 0.5)
    np.testing.assert_allclose(marked.centres_nm[1], (rows["y_px"] + 0.5) * 0.5)
    assert len(results) == 1


def test_the_mark_stays_on_its_bar_when_the_batch_changes(state):
    state.marked_edge_nm = 5.0
    state.n_crystals = 100
    assert state.result.marked.low_nm == 5.0
    assert state.result.marked.n_crystals < 100
    state.marked_edge_nm = 0.0
    assert state.result.marked is None


def test_the_micrograph_is_rendered_only_when_looked_at(state):
    state.n_crystals = 100
    assert "micrograph" not in vars(state.result.sample)
    image = state.result.sample.micrograph.image
    assert state.result.sample.micrograph.image is image


def test_marking_does_not_wait_for_the_micrograph(state):
    state.marked_edge_nm = 5.0
    state.n_crystals = 100
    assert state.result.marked.n_crystals > 0
    assert "micrograph" not in vars(state.result.sample)


def test_reset_is_exact(state):
    start, image = _inputs(state), state.result.sample.micrograph.image
    state.paper_batch = list(PAPER_BATCHES)[-1]
    state.n_crystals = 40
    state.marked_edge_nm = 12.0
    state.measure()
    state.reset()
    assert _inputs(state) == start
    assert (state.result.measured, state.result.marked) == (None, None)
    np.testing.assert_array_equal(state.result.sample.micrograph.image, image)


def test_reset_clears_a_measurement_of_the_first_batch(state):
    state.measure()
    state.reset()
    assert state.result.measured is None


@pytest.mark.parametrize("module", ["batch_state", "batch_sample", "size_histogram"])
def test_the_state_knows_no_view(module):
    source = Path(importlib.util.find_spec(f"anionx_widgets.{module}").origin).read_text()
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
    }
    assert not imported & {"ipywidgets", "bqplot", "anywidget", "IPython"}
