"""Drawing what a camera reads: the compiled loops and their NumPy twins.

Each number is drawn by inverting a cumulative distribution: the first place of a table whose
cumulative probability is above a random number u. A guide says where to begin: for each of 2048
equal parts of u the first place that can be meant. Cumulative probabilities are whole numbers in
units of 2^-46, so that loop and twin agree in every bit.

The hash of (key, frame, pixel) has 64 bits (`_counter_draws`): the upper 46 are u, the lower 16
choose between the tables of two neighbouring rates, or place a value within its step.

Two ways lead to a count. Rates that a table of the whole camera covers need one draw. A brighter
pixel adds up parts, because light of the rate a + b is light of the rate a and light of the rate b:
its rate is written in binary, each binary digit has a table of its own, and read noise comes last.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anionx_teach._compile_kernels import Kernel
from anionx_teach._counter_draws import (
    FIRST_FACTOR,
    FIRST_SHIFT,
    INCREMENT,
    LAST_SHIFT,
    SECOND_FACTOR,
    SECOND_SHIFT,
    Counters,
    mix,
)

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Places = npt.NDArray[np.int32]

CUMULATIVE_BITS = 46
GUIDE_BITS = 11
WEIGHT_BITS = 16
PARTS_PER_ELECTRON = 32.0
"""The smallest part of a bright pixel's rate is an electron over this."""

_GUIDES = 1 << GUIDE_BITS
_PIXELS_AT_ONCE = 128  # of the loop: their hashes and tables stay in the cache
_LOW = np.uint64(WEIGHT_BITS)
_TO_THRESHOLD = np.uint64(WEIGHT_BITS + 1)
_TO_U = np.uint64(64 - CUMULATIVE_BITS)
_LOW_MASK = np.uint64((1 << WEIGHT_BITS) - 1)
_TO_GUIDE = np.uint64(64 - GUIDE_BITS)
_GUIDE = np.uint64(GUIDE_BITS)
_WEIGHTS = float(1 << WEIGHT_BITS)
_HIGHEST = 2.0**16 - 1.0
_STEPS = 4  # of the twin along a table before it bisects: few numbers need more


def _background_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    frames, start, code, entry, cumulative, shift
):
    """Fill `frames` (B, P), some pixels of all frames at a time: their tables stay in the cache.

    Places are unsigned: for signed ones the compiler asks each time whether they are negative.
    """
    draws = np.empty(_PIXELS_AT_ONCE, np.uint64)
    cells = np.empty(_PIXELS_AT_ONCE, np.uint32)
    for first in range(0, code.size, _PIXELS_AT_ONCE):
        n = min(_PIXELS_AT_ONCE, code.size - first)
        codes = code[first : first + n]
        for frame in range(frames.shape[0]):
            row = frames[frame, first : first + n]
            counter = start[frame] + np.uint64(first) * INCREMENT
            for i in range(n):  # without a look-up, so that several pixels are done at once
                z = counter + np.uint64(i + 1) * INCREMENT
                z = (z ^ (z >> FIRST_SHIFT)) * FIRST_FACTOR
                z = (z ^ (z >> SECOND_SHIFT)) * SECOND_FACTOR
                z = z ^ (z >> LAST_SHIFT)
                draws[i] = z >> _TO_U
                # One table further when the low bits are below the weight: then the sum carries.
                table = (np.uint64(codes[i]) + ((z & _LOW_MASK) ^ _LOW_MASK)) >> _LOW
                cells[i] = np.uint32((table << _GUIDE) | (z >> _TO_GUIDE))
            for i in range(n):
                here = entry[np.uint64(cells[i])]
                above = np.uint64(draws[i] >= (here >> _TO_THRESHOLD))
                row[i] = (here & _LOW_MASK) + above
                if above & (here >> _LOW):
                    table = np.uint64(cells[i]) >> _GUIDE
                    place = np.int64(row[i]) - shift[table]
                    while draws[i] >= cumulative[place]:
                        place += 1
                    row[i] = place + shift[table]


