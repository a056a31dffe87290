"""Band-pass filters with ideal edges, and the four windows of the paper's microscope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _data
from anionx_teach._arrays import plain
from anionx_teach._units import natural_units
from anionx_teach._validation import Numbers, positive, scalar, text

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class BandpassFilter:
    """A window that lets pass all light between two wavelengths, and none outside.

    Parameters
    ----------
    low_nm, high_nm : float
        Edges of the window, in nm.
    name : str
        For people.
    source : str
        Where the edges were published; empty when they were chosen.

    Raises
    ------
    TypeError, ValueError
        If an edge is not a number above 0, or `low_nm` is not below `high_nm`.

    Notes
    -----
    Ideal edges are a simplification: a real filter passes 90 to 99 % inside and rises over some
    nanometres. The curves of the paper's filters are in its Supplementary Material.

    Examples
    --------
    >>> window = BandpassFilter(590, 649)
    >>> print(window)
    590-649 nm
    >>> window.transmission([580, 590, 620, 661]).tolist()
    [0.0, 1.0, 1.0, 0.0]
    """

    low_nm: float
    high_nm: float
    name: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for name in ("low_nm", "high_nm"):
            edge = positive(name, scalar(name, getattr(self, name)), "nm")
            object.__setattr__(self, name, float(edge))
        if self.low_nm >= self.high_nm:
            msg = f"low_nm must be < high_nm, {self.high_nm:g} nm, got {self.low_nm:g}"
            raise ValueError(msg)
        for name in ("name", "source"):
            text(name, getattr(self, name))

    def transmission(self, wavelength_nm: npt.ArrayLike) -> Numbers | float:
        """Return which part of the light passes.

        Parameters
        ----------
        wavelength_nm : float or array_like
            In nm.

        Returns
        -------
        float or numpy.ndarray
            1 from `low_nm` to `high_nm`, both included, and 0 elsewhere.

        Raises
        ------
        TypeError, ValueError
            If a wavelength is not a number above 0.
        """
        wavelengths = positive("wavelength_nm", wavelength_nm, "nm")
        inside = (wavelengths >= self.low_nm) & (wavelengths <= self.high_nm)
        return plain(np.where(inside, 1.0, 0.0))

    def __str__(self) -> str:
        window = f"{self.low_nm:g}-{self.high_nm:g} nm"
        return f"{self.name}, {window}" if self.name else window


def checked_filter(name: str, value: object) -> BandpassFilter:
    """Return `value` when it is a filter."""
    if not isinstance(value, BandpassFilter):
        msg = f"{name} must be a BandpassFilter such as RED_EMISSION_FILTER, got {value!r}"
        raise TypeError(msg)
    return value


def window_ev(window: BandpassFilter) -> tuple[float, float]:
    """Return the edges of a window in energy, the lower first."""
    photon_ev_nm = natural_units().photon_ev_nm
    return photon_ev_nm / window.high_nm, photon_ev_nm / window.low_nm


def _published(row_id: str, name: str) -> BandpassFilter:
    """Return a window that the paper prints as "590 - 649"."""
    row = _data.rows("paper_numbers")[row_id]
    low, high = (float(edge) for edge in row["value"].split(" - "))
    source = f"{row['conditions']}; the paper, {row['location']} ({row['evidence']})"
    return BandpassFilter(low, high, name, source)


RED_EMISSION_FILTER = _published("paper_numbers-057", "red emission")
"""What the camera sees during the exchange: 590 to 649 nm."""

RED_EXCITATION_FILTER = _published("paper_numbers-056", "red excitation")
"""The light that excites then: 530 to 558 nm."""

GREEN_EMISSION_FILTER = _published("paper_numbers-055", "green emission")
"""What the camera sees when the bromide is brought into focus: 500 to 540 nm."""

GREEN_EXCITATION_FILTER = _published("paper_numbers-054", "green excitation")
"""The light that excites then: 450 to 490 nm."""
