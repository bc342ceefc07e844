"""What the tables of a video have in common: their columns and the numbers in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array
from facepoints.faces import Faces
from facepoints.scheme import POINT_COUNT

__all__ = ["ABOUT", "BOX", "POINTS", "TIME_DIGITS", "Video", "point_rows"]

ABOUT = ("image", "width", "height", "frame", "time", "face")
"""The first columns."""

# The columns of Faces.to_columns(), in its order.
BOX = ("x1", "y1", "x2", "y2")
POINTS = tuple(f"point{point}_{what}" for point in range(POINT_COUNT) for what in ("x", "y", "score"))

TIME_DIGITS = 6
"""Of the times in texts: microseconds."""


@dataclass(frozen=True)
class Video:
    """The video that frames belong to.

    Attributes:
        name: as it shall stand in the result: usually its path.
        width: of its frames in pixels.
        height: of its frames in pixels.
        details: the columns for details, from :func:`facepoints.formats.detail_columns`.
    """

    name: str
    width: int
    height: int
    details: tuple[str, ...] = ()


def point_rows(faces: Faces) -> Array:
    """``(n, 204)`` x, y and score of each point, in the order of ``POINTS``."""
    return np.concatenate([faces.keypoints, faces.keypoint_scores[:, :, None]], axis=2).reshape(len(faces), len(POINTS))
