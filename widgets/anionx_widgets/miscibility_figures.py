"""The figures of the miscibility explorer: equilibrium of both crystals, and their exchange."""

from typing import Any, Final

import bqplot
import numpy as np
import numpy.typing as npt

from anionx_teach.miscibility import RegularSolution, critical_coupling_kt, phase_diagram
from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.miscibility_crystal import REFERENCE_EDGE_NM, Crystal, MiscibilityResult
from anionx_widgets.miscibility_state import LARGEST_EDGE_NM
from anionx_widgets.round_numbers import nice_end, ticks

Numbers = npt.NDArray[np.float64]

# Small and large differ by colour and by dash, in every figure.
_NAMES: Final = ("small", "large")
_LOOKS: Final[tuple[dict[str, Any], ...]] = (
    {"colors": [palette.BLUE], "line_style": "solid"},
    {"colors": [palette.PURPLE], "line_style": "dashed"},
)
_PANEL: Final[dict[str, Any]] = {"height_px": 220, "width": "300px", "margin_px": {"left": 62}}
_FRACTION: Final = np.linspace(0.0, 1.0, 101)
_FRACTION_TICKS: Final = np.linspace(0.0, 1.0, 6)
_COLDEST_K: Final = 150.0
_AXIS_FROM_NM: Final = 4.0  # room on the left of the smallest crystal
_EDGES_NM: Final = np.linspace(REFERENCE_EDGE_NM, LARGEST_EDGE_NM, 60)
# From the top down, close where the two compositions meet.
_TO_THE_COLD: Final = np.linspace(0.0, 1.0, 40) ** 2
_CRITICAL_KT: Final = critical_coupling_kt()


class FreeEnergyFigure(FigurePanel):
    """Free energy of mixing of both crystals, with the common tangent where there is one."""

    def __init__(self) -> None:
        self._up = linear_scale(-1, 0.1)
        scales = {"x": linear_scale(0, 1), "y": self._up}
        self._curves = _two_lines(scales)
        self._tangents = [
            line(scales, label, colors=[palette.TEXT], line_style="dotted")
            for label in ("common tangent", "")
        ]
        self._touch = points(
            scales, "two phases at equilibrium", colors=[palette.TEXT], default_size=44
        )
        self._axis = axis(
            "Free energy (kJ/mol)", self._up, side="left", tick_format="~g", label_offset="46px"
        )
        super().__init__(
            "Free energy of mixing",
            [*self._curves, *self._tangents, self._touch],
            [_fraction_axis(scales["x"]), self._axis],
            **_PANEL,
        )

    def show(self, result: MiscibilityResult) -> None:
        """Draw the two curves, and a tangent for each that has two dips."""
        curves = [_free_energy(crystal.solution, _FRACTION) for crystal in result.crystals]
        lowest, highest = (float(f(curves)) for f in (np.min, np.max))
        low = -nice_end(1.05 * max(-lowest, 0.1))
        _set_ends(self._up, low, nice_end(1.1 * highest) if highest > 0 else -0.05 * low)
        _set_ticks(self._axis, ticks(low, max(highest, 0.0)))
        touching = []
        for curve, tangent, crystal, heights in zip(
            self._curves, self._tangents, result.crystals, curves, strict=True
        ):
            ends = _binodal(crystal)
            touching.append((ends, _free_energy(crystal.solution, ends)))
            update_mark(curve, x=_FRACTION, y=heights)
            update_mark(tangent, x=ends, y=touching[-1][1])
        x, y = (np.concatenate(parts) for parts in zip(*touching, strict=True))
        update_mark(self._touch, x=x, y=y)


class PhaseDiagramFigure(FigurePanel):
    """Temperature against composition: inside its curve a crystal unmixes."""

    def __init__(self) -> None:
        self._up = linear_scale(_COLDEST_K, 400)
        scales = {"x": linear_scale(0, 1), "y": self._up}
        self._binodals = _two_lines(scales, "{}: unmixes below")
        self._spinodals = [
            line(scales, label, colors=look["colors"], line_style="dotted", stroke_width=1.2)
            for label, look in zip(("spinodal: needs no nucleus below", ""), _LOOKS, strict=True)
        ]
        self._now = line(scales, "the experiment", colors=[palette.TEXT], stroke_width=1.5)
        self._axis = axis(
            "Temperature (K)", self._up, side="left", tick_format="~g", label_offset="46px"
        )
        super().__init__(
            "Phase diagram",
            [*self._binodals, *self._spinodals, self._now],
            [_fraction_axis(scales["x"]), self._axis],
            **_PANEL,
        )

    def show(self, result: MiscibilityResult) -> None:
        """Draw binodal and spinodal of both crystals, and the temperature."""
        hottest = max(result.dependence.bulk_critical_temperature_k, result.temperature_k)
        top = 100.0 * np.ceil(hottest / 100.0 + 0.2)
        _set_ends(self._up, _COLDEST_K, top)
        _set_ticks(self._axis, ticks(200.0, top, 4))
        for crystal, *lines in zip(result.crystals, self._binodals, self._spinodals, strict=True):
            borders = _borders(crystal)
            for mark, (fraction, temperature) in zip(lines, borders, strict=True):
                update_mark(mark, x=fraction, y=temperature)
        update_mark(self._now, x=np.array([0.0, 1.0]), y=np.full(2, result.temperature_k))


