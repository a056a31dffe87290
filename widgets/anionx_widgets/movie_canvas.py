"""A movie of 16-bit frames, played in the page, with spots that can be chosen in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import anywidget
import numpy as np
import numpy.typing as npt
import traitlets

from anionx_widgets import palette
from anionx_widgets.movie_contrast import require_contrast

_FOLDER = Path(__file__).parent

_SCRIPTS: Final = (
    "page_elements.js",
    "movie_drawing.js",
    "movie_frames.js",
    "movie_parts.js",
    "movie_levels.js",
    "movie_player.js",
    "movie_hands.js",
    "movie_canvas.js",
)
LARGEST_ANSWER_BYTES: Final = 8 * 2**20
"""Most bytes of frames in one answer to the page, which asks for less at a time."""


class Frames(Protocol):
    """Frames (F, Y, X) of unsigned 16-bit counts; they may be read or made when asked for."""

    @property
    def shape(self) -> tuple[int, ...]:
        """(frames, rows, columns)."""

    def __getitem__(self, index: Any, /) -> Any:
        """Return one frame (Y, X)."""


class MovieCanvas(anywidget.AnyWidget):
    """A player for a stack of 16-bit frames.

    The page asks for frames when it needs them, some at a time, and keeps at most 64 MB, so the
    movie may be larger than memory. The frame that is shown now travels with the news that there
    is another movie, so that it is drawn at once. Contrast is a lookup table in the page. Python
    hears where the player stands four times a second while it runs, and when it is moved or paused.

    Parameters
    ----------
    frame : int
        Which frame is shown, from 0.
    playing : bool
        Whether the player runs.
    zoom : int
        How many times the picture is enlarged: 1 (the whole field), 2, 4 or 8.
    contrast : list of float
        Counts drawn black and white, set by hand; empty for the automatic ones.
    chosen : int
        Row of the chosen spot among those found; -1 for none.
    frames_per_second : float
        How fast the player goes, where page and kernel keep up.
    at_rest : callable, optional
        Called when a movie has stayed on the screen for a third of a second, to look for its
        spots: while a slider moves, one movie follows the other, and what takes long can wait. It
        returns whether all is done; if not, it is called again, unless another movie has come
        meanwhile. Until then the marks are pale.
    **traits
        Further traits; frames and spots come from `show`.
    """

    # A widget's module is one text: the parts first, then what uses them.
    _esm = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    # Its player looks like every other.
    _css = "\n".join(
        (_FOLDER / name).read_text(encoding="utf-8")
        for name in ("time_player.css", "movie_canvas.css")
    )

    movie = traitlets.Int(0).tag(
        sync=True
    )  # counts them: what comes for an earlier one is too late
    shape_px = traitlets.List(traitlets.Int(), [1, 1]).tag(sync=True)  # rows, columns
    frame_count = traitlets.Int(1, min=1).tag(sync=True)
    shown_frame = traitlets.Bytes(b"\0\0").tag(sync=True)
    shown_number = traitlets.Int(0).tag(sync=True)
    first_time_s = traitlets.Float(0.0).tag(sync=True)
    frame_interval_s = traitlets.Float(1.0).tag(sync=True)
    pixel_size_nm = traitlets.Float(160.0).tag(sync=True)
    automatic_contrast = traitlets.List(traitlets.Float(), [0.0, 1.0]).tag(sync=True)
    count_range = traitlets.List(traitlets.Float(), [0.0, 1.0]).tag(sync=True)
    found = traitlets.Bytes(b"").tag(sync=True)
    true = traitlets.Bytes(b"").tag(sync=True)

    frame = traitlets.Int(0, min=0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    zoom = traitlets.Enum((1, 2, 4, 8), default_value=1).tag(sync=True)
    contrast = traitlets.List(traitlets.Float()).tag(sync=True)
    chosen = traitlets.Int(-1, min=-1).tag(sync=True)
    frames_per_second = traitlets.Float(30.0, min=1.0).tag(sync=True)

    title = traitlets.Unicode("The movie").tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    found_color = traitlets.Unicode(palette.MEASURED).tag(sync=True)
    true_color = traitlets.Unicode(palette.DRAWN).tag(sync=True)
    chosen_color = traitlets.Unicode(palette.PICKED).tag(sync=True)

    def __init__(self, *, at_rest: Callable[[], bool] | None = None, **traits: Any) -> None:
        super().__init__(**traits)
        self._frames: Frames = np.zeros((1, 1, 1), np.uint16)
        self._at_rest = at_rest
        self.on_msg(self._answer)

    def show(
        self,
        frames: Frames,
        *,
        first_time_s: float,
        frame_interval_s: float,
        pixel_size_nm: float,
        automatic_contrast: tuple[float, float],
        count_range: tuple[float, float],
    ) -> None:
        """Show another movie, at the frame where the player stands (at the last of a shorter one).

        The spots stay as they are until `mark` is called, so that they do not flicker while a
        slider moves.

        Parameters
        ----------
        frames : (F, Y, X) uint16
            An array, or anything with its `.shape` that gives frame i as ``frames[i]``.
        first_time_s, frame_interval_s : float
            Time of the first frame, and from one frame to the next, in s.
        pixel_size_nm : float
            Side of a pixel in the sample, for the scale bar.
        automatic_contrast, count_range : (float, float)
            Counts drawn black and white unless set by hand; ends of the sliders for that.
        """
        count, rows, columns = frames.shape
        self._frames = frames
        frame = min(self.frame, count - 1)
        with self.hold_sync():
            self.frame = frame  # before there are fewer frames
            self.movie += 1
            self.frame_count, self.shape_px = count, [rows, columns]
            self.shown_number, self.shown_frame = frame, self._bytes_of(frame)
            self.first_time_s, self.frame_interval_s = first_time_s, frame_interval_s
            self.pixel_size_nm = pixel_size_nm
            self.automatic_contrast, self.count_range = list(automatic_contrast), list(count_range)

    def mark(
        self, found_px: npt.ArrayLike, true_px: npt.ArrayLike, chosen: int, description: str
    ) -> None:
        """Draw spots over the movie.

        Parameters
        ----------
        found_px, true_px : (P, 2) array_like
            x and y of the spots that were found, and of those that are there; pixel (0, 0) has its
            centre at 0.0.
        chosen : int
            Row of `found_px` that is marked; -1 for none.
        description : str
            The picture in words, for who cannot see it.
        """
        found, true = (np.asarray(px, "<f4").reshape(-1, 2) for px in (found_px, true_px))
        with self.hold_sync():
            self.found, self.true = found.tobytes(), true.tobytes()
            self.chosen = chosen  # after the spots, of which it is one
            self.description = description

    def _bytes_of(self, frame: int) -> bytes:
        """Return the counts of a frame, row by row, the low byte first."""
        return np.ascontiguousarray(self._frames[frame], "<u2").tobytes()

    def _answer(self, _canvas: object, asked: Any, _buffers: object) -> None:
        """Send the frames that a page asks for; what is not of this movie is not answered."""
        if not isinstance(asked, dict) or asked.get("movie") != self.movie:
            return
        if asked.get("at_rest") is True:
            measured = self._at_rest is None or self._at_rest()
            self.send({"view": asked.get("view"), "movie": self.movie, "measured": measured})
            return
        first, count = asked.get("first"), asked.get("count")
        if type(first) is not int or type(count) is not int:
            return
        rows, columns = self.shape_px
        most = max(1, LARGEST_ANSWER_BYTES // (2 * rows * columns))
        if not (0 <= first < first + count <= self.frame_count and count <= most):
            return
        frames = b"".join(self._bytes_of(frame) for frame in range(first, first + count))
        self.send({"view": asked.get("view"), "movie": self.movie, "first": first}, [frames])

    @traitlets.validate("frame")
    def _a_frame_there_is(self, proposal: dict[str, Any]) -> int:
        """Refuse a frame after the last."""
        frame = int(proposal["value"])
        if frame >= self.frame_count:
            msg = f"frame must be between 0 and {self.frame_count - 1}, got {frame}"
            raise traitlets.TraitError(msg)
        return frame

    @traitlets.validate("chosen")
    def _a_spot_there_is(self, proposal: dict[str, Any]) -> int:
        """Refuse a spot that was not found."""
        chosen, n_found = int(proposal["value"]), len(self.found) // 8
        if chosen >= n_found:
            msg = f"chosen must be -1 or the number of one of {n_found} spots, got {chosen}"
            raise traitlets.TraitError(msg)
        return chosen

    @traitlets.validate("contrast")
    def _black_below_white(self, proposal: dict[str, Any]) -> Sequence[float]:
        """Refuse a white that is not above black."""
        return require_contrast(proposal["value"])
