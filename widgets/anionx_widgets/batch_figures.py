"""The three figures of the batch explorer: micrograph, histogram, diffraction pattern."""

from collections.abc import Callable
from typing import Any

import bqplot
import ipywidgets
import numpy as np

from anionx_teach.diffraction import reflections
from anionx_widgets import palette
from anionx_widgets.batch_sample import FIELD_NM, STRUCTURE, TWO_THETA_DEG, Sample
from anionx_widgets.batch_state import MarkedBar, MeasuredSizes
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.micrograph_image import micrograph_jpeg
from anionx_widgets.size_histogram import BAR_CENTRES_NM, BAR_WIDTH_NM

_HEIGHT_PX = 330
_SHARE_AXIS_TOPS = (25.0, 50.0, 100.0)
_EMPTY = np.empty(0)


class MicrographFigure(FigurePanel):
    """The micrograph with axes in nm, a scale bar and the marked crystals."""

    def __init__(self, sample: Sample) -> None:
        across, down = linear_scale(0, FIELD_NM), linear_scale(0, FIELD_NM)
        down.reverse = True  # the first row of an image is at the top
        self._scales = {"x": across, "y": down}
        # bqplot looks at the image only when it is another one: two of them take turns.
        self._images = [ipywidgets.Image(format="jpeg", value=b"") for _ in range(2)]
        self._picture = bqplot.Image(
            image=self._images[0], x=(0, FIELD_NM), y=(FIELD_NM, 0), scales=self._scales
        )
        self._picture.pixelated = False
        self._marked = points(
            self._scales,
            colors=[palette.PICKED],
            fill=False,
            stroke=palette.PICKED,
            stroke_width=2.5,
            default_size=160,
        )
        ticks_nm = np.arange(0, FIELD_NM + 1, 50)
        super().__init__(
            "Micrograph (computed, bright field)",
            [self._picture, self._marked, *self._scale_bar(sample.micrograph.scale_bar_nm)],
            [
                axis("x (nm)", across, tick_values=ticks_nm),
                axis("y (nm)", down, side="left", tick_values=ticks_nm),
            ],
            height_px=_HEIGHT_PX,
            width="320px",
            min_aspect_ratio=1.05,
            max_aspect_ratio=1.05,
        )
        self.show(sample)

    def _scale_bar(self, length_nm: float) -> list[bqplot.marks.Mark]:
        """Return the bar, its length in words and a white ground that makes both readable."""
        left, bottom = 0.04 * FIELD_NM, 0.96 * FIELD_NM
        right, top = left + length_nm + 0.04 * FIELD_NM, bottom - 0.15 * FIELD_NM
        ground = line(self._scales, fill="inside", fill_colors=["white"], fill_opacities=[0.85])
        update_mark(
            ground,
            x=np.array([left, right, right, left]),
            y=np.array([bottom, bottom, top, top]),
            stroke_width=0.0,
            close_path=True,
        )
        start = left + 0.02 * FIELD_NM
        bar = line(self._scales, colors=["black"], stroke_width=5.0)
        update_mark(
            bar, x=np.array([start, start + length_nm]), y=np.full(2, bottom - 0.03 * FIELD_NM)
        )
        name = bqplot.Label(
            x=[start + length_nm / 2],
            y=[bottom - 0.07 * FIELD_NM],
            text=[f"{length_nm:g} nm"],
            scales=self._scales,
            colors=["black"],
            align="middle",
            default_size=13,
            enable_hover=False,
        )
        return [ground, bar, name]

    def show(self, sample: Sample) -> None:
        """Show the micrograph of another batch."""
        self._images.reverse()
        self._images[0].value = micrograph_jpeg(sample.micrograph)
        self._picture.image = self._images[0]

    def mark(self, marked: MarkedBar | None) -> None:
        """Circle the crystals of one bar of the histogram."""
        x_nm, y_nm = marked.centres_nm if marked else (_EMPTY, _EMPTY)
        update_mark(
            self._marked,
            x=x_nm,
            y=y_nm,
            labels=[_bar_label(marked)] if marked else [],
        )


