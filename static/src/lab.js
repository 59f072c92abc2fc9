// Recomputes the laboratory at every change: the form stays, only what it gives is fetched again.
// Without this file the form is sent by its button.

import { keepFaults } from "./faults.js";

const PAUSE_MS = 250;

// A slider beside a number, which stays the field that is sent.
function addSlider(input) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.max = "100";
  slider.className = "cp-lab__slider";
  slider.setAttribute("aria-label", input.labels[0]?.textContent.trim() ?? "");
  slider.value = Number(input.value) || 0;
  slider.addEventListener("input", () => {
    input.value = slider.value;
  });
  input.addEventListener("input", () => {
    slider.value = Number(input.value) || 0;
  });
  (input.closest(".govuk-input__wrapper") ?? input).after(slider);
}

// What the results say is wrong, by the field it belongs to.
function faultsIn(results) {
  return new Map([...results.querySelectorAll("[data-lab-fault]")].map((line) => [line.dataset.labFault, line.textContent.trim()]));
}

function start(form) {
  const results = document.querySelector("[data-lab-results]");
  const news = form.querySelector("[data-lab-news]");
  let waiting;
  let running;

  function address() {
    const chosen = new URLSearchParams(new FormData(form));
    return `${form.getAttribute("action")}?${chosen}`;
  }

  async function compare() {
    running?.abort();
    running = new AbortController();
    const asked = address();
    try {
      const answer = await fetch(asked, {
        cache: "no-store",
        headers: { "X-Fragment": "1" },
        redirect: "error",
        signal: running.signal,
      });
      if (!answer.ok) throw new Error(answer.statusText);
      results.innerHTML = await answer.text();
      const faults = faultsIn(results);
      news.textContent = [...faults.values()].join(". ") || form.dataset.done;
      keepFaults(form, faults);
      history.replaceState(null, "", asked);
    } catch (error) {
      if (error.name !== "AbortError") news.textContent = form.dataset.failed;
    }
  }

  form.querySelectorAll("[data-slider]").forEach(addSlider);
  form.addEventListener("input", () => {
    news.textContent = "";
    clearTimeout(waiting);
    waiting = setTimeout(compare, PAUSE_MS);
  });
}

const form = document.querySelector("form[data-lab]");
if (form) start(form);
