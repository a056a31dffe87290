"""Models that meet the printed switching times, and the family of those that do so equally well."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from anionx_teach import _exchange_theory as theory
from anionx_teach import _validation, paper
from anionx_teach._exchange_model import DEFAULT_SITES, CooperativeModel
from anionx_teach.materials import parameter

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from anionx_teach._validation import Numbers

ATTEMPT_PROBABILITY_PER_UM = float(parameter("kinetics-002"))

_RISE = slice(math.ceil(0.1 * DEFAULT_SITES), math.ceil(0.9 * DEFAULT_SITES))
_START = slice(0, _RISE.start)
# Between these every ratio of two switching times that a cap can give is found.
_LOWEST_COOPERATIVITY, _HIGHEST_COOPERATIVITY = 1e-9, 1.0
_FAMILY_ENDS = (parameter("kinetics-004"), parameter("kinetics-005"))  # k0 at the lowest
_FAMILY_SIZE = int(parameter("kinetics-006").value)


def calibrated_model(edge_length_nm: float, concentration_um: float) -> CooperativeModel:
    """Return the model that gives the printed mean switching times.

    Parameters
    ----------
    edge_length_nm : float
        Edge length in nm, > 0.
    concentration_um : float
        Concentration of TMSI in uM, > 0, and at most 100 (k0 would exceed 1).

    Returns
    -------
    CooperativeModel
        With the law `quadratic`, the cap, and 100 events; `provenance` says whether its settings
        are calibrated, interpolated or extrapolated.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a number as above, or the concentration so small that the exchange
        would take more than 2^46 steps.

    Warns
    -----
    UserWarning
        If the edge length is outside 5.1 to 13.1 nm, or the concentration outside 5 to 50 uM: the
        model is then extrapolated.

    Notes
    -----
    The paper prints four means: 5.1 and 13.1 nm, at 5 and at 50 uM. With k0 = 0.01 per uM and 100
    events (both assumed for teaching) cooperativity and step of each of the two sizes follow from
    its two means, which the model meets exactly. Other concentrations change k0 in proportion.
    **Other sizes are interpolated**: the logarithms of cooperativity and step lie on a straight line
    against the logarithm of the edge length. Nothing was measured there, and the calibration is not
    unique: see `calibration_family`.

    References
    ----------
    `paper.CITATION`, Results, the paragraph before Fig. 5, for the means.

    Examples
    --------
    >>> model = calibrated_model(5.1, 5)
    >>> print(f"{model.cooperativity:.3e} kT, {model.step_s:.4f} s; {model.provenance}")
    3.570e-04 kT, 0.1847 s; calibrated to the printed means
    >>> calibrated_model(7.8, 5).provenance
    'interpolated between the printed means of 5.1 and 13.1 nm'
    """
    edge = _single_edge(edge_length_nm)
    concentration = _validation.scalar("concentration_um", concentration_um)
    _validation.positive("concentration_um", concentration, "uM")
    attempt_probability = ATTEMPT_PROBABILITY_PER_UM * concentration
    if attempt_probability > 1.0:
        msg = (
            f"concentration_um must be <= {1 / ATTEMPT_PROBABILITY_PER_UM:g} uM, where the "
            f"probability of the first event in a step is 1, got {concentration:g}"
        )
        raise ValueError(msg)
    cooperativity, step_s = _interpolated(edge)
    try:
        model = CooperativeModel(attempt_probability, cooperativity, DEFAULT_SITES, step_s)
    except ValueError as error:
        msg = f"concentration_um must be larger, got {concentration:g}: {error}"
        raise ValueError(msg) from error
    return replace(model, provenance=_provenance(edge, concentration))


def calibration_family(
    edge_length_nm: float, attempt_probability_per_um: npt.ArrayLike | None = None
) -> pd.DataFrame:
    """Return models that meet the printed means of one size equally well.

    Parameters
    ----------
    edge_length_nm : float
        5.1 or 13.1 nm: the sizes whose means are printed.
    attempt_probability_per_um : array_like, shape (K,), optional
        k0 per uM of TMSI of each member of the family, > 0; by default nine from 0.0006 to 0.024
        (k0 at 5 uM from 0.003 to 0.12), evenly spaced in their logarithm.

    Returns
    -------
    pandas.DataFrame
        One row a member: attempt_probability (k0 at the lowest concentration, 5 uM), cooperativity
        (kT per event squared), step_s, mean_at_5_um_s and mean_at_50_um_s (of the switching time),
        and at 5 uM start_mean_s (incubation) and exchange_mean_s (all in all), all exact.

    Raises
    ------
    TypeError, ValueError
        If the size is another, k0 is not > 0, so large that no cooperativity gives the ratio of
        the printed means, or so small that the exchange would take more than 2^46 steps.

    Notes
    -----
    Two means fix two settings, cooperativity and step, for any k0. Only the incubation tells the
    members apart, and the measured one (393 s at 5.1 nm, of the ensemble) also holds what happens
    before the first exchange. Above 0.02 per uM k0 exceeds 1 at 50 uM: every event is at the cap.

    Examples
    --------
    >>> family = calibration_family(5.1, [0.0006, 0.024])
    >>> family[["attempt_probability", "mean_at_5_um_s", "exchange_mean_s"]].round(3)
       attempt_probability  mean_at_5_um_s  exchange_mean_s
    0                0.003           135.6          385.960
    1                0.120           135.6          167.993
    """
    import pandas as pd

    edge = _single_edge(edge_length_nm)
    sizes = _printed_sizes()
    if edge not in sizes:
        msg = (
            f"edge_length_nm must be {' or '.join(f'{size:g}' for size in sizes)} nm, the sizes "
            f"whose mean switching times are printed, got {edge:g}"
        )
        raise ValueError(msg)
    (low_um, high_um), _ = _printed_means(edge)
    if attempt_probability_per_um is None:
        lowest, highest = map(float, _FAMILY_ENDS)
        per_um = np.geomspace(lowest, highest, _FAMILY_SIZE) / low_um
    else:
        per_um = _validation.positive(
            "attempt_probability_per_um", attempt_probability_per_um, "per uM"
        )
        per_um = np.atleast_1d(per_um)
    if per_um.ndim != 1:
        msg = f"attempt_probability_per_um must be one-dimensional, got {per_um.ndim} dimensions"
        raise ValueError(msg)
    columns = (
        "attempt_probability",
        "cooperativity",
        "step_s",
        f"mean_at_{low_um:g}_um_s",
        f"mean_at_{high_um:g}_um_s",
        "start_mean_s",
        "exchange_mean_s",
    )
    return pd.DataFrame([_member(edge, float(k)) for k in per_um], columns=columns, dtype=float)


def _member(edge_nm: float, per_um: float) -> tuple[float, ...]:
    """Return one row of the family."""
    (low_um, high_um), _ = _printed_means(edge_nm)
    cooperativity, step_s = _solved(edge_nm, per_um)
    at_low, at_high = (_probability(per_um * um, cooperativity) for um in (low_um, high_um))
    parts = (at_low[_RISE], at_high[_RISE], at_low[_START], at_low)
    means = (step_s * theory.mean_and_sd(part, capped=True)[0] for part in parts)
    return (per_um * low_um, cooperativity, step_s, *means)


def _probability(attempt_probability: float, cooperativity: float) -> Numbers:
    """Return P_i of the calibrated events, (S,), also for a k0 above 1: all are then at the cap."""
    try:
        model = CooperativeModel(min(attempt_probability, 1.0), cooperativity, DEFAULT_SITES)
    except ValueError as error:
        msg = f"attempt_probability_per_um must be larger: {error}"
        raise ValueError(msg) from error
    return model.event_probability


def _interpolated(edge_nm: float) -> tuple[float, float]:
    """Return cooperativity and step of a size: power laws through the two calibrated ones."""
    sizes = _printed_sizes()
    settings = [_solved(size, ATTEMPT_PROBABILITY_PER_UM) for size in sizes]
    if edge_nm in sizes:
        return settings[sizes.index(edge_nm)]
    place = math.log(edge_nm / sizes[0]) / math.log(sizes[-1] / sizes[0])
    cooperativity, step_s = (
        small * (large / small) ** place for small, large in zip(*settings, strict=True)
    )
    return cooperativity, step_s


def _provenance(edge_nm: float, concentration_um: float) -> str:
    """Say where the settings of a calibrated model come from; warn when they are extrapolated."""
    sizes = _printed_sizes()
    concentrations, _ = _printed_means(sizes[0])
    named = f"{sizes[0]:g} and {sizes[-1]:g} nm"
    outside = []
    if not sizes[0] <= edge_nm <= sizes[-1]:
        outside.append(f"edge_length_nm = {edge_nm:g} is outside {sizes[0]:g}-{sizes[-1]:g} nm")
    if not concentrations[0] <= concentration_um <= concentrations[-1]:
        ends = f"{concentrations[0]:g}-{concentrations[-1]:g} uM"
        outside.append(f"concentration_um = {concentration_um:g} is outside {ends}")
    if outside:
        reason = " and ".join(outside)
        warnings.warn(f"the calibration is extrapolated: {reason}", UserWarning, stacklevel=3)
        return f"extrapolated from the printed means of {named}: {reason}"
    if edge_nm not in sizes:
        return f"interpolated between the printed means of {named}"
    if concentration_um not in concentrations:
        ends = f"{concentrations[0]:g} and {concentrations[-1]:g} uM"
        return f"calibrated to the printed means at {ends}; k0 in proportion in between"
    return "calibrated to the printed means"


@cache
def _solved(edge_nm: float, per_um: float) -> tuple[float, float]:
    """Return the cooperativity and the step in s that give the two printed means of a size."""
    from scipy.optimize import brentq

    (low_um, high_um), (at_low_s, at_high_s) = _printed_means(edge_nm)

    def steps(concentration_um: float, cooperativity: float) -> float:
        probability = _probability(per_um * concentration_um, cooperativity)
        return theory.mean_and_sd(probability[_RISE], capped=True)[0]

    def misfit(log_cooperativity: float) -> float:
        cooperativity = math.exp(log_cooperativity)
        return steps(low_um, cooperativity) / steps(high_um, cooperativity) - at_low_s / at_high_s

    ends = math.log(_LOWEST_COOPERATIVITY), math.log(_HIGHEST_COOPERATIVITY)
    if misfit(ends[0]) <= 0:
        msg = (
            f"attempt_probability_per_um must be small enough for the ratio of the printed means, "
            f"{at_low_s / at_high_s:.3g}, got {per_um:g}"
        )
        raise ValueError(msg)
    cooperativity = math.exp(brentq(misfit, *ends, xtol=1e-14))
    return cooperativity, at_low_s / steps(low_um, cooperativity)


@cache
def _printed_sizes() -> tuple[float, ...]:
    """Return the edge lengths whose means are printed, in nm."""
    return tuple(float(size) for size in paper.switching_times()["edge_length_nm"].unique())


@cache
def _printed_means(edge_nm: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the concentrations in uM and the mean switching times in s of one size."""
    table = paper.switching_times()
    rows = table[table["edge_length_nm"] == edge_nm]
    return tuple(map(float, rows["concentration_um"])), tuple(map(float, rows["mean_s"]))


def _single_edge(edge_length_nm: float) -> float:
    """Return one edge length in nm."""
    edge = _validation.scalar("edge_length_nm", edge_length_nm)
    return float(_validation.length_nm("edge_length_nm", edge))
