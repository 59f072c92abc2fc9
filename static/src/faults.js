// What is wrong with a form, kept beside its fields as the server says it: without loading the page again.

const MARKS = ["govuk-input--error", "govuk-select--error"];

// Shows these faults, sentences by the id of their field, and no others; a fault that is there already is left alone.
export function keepFaults(form, faults) {
  forgetPage();
  for (const said of form.querySelectorAll(".govuk-error-message")) {
    const id = said.id.replace(/-error$/, "");
    if (faults.get(id) === sentenceOf(said)) faults.delete(id);
    else forget(form, said);
  }
  for (const [id, sentence] of faults) {
    const input = document.getElementById(id);
    if (input && form.contains(input)) show(form, input, sentence);
  }
}

// The summary and the title said what was wrong with the form as the page was loaded.
function forgetPage() {
  const summary = document.querySelector(".govuk-error-summary");
  if (!summary) return;
  summary.remove();
  const heading = document.querySelector("h1").textContent.trim();
  document.title = document.title.slice(Math.max(document.title.indexOf(heading), 0));
}

function sentenceOf(said) {
  const hidden = said.querySelector(".govuk-visually-hidden")?.textContent ?? "";
  return said.textContent.trim().slice(hidden.length).trim();
}

function forget(form, said) {
  for (const input of form.querySelectorAll(`[aria-describedby~="${said.id}"]`)) {
    const others = input.getAttribute("aria-describedby").split(" ").filter((id) => id !== said.id);
    if (others.length) input.setAttribute("aria-describedby", others.join(" "));
    else input.removeAttribute("aria-describedby");
    input.classList.remove(...MARKS);
  }
  said.closest(".govuk-form-group")?.classList.remove("govuk-form-group--error");
  said.remove();
}

function show(form, input, sentence) {
  const said = document.createElement("p");
  const hidden = document.createElement("span");
  said.id = `${input.id}-error`;
  said.className = "govuk-error-message";
  hidden.className = "govuk-visually-hidden";
  hidden.textContent = `${form.dataset.error}:`;
  said.append(hidden, ` ${sentence}`);
  (input.closest(".govuk-input__wrapper") ?? input).before(said);
  input.closest(".govuk-form-group")?.classList.add("govuk-form-group--error");
  input.classList.add(input.matches("select") ? "govuk-select--error" : "govuk-input--error");
  const described = [input.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" ");
  input.setAttribute("aria-describedby", described);
  const folded = input.closest("details");
  if (folded) folded.open = true;
}
