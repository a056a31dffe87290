"""Values that are no mistake of type but far from all that is taught: named, never a crash."""

import math

import numpy as np
import pytest

from anionx_teach import (
    Micrograph,
    Parameter,
    band_gap_ev,
    brus_sphere_gap_ev,
    confined_levels_ev,
    draw_batch,
    emission_wavelength_nm,
    halide_sites,
    hidden_batch,
    powder_pattern,
    render_micrograph,
    surface_fraction,
    unit_cells,
)
from anionx_teach.cli import main

LENGTHS = {
    "edge_length_nm": [
        unit_cells,
        halide_sites,
        surface_fraction,
        band_gap_ev,
        confined_levels_ev,
        emission_wavelength_nm,
        lambda edge: powder_pattern("CsPbBr3", edge, [20.0, 21.0]),
    ],
    "radius_nm": [brus_sphere_gap_ev],
}


@pytest.mark.filterwarnings("ignore:edge_length_nm outside")
@pytest.mark.parametrize("length_nm", [5e-324, 1e-110, 1e110, 1e308, 10**400])
@pytest.mark.parametrize(
    ("name", "function"), [(name, f) for name, functions in LENGTHS.items() for f in functions]
)
def test_a_length_beyond_arithmetic_is_named(name, function, length_nm):
    with pytest.raises((ValueError, TypeError), match=f"^{name} must be "):
        function(length_nm)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unit_cells([5.0, True]), "edge_length_nm must be a number or an array of numbers"),
        (lambda: draw_batch(5, 1, 3, rng=1, long_edge_nm=1e200), "long_edge_nm must be between"),
        (
            lambda: draw_batch(5, 1, 3, rng=1, long_edge_nm=6, long_sd_nm=1e200),
            "long_sd_nm must be between",
        ),
        (
            lambda: band_gap_ev(5.1, model="weak", reduced_mass_m0=1e200),
            "reduced_mass_m0 must be between",
        ),
        (lambda: Micrograph(np.full((5, 5), 1e300), 0.25), "image must be of numbers that float32"),
        (lambda: Micrograph(np.ones((5, 5)), 1e-9), "pixel_size_nm must be between"),
        (lambda: Micrograph(np.ones((5, 5)), 0.25, truth="abc"), "truth must be a table"),
        (lambda: Parameter("5", "nm", "us", "computed"), "value must be a number"),
        (lambda: Parameter(True, "nm", "us", "computed"), "value must be a number"),
        (lambda: Parameter(5.0, 7, "us", "computed"), "unit must be a text, got 7"),
        (lambda: hidden_batch(1).verdict_on("a"), "misfit must be a number"),
        (lambda: hidden_batch(1).verdict_on(math.nan), "misfit must be >= 0, got nan"),
        (
            lambda: render_micrograph(draw_batch(5, 1, 3, rng=1), rng=1, electrons_per_nm2=1e200),
            "electrons_per_nm2 must be between",
        ),
    ],
)
def test_each_names_what_is_wrong(call, message):
    with pytest.raises((ValueError, TypeError), match=f"^{message}"):
        call()


def test_a_field_far_larger_than_the_crystals_is_mostly_film():
    batch = draw_batch(5.1, 0.6, 300, rng=1)
    micrograph = render_micrograph(batch, rng=1, pixel_size_nm=1000.0, shape=(64, 64))
    assert micrograph.n_drawn > 250


def test_fractions_of_tiny_and_huge_crystals():
    np.testing.assert_allclose(surface_fraction([1e-6, 0.1, 1e9]), [1, 1, 0], atol=1e-8)


def test_one_angle_gives_one_intensity():
    angles_deg = np.linspace(20, 22, 5)
    pattern = powder_pattern("CsPbBr3", 8.0, angles_deg)
    single = powder_pattern("CsPbBr3", 8.0, angles_deg[2])
    assert single.shape == ()
    assert float(single) == pytest.approx(pattern[2])


@pytest.mark.filterwarnings("ignore:edge_length_nm outside")
def test_results_can_be_compared():
    batch = draw_batch(5.1, 0.6, 20, rng=1)
    first, second = (render_micrograph(batch, rng=1, shape=(64, 64)) for _ in range(2))
    assert first == first  # noqa: PLR0124 - with arrays to compare this would raise
    assert first != second, "by identity: arrays have no single truth"
    assert confined_levels_ev(5.1) != confined_levels_ev(5.1)


def test_an_unset_shell_variable_is_no_folder(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["lab", "", "--no-launch"])
    assert stopped.value.code == 2
    assert "must be the name of a folder, got nothing" in capsys.readouterr().err
