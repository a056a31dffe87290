"""The regular solution: free energy of mixing, its common tangent, and the phase diagram."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anionx_teach._arrays import plain
from anionx_teach._validation import Numbers, between, increasing, non_negative, positive, scalar

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

# Beyond all chemistry, and far from where squares and quotients overflow.
_LARGEST_OMEGA_KJ_MOL = 1e6
_COLDEST_K, _HOTTEST_K = 1e-3, 1e6
_CURVE_POINTS = 201
_NEWTON_STEPS = 10  # 8 are enough for every Tc/T that is allowed


class CompositionRange(NamedTuple):
    """Two compositions between which a mixture unmixes, as iodide fractions.

    Both are NaN when there are none: every composition then is stable.
    """

    low: float
    high: float

    @property
    def exists(self) -> bool:
        """Whether there is a range at all, even of width 0."""
        return not math.isnan(self.low)


@dataclass(frozen=True)
class RegularSolution:
    """Bromide and iodide mixed at random, at the price of an energy of mixing.

    Parameters
    ----------
    omega_kj_mol : float
        Omega, the interaction parameter, in kJ per mole of anions: above 0 unlike neighbours cost
        energy, 0 is the ideal mixture, below 0 mixing is favoured. -1e6 to 1e6.
    temperature_k : float
        Temperature in K, > 0 (1e-3 to 1e6).

    Raises
    ------
    TypeError, ValueError
        If one of them is not a number as above.

    Notes
    -----
    G(x) = Omega x (1 - x) + R T [x ln x + (1 - x) ln(1 - x)], the free energy of a mixture with the
    iodide fraction x less that of the same amounts of pure bromide and iodide. Its one hump, below
    the critical temperature Omega/2R, lies in the middle, so the common tangent is horizontal.
    It holds for a crystal without surface: size is put in by `SizeDependence`. That bulk
    CsPb(Br,I)3 unmixes at room temperature is **not established**: Omega is yours to set.

    References
    ----------
    J. H. Hildebrand, J. Am. Chem. Soc. 51, 66 (1929), for the regular solution (literature, to be
    verified).

    Examples
    --------
    >>> mixture = RegularSolution(5.70, 298)
    >>> low, high = mixture.binodal()
    >>> print(f"{low:.2f} to {high:.2f}, critical temperature {mixture.critical_temperature_k:.0f} K")
    0.20 to 0.80, critical temperature 343 K
    >>> RegularSolution(5.70, 400).binodal()
    CompositionRange(low=nan, high=nan)
    """

    omega_kj_mol: float
    temperature_k: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "omega_kj_mol", checked_omega("omega_kj_mol", self.omega_kj_mol))
        temperature = float(checked_temperature(scalar("temperature_k", self.temperature_k)))
        object.__setattr__(self, "temperature_k", temperature)

    @classmethod
    def from_critical_temperature(
        cls, critical_temperature_k: float, temperature_k: float
    ) -> RegularSolution:
        """Return the mixture with Omega = 2 R Tc.

        Parameters
        ----------
        critical_temperature_k : float
            Temperature in K above which every composition mixes, 0 to 1e6.
        temperature_k : float
            Temperature of the mixture in K, > 0.

        Returns
        -------
        RegularSolution

        Raises
        ------
        TypeError, ValueError
            If an argument is not a number as above.

        Examples
        --------
        >>> round(RegularSolution.from_critical_temperature(343, 298).omega_kj_mol, 2)
        5.70
        """
        name = "critical_temperature_k"
        critical = float(checked_critical(name, scalar(name, critical_temperature_k)))
        return cls(2.0 * gas_constant_kj_mol_k() * critical, temperature_k)

    @property
    def critical_temperature_k(self) -> float:
        """Omega/2R in K, above which every composition mixes; NaN when Omega < 0: mixes always."""
        return float(critical_temperatures_k(np.asarray(self.omega_kj_mol)))

    @property
    def omega_mev(self) -> float:
        """Omega per anion, in meV; 5.70 kJ/mol are 59 meV."""
        from scipy import constants

        return self.omega_kj_mol * 1e6 / (constants.N_A * constants.e)

    def mixing_enthalpy_kj_mol(self, x: npt.ArrayLike) -> Numbers | float:
        """Return the energy of mixing, Omega x (1 - x).

        Parameters
        ----------
        x : float or array_like
            Iodide fraction, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            In kJ per mole of anions.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.
        """
        fraction = _checked_fraction(x)
        return plain(self.omega_kj_mol * fraction * (1.0 - fraction))

    def mixing_entropy_j_mol_k(self, x: npt.ArrayLike) -> Numbers | float:
        """Return the entropy of mixing at random, -R [x ln x + (1 - x) ln(1 - x)].

        Parameters
        ----------
        x : float or array_like
            Iodide fraction, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            In J per mole of anions and K; at most R ln 2.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.
        """
        return plain(1e3 * gas_constant_kj_mol_k() * _disorder(_checked_fraction(x)))

    def mixing_free_energy_kj_mol(self, x: npt.ArrayLike) -> Numbers | float:
        """Return the free energy of mixing G(x).

        Parameters
        ----------
        x : float or array_like
            Iodide fraction, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            In kJ per mole of anions; exactly 0 at both ends.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.

        Examples
        --------
        >>> RegularSolution(5.70, 298).mixing_free_energy_kj_mol([0.0, 0.2, 0.5, 1.0]).round(3)
        array([ 0.   , -0.328, -0.292,  0.   ])
        """
        fraction = _checked_fraction(x)
        heat = self.omega_kj_mol * fraction * (1.0 - fraction)
        return plain(heat - self._thermal_energy() * _disorder(fraction))

    def exchange_potential_kj_mol(self, x: npt.ArrayLike) -> Numbers | float:
        """Return the slope dG/dx: what one mole of bromide replaced by iodide costs.

        Parameters
        ----------
        x : float or array_like
            Iodide fraction, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            Omega (1 - 2 x) + R T ln(x / (1 - x)) in kJ/mol; -inf at 0 and inf at 1, where the first
            foreign ion gains entropy without limit.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.
        """
        fraction = _checked_fraction(x)
        with np.errstate(divide="ignore"):
            logit = np.log(fraction) - np.log1p(-fraction)
        return plain(self.omega_kj_mol * (1.0 - 2.0 * fraction) + self._thermal_energy() * logit)

    def curvature_kj_mol(self, x: npt.ArrayLike) -> Numbers | float:
        """Return the second derivative of G: below 0 any small fluctuation grows.

        Parameters
        ----------
        x : float or array_like
            Iodide fraction, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            R T / (x (1 - x)) - 2 Omega in kJ/mol; inf at both ends.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.
        """
        fraction = _checked_fraction(x)
        with np.errstate(divide="ignore", over="ignore"):
            stiffness = self._thermal_energy() / (fraction * (1.0 - fraction))
        return plain(stiffness - 2.0 * self.omega_kj_mol)

    def binodal(self) -> CompositionRange:
        """Return the compositions of the two phases at equilibrium.

        Returns
        -------
        CompositionRange
            The two points of the common tangent; (nan, nan) above the critical temperature, and
            (0.5, 0.5) at it.

        Notes
        -----
        Both have dG/dx = 0. With m = 1 - 2 x that is m = tanh(m Tc/T), solved to the last digits. A
        fraction below 5e-324 is 0.
        """
        return _range(gap_edges(self._ratio())[0])

    def spinodal(self) -> CompositionRange:
        """Return the compositions between which a mixture is unstable even without a nucleus.

        Returns
        -------
        CompositionRange
            Where the curvature of G is 0; (nan, nan) above the critical temperature, and (0.5, 0.5)
            at it.

        Notes
        -----
        x (1 - x) = T / (4 Tc). Between binodal and spinodal a mixture lasts until a nucleus forms.
        """
        return _range(gap_edges(self._ratio())[1])

    def iodide_rich_fraction(self, x: npt.ArrayLike) -> Numbers | float:
        """Return which part of the crystal is the iodide-rich phase, by the lever rule.

        Parameters
        ----------
        x : float or array_like
            Iodide fraction of the whole crystal, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            0 and 1 outside the gap, on the bromide and on the iodide side; NaN when there is no gap
            (or one of no width), hence no two phases to share between.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.

        Examples
        --------
        >>> RegularSolution(5.70, 298).iodide_rich_fraction([0.1, 0.5, 0.9]).tolist()
        [0.0, 0.5, 1.0]
        """
        fraction = _checked_fraction(x)
        low, high = self.binodal()
        if not low < high:
            return plain(np.full(fraction.shape, np.nan))
        lever = (fraction - low) / (high - low)
        return plain(np.where(fraction <= low, 0.0, np.where(fraction >= high, 1.0, lever)))

    def equilibrium_free_energy_kj_mol(self, x: npt.ArrayLike) -> Numbers | float:
        """Return the lowest free energy, in one phase or in two: G outside the gap, its tangent inside.

        Parameters
        ----------
        x : float or array_like
            Iodide fraction of the whole crystal, 0 to 1.

        Returns
        -------
        float or numpy.ndarray
            In kJ per mole of anions; without the energy of an interface between the phases.

        Raises
        ------
        TypeError, ValueError
            If an `x` is not a number from 0 to 1.
        """
        fraction = _checked_fraction(x)
        low, high = self.binodal()
        inside = (fraction > low) & (fraction < high)  # nowhere when they are NaN
        return self.mixing_free_energy_kj_mol(np.where(inside, low, fraction))

    def to_frame(self, x: npt.ArrayLike | None = None) -> pd.DataFrame:
        """Return the curve of the free energy as a table.

        Parameters
        ----------
        x : array_like, shape (N,), optional
            Iodide fractions, increasing, 0 to 1; by default 201 from 0 to 1.

        Returns
        -------
        pandas.DataFrame
            Columns x, mixing_enthalpy_kj_mol, mixing_entropy_j_mol_k, mixing_free_energy_kj_mol,
            equilibrium_free_energy_kj_mol.

        Raises
        ------
        TypeError, ValueError
            If `x` is not as above.

        Examples
        --------
        >>> RegularSolution(5.70, 298).to_frame([0, 0.5]).iloc[:, 1:].round(2).to_numpy().tolist()
        [[0.0, 0.0, 0.0, 0.0], [1.42, 5.76, -0.29, -0.33]]
        """
        import pandas as pd

        fraction = np.linspace(0.0, 1.0, _CURVE_POINTS) if x is None else x
        fraction = increasing("x", _checked_fraction(fraction))
        names = (
            "mixing_enthalpy_kj_mol",
            "mixing_entropy_j_mol_k",
            "mixing_free_energy_kj_mol",
            "equilibrium_free_energy_kj_mol",
        )
        return pd.DataFrame(
            {"x": fraction} | {name: getattr(self, name)(fraction) for name in names}
        )

    def _thermal_energy(self) -> float:
        """Return R T in kJ/mol."""
        return gas_constant_kj_mol_k() * self.temperature_k

    def _ratio(self) -> Numbers:
        """Return Tc/T; below 0 when Omega is."""
        return np.asarray(self.omega_kj_mol / (2.0 * self._thermal_energy()))


def phase_diagram(omega_kj_mol: float, temperature_k: npt.ArrayLike) -> pd.DataFrame:
    """Return binodal and spinodal of a regular solution against temperature.

    Parameters
    ----------
    omega_kj_mol : float
        Interaction parameter in kJ per mole of anions, see `RegularSolution`.
    temperature_k : array_like, shape (N,)
        Temperatures in K, > 0, in any order.

    Returns
    -------
    pandas.DataFrame
        One row a temperature: temperature_k, binodal_low, binodal_high, spinodal_low,
        spinodal_high, as iodide fractions; NaN above the critical temperature.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as above.

    Examples
    --------
    >>> phase_diagram(5.70, [298, 342, 400]).round(2)
       temperature_k  binodal_low  binodal_high  spinodal_low  spinodal_high
    0          298.0         0.20          0.80          0.32           0.68
    1          342.0         0.46          0.54          0.48           0.52
    2          400.0          NaN           NaN           NaN            NaN
    """
    import pandas as pd

    omega = checked_omega("omega_kj_mol", omega_kj_mol)
    temperatures = np.atleast_1d(checked_temperature(temperature_k))
    if temperatures.ndim != 1:
        msg = f"temperature_k must be one-dimensional, got {temperatures.ndim} dimensions"
        raise ValueError(msg)
    ratio = omega / (2.0 * gas_constant_kj_mol_k() * temperatures)
    return pd.DataFrame({"temperature_k": temperatures} | gap_columns(ratio))


def gap_columns(ratio: Numbers) -> dict[str, Numbers]:
    """Return the columns of binodal and spinodal for values of Tc/T."""
    binodal, spinodal = gap_edges(ratio)
    return {
        "binodal_low": binodal[0],
        "binodal_high": binodal[1],
        "spinodal_low": spinodal[0],
        "spinodal_high": spinodal[1],
    }


def gap_edges(ratio: Numbers) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """Return low and high edge of binodal and spinodal for values of Tc/T; NaN below 1."""
    there = ratio >= 1.0
    ratio = np.where(there, ratio, 1.0)
    odds = np.exp(-2.0 * _half_logit(ratio))
    binodal = odds / (1.0 + odds)
    root = np.sqrt((ratio - 1.0) / ratio)
    spinodal = 0.5 / (ratio * (1.0 + root))  # (1 - root) / 2 without the loss of digits
    low, inner = (np.where(there, edge, np.nan) for edge in (binodal, spinodal))
    return (low, 1.0 - low), (inner, 1.0 - inner)


def _half_logit(ratio: Numbers) -> Numbers:
    """Return the u >= 0 with u coth(u) = Tc/T: half the ln((1 - x)/x) of the binodal.

    Newton's method for w = u^2: u coth(u) is concave in w and nearly straight at 0, so that it
    converges from the left, and as fast near the critical temperature as far from it.
    """
    squared = 3.0 * (ratio - 1.0)
    for _ in range(_NEWTON_STEPS):
        root = np.sqrt(squared)
        small = squared < 1e-4
        safe, safe_root = np.where(small, 1.0, squared), np.where(small, 1.0, root)
        coth = safe_root / np.tanh(safe_root)
        value = np.where(small, _short_series(squared), coth)
        slope = np.where(
            small, 1.0 / 3.0 - 2.0 * squared / 45.0, (safe + coth - coth * coth) / (2.0 * safe)
        )
        squared = np.maximum(squared + (ratio - value) / slope, 0.0)  # rounding, at Tc
    return np.asarray(np.sqrt(squared))


def _short_series(squared: Numbers) -> Numbers:
    """Return the first terms of u coth(u) in w = u^2."""
    return 1.0 + squared * (1.0 / 3.0 + squared * (-1.0 / 45.0 + squared * (2.0 / 945.0)))


def _range(edges: tuple[Numbers, Numbers]) -> CompositionRange:
    return CompositionRange(float(edges[0]), float(edges[1]))


def critical_temperatures_k(omega_kj_mol: Numbers) -> Numbers:
    """Return Omega/2R, NaN where Omega < 0."""
    critical = omega_kj_mol / (2.0 * gas_constant_kj_mol_k())
    return np.asarray(np.where(omega_kj_mol >= 0.0, critical, np.nan))


def checked_omega(name: str, value: float) -> float:
    """Return an interaction parameter in kJ/mol that arithmetic can bear."""
    number = scalar(name, value)
    return float(between(name, number, -_LARGEST_OMEGA_KJ_MOL, _LARGEST_OMEGA_KJ_MOL, "kJ/mol"))


def checked_temperature(value: npt.ArrayLike) -> Numbers:
    """Return temperatures in K: > 0, and of a size that arithmetic can bear."""
    above_zero = positive("temperature_k", value, "K")
    return between("temperature_k", above_zero, _COLDEST_K, _HOTTEST_K, "K")


def checked_critical(name: str, value: npt.ArrayLike) -> Numbers:
    """Return critical temperatures in K, >= 0."""
    return between(name, non_negative(name, value, "K"), 0.0, _HOTTEST_K, "K")


@cache
def gas_constant_kj_mol_k() -> float:
    """Return R."""
    from scipy import constants  # slow to import, hence not at the top

    return constants.R * 1e-3


def _checked_fraction(x: npt.ArrayLike) -> Numbers:
    return between("x", x, 0.0, 1.0)


def _disorder(fraction: Numbers) -> Numbers:
    """Return -[x ln x + (1 - x) ln(1 - x)], exactly 0 at 0 and 1."""
    from scipy.special import xlog1py, xlogy

    return np.asarray(-xlogy(fraction, fraction) - xlog1py(1.0 - fraction, -fraction))
