"""What the spectrometer records of the crystals in a cuvette: means over the time of a spectrum."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from anionx_teach._spectra import batch_spectra

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._cuvette_crystals import CuvetteCrystals
    from anionx_teach._validation import Numbers

_INSTANTS_IN_ALL = 4096  # of all crystals during one spectrum
_FEWEST_INSTANTS, _MOST_INSTANTS = 8, 64  # of one crystal
_AT_ONCE = 200_000  # instants of crystals, to bound the memory
_GOLDEN = (math.sqrt(5) - 1) / 2


def collect(
    crystals: CuvetteCrystals,
    time_s: Numbers,
    exposure_s: float,
    wavelength_nm: Numbers,
    options: dict[str, Any],
    *,
    instants: int | None = None,
) -> tuple[Numbers, Numbers, Numbers]:
    """Return spectra (T, W), and iodide fraction and edge (nm) of every crystal, (T, N) each.

    All are means over the `exposure_s` that end at each of the times, each crystal looked at at so
    many `instants` during one; without, at as many as make the means good.
    """
    n_times, n_crystals = time_s.size, len(crystals.batch)
    spectrum = np.zeros((n_times, wavelength_nm.size))
    fraction, edge_nm = np.zeros((n_times, n_crystals)), np.zeros((n_times, n_crystals))
    before_s = _before_the_end(exposure_s, n_crystals, instants)
    at_once = max(1, _AT_ONCE // max(1, before_s.size))
    for first in range(0, n_times, at_once):
        rows = slice(first, first + at_once)
        instants_s = time_s[rows, None, None] - before_s
        fractions = crystals.fraction_at(instants_s)
        fraction[rows] = fractions.mean(axis=1)
        edge_nm[rows] = crystals.edges_at(instants_s).mean(axis=1)
        edges_nm, volumes_nm3 = crystals.light_at(instants_s)
        flat = fractions.reshape(len(fractions), -1)
        spectrum[rows] = batch_spectra(
            _flat(edges_nm, before_s.shape),
            _flat(volumes_nm3, before_s.shape),
            flat,
            wavelength_nm,
            **options,
        )
    return spectrum / before_s.shape[0], fraction, edge_nm


def collect_each(
    crystals: CuvetteCrystals,
    which: npt.NDArray[np.intp],
    time_s: float,
    exposure_s: float,
    wavelength_nm: Numbers,
    options: dict[str, Any],
) -> Numbers:
    """Return for some crystals the spectrum that each adds to the one at a time, (n, W)."""
    before_s = _before_the_end(exposure_s, len(crystals.batch))
    instants_s = time_s - before_s
    edges_nm, volumes_nm3 = (
        np.broadcast_to(values, before_s.shape).T[which] for values in crystals.light_at(instants_s)
    )
    fractions = crystals.fraction_at(instants_s).T[which]
    spectra = batch_spectra(edges_nm, volumes_nm3, fractions, wavelength_nm, **options)
    return np.asarray(spectra / before_s.shape[0])


def peak_wavelengths_nm(spectrum: Numbers, wavelength_nm: Numbers) -> Numbers:
    """Return the maximum of each spectrum, of the parabola through its three highest points.

    NaN for a spectrum of zeros; the end of the range when the highest point is there.
    """
    if not spectrum.size:
        return np.full(len(spectrum), np.nan)
    top = spectrum.argmax(axis=1)
    peak = np.where(spectrum.max(axis=1) > 0, wavelength_nm[top], np.nan)
    inside = np.flatnonzero((top > 0) & (top < wavelength_nm.size - 1))
    i = top[inside]
    left_nm, right_nm = (
        wavelength_nm[i] - wavelength_nm[i - 1],
        wavelength_nm[i + 1] - wavelength_nm[i],
    )
    at_top = spectrum[inside, i]
    # Slopes on both sides; a top as flat as its neighbours is left where it is.
    rise = (at_top - spectrum[inside, i - 1]) / left_nm
    fall = (at_top - spectrum[inside, i + 1]) / right_nm
    bend = rise + fall
    shift = (rise * right_nm - fall * left_nm) / (2 * np.where(bend > 0, bend, 1.0))
    peak[inside] += np.where(bend > 0, shift, 0.0)
    return peak


def light_between(
    spectrum: Numbers, wavelength_nm: Numbers, low_nm: float, high_nm: float
) -> Numbers:
    """Return the area of each spectrum between two wavelengths, straight between its points."""
    inside = (wavelength_nm > low_nm) & (wavelength_nm < high_nm)
    points_nm = np.concatenate([[low_nm], wavelength_nm[inside], [high_nm]])
    heights = np.array([np.interp(points_nm, wavelength_nm, row) for row in spectrum])
    heights = heights.reshape(len(spectrum), points_nm.size)
    return np.asarray(np.trapezoid(heights, points_nm, axis=1))


def _before_the_end(exposure_s: float, n_crystals: int, instants: int | None = None) -> Numbers:
    """Return how long before the end of a spectrum each crystal is looked at, (S, N).

    Even steps, begun at another point for each crystal: together they see all of the time, so that
    a few steps a crystal give the mean also of what is over in a moment.
    """
    if exposure_s == 0:
        return np.zeros((1, n_crystals))
    enough = math.ceil(_INSTANTS_IN_ALL / max(1, n_crystals))
    steps = instants or min(max(enough, _FEWEST_INSTANTS), _MOST_INSTANTS)
    begin = (np.arange(n_crystals) + 0.5) * _GOLDEN % 1.0
    return exposure_s * (np.arange(steps)[:, None] + begin) / steps


def _flat(values: Numbers, shape: tuple[int, int]) -> Numbers:
    """Return values of every crystal, (N,) or (T, S, N), as (S N,) or (T, S N)."""
    if values.ndim == 1:
        return np.broadcast_to(values, shape).ravel()
    return values.reshape(len(values), -1)
