"""The figure of the nanocrystal viewer: how much is exchanged at what time."""

from typing import Final

import numpy as np

from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, axis, line, linear_scale, points, update_mark
from anionx_widgets.nanocrystal_state import NanocrystalResult
from anionx_widgets.round_numbers import nice_end, ticks

_TITLE: Final = "Iodide fraction against time"


class CourseFigure(FigurePanel):
    """Iodide fraction against time, and the moment that is shown."""

    def __init__(self) -> None:
        self._time, self._up = linear_scale(0, 1), linear_scale(0, 1)
        scales = {"x": self._time, "y": self._up}
        self._course = line(scales, "this nanocrystal")
        self._moment = points(
            scales, "shown", colors=[palette.PICKED], default_size=70, marker="diamond"
        )
        self._across = axis("Time (1/k0)", self._time, tick_format=",~g")
        up = axis("Iodide fraction", self._up, side="left", tick_values=np.linspace(0, 1, 5))
        super().__init__(
            _TITLE, [self._course, self._moment], [self._across, up], height_px=230, width="300px"
        )

    def show(self, result: NanocrystalResult) -> None:
        """Draw the course of a nanocrystal, without the wait for its last few sites."""
        end = nice_end(float(result.frame_time[-3]))
        if end != self._time.max:
            self._time.max = end
            self._across.tick_values = ticks(0.0, end, 4)
        inside = result.frame_time <= end
        fraction = result.n_iodide / result.model.n_sites
        update_mark(self._course, x=result.frame_time[inside], y=fraction[inside])

    def show_moment(self, result: NanocrystalResult, frame: int) -> None:
        """Mark the moment that is shown; at the right edge when it is later than the axis."""
        time = min(float(result.frame_time[frame]), float(self._time.max))
        fraction = result.n_iodide[frame] / result.model.n_sites
        update_mark(self._moment, x=np.array([time]), y=np.array([fraction]))
