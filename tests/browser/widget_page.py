"""A widget shown in a notebook page: its controls, what it draws, and its state in Python."""

import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator

from tests.browser.notebook_page import NotebookPage

# Generous: the first use of a button may import a library on a busy machine.
EFFECT_TIMEOUT_S = 15.0

CONTROLS = "input, select, button, textarea"

# Everything a person sees in a widget besides its controls: drawings, and text that is announced.
DRAWN = """(container) => [
  ...[...container.querySelectorAll("svg")].map((svg) => svg.outerHTML),
  ...[...container.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL()),
  ...[...container.querySelectorAll("img")].map((image) => image.src),
  ...[...container.querySelectorAll("[role=status], table")].map((text) => text.textContent),
].join("\\n")"""

CAN_GO_UP = """(element) => element.tagName === "SELECT"
  ? element.selectedIndex < element.options.length - 1
  : Number(element.value) + 2 * Number(element.step) <= Number(element.max)"""

# Moves a slider a hundred times within half a second, as a hand that shakes it would.
SHAKE = """async (slider) => {
  const [low, step] = [Number(slider.min), Number(slider.step)];
  const positions = Math.round((Number(slider.max) - low) / step);
  for (let move = 1; move <= 100; move += 1) {
    slider.value = low + step * ((move * 37 + 11) % positions);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise((done) => setTimeout(done, 5));
  }
  return Number(slider.value);
}"""

# Helpers defined in the kernel, beside the learner's names but out of their way.
IN_THE_KERNEL = """
def _test_state():
    return {name: repr(value) for name, value in sorted(widget.state.trait_values().items())}

def _test_controls(view):
    for child in getattr(view, "children", ()):
        yield child
        yield from _test_controls(child)

def _test_control(label):
    named = [c for c in _test_controls(widget) if getattr(c, "label", None) == label]
    assert len(named) == 1, f"{len(named)} controls are labelled {label!r}"
    return named[0]

_test_updates = []
widget.state.observe(lambda change: _test_updates.append(change["name"]), "result")
"""


def cells_of(widget_name: str) -> str:
    """Return the cell by which a learner shows a widget."""
    return f"from anionx_widgets import {widget_name}\n\nwidget = {widget_name}()\nwidget"


@dataclass(frozen=True)
class Control:
    """One control in the page, and words for it."""

    element: Locator
    number: int
    kind: str
    name: str

    def is_enabled(self) -> bool:
        """Return whether it can be used now."""
        return self.element.is_enabled()

    def press(self, key: str) -> None:
        """Press one key while the control has the focus; no mouse is used."""
        self.element.focus()
        self.element.press(key)

    def effective_keys(self) -> list[str]:
        """Return keys that each should change it, away from an end where they would not."""
        upward = self.element.evaluate(CAN_GO_UP)
        match self.kind:
            case "range":
                return ["ArrowRight" if upward else "ArrowLeft"]
            case "number":
                return ["ArrowUp" if upward else "ArrowDown"]
            case "select":
                return ["ArrowDown" if upward else "ArrowUp"]
            case "checkbox" | "radio":
                return ["Space"]
            case "button":
                return ["Enter"]
        msg = f"no key is known for a control of kind {self.kind} ({self.name})"
        raise AssertionError(msg)


class WidgetPage:
    """The widget called `widget` in the first cell of a notebook that was run."""

    def __init__(self, notebook: NotebookPage) -> None:
        self.notebook = notebook
        self.container = notebook.output_of(0).locator(".jp-OutputArea-output").first
        self.container.locator(CONTROLS).first.wait_for()
        self.container.evaluate("(element) => element.setAttribute('data-under-test', '')")
        notebook.python.run(IN_THE_KERNEL)
        self.wait_until_still()

    def controls(self) -> list[Control]:
        """Return every control that is shown, in the order of the Tab key."""
        every = self.container.locator(CONTROLS).all()
        return [Control(c, i, _kind(c), _name(c)) for i, c in enumerate(every) if c.is_visible()]

    def drawn(self) -> str:
        """Return everything that is drawn now, as text that can be compared."""
        text: str = self.container.evaluate(DRAWN)
        return text

    def state(self) -> dict[str, str]:
        """Return Python's state: the repr of every trait."""
        state: dict[str, str] = self.notebook.python.value("_test_state()")
        return state

    def wait_until_still(self, quiet_s: float = 0.6, timeout_s: float = 20.0) -> str:
        """Wait until nothing drawn has changed for a while, and return what is drawn."""
        deadline = time.monotonic() + timeout_s
        last, since = self.drawn(), time.monotonic()
        while time.monotonic() - since < quiet_s:
            assert time.monotonic() < deadline, f"still drawing after {timeout_s:g} s"
            self.notebook.page.wait_for_timeout(100)
            if (now := self.drawn()) != last:
                last, since = now, time.monotonic()
        return last

    def effect_of(self, control: Control, key: str) -> list[str]:
        """Press a key on a control; return what should have changed but did not."""
        drawn, state = self.wait_until_still(), self.state()
        shown = len(self.controls())
        control.press(key)
        deadline = time.monotonic() + EFFECT_TIMEOUT_S
        unchanged = ["what is drawn", "Python's state"]
        while unchanged and time.monotonic() < deadline:
            self.notebook.page.wait_for_timeout(50)
            same = {"what is drawn": self.drawn() == drawn, "Python's state": self.state() == state}
            unchanged = [thing for thing in unchanged if same[thing]]
            if control.kind == "button" and len(self.controls()) != shown:
                return []  # its work is to show or hide other controls
        return [f"{control.kind} {control.name!r}, {key}: {thing} stayed" for thing in unchanged]

    def cell_count(self) -> int:
        """Return how many cells the notebook has: a key that JupyterLab took may add one."""
        count: int = self.notebook.page.evaluate("() => window.notebookCells().length")
        return count

    def status_text(self) -> str:
        """Return the text of the live region."""
        return self.container.get_by_role("status").first.inner_text()


def _kind(element: Locator) -> str:
    """Return the kind of a control: the type of an input, else the name of the tag."""
    kind: str = element.evaluate("(e) => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
    return kind


def _name(element: Locator) -> str:
    """Return words for a control that a person would know it by."""
    name: Any = element.evaluate(
        "(e) => e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent"
    )
    return str(name).strip()
