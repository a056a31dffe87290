// Title and legend of a figure; also gives the drawing above its accessible name.
const SVG = "http://www.w3.org/2000/svg";
const DASHES = { dashed: "6 4", dotted: "2 4", dash_dotted: "7 3 2 3" };
const OUTLINES = {
  circle: "M13 7a4 4 0 1 1-8 0a4 4 0 1 1 8 0z",
  square: "M5 3h8v8h-8z",
  rectangle: "M5 4h8v6h-8z",
  diamond: "M9 2l4 5l-4 5l-4-5z",
  cross: "M7 2h4v3h3v4h-3v3h-4v-3h-3v-4h3z",
  plus: "M8 2h2v4h4v2h-4v4h-2v-4h-4v-2h4z",
  "triangle-up": "M9 2l5 9h-10z",
  "triangle-down": "M9 12l5-9h-10z",
};

function swatch({ shape, color, opacity }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", "22");
  svg.setAttribute("height", "14");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  const open = shape.startsWith("open-");
  const outline = OUTLINES[shape.replace("open-", "")];
  if (outline) {
    path.setAttribute("d", outline);
  } else {
    path.setAttribute("d", shape === "area" ? "M2 2h18v10h-18z" : "M1 7h20");
  }
  const stroked = open || (!outline && shape !== "area");
  path.style.fill = stroked ? "none" : color;
  path.style.stroke = stroked ? color : "none";
  path.style.opacity = opacity;
  path.style.strokeWidth = open ? "1.5" : "2.5";
  if (DASHES[shape]) path.style.strokeDasharray = DASHES[shape];
  svg.append(path);
  return svg;
}

// bqplot builds its drawing later than this caption: wait for it beside us.
function nameTheFigure(el, title) {
  const panel = el.parentElement;
  const drawing = panel?.querySelector(".bqplot.figure");
  if (!drawing) return false;
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", title);
  return true;
}

function render({ model, el }) {
  const heading = document.createElement("div");
  heading.className = "anionx-caption-title";
  const legend = document.createElement("ul");
  legend.className = "anionx-caption-legend";
  el.classList.add("anionx-caption");
  el.append(heading, legend);

  const waiting = new MutationObserver(() => {
    if (nameTheFigure(el, model.get("title"))) waiting.disconnect();
  });
  // Reports as soon as the caption stands in the page, which it does not yet.
  const arrival = new ResizeObserver(() => {
    if (!el.parentElement) return;
    arrival.disconnect();
    if (!nameTheFigure(el, model.get("title"))) {
      waiting.observe(el.parentElement, { childList: true, subtree: true });
    }
  });
  arrival.observe(el);

  function showTitle() {
    heading.textContent = model.get("title");
    nameTheFigure(el, model.get("title"));
  }
  function showEntries() {
    legend.hidden = model.get("entries").length === 0;
    legend.replaceChildren(
      ...model.get("entries").map((entry) => {
        const item = document.createElement("li");
        item.append(swatch(entry), entry.label);
        return item;
      }),
    );
  }
  model.on("change:title", showTitle);
  model.on("change:entries", showEntries);
  showTitle();
  showEntries();
  return () => {
    arrival.disconnect();
    waiting.disconnect();
    model.off("change:title", showTitle);
    model.off("change:entries", showEntries);
  };
}

export default { render };
