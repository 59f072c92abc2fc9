// Forms of the room as messages: what they say, that they are being sent, and what was wrong with them.

// The same names and values as the form would post, without the token, which the connection has shown already.
export function payloadOf(form) {
  const payload = Object.fromEntries(new FormData(form));
  delete payload.csrf_token;
  payload.item_id = form.dataset.liveItem;
  clear(form);
  form.setAttribute("aria-busy", "true");
  return payload;
}

// The form as it stands now: the page may have been given a new copy since it was sent. None where it is gone.
export function currentOf(form) {
  const found = form.isConnected ? form : [...document.querySelectorAll("form[data-live-event]")].find((other) => isSame(form, other));
  found?.removeAttribute("aria-busy");
  return found;
}

function isSame(form, other) {
  return form.action === other.action && form.elements.answer?.value === other.elements.answer?.value;
}

// Empties a form whose act is done, ready for another one.
export function finish(form) {
  if (!form) return;
  form.reset();
  form.closest("[data-live-part]")?.querySelector("[data-live-note]")?.remove();
  form.elements.idempotency_key.value = newKey();
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function clear(form) {
  form.querySelectorAll("[data-live-error]").forEach((message) => message.remove());
  form.querySelectorAll(".govuk-form-group--error").forEach((group) => group.classList.remove("govuk-form-group--error"));
  form.querySelectorAll("[aria-invalid]").forEach((input) => {
    input.classList.remove("govuk-input--error", "govuk-textarea--error");
    input.removeAttribute("aria-invalid");
    const described = (input.getAttribute("aria-describedby") ?? "").split(" ");
    input.setAttribute("aria-describedby", described.filter((id) => id && id !== `${input.id}-live-error`).join(" "));
  });
}

// Says what is wrong beside the field it belongs to, or at the head of the form, and takes the reader there.
export function refuse(form, sentence, field) {
  clear(form);
  const input = field ? form.querySelector(`[name="${CSS.escape(field)}"]:not([type=hidden])`) : null;
  const message = document.createElement("p");
  message.className = "govuk-error-message";
  message.dataset.liveError = "";
  message.textContent = sentence;
  if (!input) {
    message.setAttribute("role", "alert");
    form.prepend(message);
    return;
  }
  message.id = `${input.id}-live-error`;
  const group = input.closest(".govuk-form-group");
  group.classList.add("govuk-form-group--error");
  const before = input.closest(".govuk-radios, .govuk-input__wrapper") ?? input;
  before.before(message);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), message.id].filter(Boolean).join(" "));
  input.setAttribute("aria-invalid", "true");
  if (input.matches("textarea")) input.classList.add("govuk-textarea--error");
  else if (input.type !== "radio") input.classList.add("govuk-input--error");
  input.focus();
}
