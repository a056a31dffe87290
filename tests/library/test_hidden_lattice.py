"""The hidden pair of lattices: honest noise, and the coupling of each can be found."""

import itertools

import numpy as np
import pytest

from anionx_teach.hidden_experiments import (
    HIDDEN_CRYSTALS,
    HiddenExperiment,
    hidden_lattice,
    hidden_lattice_course,
    hidden_lattice_rates,
)

N_SEEDS = 80  # pairs
N = 2 * N_SEEDS


@pytest.fixture(scope="module")
def experiments() -> list[HiddenExperiment]:
    return [hidden_lattice(seed, name) for seed in range(N_SEEDS) for name in HIDDEN_CRYSTALS]


def _errors(item: HiddenExperiment) -> np.ndarray:
    """Return by how many error bars each point is off."""
    return (item.measured - item.predict(**item._truth)) / item.standard_error


def _fitted(item: HiddenExperiment) -> tuple[np.ndarray, np.ndarray]:
    """Return ln k0 and the coupling by weighted least squares, and their standard errors."""
    columns = np.column_stack([np.ones(7), item.x]) / item.standard_error[:, None]
    best = np.linalg.lstsq(columns, item.measured / item.standard_error, rcond=None)[0]
    return best, np.sqrt(np.diag(np.linalg.inv(columns.T @ columns)))


def test_the_truth_lies_below_the_noise_floor_for_95_in_100_crystals(
    experiments: list[HiddenExperiment],
) -> None:
    below = [item.misfit(**item._truth) <= item.noise_floor for item in experiments]
    # Four standard errors of a binomial with 95 %: 0.069.
    assert np.mean(below) == pytest.approx(0.95, abs=0.069)


def test_the_errors_are_normal_and_independent(experiments: list[HiddenExperiment]) -> None:
    errors = np.array([_errors(item) for item in experiments])
    assert np.all(np.abs(errors.mean(axis=0)) < 4 / np.sqrt(N))
    assert abs((errors**2).sum() - errors.size) / np.sqrt(2 * errors.size) < 4
    correlation = np.corrcoef(errors.T)[~np.eye(7, dtype=bool)]
    assert np.abs(correlation).max() < 4.5 / np.sqrt(N)
    pairs = np.corrcoef(errors[::2].ravel(), errors[1::2].ravel())[0, 1]
    assert abs(pairs) < 4 / np.sqrt(7 * N_SEEDS)


def test_the_fitted_parameters_scatter_around_the_truth(
    experiments: list[HiddenExperiment],
) -> None:
    off = []
    for item in experiments:
        best, error = _fitted(item)
        off.append((best - np.array(list(item._truth.values()))) / error)
    assert np.all(np.abs(np.mean(off, axis=0)) < 4 / np.sqrt(N))
    assert np.all(np.abs(np.std(off, axis=0) - 1) < 4 / np.sqrt(2 * N))


def test_one_is_coupled_weakly_and_one_strongly_and_chance_decides_which(
    experiments: list[HiddenExperiment],
) -> None:
    coupling = np.array([item._truth["coupling_kt"] for item in experiments]).reshape(-1, 2)
    assert np.all((coupling.min(axis=1) >= 0.1) & (coupling.min(axis=1) <= 0.5))
    assert np.all((coupling.max(axis=1) >= 1.0) & (coupling.max(axis=1) <= 1.4))
    strong_is_b = np.mean(coupling[:, 1] > coupling[:, 0])
    assert strong_is_b == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("seed", range(4))
def test_the_switching_time_does_not_tell_them_apart_and_the_pattern_does(seed: int) -> None:
    course = hidden_lattice_course(seed).set_index(["crystal", "iodide_fraction"])
    assert len(course) == 10
    rise_s = [course.time_s[name, 0.9] - course.time_s[name, 0.1] for name in HIDDEN_CRYSTALS]
    assert rise_s[0] == pytest.approx(rise_s[1], rel=0.025)  # a step of ln k0 is 2 %
    assert 38 < min(rise_s) < max(rise_s) < 123
    strong, weak = sorted(
        HIDDEN_CRYSTALS, key=lambda name: -hidden_lattice(seed, name)._truth["coupling_kt"]
    )
    assert course.short_range_order[strong, 0.3] > 2 * course.short_range_order[weak, 0.3] > 0
    assert course.n_clusters[strong, 0.3] < 0.6 * course.n_clusters[weak, 0.3]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", HIDDEN_CRYSTALS)
