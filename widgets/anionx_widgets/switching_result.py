"""What follows from the settings of the switching explorer: misfits, fits, summary and bias."""

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from anionx_teach.switching import (
    SwitchingMisfit,
    fit_bias_table,
    summarise_switching,
    switching_misfit,
)
from anionx_teach.trajectories import Trajectories
from anionx_widgets.switching_hand import HAND, Bounds
from anionx_widgets.switching_movies import SwitchingMovie


@dataclass(frozen=True, eq=False)
class SwitchingResult:
    """All that is shown; each part is computed when first looked at.

    `hand` is the curve drawn by hand, by the names of `switching_curve`; the rest is as in
    `SwitchingState`.
    """

    movie: SwitchingMovie = field(repr=False)
    crystal: int
    hand: dict[str, float]
    fitted: bool
    residuals_of: str
    robust: bool
    movie_shown: bool
    truth: str

    @property
    def row(self) -> int:
        """Row of the trajectory among all."""
        return self.crystal - 1

    @property
    def trajectory(self) -> Trajectories:
        """The trajectory that is shown, alone."""
        return self.movie.trajectory(self.row)

    @cached_property
    def misfit(self) -> SwitchingMisfit:
        """How far the trajectory is from the curve drawn by hand."""
        return switching_misfit(self.trajectory, self.hand)

    @property
    def fit(self) -> pd.Series:
        """The fit to this trajectory: a row of `fit_switching`."""
        return self.movie.fit(self.row, self.robust)

    @property
    def fitted_curve(self) -> dict[str, float] | None:
        """The fitted curve; None where the fit gives no times, or nobody asked for it."""
        if not (self.fitted and self.fit["converged"]):
            return None
        return {name: float(self.fit[name]) for name in HAND}

    @cached_property
    def fit_misfit(self) -> SwitchingMisfit | None:
        """How far the trajectory is from the fitted curve."""
        curve = self.fitted_curve
        return None if curve is None else switching_misfit(self.trajectory, curve)

    @property
    def shown_misfit(self) -> SwitchingMisfit:
        """The one of the two whose residuals are drawn."""
        fit = self.fit_misfit if self.residuals_of == "fit" else None
        return self.misfit if fit is None else fit

    @property
    def bounds(self) -> dict[str, Bounds]:
        """Where the numbers of the curve drawn by hand may lie."""
        return self.movie.bounds(self.row)

    @property
    def fits(self) -> pd.DataFrame:
        """The fits to all trajectories."""
        return self.movie.fits(self.robust)

    @cached_property
    def summary(self) -> pd.DataFrame:
        """Mean and spread of the fitted times of the whole movie."""
        return summarise_switching(self.fits)

    @cached_property
    def bias(self) -> pd.DataFrame | None:
        """How far fitted times are from the true ones; None without a truth."""
        if self.movie.truth is None:
            return None
        return fit_bias_table(self.fits, self.movie.truth.of(self.truth))
