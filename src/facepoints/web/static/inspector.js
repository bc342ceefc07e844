// The single points of a result: told under the pointer, and one by one with the arrow keys.

import { svg } from "./dom.js";
import { extent, nearestPoint } from "./overlay.js";
import { GROUPS, groupOf, pointName } from "./scheme.js";

const REACH = 16; // pixels of the screen
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const GROUP_STEPS = { ArrowDown: 1, ArrowUp: -1 };

/** Watches a stage; `onface(face)` is called when another face is looked at. */
export class Inspector {
  constructor({ stage, overlay, tip, announcer, onface }) {
    Object.assign(this, { stage, overlay, tip, announcer, onface, face: 0, point: null });
    this.marker = svg("circle", { class: "marker", fill: "none", "stroke-width": 2 });
    overlay.root.append(this.marker);
    stage.addEventListener("pointermove", (event) => this.#follow(event));
    stage.addEventListener("pointerleave", () => this.hide());
    stage.addEventListener("keydown", (event) => this.#key(event));
    stage.addEventListener("blur", () => this.hide());
    this.hide();
  }

  /** Show no point. */
  hide() {
    this.tip.hidden = true;
    this.marker.setAttribute("display", "none");
  }

  /** Start over with a face. */
  reset(face = 0) {
    this.face = face;
    this.point = null;
    this.hide();
  }

  get #result() {
    return this.overlay.result;
  }

  /** The pixel of the picture under the pointer. */
  #place({ clientX, clientY }) {
    const matrix = this.overlay.layer.getScreenCTM();
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
    return [x, y];
  }

  #follow(event) {
    if (!this.#result?.faces.length) return;
    const best = nearestPoint(this.#result, this.#place(event));
    if (best.distance > REACH * this.overlay.pixel) return void this.hide();
    this.#show(best.face, best.point);
  }

  #show(face, point) {
    if (face !== this.face) this.onface(face);
    [this.face, this.point] = [face, point];
    const [x, y, score] = this.#result.faces[face].keypoints[point];
    const { colour, label } = GROUPS[groupOf(point)];
    const radius = Math.max(extent(this.#result.faces[face].keypoints) * 0.022, 6 * this.overlay.pixel);
    const marked = {
      cx: x + 0.5,
      cy: y + 0.5,
      r: radius,
      stroke: colour,
      "stroke-width": radius / 3.5,
      display: "inline",
    };
    for (const [name, value] of Object.entries(marked)) this.marker.setAttribute(name, value);
    this.tip.replaceChildren(
      Object.assign(document.createElement("b"), { textContent: point }),
      ` ${label}`,
      Object.assign(document.createElement("small"), {
        textContent: `${x.toFixed(1)}, ${y.toFixed(1)} · ${score.toFixed(2)}`,
      }),
    );
    this.tip.style.setProperty("--tip", colour);
    this.tip.hidden = false;
    this.#placeTip(x, y);
  }

  #placeTip(x, y) {
    const at = new DOMPoint(x, y).matrixTransform(this.overlay.layer.getScreenCTM());
    const frame = this.stage.getBoundingClientRect();
    const own = this.tip.getBoundingClientRect();
    const left = Math.min(Math.max(at.x - frame.left - own.width / 2, 6), frame.width - own.width - 6);
    const above = at.y - frame.top - own.height - 16;
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${above < 6 ? at.y - frame.top + 18 : above}px`;
  }

  #key(event) {
    const faces = this.#result?.faces.length ?? 0;
    if (!faces) return;
    const next = this.#next(event.key, faces);
    if (!next) return;
    event.preventDefault();
    this.#show(...next);
    const [x, y, score] = this.#result.faces[next[0]].keypoints[next[1]];
    const where = `${Math.round(x)}, ${Math.round(y)}, score ${score.toFixed(2)}`;
    this.announcer.textContent = `Face ${next[0] + 1}, ${pointName(next[1])}, ${where}`;
  }

  /** [face, point] that a key leads to, or null for other keys. */
  #next(key, faces) {
    if (key === "Escape") return void this.hide();
    if (key in STEPS) return [this.face, this.point === null ? 0 : (this.point + STEPS[key] + 68) % 68];
    if (key in GROUP_STEPS) {
      const groups = Object.values(GROUPS);
      const now = groups.findIndex(({ first, last }) => first <= this.point && this.point <= last);
      const row = this.point === null ? 0 : (now + GROUP_STEPS[key] + groups.length) % groups.length;
      return [this.face, groups[row].first];
    }
    if (key === "PageDown") return [(this.face + 1) % faces, this.point ?? 0];
    if (key === "PageUp") return [(this.face + faces - 1) % faces, this.point ?? 0];
    return null;
  }
}
