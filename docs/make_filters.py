"""Make the gallery of docs/filters.md anew: python docs/make_filters.py"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np

import facepoints
from facepoints import filters, images
from facepoints.analysis import FACE_MODEL
from facepoints.arrays import Image
from facepoints.faces import Faces
from facepoints.geometry import wider_style_boxes

ROOT = Path(__file__).parent.parent
TILE, LABEL, GAP, COLUMNS = 300, 26, 6, 4
GALLERY = [
    ("astronaut", ["sunglasses"]),
    ("astronaut", ["moustache"]),
    ("astronaut", ["straw-hat"]),
    ("astronaut", ["cat"]),
    ("leaning", ["straw-hat", "sunglasses", "moustache"]),
    ("astronaut", ["mask"]),
    ("astronaut", ["pixelate"]),
    ("astronaut", ["blur"]),
    ("cat", ["sunglasses"]),
    ("leaning", ["cat"]),
    ("cat", ["moustache"]),
    ("astronaut", ["cover"]),
]


def main() -> None:
    pictures = {"astronaut": astronaut(0), "leaning": astronaut(-35), "cat": cat()}
    tiles = []
    for name, worn in GALLERY:
        image, faces = pictures[name]
        drawn = filters.stack([filters.load(one) for one in worn]).apply(image, faces)
        tiles.append(labelled(drawn, " + ".join(worn)))
    rows = [np.hstack(tiles[start : start + COLUMNS]) for start in range(0, len(tiles), COLUMNS)]
    images.write(ROOT / "docs" / "images" / "filters.jpg", np.vstack(rows), quality=90)


def astronaut(roll: float) -> tuple[Image, Faces]:
    """The astronaut's head in a tile, turned clockwise by so many degrees."""
    photo = facepoints.read(ROOT / "examples" / "astronaut.png")
    face = facepoints.find(photo)
    centre = face.keypoints[0].mean(axis=0) + (0, -18)
    transform = cv2.getRotationMatrix2D(tuple(float(value) for value in centre), -roll, TILE / 200)
    transform[:, 2] += TILE / 2 - centre
    tile = cv2.warpAffine(photo, transform, (TILE, TILE), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return tile, facepoints.find(tile)


def cat() -> tuple[Image, Faces]:
    """Chelsea in a tile. OpenCV's cat cascade does not find her, since she looks aside: her points are set by hand."""
    photo = facepoints.read(ROOT / "examples" / "chelsea.png")
    roll, yaw = math.radians(9), math.radians(10)
    turn = cv2.Rodrigues(np.array([0.0, 0.0, roll]))[0] @ cv2.Rodrigues(np.array([0.0, -yaw, 0.0]))[0]
    points = FACE_MODEL @ turn.T
    keypoints = (points[:, :2] / (720 + points[:, 2:]) * 1600 + (240, 126))[None].astype(np.float32)
    left = 88
    return photo[:, left : left + TILE].copy(), Faces(
        wider_style_boxes(keypoints) - [left, 0, left, 0], np.ones(1), keypoints - (left, 0), np.ones((1, 68))
    )


def labelled(tile: Image, words: str) -> Image:
    (width, _), _ = cv2.getTextSize(words, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)
    framed = cv2.copyMakeBorder(tile, GAP, LABEL, GAP, GAP, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    place = ((framed.shape[1] - width) // 2, framed.shape[0] - 9)
    return cv2.putText(framed, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, (40, 40, 40), 1, cv2.LINE_AA)


if __name__ == "__main__":
    main()
