"""The energy levels of the confinement explorer: bands, levels, gap and photon."""

from typing import Final

import bqplot
import numpy as np

from anionx_widgets import palette
from anionx_widgets.confinement_state import EnergyLevels
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, update_mark

_ENERGY_RANGE_EV: Final = (-0.7, 3.1)


class LevelFigure(FigurePanel):
    """Edges of the bulk bands, the levels of electron and hole, the gap and the photon."""

    def __init__(self, levels: EnergyLevels, *, height_px: int) -> None:
        across, up = linear_scale(0, 1), linear_scale(*_ENERGY_RANGE_EV)
        scales = {"x": across, "y": up}
        self._bulk = line(
            scales, "edges of the bulk bands", colors=[palette.FAINT], line_style="dashed"
        )
        # One mark for all that moves, since each mark is a message: only the last curve, the
        # photon, is filled.
        self._levels = line(
            scales,
            colors=[palette.BLUE, palette.VERMILION, palette.TEXT, palette.TEXT],
            fill="inside",
            fill_opacities=[0.0, 0.0, 0.0, 1.0],
            stroke_width=2.0,
        )
        self._names = bqplot.Label(
            scales=scales, colors=[palette.TEXT], default_size=13, enable_hover=False
        )
        self._names.x = np.array([0.30, 0.30, 0.27, 0.27, 0.72, 0.72])
        super().__init__(
            _level_title(levels),
            [self._bulk, self._levels, self._names],
            [axis("Energy (eV)", up, side="left", tick_values=np.arange(4.0))],
            height_px=height_px,
            width="270px",
            margin_px={"bottom": 16},
        )
        self.show(levels)

    def show(self, levels: EnergyLevels) -> None:
        """Draw the levels of a result."""
        self.caption.title = _level_title(levels)
        gap_ev = levels.bulk_gap_ev
        update_mark(
            self._bulk,
            x=np.array([[0.0, 1.0], [0.0, 1.0]]),
            y=np.array([[0.0, 0.0], [gap_ev, gap_ev]]),
        )
        electron, hole = levels.electron_level_ev, levels.hole_level_ev
        outlines = [
            _level(electron),
            _level(hole),
            _double_arrow(0.22, hole, electron),
            _photon_arrow(0.62, hole, hole + levels.photon_ev),
        ]
        update_mark(
            self._levels,
            x=np.array([x for x, _ in outlines]),
            y=np.array([y for _, y in outlines]),
            fill_colors=4 * [palette.wavelength_hex(levels.photon_nm)],
        )
        update_mark(
            self._names,
            y=np.array([electron + 0.15, hole - 0.15, *(2 * [1.35, 1.1])]),
            text=np.array(
                [
                    f"electron, +{electron - gap_ev:.2f} eV",
                    f"hole, \N{MINUS SIGN}{-hole:.2f} eV",
                    "gap",
                    f"{levels.pair_gap_ev:.2f} eV",
                    "photon",
                    f"{levels.photon_ev:.2f} eV",
                ]
            ),
        )


def _level_title(levels: EnergyLevels) -> str:
    """Return the title of the level picture, which names the model."""
    return f"Energy levels: {levels.title}"


def _level(energy_ev: float) -> tuple[list[float], list[float]]:
    """Return a level as an outline of as many points as the arrows have."""
    return [0.06, *[0.94] * 7], [energy_ev] * 8


def _double_arrow(at: float, low_ev: float, high_ev: float) -> tuple[list[float], list[float]]:
    """Return a thin arrow with a head at either end, drawn in one stroke."""
    half, head_ev = 0.025, 0.1
    x = [at - half, at, at + half, at, at, at - half, at, at + half]
    top, bottom = high_ev - head_ev, low_ev + head_ev
    return x, [top, high_ev, top, high_ev, low_ev, bottom, low_ev, bottom]


def _photon_arrow(at: float, low_ev: float, high_ev: float) -> tuple[list[float], list[float]]:
    """Return the closed outline of a broad arrow that points down."""
    half, head, neck_ev = 0.03, 0.06, low_ev + 0.25
    x = [at - half, at + half, at + half, at + head, at, at - head, at - half, at - half]
    return x, [high_ev, high_ev, neck_ev, neck_ev, low_ev, neck_ev, neck_ev, high_ev]
