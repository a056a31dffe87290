"""How a lattice is exchanged, in numbers, and how cooperative it looks."""

import math

import numpy as np
import pytest

from anionx_teach.exchange import exact_exchange_time
from anionx_teach.lattice_exchange import (
    CHAIN_LAWS,
    LatticeHistory,
    LatticeModel,
    describe_pattern,
    fit_chain,
    radial_profile,
    simulate_lattice,
)


def history_of(order, cells):
    """A history in which the sites come in a given order, a second apart."""
    time_s = np.empty(cells**3)
    time_s[order] = np.arange(1, cells**3 + 1)
    return LatticeHistory(LatticeModel(cells, 0.0, 1.0), time_s)


def slow_clusters(occupied):
    """Sizes of the connected pieces, largest first, by walking through them."""
    left, sizes = {tuple(map(int, site)) for site in np.argwhere(occupied)}, []
    while left:
        to_visit, size = [left.pop()], 0
        while to_visit:
            site = to_visit.pop()
            size += 1
            for axis in range(3):
                for step in (-1, 1):
                    other = tuple(v + step * (i == axis) for i, v in enumerate(site))
                    if other in left:
                        left.remove(other)
                        to_visit.append(other)
        sizes.append(size)
    return sorted(sizes, reverse=True)


def slow_interface(occupied):
    n = len(occupied)
    unlike = 0
    for site in np.ndindex(n, n, n):
        for axis in range(3):
            other = tuple(v + (i == axis) for i, v in enumerate(site))
            unlike += other[axis] < n and occupied[site] != occupied[other]
    return unlike


# Patterns


@pytest.mark.parametrize("coupling_kt", [-1.0, 0.0, 1.02, 4.0])
def test_clusters_and_interface_are_those_of_a_slow_count(coupling_kt):
    history = simulate_lattice(LatticeModel(6, coupling_kt, 1.0), rng=1)
    table = describe_pattern(history, n_random=2)
    assert table["iodide_fraction"].to_numpy() == pytest.approx(np.arange(1, 10) / 10, abs=5e-3)
    for row in table.itertuples():
        occupied = history.occupancy(row.time_s)
        sizes = slow_clusters(occupied)
        assert sum(sizes) == round(row.iodide_fraction * 216)
        assert row.n_clusters == len(sizes)
        assert row.largest_cluster_sites == sizes[0]
        assert row.largest_cluster_share == sizes[0] / sum(sizes)
        assert row.interface_bonds == slow_interface(occupied)
        assert row.short_range_order == 1 - row.interface_bonds / row.random_interface_bonds


def test_a_front_is_one_cluster_with_a_flat_interface():
    table = describe_pattern(history_of(np.arange(1000), 10), [0.5], n_random=3)
    row = table.iloc[0]
    assert (row["n_clusters"], row["largest_cluster_sites"], row["interface_bonds"]) == (
        1,
        500,
        100,
    )
    assert row["short_range_order"] == pytest.approx(1 - 100 / (2 * 2700 * 0.25 * 1000 / 999))
    assert row["time_s"] == 500.0


def test_a_checkerboard_has_an_order_below_zero():
    place = np.indices((6, 6, 6)).sum(axis=0).ravel() % 2
    row = describe_pattern(history_of(np.argsort(place, kind="stable"), 6), 0.5).iloc[0]
    assert row["interface_bonds"] == 3 * 36 * 5
    assert row["short_range_order"] == pytest.approx(1 - 2 * 215 / 216)  # -0.99
    assert row["n_clusters"] == 108


def test_the_random_interface_is_exact():
    model = LatticeModel(5, 0.0, 1.0)
    bonds = []
    for i in range(400):
        table = describe_pattern(simulate_lattice(model, rng=3, condition=i), 0.3, n_random=0)
        bonds.append(table["interface_bonds"][0])
        expected = table["random_interface_bonds"][0]
    k, n = 38, 125  # a site and a neighbour: iodide and bromide, or bromide and iodide
    assert expected == pytest.approx(300 * 2 * k / n * (n - k) / (n - 1))
    assert np.mean(bonds) == pytest.approx(expected, abs=4 * np.std(bonds) / 20)


