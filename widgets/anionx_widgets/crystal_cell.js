// A unit cell: atoms as spheres, bonds, and the octahedra of halides around lead as glass.
const ATOM_RADIUS_NM = { Cs: 0.1, Pb: 0.055, Br: 0.07, I: 0.08 }; // drawn small, to look between
const GLASS = 0.13; // opacity of a face of an octahedron

function difference(a, b) {
  return a.map((part, i) => part - b[i]);
}

// The eight faces of an octahedron: of each pair of opposite corners one.
function facesOf(corners, atoms) {
  const distance = (a, b) => Math.hypot(...difference(atoms[a].at, atoms[b].at));
  const left = [...corners];
  const pairs = [];
  while (left.length > 0) {
    const first = left.shift();
    const opposite = left.reduce((far, next) =>
      distance(first, next) > distance(first, far) ? next : far,
    );
    left.splice(left.indexOf(opposite), 1);
    pairs.push([first, opposite]);
  }
  const [one, two, three] = pairs;
  return one.flatMap((p) => two.flatMap((q) => three.map((r) => [p, q, r])));
}

function middleOf(points) {
  return points[0].map((_, i) => points.reduce((sum, point) => sum + point[i], 0) / points.length);
}

// Everything that is drawn, with the place that decides what hides what.
function readCell({ edges, axes, atoms, octahedra, colors }) {
  const shift = edges.map((edge) => edge / 2);
  const placed = atoms.map(([element, ...at]) => ({ element, at: difference(at, shift) }));
  const parts = placed.map((atom) => ({ kind: "atom", at: atom.at, element: atom.element }));
  for (const [lead, ...corners] of octahedra) {
    for (const face of facesOf(corners, placed)) {
      const points = face.map((corner) => placed[corner].at);
      parts.push({ kind: "face", at: middleOf(points), points, element: placed[face[0]].element });
    }
    for (const corner of corners) {
      const points = [placed[lead].at, placed[corner].at];
      parts.push({ kind: "bond", at: middleOf(points), points });
    }
  }
  const reach = Math.max(
    ...placed.map(({ element, at }) => Math.hypot(...at) + ATOM_RADIUS_NM[element]),
  );
  return { parts, edges, axes, reach, colors };
}

function drawFace(pen, points, color) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.closePath();
  pen.globalAlpha = GLASS;
  pen.fillStyle = color;
  pen.fill();
  pen.globalAlpha = 3 * GLASS;
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
}

function drawBond(pen, [start, end], { ink, scale }) {
  pen.strokeStyle = ink;
  pen.lineWidth = Math.max(1.5, 0.014 * scale);
  pen.beginPath();
  pen.moveTo(...start);
  pen.lineTo(...end);
  pen.stroke();
}

// The names of the axes, beside the three edges that meet in one corner.
function nameAxes(pen, inPicture, { edges, axes }, { ink, pixels }) {
  pen.fillStyle = ink;
  pen.font = `italic ${15 * pixels}px serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  axes.forEach((name, axis) => {
    const middle = edges.map((edge, i) => (i === axis ? 0 : -0.62 * edge));
    pen.fillText(name, ...inPicture(middle));
  });
}

function drawCell(pen, place, cell, look) {
  const { view, scale, shelf, ground } = look;
  const inPicture = (at) => [
    place.x + scale * along(at, view.right),
    place.y - scale * along(at, view.up),
  ];
  const sorted = cell.parts.map((part) => ({ part, depth: along(part.at, view.near) }));
  sorted.sort((one, other) => one.depth - other.depth);
  for (const { part, depth } of sorted) {
    if (part.kind === "face") drawFace(pen, part.points.map(inPicture), cell.colors[part.element]);
    else if (part.kind === "bond") drawBond(pen, part.points.map(inPicture), look);
    else {
      const radius = ATOM_RADIUS_NM[part.element] * scale;
      const shade = Math.floor(((1 - depth / cell.reach) / 2) * SHADES);
      const { picture, side } = shelf.shades(radius, cell.colors[part.element], ground)[
        Math.min(SHADES - 1, Math.max(0, shade))
      ];
      const [x, y] = inPicture(part.at);
      pen.drawImage(picture, Math.round(x - side / 2), Math.round(y - side / 2));
    }
  }
  nameAxes(pen, inPicture, cell, look);
}
