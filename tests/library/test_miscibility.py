"""The regular solution beside obvious twins: convex hull, root finding, derivatives, limits."""

import math

import numpy as np
import pytest
from scipy import constants
from scipy.optimize import brentq

from anionx_teach.miscibility import CompositionRange, RegularSolution, phase_diagram

MIXTURE = RegularSolution(5.70, 298)
R = constants.R * 1e-3
X = np.linspace(0, 1, 1001)


def mixture_at(ratio: float) -> RegularSolution:
    """A mixture at Tc/T = ratio."""
    return RegularSolution.from_critical_temperature(343, 343 / ratio)


def lower_hull(x, y):
    """Indices of the lower convex hull, point by point."""
    hull: list[int] = []
    for i in range(len(x)):
        while len(hull) > 1:
            a, b = hull[-2:]
            if (y[b] - y[a]) * (x[i] - x[b]) < (y[i] - y[b]) * (x[b] - x[a]):
                break
            hull.pop()
        hull.append(i)
    return hull


def test_the_numbers_of_the_lesson():
    assert MIXTURE.binodal() == pytest.approx((0.20, 0.80), abs=0.005)
    assert MIXTURE.spinodal() == pytest.approx((0.32, 0.68), abs=0.005)
    assert MIXTURE.critical_temperature_k == pytest.approx(343, abs=0.5)
    assert MIXTURE.omega_mev == pytest.approx(59.1, abs=0.05)
    from_tc = RegularSolution.from_critical_temperature(343, 298)
    assert from_tc.omega_kj_mol == pytest.approx(5.70, abs=0.005)
    assert from_tc.critical_temperature_k == pytest.approx(343, rel=1e-15)


def test_energy_is_enthalpy_less_entropy_and_both_are_textbook():
    x = X[1:-1]
    entropy = -constants.R * (x * np.log(x) + (1 - x) * np.log(1 - x))
    assert MIXTURE.mixing_entropy_j_mol_k(x) == pytest.approx(entropy, rel=1e-13)
    assert MIXTURE.mixing_enthalpy_kj_mol(x) == pytest.approx(5.70 * x * (1 - x), rel=1e-14)
    free = MIXTURE.mixing_enthalpy_kj_mol(x) - 298e-3 * MIXTURE.mixing_entropy_j_mol_k(x)
    assert MIXTURE.mixing_free_energy_kj_mol(x) == pytest.approx(free, abs=1e-14)
    assert MIXTURE.mixing_entropy_j_mol_k(0.5) == pytest.approx(constants.R * math.log(2))


@pytest.mark.parametrize("omega", [-5.0, 0.0, 5.7, 1e6])
def test_pure_ends_are_exact(omega):
    mixture = RegularSolution(omega, 298)
    for name in ("free_energy_kj_mol", "enthalpy_kj_mol", "entropy_j_mol_k"):
        assert getattr(mixture, f"mixing_{name}")([0.0, 1.0]).tolist() == [0.0, 0.0]
    assert mixture.exchange_potential_kj_mol([0.0, 1.0]).tolist() == [-math.inf, math.inf]
    assert mixture.curvature_kj_mol([0.0, 1.0]).tolist() == [math.inf, math.inf]
    assert mixture.equilibrium_free_energy_kj_mol([0.0, 1.0]).tolist() == [0.0, 0.0]
    tiny = mixture.mixing_free_energy_kj_mol(5e-324)
    assert tiny == pytest.approx(0, abs=1e-300)


def test_slope_and_curvature_are_the_derivatives():
    x, step = np.linspace(0.01, 0.99, 99), 1e-5
    g = MIXTURE.mixing_free_energy_kj_mol
    slope = (g(x + step) - g(x - step)) / (2 * step)
    assert MIXTURE.exchange_potential_kj_mol(x) == pytest.approx(slope, abs=1e-6)
    mu = MIXTURE.exchange_potential_kj_mol
    curvature = (mu(x + step) - mu(x - step)) / (2 * step)
    assert MIXTURE.curvature_kj_mol(x) == pytest.approx(curvature, rel=1e-4)


