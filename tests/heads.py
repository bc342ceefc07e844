"""Heads with known poses for tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from facepoints.analysis import FACE_MODEL
from facepoints.analysis.pose import MIN_DISTANCE

SIZE = (640, 480)

angles = st.tuples(st.floats(-75, 75), st.floats(-60, 60), st.floats(-180, 180))
"""Yaw, pitch and roll in degrees."""

places = st.tuples(st.floats(-200, 200), st.floats(-150, 150), st.floats(MIN_DISTANCE + 100, 5000))
"""Before the camera, in millimetres."""


def turn(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Turned by hand, one axis after the other, with the documented signs: up, then right, then clockwise."""
    a, b, c = np.radians([yaw, pitch, roll])
    up = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    right = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    clockwise = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return clockwise @ right @ up


def seen(
    rotation: np.ndarray,
    place: tuple[float, ...] = (0, 0, 800),
    size: tuple[int, int] = SIZE,
    focal_length: float | None = None,
    head: np.ndarray = FACE_MODEL,
) -> np.ndarray:
    """``(1, 68, 2)``: the head in this rotation, its origin at ``place``, in a picture of this size."""
    points = head @ rotation.T + place
    flat = points[:, :2] / points[:, 2:] * (focal_length or max(size)) + (np.array(size) - 1) / 2
    return flat[None]
