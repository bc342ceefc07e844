"""One face with its true and its found points, for looking at errors."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Floats, Image
from facepoints.geometry import apply_transform, crop_transform, warp
from facepoints.scheme import EDGES

__all__ = ["FOUND_COLOUR", "TRUE_COLOUR", "comparison_tile"]

TRUE_COLOUR = (46, 230, 214)
FOUND_COLOUR = (255, 61, 139)
_SHADOW = (0, 0, 0)
_FRACTION_BITS = 4


def comparison_tile(image: Image, true_keypoints: Floats, found: Floats | None, size: int = 320) -> Image:
    """Cut a face out and draw the shape of its true points and that of the found ones.

    Args:
        image: RGB.
        true_keypoints: ``(68, 2)`` in pixels, drawn in ``TRUE_COLOUR``.
        found: ``(68, 2)`` in pixels, drawn in ``FOUND_COLOUR``; None or NaN for a missed face.
        size: of the tile in pixels.

    Returns:
        ``(size, size, 3)``, centred on the true points.
    """
    low, high = true_keypoints.min(axis=0), true_keypoints.max(axis=0)
    if found is not None and not np.isfinite(found).all():
        found = None
    margin = 1.35
    if found is not None:
        # The cut grows for points that went astray, but not so far that nothing of the face can be seen.
        reach = np.abs(found - (low + high) / 2).max() * 2.1 / max(float((high - low).max()), 1.0)
        margin = float(np.clip(reach, margin, 2.0))
    side = margin * max(float((high - low).max()), 8.0)
    transform = crop_transform((low + high) / 2, side, 0.0, size)
    tile = warp(image, transform, size)
    true_points = apply_transform(transform, true_keypoints)
    _draw_shape(tile, true_points, TRUE_COLOUR)
    if found is not None:
        _draw_shape(tile, apply_transform(transform, found), FOUND_COLOUR)
    return tile


def _draw_shape(tile: Image, points: Floats, colour: tuple[int, int, int]) -> None:
    fixed = _subpixel(points)
    for start, end in EDGES:
        cv2.line(tile, fixed[start], fixed[end], colour, 1, cv2.LINE_AA, _FRACTION_BITS)
    radius = max(tile.shape[0] / 180, 1.5)
    for ring, paint in ((radius + 0.8, _SHADOW), (radius, colour)):
        for point in fixed:
            cv2.circle(tile, point, round(ring * 2**_FRACTION_BITS), paint, -1, cv2.LINE_AA, _FRACTION_BITS)


def _subpixel(points: Floats) -> list[tuple[int, int]]:
    """OpenCV's fixed-point coordinates; bounded, since it wraps around where they leave the range of its integers."""
    fixed = np.clip(np.round(points * 2**_FRACTION_BITS), -(2**20), 2**20).astype(int)
    return [(int(x), int(y)) for x, y in fixed]
