"""The assumptions of the photophysics as a table and in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from anionx_teach._emission_settings import DEFAULTS, REFERENCE_EDGE_NM

if TYPE_CHECKING:
    import pandas as pd

    from anionx_teach._emission_settings import Photophysics
    from anionx_teach.materials import Parameter

_QUANTITIES = {
    "excitation_w_cm2": "intensity of the exciting light",
    "intrinsic_absorption_per_cm": "absorption coefficient far above the absorption edge",
    "quantum_yield": "emitted over absorbed photons while bright",
    "collection_efficiency": "part of the emitted photons that reaches the camera",
    "on_exponent": "exponent of the power law of bright times",
    "off_exponent": "exponent of the power law of dark times",
    "shortest_s": "shortest bright or dark time",
    "on_cutoff_s": "where long bright times are cut off",
    "off_cutoff_s": "where long dark times are cut off",
    "grey_share": "part of the dark times that are grey instead",
    "grey_level": "brightness of the grey state",
    "concentration_um": "concentration of TMSI, which decides the degradation",
    "fwhm_mev": "width of the emission line and of the absorption edge",
    "bowing_ev": "bowing of the gap with composition",
}
_WITHOUT_NUMBER = (
    "light is proportional to the exciting light: no saturation, no second exciton",
    "one quantum yield for every size and composition",
    "a blinking crystal has no memory: each bright or dark time is drawn on its own",
    "blinking does not depend on size, composition or exciting light",
    "degradation dims a crystal and does not change its colour",
    "within an exposure only the blinking changes: composition and decay are those of its middle",
)
_ASSUMED = "assumed for teaching"
_BLINKING = (
    *("on_exponent", "off_exponent", "shortest_s", "on_cutoff_s", "off_cutoff_s"),
    *("grey_share", "grey_level"),
)


def assumption_table(photophysics: Photophysics) -> pd.DataFrame:
    """Return a row for each setting with a number, the decay rate, and what has no number."""
    import pandas as pd

    rows = [_row(photophysics, name, default) for name, default in DEFAULTS.items()]
    rows.append(_decay_row(photophysics))
    rows += [
        {"setting": "", "quantity": words, "value": math.nan, "unit": "-", "used": True}
        | {"uncertainty": None, "evidence": _ASSUMED, "source": "chosen here", "note": ""}
        for words in _WITHOUT_NUMBER
    ]
    return pd.DataFrame(rows)


def in_words(photophysics: Photophysics) -> str:
    """Return the assumptions as lines of text."""
    lines = (
        _excitation_line(photophysics),
        _absorption_line(photophysics),
        _yield_line(photophysics),
        *_blinking_lines(photophysics),
        _degradation_line(photophysics),
        "Simplified: " + "; ".join(_WITHOUT_NUMBER) + ".",
    )
    return "\n".join(lines)


def _row(photophysics: Photophysics, name: str, default: Parameter) -> dict[str, object]:
    """Return the row of one setting; one set by hand says so."""
    value = getattr(photophysics, name)
    kept = value == float(default)
    source = (
        default.source if kept else f"set by hand; the default is {float(default):g} {default.unit}"
    )
    return {
        "setting": name,
        "quantity": _QUANTITIES[name],
        "value": value,
        "unit": default.unit,
        "used": _is_used(photophysics, name),
        "uncertainty": default.uncertainty if kept else None,
        "evidence": _evidence(photophysics, name),
        "source": source,
        "note": default.note if kept else "",
    }


def _decay_row(photophysics: Photophysics) -> dict[str, object]:
    """Return the row of the rate at which the light decays."""
    given = photophysics.degradation_rate_per_s is not None
    return {
        "setting": "degradation_rate_per_s",
        "quantity": "decay of the light after its maximum",
        "value": photophysics.decay_rate_per_s,
        "unit": "1/s",
        "used": bool(photophysics.degradation),
        "uncertainty": None,
        "evidence": _ASSUMED,
        "source": "set by hand" if given else "0 up to 5 uM, then in proportion to 0.02/s at 50 uM",
        "note": "the paper shows a decay at 50 uM (Fig. 4c, d) and prints no rate",
    }


def _is_used(photophysics: Photophysics, name: str) -> bool:
    """Tell whether a setting makes a difference."""
    if name in _BLINKING:
        grey_is_off = name == "grey_level" and photophysics.grey_share == 0
        return bool(photophysics.blinking) and not grey_is_off
    if name == "concentration_um":
        return bool(photophysics.degradation) and photophysics.degradation_rate_per_s is None
    return True


def _number(photophysics: Photophysics, name: str) -> str:
    """Return a setting with its unit."""
    return f"{getattr(photophysics, name):g} {DEFAULTS[name].unit}"


def _evidence(photophysics: Photophysics, name: str) -> str:
    """Return how sure a setting is; what was set by hand is assumed."""
    default = DEFAULTS[name]
    return default.evidence if getattr(photophysics, name) == float(default) else _ASSUMED


def _excitation_line(photophysics: Photophysics) -> str:
    window = photophysics.excitation_filter
    return (
        f"Exciting light: {_number(photophysics, 'excitation_w_cm2')} of {window.low_nm:g}-"
        f"{window.high_nm:g} nm ({_evidence(photophysics, 'excitation_w_cm2')})."
    )


def _yield_line(photophysics: Photophysics) -> str:
    return (
        f"Quantum yield: {photophysics.quantum_yield:g}"
        f" ({_evidence(photophysics, 'quantum_yield')});"
        f" collected: {photophysics.collection_efficiency:g}"
        f" ({_evidence(photophysics, 'collection_efficiency')})."
    )


def _absorption_line(photophysics: Photophysics) -> str:
    name = "intrinsic_absorption_per_cm"
    size = (
        "in proportion to the volume"
        if photophysics.absorption_by_volume
        else f"as one of {float(REFERENCE_EDGE_NM):g} nm, whatever the size"
    )
    composition = (
        "less while the absorption edge is above the exciting light"
        if photophysics.absorption_by_composition
        else "alike at every composition"
    )
    return (
        f"Absorption: {_number(photophysics, name)} ({_evidence(photophysics, name)});"
        f" a crystal absorbs {size}, {composition}."
    )


def _blinking_lines(photophysics: Photophysics) -> tuple[str, ...]:
    if not photophysics.blinking:
        return ("Blinking: off; crystals are always bright.",)
    on, off = photophysics.on_times, photophysics.off_times
    share = on.mean_s / (on.mean_s + off.mean_s)
    times = (
        f"Blinking: bright for {on.mean_s:.2g} s and dark for {off.mean_s:.2g} s on average, bright "
        f"{100 * share:.0f} % of the time; power laws with the exponents {on.exponent:g} and"
        f" {off.exponent:g} ({_evidence(photophysics, 'on_exponent')}), from {on.shortest_s:g} s,"
        f" cut off beyond {on.cutoff_s:g} and {off.cutoff_s:g} s"
        f" ({_evidence(photophysics, 'on_cutoff_s')})."
    )
    if photophysics.grey_share == 0:
        return times, "Grey state: off."
    return times, (
        f"Grey state: {100 * photophysics.grey_share:g} % of the dark times have"
        f" {100 * photophysics.grey_level:g} % of the bright state's light ({_ASSUMED})."
    )


def _degradation_line(photophysics: Photophysics) -> str:
    if not photophysics.degradation:
        return "Degradation: off."
    rate = photophysics.decay_rate_per_s
    if rate == 0:
        return f"Degradation: none at {photophysics.concentration_um:g} uM of TMSI ({_ASSUMED})."
    return (
        f"Degradation: after its maximum the light of a crystal decays at {rate:.2g}/s,"
        f" within {1 / rate:.3g} s to 37 % ({_ASSUMED})."
    )
