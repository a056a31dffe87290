"""Spectra of 10,000 crystals at 400 wavelengths and 50 times, beside one Gaussian a crystal.

python -m tests.benchmarks.batch_spectra [--json]
"""

import argparse
import tracemalloc
from functools import partial

import numpy as np

from anionx_teach import draw_batch, natural_units
from anionx_teach._spectra import batch_spectra
from anionx_teach.confinement import emission_wavelength_nm
from tests.benchmarks.report import Row, Timing, interleaved, show

N_CRYSTALS, N_WAVELENGTHS, N_TIMES = 10_000, 400, 50
FWHM_MEV = 113.0
GOAL_S, GOAL_MB = 0.3, 200.0
GOAL_ERROR = 1e-4


def arrays() -> tuple[np.ndarray, ...]:
    """Edges (N,), volumes (N,), fractions (T, N) that rise at another time in each, wavelengths."""
    batch = draw_batch(9.5, 1.0, N_CRYSTALS, rng=1)
    start = np.random.default_rng(1).uniform(0, 1, N_CRYSTALS)
    time = np.linspace(0, 2, N_TIMES)[:, None]
    fraction = np.clip(time - start, 0, 1)
    volume = batch.edge_length_nm**2 * batch.long_edge_nm
    return batch.edge_length_nm, volume, fraction, np.linspace(450, 750, N_WAVELENGTHS)


def one_gaussian_a_crystal(
    edges: np.ndarray, weight: np.ndarray, fraction: np.ndarray, wavelength_nm: np.ndarray
) -> np.ndarray:
    """The obvious sum, one time after the other."""
    photon = natural_units().photon_ev_nm
    sigma = FWHM_MEV / 1000 / np.sqrt(8 * np.log(2))
    spectra = np.empty((len(fraction), wavelength_nm.size))
    for i, row in enumerate(fraction):
        centre = photon / np.asarray(emission_wavelength_nm(edges, row))
        distance = (photon / wavelength_nm - centre[:, None]) / sigma
        spectra[i] = np.einsum("n,nw->w", weight, np.exp(-0.5 * distance**2))
    return spectra * photon / wavelength_nm**2 / (sigma * np.sqrt(2 * np.pi))


def peak_mb(function: partial[np.ndarray]) -> float:
    """The most memory that Python and NumPy held during a call, the result included."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def rows() -> list[Row]:
    inputs = arrays()
    ours = partial(batch_spectra, *inputs, fwhm_mev=FWHM_MEV)
    obvious = partial(one_gaussian_a_crystal, *inputs)
    timings: dict[str, Timing] = interleaved({"ours": ours, "obvious": obvious}, repeats=3)
    exact = obvious()
    error = float(np.abs(ours() - exact).max() / exact.max())
    memory = peak_mb(ours)
    size = f"{N_CRYSTALS} crystals x {N_WAVELENGTHS} wavelengths x {N_TIMES} times"
    return [
        Row(f"spectra, {size}", timings["ours"], timings["obvious"], limit="one Gaussian each"),
        Row(
            "spectra, seconds",
            timings["ours"],
            ratio=timings["ours"].wall_s,
            goal=GOAL_S,
            at_most=True,
        ),
        Row("spectra, peak memory", f"{memory:.0f} MB", ratio=memory, goal=GOAL_MB, at_most=True),
        Row(
            "spectra, error over maximum",
            f"{error:.1e}",
            ratio=error,
            goal=GOAL_ERROR,
            at_most=True,
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    show(rows(), as_json=parser.parse_args().json)


if __name__ == "__main__":
    main()
