"""Detectors for tests that are told by the picture what to find, and labelled pictures for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from facepoints.arrays import Image
from facepoints.datasets.wider import LabelledPicture
from facepoints.detection import Detections
from facepoints.evaluation.contestants import Contestant

Box = Sequence[float]


def labelled_picture(folder: Path, level: int, faces: Sequence[Box], ignored: Sequence[Box] = ()) -> LabelledPicture:
    """Write a grey picture of brightness ``level``, by which the detectors below know it."""
    path = folder / f"{level}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((160, 200, 3), level, dtype=np.uint8))
    boxes = np.array([*faces, *ignored], dtype=np.float32).reshape(-1, 4)
    return LabelledPicture(path, boxes, np.arange(len(boxes)) >= len(faces))


class ScriptedDetector:
    """Finds the boxes, each with its score, that stand in ``script`` under the picture's brightness."""

    default_min_score = 0.5

    def __init__(self, script: Mapping[int, Sequence[tuple[Box, float]]]) -> None:
        self.script = script
        self.looked: list[tuple[int, int]] = []

    def detect(self, image: Image, min_face: int) -> Detections:
        level = int(image[0, 0, 0])
        self.looked.append((level, min_face))
        found = self.script.get(level, ())
        boxes = np.array([box for box, _ in found], dtype=np.float32).reshape(-1, 4)
        return Detections(boxes, np.array([score for _, score in found], dtype=np.float32))


def contestant(name: str, detector: ScriptedDetector, *, all_count: bool = False) -> Contestant:
    return Contestant(name, name.capitalize(), lambda: detector, lambda: f"scripted as {name}", all_count)
