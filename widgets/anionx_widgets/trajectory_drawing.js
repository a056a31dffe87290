// Drawing for the trajectory canvas: functions of numbers and colours that know no widget. Python
// puts this file before trajectory_canvas.js, for a widget's module is one text.
const MARGIN = { left: 54, right: 26, top: 8, bottom: 42 };
const COLUMNS = 25; // of the field of squares
const LINE_ALPHA = 0.07; // of one trajectory; where many lie over each other it becomes solid
const FONT = "13px sans-serif";

function channels(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

function mixtures(fromHex, toHex) {
  const [from, to] = [channels(fromHex), channels(toHex)];
  return Array.from({ length: 256 }, (_, level) => {
    const mixed = from.map((part, i) => Math.round(part + ((to[i] - part) * level) / 255));
    return `rgb(${mixed})`;
  });
}

function tickStep(end) {
  const power = 10 ** Math.floor(Math.log10(end / 5));
  return power * [1, 2, 5, 10].find((step) => end / (step * power) <= 6);
}

// Clear the bitmap and give it the size it has in the page, in the pixels of the screen.
function fitted(canvas, { width, height }) {
  const scale = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height, scale };
}

// How many trajectories pass through each pixel. Much faster than stroking hundreds of paths.
function passages(data, across, down) {
  const { frames, particles, frameCount } = data;
  const count = new Uint16Array(across * down);
  const before = new Uint16Array(across); // the frame before each column, and how far after it
  const after = new Float32Array(across);
  for (let x = 0; x < across; x += 1) {
    const at = (x * (frameCount - 1)) / (across - 1);
    before[x] = Math.min(Math.floor(at), frameCount - 2);
    after[x] = at - before[x];
  }
  const height = new Float32Array(frameCount);
  for (let particle = 0; particle < particles; particle += 1) {
    for (let frame = 0; frame < frameCount; frame += 1) {
      height[frame] = (1 - frames[frame * particles + particle] / 255) * (down - 1) + 0.5;
    }
    let previous = height[0] | 0;
    for (let x = 0; x < across; x += 1) {
      const from = height[before[x]];
      const row = (from + (height[before[x] + 1] - from) * after[x]) | 0;
      count[row * across + x] += 1;
      // The fraction only rises: fill what the line climbed in this column.
      for (let y = row + 1; y < previous; y += 1) count[y * across + x] += 1;
      previous = row;
    }
  }
  return count;
}

function cloud(data, across, down, hex) {
  const image = new ImageData(across, down);
  const count = passages(data, across, down);
  const [red, green, blue] = channels(hex);
  const alpha = Uint8Array.from(
    { length: data.particles + 1 },
    (_, n) => 255 * (1 - (1 - LINE_ALPHA) ** n),
  );
  for (let i = 0, at = 0; i < count.length; i += 1, at += 4) {
    if (count[i] === 0) continue;
    image.data[at] = red;
    image.data[at + 1] = green;
    image.data[at + 2] = blue;
    image.data[at + 3] = alpha[count[i]];
  }
  return image;
}

function means({ frames, particles, frameCount }) {
  return Array.from({ length: frameCount }, (_, frame) => {
    let sum = 0;
    for (let i = frame * particles; i < (frame + 1) * particles; i += 1) sum += frames[i];
    return sum / particles / 255;
  });
}

