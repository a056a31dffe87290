// Play or pause, and a slider over moments. The page keeps the time, Python draws each moment.
const FRAME_MS = 150;
const CALM_FRAMES = 5; // with "reduce motion" the player jumps over so many moments at once

function render({ model, el }) {
  const button = buttonOf("Play");
  const [slider, label] = sliderOf("Time");
  const shown = momentOf();
  el.classList.add("anionx-player");
  el.append(label, shown, button);

  const last = () => model.get("moments").length - 1;

  function showMoment() {
    slider.max = last();
    slider.value = model.get("frame");
    shown.textContent = model.get("moments")[Math.min(model.get("frame"), last())];
    slider.setAttribute("aria-valuetext", shown.textContent);
  }

  function stop() {
    model.set("playing", false);
    model.save_changes();
  }

  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let timer;

  function play() {
    button.textContent = model.get("playing") ? "Pause" : "Play";
    clearInterval(timer);
    if (!model.get("playing")) return;
    const from = model.get("frame") >= last() ? 0 : model.get("frame");
    const begun = performance.now();
    // From the clock and not counted: a page that shows the player twice plays at the same speed.
    const step = () => {
      const ahead = Math.floor((performance.now() - begun) / FRAME_MS);
      const jump = calm.matches ? CALM_FRAMES : 1;
      const frame = Math.min(from + jump * Math.floor(ahead / jump), last());
      if (frame === model.get("frame")) return;
      model.set("frame", frame);
      if (frame === last()) model.set("playing", false);
      model.save_changes();
    };
    timer = setInterval(step, FRAME_MS / 3);
    step();
  }

  button.addEventListener("click", () => {
    model.set("playing", !model.get("playing"));
    model.save_changes();
  });
  slider.addEventListener("input", () => {
    model.set({ playing: false, frame: Number(slider.value) });
    model.save_changes();
  });

  const momentChanged = "change:frame change:moments";
  model.on(momentChanged, showMoment);
  model.on("change:playing", play);
  showMoment();
  if (model.get("playing")) stop(); // of a page that was closed: nothing moves unasked
  play();
  return () => {
    clearInterval(timer);
    model.off(momentChanged, showMoment);
    model.off("change:playing", play);
  };
}

export default { render };
