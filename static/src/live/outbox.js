// Acts on their way: each is kept until the server has answered it, also across a reload of the page.
//
// An act has a key, and the server does the same key only once, so sending it again is safe.

const TRIES = 5;
const AGAIN_MS = 2000;

export class Outbox {
  constructor(name, { emit, isConnected, settle }) {
    Object.assign(this, { name, emit, isConnected, settle, sending: new Set() });
    this.kept = new Map(this.read());
  }

  read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.name)) ?? [];
    } catch {
      return [];
    }
  }

  write() {
    try {
      if (this.kept.size) sessionStorage.setItem(this.name, JSON.stringify([...this.kept]));
      else sessionStorage.removeItem(this.name);
    } catch {
      // A full or forbidden storage loses only what a reload would have kept.
    }
  }

  add(event, payload) {
    this.kept.set(payload.idempotency_key, { event, payload, tries: 0 });
    this.write();
    this.flush();
  }

  flush() {
    [...this.kept.keys()].filter((key) => !this.sending.has(key)).forEach((key) => this.send(key));
  }

  // The connection is gone, and with it every answer under way.
  interrupt() {
    this.sending.clear();
  }

  send(key) {
    const act = this.kept.get(key);
    if (!act || !this.isConnected()) return;
    this.sending.add(key);
    act.tries += 1;
    this.emit(act.event, act.payload, (answer) => {
      if (this.kept.get(key) !== act) return;
      this.sending.delete(key);
      if (answer || act.tries >= TRIES) {
        this.kept.delete(key);
        this.write();
        this.settle(key, answer);
      } else {
        setTimeout(() => this.flush(), AGAIN_MS);
      }
    });
  }
}
