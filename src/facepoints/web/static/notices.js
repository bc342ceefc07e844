// What the page tells people: a quiet line for what goes on, and a card for what went wrong.

import { byId, html, icon } from "./dom.js";

const SHOWN = 3000; // ms

let fading;

/** Say in a line what goes on; screen readers read it aloud, and it fades unless it `stays`. */
export function say(words, { stays = false } = {}) {
  const line = byId("status");
  clearTimeout(fading);
  line.classList.remove("fading");
  line.textContent = words;
  if (!stays) fading = setTimeout(() => line.classList.add("fading"), SHOWN);
}

/** Take the card away. */
export function forgive() {
  byId("alert").replaceChildren();
}

/**
 * Say what went wrong.
 * @param {{title: string, detail: string}} problem
 * @param {Array<[string, function]>} actions  words and what they do, such as ["Try again", send].
 */
export function complain({ title, detail }, actions = []) {
  const buttons = actions.map(([words, act]) =>
    html(
      "button",
      {
        type: "button",
        class: "button",
        onclick: () => {
          forgive();
          act();
        },
      },
      words,
    ),
  );
  const close = html(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close this message", onclick: forgive },
    icon("close"),
  );
  byId("alert").replaceChildren(
    html(
      "div",
      { class: "alert-card" },
      icon("warning"),
      html(
        "div",
        {},
        html("strong", {}, title),
        ...(detail ? [html("p", {}, detail)] : []),
        ...(buttons.length ? [html("div", { class: "row" }, ...buttons)] : []),
      ),
      close,
    ),
  );
  byId("alert").scrollIntoView({ block: "nearest" });
}
