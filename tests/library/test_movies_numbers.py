"""Interval, exposure and pixel size: read where other programs note them, else asked for by name."""

import numpy as np
import pytest
import tifffile

from anionx_teach._movie_numbers import HeaderNumbers
from anionx_teach.movies import MissingNumberError, read_movie

GIVEN = {"frame_interval_s": 0.1, "pixel_size_nm": 160.0, "exposure_s": 0.05}
MICRO_MANAGER = 51123  # the tag of its notes


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(2).integers(0, 2**16, (12, 30, 40), dtype=np.uint16)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "film.tif"


def test_what_the_file_does_not_say_is_asked_for_by_name(frames, path):
    tifffile.imwrite(path, frames)
    with pytest.raises(MissingNumberError) as all_missing:
        read_movie(path)
    assert all_missing.value.names == ("frame_interval_s", "pixel_size_nm", "exposure_s")
    assert str(all_missing.value) == (
        "frame_interval_s and pixel_size_nm and exposure_s are not in the file "
        f"{path}: give frame_interval_s=..., pixel_size_nm=..., exposure_s=..."
    )
    with pytest.raises(
        ValueError, match=r"^exposure_s is not in the file .*: give exposure_s=...$"
    ):
        read_movie(path, frame_interval_s=0.1, pixel_size_nm=160)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"frame_interval_s": 0.0}, "frame_interval_s must be > 0 s, got 0.0"),
        ({"pixel_size_nm": -160}, "pixel_size_nm must be > 0 nm, got -160.0"),
        ({"exposure_s": np.inf}, "exposure_s must be finite and > 0 s, got inf"),
        ({"exposure_s": 0.2}, r"frame_interval_s must be >= exposure_s \(0.2 s\), got 0.1 s"),
        ({"exposure_s": [0.1, 0.1]}, "exposure_s must be a single number, got an array of shape"),
    ],
)
def test_numbers_that_cannot_be(frames, path, given, complaint):
    tifffile.imwrite(path, frames)
    with pytest.raises(ValueError, match=complaint):
        read_movie(path, **GIVEN | given)


def test_a_number_that_is_no_number(frames, path):
    tifffile.imwrite(path, frames)
    with pytest.raises(TypeError, match="exposure_s must be a number"):
        read_movie(path, exposure_s="fast")


@pytest.mark.parametrize(
    ("unit", "per_unit", "nm"),
    [("um", 6.25, 160), ("micron", 6.25, 160), ("\\u00B5m", 6.25, 160), ("nm", 1 / 160, 160),
     ("mm", 8000, 125), ("pixel", 1.0, None), ("", 1.0, None)],
)  # fmt: skip
def test_imagej(frames, path, unit, per_unit, nm):
    notes = {"axes": "TYX", "finterval": 0.125, "unit": unit, "fps": 30}
    tifffile.imwrite(path, frames, imagej=True, resolution=(per_unit, per_unit), metadata=notes)
    if nm is None:
        with pytest.raises(MissingNumberError, match=r"^pixel_size_nm and exposure_s are not"):
            read_movie(path)
    movie = read_movie(path, exposure_s=0.1, pixel_size_nm=None if nm else 100.0)
    assert movie.frame_interval_s == 0.125
    assert movie.pixel_size_nm == pytest.approx(nm or 100.0, rel=1e-6)


def test_a_number_that_is_given_counts_more_than_that_of_the_file(frames, path):
    notes = {"axes": "TYX", "finterval": 0.125, "unit": "um"}
    tifffile.imwrite(path, frames, imagej=True, resolution=(6.25, 6.25), metadata=notes)
    movie = read_movie(path, **GIVEN)
    assert (movie.frame_interval_s, movie.pixel_size_nm) == (0.1, 160.0)


def test_pixels_that_are_not_square(frames, path):
    notes = {"axes": "TYX", "finterval": 0.125, "unit": "um"}
    tifffile.imwrite(path, frames, imagej=True, resolution=(6.25, 3.125), metadata=notes)
    complaint = r"the pixels of .*film\.tif are not square \(160 nm along x, 320 nm along y\): give"
    with pytest.raises(ValueError, match=complaint):
        read_movie(path, exposure_s=0.05)
    assert read_movie(path, exposure_s=0.05, pixel_size_nm=200.0).pixel_size_nm == 200.0


