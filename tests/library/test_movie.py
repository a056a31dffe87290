"""A movie gives its frames one by one or in blocks, from memory or on demand."""

import math

import numpy as np
import pytest

from anionx_teach._movie import FramesOnDemand, Movie

TIMES = {"exposure_s": 0.05, "frame_interval_s": 0.1, "pixel_size_nm": 160.0}
ARRAY = np.random.default_rng(1).integers(0, 65_536, (23, 5, 7), dtype=np.uint16)


class Source:
    """A lazy stack over an array that notes what was read."""

    def __init__(self, array=ARRAY):
        self.array, self.read_frames = array, []
        self.frames = FramesOnDemand(array.shape, self.read)

    def read(self, first, last):
        self.read_frames.append((first, last))
        return self.array[first:last].copy()


@pytest.fixture(params=["array", "lazy"])
def movie(request):
    frames = ARRAY.copy() if request.param == "array" else Source().frames
    return Movie(frames, **TIMES)


def test_a_movie_knows_its_size_and_times(movie):
    assert movie.n_frames == 23
    assert movie.shape_px == (5, 7)
    np.testing.assert_allclose(movie.time_s, 0.025 + 0.1 * np.arange(23))
    assert "23 frames of 5 x 7 px" in repr(movie)
    assert movie.truth is None
    assert movie.camera is None


@pytest.mark.parametrize("index", [0, 7, -1, np.int64(3), slice(None), slice(4, 9), slice(9, 4),
                                   slice(20, 99), slice(None, None, 5), slice(None, None, -1)])  # fmt: skip
def test_frames_are_those_of_the_array(movie, index):
    got = movie.frames[index]
    assert got.dtype == np.uint16
    np.testing.assert_array_equal(got, ARRAY[index])


def test_all_frames_as_an_array_and_one_after_the_other(movie):
    np.testing.assert_array_equal(np.asarray(movie.frames), ARRAY)
    assert np.asarray(movie.frames, dtype=np.float32).dtype == np.float32
    assert len(list(movie.frames)) == 23


def test_a_lazy_stack_reads_what_was_asked_for_and_no_more():
    source = Source()
    movie = Movie(source.frames, **TIMES)
    assert source.read_frames == []
    movie.frames[4]
    movie.frames[6:9]
    movie.frames[10:20:5]
    assert source.read_frames == [(4, 5), (6, 9), (10, 11), (15, 16)]


@pytest.mark.parametrize("index", [23, -24])
def test_a_frame_that_is_not_there_is_an_index_error(index):
    with pytest.raises(IndexError, match=f"frame {index} is not in a movie of 23 frames"):
        Source().frames[index]


@pytest.mark.parametrize("index", [(1, 2), 1.5, "a", None])
def test_a_lazy_stack_takes_numbers_and_slices(index):
    with pytest.raises(TypeError, match="one whole number or one slice, got"):
        Source().frames[index]


def test_a_lazy_stack_is_always_a_copy():
    with pytest.raises(ValueError, match="always a copy"):
        Source().frames.__array__(copy=False)


@pytest.mark.parametrize("most_bytes", [1, 70, 71, 139, 140, 10**9])
def test_blocks_cover_the_movie_once(movie, most_bytes):
    blocks = list(movie.blocks(most_bytes=most_bytes))
    assert all(block.nbytes <= max(most_bytes, 70) for _, block in blocks)
    assert [first for first, _ in blocks] == list(np.cumsum([0] + [len(b) for _, b in blocks[:-1]]))
    np.testing.assert_array_equal(np.concatenate([block for _, block in blocks]), ARRAY)


def test_blocks_of_a_part(movie):
    blocks = list(movie.blocks(most_bytes=140, first=3, last=8))
    assert [(first, len(block)) for first, block in blocks] == [(3, 2), (5, 2), (7, 1)]


