"""What a face detector is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from facepoints.arrays import Array, Floats, Image, as_boxes, as_floats
from facepoints.errors import InputError

__all__ = ["Detections", "Detector", "ScoreCombiner"]


@dataclass(frozen=True, eq=False)
class Detections:
    """Candidate faces of one picture.

    Attributes:
        boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels of the picture.
        scores: ``(n,)`` 0 to 1, how sure the detector is.
        keypoint_boxes: ``(n, 4)`` where the tight box of the keypoints is expected, for detectors whose boxes mean
            something else; None where ``boxes`` are the best guess. The estimator starts from here.
        rolls: ``(n,)`` in-plane rotation of each face in radians, clockwise positive, for detectors that know it; None
            where all are taken for upright. Given together with ``keypoint_boxes``: these are then boxes in the face's
            own upright frame, turned about their centre by the roll.

    Raises:
        InputError: an array has another shape, a box is empty or not finite, a score is not between 0 and 1, or rolls
            come without keypoint_boxes.
    """

    boxes: Floats
    scores: Floats
    keypoint_boxes: Floats | None = None
    rolls: Floats | None = None

    def __post_init__(self) -> None:
        boxes = as_boxes(self.boxes)
        scores = as_floats(self.scores, (len(boxes),), "scores")
        if ((scores < 0) | (scores > 1)).any():
            raise InputError(f"scores must be between 0 and 1; got {scores.min():g} to {scores.max():g}")
        object.__setattr__(self, "boxes", boxes)
        object.__setattr__(self, "scores", scores)
        if self.keypoint_boxes is not None:
            starts = as_boxes(self.keypoint_boxes)
            if len(starts) != len(boxes):
                raise InputError(f"keypoint_boxes must be one for each of {len(boxes)} boxes; got {len(starts)}")
            object.__setattr__(self, "keypoint_boxes", starts)
        if self.rolls is not None:
            if self.keypoint_boxes is None:
                raise InputError("rolls turn keypoint_boxes: give these, too")
            object.__setattr__(self, "rolls", as_floats(self.rolls, (len(boxes),), "rolls"))

    @property
    def starts(self) -> Floats:
        """``(n, 4)`` the boxes that the estimator starts from, before they are turned by ``rolls``."""
        return self.boxes if self.keypoint_boxes is None else self.keypoint_boxes

    @classmethod
    def empty(cls) -> Detections:
        """No candidate."""
        return cls(np.zeros((0, 4), dtype=np.float32), np.zeros(0, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.boxes)

    def select(self, rows: Array) -> Detections:
        """The candidates that a mask or indices name."""
        starts = None if self.keypoint_boxes is None else self.keypoint_boxes[rows]
        rolls = None if self.rolls is None else self.rolls[rows]
        return Detections(self.boxes[rows], self.scores[rows], starts, rolls)


@runtime_checkable
class Detector(Protocol):
    """Anything that finds candidate faces; give such an object to ``FaceFinder(detector=...)``.

    ``default_min_score`` is the combined score under which the finder drops a face unless it is told otherwise.
    """

    default_min_score: float

    def detect(self, image: Image, min_face: int) -> Detections:
        """All candidates whose longer side has at least about ``min_face`` pixels, in any order.

        Must be safe to call from several threads at once.
        """
        ...


@runtime_checkable
class ScoreCombiner(Protocol):
    """A detector that knows how its scores and those of the keypoint network go together."""

    def combined_scores(self, found: Detections, estimator_scores: Floats, keypoints: Floats | None) -> Floats:
        """How sure one can be of each face, from both.

        Args:
            found: ``n`` candidates of this detector.
            estimator_scores: ``(n,)`` mean score of the keypoints in each, 0 to 1. Higher ones must not give less.
            keypoints: ``(n, 68, 2)`` in pixels of the picture; None where they are still to be found and
                ``estimator_scores`` is what to hope for.

        Returns:
            ``(n,)``, 0 to 1.
        """
        ...
