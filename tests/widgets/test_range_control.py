import pytest
import traitlets
from anionx_widgets.range_control import RangeControl, control_for


class _State(traitlets.HasTraits):
    edge_length_nm = traitlets.Float(5.1, min=3.0, max=20.0)
    n_crystals = traitlets.Int(300, min=20, max=1000)


def _edge(**traits):
    return RangeControl(label="Edge length", unit="nm", value=5.1, min=3.0, max=20.0, **traits)


def test_a_value_outside_the_bounds_is_refused_and_changes_nothing():
    control = _edge()
    with pytest.raises(
        traitlets.TraitError, match=r"Edge length must be between 3 and 20 nm, got 2\.9"
    ):
        control.value = 2.9
    with pytest.raises(traitlets.TraitError, match=r"got 20\.1"):
        control.value = 20.1
    assert control.value == 5.1
    control.value = 20.0
    assert control.value == 20.0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "5", None, [5.0]])
def test_what_is_not_a_finite_number_is_refused(value):
    control = _edge()
    with pytest.raises(traitlets.TraitError):
        control.value = value
    assert control.value == 5.1


def test_the_start_value_is_checked_too():
    with pytest.raises(traitlets.TraitError, match="x must be between 0 and 1, got 2"):
        RangeControl(label="x", value=2.0, min=0.0, max=1.0)


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (0.0, float("inf"))])
def test_the_bounds_must_be_a_range(low, high):
    with pytest.raises(traitlets.TraitError, match="min must be smaller than max"):
        RangeControl(label="x", value=1.0, min=low, max=high)


@pytest.mark.parametrize("step", [0.0, -0.1, float("nan")])
def test_a_step_must_move_the_slider(step):
    with pytest.raises(traitlets.TraitError, match="step must be > 0"):
        _edge(step=step)


def test_a_move_in_the_page_arrives_and_a_bad_one_does_not():
    control = _edge()
    control.set_state({"value": 9.5})
    assert control.value == 9.5
    with pytest.raises(traitlets.TraitError):
        control.set_state({"value": 99.0})
    assert control.value == 9.5


def test_control_and_state_follow_each_other_within_the_bounds_of_the_state():
    state = _State()
    control = control_for(state, "edge_length_nm", label="Edge length", unit="nm")
    assert (control.min, control.max, control.value) == (3.0, 20.0, 5.1)
    control.value = 13.1
    assert state.edge_length_nm == 13.1
    state.edge_length_nm = 7.8
    assert control.value == 7.8
    with pytest.raises(traitlets.TraitError):
        state.edge_length_nm = 50.0
    assert (state.edge_length_nm, control.value) == (7.8, 7.8)


def test_a_whole_number_stays_whole():
    state = _State()
    control = control_for(state, "n_crystals", label="Number of crystals", step=10.0)
    assert (control.step, control.decimals) == (10.0, 0)
    control.value = 410.0
    assert state.n_crystals == 410
    assert isinstance(state.n_crystals, int)


def test_the_page_gets_what_it_needs_for_an_accessible_name():
    sent = _edge(decimals=2).get_state()
    assert (sent["label"], sent["unit"], sent["decimals"]) == ("Edge length", "nm", 2)
    assert "aria-valuetext" in sent["_esm"]