def _background_twin(
    frames: npt.NDArray[np.uint16],
    start: Counters,
    code: npt.NDArray[np.uint32],
    entry: Counters,
    cumulative: Counters,
    shift: Indices,
) -> None:
    """Fill `frames` as `_background_loop` does, a frame at a time."""
    offset = np.arange(1, code.size + 1, dtype=np.uint64) * INCREMENT
    lower, weight = (code >> WEIGHT_BITS).astype(np.int64), code & 0xFFFF
    for frame, counter in zip(frames, start, strict=True):
        z = mix(offset + counter)
        table = lower + ((z & _LOW_MASK) < weight)
        here = entry[table * _GUIDES + (z >> _TO_GUIDE).astype(np.int64)]
        u = z >> _TO_U
        above = u >= (here >> _TO_THRESHOLD)
        frame[:] = (here & _LOW_MASK) + above
        behind = np.flatnonzero(above & ((here >> _LOW) & np.uint64(1)).astype(bool))
        place = frame[behind] - shift[table[behind]]
        while behind.size:
            further = u[behind] >= cumulative[place]
            frame[behind] = place + shift[table[behind]]
            behind, place = behind[further], place[further] + 1


def _places(z: Counters, table: Indices, cumulative: Counters, guide: Places) -> Indices:
    """Return the first place of each table whose cumulative probability is above u."""
    cell = table * _GUIDES + (z >> _TO_GUIDE).astype(np.int64)
    place = guide[cell].astype(np.int64)
    u = z >> _TO_U
    behind = np.flatnonzero(u >= cumulative[place])
    for _ in range(_STEPS):
        place[behind] += 1
        behind = behind[u[behind] >= cumulative[place[behind]]]
    for i in behind:  # far in a tail, where many places share a part of u
        rest = cumulative[place[i] : guide[cell[i] + 1]]
        place[i] += rest.searchsorted(u[i], side="right")
    return place


draw_background = Kernel(
    _background_loop,
    _background_twin,
    "void(uint16[:,::1], uint64[::1], uint32[::1], uint64[::1], uint64[::1], int64[::1])",
)
"""Fill `frames` (B, P) with counts, one draw a pixel.

Arguments: start (B,) uint64, the counter of each frame; code (P,) uint32, the number of the lower
table times 2^16, plus the weight of the next table in 2^-16; then the tables, one behind the other:
entry (T 2048,) uint64, what a draw begins with (`_camera_tables`); cumulative (M,) uint64,
nondecreasing in a table and 2^46 at its end; shift (T,) int64, what turns a place into a count.
"""


def _emitters_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    electrons, background, lit, emitter, share, emitted
):
    """Fill `electrons` (B, L) frame by frame."""
    for frame in range(electrons.shape[0]):
        row = electrons[frame]
        row[:] = 0.0
        for i in range(lit.size):
            row[lit[i]] += share[i] * emitted[frame, emitter[i]]
        for pixel in range(background.size):
            row[pixel] += background[pixel]


def _emitters_twin(
    electrons: Numbers,
    background: Numbers,
    lit: Indices,
    emitter: Indices,
    share: Numbers,
    emitted: Numbers,
) -> None:
    """Fill `electrons` as `_emitters_loop` does; bincount adds in the order of `lit`."""
    for i, light in enumerate(emitted):
        of_emitters = np.bincount(lit, share * light[emitter], minlength=background.size)
        electrons[i] = of_emitters + background


add_emitters = Kernel(
    _emitters_loop,
    _emitters_twin,
    "void(float64[:,::1], float64[::1], int64[::1], int64[::1], float64[::1], float64[:,::1])",
)
"""Fill `electrons` (B, L) with the mean of photo-electrons and spurious ones in each lit pixel.

Arguments: background (L,), without emitters; for each pair of an emitter and a pixel that it lights
(E,): lit, which of the L pixels; emitter, which; share of its light; emitted (B, N), the mean of
photo-electrons of each emitter in all pixels together.
"""


