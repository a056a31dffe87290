"""The hidden experiment of the cuvette: red light of a batch, and a course that it has to follow."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anionx_teach import paper
from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._validation import between, count, generator, positive, read_only, scalar
from anionx_teach.ensemble import SPECTRUM_TIME_S, CuvetteKinetics, simulate_cuvette
from anionx_teach.materials import parameter
from anionx_teach.nanocrystals import NanocrystalBatch
from anionx_teach.photoluminescence import RED_EMISSION_FILTER

if TYPE_CHECKING:
    from anionx_teach._validation import Numbers

_PARAMETERS = (
    HiddenParameter("half_rise_s", "Time of half the red light", "s", 400.0, 1000.0, 2.0, 450.0, 0),
    HiddenParameter("rise_time_s", "10-90 % rise of the red light", "s", 60.0, 220.0, 2.0, 80.0, 0),
)
_TRUE_HALF_RISE_S = (550.0, 850.0)
_TRUE_RISE_TIME_S = (100.0, 200.0)
_READINGS = 36  # one each time that a spectrum takes, the last after 21 minutes
_ERROR = parameter("cuvette-013")
_FINAL_FRACTION = parameter("cuvette-014")
_SIZES = 400  # quantiles of the batch
_END_HALF_TIMES = 10.0  # when also the largest crystals are exchanged
_MOMENTS = 1001
_LONGEST_S = 1e9


def hidden_ensemble(seed: int) -> HiddenExperiment:
    """Return the red light of a whole batch of 5.1-nm crystals while it reacts.

    Parameters
    ----------
    seed : int
        Which experiment, >= 0. The same seed gives the same experiment.

    Returns
    -------
    HiddenExperiment
        Light behind the red emission filter, as a part of all light that the batch emitted before,
        against time in s, each a mean over 35 s with a normal error of 0.02. To be found:
        half_rise_s (the time at which half of the final red light has come) and rise_time_s (its
        10-90 % rise).

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    The two numbers describe the course of the ensemble, and nothing else can be read from it. The
    course is that of crystals which all start at once and exchange slowly (`kinetics_of_red_light`);
    the same course comes from crystals that each switch at once at different times
    (`abrupt_counterpart`). Both match below the noise floor, so the match does not decide between
    them. Spectra would: one peak that moves against two that trade height.

    Examples
    --------
    >>> experiment = hidden_ensemble(1)
    >>> [parameter.name for parameter in experiment.parameters]
    ['half_rise_s', 'rise_time_s']
    """
    rng = generator(count("seed", seed, minimum=0))
    truth = {
        item.name: slider_step(rng, item, low, high)
        for item, (low, high) in zip(
            _PARAMETERS, (_TRUE_HALF_RISE_S, _TRUE_RISE_TIME_S), strict=True
        )
    }
    time_s = np.arange(1.0, _READINGS + 1.0) * float(SPECTRUM_TIME_S)
    error = np.full(_READINGS, float(_ERROR))

    def model(half_rise_s: float, rise_time_s: float) -> Numbers:
        return _red_light(time_s, half_rise_s, rise_time_s)

    return HiddenExperiment(
        key=f"hidden_ensemble/{seed}",
        title="Red light of a whole batch of 5.1-nm crystals with little iodide",
        x=read_only(time_s),
        x_label="Time (s)",
        measured=read_only(rng.normal(model(**truth), error)),
        standard_error=read_only(error),
        y_label="Light at 590-649 nm (share)",
        parameters=_PARAMETERS,
        _model=model,
        _truth=truth,
    )


def kinetics_of_red_light(half_rise_s: float, rise_time_s: float) -> CuvetteKinetics:
    """Return slow, equal crystals of 5.1 nm whose red light rises when and as fast as asked for.

    Parameters
    ----------
    half_rise_s : float
        Time at which half of the final red light has come, in s.
    rise_time_s : float
        From 10 to 90 % of the final red light, in s.

    Returns
    -------
    CuvetteKinetics
        Surface limited, every crystal with the same start and no rate of its own, for
        `simulate_cuvette` with a batch like the paper's of 5.1 nm.

    Raises
    ------
    TypeError, ValueError
        If a time is not > 0, or the crystals would have to start before the iodide is added.

    Notes
    -----
    The red light of such crystals has one shape, stretched by the half time and shifted by the
    start. It begins only at an iodide fraction of about 0.6 (`entry_fraction` says where the middle
    of the line enters the window): the crystals have been reacting for a while by then, and the
    rise of the red light is shorter than their exchange.

    Examples
    --------
    >>> kinetics = kinetics_of_red_light(600.0, 100.0)
    >>> kinetics.mechanism, kinetics.start_sd_s, kinetics.rate_log_sd
    ('surface', 0.0, 0.0)
    """
    half_rise = _checked_time("half_rise_s", half_rise_s)
    rise_time = _checked_time("rise_time_s", rise_time_s)
    start_s, half_time_s = _start_and_half_time(half_rise, rise_time)
    if start_s < 0:
        earliest_s = half_rise - start_s
        msg = (
            f"half_rise_s must be >= {earliest_s:.0f} s for a rise of {rise_time:g} s, got "
            f"{half_rise:g}: the crystals would start before the iodide is added"
        )
        raise ValueError(msg)
    return CuvetteKinetics(
        "surface",
        reference_edge_nm=_printed_batch()[0],
        half_time_s=half_time_s,
        start_mean_s=start_s,
        final_iodide_fraction=float(_FINAL_FRACTION),
        provenance=f"red light that rises in {rise_time:g} s around {half_rise:g} s",
    )


def _checked_time(name: str, time_s: float) -> float:
    """Return one time > 0 and within a long experiment."""
    return float(between(name, positive(name, scalar(name, time_s), "s"), 0.0, _LONGEST_S, "s"))


class _Course(NamedTuple):
    """Red light of crystals that start together, against time in units of their half time."""

    half_times: Numbers
    light: Numbers
    area: Numbers  # under the light, from the start on
    tenth: float
    half: float
    nine_tenths: float


@cache
def _course() -> _Course:
    """Return the red light of the printed batch at moments, and when it has come by how much."""
    from scipy.special import ndtri

    mean_nm, sd_nm = _printed_batch()
    edges_nm = mean_nm + sd_nm * ndtri((np.arange(_SIZES) + 0.5) / _SIZES)
    kinetics = CuvetteKinetics(
        "surface", mean_nm, half_time_s=1.0, final_iodide_fraction=float(_FINAL_FRACTION)
    )
    half_times = np.linspace(0.0, _END_HALF_TIMES, _MOMENTS)
    batch = NanocrystalBatch(edges_nm, edges_nm)
    run = simulate_cuvette(batch, half_times, rng=0, kinetics=kinetics, exposure_s=0.0)
    light = run.filtered_intensity(RED_EMISSION_FILTER)
    steps = (light[1:] + light[:-1]) / 2 * np.diff(half_times)
    area = np.concatenate([[0.0], np.cumsum(steps)])
    rise = np.maximum.accumulate(light) / light[-1]
    tenth, half, nine_tenths = (
        float(np.interp(part, rise, half_times)) for part in (0.1, 0.5, 0.9)
    )
    return _Course(half_times, light, area, tenth, half, nine_tenths)


def _start_and_half_time(half_rise_s: float, rise_time_s: float) -> tuple[float, float]:
    """Return start and half time of the crystals that give this course, in s."""
    course = _course()
    half_time_s = rise_time_s / (course.nine_tenths - course.tenth)
    return half_rise_s - course.half * half_time_s, half_time_s


def _red_light(time_s: Numbers, half_rise_s: float, rise_time_s: float) -> Numbers:
    """Return the red light of the course, each the mean over the time of a spectrum before."""
    start_s, half_time_s = _start_and_half_time(half_rise_s, rise_time_s)
    exposure_s = float(SPECTRUM_TIME_S)
    ends = [_area((time_s - before - start_s) / half_time_s) for before in (0.0, exposure_s)]
    return np.asarray((ends[0] - ends[1]) * (half_time_s / exposure_s))


def _area(half_times: Numbers) -> Numbers:
    """Return the area under the course from its start on; it is flat after its last moment."""
    course = _course()
    beyond = np.maximum(half_times - course.half_times[-1], 0.0)
    inside = np.interp(half_times, course.half_times, course.area)
    return np.asarray(inside + beyond * course.light[-1])


def _printed_batch() -> tuple[float, float]:
    """Return mean and standard deviation (nm) of the smallest printed batch."""
    smallest = paper.batches().iloc[0]
    return float(smallest["edge_length_nm"]), float(smallest["sd_nm"])
