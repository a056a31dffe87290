"""The sums of the sigmoid fit: loop, compiled loop and twin alike, and right."""

import importlib.util

import numpy as np
import pytest

from anionx_teach import _switching_kernels as kernels
from anionx_teach._compile_kernels import SWITCH
from anionx_teach._switching_solver import curve_values
from anionx_teach.switching import fit_switching
from tests.library.switching_courses import recorded, truth

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed"
)
FILL = kernels.FRAMES_AT_ONCE


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


def filled(fill, given, with_decay, active=None):
    curve, time, intensity, root_weight = given
    active = np.arange(len(curve)) if active is None else active
    sums = np.full((active.size, 21 if with_decay else 15), np.nan)
    with np.errstate(over="ignore"):  # NumPy's scalars warn of what is meant to wrap around
        fill(sums, active, curve, with_decay, time, intensity, root_weight)
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


def test_some_rows_and_shared_data_are_the_rows_of_a_full_table():
    curve, time, intensity, root_weight = arguments(6, FILL, n_data=2)
    full = (curve, time, np.tile(intensity, (3, 1)), np.tile(root_weight, (3, 1)))
    shared = (curve, time, intensity, root_weight)
    active = np.array([4, 1, 5])
    expected = filled(kernels.fill_sums.twin, full, True)[active]
    for fill in (kernels.fill_sums.loop, kernels.fill_sums.twin):
        np.testing.assert_array_equal(filled(fill, shared, True, active), expected)


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


def test_exponential_and_logarithm_are_right():
    x = np.concatenate([-np.geomspace(1e-300, 700, 4000), [0.0], np.geomspace(1e-300, 700, 4000)])
    np.testing.assert_allclose(kernels._exponential(x), np.exp(x), rtol=1e-12)
    e = np.geomspace(1e-300, 1.0, 4000)
    np.testing.assert_allclose(kernels._log_one_plus(e), np.log1p(e), rtol=1e-13)


@needs_numba
def test_a_fit_is_the_same_with_and_without_compiled_code(monkeypatch):
    measured = recorded(truth(12, 700, 60, 1, decay_rate_per_s=0.02), 700, 2)
    monkeypatch.delenv(SWITCH, raising=False)
    assert kernels.fill_sums.compile()
    compiled = fit_switching(measured)
    monkeypatch.setenv(SWITCH, "1")
    assert fit_switching(measured).equals(compiled)


def test_many_rows_are_fitted_in_parts_without_a_trace(monkeypatch):
    from anionx_teach import _switching_engine, _switching_solver

    measured = recorded(truth(9, 400, 50, 1), 400, 2)
    at_once = fit_switching(measured)
    monkeypatch.setattr(_switching_engine, "_FRAMES_AT_ONCE", 1)
    monkeypatch.setattr(_switching_solver, "_ELEMENTS_AT_ONCE", 1)
    monkeypatch.setattr(kernels, "_ELEMENTS_AT_ONCE", 1)
    monkeypatch.setenv(SWITCH, "1")
    in_parts = fit_switching(measured)
    assert in_parts["reason"].equals(at_once["reason"])
    numbers = at_once.select_dtypes("float").columns
    np.testing.assert_allclose(in_parts[numbers], at_once[numbers], rtol=1e-9)
