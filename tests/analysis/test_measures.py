from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints import FaceFinder
from facepoints.analysis import FACE_MODEL, frontal_points, head_pose, measure
from facepoints.arrays import Image
from facepoints.errors import InputError
from facepoints.scheme import mirrored
from tests import heads
from tests.heads import SIZE, seen, turn

NAMES = ("smile", "mouth_open", "brows_raised", "left_eye_closed", "right_eye_closed")
CALM = FACE_MODEL.copy()
CALM[[48, 54], 0] *= 0.61 * 90 / np.ptp(CALM[[48, 54], 0])
CALM[[48, 54], 1] += 3  # the mean face smiles a little
CALM[[60, 61, 62, 63, 64, 65, 66, 67], 1] = CALM[62, 1]
MODERATE = st.tuples(st.floats(-30, 30), st.floats(-20, 20), st.floats(-180, 180))


def moved(changes: dict[int, tuple[float, float]]) -> np.ndarray:
    """The calm head with points moved by millimetres to the right and down."""
    head = CALM.copy()
    for point, by in changes.items():
        head[point, :2] += by
    return head


SMILING = moved({48: (-10, -5), 54: (10, -5)})
OPEN = moved({point: (0, 20) for point in (55, 56, 57, 58, 59, 65, 66, 67)})
RAISED = moved({point: (0, -8) for point in range(17, 27)})
LEFT_CLOSED = moved({37: (0, 7), 38: (0, 7)})
RIGHT_CLOSED = moved({43: (0, 7), 44: (0, 7)})


def values(head: np.ndarray, angles: tuple[float, float, float] = (0, 0, 0)) -> np.ndarray:
    return np.array(astuple(measure(seen(turn(*angles), head=head), SIZE)))[:, 0]


@pytest.mark.parametrize(
    ("head", "raised"),
    [
        (CALM, None),
        (SMILING, "smile"),
        (OPEN, "mouth_open"),
        (RAISED, "brows_raised"),
        (LEFT_CLOSED, "left_eye_closed"),
        (RIGHT_CLOSED, "right_eye_closed"),
    ],
)
def test_each_measure_tells_its_own(head: np.ndarray, raised: str | None) -> None:
    found = dict(zip(NAMES, values(head), strict=True))
    assert all((value > 0.5) if name == raised else (value < 0.15) for name, value in found.items()), found


@pytest.mark.parametrize("head", [CALM, SMILING, OPEN, LEFT_CLOSED])
@given(MODERATE)
def test_turning_the_head_changes_little(head: np.ndarray, angles: tuple[float, float, float]) -> None:
    np.testing.assert_allclose(values(head, angles), values(head), atol=0.02)


@given(st.integers(0, 2**32 - 1))
def test_between_0_and_1_whatever_the_points(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(0, 480, (2, 68, 2))
    found = np.array(astuple(measure(points, SIZE)))
    assert found.shape == (5, 2)
    assert ((found >= 0) & (found <= 1)).all()


def test_mirroring_swaps_the_eyes() -> None:
    points = seen(turn(10, 5, 3), head=LEFT_CLOSED)
    first, second = (np.array(astuple(measure(keypoints, SIZE)))[:, 0] for keypoints in (points, mirrored(points, 640)))
    np.testing.assert_allclose(first, second[[0, 1, 2, 4, 3]], atol=1e-3)


@given(heads.angles.filter(lambda angles: abs(angles[0]) < 60 and abs(angles[1]) < 45), heads.places)
def test_frontal_points_of_the_model_are_the_model(
    angles: tuple[float, float, float], place: tuple[float, ...]
) -> None:
    points = seen(turn(*angles), place)
    np.testing.assert_allclose(frontal_points(points, head_pose(points, SIZE), SIZE)[0], FACE_MODEL[:, :2], atol=0.5)


def test_no_face_and_wrong_points() -> None:
    assert [len(column) for column in astuple(measure(np.empty((0, 68, 2)), SIZE))] == [0] * 5
    with pytest.raises(InputError, match="keypoints must have shape"):
        measure(np.zeros((68, 2)), SIZE)


def test_a_real_face(astronaut: Image, finder: FaceFinder) -> None:
    """She smiles broadly, with open eyes."""
    found = measure(finder.find(astronaut).keypoints[:1], (512, 512))
    assert found.smile[0] > 0.6
    assert 0.2 < found.mouth_open[0] < 0.6
    assert max(found.left_eye_closed[0], found.right_eye_closed[0], found.brows_raised[0]) < 0.2
