"""The microscope explorer: a movie, the spots in it, and the light of each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.microscope_figures import TrajectoryFigure
from anionx_widgets.microscope_result import MicroscopeResult
from anionx_widgets.microscope_state import MicroscopeState
from anionx_widgets.microscope_words import description, picture_description
from anionx_widgets.movie_canvas import MovieCanvas
from anionx_widgets.range_control import control_for
from anionx_widgets.wrapping_row import wrapping_row

if TYPE_CHECKING:
    from anionx_teach.camera import Movie

SHOW_TRUE = "Show true spots"


class MicroscopeExplorer(KeyboardBox):
    """What a fluorescence microscope shows of single nanocrystals that turn from green to red.

    Without a movie a small one is simulated: move excitation, background, concentration and gain,
    and see, as soon as the slider rests, which spots are still found. Click a spot in the picture (or use "Next spot") to see
    its light against time, and whether it may be a single nanocrystal.

    Parameters
    ----------
    movie : Movie, optional
        One's own, from `read_movie` or `record_movie`. It may be longer than memory: frames are
        read when they are shown, and of more than 300 only each n-th is.

    Attributes
    ----------
    state : MicroscopeState
        The settings, the player, the chosen spot and the result; setting one of its traits moves
        the controls.

    Examples
    --------
    >>> explorer = MicroscopeExplorer()
    >>> explorer.state.em_gain = 100
    >>> print(explorer.describe().splitlines()[1])
    28 spots found; 28 of the 28 true spots among them.
    """

    def __init__(self, movie: Movie | None = None) -> None:
        self.state = MicroscopeState(movie)
        result = self.state.result
        self._measured: MicroscopeResult | None = None
        self._canvas = MovieCanvas(
            frame_count=result.movie.n_frames,
            frame=self.state.frame,
            title="The movie" if self.state.simulated else "Your movie",
            at_rest=self._measure_some,
        )
        self._canvas.layout.flex = "1 1 400px"
        self._figure = TrajectoryFigure(result.end_s)
        self._text = LiveText()
        figures = wrapping_row([self._canvas, self._figure], gap="8px 16px")
        super().__init__([self._controls(), figures, self._text])
        self.add_class("anionx-microscope-explorer")
        self._show_movie()
        self._measure()
        for name in ("frame", "playing", "zoom", "contrast"):
            traitlets.link((self.state, name), (self._canvas, name))
        self._canvas.observe(self._choose, "chosen")
        self.state.observe(self._show_movie, "result")
        self.state.observe(self._show_spots, ["place", "show_true"])
        self.state.observe(self._show_frame, "frame")
        self.state.observe(self._describe, ["playing", "zoom", "contrast"])

    def _controls(self) -> ipywidgets.Box:
        state = self.state
        parts: list[ipywidgets.Widget] = []
        if state.simulated:
            parts += self._sliders()
        if len(state.result.true_px):
            true = ipywidgets.Checkbox(
                description=SHOW_TRUE, value=state.show_true, indent=False, layout={"width": "auto"}
            )
            traitlets.link((state, "show_true"), (true, "value"))
            parts.append(true)
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        return wrapping_row([*parts, reset])

    def _sliders(self) -> list[ipywidgets.Widget]:
        state = self.state
        return [
            control_for(
                state,
                "excitation_w_cm2",
                label="Excitation",
                unit="W/cm\N{SUPERSCRIPT TWO}",
                step=0.05,
                decimals=2,
            ),
            control_for(
                state, "background_photons", label="Background", unit="photons/px", step=0.5
            ),
            control_for(
                state, "concentration_um", label="Concentration", unit="\N{MICRO SIGN}M", step=0.5
            ),
            control_for(state, "em_gain", label="Gain of the camera", step=1.0, decimals=0),
        ]

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        self._measure()
        return description(self.state)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()

    def _choose(self, change: dict[str, Any]) -> None:
        """Choose the spot that was clicked."""
        self.state.choose(change["new"])

    def _show_movie(self, _change: object = None) -> None:
        """Send the page another movie; it is measured when it has stayed for a moment."""
        result = self.state.result
        movie = result.movie
        self._canvas.show(
            movie.frames,
            first_time_s=float(movie.time_s[0]),
            frame_interval_s=movie.frame_interval_s,
            pixel_size_nm=movie.pixel_size_nm,
            automatic_contrast=result.contrast,
            count_range=result.count_range,
        )

    def _measure_some(self) -> bool:
        """Do a part of what takes long; return whether all is done, and shown."""
        if self._measured is not self.state.result and self.state.result.measure_some():
            self._show_spots()
        return self._measured is self.state.result

    def _measure(self) -> None:
        """Find the spots of the movie that is shown, unless that is done."""
        if self._measured is not self.state.result:
            self._show_spots()

    def _show_spots(self, _change: object = None) -> None:
        """Draw the spots, and the light of the chosen one."""
        state = self.state
        self._measured = state.result
        chosen = state.chosen
        self._canvas.mark(state.result.found_px, state.true_px, chosen, picture_description(state))
        self._figure.show(state.result.trajectories, chosen)
        self._show_frame()

    def _show_frame(self, _change: object = None) -> None:
        """Draw where the player stands."""
        self._figure.show_frame(float(self.state.result.movie.time_s[self.state.frame]))
        self._describe()

    def _describe(self, _change: object = None) -> None:
        self._text.text = self.describe()
