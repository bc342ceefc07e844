// The 68 points of iBUG / 300-W: groups, colours and a head in 3-D. Copies of what facepoints.scheme,
// facepoints.drawing.style and facepoints.analysis.face_model hold; tests/web/test_page.py compares them.

export const POINT_COUNT = 68;

export const GROUPS = {
  jaw: { label: "jaw", first: 0, last: 16, closed: false, colour: "#78beff" },
  left_brow: { label: "left brow", first: 17, last: 21, closed: false, colour: "#ffd640" },
  right_brow: { label: "right brow", first: 22, last: 26, closed: false, colour: "#ffd640" },
  nose_bridge: { label: "nose bridge", first: 27, last: 30, closed: false, colour: "#82f082" },
  nostrils: { label: "nostrils", first: 31, last: 35, closed: false, colour: "#82f082" },
  left_eye: { label: "left eye", first: 36, last: 41, closed: true, colour: "#46f0ff" },
  right_eye: { label: "right eye", first: 42, last: 47, closed: true, colour: "#46f0ff" },
  outer_lip: { label: "outer lip", first: 48, last: 59, closed: true, colour: "#ff5abe" },
  inner_lip: { label: "inner lip", first: 60, last: 67, closed: true, colour: "#ffaae6" },
};

const GROUP_OF = [];
for (const [name, { first, last }] of Object.entries(GROUPS)) {
  for (let point = first; point <= last; point += 1) GROUP_OF[point] = name;
}

/** The name of the group that a point belongs to. */
export const groupOf = (point) => GROUP_OF[point];

/** "point 36, left eye", for people. */
export const pointName = (point) => `point ${point}, ${GROUPS[GROUP_OF[point]].label}`;

/** The points of a group as [point, ...]. */
export const pointsOf = ({ first, last }) => Array.from({ length: last - first + 1 }, (_, step) => first + step);
