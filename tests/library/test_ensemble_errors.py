"""What a cuvette refuses, by its message, and what it doubts."""

import math

import numpy as np
import pytest

from anionx_teach.ensemble import CuvetteKinetics, paper_kinetics, simulate_cuvette
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_teach.photoluminescence import BandpassFilter

BATCH = NanocrystalBatch([5.0, 5.2], [5.0, 5.2])


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"batch": [5.0]}, TypeError, r"batch must be a NanocrystalBatch, got \[5.0\]"),
        ({"time_s": [0, 70, 35]}, ValueError, "time_s must be increasing, got 70 before 35 s"),
        ({"time_s": [35, 35]}, ValueError, "time_s must be increasing, got 35 before 35 s"),
        ({"time_s": [-35, 0]}, ValueError, "time_s must be >= 0 s, got -35.0"),
        ({"time_s": [0, math.nan]}, ValueError, "time_s must be >= 0 s, got nan"),
        ({"time_s": [0, math.inf]}, ValueError, "time_s must be finite and >= 0 s, got inf"),
        ({"time_s": 35}, ValueError, "time_s must be one-dimensional, got 0 dimensions"),
        ({"time_s": "35"}, TypeError, "time_s must be a number or an array of numbers"),
        ({"exposure_s": -1.0}, ValueError, "exposure_s must be >= 0 s, got -1.0"),
        ({"exposure_s": 1e308}, ValueError, "exposure_s must be between 0 and .* s, got 1e.308"),
        ({"time_s": [0, 1e308]}, ValueError, "time_s must be between 0 and .* s, got 1e.308"),
        ({"exposure_s": [35.0]}, ValueError, "exposure_s must be a single number"),
        ({"wavelength_nm": [0, 500]}, ValueError, "wavelength_nm must be > 0 nm, got 0.0"),
        (
            {"wavelength_nm": [600, 500]},
            ValueError,
            "wavelength_nm must be increasing, got 600 before 500 nm",
        ),
        ({"wavelength_nm": [50, 60]}, ValueError, "wavelength_nm must be between 100 and 10000 nm"),
        ({"fwhm_mev": -3.0}, ValueError, "fwhm_mev must be > 0 meV, got -3.0"),
        ({"fwhm_mev": 0.1}, ValueError, "fwhm_mev must be between 1 and 1000 meV, got 0.1"),
        ({"model": "brus"}, ValueError, "model must be one of empirical"),
        ({"bowing_ev": math.nan}, ValueError, "bowing_ev must be finite eV, got nan"),
        (
            {"kinetics": "fast"},
            TypeError,
            "kinetics must be CuvetteKinetics such as paper_kinetics",
        ),
        ({"start_s": [1.0]}, ValueError, r"start_s must have the shape \(2,\), one a crystal"),
        ({"start_s": [1.0, -1.0]}, ValueError, "start_s must be between 0 and inf s, got -1.0"),
        ({"start_s": [1.0, math.nan]}, ValueError, "start_s must be between 0 and inf s, got nan"),
        ({"rng": "1"}, TypeError, "rng must be an int, a SeedSequence or a Generator"),
    ],
)
def test_bad_arguments_are_named(changes, kind, message):
    arguments = {"batch": BATCH, "time_s": [0, 35], "rng": 1, **changes}
    with pytest.raises(kind, match=message):
        simulate_cuvette(arguments.pop("batch"), arguments.pop("time_s"), **arguments)


