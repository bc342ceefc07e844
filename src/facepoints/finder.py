"""The main job: from a picture to the faces in it and the 68 keypoints on each."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from facepoints import detection, images
from facepoints.arrays import Array, Floats, Image, as_boxes, as_image, is_number
from facepoints.detection import Detections, Detector, ScoreCombiner
from facepoints.errors import InputError
from facepoints.faces import Faces
from facepoints.geometry import best_of_duplicates, box_containment, same_faces
from facepoints.images import ReducedImage
from facepoints.keypoints import Estimate, KeypointEstimator
from facepoints.reduction import detections_in_full, estimate_in_full, harmless_factor, reduced_min_face

__all__ = ["FaceFinder", "ImageLike", "find"]

ImageLike = Array | str | os.PathLike[str] | bytes
"""An RGB uint8 array ``(H, W, 3)``, the path of a picture, or the bytes of a picture file."""

_SHARED = 0.5
"""Share of the smaller box that lies in the other, below which the detector means two faces: from the box of a tiny
face the keypoints of a larger one beside it may be found."""

_LOWEST = 0.05
"""No candidate scores less, so that ``min_score=0.05`` returns them all, whatever the detector."""

_DETECTOR_SHARE = 0.2
"""Weight of the detector's score in the weighted geometric mean with the estimator's, for detectors that are no
``ScoreCombiner``: on validation crops the estimator gives faces 0.9 on average and Haar's false boxes under 0.01."""


