import numpy as np
import pytest

from facepoints.analysis.face_model import EYE_DISTANCE, FACE_MODEL
from facepoints.scheme import MIRROR, OUTER_EYE_CORNERS


def distance(first: int, second: int) -> float:
    return float(np.linalg.norm(FACE_MODEL[first] - FACE_MODEL[second]))


def test_frame() -> None:
    corners = FACE_MODEL[list(OUTER_EYE_CORNERS)]
    np.testing.assert_array_equal(corners, [[-EYE_DISTANCE / 2, 0, 0], [EYE_DISTANCE / 2, 0, 0]])
    assert FACE_MODEL.shape == (68, 3)
    assert not FACE_MODEL.flags.writeable
    assert FACE_MODEL[:, 2].argmin() == 30  # the tip of the nose is nearest to the camera
    assert FACE_MODEL[:, 1].argmax() == 8  # the chin is lowest


def test_halves_are_mirror_images() -> None:
    np.testing.assert_array_equal(FACE_MODEL[MIRROR], FACE_MODEL * [-1, 1, 1])


@pytest.mark.parametrize(
    ("what", "low", "high", "measured"),
    [
        ("inner canthi", 31, 41, distance(39, 42)),
        ("palpebral fissure", 25, 32, distance(36, 39)),
        ("mouth", 48, 60, distance(48, 54)),
        ("nose, tip over its base", 14, 22, distance(30, 33)),
        ("nose, root to base", 44, 58, distance(27, 33)),
        ("face at the ears", 130, 160, distance(0, 16)),
        ("jaw ends behind the eyes", 45, 70, FACE_MODEL[0, 2]),
    ],
)
def test_like_measured_heads(what: str, low: float, high: float, measured: float) -> None:
    """Ranges of adult means in millimetres; docs/pose.md has the sources."""
    assert low <= measured <= high, what
