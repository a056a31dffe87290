// Mouse, finger and keys on the picture of the movie canvas. Python puts this file before
// movie_canvas.js, for a widget's module is one text.
const DRAG_PX = 4; // a pointer that moves farther drags

// `click(x, y)` and `drag(across, down)` get px; `keys` and `shiftKeys` say what a key does.
function listenToHands(element, { click, drag, keys, shiftKeys }) {
  let held = null; // where the pointer is, once it is down
  element.addEventListener("pointerdown", (event) => {
    held = { x: event.offsetX, y: event.offsetY, dragged: false };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => {
    if (!held) return;
    const [across, down] = [held.x - event.offsetX, held.y - event.offsetY];
    if (!held.dragged && Math.hypot(across, down) < DRAG_PX) return;
    held = { x: event.offsetX, y: event.offsetY, dragged: true };
    drag(across, down);
  });
  element.addEventListener("pointerup", (event) => {
    if (held && !held.dragged) click(event.offsetX, event.offsetY);
    held = null;
  });
  element.addEventListener("pointercancel", () => {
    held = null;
  });
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const action = (event.shiftKey && shiftKeys[key]) || keys[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
