"""The part of the picture that a face takes up, forehead included."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.filters.head import BROWS_AND_EYES, Head
from facepoints.filters.window import Window

__all__ = ["filled", "outline_of", "region_of"]


def _forehead() -> Array:
    """From ear to ear over the hairline, in the head frame: the 68 points end at the brows."""
    angle = np.linspace(0, np.pi, 13)
    height = np.sin(angle)
    return np.stack([-0.84 * np.cos(angle), 0.05 - 1.1 * height, 0.5 - 0.45 * height], axis=1)


_FOREHEAD = _forehead()
_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 24)), np.sin(np.linspace(0, 2 * np.pi, 24))], axis=1)


def outline_of(head: Head) -> Array:
    """The convex polygon ``(n, 2)`` around the points and the forehead, in pixels."""
    return _hull(head.keypoints, head.camera(BROWS_AND_EYES).project(_FOREHEAD))


def region_of(head: Head, margin: float) -> Array:
    """A convex polygon ``(n, 2)`` that surely holds the face, in pixels.

    It holds the oval in the face's box, too: where the points went wrong, the box still says where the face is.

    Args:
        head: of the face.
        margin: on each side, over the size of the region.
    """
    x1, y1, x2, y2 = (float(value) for value in head.box)
    oval = np.array([x1 + x2, y1 + y2]) / 2 + _CIRCLE * (x2 - x1, y2 - y1) / 2
    hull = _hull(outline_of(head), oval)
    middle = (hull.min(axis=0) + hull.max(axis=0)) / 2
    return np.asarray(middle + (hull - middle) * (1 + 2 * margin))


def filled(polygon: Array, window: Window) -> Image:
    """``(h, w)`` of the window: 255 inside the polygon, 0 outside."""
    mask = np.zeros((window.height, window.width), dtype=np.uint8)
    corner = np.array([window.left, window.top])
    chain = np.round(np.clip((polygon - corner) * 16, -1e8, 1e8)).astype(np.int32)
    cv2.fillConvexPoly(mask, chain, 255, cv2.LINE_AA, 4)
    return mask


def _hull(*points: Array) -> Array:
    together = np.concatenate(points).astype(np.float32)
    return np.asarray(cv2.convexHull(together)[:, 0], dtype=np.float64)
