"""The view of a hidden experiment: every control, the score in words, recorded matches."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from anionx_widgets.hidden_match import HiddenMatch
from anionx_widgets.hidden_match_state import HiddenMatchState
from anionx_widgets.progress import ProgressStore
from drive import drive, marks
from traitlets import TraitError

from anionx_teach.hidden_experiments import (
    HiddenExperiment,
    hidden_batch,
    hidden_composition,
    hidden_emission,
    hidden_ensemble,
    hidden_exchange,
)

EXPERIMENTS = [hidden_batch(5), hidden_emission(5)]
BOTH = pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda item: item.key)


def match_in(folder: Path, experiment: HiddenExperiment) -> HiddenMatch:
    return HiddenMatch(ProgressStore(folder), "01_size", experiment)


def set_truth(match: HiddenMatch) -> None:
    for name, value in match.state.experiment._truth.items():
        match.controls[name].set_state({"value": value})


@BOTH
def test_every_control_to_its_ends_and_random_states(experiment: HiddenExperiment) -> None:
    # A store without a folder: a recorded match stays after a reset, so nothing is recorded here.
    match = match_in(Path("does-not-exist"), experiment)
    match.record_button.disabled = True
    drive(match)


@BOTH
def test_the_curve_is_the_prediction_and_the_points_do_not_move(
    tmp_path: Path, experiment: HiddenExperiment
) -> None:
    match = match_in(tmp_path, experiment)
    set_truth(match)
    np.testing.assert_allclose(match.curve.y, experiment.predict(**experiment._truth))
    np.testing.assert_array_equal(match.curve.x, experiment.x)
    error_bars, measured, _ = marks(match)
    np.testing.assert_array_equal(measured.y, experiment.measured)
    np.testing.assert_allclose(np.diff(error_bars.y, axis=1)[:, 0], 2 * experiment.standard_error)


@BOTH
def test_all_points_and_error_bars_are_inside_the_axes(
    tmp_path: Path, experiment: HiddenExperiment
) -> None:
    error_bars, *_ = marks(match_in(tmp_path, experiment))
    for values, scale in ((error_bars.x, "x"), (error_bars.y, "y")):
        axis = error_bars.scales[scale]
        assert axis.min <= values.min()
        assert values.max() <= axis.max
        ticks = np.linspace(axis.min, axis.max, 6)
        assert all(len(f"{tick:.6g}") <= 5 for tick in ticks), ticks


@pytest.mark.parametrize(
    "hidden",
    [hidden_batch, hidden_emission, hidden_composition, hidden_ensemble, hidden_exchange],
)
def test_no_point_is_cut_by_an_axis_whatever_the_seed(
    tmp_path: Path, hidden: Callable[[int], HiddenExperiment]
) -> None:
    for seed in range(8):
        error_bars, *_ = marks(match_in(tmp_path, hidden(seed)))
        x, values = error_bars.scales["x"], np.ravel(error_bars.x)
        free = min(values.min() - x.min, x.max - values.max())
        assert free > 0.01 * (x.max - x.min), (seed, x.min, x.max)
        y, values = error_bars.scales["y"], np.ravel(error_bars.y)
        assert y.min <= values.min(), "noise may lie below zero, and is shown there"
        assert values.max() <= y.max


@BOTH
def test_the_score_is_said_against_the_noise_floor(
    tmp_path: Path, experiment: HiddenExperiment
) -> None:
    match = match_in(tmp_path, experiment)
    assert "Not a match yet" in match.score.text
    set_truth(match)
    assert "agrees with the measurement" in match.score.text
    assert match.state.misfit == pytest.approx(experiment.misfit(**experiment._truth))
    said = match.describe()
    assert experiment.title in said
    for parameter in experiment.parameters:
        value = experiment._truth[parameter.name]
        assert f"{value:.{parameter.decimals}f} {parameter.unit}" in said


@BOTH
def test_nothing_on_the_page_gives_the_truth_away(
    tmp_path: Path, experiment: HiddenExperiment
) -> None:
    match = match_in(tmp_path, experiment)
    texts = [match.describe(), match.score.text, match.recorded.text, repr(match.state.values)]
    for value in experiment._truth.values():
        assert not any(f"{value:g}" in text for text in texts)


def test_the_best_match_is_recorded_with_the_number_of_tries(tmp_path: Path) -> None:
    match = match_in(tmp_path, EXPERIMENTS[1])
    assert match.recorded.text == "No match recorded yet."
    match.record_button.click()
    first = match.state.misfit
    assert "1 match recorded" in match.recorded.text
    assert "still above the noise floor" in match.recorded.text
    set_truth(match)
    match.record_button.click()
    match.reset_button.click()
    match.record_button.click()
    record = ProgressStore(tmp_path).get("01_size", "matches", "hidden_emission/5")
    assert record["tries"] == 3
    assert record["parameters"] == EXPERIMENTS[1]._truth
    assert record["misfit"] < record["noise_floor"] < first
    assert "3 matches recorded" in match.recorded.text
    assert "below the noise floor" in match.recorded.text


def test_a_reopened_notebook_says_what_was_recorded(tmp_path: Path) -> None:
    first = match_in(tmp_path, EXPERIMENTS[0])
    first.record_button.click()
    assert match_in(tmp_path, EXPERIMENTS[0]).recorded.text == first.recorded.text


def test_what_cannot_be_stored_is_said(tmp_path: Path) -> None:
    match = match_in(tmp_path / "none", EXPERIMENTS[0])
    match.record_button.click()
    assert "1 match recorded" in match.recorded.text
    assert "cannot be stored" in match.recorded.text


def test_reset_is_exact(tmp_path: Path) -> None:
    match = match_in(tmp_path, EXPERIMENTS[0])
    start = match.describe()
    set_truth(match)
    match.reset_button.click()
    assert match.state.values == {"mean_edge_nm": 8.0, "dispersity_percent": 15.0}
    assert {name: c.value for name, c in match.controls.items()} == match.state.values
    assert match.describe() == start


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "parameters must be mean_edge_nm, dispersity_percent, got none"),
        ({"mean_edge_nm": 99.0, "dispersity_percent": 10.0}, "mean_edge_nm must be between 4 and"),
        ({"mean_edge_nm": float("nan"), "dispersity_percent": 10.0}, "mean_edge_nm must be"),
    ],
)
def test_bad_values_leave_the_state_as_it_was(values: dict[str, float], message: str) -> None:
    state = HiddenMatchState(EXPERIMENTS[0])
    before = (state.values, state.misfit)
    with pytest.raises(TraitError, match=message):
        state.values = values
    assert (state.values, state.misfit) == before


def test_outputs_of_the_state_are_read_only() -> None:
    state = HiddenMatchState(EXPERIMENTS[0])
    with pytest.raises(TraitError):
        state.misfit = 0.0
    with pytest.raises(TraitError):
        state.predicted = np.zeros(3)
