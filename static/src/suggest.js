// Finds as you type: an <input data-suggest="/places/search"> becomes an ARIA combobox.
//
// The address answers ?q=... with [{"value": "E08000037", "label": "Gateshead"}, ...]. Choosing puts the value in the
// field and its label under it. What is typed is never changed, so the server finds by the same text when scripts are off.

const PAUSE_MS = 200;
const LEAST_CHARACTERS = 2;

let created = 0;

function element(name, attributes) {
  const node = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
  return node;
}

class Suggestions {
  constructor(input) {
    created += 1;
    this.input = input;
    this.options = [];
    this.active = -1;
    this.listId = `suggestions-${created}`;
    this.build();
    this.listen();
  }

  build() {
    const { input, listId } = this;
    const label = input.labels[0]?.textContent.trim() ?? "";
    const wrapper = element("div", { class: "cp-suggest" });
    this.list = element("ul", { class: "cp-suggest__list", id: listId, role: "listbox", "aria-label": label, hidden: "" });
    this.status = element("div", { class: "govuk-visually-hidden", role: "status" });
    this.chosen = element("p", { class: "govuk-hint cp-suggest__chosen", id: `${listId}-chosen` });
    this.chosen.textContent = input.dataset.suggestLabel ?? "";
    this.chosen.hidden = !this.chosen.textContent;
    input.before(wrapper);
    wrapper.append(input, this.list);
    wrapper.after(this.chosen, this.status);
    const described = [input.getAttribute("aria-describedby"), this.chosen.id].filter(Boolean).join(" ");
    const roles = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false" };
    Object.entries({ ...roles, "aria-controls": listId, "aria-describedby": described }).forEach(([key, value]) =>
      input.setAttribute(key, value),
    );
  }

  listen() {
    this.input.addEventListener("input", () => {
      this.chosen.hidden = true;
      this.chosen.textContent = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(), PAUSE_MS);
    });
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.input.addEventListener("blur", () => this.close());
    // The field must keep the focus while an option is being pressed, or its blur would close the list first.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose([...this.list.children].indexOf(option));
    });
  }

  async ask() {
    const text = this.input.value.trim();
    this.request?.abort();
    if (text.length < LEAST_CHARACTERS) return this.close();
    const address = new URL(this.input.dataset.suggest, window.location.href);
    address.searchParams.set("q", text);
    this.request = new AbortController();
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: this.request.signal });
      // Without an answer the field is still a field: the server searches when the form is sent.
      if (!answer.ok) return this.close();
      this.show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(options) {
    if (document.activeElement !== this.input) return;
    this.options = options;
    this.list.replaceChildren(
      ...options.map(({ label }, index) => {
        const attributes = { class: "cp-suggest__option", id: `${this.listId}-${index}`, role: "option", "aria-selected": "false" };
        const option = element("li", attributes);
        option.textContent = label;
        return option;
      }),
    );
    this.open(options.length > 0);
    this.mark(-1);
    const { suggestNone = "", suggestSome = "" } = this.input.dataset;
    this.status.textContent = options.length ? suggestSome.replace("{count}", options.length) : suggestNone;
  }

  press(event) {
    const last = this.options.length - 1;
    const moves = {
      ArrowDown: this.active < last ? this.active + 1 : 0,
      ArrowUp: this.active > 0 ? this.active - 1 : last,
    };
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (event.key in moves && this.options.length) {
      event.preventDefault();
      this.open(true);
      this.mark(moves[event.key]);
    } else if (event.key === "Enter" && !this.list.hidden && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    }
  }

  mark(index) {
    this.active = index;
    [...this.list.children].forEach((option, position) => option.setAttribute("aria-selected", String(position === index)));
    const option = this.list.children[index];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  choose(index) {
    const { value, label } = this.options[index];
    this.input.value = value;
    this.chosen.textContent = label === value ? "" : label;
    this.chosen.hidden = label === value;
    this.status.textContent = label;
    this.close();
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.open(false);
    this.options = [];
    this.mark(-1);
  }
}

// Gives every field that names an address its list of suggestions.
export function startSuggestions(root) {
  root.querySelectorAll("input[data-suggest]").forEach((input) => new Suggestions(input));
}
