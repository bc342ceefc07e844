"""One box and what lies around it, for looking at missed faces and at boxes that match none."""

from __future__ import annotations

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.geometry import apply_transform, crop_transform, warp
from facepoints.report.comparison import FOUND_COLOUR, TRUE_COLOUR

__all__ = ["IGNORED_COLOUR", "box_tile"]

IGNORED_COLOUR = (255, 200, 60)
_SHADOW = (0, 0, 0)
_FRACTION_BITS = 4
_MARGIN = 2.5
"""Side of the tile over that of the box: whether a small blur is a face shows in what is around it."""


def box_tile(image: Image, box: Array, labelled: Array, ignored: Array, found: Array, size: int = 240) -> Image:
    """Cut out a box with its surroundings and draw all boxes there.

    Args:
        image: RGB.
        box: ``(4,)`` in pixels; the middle of the tile.
        labelled: ``(n, 4)`` drawn in ``TRUE_COLOUR``.
        ignored: ``(n, 4)`` labelled boxes that do not count, drawn in ``IGNORED_COLOUR``.
        found: ``(n, 4)`` drawn in ``FOUND_COLOUR``.
        size: of the tile in pixels.

    Returns:
        ``(size, size, 3)``.
    """
    centre = (np.asarray(box[:2], dtype=np.float64) + box[2:]) / 2
    transform = crop_transform(centre, _MARGIN * max(float(max(box[2:] - box[:2])), 8.0), 0.0, size)
    tile = warp(image, transform, size)
    for boxes, colour in ((ignored, IGNORED_COLOUR), (labelled, TRUE_COLOUR), (found, FOUND_COLOUR)):
        corners = apply_transform(transform, np.reshape(boxes, (-1, 2, 2)))
        # OpenCV's coordinates are whole numbers of 1/16 pixel, which wrap around where they leave their range.
        fixed = np.clip(np.round(corners * 2**_FRACTION_BITS), -(2**20), 2**20).astype(int)
        for thickness, paint in ((4, _SHADOW), (2, colour)):
            for first, last in fixed.tolist():
                cv2.rectangle(tile, first, last, paint, thickness, cv2.LINE_AA, _FRACTION_BITS)
    return tile
