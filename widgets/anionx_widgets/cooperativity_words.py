"""The cooperativity explorer in words: names of the laws, a table, a description."""

import math
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from anionx_teach.exchange import calibrated_model
from anionx_widgets.cooperativity_state import (
    COOPERATIVITY_UNIT_KT,
    N_FRAMES,
    N_PARTICLES,
    CooperativityResult,
    CooperativityState,
    ExchangeRun,
)

LAW_NAMES: Final = {
    "quadratic": "quadratic: \N{GREEK SMALL LETTER DELTA} i\N{SUPERSCRIPT TWO} (the paper)",
    "linear": "linear: \N{GREEK SMALL LETTER DELTA} i",
    "step": "step: constant, then \N{GREEK SMALL LETTER DELTA} i",
    "none": "none: all events alike",
}
COOPERATIVITY_UNITS: Final = {
    "quadratic": "10\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT FOUR} kT/event\N{SUPERSCRIPT TWO}",
    "linear": "10\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT TWO} kT/event",
    "step": "10\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT TWO} kT/event",
    "none": "",
}
_QUANTITIES: Final = (
    "Time until 10 %",
    "Switching time",
    "First event's P, k0",
    "Events with P = 1",
    "Slope, log axes",
)
TABLE_CAPTION: Final = "Times in steps, mean \N{PLUS-MINUS SIGN} standard deviation"
TABLE_COLUMNS: Final = ["Quantity", f"{N_PARTICLES} simulated", "exact", "pinned, exact"]
NOTHING: Final = "\N{EN DASH}"
_CALIBRATED_EDGES_NM: Final = (5.1, 13.1)
_CALIBRATED_UM: Final = 5.0


def table_rows(result: CooperativityResult) -> list[list[str]]:
    """Return the numbers of the present and the pinned setting, by `TABLE_COLUMNS`."""
    simulated = [NOTHING] * len(_QUANTITIES)
    if result.run is not None:
        simulated[:2] = [_simulated(result.run.start_steps), _simulated(result.run.rise_steps)]
    columns = [simulated, _exact_column(result.run), _exact_column(result.pinned)]
    return [list(row) for row in zip(_QUANTITIES, *columns, strict=True)]


def curves_description(result: CooperativityResult) -> str:
    """Return what the picture of the trajectories shows."""
    axis = f"Iodide fraction against time, 0 to {_steps(result.end_steps)} steps"
    pinned = "; the pinned mean is dashed" if result.pinned else ""
    if result.run is None:
        return f"{axis}: nothing to draw{pinned}."
    last = float(result.run.history.exchange_time_s.max())
    return (
        f"{axis}, of {N_PARTICLES} nanocrystals and their mean: 10 % after "
        f"{_steps(result.run.start_steps.mean())} steps, all exchanged after {_steps(last)}{pinned}."
    )


def field_description() -> str:
    """Return what the field of squares shows."""
    return (
        f"The {N_PARTICLES} nanocrystals as squares, pale blue for bromide to dark red for "
        "iodide, at the time of the player"
    )


def description(state: CooperativityState) -> str:
    """Return what a person sees, with values and units."""
    result = state.result
    lines = [_setting_line(state)]
    if result.run is None:
        lines.append(
            f"Nothing to draw: {result.obstacle}. Switch the cap on, or lower the cooperativity "
            "or the number of events."
        )
    else:
        lines += [_event_line(result.run), _time_line(result.run)]
    if result.pinned is not None:
        lines.append(_pinned_line(result.run, result.pinned))
    if result.run is not None:
        lines.append(_moment_line(state))
    return "\n".join([*lines, _calibration_line()])


def _exact_column(run: ExchangeRun | None) -> list[str]:
    """Return the exact numbers of one setting, by `_QUANTITIES`."""
    if run is None:
        return [NOTHING] * len(_QUANTITIES)
    return [
        _with_sd(*run.exact_start_steps),
        _with_sd(*run.exact_rise_steps),
        f"{run.model.attempt_probability:.3g}",
        f"{run.n_certain} of {run.model.n_sites}" if run.model.capped else "no cap",
        _signed(run.slope),
    ]


def _setting_line(state: CooperativityState) -> str:
    """Return the sentence on the five settings."""
    delta_kt = state.cooperativity * COOPERATIVITY_UNIT_KT[state.law]
    cap = "probabilities end at 1" if state.capped else "no cap: rates instead of probabilities"
    return (
        f"{N_PARTICLES} nanocrystals of {state.n_sites} events at "
        f"{state.concentration_um:g} \N{MICRO SIGN}M; law {LAW_NAMES[state.law]}; "
        f"{_cooperativity(delta_kt, state.law)}; {cap}."
    )


