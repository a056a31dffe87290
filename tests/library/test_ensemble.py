"""The cuvette: the published courses, what a spectrum that takes its time shows, the crystals."""

from dataclasses import replace

import numpy as np
import pytest

from anionx_teach.ensemble import (
    COURSE_TOLERANCE_NM,
    MECHANISMS,
    SPECTRUM_TIME_S,
    CuvetteKinetics,
    diffusion_limited_fraction,
    paper_kinetics,
    printed_course,
    simulate_cuvette,
    surface_limited_fraction,
)
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_teach.photoluminescence import (
    BandpassFilter,
    pl_spectrum,
)


def small(n=1000, rng=1):
    return draw_batch(5.1, 0.6, n, rng=rng)


def large(n=1000, rng=1):
    return draw_batch(13.1, 2.0, n, rng=rng, long_edge_nm=15.8, long_sd_nm=3.2)


@pytest.mark.parametrize("rng", range(4))
@pytest.mark.parametrize(("make", "edge_nm"), [(small, 5.1), (large, 13.1)])
def test_the_published_courses_are_met_within_the_declared_tolerance(make, edge_nm, rng):
    printed = printed_course().query("edge_length_nm == @edge_nm")
    time_s = np.arange(0, printed.time_s.max() + 1, float(SPECTRUM_TIME_S))
    run = simulate_cuvette(make(rng=rng), time_s, rng=rng)
    peaks = run.to_frame().set_index("time_s").peak_wavelength_nm.loc[printed.time_s]
    np.testing.assert_allclose(
        peaks, printed.peak_wavelength_nm, rtol=0, atol=float(COURSE_TOLERANCE_NM)
    )


def test_small_crystals_are_done_at_once_and_etched_and_large_ones_take_all_the_time():
    time_s = np.arange(0, 316, 35.0)
    fast = simulate_cuvette(small(), time_s, rng=1).peak_wavelength_nm
    assert fast[1] - fast[0] > 130
    assert np.all(np.diff(fast[2:]) < 0)
    time_s = np.arange(0, 1436, 35.0)
    slow = simulate_cuvette(large(), time_s, rng=1).peak_wavelength_nm
    assert np.all(np.diff(slow) > 0)
    assert np.count_nonzero((slow > 530) & (slow < 650)) > 10


def test_the_spectrum_before_the_iodide_is_that_of_the_batch():
    batch = large()
    run = simulate_cuvette(batch, [0.0, 700.0], rng=1)
    expected = pl_spectrum(batch, run.wavelength_nm)
    np.testing.assert_allclose(run.spectrum[0], expected, rtol=0, atol=1e-6 * expected.max())


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_each_crystal_follows_its_mechanism_from_its_own_start_at_its_own_rate(mechanism):
    batch = large(40)
    kinetics = replace(paper_kinetics(13.1, mechanism=mechanism), final_iodide_fraction=0.8)
    time_s = np.array([10.0, 80.0, 200.0, 700.0])
    run = simulate_cuvette(batch, time_s, rng=3, kinetics=kinetics, exposure_s=0)
    for j in range(len(batch)):
        edges = batch.edge_length_nm[j], batch.long_edge_nm[j]
        since_s = (time_s - run.start_s[j]) * run.rate_factor[j]
        if mechanism == "surface":
            speed = kinetics.front_speed_nm_per_s
            expected = surface_limited_fraction(since_s, *edges, front_speed_nm_per_s=speed)
        else:
            diffusivity = kinetics.diffusivity_nm2_per_s
            expected = diffusion_limited_fraction(
                since_s, *edges, diffusivity_nm2_per_s=diffusivity
            )
        np.testing.assert_allclose(run.iodide_fraction[:, j], 0.8 * expected, atol=2e-7)
        np.testing.assert_array_equal(
            run.iodide_fraction_at(time_s)[:, j], run.iodide_fraction[:, j]
        )


def test_starts_and_rates_have_the_distributions_that_are_declared():
    kinetics = paper_kinetics(13.1)
    run = simulate_cuvette(large(20_000), [0.0], rng=5, kinetics=kinetics)
    assert run.start_s.mean() == pytest.approx(60, abs=4 * 40 / np.sqrt(20_000))
    assert run.start_s.std() == pytest.approx(40, rel=0.04)
    assert run.start_s.min() > 0
    assert np.log(run.rate_factor).mean() == pytest.approx(0, abs=4 * 0.3 / np.sqrt(20_000))
    assert np.log(run.rate_factor).std() == pytest.approx(0.3, rel=0.02)
    assert abs(np.corrcoef(run.start_s, np.log(run.rate_factor))[0, 1]) < 4 / np.sqrt(20_000)


def test_a_seed_that_drew_the_batch_does_not_tie_starts_to_sizes():
    batch = large(20_000, rng=5)
    run = simulate_cuvette(batch, [0.0], rng=5)
    for drawn in (run.start_s, np.log(run.rate_factor)):
        assert abs(np.corrcoef(batch.edge_length_nm, drawn)[0, 1]) < 4 / np.sqrt(20_000)


def test_without_spread_all_crystals_are_alike():
    kinetics = CuvetteKinetics("surface", 13.1, 100.0, start_mean_s=50.0)
    run = simulate_cuvette(large(10), [0.0], rng=1, kinetics=kinetics)
    np.testing.assert_array_equal(run.start_s, 50.0)
    np.testing.assert_array_equal(run.rate_factor, 1.0)


