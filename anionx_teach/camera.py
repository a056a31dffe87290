"""The camera: from photons to the counts of a movie, by way of microscope, pixels and noise.

An emitter of five nanometres makes a spot of a quarter of a micrometre, and what the camera reads
is a number of electrons that chance has changed three times: when photons arrive, when electrons
are multiplied, and when they are read out.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._arrays import plain
from anionx_teach._camera_engine import Exposures
from anionx_teach._counter_draws import draw_key
from anionx_teach._emitter_positions import checked_shape, place_emitters, truth_table
from anionx_teach._movie import FramesOnDemand, Movie, require_exposure_within
from anionx_teach._validation import between, finite, non_negative, positive, scalar
from anionx_teach.materials import Parameter, parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

__all__ = [
    "MOST_BYTES_IN_MEMORY",
    "Camera",
    "Movie",
    "camera_parameters",
    "place_emitters",
    "record_movie",
]

MOST_BYTES_IN_MEMORY = 256 * 2**20
"""A movie of more bytes is simulated frame by frame when it is looked at, unless asked otherwise."""

_DEFAULTS: dict[str, Parameter] = {
    name: parameter(f"camera-{row:03d}")
    for row, name in enumerate(
        (
            "pixel_size_nm",
            "psf_sigma_nm",
            "exposure_s",
            "quantum_efficiency",
            "em_gain",
            "read_noise_electrons",
            "electrons_per_count",
            "offset_counts",
            "clock_induced_charge_electrons",
            "dark_current_electrons_per_s",
            "full_well_electrons",
            "register_well_electrons",
            "background_photons_per_s",
            "background_unevenness",
            "illumination_falloff",
        ),
        start=1,
    )
}
_HIGHEST_OFFSET = 60_000
_WIDEST_SPOT_PX = 50.0
_LOW_GAIN = 10.0
_MOST_PHOTONS_PER_S = 1e15  # of an emitter: beyond any light, and far from where numbers overflow


def _default(name: str) -> float:
    """Return the carried default of a setting."""
    return float(_DEFAULTS[name])


@dataclass(frozen=True)
class Camera:
    """A microscope's camera with electron multiplication; each setting has a default.

    What the paper states or implies is the default; what it does not state is typical of such a
    camera or assumed for teaching: `camera_parameters` tells which.

    Parameters
    ----------
    pixel_size_nm : float
        Side of a pixel in the plane of the sample, nm.
    psf_sigma_nm : float
        Width (standard deviation) of the spot that a point makes, the point-spread function, nm;
        0 puts all light of an emitter into one pixel. At most 50 pixels.
    exposure_s : float
        How long a frame collects light, s.
    quantum_efficiency : float
        Share of the photons that set an electron free, above 0 and up to 1.
    em_gain : float
        Mean number of electrons that multiplication makes of one; 1 turns multiplication off.
    read_noise_electrons : float
        Standard deviation that reading adds, in electrons after multiplication; 0 turns it off.
    electrons_per_count : float
        Electrons after multiplication that make one count.
    offset_counts : float
        Counts of a pixel without any charge, 0 to 60,000.
    clock_induced_charge_electrons : float
        Mean number of electrons that the read-out itself sets free in a pixel, before
        multiplication; 0 turns it off.
    dark_current_electrons_per_s : float
        Electrons that warmth sets free in a pixel, per s; 0 turns it off.
    full_well_electrons, register_well_electrons : float
        Most electrons that a pixel holds, and most that the multiplication register holds; inf
        turns a limit off. The 16 bits of the converter remain.
    background_photons_per_s : float
        Photons of the background that reach a pixel, per s, mean over the field; 0 turns it off.
    background_unevenness : float
        0 is an even background; 0.3 is 30 % less in one corner and 30 % more in the opposite one.
    illumination_falloff : float
        0 is even illumination; 0.3 is 30 % less in the corners of the field than in the middle.

    Raises
    ------
    TypeError, ValueError
        If a setting is not a number of its range.

    Warns
    -----
    UserWarning
        If the gain is between 1 and 10, where the exponential law of multiplication is rough.

    Examples
    --------
    >>> camera = Camera()
    >>> round(camera.psf_sigma_px, 2), camera.excess_noise_factor_squared
    (0.54, 2.0)
    >>> round(camera.counts_per_electron, 2)
    24.04
    >>> plain_camera = Camera(em_gain=1, read_noise_electrons=0, electrons_per_count=1)
    >>> plain_camera.excess_noise_factor_squared
    1.0
    """

    pixel_size_nm: float = _default("pixel_size_nm")
    psf_sigma_nm: float = _default("psf_sigma_nm")
    exposure_s: float = _default("exposure_s")
    quantum_efficiency: float = _default("quantum_efficiency")
    em_gain: float = _default("em_gain")
    read_noise_electrons: float = _default("read_noise_electrons")
    electrons_per_count: float = _default("electrons_per_count")
    offset_counts: float = _default("offset_counts")
    clock_induced_charge_electrons: float = _default("clock_induced_charge_electrons")
    dark_current_electrons_per_s: float = _default("dark_current_electrons_per_s")
    full_well_electrons: float = _default("full_well_electrons")
    register_well_electrons: float = _default("register_well_electrons")
    background_photons_per_s: float = _default("background_photons_per_s")
    background_unevenness: float = _default("background_unevenness")
    illumination_falloff: float = _default("illumination_falloff")

    def __post_init__(self) -> None:
        for name in _DEFAULTS:
            object.__setattr__(self, name, _checked_setting(name, getattr(self, name)))
        if self.psf_sigma_px > _WIDEST_SPOT_PX:
            msg = (
                f"psf_sigma_nm must be at most {_WIDEST_SPOT_PX:g} pixels of "
                f"{self.pixel_size_nm:g} nm, got {self.psf_sigma_nm:g} nm"
            )
            raise ValueError(msg)
        if 1.0 < self.em_gain < _LOW_GAIN:
            msg = (
                f"em_gain = {self.em_gain:g} is low: that each electron is multiplied to an "
                "exponential number of electrons holds for gains well above 10"
            )
            warnings.warn(msg, UserWarning, stacklevel=3)

    @property
    def psf_sigma_px(self) -> float:
        """Width (standard deviation) of the spot of a point, in pixels."""
        return self.psf_sigma_nm / self.pixel_size_nm

    @property
    def counts_per_electron(self) -> float:
        """Mean counts of one electron before multiplication: a detected photon."""
        return self.em_gain / self.electrons_per_count

    @property
    def excess_noise_factor_squared(self) -> float:
        """By how much multiplication raises the variance of photon noise: 2, or 1 without it."""
        return 2.0 if self.em_gain > 1.0 else 1.0

    @property
    def spurious_electrons(self) -> float:
        """Mean number of electrons of a pixel and frame that no photon has set free."""
        dark = self.dark_current_electrons_per_s * self.exposure_s
        return self.clock_induced_charge_electrons + dark

    @property
    def full_charge_electrons(self) -> float:
        """Charge after multiplication that neither pixel nor register can exceed."""
        if self.em_gain > 1.0:
            return min(self.full_well_electrons * self.em_gain, self.register_well_electrons)
        return self.full_well_electrons

    def mean_counts(self, photons: npt.ArrayLike) -> Numbers | float:
        """Return the mean counts of a pixel that receives a mean number of photons in a frame.

        Parameters
        ----------
        photons : float or array_like
            Mean number of photons in the pixel and exposure, background included, >= 0.

        Returns
        -------
        float or numpy.ndarray
            Counts, offset included, of a pixel that is far from full.

        Raises
        ------
        TypeError, ValueError
            If a number of photons is not a finite number >= 0.

        Examples
        --------
        >>> Camera().mean_counts([0.0, 10.0])
        array([100.12, 321.28])
        """
        return plain(self.offset_counts + self._electrons(photons) * self.counts_per_electron)

    def variance_counts(self, photons: npt.ArrayLike) -> Numbers | float:
        """Return the variance of the counts of a pixel, see `mean_counts`; rounding adds 1/12.

        Parameters
        ----------
        photons : float or array_like
            Mean number of photons in the pixel and exposure, background included, >= 0.

        Returns
        -------
        float or numpy.ndarray
            Counts squared.

        Raises
        ------
        TypeError, ValueError
            If a number of photons is not a finite number >= 0.

        Examples
        --------
        >>> without_gain = Camera(em_gain=1, read_noise_electrons=10)
        >>> photons = 100.0
        >>> for camera in (Camera(), without_gain):
        ...     signal = camera.mean_counts(photons) - camera.offset_counts
        ...     print(f"signal over noise {signal / camera.variance_counts(photons) ** 0.5:.2f}")
        signal over noise 6.78
        signal over noise 6.64
        """
        electrons = self._electrons(photons)
        of_light = self.excess_noise_factor_squared * electrons * self.counts_per_electron**2
        return plain(of_light + (self.read_noise_electrons / self.electrons_per_count) ** 2)

    def _electrons(self, photons: npt.ArrayLike) -> Numbers:
        """Return the mean number of electrons before multiplication."""
        return self.quantum_efficiency * non_negative("photons", photons) + self.spurious_electrons


def record_movie(
    photon_rate_per_s: npt.ArrayLike,
    positions_px: npt.ArrayLike,
    camera: Camera,
    *,
    shape: tuple[int, int] = (512, 512),
    frame_interval_s: float,
    truth: pd.DataFrame | None = None,
    lazy: bool | None = None,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
) -> Movie:
    r"""Record a movie of emitters.

    Parameters
    ----------
    photon_rate_per_s : (N, F) array_like
        Photons of each emitter that reach the camera in each frame, per s, all pixels of its spot
        together, in the middle of the field; N may be 0.
    positions_px : (N, 2) array_like
        x and y of each emitter in pixels; pixel (0, 0) has its centre at 0.0.
    camera : Camera
        Its settings, see there.
    shape : (int, int)
        Rows and columns of a frame.
    frame_interval_s : float
        From the start of one frame to the start of the next, s, at least the exposure.
    truth : pandas.DataFrame, optional
        One row per emitter, for `Movie.truth`, for example from `place_emitters`; when it is not
        given, a table of the positions.
    lazy : bool, optional
        Whether frames are simulated each time they are looked at, and none is kept. When not given,
        so is a movie of more than `MOST_BYTES_IN_MEMORY`. The frames are the same in both cases.
    rng : int, SeedSequence, Generator or None
        Where chance comes from; None takes fresh chance.

    Returns
    -------
    Movie
        Of unsigned 16-bit counts.

    Raises
    ------
    TypeError, ValueError
        If a rate is negative, not finite or above 1e15 photons per s, an array has not its shape,
        an emitter lies outside the frame, or the exposure is longer than the interval.

    Warns
    -----
    UserWarning
        If pixels are saturated, with their share, once a movie; for a lazy movie when the first
        such frames are looked at.

    Notes
    -----
    An emitter of rate r at (x, y) brings to the pixel around (i, j) in a frame

    .. math:: \mu = r\, t\, I(x, y)
        \int_{i - 1/2}^{i + 1/2} \int_{j - 1/2}^{j + 1/2} G_\sigma(u - x, v - y)\, \mathrm dv\,
        \mathrm du

    photons: exposure t, relative illumination I, Gaussian G of the width of the point-spread
    function. It is integrated over the pixel because the spot is hardly wider than that. With the
    background b the pixel then holds n electrons, and gives c counts:

    .. math:: n &\sim \mathrm{Poisson}(\mathrm{QE}\,(\mu + b) + \mathrm{CIC} + \mathrm{dark}) \\
        q &\sim \mathrm{Gamma}(n, g), \quad q \le q_\mathrm{full} \\
        c &= \mathrm{round}\left(\mathrm{offset} + (q + \sigma_\mathrm{read} z) / e\right)

    with the gain g, electrons per count e, and a normal z; c is cut at 0 and 65,535. Read noise is
    that of the amplifier, in electrons after multiplication: divided by the gain it is small, which
    is what multiplication is for. Without multiplication q = n.

    Counts are drawn by inverting tabulated distributions, whose mean and variance are exact on the
    scale of 1e-4 (see `anionx_teach/_camera_tables.py`). Each draw belongs to seed, frame and pixel,
    so a movie does not depend on the order in which it is looked at.

    References
    ----------
    A. G. Basden, C. A. Haniff, C. D. Mackay, Monthly Notices of the Royal Astronomical Society 345,
    985 (2003), on the gamma law of multiplied electrons (literature, to be verified).
    O. Daigle et al., arXiv:astro-ph/0606203 (2006), on the excess noise factor.

    Examples
    --------
    >>> truth = place_emitters(4, shape=(64, 64), rng=1)
    >>> photon_rate_per_s = np.full((4, 100), 4000.0)  # 200 photons a frame
    >>> movie = record_movie(
    ...     photon_rate_per_s, truth[["x_px", "y_px"]], Camera(), shape=(64, 64),
    ...     frame_interval_s=0.05, truth=truth, rng=1,
    ... )
    >>> movie
    Movie of 100 frames of 64 x 64 px (rows x columns), one every 0.05 s, exposed for 0.05 s, 160 nm a pixel
    >>> y, x = truth.loc[0, ["y_px", "x_px"]].round().astype(int)
    >>> mean = movie.mean_image()
    >>> bool(mean[y, x] > 5 * np.median(mean))
    True
    """
    if not isinstance(camera, Camera):
        msg = f"camera must be a Camera, got {type(camera).__name__}"
        raise TypeError(msg)
    if lazy is not None and not isinstance(lazy, bool):
        msg = f"lazy must be True, False or None, got {lazy!r}"
        raise TypeError(msg)
    rows, columns = checked_shape(shape)
    positions = _checked_positions(positions_px, (rows, columns))
    rates = _checked_rates(photon_rate_per_s, len(positions))
    interval_s = scalar("frame_interval_s", frame_interval_s)
    positive("frame_interval_s", interval_s, "s")
    require_exposure_within(camera.exposure_s, interval_s)
    truth = _checked_truth(truth, positions)
    exposures = Exposures(rates, positions, camera, (rows, columns), draw_key(rng))
    n_frames = rates.shape[1]
    if lazy is None:
        lazy = 2 * n_frames * rows * columns > MOST_BYTES_IN_MEMORY
    frames = (
        FramesOnDemand((n_frames, rows, columns), exposures.read)
        if lazy
        else exposures.read(0, n_frames)
    )
    return Movie(frames, camera.exposure_s, interval_s, camera.pixel_size_nm, truth, camera)


def camera_parameters() -> pd.DataFrame:
    """Return the defaults of `Camera` with their sources.

    Returns
    -------
    pandas.DataFrame
        name, value, unit, evidence, source, note.

    Examples
    --------
    >>> table = camera_parameters().set_index("name")
    >>> print(*table.loc["exposure_s", ["value", "unit", "evidence"]])
    0.05 s paper text
    >>> table.loc["background_photons_per_s", "evidence"]
    'assumed for teaching'
    """
    import pandas as pd

    rows = [{"name": name, **vars(value)} for name, value in _DEFAULTS.items()]
    return pd.DataFrame(rows)[["name", "value", "unit", "evidence", "source", "note"]]


def _checked_setting(name: str, value: float) -> float:
    """Return a setting of `Camera` when it is in its range."""
    number = scalar(name, value)
    unit = _DEFAULTS[name].unit if _DEFAULTS[name].unit in {"nm", "s"} else ""
    if name == "quantum_efficiency":
        positive(name, number)
        return float(between(name, number, 0, 1))
    if name in {"background_unevenness", "illumination_falloff"}:
        return float(between(name, number, 0, 1 if name.startswith("back") else 0.99))
    if name == "offset_counts":
        return float(between(name, number, 0, _HIGHEST_OFFSET))
    if name == "em_gain":
        positive(name, number)
        return float(between(name, number, 1, 1e5))
    if name.endswith("_well_electrons") and number == math.inf:
        return number
    if name in {"pixel_size_nm", "exposure_s", "electrons_per_count"} or "_well_" in name:
        return float(positive(name, number, unit))
    return float(non_negative(name, number, unit))


def _checked_rates(photon_rate_per_s: npt.ArrayLike, n_emitters: int) -> Numbers:
    """Return rates (N, F) in an array of their own, checked."""
    rates = non_negative("photon_rate_per_s", photon_rate_per_s)
    if rates.ndim != 2 or rates.shape[0] != n_emitters or rates.shape[1] < 1:
        msg = (
            f"photon_rate_per_s must have the shape (N, F) with N = {n_emitters} emitters and "
            f"at least one frame, got {rates.shape}"
        )
        raise ValueError(msg)
    return between("photon_rate_per_s", rates, 0, _MOST_PHOTONS_PER_S)


def _checked_truth(truth: pd.DataFrame | None, positions: Numbers) -> pd.DataFrame:
    """Return the table of emitters: the one that was given, or one of the positions."""
    import pandas as pd

    if truth is None:
        return truth_table(positions, np.arange(len(positions)))
    if not isinstance(truth, pd.DataFrame):
        msg = f"truth must be a pandas.DataFrame, got {type(truth).__name__}"
        raise TypeError(msg)
    if len(truth) != len(positions):
        msg = f"truth must have one row for each of {len(positions)} emitters, got {len(truth)}"
        raise ValueError(msg)
    return truth


def _checked_positions(positions_px: npt.ArrayLike, shape: tuple[int, int]) -> Numbers:
    """Return positions (N, 2) as x, y when all are in the frame."""
    positions = finite("positions_px", positions_px, "px")
    if positions.size == 0:
        return np.empty((0, 2))
    if positions.ndim != 2 or positions.shape[1] != 2:
        msg = f"positions_px must have the shape (N, 2), x and y, got {positions.shape}"
        raise ValueError(msg)
    size = np.array(shape[::-1])
    outside = np.any((positions < -0.5) | (positions > size - 0.5), axis=1)
    if outside.any():
        x, y = positions[outside][0]
        msg = (
            f"positions_px must lie in the frame, -0.5 <= x <= {size[0] - 0.5} and "
            f"-0.5 <= y <= {size[1] - 0.5} px, got x = {x:g}, y = {y:g}"
        )
        raise ValueError(msg)
    return positions
