"""Detection of spots: whenever they shine, whatever the light, and as sharply as photons allow."""

import numpy as np
import pytest

from anionx_teach._movie import FramesOnDemand, Movie
from anionx_teach._spot_windows import block_sums, windows
from anionx_teach.spots import detect_spots, match_spots, signal_to_noise_image
from tests.library.spot_fields import drawn, frames_that_switch, on_a_grid, scattered

COLUMNS = [
    "x_px", "y_px", "signal", "signal_to_noise", "background",
    "x_se_px", "y_se_px", "signal_se", "first_frame", "last_frame",
]  # fmt: skip


def places(table):
    return table[["x_px", "y_px"]].to_numpy()


def grid_picture(sigma_px, signal, seed=1, shape=(256, 256), background=20.0):
    """Poisson noise on isolated spots of the same light."""
    rng = np.random.default_rng(seed)
    xy = on_a_grid(rng, shape)
    return rng.poisson(drawn(xy, np.full(len(xy), signal), shape, sigma_px) + background), xy


def limit_px(xy, signal, background, sigma_px):
    """Root mean square of the Cramer-Rao bound on x in Poisson noise, background unknown too."""
    step, shape, variances = 1e-4, (21, 21), []
    for place in xy - np.rint(xy) + 10:
        light = drawn([place], [signal], shape, sigma_px)
        slopes = [light / signal, np.ones(shape)]
        for move in ((step, 0), (0, step)):
            ahead, behind = (
                drawn([place + sign * np.array(move)], [signal], shape, sigma_px)
                for sign in (1, -1)
            )
            slopes.append((ahead - behind) / (2 * step))
        flat = np.stack(slopes).reshape(4, -1)
        information = np.einsum("ip,jp->ij", flat / (light + background).ravel(), flat)
        variances.append(np.linalg.inv(information)[2, 2])
    return np.sqrt(np.mean(variances))


def switching_movie(seed=3, n_frames=800, shape=(128, 128)):
    """Spots that shine always, from late on, or for a short while; where, and when."""
    rng = np.random.default_rng(seed)
    xy = scattered(rng, 24, shape, 8.0, margin_px=5.0)
    kind = np.arange(24) % 3
    first = np.choose(kind, [0, n_frames - 60, 310])
    last = np.choose(kind, [n_frames, n_frames, 390])
    photons = np.choose(kind, [15.0, 40.0, 40.0])
    return frames_that_switch(
        rng, xy, first, last, photons, n_frames=n_frames, shape=shape
    ), xy, kind  # fmt: skip


@pytest.fixture(scope="module")
def switching():
    return switching_movie()


def test_spots_are_found_whenever_they_shine(switching):
    frames, xy, kind = switching
    movie = Movie(frames, 0.05, 0.05, 160.0)
    spots = detect_spots(movie)
    match = match_spots(spots, xy)
    assert match.recall == match.precision == 1.0
    assert list(spots.columns) == COLUMNS
    of_kind = spots.iloc[match.found].groupby(kind[match.true])
    # Each was measured while it shone: the whole movie, the end of it, a stretch in the middle.
    assert (of_kind["last_frame"].min() == [800, 800, 400]).all()
    assert (of_kind["first_frame"].max() == [0, 750, 300]).all()
    assert of_kind["signal"].mean().to_numpy() == pytest.approx([15, 40, 33], rel=0.15)
    # In the mean over the movie those that shine for a short while are fainter.
    in_the_mean = detect_spots(movie.mean_image(), psf_sigma_px=0.55)
    short = in_the_mean.iloc[match_spots(in_the_mean, xy[kind > 0]).found]
    assert short["signal_to_noise"].mean() < 0.5 * spots["signal_to_noise"].mean()


def test_a_movie_an_array_and_frames_on_demand_give_the_same(switching):
    frames, _, _ = switching
    lazy = FramesOnDemand(frames.shape, lambda first, last: frames[first:last])
    tables = [
        detect_spots(source)
        for source in (frames, Movie(frames, 0.05, 0.1, 160.0), Movie(lazy, 0.05, 0.1, 160.0))
    ]
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


def test_blocks_are_read_once_and_add_up():
    read = []
    frames = np.random.default_rng(1).integers(0, 2**16, (430, 20, 30), dtype=np.uint16)

    def look(first, last):
        read.extend(range(first, last))
        return frames[first:last]

    blocks = block_sums(Movie(FramesOnDemand(frames.shape, look), 0.05, 0.05, 160.0))
    assert read == list(range(430))
    assert blocks.n_frames.tolist() == [53, 54, 54, 54, 53, 54, 54, 54]
    for total, first, last in zip(blocks.total, blocks.edges, blocks.edges[1:], strict=False):
        assert np.array_equal(total, frames[first:last].sum(axis=0, dtype=np.int64))
    assert list(windows(4)) == [(0, 4), (0, 2), (2, 4), (0, 1), (1, 2), (2, 3), (3, 4)]


