// Iodide fraction against time for many nanocrystals, the same nanocrystals as a field of squares,
// and a player that moves both through time. All frames are here: playing asks nothing of Python.
const PLAY_MS = 6000;
const CALM_STOPS = 12; // with "reduce motion" the player jumps between so many moments

function elementOf(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function render({ model, el }) {
  const curves = elementOf("canvas", "anionx-trajectories-curves");
  const field = elementOf("canvas", "anionx-trajectories-field");
  const button = elementOf("button", "");
  button.type = "button";
  const slider = elementOf("input", "");
  slider.type = "range";
  slider.min = 0;
  slider.step = 1;
  const shown = elementOf("span", "anionx-player-moment");
  shown.setAttribute("aria-hidden", "true"); // the slider says the same
  const legend = elementOf("ul", "anionx-trajectories-legend");
  const scale = elementOf("span", "anionx-trajectories-scale");
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
    elementOf(
      "div",
      "anionx-player",
      elementOf("label", "", elementOf("span", "", "Time"), slider),
      shown,
      button,
    ),
  );
  for (const canvas of [curves, field]) canvas.setAttribute("role", "img");

  const mixture = mixtures(model.get("start_color"), model.get("end_color"));
  scale.style.background = `linear-gradient(to right, ${mixture[0]}, ${mixture[255]})`;
  const backdrop = document.createElement("canvas"); // all but the cursor, drawn once
  let data;
  let position = model.get("frame"); // between frames while playing
  let stale = true;
  let asked = 0;
  let drawings = 0;
  let ink; // colours of the theme
  const sizes = new Map(); // of both canvases in the page

  const last = () => model.get("frame_count") - 1;
  const timeAt = (frame) => (frame / last()) * model.get("time_end");

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
    drawCursor(view.pen, plot, timeAt(position), ink.text);
  }

  function draw() {
    asked = 0;
    if (sizes.size < 2) return; // not laid out yet
    drawCurves();
    drawField(fitted(field, sizes.get(field)), data, Math.round(position), mixture);
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

  function showPosition() {
    const text = inUnits(timeAt(Math.round(position)));
    slider.max = last();
    slider.value = Math.round(position);
    if (shown.textContent !== text) {
      shown.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
    ask();
  }

  function showButton() {
    button.textContent = model.get("playing") ? "Pause" : "Play";
  }

  function goTo(frame) {
    position = frame;
    model.set("frame", Math.round(frame));
    showPosition();
  }

  function stopPlaying() {
    model.set({ playing: false, frame: Math.round(position) });
    model.save_changes();
  }

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let running = 0;

  function followFrame() {
    if (model.get("playing") || Math.round(position) === model.get("frame")) return;
    position = model.get("frame");
    showPosition();
  }

  function play() {
    showButton();
    cancelAnimationFrame(running);
    if (!model.get("playing")) return followFrame();
    const from = position >= last() ? 0 : position;
    let begun;
    const step = (now) => {
      begun ??= now;
      const ahead = ((now - begun) / PLAY_MS) * last();
      const stop = last() / CALM_STOPS;
      position = Math.min(from + (calm.matches ? stop * Math.floor(ahead / stop) : ahead), last());
      showPosition();
      if (position >= last()) stopPlaying();
      else running = requestAnimationFrame(step);
    };
    running = requestAnimationFrame(step);
    return undefined;
  }

  function followData() {
    readData();
    showPosition();
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

  button.addEventListener("click", () => {
    if (model.get("playing")) return stopPlaying();
    model.set("playing", true);
    return model.save_changes();
  });
  slider.addEventListener("input", () => {
    model.set("playing", false);
    goTo(Number(slider.value));
    model.save_changes();
  });

  const handlers = [
    ["change:frames change:time_end", followData],
    ["change:pinned_mean change:pinned_time_end", followLegend],
    ["change:curves_description change:field_description", followWords],
    ["change:frame", followFrame],
    ["change:playing", play],
  ];
  for (const [names, handler] of handlers) model.on(names, handler);
  for (const canvas of [curves, field]) resized.observe(canvas);
  // JupyterLab writes its theme into the body once the theme's colours are there.
  const themed = new MutationObserver(drawAnew);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  readData();
  followLegend();
  followWords();
  showButton();
  showPosition();
  if (model.get("playing")) stopPlaying(); // of a page that was closed: nothing moves unasked
  return () => {
    cancelAnimationFrame(running);
    cancelAnimationFrame(asked);
    resized.disconnect();
    themed.disconnect();
    for (const [names, handler] of handlers) model.off(names, handler);
  };
}

export default { render };
