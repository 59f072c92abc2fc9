// Keeps a page of the room up to date, and sends its forms over the live channel. Every page works without this file.

import { io } from "socket.io-client";
import { Feed } from "./live/feed.js";
import { currentOf, finish, payloadOf, refuse } from "./live/forms.js";
import { Outbox } from "./live/outbox.js";
import { Page } from "./live/page.js";
import { Presence } from "./live/presence.js";

const ANSWER_MS = 8000;
const GIVE_UP_MS = 30000;

function start(bar) {
  const { dataset } = bar;
  const room = { consortium_id: dataset.consortium };
  const socket = io({
    auth: { csrf: dataset.csrf },
    randomizationFactor: 0.7,
    reconnectionDelay: 500,
    reconnectionDelayMax: 15000,
    transports: ["websocket"],
  });
  const page = new Page(bar);
  const feed = new Feed(page.seq, { ask: join, apply: () => page.refresh() });
  const presence = new Presence(bar, () => emit("workspace:here", room, (answer) => feed.reach(answer.head)));
  const outbox = new Outbox(`outbox-${dataset.consortium}`, { emit, isConnected: () => socket.connected, settle });
  const forms = new Map();
  let patience = 0;

  // Calls `done` with the server's answer; with null when none came in time.
  function emit(event, payload, done = () => {}) {
    socket.timeout(ANSWER_MS).emit(event, payload, (error, answer) => done(error ? null : answer));
  }

  function join() {
    if (!socket.connected) return;
    const before = feed.last;
    emit("workspace:join", { ...room, last_seq: before }, (answer) => {
      if (!answer) return join();
      if (!answer.ok) return page.state(answer.status === 401 ? "signedOut" : "off");
      page.state("connected");
      feed.receive(answer.missed);
      // A fetch that failed left the page behind the entries it was told of.
      if (page.seq < feed.last) page.refresh();
      // The missed entries come a thousand at a time.
      if (answer.head > feed.last && feed.last > before) join();
      presence.enter(answer.you);
      outbox.flush();
    });
  }

  // What the server said to an act: done, refused with a sentence, or nothing after several tries.
  async function settle(key, answer) {
    const sent = forms.get(key);
    forms.delete(key);
    if (answer?.ok) {
      feed.reach(answer.seq);
      if (sent) finish(currentOf(sent));
      return;
    }
    // Shown where the form stands once the page shows what made the server refuse.
    if (answer?.status === 409) await page.refresh();
    if (answer?.status === 401) page.state("signedOut");
    const form = sent && currentOf(sent);
    if (form) refuse(form, answer?.error ?? dataset.failed, answer?.field);
    else page.say(answer?.error ?? dataset.failed);
  }

  function reconnecting() {
    page.state("reconnecting");
    clearTimeout(patience);
    patience = setTimeout(() => page.state("off"), GIVE_UP_MS);
  }

  socket.on("connect", () => {
    clearTimeout(patience);
    join();
  });
  socket.on("disconnect", (reason) => {
    presence.leave();
    outbox.interrupt();
    reconnecting();
    // The server closed the connection in order, so the client would not come back by itself.
    if (reason === "io server disconnect") socket.connect();
  });
  socket.on("connect_error", () => {
    if (socket.active) reconnecting();
    else page.state("off");
  });
  socket.on("entry", (entry) => feed.receive([entry]));
  socket.on("here", (person) => presence.seen(person));
  socket.on("gone", ({ tab }) => presence.gone(tab));

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-live-event]");
    if (!form) return;
    if (page.hasJustChanged()) {
      event.preventDefault();
      refuse(form, dataset.justChanged);
    } else if (socket.connected && !event.defaultPrevented) {
      event.preventDefault();
      if (form.getAttribute("aria-busy") === "true") return;
      const payload = payloadOf(form);
      forms.set(payload.idempotency_key, form);
      outbox.add(form.dataset.liveEvent, payload);
    }
    // Without a connection the form is posted as it is.
  });

  bar.querySelector("[data-live-check]").addEventListener("click", (event) => {
    event.preventDefault();
    page.refresh();
    if (socket.connected) join();
  });
}

const bar = document.getElementById("live");
if (bar) start(bar);
