// One question: radio buttons or a number field in a fieldset, a button, and a live region.
const MARK_WORDS = { right: "✓ right", wrong: "✗ not this one", chosen: "your prediction" };

function element(tag, className, parent) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (parent) parent.append(node);
  return node;
}

function buildChoices(model, form, id) {
  const radios = model.get("choices").map((text, index) => {
    const label = element("label", "anionx-question-choice", form);
    const radio = element("input", "", label);
    radio.type = "radio";
    radio.name = id;
    radio.value = String(index);
    element("span", "", label).textContent = text;
    const mark = element("span", "anionx-question-mark", label);
    return { radio, mark };
  });
  function show() {
    const marks = model.get("marks");
    radios.forEach(({ radio, mark }, index) => {
      radio.checked = index === model.get("chosen");
      mark.dataset.mark = marks[index] ?? "";
      mark.textContent = MARK_WORDS[marks[index]] ?? "";
    });
  }
  const read = () => {
    const index = radios.findIndex(({ radio }) => radio.checked);
    model.set("chosen", index);
  };
  return { show, read };
}

function buildNumber(model, form, id) {
  const unit = model.get("unit");
  const label = element("label", "anionx-question-number", form);
  element("span", "", label).textContent = "Your number";
  const input = element("input", "", label);
  input.type = "text";
  input.inputMode = "decimal";
  input.autocomplete = "off";
  if (unit) element("span", "", label).textContent = unit;
  const hint = element("div", "anionx-question-hint", form);
  hint.id = `${id}-hint`;
  hint.textContent = model.get("hint");
  if (hint.textContent) input.setAttribute("aria-describedby", hint.id);
  const show = () => {
    // Written only when different: writing would move the cursor of somebody who is typing.
    if (input.value !== model.get("entered")) input.value = model.get("entered");
  };
  return { show, read: () => model.set("entered", input.value) };
}

function render({ model, el }) {
  // Each question is its own copy of this module, so a counter here would repeat itself.
  const id = `anionx-question-${Math.random().toString(36).slice(2)}`;
  el.classList.add("anionx-question");
  const form = element("form", "", el);
  const fieldset = element("fieldset", "", form);
  element("legend", "", fieldset).textContent = model.get("legend");
  const build = model.get("choices").length ? buildChoices : buildNumber;
  const answer = build(model, fieldset, id);
  const button = element("button", "", form);
  button.type = "submit";
  const feedback = element("div", "anionx-question-feedback", el);
  feedback.setAttribute("role", "status");
  feedback.setAttribute("aria-live", "polite");
  const notice = element("div", "anionx-question-notice", el);
  notice.setAttribute("role", "status");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer.read();
    model.set("presses", model.get("presses") + 1);
    model.save_changes();
  });

  // JupyterLab keeps Enter from submitting a form, so it is done here.
  fieldset.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit(button);
    }
  });

  function showWords() {
    button.textContent = model.get("button");
    feedback.dataset.tone = model.get("tone");
    feedback.textContent = model.get("feedback");
    notice.textContent = model.get("notice");
  }
  const answerChanged = "change:chosen change:entered change:marks";
  const wordsChanged = "change:button change:feedback change:tone change:notice";
  model.on(answerChanged, answer.show);
  model.on(wordsChanged, showWords);
  answer.show();
  showWords();
  return () => {
    model.off(answerChanged, answer.show);
    model.off(wordsChanged, showWords);
  };
}

export default { render };
