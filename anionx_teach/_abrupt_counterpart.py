"""Crystals that each switch at once, and together send the same light through a filter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._confinement_inputs import bulk_of
from anionx_teach._cuvette_crystals import own_stream
from anionx_teach._cuvette_run import CuvetteRun, checked_run, run_of
from anionx_teach._cuvette_spectra import collect, light_between
from anionx_teach._emission_energy import emission_energy_ev
from anionx_teach._line_shape import share_between, sigma_ev
from anionx_teach._optical_filters import RED_EMISSION_FILTER, BandpassFilter, window_ev
from anionx_teach._validation import read_only

if TYPE_CHECKING:
    from anionx_teach._cuvette_crystals import CuvetteCrystals
    from anionx_teach._validation import Numbers

_MOMENTS = 600  # at which the light is looked at, from the addition of the iodide to the end
_SMALLEST_GAIN = 0.01  # of all light: with less the filter does not see the exchange
_LARGEST_FALL = 0.05  # of the gain: what a smooth window loses near its middle is let through


def abrupt_counterpart(
    run: CuvetteRun,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    filter: BandpassFilter = RED_EMISSION_FILTER,
) -> CuvetteRun:
    """Return crystals that each switch at once, and together give the same light as a run.

    Parameters
    ----------
    run : CuvetteRun
        Any course of at least one crystal and one time above 0 whose light behind the filter only
        grows.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Decides which crystal switches when.
    filter : BandpassFilter
        Through which the light is seen.

    Returns
    -------
    CuvetteRun
        The same batch at the same times. Each crystal goes from bromide to the final iodide
        fraction in no time, at its own start; one that has not switched at the end has an infinite
        start.

    Raises
    ------
    TypeError, ValueError
        If the run holds no crystals or no time above 0, the filter does not see the exchange, or
        the light falls again: crystals that switch on for good cannot make that.

    Notes
    -----
    Let S(t) be the light of the run, S0(t) what the same crystals would send without exchange and
    S1(t) after it. If a part F(t) of them has switched, whatever their size, they send
    S0 + F (S1 - S0). So the starts need to have the distribution

        F(t) = (S(t) - S0(t)) / (S1(t) - S0(t)),

    which exists whenever that is between 0 and 1 and never falls. One number a time, measured on
    all crystals at once, therefore cannot tell a slow change of every crystal from sudden changes at
    different times. The spectra can: a gradual change is one peak that moves, sudden ones are two
    peaks that trade height.

    A light that falls by less than 5 % of its gain is taken as constant: a red window loses that
    little when the centre of a line passes its middle.

    Examples
    --------
    >>> from anionx_teach.ensemble import CuvetteKinetics, simulate_cuvette
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> slow = CuvetteKinetics("surface", 5.1, half_time_s=200.0, final_iodide_fraction=0.95)
    >>> time_s = [0, 200, 400, 500, 1200]
    >>> gradual = simulate_cuvette(draw_batch(5.1, 0.6, 500, rng=1), time_s, rng=1, kinetics=slow)
    >>> abrupt = abrupt_counterpart(gradual, rng=1)
    >>> for course in (gradual, abrupt):
    ...     print(course.filtered_intensity().round(2), course.peak_wavelength_nm.round())
    [0.   0.   0.35 0.7  0.91] [488. 544. 584. 597. 617.]
    [0.   0.   0.35 0.7  0.91] [488. 488. 488. 617. 617.]
    """
    checked_run(run)
    run.filtered_intensity(filter)  # raises when the filter is not one for this run
    if not len(run.batch) or not np.any(run.time_s > 0):
        msg = (
            f"run must hold crystals and a time above 0 s, got {len(run.batch)} crystals and times "
            f"{run.time_s}"
        )
        raise ValueError(msg)
    moments_s = np.linspace(0.0, run.time_s[-1], _MOMENTS)
    switched = _switched(run, filter, moments_s)
    start_s = _starts(_gains(run, filter), switched, moments_s, own_stream(rng))
    finite_s = start_s[np.isfinite(start_s)]
    kinetics = replace(
        run.kinetics,
        half_time_s=0.0,
        start_mean_s=float(finite_s.mean()) if finite_s.size else 0.0,
        start_sd_s=float(finite_s.std()) if finite_s.size else 0.0,
        provenance=f"sudden changes that send the same light through {filter} as another course",
    )
    crystals = replace(run._crystals, kinetics=kinetics, start_s=read_only(start_s))
    return run_of(crystals, run.time_s, run.exposure_s, run.wavelength_nm, run._options)


def _switched(run: CuvetteRun, window: BandpassFilter, moments_s: Numbers) -> Numbers:
    """Return which part of the crystals has to have switched, never falling, 0 to 1."""
    crystals = run._crystals
    without = replace(crystals, kinetics=replace(run.kinetics, final_iodide_fraction=0.0))
    started = read_only(np.full(len(run.batch), -1.0))
    after = replace(crystals, kinetics=replace(run.kinetics, half_time_s=0.0), start_s=started)
    light, none, full = (_light_of(c, run, window, moments_s) for c in (crystals, without, after))
    gain = full - none
    volume_nm3 = float(run.batch.volume_nm3.sum())
    if gain.min() < _SMALLEST_GAIN * volume_nm3:
        msg = (
            f"filter must pass more light after the exchange than before it, got "
            f"{gain.min() / volume_nm3:+.1%} of all light through {window}"
        )
        raise ValueError(msg)
    share = (light - none) / gain
    highest = np.maximum.accumulate(share)
    fall = max(float(np.max(highest - share)), float(highest[-1]) - 1.0)
    if fall > _LARGEST_FALL:
        at_s = moments_s[int(np.argmax(share))]
        msg = (
            f"the light through {window} must not fall, got a maximum after {at_s:.0f} s that is "
            f"{share.max():.2f} of the light of the product: crystals that switch once for good "
            "cannot make that"
        )
        raise ValueError(msg)
    return np.clip(highest, 0.0, 1.0)


def _light_of(
    crystals: CuvetteCrystals, run: CuvetteRun, window: BandpassFilter, moments_s: Numbers
) -> Numbers:
    """Return the light behind the filter at moments, in nm^3."""
    spectrum = collect(crystals, moments_s, 0.0, run.wavelength_nm, run._options)[0]
    return light_between(spectrum, run.wavelength_nm, window.low_nm, window.high_nm)


def _gains(run: CuvetteRun, window: BandpassFilter) -> Numbers:
    """Return how much more light each crystal sends through the filter after its exchange."""
    edge_nm = run.batch.edge_length_nm
    options = run._options
    low_ev, high_ev = window_ev(window)

    def passing(fraction: float) -> Numbers:
        centre_ev = emission_energy_ev(
            edge_nm,
            np.asarray(fraction),
            options["model"],
            bulk_of(options["model"]),
            options["bowing_ev"],
        )
        return share_between(low_ev, high_ev, centre_ev, sigma_ev(options["fwhm_mev"]))

    gain = passing(run.kinetics.final_iodide_fraction) - passing(0.0)
    return np.asarray(run.batch.volume_nm3 * np.maximum(gain, 0.0))


def _starts(
    gain: Numbers, switched: Numbers, moments_s: Numbers, chance: np.random.Generator
) -> Numbers:
    """Return starts such that the gain of those that have started is the switched part of all."""
    order = chance.permutation(gain.size)
    reached = (np.cumsum(gain[order]) - gain[order] / 2) / gain.sum()
    start_s = np.empty(gain.size)
    start_s[order] = np.interp(reached, switched, moments_s, right=np.inf)
    return start_s
