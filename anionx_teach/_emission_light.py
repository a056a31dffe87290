"""The light of nanocrystals on their way from bromide to iodide, before they blink.

Relative to a crystal of the same size that absorbs far above its edge and whose line passes whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _validation
from anionx_teach._confinement_inputs import bulk_of
from anionx_teach._emission_energy import emission_energy_ev, stokes_shift
from anionx_teach._line_shape import mean_step, share_between, sigma_ev
from anionx_teach._optical_filters import window_ev
from anionx_teach.exchange import ExchangeHistory
from anionx_teach.lattice_exchange import LatticeHistory
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    from anionx_teach._emission_settings import Photophysics
    from anionx_teach._optical_filters import BandpassFilter
    from anionx_teach._validation import Numbers

_THROUGH = float(parameter("photophysics-014"))
_COMPOSITIONS = 1001  # at which the brightest one is looked for
_ROUNDING = 1e-9  # of a number of events that was multiplied out


def fractions_of(history: object, times: Numbers) -> Numbers:
    """Return compositions (1 or N, T) of a history, of anything like one, or of an array."""
    of_time = getattr(history, "iodide_fraction", None)
    values = of_time(times) if callable(of_time) else history
    if isinstance(values, str) or not isinstance(values, np.ndarray | list | tuple):
        msg = (
            "history must be an ExchangeHistory, something else with iodide_fraction(time_s), or "
            f"an array of iodide fractions (N, T), got {history!r}"
        )
        raise TypeError(msg)
    fraction = _validation.between("history", values, 0.0, 1.0)
    if fraction.ndim not in {1, 2} or fraction.shape[-1] != times.size:
        msg = (
            f"history must have one column for each of the {times.size} times, "
            f"got shape {fraction.shape}"
        )
        raise ValueError(msg)
    return np.atleast_2d(fraction)


def light_of(
    history: object,
    fraction: Numbers,
    edges_nm: Numbers,
    window: BandpassFilter | None,
    photophysics: Photophysics,
) -> Numbers:
    """Return the relative light of each crystal at each time, (N, T); `edges_nm` is (N, 1)."""
    if isinstance(history, ExchangeHistory):
        # A chain of S events has S + 1 compositions: the light is computed once for each.
        n_sites = history.model.n_sites
        of_events = relative_light(edges_nm, np.arange(n_sites + 1) / n_sites, window, photophysics)
        n_events = np.rint(fraction * n_sites).astype(np.intp)
        if len(n_events) != len(of_events):  # one course for several crystals
            n_events = np.broadcast_to(n_events, (len(of_events), n_events.shape[1]))
        return np.take_along_axis(of_events, n_events, axis=1)
    return relative_light(edges_nm, fraction, window, photophysics)


def relative_light(
    edges_nm: Numbers, fraction: Numbers, window: BandpassFilter | None, photophysics: Photophysics
) -> Numbers:
    """Return what of the absorption and of the line is left, at any composition."""
    model, width_ev = photophysics.model, sigma_ev(photophysics.fwhm_mev)
    centre_ev = emission_energy_ev(
        edges_nm, fraction, model, bulk_of(model), photophysics.bowing_ev
    )
    light = np.ones_like(centre_ev)
    if window is not None:
        light = share_between(*window_ev(window), centre_ev, width_ev)
    if photophysics.absorption_by_composition:
        edge_ev = centre_ev + stokes_shift(edges_nm)
        light *= mean_step(*window_ev(photophysics.excitation_filter), edge_ev, width_ev)
    # Far below the edge the mean is a difference of two tiny numbers: it may come out as -1e-308.
    return np.maximum(light, 0.0)


def degradation_left(
    history: object,
    fraction: Numbers,
    times: Numbers,
    edges_nm: Numbers,
    window: BandpassFilter | None,
    photophysics: Photophysics,
) -> Numbers:
    """Return which part of the light degradation has left at each time, (N, T)."""
    brightest = _brightest_fraction(edges_nm, window, photophysics)
    begin_s = _time_of_fraction(history, fraction, times, brightest)
    since_s = np.maximum(times - begin_s[:, None], 0.0)
    return np.asarray(np.exp(-photophysics.decay_rate_per_s * since_s))


def _brightest_fraction(
    edges_nm: Numbers, window: BandpassFilter | None, photophysics: Photophysics
) -> Numbers:
    """Return the composition at which the light of each crystal is through with its rise, (N,).

    The first that has 99 % of the light of the brightest one; where the bromide is as bright, and
    nothing rises, 99 % of the way to the iodide.
    """
    fraction = np.linspace(0.0, 1.0, _COMPOSITIONS)
    light = relative_light(edges_nm, fraction, window, photophysics)
    first = np.argmax(light >= _THROUGH * light.max(axis=1, keepdims=True), axis=1)
    return np.where(first == 0, _THROUGH, fraction[first])


def _time_of_fraction(
    history: object, fraction: Numbers, times: Numbers, wanted: Numbers
) -> Numbers:
    """Return when each crystal reaches a composition, (N,); infinite when it never does.

    The time of the event where the history holds events, that of the first time asked for elsewhere.
    """
    if isinstance(history, ExchangeHistory | LatticeHistory):
        event_s = np.sort(np.atleast_2d(history.event_time_s), axis=1)
        last = np.ceil(wanted * event_s.shape[1] - _ROUNDING).astype(np.intp) - 1
        event_s = np.broadcast_to(event_s, (wanted.size, event_s.shape[1]))
        return np.take_along_axis(event_s, last[:, None], axis=1)[:, 0]
    reached = fraction >= wanted[:, None]
    first = np.argmax(reached, axis=1) if times.size else np.zeros(len(reached), np.intp)
    begin_s = np.append(times, np.inf)[first]
    return np.where(reached.any(axis=1), begin_s, np.inf)
