"""What the switching explorer knows: trajectories, a curve drawn by hand, and the fit beside it."""

from typing import Any, Final

import traitlets

from anionx_teach.trajectories import Trajectories
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat
from anionx_widgets.switching_hand import HAND, guess_for
from anionx_widgets.switching_movies import (
    SAMPLES,
    MovieSettings,
    SwitchingMovie,
    simulated_movie,
)
from anionx_widgets.switching_result import SwitchingResult

SIMULATED: Final = ("sample", "excitation_w_cm2", "blinking", "filtered", "degradation")
"""The settings of a simulated movie."""
EXCITATIONS_W_CM2: Final = (0.1, 0.3, 1.0)
TRUTHS: Final = ("composition", "light")
"""What the fitted times are compared with: the rise of the composition, or of its light."""
_VIEW: Final = ("crystal", "fitted", "residuals_of", "robust", "movie_shown", "truth")
FEWEST_FRAMES: Final = 5


class SwitchingState(ExplorerState):
    """Trajectories, simulated or one's own; a curve drawn by hand; what else is shown.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was. Those of the
    curve follow from the trajectory: `result.bounds`. Another sample or nanocrystal begins with a
    first guess; a curve that does not fit into another setting's bounds does so as well.

    Parameters
    ----------
    trajectories : Trajectories, optional
        One's own, at least one, of at least five frames; some are simulated when not given.

    Attributes
    ----------
    sample : str
        One of the four conditions of the paper, by its name in `SAMPLES`. As the next four it
        belongs to the simulated movie; with one's own it cannot be set.
    excitation_w_cm2 : float
        Intensity of the exciting light at the nanocrystals, W/cm^2, one of `EXCITATIONS_W_CM2`.
    blinking, filtered, degradation : bool
        Whether nanocrystals blink, whether the emission filter is in front of the camera, whether
        the light decays after its maximum.
    crystal : int
        Number of the nanocrystal, from 1.
    start_time_s, switching_time_s, amplitude, background, decay_rate_per_s : float
        The curve drawn by hand, as in `switching_curve`.
    fitted : bool
        Whether the fit is shown.
    residuals_of : str
        "hand" or "fit": whose residuals are drawn. Those of the fit need one that is shown.
    robust : bool
        Whether the fit resists blinking, see `fit_switching`.
    movie_shown : bool
        Whether the fits to all nanocrystals are shown.
    truth : str
        One of `TRUTHS`.
    result : SwitchingResult
        Read-only: new after each change.
    """

    sample = traitlets.Enum(tuple(SAMPLES), default_value=next(iter(SAMPLES)))
    excitation_w_cm2 = traitlets.Enum(EXCITATIONS_W_CM2, default_value=EXCITATIONS_W_CM2[-1])
    blinking = traitlets.Bool(False)
    filtered = traitlets.Bool(True)
    degradation = traitlets.Bool(True)
    crystal = traitlets.Int(1, min=1)
    start_time_s = FiniteFloat()
    switching_time_s = FiniteFloat()
    amplitude = FiniteFloat()
    background = FiniteFloat()
    decay_rate_per_s = FiniteFloat()
    fitted = traitlets.Bool(False)
    residuals_of = traitlets.Enum(("hand", "fit"), default_value="hand")
    robust = traitlets.Bool(False)
    movie_shown = traitlets.Bool(False)
    truth = traitlets.Enum(TRUTHS, default_value=TRUTHS[0])
    result = traitlets.Instance(SwitchingResult, read_only=True)

    def __init__(self, trajectories: Trajectories | None = None) -> None:
        self._own = None if trajectories is None else _own_movie(trajectories)
        super().__init__()
        self._update_result()

    @property
    def simulated(self) -> bool:
        """Whether the trajectories are simulated ones, whose settings can be changed."""
        return self._own is None

    def draw(self, **numbers: float) -> None:
        """Change the curve drawn by hand, several numbers at once."""
        with self.hold_trait_notifications():
            for name, value in numbers.items():
                setattr(self, name, value)

    def pull(self, handle: str, to: float) -> None:
        """Pull a handle of the curve; it stops where the curve would leave its bounds.

        Parameters
        ----------
        handle : str
            "start" and "end" (10 and 90 % of the rise) leave each other where they are, as
            "background" and "top" do; "middle" moves the whole rise.
        to : float
            Time in s, or light.
        """
        bounds = self.result.bounds
        rise = bounds["switching_time_s"]
        end_s = self.start_time_s + self.switching_time_s
        top = self.background + self.amplitude
        numbers: dict[str, float]
        match handle:
            case "start":
                start_s = min(max(to, end_s - rise.high), end_s - rise.low)
                start_s = bounds["start_time_s"].nearest(start_s)
                numbers = {"start_time_s": start_s, "switching_time_s": end_s - start_s}
            case "end":
                numbers = {"switching_time_s": to - self.start_time_s}
            case "middle":
                numbers = {"start_time_s": to - 0.5 * self.switching_time_s}
            case "background":
                low = bounds["background"].nearest(min(to, top))
                numbers = {"background": low, "amplitude": top - low}
            case "top":
                numbers = {"amplitude": to - self.background}
            case _:
                msg = f"handle must be start, end, middle, background or top, got {handle!r}"
                raise ValueError(msg)
        self.draw(**{name: bounds[name].nearest(value) for name, value in numbers.items()})

    def show_fit(self) -> None:
        """Let the fit do it: show it, and its residuals where there are some."""
        with self.hold_trait_notifications():
            self.fitted, self.residuals_of = True, "fit"

    def hide_fit(self) -> None:
        """Take the fit away again."""
        with self.hold_trait_notifications():
            self.fitted, self.residuals_of = False, "hand"

    def next_crystal(self) -> None:
        """Go to the next nanocrystal; after the last comes the first."""
        self.crystal = self.crystal % len(self._movie()) + 1

    @traitlets.default("start_time_s")
    def _start_of_the_guess(self) -> float:
        return self._first_guess()["start_time_s"]

    @traitlets.default("switching_time_s")
    def _duration_of_the_guess(self) -> float:
        return self._first_guess()["switching_time_s"]

    @traitlets.default("amplitude")
    def _amplitude_of_the_guess(self) -> float:
        return self._first_guess()["amplitude"]

    def _first_guess(self) -> dict[str, float]:
        """Return the curve at the start, for the first trajectory at the settings of the start."""
        movie = self._own
        if movie is None:
            defaults = {name: self.traits()[name].default_value for name in SIMULATED}
            movie = simulated_movie(MovieSettings(**defaults))
        return guess_for(movie.bounds(0))

    @traitlets.validate(*HAND)
    def _inside_the_bounds(self, proposal: dict[str, Any]) -> float:
        name, value = proposal["trait"].name, float(proposal["value"])
        bounds = self._movie().bounds(self.crystal - 1)[name]
        if not bounds.hold(value):
            msg = f"{name} must be between {bounds.low:g} and {bounds.high:g}, got {value:g}"
            raise traitlets.TraitError(msg)
        return value

    @traitlets.validate("crystal")
    def _a_crystal_there_is(self, proposal: dict[str, Any]) -> int:
        crystal, n = int(proposal["value"]), len(self._movie())
        if crystal > n:
            msg = f"crystal must be between 1 and {n}, got {crystal}"
            raise traitlets.TraitError(msg)
        return crystal

    @traitlets.validate(*SIMULATED)
    def _only_of_the_simulated_movie(self, proposal: dict[str, Any]) -> Any:
        value, name = proposal["value"], proposal["trait"].name
        if not self.simulated and value != getattr(self, name):
            msg = f"{name} belongs to the simulated movie, these trajectories are your own"
            raise traitlets.TraitError(msg)
        return value

    @traitlets.observe(*SIMULATED, *HAND, *_VIEW)
    def _follow(self, change: dict[str, Any]) -> None:
        if self._settings() == self._shown_settings:  # once when several change together
            return
        name = change["name"]
        if name in {"sample", "crystal"}:
            self._begin_anew()
        elif name in SIMULATED and not self._curve_fits():
            self.draw(**guess_for(self._movie().bounds(self.crystal - 1)))
        elif name in HAND:
            self.residuals_of = "hand"
        elif name == "residuals_of" and self.residuals_of == "fit":
            self.fitted = True
        self._update_result()

    def _begin_anew(self) -> None:
        """Put a first guess in the place of the curve, and hide the fit."""
        guess = guess_for(self._movie().bounds(self.crystal - 1))
        with self.hold_trait_notifications():
            self.draw(**guess)
            self.hide_fit()

    def _curve_fits(self) -> bool:
        bounds = self._movie().bounds(self.crystal - 1)
        return all(bounds[name].hold(getattr(self, name)) for name in HAND)

    def _movie(self) -> SwitchingMovie:
        """Return the movie of the present settings."""
        if self._own is not None:
            return self._own
        return simulated_movie(MovieSettings(*(getattr(self, name) for name in SIMULATED)))

    def _settings(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in (*SIMULATED, *HAND, *_VIEW))

    def _update_result(self) -> None:
        settings = self._settings()
        if settings == getattr(self, "_shown_settings", None):
            return  # a change that followed from this one has shown it
        self._shown_settings = settings
        hand = {name: getattr(self, name) for name in HAND}
        view = {name: getattr(self, name) for name in _VIEW}
        self.set_trait("result", SwitchingResult(self._movie(), hand=hand, **view))


def _own_movie(trajectories: Trajectories) -> SwitchingMovie:
    """Return one's own trajectories when there is something to fit."""
    if not isinstance(trajectories, Trajectories):
        msg = f"trajectories must be Trajectories, got {type(trajectories).__name__}"
        raise TypeError(msg)
    if not trajectories.n_spots or trajectories.n_frames < FEWEST_FRAMES:
        msg = (
            f"trajectories must hold at least one of at least {FEWEST_FRAMES} frames, got "
            f"{trajectories.n_spots} of {trajectories.n_frames} frames"
        )
        raise ValueError(msg)
    return SwitchingMovie(trajectories)
