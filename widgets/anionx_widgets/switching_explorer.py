"""The switching explorer: a sigmoid drawn by hand, the fit, and what a whole movie of them tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.switching_controls import HandControls, crystal_control
from anionx_widgets.switching_figures import CurveFigure, ResidualFigure
from anionx_widgets.switching_movie_figures import BiasFigure, TimesFigure
from anionx_widgets.switching_movies import SAMPLES
from anionx_widgets.switching_result import SwitchingResult
from anionx_widgets.switching_state import EXCITATIONS_W_CM2, SwitchingState
from anionx_widgets.switching_words import (
    ASSUMPTION_CAPTION,
    ASSUMPTION_COLUMNS,
    REASON_CAPTION,
    REASON_COLUMNS,
    TRUTH_NAMES,
    assumption_rows,
    description,
    fit_button,
    reason_rows,
    sample_name,
    table_caption,
    table_columns,
    table_rows,
)
from anionx_widgets.text_table import TextTable
from anionx_widgets.wrapping_row import wrapping_row

if TYPE_CHECKING:
    from anionx_teach.trajectories import Trajectories

MORE, FEWER = "More settings", "Fewer settings"
SHOW_MOVIE, HIDE_MOVIE = "Fit the whole movie", "Hide the whole movie"


class SwitchingExplorer(KeyboardBox):
    """When did a nanocrystal switch, and how long did it take? By hand first, then by a fit.

    Pull the handles of the curve, or move the sliders, until only noise is left over; then "Let it
    fit". "Fit the whole movie" shows the switching times of all nanocrystals, and how far they are
    from the truth, which a simulation knows.

    Parameters
    ----------
    trajectories : Trajectories, optional
        One's own, from `extract_trajectories` or plain arrays, at least one of at least five
        frames. Some are simulated when not given.

    Attributes
    ----------
    state : SwitchingState
        The settings, the curve drawn by hand and the result; setting one of its traits moves the
        controls.

    Examples
    --------
    >>> explorer = SwitchingExplorer()
    >>> explorer.state.draw(start_time_s=149.0, switching_time_s=19.0, amplitude=109.0)
    >>> print(explorer.describe().splitlines()[2])
    Your curve: start 149 s, switching time 19 s, amplitude 109 and background 0 photo-electrons;
    reduced chi2 0.9315, as noise alone gives it.
    """

    def __init__(self, trajectories: Trajectories | None = None) -> None:
        self.state = SwitchingState(trajectories)
        self._drawn: SwitchingResult | None = None
        self._hand = HandControls(self.state)
        self._curve, self._residual = CurveFigure(self._pull), ResidualFigure()
        self._times, self._bias = TimesFigure(), BiasFigure()
        self._table = TextTable(numeric=True)
        self._reasons = TextTable(caption=REASON_CAPTION, columns=REASON_COLUMNS, numeric=True)
        self._assumptions = TextTable(caption=ASSUMPTION_CAPTION, columns=ASSUMPTION_COLUMNS)
        self._text = LiveText()
        self._fit = _button("Let it fit", "Fits a sigmoid to this trajectory")
        self._whole = ipywidgets.ToggleButton(layout=ipywidgets.Layout(width="180px"))
        self._more = ipywidgets.ToggleButton(layout=ipywidgets.Layout(width="130px"))
        self._more_row = wrapping_row(self._more_settings())
        self._movie_parts = self._whole_movie()
        self._movie_box = ipywidgets.VBox()
        for panel in (self._curve, self._residual):
            panel.layout.flex = "none"  # below each other, each as high as its figure
        one = ipywidgets.VBox([self._curve, self._residual])
        one.layout.flex, one.layout.min_width = "1 1 500px", "min(500px, 100%)"
        super().__init__(
            [
                wrapping_row([*self._hand.controls, self._buttons()]),
                self._more_row,
                wrapping_row([one, self._words()], gap="8px 16px"),
                self._movie_box,
                self._assumptions,
            ]
        )
        self.add_class("anionx-switching-explorer")
        traitlets.link((self.state, "movie_shown"), (self._whole, "value"))
        self._more.observe(self._show_more, "value")
        self.state.observe(self._follow, "result")
        self._show_more()
        self._show(self.state.result)

    def _buttons(self) -> ipywidgets.Box:
        """Return the choice of the sample and the buttons."""
        parts: list[ipywidgets.Widget] = []
        if self.state.simulated:
            samples = {sample: sample_name(sample) for sample in SAMPLES}
            parts.append(choice_menu(self.state, "sample", "Nanocrystals", samples))
        self._fit.on_click(lambda _button: self._toggle_fit())
        following = _button("Next trajectory", "Shows the next nanocrystal")
        following.on_click(lambda _button: self.state.next_crystal())
        following.disabled = len(self.state.result.movie) == 1
        reset = _button("Reset", "Goes back to the start")
        reset.on_click(lambda _button: self.reset())
        parts += [self._fit, following, self._whole, self._more, reset]
        return wrapping_row(parts, gap="6px 12px")

    def _more_settings(self) -> list[ipywidgets.Widget]:
        """Return the settings that few begin with."""
        parts: list[ipywidgets.Widget] = [self._hand.decay]
        if len(self.state.result.movie) > 1:
            parts.append(crystal_control(self.state))
        parts.append(self._switch("robust", "Fit resists blinking"))
        if self.state.simulated:
            light = {value: f"{value:g} W/cm\N{SUPERSCRIPT TWO}" for value in EXCITATIONS_W_CM2}
            parts += [
                choice_menu(self.state, "excitation_w_cm2", "Exciting light", light),
                self._switch("blinking", "Blinking"),
                self._switch("filtered", "Emission filter"),
                self._switch("degradation", "Degradation"),
            ]
        return parts

    def _whole_movie(self) -> list[ipywidgets.Widget]:
        """Return what is shown of all nanocrystals."""
        known = self.state.simulated
        figures = wrapping_row([self._times, self._bias] if known else [self._times], gap="8px")
        menu = (
            [choice_menu(self.state, "truth", "Truth: the rise of", TRUTH_NAMES)] if known else []
        )
        return [wrapping_row(menu), figures, self._reasons]

    def _words(self) -> ipywidgets.Box:
        box = ipywidgets.VBox([self._table, self._text])
        box.layout.flex, box.layout.min_width = "1 1 440px", "min(440px, 100%)"
        return box

    def _switch(self, trait: str, name: str) -> ipywidgets.Checkbox:
        """Return a checkbox tied to a switch of the state."""
        box = ipywidgets.Checkbox(
            description=name,
            value=getattr(self.state, trait),
            indent=False,
            layout={"width": "auto"},
        )
        traitlets.link((self.state, trait), (box, "value"))
        return box

    def describe(self) -> str:
        """Return what a person sees, in words with values and units."""
        return description(self.state)

    def reset(self) -> None:
        """Go back to the start."""
        self.state.reset()
        self._more.value = False

    def _pull(self, handle: str, to: float) -> None:
        """Follow a handle that the mouse pulls; put it back where it may not go."""
        self.state.pull(handle, to)
        self._curve.place_handles(self.state.result.hand)

    def _toggle_fit(self) -> None:
        """Let the fit do it, or take it away again."""
        if self.state.fitted:
            self.state.hide_fit()
        else:
            self.state.show_fit()

    def _show_more(self, _change: object = None) -> None:
        """Show or hide the settings that few begin with."""
        self._more.description = FEWER if self._more.value else MORE
        for part in (self._more_row, self._assumptions):
            part.layout.display = None if self._more.value else "none"

    def _follow(self, change: dict[str, Any]) -> None:
        self._show(change["new"])

    def _show(self, result: SwitchingResult) -> None:
        """Draw what has changed since the last result, and say it."""
        old, self._drawn = self._drawn, result
        new_movie = old is None or old.movie is not result.movie
        if old is None or new_movie or old.crystal != result.crystal:
            self._curve.show_trajectory(result)
            self._residual.show_trajectory(result)
        # The figures first: the page draws them while the words are being put together.
        self._curve.show_curves(result)
        self._residual.show_curves(result)
        self._hand.show(result)
        if new_movie and result.movie.truth is not None:
            self._assumptions.rows = assumption_rows(result.movie.truth.settings)
        self._fit.description = fit_button(result)
        with self._table.hold_sync():
            self._table.caption = table_caption(result)
            self._table.columns, self._table.rows = table_columns(result), table_rows(result)
        self._show_movie(result, old)
        self._text.text = self.describe()

    def _show_movie(self, result: SwitchingResult, old: SwitchingResult | None) -> None:
        """Draw all fits when somebody asked for them, and only what is new."""
        self._whole.description = HIDE_MOVIE if result.movie_shown else SHOW_MOVIE
        drawn = old is not None and old.movie_shown and _same_fits(old, result)
        if result.movie_shown and not drawn:
            self._times.show(result)
            self._bias.show(result)
            self._reasons.rows = reason_rows(result.fits)
        # A figure needs room from its first moment on: it is taken out, not hidden.
        self._movie_box.children = self._movie_parts if result.movie_shown else []


def _same_fits(old: SwitchingResult, new: SwitchingResult) -> bool:
    return (old.movie, old.robust, old.truth) == (new.movie, new.robust, new.truth)


def _button(text: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(
        description=text, tooltip=tooltip, layout=ipywidgets.Layout(width="130px")
    )
