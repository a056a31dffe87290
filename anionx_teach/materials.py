"""CsPbCl3, CsPbBr3 and CsPbI3: every constant with value, unit, uncertainty, source and evidence.

The numbers are carried in tables (see `constants`); this module builds from them by row id, so
that no number is written twice.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from anionx_teach import _data
from anionx_teach._validation import finite, one_of, scalar, text

if TYPE_CHECKING:
    import pandas as pd

EVIDENCE = (
    "paper text",
    "literature table",
    "literature, secondary copy or abstract",
    "literature, to be verified",
    "computed",
    "assumed for teaching",
)
"""How sure a number is, in the words that lessons show."""

RADIUS_CONVENTIONS = ("effective", "crystal")
"""Shannon's two sets of ionic radii: effective ionic radii and crystal radii."""

_RADII_ROWS = {"effective": "materials-047", "crystal": "materials-048"}
_RADII_IONS = ("Cs", "Pb", "Cl", "Br", "I")  # the order of the values in both rows
_ANGSTROM_PER_NM = 10.0
_FORMULA_UNITS_PER_CELL = 4  # Z of the Pnma cells
_TABLES = (
    "materials",
    "sizing",
    "optics",
    "cuvette",
    "kinetics",
    "miscibility",
    "photophysics",
    "camera",
)


@dataclass(frozen=True)
class Parameter:
    """One number with all that is needed to judge it.

    Parameters
    ----------
    value : float
        The number, in `unit`.
    unit : str
        Its unit; "-" for a pure number.
    source : str
        Where it was published, or what it was computed from.
    evidence : str
        How sure it is, one of `EVIDENCE`.
    uncertainty : float, str or None
        In `unit`, or in words; None when the source states none.
    note : str
        What a reader should know before using it.

    Raises
    ------
    ValueError
        If `value` is not finite, `unit` or `source` is empty, or `evidence` is not one of
        `EVIDENCE`.

    Examples
    --------
    >>> dose = Parameter(2.0, "electrons", "chosen here", "assumed for teaching", uncertainty=0.5)
    >>> float(dose)
    2.0
    >>> print(dose)
    2 +- 0.5 electrons (assumed for teaching: chosen here)
    """

    value: float
    unit: str
    source: str
    evidence: str
    uncertainty: float | str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        one_of("evidence", self.evidence, EVIDENCE)
        finite("value", scalar("value", self.value))
        for name in ("unit", "source"):
            if not text(name, getattr(self, name)):
                msg = f"{name} must not be empty ('-' is the unit of a pure number)"
                raise ValueError(msg)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        parts = [f"{self.value:.6g}"]
        if isinstance(self.uncertainty, str):
            parts.append(f"[{self.uncertainty}]")
        elif self.uncertainty is not None:
            parts.append(f"+- {self.uncertainty:.3g}")
        if self.unit != "-":
            parts.append(self.unit)
        return f"{' '.join(parts)} ({self.evidence}: {self.source})"


@dataclass(frozen=True)
class Perovskite:
    """A cesium lead halide: constants as carried, and what follows from them.

    Parameters
    ----------
    name, formula : str
        For people, and for tables.
    halide : str
        "Cl", "Br" or "I".
    pseudocubic_lattice_nm : Parameter
        Edge of the cube that holds one formula unit, CsPbX3.
    band_gap_ev : Parameter
        Bulk gap at low temperature.
    reduced_mass_m0 : Parameter
        Reduced mass of electron and hole, in electron masses.
    dielectric_constant : Parameter
        The effective constant that belongs to the exciton.
    exciton_binding_energy_mev : Parameter
        Of the bulk exciton.

    Examples
    --------
    >>> print(CSPBBR3.formula, CSPBBR3.band_gap_ev.value, CSPBBR3.band_gap_ev.unit)
    CsPbBr3 2.342 eV
    >>> CSPBBR3.band_gap_ev.evidence
    'literature, to be verified'
    >>> round(float(CSPBBR3.bohr_diameter_nm), 1)
    6.1
    """

    name: str
    formula: str
    halide: str
    pseudocubic_lattice_nm: Parameter
    band_gap_ev: Parameter
    reduced_mass_m0: Parameter
    dielectric_constant: Parameter
    exciton_binding_energy_mev: Parameter

    @property
    def bohr_diameter_nm(self) -> Parameter:
        """Diameter of the hydrogen-like exciton, 2 a0 eps / mu.

        The uncertainty is that of the reduced mass; the source states none for eps.
        """
        from scipy.constants import physical_constants

        bohr_radius_nm = physical_constants["Bohr radius"][0] * 1e9
        mass = self.reduced_mass_m0
        diameter_nm = 2 * bohr_radius_nm * float(self.dielectric_constant) / float(mass)
        relative = mass.uncertainty / float(mass) if isinstance(mass.uncertainty, float) else None
        return Parameter(
            diameter_nm,
            "nm",
            f"2 a0 eps / mu, with eps and mu from {mass.source}",
            "computed",
            None if relative is None else diameter_nm * relative,
            "uncertainty from the reduced mass alone",
        )

    @property
    def tolerance_factor(self) -> Parameter:
        """Goldschmidt's tolerance factor, by effective ionic radii; see `tolerance_factor`."""
        return tolerance_factor(self.halide)

    @property
    def octahedral_factor(self) -> Parameter:
        """Radius of Pb over that of the halide, by effective radii; see `octahedral_factor`."""
        return octahedral_factor(self.halide)

    def to_frame(self) -> pd.DataFrame:
        """Return the constants as a table, one row a constant, carried ones first.

        Returns
        -------
        pandas.DataFrame
            Columns quantity, value, unit, uncertainty, source, evidence, note.

        Examples
        --------
        >>> CSPBI3.to_frame().loc[0, ["quantity", "unit", "evidence"]].to_list()
        ['pseudocubic_lattice_nm', 'nm', 'computed']
        """
        import pandas as pd

        carried = [field.name for field in fields(self)]
        names = [*carried[3:], "bohr_diameter_nm", "tolerance_factor", "octahedral_factor"]
        parts = [field.name for field in fields(Parameter)]
        table = [{"quantity": n} | {p: getattr(getattr(self, n), p) for p in parts} for n in names]
        order = ["quantity", "value", "unit", "uncertainty", "source", "evidence", "note"]
        return pd.DataFrame(table)[order]


