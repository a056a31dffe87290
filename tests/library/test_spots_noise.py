"""What noise alone does to detection: as many false spots as were allowed."""

import numpy as np
import pytest

from anionx_teach._pixel_share import pixel_share
from anionx_teach._spot_significance import threshold_for
from anionx_teach.camera import Camera, record_movie
from anionx_teach.spots import detect_spots, signal_to_noise_image
from tests.library.spot_fields import drawn


def empty_movie(seed, background_photons_per_s):
    camera = Camera(background_photons_per_s=background_photons_per_s)
    return record_movie(
        np.zeros((1, 200)),
        [[64.0, 64.0]],
        camera,
        shape=(192, 192),
        frame_interval_s=0.05,
        rng=seed,
    )


@pytest.mark.parametrize("background", [100.0, 10.0])
def test_the_skewed_noise_of_multiplied_electrons_makes_no_more_spots(background):
    # Without the correction for skewness there are several times as many.
    numbers = [
        len(detect_spots(empty_movie(seed, background), psf_sigma_px=0.55, expected_false_spots=5))
        for seed in range(4)
    ]
    assert np.mean(numbers) < 8
    assert sum(len(detect_spots(empty_movie(seed, background))) for seed in range(4)) <= 2


@pytest.mark.parametrize(("sigma_px", "allowed"), [(0.55, 5.0), (1.5, 5.0), (0.55, 0.5)])
def test_noise_alone_makes_about_as_many_spots_as_it_may(sigma_px, allowed):
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:256, :256]
    uneven = 100 + 0.1 * x + 0.002 * (y - 100) ** 2
    numbers = [
        len(
            detect_spots(
                rng.normal(uneven, np.sqrt(uneven)),
                psf_sigma_px=sigma_px,
                expected_false_spots=allowed,
                border_px=0.0,
            )
        )
        for _ in range(30)
    ]
    assert 0.4 * allowed < np.mean(numbers) < 1.5 * allowed + 2 * np.sqrt(allowed / 30)


def test_the_threshold_rises_with_what_is_looked_at_and_falls_with_what_is_allowed():
    usual = threshold_for(0.05, 512 * 512, 1, 0.55)
    assert usual == pytest.approx(5.08, abs=0.01)  # one-sided: 2e-7 a pixel
    assert threshold_for(0.05, 512 * 512, 31, 0.55) > usual > threshold_for(1, 512 * 512, 1, 0.55)
    assert threshold_for(0.05, 512 * 512, 1, 3.0) < usual  # fewer independent places
    assert threshold_for(1e9, 10, 1, 0.55) == 0.0


def test_the_image_of_signal_to_noise_has_unit_noise_and_the_height_of_the_spots():
    rng = np.random.default_rng(1)
    empty = signal_to_noise_image(rng.normal(1000, 7, (256, 256)), psf_sigma_px=0.55)
    assert empty.std() == pytest.approx(1, abs=0.03)
    assert not empty.flags.writeable
    share = pixel_share(np.arange(-4, 5.0), 0.55)
    signal = 30 * 7 / (share**2).sum()  # at the centre of a pixel the matched filter sees 30 noises
    picture = rng.normal(1000, 7, (64, 64)) + drawn([(20, 40)], [signal], (64, 64), 0.55)
    image = signal_to_noise_image(picture, psf_sigma_px=0.55)
    assert image[40, 20] == pytest.approx(30, abs=4)
