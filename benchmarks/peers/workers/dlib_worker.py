"""dlib's HOG detector and 68-point predictor as a worker; see serving.py. Option ``upsample``: 0 or 1 times."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import dlib
import numpy as np
from serving import Engine, Faces, options, serve

CANDIDATES = -1.0  # margin; at 0, dlib's own threshold, a box counts as a face


class Dlib(Engine):
    """dlib uses one thread whatever is offered."""

    default_score = 0.0

    def __init__(self, upsample: int) -> None:
        self.upsample = upsample
        self.versions = {"dlib": dlib.__version__}
        self.detector = dlib.get_frontal_face_detector()
        # The package itself imports pkg_resources, which newer Pythons lack; only its file is needed.
        origin = importlib.util.find_spec("face_recognition_models").origin
        self.predictor = dlib.shape_predictor(
            str(Path(origin).parent / "models" / "shape_predictor_68_face_landmarks.dat")
        )

    def detect(self, image: np.ndarray) -> Faces:
        found, margins, _ = self.detector.run(image, self.upsample, CANDIDATES)
        return [{"box": _corners(box), "score": margin} for box, margin in zip(found, margins, strict=True)]

    def find(self, image: np.ndarray, faces: int) -> Faces:
        found, margins, _ = self.detector.run(image, self.upsample, 0.0)
        return [
            {"box": _corners(box), "score": margin, "points": self._points(image, box)}
            for box, margin in zip(found, margins, strict=True)
        ]

    def fit(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        # dlib names the first and the last pixel of a box.
        corners = (boxes + [0.5, 0.5, -0.5, -0.5]).round().astype(int).tolist()
        return [{"box": box, "score": 1.0, "points": self._points(image, dlib.rectangle(*box))} for box in corners]

    def _points(self, image: np.ndarray, box: dlib.rectangle) -> list[list[int]]:
        return [[point.x, point.y] for point in self.predictor(image, box).parts()]


def _corners(box: dlib.rectangle) -> list[float]:
    return [box.left() - 0.5, box.top() - 0.5, box.right() + 0.5, box.bottom() + 0.5]


if __name__ == "__main__":
    serve(Dlib(options()["upsample"]))
