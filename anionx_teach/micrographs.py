"""What a transmission electron microscope shows of a batch, and the edges measured from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from anionx_teach._micrograph_layout import Layout, box_corners, lay_out
from anionx_teach._micrograph_measure import measure_boxes
from anionx_teach._micrograph_optics import (
    ELECTRONS_PER_NM2,
    absorbed_fraction,
    counted,
    film,
)
from anionx_teach._validation import (
    between,
    count,
    finite,
    generator,
    positive,
    read_only,
    scalar,
)
from anionx_teach.materials import Parameter
from anionx_teach.nanocrystals import NanocrystalBatch

if TYPE_CHECKING:
    import pandas as pd

_TRUTH_TYPES = {
    "edge_length_nm": np.float64,
    "long_edge_nm": np.float64,
    "x_px": np.float64,
    "y_px": np.float64,
    "angle_deg": np.float64,
    "crystal": np.int64,
    "cut_by_border": np.bool_,
}

# From a single atom to a light microscope, and from a glimpse to a burnt film.
_PIXELS_NM = (1e-3, 1e3)
_DOSES_PER_NM2 = (1e-6, 1e12)


def _empty_truth() -> pd.DataFrame:
    """Return the table of a picture of which nothing is known."""
    import pandas as pd

    return pd.DataFrame({name: np.empty(0, kind) for name, kind in _TRUTH_TYPES.items()})


@dataclass(frozen=True, eq=False)
class Micrograph:
    """A bright-field picture of nanocrystals, and what is in it when that is known.

    Parameters
    ----------
    image : (Y, X) float32
        Electrons counted in each pixel, or any other brightness. Pixel (0, 0) has its centre at
        x = y = 0.
    pixel_size_nm : float
        Side of a pixel.
    truth : pandas.DataFrame
        One row a crystal: edge_length_nm, long_edge_nm, x_px, y_px (centre), angle_deg (from the x
        axis to the long edge, towards y, in [0, 180)), crystal (index in the batch), cut_by_border.
        Empty for a picture of one's own.

    Raises
    ------
    TypeError, ValueError
        If `image` is not a two-dimensional array of finite numbers, or `pixel_size_nm` is not > 0.

    Examples
    --------
    >>> picture = Micrograph(np.full((100, 200), 500.0), pixel_size_nm=0.5)
    >>> picture.scale_bar_nm
    20.0
    """

    image: npt.NDArray[np.float32]
    pixel_size_nm: float
    truth: pd.DataFrame = field(default_factory=_empty_truth)

    def __post_init__(self) -> None:
        image = finite("image", self.image)
        if image.ndim != 2 or not image.size:
            msg = f"image must be two-dimensional and not empty, got shape {image.shape}"
            raise ValueError(msg)
        if float(np.abs(image).max()) > float(np.finfo(np.float32).max):
            msg = f"image must be of numbers that float32 can hold, got {np.abs(image).max():g}"
            raise ValueError(msg)
        if not {*_TRUTH_TYPES} <= {*getattr(self.truth, "columns", ())}:
            msg = f"truth must be a table with the columns {', '.join(_TRUTH_TYPES)}"
            raise TypeError(msg)
        object.__setattr__(self, "image", read_only(image.astype(np.float32)))
        object.__setattr__(self, "pixel_size_nm", _pixel_size(self.pixel_size_nm))

    @property
    def n_drawn(self) -> int:
        """Number of crystals in the picture, those cut by its border included."""
        return len(self.truth)

    @property
    def scale_bar_nm(self) -> float:
        """A round length (1, 2, 5, 10, 20, 50 ... nm) of about a fifth of the width."""
        fifth_nm = self.image.shape[1] * self.pixel_size_nm / 5
        rounds = 10.0 ** np.floor(np.log10(fifth_nm)) * np.array([1.0, 2.0, 5.0, 10.0])
        return float(rounds[np.argmin(np.abs(np.log(rounds / fifth_nm)))])

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of `truth`."""
        return self.truth.copy()


