"""What the benchmarks share: timing side by side in one process, and one kind of row.

timings = interleaved({"ours": ours, "peer": peer})
rows = [Row("fits", timings["ours"], timings["peer"], goal=3.0, limit="Cramer-Rao")]
show(rows, as_json=arguments.json)
"""

import gc
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Timing:
    """Medians over the repetitions, in seconds: what the clock says, and what processors did."""

    wall_s: float
    cpu_s: float

    def __str__(self) -> str:
        return f"{_readable(self.wall_s)} (cpu {_readable(self.cpu_s)})"


@dataclass(frozen=True)
class Row:
    """One line of the report.

    `ours` and `peer` are timings, or texts when something else was measured. `ratio` is peer / ours
    by the clock unless given; the goal is that it is at least `goal`, or at most when `at_most`.
    `limit` says what cannot be beaten, or why a row was skipped.
    """

    name: str
    ours: Timing | str = ""
    peer: Timing | str = ""
    goal: float | None = None
    limit: str = ""
    ratio: float | None = None
    at_most: bool = False

    def measured_ratio(self) -> float | None:
        if self.ratio is None and isinstance(self.ours, Timing) and isinstance(self.peer, Timing):
            return self.peer.wall_s / self.ours.wall_s
        return self.ratio

    def verdict(self) -> str:
        """'met', 'missed', or nothing when there is no goal or no measurement."""
        ratio = self.measured_ratio()
        if ratio is None or self.goal is None:
            return ""
        return "met" if (ratio <= self.goal if self.at_most else ratio >= self.goal) else "missed"


def interleaved(
    functions: Mapping[str, Callable[[], object]], repeats: int = 7
) -> dict[str, Timing]:
    """Time functions in turn, so that a noisy neighbour meets them all; the first round is free."""
    wall: dict[str, list[float]] = {name: [] for name in functions}
    cpu: dict[str, list[float]] = {name: [] for name in functions}
    for repetition in range(repeats + 1):
        for name, function in functions.items():
            gc.collect()
            cpu_start, start = _cpu_s(), time.perf_counter()
            function()
            elapsed, cpu_elapsed = time.perf_counter() - start, _cpu_s() - cpu_start
            if repetition:
                wall[name].append(elapsed)
                cpu[name].append(cpu_elapsed)
    return {name: Timing(median(wall[name]), median(cpu[name])) for name in functions}


def show(rows: Iterable[Row], *, as_json: bool = False) -> None:
    """Print the rows as a table, or as JSON."""
    rows = list(rows)
    if as_json:
        table = [
            asdict(row) | {"ratio": row.measured_ratio(), "met": row.verdict()} for row in rows
        ]
        print(json.dumps(table, indent=2))
        return
    cells = [("name", "ours", "peer", "ratio", "goal", "limit"), *map(_cells, rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(6)]
    for line in cells:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def _cells(row: Row) -> tuple[str, ...]:
    ratio = row.measured_ratio()
    goal = "" if row.goal is None else f"{'<=' if row.at_most else '>='} {row.goal:g}"
    return (
        row.name,
        str(row.ours),
        str(row.peer),
        "" if ratio is None else f"{ratio:.2f}",
        f"{goal} {row.verdict()}".strip(),
        row.limit,
    )


def _cpu_s() -> float:
    """Processor time of all threads, and of the programs that were started and have ended."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def _readable(seconds: float) -> str:
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "us")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"
