// Recomputes the laboratory at every change: the form stays, only what it gives is fetched again.
// Without this file the form is sent by its button.

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

// What the page said of the form it was asked for; of what is typed since, the results say what is wrong.
function forgetFaults(form) {
  const summary = document.querySelector(".govuk-error-summary");
  if (!summary) return;
  summary.remove();
  const heading = document.querySelector("h1").textContent.trim();
  document.title = document.title.slice(Math.max(document.title.indexOf(heading), 0));
  for (const said of form.querySelectorAll(".govuk-error-message")) {
    for (const input of form.querySelectorAll(`[aria-describedby~="${said.id}"]`)) {
      const others = input.getAttribute("aria-describedby").split(" ").filter((id) => id !== said.id);
      if (others.length) input.setAttribute("aria-describedby", others.join(" "));
      else input.removeAttribute("aria-describedby");
    }
    said.remove();
  }
  for (const name of ["govuk-form-group--error", "govuk-input--error", "govuk-select--error"]) {
    for (const marked of form.querySelectorAll(`.${name}`)) marked.classList.remove(name);
  }
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
      forgetFaults(form);
      history.replaceState(null, "", asked);
      news.textContent = form.dataset.done;
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
