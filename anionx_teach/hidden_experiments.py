"""Experiments whose true parameters are hidden: a learner finds them by matching the points.

Each is drawn from a seed. A match is judged by its misfit, the reduced chi-square, against the
noise floor: below it the data cannot tell a match from the truth.
"""

from __future__ import annotations

import numpy as np

from anionx_teach._hidden_camera import hidden_camera, hidden_camera_movie
from anionx_teach._hidden_composition import hidden_composition
from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_ensemble import hidden_ensemble, kinetics_of_red_light
from anionx_teach._hidden_exchange import hidden_exchange, hidden_exchange_traces
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._hidden_lattice import (
    HIDDEN_CRYSTALS,
    hidden_lattice,
    hidden_lattice_course,
    hidden_lattice_rates,
)
from anionx_teach._hidden_movie import hidden_movie, hidden_movie_trajectories
from anionx_teach._validation import Numbers, count, generator, read_only

__all__ = [
    "HIDDEN_CRYSTALS",
    "HiddenExperiment",
    "HiddenParameter",
    "hidden_batch",
    "hidden_camera",
    "hidden_camera_movie",
    "hidden_composition",
    "hidden_emission",
    "hidden_ensemble",
    "hidden_exchange",
    "hidden_exchange_traces",
    "hidden_lattice",
    "hidden_lattice_course",
    "hidden_lattice_rates",
    "hidden_movie",
    "hidden_movie_trajectories",
    "kinetics_of_red_light",
]

_EXPECTED_CRYSTALS = 2000  # in the micrographs of one hidden batch, assumed for teaching
_SHOWN_DEVIATIONS = 2.0  # bins further out hold too few crystals for a symmetric error bar
_BATCH_PARAMETERS = (
    HiddenParameter("mean_edge_nm", "Mean edge length", "nm", 4.0, 16.0, 0.1, 8.0, 1),
    HiddenParameter("dispersity_percent", "Dispersity", "%", 5.0, 25.0, 0.5, 15.0, 1),
)


def hidden_batch(seed: int) -> HiddenExperiment:
    """Return the histogram of the edge lengths of an unknown batch.

    Parameters
    ----------
    seed : int
        Which batch, >= 0. The same seed gives the same batch.

    Returns
    -------
    HiddenExperiment
        Counts in each bin against the middle of the bin in nm, with the Poisson error sqrt(count).
        To be found: mean_edge_nm, dispersity_percent (the standard deviation over the mean).

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    The number of crystals is Poisson distributed, so that the counts are independent. The model
    is the expected number of crystals times the probability of the bin under a normal distribution
    truncated at zero, as `draw_batch` draws. Only bins within two standard deviations are given:
    their counts are large enough for sqrt(count) to be a fair error bar.

    Examples
    --------
    >>> experiment = hidden_batch(1)
    >>> bool(experiment.measured.sum() > 1000)
    True
    """
    from anionx_teach.nanocrystals import draw_batch

    rng = generator(count("seed", seed, minimum=0))
    mean_nm = slider_step(rng, _BATCH_PARAMETERS[0], 5.0, 14.0)
    percent = slider_step(rng, _BATCH_PARAMETERS[1], 8.0, 18.0)
    sd_nm = mean_nm * percent / 100
    bins_nm = _bins_nm(mean_nm, sd_nm)
    batch = draw_batch(mean_nm, sd_nm, int(rng.poisson(_EXPECTED_CRYSTALS)), rng=rng)
    counts = np.histogram(batch.edge_length_nm, bins_nm)[0].astype(float)

    def model(mean_edge_nm: float, dispersity_percent: float) -> Numbers:
        return _expected_counts(bins_nm, mean_edge_nm, dispersity_percent)

    return HiddenExperiment(
        key=f"hidden_batch/{seed}",
        title="Edge lengths measured in micrographs of an unknown batch",
        x=read_only((bins_nm[1:] + bins_nm[:-1]) / 2),
        x_label="Edge length (nm)",
        measured=read_only(counts),
        standard_error=read_only(np.sqrt(counts)),
        y_label=f"Nanocrystals per {bins_nm[1] - bins_nm[0]:.1f}-nm bin",
        parameters=_BATCH_PARAMETERS,
        _model=model,
        _truth={"mean_edge_nm": mean_nm, "dispersity_percent": percent},
    )


