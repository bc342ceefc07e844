"""Average precision and recall of boxes, by the rules of WIDER FACE and PASCAL VOC.

A box finds the labelled face that it overlaps most, if the IoU is large enough and no box with a higher score has found
that face already; what finds no face is a false box. Faces that are marked as invalid, or that a figure is not about
(too small, say), are ignored: they are not counted, and a box on one of them is dropped, neither right nor false. False
boxes count whatever their size. Sources: Everingham et al., "The PASCAL Visual Object Classes (VOC) Challenge"
(IJCV 2010), whose "difficult" objects are ignored so; Yang et al., "WIDER FACE: A Face Detection Benchmark" (CVPR
2016), whose evaluation does the same with the faces outside its easy, medium and hard sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.geometry import box_iou

__all__ = [
    "DROPPED",
    "FALSE",
    "PrecisionRecall",
    "average_precision",
    "best_precision",
    "match_boxes",
    "precision_recall",
    "recall_at",
]

FALSE = -1
"""Outcome of a box that finds no face."""

DROPPED = -2
"""Outcome of a box on an ignored face."""

Doubles = NDArray[np.float64]


def match_boxes(boxes: Array, scores: Array, faces: Array, ignore: Array, min_iou: float) -> NDArray[np.int64]:
    """What each box of one picture finds, the best first.

    Args:
        boxes: ``(n, 4)``.
        scores: ``(n,)``; among equal ones the earlier box comes first.
        faces: ``(m, 4)`` labelled boxes.
        ignore: ``(m,)`` bool, faces that do not count.
        min_iou: least overlap, above 0, up to 1.

    Returns:
        ``(n,)`` index of the face that the box finds, ``FALSE`` or ``DROPPED``. A box's outcome does not depend on
        boxes with lower scores, so this holds for every threshold of the score.

    Raises:
        InputError: ``min_iou`` is out of range, or the arrays do not fit.
    """
    if not 0 < min_iou <= 1:
        raise InputError(f"the least IoU of a match must be above 0 and at most 1; got {min_iou}")
    if len(boxes) != len(scores) or len(faces) != len(ignore):
        raise InputError(
            f"there must be a score for each box and a mark for each face; got {len(scores)} for {len(boxes)} "
            f"and {len(ignore)} for {len(faces)}"
        )
    outcome = np.full(len(boxes), FALSE, dtype=np.int64)
    if not len(boxes) or not len(faces):
        return outcome
    overlaps = box_iou(boxes, faces)
    nearest, enough = overlaps.argmax(axis=1), overlaps.max(axis=1) >= np.float32(min_iou)
    outcome[enough & np.asarray(ignore)[nearest]] = DROPPED
    found: set[int] = set()
    order = np.argsort(-np.asarray(scores), kind="stable")
    for row in order[(enough & (outcome == FALSE))[order]]:
        if nearest[row] not in found:
            outcome[row] = nearest[row]
            found.add(nearest[row])
    return outcome


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """What is right and wrong at each threshold of the score; one row a threshold, the highest first.

    Attributes:
        thresholds: ``(m,)`` every score that occurs, falling; boxes with this score or a higher one are kept.
        hits: ``(m,)`` how many of these boxes find a face.
        false_boxes: ``(m,)`` how many of them do not.
        faces: how many faces count.
    """

    thresholds: Doubles
    hits: NDArray[np.int64]
    false_boxes: NDArray[np.int64]
    faces: int

    @property
    def recall(self) -> Doubles:
        """``(m,)`` share of the faces that are found; NaN where no face counts."""
        return self.hits / self.faces if self.faces else np.full(len(self.hits), np.nan)

    @property
    def precision(self) -> Doubles:
        """``(m,)`` share of the boxes that find a face."""
        return np.asarray(self.hits / (self.hits + self.false_boxes), dtype=np.float64)

    def at(self, min_score: float) -> tuple[int, int]:
        """How many boxes that score at least ``min_score`` find a face, and how many do not."""
        kept = int((self.thresholds >= min_score).sum())
        return (int(self.hits[kept - 1]), int(self.false_boxes[kept - 1])) if kept else (0, 0)


def precision_recall(outcomes: Sequence[Array], scores: Sequence[Array], faces: int) -> PrecisionRecall:
    """The curve over the boxes of all pictures together; boxes of one score come in together, so their order is no
    matter.

    Args:
        outcomes: of each picture, from :func:`match_boxes`.
        scores: of each picture.
        faces: how many faces count, in all pictures together.
    """
    outcome = np.concatenate([np.zeros(0, dtype=np.int64), *outcomes])
    score = np.concatenate([np.zeros(0), *scores])[outcome != DROPPED]
    outcome = outcome[outcome != DROPPED]
    order = np.argsort(-score, kind="stable")
    score, hit = score[order], (outcome >= 0)[order]
    last = np.flatnonzero(np.diff(score, append=-np.inf))
    hits = hit.cumsum()[last]
    return PrecisionRecall(score[last], hits, last + 1 - hits, faces)


def average_precision(curve: PrecisionRecall) -> float:
    """Area under precision over recall, "all points" as in PASCAL VOC since 2010; NaN where no face counts.

    The precision is made monotone first, see :func:`best_precision`.
    """
    if not curve.faces:
        return float("nan")
    return float((np.diff(curve.recall, prepend=0.0) * best_precision(curve)).sum())


def best_precision(curve: PrecisionRecall) -> Doubles:
    """``(m,)`` the best precision that is reached at each threshold's recall or at a higher one; never rises."""
    return np.asarray(np.maximum.accumulate(curve.precision[::-1])[::-1], dtype=np.float64)


def recall_at(curve: PrecisionRecall, false_boxes: float) -> float:
    """The highest recall with at most so many false boxes in all; NaN where no face counts."""
    if not curve.faces:
        return float("nan")
    return float(curve.recall[curve.false_boxes <= false_boxes].max(initial=0.0))
