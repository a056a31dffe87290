"""Which counts of a movie are drawn black and white: found from its frames, or set by hand."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import traitlets

HIGHEST_COUNT: Final = 2**16 - 1
# Single nanocrystals cover about a hundredth of a field: the brightest pixels are theirs.
_BLACK_PERCENTILE, _WHITE_PERCENTILE = 1.0, 99.7
_SAMPLED_FRAMES, _SAMPLED_PIXELS = 5, 20_000


def sampled_counts(frames: Any) -> npt.NDArray[np.uint16]:
    """Return the counts of some pixels of some frames (F, Y, X), spread over a movie, in order."""
    count, rows, columns = frames.shape
    numbers = np.unique(np.linspace(0, count - 1, _SAMPLED_FRAMES).astype(int))
    every = max(1, round((len(numbers) * rows * columns / _SAMPLED_PIXELS) ** 0.5))
    sample = [np.asarray(frames[int(i)])[::every, ::every].ravel() for i in numbers]
    return np.sort(np.concatenate(sample))


def automatic_contrast(sorted_counts: npt.NDArray[np.uint16]) -> tuple[float, float]:
    """Return the counts drawn black and white, which differ by one at least."""
    last = len(sorted_counts) - 1
    low, high = (
        float(sorted_counts[round(last * percentile / 100)])
        for percentile in (_BLACK_PERCENTILE, _WHITE_PERCENTILE)
    )
    low = min(low, HIGHEST_COUNT - 1.0)
    return low, max(high, low + 1.0)


def count_range(sorted_counts: npt.NDArray[np.uint16]) -> tuple[float, float]:
    """Return the ends of the sliders for the contrast: all that occurs, and some room above."""
    low, high = float(sorted_counts[0]), float(sorted_counts[-1])
    low = min(low, HIGHEST_COUNT - 10.0)
    return low, min(max(high, low + 10.0), float(HIGHEST_COUNT))


def require_contrast(contrast: Sequence[float]) -> Sequence[float]:
    """Return levels set by hand: none, or black and white in counts; TraitError otherwise."""
    if len(contrast) == 0:
        return contrast
    if len(contrast) != 2 or not 0 <= contrast[0] < contrast[1] <= HIGHEST_COUNT:
        msg = (
            f"contrast must be empty (automatic) or black < white between 0 and {HIGHEST_COUNT} "
            f"counts, got {list(contrast)}"
        )
        raise traitlets.TraitError(msg)
    return contrast
