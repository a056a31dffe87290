"""The calibration: the printed means, what lies between them, and all that fits as well."""

import warnings

import numpy as np
import pytest

from anionx_teach import paper
from anionx_teach.exchange import (
    CooperativeModel,
    calibrated_model,
    calibration_family,
    exact_exchange_time,
    exact_rise_time,
    exact_start_time,
    simulate_exchange_times,
)
from anionx_teach.materials import parameter

PRINTED = [tuple(row) for row in paper.switching_times().itertuples(index=False)]


@pytest.mark.parametrize(("edge_nm", "concentration_um", "mean_s", "sd_s"), PRINTED)
def test_the_four_printed_means_come_out(edge_nm, concentration_um, mean_s, sd_s):
    model = calibrated_model(edge_nm, concentration_um)
    assert exact_rise_time(model).mean_s == pytest.approx(mean_s, rel=1e-9)
    assert model.attempt_probability == pytest.approx(0.01 * concentration_um)
    assert (model.n_sites, model.law, model.capped) == (100, "quadratic", True)
    assert model.provenance == "calibrated to the printed means"
    simulated = simulate_exchange_times(model, 20_000, rng=1).rise_time_s.mean()
    assert simulated == pytest.approx(mean_s, rel=0.005)
    # The chain alone is narrower than what was measured.
    assert exact_rise_time(model).sd_s < 0.5 * sd_s


def test_the_settings_are_those_that_were_found_before():
    small, large = calibrated_model(5.1, 5), calibrated_model(13.1, 5)
    assert small.cooperativity == pytest.approx(3.570e-4, rel=2e-4)
    assert small.step_s == pytest.approx(0.18465, rel=1e-4)
    assert large.cooperativity == pytest.approx(7.814e-4, rel=2e-4)
    assert large.step_s == pytest.approx(0.03020, rel=1e-4)


def test_the_slopes_of_the_printed_means():
    for edge_nm, slope in ((5.1, -0.875), (13.1, -0.718)):
        low, high = (exact_rise_time(calibrated_model(edge_nm, c)).mean_s for c in (5, 50))
        assert np.log10(high / low) == pytest.approx(slope, abs=1e-3)


def test_shot_noise_of_the_chain_falls_with_concentration():
    # ... while the measured coefficient of variation rises, from 0.275 to 0.519 at 5.1 nm.
    for edge_nm in (5.1, 13.1):
        low, high = (exact_rise_time(calibrated_model(edge_nm, c)) for c in (5, 50))
        assert high.sd_s / high.mean_s < low.sd_s / low.mean_s < 0.2


def test_other_sizes_lie_on_power_laws_and_say_so():
    sizes = np.array([5.1, 6.1, 7.8, 9.5, 13.1])
    models = [calibrated_model(size, 5) for size in sizes]
    for name in ("cooperativity", "step_s"):
        values = np.log([getattr(model, name) for model in models])
        line = np.polyfit(np.log(sizes[[0, -1]]), values[[0, -1]], 1)
        np.testing.assert_allclose(values, np.polyval(line, np.log(sizes)), rtol=0, atol=1e-12)
    said = [model.provenance for model in models]
    assert said[1:4] == 3 * ["interpolated between the printed means of 5.1 and 13.1 nm"]
    # Larger crystals switch faster; the step falls about as L^-1.5 to L^-2.
    assert np.all(np.diff([exact_rise_time(model).mean_s for model in models]) < 0)
    exponent = np.log(models[-1].step_s / models[0].step_s) / np.log(13.1 / 5.1)
    assert -2.0 < exponent < -1.5


def test_other_concentrations_change_the_first_probability_alone():
    at_5, at_20 = calibrated_model(5.1, 5), calibrated_model(5.1, 20)
    assert at_20.attempt_probability == pytest.approx(4 * at_5.attempt_probability)
    assert (at_20.cooperativity, at_20.step_s) == (at_5.cooperativity, at_5.step_s)
    assert at_20.provenance == (
        "calibrated to the printed means at 5 and 50 uM; k0 in proportion in between"
    )