@pytest.mark.parametrize(
    ("method", "arguments", "kind", "message"),
    [
        ("crystals_of", (2,), ValueError, "index must be below 2, the number of spectra, got 2"),
        ("crystals_of", (-1,), ValueError, "index must be >= 0, got -1"),
        ("crystals_of", (0.5,), TypeError, "index must be a whole number"),
        ("crystal_spectra", (5,), ValueError, "index must be below 2"),
        ("crystal_spectra", (0, [2]), ValueError, "crystals must be between 0 and 1, got 2"),
        ("crystal_spectra", (0, [-1]), ValueError, "crystals must be between 0 and 1, got -1"),
        ("crystal_spectra", (0, [0.5]), TypeError, "crystals must be a list of whole numbers"),
        ("crystal_spectra", (0, [1, [0]]), TypeError, "crystals must be a list of whole numbers"),
        ("crystal_spectra", (0, 1), TypeError, "crystals must be a list of whole numbers"),
        ("filtered_intensity", ("red",), TypeError, "filter must be a BandpassFilter such as"),
        (
            "filtered_intensity",
            (BandpassFilter(700, 900),),
            ValueError,
            "filter must lie within wavelength_nm, 400 to 799 nm, got 700-900 nm",
        ),
        ("iodide_fraction_at", ([math.nan],), ValueError, "time_s must be finite s, got nan"),
        ("iodide_fraction_at", ([[1.0]],), ValueError, "time_s must be one-dimensional"),
    ],
)
def test_bad_questions_to_a_run_are_named(method, arguments, kind, message):
    run = simulate_cuvette(BATCH, [0, 35], rng=1)
    with pytest.raises(kind, match=message):
        getattr(run, method)(*arguments)


@pytest.mark.parametrize("mean_nm", [2.0, 25.0])
def test_sizes_outside_the_colour_law_are_a_warning_at_the_callers_line(mean_nm):
    batch = NanocrystalBatch([mean_nm], [mean_nm])
    with pytest.warns(UserWarning, match="outside 3 to 20 nm") as caught:
        simulate_cuvette(batch, [0.0], rng=1, kinetics=CuvetteKinetics("surface", 5.0, 1.0))
    assert [str(item.filename) for item in caught] == [__file__]


def test_sizes_without_a_printed_course_are_a_warning_at_the_callers_line():
    with pytest.warns(UserWarning, match="outside 5.1 to 13.1 nm") as caught:
        simulate_cuvette(NanocrystalBatch([4.0], [4.0]), [0.0], rng=1)
    assert [str(item.filename) for item in caught] == [__file__]


def test_the_tails_of_a_printed_batch_are_no_warning():
    batch = draw_batch(5.1, 0.6, 20_000, rng=1)
    assert batch.edge_length_nm.min() < 3.0
    simulate_cuvette(batch, [0.0, 315.0], rng=1)


def test_crystals_that_etch_away_are_a_warning_at_the_callers_line():
    kinetics = CuvetteKinetics("surface", 5.0, 1.0, etch_rate_nm_per_s=0.1)
    with pytest.warns(UserWarning, match=r"shrinks the mean edge to 1.6 nm: below 3 nm") as caught:
        simulate_cuvette(BATCH, [0.0, 35.0], rng=1, kinetics=kinetics, exposure_s=0)
    assert [str(item.filename) for item in caught] == [__file__]


def test_crystals_that_have_all_dissolved_emit_nothing():
    kinetics = CuvetteKinetics("surface", 5.0, 1.0, etch_rate_nm_per_s=1.0)
    with pytest.warns(UserWarning, match="shrinks the mean edge to 0 nm"):
        run = simulate_cuvette(BATCH, [0.0, 350.0], rng=1, kinetics=kinetics)
    assert not run.spectrum[1].any()
    assert np.isnan(run.peak_wavelength_nm[1])
    assert np.all(np.isnan(run.crystals_of(1).emission_nm))


def test_extreme_settings_stay_finite():
    for half_time_s in (0.0, 1e-12, 1e12):
        kinetics = CuvetteKinetics(
            "diffusion", 5.0, half_time_s, start_mean_s=1e-9, start_sd_s=1e-3, rate_log_sd=10.0
        )
        run = simulate_cuvette(BATCH, [0.0, 1e9], rng=1, kinetics=kinetics)
        assert np.all(np.isfinite(run.spectrum))
        assert np.all((run.iodide_fraction >= 0) & (run.iodide_fraction <= 1))


def test_an_exposure_may_be_longer_than_the_course():
    run = simulate_cuvette(BATCH, [1.0], rng=1, kinetics=paper_kinetics(5.1), exposure_s=1e6)
    assert run.mean_iodide_fraction[0] < 1e-3
