"""What is no movie is refused in one sentence, at once, and nothing in a file is run."""

import contextlib
import io
import os
import struct

import numpy as np
import pytest
import tifffile

from anionx_teach._movie import Movie
from anionx_teach._movie_file import NotAMovieError
from anionx_teach._movie_reading import _fill
from anionx_teach.movies import read_movie, write_movie

GIVEN = {"frame_interval_s": 0.1, "pixel_size_nm": 160.0, "exposure_s": 0.05}


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(3).integers(0, 2**16, (12, 30, 40), dtype=np.uint16)


def require_refused(path, complaint, kind=ValueError):
    with pytest.raises(kind, match=complaint) as refusal:
        read_movie(path, **GIVEN)
    text = str(refusal.value)
    assert "\n" not in text
    assert path.name in text
    assert len(text) < 400 + len(str(path))


IMAGES = {
    "8-bit RGB movie": ((12, 30, 40, 3), "u1", {}, r"is in colour \(RGB\): one grey channel"),
    "RGB picture": ((30, 40, 3), "u1", {}, "is in colour"),
    "16-bit RGB movie": ((12, 30, 40, 3), "u2", {"photometric": "rgb"}, "is in colour"),
    "planes and frames": ((12, 5, 30, 40), "u2", {}, r"has more dimensions .*\(12 x 5 images, QQ"),
    "OME planes and frames": (
        (12, 4, 30, 40), "u2", {"ome": True, "metadata": {"axes": "TZYX"}}, r"12 x 4 images, TZYX",
    ),
    "OME channels": (
        (12, 3, 30, 40), "u2", {"ome": True, "metadata": {"axes": "TCYX"}}, "more dimensions",
    ),
    "OME planes": (
        (12, 30, 40), "u2", {"ome": True, "metadata": {"axes": "ZYX"}},
        r"is a stack of 12 planes in depth \(z\), not of frames in time; if they are frames, say",
    ),
    "planes": ((12, 30, 40), "u2", {"metadata": {"axes": "ZYX"}}, "planes in depth"),
    "channels": ((6, 30, 40), "u2", {"metadata": {"axes": "CYX"}}, "stack of 6 colour channels"),
    "ImageJ channels": ((6, 30, 40), "u2", {"imagej": True}, "stack of 6 colour channels"),
    "lifetimes": ((6, 30, 40), "u2", {"metadata": {"axes": "HYX"}}, "images along an axis H"),
    "one image": ((30, 40), "u2", {}, "holds 1 image: a movie has at least 5 frames"),
    "four images": ((4, 30, 40), "u2", {"photometric": "minisblack"}, "holds 4 images: a movie has at least 5 frames"),
    "complex": ((12, 30, 40), "c8", {}, "holds complex64 numbers: the counts of a camera are"),
    "black and white": ((12, 30, 40), "?", {"photometric": "minisblack"}, "holds bool numbers"),
}  # fmt: skip


@pytest.mark.parametrize(("shape", "dtype", "writing", "complaint"), IMAGES.values(), ids=IMAGES)
def test_images_that_are_no_movie(shape, dtype, writing, complaint, tmp_path):
    path = tmp_path / "film.tif"
    with path.open("wb") as file:
        tifffile.imwrite(file, np.zeros(shape, dtype), **writing)
    require_refused(path, complaint)


@pytest.mark.parametrize("kind", ["tif", "npy"])
@pytest.mark.parametrize(
    ("dtype", "value", "complaint"),
    [
        (
            "f4",
            np.nan,
            r"frame 7 of film\.\w+ holds nan \(float32\): the counts of a camera are who",
        ),
        ("f8", np.inf, r"frame 7 of film\.\w+ holds inf"),
        ("f4", 0.5, "holds 0.5"),
        ("f4", -1, "holds -1"),
        ("f4", 65536, "holds 65536"),
        ("i2", -3, r"holds -3 \(int16\)"),
        ("u4", 70000, r"holds 70000 \(uint32\)"),
    ],
)
def test_numbers_that_no_camera_counts(kind, dtype, value, complaint, tmp_path):
    stack = np.ones((9, 6, 7), dtype)
    stack[7, 2, 3] = value
    path = tmp_path / f"film.{kind}"
    np.save(path, stack) if kind == "npy" else tifffile.imwrite(path, stack)
    require_refused(path, complaint)


