"""The place of each spot to a fraction of a pixel: a point-spread function fitted to its pixels.

All spots are fitted at once, each on its own stamp of the picture of its own window, with the spots
beside it in the model, so that a neighbour does not pull it over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from anionx_teach._pixel_share import pixel_share
from anionx_teach._spot_candidates import Candidates, pairs_within
from anionx_teach._spot_significance import effective_sigma_px

if TYPE_CHECKING:
    from anionx_teach._spot_background import Picture
    from anionx_teach._validation import Numbers

_REACH_SD = 3.5  # half the side of a stamp, in standard deviations of a spot on its pixels
_ROUNDS = 8
_LONGEST_STEP_PX = 0.5  # in one round
_FARTHEST_PX = 1.0  # a centre from the pixel of its maximum
_LARGEST_CHANGE = 0.3  # of the logarithm of the standard deviation, in one round
_MOST_NEIGHBOURS = 4
_UNUSUAL = 0.1  # share of the spots at either end that do not speak for the others
_RIDGE = 1e-9  # keeps the equations solvable where a neighbour is missing


@dataclass(frozen=True)
class Fits:
    """Spots fitted to their stamps.

    Parameters
    ----------
    x_px, y_px : (N,) array
        Centre.
    signal, background : (N,) array
        All the light of the spot; what is left of the background under it, a pixel.
    x_se_px, y_se_px, signal_se : (N,) array
        Standard errors.
    evidence : (N,) array
        By how much a spot explains the stamp better than one bright pixel does: the difference of
        the sums of squares that are left, over the square of the noise.
    """

    x_px: Numbers
    y_px: Numbers
    signal: Numbers
    background: Numbers
    x_se_px: Numbers
    y_se_px: Numbers
    signal_se: Numbers
    evidence: Numbers

    def __getitem__(self, kept: npt.NDArray[np.bool_]) -> Fits:
        """Return some of them."""
        return Fits(**{name: values[kept] for name, values in vars(self).items()})


@dataclass(frozen=True)
class Stamps:
    """The pixels around each candidate, in the window in which it stands out most.

    Parameters
    ----------
    values : (N, S, S) array
        Counts above the background; 0 beyond the field.
    on_field : (N, S, S) array
        1 where the pixel exists, 0 beyond the border.
    x_px, y_px : (N, S) array
        Centres of the columns and of the rows.
    noise : (N,) array
        Standard deviation of a pixel of the background.
    n_frames : (N,) array
        Frames that the stamp is the mean of.
    """

    values: Numbers
    on_field: Numbers
    x_px: Numbers
    y_px: Numbers
    noise: Numbers
    n_frames: Numbers

    def __getitem__(self, kept: npt.NDArray[np.bool_]) -> Stamps:
        """Return some of them."""
        return Stamps(**{name: values[kept] for name, values in vars(self).items()})


def cut_stamps(
    residual: Picture,
    weights: Numbers,
    spots: Candidates,
    noise: Numbers,
    n_frames: Numbers,
    sigma_px: float,
) -> Stamps:
    """Cut the stamps out; `weights` (N, B) says how much each block counts for each spot."""
    reach = math.ceil(_REACH_SD * effective_sigma_px(sigma_px))
    steps = np.arange(-reach, reach + 1)
    rows, columns = spots.row[:, None] + steps, spots.column[:, None] + steps
    height, width = residual.shape[1:]
    inside_y = (rows >= 0) & (rows < height)
    inside_x = (columns >= 0) & (columns < width)
    on_field = inside_y[:, :, None] & inside_x[:, None, :]
    y = np.clip(rows, 0, height - 1)[:, :, None]
    x = np.clip(columns, 0, width - 1)[:, None, :]
    values = np.zeros(on_field.shape)
    for picture, weight in zip(residual, weights.T, strict=True):
        values += weight[:, None, None] * picture[y, x]
    values[~on_field] = 0.0
    return Stamps(
        values, on_field.astype(float), columns.astype(float), rows.astype(float), noise, n_frames
    )


def fit_spots(stamps: Stamps, spots: Candidates, sigma_px: float) -> Fits:
    """Fit centre, signal and background of each spot, by Gauss and Newton.

    First all pixels count alike. What is left then tells the noise of the light of a spot itself,
    and pixels count by their noise.
    """
    x, y = spots.x_px.copy(), spots.y_px.copy()
    beside = _neighbours(x, y, stamps.values.shape[1])
    weight = _flat(stamps.on_field)
    for number in range(_ROUNDS):
        columns = _columns(stamps, x, y, beside, sigma_px)
        solution, inverse = _solve(stamps, columns, weight)
        bright = _step(x, y, solution)
        # A pair that the filter could not part would send its centre away.
        np.clip(x, spots.column - _FARTHEST_PX, spots.column + _FARTHEST_PX, out=x)
        np.clip(y, spots.row - _FARTHEST_PX, spots.row + _FARTHEST_PX, out=y)
        if number == _ROUNDS // 2:
            weight = _weights(stamps, columns, solution, inverse)
    lost = solution[:, 0] <= 0
    if lost.any():  # a pair seen as one: its maximum is the best place there is
        x, y = np.where(lost, spots.x_px, x), np.where(lost, spots.y_px, y)
        columns = _columns(stamps, x, y, beside, sigma_px)
        weight = np.where(lost[:, None], _flat(stamps.on_field), weight)
        solution, inverse = _solve(stamps, columns, weight)
        bright = np.where(solution[:, 0] > 0, solution[:, 0], np.inf)
    # The last step is below a thousandth of a pixel, so that the last columns are still right.
    light = np.einsum("nk,nkp->np", solution[:, 3:], columns[:, 3:])
    alone = _flat(stamps.values) - light
    spot = np.einsum("np,np->n", alone, columns[:, 0]) ** 2 / (columns[:, 0] ** 2).sum(axis=1)
    evidence = (spot - np.maximum(alone, 0).max(axis=1) ** 2) / stamps.noise**2
    error = np.sqrt(np.maximum(np.einsum("nii->ni", inverse)[:, :3], 0.0)) * stamps.noise[:, None]
    return Fits(
        x_px=x,
        y_px=y,
        signal=solution[:, 0],
        background=solution[:, 3],
        x_se_px=error[:, 1] / bright,
        y_se_px=error[:, 2] / bright,
        signal_se=error[:, 0],
        evidence=evidence,
    )


def fit_sigma(stamps: Stamps, spots: Candidates, sigma_px: float) -> float:
    """Return the standard deviation of a point that suits the median of isolated spots."""
    x, y = spots.x_px.copy(), spots.y_px.copy()
    nobody = np.empty((len(x), 0), np.intp)
    for _ in range(_ROUNDS):
        columns = _columns(stamps, x, y, nobody, sigma_px)
        wider = _widening(stamps, x, y, sigma_px)
        columns = np.concatenate([columns, wider[:, None]], axis=1)
        solution, _ = _solve(stamps, columns, _flat(stamps.on_field))
        bright = _step(x, y, solution)
        step = float(np.median(solution[:, -1] / bright))
        sigma_px *= math.exp(np.clip(step / sigma_px, -_LARGEST_CHANGE, _LARGEST_CHANGE))
    return sigma_px


def _step(x: Numbers, y: Numbers, solution: Numbers) -> Numbers:
    """Move the centres in place by what was solved for; return the signal, inf where it is <= 0."""
    bright = np.where(solution[:, 0] > 0, solution[:, 0], np.inf)
    x += np.clip(solution[:, 1] / bright, -_LONGEST_STEP_PX, _LONGEST_STEP_PX)
    y += np.clip(solution[:, 2] / bright, -_LONGEST_STEP_PX, _LONGEST_STEP_PX)
    return bright


def _solve(stamps: Stamps, columns: Numbers, weight: Numbers) -> tuple[Numbers, Numbers]:
    """Return the least-squares solution (N, K) and the inverse of its normal matrix (N, K, K)."""
    weighted = columns * weight[:, None]
    normal = np.einsum("nip,njp->nij", weighted, columns)
    diagonal = range(columns.shape[1])
    normal[:, diagonal, diagonal] += _RIDGE
    right = np.einsum("nip,np->ni", weighted, _flat(stamps.values))
    inverse = np.linalg.inv(normal)
    return np.einsum("nij,nj->ni", inverse, right), inverse


def _weights(stamps: Stamps, columns: Numbers, solution: Numbers, inverse: Numbers) -> Numbers:
    """Return the weight of each pixel (N, pixels): the square of background noise over all noise.

    The variance of light is proportional to the light, s a count. A fit in which all pixels count
    alike, with leverages h, leaves a sum of squares of noise^2 (pixels - sum h) + s sum (1 - h) light
    on average. So s follows from all spots together, the most unusual ones left out.
    """
    light = np.einsum("nk,nkp->np", np.delete(solution, 3, 1), np.delete(columns, 3, 1))
    light = np.maximum(light, 0.0)
    left = _flat(stamps.values) - np.einsum("nk,nkp->np", solution, columns)
    leverage = np.einsum("nip,nij,njp->np", columns, inverse, columns, optimize=True)
    free = _flat(stamps.on_field) - leverage
    excess = (left**2).sum(axis=1) - stamps.noise**2 * free.sum(axis=1)
    expected = (free * light).sum(axis=1) / stamps.n_frames
    ratio = excess / np.where(expected > 0, expected, np.inf)
    low, high = np.quantile(ratio, [_UNUSUAL, 1 - _UNUSUAL]) if len(ratio) else (0.0, 0.0)
    usual = (ratio >= low) & (ratio <= high)
    variance_per_count = max(excess[usual].sum() / max(expected[usual].sum(), _RIDGE), 0.0)
    noise = stamps.noise[:, None] ** 2
    shot = variance_per_count * light / stamps.n_frames[:, None]
    return np.asarray(_flat(stamps.on_field) * noise / (noise + shot))


def _flat(stamps: Numbers) -> Numbers:
    """Return stamps (N, S, S) as (N, pixels)."""
    return stamps.reshape(len(stamps), stamps.shape[1] * stamps.shape[2])


def _columns(
    stamps: Stamps, x: Numbers, y: Numbers, beside: npt.NDArray[np.intp], sigma_px: float
) -> Numbers:
    """Return what the pixels of a stamp are made of, (N, K, pixels).

    Unknown are the signal, signal times the step in x and in y, the background, and the signal of
    each neighbour.
    """
    in_x, slope_x, _ = _shares(stamps.x_px, x, sigma_px)
    in_y, slope_y, _ = _shares(stamps.y_px, y, sigma_px)
    columns = np.zeros((len(x), 4 + beside.shape[1], *stamps.values.shape[1:]))
    columns[:, 0] = in_y[:, :, None] * in_x[:, None, :]
    columns[:, 1] = in_y[:, :, None] * slope_x[:, None, :]
    columns[:, 2] = slope_y[:, :, None] * in_x[:, None, :]
    columns[:, 3] = 1.0
    for k, other in enumerate(beside.T):
        there = other >= 0
        near_x = pixel_share(stamps.x_px[there] - x[other[there], None], sigma_px)
        near_y = pixel_share(stamps.y_px[there] - y[other[there], None], sigma_px)
        columns[there, 4 + k] = near_y[:, :, None] * near_x[:, None, :]
    columns *= stamps.on_field[:, None]
    return columns.reshape(*columns.shape[:2], in_y.shape[1] * in_x.shape[1])


def _widening(stamps: Stamps, x: Numbers, y: Numbers, sigma_px: float) -> Numbers:
    """Return how a spot changes with the standard deviation, (N, pixels)."""
    in_x, _, wider_x = _shares(stamps.x_px, x, sigma_px)
    in_y, _, wider_y = _shares(stamps.y_px, y, sigma_px)
    wider = in_y[:, :, None] * wider_x[:, None, :] + wider_y[:, :, None] * in_x[:, None, :]
    return (wider * stamps.on_field).reshape(len(x), in_y.shape[1] * in_x.shape[1])


def _shares(pixel: Numbers, centre: Numbers, sigma_px: float) -> tuple[Numbers, Numbers, Numbers]:
    """Return the share of a spot on each pixel of an axis, its slope over centre and over width."""
    offset = pixel - centre[:, None]
    low, high = offset - 0.5, offset + 0.5
    scale = 1 / (sigma_px * math.sqrt(2 * math.pi))
    at_low, at_high = (scale * np.exp(-((edge / sigma_px) ** 2) / 2) for edge in (low, high))
    wider = (low * at_low - high * at_high) / sigma_px
    return pixel_share(offset, sigma_px), at_low - at_high, wider


def _neighbours(x: Numbers, y: Numbers, side: int) -> npt.NDArray[np.intp]:
    """Return the nearest spots (N, 4) that reach into the stamp of each; -1 where there is none."""
    pairs = pairs_within(x, y, float(side))
    pairs = np.concatenate([pairs, pairs[:, ::-1]])
    gap = np.hypot(*(np.diff(axis[pairs], axis=1)[:, 0] for axis in (x, y)))
    pairs = pairs[np.lexsort((gap, pairs[:, 0]))]
    rank = np.arange(len(pairs)) - np.searchsorted(pairs[:, 0], pairs[:, 0])
    beside = np.full((len(x), _MOST_NEIGHBOURS), -1, np.intp)
    near = rank < _MOST_NEIGHBOURS
    beside[pairs[near, 0], rank[near]] = pairs[near, 1]
    return beside[:, : max(1, int((beside >= 0).sum(axis=1).max(initial=0)))]
