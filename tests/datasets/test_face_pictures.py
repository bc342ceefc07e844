"""What a detector learns from 68 keypoints."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.datasets.face_pictures import faces_from_keypoints, landmarks_of, merge_pictures
from facepoints.geometry import upright_square, wider_style_boxes
from facepoints.scheme import MEAN_FACE
from tests.training.detector.pictures import photos, squares

FACE = (MEAN_FACE * 80 + (120, 130)).astype(np.float32)


def turned(degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = FACE.mean(axis=0)
    return ((FACE - centre) @ turn.T + centre).astype(np.float32)


def test_landmarks_are_where_they_are_named() -> None:
    left_eye, right_eye, nose, left_mouth, right_mouth, top, bottom = landmarks_of(FACE)
    np.testing.assert_allclose(left_eye, FACE[36:42].mean(axis=0))
    assert left_eye[0] < nose[0] < right_eye[0]
    assert left_mouth[0] < right_mouth[0]
    assert top[1] < left_eye[1] < nose[1] < left_mouth[1] < bottom[1]


@given(st.floats(-180, 180))
def test_the_last_two_landmarks_give_the_upright_square(degrees: float) -> None:
    keypoints = turned(degrees)
    centre, side, roll = upright_square(keypoints)
    top, bottom = landmarks_of(keypoints)[5:].astype(np.float64)
    np.testing.assert_allclose((top + bottom) / 2, centre, atol=1e-3)
    assert np.linalg.norm(bottom - top) == pytest.approx(side, rel=1e-4)
    found = np.arctan2(top[0] - bottom[0], bottom[1] - top[1])
    assert abs((found - roll + np.pi) % (2 * np.pi) - np.pi) < 1e-4


def test_the_oval_of_an_upright_face_is_its_box_in_wider_style() -> None:
    upright = turned(-np.degrees(upright_square(FACE)[2]))
    x, y, width, height, roll = faces_from_keypoints(upright[None]).ovals[0]
    box = wider_style_boxes(upright[None])[0]
    np.testing.assert_allclose([x - width / 2, y - height / 2, x + width / 2, y + height / 2], box, atol=0.05)
    assert roll == pytest.approx(0, abs=1e-4)


@given(st.floats(-90, 90))
def test_the_oval_turns_with_the_face_and_keeps_its_size(degrees: float) -> None:
    first, second = (faces_from_keypoints(turned(angle)[None]).ovals[0] for angle in (0, degrees))
    np.testing.assert_allclose(first[2:4], second[2:4], rtol=1e-3)
    assert second[4] - first[4] == pytest.approx(np.radians(degrees), abs=1e-4)


def test_no_face() -> None:
    faces = faces_from_keypoints(np.zeros((0, 68, 2), dtype=np.float32))
    assert faces.ovals.shape == (0, 5)
    assert faces.landmarks.shape == (0, 7, 2)


def test_merging_and_choosing() -> None:
    both = merge_pictures([squares(2), photos(3)])
    assert both.sources == ["wider", "wider", "300w", "300w", "300w"]
    assert both.complete == [True, True, False, False, False]
    chosen = both.subset([4, 0])
    assert chosen.groups == ["300w/2", "wider/0"]
    assert chosen.images[1] is both.images[0]


def test_the_fingerprint_tells_data_apart() -> None:
    first = squares(3).fingerprint()
    assert first == squares(3).fingerprint()
    assert first["wider"] == 3
    assert first["labels_sha256"] != squares(4).subset([0, 1, 3]).fingerprint()["labels_sha256"]
