"""What turns the composition of a nanocrystal into photons: every assumption, each with a switch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _data, _validation
from anionx_teach._arrays import plain, require_broadcast
from anionx_teach._blinking import STARTS, BlinkingLaw
from anionx_teach._blinking_times import LARGEST_EXPONENT, BlinkingTimes
from anionx_teach._confinement_inputs import BOWING_EV, bulk_of
from anionx_teach._line_width import FWHM_MEV, checked_fwhm
from anionx_teach._optical_filters import (
    RED_EXCITATION_FILTER,
    BandpassFilter,
    checked_filter,
    window_ev,
)
from anionx_teach.materials import Parameter, parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

_PERCENT = 100.0
_WATT_PER_MICROWATT = 1e-6
_CM3_PER_NM3 = 1e-21
_SWITCHES = ("absorption_by_volume", "absorption_by_composition", "blinking", "degradation")


def _printed(row_id: str, unit: str, factor: float) -> Parameter:
    """Return a number of the paper in another unit."""
    row = _data.rows("paper_numbers")[row_id]
    source = f"the paper, {row['location']}"
    return Parameter(
        float(row["value"]) * factor, unit, source, row["evidence"], row["uncertainty"], row["note"]
    )


PAPER_EXCITATION_W_CM2 = _printed("paper_numbers-061", "W/cm^2", _WATT_PER_MICROWATT)
"""The intensity that the paper prints, 29 uW/cm^2: too little to see a single nanocrystal."""

DEFAULTS: dict[str, Parameter] = {
    "excitation_w_cm2": parameter("photophysics-001"),
    "intrinsic_absorption_per_cm": parameter("photophysics-002"),
    "quantum_yield": _printed("paper_numbers-012", "-", 1 / _PERCENT),
    "collection_efficiency": parameter("photophysics-003"),
    "on_exponent": parameter("photophysics-005"),
    "off_exponent": parameter("photophysics-006"),
    "shortest_s": parameter("photophysics-007"),
    "on_cutoff_s": parameter("photophysics-008"),
    "off_cutoff_s": parameter("photophysics-009"),
    "grey_share": parameter("photophysics-011"),
    "grey_level": parameter("photophysics-010"),
    "concentration_um": parameter("photophysics-013"),
    "fwhm_mev": parameter("optics-001"),
    "bowing_ev": parameter("materials-062"),
}
"""Where the default of each setting comes from."""

REFERENCE_EDGE_NM = parameter("photophysics-004")
_RATE_AT_HIGHEST_PER_S = parameter("photophysics-012")
_ONSET_UM = parameter("photophysics-013")
_HIGHEST_UM = 50.0  # the concentration that the rate of photophysics-012 belongs to


def _default(name: str) -> float:
    return float(DEFAULTS[name])


@dataclass(frozen=True)
class Photophysics:
    r"""How a nanocrystal absorbs, blinks, degrades and sends photons to the camera.

    Parameters
    ----------
    excitation_w_cm2 : float
        Intensity of the exciting light at the nanocrystals, in W/cm^2; 0 is darkness. A free
        parameter: with the 29 uW/cm^2 that the paper prints nothing would be seen.
    excitation_filter : BandpassFilter
        Window of the exciting light.
    intrinsic_absorption_per_cm : float
        Absorption coefficient far above the absorption edge, per cm.
    absorption_by_volume : bool
        Whether absorption grows with the volume. If not, every crystal absorbs like one of 7.8 nm.
    absorption_by_composition : bool
        Whether a crystal absorbs less when its absorption edge lies above the exciting light, as
        that of the bromide does. If not, every composition absorbs alike.
    quantum_yield : float
        Emitted over absorbed photons while the crystal is bright, 0 to 1.
    collection_efficiency : float
        Part of the emitted photons that objective and optics bring to the camera, 0 to 1.
    blinking : bool
        Whether crystals blink. If not, they are always bright.
    on_exponent, off_exponent : float
        Of the power laws of bright and dark times, 0 to 10.
    shortest_s, on_cutoff_s, off_cutoff_s : float
        Shortest time of both, and where long ones are cut off, in s; see `BlinkingTimes`.
    blinking_start : str
        "stationary" when crystals have blinked for long as the exciting light is switched on, "on"
        or "off" when each then begins a fresh bright or dark time.
    grey_share : float
        Part of the dark times that are grey instead, 0 to 1; 0 switches the grey state off.
    grey_level : float
        Brightness of the grey state relative to the bright one, 0 to 1.
    degradation : bool
        Whether the light of a crystal decays after its maximum, at `decay_rate_per_s`.
    concentration_um : float
        Of the TMSI, in uM; it decides how fast crystals degrade, and nothing else here.
    degradation_rate_per_s : float, optional
        Rate of degradation in 1/s, in place of the one that follows from the concentration.
    fwhm_mev, model, bowing_ev
        As for `transmitted_fraction`.

    Raises
    ------
    TypeError, ValueError
        If a setting is out of its range.

    Notes
    -----
    Photons that reach the camera in a second, from a bright crystal of volume V at composition x:

    .. math:: R = \frac{I}{h\nu}\, \mu V\, a(x)\, Q\, \eta\, T(x)

    with I the intensity, :math:`h\nu` the photon energy in the middle of the excitation window,
    :math:`\mu` the intrinsic absorption, a the part of it that is left at that composition, Q the
    quantum yield, :math:`\eta` the collection and T what the emission filter passes. `to_frame`
    lists every assumption with its evidence.

    Examples
    --------
    >>> photophysics = Photophysics(concentration_um=50)
    >>> photophysics.decay_rate_per_s, round(photophysics.mean_brightness, 2)
    (0.02, 0.7)
    >>> Photophysics().decay_rate_per_s
    0.0
    """

    excitation_w_cm2: float = _default("excitation_w_cm2")
    excitation_filter: BandpassFilter = RED_EXCITATION_FILTER
    intrinsic_absorption_per_cm: float = _default("intrinsic_absorption_per_cm")
    absorption_by_volume: bool = True
    absorption_by_composition: bool = True
    quantum_yield: float = _default("quantum_yield")
    collection_efficiency: float = _default("collection_efficiency")
    blinking: bool = True
    on_exponent: float = _default("on_exponent")
    off_exponent: float = _default("off_exponent")
    shortest_s: float = _default("shortest_s")
    on_cutoff_s: float = _default("on_cutoff_s")
    off_cutoff_s: float = _default("off_cutoff_s")
    blinking_start: str = "stationary"
    grey_share: float = _default("grey_share")
    grey_level: float = _default("grey_level")
    degradation: bool = True
    concentration_um: float = _default("concentration_um")
    degradation_rate_per_s: float | None = None
    fwhm_mev: float = FWHM_MEV
    model: str = "empirical"
    bowing_ev: float = BOWING_EV

    def __post_init__(self) -> None:
        for name in _SWITCHES:
            if not isinstance(getattr(self, name), bool | np.bool_):
                msg = f"{name} must be True or False, got {getattr(self, name)!r}"
                raise TypeError(msg)
        checked_filter("excitation_filter", self.excitation_filter)
        _validation.one_of("blinking_start", self.blinking_start, STARTS)
        bulk_of(self.model)
        checked_fwhm(self.fwhm_mev)
        for name, value in self._checked_numbers().items():
            object.__setattr__(self, name, value)

    def _checked_numbers(self) -> dict[str, float]:
        """Return every number as a float within its limits."""
        numbers = {name: _validation.scalar(name, getattr(self, name)) for name in DEFAULTS}
        if self.degradation_rate_per_s is not None:
            name = "degradation_rate_per_s"
            numbers[name] = _validation.scalar(name, self.degradation_rate_per_s)
            _validation.non_negative(name, numbers[name], "1/s")
        _validation.finite("bowing_ev", numbers["bowing_ev"], "eV")
        for name, unit in (("excitation_w_cm2", "W/cm^2"), ("concentration_um", "uM")):
            _validation.non_negative(name, numbers[name], unit)
        _validation.positive(
            "intrinsic_absorption_per_cm", numbers["intrinsic_absorption_per_cm"], "cm^-1"
        )
        for name in ("quantum_yield", "collection_efficiency", "grey_share", "grey_level"):
            _validation.between(name, numbers[name], 0.0, 1.0)
        for name in ("on_exponent", "off_exponent"):
            _validation.between(name, numbers[name], 0.0, LARGEST_EXPONENT)
        shortest_s = float(_validation.positive("shortest_s", numbers["shortest_s"], "s"))
        for name in ("on_cutoff_s", "off_cutoff_s"):
            if _validation.positive(name, numbers[name], "s") < shortest_s:
                msg = f"{name} must be >= shortest_s, {shortest_s:g} s, got {numbers[name]:g}"
                raise ValueError(msg)
        return numbers

    @property
    def on_times(self) -> BlinkingTimes:
        """How long a crystal stays bright."""
        return BlinkingTimes(self.on_exponent, self.shortest_s, self.on_cutoff_s)

    @property
    def off_times(self) -> BlinkingTimes:
        """How long a crystal stays dark, or grey."""
        return BlinkingTimes(self.off_exponent, self.shortest_s, self.off_cutoff_s)

    @property
    def blinking_law(self) -> BlinkingLaw | None:
        """Everything that decides how a crystal blinks; None when it does not."""
        if not self.blinking:
            return None
        return BlinkingLaw(
            self.on_times, self.off_times, self.grey_share, self.grey_level, self.blinking_start
        )

    @property
    def mean_brightness(self) -> float:
        """Mean brightness of a crystal that has blinked for long, relative to the bright state."""
        law = self.blinking_law
        return 1.0 if law is None else law.mean_brightness

    @property
    def decay_rate_per_s(self) -> float:
        """Rate in 1/s at which the light of a crystal decays after its maximum; 0 for not at all.

        Without `degradation_rate_per_s` it is 0 up to 5 uM of TMSI, where the paper shows no decay,
        and grows in proportion to the excess above that to 0.02/s at 50 uM: our assumption.
        """
        if not self.degradation:
            return 0.0
        if self.degradation_rate_per_s is not None:
            return self.degradation_rate_per_s
        excess = max(self.concentration_um - float(_ONSET_UM), 0.0)
        return float(_RATE_AT_HIGHEST_PER_S) * excess / (_HIGHEST_UM - float(_ONSET_UM))

    @property
    def photon_energy_ev(self) -> float:
        """Energy in eV in the middle of the excitation window."""
        low_ev, high_ev = window_ev(self.excitation_filter)
        return (low_ev + high_ev) / 2

    @property
    def photon_flux_per_cm2_s(self) -> float:
        """Exciting photons a second through a square centimetre."""
        return self.excitation_w_cm2 / (self.photon_energy_ev * _joule_per_ev())

    def cross_section_cm2(
        self, edge_length_nm: npt.ArrayLike, long_edge_nm: npt.ArrayLike | None = None
    ) -> Numbers | float:
        """Return the absorption cross-section of crystals, far above their absorption edge.

        Parameters
        ----------
        edge_length_nm : float or array_like
            Edge in nm.
        long_edge_nm : float or array_like, optional
            The third edge of crystals that are no cubes, in nm.

        Returns
        -------
        float or numpy.ndarray
            Intrinsic absorption times volume, in cm^2.

        Raises
        ------
        TypeError, ValueError
            If an edge is not a length above 0, or the shapes do not broadcast.

        Examples
        --------
        >>> print(f"{Photophysics().cross_section_cm2(5.1):.2e} cm^2")
        9.29e-15 cm^2
        """
        edge_nm = _validation.length_nm("edge_length_nm", edge_length_nm)
        third_nm = edge_nm
        if long_edge_nm is not None:
            third_nm = _validation.length_nm("long_edge_nm", long_edge_nm)
        require_broadcast(edge_length_nm=edge_nm, long_edge_nm=third_nm)
        volume_nm3 = edge_nm * edge_nm * third_nm
        if not self.absorption_by_volume:
            volume_nm3 = np.full_like(volume_nm3, float(REFERENCE_EDGE_NM) ** 3)
        return plain(np.asarray(self.intrinsic_absorption_per_cm * volume_nm3 * _CM3_PER_NM3))

    def to_frame(self) -> pd.DataFrame:
        """Return every assumption with its evidence, one row each.

        Returns
        -------
        pandas.DataFrame
            Columns setting, quantity, value, unit, used, uncertainty, evidence, source, note;
            `used` is False where a switch makes a number idle. What has no number has NaN.

        Examples
        --------
        >>> table = Photophysics(blinking=False).to_frame()
        >>> table.loc[4:6, ["setting", "value", "used", "evidence"]]
                setting  value   used                    evidence
        4   on_exponent   1.60  False  literature, to be verified
        5  off_exponent   1.50  False  literature, to be verified
        6    shortest_s   0.05  False        assumed for teaching
        """
        from anionx_teach._emission_words import assumption_table

        return assumption_table(self)

    def describe(self) -> str:
        """Return the same in words, a line an assumption.

        Returns
        -------
        str

        Examples
        --------
        >>> print(Photophysics().describe().splitlines()[0])
        Exciting light: 0.3 W/cm^2 of 530-558 nm (assumed for teaching).
        """
        from anionx_teach._emission_words import in_words

        return in_words(self)


@cache
def _joule_per_ev() -> float:
    from scipy import constants

    return float(constants.e)


SETTINGS = tuple(field.name for field in fields(Photophysics))
"""Names of all settings, in their order."""
