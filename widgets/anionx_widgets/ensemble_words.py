"""The ensemble explorer in words: names of the mechanisms, tables, a description."""

import math
from typing import Final

import numpy as np

from anionx_teach.confinement import measured_emission
from anionx_teach.ensemble import SPECTRUM_TIME_S
from anionx_teach.materials import Parameter, parameter
from anionx_teach.photoluminescence import DEFAULT_FWHM_MEV
from anionx_widgets.ensemble_course import N_CRYSTALS, Cuvette, cuvettes
from anionx_widgets.ensemble_state import PM_PER_NM, EnsembleResult

MECHANISM_NAMES: Final = {
    "surface": "surface-limited: a front runs in",
    "diffusion": "diffusion-limited: iodide diffuses in",
}
TABLE_CAPTION: Final = "Maximum of the spectrum"
TABLE_COLUMNS: Final = ["Time (s)", "Published (nm)", "Computed (nm)", "Difference (nm)"]
NOTE_CAPTION: Final = "The numbers behind the cuvette as it is published"
NOTE_COLUMNS: Final = ["What is put in", "Value", "Where it is from", "Evidence"]
_NONE: Final = "\N{EN DASH}"
_NOT_BEGUN, _FINISHED = 0.05, 0.95
# Names of the declared settings and their constants, for the smaller crystals and the larger ones.
_DECLARED: Final = {
    "half time of a crystal": ("cuvette-001", "cuvette-002"),
    "mean start": ("cuvette-003", "cuvette-004"),
    "spread of the starts (sd)": ("cuvette-005", "cuvette-006"),
    "spread of the speeds (sd of ln)": ("cuvette-007", "cuvette-007"),
    "iodide fraction at the end": ("cuvette-008", "cuvette-008"),
    "etching": ("cuvette-009", "cuvette-010"),
}


def cuvette_name(key: str, cuvette: Cuvette) -> str:
    """Return what the menu calls a cuvette."""
    return f"{key}, {cuvette.duration_s:g} s"


def moments(cuvette: Cuvette) -> list[str]:
    """Return what stands beside the player for each spectrum."""
    n = cuvette.time_s.size
    return [f"{time_s:g} s, spectrum {i} of {n}" for i, time_s in enumerate(cuvette.time_s, 1)]


def table_rows(result: EnsembleResult) -> list[list[str]]:
    """Return the printed maxima beside the computed ones and the shown one, by `TABLE_COLUMNS`."""
    course = result.course
    rows = []
    printed = zip(course.cuvette.printed_time_s, course.cuvette.printed_peak_nm, strict=True)
    for time_s, printed_nm in printed:
        computed_nm = float(np.interp(time_s, course.time_s, course.peak_nm))
        difference = f"{computed_nm - printed_nm:+.1f}".replace("-", "\N{MINUS SIGN}")
        rows.append([f"{time_s:g}", f"{printed_nm:.0f}", f"{computed_nm:.1f}", difference])
    return [*rows, [f"{result.time_s:g}, shown", _NONE, f"{result.peak_nm:.1f}", _NONE]]


def note_rows(cuvette: Cuvette) -> list[list[str]]:
    """Return what a cuvette rests on, a row each, by `NOTE_COLUMNS`."""
    which = [other.edge_length_nm for other in cuvettes().values()].index(cuvette.edge_length_nm)
    declared = {name: parameter(ids[which]) for name, ids in _DECLARED.items()}
    maxima = ", ".join(
        f"{nm:.0f} nm at {time_s:g} s"
        for time_s, nm in zip(cuvette.printed_time_s, cuvette.printed_peak_nm, strict=True)
    )
    emission = measured_emission()
    ends = emission[emission["edge_length_nm"] == cuvette.edge_length_nm]
    place, evidence = (", ".join(dict.fromkeys(ends[name])) for name in ("location", "evidence"))
    source = f"the paper, {place}; the colour law goes through the first and the reddest one"
    return [
        ["published maxima", maxima, source, evidence],
        _note("collection of one spectrum", SPECTRUM_TIME_S),
        *(_note(name, number) for name, number in declared.items()),
        _note("width of the line of one crystal", DEFAULT_FWHM_MEV),
    ]


def _note(name: str, number: Parameter) -> list[str]:
    unit = "" if number.unit in {"", "-"} else f" {number.unit}"
    return [name, f"{number.value:g}{unit}", number.source, number.evidence]


