// Heads in 3-D: the angles of a result turned into a rotation, seen from afar. facepoints.analysis.pose says what the
// angles mean: R = Rz(roll) Ry(-yaw) Rx(-pitch), x to the picture's right, y down, z away from the camera.

import { HEAD } from "./head_model.js";

const AXES = [
  { name: "x", colour: "#ff4646", end: [450, 0, 0] },
  { name: "y", colour: "#46dc5a", end: [0, 450, 0] },
  { name: "z", colour: "#5082ff", end: [0, 0, -650] },
];
const NOSE_TIP = 30;
// Mouth, lids and chin move; these points tell a head's size whatever the face does.
const STEADY = [17, 21, 22, 26, 27, 28, 29, 30, 31, 33, 35, 36, 39, 42, 45];

/** The 3 x 3 rotation of angles in degrees. */
export function rotation({ yaw, pitch, roll }) {
  const [y, p, r] = [-yaw, -pitch, roll].map((degrees) => (degrees * Math.PI) / 180);
  const [sy, cy, sp, cp, sr, cr] = [Math.sin(y), Math.cos(y), Math.sin(p), Math.cos(p), Math.sin(r), Math.cos(r)];
  return [
    [cr * cy, cr * sy * sp - sr * cp, cr * sy * cp + sr * sp],
    [sr * cy, sr * sy * sp + cr * cp, sr * sy * cp - cr * sp],
    [-sy, cy * sp, cy * cp],
  ];
}

/** A point [x, y, z] after a rotation. */
export const turned = (matrix, [x, y, z]) => matrix.map((row) => row[0] * x + row[1] * y + row[2] * z);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Pixels a tenth of a millimetre at this face: the scale that fits the turned head to its points best. */
function headScale(keypoints, matrix) {
  const model = STEADY.map((point) => turned(matrix, HEAD[point]));
  const found = STEADY.map((point) => keypoints[point]);
  const centre = [0, 1].map((axis) => [mean(model.map((at) => at[axis])), mean(found.map((at) => at[axis]))]);
  let [both, own] = [0, 0];
  for (let row = 0; row < model.length; row += 1) {
    for (const axis of [0, 1]) {
      const m = model[row][axis] - centre[axis][0];
      both += m * (found[row][axis] - centre[axis][1]);
      own += m * m;
    }
  }
  return Math.max(both / own, 0);
}

/** The axes of a head on the tip of its nose, the farthest first: [{ colour, from: [x, y], to: [x, y] }]. */
export function poseAxes({ keypoints, pose }) {
  const matrix = rotation(pose);
  const scale = headScale(keypoints, matrix);
  const [x, y] = keypoints[NOSE_TIP];
  return AXES.map(({ colour, end }) => ({ colour, end: turned(matrix, end) }))
    .sort((one, other) => other.end[2] - one.end[2])
    .map(({ colour, end }) => ({ colour, from: [x, y], to: [x + scale * end[0], y + scale * end[1]] }));
}
