"""The lowest levels of electron and hole, for a picture of the energy levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _confinement_models as models
from anionx_teach import _validation
from anionx_teach._confinement_inputs import bulk_of, checked_edges_nm

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

LEVEL_MODELS = ("nonparabolic", "variational", "brus_cube")
"""Models in which electron and hole have a level each in the cube."""


@dataclass(frozen=True, eq=False)
class ConfinedLevels:
    """Lowest levels of electron and hole in a cube, measured from the edges of the bulk bands.

    Parameters
    ----------
    edge_length_nm : numpy.ndarray
        Edge lengths; the other arrays have its shape.
    electron_shift_ev, hole_shift_ev : numpy.ndarray
        Height of the electron level above the conduction band edge, depth of the hole level below
        the valence band edge.
    interaction_ev : numpy.ndarray
        Energy of attraction and correlation of the two, below zero.
    bulk_gap_ev : float
        Distance of the two bulk band edges.
    """

    edge_length_nm: Numbers
    electron_shift_ev: Numbers
    hole_shift_ev: Numbers
    interaction_ev: Numbers
    bulk_gap_ev: float

    @property
    def pair_gap_ev(self) -> Numbers:
        """Distance of the two confined levels, without interaction."""
        return np.asarray(self.bulk_gap_ev + self.electron_shift_ev + self.hole_shift_ev)

    @property
    def exciton_energy_ev(self) -> Numbers:
        """Lowest absorption, the same as `band_gap_ev` of that model."""
        return np.asarray(self.pair_gap_ev + self.interaction_ev)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row an edge length, all energies in columns."""
        import pandas as pd

        names = ("edge_length_nm", "electron_shift_ev", "hole_shift_ev", "interaction_ev")
        columns = {name: np.ravel(getattr(self, name)) for name in names}
        return pd.DataFrame(columns).assign(
            bulk_gap_ev=self.bulk_gap_ev,
            pair_gap_ev=np.ravel(self.pair_gap_ev),
            exciton_energy_ev=np.ravel(self.exciton_energy_ev),
        )


def confined_levels_ev(
    edge_length_nm: npt.ArrayLike,
    *,
    model: str = "nonparabolic",
    bulk_gap_ev: float | None = None,
    reduced_mass_m0: float | None = None,
) -> ConfinedLevels:
    """Return how far confinement moves the levels of electron and hole in CsPbBr3.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge length in nm.
    model : str
        "nonparabolic", "variational" or "brus_cube". In the others the carriers have no level of
        their own in the cube.
    bulk_gap_ev, reduced_mass_m0 : float, optional
        Replace the model's bulk gap and reduced mass.

    Returns
    -------
    ConfinedLevels
        Shifts of both levels, and the interaction of the pair.

    Raises
    ------
    TypeError, ValueError
        If an edge length, the gap or the mass is not above 0, or the model has no such levels.

    Warns
    -----
    UserWarning
        If an edge length is outside 3 to 20 nm.

    Notes
    -----
    Electron and hole are given equal masses, 2 mu each, an assumption for teaching (calculated
    masses are 0.15 and 0.14 m0): each level moves by half of the kinetic energy of the pair, which
    is E_box = 3 hbar^2 pi^2 / (2 mu L^2), or E_g (sqrt(1 + 2 E_box / E_g) - 1) for `nonparabolic`.

    References
    ----------
    L. E. Brus, J. Chem. Phys. 80, 4403 (1984); P. C. Sercel et al., J. Chem. Phys. 151, 234106
    (2019).

    Examples
    --------
    >>> levels = confined_levels_ev(5.1)
    >>> round(float(levels.electron_shift_ev), 3), round(float(levels.interaction_ev), 3)
    (0.161, -0.127)
    """
    edges_nm = checked_edges_nm(edge_length_nm)
    name = _validation.one_of("model", model, LEVEL_MODELS)
    bulk = bulk_of(name, bulk_gap_ev, reduced_mass_m0)
    if name == "nonparabolic":
        kinetic = models.nonparabolic_box_energy_ev(edges_nm, bulk)
    else:
        kinetic = models.box_energy_ev(edges_nm, bulk)
    if name == "brus_cube":
        interaction = -models.coulomb_of_cube_ev(edges_nm, bulk)
    else:
        interaction = models.correlation_energy_ev(edges_nm, bulk)
    shift = _validation.read_only(np.asarray(kinetic / 2))
    return ConfinedLevels(
        edge_length_nm=_validation.read_only(edges_nm),
        electron_shift_ev=shift,
        hole_shift_ev=shift,
        interaction_ev=_validation.read_only(np.asarray(interaction)),
        bulk_gap_ev=bulk.gap_ev,
    )
