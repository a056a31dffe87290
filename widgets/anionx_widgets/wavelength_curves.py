"""The curves of the confinement explorer: wavelength against size, for each model."""

from dataclasses import dataclass
from typing import Final

import bqplot
import numpy as np
import numpy.typing as npt

from anionx_teach.confinement import CONFINEMENT_MODELS, model_notes
from anionx_widgets import palette
from anionx_widgets.confinement_state import (
    EDGE_RANGE_NM,
    ConfinementResult,
    curve_edges_nm,
    curve_nm,
    measured_points,
)
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark

_WAVELENGTH_RANGE_NM: Final = (400.0, 550.0)
_STROKES: Final = 50


@dataclass(frozen=True)
class ModelLook:
    """Colour and dash of a model's curve; `marker` sits on curves whose dash is taken."""

    color: str
    dash: str
    marker: str | None = None


MODEL_LOOKS: Final = {
    "empirical": ModelLook(palette.BLUE, "solid"),
    "nonparabolic": ModelLook(palette.VERMILION, "dashed"),
    "variational": ModelLook(palette.GREEN, "dotted"),
    "brus_cube": ModelLook(palette.PURPLE, "dash_dotted"),
    "brus_sphere": ModelLook(palette.PURPLE, "solid", "circle"),
    "weak": ModelLook(palette.GREEN, "solid", "square"),
}


class ColourFigure(FigurePanel):
    """Wavelength of the light against edge length: the models, the chosen size, the paper."""

    def __init__(self, result: ConfinementResult, *, height_px: int) -> None:
        across, up = linear_scale(2, EDGE_RANGE_NM[1]), linear_scale(*_WAVELENGTH_RANGE_NM)
        scales = {"x": across, "y": up}
        self._curves = {name: _curve_marks(scales, name) for name in CONFINEMENT_MODELS}
        self._size = line(scales, colors=[palette.FAINT], stroke_width=1.0)
        # Large enough to be seen around a measured point.
        self._chosen = points(
            scales, "chosen size", colors=[palette.TEXT], fill=False, default_size=200
        )
        update_mark(self._chosen, stroke=palette.TEXT, stroke_width=2.0)
        super().__init__(
            "Light emitted against size",
            [
                _spectrum(scales),
                self._size,
                *(mark for marks in self._curves.values() for mark in marks),
                *_paper_marks(scales),
                self._chosen,
            ],
            [
                axis(
                    "Edge length (nm)", across, tick_values=np.array([3.0, 5.0, 10.0, 15.0, 20.0])
                ),
                axis("Wavelength (nm)", up, side="left", tick_values=np.arange(400.0, 551.0, 25.0)),
            ],
            height_px=height_px,
            width="400px",
        )
        self.show(result)

    def show(self, result: ConfinementResult) -> None:
        """Draw the ticked models and the chosen size."""
        ticked = {reading.model for reading in result.readings}
        for name, marks in self._curves.items():
            for mark in marks:
                mark.visible = name in ticked
        edge_nm = result.edge_length_nm
        update_mark(
            self._size, x=np.full(2, edge_nm), y=np.array(_WAVELENGTH_RANGE_NM, dtype=np.float64)
        )
        update_mark(
            self._chosen,
            x=np.full(len(result.readings), edge_nm),
            y=np.array([reading.wavelength_nm for reading in result.readings], dtype=np.float64),
        )


def _curve_marks(scales: dict[str, bqplot.LinearScale], model: str) -> list[bqplot.marks.Mark]:
    """Return the curve of a model; where its dash is taken, also markers along it."""
    look, title = MODEL_LOOKS[model], model_notes(model).title
    edges_nm, wavelength_nm = curve_edges_nm(), curve_nm(model)
    curve = line(scales, "" if look.marker else title, colors=[look.color], line_style=look.dash)
    update_mark(curve, x=edges_nm, y=wavelength_nm)
    if look.marker is None:
        return [curve]
    every = _whole_nm(edges_nm)
    markers = points(scales, title, colors=[look.color], marker=look.marker, default_size=30)
    update_mark(markers, x=edges_nm[every], y=wavelength_nm[every])
    return [curve, markers]


def _whole_nm(edges_nm: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which edge lengths are whole nanometres: a marker at each is enough."""
    return np.asarray(np.isclose(edges_nm, np.rint(edges_nm)))


def _paper_marks(scales: dict[str, bqplot.LinearScale]) -> list[bqplot.marks.Mark]:
    """Return the printed colours, with the spread of the edge lengths of each batch."""
    printed = measured_points()
    edge_nm = np.array([point.edge_length_nm for point in printed])
    sd_nm = np.array([point.sd_nm for point in printed])
    wavelength_nm = np.array([point.wavelength_nm for point in printed])
    evidence = ", ".join(sorted({point.evidence for point in printed}))
    spread = line(scales, "sd of its edge lengths", colors=[palette.PUBLISHED], stroke_width=1.5)
    update_mark(
        spread,
        x=np.stack([edge_nm - sd_nm, edge_nm + sd_nm], axis=1),
        y=np.stack([wavelength_nm, wavelength_nm], axis=1),
    )
    measured = points(
        scales,
        f"measured batch ({evidence})",
        colors=[palette.PUBLISHED],
        marker="diamond",
        default_size=90,
    )
    update_mark(measured, x=edge_nm, y=wavelength_nm)
    return [measured, spread]


def _spectrum(scales: dict[str, bqplot.LinearScale]) -> bqplot.Lines:
    """Return the colours of the light along the axis of wavelengths, as a stack of strokes."""
    ends_nm = np.linspace(*_WAVELENGTH_RANGE_NM, _STROKES + 1)
    colors = [palette.wavelength_hex(nm) for nm in (ends_nm[:-1] + ends_nm[1:]) / 2]
    overlap_nm = np.append(np.full(_STROKES - 1, 1.0), 0.0)  # or seams are seen between the strokes
    strip = line(scales, colors=colors, stroke_width=14.0)
    update_mark(
        strip,
        x=np.full((_STROKES, 2), 2.3),
        y=np.stack([ends_nm[:-1], ends_nm[1:] + overlap_nm], axis=1),
    )
    return strip
