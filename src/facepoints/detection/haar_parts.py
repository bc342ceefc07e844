"""Eyes and smiles inside the boxes of faces, by OpenCV's Haar cascades.

Cascade files by Hameed (eye and smile), inside OpenCV's wheel.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import ArrayLike

from facepoints.arrays import Array, Floats, Image, as_boxes, as_image
from facepoints.detection.haar import Cascade
from facepoints.geometry import nms

__all__ = ["find_eyes", "find_smiles"]

_FACE_SIDE = 200
"""Every face is scaled to this many pixels first, so that small ones are found too and large ones take no longer."""

_SMALLEST_PART = 24
"""Side in pixels of the smallest part that is looked for: an eye is about a fifth of a face."""

_UPPER = (0.0, 0.6)
"""Half of the box's height and a little more: the windows of the eye cascade reach below the eyes."""

_LOWER = (0.5, 1.0)


def find_eyes(image: Image, boxes: ArrayLike, scale_factor: float = 1.1, min_neighbors: int = 3) -> list[Floats]:
    """The eyes in each face's box: at most two, those that the cascade is surest of, left one first.

    Args:
        image: RGB uint8 ``(H, W, 3)``.
        boxes: ``(n, 4)`` x1, y1, x2, y2 of faces, as the Haar detectors give them.
        scale_factor: see :class:`facepoints.detection.Cascade`.
        min_neighbors: see :class:`facepoints.detection.Cascade`.

    Returns:
        For each face ``(k, 4)`` in pixels of the picture.

    Raises:
        InputError: not such an image, not such boxes, or a parameter is out of range.
    """
    return _find(image, boxes, _cascade("haarcascade_eye.xml", scale_factor, min_neighbors), _UPPER, at_most=2)


def find_smiles(image: Image, boxes: ArrayLike, scale_factor: float = 1.1, min_neighbors: int = 20) -> list[Floats]:
    """The smile in each face's box, if there is one.

    Args:
        image: RGB uint8 ``(H, W, 3)``.
        boxes: ``(n, 4)`` x1, y1, x2, y2 of faces, as the Haar detectors give them.
        scale_factor: see :class:`facepoints.detection.Cascade`.
        min_neighbors: see :class:`facepoints.detection.Cascade`.

    Returns:
        For each face ``(k, 4)`` in pixels of the picture, k being 0 or 1.

    Raises:
        InputError: not such an image, not such boxes, or a parameter is out of range.
    """
    return _find(image, boxes, _cascade("haarcascade_smile.xml", scale_factor, min_neighbors), _LOWER, at_most=1)


@lru_cache(maxsize=8)
def _cascade(file: str, scale_factor: float, min_neighbors: int) -> Cascade:
    return Cascade(file, scale_factor, min_neighbors)


def _find(image: Image, boxes: ArrayLike, cascade: Cascade, band: tuple[float, float], at_most: int) -> list[Floats]:
    rows = as_boxes(boxes)
    grey = np.asarray(cv2.cvtColor(as_image(image), cv2.COLOR_RGB2GRAY))
    return [_find_in(grey, box, cascade, band, at_most) for box in rows]


def _find_in(grey: Array, box: Floats, cascade: Cascade, band: tuple[float, float], at_most: int) -> Floats:
    """Parts between two heights of one face's box, from left to right."""
    x1, y1, x2, y2 = box.tolist()
    scale = _FACE_SIDE / max(x2 - x1, y2 - y1)
    # The left edge of pixel x lies at x - 0.5.
    edges = np.array([x1, y1 + band[0] * (y2 - y1), x2, y1 + band[1] * (y2 - y1)]) + 0.5
    left, top, right, bottom = np.clip(np.round(edges), 0, [*grey.shape[::-1]] * 2).astype(int)
    region = grey[top:bottom, left:right]
    size = (round(region.shape[1] * scale), round(region.shape[0] * scale))
    if min(size) < 1:
        return np.zeros((0, 4), dtype=np.float32)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    found = cascade.detect(np.asarray(cv2.resize(region, size, interpolation=way)), _SMALLEST_PART)
    best = found.boxes[nms(found.boxes, found.scores, threshold=0.1)[:at_most]]
    parts = (best + 0.5) / scale - 0.5 + np.tile([left, top], 2)
    return np.asarray(parts[np.argsort(parts[:, 0])], dtype=np.float32)
