// Which counts are drawn black and white: automatic, or by two sliders. Python puts this file before
// movie_canvas.js, for a widget's module is one text.
const LEVEL_STEPS = 400;

// `tell(values)` sets traits of the model; `show()` shows the levels of now and returns them.
function levelsOf(model, { scale, levels, black, white, buttons: { byHand } }, tell) {
  const isByHand = () => model.get("contrast").length > 0;

  function show() {
    const [low, high] = model.get(isByHand() ? "contrast" : "automatic_contrast");
    byHand.textContent = isByHand() ? "Automatic contrast" : "Set contrast";
    levels.hidden = !isByHand();
    const [lowest, highest] = model.get("count_range");
    const step = Math.max(1, Math.round((highest - lowest) / LEVEL_STEPS));
    for (const [slider, level] of [[black, low], [white, high]]) {
      Object.assign(slider, { min: Math.min(lowest, low), max: Math.max(highest, high), step });
      slider.value = level;
      slider.setAttribute("aria-valuetext", `${Math.round(level)} counts`);
    }
    const texts = [low, high].map((level) => Math.round(level).toLocaleString("en"));
    scale.replaceChildren(texts[0], elementOf("span", "anionx-movie-greys"), `${texts[1]} counts`);
    return [low, high];
  }

  byHand.addEventListener("click", () => {
    const automatic = model.get("automatic_contrast").map(Math.round);
    if (automatic[1] === automatic[0]) automatic[1] += 1;
    tell({ contrast: isByHand() ? [] : automatic });
  });
  // The slider that is moved pushes the other one ahead of it.
  black.addEventListener("input", () => {
    const low = Math.min(Number(black.value), Number(black.max) - Number(black.step));
    tell({ contrast: [low, Math.max(Number(white.value), low + Number(black.step))] });
  });
  white.addEventListener("input", () => {
    const high = Math.max(Number(white.value), Number(white.min) + Number(white.step));
    tell({ contrast: [Math.min(Number(black.value), high - Number(white.step)), high] });
  });
  return { show };
}
