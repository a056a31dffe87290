"""Movies of other programs: every way of storing frames gives the same frames."""

import contextlib
import logging
import pickle
import struct

import numpy as np
import pytest
import tifffile

from anionx_teach.movies import read_movie

GIVEN = {"frame_interval_s": 0.1, "pixel_size_nm": 160.0, "exposure_s": 0.05}


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(2).integers(0, 2**16, (12, 30, 40), dtype=np.uint16)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "film.tif"


def require_same(path, frames, **given):
    """Read all, one and some of the frames, in any order."""
    movie = read_movie(path, **GIVEN | given)
    assert movie.frames.dtype == np.uint16
    np.testing.assert_array_equal(movie.frames[:], frames)
    np.testing.assert_array_equal(movie.frames[7], frames[7])
    np.testing.assert_array_equal(movie.frames[2:5], frames[2:5])
    return movie


WRITINGS = {
    "plain": {"metadata": None},
    "tifffile": {},
    "bigtiff": {"bigtiff": True, "metadata": None},
    "big-endian": {"byteorder": ">", "metadata": None},
    "imagej": {"imagej": True, "metadata": {"axes": "TYX"}},
    "imagej, as tifffile names an array by itself": {"imagej": True},
    "ome": {"ome": True, "metadata": {"axes": "TYX"}},
    "deflate": {"compression": "zlib", "metadata": None},
    "deflate in strips with predictor": {
        "compression": "zlib", "predictor": True, "rowsperstrip": 7, "metadata": None,
    },
    "deflate, big-endian": {"compression": "zlib", "byteorder": ">", "metadata": None},
    "lzma": {"compression": "lzma"},
    "strips": {"rowsperstrip": 7, "metadata": None},
    "tiles": {"tile": (16, 16), "metadata": None},
    "deflated tiles": {"tile": (16, 32), "compression": "zlib", "metadata": None},
}  # fmt: skip


@pytest.mark.parametrize("writing", WRITINGS.values(), ids=WRITINGS)
def test_stacks(frames, path, writing):
    tifffile.imwrite(path, frames, **writing)
    require_same(path, frames)


@pytest.mark.parametrize("writing", [{}, {"contiguous": True}, {"metadata": None}])
def test_stacks_written_frame_by_frame(frames, path, writing):
    with tifffile.TiffWriter(path) as tiff:
        for frame in frames:
            tiff.write(frame, **writing)
    require_same(path, frames)


def test_pages_that_do_not_follow_each_other(frames, path):
    """Between two frames other programs put headers, and now and then something else."""
    with tifffile.TiffWriter(path) as tiff:
        for number, frame in enumerate(frames):
            tiff.write(frame, metadata=None, description="x" * (number % 3 * 50), rowsperstrip=11)
    require_same(path, frames)


@pytest.mark.parametrize("kind", ["tif", "npy"])
@pytest.mark.parametrize(
    "dtype", ["u1", "<u2", ">u2", "<i2", "<u4", ">i4", "<i8", "<f4", ">f4", "<f8"]
)
def test_whole_numbers_of_every_type_become_16_bits(kind, dtype, tmp_path):
    counts = np.arange(8 * 3 * 5, dtype=np.uint16).reshape(8, 3, 5)
    stack = counts.astype(dtype)
    path = tmp_path / f"film.{kind}"
    if kind == "npy":
        np.save(path, stack)
    else:
        tifffile.imwrite(path, stack, byteorder=stack.dtype.str[0].replace("|", "<"))
    require_same(path, counts)


def test_npy_whatever_its_name(frames, tmp_path):
    with (tmp_path / "film.dat").open("wb") as file:
        np.save(file, frames)
    movie = require_same(tmp_path / "film.dat", frames)
    assert (movie.frame_interval_s, movie.exposure_s, movie.pixel_size_nm) == (0.1, 0.05, 160.0)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(movie)).frames[3], frames[3])


def test_a_compressed_movie_travels_to_another_process(frames, path):
    tifffile.imwrite(path, frames, compression="zlib")
    movie = pickle.loads(pickle.dumps(read_movie(path, **GIVEN)))
    np.testing.assert_array_equal(movie.frames[3:], frames[3:])


