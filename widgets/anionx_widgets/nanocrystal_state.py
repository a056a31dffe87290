"""What the nanocrystal viewer knows: how the crystal reacts, and from where it is looked at."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import traitlets

from anionx_teach.lattice_exchange import (
    STARTS,
    LatticeHistory,
    LatticeModel,
    describe_pattern,
    lattice_cells,
    simulate_lattice,
)
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat

Numbers = npt.NDArray[np.float64]

VIEWS: Final = ("all", "iodide", "unit cells")
"""What is shown: every anion, iodide alone, or the two unit cells."""

N_FRAMES: Final = 201
START_FRAME: Final = 80
# The same chance for every setting: a moved slider does not reshuffle the crystal.
_SEED: Final = 8


@dataclass(frozen=True, eq=False)
class NanocrystalResult:
    """One nanocrystal and its whole exchange. Times are in 1/k0."""

    edge_length_nm: float
    history: LatticeHistory
    _patterns: dict[int, "pd.Series[float]"] = field(default_factory=dict)

    @property
    def model(self) -> LatticeModel:
        """The lattice that was simulated, with k0 = 1."""
        return self.history.model

    @cached_property
    def n_iodide(self) -> npt.NDArray[np.int64]:
        """Iodide ions in each frame, evenly from none to all."""
        return np.rint(np.linspace(0, self.model.n_sites, N_FRAMES)).astype(np.int64)

    @cached_property
    def frame_time(self) -> Numbers:
        """Time of each frame: when so many sites were iodide for the first time."""
        return np.concatenate([[0.0], self.history.sorted_time_s[self.n_iodide[1:] - 1]])

    @cached_property
    def first_iodide_frame(self) -> npt.NDArray[np.uint8]:
        """The first frame in which each site is iodide, (n, n, n)."""
        # By number and not by time: with strong coupling several events share one.
        number = np.empty(self.model.n_sites, np.int64)
        number[self.history.event_order] = np.arange(1, self.model.n_sites + 1)
        first = self.n_iodide.searchsorted(number, side="left")
        return first.astype(np.uint8).reshape((self.model.cells,) * 3)

    def pattern(self, frame: int) -> "pd.Series[float]":
        """Return where iodide is in a frame, in numbers: a row of `describe_pattern`."""
        if frame not in self._patterns:
            fraction = self.n_iodide[frame] / self.model.n_sites
            table = describe_pattern(self.history, float(fraction), n_random=0)
            self._patterns[frame] = table.iloc[0]
        return self._patterns[frame]


class NanocrystalState(ExplorerState):
    """The settings of the nanocrystal viewer with their bounds, and the result.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was.

    Attributes
    ----------
    view : str
        One of `VIEWS`.
    edge_length_nm : float
        Edge length of the cube in nm.
    coupling_kt : float
        By how much each iodide neighbour lowers the barrier of a site, in kT.
    start : str
        Where the exchange may begin: one of `anionx_teach.lattice_exchange.STARTS`.
    cut_percent : float
        Which part of the crystal is cut away, in percent of its edge.
    frame : int
        Where the player stands, of `N_FRAMES` moments from no iodide to nothing else.
    playing : bool
        Whether the page is playing; `frame` then stays as it is until it stops.
    turn_deg, tilt_deg : float
        How the crystal is turned about its own axis, and towards the eye.
    result : NanocrystalResult
        Read-only: new after each change of the crystal.
    """

    view = traitlets.Enum(VIEWS, default_value=VIEWS[0])
    edge_length_nm = FiniteFloat(5.1, min=2.0, max=14.0)
    coupling_kt = FiniteFloat(1.0, min=0.0, max=6.0)
    start = traitlets.Enum(STARTS, default_value=STARTS[0])
    cut_percent = FiniteFloat(0.0, min=0.0, max=90.0)
    frame = traitlets.Int(START_FRAME, min=0, max=N_FRAMES - 1)
    playing = traitlets.Bool(False)
    turn_deg = FiniteFloat(-32.0, min=-180.0, max=180.0)
    tilt_deg = FiniteFloat(24.0, min=-90.0, max=90.0)
    result = traitlets.Instance(NanocrystalResult, read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self._simulated: LatticeHistory | None = None
        self._update_result()

    @property
    def is_lattice(self) -> bool:
        """Whether a nanocrystal is shown, and not the unit cells."""
        return self.view != "unit cells"

    @property
    def layers_cut(self) -> int:
        """How many layers of anions are cut away; one is always left."""
        cells = self.result.model.cells
        return min(cells - 1, int(self.cut_percent / 100 * cells + 0.5))  # as the page rounds

    @traitlets.observe("edge_length_nm", "coupling_kt", "start")
    def _follow(self, _change: object) -> None:
        # Once when several change together.
        now = (self._model(), self.edge_length_nm)
        if now != (self.result.model, self.result.edge_length_nm):
            self._update_result()

    def _model(self) -> LatticeModel:
        return LatticeModel(
            lattice_cells(self.edge_length_nm), self.coupling_kt, 1.0, start=self.start
        )

    def _update_result(self) -> None:
        """Simulate the crystal, unless only its edge changed and its sites are as many."""
        model = self._model()
        if self._simulated is None or self._simulated.model != model:
            self._simulated = simulate_lattice(model, rng=_SEED)
        self.set_trait("result", NanocrystalResult(self.edge_length_nm, self._simulated))
