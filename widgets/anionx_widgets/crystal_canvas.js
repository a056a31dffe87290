// Nanocrystals as cubes of spheres, or unit cells, turned by mouse and keys, and a player that runs
// them through their exchange. All frames are here: one byte a site says when it becomes iodide.
const TURN_DEG_PER_PX = 0.5;
const TURN_DEG_PER_KEY = 5;
const TURN_OF_KEY = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ROOM = 0.96; // of the canvas that a crystal may fill, however it is turned
const BAR_NM = [0.2, 0.5, 1, 2, 5];
const BAR_SHARE = 0.25; // of the width, at most

function wrapped(degrees) {
  return ((((degrees + 180) % 360) + 360) % 360) - 180;
}

function scaleBar(pen, { width, height, scale, ink, pixels }) {
  const nm = BAR_NM.findLast((length) => length * scale <= BAR_SHARE * width) ?? BAR_NM[0];
  const [left, bottom] = [10 * pixels, height - 10 * pixels];
  pen.fillStyle = ink;
  pen.fillRect(left, bottom - 3 * pixels, nm * scale, 3 * pixels);
  pen.font = `${13 * pixels}px sans-serif`;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillText(`${nm} nm`, left, bottom - 8 * pixels);
}

function render({ model, el }) {
  const pictures = elementOf("div", "anionx-crystals-pictures");
  const legend = elementOf("ul", "anionx-crystals-legend");
  const hint = elementOf("li", "", "Turn: drag, or arrow keys");
  const shelf = new SphereShelf();
  const sizes = new Map(); // of the canvases in the page
  let crystals = []; // what is drawn: a canvas and its caption, and a lattice or a unit cell
  let asked = 0;
  let drawings = 0;
  let theme;

  const player = playerOf(model, {
    name: model.get("player_name"),
    textOf: (frame) => model.get("moments")[frame] ?? "",
    show: ask,
    playMs: model.get("play_ms"),
    reportMs: model.get("report_ms"),
  });
  el.classList.add("anionx-crystals");
  el.append(pictures, legend, player.element);

  function readColors() {
    const style = getComputedStyle(el);
    theme = { ink: style.color, soft: style.borderColor, ground: style.backgroundColor };
  }

  function readCrystals() {
    const cells = model.get("unit_cells");
    const edges = model.get("edges_nm");
    const bytes = model.get("changes");
    const change = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let offset = 0;
    const read = cells.length
      ? cells.map(readCell)
      : model.get("cells").map((n, i) => {
          const lattice = { n, change, offset, edge: edges[i], reach: (Math.sqrt(3) * edges[i]) / 2 };
          offset += n ** 3;
          return lattice;
        });
    if (read.length !== crystals.length) lay(read.length);
    read.forEach((crystal, i) => Object.assign(crystals[i], { crystal }));
    player.element.style.display = cells.length ? "none" : "";
    showLegend();
    ask();
  }

  // One canvas with its caption for each crystal.
  function lay(count) {
    for (const { canvas } of crystals) resized.unobserve(canvas);
    sizes.clear();
    crystals = Array.from({ length: count }, () => {
      const canvas = elementOf("canvas", "");
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-roledescription", "picture to turn with the arrow keys");
      canvas.addEventListener("keydown", turnByKey);
      canvas.addEventListener("pointerdown", beginDrag);
      const caption = elementOf("div", "anionx-crystals-caption");
      return { canvas, caption, pen: canvas.getContext("2d") };
    });
    pictures.replaceChildren(
      ...crystals.map(({ canvas, caption }) =>
        elementOf("div", "anionx-crystals-picture", canvas, caption),
      ),
    );
    for (const { canvas } of crystals) resized.observe(canvas);
    showWords();
  }

  function showWords() {
    crystals.forEach(({ canvas, caption }, i) => {
      caption.textContent = model.get("captions")[i] ?? "";
      canvas.setAttribute("aria-label", model.get("descriptions")[i] ?? "");
    });
  }

  function showLegend() {
    const kind = model.get("unit_cells").length ? "elements" : "halides";
    if (legend.dataset.kind === kind) return;
    legend.dataset.kind = kind;
    const entries = kind === "elements"
      ? model.get("element_colors")
      : [
          ["bromide", model.get("bromide_color")],
          ["iodide", model.get("iodide_color")],
        ];
    legend.replaceChildren(
      ...entries.map(([label, color]) => {
        const swatch = elementOf("span", "");
        swatch.style.background = color;
        return elementOf("li", "", swatch, label);
      }),
      hint,
    );
  }

  // A bitmap beside the canvas, for spheres that are put pixel by pixel; empty again each time.
  function rasterOf(one, width, height) {
    if (one.raster?.width !== width || one.raster.height !== height) {
      const picture = document.createElement("canvas");
      Object.assign(picture, { width, height });
      const pen = picture.getContext("2d");
      const image = pen.createImageData(width, height);
      const pixels = new Uint32Array(image.data.buffer);
      one.raster = { picture, pen, image, pixels, width, height };
    }
    one.raster.pixels.fill(0);
    return one.raster;
  }

  // How many pixels a nm has: as many in every picture, and so few that nothing is cut off.
  function commonScale(pixels) {
    const reach = Math.max(...crystals.map(({ crystal }) => crystal.reach));
    const sides = crystals.flatMap(({ canvas }) => [
      sizes.get(canvas).width,
      sizes.get(canvas).height,
    ]);
    return (ROOM * pixels * Math.min(...sides)) / (2 * reach);
  }

  function drawOne(one, view, scale, pixels) {
    const { canvas, pen, crystal } = one;
    const [width, height] = ["width", "height"].map((side) =>
      Math.round(sizes.get(canvas)[side] * pixels),
    );
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    pen.clearRect(0, 0, width, height);
    const place = { x: width / 2, y: height / 2 };
    const { ink, soft, ground } = theme;
    const box = { view, color: soft, pixels };
    if (crystal.parts) {
      drawBox(pen, place, crystal.edges.map((edge) => edge * scale), box);
      drawCell(pen, place, crystal, { view, scale, shelf, ground, ink, pixels });
    } else {
      const pitch = (crystal.edge / crystal.n) * scale;
      const shades = ["bromide_color", "iodide_color"].map((name) =>
        shelf.shades(SPHERE_SHARE * pitch, model.get(name), ground),
      );
      if (model.get("iodide_only") || model.get("cut_share") > 0) {
        drawBox(pen, place, Array(3).fill(crystal.edge * scale), box);
      }
      const look = { view, pitch, shades, frame: player.frame() };
      look.iodideOnly = model.get("iodide_only");
      look.cutShare = model.get("cut_share");
      const raster = rasterOf(one, width, height);
      canvas.dataset.spheres = drawLattice(raster, place, crystal, look);
      raster.pen.putImageData(raster.image, 0, 0);
      pen.drawImage(raster.picture, 0, 0);
    }
    scaleBar(pen, { width, height, scale, ink, pixels });
  }

  function draw() {
    asked = 0;
    if (crystals.some(({ canvas }) => !sizes.has(canvas))) return; // not laid out yet
    if (!theme) readColors();
    const view = viewOf(model.get("turn_deg"), model.get("tilt_deg"));
    const pixels = window.devicePixelRatio || 1;
    const scale = commonScale(pixels);
    drawings += 1;
    for (const one of crystals) {
      drawOne(one, view, scale, pixels);
      one.canvas.dataset.drawn = drawings; // tells whoever waits for a picture that there is one
    }
  }

  function ask() {
    if (!asked) asked = requestAnimationFrame(draw);
  }

  function turn(across, down) {
    const tilt = Math.min(90, Math.max(-90, model.get("tilt_deg") + down));
    model.set({ turn_deg: wrapped(model.get("turn_deg") + across), tilt_deg: tilt });
  }

  function turnByKey(event) {
    const way = TURN_OF_KEY[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // the page would scroll
    turn(TURN_DEG_PER_KEY * way[0], TURN_DEG_PER_KEY * way[1]);
    model.save_changes();
  }

  function beginDrag(down) {
    const canvas = down.currentTarget;
    let [x, y] = [down.clientX, down.clientY];
    canvas.setPointerCapture(down.pointerId);
    const move = (event) => {
      turn(TURN_DEG_PER_PX * (event.clientX - x), TURN_DEG_PER_PX * (event.clientY - y));
      [x, y] = [event.clientX, event.clientY];
    };
    const end = () => {
      canvas.removeEventListener("pointermove", move);
      model.save_changes(); // Python hears where it was left, not of each step
    };
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("lostpointercapture", end, { once: true });
  }

  // Sizes are noted here, for asking the page for them while it changes costs a layout each time.
  const resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (contentRect.width > 0) sizes.set(target, contentRect);
    }
    ask();
  });

  function drawAnew() {
    theme = undefined;
    ask();
  }

  const handlers = [
    ["change:changes change:cells change:edges_nm change:unit_cells", readCrystals],
    ["change:captions change:descriptions", showWords],
    ["change:moments change:frame_count", player.refresh],
    ["change:turn_deg change:tilt_deg change:cut_share change:iodide_only", ask],
  ];
  for (const [names, handler] of handlers) model.on(names, handler);
  // JupyterLab writes its theme into the body once the theme's colours are there.
  const themed = new MutationObserver(drawAnew);
  themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-name"] });
  readCrystals();
  return () => {
    player.close();
    cancelAnimationFrame(asked);
    resized.disconnect();
    themed.disconnect();
    for (const [names, handler] of handlers) model.off(names, handler);
  };
}

export default { render };
