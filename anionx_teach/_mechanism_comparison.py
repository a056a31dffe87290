"""How well the course of a cuvette tells two mechanisms apart: one fitted to the other's maxima."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._cuvette_kinetics import MECHANISMS, CuvetteKinetics
from anionx_teach._cuvette_run import CuvetteRun, checked_run, run_of
from anionx_teach._cuvette_spectra import collect, peak_wavelengths_nm
from anionx_teach._validation import positive, scalar
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from anionx_teach._cuvette_crystals import CuvetteCrystals
    from anionx_teach._validation import Numbers

    _Distance = Callable[[Numbers], float]

READING_ERROR_NM = parameter("cuvette-011")
"""Error of reading the maximum of one spectrum, declared: 2 nm."""

# The search looks at the first crystals of the batch and at an even choice of the spectra.
_CRYSTALS_IN_SEARCH, _SPECTRA_IN_SEARCH = 300, 42
_INSTANTS_IN_SEARCH = 4  # of a crystal during one spectrum
_CANDIDATES = 256  # a power of 2, for even coverage
_REFINED = 4  # the best of them
_EVALUATIONS, _FEWEST_EVALUATIONS = 150, 20  # of one refinement
_CRYSTALS_IN_ALL = 6_000_000  # crystals x spectra x evaluations at the end of the fit
_GOOD_ENOUGH_NM2 = 0.01
_MARGIN = 1e-3  # from the bounds, where a fit begins
_SHORTEST_S = 0.01
_CONFIDENCE = 0.95
# What is fitted, with bounds and the size of a step: ln half time, ln mean start, ln (sd / mean) of
# the starts, spread of the rates, final iodide fraction.
_LOW = np.array([-7.0, -7.0, -4.0, 0.0, 0.3])
_HIGH = np.array([14.0, 12.0, 1.5, 2.0, 1.0])
_STEP = np.array([0.3, 0.3, 0.3, 0.3, 0.05])
# Where candidates are: from the half time of the course, from its middle, and as they are.
_NEAREST = np.array([-2.5, -3.0, -3.0, 0.0, -0.05])
_FARTHEST = np.array([1.5, 0.5, 0.5, 2.0, 0.05])


@dataclass(frozen=True, eq=False)
class MechanismComparison:
    """A course, and the best that the other mechanism can do to follow its maxima.

    Parameters
    ----------
    run : CuvetteRun
        The course.
    other : CuvetteRun
        The same crystals with the other mechanism, its settings fitted.
    reading_error_nm : float
        Standard error of reading one maximum, in nm.

    Examples
    --------
    >>> from anionx_teach.ensemble import compare_mechanisms, simulate_cuvette
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> run = simulate_cuvette(draw_batch(5.1, 0.6, 200, rng=1), [0, 35, 70, 105], rng=1)
    >>> comparison = compare_mechanisms(run)
    >>> comparison.told_apart
    False
    """

    run: CuvetteRun
    other: CuvetteRun
    reading_error_nm: float

    @property
    def residual_nm(self) -> Numbers:
        """Maximum of the other mechanism less that of the run, (T,), in nm."""
        return self.other.peak_wavelength_nm - self.run.peak_wavelength_nm

    @property
    def rms_nm(self) -> float:
        """Root of the mean square of `residual_nm`."""
        return float(np.sqrt(np.mean(self.residual_nm**2)))

    @property
    def share_of_shift(self) -> float:
        """`rms_nm` as a part of the way that the maximum of the run goes; NaN when it stays."""
        way_nm = float(np.ptp(self.run.peak_wavelength_nm))
        return self.rms_nm / way_nm if way_nm else math.nan

    @property
    def expected_misfit(self) -> float:
        """Reduced chi-square that the other mechanism has on average with readings of the run.

        1, from the errors of reading, plus the mean square of the residual in units of the error.
        """
        return 1.0 + float(np.mean((self.residual_nm / self.reading_error_nm) ** 2))

    @property
    def noise_floor(self) -> float:
        """The misfit that the true mechanism stays below in 95 of 100 such experiments."""
        from scipy.stats import chi2

        freedom = self.run.time_s.size
        return float(chi2.ppf(_CONFIDENCE, freedom) / freedom)

    @property
    def told_apart(self) -> bool:
        """Whether the other mechanism is expected to have a misfit above the noise floor."""
        return self.expected_misfit > self.noise_floor

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a spectrum.

        Returns
        -------
        pandas.DataFrame
            Columns time_s, peak_wavelength_nm, other_peak_wavelength_nm, residual_nm.
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "time_s": self.run.time_s,
                "peak_wavelength_nm": self.run.peak_wavelength_nm,
                "other_peak_wavelength_nm": self.other.peak_wavelength_nm,
                "residual_nm": self.residual_nm,
            }
        )


def compare_mechanisms(
    run: CuvetteRun, *, reading_error_nm: float = float(READING_ERROR_NM)
) -> MechanismComparison:
    """Return how well the other mechanism can follow the maxima of a course.

    Parameters
    ----------
    run : CuvetteRun
        A course with one mechanism, of at least one spectrum and one crystal.
    reading_error_nm : float
        Standard error of reading the maximum of one spectrum, in nm, > 0.

    Returns
    -------
    MechanismComparison

    Raises
    ------
    TypeError, ValueError
        If `run` is not a CuvetteRun or shows no maximum, or the error is not > 0.

    Notes
    -----
    Five settings of the other mechanism are fitted to the maxima: half time, mean and standard
    deviation of the starts, spread of the rates, final iodide fraction; the etch rate and the colour
    law stay. The crystals keep the chance that they have in the run. The same run always gives the
    same fit: it looks at many settings with a part of the crystals, goes on from the best ones, and
    ends with all crystals, in a few seconds for 42 spectra of 500. It finds a good match, not for
    certain the best one: a better one may exist where `told_apart` is True.

    The printed maxima are met by both mechanisms, for either size. A cuvette of 5.1-nm crystals is
    over before its first spectrum ends: no number of spectra tells the mechanisms apart. For 13.1 nm
    six spectra, one in five minutes, do not either if a front limits the course; all 42 do, by
    about 5 of 145 nm, if the colour law and the kind of the distributions are those assumed.

    Diffusivities of halides in CsPbX3 are put at 1e-13 to 1e-11 cm^2/s (literature, to be
    verified), more than a hundred times what a diffusion-limited course of 13.1-nm crystals would
    need: an argument against diffusion that the course itself does not give.

    Examples
    --------
    >>> from anionx_teach.ensemble import simulate_cuvette
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> batch = draw_batch(13.1, 2.0, 200, rng=1)
    >>> comparison = compare_mechanisms(simulate_cuvette(batch, [0, 1435], rng=1))
    >>> comparison.other.kinetics.mechanism, comparison.told_apart
    ('diffusion', False)
    """
    checked_run(run)
    error_nm = float(
        positive("reading_error_nm", scalar("reading_error_nm", reading_error_nm), "nm")
    )
    if not np.all(np.isfinite(run.peak_wavelength_nm)) or not run.time_s.size:
        msg = f"run must show a maximum in every spectrum, got {run.peak_wavelength_nm}"
        raise ValueError(msg)
    fitted = _fitted(run)
    crystals = run._crystals.reacting(fitted)
    other = run_of(crystals, run.time_s, run.exposure_s, run.wavelength_nm, run._options)
    return MechanismComparison(run, other, error_nm)


def _fitted(run: CuvetteRun) -> CuvetteKinetics:
    """Return the settings with which the other mechanism follows the maxima best."""
    at_most = min(run.time_s.size, _SPECTRA_IN_SEARCH)
    some_s = run.time_s[np.linspace(0, run.time_s.size - 1, at_most).round().astype(np.intp)]
    few = run._crystals.first(_CRYSTALS_IN_SEARCH)
    rough = _distance(few, run, some_s, _INSTANTS_IN_SEARCH)
    # Where two peaks are nearly as high, one crystal more decides which is the maximum: the end of
    # the fit has to look at all of them.
    whole = _distance(run._crystals, run, run.time_s, None)
    found = sorted(_refined(rough, _beginnings(rough, run.kinetics)), key=whole)
    affordable = _CRYSTALS_IN_ALL // (len(run.batch) * run.time_s.size)
    evaluations = max(_FEWEST_EVALUATIONS, min(affordable, _EVALUATIONS))
    begins = found[: max(1, affordable // evaluations)]
    ends = [_simplex(whole, begin, evaluations) for begin in begins]
    return _kinetics(run.kinetics, min(*found, *ends, key=whole))


def _distance(
    crystals: CuvetteCrystals, run: CuvetteRun, time_s: Numbers, instants: int | None
) -> _Distance:
    """Return the mean square difference of the maxima, in nm^2, as a function of the settings."""

    def maxima_nm(these: CuvetteCrystals) -> Numbers:
        exposure_s, wavelength_nm = run.exposure_s, run.wavelength_nm
        recorded = collect(
            these, time_s, exposure_s, wavelength_nm, run._options, instants=instants
        )
        return peak_wavelengths_nm(recorded[0], wavelength_nm)

    target_nm = maxima_nm(crystals)

    def square_nm2(numbers: Numbers) -> float:
        other = crystals.reacting(_kinetics(run.kinetics, numbers))
        return float(np.mean((maxima_nm(other) - target_nm) ** 2))

    return square_nm2


def _beginnings(distance: _Distance, kinetics: CuvetteKinetics) -> list[Numbers]:
    """Return the best of many settings that are spread over all that is likely, and a guess."""
    from scipy.stats import qmc

    guess = _first_guess(kinetics)
    middle_s = math.log(math.exp(guess[0]) + math.exp(guess[1]))  # about when half is exchanged
    centre = np.array([guess[0], middle_s, 0.0, 0.0, guess[4]])
    # Not random: the same course has to give the same fit.
    spread = qmc.Sobol(guess.size, scramble=False).random(_CANDIDATES)
    candidates = centre + _NEAREST + spread * (_FARTHEST - _NEAREST)
    candidates = np.clip(candidates, _LOW + _MARGIN, _HIGH - _MARGIN)
    best = np.argsort([distance(numbers) for numbers in candidates], kind="stable")
    return [*candidates[best[:_REFINED]], guess]


def _refined(distance: _Distance, beginnings: list[Numbers]) -> Iterator[Numbers]:
    """Yield what each beginning leads to, until one is as good as can be read."""
    for begin in beginnings:
        numbers = _simplex(distance, begin, _EVALUATIONS)
        yield numbers
        if distance(numbers) < _GOOD_ENOUGH_NM2:
            return


def _simplex(distance: _Distance, begin: Numbers, evaluations: int) -> Numbers:
    """Return the smallest distance near a beginning, by Nelder and Mead.

    Where a spectrum has two peaks the maximum jumps from one to the other: a method that uses
    slopes gets stuck there.
    """
    from scipy.optimize import minimize

    inwards = np.where(begin + _STEP < _HIGH, _STEP, -_STEP)
    simplex = np.vstack([begin, begin + np.diag(inwards)])
    fit = minimize(
        distance,
        begin,
        method="Nelder-Mead",
        bounds=list(zip(_LOW, _HIGH, strict=True)),
        options={"initial_simplex": simplex, "maxfev": evaluations, "fatol": 1e-3, "xatol": 1e-3},
    )
    return np.asarray(fit.x, dtype=np.float64)


def _first_guess(kinetics: CuvetteKinetics) -> Numbers:
    """Return the numbers of the same settings, inside the bounds."""
    mean_s = max(kinetics.start_mean_s, _SHORTEST_S)
    numbers = (
        math.log(max(kinetics.half_time_s, _SHORTEST_S)),
        math.log(mean_s),
        math.log(max(kinetics.start_sd_s, _SHORTEST_S) / mean_s),
        kinetics.rate_log_sd,
        kinetics.final_iodide_fraction,
    )
    return np.clip(numbers, _LOW + _MARGIN, _HIGH - _MARGIN)


def _kinetics(kinetics: CuvetteKinetics, numbers: Numbers) -> CuvetteKinetics:
    """Return the other mechanism with fitted settings."""
    ln_half_time, ln_start, ln_spread, rate_log_sd, final_fraction = map(float, numbers)
    other = MECHANISMS[1 - MECHANISMS.index(kinetics.mechanism)]
    return replace(
        kinetics,
        mechanism=other,
        half_time_s=math.exp(ln_half_time),
        start_mean_s=math.exp(ln_start),
        start_sd_s=math.exp(ln_start + ln_spread),
        rate_log_sd=rate_log_sd,
        final_iodide_fraction=final_fraction,
        provenance=f"fitted to the maxima of a course that is limited by {kinetics.mechanism}",
    )
