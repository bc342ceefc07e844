"""The points of a turned head as seen from straight ahead."""

from __future__ import annotations

import numpy as np

from facepoints.analysis.face_model import FACE_MODEL
from facepoints.analysis.pose import Poses, picture_centre
from facepoints.arrays import Array, Floats

__all__ = ["frontal_points"]

_STEEPEST = 0.1
"""Cosine of the steepest angle between line of sight and face at which points are carried back as they should: 84
degrees. Beyond, the frontal view of a face cannot be told from its edge."""


def frontal_points(keypoints: Array, poses: Poses, size: tuple[int, int]) -> Floats:
    """The points as they would appear if the head looked straight into a far camera.

    Each point is carried along its line of sight to the depth that ``FACE_MODEL`` has there. What turning hides is not
    brought back: on the far half of a head turned by more than about 30 degrees, small errors of the points grow large.

    Args:
        keypoints: ``(n, 68, 2)`` pixels.
        poses: of these faces, by :func:`facepoints.analysis.head_pose`.
        size: width and height of the picture in pixels.

    Returns:
        ``(n, 68, 2)`` float32 millimetres, x to the head's side on the picture's right, y down. Origin and scale are
        those of ``FACE_MODEL``: the outer eye corners of the average head are 90 mm apart.
    """
    from_centre = (np.asarray(keypoints, dtype=np.float64) - picture_centre(size)) / poses.focal_lengths[:, None, None]
    rays = np.concatenate([from_centre, np.ones_like(from_centre[..., :1])], axis=2) @ poses.rotations
    camera = -(poses.translations[:, None] @ poses.rotations)  # in the frame of the model, like the rays
    lengths = (FACE_MODEL[:, 2] - camera[..., 2]) / np.maximum(rays[..., 2], _STEEPEST)
    return np.asarray((camera + lengths[..., None] * rays)[..., :2], dtype=np.float32)
