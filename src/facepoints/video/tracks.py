"""What is remembered of each person, and where that lets one expect the face next."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.detection import Detections
from facepoints.geometry import upright_square
from facepoints.keypoints import Estimate
from facepoints.scheme import POINT_COUNT
from facepoints.video.appearance import LOOK_LENGTH, blended
from facepoints.video.boxes import relative_boxes
from facepoints.video.rows import Rows
from facepoints.video.smoothing import KeypointSmoother, SmootherState

__all__ = [
    "SAME_LOOK",
    "SAME_LOOK_AFTER_CUT",
    "SURE",
    "Tracks",
    "likeness_in_place",
    "moved",
    "predicted_squares",
    "refreshed",
    "square_boxes",
    "upright_squares",
]

_PERSISTENCE = 0.25
"""Seconds after which the expected speed of a face that is not seen has fallen to 37 %."""

_FARTHEST = np.array([1.0, 1.0, 0.1, 0.8])
"""Most that is expected of a motion: sides of the square, logarithm of its side, and radians."""

_VELOCITY_CUTOFF = 10.0
"""Cutoff in hertz of the low-pass on the velocities. Hardly any: the crop stands a small jitter better than a lag."""

_CREDIT = 0.2
"""By how much less similar somebody may look who is back in exactly the place, if the scene is the same."""

_SCORE_MEMORY, _LOOK_MEMORY = 0.1, 0.3
"""Weights of the newest scores and looks against the earlier ones."""

SURE = 0.7
"""Mean keypoint score from which on the estimator alone is sure of a face."""

SAME_LOOK, SAME_LOOK_AFTER_CUT = 0.4, 0.55
"""Similarity of looks from which on somebody may be back; and where, after a cut, anybody else may be in that place."""


@dataclass(frozen=True, eq=False)
class Tracks(Rows):
    """``n`` people, as last seen.

    Attributes:
        ids: ``(n,)`` int64; 0 for those who are not shown yet.
        boxes: ``(n, 4)`` the detector's boxes relative to the faces, see ``relative_boxes``.
        detector_scores: ``(n,)`` the detector's last score of each, 0 to 1.
        keypoints: ``(n, 68, 2)`` in pixels, not smoothed.
        keypoint_scores: ``(n, 68)``.
        squares: ``(n, 4)`` see :func:`upright_squares`.
        velocities: ``(n, 4)`` of the squares, a second; x and y in their sides.
        looks: ``(n, LOOK_LENGTH)`` what they look like.
        likeness: ``(n,)`` similarity of looks that it takes to believe that they are back.
        support: ``(n,)`` mean score of the keypoints over the last frames.
        misses: ``(n,)`` how many times in a row the detector did not find them.
        sightings: ``(n,)`` frames in which they were seen.
        gone: ``(n,)`` seconds since they were seen; 0 for those in the last frame.
        smoothed: of the keypoints.
    """

    ids: Array
    boxes: Array
    detector_scores: Floats
    keypoints: Floats
    keypoint_scores: Floats
    squares: Array
    velocities: Array
    looks: Floats
    likeness: Array
    support: Array
    misses: Array
    sightings: Array
    gone: Array
    smoothed: SmootherState

    @classmethod
    def start(cls, found: Detections, estimate: Estimate, squares: Array, looks: Floats) -> Tracks:
        """New people, without ids, who were found just now.

        Args:
            found: ``n`` detections.
            estimate: of the keypoints in each.
            squares: ``(n, 4)`` around these.
            looks: ``(n, LOOK_LENGTH)``.
        """
        count = len(found)
        smoothed = KeypointSmoother().start(estimate.keypoints)
        return cls(
            ids=np.zeros(count, dtype=np.int64),
            boxes=relative_boxes(found.boxes, smoothed.frames),
            detector_scores=found.scores,
            keypoints=estimate.keypoints,
            keypoint_scores=estimate.scores,
            squares=squares,
            velocities=np.zeros((count, 4)),
            looks=looks,
            likeness=np.full(count, SAME_LOOK),
            support=estimate.scores.mean(axis=1),
            misses=np.zeros(count, dtype=np.int64),
            sightings=np.ones(count, dtype=np.int64),
            gone=np.zeros(count),
            smoothed=smoothed,
        )

    @classmethod
    def empty(cls) -> Tracks:
        """Nobody."""
        points = np.zeros((0, POINT_COUNT, 2), dtype=np.float32)
        looks = np.zeros((0, LOOK_LENGTH), dtype=np.float32)
        return cls.start(Detections.empty(), Estimate(points, points[:, :, 0]), np.zeros((0, 4)), looks)


def upright_squares(keypoints: Array) -> Array:
    """The square around each face ``(n, 68, 2)`` in its own upright frame: ``(n, 4)`` x and y of the centre in pixels,
    logarithm of the side in pixels, and roll in radians."""
    rows = []
    for points in keypoints:
        (x, y), side, roll = upright_square(points)
        rows.append((x, y, math.log(side), roll))
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def predicted_squares(tracks: Tracks, seconds: float) -> Array:
    """Where the squares are to be expected ``seconds`` after the last frame, if the faces move on and slow down."""
    ahead = _PERSISTENCE * -np.expm1(-(tracks.gone + seconds) / _PERSISTENCE)
    moves = np.minimum(np.maximum(tracks.velocities * ahead[:, None], -_FARTHEST), _FARTHEST)
    moves[:, :2] *= np.exp(tracks.squares[:, 2:3])
    return np.asarray(tracks.squares + moves)


def likeness_in_place(tracks: Tracks) -> Array:
    """``(n,)`` similarity of looks that it takes to believe that they are back where they are expected."""
    # After a cut, it matters nothing who was in a place before.
    return np.where(tracks.likeness <= SAME_LOOK, tracks.likeness - _CREDIT, tracks.likeness)


def moved(tracks: Tracks, smoother: KeypointSmoother, estimate: Estimate, squares: Array, seconds: float) -> Tracks:
    """The tracks of people who are seen again.

    Args:
        tracks: ``n`` of them.
        smoother: of the keypoints.
        estimate: of the keypoints of each.
        squares: ``(n, 4)`` around these.
        seconds: since the last frame.
    """
    elapsed = tracks.gone + seconds
    return replace(
        tracks,
        keypoints=estimate.keypoints,
        keypoint_scores=estimate.scores,
        squares=squares,
        velocities=_velocities(tracks, squares, elapsed),
        likeness=np.full(len(tracks), SAME_LOOK),
        support=tracks.support + _SCORE_MEMORY * (estimate.scores.mean(axis=1) - tracks.support),
        sightings=tracks.sightings + 1,
        gone=np.zeros(len(tracks)),
        smoothed=smoother.step(tracks.smoothed, estimate.keypoints, elapsed),
    )


def _velocities(tracks: Tracks, squares: Array, seconds: Array) -> Array:
    moves = squares - tracks.squares
    moves[:, :2] /= np.exp(squares[:, 2:3])
    moves[:, 3] -= 2 * math.pi * np.round(moves[:, 3] / (2 * math.pi))
    seconds = seconds[:, None]
    weights = -np.expm1(-2 * math.pi * _VELOCITY_CUTOFF * seconds)
    return np.asarray(tracks.velocities + weights * (moves / seconds - tracks.velocities))


def refreshed(tracks: Tracks, found: Detections, box_rows: Array, looks: Floats, box_memory: float) -> Tracks:
    """The tracks after a look of the detector, which renews boxes, their scores, and what people look like.

    Args:
        tracks: ``n`` people who are seen.
        found: what the detector found.
        box_rows: ``(n,)`` which of its boxes is whose; -1 for none.
        looks: ``(n, LOOK_LENGTH)`` of all. Those of whom the detector has a box and the estimator is sure are renewed:
            half hidden, people look like others.
        box_memory: weight of the earlier boxes against the new ones.
    """
    boxes, scores = tracks.boxes.copy(), tracks.detector_scores.copy()
    hit = np.flatnonzero(box_rows >= 0)
    new = relative_boxes(found.boxes[box_rows[hit]], tracks.smoothed.found_frames[hit])
    boxes[hit] = new + box_memory * (boxes[hit] - new)
    scores[hit] = found.scores[box_rows[hit]]
    clear = (box_rows >= 0) & (tracks.keypoint_scores.mean(axis=1) >= SURE)
    renewed = np.where(clear[:, None], blended(tracks.looks, looks, _LOOK_MEMORY), tracks.looks)
    return replace(tracks, boxes=boxes, detector_scores=scores, looks=renewed)


def square_boxes(squares: Array) -> Floats:
    """The squares as boxes ``(n, 4)``, before they are turned by their roll."""
    half = np.exp(squares[:, 2:3]) / 2
    return np.concatenate([squares[:, :2] - half, squares[:, :2] + half], axis=1).astype(np.float32)