@pytest.mark.parametrize("ratio", [1 + 1e-10, 1 + 1e-6, 1.001, 1.151, 2, 10, 100])
def test_the_tangent_is_common(ratio):
    mixture = mixture_at(ratio)
    low, high = mixture.binodal()
    assert 0 < low < 0.5 < high
    assert low + high == 1.0
    slopes = mixture.exchange_potential_kj_mol([low, high])
    chord = mixture.mixing_free_energy_kj_mol(high) - mixture.mixing_free_energy_kj_mol(low)
    scale = R * mixture.temperature_k
    assert slopes[0] == pytest.approx(0, abs=1e-12 * scale)
    # The high end is 1 - x: close to 1 its distance from 1 has few digits, or none.
    if low > 1e-4:
        assert slopes[1] == pytest.approx(0, abs=1e-10 * scale)
    assert chord == pytest.approx(0, abs=1e-14)
    tangent = mixture.mixing_free_energy_kj_mol(low)
    assert np.all(mixture.mixing_free_energy_kj_mol(X) >= tangent - 1e-14)


@pytest.mark.parametrize("ratio", [1.01, 1.151, 1.7, 3.0])
def test_gap_is_that_of_the_convex_hull(ratio):
    mixture = mixture_at(ratio)
    x = np.linspace(0, 1, 4001)
    hull = lower_hull(x, mixture.mixing_free_energy_kj_mol(x))
    widest = int(np.argmax(np.diff(x[hull])))
    ends = x[hull][[widest, widest + 1]]
    assert mixture.binodal() == pytest.approx(tuple(ends), abs=2 / 4000)
    by_hull = np.interp(x, x[hull], mixture.mixing_free_energy_kj_mol(x[hull]))
    assert mixture.equilibrium_free_energy_kj_mol(x) == pytest.approx(by_hull, abs=1e-6)


@pytest.mark.parametrize("ratio", [1.0001, 1.02, 1.151, 2.5, 8.0])
def test_gap_is_that_of_a_root_finder(ratio):
    mixture = mixture_at(ratio)
    low = brentq(mixture.exchange_potential_kj_mol, 1e-12, 0.5 - 1e-4, xtol=1e-15, rtol=1e-14)
    assert mixture.binodal().low == pytest.approx(low, rel=1e-9)
    inner = brentq(mixture.curvature_kj_mol, 1e-12, 0.5, xtol=1e-15, rtol=1e-14)
    assert mixture.spinodal().low == pytest.approx(inner, rel=1e-9)


def test_spinodal_lies_inside_the_binodal_and_both_narrow_on_heating():
    table = phase_diagram(5.70, np.linspace(1.5, 342.7, 500))
    assert (table["binodal_low"] < table["spinodal_low"]).all()
    assert (table["spinodal_high"] < table["binodal_high"]).all()
    for name in ("binodal_low", "spinodal_low"):
        assert (table[name].diff().dropna() > 0).all()


@pytest.mark.parametrize("distance", [1e-3, 1e-6, 1e-9, 1e-12])
def test_near_the_critical_temperature_the_gap_closes_as_a_square_root(distance):
    mixture = mixture_at(1 + distance)
    ratio = mixture.critical_temperature_k / mixture.temperature_k  # what rounding left of it
    assert 0.5 - mixture.binodal().low == pytest.approx(
        math.sqrt(3 * (ratio - 1)) / 2, rel=2 * distance + 5e-4
    )
    assert 0.5 - mixture.spinodal().low == pytest.approx(
        math.sqrt(ratio - 1) / 2, rel=2 * distance + 5e-4
    )


