// A player whose frames may still be on their way: it waits for them. Python hears where it stands
// when it is moved by hand or stops, and four times a second while it runs.
const TELL_MS = 250;
const CALM_STOPS = 12; // with "reduce motion" the player jumps between so many moments

// `has(frame)` says whether a frame is here, `want(frame, all)` sends for it and those behind it,
// `show(frame)` draws it, `tell(values)` sets traits of the model.
function playerOf(model, { has, want, show, tell }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let position = model.get("frame"); // while playing Python is behind
  let running = 0;

  const last = () => model.get("frame_count") - 1;

  function moveTo(frame) {
    position = Math.min(Math.max(frame, 0), last());
    show(position);
  }

  function goTo(frame) {
    moveTo(frame);
    tell({ playing: false, frame: position });
    want(position, false);
  }

  function stop() {
    tell({ playing: false, frame: position });
  }

  function followFrame() {
    if (model.get("playing") || position === model.get("frame")) return;
    moveTo(model.get("frame"));
    want(position, false);
  }

  function run() {
    let reached = position >= last() ? 0 : position; // as far as all frames have come
    let due = reached; // by the clock
    let before;
    let told = -Infinity;
    const step = (now) => {
      due += ((now - (before ?? now)) * model.get("frames_per_second")) / 1000;
      before = now;
      reached = Math.min(reached, last()); // another movie may be shorter
      while (reached < Math.min(Math.floor(due), last()) && has(reached + 1)) reached += 1;
      due = Math.min(due, reached + 1); // the clock waits for frames that have not come
      const stride = Math.ceil(last() / CALM_STOPS);
      const jumps = calm.matches && reached < last();
      const shown = jumps ? stride * Math.floor(reached / stride) : reached;
      if (shown !== position) moveTo(shown);
      want(reached, true);
      if (position >= last()) return stop();
      if (now - told > TELL_MS) {
        told = now;
        tell({ frame: position });
      }
      running = requestAnimationFrame(step);
      return undefined;
    };
    running = requestAnimationFrame(step);
  }

  function followPlaying() {
    cancelAnimationFrame(running);
    if (model.get("playing")) run();
    else followFrame();
  }

  // Another movie: stay where the player is, as far as that movie goes.
  function followMovie() {
    moveTo(model.get("playing") ? position : model.get("frame"));
  }

  return {
    ...{ goTo, stop, followFrame, followPlaying, followMovie, last },
    position: () => position,
    toggle: () => (model.get("playing") ? stop() : tell({ playing: true })),
    close: () => cancelAnimationFrame(running),
  };
}
