"""MediaPipe's face mesh and face detection as a worker; see serving.py.

Options: ``attention``, the mesh whose eyes and lips are refined; ``range``, 0 for the detector of faces within 2 m, 1
for that within 5 m. The mesh always uses the first. It takes no boxes, and its threads cannot be set: the process is
bound to as many processor cores instead.
"""

from __future__ import annotations

import mediapipe
import numpy as np
from mesh_68 import NEAREST
from serving import Engine, Faces, options, serve

CANDIDATES = 0.1
MANY = 32


class MediaPipe(Engine):
    """A mesh for each number of faces, since it keeps looking for as many as it was asked for."""

    default_score = 0.5

    def __init__(self, attention: bool, near_or_far: int) -> None:
        self.versions = {"mediapipe": mediapipe.__version__}
        self.attention = attention
        self.meshes: dict[tuple[int, bool], object] = {}
        self.detector = mediapipe.solutions.face_detection.FaceDetection(
            min_detection_confidence=CANDIDATES, model_selection=near_or_far
        )
        self.mesh(1, still=True)

    def mesh(self, faces: int, *, still: bool) -> object:
        key = (faces, still)
        if key not in self.meshes:
            self.meshes[key] = mediapipe.solutions.face_mesh.FaceMesh(
                static_image_mode=still, max_num_faces=faces, refine_landmarks=self.attention
            )
        return self.meshes[key]

    def detect(self, image: np.ndarray) -> Faces:
        height, width = image.shape[:2]
        faces = []
        for found in self.detector.process(image).detections or []:
            box = found.location_data.relative_bounding_box
            x, y = box.xmin * width - 0.5, box.ymin * height - 0.5
            corners = [x, y, x + box.width * width, y + box.height * height]
            faces.append({"box": corners, "score": float(found.score[0])})
        return faces

    def find(self, image: np.ndarray, faces: int) -> Faces:
        return self._rows(image, self.mesh(min(faces, MANY), still=True))

    def track(self, image: np.ndarray) -> Faces:
        return self._rows(image, self.mesh(1, still=False))

    def _rows(self, image: np.ndarray, mesh: object) -> Faces:
        size = np.array([image.shape[1], image.shape[0]])
        rows = []
        for face in mesh.process(image).multi_face_landmarks or []:
            # 0 is the picture's edge, half a pixel before the first one's centre.
            points = np.array([(point.x, point.y) for point in face.landmark]) * size - 0.5
            box = [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]
            rows.append({"box": box, "score": 1.0, "points": points[list(NEAREST)].tolist()})
        return rows


if __name__ == "__main__":
    chosen = options()
    serve(MediaPipe(chosen["attention"], chosen["range"]))
