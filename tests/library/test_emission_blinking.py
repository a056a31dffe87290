"""Blinking: exact averages over exposures, and chances that are independent."""

import numpy as np
import pytest
from scipy import stats

from anionx_teach import _blinking as blinking
from anionx_teach._counter_draws import INCREMENT, stream_starts
from anionx_teach._exchange_kernels import exponential
from anionx_teach.emission import Photophysics, blinking_trace

SHORT = Photophysics(on_cutoff_s=1.0, off_cutoff_s=0.5)  # many blinks in a short time


def intervals(photophysics, n_crystals, until_s, *, key=1):
    """Lengths and levels of the blinking of some crystals, as they are averaged."""
    law = photophysics.blinking_law
    streams = (stream_starts(blinking._key_for(name, key), 0, n_crystals) for name in PURPOSES)
    for durations, grey, start in zip(*streams, strict=True):
        yield blinking._intervals(law, until_s, durations, grey, start)


PURPOSES = (blinking._DURATION, blinking._GREY, blinking._START)


# The course of a crystal


def test_bright_and_dark_times_of_a_course_follow_their_laws():
    bright_s, dark_s = [], []
    for lengths_s, levels in intervals(SHORT, 40, 200.0):
        assert set(np.abs(np.diff(levels))) == {1.0}  # bright and dark in turn
        bright_s.append(lengths_s[1:][levels[1:] == 1])
        dark_s.append(lengths_s[1:][levels[1:] == 0])
    for parts_s, times in ((bright_s, SHORT.on_times), (dark_s, SHORT.off_times)):
        drawn_s = np.concatenate(parts_s)
        assert drawn_s.size > 10_000
        assert stats.kstest(drawn_s, lambda t, law=times: 1 - law.survival(t)).pvalue > 0.01


def test_a_frame_is_the_exact_average_of_what_happens_in_it():
    frames_s = np.arange(0.025, 20, 0.05)
    parts_s = np.arange(20 * 1000) / 1000 + 0.0005
    physics = Photophysics(grey_share=0.4)
    frames = blinking_trace(frames_s, 6, photophysics=physics, rng=2)
    parts = blinking_trace(parts_s, 6, photophysics=physics, exposure_s=0.001, rng=2)
    np.testing.assert_allclose(frames, parts.reshape(6, -1, 50).mean(axis=2), atol=1e-9)
    assert np.mean(np.isin(parts.round(6), [0.0, 0.3, 1.0])) > 0.99
    assert np.mean((frames > 0.01) & (frames < 0.99) & (abs(frames - 0.3) > 0.01)) > 0.05


def test_a_naive_walk_through_the_times_gives_the_same_frames():
    physics = Photophysics(grey_share=0.3)
    middle_s = np.arange(40) * 0.5 + 0.3
    ours = blinking_trace(middle_s, 3, photophysics=physics, exposure_s=0.2, rng=1)
    for row, (lengths_s, levels) in zip(
        ours, intervals(physics, 3, 21.0, key=_key(1)), strict=True
    ):
        ends_s = np.cumsum(lengths_s)
        for value, t in zip(row, middle_s, strict=True):
            lit = sum(
                level * max(0.0, min(end, t + 0.1) - max(end - length, t - 0.1))
                for end, length, level in zip(ends_s, lengths_s, levels, strict=True)
            )
            assert value == pytest.approx(lit / 0.2, abs=1e-12)


def _key(seed):
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0])


def test_a_stationary_start_is_as_bright_as_ever():
    time_s = np.array([0.001, 0.02, 0.05, 0.1, 0.5, 3.0])
    trace = blinking_trace(time_s, 8000, exposure_s=0.002, rng=4)
    error = np.sqrt(0.7 * 0.3 / 8000)
    assert np.all(abs(trace.mean(axis=0) - Photophysics().mean_brightness) < 4 * error)


