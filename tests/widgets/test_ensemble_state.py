"""The state of the ensemble explorer: bounds, one result, the numbers of the library."""

import subprocess
import sys

import numpy as np
import pytest
import traitlets
from anionx_widgets import ensemble_state
from anionx_widgets.ensemble_course import WAVELENGTH_NM, cuvettes
from anionx_widgets.ensemble_state import START_CUVETTE, EnsembleState, start_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import ensemble

SMALL, LARGE = cuvettes()
KINETICS = ("half_time_s", "start_mean_s", "start_sd_s", "rate_log_sd", "etch_rate_pm_per_s")


@pytest.fixture
def state():
    return EnsembleState()


def kinetics_of(state):
    return [getattr(state, name) for name in KINETICS]


def test_the_start(state):
    assert (state.cuvette, state.mechanism) == ("13.1 nm", "surface")
    assert kinetics_of(state) == [180.0, 60.0, 40.0, 0.3, 0.0]
    assert (state.exposure_s, state.frame, state.playing, state.crystals_shown) == (
        *(35.0, 10, False, False),
    )
    assert state.result.as_published


@pytest.mark.parametrize(
    ("trait", "bad"),
    [
        *[("cuvette", bad) for bad in ("7.8 nm", "", None, 5.1)],
        *[("mechanism", bad) for bad in ("front", None)],
        *[("half_time_s", bad) for bad in (-0.5, 600.5, np.nan, np.inf, "5", None)],
        *[("start_mean_s", bad) for bad in (0.0, 600.5, np.nan)],
        *[("start_sd_s", bad) for bad in (-1.0, 601.0, np.nan)],
        *[("rate_log_sd", bad) for bad in (-0.1, 1.1, np.nan)],
        *[("etch_rate_pm_per_s", bad) for bad in (-0.1, 3.1, np.nan)],
        *[("exposure_s", bad) for bad in (-1.0, 35.5, np.nan)],
        *[("frame", bad) for bad in (-1, 42, 2.5, None)],
    ],
)
def test_a_bad_setting_is_refused_by_its_name_and_changes_nothing(state, trait, bad):
    before, value = state.result, getattr(state, trait)
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(state, trait, bad)
    assert getattr(state, trait) == value
    assert state.result is before


def test_a_spectrum_after_the_last_of_the_shorter_cuvette_is_refused(state):
    state.cuvette = SMALL
    with pytest.raises(
        traitlets.TraitError, match="frame must be between 0 and 9 for this cuvette, got 10"
    ):
        state.frame = 10
    assert state.frame == start_frame(cuvettes()[SMALL])


def test_the_result_cannot_be_set(state):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        state.result = state.result


def test_one_change_gives_one_result(state):
    results = []
    state.observe(lambda change: results.append(change["new"]), "result")
    state.half_time_s = 90.0
    assert len(results) == 1
    state.half_time_s = 90.0
    assert len(results) == 1
    state.cuvette = SMALL  # brings five settings and another spectrum
    assert len(results) == 2
    state.frame = 5
    state.crystals_shown = True
    assert len(results) == 4
    state.playing = True
    assert len(results) == 4
    state.reset()
    assert len(results) == 5


def test_another_cuvette_brings_its_kinetics_and_stops_the_player(state):
    state.mechanism, state.frame, state.playing = "diffusion", 41, True
    state.cuvette = SMALL
    assert kinetics_of(state) == [1.5, 2.0, 1.5, 0.3, 1.9]
    assert state.mechanism == "diffusion"
    assert (state.frame, state.playing) == (start_frame(cuvettes()[SMALL]), False)
    state.mechanism = "surface"
    assert state.result.course.kinetics == ensemble.CuvetteKinetics(
        **{**vars(cuvettes()[SMALL].kinetics), "provenance": "set by hand"}
    )


