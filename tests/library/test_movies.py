"""A movie comes back from disk as it was, frame by frame, with all that is known of it."""

import pickle
import time

import numpy as np
import pandas as pd
import pytest
import tifffile

from anionx_teach import movies
from anionx_teach._movie import FramesOnDemand, Movie
from anionx_teach.camera import Camera, place_emitters, record_movie
from anionx_teach.movies import read_movie, write_movie


@pytest.fixture(scope="module")
def frames():
    return np.random.default_rng(1).integers(0, 2**16, (23, 17, 11), dtype=np.uint16)


@pytest.fixture
def movie(frames):
    truth = pd.DataFrame(
        {
            "emitter": np.arange(3),
            "spot": np.array([0, 0, 1], np.int32),
            "x_px": [0.1, 1 / 3, 5e-324],
            "y_px": [-0.0, np.nan, np.inf],
            "single": [False, False, True],
            "colour": ["red", 'say "<&>"', "grün\n\r\t"],
        }
    )
    return Movie(frames, 0.05, 1 / 3, 160.3, truth=truth)


def numbers(movie):
    return movie.exposure_s, movie.frame_interval_s, movie.pixel_size_nm


def test_frames_numbers_and_truth_come_back(movie, tmp_path):
    back = read_movie(write_movie(tmp_path / "film.ome.tif", movie))
    np.testing.assert_array_equal(back.frames[:], movie.frames)
    assert back.frames.dtype == np.uint16
    assert numbers(back) == numbers(movie)
    pd.testing.assert_frame_equal(back.truth, movie.truth, check_exact=True)
    assert np.signbit(back.truth["y_px"][0])
    assert back.camera is None


def test_nothing_known_comes_back_as_nothing_known(frames, tmp_path):
    back = read_movie(write_movie(tmp_path / "film.tif", Movie(frames, 0.05, 0.05, 160.0)))
    assert back.truth is None
    empty = pd.DataFrame({"emitter": np.empty(0, np.int64), "x_px": np.empty(0)})
    movie = Movie(frames, 0.05, 0.05, 160.0, truth=empty)
    back = read_movie(write_movie(tmp_path / "film.tif", movie))
    pd.testing.assert_frame_equal(back.truth, empty)


@pytest.mark.parametrize("name", ["ein Film é 電影.tif", "UPPER.TIFF", "big.btf"])
def test_names(frames, name, tmp_path):
    path = write_movie(str(tmp_path / name), Movie(frames, 0.05, 0.05, 160.0))
    assert path == tmp_path / name
    assert read_movie(str(path)).n_frames == 23


@pytest.mark.parametrize("shape", [(5, 1, 1), (6, 4, 3), (6, 3, 4), (7, 1, 9), (300, 5, 2)])
def test_every_shape_is_frames_rows_columns(shape, tmp_path):
    """Three or four columns are not the colours of an image."""
    frames = np.arange(np.prod(shape), dtype=np.uint16).reshape(shape)
    back = read_movie(write_movie(tmp_path / "a.tif", Movie(frames, 0.1, 0.1, 1.0)))
    np.testing.assert_array_equal(back.frames[:], frames)
    assert tifffile.imread(tmp_path / "a.tif").shape == shape


def test_other_programs_find_the_numbers_where_the_standard_has_them(movie, tmp_path):
    path = write_movie(tmp_path / "film.ome.tif", movie)
    with tifffile.TiffFile(path) as tiff:
        assert tiff.is_ome
        assert tiff.series[0].axes == "TYX"
        image = tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]["Pixels"]
    assert (image["SizeT"], image["SizeZ"], image["SizeC"]) == (23, 1, 1)
    assert (image["TimeIncrement"], image["TimeIncrementUnit"]) == (1 / 3, "s")
    assert (image["PhysicalSizeX"], image["PhysicalSizeXUnit"]) == (160.3, "nm")
    assert [plane["ExposureTime"] for plane in image["Plane"]] == [0.05] * 23


