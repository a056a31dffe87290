"""What the microscope explorer knows: a movie, the player, and the spot that is chosen."""

from typing import Any, Final

import numpy as np
import traitlets

from anionx_teach.camera import Movie
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat
from anionx_widgets.microscope_field import FieldSettings, simulated_movie, watched
from anionx_widgets.microscope_result import NOWHERE, MicroscopeResult, Numbers
from anionx_widgets.movie_contrast import require_contrast

SIMULATED: Final = ("excitation_w_cm2", "background_photons", "concentration_um", "em_gain")


class MicroscopeState(ExplorerState):
    """The settings of a simulated movie, or one's own movie; the player; the spot that is chosen.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was. The same
    settings always give the same movie, and a small change of one changes it a little.

    Parameters
    ----------
    movie : Movie, optional
        One's own, `read_movie` for example; a small one is simulated when not given.

    Attributes
    ----------
    excitation_w_cm2 : float
        Intensity of the exciting light at the nanocrystals, W/cm^2. As the next three it belongs
        to the simulated movie; with one's own it cannot be set.
    background_photons : float
        Background light, photons a pixel and frame.
    concentration_um : float
        Of the iodide source, in uM.
    em_gain : float
        Into how many electrons the camera multiplies one.
    show_true : bool
        Whether the true spots are drawn, where they are known.
    frame : int
        Where the player stands.
    playing : bool
        Whether it runs.
    zoom : int
        How many times the picture is enlarged: 1, 2, 4 or 8.
    contrast : list of float
        Counts drawn black and white; empty for those found from the movie.
    place : tuple of float
        x and y in px where a spot is chosen; empty for none. A spot is chosen by its place, and
        stays so while others come and go.
    result : MicroscopeResult
        Read-only: new after each change of the movie.
    """

    excitation_w_cm2 = FiniteFloat(1.0, min=0.05, max=2.0)
    background_photons = FiniteFloat(5.0, min=0.0, max=20.0)
    concentration_um = FiniteFloat(10.0, min=5.0, max=50.0)
    em_gain = FiniteFloat(300.0, min=1.0, max=1000.0)
    show_true = traitlets.Bool(True)
    frame = traitlets.Int(min=0)
    playing = traitlets.Bool(False)
    zoom = traitlets.Enum((1, 2, 4, 8), default_value=1)
    contrast = traitlets.List(traitlets.Float())
    place = traitlets.Tuple()
    result = traitlets.Instance(MicroscopeResult, read_only=True)

    def __init__(self, movie: Movie | None = None) -> None:
        if movie is not None and not isinstance(movie, Movie):
            msg = f"movie must be a Movie, as read_movie returns it, got {type(movie).__name__}"
            raise TypeError(msg)
        super().__init__()
        self._own = movie
        self._update_result()
        self._start_place: tuple[float, ...] = tuple(map(float, self.result.found_px[:1].ravel()))
        self.frame, self.place = self._last_frame(), self._start_place

    @property
    def simulated(self) -> bool:
        """Whether the movie is a simulated one, whose settings can be moved."""
        return self._own is None

    @property
    def chosen(self) -> int:
        """Number of the chosen spot among those found; -1 when none is."""
        return self.result.nearest(self.place)

    @property
    def true_px(self) -> Numbers:
        """Places x, y of the true spots that are drawn (S, 2)."""
        return self.result.true_px if self.show_true else NOWHERE

    def choose(self, spot: int) -> None:
        """Choose a spot by its number."""
        if spot != self.chosen:
            self.place = tuple(map(float, self.result.found_px[spot])) if spot >= 0 else ()

    @traitlets.default("frame")
    def _last_frame(self) -> int:
        """Return where the player begins: at the end, where the nanocrystals shine."""
        return self.result.movie.n_frames - 1 if self.trait_has_value("result") else 0

    @traitlets.default("place")
    def _first_place(self) -> tuple[float, ...]:
        """Return the place chosen at the start: that of the clearest spot."""
        return getattr(self, "_start_place", ())

    @traitlets.validate("frame")
    def _a_frame_there_is(self, proposal: dict[str, Any]) -> int:
        frame = int(proposal["value"])
        if frame > self._last_frame():
            msg = f"frame must be between 0 and {self._last_frame()}, got {frame}"
            raise traitlets.TraitError(msg)
        return frame

    @traitlets.validate("place")
    def _two_numbers(self, proposal: dict[str, Any]) -> tuple[float, ...]:
        place = tuple(proposal["value"])
        if len(place) not in (0, 2) or not all(np.isfinite(place)):
            msg = f"place must be empty or x and y in px, got {place}"
            raise traitlets.TraitError(msg)
        return place

    @traitlets.validate("contrast")
    def _black_below_white(self, proposal: dict[str, Any]) -> Any:
        return require_contrast(proposal["value"])

    @traitlets.validate(*SIMULATED)
    def _only_of_the_simulated_movie(self, proposal: dict[str, Any]) -> float:
        value, name = float(proposal["value"]), proposal["trait"].name
        if getattr(self, "_own", None) is not None and value != getattr(self, name):
            msg = f"{name} belongs to the simulated movie, this one is your own"
            raise traitlets.TraitError(msg)
        return value

    @traitlets.observe(*SIMULATED)
    def _follow(self, _change: object) -> None:
        if self._settings() != self.result.settings:  # once when several change together
            self._update_result()

    def _settings(self) -> FieldSettings:
        return FieldSettings(*(getattr(self, name) for name in SIMULATED))

    def _update_result(self) -> None:
        if self._own is not None:
            movie, step = watched(self._own)
            self.set_trait("result", MicroscopeResult(None, step, movie, self._own.n_frames))
            return
        settings = self._settings()
        movie = simulated_movie(settings)
        self.set_trait("result", MicroscopeResult(settings, 1, movie, movie.n_frames))
