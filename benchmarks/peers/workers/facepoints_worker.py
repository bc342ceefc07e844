"""facepoints as a worker; see serving.py. Option ``share``: smallest face as a share of the picture's height."""

from __future__ import annotations

import cv2
import numpy as np
from serving import Engine, Faces, options, serve

import facepoints
from facepoints import FaceFinder
from facepoints.detection import NetworkDetector

CANDIDATES = 0.05
FINDERS = 4
"""Kept at a time: with a share, pictures of each height need one of their own."""


class Facepoints(Engine):
    """The finder with its defaults; the tracker for ``track``."""

    def __init__(self, threads: int, share: float | None) -> None:
        cv2.setNumThreads(threads)
        self.versions = {"facepoints": facepoints.__version__}
        self.default_score = NetworkDetector.default_min_score
        self.threads, self.share = threads, share
        self.finders: dict[tuple[int, float | None], FaceFinder] = {}
        self.finder(480, None)
        self.detector = NetworkDetector(threads=threads)
        self.tracker = None
        self.frame = 0

    def finder(self, height: int, min_score: float | None) -> FaceFinder:
        smallest = 20 if self.share is None else max(20, round(self.share * height))
        key = (smallest, min_score)
        if key not in self.finders:
            if len(self.finders) == FINDERS:
                del self.finders[next(iter(self.finders))]
            self.finders[key] = FaceFinder(min_face=smallest, min_score=min_score, threads=self.threads)
        return self.finders[key]

    def detect(self, image: np.ndarray) -> Faces:
        smallest = 20 if self.share is None else max(20, round(self.share * len(image)))
        found = self.detector.detect(image, smallest)
        return [
            {"box": box, "score": score} for box, score in zip(found.boxes.tolist(), found.scores.tolist(), strict=True)
        ]

    def candidates(self, image: np.ndarray) -> Faces:
        return _rows(self.finder(len(image), CANDIDATES).find(image))

    def find(self, image: np.ndarray, faces: int) -> Faces:
        return _rows(self.finder(len(image), None).find(image))

    def fit(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        return _rows(self.finder(len(image), None).fit(image, boxes.astype(np.float32)))

    def track(self, image: np.ndarray) -> Faces:
        if self.tracker is None:
            from facepoints.video import FaceTracker
            from facepoints.video.tracker import VIDEO_KEYPOINTS

            smallest = 20 if self.share is None else max(20, round(self.share * len(image)))
            self.tracker = FaceTracker(FaceFinder(keypoints=VIDEO_KEYPOINTS, min_face=smallest, threads=self.threads))
        self.frame += 1
        return _rows(self.tracker.update(image, self.frame / 25))


def _rows(faces: facepoints.Faces) -> Faces:
    return [{"box": face.box.tolist(), "score": float(face.score), "points": face.keypoints.tolist()} for face in faces]


if __name__ == "__main__":
    chosen = options()
    serve(Facepoints(chosen["threads"], chosen.get("share")))
