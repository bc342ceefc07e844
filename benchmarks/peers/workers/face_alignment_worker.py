"""face-alignment (FAN and S3FD, by PyTorch) as a worker; see serving.py. It downloads its networks when it starts."""

from __future__ import annotations

from importlib.metadata import version

import face_alignment
import numpy as np
import torch
from serving import Engine, Faces, options, serve


class FaceAlignment(Engine):
    """The 2D network with the S3FD detector, its defaults."""

    default_score = 0.5

    def __init__(self, threads: int) -> None:
        torch.set_num_threads(threads)
        self.versions = {"face-alignment": version("face-alignment"), "torch": torch.__version__}
        self.network = face_alignment.FaceAlignment(face_alignment.LandmarksType.TWO_D, device="cpu")

    def detect(self, image: np.ndarray) -> Faces:
        found = self.network.face_detector.detect_from_image(image)
        return [{"box": [float(value) for value in row[:4]], "score": float(row[4])} for row in found]

    def find(self, image: np.ndarray, faces: int) -> Faces:
        return self._points(image, self.detect(image))

    def fit(self, image: np.ndarray, boxes: np.ndarray) -> Faces:
        return self._points(image, [{"box": box, "score": 1.0} for box in boxes.tolist()])

    def _points(self, image: np.ndarray, faces: Faces) -> Faces:
        boxes = [[*face["box"], face["score"]] for face in faces]
        found = self.network.get_landmarks_from_image(image, detected_faces=boxes) if boxes else []
        return [{**face, "points": points.tolist()} for face, points in zip(faces, found, strict=True)]


if __name__ == "__main__":
    serve(FaceAlignment(options()["threads"]))
