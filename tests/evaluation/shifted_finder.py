"""A finder for tests that knows the answers, and how wrong it shall be."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from facepoints.datasets import LabelledFace
from facepoints.faces import Faces
from facepoints.geometry import tight_boxes
from facepoints.scheme import MEAN_FACE

EYE_DISTANCE = 50.0


def labelled_face(folder: Path, name: str, level: int) -> LabelledFace:
    """Write a grey picture of brightness ``level``, by which the finder below knows it, and label a face in it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((160, 160, 3), level, dtype=np.uint8))
    keypoints = (MEAN_FACE * EYE_DISTANCE + (80, 60)).astype(np.float32)
    return LabelledFace(path, keypoints, "300w", path.stem)


def faces_of(*points: np.ndarray) -> Faces:
    count = len(points)
    stacked = np.stack(points).astype(np.float32)
    return Faces(tight_boxes(stacked), np.ones(count), stacked, np.ones((count, 68)))


class ShiftedFinder:
    """Finds the points ``shift[level]`` pixels to the right of where they are, and none at all for None.

    A second face, far off in a corner, stands first in every result of ``find``, as another person would.
    """

    def __init__(self, shift: dict[int, float | None]) -> None:
        self.shift = shift
        self.keypoints = MEAN_FACE * EYE_DISTANCE + (80, 60)

    def fit(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        assert np.allclose(boxes, tight_boxes(self.keypoints[None]), atol=0.001)
        return faces_of(self.keypoints + np.array([self.shift[int(image[0, 0, 0])] or 0, 0]))

    def find(self, image: np.ndarray) -> Faces:
        shift = self.shift[int(image[0, 0, 0])]
        stranger = MEAN_FACE * 10 + (12, 8)
        return faces_of(stranger) if shift is None else faces_of(stranger, self.keypoints + np.array([2 * shift, 0]))
