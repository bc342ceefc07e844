from dataclasses import asdict

import numpy as np
import pytest

from facepoints.analysis import FACE_MODEL, measure
from facepoints.datasets.expressions import ACTIONS, act, random_expressions
from facepoints.errors import InputError
from facepoints.scheme import MIRROR
from tests.heads import SIZE, seen, turn

MEASURES = {
    "smile": ["smile"],
    "mouth open": ["mouth_open"],
    "brows raised": ["brows_raised"],
    "eyes closed": ["left_eye_closed", "right_eye_closed"],
}


def measured(head: np.ndarray, yaw: float = 0.0) -> dict[str, float]:
    values = asdict(measure(seen(turn(yaw, 0, 10), head=head), SIZE))
    return {name: float(value[0]) for name, value in values.items()}


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("yaw", [0.0, 20.0])
def test_an_action_is_what_the_measure_of_its_name_measures(action: str, yaw: float) -> None:
    rest, acting = measured(FACE_MODEL, yaw), measured(act(FACE_MODEL, {action: 1.0}), yaw)

    for name in rest:
        if name in MEASURES[action]:
            assert rest[name] < 0.35
            assert acting[name] > 0.7
        else:
            assert abs(acting[name] - rest[name]) < 0.3, name


@pytest.mark.parametrize("action", ACTIONS)
def test_both_sides_act_alike(action: str) -> None:
    acting = act(FACE_MODEL, {action: 0.8})

    assert acting[MIRROR] * [-1, 1, 1] == pytest.approx(acting)


def test_no_action_changes_nothing() -> None:
    assert (act(FACE_MODEL, {}) == FACE_MODEL).all()
    assert (act(FACE_MODEL, dict.fromkeys(ACTIONS, 0.0)) == FACE_MODEL).all()


def test_an_unknown_action() -> None:
    with pytest.raises(InputError, match="'wink'; known are smile, mouth open"):
        act(FACE_MODEL, {"wink": 1.0})


def test_random_faces_do_what_their_labels_say() -> None:
    faces = random_expressions(300, seed=2)
    values = measure(faces.keypoints, faces.size)

    assert faces.keypoints.shape == (300, 68, 2)
    assert ((faces.labels.mean(axis=0) > 0.2) & (faces.labels.mean(axis=0) < 0.45)).all()
    for column, value in enumerate(
        (values.smile, values.mouth_open, values.brows_raised, (values.left_eye_closed + values.right_eye_closed) / 2)
    ):
        does = faces.labels[:, column]
        assert value[does].mean() > value[~does].mean() + 0.4


def test_the_same_seed_gives_the_same_faces() -> None:
    first, again, other = (random_expressions(5, seed=seed) for seed in (1, 1, 2))

    assert (first.keypoints == again.keypoints).all()
    assert not (first.keypoints == other.keypoints).all()
