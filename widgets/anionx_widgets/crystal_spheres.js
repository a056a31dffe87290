// Shaded spheres as small pictures, and where they go: functions of numbers and colours that know
// no widget. Python puts this file before those that use it, for a widget's module is one text.
const SHADES = 8; // of one sphere, from near to far
const FARTHEST_FADE = 0.42; // how much of the ground is mixed into the farthest one

function channels(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

// The colours of a theme come as "rgb(...)"; without an opaque one the page is white.
function channelsOf(color) {
  const parts = color.match(/[\d.]+/g)?.map(Number) ?? [];
  return parts.length === 3 || parts[3] === 1 ? parts.slice(0, 3) : [255, 255, 255];
}

function mixed(from, to, share) {
  return from.map((part, i) => part + (to[i] - part) * share);
}

function css(rgb) {
  return `rgb(${rgb.map(Math.round)})`;
}

// Directions in the picture: to the right, up, and towards the eye, each in crystal axes a, b, c.
// The crystal is turned about its own c axis first and tilted towards the eye then.
function viewOf(turnDeg, tiltDeg) {
  const [turn, tilt] = [turnDeg, tiltDeg].map((degrees) => (degrees * Math.PI) / 180);
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const [cTilt, sTilt] = [Math.cos(tilt), Math.sin(tilt)];
  return {
    right: [c, -s, 0],
    up: [s * sTilt, c * sTilt, cTilt],
    near: [-s * cTilt, -c * cTilt, sTilt],
  };
}

function along([x, y, z], [a, b, c]) {
  return x * a + y * b + z * c;
}

// One sphere, lit from the upper left, in whole pixels: placed on whole pixels it is only copied.
function spherePicture(radius, rgb) {
  const side = 2 * Math.ceil(radius + 0.5);
  const picture = document.createElement("canvas");
  picture.width = side;
  picture.height = side;
  const pen = picture.getContext("2d");
  const middle = side / 2;
  const light = middle - 0.38 * radius;
  const gradient = pen.createRadialGradient(light, light, 0, middle, middle, radius);
  gradient.addColorStop(0, css(mixed(rgb, [255, 255, 255], 0.55)));
  gradient.addColorStop(0.45, css(rgb));
  gradient.addColorStop(1, css(mixed(rgb, [0, 0, 0], 0.55)));
  pen.fillStyle = gradient;
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.fill();
  const { data } = pen.getImageData(0, 0, side, side);
  return { picture, side, pixels: new Uint32Array(data.buffer) };
}

// Put a sphere into a raster by hand: without a graphics card the browser takes longer for as many
// calls of drawImage. Pixels are 32 bits, alpha on top; those of the rim are mixed with what is there.
function putSphere({ pixels, width, height }, { side, pixels: sphere }, left, top) {
  if (left < 0 || top < 0 || left + side > width || top + side > height) return;
  let to = top * width + left;
  for (let row = 0, from = 0; row < side; row += 1, to += width - side) {
    for (let column = 0; column < side; column += 1, from += 1, to += 1) {
      const over = sphere[from];
      const alpha = over >>> 24;
      if (alpha === 255 || (alpha > 0 && pixels[to] === 0)) pixels[to] = over;
      else if (alpha > 0) pixels[to] = blended(over, pixels[to], alpha);
    }
  }
}

function blended(over, under, alpha) {
  const rest = 255 - alpha;
  const part = (shift) =>
    ((((over >>> shift) & 255) * alpha + ((under >>> shift) & 255) * rest) / 255) << shift;
  const opacity = alpha + (((under >>> 24) * rest) / 255 | 0);
  return ((opacity << 24) | part(16) & 0xff0000 | part(8) & 0xff00 | part(0) & 0xff) >>> 0;
}

// The pictures of one kind of sphere, near to far; made once for each size, colour and ground.
class SphereShelf {
  constructor() {
    this.kept = new Map();
  }

  shades(radius, hex, ground) {
    const size = Math.max(1, Math.round(2 * radius) / 2);
    const key = `${size} ${hex} ${ground}`;
    if (!this.kept.has(key)) {
      if (this.kept.size > 60) this.kept.clear(); // somebody drags a slider of sizes
      const base = channels(hex);
      const made = Array.from({ length: SHADES }, (_, i) => {
        const fade = (FARTHEST_FADE * i) / (SHADES - 1);
        return spherePicture(size, mixed(base, channelsOf(ground), fade));
      });
      this.kept.set(key, made);
    }
    return this.kept.get(key);
  }
}