function drawAxes(pen, plot, ink, timeUnit) {
  pen.strokeStyle = ink.soft;
  pen.fillStyle = ink.text;
  pen.lineWidth = 1;
  pen.font = FONT;
  pen.beginPath();
  pen.moveTo(plot.x(0), plot.y(1));
  pen.lineTo(plot.x(0), plot.y(0));
  pen.lineTo(plot.x(plot.end), plot.y(0));
  pen.textAlign = "center";
  pen.textBaseline = "top";
  const step = tickStep(plot.end);
  for (let time = 0; time <= plot.end * 1.0001; time += step) {
    pen.moveTo(plot.x(time), plot.y(0));
    pen.lineTo(plot.x(time), plot.y(0) + 5);
    pen.fillText(Number(time.toPrecision(6)).toLocaleString("en"), plot.x(time), plot.y(0) + 8);
  }
  pen.fillText(`Time (${timeUnit})`, plot.x(plot.end / 2), plot.y(0) + 26);
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const fraction of [0, 0.5, 1]) {
    pen.moveTo(plot.x(0), plot.y(fraction));
    pen.lineTo(plot.x(0) - 5, plot.y(fraction));
    pen.fillText(fraction.toString(), plot.x(0) - 9, plot.y(fraction));
  }
  pen.stroke();
  pen.save();
  pen.translate(14, plot.y(0.5));
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  pen.fillText("Iodide fraction", 0, 0);
  pen.restore();
}

function drawMean(pen, plot, mean, end, { color, dash, halo }) {
  if (mean.length === 0) return;
  pen.beginPath();
  const timeAt = (i) => (i / (mean.length - 1)) * end;
  mean.forEach((fraction, i) => pen.lineTo(plot.x(timeAt(i)), plot.y(fraction)));
  pen.lineTo(plot.x(Math.max(end, plot.end)), plot.y(mean.at(-1)));
  pen.lineJoin = "round";
  pen.setLineDash([]);
  pen.strokeStyle = halo;
  pen.lineWidth = 5;
  pen.stroke();
  pen.setLineDash(dash);
  pen.strokeStyle = color;
  pen.lineWidth = 2.5;
  pen.stroke();
  pen.setLineDash([]);
}

// All of the curves but the cursor, on a canvas of its own: `curves` has the data, the pinned mean
// and how both look; `plot` turns time and fraction into places.
function drawBackdrop(backdrop, plot, curves, pixels) {
  const { data, ink, color, pinned } = curves;
  const pen = backdrop.getContext("2d");
  const [across, down] = [plot.width, plot.height].map((length) => Math.round(length * pixels));
  if (data.particles > 0) {
    const image = cloud(data, across, down, color);
    pen.putImageData(image, Math.round(MARGIN.left * pixels), Math.round(MARGIN.top * pixels));
  }
  pen.setTransform(pixels, 0, 0, pixels, 0, 0);
  drawAxes(pen, plot, ink, curves.timeUnit);
  pen.beginPath();
  pen.rect(MARGIN.left, MARGIN.top - 4, plot.width, plot.height + 8);
  pen.clip(); // a pinned mean may be longer than the axis
  const halo = ink.ground;
  drawMean(pen, plot, pinned.mean, pinned.end, { color: pinned.color, dash: [7, 4], halo });
  if (data.particles > 0) {
    drawMean(pen, plot, data.mean, plot.end, { color: ink.text, dash: [], halo });
  } else {
    pen.textAlign = "left";
    pen.fillText("nothing to draw", plot.x(0) + 12, plot.y(0.9));
  }
}

function drawCursor(pen, plot, time, color) {
  pen.strokeStyle = color;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(plot.x(time), plot.y(1) - 4);
  pen.lineTo(plot.x(time), plot.y(0) + 4);
  pen.stroke();
}

function drawField({ pen, width, height }, { frames, particles }, frame, colors) {
  const pitch = Math.min(width / COLUMNS, height / Math.ceil(particles / COLUMNS));
  for (let i = 0; i < particles; i += 1) {
    pen.fillStyle = colors[frames[frame * particles + i]];
    pen.fillRect((i % COLUMNS) * pitch, Math.floor(i / COLUMNS) * pitch, pitch - 2, pitch - 2);
  }
}

// Where time and fraction lie in a picture of this size.
function plotOf({ width, height }, end) {
  const plot = { end, width: width - MARGIN.left - MARGIN.right };
  plot.height = height - MARGIN.top - MARGIN.bottom;
  plot.x = (time) => MARGIN.left + (time / end) * plot.width;
  plot.y = (fraction) => MARGIN.top + (1 - fraction) * plot.height;
  return plot;
}
