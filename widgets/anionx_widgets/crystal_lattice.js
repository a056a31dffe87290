// A cube of anion sites as spheres, from far to near. Only sites with a free side towards the eye
// are drawn: no other can be seen.
const SPHERE_SHARE = 0.57; // radius in distances between sites: neighbours hide what is behind them

// Steps through 0 .. n - 1 from far to near along an axis.
function farToNear(n, towards) {
  return towards >= 0 ? { first: 0, step: 1 } : { first: n - 1, step: -1 };
}

// Draw one crystal into a raster and return of how many spheres it was made. `lattice` has n sites
// along an edge, and from `offset` in `change` the first frame in which each of them is iodide.
function drawLattice(raster, place, lattice, look) {
  const { n, change, offset } = lattice;
  const { view, frame, iodideOnly, cutShare, shades, pitch } = look;
  const layers = Math.max(1, n - Math.round(cutShare * n)); // kept along a
  const [a, b, c] = [layers, n, n].map((count, axis) => farToNear(count, view.near[axis]));
  // To the next site towards the eye along each axis, and where there is none.
  const strides = [n * n * a.step, n * b.step, c.step];
  const ends = [a.step > 0 ? layers - 1 : 0, b.step > 0 ? n - 1 : 0, c.step > 0 ? n - 1 : 0];
  const middle = (n - 1) / 2;
  const reach = Math.sqrt(3) * middle || 1;
  const half = shades[0][0].side / 2;
  const left = Math.round(place.x - half);
  const top = Math.round(place.y - half);
  const { right, up, near } = view;
  let drawn = 0;
  for (let i = 0, x = a.first; i < layers; i += 1, x += a.step) {
    for (let j = 0, y = b.first; j < n; j += 1, y += b.step) {
      const openSide = x === ends[0] || y === ends[1];
      let at = offset + (x * n + y) * n + c.first;
      for (let k = 0, z = c.first; k < n; k += 1, z += c.step, at += c.step) {
        const iodide = change[at] <= frame;
        if (iodideOnly) {
          if (!iodide) continue;
          const hidden =
            !openSide &&
            z !== ends[2] &&
            change[at + strides[0]] <= frame &&
            change[at + strides[1]] <= frame &&
            change[at + strides[2]] <= frame;
          if (hidden) continue;
        } else if (!openSide && z !== ends[2]) continue;
        const [p, q, r] = [x - middle, y - middle, z - middle];
        const depth = (1 - (p * near[0] + q * near[1] + r * near[2]) / reach) / 2;
        const shade = Math.min(SHADES - 1, Math.max(0, Math.floor(depth * SHADES)));
        putSphere(
          raster,
          shades[iodide ? 1 : 0][shade],
          left + Math.round(pitch * (p * right[0] + q * right[1] + r * right[2])),
          top - Math.round(pitch * (p * up[0] + q * up[1] + r * up[2])),
        );
        drawn += 1;
      }
    }
  }
  return drawn;
}

// The edges of the cube, so that it is seen where iodide alone is drawn and where it was cut.
function drawBox(pen, place, edges, { view, color, pixels }) {
  pen.strokeStyle = color;
  pen.lineWidth = Math.max(1, pixels);
  pen.beginPath();
  for (let axis = 0; axis < 3; axis += 1) {
    for (const p of [-0.5, 0.5]) {
      for (const q of [-0.5, 0.5]) {
        const from = [p, p, p];
        from[(axis + 1) % 3] = p;
        from[(axis + 2) % 3] = q;
        from[axis] = -0.5;
        const to = [...from];
        to[axis] = 0.5;
        const [start, end] = [from, to].map((corner) => corner.map((part, i) => part * edges[i]));
        pen.moveTo(place.x + along(start, view.right), place.y - along(start, view.up));
        pen.lineTo(place.x + along(end, view.right), place.y - along(end, view.up));
      }
    }
  }
  pen.stroke();
}
