// Drawing for the movie canvas: functions of numbers and colours that know no widget. Python puts
// this file before movie_canvas.js, for a widget's module is one text.
const FOUND_RADIUS = 8; // px of the page; more where pixels of the movie are large
const FOUND_RADIUS_PIXELS = 2.6;
const BAR_LENGTHS_UM = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];
const BAR_SHARE = 0.3; // of the width, at most
const HALO = "rgba(0, 0, 0, 0.65)"; // marks must be seen on black and on white
const PLATE = "rgba(0, 0, 0, 0.75)"; // below the scale bar
const BAR_FONT = "600 13px sans-serif";

// What each of the 65,536 counts looks like: an opaque grey, in the byte order of ImageData.
function greyLookup(black, white) {
  const lookup = new Uint32Array(65536);
  const slope = 255 / (white - black);
  for (let counts = 0; counts < 65536; counts += 1) {
    const grey = Math.min(Math.max(Math.round((counts - black) * slope), 0), 255);
    lookup[counts] = 0xff000000 | (grey * 0x010101);
  }
  return lookup;
}

function paint(pixels, counts, lookup) {
  for (let i = 0; i < pixels.length; i += 1) pixels[i] = lookup[counts[i]];
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
  return pen;
}

// Which part of the field is seen, and where its pixels lie in the page. The centre of pixel 0 is
// at 0, so the field begins at -0.5.
function viewOf({ width, height }, [rows, columns], zoom, centre) {
  const [seenColumns, seenRows] = [columns / zoom, rows / zoom];
  const inside = (from, seen, all) => Math.min(Math.max(from, 0), all - seen);
  const left = inside(centre.x + 0.5 - seenColumns / 2, seenColumns, columns);
  const top = inside(centre.y + 0.5 - seenRows / 2, seenRows, rows);
  const scale = width / seenColumns;
  return {
    ...{ width, height, left, top, seenColumns, seenRows, scale },
    centre: { x: left + seenColumns / 2 - 0.5, y: top + seenRows / 2 - 0.5 },
    x: (column) => (column + 0.5 - left) * scale,
    y: (row) => (row + 0.5 - top) * scale,
    column: (x) => x / scale + left - 0.5,
    row: (y) => y / scale + top - 0.5,
  };
}

function drawPicture(pen, bitmap, view) {
  // Enlarged pixels stay sharp; a field that is made smaller must not lose rows.
  pen.imageSmoothingEnabled = view.scale * (window.devicePixelRatio || 1) < 1;
  const seen = [view.left, view.top, view.seenColumns, view.seenRows];
  pen.drawImage(bitmap, ...seen, 0, 0, view.width, view.height);
}

function circle(path, x, y, radius) {
  path.moveTo(x + radius, y);
  path.arc(x, y, radius, 0, 2 * Math.PI);
}

function diamond(path, x, y, radius) {
  path.moveTo(x, y - radius);
  path.lineTo(x + radius, y);
  path.lineTo(x, y + radius);
  path.lineTo(x - radius, y);
  path.closePath();
}

// A ring with a tick on each side, so that it differs from the others without colour.
function target(path, x, y, radius) {
  circle(path, x, y, radius);
  for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
    path.moveTo(x + across * radius, y + down * radius);
    path.lineTo(x + across * radius * 1.5, y + down * radius * 1.5);
  }
}

function strokeOnHalo(pen, path, color, width) {
  pen.strokeStyle = HALO;
  pen.lineWidth = width + 2;
  pen.stroke(path);
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.stroke(path);
}

// `points` are x and y in turn; `shape` adds one of them to a path.
function drawMarks(pen, view, points, { shape, color, radius, width }) {
  const path = new Path2D();
  for (let i = 0; i < points.length; i += 2) {
    shape(path, view.x(points[i]), view.y(points[i + 1]), radius);
  }
  strokeOnHalo(pen, path, color, width);
}

function markRadius(view) {
  return Math.min(Math.max(FOUND_RADIUS, FOUND_RADIUS_PIXELS * view.scale), view.width / 8);
}

function drawScaleBar(pen, view, pixelSizeUm) {
  const widest = (view.width * BAR_SHARE * pixelSizeUm) / view.scale;
  const lengthUm = BAR_LENGTHS_UM.findLast((length) => length <= widest) ?? BAR_LENGTHS_UM[0];
  const length = (lengthUm / pixelSizeUm) * view.scale;
  const [x, y] = [view.width - 12 - length, view.height - 14];
  pen.fillStyle = PLATE;
  pen.fillRect(x - 6, y - 22, length + 12, 32);
  pen.fillStyle = "#fff";
  pen.fillRect(x, y, length, 4);
  pen.font = BAR_FONT;
  pen.textAlign = "center";
  pen.textBaseline = "bottom";
  pen.fillText(`${lengthUm} µm`, x + length / 2, y - 3);
}

// The number of the point nearest to a place, if one is within reach; -1 otherwise.
function nearest(points, column, row, reach) {
  let [found, best] = [-1, reach ** 2];
  for (let i = 0; i < points.length; i += 2) {
    const distance = (points[i] - column) ** 2 + (points[i + 1] - row) ** 2;
    if (distance <= best) [found, best] = [i / 2, distance];
  }
  return found;
}
