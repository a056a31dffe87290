"""Every bad argument is named; what is doubtful is one warning at the caller's line."""

import math
import re
import warnings

import numpy as np
import pytest

from anionx_teach.nanocrystals import NanocrystalBatch
from anionx_teach.photoluminescence import (
    RED_EMISSION_FILTER,
    BandpassFilter,
    absorption_spectrum,
    entry_fraction,
    exit_fraction,
    filter_bias,
    filtered_rise,
    line_shape,
    line_width_mev,
    line_width_nm,
    pl_spectrum,
    transmitted_fraction,
)

BATCH = NanocrystalBatch([5.0, 6.0], [5.0, 6.0])
GRID = [500.0, 600.0]
TIMES = [0.0, 1.0, 2.0]
COURSE = [0.0, 0.5, 1.0]


def expect(kind, message, call):
    with pytest.raises(kind, match=re.escape(message)):
        call()


@pytest.mark.parametrize("spectrum", [pl_spectrum, absorption_spectrum])
@pytest.mark.parametrize(
    ("arguments", "options", "kind", "message"),
    [
        (([5.0], GRID), {}, TypeError, "batch must be a NanocrystalBatch, got [5.0]"),
        ((BATCH, [500, 0]), {}, ValueError, "wavelength_nm must be > 0 nm, got 0.0"),
        ((BATCH, [-1, 500]), {}, ValueError, "wavelength_nm must be > 0 nm, got -1.0"),
        ((BATCH, [math.nan]), {}, ValueError, "wavelength_nm must be > 0 nm, got nan"),
        (
            (BATCH, [600, 500]),
            {},
            ValueError,
            "wavelength_nm must be increasing, got 600 before 500 nm",
        ),
        (
            (BATCH, [500, 500]),
            {},
            ValueError,
            "wavelength_nm must be increasing, got 500 before 500 nm",
        ),
        ((BATCH, 500.0), {}, ValueError, "wavelength_nm must be one-dimensional, got 0 dimensions"),
        (
            (BATCH, [50, 500]),
            {},
            ValueError,
            "wavelength_nm must be between 100 and 10000 nm, got 50.0",
        ),
        ((BATCH, "red"), {}, TypeError, "wavelength_nm must be a number or an array of numbers"),
        ((BATCH, GRID, 1.1), {}, ValueError, "iodide_fraction must be between 0 and 1, got 1.1"),
        ((BATCH, GRID, -0.1), {}, ValueError, "iodide_fraction must be between 0 and 1, got -0.1"),
        (
            (BATCH, GRID, [0, 0.5, 1]),
            {},
            ValueError,
            (
                "iodide_fraction must be one number, or one for each of the 2 nanocrystals, "
                "got shape (3,)"
            ),
        ),
        ((BATCH, GRID), {"fwhm_mev": -5}, ValueError, "fwhm_mev must be > 0 meV, got -5.0"),
        ((BATCH, GRID), {"fwhm_mev": 0}, ValueError, "fwhm_mev must be > 0 meV, got 0.0"),
        (
            (BATCH, GRID),
            {"fwhm_mev": 0.5},
            ValueError,
            "fwhm_mev must be between 1 and 1000 meV, got 0.5",
        ),
        (
            (BATCH, GRID),
            {"fwhm_mev": [100, 110]},
            ValueError,
            "fwhm_mev must be a single number, got an array of shape (2,)",
        ),
        ((BATCH, GRID), {"model": "magic"}, ValueError, "model must be one of empirical"),
        ((BATCH, GRID), {"bowing_ev": math.inf}, ValueError, "bowing_ev must be finite eV"),
    ],
)
def test_bad_spectra(spectrum, arguments, options, kind, message):
    expect(kind, message, lambda: spectrum(*arguments, **options))


