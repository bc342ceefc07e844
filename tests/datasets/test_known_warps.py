import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.arrays import Array, Image
from facepoints.datasets.known_warps import photo_of, random_person

SEEDS = st.integers(0, 2**32)


def face_in(width: int, height: int) -> Array:
    """68 points well inside a picture, spread like a face."""
    angles = np.linspace(0, 2 * np.pi, 68, endpoint=False)
    points = np.stack([np.cos(angles) * 40 + width / 2, np.sin(angles) * 50 + height / 2], axis=1)
    points[36], points[45] = (width / 2 - 28, height / 2 - 15), (width / 2 + 28, height / 2 - 15)
    return points.astype(np.float32)


GREY: Image = np.full((200, 180, 3), 128, dtype=np.uint8)


@given(SEEDS)
def test_moving_points_undoes_where_they_come_from(seed: int) -> None:
    person = random_person(GREY, face_in(180, 200), np.random.default_rng(seed))
    moved = person.moved(person.keypoints)
    np.testing.assert_allclose(person.source_of(moved), person.keypoints, atol=1e-6)
    assert np.abs(moved - person.keypoints).max() > 0.1


MARKED = [0, 16, 8, 36, 45]
"""Far apart in :func:`face_in`, and a mirrored face has the same ones."""


@pytest.mark.parametrize("seed", range(6))
def test_labels_follow_the_pixels(seed: int) -> None:
    keypoints, image = face_in(180, 200), np.zeros((200, 180, 3), dtype=np.uint8)
    rows, columns = np.mgrid[:200, :180]
    for x, y in keypoints[MARKED]:
        dot = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 2.5**2))
        image = np.maximum(image, dot[..., None].astype(np.uint8))
    random = np.random.default_rng(seed)
    photo, labels = photo_of(random_person(image, keypoints, random), random)
    for label in labels[MARKED]:
        assert np.linalg.norm(centre_of_light(photo, label) - label) < 0.4


def centre_of_light(photo: Image, near: Array) -> Array:
    """Centre of what is bright within 6 pixels of a point."""
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    light = np.clip(photo.max(axis=2).astype(float) - 60, 0, None) * ((x - near[0]) ** 2 + (y - near[1]) ** 2 < 36)
    return np.array([(light * x).sum(), (light * y).sum()]) / light.sum()


def test_pictures_of_one_person_differ() -> None:
    person = random_person(GREY, face_in(180, 200), np.random.default_rng(0))
    first, second = (photo_of(person, np.random.default_rng(seed))[1] for seed in (1, 2))
    assert np.abs(first - second).mean() > 5
