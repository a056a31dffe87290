"""Every box of the package keeps the keys pressed in it; what the guard does is a browser test."""

import importlib
import inspect
import pkgutil

import anionx_widgets
import ipywidgets
from anionx_widgets.figures import FigurePanel
from anionx_widgets.keyboard_box import KeyboardBox, KeyboardGuard

WITHOUT_CONTROLS = (FigurePanel,)


def boxes():
    """Return every class of the package that is a box."""
    names = [module.name for module in pkgutil.iter_modules(anionx_widgets.__path__)]
    modules = [importlib.import_module(f"anionx_widgets.{name}") for name in names]
    found = {kind for module in modules for _, kind in inspect.getmembers(module, inspect.isclass)}
    return {
        kind
        for kind in found
        if issubclass(kind, ipywidgets.Box) and kind.__module__.startswith("anionx_widgets")
    }


def test_every_box_with_controls_is_a_keyboard_box():
    unguarded = {
        kind.__name__ for kind in boxes() if not issubclass(kind, (KeyboardBox, *WITHOUT_CONTROLS))
    }
    assert not unguarded, f"JupyterLab takes the keys pressed in {unguarded}"
    assert len(boxes()) > len(WITHOUT_CONTROLS) + 1


def test_the_guard_stands_in_the_box_itself_and_is_not_seen():
    button = ipywidgets.Button()
    box = KeyboardBox([button], layout=ipywidgets.Layout(max_width="760px"))
    first, guard = box.children
    assert first is button
    assert isinstance(guard, KeyboardGuard)
    assert guard.layout.display == "none"
    assert box.layout.max_width == "760px"