def _spots_loop(  # type: ignore[no-untyped-def] # compiled: the types are in the signature
    frames, n_saturated, start, pixel, electrons,
    cumulative, guide, shift, rate, scale,
    part_cumulative, part_guide, part_shift, part_step, part_spread, limits,
):  # fmt: skip
    """Overwrite the lit pixels of `frames` (B, P)."""
    slope, intercept, first_root, per_step = scale[0], scale[1], scale[2], scale[3]
    brightest, full, offset = limits[0], limits[1], limits[2]
    noise = part_shift.size - 1
    for frame in range(frames.shape[0]):
        saturated = 0
        for i in range(pixel.size):
            z = start[frame] + np.uint64(pixel[i] + 1) * INCREMENT
            z = (z ^ (z >> FIRST_SHIFT)) * FIRST_FACTOR
            z = (z ^ (z >> SECOND_SHIFT)) * SECOND_FACTOR
            z = z ^ (z >> LAST_SHIFT)
            mean = electrons[frame, i]
            low = np.float64(np.int64(z & _LOW_MASK))
            if rate.size > 0 and mean <= rate[-1]:
                root = np.sqrt(slope * mean + intercept)
                table = min(max(np.int64((root - first_root) * per_step), 0), rate.size - 2)
                weight = (mean - rate[table]) / (rate[table + 1] - rate[table])
                if low < weight * _WEIGHTS:
                    table += 1
                place = guide[(np.uint64(table) << _GUIDE) | (z >> _TO_GUIDE)]
                u = z >> _TO_U
                while u >= cumulative[np.uint64(place)]:
                    place += 1
                frames[frame, pixel[i]] = place + shift[table]
                continue
            in_parts = min(mean, brightest) * PARTS_PER_ELECTRON
            parts = np.int64(in_parts)
            if low < (in_parts - np.float64(parts)) * _WEIGHTS:
                parts += 1
            charge = 0.0
            value = offset
            for part in range(noise + 1):
                if part == noise:
                    if charge >= full or offset + charge >= _HIGHEST:
                        saturated += 1
                    value = offset + min(charge, full)
                elif (parts >> part) & 1 == 0:
                    continue
                y = z + np.uint64(part + 1) * INCREMENT
                y = (y ^ (y >> FIRST_SHIFT)) * FIRST_FACTOR
                y = (y ^ (y >> SECOND_SHIFT)) * SECOND_FACTOR
                y = y ^ (y >> LAST_SHIFT)
                place = part_guide[(np.uint64(part) << _GUIDE) | (y >> _TO_GUIDE)]
                u = y >> _TO_U
                while u >= part_cumulative[np.uint64(place)]:
                    place += 1
                within = (np.float64(np.int64(y & _LOW_MASK)) + 0.5) / _WEIGHTS - 0.5
                step = np.float64(place + part_shift[part]) + part_spread[part] * within
                if part == noise:
                    value += step * part_step[part]
                else:
                    charge += step * part_step[part]
            frames[frame, pixel[i]] = np.uint16(min(max(np.floor(value + 0.5), 0.0), _HIGHEST))
        n_saturated[frame] = saturated


