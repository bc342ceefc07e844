// Faces drawn over a picture as SVG in the picture's own coordinates: crisp at every size, in photos and in live video.

import { svg } from "./dom.js";
import { poseAxes } from "./pose.js";
import { GROUPS, pointsOf } from "./scheme.js";

const INK = "#101220";
const FRAME = "#f0f4ff";
const NAMES = Object.keys(GROUPS);
// Points of small faces stay visible, but never run into each other: pixels of the screen, and a share of the face.
const LEAST_RADIUS = 1.2;
const LARGEST_SHARE = 0.016;

const at = ([x, y]) => `${x} ${y}`;
const chain = (keypoints, group) =>
  `M${pointsOf(group)
    .map((point) => at(keypoints[point]))
    .join("L")}${group.closed ? "Z" : ""}`;
// A line of no length with round ends is a disc; Safari wants a little length.
const discs = (keypoints, points) => points.map((point) => `M${at(keypoints[point])}h.001`).join("");

/** How far the points of a face spread, in pixels of the picture. */
export function extent(keypoints) {
  const spread = (axis) => {
    const values = keypoints.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return Math.max(spread(0), spread(1));
}

/** Corner brackets around a box. */
function brackets([x1, y1, x2, y2]) {
  const arm = Math.min(x2 - x1, y2 - y1) * 0.18;
  return [
    [x1, y1, arm, arm],
    [x2, y1, -arm, arm],
    [x2, y2, -arm, -arm],
    [x1, y2, arm, -arm],
  ]
    .map(([x, y, across, down]) => `M${x + across} ${y}H${x}V${y + down}`)
    .join("");
}

/** The drawing of one face; made once and moved, since live video moves it thirty times a second. */
class FaceDrawing {
  constructor() {
    const line = (colour, more = {}) =>
      svg("path", { fill: "none", stroke: colour, "stroke-linecap": "round", "stroke-linejoin": "round", ...more });
    const each = (make) => NAMES.map((name) => make(name, GROUPS[name]));
    this.boxes = [line(INK, { opacity: 0.65 }), line(FRAME, { opacity: 0.35 }), line(FRAME)];
    this.glow = each((name, { colour, closed }) =>
      line(colour, { "stroke-opacity": 0.28, ...(closed && { fill: colour, "fill-opacity": 0.3 }) }),
    );
    this.edges = each((name, { colour }) => line(colour, { "data-group": name }));
    this.ring = line(INK);
    this.dots = each((name, { colour }) => line(colour, { "data-group": name, class: "dots" }));
    this.number = svg("text", {
      fill: FRAME,
      stroke: INK,
      "paint-order": "stroke",
      "font-family": "sans-serif",
      "font-weight": 600,
    });
    this.axes = Array.from({ length: 3 }, () => [line(INK), line(FRAME)]);
    this.parts = {
      mask: svg("g", { class: "mask" }, ...this.glow),
      edges: svg("g", { class: "edges", opacity: 0.8 }, ...this.edges),
      boxes: svg("g", { class: "boxes" }, ...this.boxes, this.number),
      keypoints: svg("g", { class: "keypoints" }, this.ring, ...this.dots),
      pose: svg("g", { class: "axes" }, ...this.axes.flat()),
    };
    this.root = svg("g", { class: "face" }, ...Object.values(this.parts));
  }

  /**
   * Show a face of a result; `pixel` is the size of a pixel of the screen in pixels of the picture, `number` is written
   * at the box, `quiet` boxes are fainter.
   */
  show(face, shown, { pixel, number, quiet }) {
    const size = extent(face.keypoints);
    const radius = Math.max(size * 0.0095, Math.min(LEAST_RADIUS * pixel, size * LARGEST_SHARE));
    const thin = Math.max(size * 0.006, pixel);
    for (const [part, group] of Object.entries(this.parts)) {
      group.setAttribute("display", shown[part] ? "inline" : "none");
    }
    if (shown.boxes) this.#frame(face, Math.max(thin, 1.6 * pixel));
    if (shown.boxes) this.#label(face, number, pixel);
    this.parts.boxes.setAttribute("opacity", quiet ? 0.6 : 1);
    if (shown.mask) this.#lines(this.glow, face, 5 * thin);
    if (shown.edges || shown.mask) this.#lines(this.edges, face, thin);
    if (shown.mask) this.parts.edges.setAttribute("display", "inline");
    if (shown.keypoints) this.#points(face, radius);
    if (shown.pose && face.pose) this.#axes(face, 2.2 * thin);
  }

  #frame({ box }, width) {
    const [x1, y1, x2, y2] = box;
    const corners = brackets(box);
    this.boxes[0].setAttribute("d", corners);
    this.boxes[1].setAttribute("d", `M${x1} ${y1}H${x2}V${y2}H${x1}Z`);
    this.boxes[2].setAttribute("d", corners);
    [2.2, 0.6, 1.2].forEach((factor, row) => this.boxes[row].setAttribute("stroke-width", factor * width));
  }

  #label({ box: [x1, y1, , y2] }, number, pixel) {
    const height = Math.max(0.075 * (y2 - y1), 12 * pixel);
    const place = { x: x1, y: y1 - height * 0.4, "font-size": height, "stroke-width": height * 0.22 };
    for (const [name, value] of Object.entries(place)) this.number.setAttribute(name, value);
    this.number.textContent = number;
  }

  #lines(paths, { keypoints }, width) {
    NAMES.forEach((name, row) => {
      paths[row].setAttribute("d", chain(keypoints, GROUPS[name]));
      paths[row].setAttribute("stroke-width", width);
    });
  }

  #points({ keypoints }, radius) {
    this.ring.setAttribute("d", discs(keypoints, [...keypoints.keys()]));
    this.ring.setAttribute("stroke-width", 2.8 * radius);
    NAMES.forEach((name, row) => {
      this.dots[row].setAttribute("d", discs(keypoints, pointsOf(GROUPS[name])));
      this.dots[row].setAttribute("stroke-width", 2 * radius);
    });
  }

  #axes(face, width) {
    poseAxes(face).forEach(({ colour, from, to }, row) => {
      this.axes[row].forEach((path, top) => {
        path.setAttribute("d", `M${at(from)}L${at(to)}`);
        path.setAttribute("stroke-width", top ? width : 1.6 * width);
      });
      this.axes[row][1].setAttribute("stroke", colour);
    });
  }
}

