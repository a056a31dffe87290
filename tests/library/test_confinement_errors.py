"""Sizes outside the range warn once, and every bad argument is named."""

import math
import re
import warnings

import numpy as np
import pytest

from anionx_teach.confinement import (
    band_gap_ev,
    brus_sphere_gap_ev,
    confined_levels_ev,
    emission_wavelength_nm,
    equal_volume_radius_nm,
    model_notes,
    stokes_shift_ev,
)


@pytest.mark.parametrize(
    "call",
    [
        lambda: band_gap_ev([2.9, 1.0, 25.0]),
        lambda: emission_wavelength_nm([2.9, 25.0], model="nonparabolic"),
        lambda: stokes_shift_ev(25.0),
        lambda: confined_levels_ev([1.0, 2.0]),
    ],
)
def test_outside_3_to_20_nm_is_one_warning_at_the_callers_line(call):
    with pytest.warns(UserWarning, match="edge_length_nm outside 3 to 20 nm") as caught:
        call()
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_inside_the_range_is_no_warning_and_outside_is_not_clamped():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        band_gap_ev([3.0, 20.0])
    with pytest.warns(UserWarning, match="outside 3 to 20 nm"):
        energies = band_gap_ev([2.0, 3.0, 20.0, 40.0], model="nonparabolic")
    assert np.all(np.diff(energies) < 0)


BOTH = (band_gap_ev, emission_wavelength_nm)


@pytest.mark.parametrize("function", BOTH)
@pytest.mark.parametrize(
    ("arguments", "keywords", "kind", "message"),
    [
        ((-3.0,), {}, ValueError, "edge_length_nm must be > 0 nm, got -3.0"),
        (([5, 0],), {}, ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        ((math.nan,), {}, ValueError, "edge_length_nm must be > 0 nm, got nan"),
        (("5",), {}, TypeError, "edge_length_nm must be a number or an array of numbers, got '5'"),
        ((5, 1.1), {}, ValueError, "iodide_fraction must be between 0 and 1, got 1.1"),
        ((5, math.nan), {}, ValueError, "iodide_fraction must be between 0 and 1, got nan"),
        (
            ([5, 6], [0, 0.5, 1]),
            {},
            ValueError,
            "edge_length_nm and iodide_fraction must broadcast, got shapes (2,) and (3,)",
        ),
        ((5,), {"model": "brus"}, ValueError, "model must be one of empirical, nonparabolic, "),
        ((5,), {"model": None}, TypeError, "model must be one of empirical, nonparabolic, "),
        ((5, 0.5), {"bowing_ev": math.inf}, ValueError, "bowing_ev must be finite eV, got inf"),
        ((5, 0.5), {"bowing_ev": [0, 1]}, ValueError, "bowing_ev must be a single number"),
        (
            (5, 0.5),
            {"bowing_ev": 20},
            ValueError,
            "the energy must be > 0 eV at every size, got -2.",
        ),
        (
            (5,),
            {"bulk_gap_ev": 2.3},
            ValueError,
            "bulk_gap_ev is no part of the empirical model: choose a physics model, got 2.3",
        ),
        (
            (5,),
            {"reduced_mass_m0": 0.1},
            ValueError,
            "reduced_mass_m0 is no part of the empirical model",
        ),
        (
            (5,),
            {"model": "weak", "bulk_gap_ev": 0},
            ValueError,
            "bulk_gap_ev must be > 0 eV, got 0.0",
        ),
        (
            (5,),
            {"model": "weak", "reduced_mass_m0": -1},
            ValueError,
            "reduced_mass_m0 must be > 0 m0, got -1.0",
        ),
        (
            (5,),
            {"model": "brus_cube", "dead_layer_nm": 0.5},
            ValueError,
            "dead_layer_nm is a part of the weak model only, got 0.5 nm for brus_cube",
        ),
        (
            ([9, 4],),
            {"model": "weak", "dead_layer_nm": 2},
            ValueError,
            "edge_length_nm must be > twice dead_layer_nm, 4 nm, got 4",
        ),
        (
            (5,),
            {"model": "weak", "dead_layer_nm": -0.1},
            ValueError,
            "dead_layer_nm must be >= 0 nm, got -0.1",
        ),
    ],
)
def test_bad_input_is_named(function, arguments, keywords, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        function(*arguments, **keywords)


def test_an_emission_below_zero_is_an_error():
    # The gap is 10 meV above zero, less than the Stokes shift of 26.9 meV.
    gap = 3.01 - band_gap_ev(12, model="weak", bulk_gap_ev=3.0)
    assert band_gap_ev(12, model="weak", bulk_gap_ev=gap) == pytest.approx(0.01, abs=1e-5)
    message = "the energy must be > 0 eV at every size, got -0.0168"
    with pytest.raises(ValueError, match=re.escape(message)):
        emission_wavelength_nm(12, model="weak", bulk_gap_ev=gap)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: stokes_shift_ev(0), ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        (lambda: equal_volume_radius_nm(-1), ValueError, "edge_length_nm must be > 0 nm, got -1.0"),
        (lambda: brus_sphere_gap_ev(0), ValueError, "radius_nm must be > 0 nm, got 0.0"),
        (
            lambda: brus_sphere_gap_ev(3, bulk_gap_ev=-1),
            ValueError,
            "bulk_gap_ev must be > 0 eV, got -1.0",
        ),
        (lambda: model_notes("tight"), ValueError, "model must be one of empirical, "),
        (
            lambda: confined_levels_ev(5, model="weak"),
            ValueError,
            "model must be one of nonparabolic, variational, brus_cube, got 'weak'",
        ),
        (lambda: confined_levels_ev(-5), ValueError, "edge_length_nm must be > 0 nm, got -5.0"),
    ],
)
def test_bad_input_of_the_smaller_functions_is_named(call, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        call()
