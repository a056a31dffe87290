"""What the ensemble explorer knows: the settings of a cuvette, the player, one result."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import traitlets

from anionx_teach.ensemble import MECHANISMS, SPECTRUM_TIME_S, CuvetteKinetics
from anionx_widgets.ensemble_course import Cuvette, CuvetteCourse, cuvettes
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat

# The cuvette that changes slowly enough to be watched.
START_CUVETTE: Final = list(cuvettes())[-1]
PM_PER_NM: Final = 1000.0
_LONGEST_S: Final = 600.0
_MOST_SPECTRA: Final = max(cuvette.time_s.size for cuvette in cuvettes().values())
# What the kinetics of a cuvette set, by the names of the state.
_FROM_KINETICS: Final[dict[str, Callable[[CuvetteKinetics], float]]] = {
    "half_time_s": lambda kinetics: kinetics.half_time_s,
    "start_mean_s": lambda kinetics: kinetics.start_mean_s,
    "start_sd_s": lambda kinetics: kinetics.start_sd_s,
    "rate_log_sd": lambda kinetics: kinetics.rate_log_sd,
    "etch_rate_pm_per_s": lambda kinetics: PM_PER_NM * kinetics.etch_rate_nm_per_s,
}


def start_frame(cuvette: Cuvette) -> int:
    """Return the spectrum that is shown first: a quarter of the way, and never the very first."""
    return max(1, cuvette.time_s.size // 4)


def _of_the_start(name: str) -> float:
    """Return a setting of the first cuvette."""
    return _FROM_KINETICS[name](cuvettes()[START_CUVETTE].kinetics)


@dataclass(frozen=True, eq=False)
class EnsembleResult:
    """All that is shown: a course, which of its spectra, and whether the crystals are shown.

    A course that did not change stays the same object.
    """

    course: CuvetteCourse
    frame: int
    crystals_shown: bool

    @property
    def time_s(self) -> float:
        """When the shown spectrum was finished, in s."""
        return float(self.course.time_s[self.frame])

    @property
    def peak_nm(self) -> float:
        """Maximum of the shown spectrum, in nm."""
        return float(self.course.peak_nm[self.frame])

    @property
    def as_published(self) -> bool:
        """Whether the settings are those chosen to reproduce the printed maxima."""
        given = replace(self.course.cuvette.kinetics, provenance=self.course.kinetics.provenance)
        return self.course.kinetics == given and self.course.exposure_s == float(SPECTRUM_TIME_S)


class EnsembleState(ExplorerState):
    """The settings of a cuvette with their bounds, the player, and the result.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was. Another
    cuvette brings its own kinetics; the mechanism stays. The same settings always give the same
    crystals, and a small change moves them a little.

    Attributes
    ----------
    cuvette : str
        A key of `ensemble_course.cuvettes`.
    mechanism : str
        One of `anionx_teach.ensemble.MECHANISMS`.
    half_time_s : float
        Time in which a crystal of the mean edge exchanges half of its halide, in s.
    start_mean_s, start_sd_s : float
        Mean and standard deviation of the starts of the crystals, in s.
    rate_log_sd : float
        Standard deviation of the logarithm of a crystal's own rate.
    etch_rate_pm_per_s : float
        By how much every edge becomes shorter, in pm/s.
    exposure_s : float
        How long the collection of one spectrum takes, in s; 0 for a moment.
    frame : int
        Which spectrum is shown, from 0.
    playing : bool
        Whether the page is playing.
    crystals_shown : bool
        Whether the single crystals behind the spectrum are shown.
    result : EnsembleResult
        Read-only; new after each change of the above except `playing`.
    """

    cuvette = traitlets.Enum(tuple(cuvettes()), default_value=START_CUVETTE)
    mechanism = traitlets.Enum(MECHANISMS, default_value=MECHANISMS[0])
    half_time_s = FiniteFloat(_of_the_start("half_time_s"), min=0.0, max=_LONGEST_S)
    # No crystal starts before the iodide is there, so starts that spread need a mean above zero.
    start_mean_s = FiniteFloat(_of_the_start("start_mean_s"), min=0.5, max=_LONGEST_S)
    start_sd_s = FiniteFloat(_of_the_start("start_sd_s"), min=0.0, max=_LONGEST_S)
    rate_log_sd = FiniteFloat(_of_the_start("rate_log_sd"), min=0.0, max=1.0)
    # So little that at the end of both cuvettes every crystal is still of a size with a known colour.
    etch_rate_pm_per_s = FiniteFloat(_of_the_start("etch_rate_pm_per_s"), min=0.0, max=3.0)
    exposure_s = FiniteFloat(float(SPECTRUM_TIME_S), min=0.0, max=float(SPECTRUM_TIME_S))
    frame = traitlets.Int(start_frame(cuvettes()[START_CUVETTE]), min=0, max=_MOST_SPECTRA - 1)
    playing = traitlets.Bool(False)
    crystals_shown = traitlets.Bool(False)
    result = traitlets.Instance(EnsembleResult, read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self._computed_for: tuple[Any, ...] = ()
        self._update_course()

    @traitlets.validate("frame")
    def _a_spectrum_there_is(self, proposal: dict[str, Any]) -> int:
        """Refuse a spectrum after the last of this cuvette."""
        frame, n_spectra = int(proposal["value"]), cuvettes()[self.cuvette].time_s.size
        if frame >= n_spectra:
            msg = f"frame must be between 0 and {n_spectra - 1} for this cuvette, got {frame}"
            raise traitlets.TraitError(msg)
        return frame

    @traitlets.observe("cuvette")
    def _take_cuvette(self, change: dict[str, Any]) -> None:
        """Set what belongs to a cuvette of the paper, all of it before anybody looks."""
        cuvette = cuvettes()[change["new"]]
        with self.hold_trait_notifications():
            for name, of in _FROM_KINETICS.items():
                setattr(self, name, of(cuvette.kinetics))
            self.frame = start_frame(cuvette)
            self.playing = False
        self._update_course()

    @traitlets.observe("mechanism", *_FROM_KINETICS, "exposure_s")
    def _follow_setting(self, _change: dict[str, Any]) -> None:
        self._update_course()

    @traitlets.observe("frame", "crystals_shown")
    def _follow_view(self, _change: dict[str, Any]) -> None:
        if self._settings() == self._computed_for:
            self._show(self.result.course)
        else:  # the settings change as well, and nobody is to see one without the other
            self._update_course()

    def _settings(self) -> tuple[Any, ...]:
        return self.cuvette, self.mechanism, *map(self._value, _FROM_KINETICS), self.exposure_s

    def _value(self, name: str) -> float:
        return float(getattr(self, name))

    def _update_course(self) -> None:
        """Compute anew if a setting has changed: once when several change together."""
        if self._settings() == self._computed_for:
            return
        self._computed_for = self._settings()
        cuvette = cuvettes()[self.cuvette]
        kinetics = replace(
            cuvette.kinetics,
            mechanism=self.mechanism,
            half_time_s=self.half_time_s,
            start_mean_s=self.start_mean_s,
            start_sd_s=self.start_sd_s,
            rate_log_sd=self.rate_log_sd,
            etch_rate_nm_per_s=self.etch_rate_pm_per_s / PM_PER_NM,
            provenance="set by hand",
        )
        self._show(CuvetteCourse(cuvette, kinetics, self.exposure_s))

    def _show(self, course: CuvetteCourse) -> None:
        """Publish a result, unless it is the one that is already shown."""
        result = EnsembleResult(course, self.frame, self.crystals_shown)
        if self.trait_has_value("result"):
            old = self.result
            same = old.course is course and old.frame == result.frame
            if same and old.crystals_shown == result.crystals_shown:
                return
        self.set_trait("result", result)
