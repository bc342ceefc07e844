"""Tiny data sets in their official layouts, made from the example picture."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from facepoints import images
from facepoints.arrays import Floats, Image
from facepoints.formats.pts import write_pts
from facepoints.scheme import MEAN_FACE, POINT_COUNT

ASTRONAUT = Path(__file__).parents[2] / "examples" / "astronaut.png"

FACE = (MEAN_FACE * 46.0 + (226.0, 104.0)).astype(np.float32)
"""``(68, 2)``: the mean face, laid over the face of the example picture."""


@lru_cache(maxsize=1)
def astronaut() -> Image:
    return images.read(ASTRONAUT)


def photo_of(number: int, size: int = 160) -> tuple[Image, Floats]:
    """The example's face, turned, scaled and shifted a little differently for each number, and its points."""
    random = np.random.default_rng(number)
    centre = FACE.mean(axis=0) + random.uniform(-6, 6, 2)
    transform = cv2.getRotationMatrix2D(
        (float(centre[0]), float(centre[1])), random.uniform(-12, 12), random.uniform(0.7, 1.1)
    )
    transform[:, 2] += size / 2 - centre
    warped = cv2.warpAffine(astronaut(), transform, (size, size), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, dtype=np.uint8), (FACE @ transform[:, :2].T + transform[:, 2]).astype(np.float32)


def write_pts_folder(folder: Path, stems: list[str], first: int = 0) -> Path:
    """Pictures with ``.pts`` files beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, stem in enumerate(stems, start=first):
        image, keypoints = photo_of(number)
        images.write(folder / f"{stem}.png", image)
        write_pts(folder / f"{stem}.pts", keypoints)
    return folder


def csv_row(name: str, keypoints: Floats) -> str:
    """A line of a YouTube Faces CSV file, whose coordinates count from 1."""
    return ",".join([name, *(f"{value + 1:.3f}" for value in keypoints.ravel())])


def write_ytf(root: Path, people: dict[str, int], split: str = "training", first: int = 100) -> Path:
    """Frames of ``people`` (name: number of frames) with their labels, in the layout of the official archive."""
    (root / split).mkdir(parents=True)
    rows = [",".join(["", *map(str, range(2 * POINT_COUNT))])]
    for name, frames in people.items():
        for frame in range(frames):
            image, keypoints = photo_of(first + len(rows))
            images.write(root / split / f"{name}_{frame:02}.jpg", image)
            rows.append(csv_row(f"{name}_{frame:02}.jpg", keypoints))
    (root / f"{split}_frames_keypoints.csv").write_text("\n".join(rows) + "\n")
    return root


def write_wider(root: Path, entries: list[str], split: str = "train") -> Path:
    """The list of WIDER FACE with these lines, and an empty folder for its pictures."""
    (root / "wider_face_split").mkdir(parents=True)
    (root / f"WIDER_{split}" / "images").mkdir(parents=True)
    (root / "wider_face_split" / f"wider_face_{split}_bbx_gt.txt").write_text("\n".join(entries) + "\n")
    return root