/** All faces of a result over a picture that fills the same place as this SVG element. */
export class Overlay {
  constructor(root) {
    this.root = root;
    this.drawings = [];
    // The centre of the first pixel is (0, 0), half a pixel from the picture's corner.
    this.layer = svg("g", { transform: "translate(0.5 0.5)" });
    root.replaceChildren(this.layer);
    this.result = null;
    this.zoom = 1; // how many times its size the picture is shown at
  }

  /** Size of a pixel of the screen in pixels of the picture. */
  get pixel() {
    const width = this.root.parentElement.offsetWidth * this.zoom;
    return width ? this.result.width / width : 1;
  }

  /**
   * Draw a result, or nothing.
   * @param {?object} result  as the server answers.
   * @param {object} shown    which of boxes, keypoints, edges, mask, pose and numbers are on.
   * @param {?number} chosen  the face whose box stands out, if one does.
   */
  show(result, shown, chosen = null) {
    this.result = result;
    const faces = result?.faces ?? [];
    if (result) this.root.setAttribute("viewBox", `0 0 ${result.width} ${result.height}`);
    while (this.drawings.length < faces.length) this.drawings.push(new FaceDrawing());
    const pixel = faces.length ? this.pixel : 1;
    const many = faces.length > 1;
    faces.forEach((face, row) => {
      const number = shown.numbers && many ? row + 1 : "";
      this.drawings[row].show(face, shown, { pixel, number, quiet: many && chosen !== null && row !== chosen });
    });
    const wanted = this.drawings.slice(0, faces.length);
    this.drawings.slice(faces.length).forEach((drawing) => drawing.root.remove());
    // The highest score comes last, so that it lies on top.
    wanted.filter((drawing) => !drawing.root.parentNode).forEach((drawing) => this.layer.prepend(drawing.root));
  }

  /** The drawing as a picture file's text, with the size of the picture; for downloads. */
  toText() {
    const copy = this.root.cloneNode(true);
    copy.querySelectorAll(".marker").forEach((node) => node.remove());
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", this.result.width);
    copy.setAttribute("height", this.result.height);
    return new XMLSerializer().serializeToString(copy);
  }
}

/** The point of a result that is nearest to [x, y] in pixels of the picture: { face, point, distance }, or null. */
export function nearestPoint(result, [x, y]) {
  let best = null;
  result.faces.forEach(({ keypoints }, face) =>
    keypoints.forEach(([px, py], point) => {
      const distance = Math.hypot(px - x, py - y);
      if (!best || distance < best.distance) best = { face, point, distance };
    }),
  );
  return best;
}
