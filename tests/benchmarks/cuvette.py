"""A whole cuvette, kinetics included: 10,000 crystals, and the few hundred behind a slider.

python -m tests.benchmarks.cuvette [--json]
"""

import argparse
import tracemalloc
from collections.abc import Callable
from functools import partial

import numpy as np

from anionx_teach.ensemble import paper_kinetics, simulate_cuvette
from anionx_teach.nanocrystals import draw_batch
from tests.benchmarks.report import Row, interleaved, show

SIZES = {"10,000 crystals x 400 wavelengths x 50 times": (10_000, 50, 0.3)}
SIZES["500 crystals x 400 wavelengths x 42 times"] = (500, 42, 0.015)
GOAL_MB = 200.0


def peak_mb(function: Callable[[], object]) -> float:
    """The most memory that Python and NumPy held during a call, the result included."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def rows() -> list[Row]:
    found = []
    for size, (n_crystals, n_times, goal_s) in SIZES.items():
        batch = draw_batch(13.1, 2.0, n_crystals, rng=1)
        time_s = 35.0 * np.arange(n_times)
        for mechanism in ("surface", "diffusion"):
            kinetics = paper_kinetics(13.1, mechanism=mechanism)
            run = partial(simulate_cuvette, batch, time_s, rng=1, kinetics=kinetics)
            took = interleaved({"ours": run})["ours"]
            name = f"cuvette, {mechanism}, {size}"
            # One thread does the work: its processor time is what a free machine takes.
            found.append(Row(f"{name}: cpu s", took, ratio=took.cpu_s, goal=goal_s, at_most=True))
            memory = peak_mb(run)
            text = f"{memory:.0f} MB"
            found.append(Row(f"{name}: MB", text, ratio=memory, goal=GOAL_MB, at_most=True))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    show(rows(), as_json=parser.parse_args().json)


if __name__ == "__main__":
    main()
