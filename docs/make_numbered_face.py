"""Draw the 68 points with their numbers, docs/images/points.svg: python docs/make_numbered_face.py"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.scheme import EDGES, GROUPS, MEAN_FACE

ROOT = Path(__file__).parent.parent
SCALE = 560.0  # pixels a unit, which is the distance of the outer eye corners
MARGIN = 56.0
OPENED = 0.13  # the mean mouth is nearly closed: its lower lip goes down, or the numbers would not fit
LABEL = 19.0  # pixels from a point to its number

COLOURS = {
    "jaw": "#455a64",
    "left_brow": "#8d6e00",
    "right_brow": "#b5541c",
    "nose_bridge": "#00695c",
    "nostrils": "#2e7d32",
    "left_eye": "#1565c0",
    "right_eye": "#6a1b9a",
    "outer_lip": "#b71c1c",
    "inner_lip": "#ad1457",
}


def main() -> None:
    (ROOT / "docs" / "images" / "points.svg").write_text(numbered_face(), encoding="utf-8")


def numbered_face() -> str:
    """The mean face as SVG: a colour for each group, a number at each point."""
    points = placed(opened(MEAN_FACE))
    width, height = np.ceil(points.max(axis=0) + MARGIN).astype(int)
    group_of = {index: name for name, group in GROUPS.items() for index in group}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'aria-label="The 68 points with their numbers">',
        f'<rect width="{width}" height="{height}" rx="16" fill="#fafafa"/>',
        '<g stroke-width="2.5" stroke-linecap="round" opacity="0.45">',
    ]
    for first, second in EDGES:
        (x1, y1), (x2, y2) = points[[first, second]]
        colour = COLOURS[group_of[first]]
        lines.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>')
    lines.append('</g><g font-family="sans-serif" font-size="17" text-anchor="middle">')
    for index, (point, place) in enumerate(zip(points, label_places(points), strict=True)):
        colour = COLOURS[group_of[index]]
        lines.append(f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="5" fill="{colour}"/>')
        lines.append(f'<text x="{place[0]:.1f}" y="{place[1] + 6:.1f}" fill="{colour}">{index}</text>')
    return "\n".join([*lines, "</g></svg>", ""])


def opened(points: Array) -> Floats:
    """The face with its lower lip and chin lower."""
    moved = np.array(points, dtype=np.float32)
    moved[[*range(55, 60), *range(65, 68)], 1] += OPENED
    moved[range(5, 12), 1] += OPENED * np.array([0.2, 0.45, 0.65, 0.7, 0.65, 0.45, 0.2], dtype=np.float32)
    return moved


def placed(points: Array) -> Floats:
    """In pixels of the drawing."""
    return np.asarray((points - points.min(axis=0)) * SCALE + MARGIN, dtype=np.float32)


def label_places(points: Floats) -> Floats:
    """Where the numbers stand: off the middle of their group, those of the inner lip towards it."""
    places = points.copy()
    for name, group in GROUPS.items():
        own = points[list(group)]
        if name == "nose_bridge":
            away = np.tile([1.1, 0.0], (len(own), 1))
        elif name in ("left_brow", "right_brow"):
            away = np.tile([0.0, -1.0], (len(own), 1))
        elif name == "nostrils":
            away = np.tile([0.0, 1.1], (len(own), 1))
        else:
            away = own - own.mean(axis=0)
            away /= np.linalg.norm(away, axis=1, keepdims=True)
            away *= -1.0 if name == "inner_lip" else 1.0
        places[list(group)] = own + LABEL * away
    return places


if __name__ == "__main__":
    main()