_EMISSION_SIZES_NM = (3.6, 4.2, 4.8, 5.5, 6.3, 7.3, 8.5, 10.0, 12.0, 14.5)
_EMISSION_ERROR_NM = 1.0  # of one measured maximum, assumed for teaching
_EMISSION_PARAMETERS = (
    HiddenParameter("bulk_gap_ev", "Bulk band gap", "eV", 2.25, 2.60, 0.005, 2.30, 3),
    HiddenParameter("reduced_mass_m0", "Reduced mass", "m0", 0.08, 0.20, 0.002, 0.18, 3),
)


def hidden_emission(seed: int) -> HiddenExperiment:
    """Return the emission wavelengths of ten sizes of an unknown lead halide.

    Parameters
    ----------
    seed : int
        Which material, >= 0. The same seed gives the same material.

    Returns
    -------
    HiddenExperiment
        Wavelength of the emission maximum in nm against edge length in nm, each with a normal
        error of 1 nm. To be found: bulk_gap_ev, reduced_mass_m0.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    The model is `emission_wavelength_nm` with ``model="nonparabolic"`` and these two parameters.

    Examples
    --------
    >>> experiment = hidden_emission(1)
    >>> experiment.x.size, float(experiment.standard_error[0])
    (10, 1.0)
    """
    rng = generator(count("seed", seed, minimum=0))
    gap_ev = slider_step(rng, _EMISSION_PARAMETERS[0], 2.35, 2.50)
    mass_m0 = slider_step(rng, _EMISSION_PARAMETERS[1], 0.10, 0.16)
    error_nm = np.full(len(_EMISSION_SIZES_NM), _EMISSION_ERROR_NM)
    measured_nm = rng.normal(_emission_nm(gap_ev, mass_m0), error_nm)
    return HiddenExperiment(
        key=f"hidden_emission/{seed}",
        title="Emission maxima of ten sizes of an unknown lead halide",
        x=read_only(np.array(_EMISSION_SIZES_NM)),
        x_label="Edge length (nm)",
        measured=read_only(measured_nm),
        standard_error=read_only(error_nm),
        y_label="Emission wavelength (nm)",
        parameters=_EMISSION_PARAMETERS,
        _model=_emission_nm,
        _truth={"bulk_gap_ev": gap_ev, "reduced_mass_m0": mass_m0},
    )


def _emission_nm(bulk_gap_ev: float, reduced_mass_m0: float) -> Numbers:
    """Return the model's emission wavelength (nm) of each size."""
    from anionx_teach.confinement import emission_wavelength_nm

    wavelength_nm = emission_wavelength_nm(
        np.array(_EMISSION_SIZES_NM),
        0.0,
        model="nonparabolic",
        bulk_gap_ev=bulk_gap_ev,
        reduced_mass_m0=reduced_mass_m0,
    )
    return np.asarray(wavelength_nm, dtype=np.float64)


def _expected_counts(bins_nm: Numbers, mean_nm: float, percent: float) -> Numbers:
    """Return the expected count of each bin under a normal distribution truncated at zero."""
    from scipy.special import ndtr

    sd_nm = mean_nm * percent / 100
    below = ndtr((bins_nm - mean_nm) / sd_nm)
    above_zero = ndtr(mean_nm / sd_nm)
    return np.asarray(_EXPECTED_CRYSTALS * np.diff(below) / above_zero)


def _bins_nm(mean_nm: float, sd_nm: float) -> Numbers:
    """Return bin edges at multiples of a width of about 0.4 standard deviations."""
    width_nm = max(0.1, round(0.4 * sd_nm, 1))
    first = np.ceil((mean_nm - _SHOWN_DEVIATIONS * sd_nm) / width_nm)
    last = np.floor((mean_nm + _SHOWN_DEVIATIONS * sd_nm) / width_nm)
    return np.asarray(np.arange(first, last + 1) * width_nm)