def test_matches_are_found_only_near_the_truth(seed: int, name: str) -> None:
    item = hidden_lattice(seed, name)
    ln_k0, coupling = item._truth.values()
    for i, j in itertools.product(range(-20, 21), repeat=2):
        if abs(i) <= 7 and abs(j) <= 5:
            continue
        values = {"ln_attempt_rate": ln_k0 + 0.02 * i, "coupling_kt": coupling + 0.01 * j}
        if all(p.low <= values[p.name] <= p.high for p in item.parameters):
            assert item.misfit(**values) > item.noise_floor, (i, j)


def test_a_rate_that_cannot_exceed_k0_does_not_match() -> None:
    # Metropolis: exp(eps) a neighbour at first, then the same for all.
    for seed, name in itertools.product(range(4), HIDDEN_CRYSTALS):
        item = hidden_lattice(seed, name)
        best = np.inf
        for coupling, start in itertools.product(np.linspace(0, 2.5, 26), np.linspace(-8, -2, 61)):
            for kink in (2, 3, 4):
                curve = start + coupling * np.minimum(item.x, kink)
                best = min(best, item.misfit_of(curve))
        assert best > 2 * item.noise_floor


def test_the_truth_can_be_set_with_the_sliders_and_is_not_the_start(
    experiments: list[HiddenExperiment],
) -> None:
    for item in experiments:
        for parameter in item.parameters:
            for value in (item._truth[parameter.name], parameter.start):
                assert parameter.low < value < parameter.high
                steps = (value - parameter.low) / parameter.step
                assert steps == pytest.approx(round(steps), abs=1e-6)
        start = {parameter.name: parameter.start for parameter in item.parameters}
        assert item.misfit(**start) > item.noise_floor


def test_the_k0_of_one_crystal_does_not_match_the_other() -> None:
    # A natural mistake: as both switch in the same time, to give both the same k0.
    for seed in range(4):
        a, b = (hidden_lattice(seed, name) for name in HIDDEN_CRYSTALS)
        k0 = a._truth["ln_attempt_rate"]
        best = min(b.misfit(ln_attempt_rate=k0, coupling_kt=e / 100) for e in range(251))
        assert best > 3 * b.noise_floor


def test_the_points_are_made_from_the_counts() -> None:
    table = hidden_lattice_rates(5)
    assert table.columns.tolist() == ["crystal", "iodide_neighbours", "n_exchanged", "waited_s"]
    for name in HIDDEN_CRYSTALS:
        counts = table[table["crystal"] == name]
        assert counts["n_exchanged"].sum() == 19**3
        assert counts["n_exchanged"].min() > 20
        item = hidden_lattice(5, name)
        np.testing.assert_allclose(
            item.measured, np.log(counts["n_exchanged"] / counts["waited_s"])
        )
        np.testing.assert_allclose(item.standard_error, counts["n_exchanged"] ** -0.5)


def test_the_same_seed_is_the_same_pair(experiments: list[HiddenExperiment]) -> None:
    for place, name in enumerate(HIDDEN_CRYSTALS):
        again = hidden_lattice(7, name)
        np.testing.assert_array_equal(again.measured, experiments[14 + place].measured)
        assert again.key == f"hidden_lattice/7/{name}"
        assert f"crystal {name}" in again.title
    truths = {tuple(item._truth.values()) for item in experiments}
    assert len(truths) > 0.9 * N


def test_the_truth_is_hidden_and_the_points_stay_as_they_are() -> None:
    item = hidden_lattice(11, "A")
    shown = repr(item) + str(hidden_lattice_course(11)) + str(hidden_lattice_rates(11))
    assert "_truth" not in shown
    assert f"={item._truth['coupling_kt']}" not in shown
    for values in (item.x, item.measured, item.standard_error):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


BAD_SEEDS = [
    (-1, ValueError, "seed must be >= 0, got -1"),
    (1.5, TypeError, "seed must be a whole number >= 0, got 1.5"),
    (None, TypeError, "seed must be a whole number >= 0, got None"),
]


@pytest.mark.parametrize(("seed", "error", "message"), BAD_SEEDS)
def test_bad_seeds_are_named(seed, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        hidden_lattice(seed, "A")
    for function in (hidden_lattice_course, hidden_lattice_rates):
        with pytest.raises(error, match=message):
            function(seed)


def test_an_unknown_crystal_is_named() -> None:
    with pytest.raises(ValueError, match="crystal must be one of A, B, got 'C'"):
        hidden_lattice(1, "C")
