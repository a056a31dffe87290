"""How the crystals in a cuvette react: two mechanisms, and settings of the published courses."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._cuvette_mechanisms import (
    diffusion_half_time,
    front_half_depth,
    sphere_radius_squared,
)
from anionx_teach._validation import between, length_nm, non_negative, one_of, scalar, text
from anionx_teach.materials import Parameter, parameter

if TYPE_CHECKING:
    import numpy.typing as npt

MECHANISMS = ("surface", "diffusion")
"""What limits the exchange of a crystal: the reaction at a front, or diffusion in the crystal."""

PRINTED_SIZES_NM = (5.1, 13.1)  # the two batches whose courses are printed
_SAME_SIZE = 0.05  # the mean of a drawn batch is not exactly the printed one


@dataclass(frozen=True)
class CuvetteKinetics:
    """How every crystal of a batch starts and reacts with an excess of iodide.

    Parameters
    ----------
    mechanism : str
        "surface": a front that runs inwards from every face at a constant speed; "diffusion": solid
        solution by diffusion into the crystal. See `surface_limited_fraction` and
        `diffusion_limited_fraction`.
    reference_edge_nm : float
        The cube that `half_time_s` belongs to, in nm. Other sizes follow from the mechanism: the
        time grows as L with a front, as L^2 with diffusion.
    half_time_s : float
        Time from its start in which such a cube exchanges half of its halide, in s; 0 for crystals
        that switch at once.
    start_mean_s, start_sd_s : float
        Mean and standard deviation of the starts of the crystals, in s after the iodide was added.
    rate_log_sd : float
        Standard deviation of the natural logarithm of a crystal's own rate; 0 for none of its own.
    final_iodide_fraction : float
        x of CsPb(Br1-x Ix)3 at the end, 0 to 1.
    etch_rate_nm_per_s : float
        By how much every edge becomes shorter, in nm/s, from the addition of the iodide on.
    provenance : str
        Where these settings come from.

    Raises
    ------
    TypeError, ValueError
        If a setting is not a number in its range, or the starts spread although their mean is zero,
        or by more than a thousand million times their mean.

    Examples
    --------
    >>> kinetics = CuvetteKinetics("surface", 13.1, half_time_s=180.0)
    >>> print(f"{1000 * kinetics.front_speed_nm_per_s:.1f} pm/s")
    7.5 pm/s
    >>> print(f"{kinetics.diffusivity_nm2_per_s:.3f} nm2/s")
    0.011 nm2/s
    """

    mechanism: str
    reference_edge_nm: float
    half_time_s: float
    start_mean_s: float = 0.0
    start_sd_s: float = 0.0
    rate_log_sd: float = 0.0
    final_iodide_fraction: float = 1.0
    etch_rate_nm_per_s: float = 0.0
    provenance: str = "set by hand"

    def __post_init__(self) -> None:
        one_of("mechanism", self.mechanism, MECHANISMS)
        length_nm("reference_edge_nm", self.reference_edge_nm)
        for name, unit in _NOT_NEGATIVE.items():
            between(name, non_negative(name, getattr(self, name), unit), 0, _LARGEST, unit)
        between("rate_log_sd", self.rate_log_sd, 0, _WIDEST_LOG_SD)
        between("final_iodide_fraction", self.final_iodide_fraction, 0, 1)
        for name in _NUMBERS:  # a Parameter becomes its number
            object.__setattr__(self, name, scalar(name, getattr(self, name)))
        text("provenance", self.provenance)
        if self.start_sd_s > 0 and self.start_mean_s == 0:
            msg = (
                f"start_sd_s must be 0 s where start_mean_s is 0 s, got {self.start_sd_s}: "
                "no crystal starts before the iodide is added"
            )
            raise ValueError(msg)
        if self.start_sd_s > _WIDEST_STARTS * self.start_mean_s:
            msg = (
                f"start_sd_s must be at most {_WIDEST_STARTS:g} times start_mean_s, "
                f"{self.start_mean_s:g} s, got {self.start_sd_s:g}"
            )
            raise ValueError(msg)

    @property
    def front_speed_nm_per_s(self) -> float:
        """Speed of a front that exchanges half of the reference cube in `half_time_s`, in nm/s."""
        return _ratio(front_half_depth() * self.reference_edge_nm, self.half_time_s)

    @property
    def diffusivity_nm2_per_s(self) -> float:
        """Diffusivity that exchanges half of the reference cube in `half_time_s`, in nm^2/s."""
        edge_nm = np.asarray(self.reference_edge_nm)
        radius_squared = float(sphere_radius_squared(edge_nm, edge_nm))
        return _ratio(diffusion_half_time() * radius_squared, self.half_time_s)


_NOT_NEGATIVE = {
    "half_time_s": "s",
    "start_mean_s": "s",
    "start_sd_s": "s",
    "etch_rate_nm_per_s": "nm/s",
}
_NUMBERS = ("reference_edge_nm", *_NOT_NEGATIVE, "rate_log_sd", "final_iodide_fraction")
_LARGEST = 1e60  # s, or nm/s: beyond any experiment, and far from where floats overflow
_WIDEST_STARTS = 1e9
_WIDEST_LOG_SD = 10.0  # rates over more than twenty powers of ten: far from any batch


def paper_kinetics(edge_length_nm: npt.ArrayLike, *, mechanism: str = "surface") -> CuvetteKinetics:
    """Return settings that reproduce the published course of a batch, or lie between the two.

    Parameters
    ----------
    edge_length_nm : float
        Mean edge of the batch, in nm.
    mechanism : str
        One of `MECHANISMS`. The settings were chosen with "surface"; with "diffusion" they keep
        the half time, not the course.

    Returns
    -------
    CuvetteKinetics
        `provenance` says whether the settings belong to a printed size.

    Raises
    ------
    TypeError, ValueError
        If the edge length is not a number > 0, or the mechanism is unknown.

    Warns
    -----
    UserWarning
        If the edge length is outside 5.1 to 13.1 nm, the two sizes whose courses are printed, by
        more than 5 %.

    Notes
    -----
    At 5.1 and 13.1 nm the settings are constants cuvette-001 to cuvette-010 of
    `materials.constants`, all assumed for teaching: the paper prints two maxima and two times a
    size, which many settings reproduce. In between, half time and starts are interpolated as powers
    of the edge and the etch rate in a straight line against its logarithm, and both are continued
    outside (the etch rate not below zero).

    The half times differ by a factor of 120 for a factor of 2.6 in size. A front explains 2.6 of
    it and diffusion 6.6: the rest is put in by hand, and is what the paper asks about.

    Examples
    --------
    >>> paper_kinetics(13.1).half_time_s
    180.0
    >>> paper_kinetics(7.8).provenance
    'interpolated between the settings for 5.1 and 13.1 nm (assumed for teaching)'
    """
    edge_nm = float(length_nm("edge_length_nm", scalar("edge_length_nm", edge_length_nm)))
    one_of("mechanism", mechanism, MECHANISMS)
    return kinetics_of_size(edge_nm, mechanism)


def kinetics_of_size(
    edge_nm: float, mechanism: str = "surface", stacklevel: int = 3
) -> CuvetteKinetics:
    """Return the settings of `paper_kinetics`; a warning points at the caller of its caller."""
    small_nm, large_nm = PRINTED_SIZES_NM
    share = math.log(edge_nm / small_nm) / math.log(large_nm / small_nm)

    def power(at: tuple[Parameter, Parameter]) -> float:
        small, large = map(float, at)
        return small if share == 0 else large if share == 1 else small * (large / small) ** share

    settings = _printed_settings()
    etch_small, etch_large = map(float, settings["etch"])
    return CuvetteKinetics(
        mechanism,
        reference_edge_nm=edge_nm,
        half_time_s=power(settings["half_time"]),
        start_mean_s=power(settings["start_mean"]),
        start_sd_s=power(settings["start_sd"]),
        rate_log_sd=float(parameter("cuvette-007")),
        final_iodide_fraction=float(parameter("cuvette-008")),
        etch_rate_nm_per_s=max(0.0, etch_small + share * (etch_large - etch_small)),
        provenance=_provenance(edge_nm, stacklevel + 1),
    )


def _provenance(edge_nm: float, stacklevel: int) -> str:
    """Return in words how far a size is from the printed ones, with a warning when outside."""
    small_nm, large_nm = PRINTED_SIZES_NM
    for printed_nm in PRINTED_SIZES_NM:
        if edge_nm == printed_nm:
            return (
                f"chosen to reproduce the printed maxima at {edge_nm:g} nm (assumed for teaching)"
            )
        if abs(edge_nm / printed_nm - 1) <= _SAME_SIZE:
            return (
                f"chosen to reproduce the printed maxima at {printed_nm:g} nm, continued to "
                f"{edge_nm:.4g} nm (assumed for teaching)"
            )
    between_words = f"the settings for {small_nm:g} and {large_nm:g} nm (assumed for teaching)"
    if small_nm < edge_nm < large_nm:
        return f"interpolated between {between_words}"
    warnings.warn(
        f"edge_length_nm outside {small_nm:g} to {large_nm:g} nm, the sizes whose courses are "
        f"printed: got {edge_nm:.4g}, the settings are continued",
        UserWarning,
        stacklevel=stacklevel,
    )
    return f"continued outside {between_words}"


@cache
def _printed_settings() -> dict[str, tuple[Parameter, Parameter]]:
    """Return what belongs to the two printed sizes, the smaller first."""
    rows = {"half_time": 1, "start_mean": 3, "start_sd": 5, "etch": 9}
    return {
        name: (parameter(f"cuvette-{row:03d}"), parameter(f"cuvette-{row + 1:03d}"))
        for name, row in rows.items()
    }


def _ratio(length: float, time_s: float) -> float:
    """Return length over time; infinite for no time at all."""
    return length / time_s if time_s else math.inf
