"""A hidden experiment on colour and composition: the size and the bowing behind some maxima."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._validation import count, generator, read_only

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_IODIDE_FRACTIONS = np.linspace(0.02, 0.98, 13)  # no preparation is quite pure
_ERROR_NM = 0.5  # of one measured maximum, assumed for teaching
_PARAMETERS = (
    HiddenParameter("edge_length_nm", "Edge length", "nm", 4.0, 12.0, 0.05, 10.0, 2),
    HiddenParameter("bowing_ev", "Bowing", "eV", 0.0, 0.3, 0.01, 0.0, 2),
)
# Larger crystals have nearly the colour of the bulk, which tells little of their size.
_TRUE_EDGE_NM = (4.5, 7.0)
_TRUE_BOWING_EV = (0.05, 0.25)


def hidden_composition(seed: int) -> HiddenExperiment:
    """Return the emission maxima of crystals of one unknown size at thirteen compositions.

    Parameters
    ----------
    seed : int
        Which crystals, >= 0. The same seed gives the same ones.

    Returns
    -------
    HiddenExperiment
        Wavelength of the emission maximum in nm against iodide fraction, each with a normal error
        of 0.5 nm. To be found: edge_length_nm, bowing_ev.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    The model is `emission_wavelength_nm` with ``model="empirical"`` and these two parameters. The
    size moves all points; the bowing moves those in between and leaves the ends nearly where they
    are. The fractions are taken to be known exactly.

    Examples
    --------
    >>> experiment = hidden_composition(1)
    >>> len(experiment.x), experiment.x_label, experiment.y_label
    (13, 'Iodide fraction', 'Emission wavelength (nm)')
    """
    rng = generator(count("seed", seed, minimum=0))
    truth = {
        "edge_length_nm": slider_step(rng, _PARAMETERS[0], *_TRUE_EDGE_NM),
        "bowing_ev": slider_step(rng, _PARAMETERS[1], *_TRUE_BOWING_EV),
    }
    error_nm = np.full(len(_IODIDE_FRACTIONS), _ERROR_NM)
    return HiddenExperiment(
        key=f"hidden_composition/{seed}",
        title="Emission maxima of crystals of one size, from bromide to iodide",
        x=read_only(_IODIDE_FRACTIONS),
        x_label="Iodide fraction",
        measured=read_only(rng.normal(_emission_nm(**truth), error_nm)),
        standard_error=read_only(error_nm),
        y_label="Emission wavelength (nm)",
        parameters=_PARAMETERS,
        _model=_emission_nm,
        _truth=truth,
    )


def _emission_nm(edge_length_nm: float, bowing_ev: float) -> Numbers:
    """Return the model's emission wavelength (nm) at each composition."""
    from anionx_teach.confinement import emission_wavelength_nm

    wavelength_nm = emission_wavelength_nm(edge_length_nm, _IODIDE_FRACTIONS, bowing_ev=bowing_ev)
    return np.asarray(wavelength_nm, dtype=np.float64)