@pytest.mark.parametrize(
    ("edge_nm", "concentration_um", "message"),
    [
        (5.0, 5, "edge_length_nm = 5 is outside 5.1-13.1 nm$"),
        (14.0, 20, "edge_length_nm = 14 is outside 5.1-13.1 nm$"),
        (7.8, 4.9, "concentration_um = 4.9 is outside 5-50 uM$"),
        (4.0, 60, "= 4 is outside 5.1-13.1 nm and concentration_um = 60 is outside 5-50 uM$"),
    ],
)
def test_outside_of_what_was_measured_it_warns(edge_nm, concentration_um, message):
    with pytest.warns(
        UserWarning, match=f"^the calibration is extrapolated: .*{message}"
    ) as caught:
        model = calibrated_model(edge_nm, concentration_um)
    assert model.provenance.startswith("extrapolated from the printed means of 5.1 and 13.1 nm: ")
    assert caught[0].filename == __file__


def test_inside_it_does_not_warn():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for edge_nm in (5.1, 8.0, 13.1):
            for concentration_um in (5, 12.5, 50):
                calibrated_model(edge_nm, concentration_um)


# The family


@pytest.mark.parametrize("edge_nm", [5.1, 13.1])
def test_every_member_of_the_family_meets_the_means(edge_nm):
    family = calibration_family(edge_nm)
    means = [row[2] for row in PRINTED if row[0] == edge_nm]
    np.testing.assert_allclose(family["mean_at_5_um_s"], means[0], rtol=1e-9)
    np.testing.assert_allclose(family["mean_at_50_um_s"], means[1], rtol=1e-9)
    assert family["attempt_probability"].iloc[[0, -1]].tolist() == pytest.approx([0.003, 0.12])
    assert len(family) == int(parameter("kinetics-006").value)
    assert np.all(np.diff(family["cooperativity"]) < 0)
    assert np.all(np.diff(family["exchange_mean_s"]) < 0)
    for row in family.itertuples(index=False):
        model = CooperativeModel(row.attempt_probability, row.cooperativity, step_s=row.step_s)
        assert exact_rise_time(model).mean_s == pytest.approx(means[0], rel=1e-9)
        assert exact_start_time(model).mean_s == pytest.approx(row.start_mean_s, rel=1e-12)
        assert exact_exchange_time(model).mean_s == pytest.approx(row.exchange_mean_s, rel=1e-12)


def test_only_the_incubation_tells_the_members_apart():
    family = calibration_family(5.1, [0.0006, 0.024])
    assert family["exchange_mean_s"].tolist() == pytest.approx([385, 167], abs=1.5)
    assert len(calibration_family(5.1, 0.01)) == 1
    assert calibration_family(5.1, []).shape == (0, 7)


def test_the_calibrated_model_is_a_member():
    member = calibration_family(13.1, 0.01).iloc[0]
    model = calibrated_model(13.1, 5)
    assert (member["cooperativity"], member["step_s"]) == (model.cooperativity, model.step_s)


@pytest.mark.parametrize("law", ["quadratic", "linear", "step"])
def test_the_bound_that_no_cooperativity_and_no_law_can_escape(law):
    # A rise of 80 events cannot be faster than 80 steps at 50 uM, and not slower at 5 uM than
    # with a constant probability of a tenth of that: N step >= 6.3 s and <= 3.375 s follow.
    family = calibration_family(5.1)
    assert np.all(100 * family["step_s"] >= 6.3)
    assert np.all(100 * calibration_family(13.1)["step_s"] <= 3.375 * (1 + 1e-9))
    for k0 in (0.003, 0.03, 0.1):
        for cooperativity in (0.0, 1e-4, 1e-2):
            low, high = (
                CooperativeModel(k, cooperativity, law=law).event_probability[10:90]
                for k in (k0, 10 * k0)
            )
            # In steps: low <= 10 high for each event, and high >= 1 for each.
            assert np.all(1 / low <= 10 / high * (1 + 1e-12))
            # So (10 high - low) / 9 >= 0 counts at most the 80 steps of the window.
            excess = (10 * np.sum(1 / high) - np.sum(1 / low)) / 9
            assert -1e-9 * np.sum(1 / high) <= excess <= 80 * (1 + 1e-9)
    # With the printed means: N step >= 100 (10 x 18.1 - 135.6) / 9 / 80 s; and <= 2.7 s / 0.8.
    assert np.isclose(100 * (10 * 18.1 - 135.6) / 9 / 80, 6.3, atol=0.01)
    assert np.isclose(2.7 / 0.8, 3.375)