@dataclass(frozen=True)
class SizeFit:
    """A normal distribution fitted to edge lengths.

    Parameters
    ----------
    mean_nm, sd_nm : float
        Of the distribution.
    mean_se_nm, sd_se_nm : float
        Their standard errors.
    n : int
        Number of edges.

    Examples
    --------
    >>> SizeFit(10.0, 1.5, 0.1, 0.07, 225).dispersity
    0.15
    """

    mean_nm: float
    sd_nm: float
    mean_se_nm: float
    sd_se_nm: float
    n: int

    @property
    def dispersity(self) -> float:
        """Standard deviation over mean, a fraction."""
        return self.sd_nm / self.mean_nm

    def to_frame(self) -> pd.DataFrame:
        """Return one row: the fit and the dispersity."""
        import pandas as pd

        return pd.DataFrame([{**vars(self), "dispersity": self.dispersity}])


def render_micrograph(
    batch: NanocrystalBatch,
    *,
    rng: int | np.random.SeedSequence | np.random.Generator | None,
    pixel_size_nm: float = 0.25,
    shape: tuple[int, int] = (1024, 1024),
    electrons_per_nm2: float | Parameter = ELECTRONS_PER_NM2,
) -> Micrograph:
    """Make a bright-field transmission electron micrograph of a batch.

    Parameters
    ----------
    batch : NanocrystalBatch
        N crystals. They are placed in the order of the batch from the middle of the field outwards.
        Those for which there is no place are left out; where there are few, the rest is bare film.
    rng : int, SeedSequence, Generator or None
        Places, angles, contrast and noise. The same value and another batch give the same
        arrangement at another magnification, so that pictures can be compared.
    pixel_size_nm : float
        Side of a pixel.
    shape : (int, int)
        Rows and columns.
    electrons_per_nm2 : float
        Dose.

    Returns
    -------
    Micrograph
        Its `truth` lists the crystals in the picture, also those cut by the border.

    Raises
    ------
    TypeError, ValueError
        If `batch` is not a NanocrystalBatch, or another argument is not as said above.

    Notes
    -----
    A crystal of thickness t lets exp(-t / attenuation length) of the beam through; its thickness is
    its edge length, and some crystals look thicker because they diffract strongly (zone axis). Where
    crystals touch, the darker one counts at each pixel, so that the contact shows as a thin lighter
    line. The carbon film varies slowly. Electrons are counted with Poisson noise (its normal limit
    where more than 100 are expected in every pixel).

    The default field holds about 800 crystals of 5.1 nm, and about 170 of 13.1 x 15.8 nm: ask for a
    larger `shape` for more. `n_drawn` says how many are in the picture.

    The paper prints none of these settings. Each is a `Parameter` with evidence "assumed for
    teaching", see `micrograph_parameters`. About one crystal in thirty, rather the larger ones,
    finds no place between its neighbours: the mean edge in the picture is 0.1 to 0.4 % below that
    of the batch.

    References
    ----------
    L. Reimer and H. Kohl, Transmission Electron Microscopy, 5th ed., Springer 2008, chapter 6
    (mass-thickness and diffraction contrast).

    Examples
    --------
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> batch = draw_batch(7.8, 1.2, 100, rng=1)
    >>> micrograph = render_micrograph(batch, rng=1, pixel_size_nm=0.5, shape=(300, 400))
    >>> micrograph.image.shape, micrograph.scale_bar_nm
    ((300, 400), 50.0)
    >>> 80 < micrograph.n_drawn <= 100
    True
    """
    if not isinstance(batch, NanocrystalBatch):
        msg = f"batch must be a NanocrystalBatch, got {type(batch).__name__}"
        raise TypeError(msg)
    size_nm = _pixel_size(pixel_size_nm)
    dose = scalar("electrons_per_nm2", cast("npt.ArrayLike", electrons_per_nm2))
    dose = float(positive("electrons_per_nm2", dose, "electrons/nm^2"))
    between("electrons_per_nm2", dose, *_DOSES_PER_NM2, "electrons/nm^2")
    pixels = _shape(shape)
    *places, optics, noise = generator(rng).integers(2**63, size=6).tolist()
    field_nm = (pixels[1] * size_nm, pixels[0] * size_nm)
    layout = lay_out(batch.edge_length_nm, batch.long_edge_nm, field_nm, tuple(places))
    truth = _truth(batch, layout, size_nm, pixels)
    beam = np.random.default_rng(optics)
    expected = film(beam, pixels)
    expected *= 1 - absorbed_fraction(truth, size_nm, pixels, beam, len(batch.edge_length_nm))
    expected *= np.float32(dose * size_nm**2)
    return Micrograph(counted(expected, np.random.default_rng(noise)), size_nm, truth)


