"""Faces by the network that comes with the package, or by one of the same kind."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence

import numpy as np

from facepoints.arrays import Floats, Image, as_image
from facepoints.detection.base import Detections
from facepoints.detection.candidates import Candidates
from facepoints.detection.pyramid import owned, plan_levels, plan_tiles, resized
from facepoints.detection.session import DetectorSession
from facepoints.errors import InputError
from facepoints.geometry import box_iou, tight_boxes
from facepoints.weights import resolve

__all__ = ["NetworkDetector"]

_LOWEST = 0.15
"""Candidates that score less are dropped at once: there are hundreds of them in a picture, and hardly a face."""

_OVERLAP = 0.4
"""IoU above which two boxes are one face."""

_BIAS, _OWN, _ESTIMATOR, _REJECTED = -2.15, 2.15, 2.22, -0.75
"""Logistic regression of "is it a face?" on the logarithm of the odds of the detector's score, on the estimator's
score, and on what the estimator does not see in a large box; fitted by ``benchmarks/calibrate_detector.py`` on the
validation pictures of the training. The fit's -2.8 for the last takes the AP of faces from 32 pixels, many of which are
half hidden, from 90.6 to 89.2 %; -1, set by hand, leaves 90.2 % and still drops small false boxes on large pictures.
The bias lies between those of the fits with and without that term."""

_CLEAR, _UNCLEAR = 64.0, 16.0
"""Longer sides in pixels of boxes in which the estimator sees all that it needs, and next to nothing."""

_CLEARING = math.log(_CLEAR / _UNCLEAR)

_AGREEMENT = 0.2
"""Least IoU of the square that the detector expects the keypoints in and their tight box; below it they are another
face's than the box."""

_MOST = 2000
"""Candidates, the best, that are compared with each other."""


class NetworkDetector:
    """Frontal, turned, small and partly hidden faces, by a fully convolutional network.

    Args:
        weights: a name of shipped weights, or the path of an ``.onnx`` file made by ``facepoints train detector``.
        rotations: by how many degrees the picture is turned before it is looked at: of 0, 90, 180 and 270. With all
            four, faces of any in-plane rotation are found, and it takes four times as long.
        threads: of onnxruntime, for one picture.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: an argument is out of range, or a name is unknown.
        WeightsError: the weights are missing, damaged, or made for something else.
    """

    default_min_score = 0.6

    def __init__(
        self,
        weights: str | os.PathLike[str] = "detector",
        *,
        rotations: Iterable[int] = (0,),
        threads: int = 1,
        providers: Sequence[str] | None = None,
    ) -> None:
        self.rotations = tuple(dict.fromkeys(rotations))
        if not self.rotations or not set(self.rotations) <= {0, 90, 180, 270}:
            raise InputError(f"rotations must be of 0, 90, 180 and 270 degrees; got {self.rotations}")
        self._session = DetectorSession(resolve(weights, "detector"), threads, providers)

    def detect(self, image: Image, min_face: int) -> Detections:
        """See :class:`facepoints.detection.base.Detector`; the boxes reach from chin to forehead."""
        found = self.find_candidates(image, min_face)
        top, bottom = found.frames[:, 0], found.frames[:, 1]
        down = bottom - top
        half = np.hypot(down[:, 0], down[:, 1])[:, None] / 2
        centres = (top + bottom) / 2
        squares = np.concatenate([centres - half, centres + half], axis=1)
        return Detections(found.boxes, found.scores, squares, np.arctan2(-down[:, 0], down[:, 1]))

    def combined_scores(self, found: Detections, estimator_scores: Floats, keypoints: Floats | None) -> Floats:
        """See :class:`facepoints.detection.base.ScoreCombiner`: the probability that the candidate is a face.

        The estimator knows little of faces under 30 pixels, so the detector may be sure without it.
        """
        odds = np.log(np.maximum(found.scores, 1e-6) / np.maximum(1 - found.scores, 1e-6))
        support = estimator_scores
        if keypoints is not None and len(keypoints):
            overlaps = np.diagonal(box_iou(found.starts, tight_boxes(keypoints)))
            support = estimator_scores * (overlaps >= _AGREEMENT)
        sides = (found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1)
        clear = np.minimum(np.maximum(np.log(sides / _UNCLEAR) / _CLEARING, 0), 1)
        sure = _BIAS + _OWN * odds + _ESTIMATOR * support + _REJECTED * clear * (1 - support)
        return np.asarray(1 / (1 + np.exp(-sure)), dtype=np.float32)

    def find_candidates(self, image: Image, min_face: int) -> Candidates:
        """The same faces with five points on each: eyes, tip of the nose, corners of the mouth.

        Args:
            image: RGB uint8 ``(H, W, 3)``.
            min_face: longer side in pixels of the smallest face to look for.
        """
        picture = as_image(image)
        height, width = picture.shape[:2]
        looks = []
        for quarters in [degrees // 90 for degrees in self.rotations]:
            turned = np.ascontiguousarray(np.rot90(picture, -quarters)) if quarters else picture
            found = self._look(turned, min_face).merged(_OVERLAP, _MOST)
            looks.append(found.turned_back(quarters, width, height))
        return Candidates.concatenate(looks).best(_OVERLAP, _MOST) if len(looks) > 1 else looks[0]

    def _look(self, picture: Image, min_face: int) -> Candidates:
        """All candidates of one look at the picture; the same face may be among them several times."""
        parts = []
        scale = np.ones(2)
        for level in plan_levels(picture.shape[1], picture.shape[0], min_face):
            picture, step = resized(picture, level.width, level.height)
            scale = scale * step
            for tile in plan_tiles(level.width, level.height):
                found = self._session.run(picture[tile.top : tile.bottom, tile.left : tile.right], _LOWEST)
                # Edges of pixels scale, not their centres.
                shift = (np.array([tile.left, tile.top]) + 0.5) / scale - 0.5
                parts.append(owned(found, level, tile).mapped(1 / scale, shift))
        return Candidates.concatenate([part for part in parts if len(part)]).mended()