def test_the_mean_image_is_that_of_the_frames(movie):
    np.testing.assert_allclose(movie.mean_image(), ARRAY.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(movie.mean_image(3, 5), ARRAY[3:5].mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(movie.mean_image(22), ARRAY[22], rtol=1e-14)


@pytest.mark.parametrize(
    ("first", "last"), [(0, 24), (5, 5), (6, 5), (23, None)]
)  # fmt: skip
def test_a_part_that_is_not_there_is_refused(movie, first, last):
    with pytest.raises(ValueError, match="0 <= first < last <= 23 frames, got first ="):
        movie.mean_image(first, last)
    with pytest.raises(ValueError, match="0 <= first < last <= 23 frames"):
        movie.blocks(first=first, last=last)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"first": -1}, ValueError, "first must be >= 0, got -1"),
        ({"last": 0}, ValueError, "last must be >= 1, got 0"),
        ({"first": 0.5}, TypeError, "first must be a whole number"),
        ({"most_bytes": 0}, ValueError, "most_bytes must be >= 1, got 0"),
    ],
)
def test_blocks_are_asked_for_by_whole_numbers(movie, arguments, error, message):
    with pytest.raises(error, match=message):
        movie.blocks(**arguments)


def test_an_array_is_not_copied_and_cannot_be_changed_through_the_movie():
    array = ARRAY.copy()
    movie = Movie(array, **TIMES)
    assert np.shares_memory(movie.frames, array)
    with pytest.raises(ValueError, match="read-only"):
        movie.frames[0] = 0
    array[0] = 0  # the owner's own array stays as it was


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.int16, np.uint32])
def test_whole_numbers_of_another_type_are_converted(kind):
    movie = Movie(np.arange(24).reshape(4, 2, 3).astype(kind), **TIMES)
    assert movie.frames.dtype == np.uint16
    assert int(movie.frames[3][1, 2]) == 23


def with_value(value, dtype):
    frames = np.zeros((2, 3, 4), dtype)
    frames[1, 1, 1] = value
    return frames


@pytest.mark.parametrize(
    ("frames", "error", "message"),
    [
        (ARRAY[0], ValueError, r"frames must be three-dimensional \(F, Y, X\), got shape \(5, 7\)"),
        (ARRAY[None], ValueError, r"three-dimensional \(F, Y, X\), got shape \(1, 23, 5, 7\)"),
        (ARRAY[:0], ValueError, r"frames must not be empty, got shape \(0, 5, 7\)"),
        (with_value(math.nan, float), ValueError, r"frames must be finite, got nan"),
        (with_value(1.5, float), TypeError, r"whole numbers of counts \(uint16\), got float64"),
        (with_value(-1, int), ValueError, r"between 0 and 65535 \(16 bits\), got -1"),
        (with_value(70_000, int), ValueError, r"between 0 and 65535 \(16 bits\), got 70000"),
        ([[[1, 2]]], TypeError, r"frames must be an array \(F, Y, X\) or a lazy stack, got list"),
    ],
)
def test_frames_that_are_no_movie_are_refused(frames, error, message):
    with pytest.raises(error, match=message):
        Movie(frames, **TIMES)


def test_a_lazy_stack_of_another_type_is_refused():
    frames = Source().frames
    frames.dtype = np.dtype(np.float32)
    with pytest.raises(TypeError, match="uint16 counts, got a lazy stack of float32"):
        Movie(frames, **TIMES)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"exposure_s": 0}, ValueError, r"exposure_s must be > 0 s, got 0.0"),
        ({"frame_interval_s": math.nan}, ValueError, r"frame_interval_s must be > 0 s, got nan"),
        ({"pixel_size_nm": -1}, ValueError, r"pixel_size_nm must be > 0 nm, got -1.0"),
        ({"pixel_size_nm": None}, TypeError, r"pixel_size_nm must be a number"),
        ({"exposure_s": 0.2}, ValueError, r"frame_interval_s must be >= exposure_s \(0.2 s\), got"),
    ],
)
def test_times_and_sizes_are_checked(change, error, message):
    with pytest.raises(error, match=message):
        Movie(ARRAY, **(TIMES | change))


def test_an_exposure_as_long_as_the_interval_may_differ_in_the_last_digit():
    movie = Movie(ARRAY, exposure_s=0.1 + 0.2, frame_interval_s=0.3, pixel_size_nm=160)
    assert movie.frame_interval_s == 0.3
