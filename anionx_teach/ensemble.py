"""The cuvette: spectra of a whole batch while its crystals exchange bromide for iodide.

A spectrum adds up all crystals, and takes its time: what a single one does is hidden in it twice.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _data
from anionx_teach._abrupt_counterpart import abrupt_counterpart
from anionx_teach._confinement_inputs import BOWING_EV, SMALLEST_EDGE_NM, checked_edges_nm
from anionx_teach._cuvette_crystals import draw_crystals
from anionx_teach._cuvette_kinetics import (
    MECHANISMS,
    PRINTED_SIZES_NM,
    CuvetteKinetics,
    kinetics_of_size,
    paper_kinetics,
)
from anionx_teach._cuvette_mechanisms import diffusion_limited_fraction, surface_limited_fraction
from anionx_teach._cuvette_run import CuvetteRun, run_of
from anionx_teach._line_width import FWHM_MEV
from anionx_teach._mechanism_comparison import (
    READING_ERROR_NM,
    MechanismComparison,
    compare_mechanisms,
)
from anionx_teach._spectrum_inputs import checked_batch, checked_options, checked_wavelengths
from anionx_teach._validation import between, increasing, non_negative, scalar
from anionx_teach.materials import Parameter, parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers
    from anionx_teach.nanocrystals import NanocrystalBatch

__all__ = [
    "COURSE_TOLERANCE_NM",
    "MECHANISMS",
    "READING_ERROR_NM",
    "SPECTRUM_TIME_S",
    "CuvetteKinetics",
    "CuvetteRun",
    "MechanismComparison",
    "abrupt_counterpart",
    "compare_mechanisms",
    "diffusion_limited_fraction",
    "paper_kinetics",
    "printed_course",
    "simulate_cuvette",
    "surface_limited_fraction",
]

_SPECTRUM_TIME_ROW = _data.rows("paper_numbers")["paper_numbers-021"]
SPECTRUM_TIME_S = Parameter(
    float(_SPECTRUM_TIME_ROW["value"]),
    _SPECTRUM_TIME_ROW["unit"],
    f"the paper, {_SPECTRUM_TIME_ROW['location']}",
    _SPECTRUM_TIME_ROW["evidence"],
)
"""How long the collection of one spectrum takes in the paper: 35 s."""

COURSE_TOLERANCE_NM = parameter("cuvette-012")
"""How far the maxima of `paper_kinetics` may be from the printed ones: 3 nm."""

# Rows of the paper's numbers: edge length, time (none for before), maximum.
_COURSE_ROWS = (
    ("001", None, "014"),
    ("001", "021", "015"),
    ("001", "017", "016"),
    ("009", None, "018"),
    ("009", "020", "019"),
)
_LONGEST_S = 1e60  # of a time, or of a spectrum: beyond any experiment


def simulate_cuvette(
    batch: NanocrystalBatch,
    time_s: npt.ArrayLike,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    kinetics: CuvetteKinetics | None = None,
    start_s: npt.ArrayLike | None = None,
    exposure_s: float = float(SPECTRUM_TIME_S),
    wavelength_nm: npt.ArrayLike | None = None,
    fwhm_mev: float = FWHM_MEV,
    model: str = "empirical",
    bowing_ev: float = BOWING_EV,
) -> CuvetteRun:
    """Return the spectra of a batch in a cuvette while it reacts with an excess of iodide.

    Parameters
    ----------
    batch : NanocrystalBatch
        N crystals of CsPbBr3; none is allowed and gives spectra of zeros.
    time_s : array_like, shape (T,)
        When each spectrum is finished, increasing, in s after the iodide was added, >= 0.
    rng : int, numpy.random.SeedSequence, numpy.random.Generator or None
        Where the starts and the own rates of the crystals come from. The same `rng` gives every
        crystal the same chance whatever the settings are.
    kinetics : CuvetteKinetics, optional
        How the crystals react; without it `paper_kinetics` of the mean edge (of 5.1 nm for a batch
        of no crystals).
    start_s : array_like, shape (N,), optional
        The start of every crystal, in s, instead of those drawn; infinite for one that never does.
    exposure_s : float
        How long one spectrum takes, in s; 0 for spectra of a moment.
    wavelength_nm : array_like, shape (W,), optional
        Increasing, 100 to 10 000 nm; without it 400 to 799 nm in steps of 1 nm, the paper's step.
    fwhm_mev, model, bowing_ev
        As for `pl_spectrum`.

    Returns
    -------
    CuvetteRun

    Raises
    ------
    TypeError, ValueError
        If the times are below 0 or not increasing, there is not one start >= 0 for each crystal,
        the exposure is below 0, or an argument of `pl_spectrum` is out of its range.

    Warns
    -----
    UserWarning
        If the mean edge is outside 3 to 20 nm, at first or because the crystals were etched so far,
        or outside 5.1 to 13.1 nm by more than 5 % where `kinetics` is left out.

    Notes
    -----
    Crystal j starts at t_j and follows one mechanism at its own rate r_j,

        x_j(t) = x_end X(r_j (t - t_j), L_j),    X = 0 before the start,

    with t_j from a gamma distribution and r_j from a lognormal one of median 1. Its light is that
    of one homogeneous crystal of composition x_j, as in `pl_spectrum`: a gradient within a crystal
    is left out, and every composition emits the same light for the same absorbed light.

    Each spectrum is the mean over the `exposure_s` before its time, since a spectrometer takes 35 s
    to collect one. The one at time 0 was collected before the iodide was added. A reaction that is
    over in a few seconds is therefore never seen under way: the first spectrum has its maximum at
    the product and a weak tail towards the colour of the bromide, from the crystals as they were
    until they reacted. What is slower than 35 s is not changed by the mean. (A spectrometer that
    scans records each wavelength at another moment of the 35 s; the mean leaves that out.)

    With the default settings the maxima meet the printed ones, see `printed_course`, within
    `COURSE_TOLERANCE_NM`. They are assumed for teaching: many others do the same.

    References
    ----------
    `paper.CITATION`, Results (Fig. 2) and Experimental section. B. A. Koscher et al., J. Am. Chem.
    Soc. 138, 12065 (2016), for the two mechanisms (literature, to be verified).

    Examples
    --------
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> batch = draw_batch(5.1, 0.6, 1000, rng=1)
    >>> run = simulate_cuvette(batch, [0, 35, 315], rng=1)
    >>> [round(float(peak)) for peak in run.peak_wavelength_nm]  # printed: 486, 622, 615 nm
    [488, 622, 615]
    """
    times = increasing("time_s", non_negative("time_s", time_s, "s"), "s")
    between("time_s", times, 0.0, _LONGEST_S, "s")
    checked_batch(batch)
    if wavelength_nm is None:
        wavelength_nm = np.arange(400.0, 800.0)
    wavelengths = checked_wavelengths(wavelength_nm)
    exposure = non_negative("exposure_s", scalar("exposure_s", exposure_s), "s")
    between("exposure_s", exposure, 0.0, _LONGEST_S, "s")
    options = checked_options(fwhm_mev, model, bowing_ev)
    if len(batch):
        checked_edges_nm(batch.mean_edge_nm)
    if kinetics is None:
        mean_edge_nm = batch.mean_edge_nm if len(batch) else PRINTED_SIZES_NM[0]
        kinetics = kinetics_of_size(mean_edge_nm)
    if not isinstance(kinetics, CuvetteKinetics):
        msg = f"kinetics must be CuvetteKinetics such as paper_kinetics(5.1), got {kinetics!r}"
        raise TypeError(msg)
    crystals = draw_crystals(batch, kinetics, rng, _checked_starts(start_s, len(batch)))
    run = run_of(crystals, times, float(exposure), wavelengths, options)
    if run.edge_length_nm.size and kinetics.etch_rate_nm_per_s > 0:
        _warn_of_etching(run)
    return run


def printed_course() -> pd.DataFrame:
    """Return the maxima that the paper prints for its two cuvettes.

    Returns
    -------
    pandas.DataFrame
        Columns edge_length_nm, time_s (0 for before the iodide was added), peak_wavelength_nm; a
        fresh copy. The spectra in between are drawn in Fig. 2 and not printed as numbers.

    References
    ----------
    `paper.CITATION`, Results, Fig. 2b and 2c.

    Examples
    --------
    >>> printed_course()
       edge_length_nm  time_s  peak_wavelength_nm
    0             5.1     0.0               486.0
    1             5.1    35.0               622.0
    2             5.1   315.0               615.0
    3            13.1     0.0               516.0
    4            13.1  1435.0               661.0
    """
    import pandas as pd

    def value(row: str | None) -> float:
        return float(_data.rows("paper_numbers")[f"paper_numbers-{row}"]["value"]) if row else 0.0

    names = ("edge_length_nm", "time_s", "peak_wavelength_nm")
    return pd.DataFrame([map(value, rows) for rows in _COURSE_ROWS], columns=names)


def _checked_starts(start_s: npt.ArrayLike | None, n_crystals: int) -> Numbers | None:
    """Return one start >= 0 for each crystal; infinite ones are allowed."""
    if start_s is None:
        return None
    starts = between("start_s", start_s, 0.0, np.inf, "s")
    if starts.shape != (n_crystals,):
        msg = f"start_s must have the shape ({n_crystals},), one a crystal, got {starts.shape}"
        raise ValueError(msg)
    return starts


def _warn_of_etching(run: CuvetteRun) -> None:
    """Warn when the last crystals are so small that their colour is not known."""
    mean_nm = float(run.edge_length_nm[-1].mean())
    smallest_nm = float(SMALLEST_EDGE_NM)
    if mean_nm < smallest_nm <= run.batch.mean_edge_nm:
        rate = run.kinetics.etch_rate_nm_per_s
        warnings.warn(
            f"etch_rate_nm_per_s = {rate:g} nm/s shrinks the mean edge to {mean_nm:.2g} nm: below "
            f"{smallest_nm:g} nm the colours are not compared with anything",
            UserWarning,
            stacklevel=3,
        )
