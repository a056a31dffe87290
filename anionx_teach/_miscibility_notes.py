"""What each model of size-dependent mixing assumes and where it fails, in the words of lessons."""

from __future__ import annotations

from anionx_teach._model_notes import ModelNotes

_NOTES = (
    ModelNotes(
        "inverse_size",
        "critical temperature falls as 1/L",
        "What size does to mixing happens at the surface, whose share grows as 1/L; so the critical "
        "temperature of a cube is that of the bulk times 1 - L0/L.",
        "It does not say what happens at the surface: L0 holds it all, and is chosen, not measured. "
        "Neighbours missing at the faces would give L0 = 0.4 nm, too little to matter here. Below L0 "
        "it has no meaning.",
        "This package; after D. Burch and M. Z. Bazant, Nano Lett. 9, 3795 (2009), who find that "
        "miscibility gaps shrink with size, by another formula",
        "assumed for teaching",
    ),
    ModelNotes(
        "surface_energy",
        "surface energy of mixed crystals",
        "The surface energy of a cube depends on its composition: between bromide and iodide it lies "
        "off the straight line by gamma x (1 - x). The straight line itself, even when the two differ "
        "greatly, changes no gap: only its deviation does.",
        "One composition in the whole crystal, also at its surface; gamma was not measured, neither "
        "its size nor its sign. Ligands and the solvent change surface energies.",
        "This package; that nanocrystals of CsPbI3 owe their structure to their surface energy: "
        "Q. Zhao et al., ACS Energy Lett. 5, 238 (2020)",
        "assumed for teaching",
    ),
    ModelNotes(
        "confined_interface",
        "no room for an interface",
        "The boundary between two phases has a width. A fluctuation must fit into the cube with half "
        "a wave at least, and its gradient costs energy as 1/L^2, which the gain has to pay.",
        "It holds for the spinodal, the onset of growth of small fluctuations; for the binodal it is "
        "a rule of thumb. Lc was not measured: neighbour energies alone would give 0.5 nm.",
        "D. Burch and M. Z. Bazant, Nano Lett. 9, 3795 (2009), doi:10.1021/nl9019787, for the "
        "mechanism",
        "literature, secondary copy or abstract",
    ),
    ModelNotes(
        "strain_relief",
        "strain relieved below the faces",
        "A part of Omega is strain, since iodide needs more room than bromide; in a layer below the "
        "faces the lattice gives way and this part is gone. Above 0 it is strain of the mixed crystal "
        "and small cubes mix better: the sense of the paper's hypothesis.",
        "The sign is open. Two phases that share one lattice strain each other, which opposes "
        "unmixing (a part below 0): relief then makes small cubes unmix more. Strength and depth "
        "are chosen, and the layer has a sharp end that nature does not know.",
        "J. W. Cahn, Acta Metall. 9, 795 (1961), for the strain between phases that share a lattice; "
        "D. A. Cogswell and M. Z. Bazant, Nano Lett. 13, 3036 (2013), doi:10.1021/nl400497t, for "
        "nanoparticles; the layer is ours",
        "literature, to be verified",
    ),
)

SIZE_NOTES = {notes.name: notes for notes in _NOTES}
