"""Which of MediaPipe's 468 points lies nearest to each of the 68, and how far off such points are.

    pip install mediapipe==0.10.21    # its wheel holds the network; in an environment of its own
    python benchmarks/mediapipe_points.py DATA

DATA holds ``300w/`` in its official layout. The points are chosen on 500 training faces of Helen and LFPW, by their
mean distance to the label over the outer-eye distance, and judged on LFPW's test part. Prints the table, the NME of the
68 points that it gives, and that of the shipped keypoint network on the same faces.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import mediapipe
import numpy as np

from facepoints import FaceFinder
from facepoints.arrays import Array, Image
from facepoints.datasets import LabelledFace, read_keypoints
from facepoints.evaluation.metrics import outer_eye_distances
from facepoints.geometry import box_iou, tight_boxes
from facepoints.images import read
from facepoints.scheme import GROUPS, POINT_COUNT

MESH_POINTS = 468
TRAINING = 500
MATCH = 0.3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data / "300w"
    training = read_keypoints(data / "helen" / "trainset") + read_keypoints(data / "lfpw" / "trainset")
    chosen = np.random.default_rng(0).permutation(len(training))[:TRAINING]
    meshes, labels, _ = found_by_mediapipe([training[row] for row in chosen])
    nearest = np.array([distances(meshes, labels, point).argmin() for point in range(POINT_COUNT)])
    print(f"chosen on {len(meshes)} faces")
    for name, group in GROUPS.items():
        print(f"| {name} | {group[0]} to {group[-1]} | {', '.join(map(str, nearest[group]))} |")

    tested = read_keypoints(data / "lfpw" / "testset")
    meshes, labels, faces = found_by_mediapipe(tested)
    report("MediaPipe's nearest points", meshes[:, nearest], labels)
    finder = FaceFinder()
    ours = [finder.fit(read(face.image), tight_boxes(face.keypoints[None])).keypoints[0] for face in faces]
    report("facepoints", np.stack(ours), labels)
    print(f"{len(tested)} faces, {len(faces)} of them found by MediaPipe")


def found_by_mediapipe(faces: Sequence[LabelledFace]) -> tuple[Array, Array, list[LabelledFace]]:
    """Points ``(n, 468, 2)`` and labels ``(n, 68, 2)`` in pixels of the faces that MediaPipe finds; the faces."""
    rows = list(_found(faces))
    return np.stack([mesh for mesh, _ in rows]), np.stack([face.keypoints for _, face in rows]), [f for _, f in rows]


def _found(faces: Sequence[LabelledFace]) -> Iterator[tuple[Array, LabelledFace]]:
    settings = {"static_image_mode": True, "max_num_faces": 4, "min_detection_confidence": 0.3}
    with mediapipe.solutions.face_mesh.FaceMesh(**settings) as network:
        for face in faces:
            for mesh in meshes_of(network, read(face.image)):
                if box_iou(tight_boxes(face.keypoints[None]), tight_boxes(mesh[None]))[0, 0] > MATCH:
                    yield mesh, face
                    break


def meshes_of(network: mediapipe.solutions.face_mesh.FaceMesh, image: Image) -> list[Array]:
    """``(468, 2)`` of each face, in pixels."""
    size = np.array([image.shape[1], image.shape[0]])
    found = network.process(image).multi_face_landmarks or []
    return [np.array([(point.x, point.y) for point in face.landmark]) * size for face in found]


def distances(meshes: Array, labels: Array, point: int) -> Array:
    """Mean distance of each point of the mesh ``(468,)`` to one of the 68, over the outer-eye distance."""
    off = np.linalg.norm(meshes - labels[:, point, None], axis=2)
    return np.asarray((off / outer_eye_distances(labels)[:, None]).mean(axis=0))


def report(name: str, points: Array, labels: Array) -> None:
    off = np.linalg.norm(points - labels, axis=2) / outer_eye_distances(labels)[:, None]
    parts = ", ".join(f"{group} {100 * off[:, list(rows)].mean():.1f}" for group, rows in GROUPS.items())
    print(f"{name}: NME {100 * off.mean():.2f} %, without the jaw {100 * off[:, 17:].mean():.2f} % ({parts})")


if __name__ == "__main__":
    main()
