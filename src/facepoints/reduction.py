"""How much smaller a picture may be decoded for a finder, and the way back to the pixels of the whole picture.

Decoding takes most of the time on photos of many megapixels, of which a finder with a large ``min_face`` sees few.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from facepoints.arrays import Floats
from facepoints.detection import Detections
from facepoints.geometry import CROP_SCALE
from facepoints.images import ReducedImage
from facepoints.keypoints import Estimate

__all__ = ["detections_in_full", "estimate_in_full", "harmless_factor", "reduced_min_face"]

_POINTS = 0.8
"""Longer side of the tight box of the points over that of the box from chin to forehead
(:func:`facepoints.geometry.wider_style_boxes`)."""


def harmless_factor(min_face: float, crop_size: int) -> int:
    """The largest of 1, 2, 4 and 8 at which the crop of the smallest face still shrinks the picture.

    The detector needs far less: it shows its network that face at 16 pixels.

    Args:
        min_face: longer side of the smallest face to look for, in pixels of the whole picture.
        crop_size: side in pixels of the crops for the keypoints.
    """
    crop = min_face * _POINTS * CROP_SCALE
    return next((factor for factor in (8, 4, 2) if crop >= factor * crop_size), 1)


def reduced_min_face(min_face: float, picture: ReducedImage) -> float | None:
    """``min_face`` in pixels of a reduced picture; None where it stays as it is."""
    # Rounded down: rather a few more candidates than a face less.
    return None if picture.factor == 1 else max(1, math.floor(min_face / picture.factor))


def detections_in_full(found: Detections, picture: ReducedImage) -> Detections:
    """Candidates from a reduced picture, in pixels of the whole one."""
    if picture.factor == 1:
        return found
    starts = found.keypoint_boxes
    return replace(
        found,
        boxes=_boxes_in_full(found.boxes, picture),
        keypoint_boxes=None if starts is None else _boxes_in_full(starts, picture),
    )


def estimate_in_full(estimate: Estimate, picture: ReducedImage) -> Estimate:
    """Keypoints from a reduced picture, in pixels of the whole one."""
    return estimate if picture.factor == 1 else replace(estimate, keypoints=picture.in_full(estimate.keypoints))


def _boxes_in_full(boxes: Floats, picture: ReducedImage) -> Floats:
    return np.asarray(picture.in_full(boxes.reshape(-1, 2, 2)).reshape(-1, 4), dtype=np.float32)