def description(result: EnsembleResult) -> str:
    """Return what a person sees, with values and units."""
    lines = [
        _cuvette_words(result),
        _setting_words(result),
        _spectrum_words(result),
        *([_crystal_words(result)] if result.crystals_shown else []),
        _half_way_words(result),
        _published_words(result),
    ]
    return "\n".join(lines)


def _cuvette_words(result: EnsembleResult) -> str:
    """Return the sentence on the batch and on what is recorded of it."""
    course = result.course
    batch = course.cuvette.batch
    long_nm = float(np.mean(batch.long_edge_nm))
    longer = long_nm - float(batch.mean_edge_nm)
    shape = "cubes" if math.isclose(longer, 0.0, abs_tol=1e-9) else f"long edge {long_nm:.1f} nm"
    each = (
        f"each the mean over the {course.exposure_s:g} s before its time"
        if course.exposure_s
        else "each of one moment"
    )
    return (
        f"A cuvette with {N_CRYSTALS} nanocrystals of CsPbBr₃, mean edge {batch.mean_edge_nm:.1f} nm "
        f"({shape}), and an excess of iodide: one spectrum every {float(SPECTRUM_TIME_S):g} s for "
        f"{course.cuvette.duration_s:g} s, {each}."
    )


def _setting_words(result: EnsembleResult) -> str:
    """Return the sentence on the settings and where they come from."""
    kinetics = result.course.kinetics
    origin = (
        "chosen to reproduce the published maxima (assumed for teaching)"
        if result.as_published
        else "set by hand"
    )
    return (
        f"Mechanism: {MECHANISM_NAMES[kinetics.mechanism]}, half of a crystal in "
        f"{kinetics.half_time_s:g} s. The crystals start after {kinetics.start_mean_s:g} "
        f"\N{PLUS-MINUS SIGN} {kinetics.start_sd_s:g} s; their speeds spread by "
        f"{kinetics.rate_log_sd:.2g} (sd of ln); etching "
        f"{PM_PER_NM * kinetics.etch_rate_nm_per_s:.1f} pm/s. These settings are {origin}."
    )


def _spectrum_words(result: EnsembleResult) -> str:
    """Return the sentence on the shown spectrum."""
    course, frame = result.course, result.frame
    others = course.other_maxima_nm(frame)
    lower = f"and a lower one at {' and '.join(f'{nm:.0f}' for nm in others)} nm"
    return (
        f"Spectrum {frame + 1} of {course.time_s.size}, finished at {result.time_s:g} s: "
        f"maximum at {result.peak_nm:.1f} nm{f' {lower}' if others else ', the only one'}; "
        f"mean iodide fraction {course.run.mean_iodide_fraction[frame]:.2f}."
    )


def _crystal_words(result: EnsembleResult) -> str:
    """Return the sentence on how far the crystals are."""
    course = result.course
    fraction = course.run.iodide_fraction[result.frame]
    begun, done = 100 * np.mean(fraction < _NOT_BEGUN), 100 * np.mean(fraction > _FINISHED)
    edge_nm = course.cuvette.batch.edge_length_nm
    large = edge_nm >= np.median(edge_nm)
    return (
        f"Behind it: {begun:.0f} % of the crystals have hardly begun (iodide fraction below "
        f"{_NOT_BEGUN:g}), {done:.0f} % are as good as finished (above {_FINISHED:g}), "
        f"{100 - begun - done:.0f} % are in between. The mean iodide fraction of the smaller half "
        f"of the crystals is {fraction[~large].mean():.2f}, of the larger half "
        f"{fraction[large].mean():.2f}."
    )


def _half_way_words(result: EnsembleResult) -> str:
    """Return the sentence on when the maximum is half-way."""
    course = result.course
    way = f"{course.cuvette.half_way_nm:g} nm, half-way between the published colours,"
    if course.half_way_s is None:
        return f"The maximum does not pass {way} within {course.cuvette.duration_s:g} s."
    before_s, after_s = course.half_way_s
    return f"The maximum passes {way} between the spectra of {before_s:g} and {after_s:g} s."


def _published_words(result: EnsembleResult) -> str:
    """Return the sentence on the published maxima beside the computed ones."""
    said = "; ".join(
        f"at {time_s} s {printed_nm} nm, computed {computed_nm} nm"
        for time_s, printed_nm, computed_nm, _difference in table_rows(result)[:-1]
    )
    return f"Published: {said}."