@pytest.mark.parametrize("spectrum", [pl_spectrum, absorption_spectrum])
@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"fwhm_mev": "wide"}, TypeError, "fwhm_mev must be a number"),
        ({"model": "magic"}, ValueError, "model must be one of empirical"),
        ({"bowing_ev": math.nan}, ValueError, "bowing_ev must be finite eV"),
    ],
)
def test_what_is_wrong_is_wrong_without_crystals_too(spectrum, options, kind, message):
    nothing = NanocrystalBatch([], [])
    expect(kind, message, lambda: spectrum(nothing, GRID, **options))


@pytest.mark.parametrize(
    ("edges", "kind", "message"),
    [
        ((649, 590), ValueError, "low_nm must be < high_nm, 590 nm, got 649"),
        ((590, 590), ValueError, "low_nm must be < high_nm, 590 nm, got 590"),
        ((0, 590), ValueError, "low_nm must be > 0 nm, got 0.0"),
        ((590, math.inf), ValueError, "high_nm must be finite and > 0 nm, got inf"),
        (("a", 590), TypeError, "low_nm must be a number"),
        (([1, 2], 590), ValueError, "low_nm must be a single number, got an array of shape (2,)"),
        ((590, 649, 3), TypeError, "name must be a text, got 3"),
        ((590, 649, "red", None), TypeError, "source must be a text, got None"),
    ],
)
def test_bad_filters(edges, kind, message):
    expect(kind, message, lambda: BandpassFilter(*edges))


def test_bad_light_on_a_filter():
    expect(
        ValueError,
        "wavelength_nm must be > 0 nm, got -1.0",
        lambda: RED_EMISSION_FILTER.transmission([600, -1]),
    )


