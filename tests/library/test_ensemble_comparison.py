"""What a cuvette cannot tell, and what it can: fitted mechanisms, and sudden changes of crystals."""

from dataclasses import replace

import numpy as np
import pytest

from anionx_teach.ensemble import (
    READING_ERROR_NM,
    CuvetteKinetics,
    abrupt_counterpart,
    compare_mechanisms,
    paper_kinetics,
    simulate_cuvette,
)
from anionx_teach.nanocrystals import NanocrystalBatch, draw_batch
from anionx_teach.photoluminescence import BandpassFilter

SMALL = draw_batch(5.1, 0.6, 1000, rng=1)
LARGE = draw_batch(13.1, 2.0, 300, rng=1)
SLOW = CuvetteKinetics("surface", 5.1, 200.0, start_mean_s=50.0, final_iodide_fraction=0.95)
TIMES_S = np.arange(0, 1401, 35.0)


def slow_course(**changes):
    return simulate_cuvette(SMALL, TIMES_S, rng=1, kinetics=replace(SLOW, **changes))


@pytest.mark.parametrize(
    ("batch", "time_s"),
    [
        (SMALL, np.arange(0, 316, 70.0)),
        (LARGE, [0.0, 1435.0]),
        (LARGE, [0.0, 280.0, 560.0, 840.0, 1120.0, 1435.0]),
    ],
    ids=["5.1 nm", "13.1 nm, printed times", "13.1 nm, six spectra"],
)
def test_a_fast_course_or_a_few_spectra_do_not_tell_the_mechanisms_apart(batch, time_s):
    comparison = compare_mechanisms(simulate_cuvette(batch, time_s, rng=1))
    assert comparison.rms_nm < 0.3 * float(READING_ERROR_NM)
    assert not comparison.told_apart
    assert comparison.other.kinetics.mechanism == "diffusion"
    assert "fitted to the maxima" in comparison.other.kinetics.provenance


@pytest.mark.parametrize("rng", [1, 2])
def test_a_fit_is_not_misled_by_a_maximum_that_jumps(rng):
    """At 287 s two peaks are nearly as high: one crystal more, and the maximum is 70 nm away."""
    batch = draw_batch(13.1, 2.0, 500, rng=rng, long_edge_nm=15.8, long_sd_nm=3.2)
    run = simulate_cuvette(batch, np.arange(0, 1436, 287.0), rng=rng)
    comparison = compare_mechanisms(run)
    assert comparison.rms_nm < 0.5
    assert not comparison.told_apart
    again = compare_mechanisms(run)
    assert again.other.kinetics == comparison.other.kinetics


@pytest.mark.parametrize(
    ("mechanism", "step_s", "reached_nm"),
    # By a differential evolution of 1500 to 3000 courses of all crystals.
    [("surface", 205.0, 1.99), ("diffusion", 287.0, 4.51), ("diffusion", 478.0, 2.61)],
)
def test_a_wide_search_finds_nothing_better(mechanism, step_s, reached_nm):
    batch = draw_batch(13.1, 2.0, 500, rng=1, long_edge_nm=15.8, long_sd_nm=3.2)
    kinetics = paper_kinetics(13.1, mechanism=mechanism)
    run = simulate_cuvette(batch, np.arange(0, 1436, step_s), rng=1, kinetics=kinetics)
    assert compare_mechanisms(run).rms_nm < reached_nm + 0.1


def test_a_large_batch_and_many_spectra_take_no_longer():
    """The work at the end of the fit is bounded; the result holds all crystals and spectra."""
    batch = draw_batch(13.1, 2.0, 2000, rng=1, long_edge_nm=15.8, long_sd_nm=3.2)
    comparison = compare_mechanisms(simulate_cuvette(batch, np.arange(0, 1436, 20.0), rng=1))
    assert comparison.other.spectrum.shape == comparison.run.spectrum.shape
    assert 3.0 < comparison.rms_nm < 7.0


