"""Which grid point learns which face."""

import numpy as np
import pytest

pytest.importorskip("torch")

from facepoints.training.detector.scenes import Scene
from facepoints.training.detector.targets import BACKGROUND, FACE, IGNORED, assign

LEVELS = {8: slice(0, 256), 16: slice(256, 320), 32: slice(320, 336)}
"""Rows of the grid points of each stride, of a scene of 128 x 128 pixels."""


def scene(boxes: list[list[float]], ignore: list[bool] | None = None) -> Scene:
    rows = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    marks = np.arange(len(rows), dtype=np.float32)[:, None, None] + np.zeros((len(rows), 7, 2), dtype=np.float32)
    flags = np.asarray(ignore or [False] * len(rows), dtype=bool)
    return Scene(np.zeros((128, 128, 3), dtype=np.uint8), rows, flags, marks, np.ones((16, 16), dtype=bool))


def test_no_face() -> None:
    assert (assign(scene([])).labels == BACKGROUND).all()


@pytest.mark.parametrize(
    ("side", "strides"), [(12, [8]), (38, [8]), (45, [8, 16]), (60, [16]), (100, [16, 32]), (125, [32])]
)
def test_strides_by_size(side: float, strides: list[int]) -> None:
    half = side / 2
    labels = assign(scene([[64 - half, 64 - half, 64 + half, 64 + half]])).labels
    assert [stride for stride, rows in LEVELS.items() if (labels[rows] == FACE).any()] == strides


def test_points_near_the_centre_learn_the_face() -> None:
    targets = assign(scene([[35.5, 35.5, 83.5, 83.5]]))  # its centre is the point (7, 7) of stride 8
    level = targets.labels[LEVELS[8]].reshape(16, 16)
    assert (level[6:9, 6:9] == FACE).all()
    assert (level == FACE).sum() == 9
    assert (targets.boxes[targets.labels == FACE] == [35.5, 35.5, 83.5, 83.5]).all()
    # What lies on the face is no background; what lies beyond it is.
    assert level[7, 9] == IGNORED
    assert level[7, 11] == BACKGROUND
    assert level[0, 0] == BACKGROUND


def test_the_smaller_of_two_faces_wins() -> None:
    targets = assign(scene([[44, 44, 84, 84], [54, 54, 74, 74]]))
    rows = np.flatnonzero(targets.labels[LEVELS[8]] == FACE)
    assert (targets.boxes[rows] == [54, 54, 74, 74]).all()
    assert (targets.landmarks[rows] == 1).all()


def test_ignored_faces_are_neither_learned_nor_background() -> None:
    labels = assign(scene([[30, 30, 90, 90]], ignore=[True])).labels
    assert not (labels == FACE).any()
    level = labels[LEVELS[8]].reshape(16, 16)
    assert (level[4:11, 4:11] == IGNORED).all()
    assert level[0, 0] == BACKGROUND


def test_unknown_ground_is_ignored() -> None:
    known = np.zeros((16, 16), dtype=bool)
    known[:8] = True
    plain = scene([])
    labels = assign(Scene(plain.image, plain.boxes, plain.ignore, plain.landmarks, known)).labels
    assert (labels[LEVELS[8]].reshape(16, 16)[:8] == BACKGROUND).all()
    assert (labels[LEVELS[8]].reshape(16, 16)[8:] == IGNORED).all()
    assert (labels[LEVELS[32]].reshape(4, 4)[:2] == BACKGROUND).all()


def test_a_tiny_face_has_a_point_at_least() -> None:
    for place in np.linspace(40, 60, 9):
        labels = assign(scene([[place, place, place + 9, place + 9]])).labels
        assert (labels == FACE).any()
