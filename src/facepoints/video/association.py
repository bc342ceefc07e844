"""Whose faces the detector has found."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.detection import Detections
from facepoints.finder import FaceFinder
from facepoints.geometry import box_iou, same_faces
from facepoints.keypoints import Estimate
from facepoints.video.appearance import face_looks
from facepoints.video.sightings import Sighting
from facepoints.video.tracks import Tracks, square_boxes, upright_squares

__all__ = ["associate", "cheapest_pairs"]

_SAME_BOX = 0.3
"""IoU of two squares from which on they may be of one face."""


def associate(
    finder: FaceFinder, picture: Image, tracks: Tracks, sighting: Sighting, found: Detections
) -> tuple[Array, Tracks]:
    """Settle who of those in doubt is there, and which faces are none of those that are seen already.

    Args:
        finder: whose detector looked.
        picture: RGB uint8 ``(H, W, 3)``.
        tracks: ``n`` people, as of the last frame.
        sighting: of them; who is found after all is entered.
        found: what the detector found.

    Returns:
        ``(n,)`` which of the detector's boxes is whose, -1 for none; and tracks of the others.
    """
    box_rows = np.full(len(tracks), -1)
    current = np.flatnonzero(sighting.seen | sighting.doubtful)
    for row, column in _box_pairs(square_boxes(sighting.squares[current]), found.starts):
        box_rows[current[row]] = column
    # Only now are the keypoints estimated in the boxes that belong to nobody, or to those in doubt.
    asked = np.flatnonzero(~sighting.seen & (box_rows >= 0))
    columns = np.concatenate([box_rows[asked], np.setdiff1d(np.arange(len(found)), box_rows)])
    candidates = found.select(columns)
    estimate = finder.estimator.estimate([picture], [candidates.starts], [candidates.rolls])[0]
    faces, _ = finder.rank(candidates, estimate)
    for index in faces[faces < len(asked)]:
        sighting.accept(int(asked[index]), estimate, int(index))
    strangers = _unlike(faces[faces >= len(asked)], estimate, sighting)
    if finder.max_faces is not None:
        strangers = strangers[: max(0, finder.max_faces - int(sighting.seen.sum()))]
    squares = upright_squares(estimate.keypoints[strangers])
    started = Estimate(estimate.keypoints[strangers], estimate.scores[strangers])
    return box_rows, Tracks.start(candidates.select(strangers), started, squares, face_looks(picture, squares))


def _unlike(faces: Array, estimate: Estimate, sighting: Sighting) -> Array:
    """Those of the new faces that are none of the faces already seen."""
    known = sighting.keypoints[sighting.seen]
    same = same_faces(np.concatenate([known, estimate.keypoints[faces]]))
    return np.asarray(faces[~same[len(known) :, : len(known)].any(axis=1)])


def _box_pairs(boxes: Floats, others: Floats) -> list[tuple[int, int]]:
    """Pairs of overlapping boxes ``(n, 4)`` and ``(m, 4)``, each in one pair at most; the largest IoU goes first."""
    overlaps = box_iou(boxes, others)
    return cheapest_pairs(np.where(overlaps > _SAME_BOX, -overlaps, np.inf))


def cheapest_pairs(costs: Array) -> list[tuple[int, int]]:
    """Greedily, pairs ``(row, column)`` of the lowest of ``(n, m)`` costs; never one of infinite cost."""
    pairs: list[tuple[int, int]] = []
    while costs.size:
        row, column = (int(index) for index in np.unravel_index(int(np.argmin(costs)), costs.shape))
        if not np.isfinite(costs[row, column]):
            break
        pairs.append((row, column))
        costs[row], costs[:, column] = np.inf, np.inf
    return pairs