def measure_edges(micrograph: Micrograph) -> pd.DataFrame:
    """Measure the edges of the crystals in a micrograph, without looking at its truth.

    Parameters
    ----------
    micrograph : Micrograph
        Rendered, or one's own: ``Micrograph(image, pixel_size_nm)`` with dark crystals.

    Returns
    -------
    pandas.DataFrame
        One row a whole single crystal: edge_length_nm (the shorter edge), long_edge_nm, x_px, y_px,
        angle_deg (from the x axis to the long edge, towards y, in [0, 180)). ``.attrs["rejected"]``
        is the number of dark spots left out, ``.attrs["rejected_reasons"]`` the number by reason.
        An empty field of view gives an empty table.

    Raises
    ------
    TypeError
        If `micrograph` is not a Micrograph.

    Notes
    -----
    Smooth; level the film with a polynomial; threshold at five noise levels; separate crystals that
    touch by a watershed from their cores; set the outline of each where it is half as dark as its
    inside, which no blur moves. Orientation from the second and fourth moments; edges as the mean
    chords across the middle, away from the corners, which a blur does round.

    Left out: crystals cut by the border (larger ones are cut more often: a small bias), what is not
    one rectangle (crystals that touch and could not be separated), and spots much smaller than the
    others. The shorter of two equal edges that are measured with noise is a little short, 1 % for
    5-nm cubes.

    References
    ----------
    S. van der Walt et al., scikit-image: image processing in Python, PeerJ 2, e453 (2014).

    Examples
    --------
    >>> from anionx_teach.nanocrystals import draw_batch
    >>> batch = draw_batch(9.5, 1.5, 60, rng=1)
    >>> micrograph = render_micrograph(batch, rng=1, pixel_size_nm=0.5, shape=(400, 400))
    >>> edges = measure_edges(micrograph)
    >>> truth = micrograph.truth
    >>> ratio = edges["edge_length_nm"].mean() / truth["edge_length_nm"].mean()
    >>> bool(abs(ratio - 1) < 0.02)
    True
    >>> edges.attrs["rejected"] < 5
    True
    """
    if not isinstance(micrograph, Micrograph):
        msg = f"micrograph must be a Micrograph, got {type(micrograph).__name__}"
        raise TypeError(msg)
    import pandas as pd

    size_nm = micrograph.pixel_size_nm
    boxes, reasons = measure_boxes(micrograph.image, size_nm)
    columns = {
        "edge_length_nm": boxes.short_px * size_nm,
        "long_edge_nm": boxes.long_px * size_nm,
        "x_px": boxes.x_px,
        "y_px": boxes.y_px,
        "angle_deg": boxes.angle_deg,
    }
    table = pd.DataFrame(columns)
    table.attrs["rejected"] = sum(reasons.values())
    table.attrs["rejected_reasons"] = reasons
    return table


