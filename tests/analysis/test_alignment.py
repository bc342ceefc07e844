import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facepoints.analysis import FIVE_POINT_TEMPLATE, align, five_points
from facepoints.errors import InputError
from facepoints.faces import Faces
from tests.random_faces import faces_of, mean_face


def picture_with_dots(points: np.ndarray, size: int, radius: float) -> np.ndarray:
    """Black, with a white disc on each point."""
    image = np.zeros((size, size, 3), dtype=np.uint8)
    for x, y in np.round(points * 16).astype(int).tolist():
        cv2.circle(image, (x, y), round(radius * 16), (255, 255, 255), cv2.FILLED, cv2.LINE_AA, 4)
    return image


def centre_of_light(image: np.ndarray, near: np.ndarray, reach: int) -> np.ndarray:
    x, y = np.round(near).astype(int)
    rows, columns = np.mgrid[y - reach : y + reach + 1, x - reach : x + reach + 1]
    weight = image[rows, columns, 0].astype(float)
    return np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()


def template_of(size: int) -> np.ndarray:
    return (FIVE_POINT_TEMPLATE + 0.5) * size / 112 - 0.5


def face_on_the_template(eye_distance: float, roll: float, centre: float) -> np.ndarray:
    """A face whose five points have exactly the template's shape, so that they must land on it."""
    keypoints = mean_face((0, 0), 1.0)
    shape = (FIVE_POINT_TEMPLATE - FIVE_POINT_TEMPLATE.mean(axis=0)) / 35.2
    for group, target in zip((range(36, 42), range(42, 48), [30], [48], [54]), shape, strict=True):
        keypoints[list(group)] = target
    cosine, sine = math.cos(roll) * eye_distance, math.sin(roll) * eye_distance
    return keypoints @ np.array([[cosine, sine], [-sine, cosine]]) + centre


@settings(max_examples=25, deadline=None)
@given(eye_distance=st.floats(25, 150), roll=st.floats(-math.pi, math.pi), size=st.sampled_from([56, 112, 224]))
def test_five_points_land_on_the_template(eye_distance: float, roll: float, size: int) -> None:
    faces = faces_of(face_on_the_template(eye_distance, roll, 250.3))
    image = picture_with_dots(five_points(faces.keypoints)[0], 500, radius=eye_distance / 12)
    (crop,) = align(image, faces, size)
    for target in template_of(size):
        np.testing.assert_allclose(centre_of_light(crop, target, reach=size // 10), target, atol=0.35)


@settings(max_examples=20, deadline=None)
@given(roll=st.floats(-math.pi, math.pi), scale=st.floats(0.6, 1.5), seed=st.integers(0, 1000))
def test_turned_and_scaled_picture_gives_the_same_crop(roll: float, scale: float, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    image = cv2.resize(noise, (400, 400), interpolation=cv2.INTER_CUBIC)
    keypoints = mean_face((200, 190), 70)
    turn = cv2.getRotationMatrix2D((200, 200), math.degrees(roll), scale)
    turn[:, 2] += 100
    turned = cv2.warpAffine(image, turn, (600, 600), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    moved = keypoints @ turn[:, :2].T + turn[:, 2]
    first, second = align(image, faces_of(keypoints)), align(turned, faces_of(moved))
    assert np.abs(first.astype(int) - second).mean() < 2


def test_mean_face_is_upright_and_near_the_template() -> None:
    faces = faces_of(mean_face((150, 130), 80))
    image = picture_with_dots(five_points(faces.keypoints)[0], 300, radius=5)
    (crop,) = align(image, faces)
    found = [centre_of_light(crop, target, reach=9) for target in FIVE_POINT_TEMPLATE]
    assert np.abs(np.array(found) - FIVE_POINT_TEMPLATE).max() < 5


def test_large_face_does_not_alias() -> None:
    """Stripes one pixel wide must turn grey, not into a pattern."""
    image = np.zeros((2000, 2000, 3), dtype=np.uint8)
    image[:, ::2] = 255
    (crop,) = align(image, faces_of(mean_face((1000, 900), 700)), 112)
    assert np.abs(crop[10:-10, 10:-10].astype(int) - 128).max() < 30


def test_shapes() -> None:
    image = np.zeros((100, 100, 3), dtype=np.uint8)
    face = mean_face((50, 50), 30)
    assert align(image, Faces.empty(), 64).shape == (0, 64, 64, 3)
    crops = align(image, faces_of(face, face + 500, face - 5), 1)
    assert crops.shape == (3, 1, 1, 3)
    assert crops.dtype == np.uint8
    assert not align(np.full((100, 100, 3), 255, dtype=np.uint8), faces_of(face + 500)).any()


@pytest.mark.parametrize("size", [0, -1, 5000, 112.5, "112", None])
def test_wrong_size(size: object) -> None:
    with pytest.raises(InputError, match="size must be a whole number of pixels from 1 to 4096"):
        align(np.zeros((9, 9, 3), dtype=np.uint8), Faces.empty(), size)  # type: ignore[arg-type]


def test_points_in_one_place() -> None:
    with pytest.raises(InputError, match="face 1 cannot be aligned"):
        align(
            np.zeros((99, 99, 3), dtype=np.uint8),
            Faces(
                np.tile([0.0, 0, 9, 9], (2, 1)),
                np.ones(2),
                np.stack([mean_face((50, 50), 30), np.full((68, 2), 7.0)]),
                np.ones((2, 68)),
            ),
        )
