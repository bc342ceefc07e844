import numpy as np
import pytest

from facepoints.arrays import Image
from facepoints.geometry import apply_transform, crop_transform, face_crop_transform, upright_square
from facepoints.keypoints import KeypointEstimator
from facepoints.keypoints.estimator import _is_far_off

FACE = np.array([[176, 80, 272, 178]], dtype=np.float32)
WALL = np.array([[0, 0, 120, 120]], dtype=np.float32)
NONE = np.zeros((0, 4), dtype=np.float32)


def quarter_turn(turns: int, side: int) -> np.ndarray:
    """Where the pixels of a square picture go when it is turned clockwise: ``(2, 3)``."""
    return crop_transform(np.full(2, (side - 1) / 2), side, -turns * np.pi / 2, side)


@pytest.fixture(scope="module")
def estimator() -> KeypointEstimator:
    return KeypointEstimator()


def test_each_picture_gets_its_own_rows(estimator: KeypointEstimator, astronaut: Image) -> None:
    right = np.ascontiguousarray(astronaut[:, 100:])
    boxes = [NONE, np.concatenate([WALL, FACE]), NONE, FACE - (100, 0, 100, 0)]
    found = estimator.estimate([astronaut, astronaut, astronaut, right], boxes)
    assert [len(one.keypoints) for one in found] == [0, 2, 0, 1]
    assert [one.scores.shape for one in found] == [(0, 68), (2, 68), (0, 68), (1, 68)]
    np.testing.assert_allclose(found[3].keypoints[0] + (100, 0), found[1].keypoints[1], atol=0.1)
    assert found[1].scores[1].mean() > 0.5 > 0.1 > found[1].scores[0].mean()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_turned_boxes_give_upright_crops(estimator: KeypointEstimator, astronaut: Image, turns: int) -> None:
    square = np.array([[175, 80, 273, 178]], dtype=np.float32)
    expected = estimator.estimate([astronaut], [square])[0]
    picture = np.ascontiguousarray(np.rot90(astronaut, -turns))
    to_turned, roll = quarter_turn(turns, 512), np.array([turns * np.pi / 2], dtype=np.float32)
    corners = apply_transform(to_turned, square.reshape(2, 2))
    box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])[None]
    found, upright = estimator.estimate([picture, astronaut], [box, square], [roll, None])
    np.testing.assert_allclose(found.keypoints, apply_transform(to_turned, expected.keypoints), atol=0.2)
    np.testing.assert_allclose(found.scores, expected.scores, atol=0.02)
    np.testing.assert_allclose(upright.keypoints, expected.keypoints, atol=0.05)


def test_a_good_turned_box_needs_no_second_look(estimator: KeypointEstimator, astronaut: Image) -> None:
    points = estimator.estimate([astronaut], [FACE])[0].keypoints[0]
    centre, side, roll = upright_square(points)
    square = np.concatenate([centre - side / 2, centre + side / 2])
    assert not _is_far_off(square, roll, points)
    assert not _is_far_off(square, roll + 2 * np.pi, points)
    assert _is_far_off(square, roll + 0.2, points)
    assert _is_far_off(square + 0.1 * side, roll, points)


def test_no_picture_and_no_box(estimator: KeypointEstimator, astronaut: Image) -> None:
    assert estimator.estimate([], []) == []
    (nothing,) = estimator.estimate([astronaut], [NONE])
    assert (nothing.keypoints.shape, nothing.scores.shape) == ((0, 68, 2), (0, 68))


def test_scores_are_between_0_and_1(estimator: KeypointEstimator, astronaut: Image) -> None:
    random = np.random.default_rng(0)
    corners = random.uniform(0, 400, (40, 2))
    boxes = np.concatenate([corners, corners + random.uniform(5, 150, (40, 2))], axis=1).astype(np.float32)
    (found,) = estimator.estimate([astronaut], [boxes])
    assert found.scores.min() >= 0
    assert found.scores.max() <= 1
    assert np.isfinite(found.keypoints).all()


def test_second_look_mends_a_poor_box(estimator: KeypointEstimator, astronaut: Image) -> None:
    expected = estimator.estimate([astronaut], [FACE])[0].keypoints[0]
    poor = FACE + (-25, -25, 10, 10)
    first, _ = estimator._pass([astronaut], [face_crop_transform(poor[0], estimator._session.size)])
    second = estimator.estimate([astronaut], [poor])[0].keypoints
    errors = [np.linalg.norm(points[0] - expected, axis=1).mean() for points in (first, second)]
    assert errors[1] < errors[0] < 5
