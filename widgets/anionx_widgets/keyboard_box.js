// Keys pressed in a box stay in it: JupyterLab would take letters, arrows and Space as shortcuts.
const MARK = "data-lm-suppress-shortcuts";

function belongsToTheControl({ target, key, shiftKey, altKey, ctrlKey, metaKey }) {
  if (key === "Escape" || altKey || ctrlKey || metaKey) return false;
  // Shift Enter runs the cell: where somebody is typing that would lose what was typed.
  return !(shiftKey && key === "Enter") || target.matches(":read-write");
}

function render({ el }) {
  // JupyterLab looks for the mark at the element that has the focus, and as the key arrives at the
  // document: the window hears of it before. So the mark can be there for some keys only.
  function markTheTarget(event) {
    if (!el.parentElement?.contains(event.target)) return;
    event.target.toggleAttribute(MARK, belongsToTheControl(event));
  }
  window.addEventListener("keydown", markTheTarget, true);
  return () => window.removeEventListener("keydown", markTheTarget, true);
}

export default { render };
