"""The camera: a movie beside NumPy's Poisson + gamma + normal, with its tables built in the time.

Run it from the root of the repository::

    python -m tests.benchmarks.camera [--json] [--repeats 3] [--frames 1000]

Both make the same uneven field with the same spots; the peer has the mean image of each frame for
nothing. The limit of a frame is writing it to memory. The long movie is simulated block by block,
as its analysis would read it, and the memory of the process is printed beside it.
"""

import argparse
import resource
import sys
from collections.abc import Iterator

import numpy as np

from anionx_teach._compile_kernels import warm_up
from anionx_teach.camera import Camera, place_emitters, record_movie
from tests.benchmarks.report import Row, interleaved, show

N_EMITTERS = 250
SHAPE = (512, 512)
LONG_FRAMES = 2000
PEER_FRAMES = 8
AT_LEAST_TIMES = 20.0
LONG_S, LONG_GB = 4.0, 1.0
CAMERA = Camera()


def rates(n_frames: int) -> np.ndarray:
    """Emitters of 50 to 200 photons a frame, every other one switching on halfway."""
    rate = np.repeat(np.linspace(1000.0, 4000.0, N_EMITTERS)[:, None], n_frames, axis=1)
    rate[::2, : n_frames // 2] = 0.0
    return rate


def numpy_frame(electrons: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One frame as one would write it down with NumPy."""
    n = rng.poisson(electrons)
    charge = rng.gamma(n, CAMERA.em_gain)
    charge += CAMERA.read_noise_electrons * rng.standard_normal(SHAPE)
    counts = np.rint(CAMERA.offset_counts + charge / CAMERA.electrons_per_count)
    return np.clip(counts, 0, 65535).astype(np.uint16)


def rows(n_frames: int, repeats: int) -> Iterator[Row]:
    truth = place_emitters(N_EMITTERS, shape=SHAPE, rng=1)
    positions = truth[["x_px", "y_px"]].to_numpy()
    short = rates(n_frames)
    options = {"shape": SHAPE, "frame_interval_s": 0.05, "rng": 1}
    sample = record_movie(rates(200), positions, CAMERA, **options).mean_image()
    electrons = np.maximum(sample - CAMERA.offset_counts, 0) / CAMERA.counts_per_electron
    rng = np.random.default_rng(1)
    written = np.empty((PEER_FRAMES, *SHAPE), np.uint16)

    def long() -> None:
        movie = record_movie(rates(LONG_FRAMES), positions, CAMERA, **options)
        for _ in movie.blocks():
            pass

    def ours_block_by_block() -> None:
        for _ in record_movie(short, positions, CAMERA, lazy=True, **options).blocks():
            pass

    def build() -> None:
        record_movie(short, positions, CAMERA, lazy=True, **options)

    timings = interleaved(
        {
            "ours": ours_block_by_block,
            "numpy": lambda: [numpy_frame(electrons, rng) for _ in range(PEER_FRAMES)],
            "build": build,
            "memory": lambda: written.fill(7),
        },
        repeats,
    )
    ours, peer = timings["ours"].cpu_s / n_frames, timings["numpy"].cpu_s / PEER_FRAMES
    memory = timings["memory"].cpu_s / written.size
    yield Row(
        f"a frame of 512 x 512, {N_EMITTERS} spots, by the processor ({n_frames} frames with tables)",
        f"{1e3 * ours:.2f} ms",
        f"{1e3 * peer:.1f} ms",
        goal=AT_LEAST_TIMES,
        limit=f"{1e9 * ours / written[0].size:.1f} ns a pixel, writing it {1e9 * memory:.2f} ns",
        ratio=peer / ours,
    )
    yield Row("tables and spots of a movie", timings["build"])
    timing = interleaved({"long": long}, 1)["long"]
    peak_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e9 if sys.platform == "darwin" else 1e6
    )
    yield Row(
        f"{LONG_FRAMES} frames block by block, cpu s",
        timing,
        goal=LONG_S,
        ratio=timing.cpu_s,
        at_most=True,
    )
    yield Row("its memory, GB, that of this program with it", f"{peak_gb:.2f}", goal=LONG_GB,
              ratio=peak_gb, at_most=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--frames", type=int, default=1000)
    arguments = parser.parse_args()
    warm_up()
    show(rows(arguments.frames, arguments.repeats), as_json=arguments.json)


if __name__ == "__main__":
    main()
