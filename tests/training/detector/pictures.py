"""Pictures to train a detector on, few and small, and runs that take seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from facepoints.datasets.face_pictures import FacePictures, KnownFaces, faces_from_keypoints, merge_pictures
from facepoints.training.appearance import AppearanceConfig
from facepoints.training.detector.config import DetectorTrainConfig
from facepoints.training.detector.scenes import SceneConfig
from tests.datasets.layouts import photo_of

NO_CHANGE = AppearanceConfig(light=0, grey=0, low_resolution=0, blur=0, occlusion=0, border=0, noise=0, compression=0)


def known(boxes: list[list[float]], ignore: list[bool] | None = None) -> KnownFaces:
    """Upright faces with these boxes, their landmarks unknown."""
    rows = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    ovals = np.concatenate(
        [(rows[:, :2] + rows[:, 2:]) / 2, rows[:, 2:] - rows[:, :2], np.zeros((len(rows), 1))], axis=1
    ).astype(np.float32)
    marks = np.full((len(rows), 7, 2), np.nan, dtype=np.float32)
    return KnownFaces(ovals, np.asarray(ignore or [False] * len(rows), dtype=bool), marks)


def squares(count: int = 1, size: int = 200) -> FacePictures:
    """Dark pictures in which the bright squares are the faces, all of them known."""
    random = np.random.default_rng(5)
    images, faces = [], []
    for _ in range(count):
        image = np.full((size, size, 3), 40, dtype=np.uint8)
        boxes = []
        for place in ((30, 40), (120, 110)):
            left, top = (int(value + random.integers(0, 20)) for value in place)
            side = int(random.integers(24, 48))
            image[top : top + side, left : left + side] = 230
            boxes.append([left - 0.5, top - 0.5, left + side - 0.5, top + side - 0.5])
        images.append(image)
        faces.append(known(boxes))
    return FacePictures(images, faces, [True] * count, ["wider"] * count, [f"wider/{row}" for row in range(count)])


def photos(count: int = 6) -> FacePictures:
    """The example's face in as many variants; what else is in the pictures is not known."""
    pairs = [photo_of(number) for number in range(count)]
    faces = [faces_from_keypoints(points[None]) for _, points in pairs]
    groups = [f"300w/{number}" for number in range(count)]
    return FacePictures([image for image, _ in pairs], faces, [False] * count, ["300w"] * count, groups)


def mixed() -> FacePictures:
    """Both kinds."""
    return merge_pictures([squares(8), photos(8)])


def still(**changes: Any) -> SceneConfig:
    """One piece a scene, upright, not mirrored, of unchanged looks."""
    settings: dict[str, Any] = {
        "mosaics": (1.0, 0.0, 0.0),
        "empty": 0.0,
        "flip": 0.0,
        "any_roll": 0.0,
        "roll": 0.0,
        "appearance": NO_CHANGE,
    }
    return SceneConfig(**{**settings, **changes})


def tiny_run(folder: Path, **changes: Any) -> Path:
    """Train for three epochs of three steps."""
    from facepoints.training.detector.fit import fit_detector
    from facepoints.training.execution import Execution

    settings: dict[str, Any] = {
        "samples": 36,
        "epoch_samples": 12,
        "batch_size": 4,
        "scene_size": 64,
        "validation_share": 0.25,
    }
    config = DetectorTrainConfig(**{**settings, **changes})
    return fit_detector(mixed(), folder, config, Execution(workers=0, accelerator="cpu", progress_bar=False))
