"""The hidden experiment on colour and composition: honest noise, and two numbers to be found."""

import itertools

import numpy as np
import pytest
from scipy.optimize import minimize

from anionx_teach.hidden_experiments import HiddenExperiment, hidden_composition

N_SEEDS = 400
HC_EV_NM = 1239.841984


@pytest.fixture(scope="module")
def experiments() -> list[HiddenExperiment]:
    return [hidden_composition(seed) for seed in range(N_SEEDS)]


def _at_the_truth(experiment: HiddenExperiment) -> float:
    return experiment.misfit(**experiment._truth)


def _slopes(item: HiddenExperiment) -> np.ndarray:
    """Return how each point moves with each parameter, in error bars, (parameter, point)."""
    slopes = []
    for parameter in item.parameters:
        small = parameter.step / 100
        shifted = item._truth | {parameter.name: item._truth[parameter.name] + small}
        change = item.predict(**shifted) - item.predict(**item._truth)
        slopes.append(change / small / item.standard_error)
    return np.array(slopes)


def _least_misfit(item: HiddenExperiment) -> np.ndarray:
    """Return the parameters with the least misfit, from the true ones on."""
    names = list(item._truth)
    start = np.array(list(item._truth.values()))
    scale = np.array([1.0, 0.1])

    def misfit(values: np.ndarray) -> float:
        return item.misfit(**dict(zip(names, values * scale, strict=True)))

    return minimize(misfit, start / scale, method="Nelder-Mead", tol=1e-8).x * scale


def test_the_truth_lies_below_the_noise_floor_for_95_in_100_seeds(
    experiments: list[HiddenExperiment],
) -> None:
    below = [_at_the_truth(item) <= item.noise_floor for item in experiments]
    # Four standard errors of a binomial with 95 %: 0.044.
    assert np.mean(below) == pytest.approx(0.95, abs=0.044)


def test_the_misfit_of_the_truth_is_a_reduced_chi_square(
    experiments: list[HiddenExperiment],
) -> None:
    freedom = 13 * N_SEEDS
    chi2 = sum(13 * _at_the_truth(item) for item in experiments)
    assert abs(chi2 - freedom) / np.sqrt(2 * freedom) < 4


def test_the_fitted_parameters_scatter_around_the_truth_as_much_as_theory_says(
    experiments: list[HiddenExperiment],
) -> None:
    off = []
    for item in experiments[:60]:
        slopes = _slopes(item)
        width = np.sqrt(np.diag(np.linalg.inv(slopes @ slopes.T)))
        off.append((_least_misfit(item) - np.array(list(item._truth.values()))) / width)
    off = np.array(off)
    assert np.all(np.abs(off.mean(axis=0)) < 4 / np.sqrt(60))
    # A variance from 60 values: four of its standard errors.
    assert np.all(np.abs(off.var(axis=0) - 1) < 4 * np.sqrt(2 / 60))


@pytest.mark.parametrize("seed", range(6))
def test_matches_are_found_only_near_the_truth(seed: int) -> None:
    item = hidden_composition(seed)
    edge, bowing = item.parameters
    for i, j in itertools.product(range(-40, 41, 2), range(-20, 21)):
        if abs(i) <= 5 and abs(j) <= 4:
            continue
        values = {
            edge.name: item._truth[edge.name] + i * edge.step,
            bowing.name: item._truth[bowing.name] + j * bowing.step,
        }
        if all(p.low <= values[p.name] <= p.high for p in item.parameters):
            assert item.misfit(**values) > item.noise_floor, (i, j)


def test_a_straight_line_in_wavelength_does_not_match() -> None:
    for seed in range(40):
        item = hidden_composition(seed)
        if item._truth["bowing_ev"] > 0.15:
            first, last = item.predict(**item._truth)[[0, -1]]
            assert item.misfit_of(first + (last - first) * item.x) > item.noise_floor


def test_the_model_is_the_parabola_of_the_energies_by_hand() -> None:
    item = hidden_composition(0)
    # At the sizes of the paper's two batches the ends are the printed wavelengths.
    bromide_ev, iodide_ev = HC_EV_NM / 486, HC_EV_NM / 622
    slow_nm = [
        HC_EV_NM / ((1 - x) * bromide_ev + x * iodide_ev - 0.2 * x * (1 - x)) for x in item.x
    ]
    # Computed at 5.1 nm, which is a step of the slider.
    shown_nm = item.predict(edge_length_nm=5.1, bowing_ev=0.2)
    np.testing.assert_allclose(shown_nm, slow_nm, atol=1e-3)


def test_bowing_lowers_the_energy_in_between_and_the_size_moves_all_points() -> None:
    item = hidden_composition(3)
    straight = item.predict(edge_length_nm=5.5, bowing_ev=0.0)
    bowed = item.predict(edge_length_nm=5.5, bowing_ev=0.1)
    larger = item.predict(edge_length_nm=6.0, bowing_ev=0.0)
    lowered_ev = HC_EV_NM / straight - HC_EV_NM / bowed
    np.testing.assert_allclose(lowered_ev, 0.1 * item.x * (1 - item.x), atol=1e-6)
    assert np.all(larger > straight + 1)


def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start(
    experiments: list[HiddenExperiment],
) -> None:
    for item in experiments:
        for parameter in item.parameters:
            for value in (item._truth[parameter.name], parameter.start):
                steps = (value - parameter.low) / parameter.step
                assert steps == pytest.approx(round(steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in item.parameters}
        assert item.misfit(**start) > 10 * item.noise_floor


def test_the_same_seed_is_the_same_experiment(experiments: list[HiddenExperiment]) -> None:
    np.testing.assert_array_equal(hidden_composition(3).measured, experiments[3].measured)
    assert len({tuple(item._truth.values()) for item in experiments[:30]}) > 25
    assert hidden_composition(3).key == "hidden_composition/3"


def test_the_truth_is_hidden_and_the_points_stay_as_they_are() -> None:
    item = hidden_composition(11)
    for value in item._truth.values():
        assert f"={value}" not in repr(item)
    for values in (item.x, item.measured, item.standard_error):
        assert values.shape == (13,)
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed must be >= 0, got -1"),
        (1.5, TypeError, "seed must be a whole number >= 0, got 1.5"),
        (None, TypeError, "seed must be a whole number >= 0, got None"),
        (True, TypeError, "seed must be a whole number >= 0, got True"),
    ],
)
def test_bad_seeds_are_named(seed: object, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        hidden_composition(seed)
