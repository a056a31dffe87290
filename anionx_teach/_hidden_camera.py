"""The hidden experiment of the microscope: an unknown camera films nothing but uneven light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._validation import Numbers, count, generator, read_only
from anionx_teach.camera import Camera, Movie, record_movie

if TYPE_CHECKING:
    import numpy.typing as npt

_PARAMETERS = (
    HiddenParameter(
        "counts_per_electron", "One photo-electron", "counts", 2.0, 20.0, 0.05, 18.0, 2
    ),
    HiddenParameter("offset_counts", "Offset", "counts", 50.0, 250.0, 0.2, 80.0, 1),
)
_TRUE_COUNTS_PER_ELECTRON = (5.0, 14.0)
_TRUE_OFFSET_COUNTS = (100.0, 220.0)
_SHAPE_PX = (64, 64)
_FRAMES = 80
_STRIPES = 12
_MEAN_PHOTONS_PER_S = 200.0  # ten in an exposure: nothing in one corner, twenty in the opposite one
_ROUNDING = 1 / 12  # variance of rounding to whole counts


def hidden_camera(seed: int) -> HiddenExperiment:
    r"""Return how the counts of an unknown camera scatter, against their mean.

    Parameters
    ----------
    seed : int
        Which camera, >= 0. The same seed gives the same one.

    Returns
    -------
    HiddenExperiment
        Variance against mean of the counts of a pixel, in 12 stripes of `hidden_camera_movie`, with
        its standard error. To be found: counts_per_electron (of one photo-electron) and
        offset_counts (without any light).

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    The photon transfer curve of a camera whose electron multiplication is on. With g counts for a
    photo-electron and n photo-electrons on average, the mean is m = offset + g n, and the variance

    .. math:: v = 2 g^2 n + r^2 + 1/12 = 2 g (m - \mathrm{offset}) + r^2 + 1/12,

    r the read noise in counts, which is that of `Camera`: it is taken to be known. The factor 2 is
    the excess noise of multiplication; without it the same line belongs to twice the g. The curve
    alone does not tell the two apart: one has to know that the multiplication is on.

    The pixels of a stripe do not have the same light, and need not: on a straight line the mean of
    the variances belongs to the mean of the means. Mean and variance of the same frames err
    together; the standard error is that of the variance at the measured mean, from the scatter of
    the pixels around the line through the stripes.

    References
    ----------
    J. R. Janesick, Photon Transfer, SPIE Press (2007) (literature, to be verified).
    O. Daigle et al., arXiv:astro-ph/0606203 (2006), on the excess noise factor.

    Examples
    --------
    >>> experiment = hidden_camera(1)
    >>> [parameter.name for parameter in experiment.parameters], len(experiment.x)
    (['counts_per_electron', 'offset_counts'], 12)
    """
    truth, movie = _drawn(seed)
    mean, variance, error = _stripes(np.asarray(movie.frames))

    def model(counts_per_electron: float, offset_counts: float) -> Numbers:
        signal = np.maximum(mean - offset_counts, 0.0)
        return np.asarray(2.0 * counts_per_electron * signal + _dark_variance())

    return HiddenExperiment(
        key=f"hidden_camera/{seed}",
        title="Noise of an unknown camera, in twelve stripes of uneven light",
        x=read_only(mean),
        x_label="Mean (counts)",
        measured=read_only(variance),
        standard_error=read_only(error),
        y_label="Variance (counts\N{SUPERSCRIPT TWO})",
        parameters=_PARAMETERS,
        _model=model,
        _truth=truth,
    )


def hidden_camera_movie(seed: int) -> Movie:
    """Return the movie behind `hidden_camera`: uneven light, and no crystals.

    Parameters
    ----------
    seed : int
        As for `hidden_camera`, whose points are made from this movie.

    Returns
    -------
    Movie
        80 frames of 64 x 64 px. The light grows in proportion to the row plus the column. The
        movie does not tell its camera.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Examples
    --------
    The points are means over twelve stripes of equally many pixels, from the dark corner on:

    >>> frames = np.asarray(hidden_camera_movie(1).frames)
    >>> row, column = np.indices((64, 64))
    >>> order = np.argsort((row + column).ravel(), kind="stable")
    >>> variance = frames.var(axis=0, ddof=1).ravel()[order]
    >>> points = [part.mean() for part in np.array_split(variance, 12)]
    >>> bool(np.allclose(points, hidden_camera(1).measured))
    True
    """
    movie = _drawn(seed)[1]
    return Movie(movie.frames, movie.exposure_s, movie.frame_interval_s, movie.pixel_size_nm)


def _drawn(seed: int) -> tuple[dict[str, float], Movie]:
    """Return the hidden numbers of a seed, and what that camera films."""
    rng = generator(count("seed", seed, minimum=0))
    truth = {
        item.name: slider_step(rng, item, low, high)
        for item, (low, high) in zip(
            _PARAMETERS, (_TRUE_COUNTS_PER_ELECTRON, _TRUE_OFFSET_COUNTS), strict=True
        )
    }
    camera = Camera(
        em_gain=truth["counts_per_electron"] * Camera().electrons_per_count,
        offset_counts=truth["offset_counts"],
        background_photons_per_s=_MEAN_PHOTONS_PER_S,
        background_unevenness=1.0,
    )
    nothing = np.empty((0, _FRAMES)), np.empty((0, 2))
    movie = record_movie(
        *nothing, camera, shape=_SHAPE_PX, frame_interval_s=camera.exposure_s, rng=rng
    )
    return truth, movie


def _stripes(frames: npt.NDArray[np.uint16]) -> tuple[Numbers, Numbers, Numbers]:
    """Return mean, variance and its standard error at that mean, of each stripe of the field."""
    row, column = np.indices(frames.shape[1:])
    order = np.argsort((row + column).ravel(), kind="stable")
    means = np.array_split(frames.mean(axis=0).ravel()[order], _STRIPES)
    variances = np.array_split(frames.var(axis=0, ddof=1).ravel()[order], _STRIPES)
    mean = np.array([part.mean() for part in means])
    variance = np.array([part.mean() for part in variances])
    slope = float(np.polyfit(mean, variance, 1)[0])
    beside = [v - slope * m for m, v in zip(means, variances, strict=True)]
    error = np.array([part.std(ddof=1) / np.sqrt(part.size) for part in beside])
    return mean, variance, error


def _dark_variance() -> float:
    """Return the variance of counts without light: reading and rounding."""
    camera = Camera()
    return (camera.read_noise_electrons / camera.electrons_per_count) ** 2 + _ROUNDING