def test_at_and_above_the_critical_temperature():
    critical = RegularSolution.from_critical_temperature(343, 343)
    assert critical.binodal() == critical.spinodal() == CompositionRange(0.5, 0.5)
    assert critical.binodal().exists
    for mixture in (RegularSolution(5.7, 343.1), RegularSolution(0, 1), RegularSolution(-9, 298)):
        for found in (mixture.binodal(), mixture.spinodal()):
            assert not found.exists
            assert np.isnan(found).tolist() == [True, True]
        assert mixture.equilibrium_free_energy_kj_mol(X).tolist() == pytest.approx(
            mixture.mixing_free_energy_kj_mol(X).tolist(), abs=0
        )
        assert np.all(mixture.curvature_kj_mol(X) > 0)


def test_cold_or_strongly_repelling_mixtures_hold_almost_nothing_of_the_other():
    for ratio in (20.0, 100.0, 300.0):
        mixture = mixture_at(ratio)
        # ln x = -2 Tc/T (1 - 2 x), without the terms that no longer count
        expected = math.exp(-mixture.omega_kj_mol / (R * mixture.temperature_k))
        assert mixture.binodal().low == pytest.approx(expected, rel=1e-9)
        assert mixture.spinodal().low == pytest.approx(1 / (4 * ratio), rel=1 / ratio)
    assert RegularSolution(1e6, 1e-3).binodal() == (0.0, 1.0)  # below the smallest float
    assert RegularSolution(1e6, 1e-3).spinodal().low > 0
    assert RegularSolution(1e6, 1e-3).iodide_rich_fraction(0.3) == pytest.approx(0.3)


def test_the_critical_temperature_of_mixing_that_is_favoured_is_not_a_number():
    assert math.isnan(RegularSolution(-1, 298).critical_temperature_k)
    assert RegularSolution(0, 298).critical_temperature_k == 0


def test_lever_rule_keeps_the_iodide():
    low, high = MIXTURE.binodal()
    x = np.linspace(low, high, 41)
    share = MIXTURE.iodide_rich_fraction(x)
    assert share * high + (1 - share) * low == pytest.approx(x, abs=1e-15)
    assert MIXTURE.iodide_rich_fraction([0.0, low, high, 1.0]).tolist() == [0, 0, 1, 1]
    for mixture in (RegularSolution(5.7, 400), RegularSolution.from_critical_temperature(300, 300)):
        assert np.isnan(mixture.iodide_rich_fraction([0.0, 0.5])).all()


def test_scalars_stay_scalars_and_shapes_shapes():
    for name in (
        "mixing_free_energy_kj_mol", "mixing_enthalpy_kj_mol", "mixing_entropy_j_mol_k",
        "exchange_potential_kj_mol", "curvature_kj_mol", "iodide_rich_fraction",
        "equilibrium_free_energy_kj_mol",
    ):  # fmt: skip
        assert type(getattr(MIXTURE, name)(0.3)) is float
        assert getattr(MIXTURE, name)(np.full((2, 3), 0.3)).shape == (2, 3)
        assert getattr(MIXTURE, name)([]).shape == (0,)


def test_tables_agree_with_the_methods():
    table = MIXTURE.to_frame()
    assert len(table) == 201
    assert table["x"].iloc[[0, -1]].to_list() == [0, 1]
    for name in table.columns[1:]:
        assert table[name].to_numpy() == pytest.approx(getattr(MIXTURE, name)(table["x"]), abs=0)
    temperatures = [400.0, 298.0, 343.0, 0.5]
    diagram = phase_diagram(5.70, temperatures)
    for row, temperature in zip(diagram.itertuples(), temperatures, strict=True):
        mixture = RegularSolution(5.70, temperature)
        assert row.temperature_k == temperature
        assert (row.binodal_low, row.binodal_high) == pytest.approx(mixture.binodal(), nan_ok=True)
        assert (row.spinodal_low, row.spinodal_high) == pytest.approx(
            mixture.spinodal(), nan_ok=True
        )
    assert list(phase_diagram(5.7, []).columns) == list(diagram.columns)
    assert len(phase_diagram(5.7, [])) == 0
    assert len(phase_diagram(5.7, 298)) == 1