@pytest.mark.parametrize(
    ("array", "complaint"),
    [
        (np.zeros((30, 40), "u2"), "holds 1 image: a movie has at least 5 frames"),
        (np.zeros((3, 30, 40), "u2"), "holds 3 images"),
        (np.zeros((9, 2, 30, 40), "u2"), r"more dimensions than time, rows and columns \(9 x 2 im"),
        (np.zeros(7, "u2"), "holds 1 image"),
        (np.asfortranarray(np.zeros((9, 30, 40), "u2")), "is stored in Fortran order: save it wit"),
        (np.zeros((9, 30, 40), "?"), "holds bool numbers"),
        (np.zeros((9, 30, 40), "U3"), "holds <U3 numbers"),
        (np.zeros((9, 30, 40), [("a", "u2")]), "holds .* numbers"),
    ],
)
def test_arrays_that_are_no_movie(array, complaint, tmp_path):
    np.save(tmp_path / "film.npy", array)
    require_refused(tmp_path / "film.npy", complaint)


@pytest.mark.parametrize("shape", [(0, 30, 40), (9, 0, 40), (9, 30, 0)])
def test_empty_arrays(shape, tmp_path):
    np.save(tmp_path / "film.npy", np.zeros(shape, "u2"))
    require_refused(tmp_path / "film.npy", r"film\.npy")


class Malice:
    def __reduce__(self):
        return os.mkdir, ("harm",)