def parameter(row_id: str) -> Parameter:
    """Return one carried constant as a `Parameter`.

    Parameters
    ----------
    row_id : str
        The `id` of a row of `constants`, for example "materials-008".

    Returns
    -------
    Parameter
        In the unit of the row; its note also holds the conditions.

    Raises
    ------
    TypeError
        If `row_id` is not text.
    ValueError
        If there is no such row, or the row holds no number or more than one.

    Examples
    --------
    >>> print(parameter("sizing-011"))
    82 meV (literature, to be verified: Brennan 2017 JACS 139,12201)
    """
    row = _row(row_id)
    try:
        value = float(row["value"])
    except ValueError:
        held = f"the text {row['value']!r}" if row["value"] else "no value"
        msg = (
            f"row_id must be that of a single number, got {row_id!r}: {row['quantity']} holds "
            f"{held}; read it from constants()"
        )
        raise ValueError(msg) from None
    note = "; ".join(part for part in (row["conditions"], row["note"]) if part)
    uncertainty = _data.number_or_text(row["uncertainty"])
    return Parameter(value, row["unit"], row["source"], row["evidence"], uncertainty, note)


def constants() -> pd.DataFrame:
    """Return every carried constant of the materials and of their size dependence.

    Returns
    -------
    pandas.DataFrame
        Columns id, quantity, value, unit, uncertainty, conditions, source, evidence, note, a fresh
        copy. `value` and `uncertainty` are floats, or text where a source gives a range, several
        numbers or words; what is not known is NaN.

    Examples
    --------
    >>> table = constants().set_index("id")
    >>> table.loc["materials-008", ["quantity", "value", "unit"]].to_list()
    ['reduced mass CsPbBr3', 0.126, 'm0']
    """
    return _data.frame(*_TABLES)


def ionic_radius_angstrom(ion: str, *, convention: str = "effective") -> Parameter:
    """Return Shannon's radius of an ion in its place in the perovskite.

    Parameters
    ----------
    ion : str
        "Cs" (twelve neighbours), "Pb", "Cl", "Br" or "I" (six neighbours).
    convention : str
        "effective" for effective ionic radii, "crystal" for crystal radii.

    Returns
    -------
    Parameter
        In angstrom.

    Raises
    ------
    TypeError, ValueError
        If the ion or the convention is not one of those above.

    Notes
    -----
    Crystal radii have cations 0.14 angstrom larger and anions 0.14 angstrom smaller than effective
    ionic radii. A sum of cation and anion is the same in both; a ratio is not.

    References
    ----------
    R. D. Shannon, Acta Crystallographica A 32, 751 (1976), doi:10.1107/S0567739476001551.

    Examples
    --------
    >>> [float(ionic_radius_angstrom("Br", convention=name)) for name in RADIUS_CONVENTIONS]
    [1.96, 1.82]
    """
    one_of("ion", ion, _RADII_IONS)
    row_id = _RADII_ROWS[one_of("convention", convention, RADIUS_CONVENTIONS)]
    row = _row(row_id)
    radii = dict(zip(_RADII_IONS, _several_numbers(row_id), strict=True))
    return Parameter(radii[ion], row["unit"], row["source"], row["evidence"])


