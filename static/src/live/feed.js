// Puts the entries of the room's log in order: each is applied once, after the one before it.
//
// A message may overtake another, or get lost. What comes too early is held for a moment; if the gap does not close,
// the server is asked for everything after the last entry applied.

const HOLD_MS = 250;

export class Feed {
  constructor(last, { apply, ask }) {
    this.last = last;
    this.apply = apply;
    this.ask = ask;
    this.held = new Map();
    this.known = last;
    this.timer = null;
  }

  receive(entries) {
    entries.filter(({ seq }) => seq > this.last).forEach((entry) => this.held.set(entry.seq, entry));
    const next = [];
    while (this.held.has(this.last + 1)) {
      this.last += 1;
      next.push(this.held.get(this.last));
      this.held.delete(this.last);
    }
    if (next.length) this.apply(next);
    if (this.held.size || this.known > this.last) this.wait();
  }

  // The log has reached this number: an entry that never arrives is asked for.
  reach(seq) {
    this.known = Math.max(this.known, seq ?? 0);
    if (this.known > this.last) this.wait();
  }

  wait() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.held.size || this.known > this.last) this.ask();
    }, HOLD_MS);
  }
}
