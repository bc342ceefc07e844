"""dlib's frontal face detector, to compare with; dlib is no dependency of this package.

Source: King, "Max-Margin Object Detection" (arXiv 1502.00046): histograms of oriented gradients (HOG) in a sliding
window, one linear filter for each of five head poses.
"""

from __future__ import annotations

import threading

import numpy as np

from facepoints.arrays import Image, as_image
from facepoints.detection import Detections
from facepoints.errors import InputError

__all__ = ["HogDetector", "dlib_version"]

_CANDIDATES = -1.0
"""Lowest margin of a candidate; at 0, dlib's own threshold, a box counts as a face."""


def dlib_version() -> str | None:
    """The version of dlib, or None where it is not installed."""
    try:
        import dlib
    except ImportError:
        return None
    return str(dlib.__version__)


class HogDetector:
    """``dlib.get_frontal_face_detector()``; may be used by several threads, one at a time.

    Args:
        upsample: how often the picture is doubled in size before the search, whose window has 80 pixels. Once finds
            faces from about 40 pixels and takes four times as long.

    Raises:
        InputError: dlib is not installed.
    """

    default_min_score = 0.5

    def __init__(self, upsample: int = 0) -> None:
        try:
            import dlib
        except ImportError as error:
            raise InputError("the HOG detector needs dlib, which is not installed: pip install dlib-bin") from error
        self.upsample = upsample
        self._detector = dlib.get_frontal_face_detector()
        # It keeps the picture that it works on.
        self._lock = threading.Lock()

    def detect(self, image: Image, min_face: int) -> Detections:
        """See :class:`facepoints.detection.base.Detector`; the margin 0 becomes a score of 0.5."""
        height, width = as_image(image).shape[:2]
        with self._lock:
            found, margins, _ = self._detector.run(np.ascontiguousarray(image), self.upsample, _CANDIDATES)
        # dlib names the first and the last pixel of a box; their outer edges lie half a pixel further out.
        boxes = np.array([[box.left(), box.top(), box.right(), box.bottom()] for box in found], dtype=np.float32)
        boxes = boxes.reshape(-1, 4) + np.array([-0.5, -0.5, 0.5, 0.5], dtype=np.float32)
        scores = 1 / (1 + np.exp(-np.asarray(margins, dtype=np.float32)))
        large = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0) >= min_face
        inside = (boxes[:, :2] < (width - 0.5, height - 0.5)).all(axis=1) & (boxes[:, 2:] > -0.5).all(axis=1)
        return Detections(boxes[large & inside], scores[large & inside])
