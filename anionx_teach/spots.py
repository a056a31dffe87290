"""Finding nanocrystals in a movie: each is a spot as wide as the microscope's point-spread function.

A spot stands out when it is brighter than the local noise lets a point of the background be. It may
shine for a part of the movie only, so it is looked for in means over the whole movie, over halves,
quarters and shorter stretches of it, and is measured where it stands out most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from anionx_teach._movie import Movie
from anionx_teach._spot_finding import Found, estimated_sigma_px, find, usual_threshold
from anionx_teach._spot_match import SpotMatch, match_spots
from anionx_teach._spot_significance import flattened, significance
from anionx_teach._spot_windows import block_sums
from anionx_teach._validation import between, non_negative, positive, read_only, scalar

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SpotMatch", "detect_spots", "match_spots", "signal_to_noise_image"]

_SIGMAS_PX = (0.2, 10.0)


def detect_spots(
    movie: Movie | npt.NDArray[Any],
    *,
    threshold: float | None = None,
    expected_false_spots: float = 0.05,
    psf_sigma_px: float | None = None,
    min_distance_px: float = 2.0,
    border_px: float = 2.0,
) -> pd.DataFrame:
    r"""Find the spots of a movie, whenever they shine, and where they are to a fraction of a pixel.

    Parameters
    ----------
    movie : Movie, (F, Y, X) or (Y, X) array
        A movie of at least 5 frames, read once and never held; or frames or a single picture.
    threshold : float, optional
        Least signal-to-noise ratio of a spot. When not given, it is the one that lets
        `expected_false_spots` through.
    expected_false_spots : float
        How many spots noise alone may make in the whole movie, on average. With the default one
        movie of nothing in twenty shows a spot. Fewer false spots cost faint true ones.
    psf_sigma_px : float, optional
        Standard deviation of the point-spread function (the picture of a point), in pixels. It is
        estimated from the clearest spots when not given.
    min_distance_px : float
        Of two spots closer than this, the clearer one is kept.
    border_px : float
        Spots closer than this to the edge of the field are left out: a part of their light is not
        on it.

    Returns
    -------
    pandas.DataFrame
        One row a spot, the clearest first:

        * x_px, y_px, x_se_px, y_se_px: centre and its standard errors. Pixel (0, 0) has its centre
          at 0.0;
        * signal, signal_se: all light of the spot above the background, counts a frame, and its
          standard error;
        * signal_to_noise: how far it stands out, in units of the local noise;
        * background: counts under it, a pixel and frame;
        * first_frame, last_frame: the stretch first_frame <= i < last_frame in which it stands out
          most, and in which the other columns were measured.

        ``.attrs`` holds threshold, psf_sigma_px and n_hot_pixels. No spots: an empty table.

    Raises
    ------
    TypeError
        If the movie is not a Movie or an array of numbers, or an option is not a number.
    ValueError
        If the frames are not (F, Y, X) or (Y, X), are fewer than 5 or hold NaN, or an option is out
        of range.

    Notes
    -----
    1. Mean pictures of up to 16 blocks of frames, at least 50 frames each where there are several.
    2. The background is the mean of tiles of 16 x 16 pixels without their bright pixels, and a
       smooth surface through them.
    3. The amplitude of a spot centred on a pixel is the matched filter of the residual :math:`r`,

       .. math:: a = \sum_i p_i r_i / \sqrt{\sum_i p_i^2},

       with :math:`p_i` the share of a spot on pixel i: a Gaussian integrated over the pixel. Of all
       linear filters it has the best signal-to-noise ratio. The filtered blocks are added up to the
       windows: the whole movie, its halves, quarters, ..., each block.
    4. The noise is the standard deviation of the filtered picture in tiles of 32 x 32 pixels,
       without their bright pixels, for each window by itself.
    5. A maximum of signal-to-noise over pixels and windows above the threshold is a candidate, when
       it is not the shoulder or the diffraction ring of a brighter one.
    6. Centre, signal and background are fitted by least squares, with the neighbours in the model.
       A candidate that one bright pixel explains better than a spot is a hot pixel, and no spot.

    The number of false spots counts every pixel of every window as if it were independent. The noise
    of multiplied electrons is skewed: large values are more frequent than in normal noise. Its
    skewness is estimated from the darker half of the pixels, and the signal-to-noise ratio is
    divided by how much farther out such noise reaches. The standard errors hold the noise of the
    background and that of the light of the spot, estimated from what the fits leave.

    Two spots closer than about three and a half standard deviations of the point-spread function
    are often seen as one, at a place between them.

    References
    ----------
    D. O. North, Proc. IEEE 51, 1016 (1963), on the matched filter (literature, to be verified).

    Examples
    --------
    >>> from anionx_teach.spots import detect_spots, match_spots
    >>> y, x = np.mgrid[:64, :64]
    >>> true = np.array([[20.3, 30.1], [45.0, 12.6]])
    >>> picture = np.random.default_rng(1).normal(100 + 0.2 * x, 1, (64, 64))
    >>> for x_px, y_px in true:
    ...     picture += 40 * np.exp(-((x - x_px) ** 2 + (y - y_px) ** 2) / 2)
    >>> spots = detect_spots(picture)
    >>> match = match_spots(spots, true, 0.1)
    >>> len(spots), match.recall, match.precision
    (2, 1.0, 1.0)
    >>> print(f"{spots.attrs['psf_sigma_px']:.1f} px, 40 x 2 pi = {spots['signal'].mean():.0f}")
    0.9 px, 40 x 2 pi = 246
    """
    if threshold is not None:
        threshold = float(positive("threshold", scalar("threshold", threshold)))
    allowed = scalar("expected_false_spots", expected_false_spots)
    allowed = float(positive("expected_false_spots", allowed))
    distance = scalar("min_distance_px", min_distance_px)
    distance = float(positive("min_distance_px", distance, "px"))
    border = float(non_negative("border_px", scalar("border_px", border_px), "px"))
    given_sigma = _given_sigma(psf_sigma_px)
    blocks = block_sums(movie)
    residual = flattened(blocks)
    sigma_px = estimated_sigma_px(blocks, residual) if given_sigma is None else given_sigma
    if threshold is None:
        threshold = usual_threshold(blocks, allowed, sigma_px)
    found = find(blocks, residual, sigma_px, threshold, distance, border)
    table = _table(found)
    table.attrs["threshold"] = threshold
    table.attrs["psf_sigma_px"] = sigma_px
    table.attrs["n_hot_pixels"] = found.n_hot_pixels
    return table


def signal_to_noise_image(
    movie: Movie | npt.NDArray[Any], *, psf_sigma_px: float | None = None
) -> npt.NDArray[np.float32]:
    """Return the picture in which `detect_spots` looks for spots.

    Parameters
    ----------
    movie : Movie, (F, Y, X) or (Y, X) array
        As for `detect_spots`.
    psf_sigma_px : float, optional
        As for `detect_spots`.

    Returns
    -------
    (Y, X) float32
        How far a spot centred on each pixel stands out of the local noise, at most, over the whole
        movie, its halves, its quarters and so on.

    Raises
    ------
    TypeError, ValueError
        As `detect_spots`.

    Examples
    --------
    >>> picture = np.random.default_rng(1).normal(100, 1, (64, 64))
    >>> picture[20, 30] += 50
    >>> image = signal_to_noise_image(picture, psf_sigma_px=0.6)
    >>> [int(place) for place in np.unravel_index(image.argmax(), image.shape)]
    [20, 30]
    """
    given_sigma = _given_sigma(psf_sigma_px)
    blocks = block_sums(movie)
    residual = flattened(blocks)
    sigma_px = estimated_sigma_px(blocks, residual) if given_sigma is None else given_sigma
    return read_only(significance(blocks, residual, sigma_px).signal_to_noise)


def _given_sigma(psf_sigma_px: float | None) -> float | None:
    """Return the standard deviation of the point-spread function, checked; None when not given."""
    if psf_sigma_px is None:
        return None
    sigma_px = scalar("psf_sigma_px", psf_sigma_px)
    return float(between("psf_sigma_px", sigma_px, *_SIGMAS_PX, "px"))


def _table(found: Found) -> pd.DataFrame:
    """Return the spots as a table."""
    import pandas as pd

    fits = found.fits
    return pd.DataFrame(
        {
            "x_px": fits.x_px,
            "y_px": fits.y_px,
            "signal": fits.signal,
            "signal_to_noise": found.spots.signal_to_noise,
            "background": found.background,
            "x_se_px": fits.x_se_px,
            "y_se_px": fits.y_se_px,
            "signal_se": fits.signal_se,
            "first_frame": found.frames[:, 0],
            "last_frame": found.frames[:, 1],
        }
    )