NO_FILTER = "must be a BandpassFilter such as RED_EMISSION_FILTER, got 600"


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: line_shape(0, 500), ValueError, "wavelength_nm must be > 0 nm, got 0.0"),
        (lambda: line_shape(500, -5), ValueError, "centre_nm must be > 0 nm, got -5.0"),
        (
            lambda: line_shape(1e-320, 500),
            ValueError,
            "wavelength_nm must be between 1e-06 and 1e+09 nm, got 1e-320",
        ),
        (
            lambda: line_width_mev(1e308, 500),
            ValueError,
            "fwhm_nm must be between 1e-06 and 1e+09 nm, got 1e+308",
        ),
        (
            lambda: line_shape([1, 2, 3], [1, 2]),
            ValueError,
            "wavelength_nm and centre_nm must broadcast, got shapes (3,) and (2,)",
        ),
        (
            lambda: line_shape(500, 500, fwhm_mev=-1),
            ValueError,
            "fwhm_mev must be > 0 meV, got -1.0",
        ),
        (lambda: line_width_mev(-35, 661), ValueError, "fwhm_nm must be > 0 nm, got -35.0"),
        (lambda: line_width_mev(35, 0), ValueError, "centre_nm must be > 0 nm, got 0.0"),
        (lambda: line_width_nm(-1, 661), ValueError, "fwhm_mev must be > 0 meV, got -1.0"),
        (
            lambda: line_width_nm(1000, [600, 2500]),
            ValueError,
            "centre_nm must be < 2479.68 nm for a line of 1000 meV, got 2500",
        ),
        (
            lambda: transmitted_fraction(-5, 0, RED_EMISSION_FILTER),
            ValueError,
            "edge_length_nm must be > 0 nm, got -5.0",
        ),
        (
            lambda: transmitted_fraction([5, 6], [0, 0.5, 1], RED_EMISSION_FILTER),
            ValueError,
            "edge_length_nm and iodide_fraction must broadcast, got shapes (2,) and (3,)",
        ),
        (
            lambda: transmitted_fraction(5, 2, RED_EMISSION_FILTER),
            ValueError,
            "iodide_fraction must be between 0 and 1, got 2.0",
        ),
        (lambda: transmitted_fraction(5, 0, 600), TypeError, f"filter {NO_FILTER}"),
        (lambda: entry_fraction(5, 600), TypeError, f"filter {NO_FILTER}"),
        (lambda: exit_fraction(5, 600), TypeError, f"filter {NO_FILTER}"),
        (lambda: entry_fraction(0), ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        (lambda: exit_fraction(5, bowing_ev=math.nan), ValueError, "bowing_ev must be finite eV"),
        (lambda: filtered_rise(5, 0.5, filter=600), TypeError, f"filter {NO_FILTER}"),
        (lambda: filtered_rise(5, 0.5, excitation=600), TypeError, f"excitation {NO_FILTER}"),
        (
            lambda: filtered_rise([5, 6, 7], np.zeros((2, 4))),
            ValueError,
            (
                "edge_length_nm must be one number or one for each history, got shape (3,) "
                "for iodide_fraction of shape (2, 4)"
            ),
        ),
        (
            lambda: filtered_rise(5, np.zeros((2, 3, 4))),
            ValueError,
            (
                "edge_length_nm must be one number or one for each history, got shape () "
                "for iodide_fraction of shape (2, 3, 4)"
            ),
        ),
        (
            lambda: filtered_rise([[5, 6]], 0.5),
            ValueError,
            "edge_length_nm must be one number or one for each history, got shape (1, 2)",
        ),
        (
            lambda: filter_bias(5, [0, 2, 1], COURSE),
            ValueError,
            "time_s must be increasing, got 2 before 1 s",
        ),
        (lambda: filter_bias(5, [0, math.nan, 1], COURSE), ValueError, "time_s must be finite s"),
        (
            lambda: filter_bias(5, [0], [0]),
            ValueError,
            "time_s must hold at least two times, got 1",
        ),
        (
            lambda: filter_bias(5, TIMES, [0, 1]),
            ValueError,
            "iodide_fraction must have one column for each of the 3 times, got shape (2,)",
        ),
        (
            lambda: filter_bias(5, TIMES, 0.5),
            ValueError,
            "iodide_fraction must have one column for each of the 3 times, got shape ()",
        ),
        (
            lambda: filter_bias(5, TIMES, [0, 0.5, 1.5]),
            ValueError,
            "iodide_fraction must be between 0 and 1, got 1.5",
        ),
        (
            lambda: filter_bias(5, TIMES, COURSE, low=0.9, high=0.1),
            ValueError,
            "low and high must be 0 < low < high < 1, got 0.9 and 0.1",
        ),
        (
            lambda: filter_bias(5, TIMES, COURSE, low=0),
            ValueError,
            "low and high must be 0 < low < high < 1, got 0 and 0.9",
        ),
        (
            lambda: filter_bias(5, TIMES, COURSE, fwhm_mev=-1),
            ValueError,
            "fwhm_mev must be > 0 meV, got -1.0",
        ),
    ],
)
def test_bad_lines_shares_and_histories(call, kind, message):
    expect(kind, message, call)


LARGE = NanocrystalBatch([25.0, 26.0], [25.0, 26.0])


@pytest.mark.parametrize(
    "call",
    [
        lambda: pl_spectrum(LARGE, GRID),
        lambda: absorption_spectrum(LARGE, GRID),
        lambda: transmitted_fraction([5, 25], 0.5, RED_EMISSION_FILTER),
        lambda: entry_fraction(2),
        lambda: exit_fraction(2),
        lambda: filtered_rise(25, COURSE),
        lambda: filter_bias([25, 2], TIMES, COURSE),
    ],
)
def test_outside_3_to_20_nm_is_one_warning_at_the_callers_line(call):
    with pytest.warns(UserWarning, match="edge_length_nm outside 3 to 20 nm") as caught:
        call()
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_the_tail_of_a_batch_is_no_reason_to_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pl_spectrum(NanocrystalBatch([2.5, 13.1, 21.0], [2.5, 13.1, 21.0]), GRID)
