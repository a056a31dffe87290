// A player for a stack of 16-bit frames. Contrast is a lookup table, zoom a part of the picture,
// spots are drawn on a second canvas above it: a new frame costs one pass over its pixels.
const READY_BYTES = 2 ** 20; // of frames fetched in advance while the player stands
const REST_MS = 350; // a movie that may be gone with the next move is neither fetched nor measured
const MEASURING_ALPHA = 0.4; // of the marks while those of the new movie are being looked for
const REACH_PX = 14; // of a click
const LARGEST_ZOOM = 8;

function render({ model, el }) {
  const view = Math.random().toString(36).slice(2); // answers come to every view of the model
  const parts = partsOf(el, view, model.get("title"));
  const { picture, marks, stamp, screen, legend, time, moment } = parts;
  const { play, previous, next, closer, farther } = parts.buttons;

  const bitmap = document.createElement("canvas"); // one of its pixels for each of the movie's
  const store = new FrameStore(
    (first, count) => model.send({ view, movie: model.get("movie"), first, count }),
    (first, count) => {
      const position = player.position();
      if (position >= first && position < first + count) ask({ picture: true });
    },
  );
  const player = playerOf(model, {
    has: (frame) => store.get(frame) !== undefined,
    want: fetchFrames,
    show: showPosition,
    tell,
  });
  const levels = levelsOf(model, parts, tell);
  let centre = { x: 0, y: 0 }; // of what is seen
  let size = null; // of the screen in the page
  let image;
  let pixels;
  let lookup;
  let found;
  let asked = 0;
  let stale = { picture: true, marks: true };
  let drawings = 0;
  let later = 0;
  let measuring = false; // the spots that are drawn are those of the movie before

  const shape = () => model.get("shape_px");
  const frameSize = () => shape()[0] * shape()[1];
  const seen = () => viewOf(size, shape(), model.get("zoom"), centre);
  const pointsOf = (name) => {
    const { buffer, byteOffset, byteLength } = model.get(name);
    return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  };

  function tell(values) {
    model.set(values);
    model.save_changes();
  }

  function timeText(frame) {
    const seconds = model.get("first_time_s") + frame * model.get("frame_interval_s");
    const interval = model.get("frame_interval_s");
    const decimals = Math.min(Math.max(1 - Math.floor(Math.log10(interval)), 0), 6);
    const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
    return `${seconds.toLocaleString("en", digits)} s`;
  }

  function drawThePicture() {
    const counts = store.get(player.position());
    if (!counts) return; // it comes; until then the one before stays
    paint(pixels, counts, lookup);
    bitmap.getContext("2d").putImageData(image, 0, 0);
    drawPicture(fitted(picture, size), bitmap, seen());
    stale.picture = false;
    // Tells whoever waits for a picture that there is a new one.
    drawings += 1;
    picture.dataset.drawn = drawings;
    picture.dataset.frame = player.position();
  }

  function drawTheMarks() {
    const now = seen();
    const pen = fitted(marks, size);
    const radius = markRadius(now);
    const looks = {
      // Each around the one before: where all three mark one spot, each is seen, and the spot.
      found: { shape: circle, color: model.get("found_color"), radius, width: 2 },
      true: { shape: diamond, color: model.get("true_color"), radius: radius * 1.9, width: 2 },
      chosen: { shape: target, color: model.get("chosen_color"), radius: radius * 2.3, width: 3 },
    };
    pen.globalAlpha = measuring ? MEASURING_ALPHA : 1;
    drawMarks(pen, now, pointsOf("true"), looks.true);
    drawMarks(pen, now, found, looks.found);
    const chosen = model.get("chosen");
    if (chosen >= 0) drawMarks(pen, now, found.slice(2 * chosen, 2 * chosen + 2), looks.chosen);
    pen.globalAlpha = 1;
    drawScaleBar(pen, now, model.get("pixel_size_nm") / 1000); // last, to be read over marks
    stale.marks = false;
    drawings += 1;
    marks.dataset.drawn = drawings;
  }

  function draw() {
    asked = 0;
    if (!size) return; // not laid out yet
    if (stale.picture) drawThePicture();
    if (stale.marks) drawTheMarks();
  }

  function ask(what) {
    Object.assign(stale, what);
    if (!asked) asked = requestAnimationFrame(draw);
  }

  function showPosition(position) {
    const text = timeText(position);
    const number = `frame ${position + 1} of ${player.last() + 1}`;
    time.max = player.last();
    time.value = position;
    time.setAttribute("aria-valuetext", `${text}, ${number}`);
    moment.textContent = number;
    stamp.textContent = text;
    ask({ picture: true });
  }

  function fetchFrames(position, all) {
    const ready = Math.max(4, Math.ceil(READY_BYTES / (2 * frameSize())));
    store.want(position, all ? Infinity : ready);
  }

  function followPlaying() {
    play.textContent = model.get("playing") ? "Pause" : "Play";
    player.followPlaying();
  }

  // --- the movie, its contrast and its spots ---

  function followMovie() {
    const [rows, columns] = shape();
    store.begin(model.get("frame_count"), frameSize());
    store.put(model.get("shown_number"), model.get("shown_frame"));
    if (bitmap.width !== columns || bitmap.height !== rows || !image) {
      bitmap.width = columns;
      bitmap.height = rows;
      image = bitmap.getContext("2d").createImageData(columns, rows);
      pixels = new Uint32Array(image.data.buffer);
      screen.style.setProperty("--aspect", columns / rows);
      centre = { x: (columns - 1) / 2, y: (rows - 1) / 2 };
    }
    player.followMovie();
    showMeasuring(false);
    clearTimeout(later);
    later = setTimeout(rest, REST_MS);
  }

  function rest() {
    showMeasuring(true);
    tellThatItRests();
    fetchFrames(player.position(), model.get("playing"));
  }

  function showMeasuring(now) {
    if (measuring === now) return;
    measuring = now;
    ask({ marks: true });
  }

  function tellThatItRests() {
    model.send({ view, movie: model.get("movie"), at_rest: true });
  }

  function followContrast() {
    const [low, high] = levels.show();
    lookup = greyLookup(low, high);
    ask({ picture: true });
  }

  function followSpots() {
    found = pointsOf("found");
    const there = pointsOf("true").length > 0;
    const entries = [
      ["circle", "found_color", "found", found.length > 0],
      ["diamond", "true_color", "true", there],
      ["target", "chosen_color", "chosen", model.get("chosen") >= 0],
    ];
    legend.replaceChildren(
      ...entries
        .filter(([, , , shown]) => shown)
        .map(([form, color, name]) => elementOf("li", "", swatchOf(form, model.get(color)), name)),
    );
    for (const button of [previous, next]) button.disabled = found.length === 0;
    marks.setAttribute("aria-label", model.get("description"));
    lookAtTheChosen(false);
    ask({ marks: true });
  }

  // --- zoom ---

  // Bring the chosen spot into the middle: always, or only when it is near the edge or outside.
  function lookAtTheChosen(always) {
    const chosen = model.get("chosen");
    if (model.get("zoom") === 1 || chosen < 0 || !size) return;
    const [x, y] = found.slice(2 * chosen, 2 * chosen + 2);
    const now = seen();
    const far = (at, all) => at < 0.1 * all || at > 0.9 * all;
    if (always || far(now.x(x), now.width) || far(now.y(y), now.height)) centre = { x, y };
  }

  function followZoom() {
    const zoom = model.get("zoom");
    closer.disabled = zoom === LARGEST_ZOOM;
    farther.disabled = zoom === 1;
    marks.style.touchAction = zoom === 1 ? "auto" : "none"; // a finger moves the page, or the field
    lookAtTheChosen(true);
    ask({ picture: true, marks: true });
  }

  function zoomBy(factor) {
    const zoom = model.get("zoom") * factor;
    if (zoom >= 1 && zoom <= LARGEST_ZOOM) tell({ zoom });
  }

  function moveField(across, down) {
    const now = seen();
    centre = { x: now.centre.x + across / now.scale, y: now.centre.y + down / now.scale };
    ask({ picture: true, marks: true });
  }

  // --- choosing a spot ---

  function choose(chosen) {
    if (chosen !== model.get("chosen")) tell({ chosen });
  }

  function chooseNext(step) {
    const count = found.length / 2;
    if (count === 0) return;
    const chosen = model.get("chosen");
    choose(chosen < 0 ? (step > 0 ? 0 : count - 1) : (chosen + step + count) % count);
  }

  function chooseAt(x, y) {
    const now = seen();
    const reach = Math.max(REACH_PX, markRadius(now)) / now.scale;
    const hit = nearest(found, now.column(x), now.row(y), reach);
    if (hit >= 0) choose(hit);
  }

  // --- controls ---

  listenToHands(marks, {
    click: chooseAt,
    drag: moveField,
    keys: {
      ArrowLeft: () => player.goTo(player.position() - 1),
      ArrowRight: () => player.goTo(player.position() + 1),
      Home: () => player.goTo(0),
      End: () => player.goTo(player.last()),
      " ": player.toggle,
      n: () => chooseNext(1),
      p: () => chooseNext(-1),
      "+": () => zoomBy(2),
      "-": () => zoomBy(1 / 2),
    },
    shiftKeys: {
      ArrowLeft: () => moveField(-size.width / 4, 0),
      ArrowRight: () => moveField(size.width / 4, 0),
      ArrowUp: () => moveField(0, -size.height / 4),
      ArrowDown: () => moveField(0, size.height / 4),
    },
  });
  time.addEventListener("input", () => player.goTo(Number(time.value)));
  play.addEventListener("click", player.toggle);
  previous.addEventListener("click", () => chooseNext(-1));
  next.addEventListener("click", () => chooseNext(1));
  closer.addEventListener("click", () => zoomBy(2));
  farther.addEventListener("click", () => zoomBy(1 / 2));

  const follow = {
    "change:movie": followMovie,
    "change:contrast change:automatic_contrast change:count_range": followContrast,
    "change:found change:true change:chosen change:description": followSpots,
    "change:zoom": followZoom,
    "change:frame": player.followFrame,
    "change:playing": followPlaying,
    "msg:custom": (answer, [frames]) => {
      if (answer.view !== view || answer.movie !== model.get("movie")) return;
      if (answer.measured === undefined) store.receive(answer.first, frames);
      else if (answer.measured) showMeasuring(false);
      else tellThatItRests();
    },
  };
  for (const [names, handler] of Object.entries(follow)) model.on(names, handler);
  // The size is noted here, for asking the page for it while it changes costs a layout each time.
  const resized = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === 0) return;
    size = { width: contentRect.width, height: contentRect.height };
    ask({ picture: true, marks: true });
  });
  resized.observe(screen);
  followMovie();
  followContrast();
  followSpots();
  followZoom();
  if (model.get("playing")) player.stop(); // of a page that was closed: nothing moves unasked
  return () => {
    clearTimeout(later);
    player.close();
    cancelAnimationFrame(asked);
    resized.disconnect();
    for (const [names, handler] of Object.entries(follow)) model.off(names, handler);
  };
}

export default { render };
