"""One face with its true and its found points, for looking at errors."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Floats, Image
from facepoints.geometry import apply_transform, crop_transform, warp

__all__ = ["FOUND_COLOUR", "TRUE_COLOUR", "comparison_tile"]

TRUE_COLOUR = (46, 230, 214)
FOUND_COLOUR = (255, 61, 139)
_LINK_COLOUR = (255, 255, 255)
_SHADOW = (0, 0, 0)
_FRACTION_BITS = 4


def comparison_tile(image: Image, true_keypoints: Floats, found: Floats | None, size: int = 320) -> Image:
    """Cut a face out and draw its true points, the found ones, and a line from each to its partner.

    Args:
        image: RGB.
        true_keypoints: ``(68, 2)`` in pixels, drawn in ``TRUE_COLOUR``.
        found: ``(68, 2)`` in pixels, drawn in ``FOUND_COLOUR``; None or NaN for a missed face.
        size: of the tile in pixels.

    Returns:
        ``(size, size, 3)``, centred on the true points.
    """
    low, high = true_keypoints.min(axis=0), true_keypoints.max(axis=0)
    # Points that went astray by up to half a face stay in the picture; the face does not shrink further for others.
    margin = 1.35
    is_found = found is not None and bool(np.isfinite(found).all())
    if found is not None and is_found:
        reach = np.abs(found - (low + high) / 2).max() * 2.1 / max(float((high - low).max()), 1.0)
        margin = float(np.clip(reach, margin, 2.0))
    side = margin * max(float((high - low).max()), 8.0)
    transform = crop_transform((low + high) / 2, side, 0.0, size)
    tile = warp(image, transform, size)
    true_points = apply_transform(transform, true_keypoints)
    if found is not None and is_found:
        found_points = apply_transform(transform, found)
        for start, end in zip(_subpixel(true_points), _subpixel(found_points), strict=True):
            cv2.line(tile, start, end, _LINK_COLOUR, 1, cv2.LINE_AA, _FRACTION_BITS)
        _draw_points(tile, found_points, FOUND_COLOUR)
    _draw_points(tile, true_points, TRUE_COLOUR)
    return tile


def _draw_points(tile: Image, points: Floats, colour: tuple[int, int, int]) -> None:
    radius = max(tile.shape[0] / 160, 1.5)
    for ring, paint in ((radius + 0.9, _SHADOW), (radius, colour)):
        for point in _subpixel(points):
            cv2.circle(tile, point, round(ring * 2**_FRACTION_BITS), paint, -1, cv2.LINE_AA, _FRACTION_BITS)


def _subpixel(points: Floats) -> list[tuple[int, int]]:
    """OpenCV's fixed-point coordinates; bounded, since it wraps around where they leave the range of its integers."""
    fixed = np.clip(np.round(points * 2**_FRACTION_BITS), -(2**20), 2**20).astype(int)
    return [(int(x), int(y)) for x, y in fixed]
