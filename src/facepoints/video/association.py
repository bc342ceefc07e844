"""Whose faces the detector has found."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.detection import Detections
from facepoints.finder import FaceFinder
from facepoints.geometry import box_containment, box_iou, same_faces
from facepoints.keypoints import Estimate
from facepoints.video.appearance import face_looks, similarities
from facepoints.video.sightings import Sighting
from facepoints.video.tracks import Tracks, likeness_in_place, square_boxes, upright_squares

__all__ = ["associate", "cheapest_pairs"]

_SAME_BOX = 0.3
"""IoU of two squares from which on they may be of one face."""


_INSIDE = 0.6
"""Share of a box that lies in a known face's box, from which on it is a part of that face, as a rule."""


def associate(
    finder: FaceFinder, picture: Image, tracks: Tracks, sighting: Sighting, found: Detections, thorough: bool
) -> Tracks | None:
    """Settle who of those in doubt is there, and which faces are none of those that are seen already.

    Args:
        finder: whose detector looked.
        picture: RGB uint8 ``(H, W, 3)``.
        tracks: of those who are known, as of the last frame.
        sighting: of them; who is found after all is entered, and whose box is which.
        found: what the detector found.
        thorough: whether to doubt boxes inside those of known faces, too: nearly always these are parts of the face.

    Returns:
        Tracks of the others, without ids; None if there is nobody.
    """
    box_rows = sighting.box_rows
    current = np.flatnonzero(sighting.seen | sighting.doubtful)
    for row, column in _box_pairs(square_boxes(sighting.squares[current]), found.starts):
        box_rows[current[row]] = column
    # Only now are the keypoints estimated in the boxes that belong to nobody, or to those in doubt.
    asked = np.flatnonzero(~sighting.seen & (box_rows >= 0))
    others = np.setdiff1d(np.arange(len(found)), box_rows)
    if not thorough:
        known = box_containment(found.boxes[others], found.boxes[box_rows[box_rows >= 0]])
        others = others[~(known > _INSIDE).any(axis=1)]
    columns = np.concatenate([box_rows[asked], others])
    if len(columns) == 0:
        return None
    candidates = found.select(columns)
    estimate = finder.estimator.estimate([picture], [candidates.starts], [candidates.rolls], candidates=True)[0]
    faces, _ = finder.rank(candidates, estimate)
    _settle(picture, tracks, sighting, asked, estimate, faces)
    faces = faces[~np.isin(columns[faces], box_rows)]
    strangers = _unlike(faces, estimate, sighting)
    if finder.max_faces is not None:
        strangers = strangers[: max(0, finder.max_faces - int(sighting.seen.sum()))]
    squares = upright_squares(estimate.keypoints[strangers])
    started = Estimate(estimate.keypoints[strangers], estimate.scores[strangers])
    return Tracks.start(candidates.select(strangers), started, squares, face_looks(picture, squares))


def _settle(picture: Image, tracks: Tracks, sighting: Sighting, asked: Array, estimate: Estimate, faces: Array) -> None:
    """Accept the faces of those in doubt, the first of the estimate, unless somebody else stands in their place."""
    found = faces[faces < len(asked)]
    rows = asked[found]
    looks = face_looks(picture, upright_squares(estimate.keypoints[found]))
    alike = similarities(looks, tracks.looks[rows]) >= likeness_in_place(tracks)[rows]
    for row, index in zip(rows[alike].tolist(), found[alike].tolist(), strict=True):
        sighting.accept(row, estimate, index)
    sighting.box_rows[~sighting.seen] = -1


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
