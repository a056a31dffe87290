"""The kernels of the sigmoid fit: loop, compiled loop and twin alike, and right."""

import importlib.util

import numpy as np
import pytest

from anionx_teach import _switching_kernels as kernels
from anionx_teach import _switching_step_kernels as steps
from anionx_teach import _switching_weight_kernels as weights
from anionx_teach._compile_kernels import SWITCH
from anionx_teach._switching_exponential import exponential, log_one_plus
from anionx_teach._switching_parts import FRAMES_AT_ONCE as FILL
from anionx_teach._switching_solver import curve_values
from anionx_teach._switching_start import levels, sampled
from anionx_teach.switching import fit_switching
from tests.library.switching_courses import recorded, truth

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed"
)


def arguments(n_rows, n_frames, seed=1, n_data=None):
    rng = np.random.default_rng(seed)
    n_data = n_rows if n_data is None else n_data
    tau = np.geomspace(0.05, n_frames, n_rows)
    decay = rng.uniform(-0.5 / n_frames, 0.1, n_rows)
    columns = (
        rng.uniform(-n_frames, 2 * n_frames, n_rows),
        1.0 / tau,
        rng.uniform(-10, 100, n_rows),
        rng.normal(0, 30, n_rows),
        decay * tau,
        tau,
    )
    intensity = rng.normal(50, 20, (n_data, n_frames))
    root_weight = rng.uniform(0, 1, (n_data, n_frames))
    root_weight[:, -3:] = 0.0
    time = np.arange(n_frames, dtype=float)
    return np.stack(columns, axis=1), time, intensity, root_weight


def filled(fill, given, with_decay, rows=None):
    curve, time, intensity, root_weight = given
    rows = np.arange(len(curve)) if rows is None else rows
    sums = np.full((rows.size, 21 if with_decay else 15), np.nan)
    with np.errstate(over="ignore"):  # NumPy's scalars warn of what is meant to wrap around
        fill(sums, rows, curve, with_decay, time, intensity, root_weight)
    return sums


@pytest.mark.parametrize("with_decay", [False, True])
def test_the_loop_and_the_twin_fill_the_same(with_decay):
    given = arguments(5, 2 * FILL)
    loop = filled(kernels.fill_sums.loop, given, with_decay)
    np.testing.assert_array_equal(loop, filled(kernels.fill_sums.twin, given, with_decay))


@needs_numba
@pytest.mark.parametrize("with_decay", [False, True])
@pytest.mark.parametrize("shape", [(1, FILL), (2, FILL), (1, 40 * FILL), (37, 5 * FILL), (0, FILL)])
def test_the_compiled_loop_and_the_twin_fill_the_same(monkeypatch, shape, with_decay):
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels.fill_sums.compile()
    given = arguments(*shape, seed=2)
    compiled = filled(kernels.fill_sums, given, with_decay)
    np.testing.assert_array_equal(compiled, filled(kernels.fill_sums.twin, given, with_decay))
    assert not np.isnan(compiled).any()


def test_curves_meet_the_trajectories_they_are_asked_for():
    curve, time, intensity, root_weight = arguments(6, FILL)
    rows = np.array([4, 1, 5, 1])
    expected = filled(kernels.fill_sums.twin, (curve, time, intensity, root_weight), True)
    own = (curve[rows], time, intensity, root_weight)
    for fill in (kernels.fill_sums.loop, kernels.fill_sums.twin):
        np.testing.assert_array_equal(filled(fill, own, True, rows), expected[rows])


@pytest.mark.parametrize("with_decay", [False, True])
def test_the_sums_are_those_of_derivatives_taken_by_differences(with_decay):
    n_frames = 4 * FILL
    rng = np.random.default_rng(3)
    parameters = np.array([[120.0, np.log(15.0), 80.0, 20.0, 0.004 * with_decay]])
    time = np.arange(n_frames, dtype=float)
    intensity, root_weight = rng.normal(60, 30, (1, n_frames)), rng.uniform(0, 1, (1, n_frames))
    tau = 15.0
    curve = np.array([[120.0, 1 / tau, 80.0, 20.0, 0.004 * with_decay * tau, tau]])
    given = (curve, time, intensity, root_weight)
    rows = []
    for column, step in enumerate((1e-3, 1e-5, 1e-3, 1e-3, 1e-6)[: 5 if with_decay else 4]):
        move = np.zeros((1, 5))
        move[0, column] = step
        high = curve_values(parameters + move, time, with_decay)
        low = curve_values(parameters - move, time, with_decay)
        rows.append((high - low)[0] / (2 * step) * root_weight[0])
    rows.append((intensity - curve_values(parameters, time, with_decay))[0] * root_weight[0])
    table = np.array(rows) @ np.array(rows).T
    expected = table[np.tril_indices(len(rows))]
    scale = np.sqrt(np.outer(np.diag(table), np.diag(table)))[np.tril_indices(len(rows))]
    found = filled(kernels.fill_sums.twin, given, with_decay)[0]
    assert np.abs((found - expected) / scale).max() < 1e-7


