"""What the filter explorer shows, as numbers: five settings with their bounds, one result."""

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import traitlets

from anionx_teach import paper
from anionx_teach.confinement import (
    LARGEST_EDGE_NM,
    SMALLEST_EDGE_NM,
    emission_wavelength_nm,
)
from anionx_teach.materials import parameter
from anionx_teach.photoluminescence import (
    DEFAULT_FWHM_MEV,
    GREEN_EMISSION_FILTER,
    GREEN_EXCITATION_FILTER,
    RED_EMISSION_FILTER,
    RED_EXCITATION_FILTER,
    BandpassFilter,
    entry_fraction,
    exit_fraction,
    filtered_rise,
    line_shape,
    line_width_nm,
    transmitted_fraction,
)
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat

Numbers = npt.NDArray[np.float64]

START_EDGE_NM: Final = 5.1  # the paper's smallest batch
START_FRACTION: Final = 0.5
START_FILTERS: Final = "red"  # those in use while the paper watches the exchange
DEFAULT_BOWING_EV: Final = parameter("materials-062")
# From the line of the smallest bromide to that of the largest iodide, with their wings.
SPECTRUM_RANGE_NM: Final = (400.0, 740.0)
_SPECTRUM_POINTS: Final = 171
_WINDOW_POINTS: Final = 61
# Fine enough that a narrow line draws a smooth curve, and that each step of the slider is a point.
CURVE_FRACTIONS: Final = np.linspace(0.0, 1.0, 101)
# Through this window all light passes: what is then seen depends on the excitation alone.
_OPEN_WINDOW: Final = BandpassFilter(200.0, 2000.0)


@dataclass(frozen=True)
class FilterSet:
    """The two windows of a microscope: what excites, and what reaches the camera."""

    emission: BandpassFilter
    excitation: BandpassFilter


FILTER_SETS: Final = {
    "red": FilterSet(RED_EMISSION_FILTER, RED_EXCITATION_FILTER),
    "green": FilterSet(GREEN_EMISSION_FILTER, GREEN_EXCITATION_FILTER),
}


@dataclass(frozen=True)
class SizeReading:
    """What one size does at the present composition and behind the present filter.

    `enters_at` and `leaves_at` are the iodide fractions at which the maximum of the line enters
    the window and leaves it again, None when it does not.
    """

    edge_length_nm: float
    wavelength_nm: float
    passing_percent: float
    enters_at: float | None
    leaves_at: float | None


@dataclass(frozen=True)
class FilterResult:
    """All that is drawn for one crystal and one pair of windows."""

    edge_length_nm: float
    iodide_fraction: float
    filters: str
    fwhm_mev: float
    bowing_ev: float

    @property
    def filter_set(self) -> FilterSet:
        """The two windows."""
        return FILTER_SETS[self.filters]

    @property
    def chosen(self) -> SizeReading:
        """The chosen crystal."""
        return self._readings[0]

    @property
    def batches(self) -> tuple[SizeReading, ...]:
        """The same composition in crystals of the mean edge lengths of the paper's batches."""
        return self._readings[1:]

    @cached_property
    def fwhm_nm(self) -> float:
        """Width of the line at half its height, in nm."""
        return float(line_width_nm(self.fwhm_mev, self.chosen.wavelength_nm))

    @cached_property
    def excited_percent(self) -> float:
        """How much of the exciting light it absorbs, 100 being far above its absorption edge."""
        seen = filtered_rise(
            self.edge_length_nm,
            self.iodide_fraction,
            filter=_OPEN_WINDOW,
            excitation=self.filter_set.excitation,
            fwhm_mev=self.fwhm_mev,
            bowing_ev=self.bowing_ev,
        )
        return 100 * float(seen)

    @cached_property
    def spectrum(self) -> tuple[Numbers, Numbers]:
        """The line: wavelengths in nm, light relative to its maximum."""
        return self._line(*SPECTRUM_RANGE_NM, _SPECTRUM_POINTS)

    @cached_property
    def passing_spectrum(self) -> tuple[Numbers, Numbers]:
        """The part of the line inside the emission window, in the same units."""
        window = self.filter_set.emission
        return self._line(window.low_nm, window.high_nm, _WINDOW_POINTS)

    def passing_curve_percent(self, edge_nm: float) -> Numbers:
        """Return which part of the light of a size passes, in percent, at `CURVE_FRACTIONS`."""
        return _passing_curve_percent(edge_nm, self.filters, self.fwhm_mev, self.bowing_ev)

    def _line(self, low_nm: float, high_nm: float, n_points: int) -> tuple[Numbers, Numbers]:
        wavelength_nm = np.linspace(low_nm, high_nm, n_points)
        return _fixed(wavelength_nm), _fixed(self._light(wavelength_nm) / self._highest)

    @cached_property
    def _highest(self) -> float:
        """Light per nm at the maximum of the line."""
        low_nm, high_nm = SPECTRUM_RANGE_NM
        fine_nm = np.linspace(low_nm, high_nm, 10 * _SPECTRUM_POINTS)
        return float(self._light(fine_nm).max())

    def _light(self, wavelength_nm: Numbers) -> Numbers:
        centre_nm = self.chosen.wavelength_nm
        return np.asarray(line_shape(wavelength_nm, centre_nm, fwhm_mev=self.fwhm_mev))

    @cached_property
    def _readings(self) -> tuple[SizeReading, ...]:
        """The chosen size, then those of the paper."""
        edges_nm = np.array([self.edge_length_nm, *batch_edges_nm()])
        fraction, window = self.iodide_fraction, self.filter_set.emission
        bowing_ev = self.bowing_ev
        passing = transmitted_fraction(
            edges_nm, fraction, window, fwhm_mev=self.fwhm_mev, bowing_ev=bowing_ev
        )
        columns = (
            edges_nm,
            emission_wavelength_nm(edges_nm, fraction, bowing_ev=bowing_ev),
            100 * np.asarray(passing),
            entry_fraction(edges_nm, window, bowing_ev=bowing_ev),
            exit_fraction(edges_nm, window, bowing_ev=bowing_ev),
        )
        return tuple(
            SizeReading(float(edge), float(nm), float(percent), _number(enters), _number(leaves))
            for edge, nm, percent, enters, leaves in zip(*map(np.asarray, columns), strict=True)
        )