@pytest.mark.parametrize(("start", "first"), [("on", 1.0), ("off", 0.0)])
def test_a_declared_start_begins_with_a_fresh_time(start, first):
    physics = Photophysics(blinking_start=start)
    time_s = np.arange(0.005, 0.5, 0.01)
    trace = blinking_trace(time_s, 3000, photophysics=physics, exposure_s=0.01, rng=4)
    assert np.all(trace.round(9)[:, :5] == first)  # no time is shorter than 50 ms
    unbroken = (trace.round(9) == first).cumprod(axis=1).mean(axis=0)
    times = physics.on_times if start == "on" else physics.off_times
    expected = times.survival(time_s + 0.005)
    assert np.all(abs(unbroken - expected) < 4.5 * np.sqrt(0.25 / 3000))
    late = blinking_trace([150.0], 3000, photophysics=physics, rng=4)
    assert late.mean() == pytest.approx(physics.mean_brightness, abs=0.035)


def test_the_half_exposure_before_the_light_is_on_shows_the_first_state():
    for start, level in (("on", 1.0), ("off", 0.0)):
        fresh = Photophysics(blinking_start=start)
        trace = blinking_trace([0.0], 9, photophysics=fresh, rng=1)
        np.testing.assert_allclose(trace, level, atol=1e-12)


def test_bright_is_never_above_one_nor_below_zero():
    trace = blinking_trace(np.arange(0.0, 2000, 0.7), 20, exposure_s=0.013, rng=1)
    assert trace.min() == 0.0
    assert trace.max() == 1.0


# Grey


def test_the_mean_brightness_is_the_share_of_the_bright_time():
    on, off = Photophysics().on_times.mean_s, Photophysics().off_times.mean_s
    assert Photophysics().mean_brightness == pytest.approx(on / (on + off))
    assert Photophysics(blinking=False).mean_brightness == 1.0
    half = Photophysics(grey_share=0.5, grey_level=0.4)
    assert half.mean_brightness == pytest.approx((on + 0.2 * off) / (on + off))


@pytest.mark.parametrize(("share", "level"), [(0.0, 0.3), (0.5, 0.4), (1.0, 0.3), (1.0, 1.0)])
def test_crystals_are_as_bright_on_average_as_they_should_be(share, level):
    physics = Photophysics(on_cutoff_s=1, grey_share=share, grey_level=level)
    trace = blinking_trace(np.arange(0.05, 300, 0.1), 60, photophysics=physics, rng=6)
    means = trace.mean(axis=1)
    error = max(means.std() / np.sqrt(60), 1e-12)
    assert abs(means.mean() - physics.mean_brightness) < 4 * error


def test_all_dark_times_grey_fill_the_dark_exactly():
    time_s = np.arange(0.05, 60, 0.05)
    black = blinking_trace(time_s, 5, rng=1)
    grey = blinking_trace(
        time_s, 5, photophysics=Photophysics(grey_share=1.0, grey_level=0.25), rng=1
    )
    np.testing.assert_allclose(grey, black + 0.25 * (1 - black), atol=1e-9)


def test_a_larger_grey_share_keeps_the_grey_times_there_were():
    shares = (0.2, 0.6)
    traces = [
        blinking_trace(np.arange(0.05, 60, 0.05), 5, photophysics=Photophysics(grey_share=s), rng=1)
        for s in shares
    ]
    assert np.all(traces[1] >= traces[0] - 1e-9)
    assert traces[1].mean() > traces[0].mean()


# Chance by counter


def test_blinking_off_is_always_bright():
    trace = blinking_trace([0.1, 0.2], 3, photophysics=Photophysics(blinking=False), rng=1)
    np.testing.assert_array_equal(trace, np.ones((3, 2)))


def test_neither_more_crystals_nor_other_times_change_a_crystal():
    time_s = np.arange(0.05, 100, 0.05)
    trace = blinking_trace(time_s, 8, rng=1)
    np.testing.assert_array_equal(blinking_trace(time_s, 3, rng=1), trace[:3])
    np.testing.assert_array_equal(blinking_trace(time_s[500:700], 8, rng=1), trace[:, 500:700])
    np.testing.assert_array_equal(blinking_trace(time_s[:10], 8, rng=1), trace[:, :10])
    later = blinking_trace(time_s + 500.0, 8, start_s=500.0, rng=1)
    np.testing.assert_allclose(later, trace, atol=1e-9)


