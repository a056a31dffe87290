"""What the header of a movie says: interval, exposure, size of a pixel, and what we wrote with it.

OME-XML, ImageJ and Micro-Manager each have words and units of their own. A number that a file
gives as 0, or in a unit that is not a length or a time, is as good as missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from tifffile import TiffFile

_NM = {
    "pm": 1e-3, "å": 0.1, "nm": 1.0, "µm": 1e3, "um": 1e3, "micron": 1e3, "microns": 1e3,
    "\\u00b5m": 1e3, "mm": 1e6, "cm": 1e7, "m": 1e9, "inch": 2.54e7, "in": 2.54e7,
}  # fmt: skip
_SECONDS = {"ns": 1e-9, "µs": 1e-6, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0}
_X_RESOLUTION, _Y_RESOLUTION, _MICRO_MANAGER = 282, 283, 51123  # tags of a TIFF page


@dataclass(frozen=True)
class HeaderNumbers:
    """What a file says of its movie; None where it says nothing."""

    frame_interval_s: float | None = None
    exposure_s: float | None = None
    pixel_nm: tuple[float, float] | None = None  # along x and y

    def or_else(self, other: HeaderNumbers) -> HeaderNumbers:
        """Return these numbers, and those of `other` where these are missing."""
        return HeaderNumbers(
            self.frame_interval_s or other.frame_interval_s,
            self.exposure_s or other.exposure_s,
            self.pixel_nm or other.pixel_nm,
        )


def header_numbers(tiff: TiffFile) -> HeaderNumbers:
    """Return what a TIFF says, the most precise way of saying it first."""
    numbers = HeaderNumbers()
    sources: tuple[Callable[[TiffFile], HeaderNumbers], ...] = (_ome, _micro_manager, _imagej)
    for source in sources:
        numbers = numbers.or_else(source(tiff))
    return numbers


def comments(tiff: TiffFile) -> dict[str, str]:
    """Return the texts that are annotated to an OME-TIFF, by their namespace."""
    root = _ome_root(tiff)
    if root is None:
        return {}
    found = {}
    for element in root.iterfind("{*}StructuredAnnotations/{*}CommentAnnotation"):
        found[element.get("Namespace", "")] = element.findtext("{*}Value", "")
    return found


def _ome_root(tiff: TiffFile) -> ET.Element | None:
    """Return the parsed OME-XML, or None where there is none or it is broken."""
    try:
        return ET.fromstring(tiff.ome_metadata or "")
    except ET.ParseError:
        return None


def _ome(tiff: TiffFile) -> HeaderNumbers:
    """Read the first image of the OME-XML."""
    root = _ome_root(tiff)
    pixels = None if root is None else root.find("{*}Image/{*}Pixels")
    if pixels is None:
        return HeaderNumbers()
    planes = pixels.findall("{*}Plane")
    interval_s = _quantity(pixels.attrib, "TimeIncrement", _SECONDS, "s")
    if interval_s is None and len(planes) > 1:
        ends = [_quantity(planes[i].attrib, "DeltaT", _SECONDS, "s", zero=True) for i in (0, -1)]
        interval_s = _mean_step(ends, len(planes) - 1)
    exposure_s = _quantity(planes[0].attrib, "ExposureTime", _SECONDS, "s") if planes else None
    sides = [_quantity(pixels.attrib, f"PhysicalSize{axis}", _NM, "µm") for axis in "XY"]
    return HeaderNumbers(interval_s, exposure_s, _pixel(sides))


def _micro_manager(tiff: TiffFile) -> HeaderNumbers:
    """Read what Micro-Manager notes with each frame; the clock of first and last give the interval."""
    pages = tiff.pages
    first = _mapping(pages.first.tags.valueof(_MICRO_MANAGER))
    if not first:
        return HeaderNumbers()
    summary = _mapping((tiff.micromanager_metadata or {}).get("Summary"))
    interval_ms = _positive(summary.get("Interval_ms"))
    interval_s = None if interval_ms is None else interval_ms * 1e-3
    if interval_s is None and len(pages) > 1:
        last = _mapping(pages.get(len(pages) - 1).aspage().tags.valueof(_MICRO_MANAGER))
        ends = [_number(notes.get("ElapsedTime-ms")) for notes in (first, last)]
        step_ms = _mean_step(ends, len(pages) - 1)
        interval_s = None if step_ms is None else step_ms * 1e-3
    exposure_ms = _positive(first.get("Exposure-ms"))
    pixel_um = _positive(first.get("PixelSizeUm"))
    return HeaderNumbers(
        interval_s,
        None if exposure_ms is None else exposure_ms * 1e-3,
        None if pixel_um is None else (pixel_um * 1e3, pixel_um * 1e3),
    )


def _imagej(tiff: TiffFile) -> HeaderNumbers:
    """Read ImageJ's description; its `fps` is how fast a movie is shown, not how it was taken."""
    notes = tiff.imagej_metadata or {}
    unit_nm = _NM.get(str(notes.get("unit", "")).lower().replace("μ", "µ"))
    sides: list[float | None] = [None, None]
    if unit_nm is not None:
        for place, tag in enumerate((_X_RESOLUTION, _Y_RESOLUTION)):
            pixels, units = tiff.pages.first.tags.valueof(tag) or (0, 0)
            sides[place] = unit_nm * units / pixels if pixels and units else None
    return HeaderNumbers(_positive(notes.get("finterval")), None, _pixel(sides))


def _quantity(
    attributes: Mapping[str, str],
    name: str,
    units: Mapping[str, float],
    default: str,
    *,
    zero: bool = False,
) -> float | None:
    """Return an attribute in s or nm; in OME each has its unit beside it."""
    unit = units.get(attributes.get(f"{name}Unit", default).lower().replace("μ", "µ"))
    value = _number(attributes.get(name)) if zero else _positive(attributes.get(name))
    return None if unit is None or value is None else value * unit


def _number(value: object) -> float | None:
    """Return a finite number, or None."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _positive(value: object) -> float | None:
    """Return a finite number > 0, or None."""
    number = _number(value)
    return number if number is not None and number > 0 else None


def _mean_step(ends: list[float | None], steps: int) -> float | None:
    """Return the mean step between the first and the last moment, or None."""
    first, last = ends
    return None if first is None or last is None else _positive((last - first) / steps)


def _pixel(sides: list[float | None]) -> tuple[float, float] | None:
    """Return both sides of a pixel, nm; one that is missing is as long as the other."""
    along_x, along_y = sides
    if along_x is None and along_y is None:
        return None
    return along_x or along_y or 0.0, along_y or along_x or 0.0


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping; what a damaged tag gives instead is taken for an empty one."""
    return value if isinstance(value, Mapping) else {}
