"""The bias of a switching time that is measured through a filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach._validation import Numbers, read_only

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class FilterBias:
    """True and measured rise of nanocrystals, one value a history.

    Parameters
    ----------
    edge_length_nm : array_like
        Edge of each nanocrystal, in nm.
    true_rise_s, measured_rise_s : array_like
        Rise of the composition, and of the intensity behind the filter, in s; NaN where nothing
        rises.
    true_midpoint_s, measured_midpoint_s : array_like
        When composition and intensity are half-way up, in s.
    largest_intensity : array_like
        Of each history, relative to a line that passes whole.
    """

    edge_length_nm: Numbers
    true_rise_s: Numbers
    measured_rise_s: Numbers
    true_midpoint_s: Numbers
    measured_midpoint_s: Numbers
    largest_intensity: Numbers

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            object.__setattr__(self, name, read_only(np.asarray(getattr(self, name), np.float64)))

    @property
    def ratio(self) -> Numbers:
        """Measured over true rise; 1 is a measurement without bias."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.measured_rise_s / self.true_rise_s)

    @property
    def delay_s(self) -> Numbers:
        """How much later than the composition the intensity is half-way up, in s."""
        return np.asarray(self.measured_midpoint_s - self.true_midpoint_s)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with one row a history.

        Returns
        -------
        pandas.DataFrame
            Columns edge_length_nm, true_rise_s, measured_rise_s, ratio, delay_s,
            largest_intensity.
        """
        import pandas as pd

        names = ("edge_length_nm", "true_rise_s", "measured_rise_s", "ratio", "delay_s")
        columns = {name: np.ravel(getattr(self, name)) for name in (*names, "largest_intensity")}
        return pd.DataFrame(columns)
