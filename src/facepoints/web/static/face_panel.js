// What is known of each face: a list of the faces, and of the chosen one its pose and what it does.

import { html, icon, svg } from "./dom.js";
import { Head } from "./head.js";

const ANGLES = [
  ["yaw", "Yaw", "to the left", "to the right"],
  ["pitch", "Pitch", "down", "up"],
  ["roll", "Roll", "leans left", "leans right"],
];
const MEASURES = [
  ["smile", "Smile"],
  ["mouth_open", "Mouth open"],
  ["brows_raised", "Brows raised"],
  ["left_eye_closed", "Left eye closed"],
  ["right_eye_closed", "Right eye closed"],
];
const STRAIGHT = 3; // degrees that are as good as none

const percent = (value) => `${Math.round(100 * value)} %`;

function bar(label) {
  const fill = html("i");
  const value = html("output", { class: "number" });
  const row = html(
    "div",
    { class: "measure" },
    html("span", {}, label),
    html("span", { class: "track", "aria-hidden": "true" }, fill),
    value,
  );
  return {
    row,
    show: (share) => {
      fill.style.setProperty("--share", share);
      value.textContent = percent(share);
    },
  };
}

/** Fills an element; `onchoose(row)` is called when somebody picks a face of the list. */
export class FacePanel {
  constructor(root, { onchoose, titleId }) {
    this.onchoose = onchoose;
    this.title = html("h2", { id: titleId }, "Faces");
    this.list = html("ul", { class: "faces", "aria-labelledby": titleId });
    this.headRoot = svg("svg", { class: "pose-head", "aria-hidden": "true" });
    this.head = new Head(this.headRoot);
    this.angles = new Map(ANGLES.map(([name]) => [name, html("dd", { class: "number" })]));
    this.hints = new Map(ANGLES.map(([name]) => [name, html("dd", { class: "hint" })]));
    this.bars = new Map(MEASURES.map(([name, label]) => [name, bar(label)]));
    this.detail = html(
      "div",
      { class: "detail" },
      html("h3", {}, "Pose"),
      html(
        "div",
        { class: "pose" },
        this.headRoot,
        html(
          "dl",
          {},
          ...ANGLES.map(([name, label]) =>
            html("div", {}, html("dt", {}, label), this.angles.get(name), this.hints.get(name)),
          ),
        ),
      ),
      html("h3", {}, "Measures"),
      html("div", { class: "measures" }, ...[...this.bars.values()].map(({ row }) => row)),
    );
    this.nothing = html("p", { class: "quiet" });
    root.replaceChildren(this.title, this.nothing, this.list, this.detail);
    this.clear("");
  }

  /** Show that there is nothing to tell, and why. */
  clear(words) {
    this.nothing.textContent = words;
    this.nothing.hidden = !words;
    this.list.replaceChildren();
    this.list.hidden = this.detail.hidden = true;
    this.title.textContent = "Faces";
  }

  /**
   * Show a result.
   * @param {object} result    as the server answers, with pose and ratios.
   * @param {number} chosen    row of the face to tell of.
   * @param {function} thumbnail  (face) => canvas or null.
   */
  show(result, chosen, thumbnail) {
    const count = result.faces.length;
    this.title.textContent = count === 1 ? "One face" : `${count} faces`;
    this.nothing.hidden = true;
    this.list.hidden = this.detail.hidden = false;
    this.list.replaceChildren(...result.faces.map((face, row) => this.#entry(face, row, thumbnail(face))));
    this.choose(chosen, result.faces[chosen]);
  }

  #entry(face, row, picture) {
    const [x1, y1, x2, y2] = face.box.map(Math.round);
    const size = `${x2 - x1} × ${y2 - y1} px`;
    const words = html("span", { class: "face-words" }, html("b", {}, `Face ${row + 1}`), html("small", {}, size));
    const score = html(
      "span",
      { class: "score number", title: "Score: how sure it is a face, 0 to 1" },
      face.score.toFixed(2),
    );
    const button = html(
      "button",
      { type: "button", class: "face-button", onclick: () => this.onchoose(row) },
      picture ?? icon("example"),
      words,
      score,
    );
    return html("li", {}, button);
  }

  /** Tell of a face, the row of the list with this number. */
  choose(row, face) {
    [...this.list.children].forEach((entry, index) =>
      entry.firstChild.setAttribute("aria-pressed", String(index === row)),
    );
    this.detail.setAttribute("aria-label", `Face ${row + 1}`);
    this.tell(face);
  }

  /** Pose and measures of a face. */
  tell({ pose, ratios }) {
    if (pose) {
      this.head.turn(pose);
      for (const [name, , negative, positive] of ANGLES) {
        const value = pose[name];
        this.angles.get(name).textContent = `${value < -0.5 ? "−" : ""}${Math.abs(value).toFixed(0)}°`;
        this.hints.get(name).textContent = Math.abs(value) < STRAIGHT ? "straight" : value < 0 ? negative : positive;
      }
    }
    if (ratios) for (const [name] of MEASURES) this.bars.get(name).show(ratios[name] ?? 0);
  }
}
