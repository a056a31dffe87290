"""Hidden experiments: honest noise, parameters that can be found, words that are true."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from anionx_teach.confinement import emission_wavelength_nm
from anionx_teach.hidden_experiments import HiddenExperiment, hidden_batch, hidden_emission

Make = Callable[[int], HiddenExperiment]
BOTH = pytest.mark.parametrize("make", [hidden_batch, hidden_emission])


@BOTH
def test_the_truth_lies_below_the_noise_floor_for_95_in_100_seeds(make: Make) -> None:
    n = 400
    below = [_at_the_truth(make(seed)) <= make(seed).noise_floor for seed in range(n)]
    # Four standard errors of a binomial with 95 %: 0.044.
    assert np.mean(below) == pytest.approx(0.95, abs=0.044)


@BOTH
def test_the_misfit_of_the_truth_is_a_reduced_chi_square(make: Make) -> None:
    experiments = [make(seed) for seed in range(300)]
    chi2 = np.array([len(item.x) * _at_the_truth(item) for item in experiments])
    freedom = np.array([len(item.x) for item in experiments])
    z = np.sum(chi2 - freedom) / np.sqrt(2 * np.sum(freedom))
    # sqrt(count) for error bars is short of Poisson's by about 1/count: some tolerance.
    assert abs(z) < 4


@BOTH
@pytest.mark.parametrize("deviations", [3.0, 5.0, 12.0])
def test_wrong_parameters_lie_above_the_floor_as_often_as_theory_says(
    make: Make, deviations: float
) -> None:
    from scipy.stats import ncx2

    above, expected = [], []
    for seed in range(80):
        experiment = make(seed)
        k = len(experiment.x)
        for parameter, sign in itertools.product(experiment.parameters, (-1, 1)):
            far = experiment._truth[parameter.name]
            far += sign * deviations * _width(experiment, parameter)
            if parameter.low <= far <= parameter.high:
                values = {**experiment._truth, parameter.name: far}
                above.append(experiment.misfit(**values) > experiment.noise_floor)
                # chi-square, moved away from the centre by what the wrong curve adds to it.
                shift = experiment.predict(**values) - experiment.predict(**experiment._truth)
                moved = float(np.sum((shift / experiment.standard_error) ** 2))
                expected.append(ncx2.sf(k * experiment.noise_floor, k, moved))
    assert len(above) > 200
    assert np.mean(above) == pytest.approx(np.mean(expected), abs=0.08)
    assert deviations < 12 or all(above)


def test_a_model_without_nonparabolicity_does_not_match() -> None:
    experiment = hidden_emission(4)
    truth = experiment._truth
    other = emission_wavelength_nm(experiment.x, 0.0, model="brus_cube", **truth)
    assert experiment.misfit_of(other) > 3 * experiment.noise_floor


@pytest.mark.parametrize(("make", "within_steps"), [(hidden_batch, 8), (hidden_emission, 6)])
def test_matches_are_found_only_near_the_truth(make: Make, within_steps: int) -> None:
    for seed in range(8):
        experiment = make(seed)
        first, second = experiment.parameters
        for i, j in itertools.product(range(-20, 21, 2), repeat=2):
            if max(abs(i), abs(j)) <= within_steps:
                continue
            values = {
                first.name: experiment._truth[first.name] + i * first.step,
                second.name: experiment._truth[second.name] + j * second.step,
            }
            if all(p.low <= values[p.name] <= p.high for p in experiment.parameters):
                assert experiment.misfit(**values) > experiment.noise_floor, (seed, i, j)


@BOTH
def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start(make: Make) -> None:
    for seed in range(50):
        experiment = make(seed)
        for parameter in experiment.parameters:
            steps = (experiment._truth[parameter.name] - parameter.low) / parameter.step
            assert steps == pytest.approx(round(steps), abs=1e-6)
            start_steps = (parameter.start - parameter.low) / parameter.step
            assert start_steps == pytest.approx(round(start_steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in experiment.parameters}
        assert experiment.misfit(**start) > experiment.noise_floor


@BOTH
def test_the_same_seed_is_the_same_experiment(make: Make) -> None:
    np.testing.assert_array_equal(make(3).measured, make(3).measured)
    assert make(3)._truth == make(3)._truth
    assert len({tuple(make(seed)._truth.values()) for seed in range(30)}) > 20


@BOTH
def test_the_truth_is_hidden(make: Make) -> None:
    experiment = make(11)
    shown = repr(experiment)
    assert "_truth" not in shown
    for value in experiment._truth.values():
        assert f"={value}" not in shown
    public = {name for name in vars(experiment) if not name.startswith("_")}
    assert public == {
        "key",
        "title",
        "x",
        "x_label",
        "measured",
        "standard_error",
        "y_label",
        "parameters",
    }


@BOTH
def test_points_cannot_be_changed(make: Make) -> None:
    experiment = make(1)
    for values in (experiment.x, experiment.measured, experiment.standard_error):
        assert values.shape == experiment.x.shape
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


def test_counts_have_poisson_errors_and_the_model_their_sum() -> None:
    for seed in range(20):
        experiment = hidden_batch(seed)
        np.testing.assert_allclose(experiment.standard_error**2, experiment.measured)
        assert experiment.measured.min() > 20
        expected = experiment.predict(**experiment._truth).sum()
        assert abs(experiment.measured.sum() - expected) < 5 * np.sqrt(expected)


def test_the_expected_counts_are_those_of_a_normal_distribution() -> None:
    from scipy.integrate import quad
    from scipy.stats import norm

    experiment = hidden_batch(2)
    width_nm = experiment.x[1] - experiment.x[0]
    shape = norm(9.0, 9.0 * 0.2)
    slow = [
        2000 * quad(shape.pdf, x - width_nm / 2, x + width_nm / 2)[0] / shape.sf(0.0)
        for x in experiment.x
    ]
    fast = experiment.predict(mean_edge_nm=9.0, dispersity_percent=20.0)
    np.testing.assert_allclose(fast, slow, rtol=1e-6)


@BOTH
def test_the_misfit_is_the_mean_square_in_error_bars(make: Make) -> None:
    experiment = make(5)
    curve = experiment.measured + 2 * experiment.standard_error
    assert experiment.misfit_of(curve) == pytest.approx(4.0)
    assert experiment.misfit_of(experiment.measured) == 0.0


@pytest.mark.parametrize(
    ("floors", "words"),
    [
        (0.5, "agrees with the measurement"),
        (1.0, "agrees with the measurement"),
        (2.0, "Close:"),
        (50.0, "Not a match yet"),
    ],
)
def test_the_verdict_is_said_against_the_floor(floors: float, words: str) -> None:
    experiment = hidden_emission(1)
    said = experiment.verdict_on(floors * experiment.noise_floor)
    assert words in said
    assert f"noise floor {experiment.noise_floor:.2f}" in said


def test_the_verdict_of_the_start() -> None:
    said = hidden_emission(1).verdict(bulk_gap_ev=2.25, reduced_mass_m0=0.2)
    assert "Not a match yet: the typical point is" in said


def test_the_points_as_a_table() -> None:
    experiment = hidden_emission(1)
    table = experiment.to_frame()
    assert list(table.columns) == ["x", "measured", "standard_error"]
    assert len(table) == 10
    assert table.attrs == {"x": "Edge length (nm)", "measured": "Emission wavelength (nm)"}


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({}, TypeError, "parameters must be bulk_gap_ev, reduced_mass_m0, got none"),
        ({"bulk_gap_ev": 2.4}, TypeError, "got bulk_gap_ev"),
        ({"bulk_gap_ev": 2.4, "mass": 0.1}, TypeError, "got bulk_gap_ev, mass"),
        (
            {"bulk_gap_ev": 9.0, "reduced_mass_m0": 0.1},
            ValueError,
            r"bulk_gap_ev must be between 2.25 and 2.6 eV, got 9.0",
        ),
        (
            {"bulk_gap_ev": 2.4, "reduced_mass_m0": float("nan")},
            ValueError,
            r"reduced_mass_m0 must be between 0.08 and 0.2 m0, got nan",
        ),
        (
            {"bulk_gap_ev": "2.4", "reduced_mass_m0": 0.1},
            TypeError,
            "bulk_gap_ev must be a number",
        ),
        (
            {"bulk_gap_ev": [2.4, 2.5], "reduced_mass_m0": 0.1},
            ValueError,
            "bulk_gap_ev must be a single number",
        ),
    ],
)
def test_bad_parameters_are_named(
    values: dict[str, float], error: type[Exception], message: str
) -> None:
    for function in (hidden_emission(1).predict, hidden_emission(1).verdict):
        with pytest.raises(error, match=message):
            function(**values)


def test_a_curve_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match=r"predicted must have the shape \(10,\), got \(3,\)"):
        hidden_emission(1).misfit_of([1.0, 2.0, 3.0])


@BOTH
@pytest.mark.parametrize(
    ("seed", "error", "message"),
    [
        (-1, ValueError, "seed must be >= 0, got -1"),
        (1.5, TypeError, "seed must be a whole number >= 0, got 1.5"),
        (None, TypeError, "seed must be a whole number >= 0, got None"),
        (True, TypeError, "seed must be a whole number >= 0, got True"),
    ],
)
def test_bad_seeds_are_named(make: Make, seed: int, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make(seed)


def _at_the_truth(experiment: HiddenExperiment) -> float:
    return experiment.misfit(**experiment._truth)


def _width(experiment: HiddenExperiment, parameter) -> float:
    """Return the standard error of one parameter alone, from the slope of the model."""
    truth = dict(experiment._truth)
    shifted = {**truth, parameter.name: truth[parameter.name] + parameter.step / 10}
    slope = (experiment.predict(**shifted) - experiment.predict(**truth)) / (parameter.step / 10)
    return float(1 / np.sqrt(np.sum((slope / experiment.standard_error) ** 2)))
