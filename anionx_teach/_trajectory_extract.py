"""From the frames of a movie to the light of each spot, a block of frames at a time."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._trajectory_kernels import weighted_sums
from anionx_teach._trajectory_noise import (
    CountScale,
    NoiseModel,
    Segment,
    combined,
    measured_noise,
)
from anionx_teach._trajectory_sample import sample_movie
from anionx_teach._trajectory_surroundings import (
    Spots,
    background_noise,
    placed,
    spoiled_pixels,
)
from anionx_teach._trajectory_table import Trajectories
from anionx_teach._trajectory_weights import SpotWeights, spot_weights

if TYPE_CHECKING:
    import numpy.typing as npt

    from anionx_teach._movie import Movie
    from anionx_teach._validation import Numbers

Progress = Callable[[int, int], None]

_FULL_SCALE = 2**16 - 1  # counts of the converter
_SAME_PLACE_PX = 0.05  # a drift within which the weights stay the same: 0.2 % of the light


def extracted(
    movie: Movie,
    x_px: Numbers,
    y_px: Numbers,
    rows: npt.NDArray[np.int64],
    drift_px: Numbers,
    sigma_px: float | None,
    start_sigma_px: float,
    scale: CountScale | None,
    progress: Progress | None,
) -> Trajectories:
    """Return the trajectories of spots that stay in the frame; see `extract_trajectories`."""
    sample = sample_movie(movie, drifts=bool(np.ptp(drift_px, axis=0).max() > _SAME_PLACE_PX))
    there = drift_px[np.clip(np.rint(sample.middle).astype(np.int64), 0, movie.n_frames - 1)]
    spots = placed(sample, there, x_px, y_px, sigma_px, start_sigma_px)
    spoiled = spoiled_pixels(sample, there, spots)
    sums, segments = _summed(movie, spots, drift_px, spoiled, progress)
    if scale is None:
        flat = background_noise(sample, there, spots, spoiled)
        noise = measured_noise(sums, segments[0].shape, flat)
    else:
        sums *= scale.electrons
        sums[2] -= scale.offset * scale.electrons
        background = sums[2].mean(axis=1)
        flat = scale.excess * np.maximum(background, 0.0) + scale.read_variance
        noise = NoiseModel(flat, scale.excess)
    intensity, error = combined(sums, segments, spots.neighbours.number, noise)
    return Trajectories(
        movie.time_s,
        intensity,
        x_px,
        y_px,
        error,
        sums[2],
        spots.neighbours.nearest_px,
        rows,
        "counts" if scale is None else "photo-electrons",
        spots.sigma_px,
    )


def _summed(
    movie: Movie,
    spots: Spots,
    drift_px: Numbers,
    spoiled: npt.NDArray[np.bool_],
    progress: Progress | None,
) -> tuple[Numbers, list[Segment]]:
    """Return the weighted sums (3, P, F), and the frames that had the same weights."""
    sums = np.empty((3, len(spots.x_px), movie.n_frames))
    n_full, full = np.zeros(movie.n_frames, np.int64), _full_counts(movie)
    starts = _segment_starts(drift_px)
    stops = [*starts[1:], movie.n_frames]
    segments: list[Segment] = []
    weights: SpotWeights | None = None
    for first, block in movie.blocks():
        frames = np.ascontiguousarray(block, dtype=np.uint16).reshape(len(block), -1)
        last = first + len(block)
        for start, stop in zip(starts, stops, strict=True):
            begin, end = max(start, first), min(stop, last)
            if begin >= end:
                continue
            if weights is None or begin == start:
                move = drift_px[start:stop].mean(axis=0)
                weights = _weights_at(movie, spots, move, spoiled)
                segments.append(Segment(start, stop, weights.noise))
            part = np.empty((3, len(spots.x_px), end - begin))
            inside = frames[begin - first : end - first]
            weighted_sums(part, n_full[begin:end], inside, full, weights.pixel, weights.weights)
            sums[:, :, begin:end] = part
        if progress is not None:
            progress(last, movie.n_frames)
    _warn_of_saturation(int(n_full.sum()), movie)
    return sums, segments


def _weights_at(
    movie: Movie, spots: Spots, move_px: Numbers, spoiled: npt.NDArray[np.bool_]
) -> SpotWeights:
    """Return the weights of the spots when all have moved by (x, y)."""
    x_px, y_px = spots.x_px + move_px[0], spots.y_px + move_px[1]
    return spot_weights(movie.shape_px, x_px, y_px, spots.sigma_px, spots.neighbours, spoiled)


def _full_counts(movie: Movie) -> int:
    """Return the counts of a pixel that is full: of the converter, or of the camera if it is known."""
    if movie.camera is None:
        return _FULL_SCALE
    charge = movie.camera.full_charge_electrons / movie.camera.electrons_per_count
    return int(min(_FULL_SCALE, movie.camera.offset_counts + charge))


def _warn_of_saturation(n_full: int, movie: Movie) -> None:
    """Say which share of all pixels of a movie is full."""
    if n_full:
        n_pixels = movie.n_frames * movie.shape_px[0] * movie.shape_px[1]
        msg = (
            f"{100 * n_full / n_pixels:.3g} % of the pixels are saturated ({n_full} of {n_pixels}): "
            "the light of bright spots is underestimated"
        )
        warnings.warn(msg, UserWarning, stacklevel=5)


def _segment_starts(drift_px: Numbers) -> list[int]:
    """Return the first frame of each run during which the drift stays within 0.05 px."""
    if np.ptp(drift_px, axis=0).max() <= _SAME_PLACE_PX:
        return [0]
    starts, here = [0], drift_px[0]
    for frame, there in enumerate(drift_px):
        if np.abs(there - here).max() > _SAME_PLACE_PX:
            starts.append(frame)
            here = there
    return starts
