// A head made of the 68 points that can be turned: the motif of the page, and the picture of a measured pose.

import { svg } from "./dom.js";
import { HEAD } from "./head_model.js";
import { rotation, turned } from "./pose.js";
import { GROUPS, groupOf, pointsOf } from "./scheme.js";

const DEPTH = 9000; // tenths of a millimetre to the eye: near points look larger and farther apart
const MIDDLE = [0, 450, 130];
const DOT = 16;

/** Draws the head into an empty SVG element whose viewBox it sets. */
export class Head {
  constructor(root) {
    root.setAttribute("viewBox", "-900 -900 1800 1800");
    this.edges = Object.entries(GROUPS).map(([name, group]) =>
      svg("path", { class: `head-edge head-${name}`, fill: "none", stroke: group.colour }),
    );
    this.dots = HEAD.map((_, point) => svg("circle", { class: "head-dot", fill: GROUPS[groupOf(point)].colour }));
    root.replaceChildren(...this.edges, ...this.dots);
    this.turn({ yaw: 0, pitch: 0, roll: 0 });
  }

  /** Show the head at these angles in degrees. */
  turn(angles) {
    const matrix = rotation(angles);
    const places = HEAD.map((point) => {
      const [x, y, z] = turned(
        matrix,
        point.map((value, axis) => value - MIDDLE[axis]),
      );
      const near = DEPTH / (DEPTH + 4 * z);
      return [x * near, y * near, near];
    });
    places.forEach(([x, y, near], point) => {
      const dot = this.dots[point];
      dot.setAttribute("cx", x.toFixed(1));
      dot.setAttribute("cy", y.toFixed(1));
      dot.setAttribute("r", (DOT * near ** 1.4).toFixed(1));
    });
    Object.values(GROUPS).forEach((group, row) => {
      const chain = pointsOf(group).map((point) => `${places[point][0].toFixed(1)} ${places[point][1].toFixed(1)}`);
      this.edges[row].setAttribute("d", `M${chain.join("L")}${group.closed ? "Z" : ""}`);
    });
  }
}