class FaceFinder:
    """Detector and estimator together; may be used by several threads at once, and sent to worker processes, which open
    the same files.

    Args:
        detector: ``"network"``, ``"haar"``, ``"haar-profile"``, ``"haar-cat"``, the path of a detector's ``.onnx``
            file, or any object of the ``Detector`` protocol.
        keypoints: name of shipped weights (``"compact"``), or the path of an ``.onnx`` file.
        min_face: side in pixels of the smallest face to look for.
        min_score: faces that score less are dropped; None for the detector's default, 0.05 to keep every candidate.
        max_faces: keep at most so many faces, the best; None for all.
        threads: of onnxruntime, for one picture.
        providers: onnxruntime's execution providers in order of preference; None for the CPU.

    Raises:
        InputError: an argument is out of range, or a name is unknown.
        WeightsError: the weights are missing, damaged, or made for something else.
    """

    def __init__(
        self,
        detector: str | os.PathLike[str] | Detector = "network",
        keypoints: str | Path = "compact",
        min_face: int = 20,
        min_score: float | None = None,
        max_faces: int | None = None,
        threads: int = 1,
        providers: Sequence[str] | None = None,
    ) -> None:
        if not is_number(min_face) or not 1 <= min_face < math.inf:
            raise InputError(f"min_face must be at least 1 pixel; got {min_face!r}")
        if min_score is not None and (not is_number(min_score) or not 0 <= min_score <= 1):
            raise InputError(f"min_score must be between 0 and 1; got {min_score!r}")
        if max_faces is not None and (not is_number(max_faces, whole=True) or max_faces < 1):
            raise InputError(f"max_faces must be a whole number from 1, or None for all; got {max_faces!r}")
        if isinstance(detector, (str, os.PathLike)):
            self.detector = detection.create(detector, threads, providers)
        else:
            self.detector = _checked(detector)
        # Once: Python takes as long to see whether an object fits a protocol as the scores take.
        self._combiner = self.detector if isinstance(self.detector, ScoreCombiner) else None
        self.estimator = KeypointEstimator(keypoints, threads=threads, providers=providers)
        self.min_face = min_face
        self.min_score = self.detector.default_min_score if min_score is None else min_score
        self.max_faces = max_faces

    @property
    def reduction(self) -> int:
        """How many times smaller a JPEG may be decoded without loss for this finder: 1, 2, 4 or 8.

        Large smallest faces allow it: 247 pixels for 2 with the network ``compact``. Always 1 for detectors other than
        ``NetworkDetector``: Haar cascades give somewhat other boxes in a smaller picture.
        """
        if not isinstance(self.detector, detection.NetworkDetector):
            return 1
        return harmless_factor(self.min_face, self.estimator.size)

    def find(self, image: ImageLike | ReducedImage) -> Faces:
        """All faces of a picture, highest score first; empty if there is none.

        Args:
            image: RGB uint8 array ``(H, W, 3)``, path, or bytes of a picture file; files are read by
                :func:`facepoints.images.read_reduced`, ``reduction`` times smaller. What that function gives may be
                given, too. The faces are always in pixels of the whole picture.

        Raises:
            ImageError: the file cannot be read.
            InputError: the array is no such image, or the detector gave something other than boxes.
        """
        return self.find_batch([image])[0]

    def find_batch(self, images: Sequence[ImageLike | ReducedImage]) -> list[Faces]:
        """The faces of each picture; the keypoints of all are estimated together.

        Raises:
            ImageError: a file cannot be read.
            InputError: an array is no image, ``images`` is a single one, or the detector gave something other than
                boxes.
        """
        single = isinstance(images, (str, bytes, bytearray, memoryview, os.PathLike))
        if single or not isinstance(images, Iterable):
            raise InputError("find_batch takes a list of pictures; for a single one there is find")
        pictures = [_as_reduced(image, self.reduction) for image in images]
        found = [self.detect(picture.pixels, reduced_min_face(self.min_face, picture)) for picture in pictures]
        starts, rolls = [candidates.starts for candidates in found], [candidates.rolls for candidates in found]
        estimates = self.estimator.estimate([picture.pixels for picture in pictures], starts, rolls, candidates=True)
        return [
            self.select(detections_in_full(candidates, picture), estimate_in_full(estimate, picture))
            for candidates, estimate, picture in zip(found, estimates, pictures, strict=True)
        ]

    def fit(self, image: ImageLike, boxes: ArrayLike) -> Faces:
        """The keypoints in given boxes: exactly one row for each box, in the given order; nothing is rejected.

        The scores are the estimator's alone.

        Args:
            image: RGB uint8 array ``(H, W, 3)``, path, or bytes of a picture file.
            boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels; the tight box of a face's points, or any detector's box.

        Raises:
            ImageError: the file cannot be read.
            InputError: the array is no image, or a box is empty, not finite, or wholly outside the picture.
        """
        picture = _as_picture(image)
        rows = as_boxes(boxes).copy()  # a caller may go on to change them, as trackers do
        _check_inside(rows, picture)
        estimate = self.estimator.estimate([picture], [rows])[0]
        return Faces(rows, estimate.scores.mean(axis=1), estimate.keypoints, estimate.scores)

    def detect(self, image: ImageLike, min_face: float | None = None) -> Detections:
        """The first half of :meth:`find`: the detector's candidates, without those that no keypoints could save.

        Args:
            image: RGB uint8 array ``(H, W, 3)``, path, or bytes of a picture file.
            min_face: side in pixels of the smallest face to look for; None for the finder's.

        Raises:
            ImageError: the file cannot be read.
            InputError: the array is no such image, or the detector gave something other than boxes.
        """
        picture = _as_picture(image)
        name = type(self.detector).__name__
        try:
            found = self.detector.detect(picture, self.min_face if min_face is None else math.ceil(min_face))
            if isinstance(found, Detections):
                _check_inside(found.starts, picture)
                # What the surest estimator could not save is not worth its time.
                hopeful = self.combined_scores(found, np.ones_like(found.scores)) >= self.min_score
                return found if hopeful.all() else found.select(hopeful)
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
        raise InputError(f"{name}.detect must return facepoints.detection.Detections, not {type(found).__name__}")

    def select(self, found: Detections, estimate: Estimate) -> Faces:
        """The second half of :meth:`find`: the faces among the candidates, the best first.

        Args:
            found: ``n`` candidates, from :meth:`detect`.
            estimate: the estimator's, of each.
        """
        kept, scores = self.rank(found, estimate)
        return Faces(found.boxes[kept], scores, estimate.keypoints[kept], estimate.scores[kept])

    def rank(self, found: Detections, estimate: Estimate) -> tuple[np.ndarray, Floats]:
        """Combine the scores, drop what is no face or found twice, and sort.

        Args:
            found: ``n`` candidates, from :meth:`detect`.
            estimate: the estimator's, of each.

        Returns:
            Indices of the faces among the candidates, highest score first, at most ``max_faces``; and their scores.
        """
        scores = self.combined_scores(found, estimate.scores.mean(axis=1), estimate.keypoints)
        # What scores less takes no place from a better one, so it may go before all are compared with all.
        good = np.flatnonzero(scores >= self.min_score)
        if len(good) < 2:
            return good, scores[good]
        same = same_faces(estimate.keypoints[good]) & (box_containment(found.boxes[good], found.boxes[good]) > _SHARED)
        kept = good[best_of_duplicates(same, scores[good])][: self.max_faces]
        return kept, scores[kept]

    def combined_scores(self, found: Detections, estimator_scores: Floats, keypoints: Floats | None = None) -> Floats:
        """The one score of each face, from the detector's and the estimator's.

        Args:
            found: ``n`` candidates of this finder's detector.
            estimator_scores: ``(n,)`` mean score of the keypoints in each.
            keypoints: ``(n, 68, 2)`` in pixels; None where they are still to be found.

        Returns:
            ``(n,)`` float32, 0 to 1.
        """
        if self._combiner is not None:
            combined = self._combiner.combined_scores(found, estimator_scores, keypoints)
        else:
            combined = found.scores**_DETECTOR_SHARE * estimator_scores ** (1 - _DETECTOR_SHARE)
        return np.asarray(_LOWEST + (1 - _LOWEST) * combined, dtype=np.float32)