def fit_size_distribution(edge_length_nm: npt.ArrayLike) -> SizeFit:
    r"""Fit a normal distribution to edge lengths.

    Parameters
    ----------
    edge_length_nm : (N,) array_like
        Edge lengths > 0, N >= 2.

    Returns
    -------
    SizeFit
        Mean, standard deviation, and the standard error of each.

    Raises
    ------
    TypeError, ValueError
        If the lengths are not numbers > 0, not one-dimensional, or fewer than two.

    Notes
    -----
    The mean maximises the likelihood; the variance is the unbiased one, with N - 1. The standard
    errors are :math:`s/\sqrt{N}` and :math:`s/\sqrt{2(N-1)}`: exact in the limit of many crystals
    for edges that are normal and measured without error.

    References
    ----------
    J. R. Taylor, An Introduction to Error Analysis, 2nd ed., University Science Books 1997,
    appendix E (uncertainty of a standard deviation).

    Examples
    --------
    >>> fit = fit_size_distribution([8.0, 9.0, 10.0, 11.0, 12.0])
    >>> round(fit.mean_nm, 2), round(fit.sd_nm, 2), round(fit.dispersity, 3)
    (10.0, 1.58, 0.158)
    >>> round(fit.mean_se_nm, 2), round(fit.sd_se_nm, 2)
    (0.71, 0.56)
    """
    edges = positive("edge_length_nm", edge_length_nm, "nm")
    if edges.ndim != 1:
        msg = f"edge_length_nm must be one-dimensional, got {edges.ndim} dimensions"
        raise ValueError(msg)
    if edges.size < 2:
        msg = f"edge_length_nm must hold at least 2 lengths, got {edges.size}"
        raise ValueError(msg)
    sd_nm = float(edges.std(ddof=1))
    return SizeFit(
        mean_nm=float(edges.mean()),
        sd_nm=sd_nm,
        mean_se_nm=sd_nm / edges.size**0.5,
        sd_se_nm=sd_nm / (2 * (edges.size - 1)) ** 0.5,
        n=edges.size,
    )


def micrograph_parameters() -> pd.DataFrame:
    """Return what `render_micrograph` assumes of microscope, film and arrangement.

    Numbers that only vary the outlines of the patches are not in it.

    Returns
    -------
    pandas.DataFrame
        name, value, unit, evidence, source, note.

    Examples
    --------
    >>> sorted(set(micrograph_parameters()["evidence"]))
    ['assumed for teaching']
    """
    import pandas as pd

    from anionx_teach import _micrograph_layout, _micrograph_optics

    rows = [
        {"name": name.lower(), **vars(value)}
        for module in (_micrograph_layout, _micrograph_optics)
        for name, value in vars(module).items()
        if isinstance(value, Parameter)
    ]
    return pd.DataFrame(rows)[["name", "value", "unit", "evidence", "source", "note"]]


def _pixel_size(pixel_size_nm: float) -> float:
    """Return the side of a pixel (nm) when a micrograph can have it."""
    size_nm = positive("pixel_size_nm", scalar("pixel_size_nm", pixel_size_nm), "nm")
    return float(between("pixel_size_nm", size_nm, *_PIXELS_NM, "nm"))


def _shape(shape: tuple[int, int]) -> tuple[int, int]:
    """Return rows and columns of an image, checked."""
    if not isinstance(shape, tuple | list) or len(shape) != 2:
        msg = f"shape must be two whole numbers (rows, columns), got {shape!r}"
        raise ValueError(msg)
    return count("shape[0]", shape[0]), count("shape[1]", shape[1])


def _truth(
    batch: NanocrystalBatch, layout: Layout, size_nm: float, shape: tuple[int, int]
) -> pd.DataFrame:
    """Return the table of the crystals in the picture."""
    import pandas as pd

    edge = batch.edge_length_nm[layout.crystal]
    long = batch.long_edge_nm[layout.crystal]
    height, width = shape
    x_px = layout.x_nm / size_nm + (width - 1) / 2
    y_px = layout.y_nm / size_nm + (height - 1) / 2
    centre = np.stack([x_px, y_px], axis=-1)
    corner = box_corners(centre, edge / size_nm, long / size_nm, layout.angle_rad)
    inside = np.all((corner >= -0.5) & (corner <= np.array([width, height]) - 0.5), axis=(1, 2))
    angle_deg = (np.rad2deg(layout.angle_rad) + 90) % 180
    values = (edge, long, x_px, y_px, angle_deg, layout.crystal, ~inside)
    return pd.DataFrame(dict(zip(_TRUTH_TYPES, values, strict=True)))
