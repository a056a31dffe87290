"""Fields of spots with known truth, drawn independently of the camera of the package."""

import numpy as np
from scipy.special import erf


def drawn(xy, signal, shape, sigma_px):
    """Sum of Gaussians integrated over the pixels."""

    def share(centre, n_pixels):
        offset = np.arange(n_pixels) - np.asarray(centre)[:, None]
        edges = [erf((offset + side) / (np.sqrt(2) * sigma_px)) for side in (-0.5, 0.5)]
        return (edges[1] - edges[0]) / 2

    xy = np.asarray(xy, float).reshape(-1, 2)
    light = np.asarray(signal, float)[:, None] * share(xy[:, 1], shape[0])
    return np.einsum("ny,nx->yx", light, share(xy[:, 0], shape[1]), optimize=True)


def scattered(rng, n_spots, shape, closest_px, margin_px=3.0):
    """Positions (N, 2) as x, y, no two closer than `closest_px`."""
    high = np.array(shape[::-1]) - 1 - margin_px
    places = np.empty((0, 2))
    while len(places) < n_spots:
        new = rng.uniform(margin_px, high)
        if not len(places) or ((places - new) ** 2).sum(axis=1).min() > closest_px**2:
            places = np.vstack([places, new])
    return places


def on_a_grid(rng, shape, step_px=24):
    """Isolated positions, each anywhere within its pixel."""
    x, y = (np.arange(step_px, length - step_px / 2, step_px) for length in shape[::-1])
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return grid + rng.uniform(-0.5, 0.5, grid.shape)


def dense_field(seed, n_spots=900, shape=(512, 512), closest_px=3.0, sigma_px=0.55):
    """A dense, dim, unevenly lit picture: the mean of 100 frames with multiplied electrons.

    The light of the laser falls off from a place of its own, haze lies in patches, and the spots
    have signal-to-noise ratios of about 3 to 25. Returns the picture and the positions.
    """
    n_frames, gain_counts = 100, 25.0
    rng = np.random.default_rng(seed)
    height, width = shape
    y, x = np.mgrid[:height, :width]
    centre_x, centre_y = rng.uniform(0.3, 0.7, 2) * (width, height)
    distance = ((x - centre_x) ** 2 + (y - centre_y) ** 2) / (0.45 * width) ** 2
    lit = 0.15 + 0.85 * np.exp(-distance / 2)
    photons = 0.3 + 2 * lit
    for _ in range(6):
        haze_x, haze_y = rng.uniform(0, 1, 2) * (width, height)
        size, depth = rng.uniform(25, 60), rng.uniform(0.4, 1.6)
        haze = np.exp(-((x - haze_x) ** 2 + (y - haze_y) ** 2) / (2 * size**2))
        photons = photons + depth * haze * lit
    xy = scattered(rng, n_spots, shape, closest_px)
    column, row = np.rint(xy).astype(int).T
    noise = np.sqrt(2 * np.median(photons) / n_frames) / 0.45  # of the light of a spot
    signal = np.exp(rng.uniform(np.log(5), np.log(25), n_spots)) * noise
    photons = photons + drawn(xy, signal * np.sqrt(lit[row, column]), shape, sigma_px)
    electrons = rng.gamma(np.maximum(rng.poisson(photons * n_frames), 1e-9))
    read = rng.normal(100, 50 / 12 / np.sqrt(n_frames), shape)
    return (electrons / n_frames * gain_counts + read).astype(np.float32), xy


def frames_that_switch(rng, xy, first, last, photons, *, n_frames, shape, sigma_px=0.55):
    """Counts (F, Y, X) of spots that shine for first <= frame < last only, in Poisson noise."""
    frames = np.empty((n_frames, *shape), np.uint16)
    y = np.arange(shape[0])[:, None]
    background = 20 + 0.1 * y
    for number in range(n_frames):
        shining = (np.asarray(first) <= number) & (number < np.asarray(last))
        light = drawn(xy, np.asarray(photons) * shining, shape, sigma_px)
        frames[number] = 100 + rng.poisson(light + background)
    return frames
