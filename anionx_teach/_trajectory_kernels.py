"""Weighted sums of the pixels around each spot: the compiled loop and its NumPy twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._compile_kernels import Kernel

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_FRAMES_AT_ONCE = 16  # of the twin: its temporary arrays then stay in the cache


def _weighted_sums_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    sums, n_full, frames, full, pixel, weights
):
    """Fill `sums` (3, P, F) and `n_full` (F,) frame by frame."""
    n_spots, n_pixels = pixel.shape
    for frame in range(frames.shape[0]):
        counts = frames[frame]
        # This walk through the whole frame also brings it into the cache: the sums over scattered
        # pixels take a third of the time behind it.
        n_here = 0
        for i in range(counts.size):
            if counts[i] >= full:
                n_here += 1
        n_full[frame] = n_here
        for spot in range(n_spots):
            first, second, third = 0.0, 0.0, 0.0
            for k in range(n_pixels):
                count = np.float64(counts[pixel[spot, k]])
                first += weights[0, spot, k] * count
                second += weights[1, spot, k] * count
                third += weights[2, spot, k] * count
            sums[0, spot, frame] = first
            sums[1, spot, frame] = second
            sums[2, spot, frame] = third


def _weighted_sums_twin(
    sums: Numbers,
    n_full: npt.NDArray[np.int64],
    frames: npt.NDArray[np.uint16],
    full: int,
    pixel: npt.NDArray[np.int64],
    weights: Numbers,
) -> None:
    """Add pixel after pixel, as `_weighted_sums_loop` does, for all spots of some frames."""
    n_pixels = pixel.shape[1]
    by_pixel = np.ascontiguousarray(pixel.T)
    for start in range(0, len(frames), _FRAMES_AT_ONCE):
        part = frames[start : start + _FRAMES_AT_ONCE]
        n_full[start : start + _FRAMES_AT_ONCE] = np.count_nonzero(part >= full, axis=1)
        total = np.zeros((3, len(part), len(pixel)))
        for k in range(n_pixels):
            counts = part[:, by_pixel[k]].astype(np.float64)
            total += weights[:, None, :, k] * counts
        sums[:, :, start : start + _FRAMES_AT_ONCE] = total.transpose(0, 2, 1)


weighted_sums = Kernel(
    _weighted_sums_loop,
    _weighted_sums_twin,
    "void(float64[:,:,::1], int64[::1], Array(uint16, 2, 'C', readonly=True), int64, "
    "int64[:,::1], float64[:,:,::1])",
)
"""Fill `sums` (3, P, F), three weighted sums of the pixels around each spot for each frame, and
`n_full` (F,), how many pixels of each frame have at least the counts `full`.

Arguments: frames (F, Y * X) uint16, rows of a frame one after the other; pixel (P, K), which pixels
of a frame belong to each spot; weights (3, P, K).
"""