def test_without_coupling_clusters_are_those_of_a_random_placement():
    model = LatticeModel(10, 0.0, 1.0)
    tables = [
        describe_pattern(
            simulate_lattice(model, rng=4, condition=i), [0.1, 0.3], n_random=30, rng=9
        )
        for i in range(30)
    ]
    own = np.mean([table["n_clusters"] for table in tables], axis=0)
    sd = tables[0]["random_clusters_sd"].to_numpy()
    by_chance = tables[0]["random_clusters"].to_numpy()
    assert np.all(np.abs(own - by_chance) < 4 * sd * math.sqrt(2 / 30))
    share = np.mean([table["largest_cluster_share"] for table in tables], axis=0)
    assert share == pytest.approx(tables[0]["random_largest_cluster_share"].to_numpy(), rel=0.35)


def test_coupling_turns_a_homogeneous_exchange_into_a_nucleated_one():
    order = [
        describe_pattern(simulate_lattice(LatticeModel(13, eps, 1.0), rng=1), 0.3, n_random=0)
        for eps in (0.0, 0.5, 1.02, 4.0)
    ]
    values = [float(table["short_range_order"][0]) for table in order]
    assert abs(values[0]) < 0.03
    assert np.all(np.diff(values) > 0.05)
    assert values[-1] > 0.75
    one = describe_pattern(simulate_lattice(LatticeModel(13, 8.0, 1.0), rng=1), 0.1).iloc[0]
    assert one["n_clusters"] <= 3  # a single sweeping front needs a strong coupling
    assert one["largest_cluster_share"] > 0.95
    assert one["random_clusters"] > 100


def test_pure_crystals_have_no_order_and_no_share():
    history = simulate_lattice(LatticeModel(4, 1.0, 1.0), rng=1)
    table = describe_pattern(history, [0.0, 1.0], n_random=1)
    assert table["n_clusters"].tolist() == [0, 1]
    assert table["largest_cluster_sites"].tolist() == [0, 64]
    assert table["interface_bonds"].tolist() == [0, 0]
    assert table["short_range_order"].isna().all()
    assert table["largest_cluster_share"].tolist()[1] == 1.0
    assert np.isnan(table["largest_cluster_share"][0])
    assert table["time_s"].tolist() == [0.0, history.exchange_time_s]
    assert table["random_clusters_sd"].isna().all()  # one placement has no spread
    assert describe_pattern(history, 0.5, n_random=0)["random_clusters"].isna().all()


def test_moments_can_be_times_and_keep_their_order():
    history = simulate_lattice(LatticeModel(5, 1.0, 1.0), rng=2)
    time_s = [history.start_time_s(0.7), -1.0, history.start_time_s(0.2)]
    table = describe_pattern(history, time_s=time_s, n_random=1)
    assert table["iodide_fraction"].tolist() == [88 / 125, 0.0, 25 / 125]
    assert table["time_s"].tolist() == [time_s[0], 0.0, time_s[2]]
    by_fraction = describe_pattern(history, [0.7, 0.0, 0.2], n_random=1)
    assert table.equals(by_fraction)
    other = describe_pattern(history, [0.7, 0.0, 0.2], n_random=1, rng=1)
    assert not other["random_clusters"].equals(table["random_clusters"])


def test_no_moments_are_empty_tables_with_their_columns():
    history = simulate_lattice(LatticeModel(3, 1.0, 1.0), rng=2)
    full = describe_pattern(history, [0.2])
    empty = describe_pattern(history, [])
    assert len(empty) == len(radial_profile(history, [])) == 0
    assert empty.dtypes.equals(full.dtypes)
    assert radial_profile(history, []).dtypes.equals(radial_profile(history, 0.2).dtypes)


# Layers


