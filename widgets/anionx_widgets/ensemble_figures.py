"""The figures of the ensemble explorer: stacked spectra, their maxima, the crystals behind one."""

from typing import Any, Final

import bqplot
import numpy as np

from anionx_widgets import palette
from anionx_widgets.ensemble_course import (
    DRAWN_CRYSTALS,
    FRACTION_CENTRES,
    FRACTION_EDGES,
    N_CRYSTALS,
    WAVELENGTH_NM,
    Cuvette,
    CuvetteCourse,
    Numbers,
    fraction_nm,
)
from anionx_widgets.ensemble_state import EnsembleResult
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.round_numbers import ticks

_HEIGHT_PX: Final = 340
_BEHIND_HEIGHT_PX: Final = 260
_WAVELENGTH_TICKS_NM: Final = np.arange(450.0, 701.0, 50.0)
_PEAK_RANGE_NM: Final = (460.0, 690.0)
# How far the name of a printed maximum stands from it.
_NAME_DISTANCE_NM: Final = 17.0
# Beyond the spectra at both ends, or the lines of the hills would cover the axis.
_WAVELENGTH_RANGE_NM: Final = (WAVELENGTH_NM[0] - 4, WAVELENGTH_NM[-1] + 4)
# A hill as high as the first one covers this part of the time axis.
_HILL_PART: Final = 0.3
# More than these would be one red area, and slow to draw.
_MOST_HILLS: Final = 24
_GROUND: Final = "var(--jp-layout-color0, #fff)"
_SHARE_AXIS_TOPS: Final = (25.0, 50.0, 100.0)
# The highest of the single lines reaches up to here.
_CRYSTAL_TOP: Final = 0.6


