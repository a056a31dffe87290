"""The figures of the cooperativity explorer: round axes, bins, curves that are the library's."""

import numpy as np
import pytest
from anionx_widgets import palette
from anionx_widgets.cooperativity_figures import (
    BarrierFigure,
    ConcentrationFigure,
    ProbabilityFigure,
    SwitchingFigure,
)
from anionx_widgets.cooperativity_state import N_PARTICLES, CooperativityState
from anionx_widgets.round_numbers import log_ends, log_ticks, nice_end, nice_step, ticks
from anionx_widgets.switching_histogram import switching_bins
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach.exchange import LAWS, exact_rise_cdf

FIGURES = (ProbabilityFigure, BarrierFigure, SwitchingFigure, ConcentrationFigure)
SIZES = st.floats(1e-6, 1e12)


@pytest.fixture
def state():
    return CooperativityState()


def shown(figure, state):
    panel = figure()
    panel.show(state.result)
    return panel


def labelled(panel, label):
    return next(mark for mark in panel.figure.marks if label in mark.labels)


def dashed(panel):
    return next(m for m in panel.figure.marks if getattr(m, "line_style", "") == "dashed")


@given(SIZES)
def test_round_numbers_are_not_below_and_not_far_above(value):
    for rounded, ratio in ((nice_end(value), 1.5), (nice_step(value), 2.5)):
        assert value * (1 - 1e-6) <= rounded <= ratio * value * (1 + 1e-6)
        assert rounded == pytest.approx(float(f"{rounded:.2g}"))


@given(SIZES, st.floats(1.001, 1e6))
def test_ticks_are_round_few_and_inside(low, ratio):
    high = low * ratio
    found = ticks(low, high)
    assert len(found) <= 6
    assert np.all((found >= low * (1 - 1e-6)) & (found <= high * (1 + 1e-6)))
    ends = log_ends(low, high)
    assert ends[0] <= low * (1 + 1e-9)
    assert ends[1] >= high
    on_log_axis = log_ticks(*ends)
    assert 1 <= len(on_log_axis) <= 8
    assert np.all((on_log_axis >= ends[0] * (1 - 1e-6)) & (on_log_axis <= ends[1] * (1 + 1e-6)))


def test_ticks_of_known_axes():
    assert ticks(0, 100, 4).tolist() == [0, 50, 100]
    assert ticks(-3, 5).tolist() == [-2, 0, 2, 4]
    assert log_ends(80, 3670) == (50, 5000)
    assert log_ticks(50, 5000).tolist() == [50, 100, 200, 500, 1000, 2000, 5000]
    assert log_ticks(0.005, 1e15).tolist() == pytest.approx([1e-2, 1e1, 1e4, 1e7, 1e10, 1e13])


@settings(max_examples=30, deadline=None)
@given(
    law=st.sampled_from(LAWS),
    capped=st.booleans(),
    cooperativity=st.floats(0, 6),
    concentration_um=st.floats(1, 100),
    n_sites=st.integers(10, 1000),
)
def test_the_bins_hold_all_that_is_expected(law, capped, cooperativity, concentration_um, n_sites):
    state = CooperativityState()
    with state.hold_trait_notifications():
        state.law, state.capped, state.cooperativity = law, capped, cooperativity
        state.concentration_um, state.n_sites = concentration_um, n_sites
    run = state.result.run
    bins = switching_bins([run])
    assert 10 <= len(bins.edges) - 1 <= 120
    assert np.diff(bins.edges) == pytest.approx(bins.width)
    assert bins.edges[0] >= -0.5
    expected, counts = bins.expected(run), bins.counts(run)
    # With few events the tail is long: up to 0.2 of the 500 lie beyond the last bin.
    assert expected.sum() == pytest.approx(N_PARTICLES, abs=0.25)
    assert counts.sum() >= N_PARTICLES - 2
    # Chance alone lies between what was simulated and what is expected.
    spread = np.sqrt(np.maximum(expected * (1 - expected / N_PARTICLES), 1.0))
    assert np.all(np.abs(counts - expected) < 6 * spread)


def test_whole_steps_never_lie_on_the_edge_of_a_bin(state):
    state.concentration_um = 90.0
    bins = switching_bins([state.result.run])
    assert bins.width == 1.0
    assert np.all(bins.edges % 1 == 0.5)
    assert np.all(bins.centres % 1 == 0)


def test_a_single_switching_time_has_a_bin_of_its_own(state):
    state.concentration_um = 100.0
    bins = switching_bins([state.result.run])
    assert bins.counts(state.result.run).max() == N_PARTICLES
    assert bins.centres[bins.counts(state.result.run).argmax()] == 80.0


def test_the_bins_reach_to_the_pinned_setting_and_still_show_the_present_one(state):
    state.pin()
    state.concentration_um = 50.0
    run, pinned = state.result.runs
    bins = switching_bins([run, pinned])
    for one in (run, pinned):
        assert bins.expected(one).sum() == pytest.approx(N_PARTICLES, abs=0.1)
    assert np.count_nonzero(bins.expected(run) > 1) >= 3


