"""One row of a sweep: what travels to a worker, what it computes there, and what travels back."""

from __future__ import annotations

import math
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from anionx_teach._counter_draws import draw_key
from anionx_teach._version import __version__
from anionx_teach.exchange import (
    CooperativeModel,
    exact_exchange_time,
    exact_rise_time,
    exact_start_time,
    simulate_exchange_times,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

Row = Mapping[str, float]

MODEL_COLUMNS = {
    "attempt_probability": "float64",
    "cooperativity": "float64",
    "n_sites": "int64",
    "step_s": "float64",
    "law": "str",
    "capped": "bool",
    "onset_fraction": "float64",
    "provenance": "str",
}
DRAW_COLUMNS = {"n_particles": "int64", "random_key": "str"}
RESULT_COLUMNS = (
    "mean_s",
    "sd_s",
    "mean_se_s",
    "median_s",
    "start_mean_s",
    "exchange_mean_s",
    "exact_mean_s",
    "exact_sd_s",
    "exact_start_s",
    "exact_exchange_s",
    "z",
)
INDEX = "condition"

# What every CSV reader gives back exactly; far below the noise of any simulation.
_DIGITS = 12


@dataclass(frozen=True)
class Task:
    """One condition, with all that its row depends on.

    `call` tells two sweeps apart: dask takes equal tasks for one, and would hand back the failure
    of an earlier sweep.
    """

    condition: int
    model: CooperativeModel
    n_particles: int
    seed: np.random.SeedSequence
    call: str
    version: str = __version__


@dataclass(frozen=True)
class Failed:
    """Why a row could not be computed, in words: not every exception survives a journey."""

    cause: str
    trace: str = ""


def compute_row(task: Task) -> dict[str, float] | Failed:
    """Simulate one condition and return its summary; runs on the worker, never raises."""
    try:
        if task.version != __version__:
            msg = f"the worker has anionx-teach {__version__}, the sweep came from {task.version}"
            raise RuntimeError(msg)
        return _summary(task)
    except Exception as error:  # noqa: BLE001 # whatever it is, the other conditions go on
        return Failed(cause_of(error), traceback.format_exc())


def cause_of(error: BaseException) -> str:
    """Return an exception in words, its kind first."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def rounded(value: float) -> float:
    """Return a result with the digits that a table keeps."""
    return float(f"{value:.{_DIGITS}g}")


def key_text(seed: np.random.SeedSequence) -> str:
    """Return the key of the draws as text that no CSV reader takes for a number."""
    return f"x{draw_key(seed):016x}"


def table_of(
    models: list[CooperativeModel],
    n_particles: int,
    seed: np.random.SeedSequence,
    rows: Mapping[int, Row],
) -> pd.DataFrame:
    """Return the rows that are there as a table, in the order of the conditions."""
    import pandas as pd

    conditions = sorted(rows)
    index = pd.Index(conditions, name=INDEX, dtype="int64")
    columns: dict[str, Iterable[object]] = {
        name: [getattr(models[i], name) for i in conditions] for name in MODEL_COLUMNS
    }
    columns["n_particles"] = [n_particles] * len(conditions)
    columns["random_key"] = [key_text(seed)] * len(conditions)
    types = MODEL_COLUMNS | DRAW_COLUMNS
    for name in RESULT_COLUMNS:
        columns[name] = [rows[i][name] for i in conditions]
        types = types | {name: "float64"}
    series = {
        name: pd.Series(list(values), index=index, dtype=types[name])
        for name, values in columns.items()
    }
    return pd.DataFrame(series, index=index)


def _summary(task: Task) -> dict[str, float]:
    """Return the statistics of the simulated times, and the exact theory beside them."""
    times = simulate_exchange_times(
        task.model, task.n_particles, rng=task.seed, condition=task.condition
    )
    mean_s, sd_s = _mean(times.rise_time_s), _sd(times.rise_time_s)
    exact = exact_rise_time(task.model)
    mean_se_s = _ratio(sd_s, math.sqrt(task.n_particles))
    exact_se_s = _ratio(exact.sd_s, math.sqrt(task.n_particles))
    values = {
        "mean_s": mean_s,
        "sd_s": sd_s,
        "mean_se_s": mean_se_s,
        "median_s": _median(times.rise_time_s),
        "start_mean_s": _mean(times.start_time_s),
        "exchange_mean_s": _mean(times.exchange_time_s),
        "exact_mean_s": exact.mean_s,
        "exact_sd_s": exact.sd_s,
        "exact_start_s": exact_start_time(task.model).mean_s,
        "exact_exchange_s": exact_exchange_time(task.model).mean_s,
        "z": _ratio(mean_s - exact.mean_s, exact_se_s),
    }
    return {name: rounded(value) for name, value in values.items()}


def _mean(values: npt.NDArray[np.float64]) -> float:
    """Return the mean; NaN of nothing."""
    return float(values.mean()) if len(values) else math.nan


def _sd(values: npt.NDArray[np.float64]) -> float:
    """Return the sample standard deviation (n - 1); NaN of fewer than two."""
    return float(values.std(ddof=1)) if len(values) > 1 else math.nan


def _median(values: npt.NDArray[np.float64]) -> float:
    """Return the median; NaN of nothing."""
    middle = len(values) // 2
    if not len(values):
        return math.nan
    ordered: list[float] = sorted(values.tolist())  # np.median is slower for some hundreds
    return ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _ratio(value: float, by: float) -> float:
    """Return a ratio, NaN where it says nothing: by zero, or less."""
    return value / by if by > 0 else math.nan