@pytest.mark.parametrize("mechanism", ["surface", "diffusion"])
def test_a_slow_course_tells_them_apart_by_a_few_nanometres(mechanism):
    kinetics = paper_kinetics(13.1, mechanism=mechanism)
    run = simulate_cuvette(LARGE, np.arange(0, 1436, 105.0), rng=1, kinetics=kinetics)
    comparison = compare_mechanisms(run)
    assert comparison.other.kinetics.mechanism != mechanism
    # The other mechanism with the same half time is far away: the fit has come most of the way.
    other = comparison.other.kinetics.mechanism
    unfitted = simulate_cuvette(
        LARGE, run.time_s, rng=1, kinetics=replace(kinetics, mechanism=other)
    )
    before_nm = np.sqrt(np.mean((unfitted.peak_wavelength_nm - run.peak_wavelength_nm) ** 2))
    assert 1.0 < comparison.rms_nm < 10.0 < before_nm
    assert comparison.told_apart
    assert comparison.share_of_shift == pytest.approx(
        comparison.rms_nm / np.ptp(run.peak_wavelength_nm)
    )
    worse = replace(comparison, reading_error_nm=30.0)
    assert not worse.told_apart
    assert worse.expected_misfit == pytest.approx(1 + (comparison.rms_nm / 30) ** 2)
    table = comparison.to_frame()
    np.testing.assert_allclose(
        table.other_peak_wavelength_nm - table.peak_wavelength_nm, table.residual_nm
    )


def test_the_noise_floor_is_that_of_as_many_readings():
    from scipy.stats import chi2

    run = simulate_cuvette(SMALL, [0.0, 35.0], rng=1)
    comparison = compare_mechanisms(run, reading_error_nm=1.0)
    assert comparison.noise_floor == pytest.approx(chi2.ppf(0.95, 2) / 2)
    assert comparison.reading_error_nm == 1.0


def test_a_course_that_does_not_move_has_no_share():
    run = simulate_cuvette(SMALL, [0.0], rng=1)
    assert np.isnan(compare_mechanisms(run).share_of_shift)


def test_the_same_crystals_are_compared():
    run = simulate_cuvette(SMALL, [0.0, 35.0], rng=1)
    other = compare_mechanisms(run).other
    assert other.batch is run.batch
    np.testing.assert_array_equal(np.argsort(other.rate_factor), np.argsort(run.rate_factor))


@pytest.mark.parametrize("mechanism", ["surface", "diffusion"])
@pytest.mark.parametrize("rng", [1, 2])
def test_sudden_changes_send_the_same_red_light_as_slow_ones(mechanism, rng):
    gradual = slow_course(mechanism=mechanism)
    abrupt = abrupt_counterpart(gradual, rng=rng)
    assert abrupt.kinetics.half_time_s == 0.0
    assert abrupt.batch is gradual.batch
    np.testing.assert_allclose(
        abrupt.filtered_intensity(), gradual.filtered_intensity(), rtol=0, atol=0.012
    )


def test_the_same_holds_for_spectra_of_a_moment():
    gradual = simulate_cuvette(SMALL, TIMES_S, rng=1, kinetics=SLOW, exposure_s=0)
    abrupt = abrupt_counterpart(gradual, rng=1)
    np.testing.assert_allclose(
        abrupt.filtered_intensity(), gradual.filtered_intensity(), rtol=0, atol=0.012
    )
    assert set(np.unique(abrupt.iodide_fraction)) == {0.0, 0.95}


def test_the_spectra_and_the_composition_tell_sudden_from_slow():
    gradual = slow_course()
    abrupt = abrupt_counterpart(gradual, rng=1)
    half = int(np.argmin(np.abs(gradual.filtered_intensity() - 0.45)))

    def peaks_nm(run):
        line = run.spectrum[half]
        high = (line[1:-1] > line[:-2]) & (line[1:-1] >= line[2:]) & (line[1:-1] > 0.2 * line.max())
        return run.wavelength_nm[1:-1][high]

    assert len(peaks_nm(gradual)) == 1
    first, second = peaks_nm(abrupt)
    assert first == pytest.approx(488, abs=2)
    assert second == pytest.approx(617, abs=2)
    assert first + 50 < peaks_nm(gradual)[0] < second - 10
    # More iodide is needed before a slowly changing crystal is red at all.
    assert gradual.mean_iodide_fraction[half] > abrupt.mean_iodide_fraction[half] + 0.15


