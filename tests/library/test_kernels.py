"""Compiled loops and their NumPy twins: the same results, and never a reason to fail or to wait."""

import importlib.util
import os
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anionx_teach import _compile_kernels
from anionx_teach._compile_kernels import SWITCH, Kernel, compiler_state, warm_up
from anionx_teach._micrograph_kernels import paint_rectangles

needs_numba = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed"
)


def rectangles(seed, n, width, height):
    """Arguments of `paint_rectangles` for an empty image, some across its border."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, np.pi, n)
    half = rng.uniform(0.3, 5.0, (2, n))
    x_px, y_px = rng.uniform(-3, width + 3, n), rng.uniform(-3, height + 3, n)
    ramp_px = rng.uniform(0.3, 3.0)
    opacity = rng.uniform(0, 1, n)
    return x_px, y_px, np.cos(angle), np.sin(angle), half[0], half[1], ramp_px, opacity


def painted(paint, arguments, shape):
    """The image that `paint` makes on an empty one."""
    image = np.zeros(shape, np.float32)
    paint(image, *arguments)
    return image


@pytest.fixture
def own_registry(monkeypatch):
    """Kernels made in a test do not stay."""
    monkeypatch.setattr(_compile_kernels, "_KERNELS", [])
    monkeypatch.delenv(SWITCH, raising=False)


# Painting


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 12), st.integers(1, 24), st.integers(1, 24))
def test_the_twin_paints_what_the_loop_paints(seed, n, width, height):
    arguments = rectangles(seed, n, width, height)
    loop = painted(paint_rectangles.loop, arguments, (height, width))
    twin = painted(paint_rectangles.twin, arguments, (height, width))
    np.testing.assert_array_equal(loop, twin)


@needs_numba
def test_the_compiled_loop_paints_what_the_twin_paints(monkeypatch):
    monkeypatch.delenv(SWITCH, raising=False)
    assert paint_rectangles.compile()
    for seed in range(5):
        arguments = rectangles(seed, 400, 300, 200)
        compiled = painted(paint_rectangles, arguments, (200, 300))
        np.testing.assert_array_equal(
            compiled, painted(paint_rectangles.twin, arguments, (200, 300))
        )


def test_many_rectangles_are_painted_in_parts_without_a_trace(monkeypatch):
    from anionx_teach import _micrograph_kernels

    arguments = rectangles(1, 50, 80, 60)
    at_once = painted(paint_rectangles.twin, arguments, (60, 80))
    monkeypatch.setattr(_micrograph_kernels, "_ELEMENTS_AT_ONCE", 1)
    np.testing.assert_array_equal(painted(paint_rectangles.twin, arguments, (60, 80)), at_once)


def test_the_order_of_painting_is_free():
    arguments = rectangles(3, 60, 40, 40)
    back = [values if np.isscalar(values) else values[::-1] for values in arguments]
    first = painted(paint_rectangles.twin, arguments, (40, 40))
    np.testing.assert_array_equal(first, painted(paint_rectangles.twin, back, (40, 40)))


@pytest.mark.parametrize("angle_deg", [0.0, 17.0, 45.0, 90.0])
def test_the_sum_over_the_pixels_is_the_area(angle_deg):
    angle = np.deg2rad(angle_deg)
    one = np.array
    arguments = (
        one([30.3]), one([29.6]), one([np.cos(angle)]), one([np.sin(angle)]),
        one([6.0]), one([9.0]), 2.5, one([0.5]),
    )  # fmt: skip
    image = painted(paint_rectangles.twin, arguments, (60, 60))
    assert image.sum() == pytest.approx(0.5 * 12 * 18, rel=2e-3)
    y, x = np.indices(image.shape)
    assert (image * x).sum() / image.sum() == pytest.approx(30.3, abs=0.05)
    assert (image * y).sum() / image.sum() == pytest.approx(29.6, abs=0.05)
    # Along the edge of length 12 the variance is that of the edge and of the ramp.
    along = (x - 30.3) * np.cos(angle) + (y - 29.6) * np.sin(angle)
    variance = (image * along**2).sum() / image.sum()
    assert variance == pytest.approx((12**2 + 2.5**2) / 12, rel=5e-3)


def test_an_edge_is_at_half_the_height():
    one = np.array
    arguments = (one([10.5]), one([10.0]), one([1.0]), one([0.0]), one([4.5]), one([8.0]), 3.0)
    image = painted(paint_rectangles.twin, (*arguments, one([0.8])), (21, 21))
    assert image[10, 15] == pytest.approx(0.4)  # the face is at x = 15
    assert image[10, 10] == pytest.approx(0.8)


# Choosing between the loop and the twin


def double_loop(values):
    for i in range(values.size):
        values[i] = 2.0 * values[i]


def make_kernel(loop=double_loop):
    calls = []

    def twin(values):
        calls.append("twin")
        values *= 2.0

    return Kernel(loop, twin, "void(float64[::1])"), calls


@needs_numba
@pytest.mark.usefixtures("own_registry")
def test_the_twin_answers_until_the_loop_is_compiled():
    kernel, calls = make_kernel()
    values = np.array([1.0, 3.0])
    kernel(values)
    assert calls == ["twin"]
    assert kernel.compile()  # waits for the thread
    assert kernel.is_compiled
    kernel(values)
    assert calls == ["twin"]
    np.testing.assert_array_equal(values, [4.0, 12.0])


@pytest.mark.usefixtures("own_registry")
def test_only_one_thread_compiles(monkeypatch):
    started = []

    def slow(loop, signature):
        started.append(threading.current_thread())
        time.sleep(0.2)
        return loop

    monkeypatch.setattr(_compile_kernels, "_numba_installed", lambda: True)
    monkeypatch.setattr(_compile_kernels, "_compiled", slow)
    kernel, calls = make_kernel()
    for _ in range(3):
        kernel(np.ones(2))
    assert kernel.compile()
    kernel(np.ones(2))
    assert len(started) == 1
    assert started[0] is not threading.current_thread()
    assert not started[0].daemon
    assert calls == ["twin"] * 3


@pytest.mark.usefixtures("own_registry")
def test_switched_off_the_twin_always_answers(monkeypatch):
    monkeypatch.setenv(SWITCH, "1")
    kernel, calls = make_kernel()
    for _ in range(2):
        kernel(np.ones(2))
    assert calls == ["twin", "twin"]
    assert kernel._thread is None
    assert not kernel.is_compiled
    assert set(warm_up().values()) <= {False}
    assert compiler_state().switched_off


@pytest.mark.usefixtures("own_registry")
def test_without_numba_the_twin_always_answers(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    kernel, calls = make_kernel()
    kernel(np.ones(2))
    assert calls == ["twin"]
    assert kernel._thread is None
    assert not kernel.compile()
    state = compiler_state()
    assert state.version is None
    assert state.cache_directory is None


@pytest.mark.usefixtures("own_registry")
def test_a_loop_that_cannot_be_compiled_is_told_once(monkeypatch):
    def broken(loop, signature):
        msg = "no such type\nand more lines"
        raise TypeError(msg)

    monkeypatch.setattr(_compile_kernels, "_numba_installed", lambda: True)
    monkeypatch.setattr(_compile_kernels, "_compiled", broken)
    kernel, calls = make_kernel()
    kernel(np.ones(2))
    assert not kernel.compile()
    said = r"double_loop could not be compiled .*\(TypeError: no such type\)$"
    with pytest.warns(UserWarning, match=said):
        kernel(np.ones(2))
    kernel(np.ones(2))
    assert calls == ["twin"] * 3
    assert warm_up()[kernel.name] is False


@needs_numba
@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize("error", [RuntimeError("no locator available"), OSError("disk full")])
def test_no_place_for_a_cache_means_no_cache(monkeypatch, error):
    import numba

    njit = numba.njit

    def without_cache(signature, *, cache=False, **options):
        if cache:
            raise error
        return njit(signature, **options)

    monkeypatch.setattr(numba, "njit", without_cache)
    kernel, _ = make_kernel()
    assert kernel.compile()
    assert kernel.cache_directory() is None
    values = np.ones(2)
    kernel(values)
    np.testing.assert_array_equal(values, 2.0)


@needs_numba
def test_warm_up_compiles_every_kernel_of_the_package(monkeypatch):
    monkeypatch.delenv(SWITCH, raising=False)
    compiled = warm_up()
    assert compiled["anionx_teach._micrograph_kernels._paint_loop"] is True
    assert paint_rectangles.is_compiled
    assert compiler_state().version == importlib.import_module("numba").__version__


# In a fresh process


def run_python(code, **environment):
    """Run code in a process of its own; return what it printed."""
    inherited = {name: value for name, value in os.environ.items() if name != SWITCH}
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout.split()


def test_importing_the_package_imports_no_numba():
    code = "import sys, anionx_teach; print('numba' in sys.modules)"
    assert run_python(code) == ["False"]


PAINT = """
    import sys, time
    import numpy as np
    from anionx_teach._micrograph_kernels import paint_rectangles
    one = np.array([8.0])
    image = np.zeros((16, 16), np.float32)
    start = time.perf_counter()
    paint_rectangles(image, one, one, one / 8, 0 * one, one / 2, one / 2, 1.5, one / 16)
    print(time.perf_counter() - start < 1.0, float(image.sum()), paint_rectangles.compile())
"""


@needs_numba
def test_the_first_call_does_not_wait_for_the_compiler(tmp_path):
    # An empty cache: compiling takes about a second, the twin a millisecond.
    at_once, total, compiled = run_python(PAINT, NUMBA_CACHE_DIR=str(tmp_path))
    assert (at_once, compiled) == ("True", "True")
    assert float(total) == pytest.approx(32.0, rel=0.01)
    assert any(tmp_path.rglob("*.nbi"))


def test_the_switch_works_from_outside():
    code = PAINT + "\n    print('numba' in sys.modules)"
    assert run_python(code, **{SWITCH: "1"})[0] == "True"
    assert (
        run_python(code.replace("paint_rectangles.compile()", "0"), **{SWITCH: "1"})[-1] == "False"
    )