def _spots_twin(
    frames: npt.NDArray[np.uint16],
    n_saturated: Indices,
    start: Counters,
    pixel: Indices,
    electrons: Numbers,
    cumulative: Counters,
    guide: Places,
    shift: Indices,
    rate: Numbers,
    scale: Numbers,
    part_cumulative: Counters,
    part_guide: Places,
    part_shift: Indices,
    part_step: Numbers,
    part_spread: Numbers,
    limits: Numbers,
) -> None:
    """Overwrite the lit pixels as `_spots_loop` does, a frame at a time."""
    offset = (pixel + 1).astype(np.uint64) * INCREMENT
    parts = (part_cumulative, part_guide, part_shift, part_step, part_spread)
    for i, counter in enumerate(start):
        z, mean = mix(offset + counter), electrons[i]
        dim = mean <= (rate[-1] if rate.size else -1.0)
        if dim.any():
            table = _tables_of(mean[dim], z[dim], rate, scale)
            place = _places(z[dim], table, cumulative, guide)
            frames[i, pixel[dim]] = place + shift[table]
        bright = ~dim
        value, n_saturated[i] = _bright_values(mean[bright], z[bright], *parts, limits)
        frames[i, pixel[bright]] = np.clip(np.floor(value + 0.5), 0.0, _HIGHEST)


def _tables_of(mean: Numbers, z: Counters, rate: Numbers, scale: Numbers) -> Indices:
    """Return the table of each dim pixel: one of the two whose rates are next to its own."""
    slope, intercept, first_root, per_step = scale
    root = np.sqrt(slope * mean + intercept)
    table: Indices = ((root - first_root) * per_step).astype(np.int64).clip(0, rate.size - 2)
    weight = (mean - rate[table]) / (rate[table + 1] - rate[table])
    table += (z & _LOW_MASK).astype(np.float64) < weight * _WEIGHTS
    return table


def _bright_values(
    mean: Numbers,
    z: Counters,
    cumulative: Counters,
    guide: Places,
    shift: Indices,
    step: Numbers,
    spread: Numbers,
    limits: Numbers,
) -> tuple[Numbers, int]:
    """Return what the camera reads for bright pixels, before rounding, and how many are full."""
    brightest, full, offset = limits
    in_parts = np.minimum(mean, brightest) * PARTS_PER_ELECTRON
    parts = in_parts.astype(np.int64)
    parts += (z & _LOW_MASK).astype(np.float64) < (in_parts - parts.astype(np.float64)) * _WEIGHTS

    def drawn(part: int, which: npt.NDArray[np.intp]) -> Numbers:
        y = mix(z[which] + np.array([part + 1], np.uint64) * INCREMENT)
        table = np.full(which.size, part)
        within = ((y & _LOW_MASK).astype(np.float64) + 0.5) / _WEIGHTS - 0.5
        place = _places(y, table, cumulative, guide) + shift[part]
        return np.asarray((place.astype(np.float64) + spread[part] * within) * step[part])

    charge = np.zeros(mean.size)
    noise = shift.size - 1
    for part in range(noise):
        which = np.flatnonzero((parts >> part) & 1)
        charge[which] += drawn(part, which)
    saturated = int(np.count_nonzero((charge >= full) | (offset + charge >= _HIGHEST)))
    value = offset + np.minimum(charge, full)
    return value + drawn(noise, np.arange(mean.size)), saturated


draw_spots = Kernel(
    _spots_loop,
    _spots_twin,
    "void(uint16[:,::1], int64[::1], uint64[::1], int64[::1], float64[:,::1], "
    "uint64[::1], int32[::1], int64[::1], float64[::1], float64[::1], "
    "uint64[::1], int32[::1], int64[::1], float64[::1], float64[::1], float64[::1])",
)
"""Overwrite L lit pixels of `frames` (B, P), and fill `n_saturated` (B,).

Arguments: start (B,) uint64, the counter of each frame; pixel (L,), which of the P; electrons
(B, L), the mean of each. Then the tables of the camera (see `draw_background`; with a guide, the
place to begin at, instead of entries), with rate (T,), the mean of each in electrons, and scale:
slope s, intercept i, first root r, and tables a root, so that table k belongs to
sqrt(s rate + i) = r + k / (tables a root). Without tables all pixels are bright. Then the tables of the parts of a bright pixel, the last of them read noise, with the step in counts
between two places (`part_step`), and 1 where a value is spread over its step, 0 where not
(`part_spread`). limits: the brightest mean in electrons, a full pixel and the offset in counts.
"""
