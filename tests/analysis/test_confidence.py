from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.analysis import expected_errors
from facepoints.analysis.confidence import crop_sides, point_qualities
from facepoints.errors import InputError
from facepoints.scheme import MEAN_FACE, OUTER_EYE_CORNERS

WIDTH = float(np.ptp(MEAN_FACE[:, 0]))
FACE = (MEAN_FACE * 100 / WIDTH + (60, 80))[None].astype(np.float32)
"""100 pixels wide and less high, so that the crop has a side of 130 and 4 % of it are 5.2 pixels."""


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return points @ np.array([[cosine, sine], [-sine, cosine]])


@pytest.mark.parametrize(
    ("score", "pixels"),
    [
        (1.0, 0.0),
        (math.exp(-0.5), 5.2),  # one s
        (math.exp(-2.0), 10.4),  # two
        (math.exp(-4.5), 15.6),  # three: the cap
        (0.001, 15.6),
        (0.0, 15.6),
    ],
)
def test_score_as_pixels(score: float, pixels: float) -> None:
    errors = expected_errors(np.full((1, 68), score), FACE)
    assert errors.dtype == np.float32
    assert errors == pytest.approx(np.full((1, 68), pixels), abs=1e-3)


def test_each_point_and_each_face_has_its_own() -> None:
    scores = np.ones((2, 68))
    scores[1, 5] = math.exp(-0.5)
    errors = expected_errors(scores, np.concatenate([FACE, 3 * FACE]))
    assert np.argwhere(errors > 0).tolist() == [[1, 5]]
    assert errors[1, 5] == pytest.approx(3 * 5.2, rel=1e-5)


def test_units() -> None:
    scores = np.full((1, 68), math.exp(-0.5))
    first, second = OUTER_EYE_CORNERS
    eyes = np.linalg.norm(FACE[0, first] - FACE[0, second])
    assert expected_errors(scores, FACE, "crop") == pytest.approx(np.full((1, 68), 0.04))
    assert expected_errors(scores, FACE, "outer_eyes") == pytest.approx(np.full((1, 68), 5.2 / eyes), rel=1e-4)
    closed = FACE.copy()
    closed[0, second] = closed[0, first]
    assert np.isinf(expected_errors(scores, closed, "outer_eyes")).all()


@given(st.floats(-180, 180))
def test_crop_turns_with_the_face(degrees: float) -> None:
    assert crop_sides(turned(FACE, degrees)) == pytest.approx([130], rel=1e-4)


@given(st.floats(0.012, 1))
def test_quality_of_the_expected_error_is_the_score(score: float) -> None:
    errors = expected_errors(np.full((1, 68), score), FACE, "crop")
    assert point_qualities(errors) == pytest.approx(np.full((1, 68), score), abs=1e-5)


def test_no_faces_give_no_errors() -> None:
    assert expected_errors(np.zeros((0, 68)), np.zeros((0, 68, 2))).shape == (0, 68)


@pytest.mark.parametrize(
    ("scores", "keypoints", "unit", "message"),
    [
        (np.ones((1, 67)), FACE, "pixels", r"keypoint_scores must have shape \(1, 68\); got \(1, 67\)"),
        (np.ones((2, 68)), FACE, "pixels", r"keypoint_scores must have shape \(1, 68\); got \(2, 68\)"),
        (np.ones((1, 68)), FACE[0], "pixels", r"keypoints must have shape \(n, 68, 2\)"),
        (np.full((1, 68), 1.5), FACE, "pixels", "between 0 and 1; got 1.5 to 1.5"),
        (np.full((1, 68), np.nan), FACE, "pixels", "keypoint_scores must be finite"),
        (np.ones((1, 68)), FACE, "metres", "pixels, outer_eyes, crop; got 'metres'"),
    ],
)
def test_what_does_not_fit_is_refused(scores: np.ndarray, keypoints: np.ndarray, unit: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        expected_errors(scores, keypoints, unit)  # type: ignore[arg-type]
