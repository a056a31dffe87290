"""Every bad argument of the diffraction functions is named."""

import math
import re

import pandas as pd
import pytest

from anionx_teach.diffraction import (
    measure_width_deg,
    powder_pattern,
    reflections,
    scherrer_size_nm,
    scherrer_width_deg,
)


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: reflections("CsPbCl3"),
            ValueError,
            "structure must be one of CsPbBr3, CsPbI3, got 'CsPbCl3'",
        ),
        (lambda: reflections(3), TypeError, "structure must be one of CsPbBr3, CsPbI3, got 3"),
        (
            lambda: reflections("CsPbI3", two_theta_max_deg=180),
            ValueError,
            "two_theta_max_deg must be above 0 and below 180 deg, got 180",
        ),
        (
            lambda: reflections("CsPbI3", two_theta_max_deg=[20, 30]),
            ValueError,
            "two_theta_max_deg must be a single number, got an array of shape (2,)",
        ),
        (
            lambda: reflections("CsPbI3", min_intensity_percent=-1),
            ValueError,
            "min_intensity_percent must be >= 0 percent, got -1.0",
        ),
        (
            lambda: powder_pattern("x", 5, [20]),
            ValueError,
            "structure must be one of CsPbBr3, CsPbI3, got 'x'",
        ),
        (
            lambda: powder_pattern("CsPbI3", -3.0, [20]),
            ValueError,
            "edge_length_nm must be > 0 nm, got -3.0",
        ),
        (
            lambda: powder_pattern("CsPbI3", [5, math.nan], [20]),
            ValueError,
            "edge_length_nm must be > 0 nm, got nan",
        ),
        (
            lambda: powder_pattern("CsPbI3", [], [20]),
            ValueError,
            "edge_length_nm must be a number or a non-empty list, got shape (0,)",
        ),
        (
            lambda: powder_pattern("CsPbI3", 5, [20, 20]),
            ValueError,
            "two_theta_deg must be increasing, got 20 before 20 deg",
        ),
        (
            lambda: powder_pattern("CsPbI3", 5, [-1, 20]),
            ValueError,
            "two_theta_deg must be above 0 and below 180 deg, got -1",
        ),
        (
            lambda: powder_pattern("CsPbI3", 5, [[20.0, 21.0]]),
            ValueError,
            "two_theta_deg must be one-dimensional, got 2 dimensions",
        ),
        (
            lambda: powder_pattern(
                "CsPbI3", 5, [20, 21], lines={"d_angstrom": [1, 2], "intensity_percent": [1]}
            ),
            ValueError,
            "lines must have one intensity for each spacing, got shapes (1,) and (2,)",
        ),
        (
            lambda: powder_pattern("CsPbI3", 5, [20], lines=[1, 2]),
            TypeError,
            "lines must be rows of reflections('CsPbI3'), got list",
        ),
        (
            lambda: powder_pattern("CsPbI3", 5, [20], lines=pd.DataFrame({"h": [1]})),
            TypeError,
            "lines must be rows of reflections('CsPbI3'), got DataFrame",
        ),
        (lambda: scherrer_size_nm(0, 30), ValueError, "fwhm_deg must be > 0 deg, got 0.0"),
        (
            lambda: scherrer_size_nm(1, 180),
            ValueError,
            "two_theta_deg must be above 0 and below 180 deg, got 180",
        ),
        (
            lambda: scherrer_size_nm(1, 30, wavelength_angstrom=0),
            ValueError,
            "wavelength_angstrom must be > 0 angstrom, got 0.0",
        ),
        (
            lambda: scherrer_size_nm(1, 30, shape_factor=-1),
            ValueError,
            "shape_factor must be > 0, got -1.0",
        ),
        (
            lambda: scherrer_size_nm([1, 2], [30, 31, 32]),
            ValueError,
            "fwhm_deg and two_theta_deg must broadcast, got shapes (2,) and (3,)",
        ),
        (lambda: scherrer_width_deg(0, 30), ValueError, "edge_length_nm must be > 0 nm, got 0.0"),
        (
            lambda: scherrer_width_deg("5", 30),
            TypeError,
            "edge_length_nm must be a number or an array of numbers, got '5'",
        ),
        (
            lambda: measure_width_deg([1, 2], [1, 2, 3]),
            ValueError,
            "intensity must have the shape of two_theta_deg, (2,), got (3,)",
        ),
    ],
)
def test_bad_input_is_named(call, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        call()
