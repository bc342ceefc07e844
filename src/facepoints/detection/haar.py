"""OpenCV's Haar cascades as detectors: frontal faces, profiles, and cats.

Source: Viola and Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features" (CVPR 2001); cascade files
by Lienhart (frontal), Bradley (profile) and Howse (cats), inside OpenCV's wheel.
"""

from __future__ import annotations

import threading
from pathlib import Path

import cv2
import numpy as np

from facepoints.arrays import Floats, Image, as_image
from facepoints.detection.base import Detections
from facepoints.errors import InputError, WeightsError
from facepoints.geometry import nms

__all__ = ["Cascade", "HaarCatDetector", "HaarDetector", "HaarProfileDetector"]

_FOLDER = Path(cv2.__file__).parent / "data"

_SMALLEST = 24
"""Side in pixels of the smallest face that the cascades know."""

_FINEST_STEP = 1.01
"""Below it, a search goes through thousands of sizes and seems to hang."""


class Cascade:
    """One cascade file, usable from several threads at once.

    Args:
        file: name of a file in OpenCV's folder of cascades, or a path.
        scale_factor: ratio of two neighbouring window sizes, 1.01 to 4. Nearer to 1 finds more and takes longer.
        min_neighbors: how many overlapping windows must agree on a face. More means fewer boxes that are no face.

    Raises:
        InputError: a parameter is out of range.
        WeightsError: there is no such cascade, or the file is none.
    """

    def __init__(self, file: str, scale_factor: float, min_neighbors: int) -> None:
        if not _FINEST_STEP <= scale_factor <= 4:
            raise InputError(f"scale_factor must be from {_FINEST_STEP} to 4; got {scale_factor}")
        if min_neighbors < 0:
            raise InputError(f"min_neighbors must be 0 or more; got {min_neighbors}")
        self.path = _FOLDER / file
        self.scale_factor = scale_factor
        self.min_neighbors = min_neighbors
        self._xml = _cascade_text(self.path)
        self._local = threading.local()
        self._classifier()

    def __reduce__(self) -> tuple[type[Cascade], tuple[str, float, int]]:
        """Pickled, it is its settings: OpenCV's classifiers stay in the process that made them."""
        return Cascade, (str(self.path), self.scale_factor, self.min_neighbors)

    def detect(self, grey: np.ndarray, min_side: int) -> Detections:
        """Boxes in a grey picture ``(H, W)`` uint8, with the weight of the last stage as a score from 0 to 1."""
        classifier = self._classifier()
        width, height = classifier.getOriginalWindowSize()
        if grey.shape[1] < max(width, min_side) or grey.shape[0] < max(height, min_side):
            return Detections.empty()
        boxes, _, weights = classifier.detectMultiScale3(
            grey,
            scaleFactor=self.scale_factor,
            minNeighbors=self.min_neighbors,
            minSize=(min_side, min_side),
            outputRejectLevels=True,
        )
        if len(boxes) == 0:
            return Detections.empty()
        corners = np.asarray(boxes, dtype=np.float32)
        corners[:, 2:] += corners[:, :2]
        scores = _weight_to_score(np.asarray(weights, dtype=np.float32))
        # OpenCV searches with several threads, and the order of its boxes is that in which these come to an end.
        order = np.lexsort(corners.T)
        # The left edge of pixel x lies at x - 0.5.
        return Detections(corners[order] - np.float32(0.5), scores[order])

    def _classifier(self) -> cv2.CascadeClassifier:
        # A classifier keeps the picture it works on, so every thread needs its own.
        if not hasattr(self._local, "classifier"):
            self._local.classifier = _classifier_of(self._xml, self.path)
        classifier: cv2.CascadeClassifier = self._local.classifier
        return classifier


def _cascade_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise WeightsError(f"there is no Haar cascade {path}; OpenCV 4 brings them, OpenCV 5 does not") from error
    except (OSError, UnicodeDecodeError) as error:
        raise WeightsError(f"the Haar cascade {path} cannot be read: {error}") from error


def _classifier_of(xml: str, path: Path) -> cv2.CascadeClassifier:
    # From memory, since OpenCV cannot open a path beyond ASCII on Windows.
    classifier = cv2.CascadeClassifier()
    try:
        storage = cv2.FileStorage(xml, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)
        loaded = classifier.read(storage.getFirstTopLevelNode())
    except (cv2.error, SystemError):  # the latter where OpenCV throws while Python makes the object
        loaded = False
    if not loaded:
        raise WeightsError(f"{path} is no Haar cascade that OpenCV can read")
    return classifier


