"""Tables of tracks, where faces are expected, and boxes that go along."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.detection import Detections
from facepoints.keypoints import Estimate
from facepoints.scheme import MEAN_FACE
from facepoints.video.appearance import LOOK_LENGTH
from facepoints.video.boxes import placed_boxes, relative_boxes
from facepoints.video.smoothing import KeypointSmoother
from facepoints.video.tracks import Tracks, moved, predicted_squares, square_boxes, upright_squares

frames = st.tuples(st.floats(-500, 500), st.floats(-500, 500), st.floats(0, 6), st.floats(-math.pi, math.pi))


def points(x: float, y: float, size: float = 50.0, roll: float = 0.0) -> np.ndarray:
    """``(1, 68, 2)`` float32: the mean face, turned by ``roll`` radians clockwise."""
    turn = np.array([[math.cos(roll), math.sin(roll)], [-math.sin(roll), math.cos(roll)]])
    return (MEAN_FACE * size @ turn + (x, y)).astype(np.float32)[None]


def estimate(keypoints: np.ndarray) -> Estimate:
    return Estimate(keypoints, np.full(keypoints.shape[:2], 0.9, dtype=np.float32))


def track(x: float, y: float, identity: int = 1, look: int = 0) -> Tracks:
    """Somebody whose look is that of nobody with another number."""
    keypoints = points(x, y)
    squares = upright_squares(keypoints)
    looks = np.zeros((1, LOOK_LENGTH), dtype=np.float32)
    looks[0, look::8] = 1 / math.sqrt(LOOK_LENGTH / 8)
    found = Detections(square_boxes(squares), np.array([0.9]))
    started = Tracks.start(found, estimate(keypoints), squares, looks)
    started.ids[:] = identity
    return started


def step(tracks: Tracks, keypoints: np.ndarray, seconds: float = 0.04) -> Tracks:
    return moved(tracks, KeypointSmoother(), estimate(keypoints), upright_squares(keypoints), seconds)


def test_select_and_join() -> None:
    both = track(10, 20, 1).joined(track(30, 40, 2))
    assert len(both) == 2
    assert both.select(np.array([0, 1])) is both
    swapped = both.select(np.array([1, 0]))
    assert swapped.ids.tolist() == [2, 1]
    np.testing.assert_array_equal(swapped.smoothed.keypoints[0], both.smoothed.keypoints[1])
    assert both.joined(Tracks.empty()) is both
    assert Tracks.empty().joined(both) is both
    assert len(both.select(np.zeros(0, dtype=int))) == 0


def test_steady_motion_is_expected_to_go_on() -> None:
    tracks = track(100, 100)
    for frame in range(1, 5):
        tracks = step(tracks, points(100 + 8 * frame, 100 - 4 * frame, roll=0.05 * frame))
    (expected,) = predicted_squares(tracks, 0.04)
    (actual,) = upright_squares(points(140, 80, roll=0.25))
    np.testing.assert_allclose(expected[:2], actual[:2], atol=2)
    assert expected[3] == pytest.approx(actual[3], abs=0.02)


def test_a_motion_out_of_sight_dies_down() -> None:
    tracks = step(track(100, 100), points(110, 100))
    soon, later, latest = (predicted_squares(tracks, seconds)[0, 0] for seconds in (0.04, 1.0, 60.0))
    assert tracks.squares[0, 0] < soon < later <= latest + 1e-6
    assert latest - tracks.squares[0, 0] < 110


def test_roll_past_half_a_turn_is_a_small_motion() -> None:
    tracks = step(track(0, 0), points(0, 0, roll=math.pi - 0.02), 10.0)
    tracks = step(tracks, points(0, 0, roll=-math.pi + 0.02))
    assert tracks.velocities[0, 3] == pytest.approx(1.0, rel=0.3)


@given(frames, frames, st.floats(5, 200), st.floats(5, 200))
def test_boxes_go_with_their_faces(
    then: tuple[float, ...], now: tuple[float, ...], width: float, height: float
) -> None:
    boxes = np.array([[10, 20, 10 + width, 20 + height]])
    relative = relative_boxes(boxes, np.array([then]))
    np.testing.assert_allclose(placed_boxes(relative, np.array([then])), boxes, atol=1e-2)
    shifted = (then[0] + 30, then[1] - 40, *then[2:])
    np.testing.assert_allclose(placed_boxes(relative, np.array([shifted])), boxes + [30, -40, 30, -40], atol=1e-2)
    there_and_back = relative_boxes(placed_boxes(relative, np.array([now])).astype(np.float64), np.array([now]))
    np.testing.assert_allclose(there_and_back, relative, rtol=1e-2, atol=1e-2 * np.abs(relative).max())


def test_box_of_a_face_that_lies_down_lies_down() -> None:
    upright = np.array([[0.0, 0, 80, 100]])
    frame = np.array([[40.0, 50, 3, 0]])
    turned = placed_boxes(relative_boxes(upright, frame), frame + [0, 0, 0, math.pi / 2])
    np.testing.assert_allclose(turned[0, 2:] - turned[0, :2], [100, 80], rtol=1e-6)
