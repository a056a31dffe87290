"""Settings of a cuvette: what they mean, the published sizes, and what is refused."""

import math
import warnings

import numpy as np
import pytest

from anionx_teach.ensemble import (
    MECHANISMS,
    CuvetteKinetics,
    diffusion_limited_fraction,
    paper_kinetics,
    simulate_cuvette,
    surface_limited_fraction,
)
from anionx_teach.materials import parameter
from anionx_teach.nanocrystals import draw_batch


@pytest.mark.parametrize(("edge_nm", "half_time_s"), [(5.1, 1.5), (13.1, 180.0), (9.0, 7.0)])
def test_the_half_time_is_that_of_the_reference_cube(edge_nm, half_time_s):
    front = CuvetteKinetics("surface", edge_nm, half_time_s).front_speed_nm_per_s
    done = surface_limited_fraction(half_time_s, edge_nm, front_speed_nm_per_s=front)
    assert done == pytest.approx(0.5)
    inside = CuvetteKinetics("diffusion", edge_nm, half_time_s).diffusivity_nm2_per_s
    done = diffusion_limited_fraction(half_time_s, edge_nm, diffusivity_nm2_per_s=inside)
    assert done == pytest.approx(0.5)


def test_crystals_that_switch_at_once_have_an_infinite_speed():
    at_once = CuvetteKinetics("surface", 5.1, 0.0)
    assert at_once.front_speed_nm_per_s == at_once.diffusivity_nm2_per_s == math.inf


@pytest.mark.parametrize(("edge_nm", "first_row"), [(5.1, 1), (13.1, 2)])
def test_the_printed_sizes_have_the_carried_settings(edge_nm, first_row):
    kinetics = paper_kinetics(edge_nm)
    names = ("half_time_s", "start_mean_s", "start_sd_s")
    for name, row in zip(names, range(first_row, 7, 2), strict=True):
        assert getattr(kinetics, name) == float(parameter(f"cuvette-{row:03d}"))
    assert kinetics.etch_rate_nm_per_s == float(parameter(f"cuvette-{first_row + 8:03d}"))
    assert kinetics.reference_edge_nm == edge_nm
    assert kinetics.provenance.startswith(f"chosen to reproduce the printed maxima at {edge_nm} nm")


@pytest.mark.parametrize("row", range(1, 15))
def test_every_setting_is_declared_as_assumed(row):
    assert parameter(f"cuvette-{row:03d}").evidence == "assumed for teaching"


def test_sizes_in_between_are_interpolated_and_say_so():
    sizes = [5.1, 6.1, 7.8, 9.5, 13.1]
    courses = [paper_kinetics(size) for size in sizes]
    for name in ("half_time_s", "start_mean_s", "start_sd_s"):
        values = [getattr(course, name) for course in courses]
        assert values == sorted(values)
        slopes = [
            math.log(b / a) / math.log(size_b / size_a)
            for a, b, size_a, size_b in zip(values, values[1:], sizes, sizes[1:], strict=False)
        ]
        assert slopes == pytest.approx([slopes[0]] * 4)
    etching = [course.etch_rate_nm_per_s for course in courses]
    assert etching == sorted(etching, reverse=True)
    assert all("interpolated" in course.provenance for course in courses[1:-1])


def test_the_mean_of_a_drawn_batch_is_as_good_as_the_printed_one():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        course = paper_kinetics(5.0)
    assert course.provenance == (
        "chosen to reproduce the printed maxima at 5.1 nm, continued to 5 nm (assumed for teaching)"
    )
    assert course.half_time_s == pytest.approx(1.5 * (5.0 / 5.1) ** 5.07, rel=1e-3)


@pytest.mark.parametrize("edge_nm", [4.0, 20.0])
def test_outside_the_printed_sizes_is_a_warning_at_the_callers_line(edge_nm):
    with pytest.warns(UserWarning, match="outside 5.1 to 13.1 nm") as caught:
        course = paper_kinetics(edge_nm)
    assert caught[0].filename == __file__
    assert "continued outside" in course.provenance
    assert course.etch_rate_nm_per_s >= 0


def test_a_parameter_is_as_good_as_its_number():
    half_time = parameter("cuvette-002")
    assert type(CuvetteKinetics("surface", 13.1, half_time).half_time_s) is float


