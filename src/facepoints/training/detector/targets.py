"""What each grid point of the network should say about a scene."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from facepoints.arrays import Floats
from facepoints.training.detector.scenes import KNOWN_STEP, Scene
from facepoints.training.networks.detector import LANDMARKS, STRIDES, grid_centres

__all__ = ["BACKGROUND", "FACE", "IGNORED", "GridTargets", "assign"]

FACE, BACKGROUND, IGNORED = 1, 0, -1

_SIZES = ((0.0, 50.0), (40.0, 112.0), (90.0, np.inf))
"""Longer sides in pixels of the faces that each stride learns; those in both ranges are learned twice."""

_RADIUS = 1.2
"""Grid points within so many strides of a face's centre learn it, along each axis."""

_UNCLEAR = 0.35
"""Grid points within this share of a face's longer side around its centre that do not learn it are left alone: they are
on the face, so they are no background."""


@dataclass(frozen=True, eq=False)
class GridTargets:
    """Targets of the ``k`` grid points, in the order of the network's output.

    Attributes:
        labels: ``(k,)`` int8: face, background or ignored.
        boxes: ``(k, 4)`` float32 of the face, where the label is face.
        landmarks: ``(k, 7, 2)`` float32; NaN where not known.
    """

    labels: np.ndarray
    boxes: Floats
    landmarks: Floats


def assign(scene: Scene) -> GridTargets:
    """Decide for each grid point which face it learns, if any; where faces compete, the smaller one wins.

    The scheme is that of FCOS with centre sampling (Tian et al., 2019), but for the ignored points.
    """
    parts = [_assign_level(scene, stride, sizes) for stride, sizes in zip(STRIDES, _SIZES, strict=True)]
    return GridTargets(
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.landmarks for part in parts]),
    )


def _assign_level(scene: Scene, stride: int, sizes: tuple[float, float]) -> GridTargets:
    cells = len(scene.image) // stride
    points = _grid(cells, stride)
    step = stride // KNOWN_STEP
    known = scene.known.reshape(cells, step, cells, step).all(axis=(1, 3)).ravel()
    labels = np.where(known, BACKGROUND, IGNORED).astype(np.int8)
    boxes = np.zeros((len(points), 4), dtype=np.float32)
    landmarks = np.full((len(points), LANDMARKS, 2), np.nan, dtype=np.float32)
    if not len(scene.boxes):
        return GridTargets(labels, boxes, landmarks)
    sides = (scene.boxes[:, 2:] - scene.boxes[:, :2]).max(axis=1)
    centres = (scene.boxes[:, :2] + scene.boxes[:, 2:]) / 2
    distance = np.maximum(
        np.abs(points[:, 0, None] - centres[None, :, 0]), np.abs(points[:, 1, None] - centres[None, :, 1])
    )
    within = _within(points, scene.boxes)
    labels[(distance < _UNCLEAR * sides).any(axis=1)] = IGNORED
    labels[within[:, scene.ignore].any(axis=1)] = IGNORED
    learned = ~scene.ignore & (sides >= sizes[0]) & (sides < sizes[1])
    candidates = (distance < _RADIUS * stride) & learned & (within | (distance < stride))
    cost = np.where(candidates, sides, np.inf)
    owner, is_face = cost.argmin(axis=1), candidates.any(axis=1)
    labels[is_face] = FACE
    boxes[is_face], landmarks[is_face] = scene.boxes[owner[is_face]], scene.landmarks[owner[is_face]]
    return GridTargets(labels, boxes, landmarks)


@lru_cache
def _grid(cells: int, stride: int) -> Floats:
    return np.asarray(grid_centres(cells, cells, stride).numpy())


def _within(points: Floats, boxes: Floats) -> np.ndarray:
    """``(k, m)`` bool: which points lie in which boxes."""
    x, y = points[:, 0, None], points[:, 1, None]
    return np.asarray((x >= boxes[:, 0]) & (x <= boxes[:, 2]) & (y >= boxes[:, 1]) & (y <= boxes[:, 3]))
