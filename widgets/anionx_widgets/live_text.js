// A persistent status region: screen readers announce changes only of a region they already know.
const PAUSE_MS = 250;

function render({ model, el }) {
  const region = document.createElement("div");
  region.className = "anionx-live-text";
  region.setAttribute("role", "status");
  region.setAttribute("aria-live", "polite");
  region.textContent = model.get("text");
  el.append(region);

  let timer;
  function show() {
    clearTimeout(timer);
    timer = setTimeout(() => {
      region.textContent = model.get("text");
    }, PAUSE_MS);
  }
  model.on("change:text", show);
  return () => {
    clearTimeout(timer);
    model.off("change:text", show);
  };
}

export default { render };