def other_calls(kind, seed=5):
    """A kernel, its arguments, and which of them it fills, for an uneven number of frames."""
    curve, time, intensity, root_weight = arguments(9, 3 * FILL, seed)
    intensity, errors = intensity[:, : 2 * FILL + 7].copy(), 3.0 + root_weight[:, : 2 * FILL + 7]
    rng = np.random.default_rng(seed)
    noise = np.stack([rng.uniform(1, 9, 9), rng.integers(0, 3, 9), np.full(9, 2.0)], axis=1)
    curves = np.full(root_weight.shape, np.nan)
    none = np.empty((0, 0))
    if kind.startswith("curves"):
        return weights.fill_curves, [curves, curve, kind == "curves, decay", time], 1
    if kind == "changes":
        return weights.fill_changes, [np.empty((9, 2)), intensity, errors], 1
    if kind == "steps":
        sums = filled(kernels.fill_sums.twin, (curve, time, intensity, root_weight), seed % 2 == 0)
        sums[3] = 0.0  # nothing is known of it
        parameters = np.stack([*curve.T[[0, 1, 2, 3]], np.zeros(9)], axis=1)
        damping, limits = np.geomspace(1e-9, 1e3, 9), np.array([[-1e3] * 5, [1e3] * 5])
        trial = np.full((9, 5), np.nan)
        return steps.fill_steps, [trial, np.empty(9), sums, damping, parameters, limits], 2
    weights.fill_curves.twin(curves, curve, True, time)
    given = {
        "weights": (curves, none),
        "weights of errors": (curves, errors),
        "weights of errors only": (none, errors),
        "the same weights": (none, none),
    }[kind]
    if not given[0].size:
        noise[:, 1] = 0.0
    empty = np.full(root_weight.shape, np.nan)
    return weights.fill_weights, [empty, given[0], intensity, given[1], noise], 1


@needs_numba
@pytest.mark.parametrize("seed", [5, 6])
@pytest.mark.parametrize(
    "kind",
    [
        "curves",
        "curves, decay",
        "changes",
        "steps",
        "weights",
        "weights of errors",
        "weights of errors only",
        "the same weights",
    ],
)
def test_the_other_kernels_and_their_twins_fill_the_same(monkeypatch, kind, seed):
    monkeypatch.delenv(SWITCH, raising=False)
    answers = []
    for which in ("loop", "twin", "compiled"):
        kernel, given, n_filled = other_calls(kind, seed)
        assert kernel.compile()
        with np.errstate(over="ignore"):
            (kernel if which == "compiled" else getattr(kernel, which))(*given)
        answers.append(given[:n_filled])
    for answer in answers[1:]:
        for first, other in zip(answers[0], answer, strict=True):
            assert not np.isnan(first).any()
            np.testing.assert_array_equal(first, other)


def test_weights_are_the_roots_of_one_over_the_variance():
    kernel, given, _ = other_calls("weights of errors")
    kernel.twin(*given)
    root_weight, curves, intensity, errors, noise = given
    n_frames = intensity.shape[1]
    variance = errors**2 + noise[:, 1:2] * (curves[:, :n_frames] - intensity)
    np.testing.assert_allclose(root_weight[:, :n_frames] ** -2.0, np.maximum(variance, 2.0))
    assert (root_weight[:, n_frames:] == 0).all()


def test_far_from_the_rise_the_curve_is_taken_as_flat_and_nothing_is_lost(monkeypatch):
    given = arguments(6, 10 * FILL, 8)
    given[0][:, 0], given[0][:, 1] = 5 * FILL, 1 / np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
    short = [filled(kernels.fill_sums.twin, given, decay) for decay in (False, True)]
    monkeypatch.setattr(kernels, "_FLAT", np.inf)
    for decay, sums in zip((False, True), short, strict=True):
        full = filled(kernels.fill_sums.twin, given, decay)
        np.testing.assert_allclose(sums, full, rtol=1e-7, atol=1e-7 * np.abs(full).max())
        assert not np.array_equal(sums, full)


def test_exponential_and_logarithm_are_right():
    x = np.concatenate([-np.geomspace(1e-300, 700, 4000), [0.0], np.geomspace(1e-300, 700, 4000)])
    np.testing.assert_allclose(exponential(x), np.exp(x), rtol=1e-12)
    e = np.geomspace(1e-300, 1.0, 4000)
    np.testing.assert_allclose(log_one_plus(e), np.log1p(e), rtol=1e-13)


@needs_numba
def test_a_fit_is_the_same_with_and_without_compiled_code(monkeypatch):
    measured = recorded(truth(12, 700, 60, 1, decay_rate_per_s=0.02), 700, 2)
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels.fill_sums.compile()
    compiled = fit_switching(measured)
    monkeypatch.setenv(SWITCH, "1")
    assert fit_switching(measured).equals(compiled)


@pytest.mark.parametrize("n_frames", [100, 257, 263, 264, 300, 2048, 2049])
def test_a_frame_in_the_middle_stands_for_those_that_are_averaged(n_frames):
    values = np.arange(2.0 * n_frames).reshape(2, n_frames)
    coarse, _ = levels(np.arange(float(n_frames)), values)
    together, found = coarse.frames_each, sampled(values, coarse)
    middle = [min(i + together // 2, n_frames - 1) for i in range(0, n_frames, together)]
    np.testing.assert_array_equal(found, values[:, middle])
    assert found.shape == coarse.intensity.shape


def test_many_rows_are_fitted_in_parts_without_a_trace(monkeypatch):
    from anionx_teach import _switching_engine, _switching_parts

    measured = recorded(truth(9, 400, 50, 1), 400, 2)
    at_once = fit_switching(measured)
    monkeypatch.setattr(_switching_engine, "_FRAMES_AT_ONCE", 1)
    monkeypatch.setattr(_switching_parts, "_ELEMENTS_AT_ONCE", 1)
    monkeypatch.setenv(SWITCH, "1")
    in_parts = fit_switching(measured)
    assert in_parts["reason"].equals(at_once["reason"])
    numbers = at_once.select_dtypes("float").columns
    np.testing.assert_allclose(in_parts[numbers], at_once[numbers], rtol=1e-9)
