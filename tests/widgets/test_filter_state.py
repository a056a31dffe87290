"""The state of the filter explorer: bounds, one result, the numbers of the library."""

import numpy as np
import pytest
import traitlets
from anionx_widgets.filter_state import (
    CURVE_FRACTIONS,
    FILTER_SETS,
    SPECTRUM_RANGE_NM,
    FilterState,
    batch_edges_nm,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import confinement, paper, photoluminescence

WINDOW = photoluminescence.RED_EMISSION_FILTER


@pytest.fixture
def state():
    return FilterState()


def test_the_start(state):
    start = (state.edge_length_nm, state.iodide_fraction, state.filters)
    assert start == (5.1, 0.5, "red")
    assert (state.fwhm_mev, state.bowing_ev) == (113.0, 0.1)
    assert state.result == FilterState().result


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        *[("edge_length_nm", bad) for bad in (2.99, 20.01, -3.0, np.nan, np.inf, "5", None)],
        *[("iodide_fraction", bad) for bad in (-0.01, 1.01, np.nan, -np.inf, "1", None)],
        *[("filters", bad) for bad in ("blue", "", None, 1)],
        *[("fwhm_mev", bad) for bad in (49.9, 200.1, -113.0, 0.0, np.nan, "113")],
        *[("bowing_ev", bad) for bad in (-0.01, 0.31, np.nan, np.inf, None)],
    ],
)
def test_a_bad_setting_is_refused_by_its_name_and_changes_nothing(state, trait, bad):
    before, value = state.result, getattr(state, trait)
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(state, trait, bad)
    assert getattr(state, trait) == value
    assert state.result is before


def test_the_message_says_what_is_wrong_with_nan(state):
    with pytest.raises(traitlets.TraitError, match="iodide_fraction must be finite, got nan"):
        state.iodide_fraction = np.nan


def test_the_result_cannot_be_set(state):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        state.result = state.result


def test_one_change_gives_one_result(state):
    results = []
    state.observe(lambda change: results.append(change["new"]), "result")
    state.edge_length_nm = 8.0
    state.filters = "green"
    assert len(results) == 2
    state.filters = "green"
    assert len(results) == 2
    state.reset()
    assert len(results) == 3
    assert results[-1] == FilterState().result


@pytest.mark.parametrize(
    ("edge_nm", "product_nm", "percent"), [(13.1, 661, (24, 21)), (5.1, 622, (91, 95))]
)
def test_of_a_product_passes_what_a_careful_teacher_says(state, edge_nm, product_nm, percent):
    state.edge_length_nm, state.iodide_fraction = edge_nm, 1.0
    assert state.result.chosen.wavelength_nm == pytest.approx(product_nm, abs=0.5)
    for width_nm, expected in zip((40, 35), percent, strict=True):
        width_mev = photoluminescence.line_width_mev(width_nm, product_nm)
        state.fwhm_mev = round(float(width_mev))  # as the slider can
        assert state.result.fwhm_nm == pytest.approx(width_nm, abs=0.3)
        assert state.result.chosen.passing_percent == pytest.approx(expected, abs=0.7)


@pytest.mark.parametrize(("edge_nm", "entry"), [(5.1, 0.78), (13.1, 0.52)])
def test_the_line_enters_the_window_where_a_careful_teacher_says(state, edge_nm, entry):
    state.edge_length_nm = edge_nm
    assert state.result.chosen.enters_at == pytest.approx(entry, abs=0.01)
    state.iodide_fraction = state.result.chosen.enters_at
    assert state.result.chosen.wavelength_nm == pytest.approx(590, abs=1e-6)