def _weight_to_score(weights: Floats) -> Floats:
    """A rising map to (0, 1), centred where about half of the frontal boxes on WIDER's training part are faces: at a
    weight of about 1 for ``1.2, 2`` and of nearly 3 for the eager default."""
    return np.asarray(1 / (1 + np.exp(-(weights.reshape(-1) - 2.0) / 1.5)), dtype=np.float32)


class HaarDetector:
    """Frontal faces by the default cascade.

    The default is eager, since the finder drops what the estimator does not take for a face; used alone, ``1.2, 2`` or
    ``1.3, 5``, the settings of the course project, give fewer boxes that are no face.

    Args:
        scale_factor: see :class:`Cascade`.
        min_neighbors: see :class:`Cascade`.
        max_side: larger pictures are scaled down to this many pixels before the search, which bounds time and memory;
            faces below about ``24 * longer side / max_side`` pixels are then missed.
        cascade: file of the cascade.
    """

    default_min_score = 0.5

    def __init__(
        self,
        scale_factor: float = 1.15,
        min_neighbors: int = 1,
        *,
        max_side: int = 4096,
        cascade: str = "haarcascade_frontalface_default.xml",
    ) -> None:
        if max_side < _SMALLEST:
            raise InputError(f"max_side must be at least {_SMALLEST} pixels; got {max_side}")
        self.max_side = max_side
        self.cascade = Cascade(cascade, scale_factor, min_neighbors)

    def detect(self, image: Image, min_face: int) -> Detections:
        """See :class:`facepoints.detection.base.Detector`; the boxes are squares."""
        grey, scale = _working_picture(as_image(image), self.max_side)
        found = self._search(grey, max(_SMALLEST, round(min_face * scale)))
        boxes = ((found.boxes + 0.5) / scale - 0.5).astype(np.float32)
        return Detections(boxes, found.scores, _keypoint_boxes(boxes))

    def _search(self, grey: np.ndarray, min_side: int) -> Detections:
        return self.cascade.detect(grey, min_side)


class HaarProfileDetector(HaarDetector):
    """Frontal faces and both profiles, merged by non-maximum suppression.

    The profile cascade knows one side of the face; the other is found in the mirrored picture.
    """

    def __init__(self, scale_factor: float = 1.15, min_neighbors: int = 1, *, max_side: int = 4096) -> None:
        super().__init__(scale_factor, min_neighbors, max_side=max_side)
        self.profile = Cascade("haarcascade_profileface.xml", scale_factor, min_neighbors)

    def _search(self, grey: np.ndarray, min_side: int) -> Detections:
        mirrored = self.profile.detect(np.ascontiguousarray(grey[:, ::-1]), min_side)
        flipped = mirrored.boxes.copy()
        flipped[:, [0, 2]] = grey.shape[1] - 1 - mirrored.boxes[:, [2, 0]]
        parts = [
            self.cascade.detect(grey, min_side),
            self.profile.detect(grey, min_side),
            Detections(flipped, mirrored.scores),
        ]
        boxes = np.concatenate([part.boxes for part in parts])
        scores = np.concatenate([part.scores for part in parts])
        kept = nms(boxes, scores, threshold=0.3)
        return Detections(boxes[kept], scores[kept])


class HaarCatDetector(HaarDetector):
    """Faces of cats. The estimator knows human faces only, so its score sorts and rejects nothing."""

    default_min_score = 0.0

    def __init__(self, scale_factor: float = 1.05, min_neighbors: int = 3, *, max_side: int = 4096) -> None:
        super().__init__(
            scale_factor, min_neighbors, max_side=max_side, cascade="haarcascade_frontalcatface_extended.xml"
        )


def _keypoint_boxes(boxes: Floats) -> Floats:
    """Haar's squares reach from the hairline to the mouth: the points lie lower, and closer together.

    The two numbers are medians over 630 training faces of 300-W and YouTube Faces.
    """
    side = boxes[:, 2:] - boxes[:, :2]
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2 + side * np.array([0, 0.15], dtype=np.float32)
    half = 0.87 / 2 * side
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)


def _working_picture(image: Image, max_side: int) -> tuple[np.ndarray, float]:
    """The grey picture to search, and its size over that of the original."""
    scale = min(1.0, max_side / max(image.shape[:2]))
    if scale < 1:
        # At least one pixel remains of a picture that is one pixel wide.
        size = tuple(max(1, round(side * scale)) for side in (image.shape[1], image.shape[0]))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)), scale