@pytest.mark.parametrize(
    ("n_frames", "n_blocks"), [(5, 1), (99, 1), (100, 2), (799, 8), (800, 16), (30_000, 16)]
)
def test_a_block_has_fifty_frames_or_more_and_there_are_sixteen_at_most(n_frames, n_blocks):
    blocks = block_sums(np.zeros((n_frames, 1, 2), np.uint16))
    assert len(blocks.total) == n_blocks
    assert blocks.n_frames.sum() == n_frames
    assert blocks.n_frames.min() >= min(n_frames, 50)


@pytest.mark.parametrize("sigma_px", [0.55, 1.0])
@pytest.mark.parametrize("signal", [400, 10_000])
def test_places_reach_the_cramer_rao_bound_and_their_errors_are_right(sigma_px, signal):
    errors, pulls = [], []
    for seed in range(3):
        picture, xy = grid_picture(sigma_px, signal, seed)
        spots = detect_spots(picture)
        match = match_spots(spots, xy)
        assert match.recall == 1.0
        assert match.precision > 0.97
        error = places(spots)[match.found] - xy[match.true]
        errors.append(error)
        pulls.append(error / spots[["x_se_px", "y_se_px"]].to_numpy()[match.found])
        light = spots["signal"].to_numpy()[match.found]
        spread = spots["signal_se"].to_numpy()[match.found]
        assert light.mean() == pytest.approx(signal, rel=0.04)
        assert light.std() == pytest.approx(spread.mean(), rel=0.4)
        assert spots["background"].mean() == pytest.approx(20, rel=0.02)
        assert spots.attrs["psf_sigma_px"] == pytest.approx(sigma_px, rel=0.06)
    rms_px = np.sqrt((np.concatenate(errors) ** 2).mean())
    n = 2 * sum(map(len, errors))
    assert rms_px < limit_px(xy[:20], signal, 20, sigma_px) * 1.05 * (1 + 2 / np.sqrt(2 * n))
    assert np.concatenate(pulls).std() == pytest.approx(1, abs=0.12)
    assert abs(np.concatenate(errors).mean()) < 4 * rms_px / np.sqrt(n)


def test_a_neighbour_does_not_pull_a_spot_over():
    rng = np.random.default_rng(5)
    left = on_a_grid(rng, (256, 256))
    angle = rng.uniform(0, 2 * np.pi, len(left))
    right = left + 4 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    xy = np.concatenate([left, right])
    light = drawn(xy, np.repeat([4000.0, 1500.0], len(left)), (256, 256), 0.8)
    spots = detect_spots(rng.poisson(light + 20), psf_sigma_px=0.8)
    match = match_spots(spots, xy)
    assert match.recall > 0.98
    faint = match.true >= len(left)
    error = (places(spots)[match.found] - xy[match.true])[faint]
    towards = ((left - right)[match.true[faint] - len(left)] * error).sum(axis=1) / 4
    assert abs(towards.mean()) < 0.02


def test_a_pair_that_cannot_be_parted_is_one_spot_at_least():
    rng = np.random.default_rng(5)
    left = on_a_grid(rng, (256, 256))
    angle = rng.uniform(0, 2 * np.pi, len(left))
    right = left + 3 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    light = drawn(left, np.full(len(left), 4000.0), (256, 256), 0.8)
    light += drawn(right, np.full(len(left), 1500.0), (256, 256), 0.8)
    spots = detect_spots(rng.poisson(light + 20), psf_sigma_px=0.8)
    assert match_spots(spots, left, 2.5).recall > 0.97


def test_uneven_light_does_not_matter():
    rng = np.random.default_rng(2)
    y, x = np.mgrid[:256, :256]
    lit = 0.1 + np.exp(-((x - 60) ** 2 + (y - 90) ** 2) / (2 * 90**2))
    xy = on_a_grid(rng, (256, 256))
    column, row = np.rint(xy).astype(int).T
    noise = np.sqrt(400 * lit[row, column])
    picture = rng.poisson(400 * lit + drawn(xy, 25 * noise, (256, 256), 0.8))
    spots = detect_spots(picture)
    match = match_spots(spots, xy)
    assert match.recall == 1.0
    assert match.precision > 0.98
    under = spots["background"].to_numpy()[match.found]
    assert under == pytest.approx(400 * lit[row, column][match.true], rel=0.1)
    # The signal-to-noise ratio of all of them is the same, though the light is not.
    assert spots["signal_to_noise"].std() < 0.15 * spots["signal_to_noise"].mean()


