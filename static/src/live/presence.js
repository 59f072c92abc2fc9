// Who else has the page open. Nobody keeps a list: each page says so from time to time, and forgets who falls silent.

const BEAT_MS = 20000;
const FORGET_MS = 45000;
const REPLY_MS = 1500;

export class Presence {
  constructor(bar, beat) {
    this.bar = bar;
    this.line = bar.querySelector("[data-live-here]");
    this.beat = beat;
    this.people = new Map();
  }

  enter(you) {
    this.you = you;
    clearInterval(this.timer);
    this.beat();
    this.timer = setInterval(() => {
      this.beat();
      this.forget();
    }, BEAT_MS);
    this.show();
  }

  leave() {
    clearInterval(this.timer);
    this.people.clear();
    this.line.hidden = true;
  }

  seen({ tab, person, organisation }) {
    const isNew = !this.people.has(tab);
    this.people.set(tab, { person, organisation, at: performance.now() });
    if (!isNew) return;
    this.show();
    // Whoever comes must learn who is here already; not everybody answers in the same moment.
    setTimeout(() => this.beat(), Math.random() * REPLY_MS);
  }

  gone(tab) {
    if (this.people.delete(tab)) this.show();
  }

  forget() {
    const now = performance.now();
    const silent = [...this.people].filter(([, { at }]) => now - at > FORGET_MS).map(([tab]) => tab);
    silent.forEach((tab) => this.people.delete(tab));
    if (silent.length) this.show();
  }

  // Written only when somebody comes or leaves, because a screen reader reads out every change.
  show() {
    const names = new Set([...this.people.values()].map(({ person, organisation }) => `${person} (${organisation})`));
    const people = [...names].sort().join("; ");
    const text = people ? this.bar.dataset.here.replace("{people}", people) : this.bar.dataset.alone;
    this.line.hidden = false;
    if (this.line.textContent !== text) this.line.textContent = text;
  }
}
