"""The result of the cuvette experiment: spectra against time, and the crystals behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from anionx_teach._confinement_inputs import bulk_of
from anionx_teach._cuvette_spectra import (
    collect,
    collect_each,
    light_between,
    peak_wavelengths_nm,
)
from anionx_teach._emission_energy import emission_energy_ev
from anionx_teach._optical_filters import RED_EMISSION_FILTER, BandpassFilter, checked_filter
from anionx_teach._units import natural_units
from anionx_teach._validation import count, finite, read_only

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._cuvette_crystals import CuvetteCrystals
    from anionx_teach._cuvette_kinetics import CuvetteKinetics
    from anionx_teach._validation import Numbers
    from anionx_teach.nanocrystals import NanocrystalBatch


@dataclass(frozen=True, eq=False)
class CuvetteRun:
    """Spectra of a batch while it reacts, made by `simulate_cuvette`.

    Parameters
    ----------
    time_s : ndarray, shape (T,)
        When each spectrum was finished, in s after the iodide was added.
    wavelength_nm : ndarray, shape (W,)
        In nm.
    spectrum : ndarray, shape (T, W)
        Light per nm in the unit of `pl_spectrum`: the area is the volume that emits, in nm^3.
    iodide_fraction : ndarray, shape (T, N)
        Of every crystal, its mean over the time of each spectrum.
    edge_length_nm : ndarray, shape (T, N)
        Of every crystal, in nm, its mean over the time of each spectrum; smaller with time when
        the crystals are etched, and 0 for what has dissolved.
    exposure_s : float
        How long one spectrum takes, in s.

    Examples
    --------
    >>> from anionx_teach.ensemble import simulate_cuvette
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> run = simulate_cuvette(draw_batch(5.1, 0.6, 500, rng=1), [0, 35, 315], rng=1)
    >>> run.spectrum.shape, run.iodide_fraction.shape
    ((3, 400), (3, 500))
    """

    time_s: Numbers
    wavelength_nm: Numbers
    spectrum: Numbers
    iodide_fraction: Numbers
    edge_length_nm: Numbers
    exposure_s: float
    _crystals: CuvetteCrystals = field(repr=False)
    _options: dict[str, Any] = field(repr=False)

    def __post_init__(self) -> None:
        for name in ("time_s", "wavelength_nm", "spectrum", "iodide_fraction", "edge_length_nm"):
            object.__setattr__(self, name, read_only(getattr(self, name)))

    @property
    def batch(self) -> NanocrystalBatch:
        """The crystals as they were before."""
        return self._crystals.batch

    @property
    def kinetics(self) -> CuvetteKinetics:
        """How they reacted."""
        return self._crystals.kinetics

    @property
    def start_s(self) -> Numbers:
        """When each crystal started, in s, (N,); infinite for one that never does."""
        return self._crystals.start_s

    @property
    def rate_factor(self) -> Numbers:
        """How many times faster than the middle one of its size each crystal is, (N,)."""
        return self._crystals.rate_factor

    @cached_property
    def peak_wavelength_nm(self) -> Numbers:
        """Maximum of each spectrum in nm, (T,), of the parabola through its three highest points.

        NaN for a batch of no crystals: without light there is no maximum. Where a spectrum has two
        peaks it is the higher one, and jumps when the other one overtakes it.
        """
        return read_only(peak_wavelengths_nm(self.spectrum, self.wavelength_nm))

    @cached_property
    def mean_iodide_fraction(self) -> Numbers:
        """Iodide over all halide of the batch, (T,): what an elemental analysis would find.

        Crystals count with the volume that they had before. NaN for a batch of no crystals.
        """
        volume_nm3 = self.batch.volume_nm3
        if not volume_nm3.size:
            return read_only(np.full(self.time_s.size, np.nan))
        share = volume_nm3 / volume_nm3.sum()
        return read_only(np.sum(self.iodide_fraction * share, axis=1))

    def iodide_fraction_at(self, time_s: npt.ArrayLike) -> Numbers:
        """Return the iodide fraction of every crystal at moments, not as a mean over a spectrum.

        Parameters
        ----------
        time_s : float or array_like, shape (K,)
            In s after the iodide was added.

        Returns
        -------
        ndarray, shape (N,) or (K, N)

        Raises
        ------
        TypeError, ValueError
            If a time is not a finite number, or the times have more than one dimension.
        """
        moments = finite("time_s", time_s, "s")
        if moments.ndim > 1:
            msg = f"time_s must be one-dimensional, got {moments.ndim} dimensions"
            raise ValueError(msg)
        return self._crystals.fraction_at(moments[..., None])

    def filtered_intensity(
        self,
        filter: BandpassFilter = RED_EMISSION_FILTER,
    ) -> Numbers:
        """Return the light behind a filter, all colours in one number a spectrum.

        Parameters
        ----------
        filter : BandpassFilter
            Its edges have to lie within the wavelengths of the run.

        Returns
        -------
        ndarray, shape (T,)
            In units of all the light that the batch emitted before; zeros for no crystals.

        Raises
        ------
        TypeError, ValueError
            If it is not a filter, or its window is not within the wavelengths.
        """
        window = checked_filter("filter", filter)
        low_nm, high_nm = self._range_nm()
        if window.low_nm < low_nm or window.high_nm > high_nm:
            msg = (
                f"filter must lie within wavelength_nm, {low_nm:g} to {high_nm:g} nm, got {window}"
            )
            raise ValueError(msg)
        volume_nm3 = float(self.batch.volume_nm3.sum())
        light = light_between(self.spectrum, self.wavelength_nm, window.low_nm, window.high_nm)
        return light / (volume_nm3 or 1.0)

    def crystals_of(self, index: int) -> pd.DataFrame:
        """Return the single crystals behind one spectrum.

        Parameters
        ----------
        index : int
            Which spectrum, 0 to T - 1.

        Returns
        -------
        pandas.DataFrame
            One row a crystal: edge_length_nm and iodide_fraction (means over the time of the
            spectrum), emission_nm (the centre of its line at that edge and composition), start_s,
            rate_factor.

        Raises
        ------
        TypeError, ValueError
            If there is no such spectrum.
        """
        import pandas as pd

        row = self._checked_index(index)
        edge_nm, fraction = self.edge_length_nm[row], self.iodide_fraction[row]
        emission_nm = np.full(edge_nm.shape, np.nan)
        left = edge_nm > 0
        model, bowing_ev = self._options["model"], self._options["bowing_ev"]
        energy = emission_energy_ev(edge_nm[left], fraction[left], model, bulk_of(model), bowing_ev)
        emission_nm[left] = natural_units().photon_ev_nm / energy
        return pd.DataFrame(
            {
                "edge_length_nm": edge_nm,
                "iodide_fraction": fraction,
                "emission_nm": emission_nm,
                "start_s": self.start_s,
                "rate_factor": self.rate_factor,
            }
        )

    def crystal_spectra(self, index: int, crystals: npt.ArrayLike | None = None) -> Numbers:
        """Return what single crystals add to one spectrum.

        Parameters
        ----------
        index : int
            Which spectrum, 0 to T - 1.
        crystals : array_like of int, shape (n,), optional
            Which crystals, 0 to N - 1; all of them without.

        Returns
        -------
        ndarray, shape (n, W)
            In the unit of `spectrum`; those of all crystals add up to ``spectrum[index]``.

        Raises
        ------
        TypeError, ValueError
            If there is no such spectrum or crystal.
        """
        row = self._checked_index(index)
        return collect_each(
            self._crystals,
            self._checked_crystals(crystals),
            float(self.time_s[row]),
            self.exposure_s,
            self.wavelength_nm,
            self._options,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a spectrum.

        Returns
        -------
        pandas.DataFrame
            Columns time_s, peak_wavelength_nm, mean_iodide_fraction, mean_edge_nm (NaN without
            crystals).
        """
        import pandas as pd

        n = len(self.batch)
        mean_edge_nm = self.edge_length_nm.mean(axis=1) if n else np.full(self.time_s.size, np.nan)
        return pd.DataFrame(
            {
                "time_s": self.time_s,
                "peak_wavelength_nm": self.peak_wavelength_nm,
                "mean_iodide_fraction": self.mean_iodide_fraction,
                "mean_edge_nm": mean_edge_nm,
            }
        )

    def _range_nm(self) -> tuple[float, float]:
        """Return the first and the last wavelength."""
        return float(self.wavelength_nm[0]), float(self.wavelength_nm[-1])

    def _checked_index(self, index: int) -> int:
        """Return the number of a spectrum."""
        row = count("index", index, minimum=0)
        if row >= self.time_s.size:
            msg = f"index must be below {self.time_s.size}, the number of spectra, got {row}"
            raise ValueError(msg)
        return row

    def _checked_crystals(self, crystals: npt.ArrayLike | None) -> npt.NDArray[np.intp]:
        """Return the numbers of crystals."""
        n = len(self.batch)
        if crystals is None:
            return np.arange(n)
        try:
            which = np.asarray(crystals)
        except (ValueError, OverflowError):  # lists of different lengths
            which = np.asarray(None)
        if which.ndim != 1 or (which.size and which.dtype.kind not in "iu"):
            msg = f"crystals must be a list of whole numbers, got {crystals!r}"
            raise TypeError(msg)
        wrong = which[(which < 0) | (which >= n)]
        if wrong.size:
            msg = f"crystals must be between 0 and {n - 1}, got {wrong[0]}"
            raise ValueError(msg)
        return which.astype(np.intp)


def checked_run(run: object) -> CuvetteRun:
    """Return `run` when it is one."""
    if not isinstance(run, CuvetteRun):
        msg = f"run must be a CuvetteRun as simulate_cuvette returns it, got {run!r}"
        raise TypeError(msg)
    return run


def run_of(
    crystals: CuvetteCrystals,
    time_s: Numbers,
    exposure_s: float,
    wavelength_nm: Numbers,
    options: dict[str, Any],
) -> CuvetteRun:
    """Return what the spectrometer records of crystals; arguments were checked by the caller."""
    recorded = collect(crystals, time_s, exposure_s, wavelength_nm, options)
    return CuvetteRun(time_s, wavelength_nm, *recorded, exposure_s, crystals, options)
