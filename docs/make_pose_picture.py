"""Make the picture of docs/pose.md anew: python docs/make_pose_picture.py"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

import facepoints
from facepoints import images
from facepoints.analysis import FACE_MODEL, Poses, head_pose
from facepoints.arrays import Array, Image
from facepoints.geometry import tight_boxes

ROOT = Path(__file__).parent.parent
SIDE = 280
DISTANCE = 1500.0  # mm
FOCAL_LENGTH = 1.1 * SIDE * DISTANCE / 225  # a head fills most of a tile
LEFT, TOP, PART = 139, 20, 170  # the astronaut's face


def main() -> None:
    tiles = [head(0, 0, 0), head(30, 0, 0), head(0, 25, 0), head(0, 0, 25), astronaut()]
    gap = np.full((SIDE, 6, 3), 255, dtype=np.uint8)
    row = [part for tile in tiles for part in (gap, tile)][1:]
    images.write(ROOT / "docs" / "images" / "pose.jpg", np.hstack(row))


def head(yaw: float, pitch: float, roll: float) -> Image:
    """The model of the face, turned, with its axes."""
    size = (SIDE, SIDE)
    rotation = turned(*np.radians([yaw, pitch, roll]))
    none = np.zeros(1, dtype=np.float32)
    middle = np.array([0.0, -45.0, DISTANCE])
    pose = Poses(none, none, none, rotation[None], middle[None], np.array([FOCAL_LENGTH]))
    paper = np.full((SIDE, SIDE, 3), 245, dtype=np.uint8)
    drawn = facepoints.draw(paper, faces_at(pose.project(FACE_MODEL, size)), boxes=False, pose=True)
    return labelled(drawn, f"yaw {yaw:+.0f}  pitch {pitch:+.0f}  roll {roll:+.0f}")


def turned(yaw: float, pitch: float, roll: float) -> Array:
    """The rotation of these angles, in the order and with the signs of :mod:`facepoints.analysis.pose`."""
    about = {"x": (-pitch, 0, 0), "y": (0, -yaw, 0), "z": (0, 0, roll)}
    x, y, z = (cv2.Rodrigues(np.array(vector, dtype=np.float64))[0] for vector in about.values())
    return np.asarray(z @ y @ x)


def astronaut() -> Image:
    photo = facepoints.read(ROOT / "examples" / "astronaut.png")[TOP : TOP + PART, LEFT : LEFT + PART]
    large = np.asarray(cv2.resize(photo, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    faces = facepoints.find(large)
    poses = head_pose(faces.keypoints, (SIDE, SIDE))
    drawn = facepoints.draw(large, faces, boxes=False, keypoints=False, edges=False, pose=True)
    words = (f"{name} {getattr(poses, name)[0]:+.0f}" for name in ("yaw", "pitch", "roll"))
    return labelled(drawn, "  ".join(words))


def faces_at(keypoints: Array) -> facepoints.Faces:
    count = len(keypoints)
    return facepoints.Faces(tight_boxes(keypoints), np.ones(count), keypoints, np.ones((count, 68)))


def labelled(image: Image, words: str) -> Image:
    for colour, width in (((255, 255, 255), 4), ((20, 20, 20), 1)):
        cv2.putText(image, words, (10, SIDE - 10), cv2.FONT_HERSHEY_SIMPLEX, 0.5, colour, width, cv2.LINE_AA)
    return image


if __name__ == "__main__":
    main()
