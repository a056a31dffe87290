"""The batch explorer: from a flask's label to a micrograph, a histogram, a diffraction pattern."""

from typing import Any, Final

import ipywidgets

from anionx_widgets.batch_description import describe_batch
from anionx_widgets.batch_figures import DiffractionFigure, HistogramFigure, MicrographFigure
from anionx_widgets.batch_state import OWN_BATCH, PAPER_BATCHES, BatchState
from anionx_widgets.choice_menu import choice_menu
from anionx_widgets.keyboard_box import KeyboardBox
from anionx_widgets.live_text import LiveText
from anionx_widgets.range_control import control_for
from anionx_widgets.size_histogram import BAR_EDGES_NM, BAR_WIDTH_NM
from anionx_widgets.wrapping_row import wrapping_row

MEASURE: Final = "Measure the micrograph"
MEASURING: Final = "Measuring ..."


class BatchExplorer(KeyboardBox):
    """A batch of CsPbBr3 nanocrystals, seen by microscope, by histogram and by X-rays.

    Pick a bar of the histogram (a click, or the slider below) and its crystals are circled in the
    micrograph. "Measure the micrograph" finds the edges in the picture and shows them beside the
    true ones; any change of the batch takes them away again.

    Attributes
    ----------
    state : BatchState
        The settings and the result; setting one of its traits moves the controls.

    Examples
    --------
    >>> explorer = BatchExplorer()
    >>> explorer.state.mean_edge_nm = 9.5
    >>> print(explorer.describe().splitlines()[0])
    300 nanocrystals of CsPbBr3, cubes: mean edge length 9.5 nm, dispersity 11.8 %.
    """

    def __init__(self) -> None:
        self.state = BatchState()
        self._shown = self.state.result
        sample = self._shown.sample
        self._micrograph = MicrographFigure(sample)
        self._histogram = HistogramFigure(sample, self._pick)
        self._diffraction = DiffractionFigure(sample)
        self._text = LiveText(text=self.describe())
        super().__init__([*self._control_rows(), self._figures(), self._text])
        self.add_class("anionx-batch-explorer")
        self.state.observe(self._show, "result")

    def _control_rows(self) -> list[ipywidgets.Box]:
        state = self.state
        batches = {name: name for name in (*PAPER_BATCHES, OWN_BATCH)}
        paper_batch = choice_menu(state, "paper_batch", "Batch", batches)
        measure = ipywidgets.Button(
            description=MEASURE,
            tooltip="Finds the edges in the picture; a change of the batch clears the result",
            layout=ipywidgets.Layout(width="190px"),
        )
        measure.on_click(self._measure)
        reset = ipywidgets.Button(description="Reset", layout=ipywidgets.Layout(width="80px"))
        reset.on_click(lambda _button: self.reset())
        ranges = [
            control_for(state, "mean_edge_nm", label="Mean edge length", unit="nm"),
            control_for(state, "dispersity_percent", label="Dispersity", unit="%"),
            control_for(state, "n_crystals", label="Number of crystals", step=10.0),
            control_for(
                state, "marked_edge_nm", label="Marked bar, from", unit="nm", step=BAR_WIDTH_NM
            ),
        ]
        return [wrapping_row([paper_batch, measure, reset]), wrapping_row(ranges)]

    def _figures(self) -> ipywidgets.Box:
        return wrapping_row([self._micrograph, self._histogram, self._diffraction], gap="8px")

    def _pick(self, bar: int) -> None:
        """Mark the bar that was clicked; a second click takes the mark away."""
        low_nm = float(BAR_EDGES_NM[bar])
        marked = self.state.result.marked
        self.state.marked_edge_nm = 0.0 if marked and marked.low_nm == low_nm else low_nm

    def _measure(self, button: ipywidgets.Button) -> None:
        """Say at once what is being done (the first time it takes seconds), and do it."""
        # The button is not disabled meanwhile: it would lose the focus, and a keyboard its place.
        button.description = MEASURING
        self._text.text = f"{self.describe()}\n{MEASURING}"
        try:
            self.state.measure()
        finally:
            button.description = MEASURE
            self._text.text = self.describe()

    def _show(self, change: dict[str, Any]) -> None:
        """Send the page what has changed, and nothing else."""
        old, new = self._shown, change["new"]
        self._shown = new
        if new.sample is not old.sample:
            self._micrograph.show(new.sample)  # first: the page decodes it while it draws the rest
            self._histogram.show(new.sample)
            self._diffraction.show(new.sample)
        if new.measured is not old.measured:
            self._histogram.measured(new.measured)
        if new.marked is not old.marked:
            self._histogram.mark(new.marked)
            self._micrograph.mark(new.marked)
        self._text.text = self.describe()

    def describe(self) -> str:
        """Return what is on the screen, in words with values and units."""
        return describe_batch(self.state)

    def reset(self) -> None:
        """Go back to exactly the start."""
        self.state.reset()
