"""Find the crystals of a micrograph with scikit-image: level the film, threshold, separate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

_SMOOTHING_NM = 0.25  # standard deviation; narrower than the gap between two crystals
_SMALLEST_SMOOTHING_PX = 0.5
_FILM_DEGREE = 6  # of the polynomial through the film: two or three waves across the picture
_FILM_POINTS = 96  # along each side, enough for that polynomial
_FILM_FITS = 12
_LEAST_NOISE = 1e-3  # of the film: no detector is more even
_DETECTION_SIGMA = 5.0  # a pixel this many noise levels darker than the film is crystal
_LEAST_AREA_PX = 24  # a smaller dark spot is noise, or cannot be measured
_SEAM_DEPTH = 0.15  # a pixel this much lighter than its surroundings may be a seam ...
_SEAM_SIGMA = 3.0  # ... if it is lighter by this many noise levels too
_CORE_DEPTH = 0.12  # from the outline to the core, as a fraction of the usual edge
_LARGEST_HOLE = 0.05  # in a core, as a fraction of the usual area: noise
_SEAM = 0.92  # mean darkness of a seam between two crystals, in units of the lighter of them
_SAME_DARKNESS = 0.85  # of the darker part; two parts that differ more are two crystals
_SHARE_RANGE = 0.4  # of a crystal's darkness, over which a pixel goes from outside to inside


@dataclass(frozen=True)
class Crystals:
    """Dark spots of a picture (Y, X).

    Labels from 1 (0 is film), the share of each pixel that belongs to its label, the darkness
    relative to the film, and the number of spots that hold no crystal.
    """

    label: Labels
    share: Numbers
    darkness: Numbers
    n_specks: int


def find_crystals(image: npt.NDArray[np.floating], pixel_size_nm: float) -> Crystals:
    """Return the crystals of a picture, those that touch separated where that can be seen."""
    from skimage.filters import gaussian
    from skimage.measure import label

    sigma_px = max(_SMALLEST_SMOOTHING_PX, _SMOOTHING_NM / pixel_size_nm)
    smooth = gaussian(image, sigma_px, preserve_range=True).astype(np.float64)
    film, noise = level_film(smooth)
    # An image without brightness has no crystals.
    darkness = 1 - np.divide(smooth, film, out=np.ones_like(smooth), where=film > 0)
    crystal = _without_small(darkness > _DETECTION_SIGMA * noise, _LEAST_AREA_PX)
    if not crystal.any():
        return Crystals(np.zeros(darkness.shape, np.intp), np.zeros_like(darkness), darkness, 0)
    labels, plateau = _separate(darkness, crystal, noise)
    specks = int(label(crystal & (labels == 0)).max())
    # The outline of each crystal is where it is half as dark as its own inside. A blur leaves this
    # contour where it was along an edge, whatever the contrast of the crystal. Pixels on the outline
    # count in part, or edges parallel to the pixels would come in whole pixels.
    steepness = darkness / plateau[labels] - 0.5
    share = np.clip(0.5 + steepness / _SHARE_RANGE, 0.0, 1.0)
    return Crystals(np.where(share > 0, labels, 0), share, darkness, specks)


def level_film(smooth: Numbers) -> tuple[Numbers, float]:
    """Return the brightness of the bare film at each pixel, and the relative noise on it.

    A polynomial surface through the pixels that are not darker than noise explains; Otsu's
    threshold gives the first guess which these are.
    """
    from numpy.polynomial.legendre import legvander
    from skimage.filters import threshold_otsu

    bases = [legvander(np.linspace(-1, 1, n), _FILM_DEGREE) for n in smooth.shape]
    rows, columns = (
        np.unique(np.linspace(0, n - 1, _FILM_POINTS).astype(int)) for n in smooth.shape
    )
    power = np.arange(_FILM_DEGREE + 1)
    low = np.add.outer(power, power) <= _FILM_DEGREE
    terms = np.einsum("yi,xj->yxij", bases[0][rows], bases[1][columns])[:, :, low]
    terms = terms.reshape(-1, low.sum())
    points = smooth[np.ix_(rows, columns)].reshape(-1)
    least_noise = _LEAST_NOISE * float(np.abs(points).max())
    keep = points >= threshold_otsu(points)
    for _ in range(_FILM_FITS):
        coefficients = np.linalg.lstsq(terms[keep], points[keep], rcond=None)[0]
        residual = points - terms @ coefficients
        above = residual[residual > 0]  # the brighter side, where there are no crystals
        noise = max(float(np.sqrt(np.mean(above**2))) if above.size else 0.0, least_noise)
        keep = residual >= -3 * noise
    surface = np.zeros(low.shape)
    surface[low] = coefficients
    film: Numbers = bases[0] @ surface @ bases[1].T
    return film, noise / max(float(film.mean()), 1e-30)


def _separate(darkness: Numbers, crystal: Flags, noise: float) -> tuple[Labels, Numbers]:
    """Label the crystals and return the darkness inside each by label, infinite for the film.

    A watershed grows from the cores of the crystals: what lies deep inside an outline that leaves
    out the thin lighter lines where two crystals touch.
    """
    from scipy.ndimage import distance_transform_edt, maximum_filter, uniform_filter
    from skimage.measure import label
    from skimage.segmentation import watershed

    # A square of side L is L / 6 deep in the mean.
    usual_px = 6 * float(distance_transform_edt(crystal)[crystal].mean())
    around = maximum_filter(uniform_filter(darkness, 3), int(max(usual_px / 3, 5)) | 1)
    core = crystal & (darkness > around - np.maximum(_SEAM_DEPTH * around, _SEAM_SIGMA * noise))
    core = ~_without_small(~core, _LARGEST_HOLE * usual_px**2)
    cores = label(distance_transform_edt(core) > _CORE_DEPTH * usual_px)
    labels = watershed(-darkness, cores, mask=crystal)
    same = _rejoined(labels, _mean_by_label(cores, darkness), darkness)
    return same[labels], _mean_by_label(same[cores], darkness)


def _without_small(spots: Flags, least_area_px: float) -> Flags:
    """Return the connected spots of at least this area."""
    from skimage.measure import label

    number = label(spots, connectivity=1)
    large = np.bincount(number.reshape(-1)) >= least_area_px
    large[0] = False
    return np.asarray(large[number], bool)


def _mean_by_label(label: Labels, values: Numbers) -> Numbers:
    """Return the mean of `values` in each label; infinite for label 0."""
    flat = label.reshape(-1)
    mean = np.bincount(flat, values.reshape(-1)) / np.maximum(np.bincount(flat), 1)
    mean[0] = np.inf
    return mean


def _rejoined(labels: Labels, plateau: Numbers, darkness: Numbers) -> Labels:
    """Return a new label for each label: one crystal, cut in two by noise, becomes one again.

    Between two crystals that touch there is a thin lighter line or a step of darkness; within one
    there is neither.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs, lightness = [], []
    for one, other in ((np.s_[1:], np.s_[:-1]), (np.s_[:, 1:], np.s_[:, :-1])):
        first, second = labels[one], labels[other]
        meet = (first != second) & (first > 0) & (second > 0)
        low, high = np.minimum(first[meet], second[meet]), np.maximum(first[meet], second[meet])
        pairs.append(low * plateau.size + high)
        lightness.append(np.minimum(darkness[one][meet], darkness[other][meet]))
    pair, index = np.unique(np.concatenate(pairs), return_inverse=True)
    seam = np.bincount(index, np.concatenate(lightness)) / np.maximum(np.bincount(index), 1)
    low, high = np.divmod(pair, plateau.size)
    lighter, darker = np.sort([plateau[low], plateau[high]], axis=0)
    one_crystal = (seam > _SEAM * lighter) & (lighter > _SAME_DARKNESS * darker)
    low, high = low[one_crystal], high[one_crystal]
    graph = coo_array((np.ones(low.size), (low, high)), shape=2 * (plateau.size,))
    same: Labels = connected_components(graph, directed=False)[1]
    return same