class StackFigure(FigurePanel):
    """The spectra of a course, each standing on its time and in the colour of its maximum."""

    def __init__(self) -> None:
        across, self._up = linear_scale(*_WAVELENGTH_RANGE_NM), linear_scale(0, 1)
        scales = {"x": across, "y": self._up}
        self._hills = line(scales, colors=[_GROUND], stroke_width=0.8, fill="inside")
        self._shown = line(scales, colors=[palette.TEXT], stroke_width=3.0)
        self._axis = axis("Time of the spectrum (s)", self._up, side="left", label_offset="50px")
        super().__init__(
            "",
            [self._hills, self._shown],
            [axis("Wavelength (nm)", across, tick_values=_WAVELENGTH_TICKS_NM), self._axis],
            height_px=_HEIGHT_PX,
            width="380px",
            margin_px={"left": 66},
        )

    def show_course(self, course: CuvetteCourse) -> None:
        """Draw the spectra of another course."""
        end_s = course.cuvette.duration_s
        top_s = end_s * (1.05 + _HILL_PART)
        if self._up.max != top_s:
            with self._up.hold_sync():
                self._up.min, self._up.max = -0.02 * end_s, top_s
            self._axis.tick_values = ticks(0.0, end_s, 4)
        every = -(-course.time_s.size // _MOST_HILLS)
        self.caption.title = (
            f"Spectra every {course.time_s[every]:g} s, in the colours of their maxima"
        )
        # The last one first: those before it stand in front of it.
        update_mark(
            self._hills,
            x=WAVELENGTH_NM,
            y=_hills(course)[::every][::-1],
            fill_colors=_colors(course.peak_nm[::every])[::-1],
        )

    def show_frame(self, result: EnsembleResult) -> None:
        """Draw one spectrum in front of all."""
        update_mark(
            self._shown,
            x=WAVELENGTH_NM,
            y=_hills(result.course)[result.frame],
            labels=[f"shown: the one finished at {result.time_s:g} s"],
        )


class PeakFigure(FigurePanel):
    """Maximum of the spectra against time, computed and published."""

    def __init__(self) -> None:
        self._across, up = linear_scale(0, 1), linear_scale(*_PEAK_RANGE_NM)
        scales = {"x": self._across, "y": up}
        self._half_way = line(scales, colors=[palette.FAINT], line_style="dashed", stroke_width=1.5)
        # Dots of their own would be a slow mark: each of them is moved alone.
        self._course = line(scales, "computed", stroke_width=1.5, marker="circle", marker_size=30)
        self._shown = points(scales, colors=[palette.TEXT], fill=False, default_size=200)
        update_mark(self._shown, stroke=palette.TEXT, stroke_width=2.0)
        self._printed = points(
            scales, "published", colors=[palette.PUBLISHED], marker="diamond", default_size=90
        )
        # All at once: a label that has places but no texts is an error in the page.
        self._names = bqplot.Label(
            x=np.zeros(1),
            y=np.full(1, _PEAK_RANGE_NM[0]),
            text=np.array([""]),
            scales=scales,
            colors=[palette.PUBLISHED],
            default_size=13,
            align="middle",
            y_offset=5,
            enable_hover=False,
        )
        self._axis = axis("Time (s)", self._across)
        super().__init__(
            "Maximum of the spectrum against time",
            [self._half_way, self._course, self._printed, self._names, self._shown],
            [
                self._axis,
                axis("Wavelength (nm)", up, side="left", tick_values=np.arange(500.0, 661.0, 50.0)),
            ],
            height_px=_HEIGHT_PX,
            width="360px",
        )

    def show_cuvette(self, cuvette: Cuvette) -> None:
        """Draw what is published of a cuvette."""
        end_s = cuvette.duration_s
        low_s, high_s = -0.08 * end_s, 1.08 * end_s  # room for the names of the ends
        with self._across.hold_sync():
            self._across.min, self._across.max = low_s, high_s
        self._axis.tick_values = ticks(0.0, end_s, 4)
        update_mark(
            self._half_way,
            x=np.array([low_s, high_s]),
            y=np.full(2, cuvette.half_way_nm),
            labels=[f"half-way, {cuvette.half_way_nm:g} nm"],
        )
        time_s, peak_nm = np.array(cuvette.printed_time_s), np.array(cuvette.printed_peak_nm)
        update_mark(self._printed, x=time_s, y=peak_nm)
        # The course leaves the first one upwards, and comes to the others from below.
        side = np.where(time_s == 0, -1.0, 1.0)
        update_mark(
            self._names,
            x=time_s,
            y=peak_nm + side * _NAME_DISTANCE_NM,
            text=np.array([f"{nm:.0f} nm" for nm in peak_nm]),
        )

    def show_course(self, course: CuvetteCourse) -> None:
        """Draw the maxima of another course."""
        update_mark(self._course, x=course.time_s, y=course.peak_nm)

    def show_frame(self, result: EnsembleResult) -> None:
        """Mark one of the spectra."""
        update_mark(
            self._shown,
            x=np.array([result.time_s]),
            y=np.array([result.peak_nm]),
            labels=[f"shown, at {result.time_s:g} s"],
        )


class CrystalLinesFigure(FigurePanel):
    """One spectrum, and the lines of some of the crystals that it is the sum of."""

    def __init__(self) -> None:
        across, up = linear_scale(*_WAVELENGTH_RANGE_NM), linear_scale(0, 1.08)
        scales = {"x": across, "y": up}
        self._lines = line(scales, stroke_width=1.2)
        self._sum = line(scales, colors=[palette.TEXT], stroke_width=2.5)
        super().__init__(
            "The shown spectrum and single crystals in it",
            [self._lines, self._sum],
            [
                axis("Wavelength (nm)", across, tick_values=_WAVELENGTH_TICKS_NM),
                axis(
                    "Light (relative to maximum)",
                    up,
                    side="left",
                    tick_values=np.array([0.0, 0.5, 1.0]),
                ),
            ],
            height_px=_BEHIND_HEIGHT_PX,
            width="380px",
            margin_px={"left": 66},
        )

    def show(self, result: EnsembleResult) -> None:
        """Draw the spectrum and the lines of the first crystals."""
        spectrum = result.course.light[result.frame]
        lines = result.course.crystal_light(result.frame)
        times = _CRYSTAL_TOP * spectrum.max() / lines.max()
        update_mark(
            self._lines,
            x=WAVELENGTH_NM,
            y=lines * (times / spectrum.max()),
            colors=_colors(result.course.crystal_nm(result.frame)),
            labels=[f"{DRAWN_CRYSTALS} of the {N_CRYSTALS} crystals, {times:.0f} times higher"],
        )
        update_mark(
            self._sum,
            x=WAVELENGTH_NM,
            y=spectrum / spectrum.max(),
            labels=[f"all crystals, at {result.time_s:g} s"],
        )


class FractionFigure(FigurePanel):
    """How far the crystals behind one spectrum have reacted."""

    def __init__(self) -> None:
        across, self._up = linear_scale(0, 1), linear_scale(0, _SHARE_AXIS_TOPS[0])
        scales = {"x": across, "y": self._up}
        self._bars = bqplot.Bars(
            x=FRACTION_CENTRES,
            y=np.zeros(FRACTION_CENTRES.size),
            scales=scales,
            padding=0.0,
            enable_hover=False,
            interactions={},
        )
        self._large = line(
            scales, "larger half of the crystals", colors=[palette.TEXT], line_style="dashed"
        )
        width = FRACTION_EDGES[1] - FRACTION_EDGES[0]
        super().__init__(
            "How far the single crystals are",
            [self._bars, self._large],
            [
                axis("Iodide fraction of a crystal", across, tick_values=np.linspace(0, 1, 6)),
                axis(f"Crystals per {width:.2g} (%)", self._up, side="left"),
            ],
            height_px=_BEHIND_HEIGHT_PX,
            width="360px",
        )

    def show(self, result: EnsembleResult) -> None:
        """Draw the histogram of one spectrum."""
        course, frame = result.course, result.frame
        percent, large = course.share_percent(frame), course.large_share_percent(frame)
        highest = max(percent.max(), large.max())
        self._up.max = next(top for top in _SHARE_AXIS_TOPS if highest <= top)
        update_mark(
            self._bars,
            y=percent,
            colors=_colors(fraction_nm(course.cuvette.edge_length_nm)),
            labels=[f"all crystals, at {result.time_s:g} s (colour: of their light)"],
        )
        update_mark(
            self._large,
            x=np.repeat(FRACTION_EDGES, 2),
            y=np.concatenate([[0.0], np.repeat(large, 2), [0.0]]),
        )


def _hills(course: CuvetteCourse) -> Numbers:
    """Return the spectra (time, wavelength), each standing on its time, in s."""
    height_s = _HILL_PART * course.cuvette.duration_s
    return np.asarray(course.time_s[:, np.newaxis] + height_s * course.light)


def _colors(wavelength_nm: Numbers) -> list[str]:
    """Return colours of light as a page writes them."""
    rgb: list[Any] = palette.wavelength_rgb(wavelength_nm).tolist()
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in rgb]
