// A player for canvases: Play, Pause and a slider over frames that are all in the page already, so
// that playing asks nothing of Python. It hears where the player stands when that is moved by hand,
// paused or at its end, and while it plays every `reportMs`, when that is not 0.
const CALM_STOPS = 12; // with "reduce motion" the player jumps between so many moments

// `textOf(frame)` is what stands beside the slider; `show()` is called whenever something else is to
// be drawn. From the first frame to the last it plays for `playMs`; a smooth player also stands
// between two frames.
function playerOf(model, { name, textOf, show, playMs, reportMs = 0, smooth = false }) {
  const button = buttonOf("Play");
  const [slider, label] = sliderOf(name);
  const shown = momentOf();
  const element = elementOf("div", "anionx-player", label, shown, button);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let position = model.get("frame"); // between two frames while a smooth player runs
  let running = 0;

  const last = () => model.get("frame_count") - 1;
  const frame = () => Math.round(position);

  function showMoment() {
    const text = textOf(frame());
    slider.max = last();
    slider.value = frame();
    if (shown.textContent !== text) {
      shown.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
  }

  function goTo(next) {
    position = Math.min(next, last());
    showMoment();
    show();
  }

  function stop() {
    model.set({ playing: false, frame: frame() });
    model.save_changes();
  }

  function report() {
    model.set("frame", frame());
    model.save_changes();
  }

  function followFrame() {
    if (!model.get("playing") && frame() !== model.get("frame")) goTo(model.get("frame"));
  }

  function play() {
    button.textContent = model.get("playing") ? "Pause" : "Play";
    cancelAnimationFrame(running);
    if (!model.get("playing")) return followFrame();
    const from = position >= last() ? 0 : position;
    let begun;
    let reported;
    const step = (now) => {
      begun ??= now;
      reported ??= now;
      const ahead = ((now - begun) / playMs) * last();
      const jump = calm.matches ? last() / CALM_STOPS : 1;
      const reached = smooth && !calm.matches ? ahead : jump * Math.floor(ahead / jump);
      const next = Math.min(from + reached, last());
      if (next !== position) goTo(next);
      if (position >= last()) return stop();
      if (reportMs > 0 && now - reported >= reportMs) {
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
  ];
  for (const [names, handler] of handlers) model.on(names, handler);
  showMoment();
  if (model.get("playing")) stop(); // of a page that was closed: nothing moves unasked

  function close() {
    cancelAnimationFrame(running);
    for (const [names, handler] of handlers) model.off(names, handler);
  }
  return { element, close, refresh: showMoment, frame, position: () => position };
}
