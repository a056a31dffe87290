"""The crystal structures whose powder patterns can be computed, with their sources."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Site:
    """One crystallographic site: element and fractional coordinates."""

    label: str
    element: str
    x: float
    y: float
    z: float


@dataclass(frozen=True)
class CrystalStructure:
    """An orthorhombic, centrosymmetric crystal: all angles are 90 degrees."""

    formula: str
    space_group: str
    cell_angstrom: tuple[float, float, float]
    sites: tuple[Site, ...]
    source: str
    evidence: str


STRUCTURES = {
    "CsPbBr3": CrystalStructure(
        formula="CsPbBr3",
        space_group="P n m a",
        cell_angstrom=(8.2440, 11.7351, 8.1982),
        sites=(
            Site("Cs", "Cs", 0.5310, 0.25, 0.0070),
            Site("Pb", "Pb", 0.0, 0.5, 0.0),
            Site("Br1", "Br", 0.29347, 0.47611, 0.20607),
            Site("Br2", "Br", 0.0037, 0.75, 0.0455),
        ),
        source="Stoumpos et al., Cryst. Growth Des. 13, 2722 (2013); room temperature; COD 4510745",
        evidence="literature, secondary copy or abstract",
    ),
    "CsPbI3": CrystalStructure(
        formula="CsPbI3",
        space_group="P n m a",
        cell_angstrom=(8.8637, 12.4838, 8.5783),
        sites=(
            Site("Cs", "Cs", 0.43839, 0.25, 0.02006),
            Site("Pb", "Pb", 0.0, 0.0, 0.0),
            Site("I1", "I", 0.50303, 0.25, 0.56458),
            Site("I2", "I", 0.19871, 0.03272, 0.30445),
        ),
        source="Straus et al., J. Am. Chem. Soc. 141, 11435 (2019); 295 K; COD 4127359",
        evidence="literature, secondary copy or abstract",
    ),
}