@pytest.mark.parametrize("cells", [2, 5, 6])
def test_layers_add_up_to_the_crystal(cells):
    history = simulate_lattice(LatticeModel(cells, 1.0, 1.0), rng=3)
    table = radial_profile(history, [0.25, 0.5])
    assert table["moment"].unique().tolist() == [0, 1]
    for _, layers in table.groupby("moment"):
        assert layers["layer"].tolist() == list(range((cells + 1) // 2))
        shells = [
            max(cells - 2 * i, 0) ** 3 - max(cells - 2 * i - 2, 0) ** 3
            for i in range((cells + 1) // 2)
        ]
        assert layers["n_sites"].tolist() == shells
        iodide = (layers["n_sites"] * layers["layer_iodide_fraction"]).sum()
        assert iodide / cells**3 == pytest.approx(layers["iodide_fraction"].iloc[0])


def test_surface_first_goes_from_the_surface_to_the_centre():
    for start, inward in (("surface", True), ("everywhere", False)):
        history = simulate_lattice(LatticeModel(15, 0.0, 1.0, start=start), rng=4)
        profile = radial_profile(history, 0.5)["layer_iodide_fraction"].to_numpy()
        assert bool(profile[0] - profile[4] > 0.3) is inward


# The chain that a lattice looks like


def histories_of(coupling_kt, n=20, cells=8, k0=0.5):
    model = LatticeModel(cells, coupling_kt, k0)
    return [simulate_lattice(model, rng=5, condition=i) for i in range(n)]


def chain_histories(waits_s, n, rng):
    """Lattice histories whose sites come one after the other with given mean waiting times."""
    cells = round(len(waits_s) ** (1 / 3))
    model = LatticeModel(cells, 0.0, 1.0)
    return [LatticeHistory(model, np.cumsum(rng.exponential(waits_s))) for _ in range(n)]


@pytest.mark.parametrize(
    ("law", "log_gain"),
    [("quadratic", lambda i: 3e-4 * i**2), ("linear", lambda i: 0.03 * i)],
)
def test_a_chain_is_found_again_with_a_misfit_of_one(law, log_gain):
    event = np.arange(125.0)
    waits_s = np.exp(-log_gain(event)) / 0.2
    histories = chain_histories(waits_s, 60, np.random.default_rng(1))
    fit = fit_chain(histories, law, n_events=125)
    slope = {"quadratic": 3e-4, "linear": 0.03}[law]
    assert fit.cooperativity == pytest.approx(slope, abs=4 * fit.cooperativity_se)
    assert fit.cooperativity_se < 0.05 * slope
    assert fit.attempt_rate_per_s == pytest.approx(0.2, rel=0.15)
    assert 0.8 < fit.misfit < 1.25
    other = fit_chain(histories, "linear" if law == "quadratic" else "quadratic", n_events=125)
    assert other.misfit > 2
    model = fit.chain_model()
    assert model.law == law
    assert not model.capped
    np.testing.assert_allclose(
        model.event_probability / model.step_s, fit.fitted_rate_per_s, rtol=1e-9
    )
    assert exact_exchange_time(model).mean_s == pytest.approx(waits_s.sum(), rel=0.1)


def test_independent_sites_are_a_power_of_nothing():
    fit = fit_chain(histories_of(0.0), "power")
    assert fit.cooperativity == pytest.approx(0.0, abs=4 * fit.cooperativity_se)
    assert fit.attempt_rate_per_s == pytest.approx(0.5, rel=0.05)
    assert 0.7 < fit.misfit < 1.3
    assert fit.relative_misfit < 0.15
    slower = fit_chain(histories_of(0.0), "quadratic")
    assert slower.cooperativity < -4 * slower.cooperativity_se / slower.misfit
    with pytest.raises(ValueError, match=r"cooperativity must be >= 0 kT per event\^2 for a chain"):
        slower.chain_model()


def test_with_coupling_the_gain_is_nearer_to_a_power_than_to_an_exponential():
    for coupling_kt in (1.02, 2.0, 4.0):
        fits = {law: fit_chain(histories_of(coupling_kt, cells=9), law) for law in CHAIN_LAWS}
        assert fits["power"].misfit < 0.6 * min(fits["quadratic"].misfit, fits["linear"].misfit)
        assert fits["power"].misfit > 2  # and it is not the law either
        assert fits["quadratic"].misfit > 5
    assert fits["power"].cooperativity > 1
    with pytest.raises(
        ValueError, match="law must be quadratic or linear for a chain, got 'power'"
    ):
        fits["power"].chain_model()


def test_the_table_of_a_fit_holds_what_was_fitted():
    fit = fit_chain(histories_of(1.0), "linear", n_events=37)
    table = fit.to_frame()
    assert table.index.name == "event"
    assert len(table) == 37
    assert math.sqrt((table["residual"] ** 2).sum() / 35) == pytest.approx(fit.misfit)
    off = np.log(table["rate_per_s"] / table["fitted_rate_per_s"])
    assert math.sqrt((off**2).mean()) == pytest.approx(fit.relative_misfit)
    assert fit.cooperativity_unit == "kT per event"
    assert fit.n_histories == 20
    assert not fit.rate_per_s.flags.writeable


def test_a_small_lattice_has_no_more_events_than_sites():
    fit = fit_chain(histories_of(0.5, cells=2))
    assert fit.rate_per_s.shape == (8,)
    assert fit_chain(histories_of(0.5, cells=5)).rate_per_s.shape == (100,)