def find(image: ImageLike) -> Faces:
    """All faces of a picture, by a :class:`FaceFinder` with default settings that is made once.

    Raises:
        ImageError: the file cannot be read.
        InputError: the array is no image.
    """
    return _default_finder().find(image)


@lru_cache(maxsize=1)
def _default_finder() -> FaceFinder:
    return FaceFinder()


def _as_reduced(image: ImageLike | ReducedImage, factor: int) -> ReducedImage:
    if isinstance(image, ReducedImage):
        return image
    if isinstance(image, (str, bytes, bytearray, memoryview, os.PathLike)):
        return images.read_reduced(image, factor)
    return ReducedImage.of(as_image(image))


def _as_picture(image: ImageLike) -> Image:
    if isinstance(image, (str, bytes, bytearray, memoryview, os.PathLike)):
        return images.read(image)
    return as_image(image)


def _checked(detector: object) -> Detector:
    if isinstance(detector, type):
        raise InputError(f"detector must be an object, not a class; write {detector.__name__}()")
    if not isinstance(detector, Detector):
        raise InputError(
            f"detector must be a name or an object with detect(image, min_face) and default_min_score; "
            f"{type(detector).__name__} is neither"
        )
    score = detector.default_min_score
    if not is_number(score) or not 0 <= score <= 1:
        raise InputError(f"{type(detector).__name__}.default_min_score must be between 0 and 1; got {score!r}")
    return detector


def _check_inside(boxes: Floats, picture: Image) -> None:
    height, width = picture.shape[:2]
    outside = (boxes[:, 0] >= width) | (boxes[:, 1] >= height) | (boxes[:, 2] <= -1) | (boxes[:, 3] <= -1)
    if outside.any():
        row = int(np.flatnonzero(outside)[0])
        raise InputError(f"box {row}, {boxes[row].tolist()}, lies outside the picture of {width} x {height} pixels")
