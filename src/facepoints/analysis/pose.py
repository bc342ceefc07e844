"""How a head is turned: yaw, pitch and roll from the 68 points.

**The camera** is a pinhole with square pixels, its axis through the middle of the picture, its focal length the
picture's longer side (a field of view of 53 degrees along it). A face that it would put nearer than ``MIN_DISTANCE``
comes from a cropped picture, not from a camera on somebody's nose: for this face the focal length grows until it is
that far away. ``Poses.focal_lengths`` holds what was assumed.

**Axes** of the model and of the camera: x to the picture's right, y down, z away from the camera; millimetres. A face
that looks straight into the camera has the rotation 1.

**Angles** are those between the head and the line of sight from the camera to it, so that somebody who looks into the
camera has yaw and pitch 0 at the edge of the picture, too, and so that cropping the picture or another focal length
hardly changes them. As seen in the picture:

=====  =====================================================================  ============
angle  positive                                                               range
=====  =====================================================================  ============
yaw    the face turns to the picture's right (to the person's own left)       -90 to 90
pitch  the face looks up                                                      -180 to 180
roll   the head leans clockwise, to the picture's right                       -180 to 180
=====  =====================================================================  ============

They are Euler angles: from the frontal head, first pitch about its x axis, then yaw about the vertical, then roll about
the line of sight. So rolling the picture changes the roll alone, and mirroring it changes the signs of yaw and roll.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from facepoints.analysis.face_model import FACE_MODEL
from facepoints.arrays import Floats, as_floats, is_number
from facepoints.errors import InputError
from facepoints.scheme import GROUPS, POINT_COUNT

__all__ = ["MIN_DISTANCE", "Poses", "head_pose", "picture_centre"]

MIN_DISTANCE = 700.0
"""Millimetres: no face is taken to be nearer to the camera. Webcams are about as far, photographers further."""

_EYE_CORNERS = (36, 39, 42, 45)
_STEADY = np.array(
    [
        *GROUPS["left_brow"],
        *GROUPS["right_brow"],
        *(2 * [*GROUPS["nose_bridge"], *GROUPS["nostrils"]]),
        *(3 * _EYE_CORNERS),
    ]
)
"""The points that a pose is fitted to, some of them several times, which is their weight. Lids, mouth and chin move,
and the outline of the jaw is another place of the head in every view; brows move, but help more than they harm."""

_SOLID = np.ascontiguousarray(FACE_MODEL[_STEADY])
_MIDDLE = _SOLID.mean(axis=0)
_LEAST_SQUARES = np.linalg.pinv(_SOLID - _MIDDLE)

_LEAST_SPREAD = 1e-6

Matrices = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class Poses:
    """Where the heads of one picture are and how they are turned, one row a face; :mod:`facepoints.analysis.pose` says
    what the axes, signs and units are.

    Attributes:
        yaw: ``(n,)`` float32, degrees.
        pitch: ``(n,)`` float32, degrees.
        roll: ``(n,)`` float32, degrees.
        rotations: ``(n, 3, 3)`` float64, from axes of the model to axes of the camera.
        translations: ``(n, 3)`` float64, millimetres: the model's origin in camera coordinates.
        focal_lengths: ``(n,)`` float64, pixels.
    """

    yaw: Floats
    pitch: Floats
    roll: Floats
    rotations: Matrices
    translations: Matrices
    focal_lengths: Matrices

    @property
    def known(self) -> NDArray[np.bool_]:
        """``(n,)``: which faces have a pose; all numbers of the others are NaN."""
        return np.isfinite(self.focal_lengths)

    def __len__(self) -> int:
        return len(self.yaw)

    def __repr__(self) -> str:
        shown = [f"({yaw:.0f}, {pitch:.0f}, {roll:.0f})" for yaw, pitch, roll in self.angles()[:8]]
        return f"<Poses: {len(self)}, yaw, pitch, roll {', '.join(shown)}>" if shown else "<Poses: 0>"

    def angles(self) -> Floats:
        """``(n, 3)``: yaw, pitch and roll."""
        return np.stack([self.yaw, self.pitch, self.roll], axis=1)

    def project(self, points3d: ArrayLike, size: tuple[int, int]) -> Floats:
        """Where points that are fixed to the head appear in the picture.

        Args:
            points3d: ``(m, 3)`` millimetres in the frame of ``FACE_MODEL``, such as its 68 points themselves.
            size: width and height of the picture in pixels, the same as for :func:`head_pose`.

        Returns:
            ``(n, m, 2)`` float32 pixels; NaN for a point behind the camera.

        Raises:
            InputError: not such points or size.
        """
        points = as_floats(points3d, (None, 3), "points3d").astype(np.float64)
        placed = points @ self.rotations.transpose(0, 2, 1) + self.translations[:, None]
        depth = np.where(placed[..., 2:] > 0, placed[..., 2:], np.nan)
        flat = placed[..., :2] * self.focal_lengths[:, None, None] / depth + picture_centre(size)
        return np.asarray(flat, dtype=np.float32)


def head_pose(keypoints: ArrayLike, size: tuple[int, int]) -> Poses:
    """Yaw, pitch and roll of heads, and where they are before the camera.

    The pose of ``FACE_MODEL`` whose projection fits brows, eye corners and nose best, by least squares in the picture:
    OpenCV's ``solvePnP`` (iterative, Levenberg-Marquardt), started from the best pose under scaled orthography, which
    has a closed form and one solution, so that no head comes out behind the camera or inside out.

    Faces differ, so the yaw and pitch of a stranger are good to two or three degrees; how one person's angles change is
    known better. docs/pose.md has the figures.

    Args:
        keypoints: ``(n, 68, 2)`` pixels, such as ``faces.keypoints``.
        size: width and height of the picture in pixels.

    Returns:
        A row for each face; all of it is NaN for a face whose points lie in one place or on one line, as only those of
        false alarms do.

    Raises:
        InputError: not such points or size.
    """
    points = as_floats(keypoints, (None, POINT_COUNT, 2), "keypoints")[:, _STEADY].astype(np.float64)
    centre = picture_centre(size)
    starts, scales = _scaled_orthography(points)
    focal_lengths = np.maximum(float(max(size)), MIN_DISTANCE * scales)
    rotations, translations = np.full((len(points), 3, 3), np.nan), np.full((len(points), 3), np.nan)
    for row in np.flatnonzero(np.isfinite(scales)):
        rotations[row], translations[row] = _refined(
            points[row] - centre, starts[row], float(focal_lengths[row]), float(scales[row])
        )
    yaw, pitch, roll = _angles(_to_line_of_sight(translations) @ rotations)
    return Poses(yaw, pitch, roll, rotations, translations, focal_lengths)


def picture_centre(size: tuple[int, int]) -> Matrices:
    """``(2,)``: where the camera's axis meets a picture of this width and height, in pixels.

    Raises:
        InputError: that is no width and height.
    """
    whole = isinstance(size, (tuple, list)) and len(size) == 2 and all(is_number(side, whole=True) for side in size)
    if not whole or min(size) < 1:
        raise InputError(f"size must be the picture's width and height in pixels, two whole numbers; got {size!r}")
    return (np.array(size, dtype=np.float64) - 1) / 2


def _scaled_orthography(points: Matrices) -> tuple[Matrices, Matrices]:
    """The closed form: rotations ``(n, 3, 3)`` and scales ``(n,)`` in pixels a millimetre; NaN for a face without one.

    The best linear map from model to picture, and the scaled rotation closest to it.
    """
    linear = (_LEAST_SQUARES @ (points - points.mean(axis=1, keepdims=True))).transpose(0, 2, 1)
    left, values, right = np.linalg.svd(linear, full_matrices=False)
    flat = values[:, 1] <= _LEAST_SPREAD * np.maximum(values[:, 0], _LEAST_SPREAD)
    rows, values[flat] = left @ right, np.nan
    rows[flat] = np.nan
    return np.concatenate([rows, np.cross(rows[:, 0], rows[:, 1])[:, None]], axis=1), values.mean(axis=1)


def _refined(points: Matrices, start: Matrices, focal_length: float, scale: float) -> tuple[Matrices, Matrices]:
    """Rotation and translation of one face under perspective; ``points`` count from the middle of the picture."""
    middle = np.append(points.mean(axis=0) / scale, focal_length / scale)
    start = _to_line_of_sight(middle[None])[0].T @ start
    vector, _ = cv2.Rodrigues(start)
    shift = middle - start @ _MIDDLE
    camera = np.diag([focal_length, focal_length, 1.0])
    _, vector, shift = cv2.solvePnP(
        _SOLID, points, camera, None, vector, shift[:, None], useExtrinsicGuess=True, flags=cv2.SOLVEPNP_ITERATIVE
    )
    return np.asarray(cv2.Rodrigues(vector)[0]), np.asarray(shift[:, 0])


def _to_line_of_sight(places: Matrices) -> Matrices:
    """``(n, 3, 3)``: the smallest rotations that turn the directions of ``places (n, 3)`` to the camera's axis."""
    x, y, z = (places / np.linalg.norm(places, axis=1, keepdims=True)).T
    zero = np.zeros_like(x)
    cross = np.stack([zero, zero, -x, zero, zero, -y, x, y, zero], axis=1).reshape(-1, 3, 3)
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + z)[:, None, None])


def _angles(rotations: Matrices) -> tuple[Floats, Floats, Floats]:
    """Yaw, pitch and roll in degrees of ``R = Rz(roll) Ry(-yaw) Rx(-pitch)``."""
    yaw = np.arctan2(rotations[:, 2, 0], np.hypot(rotations[:, 0, 0], rotations[:, 1, 0]))
    pitch = np.arctan2(-rotations[:, 2, 1], rotations[:, 2, 2])
    roll = np.arctan2(rotations[:, 1, 0], rotations[:, 0, 0])
    in_degrees = (np.degrees(angle).astype(np.float32) for angle in (yaw, pitch, roll))
    return next(in_degrees), next(in_degrees), next(in_degrees)
