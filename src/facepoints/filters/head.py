"""Where a head is: its pose, and the camera that looks at it, so that artwork can be placed in three dimensions.

The *head frame* has its origin in the middle of the outer eye corners and the distance of these corners as its unit
(about 9 cm): x to the picture's right, y down, z into the picture. Artwork is placed there, whatever the size, roll and
turn of the head.

The camera stands about ``DISTANCE`` units in front of every head. The distance of the real one cannot be known from a
picture, and this way a filter looks the same on a photo and on a crop of it.
"""

from __future__ import annotations

import cmath
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from facepoints.analysis.face_model import EYE_DISTANCE, FACE_MODEL
from facepoints.analysis.pose import head_pose
from facepoints.arrays import Array, Floats
from facepoints.faces import Face, Faces
from facepoints.geometry import similarity, wider_style_boxes
from facepoints.scheme import MEAN_FACE, REGIONS

__all__ = ["BROWS_AND_EYES", "DISTANCE", "MODEL", "Camera", "Head", "Rays", "heads_in", "heads_of"]

BROWS_AND_EYES = (*REGIONS["brows"], *REGIONS["eyes"])

DISTANCE = 8.0
"""From the camera to the eyes, in units of the head frame: about 70 cm."""

MODEL = FACE_MODEL / EYE_DISTANCE
"""``(68, 3)``: the points of the mean head in the head frame."""

_INNER = slice(17, 68)
_VIEW = round(DISTANCE * EYE_DISTANCE)
"""Width and height in pixels, and so the focal length, of a picture in which a head at ``DISTANCE`` has one pixel for
each millimetre."""

_MEAN_BOX = wider_style_boxes(MEAN_FACE[None])[0]

_EXTENT = float(np.ptp(FACE_MODEL[:, :2], axis=0).max())
"""Millimetres of the longer side of the box around the points of a face that looks into the camera."""

_WRONG_POINTS = 0.05
"""Mean keypoint score under which points are not believed where the face's box contradicts them."""

_WORST_FIT, _SMALLEST, _FARTHEST = 0.15, 0.75, 0.2
"""What contradicts: an RMS distance from the projected model, in units of the head frame, that no human face has (they
have up to 0.08); a size under this share of what the box says; middles further apart than this share of the box."""

_LARGEST_CHANGE, _LARGEST_TURN = 1.12, 0.12
"""Bounds to what the points of one region change in the size and the direction (radians) of the whole face."""


@dataclass(frozen=True)
class Rays:
    """The lines of sight through the pixels of a picture, in some frame.

    Attributes:
        origin: ``(3,)``, the camera.
        matrix: ``(3, 3)``: the direction through pixel (x, y) is ``matrix @ (x, y, 1)``.
    """

    origin: Array
    matrix: Array

    def seen_from(self, position: Array, axes: Array) -> Rays:
        """The same rays in a frame at ``position (3,)`` whose axes are the columns of ``axes (3, 3)``."""
        return Rays(axes.T @ (self.origin - position), axes.T @ self.matrix)


@dataclass(frozen=True)
class Camera:
    """Maps points of the head frame to the picture.

    Attributes:
        rotation: ``(3, 3)`` from the head frame to the camera's.
        translation: ``(3,)``, the origin of the head frame in the camera's.
        similarity: ``(2, 3)`` from the plane at distance 1 to pixels.
    """

    rotation: Array
    translation: Array
    similarity: Array

    def project(self, points: Array) -> Array:
        """Points of the head frame ``(n, 3)`` to pixels ``(n, 2)``."""
        return np.asarray(
            _plane(points, self.rotation, self.translation) @ self.similarity[:, :2].T + self.similarity[:, 2]
        )

    @cached_property
    def rays(self) -> Rays:
        """The lines of sight in the head frame."""
        back = np.vstack([cv2.invertAffineTransform(self.similarity), [0, 0, 1]])
        return Rays(-self.rotation.T @ self.translation, self.rotation.T @ back)


