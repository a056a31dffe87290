r"""Tables of what a camera reads, by the mean number of electrons in a pixel.

A pixel holds n electrons, a Poisson number of mean :math:`\lambda`; multiplication turns each into
an exponential number of electrons, so that n of them make a gamma number; read noise and offset
follow. The characteristic function of the sum is

.. math:: \varphi(t) = \exp\left(\lambda (B(t) - 1) - \sigma^2 t^2 / 2\right),

where B belongs to one electron. On a lattice of steps that are small beside the gain it gives the
probabilities by one Fourier transform. On the lattice an exponential becomes a geometric number
that is zero with some probability: two parameters, chosen so that mean and variance are exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anionx_teach._camera_kernels import (
    CUMULATIVE_BITS,
    GUIDE_BITS,
    PARTS_PER_ELECTRON,
    WEIGHT_BITS,
    Indices,
    Places,
)
from anionx_teach._counter_draws import Counters
from anionx_teach._validation import Numbers

FULL_SCALE = 2**16 - 1
"""Most counts of the 16-bit converter."""

_ROOT_STEP = 0.015  # of sqrt(variance) / F^2 in electrons: mixing two tables adds 2.3e-4 to it
_MARGIN_STEPS = 20  # tables above the background, for the dim edges of spots
_TAIL = 30.0  # probabilities below exp(-_TAIL) are left out: less than the 2^-46 of the tables
_NOISE_REACH = 7.5  # in standard deviations: the same
_MOST_PLACES = 4_000_000  # of all tables: beyond, pixels are drawn in parts
_MOST_LATTICE = 2**17
_NEGLIGIBLE = 1e-16  # rounding errors of the transform
_STEPS_PER_SD = 32.0  # of the lattice of a part


@dataclass(frozen=True)
class Chain:
    """From electrons to counts: all in counts, a count being the step of the converter.

    `electron` is the mean of one electron, `multiplied` whether that is the mean of an exponential,
    `read_noise` a standard deviation, `full` the charge of a full pixel above the offset.
    """

    electron: float
    multiplied: bool
    read_noise: float
    offset: float
    full: float

    @property
    def slope(self) -> float:
        """Variance of the counts per mean number of electrons, in electrons: F^2."""
        return 2.0 if self.multiplied else 1.0

    @property
    def intercept(self) -> float:
        """Variance of a pixel without electrons: read noise and rounding, in electrons."""
        return (self.read_noise**2 + 1 / 12) / self.electron**2

    @property
    def brightest(self) -> float:
        """A mean number of electrons that surely fills a pixel or the converter."""
        room = min(self.full, FULL_SCALE + 1 - self.offset + _NOISE_REACH * self.read_noise)
        return (math.sqrt(max(room, 1.0) / self.electron) + math.sqrt(_TAIL)) ** 2 + 1.0


@dataclass(frozen=True)
class DrawTables:
    """Cumulative distributions, one behind the other; see `draw_background`."""

    cumulative: Counters
    guide: Places
    shift: Indices


@dataclass(frozen=True)
class CameraTables:
    """Counts at a series of rates, in electrons; no rates when no table covers the background."""

    draw: DrawTables
    entry: Counters
    rate: Numbers
    scale: Numbers

    def code(self, electrons: Numbers) -> npt.NDArray[np.uint32]:
        """Return the table and the weight of the next for each mean; see `draw_background`."""
        place = np.interp(electrons, self.rate, np.arange(self.rate.size))
        code: npt.NDArray[np.uint32] = (place * 2.0**WEIGHT_BITS).astype(np.uint32)
        return code


@dataclass(frozen=True)
class PartTables:
    """The parts of a bright pixel and, last, read noise; see `draw_spots`."""

    draw: DrawTables
    step: Numbers
    spread: Numbers


def camera_tables(chain: Chain, lowest: float, highest: float) -> CameraTables:
    """Return tables for a background between two means in electrons, and somewhat above."""
    first_root = math.sqrt(chain.slope * lowest + chain.intercept)
    roots = math.sqrt(chain.slope * highest + chain.intercept) - first_root
    root_step = _ROOT_STEP * chain.slope
    n = math.ceil(roots / root_step) + 1 + _MARGIN_STEPS
    root = first_root + root_step * np.arange(n)
    rate = np.asarray((root * root - chain.intercept) / chain.slope, np.float64)
    rate[0] = lowest  # not a rounding error below it, and never negative
    scale = np.array([chain.slope, chain.intercept, first_root, 1 / root_step])
    step, low, high = _window(chain, rate)
    reach = (high - low) * step
    top = chain.offset + high * step
    places, lattice = n * (reach + 2), 2 ** math.ceil(math.log2(high - low + 1))
    if places > _MOST_PLACES or lattice > _MOST_LATTICE or top > _ceiling(chain):
        return CameraTables(_packed([]), np.empty(0, np.uint64), np.empty(0), scale)
    at_once = max(1, 2**20 // lattice)
    counts: list[tuple[int, Numbers]] = []
    for first in range(0, n, at_once):
        lattices = _lattices(chain, rate[first : first + at_once], step, low, lattice)
        counts += [_counts(chain, row, step, low) for row in lattices]
    draw = _packed(counts)
    entry = _entries(draw.cumulative, draw.guide, draw.shift)
    return CameraTables(draw, entry, rate, scale)


def part_tables(chain: Chain) -> PartTables:
    """Return the tables of 1/32, 1/16, 1/8, ... electrons up to the brightest, and of read noise."""
    n_parts = max(1, math.ceil(chain.brightest * PARTS_PER_ELECTRON).bit_length())
    tables, steps = [], []
    for part in range(n_parts):
        table, step = _part(chain, 2.0**part / PARTS_PER_ELECTRON)
        tables.append(table)
        steps.append(step)
    spread = np.full(n_parts + 1, float(chain.multiplied))
    spread[-1] = 1.0
    tables.append(_read_noise())
    steps.append(chain.read_noise / _STEPS_PER_SD)
    return PartTables(_packed(tables), np.array(steps), spread)


def _ceiling(chain: Chain) -> float:
    """Return the counts below which neither the pixel nor the converter is full."""
    return min(FULL_SCALE, chain.offset + chain.full)


def _window(chain: Chain, rate: Numbers) -> tuple[float, int, int]:
    """Return the step of the lattice in counts, and its first and last place that matter."""
    electron, noise = chain.electron, chain.read_noise
    finest = 0.05
    wanted = min(0.25, noise / 4) if noise > 0 else 0.25
    if chain.multiplied:
        step = max(min(wanted, electron / 16), min(finest, electron / 16))
    elif noise > 0:
        step = electron / math.ceil(electron / max(min(wanted, 0.1), finest))
    else:
        step = electron
    low, high = _reach(float(rate[0]))[0], _reach(float(rate[-1]))[1]
    more = _NOISE_REACH * noise
    return (
        step,
        math.floor((low * electron - more) / step),
        math.ceil((high * electron + more) / step),
    )


def _reach(rate: float) -> tuple[float, float]:
    """Return between which means of one electron practically all of the charge lies."""
    root, tail = math.sqrt(rate), math.sqrt(_TAIL)
    return max(0.0, root - tail) ** 2, (root + tail) ** 2


def _lattices(chain: Chain, rate: Numbers, step: float, low: int, size: int) -> Numbers:
    """Return the probabilities (rates, size) of the places low, low + 1, ..."""
    angle = 2 * np.pi * np.arange(size // 2 + 1) / size
    per_electron = chain.electron / step
    if chain.multiplied:
        one = _one_multiplied(angle, per_electron, 2 * per_electron**2)
    else:
        one = np.exp(-1j * angle * round(per_electron))
    variance = max((chain.read_noise / step) ** 2 - 1 / 12, 0.0)  # _counts spreads each place
    # Normal on the lattice; when narrower than a step, one step up or down now and then.
    noise = 1.0 - variance * (1.0 - np.cos(angle))
    if variance >= 1.0:
        noise = np.exp(-variance / 2 * angle**2)
    probabilities = np.fft.irfft(np.exp(rate[:, None] * (one - 1.0)) * noise, size, axis=1)
    return np.roll(np.maximum(probabilities, 0.0), -low, axis=1)


def _one_multiplied(
    angle: Numbers, mean: float, second_moment: float
) -> npt.NDArray[np.complex128]:
    """Return the characteristic function of one electron: zero, or else geometric."""
    ratio = second_moment / mean
    again = (ratio - 1.0) / (ratio + 1.0)
    some = mean * (1.0 - again)
    z = np.exp(-1j * angle)
    return np.asarray(1.0 - some + some * (1.0 - again) * z / (1.0 - again * z))


def _counts(chain: Chain, lattice: Numbers, step: float, low: int) -> tuple[int, Numbers]:
    """Return the lowest count and the probabilities of counts, rounded."""
    place = chain.offset + (low + np.arange(lattice.size)) * step
    edge = np.arange(math.floor(place[0]), math.ceil(place[-1]) + 1) + 0.5
    cumulative = np.concatenate([[0.0], np.cumsum(lattice)])
    if chain.multiplied or chain.read_noise > 0:
        ends = np.concatenate([[place[0] - step / 2], place + step / 2])
        below = np.interp(edge, ends, cumulative)
    else:  # whole electrons: nothing between the places
        below = cumulative[place.searchsorted(edge)]
    lowest = round(edge[0] - 0.5)
    if lowest < 0:  # the converter ends at zero
        below, lowest = below[-lowest:], 0
    return lowest, np.diff(below, prepend=0.0)


def _part(chain: Chain, rate: float) -> tuple[tuple[int, Numbers], float]:
    """Return first place and probabilities of a part, and its step in counts."""
    first, last = _reach(rate)
    if not chain.multiplied:
        step, one_electron = chain.electron, 1.0
    else:
        sd = chain.electron * math.sqrt(2 * rate)
        step = max(sd / _STEPS_PER_SD, min(0.5, chain.electron / 16))
        step = min(step, chain.electron / 0.51)  # below that no geometric number has the variance
        one_electron = chain.electron / step
    low, high = math.floor(first * one_electron), math.ceil(last * one_electron)
    size = 2 ** math.ceil(math.log2(high - low + 2))
    angle = 2 * np.pi * np.arange(size // 2 + 1) / size
    if chain.multiplied:
        # A value is spread over its step, which adds 1/12 to the variance.
        one = _one_multiplied(angle, one_electron, 2 * one_electron**2 - 1 / (12 * rate))
    else:
        one = np.exp(-1j * angle)
    probabilities = np.fft.irfft(np.exp(rate * (one - 1.0)), size)
    return (low, np.roll(np.maximum(probabilities, 0.0), -low)), step


def _read_noise() -> tuple[int, Numbers]:
    """Return a normal distribution in steps of its standard deviation over 32."""
    last = math.ceil(_NOISE_REACH * _STEPS_PER_SD)
    place = np.arange(-last, last + 1)
    variance = _STEPS_PER_SD**2 - 1 / 12  # spreading each place adds the rest
    return -last, np.exp(-(place**2) / (2 * variance))


def _packed(tables: list[tuple[int, Numbers]]) -> DrawTables:
    """Put distributions, each with the value of its first place, one behind the other."""
    whole = 2**CUMULATIVE_BITS
    cells = np.arange(1 << GUIDE_BITS, dtype=np.uint64) << np.uint64(CUMULATIVE_BITS - GUIDE_BITS)
    cumulatives, guides, shifts = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], []
    n_places = 0
    for first_value, probabilities in tables:
        sums = np.cumsum(np.where(probabilities > _NEGLIGIBLE, probabilities, 0.0))
        cumulative = np.rint(sums * (whole / sums[-1])).astype(np.uint64)
        first, last = cumulative.searchsorted([0, whole - 1], side="right")
        cumulative = cumulative[first : last + 1]
        cumulatives.append(cumulative)
        guides.append(cumulative.searchsorted(cells, side="right") + n_places)
        shifts.append(first_value + int(first) - n_places)
        n_places += cumulative.size
    guides.append(np.array([n_places]))
    return DrawTables(
        np.concatenate(cumulatives),
        np.concatenate(guides).astype(np.int32),
        np.array(shifts, np.int64),
    )


def _entries(cumulative: Counters, guide: Places, shift: Indices) -> Counters:
    """Return what a draw begins with, for each table and part of u.

    From the highest bit: the first cumulative probability in that part, whether there is a second
    one (1 bit), and the count below the first (16 bits). `guide` (T 2048 + 1,) int32 holds the
    place to begin at, and M at its end.
    """
    place = guide[:-1].astype(np.int64)
    width = np.uint64(1 << (CUMULATIVE_BITS - GUIDE_BITS))
    end = np.tile(np.arange(1, (1 << GUIDE_BITS) + 1, dtype=np.uint64) * width, shift.size)
    threshold = cumulative[place]
    following = cumulative[np.minimum(place + 1, cumulative.size - 1)]
    again = (following < end) & (threshold < end)
    value = (place.reshape(-1, (1 << GUIDE_BITS)) + shift[:, None]).ravel()
    flag = again.astype(np.uint64) * np.uint64(1 << WEIGHT_BITS)
    entry: Counters = threshold << np.uint64(WEIGHT_BITS + 1)
    entry |= flag
    entry |= value.astype(np.uint64)
    return entry
