"""Frames simulated when they are wanted: a frame depends on the key and on its number alone."""

from __future__ import annotations

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _camera_optics as optics
from anionx_teach._camera_kernels import add_emitters, draw_background, draw_spots
from anionx_teach._camera_tables import Chain, camera_tables, part_tables
from anionx_teach._counter_draws import stream_starts

if TYPE_CHECKING:
    from anionx_teach._movie import Counts
    from anionx_teach._validation import Numbers
    from anionx_teach.camera import Camera

_STREAM = int.from_bytes(b"camera", "big")
"""Its own condition of the counter: the same seed elsewhere gives other draws."""

_PIXELS_AT_ONCE = 2**21  # of a chunk of frames: soon done, and small in memory
_MOST_THREADS = 4


class Exposures:
    """All that decides the frames of one movie.

    `photon_rate_per_s` (N, F) and `positions_px` (N, 2) are checked; `key` is that of all draws.
    """

    def __init__(
        self,
        photon_rate_per_s: Numbers,
        positions_px: Numbers,
        camera: Camera,
        shape: tuple[int, int],
        key: int,
    ) -> None:
        self.shape = shape
        self.warned = False
        self._rate = photon_rate_per_s
        self._start = stream_starts(key, _STREAM, photon_rate_per_s.shape[1])
        per_photon = camera.quantum_efficiency * camera.exposure_s
        self._per_rate = per_photon * optics.illumination(
            positions_px[:, 0], positions_px[:, 1], shape, camera.illumination_falloff
        )
        light = optics.background(
            shape, camera.background_photons_per_s, camera.background_unevenness
        )
        background = (per_photon * light + camera.spurious_electrons).ravel()
        self._prepare_tables(_chain(camera), background)
        self._prepare_spots(positions_px, camera, background)

    def read(self, first: int, last: int) -> Counts:
        """Return the frames first <= i < last, and warn once when a pixel is saturated."""
        frames, n_saturated = self.simulate(first, last)
        self.warn_of(n_saturated, frames.size)
        return frames

    def warn_of(self, n_saturated: int, n_pixels: int) -> None:
        """Say once a movie which share of the pixels is saturated."""
        if n_saturated and not self.warned:
            self.warned = True
            msg = (
                f"{100 * n_saturated / n_pixels:.2g} % of the pixels are saturated "
                f"({n_saturated} of {n_pixels}): their counts do not follow the light any more"
            )
            warnings.warn(msg, UserWarning, stacklevel=3)

    def simulate(self, first: int, last: int) -> tuple[Counts, int]:
        """Return frames and the number of saturated pixels in them."""
        n_pixels = self.shape[0] * self.shape[1]
        frames = np.empty((last - first, n_pixels), np.uint16)
        at_once = max(1, _PIXELS_AT_ONCE // n_pixels)
        parts = range(0, last - first, at_once)
        saturated = np.zeros(last - first, np.int64)

        def expose(part: int) -> None:
            chunk = slice(part, min(part + at_once, last - first))
            self._expose(frames[chunk], saturated[chunk], first + part)

        threads = min(len(parts), os.cpu_count() or 1, _MOST_THREADS)
        if threads > 1 and draw_background.is_compiled and draw_spots.is_compiled:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(expose, parts))
        else:
            for part in parts:
                expose(part)
        return frames.reshape(-1, *self.shape), int(saturated.sum())

    def _prepare_tables(self, chain: Chain, background: Numbers) -> None:
        """Build the tables that the counts are drawn from."""
        self._limits = np.array([chain.brightest, chain.full, chain.offset])
        self._parts = part_tables(chain)
        self._tables = camera_tables(chain, float(background.min()), float(background.max()))
        self._code = self._tables.code(background) if self._tables.rate.size else None

    def _prepare_spots(self, positions_px: Numbers, camera: Camera, background: Numbers) -> None:
        """Find the pixels whose mean changes from frame to frame."""
        sigma_px = camera.psf_sigma_nm / camera.pixel_size_nm
        emitter, pixel, share = optics.spread_over_pixels(positions_px, sigma_px, self.shape)
        self._emitter, self._share = emitter, share
        self._pixel, lit = np.unique(pixel, return_inverse=True)
        self._lit = lit.astype(np.int64)
        if self._code is None:  # no table: each pixel is drawn in parts
            self._lit, self._pixel = pixel, np.arange(background.size)
        self._background = background[self._pixel]

    def _expose(self, frames: Counts, saturated: np.ndarray, first: int) -> None:
        """Fill `frames` (B, P), and count saturated pixels in `saturated` (B,)."""
        last = first + len(frames)
        start = self._start[first:last]
        tables, parts = self._tables, self._parts
        if self._code is not None:
            draw_background(
                frames,
                start,
                self._code,
                tables.entry,
                tables.draw.cumulative,
                tables.draw.shift,
            )
        emitted = np.ascontiguousarray(self._rate[:, first:last].T) * self._per_rate
        electrons = np.empty((len(frames), self._pixel.size))
        add_emitters(electrons, self._background, self._lit, self._emitter, self._share, emitted)
        draw_spots(
            frames, saturated, start, self._pixel, electrons,
            tables.draw.cumulative, tables.draw.guide, tables.draw.shift, tables.rate, tables.scale,
            parts.draw.cumulative, parts.draw.guide, parts.draw.shift, parts.step, parts.spread,
            self._limits,
        )  # fmt: skip


def _chain(camera: Camera) -> Chain:
    """Return the camera in counts."""
    return Chain(
        electron=camera.em_gain / camera.electrons_per_count,
        multiplied=camera.em_gain > 1.0,
        read_noise=camera.read_noise_electrons / camera.electrons_per_count,
        offset=camera.offset_counts,
        full=camera.full_charge_electrons / camera.electrons_per_count,
    )
