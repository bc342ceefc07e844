"""Draw boxes.jpg and coordinates.svg of the concept pages: python docs/make_concept_pictures.py"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import facepoints
from facepoints import images
from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import apply_transform, invert_transform, tight_boxes, upright_crop_transform

ROOT = Path(__file__).parent.parent
LEFT, TOP, SIDE, ZOOM = 120, 0, 220, 3  # the part of the example picture in boxes.jpg
CELL = 80  # pixels of the drawing a pixel of the picture that it shows


def main() -> None:
    images.write(ROOT / "docs" / "images" / "boxes.jpg", boxes_and_crop())
    (ROOT / "docs" / "images" / "coordinates.svg").write_text(pixel_grid(6, 4), encoding="utf-8")


def boxes_and_crop() -> Image:
    """The example's face with the detector's box, the tight box of its points, and the crop around them."""
    photo = facepoints.read(ROOT / "examples" / "astronaut.png")[TOP : TOP + SIDE, LEFT : LEFT + SIDE]
    large = np.asarray(cv2.resize(photo, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    faces = facepoints.find(large)
    drawn = large.copy()
    outline(drawn, crop_corners(faces.keypoints[0]), (255, 255, 255), "crop that the network sees", below=True)
    outline(drawn, corners(faces.boxes[0]), (255, 160, 0), "box of the detector")
    outline(drawn, corners(tight_boxes(faces.keypoints)[0]), (0, 220, 255), "tight box of the points", below=True)
    return facepoints.draw(drawn, faces, boxes=False, edges=False)


def corners(box: Floats) -> Array:
    x1, y1, x2, y2 = box
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])


def crop_corners(keypoints: Floats) -> Array:
    """The crop around a face, turned as the face is, in the picture."""
    square = corners(np.array([0, 0, 127, 127], dtype=np.float32))
    return apply_transform(invert_transform(upright_crop_transform(keypoints, 128)), square)


def outline(image: Image, points: Array, colour: tuple[int, int, int], words: str, *, below: bool = False) -> None:
    cv2.polylines(image, [np.rint(points).astype(np.int32)], True, colour, 3, cv2.LINE_AA)
    (width, height), base = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.6, 2)
    x, y = np.rint(points[3 if below else 0]).astype(int).tolist()
    top = y if below else y - height - base - 6
    cv2.rectangle(image, (x - 1, top), (x + width + 12, top + height + base + 6), colour, cv2.FILLED)
    cv2.putText(image, words, (x + 6, top + height + 5), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 0, 0), 2, cv2.LINE_AA)


def pixel_grid(columns: int, rows: int) -> str:
    """A picture of few pixels with its axes, two places in it and a box."""
    left, top = 110, 90
    width, height = left + columns * CELL + 60, top + rows * CELL + 50

    def at(x: float, y: float) -> tuple[float, float]:
        return left + (x + 0.5) * CELL, top + (y + 0.5) * CELL

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="A picture of {columns} x {rows} pixels with its coordinates" font-family="sans-serif" '
        'font-size="18" text-anchor="middle">',
        f'<rect width="{width}" height="{height}" rx="16" fill="#fafafa"/>',
    ]
    for row in range(rows):
        for column in range(columns):
            x, y = left + column * CELL, top + row * CELL
            shade = "#eceff1" if (row + column) % 2 else "#ffffff"
            lines.append(f'<rect x="{x}" y="{y}" width="{CELL}" height="{CELL}" fill="{shade}" stroke="#b0bec5"/>')
    lines += [f'<text x="{at(x, 0)[0]}" y="{top - 12}" fill="#455a64">{x}</text>' for x in range(columns)]
    lines += [f'<text x="{left - 22}" y="{at(0, y)[1] + 6}" fill="#455a64">{y}</text>' for y in range(rows)]
    lines += [
        f'<text x="{at((columns - 1) / 2, 0)[0]}" y="{top - 48}" fill="#00695c">x, to the right</text>',
        f'<text x="34" y="{at(0, (rows - 1) / 2)[1]}" fill="#00695c" '
        f'transform="rotate(-90 34 {at(0, (rows - 1) / 2)[1]})">y, downwards</text>',
    ]
    x, y = at(1, 1)
    lines.append(
        f'<rect x="{x}" y="{y}" width="{3 * CELL}" height="{1.5 * CELL}" '
        'fill="none" stroke="#e65100" stroke-width="4"/>'
    )
    lines.append(f'<text x="{x + 1.5 * CELL}" y="{y + 1.5 * CELL + 24}" fill="#e65100">box 1, 1, 4, 2.5</text>')
    for place, words in (((0.0, 0.0), "(0, 0)"), ((4.5, 0.25), "(4.5, 0.25)")):
        x, y = at(*place)
        lines.append(f'<circle cx="{x}" cy="{y}" r="6" fill="#1565c0"/>')
        lines.append(f'<text x="{x}" y="{y - 12}" fill="#1565c0">{words}</text>')
    return "\n".join([*lines, "</svg>", ""])


if __name__ == "__main__":
    main()
