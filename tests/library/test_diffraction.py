"""Broadened patterns and Scherrer sizes against theory and a plain twin."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach._structures import STRUCTURES
from anionx_teach.diffraction import (
    CU_KALPHA1_ANGSTROM,
    SCHERRER_CUBE,
    measure_width_deg,
    powder_pattern,
    reflections,
    scherrer_size_nm,
    scherrer_width_deg,
)

WAVELENGTH = float(CU_KALPHA1_ANGSTROM)
BOTH = sorted(STRUCTURES)


@given(edge=st.floats(3, 60), row=st.integers(0, 40))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_an_isolated_line_gives_back_the_edge(edge, row):
    lines = reflections("CsPbBr3").iloc[[row]]
    centre = float(lines["two_theta_deg"].iloc[0])
    width = scherrer_width_deg(edge, centre)
    angles = np.linspace(max(centre - 4 * width, 0.1), centre + 4 * width, 2001)
    pattern = powder_pattern("CsPbBr3", edge, angles, lines=lines)
    measured = measure_width_deg(angles, pattern)
    assert scherrer_size_nm(measured, centre) == pytest.approx(edge, rel=0.02)
    area = np.trapezoid(pattern, angles)
    assert area == pytest.approx(float(lines["intensity_percent"].iloc[0]), rel=0.01)


def test_a_line_that_stands_alone_in_the_whole_pattern_gives_back_the_edge():
    angles = np.linspace(16.5, 17.5, 4001)  # 111, weak and alone in a large crystal
    pattern = powder_pattern("CsPbBr3", 80, angles)
    background = np.interp(angles, angles[[0, -1]], pattern[[0, -1]])
    width = measure_width_deg(angles, pattern - background)
    assert scherrer_size_nm(width, 17.008) == pytest.approx(80, rel=0.05)


def test_the_profile_has_width_and_breadth_of_a_cube():
    # A cube along 100: (sin(pi L s) / (pi s))^2 / L has maximum L and area 1.
    half_width = float(SCHERRER_CUBE) / 2
    assert np.sinc(half_width) ** 2 == pytest.approx(0.5, abs=2e-4)
    line = reflections("CsPbBr3").iloc[[0]]
    centre = float(line["two_theta_deg"].iloc[0])
    peak = powder_pattern("CsPbBr3", 10, [centre], lines=line)[0]
    breadth_rad = math.radians(float(line["intensity_percent"].iloc[0]) / peak)
    breadth_inverse_nm = breadth_rad * math.cos(math.radians(centre / 2)) / (WAVELENGTH / 10)
    assert breadth_inverse_nm == pytest.approx(1 / 10, rel=1e-3)


@pytest.mark.parametrize("name", BOTH)
def test_the_pattern_is_the_sum_of_its_lines(name):
    angles = np.linspace(10, 58, 400)
    lines = reflections(name, two_theta_max_deg=75, min_intensity_percent=0)
    s = 2 * np.sin(np.radians(angles / 2)) / WAVELENGTH
    width = 0.886 / 80
    curvature = 2**0.25 - 1
    height = 1 / (width / (2 * math.sqrt(curvature)) * 5 * math.pi / 16)
    twin = np.zeros_like(angles)
    for line in lines.itertuples():
        twin += (
            line.intensity_percent
            * height
            * (1 + curvature * (2 * (s - 1 / line.d_angstrom) / width) ** 2) ** -4.0
        )
    twin *= np.cos(np.radians(angles / 2)) / WAVELENGTH * math.pi / 180
    np.testing.assert_allclose(powder_pattern(name, 8, angles), twin, rtol=2e-3, atol=1e-3)


def test_the_window_does_not_change_the_pattern():
    wide = np.linspace(10, 60, 501)
    narrow = wide[200:220]
    np.testing.assert_allclose(
        powder_pattern("CsPbBr3", 5.1, narrow),
        powder_pattern("CsPbBr3", 5.1, wide)[200:220],
        rtol=1e-3,
    )


def test_the_area_does_not_depend_on_size():
    angles = np.linspace(2, 62, 3000)
    areas = [np.trapezoid(powder_pattern("CsPbBr3", edge, angles), angles) for edge in (8, 16, 32)]
    expected = reflections("CsPbBr3", two_theta_max_deg=62, min_intensity_percent=0)
    np.testing.assert_allclose(areas, expected["intensity_percent"].sum(), rtol=0.01)


def test_a_batch_is_the_volume_weighted_mean_of_its_crystals():
    angles = np.linspace(12, 50, 700)
    edges = np.array([4.0, 5.0, 5.0, 7.5])
    weights = edges**3 / np.sum(edges**3)
    mean = sum(
        w * powder_pattern("CsPbBr3", e, angles) for w, e in zip(weights, edges, strict=True)
    )
    batch = powder_pattern("CsPbBr3", edges, angles)
    np.testing.assert_allclose(batch, mean, rtol=2e-3, atol=1e-3)
    equal = powder_pattern("CsPbBr3", [5.1] * 300, angles)
    np.testing.assert_array_equal(equal, powder_pattern("CsPbBr3", 5.1, angles))


def test_the_splitting_of_the_cell_hides_in_small_crystals():
    def peaks(edge, low, high):
        pattern = powder_pattern("CsPbBr3", edge, np.linspace(low, high, 2001))
        return np.count_nonzero((pattern[1:-1] > pattern[:-2]) & (pattern[1:-1] > pattern[2:]))

    assert peaks(100, 30, 31.2) == 2  # 040 and 202
    assert peaks(13.1, 29, 31.2) == 1
    assert scherrer_width_deg(13.1, 30.6, shape_factor=0.94) == pytest.approx(0.66, abs=0.005)
    assert scherrer_width_deg(5.1, 30.6, shape_factor=0.94) == pytest.approx(1.69, abs=0.01)


@given(
    edge=st.floats(0.5, 500), angle=st.floats(1, 179), k=st.floats(0.5, 1.5), lam=st.floats(0.1, 3)
)
@settings(deadline=None, derandomize=True)
def test_scherrer_size_and_width_are_inverse(edge, angle, k, lam):
    width = scherrer_width_deg(edge, angle, wavelength_angstrom=lam, shape_factor=k)
    size = scherrer_size_nm(width, angle, wavelength_angstrom=lam, shape_factor=k)
    assert size == pytest.approx(edge, rel=1e-9)


def test_scherrer_by_hand_and_for_arrays():
    # 0.886 * 0.15406 nm / (1 deg in rad * cos 15 deg)
    by_hand = 0.1364972 / (0.01745329 * 0.96592583)
    assert scherrer_size_nm(1.0, 30.0) == pytest.approx(by_hand, rel=1e-6)
    assert isinstance(scherrer_size_nm(1.0, 30.0), float)
    sizes = scherrer_size_nm([[1.0], [2.0]], [20.0, 30.0, 40.0])
    assert sizes.shape == (2, 3)
    np.testing.assert_allclose(sizes[0], 2 * sizes[1])


def test_the_width_of_a_triangle_is_exact_and_that_of_a_ramp_is_nan():
    angles = np.array([0.0, 1.0, 2.0, 3.0, 4.0]) + 20
    assert measure_width_deg(angles, [0, 1, 2, 1, 0]) == pytest.approx(2.0)
    assert measure_width_deg(angles, [0, 0, 4, 0, 0]) == pytest.approx(1.0)
    assert measure_width_deg(angles, [1, 0, 4, 3, 0]) == pytest.approx(0.5 + 1 + 1 / 3)
    assert math.isnan(measure_width_deg(angles, [0, 1, 2, 3, 4]))
    assert math.isnan(measure_width_deg(angles, [4, 3, 2, 1, 0]))
    assert math.isnan(measure_width_deg(angles, np.zeros(5)))
    assert math.isnan(measure_width_deg([], []))


def test_nothing_asked_is_nothing_returned():
    assert powder_pattern("CsPbBr3", 5.1, []).shape == (0,)
    none = reflections("CsPbBr3").iloc[:0]
    np.testing.assert_array_equal(powder_pattern("CsPbBr3", 5.1, [20, 30], lines=none), [0, 0])
