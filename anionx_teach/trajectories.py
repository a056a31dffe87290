"""Intensity against time for each spot of a movie, and whether it is a single emitter."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._drift import Drift, estimate_drift, require_movie
from anionx_teach._single_emitters import REASONS, emitter_levels, single_emitters
from anionx_teach._trajectory_extract import Progress, extracted
from anionx_teach._trajectory_noise import count_scale
from anionx_teach._trajectory_psf import NARROWEST_PX, WIDEST_PX
from anionx_teach._trajectory_table import UNITS, Trajectories
from anionx_teach._validation import between, finite, scalar
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._movie import Movie
    from anionx_teach._validation import Numbers

__all__ = [
    "REASONS",
    "UNITS",
    "Drift",
    "Trajectories",
    "emitter_levels",
    "estimate_drift",
    "extract_trajectories",
    "single_emitters",
]

_HALF_PX = 0.5  # from the centre of a pixel to its border


def extract_trajectories(
    movie: Movie,
    spots: pd.DataFrame,
    *,
    psf_sigma_px: float | None = None,
    drift: Drift | None = None,
    progress: Progress | None = None,
) -> Trajectories:
    r"""Return the intensity of each spot in each frame of a movie.

    Parameters
    ----------
    movie : Movie
        At least 5 frames. It is read once, a block at a time, so that it may be larger than the
        memory; up to 96 frames from all over it are read before.
    spots : pandas.DataFrame
        With the columns x_px and y_px: from `detect_spots`, from the truth of a simulated movie, or
        made by hand. Pixel (0, 0) has its centre at x = y = 0.
    psf_sigma_px : float, optional
        Width (standard deviation, 0.2 to 5 px) of the point-spread function; estimated from the
        spots when it is not given.
    drift : Drift, optional
        How the sample moves, from `estimate_drift`; the spots move with it.
    progress : callable, optional
        Called after each block with the frames that are done and the number of all frames.

    Returns
    -------
    Trajectories
        In the order of `spots`, with standard errors, background and distance to the nearest spot.
        In detected photo-electrons per frame when the movie knows its camera, else in counts:
        `unit` says which. An empty table of spots gives trajectories of no spot.

    Raises
    ------
    TypeError, ValueError
        If `movie` is not a Movie of at least 5 frames, `spots` is not a table with these columns,
        a spot lies outside the frame, or another argument is not as said above.

    Warns
    -----
    UserWarning
        When pixels are saturated; when spots are so close to each other that each gets the light of
        both; when the drift takes spots out of the frame (they are left out, `spot` tells which
        ones remain); when no spot is clear enough to estimate the point-spread function from;
        when the camera is not known and most neighbouring frames are the same, so that their
        changes do not show the noise.

    Notes
    -----
    The pixels d_k around a spot, in a disc of some five pixels, are the sum of its light A, that of
    its neighbours, and a background that is an inclined plane:

    .. math:: d_k = A\,p_k + \sum_m A_m\,p_{mk} + b_0 + b_x x_k + b_y y_k,

    p a Gaussian integrated over each pixel. Least squares give A as a weighted sum of the pixels.
    The best weights depend on how bright the spot is, because light brings noise of its own: 1/p_k
    counts for more where it is bright. So A is computed twice, with the weights for a dark spot and
    with those for a bright one, and the two are mixed as is best at the brightness of the two
    frames before and the two after. As the frame itself has no say in its weights, no noise, however
    large, brings a bias; the mixture has at most 2 % more variance than the best weights.

    Width and positions are fitted to mean images of eight parts of the movie, of 32 when the sample
    drifts (positions move by less than 1 px, and only for spots that are clear and alone). Pixels of
    the background which something else lights up get no weight.

    Noise: with a known camera the variance of a pixel is that of its photo-electrons, times two
    with electron multiplication, and the read noise. Else it is measured: the background from pairs
    of neighbouring frames, and its growth with light from the changes between neighbouring points
    of all trajectories (the photon transfer curve).

    References
    ----------
    T. Naylor, Mon. Not. R. Astron. Soc. 296, 339 (1998), for optimal weights of the pixels of a
    star (literature, to be verified).

    Examples
    --------
    >>> import pandas as pd
    >>> from anionx_teach._movie import Movie
    >>> light = np.array([[50, 100, 50], [100, 400, 100], [50, 100, 50]])
    >>> frames = np.random.default_rng(1).poisson(100.0, (40, 24, 24))
    >>> frames[20:, 11:14, 9:12] += light
    >>> movie = Movie(frames, exposure_s=0.05, frame_interval_s=0.1, pixel_size_nm=160.0)
    >>> spots = pd.DataFrame({"x_px": [10.0], "y_px": [12.0]})
    >>> found = extract_trajectories(movie, spots)
    >>> dark, bright = found.intensity[0, :20].mean(), found.intensity[0, 20:].mean()
    >>> bool(abs(dark) < 20), bool(900 < bright < 1100), found.unit
    (True, True, 'counts')
    """
    require_movie(movie)
    x_px, y_px = _positions(spots, movie.shape_px)
    width_px = None if psf_sigma_px is None else _width_px(psf_sigma_px)
    moved_px = _moves(drift, movie)
    if progress is not None and not callable(progress):
        msg = f"progress must be a function of (frames done, all frames), got {progress!r}"
        raise TypeError(msg)
    stays = np.ones(len(x_px), dtype=np.bool_)
    for move in (moved_px.min(axis=0), moved_px.max(axis=0)):
        stays &= _inside(x_px + move[0], y_px + move[1], movie.shape_px)
    if not stays.all():
        msg = (
            f"the drift takes {np.count_nonzero(~stays)} spots out of the frame: they are left out"
        )
        warnings.warn(msg, UserWarning, stacklevel=2)
    rows = np.flatnonzero(stays)
    if not rows.size:
        return _no_trajectories(movie)
    start_px = float(parameter("camera-002")) / movie.pixel_size_nm
    start_px = min(max(start_px, 2 * NARROWEST_PX), WIDEST_PX / 2)
    scale = count_scale(movie.camera)
    return extracted(
        movie, x_px[rows], y_px[rows], rows, moved_px, width_px, start_px, scale, progress
    )


def _no_trajectories(movie: Movie) -> Trajectories:
    """Return the trajectories of no spot."""
    none, empty = np.empty(0), np.empty((0, movie.n_frames))
    unit = UNITS[0] if count_scale(movie.camera) is None else UNITS[1]
    return Trajectories(movie.time_s, empty, none, none, empty, empty, none, unit=unit)


def _positions(spots: object, shape_px: tuple[int, int]) -> tuple[Numbers, Numbers]:
    """Return x and y of all spots, each inside the frame."""
    columns = getattr(spots, "columns", None)
    if columns is None or not {"x_px", "y_px"} <= set(columns):
        what = type(spots).__name__ if columns is None else f"the columns {list(columns)}"
        msg = f"spots must be a table with the columns x_px and y_px, got {what}"
        raise TypeError(msg)
    x_px, y_px = (
        finite(f"spots[{name!r}]", spots[name].to_numpy(), "px")  # type: ignore[index]
        for name in ("x_px", "y_px")
    )
    outside = np.flatnonzero(~_inside(x_px, y_px, shape_px))
    if outside.size:
        row = int(outside[0])
        msg = (
            f"spots must lie inside the frame of {shape_px[0]} x {shape_px[1]} px (rows x "
            f"columns), got {outside.size} outside: row {row} at x_px = {x_px[row]:g}, "
            f"y_px = {y_px[row]:g}"
        )
        raise ValueError(msg)
    return x_px, y_px


def _inside(x_px: Numbers, y_px: Numbers, shape_px: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which places lie on a pixel of the frame."""
    rows, columns = shape_px
    across = (x_px >= -_HALF_PX) & (x_px <= columns - _HALF_PX)
    return np.asarray(across & (y_px >= -_HALF_PX) & (y_px <= rows - _HALF_PX))


def _width_px(psf_sigma_px: float) -> float:
    """Return a width that a point-spread function can have."""
    width_px = scalar("psf_sigma_px", psf_sigma_px)
    return float(between("psf_sigma_px", width_px, NARROWEST_PX, WIDEST_PX, "px"))


def _moves(drift: Drift | None, movie: Movie) -> Numbers:
    """Return the move (F, 2) of each frame as x and y."""
    if drift is None:
        return np.zeros((movie.n_frames, 2))
    if not isinstance(drift, Drift):
        msg = f"drift must be a Drift, as estimate_drift gives it, got {type(drift).__name__}"
        raise TypeError(msg)
    if len(drift.x_px) != movie.n_frames:
        msg = f"drift must have one value for each of the {movie.n_frames} frames, "
        raise ValueError(msg + f"got {len(drift.x_px)}")
    return np.stack([drift.x_px, drift.y_px], axis=1)
