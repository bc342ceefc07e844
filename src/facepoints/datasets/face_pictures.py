"""Whole pictures with all that is known of the faces in them: what a detector is trained on, kept in memory."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import upright_square
from facepoints.scheme import GROUPS

__all__ = ["LANDMARK_COUNT", "FacePictures", "KnownFaces", "faces_from_keypoints", "landmarks_of", "merge_pictures"]

LANDMARK_COUNT = 7
"""Middle of the image-left eye and of the image-right one, nose tip, image-left and image-right mouth corner; then the
middles of the top and bottom edges of the upright square (:func:`facepoints.geometry.upright_square`)."""

_NOSE_TIP, _LEFT_MOUTH, _RIGHT_MOUTH = 30, 48, 54

_FOREHEAD = 0.25
"""Boxes in WIDER FACE's style reach over the brows by about a quarter of the height from brows to chin."""


@dataclass(frozen=True, eq=False)
class KnownFaces:
    """What is known of the ``m`` faces of one picture.

    Attributes:
        ovals: ``(m, 5)`` float32 centre x, centre y, width, height in pixels, and roll in radians: the box of the face
            in its own upright frame. Boxes that are given upright have roll 0.
        ignore: ``(m,)`` bool: neither to be learned as faces nor as background.
        landmarks: ``(m, 7, 2)`` float32 in pixels, see :data:`LANDMARK_COUNT`; NaN where they are not known.
    """

    ovals: Floats
    ignore: np.ndarray
    landmarks: Floats


@dataclass(frozen=True, eq=False)
class FacePictures:
    """``n`` pictures in memory.

    Attributes:
        images: RGB.
        faces: of each picture.
        complete: whether all faces of the picture are known; otherwise only the surroundings of those that are may
            be learned as background.
        sources: names of data sets.
        groups: names of people or photos; see :class:`facepoints.datasets.labelled.LabelledFace`.
    """

    images: Sequence[Image]
    faces: Sequence[KnownFaces]
    complete: Sequence[bool]
    sources: Sequence[str]
    groups: Sequence[str]

    def __len__(self) -> int:
        return len(self.images)

    def subset(self, rows: Sequence[int]) -> FacePictures:
        """The pictures of these rows, in this order."""
        return FacePictures(
            [self.images[row] for row in rows],
            [self.faces[row] for row in rows],
            [self.complete[row] for row in rows],
            [self.sources[row] for row in rows],
            [self.groups[row] for row in rows],
        )

    def fingerprint(self) -> dict[str, int | str]:
        """The number of pictures of each source, and a checksum of all boxes: the same for the same data alone."""
        labels = hashlib.sha256("\0".join(self.groups).encode())
        for faces in self.faces:
            labels.update(faces.ovals.tobytes())
        return {**dict(sorted(Counter(self.sources).items())), "labels_sha256": labels.hexdigest()}


def merge_pictures(parts: Sequence[FacePictures]) -> FacePictures:
    """All pictures of several collections, in order."""
    return FacePictures(
        [image for part in parts for image in part.images],
        [faces for part in parts for faces in part.faces],
        [complete for part in parts for complete in part.complete],
        [source for part in parts for source in part.sources],
        [group for part in parts for group in part.groups],
    )


def faces_from_keypoints(keypoints: Floats) -> KnownFaces:
    """Faces in WIDER FACE's style from their keypoints ``(m, 68, 2)``."""
    ovals = [_oval(points) for points in keypoints]
    return KnownFaces(
        np.asarray(ovals, dtype=np.float32).reshape(-1, 5),
        np.zeros(len(keypoints), dtype=bool),
        np.asarray([landmarks_of(points) for points in keypoints], dtype=np.float32).reshape(-1, LANDMARK_COUNT, 2),
    )


def landmarks_of(keypoints: Floats) -> Floats:
    """The landmarks ``(7, 2)`` of a face with these keypoints ``(68, 2)``."""
    centre, side, roll = upright_square(keypoints)
    down = np.array([-np.sin(roll), np.cos(roll)]) * side / 2
    left_eye, right_eye = (keypoints[list(GROUPS[name])].mean(axis=0) for name in ("left_eye", "right_eye"))
    points = [left_eye, right_eye, keypoints[_NOSE_TIP], keypoints[_LEFT_MOUTH], keypoints[_RIGHT_MOUTH]]
    return np.asarray([*points, centre - down, centre + down], dtype=np.float32)


def _oval(keypoints: Floats) -> Array:
    _, _, roll = upright_square(keypoints)
    turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
    upright = keypoints.astype(np.float64) @ turn.T
    low, high = upright.min(axis=0), upright.max(axis=0)
    low[1] -= _FOREHEAD * (high[1] - low[1])
    return np.asarray([*(turn.T @ ((low + high) / 2)), *(high - low), roll])
