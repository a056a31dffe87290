"""What the cooperativity explorer knows: five settings of the model, and what follows from them."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import traitlets

from anionx_teach.exchange import (
    LAWS,
    CooperativeModel,
    ExchangeHistory,
    exact_rise_time,
    exact_start_time,
    simulate_exchange,
)
from anionx_teach.materials import parameter
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat
from anionx_widgets.round_numbers import log_spaced, nice_end

Numbers = npt.NDArray[np.float64]

N_PARTICLES: Final = 500
N_FRAMES: Final = 201
# The same chance for every setting: a moved slider moves the curves and does not reshuffle them.
_SEED: Final = 7
START_FRAME: Final = 100
CONCENTRATION_RANGE_UM: Final = (1.0, 100.0)
CURVE_UM: Final = log_spaced(*CONCENTRATION_RANGE_UM, 25)
# k0 of the calibrated model for each uM.
PROBABILITY_PER_UM: Final = float(parameter("kinetics-002"))
# One number of the slider in kT per event^2, or per event: with 100 sites the slider then says by
# how many kT the barrier has fallen at the last event, whatever the law.
COOPERATIVITY_UNIT_KT: Final = {"quadratic": 1e-4, "linear": 1e-2, "step": 1e-2, "none": 0.0}
# How far below the present concentration the slope of the log-log curve is looked for.
_SLOPE_RATIO: Final = 1.001


@dataclass(frozen=True, eq=False)
class ExchangeRun:
    """One setting of the model, simulated and exact; each part is computed when first looked at.

    So the trajectories are on the screen while the theory is still being summed. Times are in
    steps of the model.
    """

    concentration_um: float
    model: CooperativeModel

    def model_at(self, concentration_um: float) -> CooperativeModel:
        """Return the same model at another concentration in uM."""
        return replace(self.model, attempt_probability=PROBABILITY_PER_UM * concentration_um)

    @property
    def acting_barrier_kt(self) -> Numbers:
        """Free energy of activation of each event; with the cap there is none below zero."""
        barrier = self.model.barrier_kt
        return np.maximum(barrier, 0.0) if self.model.capped else barrier

    @cached_property
    def history(self) -> ExchangeHistory:
        """The event times of the simulated nanocrystals."""
        return simulate_exchange(self.model, N_PARTICLES, rng=_SEED)

    @cached_property
    def end_steps(self) -> float:
        """A round time by which every nanocrystal is exchanged."""
        return nice_end(float(self.history.exchange_time_s.max()))

    @cached_property
    def mean_fraction(self) -> Numbers:
        """Mean iodide fraction at `N_FRAMES` times evenly from 0 to `end_steps`."""
        return np.asarray(self.fraction_until(self.end_steps).mean(axis=0))

    def fraction_until(self, end_steps: float) -> Numbers:
        """Return the iodide fraction (particle, frame) at times evenly from 0 to `end_steps`."""
        return self.history.iodide_fraction(np.linspace(0.0, end_steps, N_FRAMES))

    @cached_property
    def rise_steps(self) -> Numbers:
        """Switching time (10 to 90 % of the events) of each simulated nanocrystal."""
        return self.history.rise_time_s()

    @cached_property
    def start_steps(self) -> Numbers:
        """Time until 10 % of the events of each simulated nanocrystal."""
        return self.history.start_time_s()

    @cached_property
    def exact_rise_steps(self) -> tuple[float, float]:
        """Mean and standard deviation of the switching time by the exact theory."""
        return exact_rise_time(self.model)

    @cached_property
    def exact_start_steps(self) -> tuple[float, float]:
        """Mean and standard deviation of the time until 10 % by the exact theory."""
        return exact_start_time(self.model)

    @cached_property
    def n_certain(self) -> int:
        """How many of the events happen in the step in which they are tried: P = 1."""
        return int(np.count_nonzero(self.model.event_probability >= 1)) if self.model.capped else 0

    @cached_property
    def curve_steps(self) -> Numbers:
        """Exact mean switching time at each of `CURVE_UM`."""
        return np.array([exact_rise_time(self.model_at(float(um)))[0] for um in CURVE_UM])

    @cached_property
    def slope(self) -> float:
        """Slope d ln(switching time) / d ln(concentration) of the exact curve at this setting."""
        below = self.model_at(self.concentration_um / _SLOPE_RATIO)
        ratio = self.exact_rise_steps[0] / exact_rise_time(below)[0]
        return float(np.log(ratio) / np.log(_SLOPE_RATIO))


@dataclass(frozen=True, eq=False)
class CooperativityResult:
    """All that is shown: the present setting and the pinned one.

    `run` is None where a computer has no number for the rates; `obstacle` then says why.
    """

    run: ExchangeRun | None
    obstacle: str
    pinned: ExchangeRun | None

    @property
    def runs(self) -> tuple[ExchangeRun, ...]:
        """The settings there are: the present one, the pinned one."""
        return tuple(run for run in (self.run, self.pinned) if run is not None)

    @cached_property
    def end_steps(self) -> float:
        """Right end of the time axis, which holds the present and the pinned trajectories."""
        return max((run.end_steps for run in self.runs), default=1.0)

    @cached_property
    def fraction(self) -> Numbers:
        """Iodide fraction (particle, frame) of the present setting; (0, frame) without one."""
        if self.run is None:
            return np.empty((0, N_FRAMES))
        return self.run.fraction_until(self.end_steps)


class CooperativityState(ExplorerState):
    """The settings of the cooperative Monte Carlo with their bounds, and the result.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was. The same
    settings always give the same trajectories, and a small change moves them a little.

    Attributes
    ----------
    cooperativity : float
        How fast the barrier falls, in `COOPERATIVITY_UNIT_KT` of the law; without effect when the
        law is "none".
    concentration_um : float
        Concentration of the iodide source in uM; the first event's probability per step is in
        proportion to it.
    n_sites : int
        Exchange events of one nanocrystal.
    law : str
        One of `anionx_teach.exchange.LAWS`.
    capped : bool
        Whether a probability stops at 1; without the cap it is a rate.
    frame : int
        Where the player stands, of `N_FRAMES` moments from 0 to the end of the time axis.
    playing : bool
        Whether the page is playing; `frame` then stays as it is until it stops.
    result : CooperativityResult
        Read-only: new after each change of the settings, and when a setting is pinned.
    """

    cooperativity = FiniteFloat(3.6, min=0.0, max=20.0)
    concentration_um = FiniteFloat(
        5.0, min=CONCENTRATION_RANGE_UM[0], max=CONCENTRATION_RANGE_UM[1]
    )
    n_sites = traitlets.Int(100, min=10, max=1000)
    law = traitlets.Enum(LAWS, default_value="quadratic")
    capped = traitlets.Bool(True)
    frame = traitlets.Int(START_FRAME, min=0, max=N_FRAMES - 1)
    playing = traitlets.Bool(False)
    result = traitlets.Instance(CooperativityResult, read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self._update_result(None)

    def pin(self) -> None:
        """Keep the present setting in the pictures, to compare the next ones with."""
        if self.result.run is not None:
            self._show(self.result.run, self.result.obstacle, self.result.run)

    def unpin(self) -> None:
        """Take the pinned setting out of the pictures."""
        self._show(self.result.run, self.result.obstacle, None)

    def reset(self) -> None:
        """Go back to the start: the settings, the player, nothing pinned."""
        super().reset()
        if self.result.pinned is not None:
            self.unpin()

    @traitlets.observe("cooperativity", "concentration_um", "n_sites", "law", "capped")
    def _follow(self, _change: object) -> None:
        if self._settings() != self._shown_settings:  # once when several change together
            self._update_result(self.result.pinned)

    def _settings(self) -> tuple[float, float, int, str, bool]:
        return self.cooperativity, self.concentration_um, self.n_sites, self.law, self.capped

    def _update_result(self, pinned: ExchangeRun | None) -> None:
        self._shown_settings = self._settings()
        try:
            run, obstacle = self._run(), ""
        except ValueError as error:  # without the cap a rate can exceed what a float holds
            run, obstacle = None, str(error)
        self._show(run, obstacle, pinned)

    def _run(self) -> ExchangeRun:
        """Return the present setting; ValueError where its rates overflow."""
        model = CooperativeModel(
            PROBABILITY_PER_UM * self.concentration_um,
            self.cooperativity * COOPERATIVITY_UNIT_KT[self.law],
            n_sites=self.n_sites,
            law=self.law,
            capped=self.capped,
        )
        run = ExchangeRun(self.concentration_um, model)
        run.model_at(CONCENTRATION_RANGE_UM[1])  # where the rates of the curve are largest
        return run

    def _show(self, run: ExchangeRun | None, obstacle: str, pinned: ExchangeRun | None) -> None:
        self.set_trait("result", CooperativityResult(run, obstacle, pinned))
