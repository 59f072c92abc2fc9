// Swaps a part of the page while somebody works in it: what was typed and chosen, and the focus, stay.

function isChanged(input) {
  if (input.type === "radio" || input.type === "checkbox") return input.checked !== input.defaultChecked;
  return "defaultValue" in input && input.type !== "hidden" && input.value !== input.defaultValue;
}

function inputsOf(part) {
  return [...part.querySelectorAll("input[id], textarea[id], select[id]")];
}

// Where the focus is: an input or a fold by its id, a link by where it leads. Anything else may be gone.
function focusIn(part) {
  const active = document.activeElement;
  if (!part.contains(active)) return null;
  const { id, selectionStart: from, selectionEnd: to } = active;
  return { id, href: active.getAttribute("href"), from, to };
}

function sameIn(part, { id, href }) {
  if (id) return part.querySelector(`#${CSS.escape(id)}`);
  return href ? part.querySelector(`a[href="${CSS.escape(href)}"]`) : null;
}

function giveFocus(part, { id, href, from, to }) {
  const target = sameIn(part, { id, href });
  if (!target) {
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
    return;
  }
  target.focus({ preventScroll: true });
  if (typeof from === "number" && target.setSelectionRange) target.setSelectionRange(from, to);
}

// Runs `swap`, which puts `fresh` in the place of `old`, and returns whether anything typed was carried over.
export function keepTyping(old, swap, fresh) {
  const typed = inputsOf(old).filter(isChanged);
  const open = [...old.querySelectorAll("details[id][open]")].map(({ id }) => id);
  const focus = focusIn(old);
  swap();
  let wasTyped = false;
  typed.forEach(({ id, value, checked, type }) => {
    const input = fresh.querySelector(`#${CSS.escape(id)}`);
    if (!input) return;
    if (type === "radio" || type === "checkbox") input.checked = checked;
    else input.value = value;
    wasTyped = true;
  });
  open.forEach((id) => fresh.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", ""));
  if (focus) giveFocus(fresh, focus);
  return wasTyped;
}
