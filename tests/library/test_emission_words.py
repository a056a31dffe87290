"""The budget of photons, and the assumptions as a table and in words."""

from dataclasses import replace

import numpy as np
import pytest

from anionx_teach import materials, paper
from anionx_teach.emission import (
    PAPER_EXCITATION_W_CM2,
    BlinkingTimes,
    Photophysics,
    photon_budget,
    photon_rates,
)
from anionx_teach.photoluminescence import BandpassFilter

STEADY = Photophysics(blinking=False)


# The budget


def test_the_printed_intensity_shows_no_crystal_at_all():
    assert float(PAPER_EXCITATION_W_CM2) == pytest.approx(29e-6)
    assert PAPER_EXCITATION_W_CM2.evidence == "paper text"
    edges_nm = paper.batches()["edge_length_nm"]
    for absorption in (5e4, 1e5):
        physics = Photophysics(
            excitation_w_cm2=float(PAPER_EXCITATION_W_CM2), intrinsic_absorption_per_cm=absorption
        )
        for edge_nm in edges_nm:
            budget = photon_budget(edge_nm, 0.75, photophysics=physics)
            assert budget["value"].iloc[-1] < 0.1
    ours = photon_budget(5.1)["value"].iloc[-1]
    assert 10 < ours < 100


def test_the_carried_figures_of_the_printed_intensity_come_out():
    """Flux at 545 nm, and 0.003 to 0.1 detected photons, a quarter of the emitted ones detected."""
    near_545 = BandpassFilter(544.9, 545.1)
    dim = Photophysics(
        excitation_w_cm2=29e-6, excitation_filter=near_545, absorption_by_composition=False
    )
    carried = materials.parameter("photophysics-018")
    assert dim.photon_flux_per_cm2_s == pytest.approx(float(carried), rel=2e-3)
    for edge_nm, absorption, detected in ((5.4, 5e4, 0.003), (13.9, 1e5, 0.1)):
        physics = replace(dim, intrinsic_absorption_per_cm=absorption)
        steps = photon_budget(edge_nm, filter=None, photophysics=physics)
        assert steps["value"].iloc[-1] == pytest.approx(detected, rel=0.12)


def test_the_budget_ends_where_the_rates_are():
    budget = photon_budget(7.8, 0.8, photophysics=STEADY, exposure_s=0.1)
    rate = photon_rates([0.8], 7.8, [1.0], photophysics=STEADY, rng=1)[0, 0]
    table = budget.set_index("step")["value"]
    assert table["photons behind the filter"] == pytest.approx(rate, rel=1e-12)
    assert table["photons in one exposure"] == pytest.approx(0.1 * rate, rel=1e-12)
    assert table["photons emitted"] == pytest.approx(0.4 * table["photons absorbed"])
    assert table["photons collected"] == pytest.approx(0.25 * table["photons emitted"])
    assert list(budget) == ["step", "value", "unit"]
    bare = photon_budget(7.8, 0.8, filter=None).set_index("step")["value"]
    assert bare["photons behind the filter"] == pytest.approx(bare["photons collected"])


# Words


def test_every_number_of_the_table_is_the_one_in_use():
    physics = Photophysics(excitation_w_cm2=0.1, concentration_um=50)
    table = physics.to_frame()
    numbered = table[(table["setting"] != "") & (table["setting"] != "degradation_rate_per_s")]
    for row in numbered.itertuples():
        assert row.value == getattr(physics, row.setting)
    table = table.set_index("setting")
    assert table.loc["degradation_rate_per_s", "value"] == 0.02
    assert table.loc["quantum_yield", "evidence"] == "paper text"
    assert table.loc["on_exponent", "evidence"] == "literature, to be verified"
    assert table.loc["excitation_w_cm2", "evidence"] == "assumed for teaching"
    assert table.loc["excitation_w_cm2", "source"] == "set by hand; the default is 0.3 W/cm^2"
    assert set(table["evidence"]) <= set(materials.EVIDENCE)
    assert (table["quantity"] != "").all()
    assert table.loc[""].shape[0] >= 5  # assumptions without a number


def test_a_number_set_by_hand_loses_the_evidence_of_the_default():
    table = Photophysics(on_exponent=1.4, quantum_yield=0.9).to_frame().set_index("setting")
    assert set(table.loc[["on_exponent", "quantum_yield"], "evidence"]) == {"assumed for teaching"}


@pytest.mark.parametrize(
    ("settings", "idle"),
    [
        ({}, {"grey_level"}),
        ({"grey_share": 0.1}, set()),
        ({"degradation": False}, {"grey_level", "concentration_um", "degradation_rate_per_s"}),
        ({"degradation_rate_per_s": 0.1}, {"grey_level", "concentration_um"}),
        (
            {"blinking": False, "grey_share": 0.1},
            {
                *("on_exponent", "off_exponent", "shortest_s", "on_cutoff_s", "off_cutoff_s"),
                *("grey_share", "grey_level"),
            },
        ),
    ],
)
def test_the_table_tells_which_numbers_are_idle(settings, idle):
    table = Photophysics(**settings).to_frame()
    assert set(table.loc[~table["used"], "setting"]) == idle


def test_the_words_follow_the_switches():
    usual = Photophysics().describe()
    for words in (
        "0.3 W/cm^2 of 530-558 nm",
        "in proportion to the volume, less while the absorption edge is above",
        "Quantum yield: 0.4 (paper text)",
        "bright for 0.52 s and dark for 0.23 s on average, bright 70 % of the time",
        "Grey state: off.",
        "Degradation: none at 5 uM",
        "literature, to be verified",
    ):
        assert words in usual
    other = Photophysics(
        absorption_by_volume=False,
        absorption_by_composition=False,
        blinking=False,
        degradation=False,
    ).describe()
    for words in ("as one of 7.8 nm", "alike at every", "always bright", "Degradation: off."):
        assert words in other
    grey = Photophysics(grey_share=0.25, concentration_um=50).describe()
    assert "25 % of the dark times have 30 % of the bright state's light" in grey
    assert "decays at 0.02/s, within 50 s to 37 %" in grey


def test_the_carried_numbers_keep_their_evidence():
    table = materials.constants().set_index("id")
    rows = table[table.index.str.startswith("photophysics-")]
    assert len(rows) == 19
    unsure = rows.loc[["photophysics-005", "photophysics-006", "photophysics-017"], "evidence"]
    assert set(unsure) == {"literature, to be verified"}
    copies = rows.loc[["photophysics-015", "photophysics-016"], "evidence"]
    assert set(copies) == {"literature, secondary copy or abstract"}
    assert set(rows.loc[["photophysics-018", "photophysics-019"], "evidence"]) == {"computed"}


def test_settings_can_be_compared_and_changed():
    assert Photophysics() == Photophysics(quantum_yield=0.4)
    assert len({Photophysics(), Photophysics(grey_share=0.1), Photophysics()}) == 2
    assert Photophysics().on_times == BlinkingTimes(1.6, 0.05, 10.0)
    assert Photophysics().off_times == BlinkingTimes(1.5, 0.05, 1.0)
    with pytest.raises(AttributeError, match="cannot assign"):
        Photophysics().grey_share = 0.5


def test_numbers_of_any_kind_become_floats():
    physics = Photophysics(excitation_w_cm2=np.float32(0.5), concentration_um=50)
    assert type(physics.excitation_w_cm2) is float
    assert type(physics.concentration_um) is float
    same = Photophysics(excitation_w_cm2=materials.parameter("photophysics-001"))
    assert same == Photophysics()
