"""The switching explorer in words: numbers with their errors, tables, a description."""

import math
from typing import Final

import numpy as np
import pandas as pd

from anionx_teach.photoluminescence import RED_EMISSION_FILTER
from anionx_widgets.switching_movies import SAMPLES, MovieSettings, SwitchingMovie
from anionx_widgets.switching_result import SwitchingResult
from anionx_widgets.switching_state import SwitchingState

PLUS_MINUS: Final = "\N{PLUS-MINUS SIGN}"
NOTHING: Final = "\N{EN DASH}"
ASSUMPTION_CAPTION: Final = "What the simulation assumes"
ASSUMPTION_COLUMNS: Final = ["Quantity", "Value", "Evidence"]
REASON_CAPTION: Final = "What became of the fits"
REASON_COLUMNS: Final = ["Result", "Trajectories"]
TRUTH_NAMES: Final = {"composition": "its composition", "light": "its light"}
_QUANTITIES: Final = {
    "start_time_s": "Start (s)",
    "switching_time_s": "Switching time (s)",
    "amplitude": "Amplitude",
    "background": "Background",
    "decay_rate_per_s": "Decay (1/s)",
}
_TIME: Final = "switching_time_s"
_GOOD_CHI2: Final = (0.8, 1.25)
_DIGITS: Final = 4
_PRINTED_UNITS: Final = (
    ("^2", "\N{SUPERSCRIPT TWO}"),
    ("^-1", "\N{SUPERSCRIPT MINUS}\N{SUPERSCRIPT ONE}"),
    ("uM", "\N{MICRO SIGN}M"),
)
_FILTER: Final = f"{RED_EMISSION_FILTER.low_nm:g}\N{EN DASH}{RED_EMISSION_FILTER.high_nm:g}"


def table_caption(result: SwitchingResult) -> str:
    """Return what the table shows, and the unit of the light."""
    truth = "" if result.movie.truth is None else ", in truth the composition and its light"
    return (
        f"By hand, by the fit ({PLUS_MINUS} standard error){truth}; amplitudes in "
        f"{result.trajectory.unit} a frame"
    )


def table_columns(result: SwitchingResult) -> list[str]:
    """Return the headings of the table: the two truths have columns where they are known."""
    columns = ["Quantity", "by hand", "fit"]
    return columns if result.movie.truth is None else [*columns, "composition", "its light"]


def table_rows(result: SwitchingResult) -> list[list[str]]:
    """Return the numbers of both curves, by `table_columns`; fit and truth once asked for."""
    unit = result.trajectory.unit
    rows = [
        [
            name.format(unit=unit),
            number(result.hand[key]),
            _fitted(result, key),
            *_true(result, key),
        ]
        for key, name in _QUANTITIES.items()
    ]
    fitted = number(float(result.fit["reduced_chi2"])) if result.fitted_curve else NOTHING
    true = [] if result.movie.truth is None else [NOTHING, NOTHING]
    rows.append(["Reduced chi2", number(_chi2(result)), fitted, *true])
    return rows


def assumption_rows(settings: MovieSettings) -> list[list[str]]:
    """Return the assumptions behind a simulated movie that are in use, with their evidence."""
    used = settings.photophysics.to_frame().query("used")
    columns = zip(used["quantity"], used["value"], used["unit"], used["evidence"], strict=True)
    return [
        [str(quantity), _with_unit(float(value), str(unit)), str(evidence)]
        for quantity, value, unit, evidence in columns
    ]


def reason_rows(fits: pd.DataFrame) -> list[list[str]]:
    """Return how many fits ended in which way, the most frequent first."""
    return [[str(reason), str(n)] for reason, n in fits["reason"].value_counts().items()]


def description(state: SwitchingState) -> str:
    """Return what a person sees, with values and units."""
    result = state.result
    lines = [*_setting_lines(result), _hand_line(result)]
    if result.fitted:
        lines.append(_fit_line(result))
        if result.movie.truth is not None:
            lines.append(_truth_line(result))
    lines.append(_residual_line(result))
    if result.movie_shown:
        lines += _movie_lines(result)
    return "\n".join(lines)