def test_frames_are_read_when_asked_for(movie, tmp_path):
    back = read_movie(write_movie(tmp_path / "film.tif", movie))
    assert isinstance(back.frames, FramesOnDemand)
    for index in (0, 5, -1, slice(3, 9), slice(None, None, -4), slice(9, 3)):
        np.testing.assert_array_equal(back.frames[index], movie.frames[index])
    blocks = list(back.blocks(most_bytes=3 * 17 * 11 * 2))
    assert [first for first, _ in blocks] == list(range(0, 23, 3))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), movie.frames)
    np.testing.assert_array_equal(back.mean_image(), movie.mean_image())


def test_a_block_belongs_to_the_reader(movie, tmp_path):
    back = read_movie(write_movie(tmp_path / "film.tif", movie))
    back.frames[0:5][:] = 0
    np.testing.assert_array_equal(back.frames[0:5], movie.frames[0:5])


def test_a_movie_of_a_file_travels_to_another_process(movie, tmp_path):
    back = pickle.loads(pickle.dumps(read_movie(write_movie(tmp_path / "film.tif", movie))))
    np.testing.assert_array_equal(back.frames[7], movie.frames[7])


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": 1}', '{"a": {"type": "O", "values": [1]}}'])
def test_a_truth_that_cannot_be_understood_is_left_out(frames, monkeypatch, text, tmp_path):
    monkeypatch.setattr(movies, "truth_text", lambda _: text)
    path = write_movie(tmp_path / "film.tif", Movie(frames, 0.05, 0.05, 160.0))
    with pytest.warns(UserWarning, match=r"the truth in .*film\.tif cannot be understood"):
        assert read_movie(path).truth is None


def test_reading_costs_about_one_reading_of_the_file(tmp_path):
    """Beside tifffile, which reads everything at once; a frame decoded twice would double it."""
    frames = np.zeros((200, 512, 512), np.uint16)
    path = write_movie(tmp_path / "film.tif", Movie(frames, 0.05, 0.05, 160.0))
    ours, theirs = [], []
    for _ in range(3):
        begin = time.process_time()
        for _, block in read_movie(path).blocks():
            assert block.shape[1:] == (512, 512)
        ours.append(time.process_time() - begin)
        begin = time.process_time()
        tifffile.imread(path)
        theirs.append(time.process_time() - begin)
    assert min(ours) < 1.5 * min(theirs) + 0.05


@pytest.mark.parametrize(
    "camera", [Camera(), Camera(em_gain=1, full_well_electrons=np.inf, offset_counts=1 / 3)]
)
def test_the_camera_comes_back(frames, camera, tmp_path):
    movie = Movie(frames, 0.05, 0.05, 160.0, camera=camera)
    assert read_movie(write_movie(tmp_path / "film.tif", movie)).camera == camera


@pytest.mark.parametrize("text", ["[", '{"shutter": 1}', '{"em_gain": -1}', "[1]"])
def test_a_camera_that_cannot_be_understood_is_left_out(frames, monkeypatch, text, tmp_path):
    monkeypatch.setattr(movies, "camera_text", lambda _: text)
    path = write_movie(tmp_path / "film.tif", Movie(frames, 0.05, 0.05, 160.0))
    with pytest.warns(UserWarning, match=r"the camera in .*film\.tif cannot be understood"):
        assert read_movie(path).camera is None


def test_a_simulated_movie_comes_back(tmp_path):
    truth = place_emitters(3, shape=(40, 50), rng=1)
    rates = np.full((3, 8), 1e5)
    positions = truth[["x_px", "y_px"]].to_numpy()
    made = record_movie(
        rates, positions, Camera(), shape=(40, 50), frame_interval_s=0.1, truth=truth, rng=2
    )
    back = read_movie(write_movie(tmp_path / "film.ome.tif", made))
    np.testing.assert_array_equal(back.frames[:], made.frames[:])
    pd.testing.assert_frame_equal(back.truth, made.truth, check_exact=True)
    assert (back.camera, *numbers(back)) == (made.camera, *numbers(made))
