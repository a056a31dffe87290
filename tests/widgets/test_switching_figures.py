"""The figures of the switching explorer: marks, axes, and the handles that the mouse pulls."""

import drive
import numpy as np
import pytest
from anionx_widgets import palette
from anionx_widgets.switching_figures import HANDLES, CurveFigure, ResidualFigure
from anionx_widgets.switching_movie_figures import BiasFigure, TimesFigure, times_of
from anionx_widgets.switching_state import SwitchingState

from anionx_teach.switching import switching_curve
from anionx_teach.trajectories import Trajectories


@pytest.fixture
def state():
    return SwitchingState()


def mark(figure, label):
    (found,) = [m for m in figure.figure.marks if any(text.startswith(label) for text in m.labels)]
    return found


def curve_figure(state, pulled=None):
    log = [] if pulled is None else pulled
    figure = CurveFigure(lambda handle, to: log.append((handle, to)))
    figure.show_trajectory(state.result)
    figure.show_curves(state.result)
    return figure


def flat_state():
    """Trajectories in which nothing rises."""
    noise = np.random.default_rng(1).normal(size=(4, 60))
    places = np.arange(4.0)
    return SwitchingState(Trajectories(np.arange(60.0), noise, places, places))


def test_the_trajectory_is_drawn_whole_and_inside_the_axes(state):
    figure = curve_figure(state)
    measured, trajectory = mark(figure, "measured"), state.result.trajectory
    assert np.array_equal(measured.x, trajectory.time_s)
    assert np.array_equal(measured.y, trajectory.intensity[0])
    x, y = measured.scales["x"], measured.scales["y"]
    assert x.min <= measured.x.min()
    assert measured.x.max() <= x.max
    assert y.min <= measured.y.min()
    assert measured.y.max() <= y.max
    assert figure.figure.axes[1].label == "Light (photo-electrons a frame)"


def test_curve_and_fit_are_drawn_where_the_library_says(state):
    figure = curve_figure(state)
    drawn = mark(figure, "your curve")
    assert np.allclose(drawn.y, switching_curve(drawn.x, state.result.hand))
    assert figure.figure.marks[1].labels == []
    state.show_fit()
    figure.show_curves(state.result)
    fit = mark(figure, "the fit")
    assert np.allclose(fit.y, switching_curve(fit.x, state.result.fit))
    assert fit.line_style == "dashed"
    assert fit.colors != drawn.colors
    state.hide_fit()
    figure.show_curves(state.result)
    assert fit.x.size == 0
    assert fit.labels == []


def test_the_handles_are_on_the_curve(state):
    state.draw(start_time_s=100.0, switching_time_s=50.0, amplitude=90.0, background=10.0)
    figure = curve_figure(state)
    rise, middle, levels = figure.figure.marks[-3:]
    for handles in (rise, middle):
        assert np.allclose(handles.y, switching_curve(handles.x, state.result.hand))
    assert rise.x.tolist() == [100.0, 150.0]
    assert middle.x.tolist() == [125.0]
    assert levels.y.tolist() == [10.0, 100.0]
    assert all(handles.enable_move and handles.update_on_move for handles in (rise, middle, levels))
    # The word of bqplot means: only along this axis.
    assert (rise.restrict_x, rise.restrict_y) == (True, False)
    assert (middle.restrict_x, middle.restrict_y) == (True, False)
    assert (levels.restrict_x, levels.restrict_y) == (False, True)


@pytest.mark.parametrize(
    ("number", "which", "handle"),
    [(m, i, handle) for m, handles in enumerate(HANDLES) for i, handle in enumerate(handles)],
)
def test_a_handle_that_the_page_has_moved_says_so(state, number, which, handle):
    pulled = []
    handles = curve_figure(state, pulled).figure.marks[-3:][number]
    assert pulled == []
    name = "y" if handles.restrict_y else "x"
    # The other one comes back rounded, as a page returns it.
    moved = np.asarray(getattr(handles, name)) * (1 + 1e-15)
    moved[which] += 7.0
    setattr(handles, name, moved)
    assert pulled == [(handle, moved[which])]


def test_residuals_are_those_of_the_last_change_in_its_colour(state):
    figure = ResidualFigure()
    figure.show_trajectory(state.result)
    figure.show_curves(state.result)
    residual = figure.figure.marks[-1]
    assert residual.labels == ["your curve: reduced chi2 14.2"]
    assert np.array_equal(residual.y, state.result.misfit.standardised[0])
    scale = residual.scales["y"]
    assert scale.max == -scale.min >= np.abs(residual.y).max()
    state.show_fit()
    figure.show_curves(state.result)
    assert residual.labels[0].startswith("the fit: reduced chi2 0.9")
    assert residual.colors == [palette.DRAWN]
    assert scale.max < 10


def test_of_very_many_frames_means_are_drawn():
    time_s = np.arange(3000) * 0.05
    noise = np.random.default_rng(1).normal(size=(1, 3000))
    state = SwitchingState(Trajectories(time_s, noise, [0.0], [0.0]))
    figure = curve_figure(state)
    assert len(mark(figure, "measured").x) == 600
    residual = ResidualFigure()
    residual.show_trajectory(state.result)
    residual.show_curves(state.result)
    drive.assert_finite(residual)


def test_the_histogram_holds_every_fit_that_gave_a_time(state):
    figure = TimesFigure()
    figure.show(state.result)
    fitted, true = mark(figure, "fitted"), mark(figure, "true, of the composition")
    n = int(state.result.fits["converged"].sum())
    for drawn in (fitted, true):
        assert drawn.y[1:-1:2].sum() == n
        assert drawn.x[-1] == drawn.scales["x"].max
    summary = state.result.summary.loc["switching_time_s"]
    mean = mark(figure, "mean and sd")
    assert mean.x.tolist() == [summary["mean"]]
    assert fitted.y.max() < mean.y[0] < mean.scales["y"].max


def test_the_bias_figure_shows_fitted_against_the_chosen_truth(state):
    figure = BiasFigure()
    for truth in ("composition", "light"):
        state.truth = truth
        figure.show(state.result)
        good = state.result.fits["converged"].to_numpy()
        each = mark(figure, "a nanocrystal")
        expected = state.result.movie.truth.of(truth)["switching_time_s"][good]
        assert np.array_equal(each.x, expected)
        assert np.array_equal(each.y, state.result.fits["switching_time_s"].to_numpy()[good])
        assert figure.figure.axes[0].label == f"True switching time of the {truth} (s)"
        assert each.scales["x"].max == each.scales["y"].max >= max(each.x.max(), each.y.max())


def test_where_nothing_rises_the_histogram_is_empty():
    state = flat_state()
    figure = TimesFigure()
    figure.show(state.result)
    drive.assert_finite(figure)
    assert times_of(state.result).fitted_s.size == 0
    assert not mark(figure, "fitted").y.any()
    assert mark(figure, "mean and sd").x.size == 0
    bias = BiasFigure()
    bias.show(state.result)
    assert len(mark(bias, "a nanocrystal").x) == 0
