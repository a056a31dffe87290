"""`anionx reproduce`: the paper's Fig. 5 from simulations, beside the numbers that it prints."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from anionx_teach import paper
from anionx_teach._files import write_atomically
from anionx_teach._progress_bar import ProgressBar
from anionx_teach._reproduce_comparison import (
    compared,
    comparison_text,
    notes,
    printed_count,
    printed_values,
)
from anionx_teach._reproduce_engine import EngineError, open_engine
from anionx_teach.exchange import calibrated_model
from anionx_teach.sweeps import SweepError, sweep

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas as pd

DEFAULT_FOLDER = "anionx-reproduced"
CSV_NAME = "switching_times.csv"
FIGURE_NAME = "figure5"
PLOTS_ADVICE = (
    f"{CSV_NAME} is written, {FIGURE_NAME}.png and .svg are not: matplotlib is missing; install it "
    'with: pip install "anionx-teach[plots]"'
)
# Eight digits: more than the simulation knows, fewer than computers may disagree about.
_FLOAT_FORMAT = "%.8g"


class ReproduceError(Exception):
    """What keeps the command from finishing, in one line for the user."""


def reproduce(
    folder: Path | None,
    *,
    particles: int | None,
    seed: int,
    executor: str,
    workers: int | None,
    scheduler: str | None,
) -> int:
    """Simulate, write the table and the figure, print the comparison; return the exit code."""
    target = folder or Path(DEFAULT_FOLDER)
    try:
        _make_folder(target)
        conditions = grid()
        n_particles = particles or printed_count("simulated particles per data point")
        with open_engine(executor, workers=workers, scheduler=scheduler) as engine:
            table = simulated(conditions, n_particles, seed, engine)
        _write(target / CSV_NAME, csv_bytes(table))
        try:
            _draw(target, table)
        finally:
            comparison = compared(table)
            print(comparison_text(comparison, n_particles, seed))
            print(f"\n{notes(table, comparison)}")
    except (ReproduceError, EngineError) as error:
        print(f"anionx reproduce: {error}", file=sys.stderr)
        return 1
    print(f"\nWritten to {target}: {CSV_NAME}, {FIGURE_NAME}.png, {FIGURE_NAME}.svg")
    return 0


def grid() -> pd.DataFrame:
    """Return the paper's conditions: edge_length_nm and concentration_um, smallest first."""
    import pandas as pd

    concentrations = printed_values("TMSI concentration used").astype(float)
    sizes = paper.batches()["edge_length_nm"]
    pairs = [(size, concentration) for size in sizes for concentration in concentrations]
    return pd.DataFrame(pairs, columns=["edge_length_nm", "concentration_um"])


def simulated(
    conditions: pd.DataFrame, n_particles: int, seed: int, engine: Executor | None
) -> pd.DataFrame:
    """Return the sweep over the conditions, with size and concentration in front."""
    models = [
        calibrated_model(size, concentration)
        for size, concentration in conditions.itertuples(index=False)
    ]
    try:
        with ProgressBar(f"{n_particles} nanocrystals each", "conditions") as bar:
            table = sweep(models, n_particles, rng=seed, executor=engine, progress=bar)
    except SweepError as error:
        first = error.failures[0]
        msg = (
            f"{len(error.failures)} of {len(models)} conditions failed, nothing was written; the "
            f"first is condition {first.condition}: {first.cause}"
        )
        raise ReproduceError(msg) from error
    table.insert(0, "edge_length_nm", conditions["edge_length_nm"])
    table.insert(1, "concentration_um", conditions["concentration_um"])
    return table


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return the table as CSV, the same bytes on every computer."""
    text = table.to_csv(float_format=_FLOAT_FORMAT, lineterminator="\n")
    return text.encode()


def _draw(folder: Path, table: pd.DataFrame) -> None:
    """Draw the figure and write it; without matplotlib the table has been written all the same."""
    try:
        from anionx_teach._reproduce_figure import figure_bytes

        pictures = {kind: figure_bytes(table, kind) for kind in ("png", "svg")}
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise ReproduceError(PLOTS_ADVICE) from None
    for kind, content in pictures.items():
        _write(folder / f"{FIGURE_NAME}.{kind}", content)


def _make_folder(folder: Path) -> None:
    """Make the folder where it is missing, before anything is computed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        msg = f"{folder} is a file, not a folder; give another with --out"
        raise ReproduceError(msg) from None
    except OSError as error:
        raise ReproduceError(_cannot_write(folder, error)) from None


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ReproduceError(_cannot_write(path.parent, error)) from None


def _cannot_write(folder: Path, error: OSError) -> str:
    return (
        f"cannot write in {folder} ({error.strerror or error}); give a folder of yours with --out"
    )