def test_probability_and_barrier_are_those_of_the_model(state):
    state.n_sites = 1000
    model = state.result.run.model
    odds = labelled(shown(ProbabilityFigure, state), "now")
    barrier = labelled(shown(BarrierFigure, state), "now")
    assert np.array_equal(odds.x, barrier.x)
    assert (odds.x[0], odds.x[-1]) == (0, 999)
    assert len(odds.x) <= 201
    assert np.array_equal(odds.y, model.event_probability[odds.x.astype(int)])
    assert odds.y == pytest.approx(np.exp(-barrier.y))


def test_the_axes_grow_without_the_cap_and_only_then(state):
    odds, barrier = ProbabilityFigure(), BarrierFigure()
    for cooperativity in (0.0, 10.0, 20.0):
        state.cooperativity = cooperativity
        odds.show(state.result)
        barrier.show(state.result)
        assert (odds.figure.axes[1].scale.max, barrier.figure.axes[1].scale.min) == (2.0, -0.5)
        assert odds.figure.axes[1].label == "Probability per step"
        assert odds.caption.entries[-1]["label"] == "cap, P = 1"
    state.capped = False
    odds.show(state.result)
    barrier.show(state.result)
    assert odds.figure.axes[1].scale.max >= state.result.run.model.event_probability.max() > 1
    assert barrier.figure.axes[1].scale.min <= state.result.run.model.barrier_kt.min() < -16
    assert odds.figure.axes[1].label == "Rate per step"
    assert odds.caption.entries[-1]["label"] == "P = 1, no cap"


@pytest.mark.parametrize("figure", FIGURES)
def test_the_largest_rates_that_there_are_can_be_drawn(state, figure):
    state.capped, state.n_sites, state.concentration_um = False, 1000, 100.0
    state.cooperativity = 7.1
    assert state.result.run.model.event_probability.max() > 1e307
    panel = shown(figure, state)
    for axis in panel.figure.axes:
        assert np.isfinite([axis.scale.min, axis.scale.max]).all()


def test_the_histogram_counts_every_nanocrystal_below_the_exact_curve(state):
    panel = shown(SwitchingFigure, state)
    histogram, exact = labelled(panel, "500 simulated"), labelled(panel, "exact")
    assert histogram.y[1::2].sum() == N_PARTICLES
    width = exact.x[1] - exact.x[0]
    assert panel.figure.axes[1].label == f"Nanocrystals per {width:g} steps"
    run = state.result.run
    inside = np.array([exact.x - width / 2, exact.x + width / 2])
    assert exact.y == pytest.approx(500 * np.diff(exact_rise_cdf(run.model, inside), axis=0)[0])


def test_the_point_is_the_simulated_mean_on_the_exact_curve(state):
    panel = shown(ConcentrationFigure, state)
    point, exact = labelled(panel, "500 simulated, with sd"), labelled(panel, "exact")
    rise = state.result.run.rise_steps
    assert (point.x.tolist(), point.y.tolist()) == ([5.0], [rise.mean()])
    on_curve = np.exp(np.interp(np.log(5.0), np.log(exact.x), np.log(exact.y)))
    assert point.y[0] == pytest.approx(on_curve, rel=0.03)
    bar = next(m for m in panel.figure.marks if len(m.x) == 2 and len(m.y) == 2)
    assert bar.y.tolist() == [rise.mean() - rise.std(), rise.mean() + rise.std()]


@pytest.mark.parametrize("figure", FIGURES)
def test_the_pinned_curve_is_dashed_green_and_in_the_legend_while_there_is_one(state, figure):
    panel = shown(figure, state)
    assert dashed(panel).x.size == 0
    assert "pinned" not in [entry["label"] for entry in panel.caption.entries]
    state.pin()
    state.concentration_um = 20.0
    panel.show(state.result)
    assert dashed(panel).x.size == dashed(panel).y.size > 0
    (entry,) = [entry for entry in panel.caption.entries if entry["label"] == "pinned"]
    assert (entry["shape"], entry["color"]) == ("dashed", palette.PICKED)
    state.unpin()
    panel.show(state.result)
    assert dashed(panel).x.size == 0


@pytest.mark.parametrize("figure", FIGURES)
def test_nothing_is_drawn_where_there_is_nothing(state, figure):
    state.capped, state.n_sites, state.cooperativity = False, 1000, 20.0
    panel = shown(figure, state)
    drawn = [mark for mark in panel.figure.marks if mark.labels and len(mark.x)]
    assert all("P = 1" in mark.labels[0] for mark in drawn)
    assert all(axis.scale.min < axis.scale.max for axis in panel.figure.axes)


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("capped", [True, False])
def test_the_curves_lie_inside_the_axes(state, figure, capped):
    state.pin()
    panel = figure()
    state.capped = capped
    for state.n_sites in (10, 370, 1000):
        for state.cooperativity in (0.0, 5.0):
            panel.show(state.result)
            for mark in panel.figure.marks:
                for name in ("x", "y"):
                    values, scale = getattr(mark, name), mark.scales[name]
                    if len(values):
                        assert scale.min <= np.min(values) * (1 + 1e-9) + 1e-9
                        assert np.max(values) <= scale.max * (1 + 1e-9)
