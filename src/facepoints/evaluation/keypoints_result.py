"""What an evaluation of keypoints found: points, scores and errors of every face, and what to report of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from facepoints.arrays import Floats
from facepoints.evaluation.calibration import Calibration, calibrate
from facepoints.evaluation.metrics import box_sizes, normalised_mean_errors, outer_eye_distances
from facepoints.evaluation.summary import Boxes, KeypointSummary, summarise

__all__ = ["FailedFace", "KeypointEvaluation"]


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
        scores: for each kind of boxes, ``(n, 68)`` scores of these points, 0 to 1; the row of a missed face is NaN.
        failed: faces that could not be evaluated; they are in none of the arrays.
    """

    images: tuple[Path, ...]
    true_keypoints: Floats
    found: dict[Boxes, Floats]
    scores: dict[Boxes, Floats]
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

    def calibration(self, boxes: Boxes) -> Calibration:
        """How honest the scores of the found points are."""
        return calibrate(self.found[boxes], self.scores[boxes], self.true_keypoints)

    def worst(self, boxes: Boxes, count: int) -> np.ndarray:
        """Indices of the ``count`` found faces with the largest errors, worst first."""
        errors = self.errors(boxes)
        order = np.argsort(-errors, kind="stable")
        return np.asarray(order[np.isfinite(errors[order])][:count])

    def missed(self, boxes: Boxes) -> np.ndarray:
        """Indices of the faces that were not found."""
        return np.flatnonzero(np.isinf(self.errors(boxes)))

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers for JSON: the summaries, the calibration, the failures, and every face's NME and
        mean keypoint score (None: missed)."""
        errors = {boxes: self.errors(boxes) for boxes in self.found}
        scores = {boxes: rows.mean(axis=1) for boxes, rows in self.scores.items()}
        return {
            "summaries": {boxes: self.summary(boxes).to_dict() for boxes in self.found},
            "calibration": {boxes: self.calibration(boxes).to_dict() for boxes in self.found},
            "faces": [
                {"image": image.as_posix(), "nme": _row(errors, row), "keypoint_score": _row(scores, row)}
                for row, image in enumerate(self.images)
            ],
            "failed": [{"image": failed.image.as_posix(), "reason": failed.reason} for failed in self.failed],
        }


def _row(values: dict[Boxes, np.ndarray], row: int) -> dict[Boxes, float | None]:
    """One face's number for each kind of boxes, ready for JSON."""
    return {boxes: round(float(all_[row]), 6) if np.isfinite(all_[row]) else None for boxes, all_ in values.items()}