def _event_line(run: ExchangeRun) -> str:
    """Return the sentence on probability and barrier."""
    odds, barrier = run.model.event_probability, run.acting_barrier_kt
    word = "probability" if run.model.capped else "rate"
    text = (
        f"From first to last event the {word} per step goes from {odds[0]:.3g} to "
        f"{odds[-1]:.3g}, the free energy of activation from {barrier[0]:.2f} to "
        f"{_kt(barrier[-1])} kT"
    )
    if not run.model.capped:
        return f"{text}."
    return f"{text}; {run.n_certain} of {run.model.n_sites} events have P = 1."


def _time_line(run: ExchangeRun) -> str:
    """Return the sentence on incubation and switching times, simulated and exact."""
    return (
        f"Time until 10 % of the events: {_simulated(run.start_steps)} steps, exact "
        f"{_with_sd(*run.exact_start_steps)}. Switching time, 10 to 90 %: "
        f"{_simulated(run.rise_steps)} steps, exact {_with_sd(*run.exact_rise_steps)}; its slope "
        f"against concentration, both logarithmic, is {_signed(run.slope)} here."
    )


def _pinned_line(run: ExchangeRun | None, pinned: ExchangeRun) -> str:
    """Return the sentence that compares with the pinned setting."""
    mean, sd = pinned.exact_rise_steps
    text = (
        f"Pinned, dashed: {pinned.model.n_sites} events at {pinned.concentration_um:g} "
        f"\N{MICRO SIGN}M, law {pinned.model.law}, "
        f"{_cooperativity(pinned.model.cooperativity, pinned.model.law)}, "
        f"{'cap' if pinned.model.capped else 'no cap'}: exact switching time "
        f"{_with_sd(mean, sd)} steps, slope {_signed(pinned.slope)}"
    )
    if run is None:
        return f"{text}."
    ratio = run.exact_rise_steps[0] / mean
    return f"{text}; now it takes {ratio:.3g} times as long."


def _moment_line(state: CooperativityState) -> str:
    """Return the sentence on the moment at which the player stands."""
    if state.playing:
        return "The player runs."
    fraction = state.result.fraction[:, state.frame]
    time = state.result.end_steps * state.frame / (N_FRAMES - 1)
    return (
        f"The player stands at {_steps(time)} steps: mean iodide fraction {fraction.mean():.2f}, "
        f"{np.count_nonzero(fraction >= 0.5)} nanocrystals at least half exchanged, "
        f"{np.count_nonzero(fraction == 1)} wholly."
    )


@cache
def _calibration_line() -> str:
    """Return the sentence on what a step is worth in seconds."""
    models = [calibrated_model(edge_nm, _CALIBRATED_UM) for edge_nm in _CALIBRATED_EDGES_NM]
    worth = " and ".join(
        f"{model.step_s:.3g} s at {edge_nm:g} nm ({_cooperativity(model.cooperativity, model.law)})"
        for edge_nm, model in zip(_CALIBRATED_EDGES_NM, models, strict=True)
    )
    return (
        f"Calibrated with the paper's means, at {models[0].n_sites} events, {models[0].law} law "
        f"and cap, a step is worth {worth}."
    )


def _cooperativity(delta_kt: float, law: str) -> str:
    """Return a cooperativity in the unit of its slider."""
    if law == "none":
        return "no cooperativity"
    in_unit = delta_kt / COOPERATIVITY_UNIT_KT[law]
    return f"cooperativity {in_unit:.3g} \N{MIDDLE DOT} {COOPERATIVITY_UNITS[law]}"


def _simulated(steps: npt.NDArray[np.float64]) -> str:
    return _with_sd(float(steps.mean()), float(steps.std()))


def _with_sd(mean: float, sd: float) -> str:
    decimals = _decimals(mean)
    return f"{mean:,.{decimals}f} \N{PLUS-MINUS SIGN} {sd:,.{decimals}f}"


def _steps(steps: float) -> str:
    """Return a number of steps with commas between the thousands."""
    return f"{steps:,.{_decimals(steps)}f}"


def _decimals(number: float) -> int:
    """Return how many decimals give a positive number four digits; one for zero."""
    return max(0, 3 - math.floor(math.log10(number))) if number > 0 else 1


def _signed(number: float) -> str:
    """Return a number with two decimals and a true minus sign; none when it rounds to zero."""
    text = f"{abs(number):.2f}"
    return text if float(text) == 0 or number > 0 else f"\N{MINUS SIGN}{text}"


def _kt(energy_kt: float) -> str:
    """Return an energy with two decimals, or as a whole number where it is large."""
    text = f"{abs(energy_kt):.2f}" if abs(energy_kt) < 100 else f"{abs(energy_kt):.0f}"
    return text if energy_kt >= 0 else f"\N{MINUS SIGN}{text}"