class Head:
    """One face, as filters see it.

    Args:
        face: of which all keypoints are finite.
        rotation: ``(3, 3)`` from the head frame to the camera's.
        translation: ``(3,)``: the origin of the head frame in the camera's, in units of the head frame.

    Attributes:
        keypoints: ``(68, 2)`` in pixels.
        box: ``(4,)`` x1, y1, x2, y2 in pixels.
        unit: pixels of one unit of the head frame.
    """

    def __init__(self, face: Face, rotation: Array, translation: Array) -> None:
        self.keypoints = face.keypoints.astype(np.float64)
        self.box = face.box
        self._rotation, self._translation = rotation, translation
        self._cameras: dict[tuple[int, ...], Camera] = {}
        self._plane = _plane(MODEL, rotation, translation)
        fitted = similarity(self._plane[_INNER], self.keypoints[_INNER])
        self._similarity = np.array([[1.0, 0, 0], [0, 1, 0]]) if fitted is None else fitted
        self.unit = float(np.hypot(*self._similarity[:, 0])) / float(translation[2])

    def misfit(self) -> float:
        """RMS distance of the points inside the face from those of the model, in units of the head frame."""
        fitted = self._plane[_INNER] @ self._similarity[:, :2].T + self._similarity[:, 2]
        return float(np.sqrt(((fitted - self.keypoints[_INNER]) ** 2).sum(axis=1).mean())) / max(self.unit, 1e-9)

    def camera(self, anchor: tuple[int, ...]) -> Camera:
        """The camera in which these points of the model lie, on the whole, on those of the face."""
        if anchor not in self._cameras:
            self._cameras[anchor] = self._camera(list(anchor))
        return self._cameras[anchor]

    def _camera(self, rows: list[int]) -> Camera:
        linear = self._similarity[:, :2]
        own = similarity(self._plane[rows], self.keypoints[rows]) if len(rows) >= 4 else None
        if own is not None:
            linear = _near(own[:, :2], linear)
        shift = self.keypoints[rows].mean(axis=0) - linear @ self._plane[rows].mean(axis=0)
        return Camera(self._rotation, self._translation, np.concatenate([linear, shift[:, None]], axis=1))


def heads_of(faces: Faces) -> list[Head]:
    """The heads of all faces.

    Where the points cannot be right, as on many cats, the mean face is put upright into the face's box.
    """
    return [_head(face) for face in faces]


def heads_in(boxes: Floats) -> list[Head]:
    """A mean face, upright and looking into the camera, in the middle of each of the boxes ``(n, 4)``."""
    points = np.repeat(MEAN_FACE[None], len(boxes), axis=0).astype(np.float32)
    scores = np.zeros(points.shape[:2], dtype=np.float32)
    return [_in_box(face) for face in Faces(boxes, scores[:, 0], points, scores)]


def _head(face: Face) -> Head:
    points = face.keypoints.astype(np.float64)
    scale = _EXTENT / max(float(np.ptp(points, axis=0).max()), 1e-3)
    centred = (points - points.mean(axis=0)) * scale + (_VIEW - 1) / 2
    poses = head_pose(centred[None], (_VIEW, _VIEW))
    if not poses.known[0]:
        return _in_box(face)
    head = Head(face, poses.rotations[0], poses.translations[0] / EYE_DISTANCE)
    return _in_box(face) if _contradicted(face, head) else head


def _contradicted(face: Face, head: Head) -> bool:
    """Whether the points are probably wrong, so that the box is the better guide."""
    if float(face.keypoint_scores.mean()) >= _WRONG_POINTS:
        return False
    box = (face.box[2:] - face.box[:2]).astype(np.float64)
    apart = (
        wider_style_boxes(face.keypoints[None])[0].reshape(2, 2).mean(axis=0) - face.box.reshape(2, 2).mean(axis=0)
    ) / box
    return (
        head.misfit() > _WORST_FIT
        or head.unit < _SMALLEST * _unit_of(face.box)
        or float(np.abs(apart).max()) > _FARTHEST
    )


def _unit_of(box: Array) -> float:
    """Pixels of one unit of the head frame, of an upright face that fills this box from chin to forehead."""
    return float(np.sqrt(np.prod((box[2:] - box[:2]) / (_MEAN_BOX[2:] - _MEAN_BOX[:2]))))


def _in_box(face: Face) -> Head:
    """The mean face, looking into the camera, in the middle of the box."""
    middle = (face.box[:2] + face.box[2:]) / 2 - (_MEAN_BOX[:2] + _MEAN_BOX[2:]) / 2 * _unit_of(face.box)
    placed = replace(face, keypoints=(MEAN_FACE * _unit_of(face.box) + middle).astype(np.float32))
    return Head(placed, np.eye(3), np.array([0.0, 0.0, DISTANCE]))


def _near(linear: Array, reference: Array) -> Array:
    """The similarity ``linear (2, 2)``, held near ``reference``: few points say little about size and direction."""
    own, base = complex(*linear[:, 0]), complex(*reference[:, 0])
    ratio = own / base if base else 1.0 + 0j
    size = min(max(abs(ratio), 1 / _LARGEST_CHANGE), _LARGEST_CHANGE)
    turn = min(max(cmath.phase(ratio), -_LARGEST_TURN), _LARGEST_TURN)
    held = base * cmath.rect(size, turn)
    return np.array([[held.real, -held.imag], [held.imag, held.real]])


def _plane(points: Array, rotation: Array, translation: Array) -> Array:
    seen = points @ rotation.T + translation
    return np.asarray(seen[:, :2] / seen[:, 2:])
