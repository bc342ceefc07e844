"""OpenCV's Haar cascade for frontal faces as a worker; see serving.py. A detector: it has no points."""

from __future__ import annotations

import cv2
import numpy as np
from serving import Engine, Faces, options, serve

FILE = "haarcascade_frontalface_default.xml"


class Haar(Engine):
    """Options ``scale_factor``, ``min_neighbors``; the score is the weight of the last stage."""

    default_score = -1e9  # what the cascade returns counts as a face

    def __init__(self, threads: int, scale_factor: float, min_neighbors: int) -> None:
        cv2.setNumThreads(threads)
        self.versions = {"opencv": cv2.__version__}
        self.cascade = cv2.CascadeClassifier(cv2.data.haarcascades + FILE)
        self.scale_factor, self.min_neighbors = scale_factor, min_neighbors

    def detect(self, image: np.ndarray) -> Faces:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        boxes, _, weights = self.cascade.detectMultiScale3(
            grey, scaleFactor=self.scale_factor, minNeighbors=self.min_neighbors, outputRejectLevels=True
        )
        return [
            {"box": [x - 0.5, y - 0.5, x + w - 0.5, y + h - 0.5], "score": float(weight)}
            for (x, y, w, h), weight in zip(np.array(boxes).tolist(), np.ravel(weights), strict=True)
        ]


if __name__ == "__main__":
    chosen = options()
    serve(Haar(chosen["threads"], chosen["scale_factor"], chosen["min_neighbors"]))
