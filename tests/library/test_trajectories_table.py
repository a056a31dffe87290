"""Trajectories: the result, from plain arrays, and what is said of bad ones."""

import numpy as np
import pytest

from anionx_teach.trajectories import Trajectories


def test_trajectories_from_plain_arrays():
    light = Trajectories([0.0, 0.1, 0.2], [[1, 2, 3], [4, 5, 6]], [1.0, 2.0], [3.0, 4.0])
    assert (light.n_spots, light.n_frames, len(light)) == (2, 3, 2)
    assert light.spot.tolist() == [0, 1]
    assert light.intensity_se is None
    for values in (light.time_s, light.intensity, light.x_px, light.spot):
        assert not values.flags.writeable


def test_an_array_of_ones_own_stays_writeable_and_apart():
    mine = np.zeros((1, 3))
    light = Trajectories([0.0, 0.1, 0.2], mine, [1.0], [1.0])
    mine[:] = 7.0
    assert light.intensity.max() == 0.0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"time_s": [0.0, 0.2, 0.1]}, "time_s must be increasing, got 0.2 before 0.1 s"),
        ({"time_s": [0.0, 0.2]}, r"intensity must have the shape \(spots, 2\)"),
        ({"intensity": [1.0, 2.0, 3.0]}, r"intensity must have the shape .* got shape \(3,\)"),
        ({"intensity": [[1.0, np.nan, 3.0]]}, "intensity must be finite, got nan"),
        ({"x_px": [1.0, 2.0]}, r"x_px must have the shape \(1,\)"),
        ({"y_px": [np.inf]}, "y_px must be finite px, got inf"),
        ({"intensity_se": [[1.0, 0.0, 1.0]]}, "intensity_se must be > 0, got 0.0"),
        ({"intensity_se": [[1.0, 1.0]]}, r"intensity_se must have the shape \(1, 3\)"),
        ({"background": [1.0]}, r"background must have the shape \(1, 3\)"),
        ({"neighbour_px": [-1.0]}, "neighbour_px must be >= 0 px, got -1.0"),
        ({"spot": [0, 1]}, r"spot must have the shape \(1,\)"),
        ({"unit": "photons"}, "unit must be one of counts, photo-electrons, got 'photons'"),
        ({"psf_sigma_px": -1.0}, "psf_sigma_px must be > 0 px, got -1.0"),
    ],
)
def test_bad_arrays_are_named(changed, message):
    good = {"time_s": [0.0, 0.1, 0.2], "intensity": [[1.0, 2.0, 3.0]], "x_px": [1.0], "y_px": [1.0]}
    with pytest.raises(ValueError, match=message):
        Trajectories(**{**good, **changed})


def test_spots_are_whole_numbers():
    with pytest.raises(TypeError, match="spot must be whole numbers"):
        Trajectories([0.0], [[1.0]], [1.0], [1.0], spot=[0.5])


def full_trajectories():
    return Trajectories(
        [0.0, 0.1],
        [[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]],
        [1.0, 2.0, 3.0],
        [1.0, 2.0, 3.0],
        intensity_se=[[1.0, 1.0], [2.0, 2.0], [2.0, 2.0]],
        background=[[9.0, 9.0], [9.0, 9.0], [9.0, 9.0]],
        neighbour_px=[np.inf, 5.0, 5.0],
        unit="photo-electrons",
        psf_sigma_px=0.5,
    )


def test_select_keeps_everything_of_a_spot():
    light = full_trajectories()
    for which in ([True, False, True], [0, 2]):
        some = light.select(which)
        assert some.spot.tolist() == [0, 2]
        assert some.intensity.tolist() == [[1.0, 2.0], [5.0, 9.0]]
        assert some.neighbour_px.tolist() == [np.inf, 5.0]
        assert (some.unit, some.psf_sigma_px) == ("photo-electrons", 0.5)
    assert some.select([1]).spot.tolist() == [2]
    assert light.select([]).intensity.shape == (0, 2)


def test_select_names_what_it_cannot_take():
    light = full_trajectories()
    with pytest.raises(ValueError, match=r"which must have the shape \(3,\)"):
        light.select([True])
    with pytest.raises(ValueError, match="which must be row numbers from 0 to 2, got 3"):
        light.select([0, 3])
    with pytest.raises(TypeError, match="which must be a mask or row numbers"):
        light.select([0.5])


def test_mean_of_all_spots():
    mean = full_trajectories().mean()
    assert mean.intensity.tolist() == [[3.0, 5.0]]
    assert mean.intensity_se == pytest.approx(np.full((1, 2), 1.0))
    assert mean.x_px.tolist() == [2.0]
    assert full_trajectories().select([]).mean().n_spots == 0
    assert Trajectories([0.0], [[1.0]], [1.0], [1.0]).mean().intensity_se is None


def test_table_of_all_points():
    frame = full_trajectories().to_frame()
    assert list(frame) == [
        *("spot", "x_px", "y_px", "time_s", "intensity", "intensity_se", "background")
    ]
    assert frame[frame["spot"] == 2]["intensity"].tolist() == [5.0, 9.0]
    assert "background" not in Trajectories([0.0], [[1.0]], [1.0], [1.0]).to_frame()
