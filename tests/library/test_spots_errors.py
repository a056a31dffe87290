"""Bad input to detection and matching is named."""

import numpy as np
import pandas as pd
import pytest

from anionx_teach._movie import Movie
from anionx_teach.spots import detect_spots, match_spots, signal_to_noise_image

PICTURE = np.random.default_rng(1).normal(100, 3, (20, 30))
WITH_NAN = np.where(np.eye(20, 30) > 0, np.nan, PICTURE)


@pytest.mark.parametrize("function", [detect_spots, signal_to_noise_image])
@pytest.mark.parametrize(
    ("movie", "error", "message"),
    [
        ("movie.tif", TypeError, r"movie must be a Movie, a picture \(Y, X\) or frames"),
        ([[1, 2], [3]], TypeError, "movie must be a Movie"),
        (PICTURE > 0, TypeError, "movie must be a Movie"),
        (np.ones(5), ValueError, r"\(Y, X\) or frames \(F, Y, X\), got shape \(5,\)"),
        (np.ones((2, 3, 4, 5)), ValueError, r"got shape \(2, 3, 4, 5\)"),
        (np.ones((0, 4)), ValueError, r"got shape \(0, 4\)"),
        (np.ones((4, 20, 30)), ValueError, "movie must have at least 5 frames, got 4"),
        (WITH_NAN, ValueError, "movie must be finite, got nan"),
        (np.stack([PICTURE] * 4 + [WITH_NAN]), ValueError, "movie must be finite, got nan"),
        (
            Movie(np.zeros((3, 5, 5), np.uint16), 0.05, 0.05, 160.0),
            ValueError,
            "movie must have at least 5 frames, got 3",
        ),
    ],
)
def test_bad_movies_are_named(function, movie, error, message):
    with pytest.raises(error, match=message):
        function(movie)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"threshold": 0}, ValueError, "threshold must be > 0, got 0"),
        ({"threshold": "high"}, TypeError, "threshold must be a number"),
        ({"threshold": [5.0, 6.0]}, ValueError, "threshold must be a single number"),
        ({"expected_false_spots": -1}, ValueError, "expected_false_spots must be > 0, got -1"),
        ({"expected_false_spots": np.inf}, ValueError, "expected_false_spots must be finite"),
        ({"psf_sigma_px": 0.0}, ValueError, "psf_sigma_px must be between 0.2 and 10 px, got 0"),
        ({"psf_sigma_px": 160.0}, ValueError, "psf_sigma_px must be between 0.2 and 10 px"),
        ({"min_distance_px": 0}, ValueError, "min_distance_px must be > 0 px, got 0"),
        ({"border_px": -1}, ValueError, "border_px must be >= 0 px, got -1"),
        ({"border_px": np.nan}, ValueError, "border_px must be >= 0 px, got nan"),
    ],
)
def test_bad_options_are_named(options, error, message):
    with pytest.raises(error, match=message):
        detect_spots(PICTURE, **options)


PLACES = np.zeros((3, 2))


@pytest.mark.parametrize(
    ("found", "true", "distance", "error", "message"),
    [
        (PLACES.T, PLACES, 1, ValueError, r"found must be positions \(N, 2\) as x, y, got shape"),
        (PLACES, np.ones(2), 1, ValueError, r"true must be positions .* got shape \(2,\)"),
        (PLACES, "truth", 1, TypeError, "true must be a number or an array"),
        (PLACES * np.nan, PLACES, 1, ValueError, "found must be finite px, got nan"),
        (PLACES, PLACES, 0, ValueError, "max_distance_px must be > 0 px, got 0"),
        (
            pd.DataFrame({"x_px": [1.0]}), PLACES, 1,
            ValueError, "found must have the columns x_px and y_px, got no y_px",
        ),
    ],
)  # fmt: skip
def test_bad_positions_are_named(found, true, distance, error, message):
    with pytest.raises(error, match=message):
        match_spots(found, true, distance)
