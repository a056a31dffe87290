// One quantity: a name with its unit, a native slider and a field for an exact number.

function render({ model, el }) {
  // Each control is its own copy of this module, so a counter here would repeat itself.
  const id = `anionx-range-${Math.random().toString(36).slice(2)}`;
  const label = document.createElement("label");
  label.htmlFor = id;
  const field = document.createElement("input");
  field.type = "number";
  const slider = document.createElement("input");
  slider.type = "range";
  slider.id = id;
  el.classList.add("anionx-range");
  el.append(label, field, slider);

  const digits = (number) => number.toFixed(model.get("decimals"));
  const unitText = () => (model.get("unit") ? ` ${model.get("unit")}` : "");

  function showValue() {
    const text = digits(model.get("value"));
    // Compared first: writing would move the cursor of somebody who is typing.
    if (Number(slider.value) !== model.get("value")) slider.value = model.get("value");
    slider.setAttribute("aria-valuetext", text + unitText());
    if (field !== document.activeElement) field.value = text;
  }

  function showSettings() {
    const unit = model.get("unit");
    const name = unit ? `${model.get("label")} (${unit})` : model.get("label");
    label.textContent = name;
    field.setAttribute("aria-label", `${name}, exact value`);
    for (const input of [slider, field]) {
      input.min = model.get("min");
      input.max = model.get("max");
      input.step = model.get("step");
      input.disabled = model.get("disabled");
    }
    showValue();
  }

  function send(number) {
    model.set("value", number);
    model.save_changes();
  }

  slider.addEventListener("input", () => send(Number(slider.value)));
  function sendTyped() {
    const number = Number(field.value);
    if (field.value === "" || number < model.get("min") || number > model.get("max")) return false;
    send(Number(number.toFixed(model.get("decimals"))));
    return true;
  }
  // "change" comes on leaving the field and with each press of an arrow key in it.
  field.addEventListener("change", sendTyped);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || sendTyped()) return;
    const bounds = `${digits(model.get("min"))} and ${digits(model.get("max"))}`;
    field.setCustomValidity(`Give a number between ${bounds}${unitText()}.`);
    field.reportValidity();
  });
  field.addEventListener("input", () => field.setCustomValidity(""));
  field.addEventListener("blur", () => {
    field.setCustomValidity("");
    field.value = digits(model.get("value"));
  });
  const settings = ["label", "unit", "min", "max", "step", "decimals", "disabled"];
  const settingsChanged = settings.map((name) => `change:${name}`).join(" ");
  model.on("change:value", showValue);
  model.on(settingsChanged, showSettings);
  showSettings();
  return () => {
    model.off("change:value", showValue);
    model.off(settingsChanged, showSettings);
  };
}

export default { render };