class CouplingFigure(FigurePanel):
    """The assumption: how the coupling between neighbours depends on the size of a crystal."""

    def __init__(self) -> None:
        self._up = linear_scale(0, 1.5)
        scales = {"x": linear_scale(_AXIS_FROM_NM, LARGEST_EDGE_NM), "y": self._up}
        self._curve = line(scales, "assumed", colors=[palette.TEXT])
        self._critical = line(
            scales,
            f"unmixes above {_CRITICAL_KT:.2f} kT",
            colors=[palette.FAINT],
            line_style="dashed",
        )
        ends_nm = np.array([_AXIS_FROM_NM, LARGEST_EDGE_NM])
        update_mark(self._critical, x=ends_nm, y=np.full(2, _CRITICAL_KT))
        self._crystals = [
            points(scales, name, colors=look["colors"], marker=marker, default_size=70)
            for name, look, marker in zip(_NAMES, _LOOKS, ("circle", "square"), strict=True)
        ]
        self._axis = axis("Coupling (kT)", self._up, side="left", tick_format="~g")
        across = axis("Edge length (nm)", scales["x"], tick_values=np.arange(4.0, 15.0, 2.0))
        super().__init__(
            "The assumption: coupling \N{GREEK SMALL LETTER EPSILON} against size",
            [self._critical, self._curve, *self._crystals],
            [across, self._axis],
            **_PANEL,
        )

    def show(self, result: MiscibilityResult) -> None:
        """Draw the curve of the model and the two crystals on it."""
        coupling = np.asarray(result.dependence.coupling_kt(_EDGES_NM, result.temperature_k))
        top = max(1.5, nice_end(1.05 * float(coupling.max())))
        _set_ends(self._up, 0.0, top)
        _set_ticks(self._axis, ticks(0.0, top, 4))
        update_mark(self._curve, x=_EDGES_NM, y=coupling)
        for mark, crystal in zip(self._crystals, result.crystals, strict=True):
            update_mark(
                mark, x=np.array([crystal.edge_length_nm]), y=np.array([crystal.coupling_kt])
            )


class CourseFigure(FigurePanel):
    """Something of both crystals against time, from 0 to 1, and where the player stands."""

    def __init__(self, title: str, label: str) -> None:
        self._time = linear_scale(0, 1)
        scales = {"x": self._time, "y": linear_scale(0, 1)}
        self._curves = _two_lines(scales)
        self._cursor = line(scales, "shown", colors=[palette.TEXT], stroke_width=1.2)
        self._across = axis("Time (1/k0)", self._time, tick_format=",~g")
        up = axis(label, scales["y"], side="left", tick_values=np.linspace(0.0, 1.0, 5))
        super().__init__(title, [*self._curves, self._cursor], [self._across, up], **_PANEL)

    def show(self, result: MiscibilityResult, heights: tuple[Numbers, ...]) -> None:
        """Draw a curve of each crystal over the frames."""
        if self._time.max != result.end_time:
            self._time.max = result.end_time
            _set_ticks(self._across, ticks(0.0, result.end_time, 4))
        for mark, height in zip(self._curves, heights, strict=True):
            update_mark(mark, x=result.frame_time, y=height)

    def show_time(self, time: float) -> None:
        """Draw the cursor."""
        update_mark(self._cursor, x=np.full(2, time), y=np.array([0.0, 1.0]))


def _two_lines(scales: dict[str, Any], label: str = "{}") -> list[bqplot.Lines]:
    return [
        line(scales, label.format(name), **look) for name, look in zip(_NAMES, _LOOKS, strict=True)
    ]


def _fraction_axis(scale: bqplot.LinearScale) -> bqplot.Axis:
    return axis("Iodide fraction", scale, tick_values=_FRACTION_TICKS)


def _free_energy(solution: RegularSolution, fraction: Numbers) -> Numbers:
    return np.asarray(solution.mixing_free_energy_kj_mol(fraction))


def _binodal(crystal: Crystal) -> Numbers:
    """Return the two compositions at equilibrium; none when the crystal mixes."""
    return np.array(crystal.binodal) if crystal.unmixes else np.empty(0)


def _borders(crystal: Crystal) -> list[tuple[Numbers, Numbers]]:
    """Return composition and temperature along binodal and spinodal, down to the axis."""
    top = crystal.solution.critical_temperature_k
    if not top > _COLDEST_K:
        return [(np.empty(0), np.empty(0))] * 2
    # Both end in the middle at the critical temperature, which rounding may lie beyond.
    temperature = top - (top - _COLDEST_K) * _TO_THE_COLD
    table = phase_diagram(crystal.solution.omega_kj_mol, temperature[1:])
    around = np.concatenate([temperature[:0:-1], temperature])
    borders = []
    for name in ("binodal", "spinodal"):
        low, high = (table[f"{name}_{side}"].to_numpy() for side in ("low", "high"))
        borders.append((np.concatenate([low[::-1], [0.5], high]), around))
    return borders


def _set_ends(scale: bqplot.LinearScale, low: float, high: float) -> None:
    if (scale.min, scale.max) != (low, high):
        with scale.hold_sync():
            scale.min, scale.max = float(low), float(high)


def _set_ticks(drawn: bqplot.Axis, values: Numbers) -> None:
    if not np.array_equal(drawn.tick_values, values):
        drawn.tick_values = values
