// The frames that the page holds: asked for when they are needed, the least useful thrown away.
const HELD_BYTES = 64 * 2 ** 20;
const ASKED_BYTES = 2 ** 20; // at a time, so that a moved slider never waits long behind frames
const ASKED_AT_ONCE = 4; // some are on their way while others are being read

class FrameStore {
  // `ask(first, count)` sends for frames, `arrived(first, count)` hears of those that came.
  constructor(ask, arrived) {
    this.ask = ask;
    this.arrived = arrived;
    this.begin(1, 1);
  }

  // Forget everything: frames of another movie are coming, each of `size` counts.
  begin(count, size) {
    this.count = count;
    this.held = new Map();
    this.onTheirWay = new Set();
    this.asked = 0;
    this.wanted = null;
    this.size = size;
    this.capacity = Math.max(4, Math.floor(HELD_BYTES / (2 * size)));
    this.batch = Math.max(1, Math.floor(ASKED_BYTES / (2 * size)));
  }

  get(frame) {
    return this.held.get(frame);
  }

  put(frame, bytes) {
    // A copy, for the bytes of a message may begin at an odd place, where no 16-bit numbers can.
    const start = bytes.byteOffset;
    this.held.set(frame, new Uint16Array(bytes.buffer.slice(start, start + 2 * this.size)));
    while (this.held.size > this.capacity) this.held.delete(this.leastUseful());
  }

  // Keep `ahead` frames ready from `frame` on; after the last comes the first.
  want(frame, ahead) {
    this.wanted = { frame, ahead: Math.min(ahead, this.count, this.capacity - 1) };
    this.sendFor();
  }

  receive(first, bytes) {
    const count = bytes.byteLength / (2 * this.size);
    this.asked -= 1;
    for (let i = 0; i < count; i += 1) {
      this.onTheirWay.delete(first + i);
      const start = bytes.byteOffset + 2 * this.size * i;
      this.put(first + i, new DataView(bytes.buffer, start, 2 * this.size));
    }
    this.arrived(first, count);
    this.sendFor();
  }

  sendFor() {
    const { frame, ahead } = this.wanted;
    for (let i = 0; i < ahead && this.asked < ASKED_AT_ONCE; i += 1) {
      const first = (frame + i) % this.count;
      let count = 0;
      while (count < this.batch && i + count < ahead && this.isMissing(first + count)) count += 1;
      if (count > 0) this.send(first, count);
    }
  }

  send(first, count) {
    for (let i = 0; i < count; i += 1) this.onTheirWay.add(first + i);
    this.asked += 1;
    this.ask(first, count);
  }

  isMissing(frame) {
    return frame < this.count && !this.held.has(frame) && !this.onTheirWay.has(frame);
  }

  // The frame that a player that stands at the wanted one would come to last.
  leastUseful() {
    const from = this.wanted?.frame ?? 0;
    const until = (frame) => (frame - from + this.count) % this.count;
    return [...this.held.keys()].reduce((a, b) => (until(b) > until(a) ? b : a));
  }
}
