"""Measure the oriented boxes of labelled crystals, and set aside what is not one rectangle."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from anionx_teach._micrograph_segment import Crystals, find_crystals

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

BORDER = "cut by the border"
MERGED = "not one rectangle"
SMALL = "too small"

_SMALLEST_AREA = 0.15  # as a fraction of the median: less is a fragment
_LEAST_RECTANGULARITY = 0.97  # area over the area of the rectangle with the same moments
_SQUARE_UP_TO = 1.3  # aspect; beyond it the axes of inertia are sharp
_REACH = 0.4  # of the edge, from the middle: where chords count, away from the corners
_ELONGATED = 1.35  # aspect from which a box is searched for a seam between two crystals
_SLICES = 20  # along the long edge, for that search
_SEAM = 0.92  # a slice with less of the darkness to both sides is a seam


@dataclass(frozen=True)
class Boxes:
    """Oriented boxes (N,) in pixels: the angle is from the x axis to the long edge, in [0, 180)."""

    short_px: Numbers
    long_px: Numbers
    x_px: Numbers
    y_px: Numbers
    angle_deg: Numbers

    def chosen(self, which: Flags) -> Boxes:
        """Return some of the boxes."""
        return Boxes(**{name: values[which] for name, values in vars(self).items()})


@dataclass(frozen=True)
class _Pixels:
    """The pixels (M,) of N labels: index of the label from 0, position, share, and darkness."""

    count: int
    index: Labels
    x: Labels
    y: Labels
    share: Numbers
    darkness: Numbers

    def total(self, values: Numbers | Labels | float) -> Numbers:
        """Return the sum of `values` over each label, each pixel with its share."""
        sums = np.bincount(self.index, self.share * values, minlength=self.count)
        return np.asarray(sums, np.float64)

    def in_box(self, boxes: Boxes) -> tuple[Numbers, Numbers]:
        """Return the position along the long edge and across it, from the middle of the box."""
        angle = np.deg2rad(boxes.angle_deg)
        cosine, sine = np.cos(angle)[self.index], np.sin(angle)[self.index]
        dx, dy = self.x - boxes.x_px[self.index], self.y - boxes.y_px[self.index]
        return cosine * dx + sine * dy, cosine * dy - sine * dx


def measure_boxes(
    image: npt.NDArray[np.floating], pixel_size_nm: float
) -> tuple[Boxes, dict[str, int]]:
    """Return the boxes of the whole single crystals, and how many others there are by reason."""
    crystals = find_crystals(image, pixel_size_nm)
    pixels = _pixels(crystals)
    area, boxes = _moments(pixels)
    usual_area = float(np.median(area)) if area.size else 0.0
    small = area < _SMALLEST_AREA * usual_area
    border = _touches_border(crystals.label, area.size)
    small &= ~border
    merged = area < _LEAST_RECTANGULARITY * boxes.short_px * boxes.long_px
    merged |= _has_seam(pixels, boxes)
    merged &= ~(border | small)
    kept = _chords(pixels, boxes).chosen(~(small | border | merged))
    reasons = {BORDER: border.sum(), MERGED: merged.sum(), SMALL: small.sum() + crystals.n_specks}
    return kept, {reason: int(number) for reason, number in reasons.items()}


def _pixels(crystals: Crystals) -> _Pixels:
    """Return the pixels that belong to labels."""
    label = crystals.label.reshape(-1)
    where = np.flatnonzero(label)
    y, x = np.divmod(where, crystals.label.shape[1])
    share, darkness = (v.reshape(-1)[where] for v in (crystals.share, crystals.darkness))
    return _Pixels(int(label.max()), label[where] - 1, x, y, share, darkness)


def _touches_border(label: Labels, count: int) -> Flags:
    """Tell which labels 1 .. count have a pixel on the border of the image."""
    touches = np.zeros(count + 1, bool)
    for line in (label[0], label[-1], label[:, 0], label[:, -1]):
        touches[line] = True
    return touches[1:]


def _moments(pixels: _Pixels) -> tuple[Numbers, Boxes]:
    """Return the area (N,) in pixels and the rectangle with the moments of each label.

    Along an edge of length L the variance of position is L^2 / 12. The axes of a square follow from
    the fourth moment, whose phase turns four times; its axes of inertia are any.
    """
    total = pixels.total
    area = total(1.0)
    known = np.maximum(area, 1e-9)  # a label may have lost all its pixels: it is too small then
    centre_x, centre_y = total(pixels.x) / known, total(pixels.y) / known
    dx, dy = pixels.x - centre_x[pixels.index], pixels.y - centre_y[pixels.index]
    # The pixels are squares, not points: 1/12 more.
    xx, yy = total(dx * dx) / known + 1 / 12, total(dy * dy) / known + 1 / 12
    xy = total(dx * dy) / known
    real, imaginary = dx * dx - dy * dy, 2 * dx * dy
    fourth = np.arctan2(-total(2 * real * imaginary), -total(real**2 - imaginary**2)) / 4
    spread = np.hypot((xx - yy) / 2, xy)
    inertia = np.arctan2(2 * xy, xx - yy) / 2
    aspect_squared = ((xx + yy) / 2 + spread) / np.maximum((xx + yy) / 2 - spread, 1 / 12)
    angle = np.where(aspect_squared > _SQUARE_UP_TO**2, inertia, fourth)
    cosine, sine = np.cos(angle), np.sin(angle)
    cross = 2 * cosine * sine * xy
    first = np.sqrt(12 * (cosine**2 * xx + sine**2 * yy + cross))
    second = np.sqrt(12 * (sine**2 * xx + cosine**2 * yy - cross))
    angle_deg = np.rad2deg(np.where(second > first, angle + np.pi / 2, angle)) % 180
    shorter, longer = np.minimum(first, second), np.maximum(first, second)
    return area, Boxes(shorter, longer, centre_x, centre_y, angle_deg)


def _chords(pixels: _Pixels, boxes: Boxes) -> Boxes:
    """Return the boxes with their edges measured across the middle, away from the corners.

    A blur rounds the corners of the outline, and the moments with them. The chords parallel to an
    edge are averaged with a weight that is highest in the middle and nought near the corners.
    """
    along, across = pixels.in_box(boxes)
    short_px = pixels.total(_middle(along, _REACH * boxes.long_px[pixels.index]))
    long_px = pixels.total(_middle(across, _REACH * boxes.short_px[pixels.index]))
    # The weight has the integral `reach`.
    short_px /= _REACH * boxes.long_px
    long_px /= _REACH * boxes.short_px
    turned = short_px > long_px
    angle_deg = np.where(turned, boxes.angle_deg + 90, boxes.angle_deg) % 180
    shorter, longer = np.minimum(short_px, long_px), np.maximum(short_px, long_px)
    return replace(boxes, short_px=shorter, long_px=longer, angle_deg=angle_deg)


def _middle(offset: Numbers, reach: Numbers) -> Numbers:
    """Return a weight that falls smoothly from 1 in the middle to 0 at `reach`."""
    return np.cos(np.pi / 2 * np.minimum(np.abs(offset) / reach, 1.0)) ** 2


def _has_seam(pixels: _Pixels, boxes: Boxes) -> Flags:
    """Tell which elongated boxes are two crystals in a row: a lighter line crosses them.

    The darkness is averaged over slices across the long edge, as in a line profile.
    """
    along, across = pixels.in_box(boxes)
    weight = _middle(across, _REACH * boxes.short_px[pixels.index])
    place = (along / boxes.long_px[pixels.index] + 0.5) * _SLICES
    cell = pixels.index * _SLICES + np.clip(place.astype(np.intp), 0, _SLICES - 1)
    size = pixels.count * _SLICES
    amount = np.maximum(np.bincount(cell, weight, minlength=size), 1e-9)
    profile = np.bincount(cell, weight * pixels.darkness, minlength=size) / amount
    profile = profile.reshape(-1, _SLICES)
    before = np.maximum.accumulate(profile, axis=1)
    after = np.maximum.accumulate(profile[:, ::-1], axis=1)[:, ::-1]
    lighter = profile < _SEAM * np.minimum(before, after)
    seam: Flags = np.any(lighter, axis=-1)
    return seam & (boxes.long_px > _ELONGATED * boxes.short_px)
