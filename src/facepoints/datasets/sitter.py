"""Somebody on a photo who acts as told: smiles, speaks, blinks, without a second photo."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np

from facepoints.analysis import FACE_MODEL, frontal_points, head_pose
from facepoints.arrays import Array, Floats, Image, as_image
from facepoints.datasets.expressions import act
from facepoints.datasets.moved_points import move_points
from facepoints.errors import InputError
from facepoints.geometry import apply_transform
from facepoints.scheme import EDGES, GROUPS

__all__ = ["Sitter"]

_UPPER_LIP, _LOWER_LIP = [61, 62, 63], [67, 66, 65]
_CORNERS = (60, 64)

_TEETH = 0.9
"""Share of the gap between the lips, from above, that shows teeth of the upper jaw."""

_DARK = (44, 18, 20)
"""RGB of the inside of a mouth."""

_LIDS_AND_LIPS = np.array([edge for edge in EDGES if edge[0] >= GROUPS["left_eye"][0]])


class Sitter:
    """A face on a photo, and its head in space: the depths are those of ``FACE_MODEL``.

    What the photo does not show cannot appear: a mouth that is closed on it opens to a dark gap, and no wrinkles come.
    Good for faces that look roughly into the camera.

    Args:
        photo: RGB ``uint8``, ``(H, W, 3)``.
        keypoints: ``(68, 2)`` of the face in pixels.

    Raises:
        InputError: not such an image or points, or the points lie in one place or on one line.
    """

    def __init__(self, photo: Image, keypoints: Array) -> None:
        self._photo = as_image(photo)
        self._size = (photo.shape[1], photo.shape[0])
        self._points = np.asarray(keypoints, dtype=np.float32)
        self._poses = head_pose(self._points[None], self._size)
        if not self._poses.known[0]:
            raise InputError("these keypoints are of no face: they lie in one place or on one line")
        frontal = frontal_points(self._points[None], self._poses, self._size)[0]
        self._head = np.concatenate([frontal, FACE_MODEL[:, 2:]], axis=1)

    def keypoints(self, strengths: Mapping[str, float]) -> Floats:
        """``(68, 2)``: where the points are in the photo when these actions are added to what the face does there.

        Raises:
            InputError: an unknown action; :data:`facepoints.datasets.expressions.ACTIONS` has the known ones.
        """
        projected: Floats = self._poses.project(act(self._head, strengths), self._size)[0]
        return projected

    def picture(
        self, strengths: Mapping[str, float], transform: Array | None = None, size: tuple[int, int] | None = None
    ) -> Image:
        """The photo in which the face does this, mapped by ``transform``.

        Args:
            strengths: of each action, as for :func:`facepoints.datasets.expressions.act`.
            transform: ``(2, 3)`` from the photo to the new picture; None: it stays as it is.
            size: width and height of the new picture in pixels; None: those of the photo.

        Returns:
            RGB ``uint8``; its keypoints are those of :meth:`keypoints`, mapped by ``transform``.

        Raises:
            InputError: an unknown action.
        """
        moved = self.keypoints(strengths)
        teeth = self._points[_LOWER_LIP] - self._points[_UPPER_LIP]
        gap = moved[_LOWER_LIP] - moved[_UPPER_LIP]
        opens = float((gap - teeth)[:, 1].mean()) > 0.5
        old, new = _with_middles(self._points), _with_middles(moved)
        if opens:  # The teeth keep their length; below them it is dark.
            old = np.concatenate([old, self._points[_UPPER_LIP] + _TEETH * teeth])
            new = np.concatenate([new, moved[_UPPER_LIP] + _TEETH * teeth])
        picture = move_points(self._photo, old, new, transform, size)
        if opens:
            below = [moved[_CORNERS[0]], *(moved[_UPPER_LIP] + teeth), moved[_CORNERS[1]], *moved[_LOWER_LIP[::-1]]]
            _darken(picture, np.array(below) if transform is None else apply_transform(transform, np.array(below)))
        return picture


def _with_middles(points: Array) -> Array:
    """The points, and those half-way between neighbours on lids and lips, which are to close as lines."""
    return np.concatenate([points, points[_LIDS_AND_LIPS].mean(axis=1)])


def _darken(picture: Image, polygon: Array) -> None:
    """Paint the inside of a mouth, in place, with a soft edge."""
    mask = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    width = max(0.6, 0.03 * float(np.ptp(polygon[:, 0])))
    weight = (cv2.GaussianBlur(mask, (0, 0), width) / np.float32(255))[..., None]
    picture[...] = np.round(picture * (1 - weight) + np.array(_DARK, dtype=np.float32) * weight)
