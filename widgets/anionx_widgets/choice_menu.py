"""A menu that is tied to a choice of a state."""

from typing import Any

import ipywidgets
import traitlets


def choice_menu(
    state: traitlets.HasTraits, trait: str, name: str, names: dict[Any, str]
) -> ipywidgets.Dropdown:
    """Return a menu of the values that a setting may have.

    Parameters
    ----------
    state : HasTraits
        What holds the setting; menu and state follow each other.
    trait : str
        Name of the setting.
    name : str
        In front of the menu.
    names : dict
        What the menu says for each value, in the order of the menu.

    Returns
    -------
    ipywidgets.Dropdown
    """
    menu = ipywidgets.Dropdown(
        description=name,
        options=[(words, value) for value, words in names.items()],
        value=getattr(state, trait),
        layout=ipywidgets.Layout(width="auto"),
        style={"description_width": "auto"},
    )
    traitlets.link((state, trait), (menu, "value"))
    return menu
