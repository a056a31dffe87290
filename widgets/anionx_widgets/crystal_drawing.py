"""The crystal of the confinement explorer, drawn to scale in its own colour."""

from typing import Final

import bqplot
import numpy as np

from anionx_widgets import palette
from anionx_widgets.confinement_state import ConfinementResult
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, update_mark

_SCALE_BAR_NM: Final = 5.0
_TICKS_NM: Final = np.array([-10.0, -5.0, 0.0, 5.0, 10.0])


class CrystalFigure(FigurePanel):
    """The crystal from above, drawn to scale in its own colour, around it the Bohr diameter."""

    def __init__(self, result: ConfinementResult, *, height_px: int) -> None:
        across, up = linear_scale(-12, 12), linear_scale(-13.5, 10.5)
        scales = {"x": across, "y": up}
        self._crystal = line(
            scales,
            colors=[palette.TEXT],
            fill="inside",
            fill_opacities=[1.0],
            close_path=True,
            stroke_width=1.5,
        )
        bohr = line(scales, colors=[palette.TEXT], line_style="dashed", stroke_width=1.5)
        bohr.labels = [f"Bohr diameter, {result.bohr_diameter_nm:.1f} nm"]
        angle = np.linspace(0.0, 2 * np.pi, 73)
        radius_nm = result.bohr_diameter_nm / 2
        update_mark(bohr, x=radius_nm * np.cos(angle), y=radius_nm * np.sin(angle))
        super().__init__(
            "Crystal from above, to scale, in the light it emits",
            [self._crystal, bohr, *_scale_bar(scales)],
            [
                axis("Distance (nm)", across, tick_values=_TICKS_NM),
                axis("Distance (nm)", up, side="left", tick_values=_TICKS_NM),
            ],
            height_px=height_px,
            width="270px",
            min_aspect_ratio=1.0,
            max_aspect_ratio=1.0,
        )
        self.show(result)

    def show(self, result: ConfinementResult) -> None:
        """Draw the crystal of a result."""
        half = result.edge_length_nm / 2
        update_mark(
            self._crystal,
            x=np.array([-half, half, half, -half]),
            y=np.array([-half, -half, half, half]),
            fill_colors=[palette.wavelength_hex(result.crystal_wavelength_nm)],
        )


def _scale_bar(scales: dict[str, bqplot.LinearScale]) -> list[bqplot.marks.Mark]:
    """Return a bar of known length and its name, below the largest crystal."""
    bar = line(scales, colors=[palette.TEXT], stroke_width=4.0)
    update_mark(bar, x=np.array([-_SCALE_BAR_NM, 0.0]), y=np.full(2, -11.9))
    name = bqplot.Label(
        x=np.array([0.6]),
        y=np.array([-12.4]),
        text=np.array([f"{_SCALE_BAR_NM:g} nm"]),
        scales=scales,
        colors=[palette.TEXT],
        default_size=13,
        enable_hover=False,
    )
    return [bar, name]
