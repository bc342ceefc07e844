import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FaceFinder
from facepoints.analysis import FACE_MODEL, head_pose
from facepoints.analysis.pose import MIN_DISTANCE
from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.scheme import MIRROR, mirrored
from tests.random_faces import mean_face

SIZE = (640, 480)


def turn(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Turned by hand, one axis after the other, with signs as documented: right, up and clockwise."""
    a, b, c = np.radians([yaw, pitch, roll])
    up = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    right = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    clockwise = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return clockwise @ right @ up


def seen(
    rotation: np.ndarray,
    place: tuple[float, float, float] = (0, 0, 800),
    size: tuple[int, int] = SIZE,
    focal_length: float | None = None,
) -> np.ndarray:
    """``(1, 68, 2)``: the model in this rotation to the camera, its origin at ``place``."""
    points = FACE_MODEL @ rotation.T + place
    focal_length = focal_length or max(size)
    return (points[None, :, :2] / points[None, :, 2:] * focal_length) + (np.array(size) - 1) / 2


degrees = st.tuples(st.floats(-75, 75), st.floats(-60, 60), st.floats(-180, 180))
places = st.tuples(st.floats(-200, 200), st.floats(-150, 150), st.floats(MIN_DISTANCE + 100, 5000))


@given(degrees)
def test_known_angles_come_back(angles: tuple[float, float, float]) -> None:
    poses = head_pose(seen(turn(*angles)), SIZE)
    np.testing.assert_allclose(turn(*poses.angles()[0]), turn(*angles), atol=2e-3)


@given(degrees, places)
def test_known_rotation_and_place_come_back(angles: tuple[float, float, float], place: tuple[float, ...]) -> None:
    poses = head_pose(seen(turn(*angles), place), SIZE)
    np.testing.assert_allclose(poses.rotations[0], turn(*angles), atol=2e-3)
    np.testing.assert_allclose(poses.translations[0], place, rtol=2e-3, atol=1)
    assert poses.focal_lengths.tolist() == [640]


@given(degrees, places)
def test_projection_lies_on_the_points(angles: tuple[float, float, float], place: tuple[float, ...]) -> None:
    points = seen(turn(*angles), place)
    np.testing.assert_allclose(head_pose(points, SIZE).project(FACE_MODEL, SIZE), points, atol=0.2)
