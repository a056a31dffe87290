"""The hidden experiment of a movie: how large its nanocrystals are, and how much iodide they met."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from anionx_teach._hidden_draws import slider_step
from anionx_teach._hidden_experiment import HiddenExperiment, HiddenParameter
from anionx_teach._validation import count, generator, read_only

if TYPE_CHECKING:
    from anionx_teach._movie import Movie
    from anionx_teach._validation import Numbers
    from anionx_teach.exchange import ExchangeHistory
    from anionx_teach.trajectories import Trajectories

_PARAMETERS = (
    HiddenParameter("edge_length_nm", "Edge length", "nm", 5.1, 13.1, 0.1, 5.1, 1),
    HiddenParameter("concentration_um", "TMSI concentration", "µM", 5.0, 50.0, 0.5, 5.0, 1),
)
_TRUE_EDGE_NM = (6.5, 11.0)
_TRUE_CONCENTRATION_UM = (8.0, 35.0)
# All of these are assumed for teaching.
_CRYSTALS = 240
_FIELD_PX = (160, 160)
_FRAMES = 320
_MOMENTS = 24  # each is the mean of other crystals, so that the points are independent
_MOMENTS_IN_RISE = 11.0
_FIRST_MOMENT = -15
_MODEL_CRYSTALS = 200
_MODEL_FRAMES = 160
_MODEL_SEED = 6


class _Recording(NamedTuple):
    """The truth of a hidden movie, and what was measured in it."""

    truth: dict[str, float]
    rise_s: float
    trajectories: Trajectories


class _Noise(NamedTuple):
    """Variance of one reading of one spot: constant + slope x light, in photo-electrons squared."""

    constant: float
    slope: float

    def variance(self, light: Numbers) -> Numbers:
        return np.asarray(self.constant + self.slope * light)


def hidden_movie(seed: int) -> HiddenExperiment:
    """Return how the light of single nanocrystals rises in a movie of unknown size and iodide.

    Parameters
    ----------
    seed : int
        Which movie, >= 0. The same seed gives the same one.

    Returns
    -------
    HiddenExperiment
        Light of a spot in photo-electrons a frame against time in s from the middle of its own
        rise: the mean of about ten crystals at each of 24 moments, other ones each time, with its
        standard error. To be found: edge_length_nm and concentration_um (of TMSI).

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Notes
    -----
    240 crystals of one and the same edge exchange as `calibrated_model` has them, each beginning
    at its own random moment. Their light is in proportion to their iodide fraction: neither the
    filter nor blinking is in the way, so that the switching times are those which the model is
    calibrated to. A movie is recorded, spots are found and followed in it, and each trajectory is
    fitted (`detect_spots`, `extract_trajectories`, `fit_switching`); the fitted midpoint is the
    time zero of a crystal. The curve of the sliders comes from 200 crystals without noise, aligned
    by fits in the same way. The light is in proportion to the volume, so that the height tells the
    edge length, and the duration then tells the concentration.

    The standard errors are those of the camera and of the chance in 200 crystals with the true
    settings.

    Examples
    --------
    >>> experiment = hidden_movie(1)
    >>> len(experiment.x), experiment.y_label
    (24, 'Light (photo-electrons)')
    """
    recording = _recorded(count("seed", seed, minimum=0))
    noise = _noise_of(recording.trajectories)
    step_s = _rounded(recording.rise_s / _MOMENTS_IN_RISE)
    moment_s = np.arange(_FIRST_MOMENT, _FIRST_MOMENT + _MOMENTS, dtype=np.float64) * step_s
    measured, n_crystals = _aligned(recording.trajectories, moment_s)
    true_light = _model_light(moment_s, noise, **recording.truth)
    mean = true_light.mean(axis=0)
    variance = true_light.var(axis=0, ddof=1) + noise.variance(mean)

    def model(edge_length_nm: float, concentration_um: float) -> Numbers:
        return np.asarray(
            _model_light(moment_s, noise, edge_length_nm, concentration_um).mean(axis=0)
        )

    return HiddenExperiment(
        key=f"hidden_movie/{seed}",
        title="Single nanocrystals of unknown size light up, each from the middle of its rise",
        x=read_only(moment_s),
        x_label="Time from the middle of the rise (s)",
        measured=read_only(measured),
        standard_error=read_only(np.sqrt(variance / n_crystals)),
        y_label="Light (photo-electrons)",
        parameters=_PARAMETERS,
        _model=model,
        _truth=recording.truth,
    )


def hidden_movie_trajectories(seed: int) -> Trajectories:
    """Return the trajectories of the hidden movie.

    Parameters
    ----------
    seed : int
        As for `hidden_movie`, whose points are made from these trajectories.

    Returns
    -------
    Trajectories
        One for each spot that was found in the movie, 320 frames, in photo-electrons a frame.

    Raises
    ------
    TypeError, ValueError
        If `seed` is not a whole number >= 0.

    Examples
    --------
    >>> trajectories = hidden_movie_trajectories(1)
    >>> trajectories.n_frames, trajectories.unit
    (320, 'photo-electrons')
    """
    return _recorded(count("seed", seed, minimum=0)).trajectories


@lru_cache(maxsize=16)
def _recorded(seed: int) -> _Recording:
    """Return the hidden settings of a seed, and the trajectories of its movie."""
    from anionx_teach.exchange import calibrated_model, exact_rise_time, simulate_exchange
    from anionx_teach.spots import detect_spots
    from anionx_teach.trajectories import extract_trajectories

    rng = generator(seed)
    truth = {
        "edge_length_nm": slider_step(rng, _PARAMETERS[0], *_TRUE_EDGE_NM),
        "concentration_um": slider_step(rng, _PARAMETERS[1], *_TRUE_CONCENTRATION_UM),
    }
    model = calibrated_model(**truth)
    rise_s = exact_rise_time(model).mean_s
    history = simulate_exchange(model, _CRYSTALS, rng=rng)
    movie = _filmed(history, truth["edge_length_nm"], rise_s, rng)
    trajectories = extract_trajectories(movie, detect_spots(movie))
    return _Recording(truth, rise_s, trajectories)


def _filmed(
    history: ExchangeHistory, edge_nm: float, rise_s: float, rng: np.random.Generator
) -> Movie:
    """Return a movie of crystals that begin within one switching time of each other."""
    from anionx_teach.camera import Camera, place_emitters, record_movie

    camera = Camera(illumination_falloff=0.0)
    event_s = history.event_time_s + rng.uniform(0.0, rise_s, (_CRYSTALS, 1))
    end_s = float(event_s[:, -1].max()) + rise_s / 2
    interval_s = max(_rounded(end_s / _FRAMES), camera.exposure_s)
    time_s = np.arange(_FRAMES) * interval_s + camera.exposure_s / 2
    light = _fraction_at(event_s, np.broadcast_to(time_s, (_CRYSTALS, _FRAMES)))
    places = place_emitters(_CRYSTALS, shape=_FIELD_PX, rng=rng)
    return record_movie(
        light * _photons_per_s(edge_nm),
        places[["x_px", "y_px"]].to_numpy(),
        camera,
        shape=_FIELD_PX,
        frame_interval_s=interval_s,
        rng=rng,
    )


def _aligned(trajectories: Trajectories, moment_s: Numbers) -> tuple[Numbers, Numbers]:
    """Return the mean light at each moment, of the crystals that belong to it, and their number."""
    from anionx_teach.switching import fit_switching

    fits = fit_switching(trajectories, decay="none")
    row = np.flatnonzero(fits["converged"].to_numpy(bool))
    group = np.arange(len(row)) % len(moment_s)
    asked_s = fits["midpoint_s"].to_numpy(float)[row] + moment_s[group]
    time_s = trajectories.time_s
    frame = np.rint((asked_s - time_s[0]) / (time_s[1] - time_s[0])).astype(np.int64)
    inside = (frame >= 0) & (frame < len(time_s))
    light = trajectories.intensity[row[inside], frame[inside]]
    number = np.bincount(group[inside], minlength=len(moment_s))
    return np.bincount(group[inside], light, len(moment_s)) / number, number.astype(np.float64)


def _noise_of(trajectories: Trajectories) -> _Noise:
    """Return how the variance of a reading grows with the light."""
    assert trajectories.intensity_se is not None
    variance = np.mean(trajectories.intensity_se**2, axis=0)
    slope, constant = np.polyfit(trajectories.intensity.mean(axis=0), variance, 1)
    return _Noise(float(constant), float(slope))


@lru_cache(maxsize=4096)
def _model_course(
    edge_nm: float, concentration_um: float, noise: _Noise
) -> tuple[Numbers, Numbers, float]:
    """Return event times of crystals without delay, their fitted midpoints (s), and their light."""
    from anionx_teach.exchange import calibrated_model, exact_rise_time, simulate_exchange
    from anionx_teach.switching import fit_switching
    from anionx_teach.trajectories import Trajectories

    model = calibrated_model(edge_nm, concentration_um)
    event_s = simulate_exchange(model, _MODEL_CRYSTALS, rng=_MODEL_SEED).event_time_s
    rise_s = exact_rise_time(model).mean_s
    time_s = np.linspace(-rise_s / 2, event_s[:, -1].max() + rise_s / 2, _MODEL_FRAMES)
    full = _electrons(edge_nm)
    light = full * _fraction_at(event_s, np.broadcast_to(time_s, (len(event_s), time_s.size)))
    places = np.zeros(len(event_s))
    seen = Trajectories(time_s, light, places, places, np.sqrt(noise.variance(light)))
    fits = fit_switching(seen, decay="none")
    middle_s = fits["midpoint_s"].to_numpy(float)
    fitted = np.isfinite(middle_s)
    return event_s[fitted], middle_s[fitted], full


def _model_light(
    moment_s: Numbers, noise: _Noise, edge_length_nm: float, concentration_um: float
) -> Numbers:
    """Return the light (crystals, moments) of crystals aligned by their fitted midpoints."""
    event_s, middle_s, full = _model_course(edge_length_nm, concentration_um, noise)
    return np.asarray(full * _fraction_at(event_s, middle_s[:, None] + moment_s))


def _fraction_at(event_s: Numbers, time_s: Numbers) -> Numbers:
    """Return the part of its events that each crystal has behind it, (N, T) at times (N, T)."""
    done = [
        np.searchsorted(events, times, side="right")
        for events, times in zip(event_s, time_s, strict=True)
    ]
    return np.divide(done, event_s.shape[1], dtype=np.float64)


def _photons_per_s(edge_nm: float) -> float:
    """Return the photons a second of a crystal of iodide, without a filter."""
    from anionx_teach.emission import photon_budget

    budget = photon_budget(edge_nm, filter=None).set_index("step")["value"]
    return float(budget["photons behind the filter"])


def _electrons(edge_nm: float) -> float:
    """Return the photo-electrons of one exposure of it."""
    from anionx_teach.camera import Camera

    camera = Camera()
    return _photons_per_s(edge_nm) * camera.exposure_s * camera.quantum_efficiency


def _rounded(time_s: float) -> float:
    """Return a time with two digits."""
    return float(f"{time_s:.2g}")