def test_another_seed_or_condition_is_another_chance():
    time_s = np.arange(0.05, 50, 0.05)
    trace = blinking_trace(time_s, 3, rng=1)
    for other in (
        blinking_trace(time_s, 3, rng=2),
        blinking_trace(time_s, 3, rng=1, condition=1),
        blinking_trace(time_s, 3, rng=np.random.default_rng(1)),
    ):
        assert abs(np.corrcoef(trace.ravel(), other.ravel())[0, 1]) < 0.1
    same = np.random.SeedSequence(1)
    np.testing.assert_array_equal(blinking_trace(time_s, 3, rng=same), trace)


def test_a_moved_slider_keeps_the_draws():
    _, usual = next(intervals(Photophysics(), 1, 20.0))
    lengths, longer = (
        next(intervals(Photophysics(on_cutoff_s=cutoff), 1, 20.0))[0][1:17:2]
        for cutoff in (10.0, 12.0)
    )
    other = next(intervals(Photophysics(on_cutoff_s=12.0), 1, 20.0))[1]
    np.testing.assert_array_equal(usual[:16], other[:16])
    assert np.all(longer >= lengths)
    np.testing.assert_allclose(longer, lengths, rtol=0.2)


def test_crystals_blink_independently_at_every_shift():
    # Draws of consecutive intervals, which a stream that is a shifted copy of another would repeat.
    starts = stream_starts(blinking._key_for(blinking._DURATION, 7), 0, 40)
    offset = np.arange(1, 1001, dtype=np.uint64) * INCREMENT
    draws = exponential(starts[:, None] + offset)
    assert np.unique(draws).size == draws.size
    ranks = stats.zscore(stats.rankdata(draws, axis=1), axis=1)
    spectra = np.fft.rfft(ranks, 2048, axis=1)
    for shift in (1, 2, 3):
        crossed = np.fft.irfft(spectra[shift:] * spectra[:-shift].conj(), axis=1) / 1000
        assert abs(crossed).max() < 6 / np.sqrt(1000)


def test_no_crystal_is_a_shifted_copy_of_another():
    trace = blinking_trace(np.arange(0.1, 400, 0.1), 30, photophysics=SHORT, rng=8)
    spectra = np.fft.rfft(stats.zscore(trace, axis=1), 8192, axis=1)
    for neighbour in range(1, 6):
        products = spectra[neighbour:] * spectra[:-neighbour].conj()
        crossed = np.fft.irfft(products, axis=1) / trace.shape[1]
        assert abs(crossed).max() < 0.2
    itself = np.fft.irfft(spectra * spectra.conj(), axis=1) / trace.shape[1]
    np.testing.assert_allclose(itself[:, 0], 1.0)  # what a copy would show


def test_traces_of_crystals_are_not_correlated():
    trace = blinking_trace(np.arange(0.05, 2000, 0.25), 40, photophysics=SHORT, rng=8)
    correlation = np.corrcoef(trace)[np.triu_indices(40, 1)]
    # A trace remembers itself for a second or so: 8000 frames are worth some 2000.
    assert abs(correlation).max() < 4.5 / np.sqrt(2000)
    assert abs(correlation.mean()) < 4 * correlation.std() / np.sqrt(correlation.size)


def test_the_exchange_of_the_same_seed_has_a_chance_of_its_own():
    offset = np.arange(1, 301, dtype=np.uint64) * INCREMENT
    keys = [_key(1), *(blinking._key_for(name, _key(1)) for name in PURPOSES)]
    draws = [exponential(stream_starts(key, 0, 100)[:, None] + offset).ravel() for key in keys]
    assert np.unique(np.concatenate(draws)).size == 4 * draws[0].size
    ranks = stats.rankdata(draws, axis=1)
    correlation = np.corrcoef(ranks)[np.triu_indices(4, 1)]
    assert abs(correlation).max() < 4.5 / np.sqrt(draws[0].size)


def test_when_more_intervals_are_needed_the_first_ones_stay(monkeypatch):
    time_s = np.arange(0.05, 100, 0.05)
    physics = Photophysics(grey_share=0.5)
    expected = blinking_trace(time_s, 4, photophysics=physics, rng=1)
    monkeypatch.setattr(blinking, "_FIRST_GUESS", 0.0)
    trace = blinking_trace(time_s, 4, photophysics=physics, rng=1)
    np.testing.assert_array_equal(trace, expected)