def test_hot_pixels_are_no_spots():
    picture, xy = grid_picture(0.55, 1500)
    hot = np.rint(xy).astype(int) + 11
    hot = hot[(hot < 250).all(axis=1)]
    picture[hot[:, 1], hot[:, 0]] += 1000
    spots = detect_spots(picture)
    assert match_spots(spots, hot).recall == 0.0
    assert match_spots(spots, xy).recall == 1.0
    assert spots.attrs["n_hot_pixels"] == len(hot)


def test_a_bright_spot_has_no_spots_in_its_shoulders_or_rings():
    y, x = np.mgrid[:64, :64]
    radius = np.hypot(x - 31.3, y - 32.2)
    ring = 0.015 * np.exp(-((radius - 2.7) ** 2) / (2 * 0.4**2))
    light = 1e5 * (drawn([(31.3, 32.2)], [1.0], (64, 64), 0.55) + ring * 0.4)
    spots = detect_spots(np.random.default_rng(1).poisson(light + 30), psf_sigma_px=0.55)
    near = np.hypot(spots["x_px"] - 31.3, spots["y_px"] - 32.2) < 12
    assert near.sum() == 1


def test_of_two_spots_that_are_too_close_the_clearer_is_kept():
    rng = np.random.default_rng(1)
    xy = np.array([[30.0, 30.0], [33.0, 30.0]])
    picture = rng.poisson(drawn(xy, [3000, 2000], (64, 64), 0.6) + 10)
    assert len(detect_spots(picture)) == 2
    alone = detect_spots(picture, min_distance_px=3.5)
    assert places(alone) == pytest.approx(xy[:1], abs=0.1)


def test_spots_at_the_border_are_left_out_as_asked_and_their_place_is_right():
    xy = np.array([[0.4, 20.0], [40.0, 0.7], [3.0, 62.6], [30.0, 30.0]])
    picture = np.random.default_rng(1).poisson(drawn(xy, [3000.0] * 4, (64, 64), 0.6) + 10)
    assert match_spots(detect_spots(picture, psf_sigma_px=0.6), xy[3:], 0.1).precision == 1.0
    every = detect_spots(picture, psf_sigma_px=0.6, border_px=0.0)
    match = match_spots(every, xy, 0.15)
    assert (match.recall, match.precision) == (1.0, 1.0)


def test_a_given_width_is_used_and_the_threshold_is_what_was_asked_for():
    picture, _ = grid_picture(1.0, 800)
    middle = detect_spots(picture, psf_sigma_px=1.3)["signal_to_noise"].median()
    spots = detect_spots(picture, psf_sigma_px=1.3, threshold=middle)
    assert spots.attrs["psf_sigma_px"] == 1.3
    assert spots.attrs["threshold"] == middle
    assert (spots["signal_to_noise"] > middle).all()
    assert spots["signal_to_noise"].is_monotonic_decreasing
    assert len(spots) < len(detect_spots(picture))


@pytest.mark.parametrize(
    "nothing",
    [
        np.random.default_rng(1).poisson(50, (64, 64)),
        np.zeros((64, 64)),
        np.full((10, 40, 50), 100, np.uint16),
        np.zeros((1, 1)),
        np.arange(7.0)[:, None],
    ],
    ids=["noise", "dark", "flat frames", "one pixel", "one column"],
)
def test_nothing_there_is_an_empty_table(nothing):
    spots = detect_spots(nothing)
    assert len(spots) == 0
    assert list(spots.columns) == COLUMNS
    assert signal_to_noise_image(nothing).shape == nothing.shape[-2:]


def test_spots_without_any_noise_are_found():
    xy = np.array([[20.2, 30.4], [40.0, 12.0]])
    picture = 100 + drawn(xy, [500.0, 900.0], (64, 64), 0.8)
    spots = detect_spots(picture)
    match = match_spots(spots, xy, 0.02)
    assert (match.recall, match.precision) == (1.0, 1.0)


def test_nothing_depends_on_the_offset_or_the_unit_of_the_counts():
    picture, _ = grid_picture(0.7, 600)
    spots = detect_spots(picture.astype(float))
    other = detect_spots(3.0 * picture - 1000.0)
    assert places(other) == pytest.approx(places(spots), abs=1e-3)
    assert other["signal"].to_numpy() == pytest.approx(3 * spots["signal"].to_numpy(), rel=1e-3)
    clarity = spots["signal_to_noise"].to_numpy()
    assert other["signal_to_noise"].to_numpy() == pytest.approx(clarity, rel=1e-3)


def test_a_turned_picture_has_its_spots_turned():
    picture, _ = grid_picture(0.7, 600)
    spots, turned = detect_spots(picture), detect_spots(picture.T)
    match = match_spots(spots, places(turned)[:, ::-1], 0.02)
    assert (match.recall, match.precision) == (1.0, 1.0)
