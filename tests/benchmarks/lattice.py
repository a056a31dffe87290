"""The lattice: events a second, a whole crystal with its set-up, and the course without compilation.

Run it from the root of the repository::

    python -m tests.benchmarks.lattice [--json] [--repeats 7]

Goals are absolute here, so they are judged by the time of the processor: the clock also counts what
other programs on the machine take. The limit of an event is its three draws and its logarithm.
"""

import argparse
import os
from collections.abc import Iterator
from functools import partial

import numpy as np

from anionx_teach import _lattice_engine as engine
from anionx_teach._compile_kernels import SWITCH, warm_up
from anionx_teach.lattice_exchange import (
    LatticeModel,
    describe_pattern,
    simulate_lattice,
    simulate_reversible_lattice,
)
from tests.benchmarks.report import Row, Timing, interleaved, show

CELLS = 32
COUPLINGS_KT = (0.0, 0.5, 1.02, 4.0, 20.0)
EVENTS_PER_S = 3e6
CRYSTAL_S = 0.5
TWIN_S = 2.0


def seconds(timing: Timing) -> float:
    return timing.cpu_s


def draws() -> object:
    """All that chance needs for a crystal, without any lattice."""
    return engine._draws(np.uint64(1), 0, CELLS**3)


def event_rows(repeats: int) -> Iterator[Row]:
    limit = interleaved({"draws": draws}, repeats)["draws"].cpu_s / CELLS**3
    for start in ("everywhere", "surface"):
        for coupling_kt in COUPLINGS_KT:
            model = LatticeModel(CELLS, coupling_kt, 1.0, start=start)
            run = {"ours": partial(engine.forward_event_times, model, 1, 0)}
            timing = interleaved(run, repeats)["ours"]
            per_s = CELLS**3 / seconds(timing)
            yield Row(
                f"events a second of cpu, {CELLS}^3, eps = {coupling_kt:g} kT, {start}",
                f"{per_s / 1e6:.2f} M",
                goal=EVENTS_PER_S / 1e6,
                limit=f"{1e9 / per_s:.0f} ns an event, its draws {limit * 1e9:.0f} ns",
                ratio=per_s / 1e6,
            )


def crystal_row(repeats: int) -> Row:
    """From a model to a rise time, with everything in between."""
    model = LatticeModel(CELLS, 1.02, 0.01)
    run = {"ours": lambda: simulate_lattice(model, rng=1).rise_time_s()}
    timing = interleaved(run, repeats)["ours"]
    name = f"a {CELLS}^3 crystal exchanged, eps = 1.02 kT, s"
    return Row(name, timing, goal=CRYSTAL_S, ratio=seconds(timing), at_most=True)


def twin_rows(repeats: int) -> Iterator[Row]:
    """The same numbers without compiled code."""
    compiled = {n: simulate_lattice(LatticeModel(n, 1.02, 0.01), rng=1) for n in (13, CELLS)}
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = "1"
    try:
        for n, goal in ((13, TWIN_S), (CELLS, None)):
            model = LatticeModel(n, 1.02, 0.01)
            again = simulate_lattice(model, rng=1)
            same = np.array_equal(again.event_time_s, compiled[n].event_time_s)
            timing = interleaved({"ours": partial(simulate_lattice, model, rng=1)}, repeats)["ours"]
            yield Row(
                f"a {n}^3 crystal without compiled code, s",
                timing,
                goal=goal,
                limit="identical" if same else "DIFFERS from compiled",
                ratio=seconds(timing),
                at_most=True,
            )
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before


def other_rows(repeats: int) -> Iterator[Row]:
    history = simulate_lattice(LatticeModel(CELLS, 1.02, 0.01), rng=1)
    time_s = np.linspace(0.0, history.exchange_time_s, 100)
    capped = LatticeModel(CELLS, 1.02, 1.0, rates="metropolis", driving_kt=1.0)
    functions = {
        f"{CELLS}^3 at 100 moments": lambda: history.occupancy(time_s),
        f"pattern of {CELLS}^3 at 9 moments, 20 random": lambda: describe_pattern(history),
        f"{CELLS}^3 both ways to 10 / k0": lambda: simulate_reversible_lattice(
            capped, np.linspace(0, 10, 50), rng=1
        ),
    }
    for name, timing in interleaved(functions, repeats).items():
        yield Row(name, timing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--repeats", type=int, default=7)
    arguments = parser.parse_args()
    warm_up()
    repeats = arguments.repeats
    rows = [*event_rows(repeats), crystal_row(repeats), *twin_rows(repeats), *other_rows(repeats)]
    show(rows, as_json=arguments.json)


if __name__ == "__main__":
    main()
