"""From composition to photons: absorption, colour, filter, blinking and degradation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from anionx_teach import _validation
from anionx_teach._blinking import STARTS, exposed_brightness
from anionx_teach._blinking_times import BlinkingTimes
from anionx_teach._confinement_inputs import checked_edges_nm
from anionx_teach._counter_draws import checked_condition, draw_key
from anionx_teach._emission_light import (
    degradation_left,
    fractions_of,
    light_of,
    relative_light,
)
from anionx_teach._emission_settings import PAPER_EXCITATION_W_CM2, Photophysics
from anionx_teach._optical_filters import RED_EMISSION_FILTER, BandpassFilter, checked_filter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

__all__ = [
    "PAPER_EXCITATION_W_CM2",
    "STARTS",
    "BlinkingTimes",
    "CompositionHistory",
    "Photophysics",
    "blinking_trace",
    "photon_budget",
    "photon_rates",
]

EXPOSURE_S = 0.05
"""One exposure of the paper, in s."""

_DEFAULT = Photophysics()


class CompositionHistory(Protocol):
    """Anything that tells the composition of crystals at given times."""

    def iodide_fraction(self, time_s: npt.ArrayLike, /) -> Numbers:
        """Return the iodide fraction at each time, (T,) or (N, T)."""


def photon_rates(
    history: CompositionHistory | npt.ArrayLike,
    edge_length_nm: npt.ArrayLike,
    time_s: npt.ArrayLike,
    *,
    filter: BandpassFilter | None = RED_EMISSION_FILTER,  # the word of the field
    photophysics: Photophysics = _DEFAULT,
    exposure_s: float = EXPOSURE_S,
    start_s: float = 0.0,
    long_edge_nm: npt.ArrayLike | None = None,
    condition: int = 0,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> Numbers:
    r"""Return the photons a second that each nanocrystal sends to the camera.

    Parameters
    ----------
    history : ExchangeHistory, LatticeHistory, or array_like of shape (N, T) or (T,)
        Composition: anything with `iodide_fraction(time_s)`, or the iodide fractions themselves, 0
        to 1, at `time_s`. One course alone serves all crystals.
    edge_length_nm : float or array_like, shape (N,)
        Edge in nm, one for all crystals or one for each.
    time_s : array_like, shape (T,)
        Middle of each exposure in s, increasing, none before `start_s`.
    filter : BandpassFilter or None
        In front of the camera; None for no filter.
    photophysics : Photophysics
        All assumptions, each with a switch.
    exposure_s : float
        Length of an exposure in s, > 0.
    start_s : float
        When the exciting light is switched on, and blinking begins, in s.
    long_edge_nm : float or array_like, shape (N,), optional
        The third edge of crystals that are no cubes, in nm; only the volume depends on it.
    condition : int
        Number >= 0 of the condition within a series: with the same `rng`, another condition meets
        independent chance.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Where chance comes from. An int or a SeedSequence gives the same blinking each time; a
        Generator gives one number of its own, the key of all draws.

    Returns
    -------
    numpy.ndarray, shape (N, T)
        Photons a second behind objective and filter, before the quantum efficiency of the camera;
        an average over each exposure.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above, compositions are outside 0 to 1 or do not fit the
        times, there are neither as many edges as courses nor only one, or a crystal would blink
        more than a million times.

    Warns
    -----
    UserWarning
        If an edge is outside 3 to 20 nm.

    Notes
    -----
    The rate of a bright crystal is that of `Photophysics` with the share T of `transmitted_fraction`
    and the absorption of `filtered_rise`. It is multiplied with

    - the brightness of the blinking crystal, averaged over the exposure exactly;
    - :math:`e^{-k (t - t_m)}` from the moment :math:`t_m` on at which the exchange has brought the
      crystal to 99 % of the light of its brightest composition, seen through the filter: the
      degradation. A crystal that does not come so far does not degrade.

    Composition and degradation are those of the middle of an exposure. For a smooth course the error
    is of the second order in the exposure: below 1 % of the height when the light takes three
    exposures or more to rise.

    Each bright or dark time follows from key, condition, crystal and its number alone. More crystals
    leave the first ones as they are; other times, sizes or intensities meet the same blinking; and
    the exchange of the same seed has a chance of its own.

    References
    ----------
    J. Maes et al., J. Phys. Chem. Lett. 9, 3093 (2018), for cross-sections in proportion to the
    volume (literature, secondary copy or abstract).

    Examples
    --------
    >>> time_s = np.arange(0.025, 60, 0.05)
    >>> iodide_fraction = 1 / (1 + np.exp(-(time_s - 30) / 2))
    >>> rates = photon_rates(iodide_fraction, [5.1, 13.1], time_s, rng=1)
    >>> rates.shape, bool(rates[:, :100].max() < 0.1)
    ((2, 1200), True)

    Photons in the brightest frame:

    >>> (rates.max(axis=1) * 0.05).round().tolist()
    [36.0, 616.0]

    Without blinking the second crystal dims at the end: its line leaves the window of the filter.

    >>> steady = Photophysics(blinking=False)
    >>> rates = photon_rates(iodide_fraction, [5.1, 13.1], time_s, photophysics=steady, rng=1)
    >>> (rates[:, -1] * 0.05).round().tolist()
    [36.0, 152.0]
    """
    times, exposure = _checked_exposures(time_s, exposure_s, start_s)
    _checked_photophysics(photophysics)
    window = None if filter is None else checked_filter("filter", filter)
    key, condition = draw_key(rng), checked_condition(condition)
    fraction = fractions_of(history, times)
    edges_nm = checked_edges_nm(edge_length_nm)
    full_per_s, edges_nm = _bright_rates(photophysics, edges_nm, long_edge_nm, len(fraction))
    rates = light_of(history, fraction, edges_nm, window, photophysics) * full_per_s
    if photophysics.decay_rate_per_s > 0:
        rates *= degradation_left(history, fraction, times, edges_nm, window, photophysics)
    law = photophysics.blinking_law
    if law is not None:
        since_s = times - start_s
        rates *= exposed_brightness(
            law, len(rates), since_s, exposure, key=key, condition=condition
        )
    return rates


def blinking_trace(
    time_s: npt.ArrayLike,
    n: int = 1,
    *,
    photophysics: Photophysics = _DEFAULT,
    exposure_s: float = EXPOSURE_S,
    start_s: float = 0.0,
    condition: int = 0,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> Numbers:
    """Return the brightness of blinking nanocrystals, relative to the bright state.

    Parameters
    ----------
    time_s, photophysics, exposure_s, start_s, condition, rng
        As for `photon_rates`, whose crystals blink in just this way.
    n : int
        How many crystals, 0 or more.

    Returns
    -------
    numpy.ndarray, shape (n, T)
        0 to 1, an exact average over each exposure; 1 everywhere when blinking is off.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Examples
    --------
    >>> trace = blinking_trace(np.arange(0.05, 100, 0.05), 40, rng=1)
    >>> trace.shape, round(float(trace.mean()), 1), round(Photophysics().mean_brightness, 1)
    ((40, 1999), 0.7, 0.7)
    """
    times, exposure = _checked_exposures(time_s, exposure_s, start_s)
    number = _validation.count("n", n, minimum=0)
    law = _checked_photophysics(photophysics).blinking_law
    key, condition = draw_key(rng), checked_condition(condition)
    if law is None:
        return np.ones((number, times.size))
    return exposed_brightness(law, number, times - start_s, exposure, key=key, condition=condition)


def photon_budget(
    edge_length_nm: float,
    iodide_fraction: float = 1.0,
    *,
    filter: BandpassFilter | None = RED_EMISSION_FILTER,  # the word of the field
    photophysics: Photophysics = _DEFAULT,
    exposure_s: float = EXPOSURE_S,
) -> pd.DataFrame:
    """Follow the light from the lamp to the camera, for one bright nanocrystal.

    Parameters
    ----------
    edge_length_nm : float
        Edge in nm.
    iodide_fraction : float
        Composition, 0 to 1.
    filter : BandpassFilter or None
        In front of the camera; None for no filter.
    photophysics : Photophysics
        The assumptions; blinking and degradation are left out here.
    exposure_s : float
        Length of an exposure in s, > 0.

    Returns
    -------
    pandas.DataFrame
        Columns step, value and unit, from the intensity to the photons in one exposure.

    Raises
    ------
    TypeError, ValueError
        If an argument is not one of those above.

    Warns
    -----
    UserWarning
        If the edge is outside 3 to 20 nm.

    Examples
    --------
    Why the printed 29 uW/cm^2 cannot be the intensity at the nanocrystal:

    >>> dim = Photophysics(excitation_w_cm2=float(PAPER_EXCITATION_W_CM2))
    >>> for edge_nm in (5.1, 13.1):
    ...     photons = photon_budget(edge_nm, photophysics=dim)["value"].iloc[-1]
    ...     print(f"{edge_nm} nm: {photons:.3f} photons a frame")
    5.1 nm: 0.003 photons a frame
    13.1 nm: 0.015 photons a frame
    """
    _checked_photophysics(photophysics)
    window = None if filter is None else checked_filter("filter", filter)
    _validation.scalar("edge_length_nm", edge_length_nm)
    edge_nm = checked_edges_nm(edge_length_nm)
    fraction = _validation.scalar("iodide_fraction", iodide_fraction)
    composition = _validation.between("iodide_fraction", fraction, 0.0, 1.0)
    exposure = _positive_scalar("exposure_s", exposure_s)
    left = float(relative_light(edge_nm, composition, None, photophysics))
    seen = float(relative_light(edge_nm, composition, window, photophysics))
    flux, area = photophysics.photon_flux_per_cm2_s, float(photophysics.cross_section_cm2(edge_nm))
    absorbed = flux * area * left
    emitted = absorbed * photophysics.quantum_yield
    collected = emitted * photophysics.collection_efficiency
    at_camera = flux * area * seen * photophysics.quantum_yield * photophysics.collection_efficiency
    steps = [
        ("intensity of the exciting light", photophysics.excitation_w_cm2, "W/cm^2"),
        ("energy of an exciting photon", photophysics.photon_energy_ev, "eV"),
        ("flux of exciting photons", flux, "1/(cm^2 s)"),
        ("absorption cross-section far above the edge", area, "cm^2"),
        ("part of it left at this composition", left, "-"),
        ("photons absorbed", absorbed, "1/s"),
        ("photons emitted", emitted, "1/s"),
        ("photons collected", collected, "1/s"),
        ("photons behind the filter", at_camera, "1/s"),
        ("photons in one exposure", at_camera * exposure, "photons"),
    ]
    import pandas as pd

    return pd.DataFrame(steps, columns=["step", "value", "unit"])


def _checked_exposures(
    time_s: npt.ArrayLike, exposure_s: float, start_s: float
) -> tuple[Numbers, float]:
    """Return middles of exposures, none before the light is on, and the length of an exposure."""
    times = _validation.increasing("time_s", time_s, "s")
    start = _validation.scalar("start_s", start_s)
    _validation.finite("start_s", start, "s")
    if times.size and times[0] < start:
        msg = f"time_s must be >= start_s, {start:g} s, got {times[0]:g}"
        raise ValueError(msg)
    return times, _positive_scalar("exposure_s", exposure_s)


def _positive_scalar(name: str, value: float) -> float:
    return float(_validation.positive(name, _validation.scalar(name, value), "s"))


def _checked_photophysics(photophysics: object) -> Photophysics:
    """Return `photophysics` when it is one."""
    if not isinstance(photophysics, Photophysics):
        msg = f"photophysics must be a Photophysics, got {photophysics!r}"
        raise TypeError(msg)
    return photophysics


def _bright_rates(
    photophysics: Photophysics,
    edges_nm: Numbers,
    long_edge_nm: npt.ArrayLike | None,
    n_courses: int,
) -> tuple[Numbers, Numbers]:
    """Return the rate of each crystal when its light is whole, and its edge, both (N, 1)."""
    cross_section = np.asarray(photophysics.cross_section_cm2(edges_nm, long_edge_nm))
    shape = np.broadcast_shapes(cross_section.shape, edges_nm.shape)
    n = n_courses if shape in {(), (1,)} else shape[0]
    if len(shape) > 1 or n_courses not in {1, n}:
        msg = (
            "edge_length_nm must be one number or one for each of the "
            f"{n_courses} courses of history, got shape {shape}"
        )
        raise ValueError(msg)
    per_s = (
        photophysics.photon_flux_per_cm2_s
        * cross_section
        * photophysics.quantum_yield
        * photophysics.collection_efficiency
    )
    return tuple(np.broadcast_to(values, n)[:, None] for values in (per_s, edges_nm))  # type: ignore[return-value]
