"""Measured points whose parameters are hidden, and how well a model matches them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import Numbers, between, finite, non_negative, scalar

if TYPE_CHECKING:
    import pandas as pd

_FLOOR_QUANTILE = 0.95  # one true match in twenty lies above the floor
_CLOSE = 4.0  # floors; up to here a few steps of a slider are missing, assumed for teaching


@dataclass(frozen=True)
class HiddenParameter:
    """One number to find, with the control that sets it.

    Parameters
    ----------
    name : str
        The keyword of `HiddenExperiment.predict`.
    label, unit : str
        As printed beside the control.
    low, high, step : float
        Range and smallest change, in `unit`; the hidden value is one of the steps.
    start : float
        Where the control begins; it says nothing about the hidden value.
    decimals : int
        Digits to print behind the decimal point.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    start: float
    decimals: int


@dataclass(frozen=True, eq=False)
class HiddenExperiment:
    """Measured points, and the model whose parameters are to be found.

    Parameters
    ----------
    key : str
        Name and seed.
    title : str
        What was measured, in one line.
    x : ndarray of float
        Where it was measured, (K,).
    x_label, y_label : str
        Names with units, for axes.
    measured, standard_error : ndarray of float
        The points and their error bars, (K,), in the unit of `y_label`.
    parameters : tuple of HiddenParameter
        What is to be found.

    Notes
    -----
    The misfit is the reduced chi-square with respect to the hidden parameters,
    chi2 / K = mean(((measured - predicted) / standard_error)^2). At the true parameters it is
    distributed as chi-square over its K degrees of freedom, and `noise_floor` is the 95 % quantile
    of that.

    References
    ----------
    P. R. Bevington, D. K. Robinson, Data Reduction and Error Analysis for the Physical Sciences,
    3rd ed. (2003), chapter 4.

    Examples
    --------
    >>> from anionx_teach.hidden_experiments import hidden_emission
    >>> experiment = hidden_emission(7)
    >>> [parameter.name for parameter in experiment.parameters]
    ['bulk_gap_ev', 'reduced_mass_m0']
    >>> experiment.misfit(bulk_gap_ev=2.3, reduced_mass_m0=0.2) > experiment.noise_floor
    True
    """

    key: str
    title: str
    x: Numbers
    x_label: str
    measured: Numbers
    standard_error: Numbers
    y_label: str
    parameters: tuple[HiddenParameter, ...]
    _model: Callable[..., Numbers] = field(repr=False)
    _truth: Mapping[str, float] = field(repr=False)

    @property
    def noise_floor(self) -> float:
        """The misfit that the true parameters stay below in 95 of 100 such experiments."""
        from scipy.stats import chi2

        return float(chi2.ppf(_FLOOR_QUANTILE, len(self.x)) / len(self.x))

    def predict(self, **values: float) -> Numbers:
        """Return what the model gives at `x`.

        Parameters
        ----------
        **values : float
            Every parameter by its name, within its range.

        Returns
        -------
        ndarray of float
            (K,), in the unit of `y_label`.

        Raises
        ------
        TypeError
            If a parameter is missing or not known.
        ValueError
            If a value is outside its range.
        """
        return self._model(**self._checked(values))

    def misfit(self, **values: float) -> float:
        """Return the reduced chi-square of the model with these parameters; see `predict`."""
        return self.misfit_of(self.predict(**values))

    def misfit_of(self, predicted: npt.ArrayLike) -> float:
        """Return the reduced chi-square of a curve.

        Parameters
        ----------
        predicted : array_like of float
            As `predict` returns it, (K,).

        Returns
        -------
        float

        Raises
        ------
        ValueError
            If there is not one number for each measured point.
        """
        curve = finite("predicted", predicted)
        if curve.shape != self.x.shape:
            msg = f"predicted must have the shape {self.x.shape}, got {curve.shape}"
            raise ValueError(msg)
        return float(np.mean(((self.measured - curve) / self.standard_error) ** 2))

    def verdict(self, **values: float) -> str:
        """Return in words how good a match is; parameters as in `predict`."""
        return self.verdict_on(self.misfit(**values))

    def verdict_on(self, misfit: float) -> str:
        """Return in words how good a match with this misfit is.

        Parameters
        ----------
        misfit : float
            As `misfit` returns it.

        Returns
        -------
        str
        """
        misfit = float(non_negative("misfit", scalar("misfit", misfit)))
        floor = self.noise_floor
        score = f"Misfit {misfit:.{2 if misfit < 100 else 0}f}, noise floor {floor:.2f}."
        if misfit <= floor:
            return (
                f"{score} Your curve agrees with the measurement within its noise. Move each "
                "control until that ends: so well is your answer known."
            )
        sigma = f"the typical point is {np.sqrt(misfit):.1f} error bars away"
        if misfit <= _CLOSE * floor:
            return f"{score} Close: {sigma}. A little more than noise is left."
        return f"{score} Not a match yet: {sigma}."

    def to_frame(self) -> pd.DataFrame:
        """Return the points as a table.

        Returns
        -------
        pandas.DataFrame
            Columns x, measured, standard_error; their names with units are in `attrs`.
        """
        import pandas as pd

        table = pd.DataFrame(
            {"x": self.x, "measured": self.measured, "standard_error": self.standard_error}
        )
        table.attrs = {"x": self.x_label, "measured": self.y_label}
        return table

    def _checked(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the values as floats, each inside its range, none missing, none too many."""
        names = [parameter.name for parameter in self.parameters]
        if sorted(values) != sorted(names):
            got = ", ".join(sorted(values)) or "none"
            msg = f"parameters must be {', '.join(names)}, got {got}"
            raise TypeError(msg)
        checked = {}
        for item in self.parameters:
            value = scalar(item.name, values[item.name])
            between(item.name, value, item.low, item.high, item.unit)
            checked[item.name] = value
        return checked