def test_a_course_that_is_not_over_leaves_crystals_that_never_switch():
    gradual = simulate_cuvette(SMALL, np.arange(0, 526, 35.0), rng=1, kinetics=SLOW)
    abrupt = abrupt_counterpart(gradual, rng=1)
    assert 0.1 < np.mean(np.isinf(abrupt.start_s)) < 0.9
    np.testing.assert_allclose(
        abrupt.filtered_intensity(), gradual.filtered_intensity(), rtol=0, atol=0.012
    )


def test_a_single_crystal_switches_when_half_of_the_light_has_come():
    batch = NanocrystalBatch([5.1], [5.1])
    times_s = np.arange(0, 1401, 2.0)
    gradual = simulate_cuvette(batch, times_s, rng=1, kinetics=SLOW, exposure_s=0)
    light = gradual.filtered_intensity()
    half_s = np.interp(0.5, light / light.max(), times_s)
    assert abrupt_counterpart(gradual, rng=1).start_s[0] == pytest.approx(half_s, abs=3)


def test_a_course_that_has_not_begun_has_no_switch_at_all():
    gradual = simulate_cuvette(SMALL, [10.0, 40.0], rng=1, kinetics=SLOW)
    abrupt = abrupt_counterpart(gradual, rng=1)
    assert np.all(np.isinf(abrupt.start_s))
    assert (abrupt.kinetics.start_mean_s, abrupt.kinetics.start_sd_s) == (0.0, 0.0)


def test_the_published_course_of_small_crystals_has_a_sudden_counterpart_that_is_etched_too():
    gradual = simulate_cuvette(SMALL, np.arange(0, 316, 35.0), rng=1)
    abrupt = abrupt_counterpart(gradual, rng=1)
    np.testing.assert_array_equal(abrupt.edge_length_nm, gradual.edge_length_nm)
    np.testing.assert_allclose(
        abrupt.filtered_intensity(), gradual.filtered_intensity(), rtol=0, atol=0.03
    )


def test_light_that_falls_again_has_no_counterpart():
    run = simulate_cuvette(LARGE, np.arange(0, 1436, 35.0), rng=1)
    with pytest.raises(ValueError, match=r"red emission, 590-649 nm must not fall, got a maximum"):
        abrupt_counterpart(run, rng=1)


@pytest.mark.parametrize(
    ("run", "keywords", "kind", "message"),
    [
        (
            "run",
            {},
            TypeError,
            "run must be a CuvetteRun as simulate_cuvette returns it, got 'run'",
        ),
        (
            simulate_cuvette(NanocrystalBatch([], []), [0, 35.0], rng=1),
            {},
            ValueError,
            "run must hold crystals and a time above 0 s, got 0 crystals",
        ),
        (simulate_cuvette(SMALL, [0.0], rng=1), {}, ValueError, "a time above 0 s, got 1000"),
        (
            simulate_cuvette(SMALL, [0.0, 35.0], rng=1),
            {"filter": "red"},
            TypeError,
            "filter must be a BandpassFilter",
        ),
        (
            simulate_cuvette(SMALL, [0.0, 35.0], rng=1),
            {"filter": BandpassFilter(450, 530)},
            ValueError,
            "filter must pass more light after the exchange than before it, got -",
        ),
        (simulate_cuvette(SMALL, [35.0], rng=1), {"rng": 0.5}, TypeError, "rng must be an int"),
    ],
)
def test_what_has_no_counterpart_is_said(run, keywords, kind, message):
    with pytest.raises(kind, match=message):
        abrupt_counterpart(run, **{"rng": 1, **keywords})


@pytest.mark.parametrize(
    ("run", "keywords", "kind", "message"),
    [
        (None, {}, TypeError, "run must be a CuvetteRun as simulate_cuvette returns it, got None"),
        (
            simulate_cuvette(NanocrystalBatch([], []), [0, 35.0], rng=1),
            {},
            ValueError,
            "run must show a maximum in every spectrum",
        ),
        (simulate_cuvette(SMALL, [], rng=1), {}, ValueError, "run must show a maximum in every"),
        (
            simulate_cuvette(SMALL, [0.0], rng=1),
            {"reading_error_nm": 0.0},
            ValueError,
            "reading_error_nm must be > 0 nm, got 0.0",
        ),
    ],
)
def test_what_cannot_be_compared_is_said(run, keywords, kind, message):
    with pytest.raises(kind, match=message):
        compare_mechanisms(run, **keywords)
