"""The state of a match with a hidden experiment: the learner's parameters and what follows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets

from anionx_teach.hidden_experiments import HiddenExperiment


class HiddenMatchState(traitlets.HasTraits):
    """The learner's parameters, and the curve and misfit that follow from them.

    Parameters
    ----------
    experiment : HiddenExperiment
        What is to be matched.

    Attributes
    ----------
    values : dict of str to float
        Every parameter by its name; what is missing, unknown or out of range raises
        ``TraitError`` and leaves the state as it was.
    predicted : ndarray
        The model at the measured places (read-only).
    misfit : float
        Its reduced chi-square (read-only).
    """

    values = traitlets.Dict(value_trait=traitlets.Float())
    predicted = traitlets.Instance(np.ndarray, read_only=True)
    misfit = traitlets.Float(read_only=True)

    def __init__(self, experiment: HiddenExperiment) -> None:
        self.experiment = experiment
        super().__init__()
        self.reset()

    @property
    def verdict(self) -> str:
        """How good the present match is, in words."""
        return self.experiment.verdict_on(self.misfit)

    @property
    def start(self) -> dict[str, float]:
        """Where every parameter begins."""
        return {item.name: item.start for item in self.experiment.parameters}

    def reset(self) -> None:
        """Go back to exactly the start."""
        self.values = self.start

    def set_value(self, name: str, value: float) -> None:
        """Change one parameter."""
        self.values = {**self.values, name: float(value)}

    def describe(self, values: Mapping[str, float]) -> str:
        """Return parameters as they are printed, with units."""
        return ", ".join(
            f"{item.label.lower()} {values[item.name]:.{item.decimals}f} {item.unit}"
            for item in self.experiment.parameters
            if item.name in values
        )

    @traitlets.validate("values")
    def _valid_values(self, proposal: dict[str, Any]) -> dict[str, float]:
        """Refuse what the experiment refuses."""
        values = dict(proposal["value"])
        try:
            self.experiment.predict(**values)
        except (TypeError, ValueError) as problem:
            raise traitlets.TraitError(str(problem)) from problem
        return values

    @traitlets.observe("values")
    def _compute(self, _change: object) -> None:
        """Bring curve and misfit up to date."""
        predicted = self.experiment.predict(**self.values)
        self.set_trait("predicted", predicted)
        self.set_trait("misfit", self.experiment.misfit_of(predicted))
