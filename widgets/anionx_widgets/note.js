// A labelled text area; what is typed is sent after a short pause, and at once on leaving it.
const PAUSE_MS = 300;

function render({ model, el }) {
  el.classList.add("anionx-question");
  const label = document.createElement("label");
  label.className = "anionx-question-note";
  const prompt = document.createElement("span");
  prompt.textContent = model.get("prompt");
  const area = document.createElement("textarea");
  area.maxLength = model.get("longest");
  // Otherwise JupyterLab takes letters as its own shortcuts.
  area.dataset.lmSuppressShortcuts = "true";
  area.value = model.get("text");
  label.append(prompt, area);
  const status = document.createElement("div");
  status.className = "anionx-question-status";
  status.setAttribute("role", "status");
  el.append(label, status);

  let timer;
  function send() {
    clearTimeout(timer);
    if (area.value === model.get("text")) return;
    model.set("text", area.value);
    model.save_changes();
  }
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE_MS);
  });
  area.addEventListener("blur", send);

  function showText() {
    if (area !== document.activeElement) area.value = model.get("text");
  }
  function showStatus() {
    status.textContent = model.get("status");
  }
  model.on("change:text", showText);
  model.on("change:status", showStatus);
  showStatus();
  return () => {
    send();
    model.off("change:text", showText);
    model.off("change:status", showStatus);
  };
}

export default { render };
