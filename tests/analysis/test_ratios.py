import numpy as np
import pytest

from facepoints.analysis import eye_aspect_ratios, mouth_aspect_ratios
from facepoints.analysis.ratios import rare_expression_weights
from facepoints.scheme import MEAN_FACE


def face(eye: float = 0.3, mouth: float = 0.0) -> np.ndarray:
    """Eyes and mouth 10 pixels wide, the eyes ``10 * eye`` high and the gap between the lips ``10 * mouth``."""
    points = np.zeros((68, 2), dtype=np.float32)
    shape = np.array([[0, 0], [3, -eye * 5], [7, -eye * 5], [10, 0], [7, eye * 5], [3, eye * 5]])
    points[36:42], points[42:48] = shape, shape + (20, 0)
    top, bottom = -mouth * 5, mouth * 5
    points[60:68] = [[0, 0], [3, top], [5, top], [7, top], [10, 0], [7, bottom], [5, bottom], [3, bottom]]
    return points


@pytest.mark.parametrize("ratio", [0.0, 0.2, 1.0])
def test_ratios_by_hand(ratio: float) -> None:
    points = face(eye=ratio, mouth=ratio)[None]
    np.testing.assert_allclose(eye_aspect_ratios(points), [[ratio, ratio]], atol=1e-6)
    np.testing.assert_allclose(mouth_aspect_ratios(points), [ratio], atol=1e-6)


def test_size_place_and_roll_do_not_matter() -> None:
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    points = np.stack([face(0.25, 0.5), 3 * face(0.25, 0.5) @ turn + 50])
    np.testing.assert_allclose(eye_aspect_ratios(points), 0.25, atol=1e-5)
    np.testing.assert_allclose(mouth_aspect_ratios(points), 0.5, atol=1e-5)


def test_a_mean_face_has_open_eyes_and_a_closed_mouth() -> None:
    assert (eye_aspect_ratios(MEAN_FACE[None]) > 0.2).all()
    assert (mouth_aspect_ratios(MEAN_FACE[None]) < 0.3).all()


def test_no_face_no_ratio() -> None:
    nothing = np.full((1, 68, 2), np.nan)
    assert np.isnan(eye_aspect_ratios(nothing)).all()
    assert np.isnan(mouth_aspect_ratios(nothing)).all()


def test_rare_expressions_weigh_more() -> None:
    points = np.stack([face(0.3 + number / 1000, 0.1 - number / 1000) for number in range(20)])
    points[3], points[5], points[7] = face(0.05, 0.0), face(0.4, 0.9), face(0.02, 0.8)
    points[9] = np.nan
    weights = rare_expression_weights(points)
    assert weights[[3, 5, 7, 9, 11]].tolist() == [2, 2, 3, 1, 1]
    assert weights.sum() == 20 + 4


def test_no_face_at_all() -> None:
    assert rare_expression_weights(np.full((2, 68, 2), np.nan)).tolist() == [1, 1]
    assert rare_expression_weights(np.zeros((0, 68, 2))).shape == (0,)