class HistogramFigure(FigurePanel):
    """Edge lengths of the batch and, once measured, those found in the micrograph."""

    def __init__(self, sample: Sample, on_pick: Callable[[int], None]) -> None:
        edge = linear_scale(0, 20)
        self._share = linear_scale(0, _SHARE_AXIS_TOPS[0])
        scales = {"x": edge, "y": self._share}
        self._bars = bqplot.Bars(
            x=BAR_CENTRES_NM,
            y=sample.histogram.share_percent,
            scales=scales,
            colors=[palette.DRAWN],
            opacities=[0.6] * len(BAR_CENTRES_NM),
            padding=0.0,
            labels=["in the batch"],
            enable_hover=False,
            interactions={},
        )
        self._bars.on_element_click(lambda _mark, event: on_pick(int(event["data"]["index"])))
        self._fit = line(scales, "normal fit")
        self._measured = line(scales, colors=[palette.MEASURED], stroke_width=1.5)
        self._measured_fit = line(scales, colors=[palette.MEASURED], line_style="dashed")
        self._marked = line(
            scales, colors=[palette.PICKED], fill="inside", fill_colors=[palette.PICKED]
        )
        self._marked.fill_opacities = [0.5]
        super().__init__(
            "Edge lengths (click a bar to circle its crystals)",
            [self._bars, self._marked, self._fit, self._measured, self._measured_fit],
            [
                axis("Edge length (nm)", edge, tick_values=np.arange(0, 21, 4)),
                axis(f"Crystals per {BAR_WIDTH_NM:g} nm (%)", self._share, side="left"),
            ],
            height_px=_HEIGHT_PX,
        )
        self.show(sample)

    def show(self, sample: Sample) -> None:
        """Show the histogram of another batch and its fit."""
        histogram = sample.histogram
        highest = histogram.share_percent.max()
        self._share.max = next(top for top in _SHARE_AXIS_TOPS if highest <= top)
        update_mark(self._bars, y=histogram.share_percent)
        edge_nm, percent = histogram.curve
        update_mark(self._fit, x=edge_nm, y=percent)

    def measured(self, measured: MeasuredSizes | None) -> None:
        """Show what was measured beside what is true, or take it away."""
        outline, curve = (_EMPTY, _EMPTY), (_EMPTY, _EMPTY)
        if measured:
            outline, curve = measured.histogram.outline, measured.histogram.curve
        for mark, (edge_nm, percent), label in (
            (self._measured, outline, "measured"),
            (self._measured_fit, curve, "normal fit to measured"),
        ):
            update_mark(mark, x=edge_nm, y=percent, labels=[label] if edge_nm.size else [])

    def mark(self, marked: MarkedBar | None) -> None:
        """Fill one bar."""
        ends: dict[str, Any] = {"x": _EMPTY, "y": _EMPTY, "labels": []}
        if marked:
            low, high, share = marked.low_nm, marked.high_nm, marked.share_percent
            ends["x"] = np.array([low, low, high, high])
            ends["y"] = np.array([0.0, share, share, 0.0])
            ends["labels"] = [_bar_label(marked)]
        update_mark(self._marked, **ends)


class DiffractionFigure(FigurePanel):
    """The powder pattern of the batch above the lines of a large crystal."""

    def __init__(self, sample: Sample) -> None:
        angle = linear_scale(TWO_THETA_DEG[0], TWO_THETA_DEG[-1])
        intensity = linear_scale(0, 105)
        scales = {"x": angle, "y": intensity}
        self._pattern = line(scales, "this batch")
        lines = reflections(STRUCTURE, two_theta_max_deg=float(TWO_THETA_DEG[-1]))
        at_deg = lines["two_theta_deg"].to_numpy()
        height = lines["intensity_percent"].to_numpy()
        sticks = line(scales, "lines of a very large crystal", colors=[palette.TEXT])
        sticks.stroke_width = 1.0
        sticks.x = np.column_stack([at_deg, at_deg])
        sticks.y = np.column_stack([np.zeros_like(height), height])
        super().__init__(
            f"X-ray powder diffraction of {STRUCTURE} (computed)",
            [sticks, self._pattern],
            [
                axis("Scattering angle 2θ (°)", angle, tick_values=np.arange(10, 51, 10)),
                axis(
                    "Intensity (% of strongest)",
                    intensity,
                    side="left",
                    tick_values=np.arange(0, 101, 20),
                ),
            ],
            height_px=_HEIGHT_PX,
        )
        self.show(sample)

    def show(self, sample: Sample) -> None:
        """Show the pattern of another batch."""
        update_mark(self._pattern, x=TWO_THETA_DEG, y=sample.intensity_percent)


def _bar_label(marked: MarkedBar) -> str:
    return f"marked: {marked.low_nm:g} to {marked.high_nm:g} nm"
