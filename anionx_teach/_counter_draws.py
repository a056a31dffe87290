"""Random streams by counter: a number belongs to (key, condition, particle, site), not to an order.

So a result depends neither on threads nor on chunks, and a model whose settings are changed a
little meets the same chance again. A particle's stream is splitmix64: its start is a hash of key,
condition and particle, and each site adds `INCREMENT` before it is mixed. The mixing is that of
S. Vigna's splitmix64 (after G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014, `SplittableRandom`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anionx_teach._validation import count, generator

Counters = npt.NDArray[np.uint64]

INCREMENT = np.uint64(0x9E3779B97F4A7C15)
FIRST_SHIFT, FIRST_FACTOR = np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)
SECOND_SHIFT, SECOND_FACTOR = np.uint64(27), np.uint64(0x94D049BB133111EB)
LAST_SHIFT = np.uint64(31)


def draw_key(rng: int | np.random.SeedSequence | np.random.Generator | None) -> int:
    """Return the 64-bit key that all draws follow from; a Generator gives one of its numbers."""
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**64, dtype=np.uint64))
    if not isinstance(rng, np.random.SeedSequence):
        generator(rng)  # checks it
        rng = np.random.SeedSequence(rng)
    return int(rng.generate_state(1, np.uint64)[0])


def checked_condition(condition: int) -> int:
    """Return the number of a condition when it is one that fits into 64 bits."""
    number = count("condition", condition, minimum=0)
    if number >= 2**64:
        msg = f"condition must be < 2^64, got {number}"
        raise ValueError(msg)
    return number


def stream_starts(key: int, condition: int, n_particles: int) -> Counters:
    """Return the start of the stream of each particle, (N,)."""
    of_key = mix(np.array([key], np.uint64) + INCREMENT)
    of_condition = mix(of_key ^ mix(np.array([condition], np.uint64) + INCREMENT))
    return mix(of_condition + np.arange(n_particles, dtype=np.uint64) * INCREMENT)


def mix(counters: Counters) -> Counters:
    """Return the hash of each counter, in an array of its own."""
    mixed = (counters ^ (counters >> FIRST_SHIFT)) * FIRST_FACTOR
    mixed = (mixed ^ (mixed >> SECOND_SHIFT)) * SECOND_FACTOR
    return mixed ^ (mixed >> LAST_SHIFT)
