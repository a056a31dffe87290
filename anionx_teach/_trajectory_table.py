"""Intensity against time for each spot: the result that fits and widgets work on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import finite, increasing, non_negative, one_of, positive, read_only

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._validation import Numbers

UNITS = ("counts", "photo-electrons")
"""What an intensity is counted in: camera counts, or detected photo-electrons of the camera."""

_OF_A_POINT = ("intensity", "intensity_se", "background")  # (P, F)
_OF_A_SPOT = ("x_px", "y_px", "neighbour_px", "spot")  # (P,)


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Intensity against time for each spot of a movie.

    Can be built from plain arrays of one's own: the first four are enough.

    Parameters
    ----------
    time_s : (F,) array_like
        Middle of each exposure in s, increasing.
    intensity : (P, F) array_like
        Light of each spot above its background, for each frame, in `unit`. It can be below zero:
        noise is.
    x_px, y_px : (P,) array_like
        Where the spots are; pixel (0, 0) has its centre at x = y = 0.
    intensity_se : (P, F) array_like, optional
        Standard error > 0 of each intensity.
    background : (P, F) array_like, optional
        Light of one pixel beside each spot, in `unit` (with the offset of the camera when `unit`
        is counts).
    neighbour_px : (P,) array_like, optional
        Distance to the nearest other spot; infinite for one that has none.
    spot : (P,) array_like of int, optional
        Row of each spot in the table it comes from; by default 0, 1, 2 ...
    unit : str
        "counts" or "photo-electrons".
    psf_sigma_px : float, optional
        Width (standard deviation) of the point-spread function that was used.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as said above, or the shapes do not belong together.

    Examples
    --------
    >>> blinking = Trajectories([0.0, 0.1, 0.2], [[0.0, 90.0, 2.0]], x_px=[10.0], y_px=[12.5])
    >>> blinking.n_spots, blinking.n_frames, blinking.unit
    (1, 3, 'counts')
    """

    time_s: Numbers
    intensity: Numbers
    x_px: Numbers
    y_px: Numbers
    intensity_se: Numbers | None = None
    background: Numbers | None = None
    neighbour_px: Numbers | None = None
    spot: npt.NDArray[np.int64] | None = None
    unit: str = "counts"
    psf_sigma_px: float | None = None

    def __post_init__(self) -> None:
        time_s = increasing("time_s", self.time_s, "s")
        intensity = finite("intensity", self.intensity)
        if intensity.ndim != 2 or intensity.shape[1] != time_s.size:
            msg = f"intensity must have the shape (spots, {time_s.size}), one column for each "
            msg += f"time_s, got shape {intensity.shape}"
            raise ValueError(msg)
        one_of("unit", self.unit, UNITS)
        checked = {"time_s": time_s, "intensity": intensity}
        checked["x_px"] = finite("x_px", self.x_px, "px")
        checked["y_px"] = finite("y_px", self.y_px, "px")
        if self.intensity_se is not None:
            checked["intensity_se"] = positive("intensity_se", self.intensity_se)
        if self.background is not None:
            checked["background"] = finite("background", self.background)
        if self.neighbour_px is not None:
            checked["neighbour_px"] = _distances(self.neighbour_px)
        for name in set(_OF_A_POINT) & set(checked):
            _require_shape(name, checked[name], intensity.shape)
        for name in set(_OF_A_SPOT) & set(checked):
            _require_shape(name, checked[name], intensity.shape[:1])
        object.__setattr__(self, "spot", _rows(self.spot, len(intensity)))
        if self.psf_sigma_px is not None:
            width_px = float(positive("psf_sigma_px", self.psf_sigma_px, "px"))
            object.__setattr__(self, "psf_sigma_px", width_px)
        for name, values in checked.items():
            # `finite` and its like have made a copy already: of large arrays one is enough.
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    @property
    def n_spots(self) -> int:
        """Number of spots."""
        return len(self.intensity)

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return int(self.time_s.size)

    def __len__(self) -> int:
        return self.n_spots

    def select(self, which: npt.ArrayLike) -> Trajectories:
        """Return the trajectories of some spots only.

        Parameters
        ----------
        which : (P,) array_like of bool, or array_like of int
            A mask, such as `single_emitters` gives it, or the numbers of the rows.

        Returns
        -------
        Trajectories
            Its `spot` still says which row of the table of spots each of them is.

        Raises
        ------
        TypeError, ValueError
            If `which` is neither a mask of P values nor row numbers from 0 to P - 1.

        Examples
        --------
        >>> two = Trajectories([0.0, 0.1], [[0.0, 9.0], [1.0, 2.0]], [4.0, 9.0], [4.0, 9.0])
        >>> two.select([False, True]).x_px
        array([9.])
        """
        rows = _selected(which, self.n_spots)
        taken = {field.name: getattr(self, field.name) for field in fields(self)}
        for name in (*_OF_A_POINT, *_OF_A_SPOT):
            if taken[name] is not None:
                taken[name] = taken[name][rows]
        return Trajectories(**taken)

    def mean(self) -> Trajectories:
        """Return the mean of all the trajectories as a single one, what an ensemble shows.

        Returns
        -------
        Trajectories
            One row, placed in the middle of the spots; without spots, no row. Its standard error
            is that of the noise, not of the differences between spots.

        Examples
        --------
        >>> two = Trajectories([0.0, 0.1], [[0.0, 8.0], [1.0, 2.0]], [4.0, 9.0], [4.0, 9.0])
        >>> two.mean().intensity
        array([[0.5, 5. ]])
        """
        if not self.n_spots:
            return self
        n = self.n_spots
        se, level = self.intensity_se, self.background
        return Trajectories(
            self.time_s,
            self.intensity.mean(axis=0, keepdims=True),
            self.x_px.mean(keepdims=True),
            self.y_px.mean(keepdims=True),
            None if se is None else np.sqrt((se**2).sum(axis=0, keepdims=True)) / n,
            None if level is None else level.mean(axis=0, keepdims=True),
            unit=self.unit,
            psf_sigma_px=self.psf_sigma_px,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each spot and frame: spot, time_s, intensity and what else is known.

        Returns
        -------
        pandas.DataFrame
            Columns spot, x_px, y_px, time_s, intensity, and intensity_se and background where the
            trajectories have them.

        Examples
        --------
        >>> Trajectories([0.0, 0.1], [[0.0, 9.0]], [4.0], [5.0]).to_frame().loc[1].to_list()
        [0.0, 4.0, 5.0, 0.1, 9.0]
        """
        import pandas as pd

        columns = {
            name: np.repeat(getattr(self, name), self.n_frames) for name in ("spot", "x_px", "y_px")
        }
        columns["time_s"] = np.tile(self.time_s, self.n_spots)
        for name in _OF_A_POINT:
            if getattr(self, name) is not None:
                columns[name] = getattr(self, name).ravel()
        return pd.DataFrame(columns)


def require_trajectories(trajectories: object) -> Trajectories:
    """Return `trajectories` when they are Trajectories; TypeError otherwise."""
    if not isinstance(trajectories, Trajectories):
        msg = f"trajectories must be Trajectories, got {type(trajectories).__name__}"
        raise TypeError(msg)
    return trajectories


def _distances(neighbour_px: npt.ArrayLike) -> Numbers:
    """Return distances >= 0, of which some may be infinite."""
    distance = np.array(neighbour_px, dtype=np.float64)
    alone = np.isposinf(distance)
    checked = non_negative("neighbour_px", np.where(alone, 0.0, distance), "px")
    return np.where(alone, np.inf, checked)


def _rows(spot: npt.ArrayLike | None, n_spots: int) -> npt.NDArray[np.int64]:
    """Return the number of each spot in its table, read-only."""
    if spot is None:
        return read_only(np.arange(n_spots, dtype=np.int64))
    rows = np.asarray(spot)
    if rows.size and rows.dtype.kind not in "iu":
        msg = f"spot must be whole numbers, got {spot!r}"
        raise TypeError(msg)
    _require_shape("spot", rows, (n_spots,))
    return read_only(rows.astype(np.int64))


def _require_shape(name: str, values: npt.NDArray[np.generic], shape: tuple[int, ...]) -> None:
    """Raise a ValueError that says which shape was needed."""
    if values.shape != shape:
        msg = f"{name} must have the shape {shape}, as intensity says, got shape {values.shape}"
        raise ValueError(msg)


def _selected(which: npt.ArrayLike, n_spots: int) -> npt.NDArray[np.int64]:
    """Return row numbers from a mask or from row numbers."""
    chosen = np.atleast_1d(np.asarray(which))
    if chosen.dtype == np.bool_:
        _require_shape("which", chosen, (n_spots,))
        return np.flatnonzero(chosen)
    if chosen.size == 0:
        return np.empty(0, dtype=np.int64)
    if chosen.dtype.kind not in "iu" or chosen.ndim != 1:
        msg = f"which must be a mask or row numbers, got {which!r}"
        raise TypeError(msg)
    if chosen.min() < 0 or chosen.max() >= n_spots:
        wrong = chosen[(chosen < 0) | (chosen >= n_spots)][0]
        msg = f"which must be row numbers from 0 to {n_spots - 1}, got {wrong}"
        raise ValueError(msg)
    return chosen.astype(np.int64)
