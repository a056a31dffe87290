"""The experiment of the paper, run on a computer, one module per step.

The modules in the order of the experiment: `paper` and `materials` (numbers with their sources),
`nanocrystals`, `micrographs`, `diffraction`, `confinement`; then `hidden_experiments` and `checks`
for the learner. The names below are promises: they are added to, and not renamed.
"""

from anionx_teach import checks, materials, paper
from anionx_teach._units import NaturalUnits, natural_units
from anionx_teach._version import __version__
from anionx_teach.confinement import (
    CONFINEMENT_MODELS,
    FITTED_BULK_GAP_EV,
    ConfinedLevels,
    ModelNotes,
    band_gap_ev,
    brus_sphere_gap_ev,
    confined_levels_ev,
    emission_wavelength_nm,
    equal_volume_radius_nm,
    measured_emission,
    model_notes,
    stokes_shift_ev,
)
from anionx_teach.diffraction import (
    measure_width_deg,
    powder_pattern,
    reflections,
    scherrer_size_nm,
    scherrer_width_deg,
)
from anionx_teach.hidden_experiments import (
    HiddenExperiment,
    HiddenParameter,
    hidden_batch,
    hidden_emission,
)
from anionx_teach.materials import CSPBBR3, CSPBCL3, CSPBI3, Parameter, Perovskite
from anionx_teach.micrographs import (
    Micrograph,
    SizeFit,
    fit_size_distribution,
    measure_edges,
    micrograph_parameters,
    render_micrograph,
)
from anionx_teach.nanocrystals import (
    NanocrystalBatch,
    draw_batch,
    halide_sites,
    surface_fraction,
    unit_cells,
)

__all__ = [
    "CONFINEMENT_MODELS",
    "CSPBBR3",
    "CSPBCL3",
    "CSPBI3",
    "FITTED_BULK_GAP_EV",
    "ConfinedLevels",
    "HiddenExperiment",
    "HiddenParameter",
    "Micrograph",
    "ModelNotes",
    "NanocrystalBatch",
    "NaturalUnits",
    "Parameter",
    "Perovskite",
    "SizeFit",
    "__version__",
    "band_gap_ev",
    "brus_sphere_gap_ev",
    "checks",
    "confined_levels_ev",
    "draw_batch",
    "emission_wavelength_nm",
    "equal_volume_radius_nm",
    "fit_size_distribution",
    "halide_sites",
    "hidden_batch",
    "hidden_emission",
    "materials",
    "measure_edges",
    "measure_width_deg",
    "measured_emission",
    "micrograph_parameters",
    "model_notes",
    "natural_units",
    "paper",
    "powder_pattern",
    "reflections",
    "render_micrograph",
    "scherrer_size_nm",
    "scherrer_width_deg",
    "stokes_shift_ev",
    "surface_fraction",
    "unit_cells",
]