class FilterState(ExplorerState):
    """A nanocrystal of CsPb(Br,I)3, the windows of a microscope, and what follows from both.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was.

    Attributes
    ----------
    edge_length_nm : float
        Edge of the cube, 3 to 20 nm.
    iodide_fraction : float
        x of CsPb(Br1-x Ix)3, 0 to 1.
    filters : str
        A key of `FILTER_SETS`.
    fwhm_mev : float
        Full width at half maximum of the line of one nanocrystal, in meV.
    bowing_ev : float
        b of the composition law, in eV; 0 is a straight line between bromide and iodide.
    result : FilterResult
        Read-only; new after each change of the above.
    """

    edge_length_nm = FiniteFloat(
        START_EDGE_NM, min=float(SMALLEST_EDGE_NM), max=float(LARGEST_EDGE_NM)
    )
    iodide_fraction = FiniteFloat(START_FRACTION, min=0.0, max=1.0)
    filters = traitlets.Enum(tuple(FILTER_SETS), default_value=START_FILTERS)
    fwhm_mev = FiniteFloat(float(DEFAULT_FWHM_MEV), min=50.0, max=200.0)
    bowing_ev = FiniteFloat(float(DEFAULT_BOWING_EV), min=0.0, max=0.3)
    result = traitlets.Instance(FilterResult, read_only=True)

    @traitlets.default("result")
    def _first_result(self) -> FilterResult:
        return self._result()

    @traitlets.observe("edge_length_nm", "iodide_fraction", "filters", "fwhm_mev", "bowing_ev")
    def _update_result(self, _change: object) -> None:
        self.set_trait("result", self._result())

    def _result(self) -> FilterResult:
        return FilterResult(
            edge_length_nm=self.edge_length_nm,
            iodide_fraction=self.iodide_fraction,
            filters=self.filters,
            fwhm_mev=self.fwhm_mev,
            bowing_ev=self.bowing_ev,
        )


@cache
def batch_edges_nm() -> tuple[float, ...]:
    """Return the mean edge lengths of the paper's batches, in nm, the smallest first."""
    return tuple(sorted(paper.batches()["edge_length_nm"].astype(float)))


@lru_cache(maxsize=64)
def _passing_curve_percent(
    edge_nm: float, filters: str, fwhm_mev: float, bowing_ev: float
) -> Numbers:
    """Return the curve of one size; kept, since a moved slider leaves most curves as they are."""
    passing = transmitted_fraction(
        edge_nm,
        CURVE_FRACTIONS,
        FILTER_SETS[filters].emission,
        fwhm_mev=fwhm_mev,
        bowing_ev=bowing_ev,
    )
    return _fixed(100 * np.asarray(passing))


def _fixed(values: Numbers) -> Numbers:
    """Return an array made read-only: a part of a result."""
    values.flags.writeable = False
    return values


def _number(fraction: float) -> float | None:
    """Return a composition as a number, None for one that does not exist."""
    return None if np.isnan(fraction) else float(fraction)
