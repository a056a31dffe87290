"""Size dependence of mixing: four declared models, each put in by hand."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._miscibility_lattice import critical_coupling_kt
from anionx_teach._miscibility_notes import SIZE_NOTES
from anionx_teach._miscibility_solution import (
    RegularSolution,
    checked_critical,
    checked_omega,
    checked_temperature,
    critical_temperatures_k,
    gap_columns,
    gas_constant_kj_mol_k,
)
from anionx_teach._validation import (
    LONGEST_NM,
    Numbers,
    between,
    length_nm,
    non_negative,
    one_of,
    scalar,
)
from anionx_teach.materials import CSPBBR3, CSPBI3, parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

SIZE_MODELS = tuple(SIZE_NOTES)
"""Names of the models of size dependence, the default first."""

_BULK_TC_K = float(parameter("miscibility-001"))
_CRITICAL_LENGTH_NM = float(parameter("miscibility-003"))
_SURFACE_ENERGY_MJ_M2 = float(parameter("miscibility-004"))
_INTERFACE_LENGTH_NM = float(parameter("miscibility-005"))
_STRAIN_KJ_MOL = float(parameter("miscibility-006"))
_RELIEF_DEPTH_NM = float(parameter("miscibility-007"))

_LARGEST_SURFACE_ENERGY_MJ_M2 = 1e6
_ANIONS_PER_FORMULA_UNIT = 3
_FACES = 6


@dataclass(frozen=True)
class SizeDependence:
    """How the energy of mixing changes with the edge length of a cube: an assumption, to be edited.

    Parameters
    ----------
    model : str
        One of `SIZE_MODELS`; see `size_model_notes` for what each assumes.
    bulk_critical_temperature_k : float
        Critical temperature of an endless crystal in K, 0 to 1e6; by default the 343 K calculated
        for MAPb(I,Br)3.
    critical_length_nm : float
        For `inverse_size`: L0 >= 0 in nm, the edge length at which Omega is 0.
    surface_energy_mj_m2 : float
        For `surface_energy`: excess surface energy of a mixed crystal in mJ/m^2; below 0 its surface
        costs less than the mean of bromide and iodide, and small crystals mix better.
    interface_length_nm : float
        For `confined_interface`: Lc >= 0 in nm, the edge length at which Omega is 0.
    strain_kj_mol : float
        For `strain_relief`: the part of Omega that is strain, in kJ/mol; below 0 the strain opposes
        unmixing, and its relief lets small crystals unmix *more*.
    relief_depth_nm : float
        For `strain_relief`: depth >= 0 of the layer below the faces without strain, in nm.

    Raises
    ------
    TypeError, ValueError
        If a setting is not one of those above.

    Notes
    -----
    With the edge length L, the volume v of an anion site, and the Omega = 2 R Tc of the bulk:

    - `inverse_size`: Omega(L) = Omega (1 - L0/L)
    - `surface_energy`: Omega(L) = Omega + 6 v N_A gamma / L
    - `confined_interface`: Omega(L) = Omega (1 - (Lc/L)^2)
    - `strain_relief`: Omega(L) = Omega - Omega_strain [1 - (1 - 2 d/L)^3], the bracket being the
      part of the volume within d of a face (all of it below L = 2 d)

    **The size effect is put in here; it does not emerge.** The paper's size-dependent miscibility
    is its hypothesis, and a gap of bulk CsPb(Br,I)3 at room temperature is not established: Yin et
    al. (2014) find mixing easy. Every strength is assumed for teaching, chosen so that cubes of 5.1
    nm mix at 298 K and those of 13.1 nm do not; a wide range does the same.

    References
    ----------
    Critical temperature: constant miscibility-001 of `materials.constants`; strengths:
    miscibility-003 to -007; models: `size_model_notes`.

    Examples
    --------
    >>> SizeDependence().critical_temperature_k([5.1, 13.1]).round().tolist()
    [276.0, 317.0]
    >>> strained = SizeDependence("strain_relief", strain_kj_mol=1.2)
    >>> round(strained.critical_temperature_k(5.1)), round(strained.threshold_edge_nm(298), 1)
    (287, 7.2)
    """

    model: str = SIZE_MODELS[0]
    bulk_critical_temperature_k: float = _BULK_TC_K
    critical_length_nm: float = _CRITICAL_LENGTH_NM
    surface_energy_mj_m2: float = _SURFACE_ENERGY_MJ_M2
    interface_length_nm: float = _INTERFACE_LENGTH_NM
    strain_kj_mol: float = _STRAIN_KJ_MOL
    relief_depth_nm: float = _RELIEF_DEPTH_NM

    def __post_init__(self) -> None:
        one_of("model", self.model, SIZE_MODELS)
        name = "bulk_critical_temperature_k"
        numbers = {name: float(checked_critical(name, scalar(name, getattr(self, name))))}
        for name in ("critical_length_nm", "interface_length_nm", "relief_depth_nm"):
            length = non_negative(name, scalar(name, getattr(self, name)), "nm")
            numbers[name] = float(between(name, length, 0.0, LONGEST_NM, "nm"))
        name, most = "surface_energy_mj_m2", _LARGEST_SURFACE_ENERGY_MJ_M2
        numbers[name] = float(
            between(name, scalar(name, getattr(self, name)), -most, most, "mJ/m^2")
        )
        numbers["strain_kj_mol"] = checked_omega("strain_kj_mol", self.strain_kj_mol)
        for name, number in numbers.items():
            object.__setattr__(self, name, number)

    @property
    def bulk_omega_kj_mol(self) -> float:
        """Omega = 2 R Tc of an endless crystal, in kJ per mole of anions."""
        return 2.0 * gas_constant_kj_mol_k() * self.bulk_critical_temperature_k

    def omega_kj_mol(self, edge_length_nm: npt.ArrayLike) -> Numbers | float:
        """Return the interaction parameter of cubes.

        Parameters
        ----------
        edge_length_nm : float or array_like
            Edge length in nm, > 0.

        Returns
        -------
        float or numpy.ndarray
            Omega(L) in kJ per mole of anions.

        Raises
        ------
        TypeError, ValueError
            If an edge length is not > 0.

        Warns
        -----
        UserWarning
            If it comes out below 0: the model then claims that unlike neighbours attract, which no
            model here was made for.

        Examples
        --------
        >>> SizeDependence().omega_kj_mol([5.1, 13.1, 1e6]).round(2).tolist()
        [4.59, 5.27, 5.70]
        """
        return plain(self._omega(edge_length_nm))

    def critical_temperature_k(self, edge_length_nm: npt.ArrayLike) -> Numbers | float:
        """Return the temperature above which cubes of a size mix at every composition.

        Parameters
        ----------
        edge_length_nm : float or array_like
            Edge length in nm, > 0.

        Returns
        -------
        float or numpy.ndarray
            Omega(L) / 2 R in K; NaN where Omega(L) < 0: no temperature unmixes.

        Raises
        ------
        TypeError, ValueError
            If an edge length is not > 0.

        Warns
        -----
        UserWarning
            If Omega(L) comes out below 0.
        """
        return plain(critical_temperatures_k(self._omega(edge_length_nm)))

    def coupling_kt(
        self,
        edge_length_nm: npt.ArrayLike,
        temperature_k: npt.ArrayLike,
        *,
        theory: str = "exact",
    ) -> Numbers | float:
        """Return the coupling of the lattice that stands for cubes of a size: eps(L).

        Parameters
        ----------
        edge_length_nm : float or array_like
            Edge length in nm, > 0; broadcasts with `temperature_k`.
        temperature_k : float or array_like
            Temperature in K, > 0.
        theory : str
            One of `LATTICE_THEORIES`, see `critical_coupling_kt`.

        Returns
        -------
        float or numpy.ndarray
            Energy gained by each pair of iodide neighbours in kT, in proportion to Omega(L).

        Raises
        ------
        TypeError, ValueError
            If an argument is not as above.

        Warns
        -----
        UserWarning
            If Omega(L), and with it the coupling, comes out below 0.

        Notes
        -----
        A lattice with free surfaces lacks neighbours at its faces already, one in n of all for n
        sites along an edge: this size effect of its own comes on top of what the model puts in.

        Examples
        --------
        >>> SizeDependence().coupling_kt([5.1, 13.1], 298).round(2).tolist()
        [0.82, 0.94]
        """
        temperature = checked_temperature(temperature_k)
        omega = self._omega(edge_length_nm)
        require_broadcast(edge_length_nm=omega, temperature_k=temperature)
        ratio = omega / (2.0 * gas_constant_kj_mol_k() * temperature)
        return plain(np.asarray(critical_coupling_kt(theory=theory) * ratio))

    def solution(self, edge_length_nm: float, temperature_k: float) -> RegularSolution:
        """Return the regular solution that stands for cubes of a size.

        Parameters
        ----------
        edge_length_nm : float
            Edge length in nm, > 0.
        temperature_k : float
            Temperature in K, > 0.

        Returns
        -------
        RegularSolution
            With Omega(L).

        Raises
        ------
        TypeError, ValueError
            If an argument is not a number as above.

        Warns
        -----
        UserWarning
            If Omega(L) comes out below 0.

        Examples
        --------
        >>> [SizeDependence().solution(edge, 298).binodal().exists for edge in (5.1, 13.1)]
        [False, True]
        """
        edge = scalar("edge_length_nm", edge_length_nm)
        return RegularSolution(float(self._omega(edge)), temperature_k)

    def threshold_edge_nm(self, temperature_k: float) -> float:
        """Return the edge length below which every composition mixes.

        Parameters
        ----------
        temperature_k : float
            Temperature in K, >= 0; at 0 the answer is where Omega(L) falls to 0.

        Returns
        -------
        float
            In nm; 0 when no cube mixes, inf when all do, and NaN when the settings make small cubes
            mix less than large ones.

        Raises
        ------
        TypeError, ValueError
            If the temperature is not a number as above.

        Examples
        --------
        >>> [round(SizeDependence(model).threshold_edge_nm(298), 1) for model in SIZE_MODELS]
        [7.6, 8.4, 8.3, 9.7]
        """
        temperature = checked_critical("temperature_k", scalar("temperature_k", temperature_k))
        surplus = self.bulk_omega_kj_mol - 2.0 * gas_constant_kj_mol_k() * float(temperature)
        strength = self._strength()
        if strength < 0.0:
            return float("nan")
        if surplus <= 0.0:
            return float("inf")
        match self.model:
            case "inverse_size" | "surface_energy":
                return strength / surplus
            case "confined_interface":
                return float(np.sqrt(strength / surplus))
        if surplus > strength or self.relief_depth_nm == 0.0:
            return 0.0
        with np.errstate(divide="ignore"):  # all of it relieved: the core is gone
            core = np.log1p(-surplus / strength) / 3.0
        return float(-2.0 * self.relief_depth_nm / np.expm1(core))

    def to_frame(self, edge_length_nm: npt.ArrayLike, temperature_k: float) -> pd.DataFrame:
        """Return mixing against size at one temperature, as a table.

        Parameters
        ----------
        edge_length_nm : array_like, shape (N,)
            Edge lengths in nm, > 0.
        temperature_k : float
            Temperature in K, > 0.

        Returns
        -------
        pandas.DataFrame
            One row a size: edge_length_nm, omega_kj_mol, critical_temperature_k, coupling_kt
            ("exact"), binodal_low, binodal_high, spinodal_low, spinodal_high (NaN without a gap).

        Raises
        ------
        TypeError, ValueError
            If an argument is not as above.

        Warns
        -----
        UserWarning
            If Omega(L) comes out below 0.

        Examples
        --------
        >>> table = SizeDependence().to_frame([5.1, 13.1], 298)
        >>> table[["edge_length_nm", "omega_kj_mol", "binodal_low", "binodal_high"]].round(2)
           edge_length_nm  omega_kj_mol  binodal_low  binodal_high
        0             5.1          4.59          NaN           NaN
        1            13.1          5.27         0.29          0.71
        """
        import pandas as pd

        edges = np.atleast_1d(length_nm("edge_length_nm", edge_length_nm))
        if edges.ndim != 1:
            msg = f"edge_length_nm must be one-dimensional, got {edges.ndim} dimensions"
            raise ValueError(msg)
        temperature = float(checked_temperature(scalar("temperature_k", temperature_k)))
        omega = self._omega(edges)
        ratio = omega / (2.0 * gas_constant_kj_mol_k() * temperature)
        columns = {
            "edge_length_nm": edges,
            "omega_kj_mol": omega,
            "critical_temperature_k": critical_temperatures_k(omega),
            "coupling_kt": critical_coupling_kt() * ratio,
        }
        return pd.DataFrame(columns | gap_columns(ratio))

    def _omega(self, edge_length_nm: npt.ArrayLike) -> Numbers:
        """Return Omega(L), with a warning to the caller of the public method when it is below 0."""
        edges = length_nm("edge_length_nm", edge_length_nm)
        strength = self._strength()
        match self.model:
            case "inverse_size" | "surface_energy":
                reduction = strength / edges
            case "confined_interface":
                reduction = strength / edges**2
            case _:
                reduction = strength * _shell_fraction(edges, self.relief_depth_nm)
        omega = np.asarray(self.bulk_omega_kj_mol - reduction)
        if np.any(omega < 0.0):
            first = edges[omega < 0.0].flat[0]
            warnings.warn(
                f"edge_length_nm so small that the model {self.model} gives Omega < 0, unlike "
                f"neighbours that attract, for which it was not made: got {first:g} nm",
                UserWarning,
                stacklevel=3,
            )
        return omega

    def _strength(self) -> float:
        """Return what the size-dependent factor multiplies, in kJ/mol times the unit it divides by."""
        match self.model:
            case "inverse_size":
                return self.bulk_omega_kj_mol * self.critical_length_nm
            case "surface_energy":
                # Not -6 ...: without surface energy this is 0, not -0.
                return 0.0 - _FACES * self.surface_energy_mj_m2 * _kj_mol_nm_per_mj_m2()
            case "confined_interface":
                return self.bulk_omega_kj_mol * self.interface_length_nm**2
        return self.strain_kj_mol


def _shell_fraction(edges_nm: Numbers, depth_nm: float) -> Numbers:
    """Return the part of a cube's volume within a depth of its faces; 1 when that is all of it."""
    core = np.maximum(edges_nm - 2.0 * depth_nm, 0.0) / edges_nm
    return 1.0 - core**3


@cache
def _kj_mol_nm_per_mj_m2() -> float:
    """Return v N_A: energy per mole of anions, times the length, of a surface energy."""
    from scipy import constants

    edges_nm = (float(m.pseudocubic_lattice_nm) for m in (CSPBBR3, CSPBI3))
    site_nm3 = sum(edge**3 for edge in edges_nm) / 2 / _ANIONS_PER_FORMULA_UNIT
    mj_nm2_per_m2_in_j = 1e-3 * 1e-18
    return site_nm3 * mj_nm2_per_m2_in_j * constants.N_A * 1e-3
