"""Trajectories of 300 spots: time, noise and memory; and how well single emitters are told apart.

The whole analysis, from the file to the switching times, beside `tifffile.imread` of the same file.

python -m tests.benchmarks.trajectories [--json] [--long]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import sep
import tifffile

from anionx_teach._compile_kernels import warm_up
from anionx_teach._movie import FramesOnDemand, Movie
from anionx_teach._trajectory_kernels import weighted_sums
from anionx_teach.camera import Camera, place_emitters, record_movie
from anionx_teach.emission import blinking_trace
from anionx_teach.movies import read_movie, write_movie
from anionx_teach.spots import detect_spots
from anionx_teach.switching import fit_switching
from anionx_teach.trajectories import Trajectories, extract_trajectories, single_emitters
from tests.benchmarks.report import Row, interleaved, show

N_SPOTS, N_FRAMES, N_STORED, INTERVAL_S = 300, 2000, 250, 0.05
BOX_PX, RING_PX = 2, 4  # half widths: a box of 5 x 5, background from the 9 x 9 around it
ON_DISK_FRAMES, LONG_FRAMES = 1000, 28_000


def recorded(n_frames: int, photons: float = 150.0) -> tuple[Movie, pd.DataFrame]:
    """A movie of the default camera: dark for its first half, then bright and blinking."""
    truth = place_emitters(N_SPOTS, shape=(512, 512), rng=1)
    time_s = (np.arange(n_frames) + 0.5) * INTERVAL_S
    bright = blinking_trace(time_s, N_SPOTS, rng=1)
    bright[:, : n_frames // 2] = 0.0
    places = truth[["x_px", "y_px"]].to_numpy()
    camera = Camera()
    movie = record_movie(
        bright * photons / camera.exposure_s,
        places,
        camera,
        frame_interval_s=INTERVAL_S,
        truth=truth,
        lazy=False,
        rng=1,
    )
    return movie, truth


def repeated(movie: Movie, n_frames: int) -> Movie:
    """The same frames again and again, without a copy of them."""
    stored, n_stored = movie.frames, movie.n_frames

    def read(first: int, last: int) -> np.ndarray:
        start = first % n_stored
        if start + last - first <= n_stored:
            return stored[start : start + last - first]
        return stored[np.arange(first, last) % n_stored]

    frames = FramesOnDemand((n_frames, *movie.shape_px), read)
    return Movie(frames, movie.exposure_s, INTERVAL_S, movie.pixel_size_nm, camera=movie.camera)


def with_sep(movie: Movie, spots: pd.DataFrame) -> np.ndarray:
    """A circle of 3 px and an annulus of 4 to 7 px on each frame: what astronomers would write."""
    x, y = spots["x_px"].to_numpy(), spots["y_px"].to_numpy()
    frames = (movie.frames[i].astype(np.float32) for i in range(movie.n_frames))
    return np.stack(
        [sep.sum_circle(frame, x, y, 3.0, bkgann=(4.0, 7.0))[0] for frame in frames], axis=1
    )


def with_slices(movie: Movie, spots: pd.DataFrame) -> np.ndarray:
    """A box of 5 x 5 less the median of a ring, with slices of NumPy."""
    stack, found = movie.frames, []
    for x, y in np.rint(spots[["x_px", "y_px"]].to_numpy()).astype(int):
        box = stack[:, y - BOX_PX : y + BOX_PX + 1, x - BOX_PX : x + BOX_PX + 1]
        area = stack[
            :, max(y - RING_PX, 0) : y + RING_PX + 1, max(x - RING_PX, 0) : x + RING_PX + 1
        ]
        level = (area.sum(axis=(1, 2)) - box.sum(axis=(1, 2))) / (area[0].size - box[0].size)
        found.append(box.sum(axis=(1, 2)) - level * box[0].size)
    return np.array(found)


def off_rms(counts: np.ndarray, n_dark: int) -> float:
    """Noise of the dark half: median over the spots."""
    return float(np.median(counts[:, :n_dark].std(axis=1)))


def extraction_rows() -> list[Row]:
    stored, spots = recorded(N_STORED)
    movie = repeated(stored, N_FRAMES)
    weighted_sums.compile()

    def all_slices() -> None:
        for _ in range(N_FRAMES // N_STORED):
            with_slices(stored, spots)

    def copies() -> None:
        for _, block in movie.blocks():
            block.copy()

    took = interleaved(
        {
            "ours": partial(extract_trajectories, movie, spots),
            "sep": partial(with_sep, movie, spots),
            "slices": all_slices,
            "copy": copies,
        },
        repeats=3,
    )
    name = f"extraction, {N_SPOTS} spots, {N_FRAMES} frames of 512 x 512"
    cpu = {peer: took[peer].cpu_s / took["ours"].cpu_s for peer in took}
    found = extract_trajectories(stored, spots)
    counts = found.intensity * stored.camera.em_gain / stored.camera.electrons_per_count
    n_dark = N_STORED // 2
    noise, box, circle = (
        off_rms(light, n_dark)
        for light in (counts, with_slices(stored, spots), with_sep(stored, spots))
    )
    text, limit = f"{noise:.0f} counts", "Cramer-Rao, width known: 2.3 background pixels"
    return [
        Row(f"{name}: cpu s, sep", took["ours"], took["sep"], 5.0, "one read", cpu["sep"]),
        Row(f"{name}: cpu s, NumPy slices", took["ours"], took["slices"], ratio=cpu["slices"]),
        Row(f"{name}: cpu s, one copy", took["ours"], took["copy"], ratio=cpu["copy"]),
        Row(
            "off-state rms over slices of 5 x 5", text, f"{box:.0f}", 0.6, limit, noise / box, True
        ),
        Row("off-state rms over sep", text, f"{circle:.0f}", ratio=noise / circle, at_most=True),
    ]


def analysed(path: Path) -> pd.DataFrame:
    """All that `anionx analyze` computes, from the name of a file to the table of fits."""
    movie = read_movie(path)
    found = extract_trajectories(movie, detect_spots(movie))
    single_emitters(found)
    return fit_switching(found, robust=True)


def whole_analysis_row() -> Row:
    """The analysis reads the file twice; `imread` reads it once, into memory of its own."""
    stored, _ = recorded(N_STORED)
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        path = write_movie(Path(folder) / "film.ome.tif", repeated(stored, ON_DISK_FRAMES))
        took = interleaved(
            {"ours": partial(analysed, path), "imread": partial(tifffile.imread, path)}, repeats=3
        )
    name = f"file to switching times, {ON_DISK_FRAMES} frames, cpu s over tifffile.imread"
    ratio = took["ours"].cpu_s / took["imread"].cpu_s
    limit = "reading twice: a spot is known only at the end"
    return Row(name, took["ours"], took["imread"], 2.0, limit, ratio, True)


def simulated(
    n_in_spot: int, n_spots: int, n_frames: int, electrons: float, seed: int
) -> Trajectories:
    """Spots of so many crystals that start at different times and blink; EM noise, background 10."""
    rng = np.random.default_rng(seed)
    time_s = (np.arange(n_frames) + 0.5) * INTERVAL_S
    shape = (n_spots, n_in_spot, 1)
    blinking = blinking_trace(time_s, n_spots * n_in_spot, rng=seed)
    start_s = rng.uniform(0.1, 0.5, shape) * time_s[-1]
    rise_s = rng.uniform(2.0, 15.0, shape) / 4.394
    rise = 1 / (1 + np.exp(-np.clip((time_s - start_s) / rise_s, -50, 50)))
    bright = electrons * np.exp(0.15 * rng.normal(size=shape))
    light = (bright * rise * blinking.reshape(n_spots, n_in_spot, -1)).sum(axis=1)
    # Noise of the best weights: 2.26 background pixels, 1.05 of the light; times two by EM gain.
    error = np.sqrt(2 * (10.0 * 2.26**2 + 1.05 * light))
    noisy = light + error * rng.normal(size=light.shape)
    nowhere = np.zeros(n_spots)
    return Trajectories(time_s, noisy, nowhere, nowhere, intensity_se=error)


def single_rows() -> list[Row]:
    found = []
    for electrons, n_frames in ((300, 2000), (100, 2000), (50, 2000), (33, 2000), (100, 600)):
        standard = (electrons, n_frames) == (100, 2000)
        case = f"{electrons} e- when bright, {n_frames} frames"
        kept = {
            n: float(single_emitters(simulated(n, 300, n_frames, electrons, 40 + n)).mean())
            for n in (1, 2, 3, 4)
        }
        name = f"singles lost, {case}{', the standard case' if standard else ''}"
        lost = 1 - kept[1]
        found.append(Row(name, "", "", 0.1 if standard else None, "", lost, True))
        for n in (2, 3, 4):
            goal = 0.9 if standard and n == 3 else None
            found.append(Row(f"clusters of {n} rejected, {case}", "", "", goal, "", 1 - kept[n]))
    return found


def long_movie(n_frames: int, n_stored: int = 8) -> Movie:
    """A movie larger than memory: a few frames of noise and spots, again and again."""
    rng = np.random.default_rng(1)
    stored = rng.poisson(200.0, (n_stored, 512, 512)).astype(np.uint16)
    stored[:, 16:500:28, 16:500:28] += 400

    def read(first: int, last: int) -> np.ndarray:
        return stored[np.arange(first, last) % n_stored]

    return Movie(FramesOnDemand((n_frames, 512, 512), read), 0.05, 0.05, 160.0)


def peak_mb_of_a_long_movie(n_frames: int) -> float:
    """Most memory of a process that extracts 300 spots from a movie made on demand."""
    code = f"from tests.benchmarks.trajectories import report_long_movie as r; r({n_frames})"
    command = [sys.executable, "-c", code]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def report_long_movie(n_frames: int) -> None:
    y, x = np.mgrid[16:500:28, 16:500:28]
    spots = pd.DataFrame({"x_px": x.ravel()[:300].astype(float), "y_px": y.ravel()[:300]})
    weighted_sums.compile()
    found = extract_trajectories(long_movie(n_frames), spots)
    assert found.intensity.shape == (300, n_frames)
    # Kilobytes on Linux.
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


def memory_row() -> Row:
    peak = peak_mb_of_a_long_movie(LONG_FRAMES)
    name = f"memory, {LONG_FRAMES} frames of 512 x 512 (14.7 GB): MB"
    return Row(name, f"{peak:.0f} MB", "", 1000.0, "", peak, True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--long", action="store_true", help="also the movie of 14.7 GB")
    arguments = parser.parse_args()
    rows = [*extraction_rows(), whole_analysis_row(), *single_rows()]
    if arguments.long:
        rows.append(memory_row())
    show(rows, as_json=arguments.json)


if __name__ == "__main__":
    main()
