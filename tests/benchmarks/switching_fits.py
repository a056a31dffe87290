"""Sigmoid fits beside `curve_fit` and a batched NumPy fit, their variance, and their bias.

Run it from the root of the repository::

    python -m tests.benchmarks.switching_fits [--json] [--repeats 5]

300 trajectories of 2000 frames, and 2000 of 300. The peers get the standard errors of the frames and
first guesses as one makes them by hand (the middle where smoothed light crosses half of its range),
fit the same four parameters, and stop when they are as close to the minimum; so do we in that row,
without a decay. `curve_fit` has the Jacobian; making guesses is a part of everybody's time, as are our
weights and levels.
"""

import argparse
import os
from collections.abc import Iterator
from functools import partial

import numpy as np
from scipy.optimize import curve_fit
from scipy.special import expit

from anionx_teach import _switching_engine as engine
from anionx_teach._compile_kernels import SWITCH, warm_up
from anionx_teach.switching import fit_bias_table, fit_switching
from tests.benchmarks.report import Row, interleaved, show
from tests.library.switching_courses import FRAME_S, from_the_chain, recorded, truth

N, N_FRAMES, RISE_FRAMES = 300, 2000, 120
SIZES = ((300, 2000), (2000, 300))
CHEAP = 100  # of the trajectories for curve_fit, whose time is multiplied