def test_an_empty_piece_is_black(path):
    """Writers may leave out the bytes of a strip that is empty."""
    pieces = [np.full((8, 8), 7, np.uint16), None] * 3
    tifffile.imwrite(path, iter(pieces), shape=(6, 8, 8), dtype=np.uint16, tile=(16, 16))
    frames = read_movie(path, **GIVEN).frames[:]
    assert frames[0, :8, :8].min() == 7
    assert frames[1].max() == 0


def test_slices_of_imagej_are_frames_unless_they_have_a_depth(frames, path):
    slices = {"axes": "ZYX", "hyperstack": False}
    tifffile.imwrite(path, frames, imagej=True, metadata=slices)
    require_same(path, frames)
    for depth in ({"spacing": 0.5, "hyperstack": False}, {}, {"mode": "grayscale"}):
        tifffile.imwrite(path, frames, imagej=True, metadata={"axes": "ZYX", **depth})
        with pytest.raises(
            ValueError, match=r"is a stack of 12 planes in depth \(z\), not of fram"
        ):
            read_movie(path, **GIVEN)
    tifffile.imwrite(path, frames, imagej=True, metadata={"axes": "ZYX", "finterval": 0.2})
    assert read_movie(path, pixel_size_nm=160, exposure_s=0.1).frame_interval_s == 0.2


def test_broken_ome_xml_does_not_hinder(frames, path):
    tifffile.imwrite(path, frames, description="<OME xmlns='x'><Image </OME>", metadata=None)
    require_same(path, frames)


def test_an_ome_movie_in_two_files(frames, tmp_path):
    """As Micro-Manager and Bio-Formats cut what is larger than 4 GB; the second may be missing."""
    xml = (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1">'
        '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" '
        'SizeX="40" SizeY="30" SizeC="1" SizeZ="1" SizeT="12" TimeIncrement="0.25">'
        '<Channel ID="Channel:0:0" SamplesPerPixel="1"/>'
        '<TiffData FirstT="0" IFD="0" PlaneCount="7"><UUID FileName="a.ome.tif">urn:uuid:1</UUID>'
        '</TiffData><TiffData FirstT="7" IFD="0" PlaneCount="5"><UUID FileName="b.ome.tif">'
        "urn:uuid:2</UUID></TiffData></Pixels></Image></OME>"
    )
    for name, part in (("a", frames[:7]), ("b", frames[7:])):
        own = xml if name == "a" else xml.replace('UUID="urn:uuid:1"', 'UUID="urn:uuid:2"', 1)
        tifffile.imwrite(tmp_path / f"{name}.ome.tif", part, description=own, metadata=None)
    movie = require_same(tmp_path / "a.ome.tif", frames, frame_interval_s=None)
    assert movie.frame_interval_s == 0.25
    np.testing.assert_array_equal(movie.frames[5:10], frames[5:10])
    (tmp_path / "b.ome.tif").unlink()
    with pytest.raises(ValueError, match="goes on in a file that is not there: frame 7 of 12 is"):
        read_movie(tmp_path / "a.ome.tif", **GIVEN)


def test_an_imagej_movie_beyond_4_gb_has_one_header(frames, path):
    """ImageJ then writes one page and all frames behind it; here on a small scale."""
    notes = {"axes": "TYX", "finterval": 0.125}
    tifffile.imwrite(path, frames, imagej=True, metadata=notes, truncate=True)
    with tifffile.TiffFile(path) as tiff:
        assert len(tiff.pages) == 1
    require_same(path, frames)


def test_the_log_of_others_is_left_alone(path, caplog):
    path.write_bytes(b"II*\0" + struct.pack("<I", 9999))
    with caplog.at_level(logging.DEBUG), contextlib.suppress(ValueError):
        read_movie(path)
    assert caplog.records == []
    logging.getLogger("tifffile").warning("of someone else")
    assert [record.message for record in caplog.records] == ["of someone else"]
