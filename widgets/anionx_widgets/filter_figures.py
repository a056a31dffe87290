"""The figures of the filter explorer: the spectrum behind its filters, and what passes."""

from typing import Any, Final

import bqplot
import numpy as np

from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.filter_state import (
    CURVE_FRACTIONS,
    SPECTRUM_RANGE_NM,
    FilterResult,
    batch_edges_nm,
)

_EMPTY: Final = np.empty(0)
_WINDOW_TOP: Final = 1.08
_COLOUR_STROKES: Final = 85

# The smallest, the middle and the largest batch of the paper, told apart by colour and dash.
CURVE_LOOKS: Final = dict(
    zip(
        batch_edges_nm()[::2],
        [(palette.BLUE, "dotted"), (palette.GREEN, "dash_dotted"), (palette.PURPLE, "dashed")],
        strict=True,
    )
)


class SpectrumFigure(FigurePanel):
    """The line of the crystal, the two windows, and the part of the line that passes."""

    def __init__(self, result: FilterResult, *, height_px: int) -> None:
        across, up = linear_scale(*SPECTRUM_RANGE_NM), linear_scale(-0.09, 1.12)
        scales = {"x": across, "y": up}
        self._excitation = line(scales, colors=[palette.TEXT], line_style="dotted")
        self._emission = _area(scales, palette.TEXT, opacity=0.12, stroke_width=1.0)
        self._passing = _area(scales, palette.MEASURED, opacity=0.6, stroke_width=0.0)
        self._passing.labels = ["part that passes to the camera"]
        self._line = line(scales, "light that the crystal emits", stroke_width=2.5)
        super().__init__(
            "Emission spectrum and filters",
            [
                self._emission,
                self._excitation,
                self._passing,
                self._line,
                _colours_of_light(scales),
            ],
            [
                axis("Wavelength (nm)", across, tick_values=np.arange(400, 741, 50)),
                axis(
                    "Light (relative to maximum)",
                    up,
                    side="left",
                    tick_values=np.arange(0, 1.1, 0.5),
                ),
            ],
            height_px=height_px,
            width="360px",
        )
        self.show(result)

    def show(self, result: FilterResult) -> None:
        """Draw the line of a result and its windows."""
        wavelength_nm, light = result.spectrum
        update_mark(self._line, x=wavelength_nm, y=light)
        wavelength_nm, light = result.passing_spectrum
        # Down to zero at both ends of the window.
        update_mark(
            self._passing,
            x=np.concatenate([wavelength_nm[:1], wavelength_nm, wavelength_nm[-1:]]),
            y=np.concatenate([[0.0], light, [0.0]]),
        )
        windows = result.filter_set
        for mark, name, window in (
            (self._emission, "emission filter", windows.emission),
            (self._excitation, "exciting light", windows.excitation),
        ):
            low_nm, high_nm = window.low_nm, window.high_nm
            update_mark(
                mark,
                x=np.array([low_nm, low_nm, high_nm, high_nm]),
                y=np.array([0.0, _WINDOW_TOP, _WINDOW_TOP, 0.0]),
                labels=[f"{name}, {low_nm:g} to {high_nm:g} nm"],
            )


class PassingFigure(FigurePanel):
    """The part of the light that passes against composition, for several sizes."""

    def __init__(self, result: FilterResult, *, height_px: int) -> None:
        across, up = linear_scale(-0.03, 1.03), linear_scale(-4, 106)
        scales = {"x": across, "y": up}
        self._chosen = line(scales, "chosen size", colors=[palette.MEASURED], stroke_width=5.0)
        self._chosen.opacities = [0.5]
        self._batches = {
            edge_nm: line(
                scales, f"{edge_nm:g} nm", colors=[color], line_style=dash, stroke_width=3.0
            )
            for edge_nm, (color, dash) in CURVE_LOOKS.items()
        }
        self._entry = line(scales, colors=[palette.FAINT], line_style="dashed", stroke_width=1.5)
        self._now = points(
            scales, "present composition", colors=[palette.TEXT], fill=False, default_size=200
        )
        update_mark(self._now, stroke=palette.TEXT, stroke_width=2.0)
        super().__init__(
            "What the camera counts, against composition",
            [self._chosen, *self._batches.values(), self._entry, self._now],
            [
                axis("Iodide fraction", across, tick_values=np.linspace(0, 1, 6)),
                axis("Light that passes (%)", up, side="left", tick_values=np.arange(0, 101, 25)),
            ],
            height_px=height_px,
            width="340px",
        )
        self.show(result)

    def show(self, result: FilterResult) -> None:
        """Draw the curves of a result and where it stands."""
        percent = result.passing_curve_percent(result.edge_length_nm)
        update_mark(self._chosen, x=CURVE_FRACTIONS, y=percent)
        for edge_nm, curve in self._batches.items():
            update_mark(curve, x=CURVE_FRACTIONS, y=result.passing_curve_percent(edge_nm))
        entry = result.chosen.enters_at
        update_mark(
            self._entry,
            x=_EMPTY if entry is None else np.full(2, entry),
            y=_EMPTY if entry is None else np.array([0.0, 106.0]),
            labels=[] if entry is None else ["maximum of the chosen size enters the window"],
        )
        update_mark(
            self._now,
            x=np.array([result.iodide_fraction]),
            y=np.array([result.chosen.passing_percent]),
        )


def _area(scales: dict[str, Any], color: str, *, opacity: float, **traits: Any) -> bqplot.Lines:
    """Return an empty filled outline."""
    filling: dict[str, Any] = {"fill_colors": [color], "fill_opacities": [opacity]}
    return line(scales, colors=[color], fill="inside", **filling, **traits)


def _colours_of_light(scales: dict[str, Any]) -> bqplot.Lines:
    """Return the colours of light along the axis of wavelengths, as a row of strokes."""
    ends_nm = np.linspace(*SPECTRUM_RANGE_NM, _COLOUR_STROKES + 1)
    middles_nm = (ends_nm[:-1] + ends_nm[1:]) / 2
    strip = line(
        scales, colors=[palette.wavelength_hex(nm) for nm in middles_nm], stroke_width=14.0
    )
    overlap_nm = np.append(np.full(_COLOUR_STROKES - 1, 1.0), 0.0)  # or seams are seen
    update_mark(
        strip,
        x=np.stack([ends_nm[:-1], ends_nm[1:] + overlap_nm], axis=1),
        y=np.full((_COLOUR_STROKES, 2), -0.05),
    )
    return strip
