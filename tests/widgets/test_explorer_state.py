"""What the states of all explorers have in common."""

import math
import subprocess
import sys
from pathlib import Path

import anionx_widgets
import pytest
import traitlets
from anionx_widgets.batch_state import BatchState
from anionx_widgets.confinement_state import ConfinementState
from anionx_widgets.cooperativity_state import CooperativityState
from anionx_widgets.ensemble_state import EnsembleState
from anionx_widgets.explorer_state import ExplorerState, FiniteFloat
from anionx_widgets.filter_state import FilterState
from anionx_widgets.microscope_state import MicroscopeState
from anionx_widgets.miscibility_state import MiscibilityState
from anionx_widgets.nanocrystal_state import NanocrystalState
from anionx_widgets.switching_state import SwitchingState

STATES = (
    BatchState,
    ConfinementState,
    CooperativityState,
    EnsembleState,
    FilterState,
    MicroscopeState,
    MiscibilityState,
    NanocrystalState,
    SwitchingState,
)
NUMBERS = [
    pytest.param(state, name, id=f"{state.__name__}-{name}")
    for state in STATES
    for name in state.class_trait_names()
    if isinstance(state.class_traits()[name], traitlets.Float)
]


def test_every_state_is_here():
    known = {Path(sys.modules[state.__module__].__file__).name for state in STATES}
    folder = Path(anionx_widgets.__file__).parent
    # The bounds of a hidden match are those of its experiment.
    others = {"hidden_match_state.py", "explorer_state.py"}
    assert known == {path.name for path in folder.glob("*_state.py")} - others
    assert all(issubclass(state, ExplorerState) for state in STATES)


@pytest.mark.parametrize(("state", "name"), NUMBERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "3", None])
def test_a_setting_that_is_no_finite_number_is_refused(state, name, value):
    made = state()
    before = getattr(made, name)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(made, name, value)
    assert getattr(made, name) == before


def test_a_finite_number_is_kept_as_a_float():
    class Unbounded(traitlets.HasTraits):
        number = FiniteFloat()

    made = Unbounded(number=3)
    assert isinstance(made.number, float)
    with pytest.raises(traitlets.TraitError, match="number must be finite, got inf"):
        made.number = math.inf


@pytest.mark.parametrize("state", STATES)
def test_a_state_needs_no_widget_library(state):
    # The package without its __init__, which imports the views.
    code = (
        "import importlib, sys, types; "
        "package = types.ModuleType('anionx_widgets'); package.__path__ = [sys.argv[1]]; "
        "sys.modules['anionx_widgets'] = package; "
        "getattr(importlib.import_module(sys.argv[2]), sys.argv[3])(); "
        "assert not {'ipywidgets', 'bqplot', 'anywidget'} & set(sys.modules)"
    )
    folder = str(Path(anionx_widgets.__file__).parent)
    command = [sys.executable, "-c", code, folder, state.__module__, state.__name__]
    subprocess.run(command, check=True)
