"""The record of a cuvette: maxima, filters, the crystals behind a spectrum, and nothing at all."""

from dataclasses import replace

import numpy as np
import pytest

from anionx_teach.ensemble import CuvetteKinetics, paper_kinetics, simulate_cuvette
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_teach.photoluminescence import (
    RED_EMISSION_FILTER,
    BandpassFilter,
    line_shape,
    transmitted_fraction,
)


def small(n=1000, rng=1):
    return draw_batch(5.1, 0.6, n, rng=rng)


def large(n=1000, rng=1):
    return draw_batch(13.1, 2.0, n, rng=rng, long_edge_nm=15.8, long_sd_nm=3.2)


def test_one_crystal_emits_its_line():
    batch = NanocrystalBatch([9.0], [9.0])
    run = simulate_cuvette(batch, [0.0], rng=1, kinetics=paper_kinetics(9.0))
    centre = run.crystals_of(0).emission_nm[0]
    line = 9.0**3 * line_shape(run.wavelength_nm, centre)
    np.testing.assert_allclose(run.spectrum[0], line, rtol=0, atol=2e-6 * line.max())
    fine = np.linspace(centre - 5, centre + 5, 20_001)
    true_peak = fine[line_shape(fine, centre).argmax()]
    assert run.peak_wavelength_nm[0] == pytest.approx(true_peak, abs=0.01)


def test_the_single_crystals_add_up_to_the_spectrum():
    run = simulate_cuvette(small(300), [0, 35.0, 70.0], rng=1)
    for index in range(3):
        each = run.crystal_spectra(index)
        assert each.shape == (300, 400)
        np.testing.assert_allclose(
            each.sum(axis=0), run.spectrum[index], rtol=0, atol=1e-5 * run.spectrum[index].max()
        )
    two, everyone = run.crystal_spectra(1, [7, 3]), run.crystal_spectra(1)
    np.testing.assert_allclose(two, everyone[[7, 3]], rtol=0, atol=1e-5 * two.max())
    assert run.crystal_spectra(1, []).shape == (0, 400)


def test_the_table_of_crystals_says_what_each_is():
    run = simulate_cuvette(large(30), [0, 700.0], rng=1)
    before, after = run.crystals_of(0), run.crystals_of(1)
    assert list(before.columns) == [
        "edge_length_nm",
        "iodide_fraction",
        "emission_nm",
        "start_s",
        "rate_factor",
    ]
    assert np.all(after.emission_nm > before.emission_nm)
    np.testing.assert_array_equal(after.iodide_fraction, run.iodide_fraction[1])


def test_the_light_behind_a_filter_is_what_the_lines_send_through_it():
    batch = large(200)
    run = simulate_cuvette(batch, [0, 300.0, 600.0, 1435.0], rng=1, exposure_s=0)
    volume = batch.edge_length_nm**2 * batch.long_edge_nm
    part = transmitted_fraction(batch.edge_length_nm, run.iodide_fraction, RED_EMISSION_FILTER)
    np.testing.assert_allclose(
        run.filtered_intensity(), (part * volume).sum(axis=1) / volume.sum(), atol=1e-4
    )
    everything = run.filtered_intensity(BandpassFilter(400, 799))
    np.testing.assert_allclose(everything, 1.0, atol=1e-3)


def test_a_window_between_two_points_of_a_coarse_grid_is_not_empty():
    run = simulate_cuvette(large(50), [1435.0], rng=1, wavelength_nm=np.arange(400, 800, 10.0))
    narrow, wide = (run.filtered_intensity(BandpassFilter(660 - w, 660 + w)) for w in (2, 4))
    assert wide[0] == pytest.approx(2 * narrow[0], rel=0.05)


def test_the_mean_composition_counts_crystals_with_their_volume():
    batch = NanocrystalBatch([5.0, 10.0], [5.0, 10.0])
    run = simulate_cuvette(
        batch,
        [50.0],
        rng=1,
        kinetics=CuvetteKinetics("surface", 5.0, 0.0),
        start_s=[10.0, np.inf],
        exposure_s=0,
    )
    assert run.mean_iodide_fraction[0] == pytest.approx(1 / 9)


def test_no_crystals_give_spectra_of_zeros_and_no_maximum():
    run = simulate_cuvette(NanocrystalBatch([], []), [0, 35.0], rng=1)
    assert run.spectrum.shape == (2, 400)
    assert not run.spectrum.any()
    assert np.all(np.isnan(run.peak_wavelength_nm))
    assert run.iodide_fraction.shape == run.edge_length_nm.shape == (2, 0)
    assert run.filtered_intensity().tolist() == [0.0, 0.0]
    assert len(run.crystals_of(1)) == 0
    assert run.crystal_spectra(0).shape == (0, 400)
    assert np.all(np.isnan(run.mean_iodide_fraction))
    assert run.to_frame().shape == (2, 4)


def test_no_times_and_no_wavelengths_are_empty_results():
    run = simulate_cuvette(small(5), [], rng=1)
    assert run.spectrum.shape == (0, 400)
    assert run.peak_wavelength_nm.shape == (0,)
    assert len(run.to_frame()) == 0
    run = simulate_cuvette(small(5), [35.0], rng=1, wavelength_nm=[])
    assert run.spectrum.shape == (1, 0)
    assert np.isnan(run.peak_wavelength_nm[0])


def test_a_maximum_at_the_end_of_the_wavelengths_is_that_end():
    run = simulate_cuvette(small(5), [0.0], rng=1, wavelength_nm=[520.0, 530.0])
    assert run.peak_wavelength_nm[0] == 520.0


def test_a_maximum_is_found_between_uneven_wavelengths():
    nearly = [400.0, 470.0, 484.0, 487.5, 489.0, 500.0, 600.0]
    batch = NanocrystalBatch([5.1], [5.1])
    fine = simulate_cuvette(batch, [0.0], rng=1).peak_wavelength_nm[0]
    uneven = simulate_cuvette(batch, [0.0], rng=1, wavelength_nm=nearly).peak_wavelength_nm[0]
    assert uneven == pytest.approx(fine, abs=0.2)


def test_results_cannot_be_changed():
    run = simulate_cuvette(small(5), [0, 35.0], rng=1)
    for name in ("time_s", "spectrum", "iodide_fraction", "edge_length_nm", "peak_wavelength_nm"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(run, name)[...] = 0.0
    assert run.exposure_s == 35.0
    assert len(run.batch) == 5


def test_many_crystals_are_as_many_small_pieces_of_work():
    # More than what is held in memory at once: the pieces must fit together.
    batch = large(12_000)
    time_s = np.arange(0, 1436, 205.0)
    run = simulate_cuvette(batch, time_s, rng=1)
    for i in (0, 3, 7):
        one = simulate_cuvette(batch, time_s[i : i + 1], rng=1)
        np.testing.assert_array_equal(one.iodide_fraction[0], run.iodide_fraction[i])
        np.testing.assert_allclose(
            one.spectrum[0], run.spectrum[i], rtol=0, atol=1e-5 * run.spectrum[i].max()
        )


@pytest.mark.parametrize("sd_s", [5.9e-256, 1e-30])
def test_a_spread_of_starts_too_small_to_show_is_none(sd_s):
    kinetics = replace(paper_kinetics(13.1), start_sd_s=sd_s)
    run = simulate_cuvette(large(20), [35.0, 350.0], rng=1, kinetics=kinetics)
    np.testing.assert_array_equal(run.start_s, kinetics.start_mean_s)
