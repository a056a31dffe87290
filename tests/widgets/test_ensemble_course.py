"""The two cuvettes of the ensemble explorer, and what is read off a course."""

import numpy as np
import pytest
from anionx_widgets.ensemble_course import (
    DRAWN_CRYSTALS,
    FRACTION_EDGES,
    N_CRYSTALS,
    WAVELENGTH_NM,
    cuvettes,
    fraction_nm,
    maxima,
)
from anionx_widgets.ensemble_state import EnsembleState

from anionx_teach import confinement, ensemble, paper

SMALL, LARGE = cuvettes()


@pytest.fixture
def state():
    return EnsembleState()


def abrupt(state):
    """Let every crystal switch at once, at times that spread."""
    state.half_time_s, state.start_mean_s, state.start_sd_s = 0.0, 350.0, 200.0
    state.frame = int(np.argmin(np.abs(state.result.course.run.mean_iodide_fraction - 0.5)))


def test_the_cuvettes_are_those_of_the_paper():
    printed = ensemble.printed_course()
    batches = paper.batches().set_index("label")
    assert list(cuvettes()) == ["5.1 nm", "13.1 nm"]
    for name, cuvette in cuvettes().items():
        rows = printed[printed["edge_length_nm"] == cuvette.edge_length_nm]
        assert cuvette.printed_time_s == tuple(rows["time_s"])
        assert cuvette.printed_peak_nm == tuple(rows["peak_wavelength_nm"])
        np.testing.assert_allclose(np.diff(cuvette.time_s), 35.0)
        assert cuvette.time_s[0] == 0
        assert cuvette.duration_s == cuvette.printed_time_s[-1]
        assert np.isin(cuvette.printed_time_s, cuvette.time_s).all()
        batch, row = cuvette.batch, batches.loc[name]
        assert len(batch) == N_CRYSTALS
        assert batch.mean_edge_nm == pytest.approx(row["edge_length_nm"], rel=0.02)
        assert batch.edge_length_nm.std() == pytest.approx(row["sd_nm"], rel=0.1)
    assert cuvettes()[LARGE].batch.long_edge_nm.mean() == pytest.approx(15.8, rel=0.03)
    assert [cuvette.half_way_nm for cuvette in cuvettes().values()] == [554.0, 588.5]


@pytest.mark.parametrize("cuvette", [SMALL, LARGE])
def test_the_published_maxima_come_out_within_the_declared_tolerance(state, cuvette):
    state.cuvette = cuvette
    course = state.result.course
    computed = np.interp(course.cuvette.printed_time_s, course.time_s, course.peak_nm)
    tolerance_nm = float(ensemble.COURSE_TOLERANCE_NM)
    np.testing.assert_allclose(computed, course.cuvette.printed_peak_nm, atol=tolerance_nm)


def test_the_lines_are_those_of_the_first_crystals(state):
    course = state.result.course
    lines = course.crystal_light(20)
    assert lines.shape == (DRAWN_CRYSTALS, WAVELENGTH_NM.size)
    # Their sum is to the light of the batch as their volumes are to its volume.
    batch = course.cuvette.batch
    volume_nm3 = batch.edge_length_nm**2 * batch.long_edge_nm
    part = volume_nm3[:DRAWN_CRYSTALS].sum() / volume_nm3.sum()
    assert lines.sum() / course.light[20].sum() == pytest.approx(part, rel=0.01)
    # Each has its maximum where its own colour says: the line over wavelength a little to the blue.
    top_nm = WAVELENGTH_NM[lines.argmax(axis=1)]
    np.testing.assert_allclose(top_nm, course.crystal_nm(20), atol=3.0)


def test_the_maximum_passes_the_middle_between_two_spectra(state):
    course = state.result.course
    before_s, after_s = course.half_way_s
    at_nm = dict(zip(course.time_s, course.peak_nm, strict=True))
    assert after_s - before_s == 35.0
    assert at_nm[before_s] < 588.5 <= at_nm[after_s]
    state.cuvette = SMALL
    assert state.result.course.half_way_s == (0.0, 35.0)


def test_a_maximum_that_stays_does_not_pass_the_middle(state):
    state.cuvette = SMALL
    state.half_time_s, state.start_mean_s, state.start_sd_s = 600.0, 600.0, 0.0
    assert state.result.course.half_way_s is None


def test_half_the_crystals_done_is_two_maxima_and_all_of_them_half_way_is_one(state):
    half_way = int(np.argmin(np.abs(state.result.course.run.mean_iodide_fraction - 0.5)))
    gradual = state.result.course
    assert gradual.other_maxima_nm(half_way) == []
    assert gradual.share_percent(half_way)[[0, -1]].sum() < 10
    abrupt(state)
    course, frame = state.result.course, state.frame
    (other_nm,) = course.other_maxima_nm(frame)
    assert sorted([other_nm, float(course.peak_nm[frame])]) == pytest.approx([516, 661], abs=3)
    assert course.share_percent(frame)[[0, -1]].sum() > 85


def test_larger_crystals_are_behind_where_a_front_runs_in(state):
    course = state.result.course
    bars = np.arange(len(FRACTION_EDGES) - 1)
    mean_bar, large_bar = (
        np.average(bars, weights=shares)
        for shares in (course.share_percent(8), course.large_share_percent(8))
    )
    assert large_bar < mean_bar - 0.3


def test_the_bars_have_the_colours_of_their_compositions():
    colour_nm = fraction_nm(13.1)
    assert np.all(np.diff(colour_nm) > 0)
    assert colour_nm[9] == confinement.emission_wavelength_nm(13.1, 0.475)


@pytest.mark.parametrize(
    ("curve", "tops"),
    [
        ([0, 1, 0], [1]),
        ([0, 1, 0.5, 0.8, 0], [1, 3]),
        ([0, 0.8, 0.5, 1, 0], [1, 3]),
        ([0, 1, 0.97, 0.98, 0], [1]),  # hardly a valley between them
        ([0, 0.98, 0.97, 1, 0], [3]),
        ([0, 1, 0.01, 0.04, 0], [1]),  # too low to be seen
        ([0, 1, 1, 0], [1]),  # flat at the top
        ([2, 1, 0], []),  # still falling
    ],
)
def test_maxima_of_a_curve(curve, tops):
    assert maxima(np.array(curve, dtype=float)) == tops
