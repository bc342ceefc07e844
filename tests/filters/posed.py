"""Faces in known poses, projected from the 3-D model."""

import cv2
import numpy as np

from facepoints.analysis import FACE_MODEL
from facepoints.faces import Face, Faces
from facepoints.geometry import wider_style_boxes


def posed(
    centre: tuple[float, float] = (200, 160), unit: float = 60, yaw: float = 0, pitch: float = 0, roll: float = 0
) -> np.ndarray:
    """``(68, 2)`` of a face, ``unit`` pixels between its eyes, in degrees as ``facepoints.analysis`` has them."""
    turns = (np.array([0, 0, roll]), np.array([0, -yaw, 0]), np.array([-pitch, 0, 0]))
    about_z, about_y, about_x = (cv2.Rodrigues(np.radians(turn.astype(float)))[0] for turn in turns)
    points = FACE_MODEL @ (about_z @ about_y @ about_x).T
    return points[:, :2] / (720 + points[:, 2:]) * 8 * unit + centre


def faces_at(*keypoints: np.ndarray, quality: float = 0.9) -> Faces:
    """Faces with these points, boxes from chin to forehead, and scores that fall from face to face."""
    points = np.stack(keypoints)
    count = len(points)
    return Faces(wider_style_boxes(points), np.linspace(0.9, 0.8, count), points, np.full((count, 68), quality))


def face_at(keypoints: np.ndarray, quality: float = 0.9) -> Face:
    return faces_at(keypoints, quality=quality)[0]