def test_the_mechanism_can_be_chosen():
    for mechanism in MECHANISMS:
        assert paper_kinetics(13.1, mechanism=mechanism).mechanism == mechanism


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"mechanism": "both"}, ValueError, "mechanism must be one of surface, diffusion, got"),
        ({"mechanism": None}, TypeError, "mechanism must be one of surface, diffusion, got None"),
        ({"reference_edge_nm": 0.0}, ValueError, "reference_edge_nm must be > 0 nm, got 0.0"),
        ({"reference_edge_nm": [5.0]}, ValueError, "reference_edge_nm must be a single number"),
        ({"half_time_s": -1.0}, ValueError, "half_time_s must be >= 0 s, got -1.0"),
        ({"half_time_s": math.inf}, ValueError, "half_time_s must be finite and >= 0 s, got inf"),
        ({"half_time_s": "1"}, TypeError, "half_time_s must be a number"),
        ({"start_mean_s": math.nan}, ValueError, "start_mean_s must be >= 0 s, got nan"),
        ({"start_sd_s": -2.0}, ValueError, "start_sd_s must be >= 0 s, got -2.0"),
        ({"start_sd_s": 1.0}, ValueError, "start_sd_s must be 0 s where start_mean_s is 0 s"),
        (
            {"start_mean_s": 1.0, "start_sd_s": 2e10},
            ValueError,
            r"start_sd_s must be at most 1e.09 times start_mean_s, 1 s, got 2e.10",
        ),
        (
            {"start_mean_s": 1e300},
            ValueError,
            "start_mean_s must be between 0 and .* s, got 1e.300",
        ),
        ({"provenance": None}, TypeError, "provenance must be a text, got None"),
        ({"rate_log_sd": -0.1}, ValueError, "rate_log_sd must be between 0 and 10, got -0.1"),
        (
            {"final_iodide_fraction": 1.2},
            ValueError,
            "final_iodide_fraction must be between 0 and 1, got 1.2",
        ),
        (
            {"etch_rate_nm_per_s": -0.1},
            ValueError,
            "etch_rate_nm_per_s must be >= 0 nm/s, got -0.1",
        ),
    ],
)
def test_bad_settings_are_named(changes, kind, message):
    settings = {"mechanism": "surface", "reference_edge_nm": 5.1, "half_time_s": 1.0}
    with pytest.raises(kind, match=message):
        CuvetteKinetics(**settings | changes)


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("half_time_s", [1e-320, 1e-300, 1e60])
@pytest.mark.parametrize("starts_s", [(0.0, 0.0), (1e-320, 1e-320), (1.0, 1e9), (1e60, 1e-300)])
def test_settings_far_from_any_experiment_give_no_nan_and_no_warning(
    mechanism, half_time_s, starts_s
):
    kinetics = CuvetteKinetics(mechanism, 5.0, half_time_s, *starts_s, rate_log_sd=10.0)
    run = simulate_cuvette(
        draw_batch(5.1, 0.6, 30, rng=1), [0, 35.0, 1e60], rng=1, kinetics=kinetics
    )
    assert np.all(np.isfinite(run.start_s))
    assert np.all((run.iodide_fraction >= 0) & (run.iodide_fraction <= 1))


def test_a_crystal_for_ever_at_a_speed_beyond_floats_is_exchanged():
    assert surface_limited_fraction(1e308, 5.0, front_speed_nm_per_s=1e308) == 1.0
    assert diffusion_limited_fraction(1e308, 1e-6, diffusivity_nm2_per_s=1e308) == 1.0
    assert 0 <= diffusion_limited_fraction(1.0, 1e9, diffusivity_nm2_per_s=1e-320) < 1e-100


@pytest.mark.parametrize(
    ("arguments", "keywords", "kind", "message"),
    [
        ((-5.0,), {}, ValueError, "edge_length_nm must be > 0 nm, got -5.0"),
        (([5.0, 6.0],), {}, ValueError, "edge_length_nm must be a single number"),
        ((5.1,), {"mechanism": "x"}, ValueError, "mechanism must be one of surface, diffusion"),
    ],
)
def test_bad_sizes_are_named(arguments, keywords, kind, message):
    with pytest.raises(kind, match=message):
        paper_kinetics(*arguments, **keywords)
