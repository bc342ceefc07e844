"""Run a finder over labelled faces and keep what it found.

Two questions are asked of each face. With the true box: how well does the estimator place the points? With the
detector's boxes: what does a user get, who has the picture only? There, the found face that overlaps the labelled one
most is compared with it; where none overlaps it enough, the face was missed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from facepoints import images
from facepoints.arrays import Array, Floats, Image
from facepoints.errors import ImageError, InputError
from facepoints.evaluation.metrics import box_sizes, normalised_mean_errors, outer_eye_distances
from facepoints.evaluation.summary import BOXES, Boxes, KeypointSummary, summarise
from facepoints.faces import Faces
from facepoints.geometry import box_iou, tight_boxes

if TYPE_CHECKING:
    from facepoints.datasets import LabelledFace

__all__ = ["MATCH_IOU", "FailedFace", "Finder", "KeypointEvaluation", "evaluate_keypoints"]

MATCH_IOU = 0.3
"""Least overlap of the tight boxes of the found and the true points for the two to be the same face."""


class Finder(Protocol):
    """What is evaluated: a ``FaceFinder``, or anything else with these two methods."""

    def find(self, image: Image) -> Faces:
        """All faces of the picture."""
        ...

    def fit(self, image: Image, boxes: Array) -> Faces:
        """The keypoints in each of the boxes ``(n, 4)``, one row a box, in their order."""
        ...


@dataclass(frozen=True)
class FailedFace:
    """A labelled face that could not be evaluated, and why."""

    image: Path
    reason: str


@dataclass(frozen=True, eq=False)
class KeypointEvaluation:
    """What a finder found on labelled faces.

    Attributes:
        images: path of the picture of each face, ``n`` of them.
        true_keypoints: ``(n, 68, 2)`` in pixels.
        found: for each kind of boxes that was tried, ``(n, 68, 2)`` in pixels; the row of a missed face is NaN.
        failed: faces that could not be evaluated; they are in none of the arrays.
    """

    images: tuple[Path, ...]
    true_keypoints: Floats
    found: dict[Boxes, Floats]
    failed: tuple[FailedFace, ...] = ()

    def errors(self, boxes: Boxes) -> np.ndarray:
        """NME by outer-eye distance, ``(n,)``; infinity for a missed face."""
        return normalised_mean_errors(self.found[boxes], self.true_keypoints, outer_eye_distances(self.true_keypoints))

    def box_errors(self, boxes: Boxes) -> np.ndarray:
        """NME by box size, ``(n,)``; infinity for a missed face."""
        return normalised_mean_errors(self.found[boxes], self.true_keypoints, box_sizes(self.true_keypoints))

    def summary(self, boxes: Boxes) -> KeypointSummary:
        """The figures to report."""
        return summarise(self.found[boxes], self.true_keypoints)

    def worst(self, boxes: Boxes, count: int) -> np.ndarray:
        """Indices of the ``count`` found faces with the largest errors, worst first."""
        errors = self.errors(boxes)
        order = np.argsort(-errors, kind="stable")
        return np.asarray(order[np.isfinite(errors[order])][:count])

    def missed(self, boxes: Boxes) -> np.ndarray:
        """Indices of the faces that were not found."""
        return np.flatnonzero(np.isinf(self.errors(boxes)))

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers for JSON: the summaries, every face's NME (None: missed), and the failures."""
        errors = {boxes: self.errors(boxes) for boxes in self.found}
        return {
            "summaries": {boxes: self.summary(boxes).to_dict() for boxes in self.found},
            "faces": [
                {
                    "image": image.as_posix(),
                    "nme": {
                        boxes: round(float(values[row]), 6) if np.isfinite(values[row]) else None
                        for boxes, values in errors.items()
                    },
                }
                for row, image in enumerate(self.images)
            ],
            "failed": [{"image": failed.image.as_posix(), "reason": failed.reason} for failed in self.failed],
        }


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
    found: dict[Boxes, list[Floats]] = {kind: [] for kind in boxes}
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
        found={kind: np.stack(rows) for kind, rows in found.items()},
        failed=tuple(failed),
    )


def _check(faces: Sequence[LabelledFace], boxes: Sequence[Boxes]) -> None:
    unknown = set(boxes) - set(BOXES)
    if unknown or not boxes:
        raise InputError(f"boxes must be one or more of {', '.join(BOXES)}; got {', '.join(sorted(unknown)) or 'none'}")
    if not faces:
        raise InputError("there are no labelled faces to evaluate on")


def _points_of(finder: Finder, face: LabelledFace, boxes: Sequence[Boxes]) -> dict[Boxes, Floats]:
    """The points ``(68, 2)`` found for one labelled face."""
    if not outer_eye_distances(face.keypoints[None])[0] > 0:
        raise InputError(f"{face.image}: the labelled outer eye corners (points 36 and 45) coincide")
    image = images.read(face.image)
    points: dict[Boxes, Floats] = {}
    if "true" in boxes:
        points["true"] = finder.fit(image, tight_boxes(face.keypoints[None])).keypoints[0]
    if "detector" in boxes:
        points["detector"] = _match(finder.find(image), face.keypoints)
    return points


def _match(faces: Faces, true_keypoints: Floats) -> Floats:
    """The points of the found face that overlaps the true one most; NaN where none overlaps it enough."""
    if len(faces):
        overlaps = box_iou(tight_boxes(true_keypoints[None]), tight_boxes(faces.keypoints))[0]
        best = int(np.argmax(overlaps))
        if overlaps[best] >= MATCH_IOU:
            return np.asarray(faces.keypoints[best], dtype=np.float32)
    return np.full_like(true_keypoints, np.nan, dtype=np.float32)
