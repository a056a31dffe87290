"""Do bromide and iodide mix? Free energy, phase diagram, and what size may do to them.

The regular solution is textbook; its Omega for bulk CsPb(Br,I)3 is not known to make a gap at room
temperature, and its dependence on size is an assumption that each model here declares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anionx_teach import _validation, materials
from anionx_teach._miscibility_lattice import (
    LATTICE_THEORIES,
    coupling_kt,
    critical_coupling_kt,
    lattice_critical_temperature_k,
)
from anionx_teach._miscibility_notes import SIZE_NOTES
from anionx_teach._miscibility_size import SIZE_MODELS, SizeDependence
from anionx_teach._miscibility_solution import CompositionRange, RegularSolution, phase_diagram
from anionx_teach.materials import CSPBBR3, CSPBCL3, CSPBI3, RADIUS_CONVENTIONS

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._model_notes import ModelNotes

__all__ = [
    "LATTICE_THEORIES",
    "SIZE_MODELS",
    "CompositionRange",
    "RegularSolution",
    "SizeDependence",
    "coupling_kt",
    "critical_coupling_kt",
    "lattice_critical_temperature_k",
    "miscibility_evidence",
    "perovskite_factors",
    "phase_diagram",
    "size_model_notes",
]

_EVIDENCE_ROWS = ("001", "008", "009", "010", "011")


def size_model_notes(model: str) -> ModelNotes:
    """Return what a model of size dependence assumes, where it fails, and where it comes from.

    Parameters
    ----------
    model : str
        One of `SIZE_MODELS`.

    Returns
    -------
    ModelNotes
        Fields name, title, assumes, fails_where, reference, evidence.

    Raises
    ------
    TypeError, ValueError
        If the model is unknown.

    Examples
    --------
    >>> size_model_notes("inverse_size").evidence
    'assumed for teaching'
    """
    return SIZE_NOTES[_validation.one_of("model", model, SIZE_MODELS)]


def miscibility_evidence() -> pd.DataFrame:
    """Return what speaks for and against a miscibility gap, and how sure each statement is.

    Returns
    -------
    pandas.DataFrame
        Columns quantity, value, unit, conditions, source, evidence, note; a fresh copy.

    Examples
    --------
    >>> miscibility_evidence().loc[1, ["quantity", "value"]].to_list()
    ['mixing of CsPb(Br,I)3', 'easy at room temperature']
    """
    names = ["quantity", "value", "unit", "conditions", "source", "evidence", "note"]
    rows = materials.constants().set_index("id").loc[[f"miscibility-{n}" for n in _EVIDENCE_ROWS]]
    return rows[names].reset_index(drop=True)


def perovskite_factors() -> pd.DataFrame:
    """Return tolerance and octahedral factors by both conventions of radii, side by side.

    Returns
    -------
    pandas.DataFrame
        One row a perovskite: formula, and for each of `RADIUS_CONVENTIONS` the columns
        halide_radius_angstrom_*, tolerance_factor_*, octahedral_factor_*.

    Notes
    -----
    Crystal radii have cations 0.14 angstrom larger and anions as much smaller. The tolerance factor
    holds sums of a cation and an anion only, and is the same by both; the octahedral factor is a
    ratio, and is not. The radii that the paper prints, 1.82 and 2.06 angstrom, are crystal radii.

    References
    ----------
    See `tolerance_factor`, `octahedral_factor` and `ionic_radius_angstrom` of `materials`.

    Examples
    --------
    >>> table = perovskite_factors().set_index("formula").round(3)
    >>> table.loc["CsPbI3", ["tolerance_factor_effective", "tolerance_factor_crystal"]].to_list()
    [0.851, 0.851]
    >>> table.loc["CsPbI3", ["octahedral_factor_effective", "octahedral_factor_crystal"]].to_list()
    [0.541, 0.646]
    """
    import pandas as pd

    functions = {
        "halide_radius_angstrom": materials.ionic_radius_angstrom,
        "tolerance_factor": materials.tolerance_factor,
        "octahedral_factor": materials.octahedral_factor,
    }
    table = []
    for perovskite in (CSPBCL3, CSPBBR3, CSPBI3):
        row: dict[str, object] = {"formula": perovskite.formula}
        for name, function in functions.items():
            for convention in RADIUS_CONVENTIONS:
                value = function(perovskite.halide, convention=convention)
                row[f"{name}_{convention}"] = float(value)
        table.append(row)
    return pd.DataFrame(table)
