"""Trajectories with a known truth, for the tests and the benchmark of the sigmoid fit."""

import numpy as np

from anionx_teach.emission import Photophysics, blinking_trace, photon_rates
from anionx_teach.switching import switching_curve
from anionx_teach.trajectories import Trajectories

LN_9 = np.log(9.0)
FRAME_S = 0.05


def trajectories(time_s, intensity, intensity_se=None):
    places = np.arange(len(intensity), dtype=float)
    return Trajectories(time_s, intensity, places, places, intensity_se=intensity_se)


def em_camera(electrons, read_noise, rng):
    """What an electron-multiplying camera makes of the mean number of electrons: gamma of Poisson.

    Its variance is 2 x electrons + read_noise^2, in electrons.
    """
    arrived = rng.poisson(electrons)
    multiplied = np.where(arrived > 0, rng.gamma(np.maximum(arrived, 1)), 0.0)
    return multiplied + rng.normal(0.0, read_noise, electrons.shape)


def truth(n, n_frames, switching_frames, seed, *, decay_rate_per_s=0.0, amplitude=150.0):
    """Starts spread over the middle of the time, and switching times over 20 %."""
    rng = np.random.default_rng(seed)
    duration_s = switching_frames * FRAME_S * rng.uniform(0.8, 1.2, n)
    middle_s = n_frames * FRAME_S * rng.uniform(0.4, 0.6, n)
    return {
        "start_time_s": middle_s - 0.5 * duration_s,
        "switching_time_s": duration_s,
        "amplitude": np.full(n, amplitude),
        "background": np.full(n, 40.0),
        "decay_rate_per_s": np.full(n, decay_rate_per_s),
    }


def recorded(parameters, n_frames, seed, *, read_noise=5.0, with_errors=False):
    """Trajectories of curves seen by an electron-multiplying camera."""
    time_s = np.arange(n_frames) * FRAME_S
    light = switching_curve(time_s, parameters)
    counts = em_camera(light, read_noise, np.random.default_rng(seed))
    errors = np.sqrt(read_noise**2 + 2.0 * light) if with_errors else None
    return trajectories(time_s, counts, errors)


def from_the_chain(
    n, n_frames, switching_frames, seed, *, through_filter, concentration_um=5.0, **settings
):
    """Trajectories and truth of crystals whose composition follows a logistic.

    Their light is what `photon_rates` makes of it; or, not `through_filter`, in proportion to their
    composition, with blinking but no degradation. `settings` are those of `Photophysics`.
    """
    parameters = truth(n, n_frames, switching_frames, seed)
    time_s = (np.arange(n_frames) + 0.5) * FRAME_S
    logistic = {**parameters, "amplitude": 1.0, "background": 0.0}
    fraction = np.clip(switching_curve(time_s, logistic), 0.0, 1.0)
    photophysics = Photophysics(concentration_um=concentration_um, **settings)
    options = {"photophysics": photophysics, "exposure_s": FRAME_S, "rng": seed}
    if through_filter:
        light = photon_rates(fraction, 5.1, time_s, **options)
    else:
        light = fraction * blinking_trace(time_s, n, **options)
    # The brightness is set here, so that all cases have the same.
    brightest = np.quantile(light.max(axis=1), 0.5)
    counts = em_camera(40.0 + 150.0 * light / brightest, 5.0, np.random.default_rng(seed + 1))
    return trajectories(time_s, counts), parameters
