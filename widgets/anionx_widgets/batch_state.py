"""What the batch explorer knows: the settings of a batch, and what follows from them."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import traitlets

from anionx_teach import paper
from anionx_teach.micrographs import measure_edges
from anionx_widgets.batch_sample import Sample, draw_sample
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat
from anionx_widgets.size_histogram import BAR_EDGES_NM, SizeHistogram, bar_of, histogram_of

Numbers = npt.NDArray[np.float64]

OWN_BATCH: Final = "own batch of cubes"


def _paper_batches() -> dict[str, dict[str, float]]:
    """Return the paper's batches by what the menu calls them."""
    found = {}
    for row in paper.batches().to_dict("records"):
        edge_nm, sd_nm, long_nm = row["edge_length_nm"], row["sd_nm"], row["long_edge_nm"]
        name = f"{edge_nm:g} ± {sd_nm:g} nm"
        if np.isfinite(long_nm):
            name = f"{edge_nm:g} x {long_nm:g} nm"
        found[name] = {
            "mean_edge_nm": edge_nm,
            "dispersity_percent": 100 * sd_nm / edge_nm,
            "long_edge_nm": long_nm,
            "long_sd_nm": row["long_sd_nm"],
        }
    return found


PAPER_BATCHES: Final = _paper_batches()
START_BATCH: Final = next(iter(PAPER_BATCHES))


@dataclass(frozen=True, eq=False)
class MeasuredSizes:
    """What measuring the micrograph gave: the histogram and how many crystals were rejected."""

    histogram: SizeHistogram
    n_rejected: int
    rejected_reasons: dict[str, int]


@dataclass(frozen=True, eq=False)
class MarkedBar:
    """One bar of the histogram of a batch, and where its crystals lie in the micrograph."""

    sample: Sample
    low_nm: float
    high_nm: float

    @cached_property
    def n_crystals(self) -> int:
        """Crystals of the batch in this bar, those outside the micrograph included."""
        edge_nm = self.sample.batch.edge_length_nm
        return int(np.count_nonzero((edge_nm >= self.low_nm) & (edge_nm < self.high_nm)))

    @property
    def share_percent(self) -> float:
        """The same as a share of the batch."""
        return 100 * self.n_crystals / len(self.sample.batch)

    @cached_property
    def centres_nm(self) -> tuple[Numbers, Numbers]:
        """Where its crystals lie in the field: x and y in nm from the upper left corner."""
        micrograph = self.sample.micrograph
        truth = micrograph.truth
        rows = truth[truth["edge_length_nm"].between(self.low_nm, self.high_nm, inclusive="left")]
        x_px, y_px = rows["x_px"].to_numpy(), rows["y_px"].to_numpy()
        return (x_px + 0.5) * micrograph.pixel_size_nm, (y_px + 0.5) * micrograph.pixel_size_nm


@dataclass(frozen=True, eq=False)
class BatchResult:
    """All that the explorer shows; a part that did not change stays the same object."""

    sample: Sample
    measured: MeasuredSizes | None
    marked: MarkedBar | None


class BatchState(ExplorerState):
    """The settings of one batch of CsPbBr3 nanocrystals, with their bounds, and the result.

    A setting outside its bounds raises ``TraitError`` and leaves the state as it was. Mean and
    dispersity that are those of a batch of the paper select that batch, others leave it; of the
    batches only 13.1 x 15.8 nm is made of rectangular crystals. The same settings always give
    the same crystals, and a small change moves them a little.

    Attributes
    ----------
    paper_batch : str
        A key of `PAPER_BATCHES` or `OWN_BATCH`.
    mean_edge_nm : float
        Mean edge length in nm.
    dispersity_percent : float
        Standard deviation over mean of the edge length, in percent.
    n_crystals : int
        Crystals in the batch.
    marked_edge_nm : float
        The bar of the histogram with this edge length (nm) is marked; 0, below all bars, marks
        none.
    result : BatchResult
        Read-only: one change of the settings changes it once.
    """

    paper_batch = traitlets.Enum([OWN_BATCH, *PAPER_BATCHES], default_value=START_BATCH)
    mean_edge_nm = FiniteFloat(PAPER_BATCHES[START_BATCH]["mean_edge_nm"], min=3.0, max=15.0)
    dispersity_percent = FiniteFloat(
        PAPER_BATCHES[START_BATCH]["dispersity_percent"], min=2.0, max=20.0
    )
    n_crystals = traitlets.Int(300, min=20, max=1000)
    marked_edge_nm = FiniteFloat(0.0, min=0.0, max=19.5)
    result = traitlets.Instance(BatchResult, read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self._drawn_for = self._settings()
        self.set_trait("result", BatchResult(self._draw(), None, None))

    @traitlets.observe("paper_batch")
    def _take_batch(self, change: dict[str, Any]) -> None:
        """Set mean and dispersity of a batch of the paper, both before anybody looks."""
        if change["new"] != OWN_BATCH:
            batch = PAPER_BATCHES[change["new"]]
            with self.hold_trait_notifications():
                self.mean_edge_nm = batch["mean_edge_nm"]
                self.dispersity_percent = batch["dispersity_percent"]
        self._update_sample()

    @traitlets.observe("mean_edge_nm", "dispersity_percent", "n_crystals")
    def _name_batch(self, _change: dict[str, Any]) -> None:
        """Keep the name of the batch true to its sizes."""
        self.paper_batch = next(
            (
                name
                for name, batch in PAPER_BATCHES.items()
                if (batch["mean_edge_nm"], batch["dispersity_percent"])
                == (self.mean_edge_nm, self.dispersity_percent)
            ),
            OWN_BATCH,
        )
        self._update_sample()

    @traitlets.observe("marked_edge_nm")
    def _mark(self, _change: dict[str, Any]) -> None:
        marked = self._marked(self.result.sample)
        self.set_trait("result", replace(self.result, marked=marked))

    def measure(self) -> MeasuredSizes:
        """Measure the edges in the micrograph, as a student would, and put them in the result.

        The same micrograph gives the same edges, so it is measured once.
        """
        if self.result.measured is not None:
            return self.result.measured
        edges = measure_edges(self.result.sample.micrograph)
        measured = MeasuredSizes(
            histogram_of(edges["edge_length_nm"].to_numpy()),
            int(edges.attrs["rejected"]),
            dict(edges.attrs["rejected_reasons"]),
        )
        self.set_trait("result", replace(self.result, measured=measured))
        return measured

    def reset(self) -> None:
        """Go back to the start: the settings, nothing measured, nothing marked."""
        super().reset()
        self.set_trait("result", replace(self.result, measured=None))

    def _settings(self) -> tuple[str, float, float, int]:
        return self.paper_batch, self.mean_edge_nm, self.dispersity_percent, self.n_crystals

    def _update_sample(self) -> None:
        """Draw again if a setting has changed: one draw when several change together."""
        if self._settings() == self._drawn_for:
            return
        self._drawn_for = self._settings()
        sample = self._draw()
        self.set_trait("result", BatchResult(sample, None, self._marked(sample)))

    def _draw(self) -> Sample:
        elongation = PAPER_BATCHES.get(self.paper_batch, {})
        return draw_sample(
            self.mean_edge_nm,
            self.dispersity_percent,
            self.n_crystals,
            long_edge_nm=elongation.get("long_edge_nm", np.nan),
            long_sd_nm=elongation.get("long_sd_nm", np.nan),
        )

    def _marked(self, sample: Sample) -> MarkedBar | None:
        if self.marked_edge_nm < BAR_EDGES_NM[0]:
            return None
        return MarkedBar(sample, *bar_of(self.marked_edge_nm))
