"""Looking for faces only where somebody was a moment ago: much faster than in the whole picture."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Image
from facepoints.detection import Detections
from facepoints.finder import FaceFinder

__all__ = ["search_around"]

_REGION = 3.0
"""Side of the region that is searched, in sides of the face."""

_SMALLEST = 0.5
"""Size of the smallest face to look for there, in sides of the face."""

_LEAST = 16
"""Pixels of the sides of a region under which it is not worth a look."""


def search_around(finder: FaceFinder, picture: Image, squares: Array) -> Detections:
    """The detector's candidates near where faces are expected; some may be found twice.

    Args:
        finder: whose detector searches.
        picture: RGB uint8 ``(H, W, 3)``.
        squares: ``(n, 4)`` of the expected faces.

    Raises:
        InputError: the detector gave something other than boxes.
    """
    parts = []
    size = np.array([picture.shape[1], picture.shape[0]])
    for square in squares:
        side = float(np.exp(square[2]))
        left, top = np.clip(square[:2] - _REGION / 2 * side, 0, size).astype(int).tolist()
        right, bottom = np.clip(square[:2] + _REGION / 2 * side + 1, 0, size).astype(int).tolist()
        if min(right - left, bottom - top) < _LEAST:
            continue
        part = finder.detect(picture[top:bottom, left:right], max(finder.min_face, _SMALLEST * side))
        if len(part):
            parts.append(_shifted(part, left, top))
    return _joined(parts) if parts else Detections.empty()


def _shifted(found: Detections, left: int, top: int) -> Detections:
    shift = np.array([left, top, left, top], dtype=np.float32)
    rolls = np.zeros(len(found), dtype=np.float32) if found.rolls is None else found.rolls
    return Detections(found.boxes + shift, found.scores, found.starts + shift, rolls)


def _joined(parts: list[Detections]) -> Detections:
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.starts for part in parts]),
        np.concatenate([part.rolls for part in parts if part.rolls is not None]),
    )
