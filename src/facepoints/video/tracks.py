"""What is remembered of each person, and where that lets one expect the face next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.geometry import oval_reach, upright_square
from facepoints.scheme import POINT_COUNT
from facepoints.video.appearance import LOOK_LENGTH
from facepoints.video.rows import Rows
from facepoints.video.smoothing import KeypointSmoother, SmootherState

__all__ = ["Tracks", "placed_boxes", "predicted_squares", "relative_boxes", "square_boxes", "upright_squares"]

_PERSISTENCE = 0.25
"""Seconds after which the expected speed of a face that is not seen has fallen to 37 %."""

_FARTHEST = np.array([1.0, 1.0, 0.3, 0.8])
"""Most that is expected of a motion: sides of the square, logarithm of its side, and radians."""

_OVAL = np.array([0.8, 1.0])
"""Half axes of a face, up to scale: how the sides of a box change when it rolls."""


@dataclass(frozen=True, eq=False)
class Tracks(Rows):
    """``n`` people, as last seen.

    Attributes:
        ids: ``(n,)`` int64.
        boxes: ``(n, 4)`` the detector's boxes relative to the faces, see :func:`relative_boxes`.
        detector_scores: ``(n,)`` the detector's last score of each, 0 to 1.
        keypoints: ``(n, 68, 2)`` in pixels, not smoothed.
        keypoint_scores: ``(n, 68)``.
        squares: ``(n, 4)`` see :func:`upright_squares`.
        looks: ``(n, LOOK_LENGTH)`` what they look like.
        support: ``(n,)`` mean score of the keypoints over the last frames.
        misses: ``(n,)`` how many times in a row the detector did not find them.
        gone: ``(n,)`` seconds since they were seen; 0 for those in the last frame.
        smoothed: of the keypoints.
    """

    ids: Array
    boxes: Array
    detector_scores: Floats
    keypoints: Floats
    keypoint_scores: Floats
    squares: Array
    looks: Floats
    support: Array
    misses: Array
    gone: Array
    smoothed: SmootherState

    @classmethod
    def empty(cls) -> Tracks:
        """Nobody."""
        none, keypoints = np.zeros(0, np.float32), np.zeros((0, POINT_COUNT, 2), np.float32)
        return cls(
            ids=none.astype(np.int64),
            boxes=np.zeros((0, 4)),
            detector_scores=none,
            keypoints=keypoints,
            keypoint_scores=keypoints[:, :, 0],
            squares=np.zeros((0, 4)),
            looks=np.zeros((0, LOOK_LENGTH), np.float32),
            support=none,
            misses=none.astype(np.int64),
            gone=np.zeros(0),
            smoothed=KeypointSmoother().start(keypoints),
        )

    def __len__(self) -> int:
        return len(self.ids)


def upright_squares(keypoints: Array) -> Array:
    """The square around each face ``(n, 68, 2)`` in its own upright frame: ``(n, 4)`` x and y of the centre in pixels,
    logarithm of the side in pixels, and roll in radians."""
    squares = np.empty((len(keypoints), 4))
    for row, points in enumerate(keypoints):
        (x, y), side, roll = upright_square(points)
        squares[row] = x, y, np.log(side), roll
    return squares


def predicted_squares(tracks: Tracks, seconds: float) -> Array:
    """Where the squares are to be expected ``seconds`` after the last frame, if the faces move on and slow down."""
    ahead = _PERSISTENCE * -np.expm1(-(tracks.gone + seconds) / _PERSISTENCE)
    state = tracks.smoothed
    velocities = np.concatenate([state.place.velocities[:, 0], state.turn.velocities[:, :, 0]], axis=1)
    farthest = np.tile(_FARTHEST, (len(tracks), 1))
    farthest[:, :2] *= np.exp(tracks.squares[:, 2:3])
    return np.asarray(tracks.squares + np.clip(velocities * ahead[:, None], -farthest, farthest))


def square_boxes(squares: Array) -> Floats:
    """The squares as boxes ``(n, 4)``, before they are turned by their roll."""
    half = np.exp(squares[:, 2:3]) / 2
    return np.concatenate([squares[:, :2] - half, squares[:, :2] + half], axis=1).astype(np.float32)


def relative_boxes(boxes: Array, frames: Array) -> Array:
    """Boxes relative to the faces that they belong to, so that they can go with these.

    Args:
        boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels.
        frames: ``(n, 4)`` of the faces, see :attr:`SmootherState.frames`.

    Returns:
        ``(n, 4)``: x and y of the box's centre in the face's upright frame, and half its width and height if the face
        were upright; in units of the face's scale.
    """
    scales, turns = np.exp(frames[:, 2:3]), np.exp(-1j * frames[:, 3])
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 - frames[:, :2]
    upright = (middle[:, 0] + 1j * middle[:, 1]) * turns
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 / _growth(frames[:, 3])
    return np.concatenate([np.stack([upright.real, upright.imag], axis=1), half], axis=1) / scales


def placed_boxes(relative: Array, frames: Array) -> Floats:
    """The opposite of :func:`relative_boxes`: where the boxes are when the faces are there."""
    scales, turns = np.exp(frames[:, 2:3]), np.exp(1j * frames[:, 3])
    turned = (relative[:, 0] + 1j * relative[:, 1]) * turns
    middle = frames[:, :2] + scales * np.stack([turned.real, turned.imag], axis=1)
    half = scales * relative[:, 2:] * _growth(frames[:, 3])
    return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)


def _growth(rolls: Array) -> Array:
    """``(n, 2)`` of the width and height of the boxes of faces that roll, against upright ones."""
    return np.asarray(oval_reach(np.broadcast_to(_OVAL, (len(rolls), 2)), rolls) / _OVAL)
