// Elements that several widgets are made of. Python puts this file before theirs, for a widget's
// module is one text.
function elementOf(tag, className, ...children) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

function buttonOf(text) {
  const made = elementOf("button", "", text);
  made.type = "button";
  return made;
}

function sliderOf(name) {
  const slider = elementOf("input", "");
  slider.type = "range";
  slider.min = 0;
  slider.step = 1;
  return [slider, elementOf("label", "", elementOf("span", "", name), slider)];
}

// What stands beside the slider of a player; the slider says the same to a screen reader.
function momentOf() {
  const moment = elementOf("span", "anionx-player-moment");
  moment.setAttribute("aria-hidden", "true");
  return moment;
}
