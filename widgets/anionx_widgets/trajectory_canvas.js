// Iodide fraction against time for many nanocrystals, the same nanocrystals as a field of squares,
// and a player that moves both through time. All frames are here: playing asks nothing of Python.
const PLAY_MS = 6000;

function render({ model, el }) {
  const curves = elementOf("canvas", "anionx-trajectories-curves");
  const field = elementOf("canvas", "anionx-trajectories-field");
  const legend = elementOf("ul", "anionx-trajectories-legend");
  const scale = elementOf("span", "anionx-trajectories-scale");
  const player = playerOf(model, {
    name: "Time",
    textOf: (frame) => inUnits(timeAt(frame)),
    show: ask,
    playMs: PLAY_MS,
    smooth: true, // the cursor; the field shows the nearest frame
  });
  const title = (name) => elementOf("div", "anionx-trajectories-title", model.get(name));
  el.classList.add("anionx-trajectories");
  el.append(
    elementOf(
      "div",
      "anionx-trajectories-left",
      curves,
      elementOf("div", "anionx-trajectories-caption", title("curves_title"), legend),
    ),
    elementOf(
      "div",
      "anionx-trajectories-right",
      field,
      elementOf(
        "div",
        "anionx-trajectories-caption",
        title("field_title"),
        elementOf("div", "anionx-trajectories-legend", "bromide", scale, "iodide"),
      ),
    ),
    player.element,
  );
  for (const canvas of [curves, field]) canvas.setAttribute("role", "img");

  const mixture = mixtures(model.get("start_color"), model.get("end_color"));
  scale.style.background = `linear-gradient(to right, ${mixture[0]}, ${mixture[255]})`;
  const backdrop = document.createElement("canvas"); // all but the cursor, drawn once
  let data;
  let stale = true;
  let asked = 0;
  let drawings = 0;
  let ink; // colours of the theme
  const sizes = new Map(); // of both canvases in the page

  function timeAt(frame) {
    return (frame / (model.get("frame_count") - 1)) * model.get("time_end");
  }

  function inUnits(time) {
    const decimals = time > 0 ? Math.max(0, 3 - Math.floor(Math.log10(time))) : 1;
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return `${time.toLocaleString("en", digits)} ${model.get("time_unit")}`;
  }

  function readData() {
    const bytes = model.get("frames");
    const frameCount = model.get("frame_count");
    const frames = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    data = { frames, frameCount, particles: frames.length / frameCount };
    data.mean = means(data);
  }

  function drawCurves() {
    const view = fitted(curves, sizes.get(curves));
    const plot = plotOf(view, model.get("time_end"));
    if (stale) {
      const style = getComputedStyle(el);
      ink = { text: style.color, soft: style.borderColor, ground: style.backgroundColor };
      backdrop.width = curves.width;
      backdrop.height = curves.height;
      const pinned = { mean: model.get("pinned_mean"), end: model.get("pinned_time_end") };
      pinned.color = model.get("pinned_color");
      const look = { ink, color: model.get("color"), timeUnit: model.get("time_unit") };
      drawBackdrop(backdrop, plot, { data, pinned, ...look }, view.scale);
      stale = false;
    }
    view.pen.drawImage(backdrop, 0, 0, view.width, view.height);
    drawCursor(view.pen, plot, timeAt(player.position()), ink.text);
  }

  function draw() {
    asked = 0;
    if (sizes.size < 2) return; // not laid out yet
    drawCurves();
    drawField(fitted(field, sizes.get(field)), data, player.frame(), mixture);
    // Tells whoever waits for a picture that there is a new one.
    drawings += 1;
    curves.dataset.drawn = drawings;
  }

  function ask() {
    if (!asked) asked = requestAnimationFrame(draw);
  }

  function drawAnew() {
    stale = true;
    ask();
  }

  // Sizes are noted here, for asking the page for them while it changes costs a layout each time.
  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (contentRect.width > 0) sizes.set(target, contentRect);
    }
    drawAnew();
  });

  function followData() {
    readData();
    player.refresh();
    drawAnew();
  }

  function followWords() {
    curves.setAttribute("aria-label", model.get("curves_description"));
    field.setAttribute("aria-label", model.get("field_description"));
  }

  function followLegend() {
    const entries = [
      ["thin", model.get("color"), "each nanocrystal"],
      ["thick", "currentcolor", "mean of all"],
      ["dashed", model.get("pinned_color"), "pinned mean"],
    ].slice(0, model.get("pinned_mean").length ? 3 : 2);
    legend.replaceChildren(
      ...entries.map(([shape, color, label]) => {
        const swatch = elementOf("span", `anionx-trajectories-${shape}`);
        swatch.style.color = color;
        return elementOf("li", "", swatch, label);
      }),
    );
    drawAnew();
  }

  const handlers = [
    ["change:frames change:time_end", followData],
    ["change:pinned_mean change:pinned_time_end", followLegend],
    ["change:curves_description change:field_description", followWords],
  ];
  for (const [names, handler] of handlers) model.on(names, handler);
  for (const canvas of [curves, field]) resized.observe(canvas);
  // JupyterLab writes its theme into the body once the theme's colours are there.
  const themed = new MutationObserver(drawAnew);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  readData();
  followLegend();
  followWords();
  return () => {
    player.close();
    cancelAnimationFrame(asked);
    resized.disconnect();
    themed.disconnect();
    for (const [names, handler] of handlers) model.off(names, handler);
  };
}

export default { render };
