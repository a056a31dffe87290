"""What the eye sees of a crystal and what the camera shows of it, in the filter explorer."""

from typing import Any, Final

import bqplot
import numpy as np

from anionx_widgets import palette
from anionx_widgets.figures import FigurePanel, line, linear_scale, update_mark
from anionx_widgets.filter_state import FilterResult, Numbers

# The picture of the crystal and that of the camera: squares of this side, one above the other.
_FRAME_NM: Final = 24.0
_EYE_CENTRE: Final = (1 + _FRAME_NM / 2, 3 + 1.5 * _FRAME_NM)
_CAMERA_CENTRE: Final = (1 + _FRAME_NM / 2, 1 + _FRAME_NM / 2)
_SPOT: Final = 6.0
_SCALE_BAR_NM: Final = 5.0
_GREY_ENDS: Final = (30.0, 47.0)
_GREYS: Final = 16
_CORNER_POINTS: Final = 12  # times four corners: as many points as the round spot has


class SightFigure(FigurePanel):
    """The crystal to scale in its true colour, below it as a spot of the camera."""

    def __init__(self, result: FilterResult, *, height_px: int) -> None:
        across, up = linear_scale(0, 2 * _FRAME_NM + 4), linear_scale(0, 2 * _FRAME_NM + 4)
        scales = {"x": across, "y": up}
        # Crystal, spot and pointer are one mark, since each mark is a message to the page.
        self._shapes = line(
            scales,
            colors=["transparent", "#808080", "transparent"],
            fill="inside",
            fill_opacities=[1.0, 1.0, 1.0],
            close_path=True,
            stroke_width=1.0,
        )
        # All at once: a label that has places but no texts is an error in the page.
        self._words = bqplot.Label(
            x=np.full(5, _FRAME_NM + 3),
            y=np.array([47.0, 43.0, 20.0, 16.0, 12.0]),
            text=np.array(_sight_words(result)),
            scales=scales,
            colors=[palette.TEXT],
            default_size=13,
            enable_hover=False,
        )
        super().__init__(
            "The crystal in true colour, and as the camera shows it",
            [
                _grounds(scales),
                self._shapes,
                *_scale_bar(scales),
                *_grey_levels(scales),
                self._words,
            ],
            [],
            height_px=height_px,
            width="250px",
            margin_px={"left": 8, "right": 8, "bottom": 12},
            min_aspect_ratio=1.0,
            max_aspect_ratio=1.0,
        )
        self.show(result)

    def show(self, result: FilterResult) -> None:
        """Show the crystal of a result to the eye and to the camera."""
        share = result.chosen.passing_percent / 100
        crystal = _square(_EYE_CENTRE, result.edge_length_nm / 2)
        outlines = [np.repeat(crystal, _CORNER_POINTS, axis=1), _spot(), _pointer(share)]
        update_mark(
            self._shapes,
            x=np.array([x for x, _ in outlines]),
            y=np.array([y for _, y in outlines]),
            fill_colors=[
                palette.wavelength_hex(result.chosen.wavelength_nm),
                _grey(share),
                palette.TEXT,
            ],
        )
        self._words.text = np.array(_sight_words(result))


def _sight_words(result: FilterResult) -> list[str]:
    """Return the words beside the two pictures."""
    return [
        "to the eye",
        f"{result.chosen.wavelength_nm:.0f} nm",
        "to the camera",
        f"{result.chosen.passing_percent:.1f} % passes",
        "(not to scale)",
    ]


def _grey(share: float) -> str:
    """Return a grey between black (0) and white (1)."""
    return "#" + 3 * f"{round(255 * share):02x}"


def _grounds(scales: dict[str, Any]) -> bqplot.Lines:
    """Return the two dark squares on which light is seen."""
    grounds = line(
        scales,
        colors=2 * [palette.FAINT],
        fill="inside",
        fill_colors=2 * ["#000000"],
        fill_opacities=2 * [1.0],
        close_path=True,
        stroke_width=1.0,
    )
    corners = [_square(centre, _FRAME_NM / 2) for centre in (_EYE_CENTRE, _CAMERA_CENTRE)]
    update_mark(grounds, x=np.array([x for x, _ in corners]), y=np.array([y for _, y in corners]))
    return grounds


def _grey_levels(scales: dict[str, Any]) -> list[bqplot.marks.Mark]:
    """Return the greys of the camera from 0 to 100 %, in a frame, with words at their ends."""
    (low, high), y = _GREY_ENDS, 4.4
    ends = np.linspace(low, high, _GREYS + 1)
    strip = line(
        scales,
        colors=[_grey(share) for share in np.linspace(0, 1, _GREYS)],
        stroke_width=10.0,
    )
    update_mark(strip, x=np.stack([ends[:-1], ends[1:]], axis=1), y=np.full((_GREYS, 2), y))
    frame = line(scales, colors=[palette.FAINT], stroke_width=1.0, close_path=True)
    update_mark(frame, x=np.array([low, low, high, high]), y=y + np.array([-1, 1, 1, -1.0]))
    words = bqplot.Label(
        x=np.array([low, high]),
        y=np.full(2, 6.6),
        text=np.array(["0 %", "100 %"]),
        scales=scales,
        colors=[palette.TEXT],
        default_size=11,
        align="middle",
        enable_hover=False,
    )
    return [strip, frame, words]


def _spot() -> Numbers:
    """Return the outline of the camera's spot: x and y."""
    angle = np.linspace(0.0, 2 * np.pi, 4 * _CORNER_POINTS)
    x, y = _CAMERA_CENTRE
    return np.array([x + _SPOT * np.cos(angle), y + _SPOT * np.sin(angle)])


def _pointer(share: float) -> Numbers:
    """Return a triangle below the greys that points to the one of the spot: x and y."""
    low, high = _GREY_ENDS
    x, tip, base = low + share * (high - low), 3.2, 1.4
    corners = np.array([[x - 1.1, x, x + 1.1, x], [base, tip, base, base]])
    return np.repeat(corners, _CORNER_POINTS, axis=1)


def _square(centre: tuple[float, float], half: float) -> Numbers:
    """Return the corners of a square: x and y."""
    x, y = centre
    return np.array(
        [[x - half, x + half, x + half, x - half], [y - half, y - half, y + half, y + half]]
    )


def _scale_bar(scales: dict[str, Any]) -> list[bqplot.marks.Mark]:
    """Return a bar of known length and its name, beside the picture of the crystal."""
    left, y = _FRAME_NM + 3, _FRAME_NM + 4.0
    bar = line(scales, colors=[palette.TEXT], stroke_width=4.0)
    update_mark(bar, x=np.array([left, left + _SCALE_BAR_NM]), y=np.full(2, y))
    name = bqplot.Label(
        x=np.array([left + _SCALE_BAR_NM + 1]),
        y=np.array([y - 0.9]),
        text=np.array([f"{_SCALE_BAR_NM:g} nm"]),
        scales=scales,
        colors=[palette.TEXT],
        default_size=13,
        enable_hover=False,
    )
    return [bar, name]
