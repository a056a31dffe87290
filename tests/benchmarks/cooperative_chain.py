"""The cooperative Monte Carlo beside its peers: 500 particles x 1000 events, all event times.

Run it from the root of the repository::

    python -m tests.benchmarks.cooperative_chain [--json] [--repeats 7]

Peers that are not installed (GillesPy2, JAX: the extra `bench`) are named and skipped. GillesPy2
gets the same chain as one reaction whose rate depends on the count, its C++ program built before
the clock starts, and reports as many points as there are events, evenly spaced. It has no time
steps, so it is timed beside our chain without the cap, whose waiting times are exponential as well.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np

from anionx_teach._compile_kernels import warm_up
from anionx_teach.exchange import (
    CooperativeModel,
    exact_exchange_time,
    simulate_exchange,
)
from anionx_teach.sweeps import sweep
from tests.benchmarks.report import Row, Timing, interleaved, show

N_PARTICLES, N_SITES = 500, 1000
MODEL = CooperativeModel(0.05, 2.5e-6, n_sites=N_SITES)
RATES = CooperativeModel(0.05, 2.5e-6, n_sites=N_SITES, capped=False)
FIRST_RESULT_S = 0.1

FRESH_PROCESS = """
import time
import anionx_teach
start = time.perf_counter()
from anionx_teach.exchange import CooperativeModel, simulate_exchange
history = simulate_exchange(CooperativeModel(0.05, 2.5e-6, n_sites=1000), 500, rng=1)
history.rise_time_s()
print(time.perf_counter() - start)
"""


def ours(model: CooperativeModel = MODEL) -> object:
    return simulate_exchange(model, N_PARTICLES, rng=1)


def numpy_geometric() -> Callable[[], object]:
    rng, probability = np.random.default_rng(1), MODEL.event_probability
    shape = (N_PARTICLES, N_SITES)
    return lambda: np.cumsum(rng.geometric(probability, shape), axis=1)


def jax_geometric() -> Callable[[], object]:
    import jax

    probability, shape = jax.numpy.asarray(MODEL.event_probability), (N_PARTICLES, N_SITES)
    run = jax.jit(lambda key: jax.random.geometric(key, probability, shape).cumsum(axis=1))
    key = jax.random.key(1)
    return lambda: run(key).block_until_ready()


def gillespy2_chain() -> Callable[[], object]:
    import gillespy2

    last_s = 1.5 * exact_exchange_time(RATES).mean_s
    model = gillespy2.Model(name="chain")
    bromide = gillespy2.Species(name="br", initial_value=N_SITES, mode="discrete")
    iodide = gillespy2.Species(name="i", initial_value=0, mode="discrete")
    first = gillespy2.Parameter(name="k0", expression=RATES.attempt_probability)
    fall = gillespy2.Parameter(name="delta", expression=RATES.cooperativity)
    model.add_species([bromide, iodide])
    model.add_parameter([first, fall])
    event = gillespy2.Reaction(
        name="event",
        reactants={bromide: 1},
        products={iodide: 1},
        # The last factor is 1 until no bromide is left.
        propensity_function="k0 * exp(delta * i * i) * (br / (br + 1e-30))",
    )
    model.add_reaction([event])
    model.timespan(gillespy2.TimeSpan.linspace(t=last_s, num_points=N_SITES + 1))
    solver = gillespy2.SSACSolver(model=model)
    finished = solver.run(number_of_trajectories=2, seed=1)
    if any(trajectory["i"][-1] < N_SITES - 1 for trajectory in finished):
        raise RuntimeError(finished)  # another chain than ours would be no peer
    return lambda: solver.run(number_of_trajectories=N_PARTICLES, seed=1)


def peer_rows(repeats: int) -> Iterator[Row]:
    peers = (
        ("rng.geometric + cumsum", "numpy", numpy_geometric, MODEL, 3.0),
        ("JAX geometric + cumsum, jit", "jax", jax_geometric, MODEL, 3.0),
        ("GillesPy2 SSACSolver (C++)", "gillespy2", gillespy2_chain, RATES, 60.0),
    )
    for title, module, make, model, goal in peers:
        name = f"500 x 1000, all event times | {title}"
        if importlib.util.find_spec(module) is None:
            yield Row(name, goal=goal, limit=f"skipped: {module} is not installed")
            continue
        start = time.perf_counter()
        try:
            peer = make()
        except Exception as error:  # noqa: BLE001 # GillesPy2 without a C++ compiler, for example
            yield Row(name, goal=goal, limit=f"skipped: {type(error).__name__} ({module})")
            continue
        peer()
        ready_s = time.perf_counter() - start
        timings = interleaved({"ours": partial(ours, model), "peer": peer}, repeats)
        limit = f"peer ready after {ready_s:.2g} s"
        yield Row(name, timings["ours"], timings["peer"], goal, limit)


def limit_row(repeats: int) -> Row:
    rng, drawn = np.random.default_rng(1), np.empty(N_PARTICLES * N_SITES)
    timings = interleaved(
        {"ours": ours, "peer": lambda: rng.standard_exponential(out=drawn)}, repeats
    )
    per_event = {
        name: Timing(t.wall_s / drawn.size, t.cpu_s / drawn.size) for name, t in timings.items()
    }
    ratio = timings["ours"].wall_s / timings["peer"].wall_s
    title = "an event | the fastest exponential draw (ziggurat)"
    return Row(
        title, per_event["ours"], per_event["peer"], 2.0, "the draw alone", ratio, at_most=True
    )


def _sweeps(
    models: list[CooperativeModel], engines: dict[str, Executor]
) -> dict[str, Callable[[], object]]:
    return {name: partial(sweep, models, rng=1, executor=e) for name, e in engines.items()}


def sweep_row(repeats: int) -> Row:
    """64 conditions of 500 x 1000 on one thread and on two; the ratio is the efficiency.

    Two processes share nothing, not even Python's lock: what they reach at the same moment is what
    the machine has to give, and less than 1 when others use it.
    """
    models = [
        CooperativeModel(k0, delta, n_sites=N_SITES)
        for k0 in np.geomspace(0.02, 0.5, 8)
        for delta in np.geomspace(1e-7, 1e-5, 8)
    ]
    with ThreadPoolExecutor(1) as one_thread, ThreadPoolExecutor(2) as threads:
        engines = {"one thread": one_thread, "threads": threads}
        timings = interleaved(_sweeps(models, engines), repeats)
    # Only now, for idle processes beside them slow the threads down.
    with ProcessPoolExecutor(2, mp_context=get_context("spawn"), initializer=warm_up) as processes:
        timings |= interleaved(_sweeps(models, {"processes": processes}), repeats)
    one = timings["one thread"].wall_s
    efficiency = one / timings["threads"].wall_s / 2
    title = "8 k0 x 8 delta: 2 threads | 1 thread (ratio: efficiency)"
    limit = f"two processes: {one / timings['processes'].wall_s / 2:.2f}"
    return Row(title, timings["threads"], timings["one thread"], 0.85, limit, efficiency)


def first_result_row(repeats: int) -> Row:
    """Nothing compiled, nothing kept: the twin answers."""
    seconds = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as empty:
            environment = os.environ | {"NUMBA_CACHE_DIR": empty}
            printed = subprocess.run(
                [sys.executable, "-c", FRESH_PROCESS],
                env=environment, capture_output=True, text=True, check=True,
            ).stdout  # fmt: skip
        seconds.append(float(printed))
    first_s = float(np.median(seconds))
    title = "first result after the import, nothing compiled | 0.1 s"
    return Row(title, f"{first_s * 1e3:.3g} ms", "100 ms", 1.0, "", FIRST_RESULT_S / first_s)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    warm_up()
    rows = [*peer_rows(arguments.repeats), limit_row(arguments.repeats)]
    rows += [sweep_row(arguments.repeats), first_result_row(arguments.repeats)]
    show(rows, as_json=arguments.json)


if __name__ == "__main__":
    main()
