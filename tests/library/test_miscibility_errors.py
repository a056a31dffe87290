"""Arguments of miscibility that are refused, each by its message."""

import math

import pytest

from anionx_teach.miscibility import (
    RegularSolution,
    SizeDependence,
    coupling_kt,
    critical_coupling_kt,
    lattice_critical_temperature_k,
    phase_diagram,
    size_model_notes,
)

MIXTURE = RegularSolution(5.70, 298)
SIZE = SizeDependence()
OF_X = (
    "mixing_free_energy_kj_mol",
    "mixing_enthalpy_kj_mol",
    "mixing_entropy_j_mol_k",
    "exchange_potential_kj_mol",
    "curvature_kj_mol",
    "iodide_rich_fraction",
    "equilibrium_free_energy_kj_mol",
    "to_frame",
)


@pytest.mark.parametrize("method", OF_X)
@pytest.mark.parametrize("x", [-0.01, 1.2, math.nan, math.inf])
def test_a_fraction_outside_0_to_1_is_named(method, x):
    with pytest.raises(ValueError, match=f"^x must be between 0 and 1, got {x}"):
        getattr(MIXTURE, method)([x])


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: MIXTURE.mixing_free_energy_kj_mol("0.5"), TypeError, "x must be a number"),
        (lambda: MIXTURE.to_frame([0.5, 0.2]), ValueError, "x must be increasing, got 0.5 before"),
        (lambda: MIXTURE.to_frame(0.5), ValueError, "x must be one-dimensional, got 0"),
        (lambda: RegularSolution(5.7, 0), ValueError, "temperature_k must be > 0 K, got 0"),
        (lambda: RegularSolution(5.7, -3), ValueError, "temperature_k must be > 0 K, got -3"),
        (
            lambda: RegularSolution(5.7, math.nan),
            ValueError,
            "temperature_k must be > 0 K, got nan",
        ),
        (
            lambda: RegularSolution(5.7, math.inf),
            ValueError,
            "temperature_k must be finite and > 0 K",
        ),
        (lambda: RegularSolution(5.7, 1e9), ValueError, "temperature_k must be between 0.001 and"),
        (lambda: RegularSolution(5.7, [1]), ValueError, "temperature_k must be a single number"),
        (lambda: RegularSolution(5.7, "warm"), TypeError, "temperature_k must be a number"),
        (
            lambda: RegularSolution(math.nan, 9),
            ValueError,
            "omega_kj_mol must be between .*, got nan",
        ),
        (lambda: RegularSolution(1e7, 9), ValueError, r"omega_kj_mol must be between -1e\+06 and"),
        (lambda: RegularSolution(None, 9), TypeError, "omega_kj_mol must be a number"),
        (
            lambda: RegularSolution.from_critical_temperature(-1, 298),
            ValueError,
            "critical_temperature_k must be >= 0 K, got -1",
        ),
        (
            lambda: RegularSolution.from_critical_temperature([343], 298),
            ValueError,
            "critical_temperature_k must be a single number",
        ),
        (lambda: phase_diagram(math.inf, [298]), ValueError, "omega_kj_mol must be between"),
        (lambda: phase_diagram(5.7, [298, 0]), ValueError, "temperature_k must be > 0 K, got 0"),
        (lambda: phase_diagram(5.7, [[298]]), ValueError, "temperature_k must be one-dimensional"),
        (
            lambda: critical_coupling_kt(theory="best"),
            ValueError,
            "theory must be one of exact, mean",
        ),
        (lambda: coupling_kt(-5, 298), ValueError, "critical_temperature_k must be >= 0 K, got -5"),
        (lambda: coupling_kt(343, 0), ValueError, "temperature_k must be > 0 K, got 0"),
        (
            lambda: coupling_kt([1, 2], [1, 2, 3]),
            ValueError,
            r"critical_temperature_k and temperature_k must broadcast, got shapes \(2,\) and \(3,\)",
        ),
        (
            lambda: lattice_critical_temperature_k(-1, 298),
            ValueError,
            "coupling_kt must be >= 0 kT",
        ),
        (
            lambda: lattice_critical_temperature_k(math.inf, 298),
            ValueError,
            "coupling_kt must be finite and >= 0 kT",
        ),
        (lambda: lattice_critical_temperature_k(1, -1), ValueError, "temperature_k must be > 0 K"),
        (
            lambda: lattice_critical_temperature_k([1, 2], [1, 2, 3]),
            ValueError,
            "coupling_kt and temperature_k must broadcast",
        ),
        (lambda: SizeDependence("magic"), ValueError, "model must be one of inverse_size, surface"),
        (lambda: SizeDependence(3), TypeError, "model must be one of inverse_size"),
        (
            lambda: SizeDependence(bulk_critical_temperature_k=-1),
            ValueError,
            "bulk_critical_temperature_k must be >= 0 K, got -1",
        ),
        (
            lambda: SizeDependence(critical_length_nm=-0.1),
            ValueError,
            "critical_length_nm must be >= 0 nm, got -0.1",
        ),
        (
            lambda: SizeDependence(interface_length_nm=math.inf),
            ValueError,
            "interface_length_nm must be finite and >= 0 nm",
        ),
        (
            lambda: SizeDependence(relief_depth_nm=1e10),
            ValueError,
            r"relief_depth_nm must be between 0 and 1e\+09 nm",
        ),
        (
            lambda: SizeDependence(surface_energy_mj_m2=math.nan),
            ValueError,
            r"surface_energy_mj_m2 must be between .* mJ/m\^2, got nan",
        ),
        (lambda: SizeDependence(strain_kj_mol="1"), TypeError, "strain_kj_mol must be a number"),
        (lambda: SIZE.omega_kj_mol(0), ValueError, "edge_length_nm must be > 0 nm, got 0"),
        (lambda: SIZE.critical_temperature_k(-3.0), ValueError, "must be > 0 nm, got -3.0"),
        (lambda: SIZE.coupling_kt(5.1, 0), ValueError, "temperature_k must be > 0 K"),
        (lambda: SIZE.coupling_kt(5.1, 298, theory=1), TypeError, "theory must be one of"),
        (
            lambda: SIZE.coupling_kt([5, 6], [1, 2, 3]),
            ValueError,
            "edge_length_nm and temperature_k must broadcast",
        ),
        (lambda: SIZE.solution([5.1], 298), ValueError, "edge_length_nm must be a single number"),
        (lambda: SIZE.solution(5.1, 0), ValueError, "temperature_k must be > 0 K"),
        (lambda: SIZE.threshold_edge_nm(-1), ValueError, "temperature_k must be >= 0 K, got -1"),
        (lambda: SIZE.to_frame([[5.1]], 298), ValueError, "edge_length_nm must be one-dimensional"),
        (lambda: SIZE.to_frame([5.1], [298]), ValueError, "temperature_k must be a single number"),
        (lambda: size_model_notes("magic"), ValueError, "model must be one of inverse_size"),
    ],
)
def test_each_names_what_is_wrong(call, error, message):
    with pytest.raises(error, match=f"^.*{message}"):
        call()
