"""What the batch explorer shows, in words with values and units."""

import math

from anionx_widgets.batch_sample import FIELD_NM, STRUCTURE, Sample
from anionx_widgets.batch_state import (
    OWN_BATCH,
    PAPER_BATCHES,
    BatchState,
    MarkedBar,
    MeasuredSizes,
)
from anionx_widgets.size_histogram import BAR_EDGES_NM, SizeHistogram


def describe_batch(state: BatchState) -> str:
    """Return one line for each thing shown: batch, micrograph, histogram, pattern, and so on."""
    result = state.result
    lines = [
        _batch_line(state),
        _micrograph_line(result.sample),
        _histogram_line("Histogram of the batch", result.sample.histogram),
        _pattern_line(result.sample),
    ]
    if result.measured:
        lines.append(_measured_line(result.measured))
    if result.marked:
        lines.append(_marked_line(result.marked))
    return "\n".join(lines)


def _batch_line(state: BatchState) -> str:
    long_edge_nm = PAPER_BATCHES.get(state.paper_batch, {}).get("long_edge_nm", math.nan)
    shape = "cubes" if math.isnan(long_edge_nm) else f"mean long edge {long_edge_nm:g} nm"
    source = "" if state.paper_batch == OWN_BATCH else f" (the paper's batch {state.paper_batch})"
    return (
        f"{state.n_crystals} nanocrystals of {STRUCTURE}, {shape}: mean edge length "
        f"{state.mean_edge_nm:.1f} nm, dispersity {state.dispersity_percent:.1f} %{source}."
    )


def _micrograph_line(sample: Sample) -> str:
    shown, cut = sample.micrograph.n_drawn, int(sample.micrograph.truth["cut_by_border"].sum())
    room = "" if shown == len(sample.batch) else "; the others do not fit"
    return (
        f"Micrograph: a field of {FIELD_NM:g} nm x {FIELD_NM:g} nm with {shown} crystals{room}; "
        f"{cut} are cut by its border. Scale bar {sample.micrograph.scale_bar_nm:g} nm."
    )


def _histogram_line(name: str, histogram: SizeHistogram) -> str:
    if histogram.fit is None:
        return f"{name}: {histogram.n_crystals} crystals, too few for a fit."
    fit = histogram.fit
    outside = ""
    if histogram.n_outside:
        low, high = BAR_EDGES_NM[0], BAR_EDGES_NM[-1]
        outside = f" {histogram.n_outside} crystals lie outside the axis, {low:g} to {high:g} nm."
    return (
        f"{name}: normal fit with mean {fit.mean_nm:.2f} ± {fit.mean_se_nm:.2f} nm and standard "
        f"deviation {fit.sd_nm:.2f} ± {fit.sd_se_nm:.2f} nm (± standard error).{outside}"
    )


def _pattern_line(sample: Sample) -> str:
    peak = f"Diffraction pattern: strongest peak at 2θ = {sample.peak_deg:.1f}°"
    if math.isnan(sample.peak_width_deg):
        return f"{peak}, merged with its neighbours."
    return f"{peak}, {sample.peak_width_deg:.2f}° wide at half its height."


def _measured_line(measured: MeasuredSizes) -> str:
    reasons = ", ".join(f"{n} {why}" for why, n in measured.rejected_reasons.items() if n)
    rejected = f"{measured.n_rejected} rejected" + (f" ({reasons})" if reasons else "")
    found = f"{measured.histogram.n_crystals} crystals measured, {rejected}"
    line = _histogram_line(f"Measured in the micrograph: {found}", measured.histogram)
    return f"{line} A change of the batch clears this measurement."


def _marked_line(marked: MarkedBar) -> str:
    return (
        f"Marked: {marked.n_crystals} crystals of {marked.low_nm:g} to {marked.high_nm:g} nm "
        f"({marked.share_percent:.1f} % of the batch); {len(marked.centres_nm[0])} of them lie in the "
        "micrograph, circled."
    )
