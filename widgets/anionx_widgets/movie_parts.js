// What the movie canvas is made of: its elements, their names, and where they stand. Python puts
// this file before movie_canvas.js, for a widget's module is one text.
const SVG = "http://www.w3.org/2000/svg";
const HELP =
  "Left and right arrow step one frame, Home and End go to the ends, Space plays, " +
  "N and P choose the next and the previous spot, plus and minus zoom, " +
  "Shift with an arrow moves the enlarged field.";

// The shape of a mark beside its name in the legend.
function swatchOf(shape, color) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-10 -10 20 20");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, "path");
  const ring = "M6 0a6 6 0 1 1-12 0a6 6 0 1 1 12 0z";
  const ticks = "M6 0h4M-6 0h-4M0 6v4M0-6v-4";
  const outlines = { circle: ring, diamond: "M0-7L7 0L0 7L-7 0z", target: ring + ticks };
  drawn.setAttribute("d", outlines[shape]);
  drawn.style.cssText = `fill: none; stroke: ${color}; stroke-width: 2.5`;
  svg.append(drawn);
  return svg;
}

// Build all elements inside `el` and return those that are used later; `view` makes ids unique.
function partsOf(el, view, titleText) {
  const picture = elementOf("canvas", "anionx-movie-picture");
  picture.setAttribute("aria-hidden", "true"); // the canvas above it has the words
  const marks = elementOf("canvas", "anionx-movie-marks");
  marks.tabIndex = 0;
  marks.setAttribute("role", "application");
  const help = elementOf("span", "anionx-movie-help", HELP);
  help.id = `anionx-movie-${view}`;
  marks.setAttribute("aria-describedby", help.id);
  const stamp = elementOf("span", "anionx-movie-stamp");
  stamp.setAttribute("aria-hidden", "true"); // the slider says the same
  const screen = elementOf("div", "anionx-movie-screen", picture, marks, stamp);
  const legend = elementOf("ul", "anionx-movie-legend");
  const scale = elementOf("div", "anionx-movie-scale");
  const title = elementOf("div", "anionx-movie-title", titleText);
  const [time, timeLabel] = sliderOf("Time");
  const moment = momentOf();
  const play = buttonOf("Play");
  const [previous, next] = [buttonOf("Previous spot"), buttonOf("Next spot")];
  const [closer, farther] = [buttonOf("Zoom in"), buttonOf("Zoom out")];
  const byHand = buttonOf("Set contrast");
  const [black, blackLabel] = sliderOf("Black (counts)");
  const [white, whiteLabel] = sliderOf("White (counts)");
  const levels = elementOf("div", "anionx-movie-levels anionx-player", blackLabel, whiteLabel);
  el.classList.add("anionx-movie");
  el.append(
    screen,
    help,
    elementOf("div", "anionx-movie-caption", title, legend, scale),
    elementOf("div", "anionx-player", timeLabel, moment, play),
    elementOf("div", "anionx-movie-tools", previous, next, closer, farther, byHand),
    levels,
  );
  const buttons = { play, previous, next, closer, farther, byHand };
  return { picture, marks, stamp, screen, legend, scale, time, moment, levels, black, white, buttons };
}