def ome(path, frames, **metadata):
    tifffile.imwrite(path, frames, ome=True, metadata={"axes": "TYX", **metadata})


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ({"TimeIncrement": 100, "TimeIncrementUnit": "ms"}, (0.1, None, None)),
        ({"TimeIncrement": 0.1}, (0.1, None, None)),
        ({"TimeIncrement": 0, "PhysicalSizeX": 0.16}, (None, None, 160)),
        ({"PhysicalSizeX": 0.16, "PhysicalSizeXUnit": "µm"}, (None, None, 160)),
        ({"PhysicalSizeY": 1.6, "PhysicalSizeYUnit": "mm"}, (None, None, 1.6e6)),
        ({"PhysicalSizeX": 1.0, "PhysicalSizeXUnit": "pixel"}, (None, None, None)),
        ({"Plane": {"ExposureTime": [0.05] * 12}}, (None, 0.05, None)),
        (
            {"Plane": {"ExposureTime": [50] * 12, "ExposureTimeUnit": ["ms"] * 12}},
            (None, 0.05, None),
        ),
        ({"Plane": {"DeltaT": [3 + 0.2 * i for i in range(12)]}}, (0.2, None, None)),
        (
            {"Plane": {"DeltaT": [200 * i for i in range(12)], "DeltaTUnit": ["ms"] * 12}},
            (0.2, None, None),
        ),
        ({"Plane": {"DeltaT": [0.0] * 12}}, (None, None, None)),
        ({"TimeIncrement": "nan", "PhysicalSizeX": "wide"}, (None, None, None)),
    ],
)
def test_ome(frames, path, notes, expected):
    ome(path, frames, **notes)
    names = ("frame_interval_s", "exposure_s", "pixel_size_nm")
    missing = {name for name, value in zip(names, expected, strict=True) if value is None}
    if missing:
        with pytest.raises(MissingNumberError) as asked:
            read_movie(path)
        assert set(asked.value.names) == missing
    # An interval of 1000 s is longer than any exposure here.
    instead = {"frame_interval_s": 1e3, "exposure_s": 1e-3, "pixel_size_nm": 1.0}
    movie = read_movie(path, **{name: instead[name] for name in missing})
    for name, value in zip(names, expected, strict=True):
        assert getattr(movie, name) == pytest.approx(instead[name] if value is None else value)


def micro_manager_page(notes):
    text = notes.encode() + b"\0"
    return [(MICRO_MANAGER, 2, len(text), text, False)]


def test_micro_manager(frames, path):
    """Its clock runs in ms; the first and the last frame tell the interval."""
    with tifffile.TiffWriter(path) as tiff:
        for number, frame in enumerate(frames):
            notes = (
                f'{{"ElapsedTime-ms": {500 + 62.5 * number}, "Exposure-ms": 50.0, '
                '"PixelSizeUm": 0.16}'
            )
            tiff.write(frame, metadata=None, extratags=micro_manager_page(notes))
    movie = read_movie(path)
    np.testing.assert_array_equal(movie.frames[:], frames)
    assert movie.frame_interval_s == pytest.approx(0.0625)
    assert movie.exposure_s == pytest.approx(0.05)
    assert movie.pixel_size_nm == pytest.approx(160)


def test_micro_manager_without_calibration(frames, path):
    with tifffile.TiffWriter(path) as tiff:
        for frame in frames:
            notes = '{"Exposure-ms": 0, "PixelSizeUm": 0.0, "ElapsedTime-ms": 7}'
            tiff.write(frame, metadata=None, extratags=micro_manager_page(notes))
    with pytest.raises(MissingNumberError) as missing:
        read_movie(path)
    assert missing.value.names == tuple(GIVEN)


def test_header_numbers_fill_each_others_gaps():
    first = HeaderNumbers(0.1, None, None)
    second = HeaderNumbers(0.2, 0.05, (160.0, 160.0))
    assert first.or_else(second) == HeaderNumbers(0.1, 0.05, (160.0, 160.0))