def tolerance_factor(halide: str, *, convention: str = "effective") -> Parameter:
    """Return Goldschmidt's tolerance factor of a cesium lead halide.

    Parameters
    ----------
    halide : str
        "Cl", "Br" or "I".
    convention : str
        "effective" or "crystal" radii, see `ionic_radius_angstrom`.

    Returns
    -------
    Parameter
        A pure number; 1 is the ideal cubic perovskite, below it the octahedra tilt.

    Raises
    ------
    TypeError, ValueError
        If the halide or the convention is not one of those above.

    Notes
    -----
    t = (r_Cs + r_X) / (sqrt(2) (r_Pb + r_X)). Only sums of a cation and an anion enter, so both
    conventions give the same number.

    References
    ----------
    V. M. Goldschmidt, Naturwissenschaften 14, 477 (1926).

    Examples
    --------
    >>> [round(float(tolerance_factor(halide)), 3) for halide in ("Cl", "Br", "I")]
    [0.870, 0.862, 0.851]
    """
    one_of("halide", halide, _RADII_IONS[2:])
    cesium, lead, anion = (
        ionic_radius_angstrom(i, convention=convention) for i in ("Cs", "Pb", halide)
    )
    factor = (float(cesium) + float(anion)) / (math.sqrt(2) * (float(lead) + float(anion)))
    return Parameter(factor, "-", f"{convention} radii: {anion.source}", "computed")


def octahedral_factor(halide: str, *, convention: str = "effective") -> Parameter:
    """Return the octahedral factor of a cesium lead halide.

    Parameters
    ----------
    halide : str
        "Cl", "Br" or "I".
    convention : str
        "effective" or "crystal" radii, see `ionic_radius_angstrom`.

    Returns
    -------
    Parameter
        A pure number; an octahedron of touching anions around lead needs at least sqrt(2) - 1.

    Raises
    ------
    TypeError, ValueError
        If the halide or the convention is not one of those above.

    Notes
    -----
    r_Pb / r_X. A ratio of a cation to an anion depends on the convention: compare only values of
    the same one.

    Examples
    --------
    >>> [round(float(octahedral_factor("Br", convention=name)), 3) for name in RADIUS_CONVENTIONS]
    [0.607, 0.731]
    """
    one_of("halide", halide, _RADII_IONS[2:])
    lead, anion = (ionic_radius_angstrom(i, convention=convention) for i in ("Pb", halide))
    factor = float(lead) / float(anion)
    return Parameter(factor, "-", f"{convention} radii: {anion.source}", "computed")


def _row(row_id: str) -> _data.Row:
    """Return the carried row with this id; an error names the nearest ids."""
    if not isinstance(row_id, str):
        msg = f"row_id must be text such as 'materials-008', got {row_id!r}"
        raise TypeError(msg)
    for table in _TABLES:
        if row_id in _data.rows(table):
            return _data.rows(table)[row_id]
    known = [name for table in _TABLES for name in _data.rows(table)]
    near = ", ".join(difflib.get_close_matches(row_id, known, cutoff=0.0))
    msg = f"row_id must be an id of constants(), got {row_id!r}; near it are {near}"
    raise ValueError(msg)


def _several_numbers(row_id: str) -> list[float]:
    """Return the numbers of a cell that lists several, in the order written."""
    return [float(part) for part in _row(row_id)["value"].split(",")]


def _cube_of_cell_nm(row_id: str) -> Parameter:
    """Return the edge of the cube with the volume of one formula unit of an orthorhombic cell."""
    row = _row(row_id)
    volume = math.prod(_several_numbers(row_id))
    edge_nm = (volume / _FORMULA_UNITS_PER_CELL) ** (1 / 3) / _ANGSTROM_PER_NM
    return Parameter(edge_nm, "nm", f"(V/4)^(1/3) of the Pnma cell: {row['source']}", "computed")


def _in_nm(row_id: str) -> Parameter:
    """Return a carried length of one number in angstrom as nm."""
    length = parameter(row_id)
    return replace(length, value=float(length) / _ANGSTROM_PER_NM, unit="nm")


CSPBCL3 = Perovskite(
    name="cesium lead chloride",
    formula="CsPbCl3",
    halide="Cl",
    pseudocubic_lattice_nm=_in_nm("materials-044"),
    band_gap_ev=parameter("materials-003"),
    reduced_mass_m0=parameter("materials-010"),
    dielectric_constant=parameter("materials-016"),
    exciton_binding_energy_mev=parameter("materials-013"),
)
"""Cesium lead chloride; its cubic cell near 320 K."""

CSPBBR3 = Perovskite(
    name="cesium lead bromide",
    formula="CsPbBr3",
    halide="Br",
    pseudocubic_lattice_nm=_cube_of_cell_nm("materials-034"),
    band_gap_ev=parameter("materials-001"),
    reduced_mass_m0=parameter("materials-008"),
    dielectric_constant=parameter("materials-014"),
    exciton_binding_energy_mev=parameter("materials-011"),
)
"""Cesium lead bromide, what the paper's nanocrystals are made of before the exchange."""

CSPBI3 = Perovskite(
    name="cesium lead iodide",
    formula="CsPbI3",
    halide="I",
    pseudocubic_lattice_nm=_cube_of_cell_nm("materials-035"),
    band_gap_ev=parameter("materials-002"),
    reduced_mass_m0=parameter("materials-009"),
    dielectric_constant=parameter("materials-015"),
    exciton_binding_energy_mev=parameter("materials-012"),
)
"""Cesium lead iodide in its gamma phase, what they become."""
