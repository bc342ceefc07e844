"""Run a finder over labelled faces and keep what it found.

Two questions are asked of each face. With the true box: how well does the estimator place the points? With the
detector's boxes: what does a user get, who has the picture only? There, the found face that overlaps the labelled one
most is compared with it; where none overlaps it enough, the face was missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from facepoints import images
from facepoints.arrays import Array, Floats, Image
from facepoints.errors import ImageError, InputError
from facepoints.evaluation.keypoints_result import FailedFace, KeypointEvaluation
from facepoints.evaluation.metrics import outer_eye_distances
from facepoints.evaluation.summary import BOXES, Boxes
from facepoints.faces import Faces
from facepoints.geometry import box_iou, tight_boxes

if TYPE_CHECKING:
    from facepoints.datasets import LabelledFace

__all__ = ["MATCH_IOU", "Finder", "evaluate_keypoints", "match_face"]

MATCH_IOU = 0.3
"""Least overlap of the tight boxes of the found and the true points for the two to be the same face."""

_Points = tuple[Floats, Floats]
"""Points ``(68, 2)`` of one face and their scores ``(68,)``; NaN for a missed face."""


class Finder(Protocol):
    """What is evaluated: a ``FaceFinder``, or anything else with these two methods."""

    def find(self, image: Image) -> Faces:
        """All faces of the picture."""
        ...

    def fit(self, image: Image, boxes: Array) -> Faces:
        """The keypoints in each of the boxes ``(n, 4)``, one row a box, in their order."""
        ...


def evaluate_keypoints(
    finder: Finder,
    faces: Sequence[LabelledFace],
    boxes: Sequence[Boxes] = BOXES,
    progress: Callable[[int, int], None] | None = None,
) -> KeypointEvaluation:
    """Find the keypoints of every labelled face, holding one picture in memory at a time.

    A picture that cannot be read, or a face whose labels make no sense, is put on the result's ``failed`` list and
    does not stop the run.

    Args:
        finder: what is evaluated.
        faces: what it has to find.
        boxes: ``"true"`` fits in the tight box of the true points, ``"detector"`` lets the finder look for itself.
        progress: called after each face with how many are done, and of how many.

    Raises:
        InputError: an unknown kind of boxes, no faces, or not one face that could be evaluated.
    """
    _check(faces, boxes)
    kept: list[LabelledFace] = []
    found: dict[Boxes, list[_Points]] = {kind: [] for kind in boxes}
    failed: list[FailedFace] = []
    for done, face in enumerate(faces, start=1):
        try:
            points = _points_of(finder, face, boxes)
        except (ImageError, InputError) as error:
            failed.append(FailedFace(face.image, str(error).removeprefix(f"{face.image}: ")))
        else:
            kept.append(face)
            for kind in boxes:
                found[kind].append(points[kind])
        if progress is not None:
            progress(done, len(faces))
    if not kept:
        raise InputError(f"none of the {len(faces)} faces could be evaluated; the first: {failed[0].reason}")
    return KeypointEvaluation(
        images=tuple(face.image for face in kept),
        true_keypoints=np.stack([face.keypoints for face in kept]).astype(np.float32),
        found={kind: np.stack([points for points, _ in rows]) for kind, rows in found.items()},
        scores={kind: np.stack([scores for _, scores in rows]) for kind, rows in found.items()},
        failed=tuple(failed),
    )


def _check(faces: Sequence[LabelledFace], boxes: Sequence[Boxes]) -> None:
    unknown = set(boxes) - set(BOXES)
    if unknown or not boxes:
        raise InputError(f"boxes must be one or more of {', '.join(BOXES)}; got {', '.join(sorted(unknown)) or 'none'}")
    if not faces:
        raise InputError("there are no labelled faces to evaluate on")


def _points_of(finder: Finder, face: LabelledFace, boxes: Sequence[Boxes]) -> dict[Boxes, _Points]:
    """What was found for one labelled face."""
    if not outer_eye_distances(face.keypoints[None])[0] > 0:
        raise InputError(f"{face.image}: the labelled outer eye corners (points 36 and 45) coincide")
    image = images.read(face.image)
    points: dict[Boxes, _Points] = {}
    if "true" in boxes:
        fitted = finder.fit(image, tight_boxes(face.keypoints[None]))
        points["true"] = fitted.keypoints[0], fitted.keypoint_scores[0]
    if "detector" in boxes:
        points["detector"] = match_face(finder.find(image), face.keypoints)
    return points


def match_face(faces: Faces, true_keypoints: Floats) -> tuple[Floats, Floats]:
    """Points ``(68, 2)`` and scores ``(68,)`` of the found face that overlaps the labelled one most, by their tight
    boxes; NaN where none has an IoU of ``MATCH_IOU`` with it.

    Args:
        faces: all that were found in the picture.
        true_keypoints: ``(68, 2)`` in pixels, of the labelled face.
    """
    if len(faces):
        overlaps = box_iou(tight_boxes(true_keypoints[None]), tight_boxes(faces.keypoints))[0]
        best = int(np.argmax(overlaps))
        if overlaps[best] >= MATCH_IOU:
            return faces.keypoints[best], faces.keypoint_scores[best]
    nothing = np.full_like(true_keypoints, np.nan, dtype=np.float32)
    return nothing, nothing[:, 0]