def test_a_small_crystal_never_enters_and_a_large_one_leaves_again(state):
    state.edge_length_nm = 3.0
    assert (state.result.chosen.enters_at, state.result.chosen.leaves_at) == (None, None)
    state.edge_length_nm = 13.1
    state.iodide_fraction = state.result.chosen.leaves_at
    assert state.result.chosen.wavelength_nm == pytest.approx(649, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(
    edge_nm=st.floats(3, 20),
    fraction=st.floats(0, 1),
    filters=st.sampled_from(list(FILTER_SETS)),
    fwhm_mev=st.floats(50, 200),
    bowing_ev=st.integers(0, 30).map(lambda hundredths: hundredths / 100),
)
def test_the_part_that_passes_is_the_area_under_the_shaded_line(
    edge_nm, fraction, filters, fwhm_mev, bowing_ev
):
    state = FilterState()
    with state.hold_trait_notifications():
        state.edge_length_nm, state.iodide_fraction = edge_nm, fraction
        state.filters, state.fwhm_mev, state.bowing_ev = filters, fwhm_mev, bowing_ev
    result = state.result
    shaded = np.trapezoid(result.passing_spectrum[1], result.passing_spectrum[0])
    whole_nm = np.linspace(300, 1200, 9001)
    line = photoluminescence.line_shape(whole_nm, result.chosen.wavelength_nm, fwhm_mev=fwhm_mev)
    percent = 100 * shaded / np.trapezoid(line / line.max(), whole_nm)
    assert result.chosen.passing_percent == pytest.approx(percent, abs=0.1)
    assert 0 <= result.excited_percent <= 100 + 1e-9


def test_the_readings_are_those_of_the_library(state):
    state.fwhm_mev, state.bowing_ev, state.iodide_fraction = 90.0, 0.2, 0.7
    assert [reading.edge_length_nm for reading in state.result.batches] == list(batch_edges_nm())
    for reading in (state.result.chosen, *state.result.batches):
        edge_nm = reading.edge_length_nm
        passing = photoluminescence.transmitted_fraction(
            edge_nm, 0.7, WINDOW, fwhm_mev=90.0, bowing_ev=0.2
        )
        assert reading.passing_percent == pytest.approx(100 * passing)
        wavelength_nm = confinement.emission_wavelength_nm(edge_nm, 0.7, bowing_ev=0.2)
        assert reading.wavelength_nm == pytest.approx(wavelength_nm)
        entry = photoluminescence.entry_fraction(edge_nm, WINDOW, bowing_ev=0.2)
        assert reading.enters_at == pytest.approx(entry)


def test_the_spectrum_spans_its_axis_and_reaches_one(state):
    for edge_nm, fraction in ((3.0, 0.0), (5.1, 0.5), (20.0, 1.0)):
        state.edge_length_nm, state.iodide_fraction = edge_nm, fraction
        wavelength_nm, light = state.result.spectrum
        assert (wavelength_nm[0], wavelength_nm[-1]) == SPECTRUM_RANGE_NM
        assert light.max() == pytest.approx(1.0, abs=0.01)
        assert light[0] < 0.05
        assert light[-1] < 0.05
        assert abs(wavelength_nm[light.argmax()] - state.result.chosen.wavelength_nm) < 3
    assert not wavelength_nm.flags.writeable
    assert not light.flags.writeable
    window = state.result.filter_set.emission
    passing_nm = state.result.passing_spectrum[0]
    assert (passing_nm[0], passing_nm[-1]) == (window.low_nm, window.high_nm)


def test_the_curve_of_a_size_goes_through_its_reading(state):
    state.iodide_fraction = 0.6
    result = state.result
    for reading in (result.chosen, *result.batches):
        curve = result.passing_curve_percent(reading.edge_length_nm)
        at_present = curve[np.isclose(CURVE_FRACTIONS, 0.6)]
        assert at_present == pytest.approx([reading.passing_percent])


def test_a_curve_that_did_not_change_is_the_same_object(state):
    before = state.result.passing_curve_percent(7.8)
    state.edge_length_nm, state.iodide_fraction = 9.0, 0.3
    assert state.result.passing_curve_percent(7.8) is before
    assert not before.flags.writeable
    state.bowing_ev = 0.0
    assert state.result.passing_curve_percent(7.8) is not before


def test_green_light_excites_what_red_light_does_not(state):
    state.edge_length_nm, state.iodide_fraction = 5.1, 0.0
    assert state.result.excited_percent < 1  # it absorbs at 471 nm and below
    state.filters = "green"
    assert state.result.excited_percent > 30
    state.filters, state.iodide_fraction = "red", 1.0
    assert state.result.excited_percent == pytest.approx(100, abs=1)


def test_the_sizes_are_those_of_the_paper():
    assert list(batch_edges_nm()) == sorted(paper.batches()["edge_length_nm"])
