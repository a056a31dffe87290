"""The two mechanisms against numerical solutions, their limits, and how they scale with size."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from anionx_teach._cuvette_mechanisms import (
    _diffusion_series,
    diffusion_exchanged,
    diffusion_half_time,
    front_half_depth,
)
from anionx_teach.ensemble import diffusion_limited_fraction, surface_limited_fraction

BOTH = pytest.mark.parametrize(
    ("law", "constant"),
    [
        (surface_limited_fraction, "front_speed_nm_per_s"),
        (diffusion_limited_fraction, "diffusivity_nm2_per_s"),
    ],
)


@pytest.mark.parametrize(("edge_nm", "long_edge_nm"), [(5.0, 5.0), (13.1, 15.8)])
def test_a_front_eats_volume_at_a_rate_given_by_the_area_that_is_left(edge_nm, long_edge_nm):
    speed = 0.02

    def shrink(_time_s, left):
        # The volume of what is left, and its edges: each end of an edge recedes at the speed.
        _, a, c = left
        return [-speed * (2 * a * a + 4 * a * c), -2 * speed, -2 * speed]

    volume = edge_nm**2 * long_edge_nm
    time_s = np.linspace(0.0, 0.95 * edge_nm / (2 * speed), 30)
    numerical = solve_ivp(
        shrink, (0, time_s[-1]), [volume, edge_nm, long_edge_nm], t_eval=time_s, rtol=1e-10
    )
    exact = surface_limited_fraction(time_s, edge_nm, long_edge_nm, front_speed_nm_per_s=speed)
    np.testing.assert_allclose(exact, 1 - numerical.y[0] / volume, atol=1e-8)


def test_diffusion_agrees_with_finite_differences_in_a_sphere():
    edge_nm, diffusivity = 8.0, 0.3
    radius = edge_nm * (3 / (4 * math.pi)) ** (1 / 3)
    shells = 400
    faces = np.linspace(0.0, radius, shells + 1)
    volumes, areas = np.diff(faces**3) / 3, faces**2
    step = radius / shells

    def fluxes(_time_s, iodide):
        # Fick's first law at each face; the outermost is half a step from the surface at 1.
        gradient = np.empty(shells + 1)
        gradient[0] = 0.0
        gradient[1:-1] = np.diff(iodide) / step
        gradient[-1] = (1.0 - iodide[-1]) / (step / 2)
        return diffusivity * np.diff(areas * gradient) / volumes

    time_s = np.array([0.3, 1.0, 3.0, 5.0, 10.0, 20.0])
    numerical = solve_ivp(
        fluxes, (0, 20), np.zeros(shells), t_eval=time_s, method="LSODA", lband=1, uband=1,
        rtol=1e-8, atol=1e-10,
    )  # fmt: skip
    mean = volumes @ numerical.y / volumes.sum()
    exact = diffusion_limited_fraction(time_s, edge_nm, diffusivity_nm2_per_s=diffusivity)
    np.testing.assert_allclose(exact, mean, atol=2e-4)


def test_the_series_for_short_and_for_long_times_are_one_function():
    n = np.arange(1, 200)[:, None]
    fourier = np.linspace(0.01, 0.3, 400)
    long = 1 - 6 / math.pi**2 * np.sum(np.exp(-(n**2) * math.pi**2 * fourier) / n**2, axis=0)
    np.testing.assert_allclose(_diffusion_series(fourier), long, rtol=0, atol=1e-13)


def test_the_table_is_good_to_a_ten_millionth():
    root = np.concatenate([np.random.default_rng(1).uniform(0, 1.7, 20_000), [0.0, 1.6, np.inf]])
    exact = _diffusion_series(np.minimum(root, 5.0) ** 2)
    np.testing.assert_allclose(diffusion_exchanged(root), exact, rtol=0, atol=1.2e-7)


def test_half_is_exchanged_at_the_half_times():
    assert surface_limited_fraction(
        front_half_depth() * 7.0, 7.0, front_speed_nm_per_s=1.0
    ) == pytest.approx(0.5, abs=1e-14)
    radius_squared = (3 * 7.0**3 / (4 * math.pi)) ** (2 / 3)
    time_s = diffusion_half_time() * radius_squared
    assert diffusion_limited_fraction(time_s, 7.0, diffusivity_nm2_per_s=1.0) == pytest.approx(0.5)
    assert diffusion_half_time() == pytest.approx(0.0305, abs=1e-4)


@pytest.mark.parametrize("edge_nm", [5.0, 12.0])
def test_a_front_begins_with_the_surface_over_the_volume_and_ends_in_the_middle(edge_nm):
    def done(time_s):
        return surface_limited_fraction(time_s, edge_nm, front_speed_nm_per_s=0.1)

    assert done(1e-6) == pytest.approx(6 * 0.1 * 1e-6 / edge_nm, rel=1e-5)
    end_s = edge_nm / 0.2
    assert done(0.999 * end_s) < 1.0 == done(1.001 * end_s)


@pytest.mark.parametrize("edge_nm", [5.0, 12.0])
def test_diffusion_begins_as_the_root_of_time_and_never_ends(edge_nm):
    def done(time_s):
        return diffusion_limited_fraction(time_s, edge_nm, diffusivity_nm2_per_s=0.2)

    radius = edge_nm * (3 / (4 * math.pi)) ** (1 / 3)
    assert done(1e-6) == pytest.approx(6 * math.sqrt(0.2e-6 / math.pi) / radius, rel=1e-3)
    late_s = 0.5 * radius**2 / 0.2
    left = 1 - done(np.array([late_s, 1.5 * late_s]))
    rate = math.pi**2 * 0.2 / radius**2
    assert math.log(left[0] / left[1]) == pytest.approx(rate * late_s / 2, rel=1e-6)
    assert left[1] > 0


def test_times_grow_as_the_size_with_a_front_and_as_its_square_with_diffusion():
    time_s = np.linspace(0, 300, 50)
    for factor in (0.5, 2.6):
        front = [
            surface_limited_fraction(time_s * f, 5.0 * f, front_speed_nm_per_s=0.02)
            for f in (1, factor)
        ]
        np.testing.assert_allclose(*front, atol=1e-12)
        inside = [
            diffusion_limited_fraction(time_s * f**2, 5.0 * f, diffusivity_nm2_per_s=0.02)
            for f in (1, factor)
        ]
        np.testing.assert_allclose(*inside, atol=1e-12)


def test_a_longer_crystal_takes_longer():
    for law, keyword in (
        (surface_limited_fraction, {"front_speed_nm_per_s": 0.02}),
        (diffusion_limited_fraction, {"diffusivity_nm2_per_s": 0.02}),
    ):
        assert law(30.0, 5.0, 8.0, **keyword) < law(30.0, 5.0, **keyword)
        assert law(30.0, 5.0, 5.0, **keyword) == law(30.0, 5.0, **keyword)


@BOTH
def test_nothing_happens_before_the_start_or_with_no_speed(law, constant):
    assert law([-5.0, 0.0], 5.0, **{constant: 1.0}).tolist() == [0.0, 0.0]
    assert law(100.0, 5.0, **{constant: 0.0}) == 0.0


@BOTH
def test_it_never_goes_back_and_stays_between_0_and_1(law, constant):
    done = law(np.linspace(0, 1000, 5000)[:, None], [3.0, 9.0], **{constant: 0.03})
    assert done.shape == (5000, 2)
    assert np.all(np.diff(done, axis=0) >= -1e-15)
    assert done.min() == 0.0
    assert done.max() <= 1.0


@BOTH
@pytest.mark.parametrize(
    ("arguments", "value", "kind", "message"),
    [
        ((math.nan, 5.0), 1.0, ValueError, "time_s must be finite s, got nan"),
        ((1.0, -3.0), 1.0, ValueError, "edge_length_nm must be > 0 nm, got -3.0"),
        ((1.0, 5.0, 0.0), 1.0, ValueError, "long_edge_nm must be > 0 nm, got 0.0"),
        (([1.0, 2.0], [5.0, 6.0, 7.0]), 1.0, ValueError, "must broadcast, got shapes"),
        (("1", 5.0), 1.0, TypeError, "time_s must be a number or an array of numbers"),
        ((1.0, 5.0), -1.0, ValueError, "must be >= 0"),
        ((1.0, 5.0), [1.0], ValueError, "must be a single number"),
    ],
)
def test_bad_arguments_are_named(law, constant, arguments, value, kind, message):
    with pytest.raises(kind, match=message):
        law(*arguments, **{constant: value})