def number(value: float) -> str:
    """Return a number with about four digits, commas, and a true minus sign."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0:
        return "0"
    decimals = min(max(0, _DIGITS - 1 - math.floor(math.log10(abs(value)))), 5)
    text = f"{abs(value):,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if value > 0 or float(text.replace(",", "")) == 0 else f"\N{MINUS SIGN}{text}"


def with_error(value: float, error: float) -> str:
    """Return a value and its standard error, two digits of the error."""
    if not (math.isfinite(value) and math.isfinite(error)):
        return NOTHING
    if error <= 0:
        return f"{number(value)} {PLUS_MINUS} 0"
    decimals = max(0, 1 - math.floor(math.log10(error)))
    text = f"{abs(value):,.{decimals}f} {PLUS_MINUS} {error:,.{decimals}f}"
    return text if value >= 0 else f"\N{MINUS SIGN}{text}"


def sample_name(sample: str) -> str:
    """Return a sample for the menu."""
    return f"{sample} TMSI"


def fit_button(result: SwitchingResult) -> str:
    """Return what the button of the fit does now."""
    return "Hide the fit" if result.fitted else "Let it fit"


def _setting_lines(result: SwitchingResult) -> list[str]:
    """Return the sentences on the trajectory."""
    movie = result.movie
    times = movie.trajectories.time_s
    of_all = f"{result.crystal} of {len(movie)}"
    if movie.truth is None:
        (spot,) = np.asarray(result.trajectory.spot)
        text = f"Trajectory {of_all}, spot {spot} of your table: {times.size} frames from "
        return [f"{text}{number(times[0])} to {number(times[-1])} s{_thinned(movie)}."]
    settings = movie.truth.settings
    sample = SAMPLES[settings.sample]
    field = (
        f"Nanocrystal {of_all}, simulated: a batch of {sample.edge_length_nm:g} nm with "
        f"{sample.concentration_um:g} \N{MICRO SIGN}M of TMSI; one frame of "
        f"{1000 * movie.truth.exposure_s:g} ms every {number(times[1] - times[0])} s for "
        f"{number(movie.truth.end_s)} s."
    )
    window = f"through the filter {_FILTER} nm" if settings.filtered else "without a filter"
    light = (
        f"Exciting light {settings.excitation_w_cm2:g} W/cm\N{SUPERSCRIPT TWO}, {window}; "
        f"{'blinking' if settings.blinking else 'no blinking'}; {_degradation(settings)}."
    )
    return [field, light]


def _thinned(movie: SwitchingMovie) -> str:
    n = movie.frames_a_point
    return "" if n == 1 else f", drawn as means of {n} frames"


def _degradation(settings: MovieSettings) -> str:
    """Return what becomes of the light after its maximum."""
    rate = settings.photophysics.decay_rate_per_s
    if not settings.degradation:
        return "no degradation"
    if rate == 0:
        return "degradation on, but none at this concentration"
    return f"after its maximum the light degrades at {number(rate)}/s"


def _hand_line(result: SwitchingResult) -> str:
    """Return the sentence on the curve drawn by hand."""
    hand, unit = result.hand, result.trajectory.unit
    decay = hand["decay_rate_per_s"]
    falling = f", then a decay of {number(decay)}/s" if decay else ""
    return (
        f"Your curve: start {number(hand['start_time_s'])} s, switching time "
        f"{number(hand['switching_time_s'])} s, amplitude {number(hand['amplitude'])} and background "
        f"{number(hand['background'])} {unit}{falling}; reduced chi2 "
        f"{number(_chi2(result))}{_judgement(_chi2(result))}."
    )


def _fit_line(result: SwitchingResult) -> str:
    """Return the sentence on the fit."""
    fit = result.fit
    if not fit["converged"]:
        return f"The fit gives no times: {fit['reason']}."
    how = ", blinking resisted" if result.robust else ""
    return (
        f"The fit{how}: start {_of_fit(fit, 'start_time_s')} s, switching time "
        f"{_of_fit(fit, 'switching_time_s')} s, amplitude {_of_fit(fit, 'amplitude')} and background "
        f"{_of_fit(fit, 'background')}; {int(fit['frames_in_rise'])} frames lie in the rise; reduced "
        f"chi2 {number(float(fit['reduced_chi2']))}{_judgement(float(fit['reduced_chi2']))}."
    )


def _truth_line(result: SwitchingResult) -> str:
    """Return the sentence on what really happened."""
    texts = [
        f"{which} started at {number(_truth_of(result, key, 'start_time_s'))} s and took "
        f"{number(_truth_of(result, key, 'switching_time_s'))} s"
        for key, which in (("composition", "the composition"), ("light", "its light"))
    ]
    return f"In truth {texts[0]}; {texts[1]}, from 10 to 90 %."


def _residual_line(result: SwitchingResult) -> str:
    """Return the sentence on the residuals that are drawn."""
    residual = result.shown_misfit.standardised[0]
    of_fit = result.shown_misfit is not result.misfit
    far = np.count_nonzero(np.abs(residual) > 2.0)
    largest = int(np.argmax(np.abs(residual)))
    return (
        f"Residuals of {'the fit' if of_fit else 'your curve'}: {100 * far / residual.size:.0f} % of "
        "the frames are more than 2 standard errors away, of noise alone 5 %; the farthest is at "
        f"{number(result.trajectory.time_s[largest])} s, by {number(residual[largest])}."
    )


def _movie_lines(result: SwitchingResult) -> list[str]:
    """Return the sentences on all fits."""
    time = _of_switching_time(result.summary)
    n_all = len(result.movie)
    if not time["n"]:
        return [f"The whole movie: none of {n_all} fits gives a time."]
    summary = (
        f"The whole movie: {time['n']:.0f} of {n_all} fits give a time; switching time mean "
        f"{number(time['mean'])} s, standard deviation {number(time['sd'])} s, of which the "
        f"fits' own errors make {number(time['fit_se'])} s; median {number(time['median'])} s."
    )
    truth = result.movie.truth
    if truth is None or result.bias is None:
        return [summary]
    sample = SAMPLES[truth.settings.sample]
    bias = _of_switching_time(result.bias)
    against = (
        f"Against the truth, the rise of {TRUTH_NAMES[result.truth]}: true mean "
        f"{number(bias['true_mean_s'])} s, fitted less true "
        f"{with_error(bias['bias_s'], bias['bias_se_s'])} s. The paper prints "
        f"{sample.paper_mean_s:g} {PLUS_MINUS} {sample.paper_sd_s:g} s; the simulated "
        "composition was made to take so long on the average."
    )
    return [summary, against]


def _of_switching_time(table: pd.DataFrame) -> dict[str, float]:
    """Return the numbers on the switching time."""
    return dict(zip(table.columns, table.loc[_TIME].to_numpy(float), strict=True))


def _chi2(result: SwitchingResult) -> float:
    return float(result.misfit.reduced_chi2[0])


def _judgement(chi2: float) -> str:
    """Return what a reduced chi2 says."""
    if chi2 > _GOOD_CHI2[1]:
        return ", where noise alone gives about 1"
    return ", as noise alone gives it" if chi2 > _GOOD_CHI2[0] else ", less than noise gives"


def _of_fit(fit: pd.Series, name: str) -> str:
    error = "decay_rate_se_per_s" if name == "decay_rate_per_s" else _error_name(name)
    return with_error(float(fit[name]), float(fit[error]))


def _error_name(name: str) -> str:
    return name.replace("_s", "_se_s") if name.endswith("_s") else f"{name}_se"


def _fitted(result: SwitchingResult, name: str) -> str:
    """Return a number of the fit for the table."""
    if result.fitted_curve is None or (name == "decay_rate_per_s" and result.fit[name] == 0):
        return NOTHING
    return _of_fit(result.fit, name)


def _true(result: SwitchingResult, name: str) -> list[str]:
    """Return the two true values for the table, once the fit is shown; none without a truth."""
    if result.movie.truth is None:
        return []
    if not result.fitted or name not in {"start_time_s", "switching_time_s"}:
        return [NOTHING, NOTHING]
    return [number(_truth_of(result, which, name)) for which in TRUTH_NAMES]


def _truth_of(result: SwitchingResult, which: str, name: str) -> float:
    truth = result.movie.truth
    return float(truth.of(which)[name][result.row]) if truth is not None else math.nan


def _with_unit(value: float, unit: str) -> str:
    """Return a number with its unit; nothing for an assumption without a number."""
    if math.isnan(value):
        return ""
    for plain, printed in _PRINTED_UNITS:
        unit = unit.replace(plain, printed)
    return f"{value:,g}" if unit == "-" else f"{value:,g} {unit}"
