// The page as it stands: fetches its parts again, swaps in those that changed, and says in words what happened.

import { Button, createAll, Radios } from "govuk-frontend";
import { keepTyping } from "./typing.js";

const GRACE_MS = 600;

export class Page {
  constructor(bar) {
    this.bar = bar;
    this.news = bar.querySelector("[data-live-news]");
    this.seq = this.fragmentSeq(document);
    this.opened = this.seq;
    this.changedAt = -Infinity;
    // What the server sent last: the page itself differs from it by what people type and scripts add.
    this.sent = new Map(this.parts(document).map((part) => [part.id, this.stamp(part)]));
  }

  fragmentSeq(root) {
    return Number(root.querySelector("#live-fragment")?.dataset.seq ?? 0);
  }

  parts(root) {
    return [...root.querySelectorAll("[data-live-part]")];
  }

  // A part with forms changes when its version does, since every copy has its own keys.
  stamp(part) {
    return part.dataset.version ?? part.innerHTML;
  }

  state(name) {
    this.bar.dataset.now = name;
    const text = this.bar.querySelector("[data-live-state]");
    const key = `state${name[0].toUpperCase()}${name.slice(1)}`;
    if (text.textContent !== this.bar.dataset[key]) text.textContent = this.bar.dataset[key];
  }

  say(sentence) {
    this.news.textContent = sentence;
  }

  // One fetch at a time; what happens meanwhile is fetched once more afterwards.
  refresh() {
    this.isBehind = true;
    this.running ??= this.catchUp().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  async catchUp() {
    try {
      while (this.isBehind) {
        this.isBehind = false;
        await this.fetchOnce();
      }
    } catch {
      this.state("off");
    }
  }

  async fetchOnce() {
    const answer = await fetch(this.bar.dataset.address, { headers: { "X-Fragment": "1" }, cache: "no-store" });
    const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!answer.ok || !fragment.querySelector("#live-fragment")) {
      this.state(answer.redirected ? "signedOut" : "off");
      return;
    }
    const before = this.seq;
    this.seq = Math.max(before, this.fragmentSeq(fragment));
    this.parts(fragment).forEach((part) => this.swap(part));
    this.tell(before);
  }

  swap(fresh) {
    const old = document.getElementById(fresh.id);
    const stamp = this.stamp(fresh);
    if (!old || this.sent.get(fresh.id) === stamp) return;
    this.sent.set(fresh.id, stamp);
    const part = document.importNode(fresh, true);
    const wasTyped = keepTyping(old, () => old.replaceWith(part), part);
    createAll(Button, undefined, part);
    createAll(Radios, undefined, part);
    if (!part.querySelector("form")) return;
    this.changedAt = performance.now();
    if (wasTyped) part.prepend(this.note(this.bar.dataset.kept));
  }

  // Whether a form changed so short a time ago that a press cannot have meant what it shows now.
  hasJustChanged() {
    return performance.now() - this.changedAt < GRACE_MS;
  }

  note(sentence) {
    const note = document.createElement("p");
    note.className = "govuk-inset-text";
    note.dataset.liveNote = "";
    note.textContent = sentence;
    return note;
  }

  // Marks the minutes that are new since the page was opened, and reads out those that are new since `before`.
  tell(before) {
    const entries = [...document.querySelectorAll("#minutes [data-seq]")].reverse();
    const words = [];
    entries.forEach((entry) => {
      const seq = Number(entry.dataset.seq);
      if (seq > this.opened && !entry.querySelector("[data-live-new]")) entry.prepend(this.tag());
      if (seq > before) words.push(entry.querySelector("[data-live-words]").textContent.trim());
    });
    if (words.length) this.say(`${words.join(". ")}.`);
  }

  tag() {
    const tag = document.createElement("strong");
    tag.className = "govuk-tag govuk-tag--orange";
    tag.dataset.liveNew = "";
    tag.textContent = this.bar.dataset.new;
    return tag;
  }
}
