"""Where a head is: its pose, and the camera that looks at it, so that artwork can be placed in three dimensions.

The *head frame* has its origin in the middle of the outer eye corners and the distance of these corners as its unit
(about 9 cm): x to the picture's right, y down, z into the picture. Artwork on a face is placed there, whatever the size,
roll and turn of the head.

The camera stands ``DISTANCE`` units in front of every head. The distance of the real one cannot be known from a picture,
and this way a filter looks the same on a photo and on a crop of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from facepoints.arrays import Array
from facepoints.faces import Face
from facepoints.geometry import roll_of, similarity
from facepoints.scheme import MEAN_FACE, REGIONS

__all__ = ["BROWS_AND_EYES", "DISTANCE", "MODEL", "Camera", "Head", "Rays"]

BROWS_AND_EYES = (*REGIONS["brows"], *REGIONS["eyes"])

DISTANCE = 8.0
"""From the camera to the eyes, in units of the head frame: about 70 cm."""

_Z = -np.array(
    "47.7 45.9 44.8 43.1 38.6 30.7 18.5 3.6 -0.9 5.2 19.2 30.8 37.6 40.9 42.3 44.1 47.1 14.3 7.3 0.4 -6.6 -12 -12 -7.3 "
    "-1 5.3 11.6 -13.4 -21.2 -29.3 -36.9 -20.1 -23.5 -25.9 -23.7 -20.9 7 3 1.4 -0.1 -0.1 1.5 -0.7 0.2 1.7 4.9 0.3 -1.2 "
    "-2.2 -15.9 -22.6 -23.7 -22.7 -15.6 -3.2 -15 -22.6 -23.6 -22.4 -15.1 -4.8 -20.9 -22.2 -21 -5.7 -20.7 -21.9 -20.3".split(),
    dtype=float,
) / 89
MODEL = np.concatenate([MEAN_FACE, -(_Z[:, None] - (_Z[36] + _Z[45]) / 2)], axis=1)


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
        return np.asarray(_plane(points, self.rotation, self.translation) @ self.similarity[:, :2].T + self.similarity[:, 2])

    @cached_property
    def rays(self) -> Rays:
        """The lines of sight in the head frame."""
        back = np.vstack([cv2.invertAffineTransform(self.similarity), [0, 0, 1]])
        return Rays(-self.rotation.T @ self.translation, self.rotation.T @ back)


class Head:
    """One face, as filters see it.

    Args:
        face: with finite keypoints.
    """

    def __init__(self, face: Face) -> None:
        self.keypoints = face.keypoints.astype(np.float64)
        self.box = face.box
        self.rotation, self.translation = _pose(self.keypoints)
        plane = _plane(MODEL, self.rotation, self.translation)
        self._plane = plane
        fitted = similarity(plane[17:], self.keypoints[17:])
        self._similarity = np.array([[1.0, 0, 0], [0, 1, 0]]) if fitted is None else fitted
        self.unit = float(np.hypot(*self._similarity[:, 0])) / DISTANCE

    def camera(self, anchor: Sequence[int]) -> Camera:
        """The camera by which the projected points ``anchor`` of the model lie on those of the face."""
        rows = list(anchor)
        linear = self._similarity[:, :2]
        own = similarity(self._plane[rows], self.keypoints[rows]) if len(rows) >= 4 else None
        if own is not None:
            linear = _near(own[:, :2], linear)
        shift = self.keypoints[rows].mean(axis=0) - linear @ self._plane[rows].mean(axis=0)
        return Camera(self.rotation, self.translation, np.concatenate([linear, shift[:, None]], axis=1))


def _near(linear: Array, reference: Array) -> Array:
    own, base = complex(*linear[:, 0]), complex(*reference[:, 0])
    ratio = own / base
    size = float(np.clip(abs(ratio), 0.9, 1.12))
    angle = float(np.clip(np.angle(ratio), -0.12, 0.12))
    turned = base * size * np.exp(1j * angle)
    return np.array([[turned.real, -turned.imag], [turned.imag, turned.real]])


def _plane(points: Array, rotation: Array, translation: Array) -> Array:
    seen = points @ rotation.T + translation
    return np.asarray(seen[:, :2] / seen[:, 2:])


def _pose(keypoints: Array) -> tuple[Array, Array]:
    centre = keypoints.mean(axis=0)
    scale = 100 * 1.6 / max(1e-3, float(np.ptp(keypoints, axis=0).max()))
    points = (keypoints - centre) * scale
    camera = np.array([[100 * DISTANCE, 0, 0], [0, 100 * DISTANCE, 0], [0, 0, 1]], dtype=float)
    roll = roll_of(keypoints)
    start = cv2.Rodrigues(np.array([0.0, 0, roll]))[0]
    ok, r, t = cv2.solvePnP(MODEL, points, camera, None, cv2.Rodrigues(start)[0], np.array([0, 0, DISTANCE * 1.0]), True)
    rotation = cv2.Rodrigues(r)[0]
    return rotation, np.array([0, 0, DISTANCE])
