"""sep, the detector of SExtractor as a library, and how it and ours are tuned."""

import itertools

import numpy as np
import sep

from anionx_teach.spots import detect_spots, match_spots

TILES, THRESHOLDS, AREAS, CONTRASTS = (16, 32), (2.0, 2.5, 3.0, 3.5), (1, 2, 3), (0.005, 0.05)
OUR_THRESHOLDS = (3.75, 4.0, 4.25, 4.5)
SMALL = np.exp(-np.add.outer(np.arange(-1, 2) ** 2, np.arange(-1, 2) ** 2) / (2 * 0.62**2))
FILTERS = {"none": None, "3 x 3 of sep": "default", "as wide as the spots": SMALL}


def spots_of_sep(picture, tile, threshold, area, contrast, filter_name):
    background = sep.Background(picture, bw=tile, bh=tile)
    kernel = FILTERS[filter_name]
    options = {} if isinstance(kernel, str) else {"filter_kernel": kernel}
    found = sep.extract(
        picture - background.back(),
        threshold,
        err=background.rms(),
        minarea=area,
        deblend_cont=contrast,
        **options,
    )
    return np.stack([found["x"], found["y"]], axis=-1)


def scores(find, fields):
    """Mean recall and precision."""
    matches = [match_spots(find(picture), xy) for picture, xy in fields]
    return np.mean([(match.recall, match.precision) for match in matches], axis=0)


def best(candidates, fields):
    """The settings with the highest harmonic mean of recall and precision."""
    return max(candidates, key=lambda find: 2 / (1 / scores(find, fields)).sum())


def tuned_sep(fields):
    """sep with the settings that do best on the fields."""
    settings = itertools.product(TILES, THRESHOLDS, AREAS, CONTRASTS, FILTERS)
    return best(
        [lambda picture, s=setting: spots_of_sep(picture, *s) for setting in settings], fields
    )


def tuned_ours(fields):
    """Our detection with the threshold that does best on the fields."""
    return best(
        [lambda picture, t=t: detect_spots(picture, threshold=t) for t in OUR_THRESHOLDS], fields
    )