def test_settings_are_as_published_until_one_is_changed_and_when_it_is_set_back(state):
    for cuvette in (SMALL, LARGE):
        state.cuvette = cuvette
        assert state.result.as_published
    for name, value in [("start_sd_s", 10.0), ("mechanism", "diffusion"), ("exposure_s", 0.0)]:
        start = getattr(state, name)
        setattr(state, name, value)
        assert not state.result.as_published
        setattr(state, name, start)
        assert state.result.as_published


def test_another_spectrum_leaves_the_course_as_it_is(state):
    course = state.result.course
    for frame in (0, 41):
        state.frame = frame
        assert state.result.course is course
        assert state.result.time_s == 35.0 * frame
        assert state.result.peak_nm == course.peak_nm[frame]


def test_reset_brings_everything_back(state):
    start = EnsembleState().result
    state.cuvette = SMALL
    state.half_time_s, state.exposure_s, state.frame = 400.0, 5.0, 0
    state.crystals_shown, state.playing = True, True
    state.reset()
    assert (state.cuvette, state.frame, state.playing) == (START_CUVETTE, 10, False)
    assert not state.result.crystals_shown
    np.testing.assert_array_equal(state.result.course.light, start.course.light)


@settings(max_examples=15, deadline=None)
@given(
    cuvette=st.sampled_from([SMALL, LARGE]),
    mechanism=st.sampled_from(ensemble.MECHANISMS),
    half_time_s=st.integers(0, 1200).map(lambda steps: steps / 2),
    start_mean_s=st.integers(1, 1200).map(lambda steps: steps / 2),
    start_sd_s=st.integers(0, 1200).map(lambda steps: steps / 2),
    rate_log_sd=st.floats(0, 1),
    etch_rate_pm_per_s=st.floats(0, 3),
    exposure_s=st.floats(0, 35),
)
def test_the_course_is_what_the_library_says(cuvette, mechanism, exposure_s, **kinetics):
    state = EnsembleState()
    state.cuvette, state.mechanism, state.exposure_s = cuvette, mechanism, exposure_s
    for name, value in kinetics.items():
        setattr(state, name, value)
    course = state.result.course
    expected = ensemble.simulate_cuvette(
        course.cuvette.batch,
        course.cuvette.time_s,
        rng=1,
        kinetics=ensemble.CuvetteKinetics(
            mechanism,
            course.cuvette.edge_length_nm,
            half_time_s=kinetics["half_time_s"],
            start_mean_s=kinetics["start_mean_s"],
            start_sd_s=kinetics["start_sd_s"],
            rate_log_sd=kinetics["rate_log_sd"],
            etch_rate_nm_per_s=kinetics["etch_rate_pm_per_s"] / 1000,
        ),
        exposure_s=exposure_s,
        wavelength_nm=WAVELENGTH_NM,
    )
    np.testing.assert_array_equal(course.run.spectrum, expected.spectrum)
    np.testing.assert_array_equal(course.peak_nm, expected.peak_wavelength_nm)
    assert np.all(np.isfinite(course.peak_nm))
    assert np.all(course.run.edge_length_nm > 2), "every crystal keeps a colour that is known"
    assert course.light[0].max() == 1
    for frame in (0, course.time_s.size - 1):
        assert course.share_percent(frame).sum() == pytest.approx(100)
        assert course.large_share_percent(frame).sum() == pytest.approx(100)
        assert np.all(np.isfinite(course.crystal_nm(frame)))


def test_the_state_needs_no_widget_library():
    code = (
        "import sys, importlib.util as u; "
        "sys.modules.update({'ipywidgets': None, 'bqplot': None, 'anywidget': None}); "
        "import types; package = types.ModuleType('anionx_widgets'); "
        "package.__path__ = [sys.argv[1]]; sys.modules['anionx_widgets'] = package; "
        "from anionx_widgets.ensemble_state import EnsembleState; EnsembleState()"
    )
    folder = ensemble_state.__file__.rpartition("/")[0]
    subprocess.run([sys.executable, "-c", code, folder], check=True)
