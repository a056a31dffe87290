"""What each model of confinement assumes and where it fails, in the words that lessons show."""

from __future__ import annotations

from dataclasses import dataclass

from anionx_teach.materials import parameter


@dataclass(frozen=True)
class ModelNotes:
    """What a person should know before trusting a model.

    Parameters
    ----------
    name : str
        The model's name, as the functions that compute with it take it.
    title : str
        A few words for a legend.
    assumes, fails_where : str
        One or two sentences each.
    reference : str
        Where the model comes from.
    evidence : str
        How sure its numbers are, one of `materials.EVIDENCE`.
    """

    name: str
    title: str
    assumes: str
    fails_where: str
    reference: str
    evidence: str


_NOTES = (
    ModelNotes(
        "empirical",
        "empirical 1/L\N{SUPERSCRIPT TWO}",
        "The energy of the emission is E_inf + B/L^2, with both numbers taken from the two printed "
        "colours of CsPbBr3 (and, for the iodide, of the products after exchange).",
        "It has no physics to test: it meets its own two points by construction. Between them it "
        "interpolates, outside 5.1 to 13.1 nm it guesses; the products may not be pure iodide.",
        "This package, from the emission maxima in the Results of the paper",
        "computed",
    ),
    ModelNotes(
        "nonparabolic",
        "two bands, correlated pair",
        "Conduction and valence band repel each other, so the kinetic energy rises more slowly "
        "than 1/L^2; electron and hole attract and correlate; walls of infinite height.",
        f"The gap of {parameter('sizing-021').value:g} eV was fitted to the two printed colours and lies above that of the bulk "
        "(2.30 to 2.36 eV): agreement is a consistency check, not a proof. Below about 4 nm "
        "further bands and leakage into the ligands count.",
        "P. C. Sercel et al., J. Chem. Phys. 151, 234106 (2019), for the two bands",
        "computed",
    ),
    ModelNotes(
        "variational",
        "parabolic bands, correlated pair",
        "Parabolic bands; electron and hole in a box with walls of infinite height, correlated by "
        "a factor exp(-alpha r) with the best alpha for each size.",
        "At the same gap, parabolic bands put small crystals too high in energy (compare "
        "nonparabolic). In large ones the centre of mass keeps a "
        "third too much kinetic energy, although the limit, the bulk exciton, is right.",
        "R. Romestain and G. Fishman, Phys. Rev. B 49, 1774 (1994)",
        "literature, to be verified",
    ),
    ModelNotes(
        "brus_cube",
        "strong confinement, cube",
        "Electron and hole move independently in a box with walls of infinite height; their "
        "attraction is a mean over that motion; parabolic bands.",
        "Where the edge exceeds the Bohr diameter the pair correlates and, at the same gap, the "
        "energy comes out too high: it tends to the gap without the binding energy of the exciton.",
        "L. E. Brus, J. Chem. Phys. 80, 4403 (1984), for a sphere; here with the integrals of a "
        "cube",
        "literature, to be verified",
    ),
    ModelNotes(
        "brus_sphere",
        "strong confinement, sphere",
        "As for the cube, in the sphere of the same volume.",
        "As for the cube; and a sphere needs 13 % less kinetic energy than the cube of its volume. "
        "Half the edge as radius is a common mistake and makes the sphere far too blue.",
        "L. E. Brus, J. Chem. Phys. 80, 4403 (1984)",
        "literature, to be verified",
    ),
    ModelNotes(
        "weak",
        "weak confinement",
        "The exciton of the bulk, unchanged, moves as one particle in the box, if wanted without a "
        "dead layer at each face; electron and hole of equal mass.",
        "It needs edges of several Bohr diameters. At the small sizes of the paper it is far too "
        "red; at the largest it comes close to variational.",
        "Al. L. Efros and A. L. Efros, Sov. Phys. Semicond. 16, 772 (1982)",
        "literature, to be verified",
    ),
)

MODEL_NOTES = {notes.name: notes for notes in _NOTES}
