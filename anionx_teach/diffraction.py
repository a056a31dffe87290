"""Powder X-ray diffraction of CsPbBr3 and CsPbI3, and sizes from the widths of its lines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _validation
from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._perovskite_cell import PerovskiteCell, declared_cell
from anionx_teach._powder_lines import CU_KALPHA1_ANGSTROM, powder_lines
from anionx_teach._structures import STRUCTURES
from anionx_teach.materials import Parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

SCHERRER_CUBE = Parameter(
    0.886,
    "-",
    "full width at half maximum of (sin(pi x) / (pi x))^2, the line of a cube seen along 100",
    "computed",
    note="0.94, for a sphere-like crystal, is also common: say which one is used",
)

_PROFILE_EXPONENT = 4
_PROFILE_REACH = 6.0  # in widths; the profile has fallen to 2e-6 of its maximum there
_PROFILE_TABLE_POINTS = 600
_ANGSTROM_PER_NM = 10.0


def reflections(
    structure: str, *, two_theta_max_deg: float = 60.0, min_intensity_percent: float = 1.0
) -> pd.DataFrame:
    """Return the lines of the powder pattern of a large crystal.

    Parameters
    ----------
    structure : str
        "CsPbBr3" or "CsPbI3", both orthorhombic (Pnma) at room temperature.
    two_theta_max_deg : float
        Largest scattering angle in degrees, above 0 and below 180.
    min_intensity_percent : float
        Weaker lines are left out; 0 keeps all.

    Returns
    -------
    pandas.DataFrame
        Columns h, k, l, multiplicity, d_angstrom, two_theta_deg, intensity_percent, in order of
        angle. 100 percent is the strongest line below 60 degrees.

    Raises
    ------
    TypeError, ValueError
        If the structure is unknown, the angle is outside (0, 180) or the intensity is negative.

    Notes
    -----
    Kinematic diffraction, I = m |F|^2 (1 + cos^2 2theta) / (sin^2 theta cos theta), with m the
    multiplicity, F the sum over the unit cell of form factors of neutral atoms times
    exp(2 pi i (h x + k y + l z)), and the Lorentz-polarisation factor of an unpolarised beam
    without monochromator, Cu K-alpha1. Left out: thermal motion (which weakens lines at large
    angles), anomalous scattering, absorption, preferred orientation. Lines of the same angle, hkl
    and its equivalents, are one row; different lines at nearly one angle stay separate rows.

    References
    ----------
    Coordinates: C. C. Stoumpos et al., Cryst. Growth Des. 13, 2722 (2013), COD 4510745 (CsPbBr3);
    D. B. Straus et al., J. Am. Chem. Soc. 141, 11435 (2019), COD 4127359 (CsPbI3).
    Form factors: International Tables for Crystallography C (1992), table 6.1.1.4, from gemmi.

    Examples
    --------
    >>> lines = reflections("CsPbBr3", two_theta_max_deg=22)
    >>> lines.query("intensity_percent == 100")[["h", "k", "l", "multiplicity"]].values.tolist()
    [[1, 2, 1, 8]]
    """
    import pandas as pd

    name = _validation.one_of("structure", structure, STRUCTURES)
    largest_deg = _validation.scalar("two_theta_max_deg", two_theta_max_deg)
    _scattering_angles("two_theta_max_deg", largest_deg)
    weakest = _validation.scalar("min_intensity_percent", min_intensity_percent)
    _validation.non_negative("min_intensity_percent", weakest, "percent")
    lines = powder_lines(name)
    angles_deg = _two_theta_deg(lines.inverse_d_per_angstrom)
    table = pd.DataFrame(lines.hkl, columns=["h", "k", "l"]).assign(
        multiplicity=lines.multiplicity,
        d_angstrom=1 / lines.inverse_d_per_angstrom,
        two_theta_deg=angles_deg,
        intensity_percent=lines.intensity_percent,
    )
    kept = (angles_deg <= largest_deg) & (lines.intensity_percent >= weakest)
    return table[kept].reset_index(drop=True)


def perovskite_cell(structure: str) -> PerovskiteCell:
    """Return one unit cell: its atoms, and the tilted octahedra of halides around lead.

    Parameters
    ----------
    structure : str
        "CsPbBr3" or "CsPbI3", both orthorhombic (Pnma) at room temperature.

    Returns
    -------
    PerovskiteCell
        All lead and cesium atoms in the cell and on its faces, and every octahedron whole.

    Raises
    ------
    TypeError, ValueError
        If the structure is unknown.

    Notes
    -----
    In the cubic perovskite each halide lies on the straight line between two lead atoms. Here the
    octahedra are tilted, and the angle lead - halide - lead is smaller than 180 degrees.

    References
    ----------
    As for `reflections`.

    Examples
    --------
    >>> for name in ("CsPbBr3", "CsPbI3"):
    ...     cell = perovskite_cell(name)
    ...     print(f"{cell.bond_length_nm.mean():.3f} nm", np.unique(cell.bridge_angle_deg.round()))
    0.296 nm [157. 165.]
    0.318 nm [152. 160.]
    """
    return declared_cell(_validation.one_of("structure", structure, STRUCTURES))


def powder_pattern(
    structure: str,
    edge_length_nm: npt.ArrayLike,
    two_theta_deg: npt.ArrayLike,
    *,
    lines: pd.DataFrame | None = None,
) -> Numbers:
    """Return the powder pattern of cubes of one edge length, or of a batch of them.

    Parameters
    ----------
    structure : str
        "CsPbBr3" or "CsPbI3".
    edge_length_nm : float or array_like, shape (N,)
        Edge length in nm. An array is a batch: its pattern is the mean of those of its crystals,
        each with its volume as weight.
    two_theta_deg : array_like, shape (A,)
        Scattering angles in degrees, increasing, above 0 and below 180.
    lines : pandas.DataFrame, optional
        Rows of `reflections(structure)`, to see some lines alone. All lines if not given.

    Returns
    -------
    numpy.ndarray, shape (A,)
        Intensity in percent per degree: the area under a line is its `intensity_percent`.

    Raises
    ------
    TypeError, ValueError
        If the structure is unknown, an edge length is not above 0, the angles are not increasing
        or outside (0, 180), or `lines` is no table of reflections.

    Notes
    -----
    In the scattering vector s = 2 sin(theta) / lambda all lines of a crystal of edge L have one
    width, 0.886 / L, which is Scherrer's K lambda / (L cos theta) in 2theta. A cube seen along 100
    has the profile (sin(pi L s) / (pi s))^2 / L. Its fringes wash out in any real powder, so the
    smooth profile (1 + c (2 s / w)^2)^-4 with c = 2^(1/4) - 1 (Pearson VII, exponent 4) takes its
    place: same width at half maximum, w = 0.886 / L, and the same integral breadth, 1 / L, within
    0.1 %. The same K serves every line, although a cube is seen along other directions too.
    There is no background, no instrumental width, no strain and no K-alpha2 line.

    References
    ----------
    P. Scherrer, Nachr. Ges. Wiss. Goettingen 98 (1918); A. L. Patterson, Phys. Rev. 56, 978 (1939);
    J. I. Langford and A. J. C. Wilson, J. Appl. Cryst. 11, 102 (1978).

    Examples
    --------
    >>> angles_deg = np.linspace(28, 33, 501)
    >>> small = powder_pattern("CsPbBr3", 5.1, angles_deg)
    >>> large = powder_pattern("CsPbBr3", 13.1, angles_deg)
    >>> bool(large.max() > 2 * small.max())
    True
    """
    name = _validation.one_of("structure", structure, STRUCTURES)
    edges_nm = np.unique(_batch_edges(edge_length_nm), return_counts=True)
    given_deg = _validation.finite("two_theta_deg", two_theta_deg, "deg")
    angles_deg = _validation.increasing("two_theta_deg", np.atleast_1d(given_deg), "deg")
    _scattering_angles("two_theta_deg", angles_deg)
    positions, areas = _positions_and_areas(name, lines)
    half_angles = np.radians(angles_deg / 2)
    at = 2 * np.sin(half_angles) / float(CU_KALPHA1_ANGSTROM)
    per_inverse_angstrom = _broadened(at, positions, areas, *edges_nm)
    # ds / d(2theta), so that areas are those of the axis in degrees.
    per_degree = np.cos(half_angles) / float(CU_KALPHA1_ANGSTROM) * math.pi / 180
    return (per_inverse_angstrom * per_degree).reshape(given_deg.shape)


def scherrer_size_nm(
    fwhm_deg: npt.ArrayLike,
    two_theta_deg: npt.ArrayLike,
    *,
    wavelength_angstrom: float = 1.5406,
    shape_factor: float = 0.886,
) -> Numbers | float:
    """Return the crystal size that gives a line its width.

    Parameters
    ----------
    fwhm_deg : float or array_like
        Full width at half maximum on the 2theta axis, in degrees.
    two_theta_deg : float or array_like
        Position of the line in degrees, above 0 and below 180.
    wavelength_angstrom : float
        X-ray wavelength in angstrom; the default is Cu K-alpha1.
    shape_factor : float
        K: 0.886 for a cube along 100, 0.94 for a sphere-like crystal.

    Returns
    -------
    float or numpy.ndarray
        Size in nm, in the broadcast shape of the arguments.

    Raises
    ------
    TypeError, ValueError
        If a width, the wavelength or the shape factor is not above 0, or an angle is outside
        (0, 180).

    Notes
    -----
    Scherrer's equation, L = K lambda / (w cos theta): w in radians, theta half the angle 2theta.
    All of the width is taken as an effect of size; overlap with a neighbouring line, strain and
    the instrument also widen a line, and each makes the size come out too small.

    References
    ----------
    P. Scherrer, Nachr. Ges. Wiss. Goettingen 98 (1918); A. L. Patterson, Phys. Rev. 56, 978 (1939).

    Examples
    --------
    >>> round(scherrer_size_nm(1.69, 30.6, shape_factor=0.94), 1)
    5.1
    """
    widths_deg = _validation.positive("fwhm_deg", fwhm_deg, "deg")
    angles_deg = _scattering_angles("two_theta_deg", two_theta_deg)
    require_broadcast(fwhm_deg=widths_deg, two_theta_deg=angles_deg)
    product = np.radians(widths_deg) * np.cos(np.radians(angles_deg / 2))
    return plain(_size_times_width_nm(wavelength_angstrom, shape_factor) / product)


def scherrer_width_deg(
    edge_length_nm: npt.ArrayLike,
    two_theta_deg: npt.ArrayLike,
    *,
    wavelength_angstrom: float = 1.5406,
    shape_factor: float = 0.886,
) -> Numbers | float:
    """Return the width of a line of a crystal of given size; the inverse of `scherrer_size_nm`.

    Parameters
    ----------
    edge_length_nm : float or array_like
        Edge length in nm.
    two_theta_deg : float or array_like
        Position of the line in degrees, above 0 and below 180.
    wavelength_angstrom : float
        X-ray wavelength in angstrom; the default is Cu K-alpha1.
    shape_factor : float
        K: 0.886 for a cube along 100, 0.94 for a sphere-like crystal.

    Returns
    -------
    float or numpy.ndarray
        Full width at half maximum on the 2theta axis, in degrees.

    Raises
    ------
    TypeError, ValueError
        As for `scherrer_size_nm`.

    Notes
    -----
    w = K lambda / (L cos theta).

    References
    ----------
    P. Scherrer, Nachr. Ges. Wiss. Goettingen 98 (1918).

    Examples
    --------
    >>> round(scherrer_width_deg(5.1, 30.6), 2)
    1.59
    """
    edges_nm = _validation.positive("edge_length_nm", edge_length_nm, "nm")
    angles_deg = _scattering_angles("two_theta_deg", two_theta_deg)
    require_broadcast(edge_length_nm=edges_nm, two_theta_deg=angles_deg)
    product = edges_nm * np.cos(np.radians(angles_deg / 2))
    return plain(np.degrees(_size_times_width_nm(wavelength_angstrom, shape_factor) / product))


def measure_width_deg(two_theta_deg: npt.ArrayLike, intensity: npt.ArrayLike) -> float:
    """Return the full width at half maximum of the strongest peak of a pattern.

    Parameters
    ----------
    two_theta_deg : array_like, shape (A,)
        Angles in degrees, increasing.
    intensity : array_like, shape (A,)
        Intensity above background at these angles, in any unit.

    Returns
    -------
    float
        Width in degrees between the nearest crossings of half the maximum, each found by a
        straight line between two points. NaN if the pattern does not fall to half on both sides.

    Raises
    ------
    TypeError, ValueError
        If the angles are not increasing, the intensity is not finite, or the shapes differ.

    Notes
    -----
    Lines that overlap are measured as the one peak they make: compare with `scherrer_size_nm`.

    Examples
    --------
    >>> angles_deg = np.linspace(13, 17, 801)
    >>> single = reflections("CsPbBr3").query("h == 1 and k == 0 and l == 1")
    >>> peak = powder_pattern("CsPbBr3", 9.5, angles_deg, lines=single)
    >>> round(scherrer_size_nm(measure_width_deg(angles_deg, peak), 15.23), 1)
    9.5
    """
    angles_deg = _validation.increasing("two_theta_deg", two_theta_deg, "deg")
    heights = _validation.finite("intensity", intensity)
    if heights.shape != angles_deg.shape:
        msg = f"intensity must have the shape of two_theta_deg, {angles_deg.shape}, got {heights.shape}"
        raise ValueError(msg)
    if heights.size == 0 or heights.max() <= 0:
        return math.nan
    top = int(heights.argmax())
    half = heights[top] / 2
    below = np.flatnonzero(heights <= half)
    left, right = below[below < top], below[below > top]
    if left.size == 0 or right.size == 0:
        return math.nan
    rise = slice(left[-1], left[-1] + 2)
    fall = slice(right[0] - 1, right[0] + 1)
    start = np.interp(half, heights[rise], angles_deg[rise])
    end = np.interp(half, heights[fall][::-1], angles_deg[fall][::-1])
    return float(end - start)


def _broadened(
    at: Numbers, positions: Numbers, areas: Numbers, edges_nm: Numbers, counts: npt.NDArray[np.intp]
) -> Numbers:
    """Return the sum of the broadened lines at the scattering vectors `at`, per 1/angstrom."""
    widths = float(SCHERRER_CUBE) / (edges_nm * _ANGSTROM_PER_NM)
    reach = _PROFILE_REACH * widths.max()
    near = (positions > at.min(initial=np.inf) - reach) & (
        positions < at.max(initial=-np.inf) + reach
    )
    offsets = at[:, np.newaxis] - positions[near]
    if widths.size == 1:
        profile = _profile(offsets, widths[0])
    else:
        # A table of the mean profile costs as much as a few crystals, not as many as the batch has.
        table_at = reach * np.linspace(0, 1, _PROFILE_TABLE_POINTS) ** 2
        weights = counts * edges_nm**3
        table = _profile(np.tile(table_at[:, np.newaxis], widths.size), widths) @ weights
        profile = np.interp(np.abs(offsets), table_at, table / weights.sum(), right=0.0)
    return np.asarray(profile @ areas[near])


def _profile(offset: Numbers, width: Numbers | np.float64) -> Numbers:
    """Turn offsets into a Pearson VII profile of area 1 (exponent 4), in place for speed."""
    curvature = 2 ** (1 / _PROFILE_EXPONENT) - 1
    height = 32 * math.sqrt(curvature) / (5 * math.pi * width)  # 1 / area of the bare profile
    offset *= 2 * math.sqrt(curvature) / width
    offset *= offset
    offset += 1
    offset *= offset
    offset *= offset
    return np.divide(height, offset, out=offset)


def _positions_and_areas(name: str, lines: pd.DataFrame | None) -> tuple[Numbers, Numbers]:
    """Return 1/d and intensity of the lines that are wanted, by default of all."""
    if lines is None:
        every = powder_lines(name)
        return every.inverse_d_per_angstrom, every.intensity_percent
    try:
        spacings, areas = lines["d_angstrom"], lines["intensity_percent"]
    except (KeyError, TypeError, IndexError):
        msg = f"lines must be rows of reflections({name!r}), got {type(lines).__name__}"
        raise TypeError(msg) from None
    spacings_angstrom = _validation.positive("lines['d_angstrom']", spacings, "angstrom")
    percent = _validation.non_negative("lines['intensity_percent']", areas, "percent")
    if spacings_angstrom.ndim != 1 or spacings_angstrom.shape != percent.shape:
        msg = (
            "lines must have one intensity for each spacing, "
            f"got shapes {percent.shape} and {spacings_angstrom.shape}"
        )
        raise ValueError(msg)
    return 1 / spacings_angstrom, percent


def _batch_edges(edge_length_nm: npt.ArrayLike) -> Numbers:
    """Return one edge length, or those of a batch, as a one-dimensional array."""
    edges_nm = _validation.length_nm("edge_length_nm", edge_length_nm)
    if edges_nm.ndim > 1 or edges_nm.size == 0:
        msg = f"edge_length_nm must be a number or a non-empty list, got shape {edges_nm.shape}"
        raise ValueError(msg)
    return np.atleast_1d(edges_nm)


def _scattering_angles(name: str, angle_deg: npt.ArrayLike) -> Numbers:
    """Return angles 2theta as a float array, all above 0 and below 180 degrees."""
    angles_deg = _validation.finite(name, angle_deg, "deg")
    outside = (angles_deg <= 0) | (angles_deg >= 180)
    if np.any(outside):
        msg = f"{name} must be above 0 and below 180 deg, got {angles_deg[outside].flat[0]:g}"
        raise ValueError(msg)
    return angles_deg


def _two_theta_deg(inverse_d_per_angstrom: Numbers) -> Numbers:
    """Return Bragg's angle 2theta for 1/d."""
    sine = float(CU_KALPHA1_ANGSTROM) * inverse_d_per_angstrom / 2
    return np.asarray(np.degrees(2 * np.arcsin(sine)))


def _size_times_width_nm(wavelength_angstrom: float, shape_factor: float) -> float:
    """Return K lambda in nm."""
    wavelength = _validation.scalar("wavelength_angstrom", wavelength_angstrom)
    factor = _validation.scalar("shape_factor", shape_factor)
    _validation.positive("wavelength_angstrom", wavelength, "angstrom")
    _validation.positive("shape_factor", factor)
    return wavelength * factor / _ANGSTROM_PER_NM