def guesses(frames, intensity):
    """Midpoint, ln tau, amplitude and background (R, 4), as read off the smoothed trajectories."""
    together = max(1, frames.size // 100)
    n = frames.size // together * together
    smooth = intensity[:, :n].reshape(len(intensity), -1, together).mean(axis=2)
    low, high = smooth[:, :10].mean(axis=1), smooth[:, -10:].mean(axis=1)
    crossed = np.argmax(smooth > 0.5 * (low + high)[:, None], axis=1)
    midpoint = frames[crossed * together] + 0.5 * together
    log_tau = np.full(len(intensity), np.log(frames.size / 50))
    return np.stack([midpoint, log_tau, high - low, low], axis=1)


def logistic(t, midpoint, log_tau, amplitude, background):
    return background + amplitude * expit((t - midpoint) * np.exp(-log_tau))


def jacobian(t, midpoint, log_tau, amplitude, background):
    rate = np.exp(-log_tau)
    u = (t - midpoint) * rate
    s = expit(u)
    p = amplitude * s * (1.0 - s)
    return np.stack([-p * rate, -p * u, s, np.ones_like(t)], axis=1)


def scipy_fits(measured, n):
    frames = measured.time_s / FRAME_S
    start = guesses(frames, measured.intensity[:n])
    return np.array(
        [
            curve_fit(
                logistic,
                frames,
                measured.intensity[i],
                p0=start[i],
                sigma=measured.intensity_se[i],
                absolute_sigma=True,
                jac=jacobian,
            )[0]
            for i in range(n)
        ]
    )


def numpy_fits(measured, tolerance=1e-6, most_steps=60):
    """Levenberg-Marquardt of all trajectories at once, those that are done left out."""
    frames = measured.time_s / FRAME_S
    parameters = guesses(frames, measured.intensity)
    weight = 1.0 / measured.intensity_se
    damping = np.full(len(parameters), 1e-3)
    active = np.arange(len(parameters))

    def terms(p, rows):
        rate = np.exp(-p[:, 1, None])
        u = (frames - p[:, 0, None]) * rate
        s = expit(u)
        slope = p[:, 2, None] * s * (1.0 - s)
        w = weight[rows]
        residual = (measured.intensity[rows] - p[:, 3, None] - p[:, 2, None] * s) * w
        derivative = np.stack([-slope * rate * w, -slope * u * w, s * w, w], axis=1)
        transposed = derivative.transpose(0, 2, 1)
        return derivative @ transposed, (derivative @ residual[:, :, None])[:, :, 0], residual

    matrix, gradient, residual = terms(parameters, active)
    chi2 = np.sum(residual**2, axis=1)
    for _ in range(most_steps):
        damped = matrix[active].copy()
        damped[:, range(4), range(4)] *= 1.0 + damping[active, None]
        step = np.linalg.solve(damped, gradient[active][:, :, None])[:, :, 0]
        promised = np.sum(step * gradient[active], axis=1)
        step /= np.maximum(np.abs(step[:, 1]), 1.0)[:, None]
        trial = parameters[active] + step
        last = promised < tolerance
        parameters[active[last]] = trial[last]
        active, trial = active[~last], trial[~last]
        if not active.size:
            break
        new_matrix, new_gradient, residual = terms(trial, active)
        tried = np.sum(residual**2, axis=1)
        better = tried <= chi2[active]
        moved = active[better]
        parameters[moved], chi2[moved] = trial[better], tried[better]
        matrix[moved], gradient[moved] = new_matrix[better], new_gradient[better]
        damping[moved] /= 10.0
        damping[active[~better]] *= 10.0
    return parameters


def our_fits(measured):
    frames = measured.time_s / FRAME_S
    return engine.fit_rows(frames, measured.intensity, measured.intensity_se, "none", False)


def speed_rows(n: int, n_frames: int, repeats: int) -> Iterator[Row]:
    rise_frames = RISE_FRAMES * n_frames // N_FRAMES
    measured = recorded(truth(n, n_frames, rise_frames, 1), n_frames, 2, with_errors=True)
    timings = interleaved(
        {
            "ours": partial(our_fits, measured),
            "numpy": partial(numpy_fits, measured),
            "scipy": partial(scipy_fits, measured, CHEAP),
        },
        repeats,
    )
    ours = timings["ours"]
    ratio = timings["scipy"].cpu_s / CHEAP / (ours.cpu_s / n)
    name = f"{n} x {n_frames} frames, errors given"
    yield Row(
        f"{name} | curve_fit with Jacobian ({CHEAP} fits)",
        ours,
        timings["scipy"],
        20.0,
        f"cpu a fit: {1e6 * ours.cpu_s / n:.0f} us",
        ratio,
    )
    ratio = timings["numpy"].cpu_s / ours.cpu_s
    yield Row(f"{name} | batched NumPy", ours, timings["numpy"], 3.0, "", ratio)
    difference = our_fits(measured).parameters[:CHEAP, 0] - scipy_fits(measured, CHEAP)[:, 0]
    share = float(np.mean(np.abs(difference) < 1e-3))
    text = f"{np.abs(difference).max():.1e} frames at most"
    yield Row("midpoints within 1e-3 frames of curve_fit", text, goal=0.99, ratio=share)


def whole_rows(repeats: int) -> Iterator[Row]:
    """As a user calls it: noise estimated, a decay tried, a table made."""
    measured = recorded(truth(N, N_FRAMES, RISE_FRAMES, 1), N_FRAMES, 2)
    before = os.environ.get(SWITCH)
    for name, switch in (("compiled", "0"), ("without compiled code", "1")):
        os.environ[SWITCH] = switch
        for robust in (False, True):
            run = {"ours": partial(fit_switching, measured, robust=robust)}
            timing = interleaved(run, repeats)["ours"]
            title = f"fit_switching, {N} x {N_FRAMES}, {name}, robust={robust}, s"
            yield Row(title, timing, goal=1.0, ratio=timing.cpu_s, at_most=True)
    os.environ.pop(SWITCH)
    if before is not None:
        os.environ[SWITCH] = before


def variance_row() -> Row:
    """Scatter of the start time in units of the Cramer-Rao bound, computed at the truth."""
    n = 4000
    parameters = truth(1, 600, 60, 3)
    parameters = {name: np.repeat(value, n) for name, value in parameters.items()}
    table = fit_switching(recorded(parameters, 600, 4), decay="none")
    bound_s = cramer_rao_s({name: value[0] for name, value in parameters.items()}, 600)
    ratio = float(np.var(table["start_time_s"] - parameters["start_time_s"])) / bound_s**2
    text = f"{n} fits, standard error of the ratio {np.sqrt(2 / n):.3f}"
    return Row(
        "variance of the start time | bound", text, "Cramer-Rao", 1.05, "", ratio, at_most=True
    )


def cramer_rao_s(parameters, n_frames, read_noise=5.0):
    """The least standard error of the start time that this noise allows, in s."""
    t = np.arange(n_frames) * FRAME_S
    per_tau = 2 * np.log(9.0)
    tau = parameters["switching_time_s"] / per_tau
    midpoint = parameters["start_time_s"] + 0.5 * parameters["switching_time_s"]
    arguments = (midpoint, np.log(tau), parameters["amplitude"], parameters["background"])
    light = logistic(t, *arguments)
    derivative = jacobian(t, *arguments)
    table = np.linalg.inv(derivative.T @ (derivative / (read_noise**2 + 2 * light)[:, None]))
    along = np.array([1.0, -0.5 * per_tau * tau, 0.0, 0.0])
    return float(np.sqrt(along @ table @ along))


def bias_rows() -> Iterator[Row]:
    """What the fit makes of light that is not a sigmoid: bias against the composition's truth."""
    cases = {
        "light in proportion to iodide": {"through_filter": False, "blinking": False},
        "and blinking": {"through_filter": False},
        "filter and absorption": {"through_filter": True, "blinking": False},
        "and degradation, 50 uM": {
            "through_filter": True,
            "blinking": False,
            "concentration_um": 50.0,
        },
        "and blinking too": {"through_filter": True, "concentration_um": 50.0},
    }
    for name, settings in cases.items():
        measured, known = from_the_chain(N, N_FRAMES, RISE_FRAMES, 5, **settings)
        for robust in (False, True):
            bias = fit_bias_table(fit_switching(measured, robust=robust), known)
            start, rise = bias.loc["start_time_s"], bias.loc["switching_time_s"]
            yield Row(
                f"bias: {name}, robust={robust}",
                f"start {start.bias_s:+.2f} s, median {start.median_bias_s:+.2f}, "
                f"{start.bias_in_se:+.2f} of its error, width {start.pull_width:.2f}",
                f"switching {rise.true_mean_s:.2f} -> {rise.fitted_mean_s:.2f} s, "
                f"median {rise.median_bias_s:+.2f}",
                limit=f"{start.n_converged:.0f} of {start.n:.0f} converged",
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    warm_up()
    rows = [row for size in SIZES for row in speed_rows(*size, arguments.repeats)]
    rows += [*whole_rows(arguments.repeats), variance_row()]
    show([*rows, *bias_rows()], as_json=arguments.json)


if __name__ == "__main__":
    main()
