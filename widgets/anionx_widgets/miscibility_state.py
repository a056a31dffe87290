"""What the miscibility explorer knows: the assumption about size, and two crystals that follow."""

from typing import Final

import traitlets

from anionx_teach.lattice_exchange import STARTS
from anionx_teach.miscibility import SIZE_MODELS
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat
from anionx_widgets.miscibility_crystal import (
    N_FRAMES,
    REFERENCE_EDGE_NM,
    MiscibilityResult,
    crystal_of,
    size_dependence,
)

START_FRAME: Final = 80
LARGEST_EDGE_NM: Final = 14.0
_BETWEEN_NM: Final = 9.5  # so that the small crystal is never the larger one
_SETTINGS: Final = (
    "size_model",
    "lost_percent",
    "bulk_critical_temperature_k",
    "temperature_k",
    "small_edge_nm",
    "large_edge_nm",
    "start",
)


class MiscibilityState(ExplorerState):
    """The settings of the miscibility explorer with their bounds, and the result.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was.

    Attributes
    ----------
    size_model : str
        How mixing depends on size: one of `anionx_teach.miscibility.SIZE_MODELS`.
    lost_percent : float
        How much of the bulk's Omega a cube of 5.1 nm has lost by that, in percent.
    bulk_critical_temperature_k : float
        Above this temperature a large crystal mixes at every composition, in K.
    temperature_k : float
        Temperature of the experiment in K.
    small_edge_nm, large_edge_nm : float
        Edge lengths of the two crystals in nm.
    start : str
        Where the exchange may begin: one of `anionx_teach.lattice_exchange.STARTS`.
    frame : int
        Where the player stands, of `N_FRAMES` moments from 0 to the end of the time axis.
    playing : bool
        Whether the page is playing.
    turn_deg, tilt_deg : float
        How the crystals are turned about their own axis, and towards the eye.
    result : MiscibilityResult
        Read-only: new after each change of the settings.
    """

    size_model = traitlets.Enum(SIZE_MODELS, default_value=SIZE_MODELS[0])
    lost_percent = FiniteFloat(20.0, min=0.0, max=100.0)
    bulk_critical_temperature_k = FiniteFloat(343.0, min=200.0, max=600.0)
    temperature_k = FiniteFloat(298.0, min=250.0, max=400.0)
    small_edge_nm = FiniteFloat(REFERENCE_EDGE_NM, min=REFERENCE_EDGE_NM, max=_BETWEEN_NM)
    large_edge_nm = FiniteFloat(13.1, min=_BETWEEN_NM, max=LARGEST_EDGE_NM)
    start = traitlets.Enum(STARTS, default_value=STARTS[0])
    frame = traitlets.Int(START_FRAME, min=0, max=N_FRAMES - 1)
    playing = traitlets.Bool(False)
    turn_deg = FiniteFloat(-32.0, min=-180.0, max=180.0)
    tilt_deg = FiniteFloat(24.0, min=-90.0, max=90.0)
    result = traitlets.Instance(MiscibilityResult, read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self._update_result()

    @property
    def time(self) -> float:
        """Where the player stands, in 1/k0."""
        return float(self.result.frame_time[self.frame])

    @traitlets.observe(*_SETTINGS)
    def _follow(self, _change: object) -> None:
        if self._settings() != self._shown_settings:  # once when several change together
            self._update_result()

    def _settings(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in _SETTINGS)

    def _update_result(self) -> None:
        self._shown_settings = self._settings()
        dependence = size_dependence(
            self.size_model, self.lost_percent / 100, self.bulk_critical_temperature_k
        )
        small, large = (
            crystal_of(dependence, edge_nm, self.temperature_k, self.start)
            for edge_nm in (self.small_edge_nm, self.large_edge_nm)
        )
        result = MiscibilityResult(dependence, self.temperature_k, (small, large))
        self.set_trait("result", result)
