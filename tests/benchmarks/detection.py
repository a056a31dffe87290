"""Detection of spots beside sep: recall and precision on dense, dim fields, place, and time.

python -m tests.benchmarks.detection [--json]
"""

import argparse

import numpy as np

from anionx_teach.spots import detect_spots, match_spots
from tests.benchmarks.report import Row, interleaved, show
from tests.library.sep_peer import scores, tuned_ours, tuned_sep
from tests.library.spot_fields import dense_field, drawn, on_a_grid

TRAINING, TEST = (1, 2), (11, 12, 13, 14)
SIGMA_PX = 0.55
WITHIN = 0.01  # of sep's recall and precision


def cramer_rao_px(xy, signal, background, sigma_px):
    """Least standard deviation of x for a spot in Poisson noise, the median over the positions."""
    step, shape = 1e-4, (21, 21)
    limits = []
    for place in np.asarray(xy) - np.rint(xy) + 10:
        light = drawn([place], [signal], shape, sigma_px)
        moved = [
            (
                drawn([place + d], [signal], shape, sigma_px)
                - drawn([place - d], [signal], shape, sigma_px)
            )
            / (2 * step)
            for d in (np.array([step, 0]), np.array([0, step]))
        ]
        slopes = np.stack([moved[0], moved[1], light / signal, np.ones(shape)]).reshape(4, -1)
        information = np.einsum("ip,jp->ij", slopes / (light + background).ravel(), slopes)
        limits.append(np.sqrt(np.linalg.inv(information)[0, 0]))
    return float(np.median(limits))


def place_rows() -> list[Row]:
    """How far found positions are from true ones, in units of the limit."""
    rows = []
    for signal, background in ((300, 20), (3000, 20), (30000, 5)):
        rng = np.random.default_rng(1)
        xy = on_a_grid(rng, (512, 512))
        light = drawn(xy, np.full(len(xy), signal), (512, 512), SIGMA_PX) + background
        spots = detect_spots(rng.poisson(light))
        match = match_spots(spots, xy)
        error = spots[["x_px", "y_px"]].to_numpy()[match.found] - xy[match.true]
        measured = float(np.sqrt((error**2).mean()))
        limit = cramer_rao_px(xy[:60], signal, background, SIGMA_PX)
        rows.append(
            Row(
                f"place of a spot of {signal} photons on {background} a pixel",
                f"{measured:.4f} px",
                f"{limit:.4f} px",
                ratio=measured / limit,
                goal=1.1,
                at_most=True,
                limit="Cramer-Rao",
            )
        )
    return rows


def rows() -> list[Row]:
    training, test = ([dense_field(seed) for seed in seeds] for seeds in (TRAINING, TEST))
    ours, theirs = tuned_ours(training), tuned_sep(training)
    our_scores, their_scores = scores(ours, test), scores(theirs, test)
    picture = test[0][0]
    timings = interleaved(
        {
            "ours": lambda: detect_spots(picture, psf_sigma_px=SIGMA_PX),
            "estimated": lambda: detect_spots(picture),
            "sep": lambda: theirs(picture),
        }
    )
    quality = [
        Row(
            f"{name} on fields of 900 dim spots",
            f"{mine:.3f}",
            f"{peer:.3f}",
            ratio=mine - peer,
            goal=-WITHIN,
            limit="difference; 1",
        )
        for name, mine, peer in zip(("recall", "precision"), our_scores, their_scores, strict=True)
    ]
    explained = "sep: barycentres; ours: fits with neighbours and errors"
    return [
        *quality,
        *place_rows(),
        Row("512 x 512, width given", timings["ours"], timings["sep"], limit=explained),
        Row("512 x 512, width estimated", timings["estimated"], timings["sep"], limit=explained),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    show(rows(), as_json=parser.parse_args().json)


if __name__ == "__main__":
    main()
