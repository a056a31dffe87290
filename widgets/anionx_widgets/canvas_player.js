// A player for canvases: Play, Pause and a slider over frames that are all in the page already, so
// that playing asks nothing of Python. It hears where the player stands when that is moved by hand,
// paused or at its end, and while it plays every `report_ms`, when that is not 0.
const CALM_STOPS = 12; // with "reduce motion" the player jumps between so many moments

function elementOf(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

// `show(frame)` is called whenever another frame is to be drawn.
function playerOf(model, { name, show }) {
  const button = elementOf("button", "");
  button.type = "button";
  const slider = elementOf("input", "");
  slider.type = "range";
  slider.min = 0;
  slider.step = 1;
  const shown = elementOf("span", "anionx-player-moment");
  shown.setAttribute("aria-hidden", "true"); // the slider says the same
  const label = elementOf("label", "", elementOf("span", "", name), slider);
  const element = elementOf("div", "anionx-player", label, shown, button);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let frame = model.get("frame");
  let running = 0;

  const last = () => model.get("frame_count") - 1;

  function showMoment() {
    const text = model.get("moments")[frame] ?? "";
    slider.max = last();
    slider.value = frame;
    if (shown.textContent !== text) {
      shown.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
  }

  function goTo(next) {
    frame = Math.min(next, last());
    showMoment();
    show(frame);
  }

  function stop() {
    model.set({ playing: false, frame });
    model.save_changes();
  }

  function report() {
    model.set("frame", frame);
    model.save_changes();
  }

  function followFrame() {
    if (!model.get("playing") && frame !== model.get("frame")) goTo(model.get("frame"));
  }

  function play() {
    button.textContent = model.get("playing") ? "Pause" : "Play";
    cancelAnimationFrame(running);
    if (!model.get("playing")) return followFrame();
    const from = frame >= last() ? 0 : frame;
    const [playMs, every] = [model.get("play_ms"), model.get("report_ms")];
    let begun;
    let reported;
    const step = (now) => {
      begun ??= now;
      reported ??= now;
      const ahead = ((now - begun) / playMs) * last();
      const jump = calm.matches ? last() / CALM_STOPS : 1;
      const next = Math.min(Math.round(from + jump * Math.floor(ahead / jump)), last());
      if (next !== frame) goTo(next);
      if (frame >= last()) return stop();
      if (every > 0 && now - reported >= every) {
        reported = now;
        report();
      }
      running = requestAnimationFrame(step);
      return undefined;
    };
    running = requestAnimationFrame(step);
    return undefined;
  }

  button.addEventListener("click", () => {
    if (model.get("playing")) return stop();
    model.set("playing", true);
    return model.save_changes();
  });
  slider.addEventListener("input", () => {
    model.set("playing", false);
    goTo(Number(slider.value));
    report();
  });
  const handlers = [
    ["change:frame", followFrame],
    ["change:playing", play],
    ["change:moments change:frame_count", showMoment],
  ];
  for (const [names, handler] of handlers) model.on(names, handler);
  button.textContent = "Play";
  showMoment();
  if (model.get("playing")) stop(); // of a page that was closed: nothing moves unasked

  function close() {
    cancelAnimationFrame(running);
    for (const [names, handler] of handlers) model.off(names, handler);
  }
  return { element, close, frame: () => frame };
}