def test_the_same_chance_whatever_the_settings_are():
    few, many = large(50), large(80)
    assert np.array_equal(few.edge_length_nm, many.edge_length_nm[:50])
    first = simulate_cuvette(few, [0.0], rng=7)
    more = simulate_cuvette(many, [0.0], rng=7, kinetics=first.kinetics)
    np.testing.assert_array_equal(first.start_s, more.start_s[:50])
    later = replace(first.kinetics, start_mean_s=120.0, start_sd_s=80.0)
    moved = simulate_cuvette(few, [0.0], rng=7, kinetics=later)
    scale = 120.0 / first.kinetics.start_mean_s
    ratio = first.kinetics.start_sd_s / first.kinetics.start_mean_s * 1.5
    assert ratio == pytest.approx(1.0, abs=0.02)
    np.testing.assert_array_equal(np.argsort(moved.start_s), np.argsort(first.start_s))
    assert np.corrcoef(moved.start_s, scale * first.start_s)[0, 1] > 0.999
    again = simulate_cuvette(few, [0.0], rng=7)
    np.testing.assert_array_equal(again.spectrum, first.spectrum)


def test_a_reaction_slower_than_a_spectrum_is_not_changed_by_its_taking_time():
    time_s = np.arange(200.0, 1436, 200)
    moment = simulate_cuvette(large(), time_s - 17.5, rng=1, exposure_s=0)
    mean = simulate_cuvette(large(), time_s, rng=1)
    np.testing.assert_allclose(mean.peak_wavelength_nm, moment.peak_wavelength_nm, atol=1.0)


def test_a_reaction_faster_than_a_spectrum_leaves_its_tail_in_it():
    batch = small(2000)
    kinetics = replace(paper_kinetics(5.1), etch_rate_nm_per_s=0.0)
    moment = simulate_cuvette(batch, [0, 35.0], rng=1, kinetics=kinetics, exposure_s=0)
    mean = simulate_cuvette(batch, [0, 35.0], rng=1, kinetics=kinetics)
    blue = BandpassFilter(450, 560)
    assert moment.filtered_intensity(blue)[1] < 1e-3
    # Half of the halide is exchanged about 3.5 s after the addition: a tenth of the 35 s.
    assert 0.05 < mean.filtered_intensity(blue)[1] < 0.15
    assert abs(mean.peak_wavelength_nm[1] - moment.peak_wavelength_nm[1]) < 1.5


@pytest.mark.parametrize(("n", "error"), [(1, 0.02), (60, 0.006), (500, 0.008), (3000, 0.004)])
def test_few_looks_at_each_crystal_give_the_mean_over_the_time_of_a_spectrum(n, error):
    # Crystals that react in a moment, somewhere within the spectrum: the worst case.
    batch = small(n)
    kinetics = CuvetteKinetics("surface", 5.1, 0.5, start_mean_s=15.0, start_sd_s=5.0)
    run = simulate_cuvette(batch, [35.0], rng=1, kinetics=kinetics, wavelength_nm=[500.0, 610.0])
    moments_s = (np.arange(1750) + 0.5) / 50
    slow = simulate_cuvette(
        batch, moments_s, rng=1, kinetics=kinetics, exposure_s=0, wavelength_nm=[500.0, 610.0]
    )
    np.testing.assert_allclose(
        run.spectrum[0], slow.spectrum.mean(axis=0), rtol=0, atol=error * slow.spectrum.max()
    )
    exact = slow.mean_iodide_fraction.mean()
    assert run.mean_iodide_fraction[0] == pytest.approx(exact, abs=error)


def test_crystals_with_no_half_time_switch_at_their_start():
    batch = small(200)
    kinetics = CuvetteKinetics("diffusion", 5.1, 0.0, start_mean_s=50.0, start_sd_s=20.0)
    run = simulate_cuvette(batch, [0, 40.0, 60.0], rng=1, kinetics=kinetics, exposure_s=0)
    for time_s, fraction in zip(run.time_s, run.iodide_fraction, strict=True):
        np.testing.assert_array_equal(fraction, np.where(run.start_s < time_s, 1.0, 0.0))
    front = simulate_cuvette(
        batch, [0, 40.0, 60.0], rng=1, kinetics=replace(kinetics, mechanism="surface"), exposure_s=0
    )
    np.testing.assert_array_equal(front.spectrum, run.spectrum)


def test_starts_can_be_given_and_one_that_is_infinite_never_comes():
    batch = NanocrystalBatch([5.0, 5.0, 5.0], [5.0, 5.0, 5.0])
    kinetics = CuvetteKinetics("surface", 5.0, 0.0)
    run = simulate_cuvette(
        batch, [50.0], rng=1, kinetics=kinetics, start_s=[10.0, 100.0, np.inf], exposure_s=0
    )
    assert run.iodide_fraction.tolist() == [[1.0, 0.0, 0.0]]
    assert run.start_s.tolist() == [10.0, 100.0, np.inf]


def test_etching_shortens_every_edge_and_takes_light_away():
    batch = NanocrystalBatch([9.0, 0.4], [9.5, 7.0])
    kinetics = CuvetteKinetics("surface", 5.0, 1.0, etch_rate_nm_per_s=0.01)
    run = simulate_cuvette(batch, [0, 50.0, 100.0], rng=1, kinetics=kinetics, exposure_s=0)
    np.testing.assert_allclose(run.edge_length_nm, [[9.0, 0.4], [8.5, 0.0], [8.0, 0.0]])
    area = np.trapezoid(run.spectrum, run.wavelength_nm, axis=1)
    expected = [8.5**2 * 9.0, 8.0**2 * 8.5]
    np.testing.assert_allclose(area[1:], expected, rtol=1e-3)
    assert run.peak_wavelength_nm[2] < run.peak_wavelength_nm[1]
    assert np.isnan(run.crystals_of(2).emission_nm[1])