def test_nothing_is_unpickled(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "film.npy"
    np.save(path, np.array([[[Malice()]]] * 6, object), allow_pickle=True)
    require_refused(path, "is not a .npy stack of counts")
    np.savez(tmp_path / "film.npz", np.zeros((9, 3, 3)))
    require_refused(tmp_path / "film.npz", "is no movie that can be read here: neither TIFF nor")
    assert not (tmp_path / "harm").exists()


CUTS = {
    "plain": {"metadata": None},
    "tifffile": {},
    "ome": {"ome": True, "metadata": {"axes": "TYX"}},
    "imagej": {"imagej": True, "metadata": {"axes": "TYX"}},
    "imagej with one header": {"imagej": True, "metadata": {"axes": "TYX"}, "truncate": True},
    "bigtiff": {"bigtiff": True, "metadata": None},
    "big-endian": {"byteorder": ">", "metadata": None},
    "deflate": {"compression": "zlib"},
    "strips": {"rowsperstrip": 7, "metadata": None},
}


@pytest.mark.parametrize("writing", CUTS.values(), ids=CUTS)
def test_a_file_that_is_cut_short_anywhere(frames, writing, tmp_path):
    """What is missing may be only the description at the end: then all frames are there."""
    whole = tmp_path / "whole.tif"
    tifffile.imwrite(whole, frames, **writing)
    content = whole.read_bytes()
    path = tmp_path / "film.tif"
    n_read = 0
    for length in np.linspace(5, len(content) - 20, 60).astype(int):
        path.write_bytes(content[:length])
        try:
            movie = read_movie(path, **GIVEN)
        except NotAMovieError as refusal:
            words = str(refusal)
        else:
            words = "cut short"
            n_read += 1
            np.testing.assert_array_equal(movie.frames[:], frames)
        assert "cut short" in words
        assert "\n" not in words
    assert n_read <= 2


def test_our_own_file_that_is_cut_short(frames, tmp_path):
    content = write_movie(tmp_path / "a.tif", Movie(frames, 0.05, 0.1, 160.0)).read_bytes()
    (tmp_path / "film.tif").write_bytes(content[: len(content) // 2])
    require_refused(tmp_path / "film.tif", "is cut short")
    np.save(tmp_path / "b.npy", frames)
    (tmp_path / "film.npy").write_bytes((tmp_path / "b.npy").read_bytes()[:-10])
    require_refused(tmp_path / "film.npy", "is not a .npy stack of counts, or it is cut short")


def test_any_damage_to_a_header_is_told_or_harmless(frames, tmp_path):
    """Every byte of the first tags is changed in turn: never another kind of exception."""
    tifffile.imwrite(tmp_path / "whole.tif", frames, imagej=True, metadata={"axes": "TYX"})
    content = (tmp_path / "whole.tif").read_bytes()
    path = tmp_path / "film.tif"
    for place in range(0, 300, 2):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        path.write_bytes(damaged)
        with contextlib.suppress(NotAMovieError):
            read_movie(path, **GIVEN).frames[:]


def test_stacks_of_several_sizes(frames, tmp_path):
    path = tmp_path / "film.tif"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(frames)
        tiff.write(frames[:, :20])
    require_refused(path, r"holds 2 separate stacks \(12 x 30 x 40, 12 x 20 x 40\): save one alone")
    with tifffile.TiffWriter(path) as tiff:
        for frame in frames[:3]:
            tiff.write(frame)
    require_refused(path, "holds 3 images")


def test_files_that_are_no_images(tmp_path):
    path = tmp_path / "film.tif"
    for content, complaint in (
        (b"", "is empty: it has 0 bytes"),
        (b"P", "neither TIFF nor .npy, it begins with b'P'"),
        (b"\x89PNG\r\n\x1a\n", "neither TIFF nor .npy"),
        (b"II*\0", "is damaged or cut short"),
        (b"II*\0" + struct.pack("<I", 0), r"film\.tif"),
        (b"II*\0" + struct.pack("<IH", 8, 0) + bytes(4), r"film\.tif"),
        (b"II+\0" + bytes(12), "is damaged or cut short"),
    ):
        path.write_bytes(content)
        require_refused(path, complaint)


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    require_refused(tmp_path / "film.tif", "there is no file", FileNotFoundError)
    require_refused(tmp_path, "is a folder, not a movie", IsADirectoryError)


def test_a_file_that_may_not_be_read(frames, tmp_path, monkeypatch):
    path = tmp_path / "film.tif"
    path.touch()

    def denied(self, *_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", denied)
    require_refused(path, "cannot be opened: Permission denied", PermissionError)


def test_a_compression_that_cannot_be_decoded_is_told_at_once(frames, tmp_path, monkeypatch):
    path = tmp_path / "film.tif"
    tifffile.imwrite(path, frames, compression="zlib", metadata=None)

    def missing(self, page):
        msg = "requires the 'imagecodecs' package"
        raise ValueError(msg)

    monkeypatch.setattr(type(tifffile.TIFF.DECOMPRESSORS), "__getitem__", missing)
    require_refused(
        path, r"frame 0 of .*ADOBE_DEFLATE compression\) cannot be decoded: .*imagecodec"
    )


def test_a_frame_that_cannot_be_decoded_is_named(frames, tmp_path):
    path = tmp_path / "film.tif"
    tifffile.imwrite(path, frames, compression="zlib", metadata=None)
    with tifffile.TiffFile(path) as tiff:
        place = tiff.pages[5].dataoffsets[0]
    content = bytearray(path.read_bytes())
    content[place : place + 20] = b"\xff" * 20
    path.write_bytes(content)
    movie = read_movie(path, **GIVEN)
    np.testing.assert_array_equal(movie.frames[4], frames[4])
    with pytest.raises(ValueError, match=r"frame 5 of film\.tif .* cannot be decoded"):
        movie.frames[5]


def test_a_file_that_ends_while_it_is_read():
    with pytest.raises(ValueError, match="the file ends before its last frame"):
        _fill(io.BytesIO(b"123"), np.zeros((1, 2, 2), np.uint16))
