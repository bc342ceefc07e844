"""What an evaluation of detectors found, and the figures that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.datasets.wider import LabelledPicture
from facepoints.evaluation.detector_metrics import (
    FALSE,
    PrecisionRecall,
    average_precision,
    match_boxes,
    precision_recall,
    recall_at,
)

__all__ = [
    "FALSE_BOXES_A_PICTURE",
    "SIZES",
    "WIDER_SIZES",
    "DetectorEvaluation",
    "FailedPicture",
    "Figures",
    "FoundBoxes",
    "SizeRange",
]

FALSE_BOXES_A_PICTURE = 0.1
"""Where the recall is reported: at 1 false box in 10 pictures."""


@dataclass(frozen=True)
class SizeRange:
    """Faces from ``low`` to below ``high`` pixels, by the longer side of their box."""

    low: float
    high: float = math.inf

    def __str__(self) -> str:
        if self.low <= 0:
            return "all"
        return f"{self.low:g}-{self.high:g} px" if math.isfinite(self.high) else f"{self.low:g}+ px"


SIZES = (SizeRange(0),)
"""Of data whose faces are all large."""

WIDER_SIZES = (SizeRange(16), SizeRange(32), SizeRange(16, 32), SizeRange(32, 64), SizeRange(64))
"""Of faces in crowds; the first is the one that plots and lists of missed faces are about."""


@dataclass(frozen=True)
class FailedPicture:
    """A picture that could not be evaluated, and why."""

    image: Path
    reason: str


@dataclass(frozen=True, eq=False)
class FoundBoxes:
    """What one detector found in ``n`` pictures.

    Attributes:
        title: of the detector in tables.
        boxes: ``(k, 4)`` for each picture.
        scores: ``(k,)`` for each picture.
        min_score: the default threshold: boxes that score less are candidates only.
        milliseconds: ``(n,)`` time of the detector alone.
    """

    title: str
    boxes: tuple[Array, ...]
    scores: tuple[Array, ...]
    min_score: float
    milliseconds: Array


@dataclass(frozen=True)
class Figures:
    """What is reported of one detector, for one overlap and the faces of some sizes; shares from 0 to 1.

    Attributes:
        faces: how many faces count.
        average_precision: over all candidates; NaN where no face counts.
        recall_at_few_false: recall at the threshold with 1 false box in 10 pictures; NaN where no face counts.
        found: faces found at the default threshold.
        false_boxes: boxes at the default threshold that match no labelled face.
    """

    faces: int
    average_precision: float
    recall_at_few_false: float
    found: int
    false_boxes: int

    @property
    def recall(self) -> float:
        """Share of the faces that are found at the default threshold; NaN where no face counts."""
        return self.found / self.faces if self.faces else math.nan


@dataclass(frozen=True, eq=False)
class DetectorEvaluation:
    """What detectors found in labelled pictures.

    Attributes:
        pictures: ``n`` pictures and their labels.
        sizes: width and height of each.
        complete: whether all faces of the pictures are labelled; else one of each is, so that a box that matches none
            may still be a face.
        found: what each detector found, by its name.
        failed: pictures that are in none of the figures.
        roll: degrees by which the pictures were turned, clockwise; the labels are those of the turned pictures.
    """

    pictures: tuple[LabelledPicture, ...]
    sizes: tuple[tuple[int, int], ...]
    complete: bool
    found: dict[str, FoundBoxes]
    failed: tuple[FailedPicture, ...] = ()
    roll: float = 0.0

    @property
    def size_ranges(self) -> tuple[SizeRange, ...]:
        """Sizes of faces to report figures for; the first is the main one."""
        return WIDER_SIZES if self.complete else SIZES

    def outcomes(self, name: str, min_iou: float, sizes: SizeRange) -> list[Array]:
        """What each box of a detector finds, for each picture: see :func:`match_boxes`."""
        found = self.found[name]
        return [
            match_boxes(boxes, scores, picture.boxes, ~counted(picture, sizes), min_iou)
            for picture, boxes, scores in zip(self.pictures, found.boxes, found.scores, strict=True)
        ]

    def curve(self, name: str, min_iou: float, sizes: SizeRange) -> PrecisionRecall:
        """Precision and recall of a detector."""
        faces = sum(int(counted(picture, sizes).sum()) for picture in self.pictures)
        return precision_recall(self.outcomes(name, min_iou, sizes), self.found[name].scores, faces)

    def figures(self, name: str, min_iou: float, sizes: SizeRange) -> Figures:
        """What to report of a detector."""
        curve = self.curve(name, min_iou, sizes)
        found, false_boxes = curve.at(self.found[name].min_score)
        allowed = FALSE_BOXES_A_PICTURE * len(self.pictures)
        return Figures(curve.faces, average_precision(curve), recall_at(curve, allowed), found, false_boxes)

    def missed(self, name: str, min_iou: float) -> list[tuple[int, Floats]]:
        """Picture and box of each face that is not found at the default threshold, the largest first."""
        sizes, found = self.size_ranges[0], self.found[name]
        rows = []
        for index, outcome in enumerate(self.outcomes(name, min_iou, sizes)):
            wanted = np.flatnonzero(counted(self.pictures[index], sizes))
            seen = outcome[found.scores[index] >= found.min_score]
            rows += [(index, self.pictures[index].boxes[face]) for face in np.setdiff1d(wanted, seen)]
        return sorted(rows, key=lambda row: -float((row[1][2:] - row[1][:2]).max()))

    def unmatched(self, name: str, min_iou: float) -> list[tuple[int, Floats, float]]:
        """Picture, box and score of each box at the default threshold that matches no face, the best first."""
        sizes, found = self.size_ranges[0], self.found[name]
        rows = [
            (index, found.boxes[index][box], float(found.scores[index][box]))
            for index, outcome in enumerate(self.outcomes(name, min_iou, sizes))
            for box in np.flatnonzero((outcome == FALSE) & (found.scores[index] >= found.min_score))
        ]
        return sorted(rows, key=lambda row: -row[2])


def counted(picture: LabelledPicture, sizes: SizeRange) -> Array:
    """``(n,)`` bool: the picture's faces of these sizes; none that is invalid or has an empty box."""
    sides = picture.boxes[:, 2:] - picture.boxes[:, :2]
    longer = sides.max(axis=1, initial=0)
    return np.asarray(~picture.ignore & (sides > 0).all(axis=1) & (longer >= sizes.low) & (longer < sizes.high))
