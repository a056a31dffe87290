"""The cooperative model: its settings, and the probability of each event."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from anionx_teach._validation import (
    Numbers,
    between,
    count,
    non_negative,
    one_of,
    positive,
    scalar,
    text,
)
from anionx_teach.materials import parameter

LAWS = ("quadratic", "linear", "step", "none")
"""How the barrier falls with the number of events: `quadratic` is the paper's."""

DEFAULT_SITES = int(parameter("kinetics-001").value)
DEFAULT_ONSET = float(parameter("kinetics-003"))

# An exponential draw never exceeds 53 ln 2 = 36.7 times its mean. So below this mean every total is
# below 2^52 steps, up to which whole numbers and their sums are exact in a float64.
_MOST_STEPS = 2.0**46
_LARGEST_EXPONENT = 700.0  # exp of it is finite, and far above 1 / k0 for every k0 that is allowed
_SHORTEST_STEP_S, _LONGEST_STEP_S = 1e-100, 1e100  # far from where times would lose digits
_MOST_SITES = 100_000  # more than twice the anions of the largest nanocrystals of the paper


@dataclass(frozen=True)
class CooperativeModel:
    """Anion exchange of a nanocrystal as a chain of events, each changing the odds of the next.

    Parameters
    ----------
    attempt_probability : float
        k0, the probability that the first event happens within a time step, > 0 and <= 1;
        proportional to the concentration of iodide.
    cooperativity : float
        delta >= 0, in kT per event squared for the law `quadratic`, in kT per event for `linear`
        and `step`; without meaning for `none`.
    n_sites : int
        Number S of events of a particle, 1 to 100 000.
    step_s : float
        Duration of a time step in s, > 0 (1e-100 to 1e100).
    law : str
        One of `LAWS`.
    capped : bool
        Whether the probability of an event in a time step ends at 1, as probabilities do. If not,
        it is a rate per step, which may exceed 1, and waiting times are exponential instead of
        whole numbers of steps.
    onset_fraction : float
        For the law `step`: the fraction of the events after which the barrier falls, 0 to 1.
    provenance : str
        Where the settings come from, for people.

    Raises
    ------
    TypeError, ValueError
        If a setting is not one of those above, the exponential overflows (without the cap; with it,
        the fall of the barrier itself), or the mean time of the whole exchange exceeds 2^46 steps,
        beyond which steps could not be counted exactly.

    Notes
    -----
    Event i = 0, 1, ... S - 1 happens in a time step with the probability
    P_i = min(1, exp(-dG_i / kT)), dG_i = dG_0 - kT f(i), k0 = exp(-dG_0 / kT); f(i) = delta i^2 is
    the paper's law `quadratic`, delta i is `linear`, delta max(0, i - onset_fraction S) is `step`,
    and 0 is `none`. Not published: the numbers, the cap, S, and the duration of a step.

    References
    ----------
    `paper.CITATION`, the equation after Fig. 5. `step` follows the picture of B. Yin et al.,
    J. Mater. Chem. C 7, 3486 (2019): a barrier that falls once a part has reacted; the shape of
    the fall and its onset are assumed for teaching.

    Examples
    --------
    >>> model = CooperativeModel(0.05, 3.6e-4)
    >>> model.event_probability[[0, 50, 99]].round(3).tolist()
    [0.05, 0.123, 1.0]
    >>> model.barrier_kt[[0, 50, 99]].round(2).tolist()
    [3.00, 2.10, -0.53]
    """

    attempt_probability: float
    cooperativity: float
    n_sites: int = DEFAULT_SITES
    step_s: float = 1.0
    law: str = "quadratic"
    capped: bool = True
    onset_fraction: float = DEFAULT_ONSET
    provenance: str = "set by hand"

    def __post_init__(self) -> None:
        numbers = {
            name: scalar(name, getattr(self, name))
            for name in ("attempt_probability", "cooperativity", "step_s", "onset_fraction")
        }
        probability = numbers["attempt_probability"]
        if not 0.0 < probability <= 1.0:
            msg = f"attempt_probability must be > 0 and <= 1, got {probability}"
            raise ValueError(msg)
        non_negative("cooperativity", numbers["cooperativity"], "kT")
        positive("step_s", numbers["step_s"], "s")
        between("step_s", numbers["step_s"], _SHORTEST_STEP_S, _LONGEST_STEP_S, "s")
        between("onset_fraction", numbers["onset_fraction"], 0.0, 1.0)
        one_of("law", self.law, LAWS)
        if not isinstance(self.capped, bool | np.bool_):
            msg = f"capped must be True or False, got {self.capped!r}"
            raise TypeError(msg)
        text("provenance", self.provenance)
        n_sites = count("n_sites", self.n_sites)
        if n_sites > _MOST_SITES:
            msg = f"n_sites must be <= {_MOST_SITES}, got {n_sites}"
            raise ValueError(msg)
        numbers |= {"n_sites": n_sites, "capped": bool(self.capped)}
        for name, value in numbers.items():
            object.__setattr__(self, name, value)
        self._require_countable_steps()

    @property
    def event_probability(self) -> Numbers:
        """P_i of each event, (S,); without the cap the rate per step, which may exceed 1."""
        return _event_probability(self)

    @property
    def barrier_kt(self) -> Numbers:
        """Free energy of activation of each event in kT, (S,); below 0 the cap, if any, acts."""
        return -math.log(self.attempt_probability) - self._fall_kt()

    @property
    def cooperativity_unit(self) -> str:
        """Unit of `cooperativity`, which depends on the law."""
        return "kT per event^2" if self.law == "quadratic" else "kT per event"

    def _fall_kt(self) -> Numbers:
        """Return by how much the barrier has fallen before each event, (S,)."""
        event = np.arange(self.n_sites, dtype=np.float64)
        match self.law:
            case "quadratic":
                event *= event
            case "step":
                event = np.maximum(event - self.onset_fraction * self.n_sites, 0.0)
            case "none":
                event[:] = 0.0
        with np.errstate(over="ignore"):
            return self.cooperativity * event

    def _require_countable_steps(self) -> None:
        """Raise a ValueError when probabilities overflow or steps could not be counted exactly."""
        with np.errstate(over="ignore"):
            probability = self.event_probability
        largest_fall = float(self._fall_kt()[-1])
        got = f"got {self.cooperativity:g} {self.cooperativity_unit}"
        if not np.all(np.isfinite(probability)):
            msg = (
                f"cooperativity must be small enough for exp(its fall of the barrier, "
                f"{largest_fall:.4g} kT) to be finite when capped is False, {got}"
            )
            raise ValueError(msg)
        if not math.isfinite(largest_fall):
            msg = f"cooperativity must be small enough for a finite fall of the barrier, {got}"
            raise ValueError(msg)
        with np.errstate(over="ignore"):
            steps = float(np.sum(1.0 / probability))
        if steps > _MOST_STEPS:
            msg = (
                "attempt_probability must be large enough for a mean time of the exchange below "
                f"2^46 steps, got {self.attempt_probability:g}: {steps:.3g} steps"
            )
            raise ValueError(msg)


@lru_cache(maxsize=8)  # simulation and theory of one model ask for it several times
def _event_probability(model: CooperativeModel) -> Numbers:
    """Return the probability of each event, read-only."""
    fall = model._fall_kt()
    if model.capped:
        # Beyond the largest exponent the probability is at the cap anyway.
        fall = np.minimum(fall, _LARGEST_EXPONENT)
    probability = model.attempt_probability * np.exp(fall)
    if model.capped:
        probability = np.minimum(probability, 1.0)
    probability.setflags(write=False)
    return probability
