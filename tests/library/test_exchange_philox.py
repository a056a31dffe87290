"""Another generator, Philox4x32-10, gives the cooperative chain the same statistics."""

import numpy as np
import pytest
from scipy import stats

from anionx_teach.exchange import CooperativeModel, simulate_exchange


def philox4x32(counter, key, rounds=10):
    """Philox4x32 of J. K. Salmon et al. (2011): counters (4, M), key (2,), outputs (4, M)."""
    c = [np.asarray(part, np.uint64) for part in counter]
    k0, k1 = key
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    for _ in range(rounds):
        first, second = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [
            (second >> half) ^ c[1] ^ np.uint64(k0),
            second & low,
            (first >> half) ^ c[3] ^ np.uint64(k1),
            first & low,
        ]
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.array(c)


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        ([0] * 4, (0, 0), [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
        (
            [0xFFFFFFFF] * 4,
            (0xFFFFFFFF, 0xFFFFFFFF),
            [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
        ),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            (0xA4093822, 0x299F31D0),
            [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
        ),
    ],
)
def test_philox_gives_its_published_answers(counter, key, expected):
    assert philox4x32([[c] for c in counter], key)[:, 0].tolist() == expected


def test_philox_gives_the_same_statistics():
    model = CooperativeModel(0.05, 3.6e-4)
    n = 20_000
    site, particle = np.meshgrid(np.arange(50), np.arange(n))
    bits = philox4x32([site.ravel(), particle.ravel(), 0 * site.ravel(), 0 * site.ravel()], (1, 2))
    both = (bits[::2] << np.uint64(32)) | bits[1::2]  # two numbers of 64 bits: 100 events
    u = ((both >> np.uint64(12)).astype(float) + 0.5) / 2.0**52
    draws = -np.log(u.reshape(2, n, 50)).transpose(1, 0, 2).reshape(n, 100)
    with np.errstate(divide="ignore"):
        wait = np.maximum(np.ceil(draws * (-1 / np.log1p(-model.event_probability))), 1)
    theirs = np.cumsum(wait, axis=1)
    ours = simulate_exchange(model, n, rng=1).event_time_s
    for event in (9, 49, 89, 99):
        assert stats.ks_2samp(ours[:, event], theirs[:, event]).pvalue > 1e-3
        spread = np.sqrt((ours[:, event].var() + theirs[:, event].var()) / n)
        assert abs(ours[:, event].mean() - theirs[:, event].mean()) < 4 * spread
    rise = [times[:, 89] - times[:, 9] for times in (ours, theirs)]
    assert stats.ks_2samp(*rise).pvalue > 1e-3
