// The gallery of filters: chips that are on or off.

import { html, icon } from "./dom.js";

// Drawn by docs/make_page_pictures.py; other filters get a drawn sign.
const PICTURED = new Set(["sunglasses", "moustache", "straw-hat", "cat", "mask", "blur", "pixelate", "cover"]);

const MOST = 4; // that the server puts on together

const words = (name) => name.replaceAll("-", " ").replace(/^./, (letter) => letter.toUpperCase());

/** Fills an element with the server's filters; `onchange(names)` is called with those that are on. */
export class FilterGallery {
  constructor(root, { onchange }) {
    this.onchange = onchange;
    this.root = root;
    this.chosen = new Set();
    this.buttons = new Map();
  }

  /** Offer these filters: [{ name, description }]. */
  offer(filters) {
    this.buttons = new Map(filters.map((filter) => [filter.name, this.#chip(filter)]));
    this.root.replaceChildren(...this.buttons.values());
  }

  #chip({ name, description }) {
    const picture = PICTURED.has(name)
      ? html("img", { src: `static/filters/${name}.webp`, alt: "", width: 72, height: 72, loading: "lazy" })
      : icon("example");
    const click = () => this.#toggle(name);
    return html(
      "button",
      { type: "button", class: "chip", title: description, "aria-pressed": "false", onclick: click },
      picture,
      html("span", {}, words(name)),
    );
  }

  /** The filters that are on, in the order of the gallery. */
  get names() {
    return [...this.buttons.keys()].filter((name) => this.chosen.has(name));
  }

  #toggle(name) {
    if (!this.chosen.delete(name)) this.chosen.add(name);
    this.#mark();
    this.onchange(this.names);
  }

  /** Take all filters off, without a word to the listener. */
  clear() {
    this.chosen.clear();
    this.#mark();
  }

  #mark() {
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(this.chosen.has(name)));
      button.disabled = this.chosen.size >= MOST && !this.chosen.has(name);
    }
  }
}
