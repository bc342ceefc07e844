import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.detection.candidates import Candidates

BOX = (10.0, 20.0, 50.0, 70.0)
"""40 wide and 50 high; its lower four fifths are a square around (30, 50)."""


def one(box: tuple[float, ...] = BOX, frame: object = ((30, 30), (30, 70))) -> Candidates:
    marks = np.concatenate([np.reshape(box, (2, 2)), np.arange(10).reshape(5, 2), np.array(frame, dtype=float)])
    return Candidates(np.array([0.9], dtype=np.float32), marks[None].astype(np.float32))


def test_parts_of_the_marks() -> None:
    found = one()
    assert found.boxes.tolist() == [list(BOX)]
    assert found.points[0, 0].tolist() == [0, 1]
    assert found.points.shape == (1, 5, 2)
    assert found.frames.tolist() == [[[30, 30], [30, 70]]]
    assert (found.sides.tolist(), found.centres.tolist()) == ([[40, 50]], [[30, 45]])


@given(quarters=st.integers(0, 3), width=st.integers(1, 300), height=st.integers(1, 300), seed=st.integers(0, 999))
def test_turned_back(quarters: int, width: int, height: int, seed: int) -> None:
    picture = np.arange(width * height).reshape(height, width)
    random = np.random.default_rng(seed)
    points = np.stack([random.integers(0, width, 9), random.integers(0, height, 9)], axis=1)
    values = picture[points[:, 1], points[:, 0]]
    turned = np.rot90(picture, -quarters)
    marks = np.array([np.argwhere(turned == value)[0][::-1] for value in values], dtype=np.float32)
    back = Candidates(np.ones(1, dtype=np.float32), marks[None]).turned_back(quarters, width, height)
    np.testing.assert_array_equal(back.marks[0, 2:], points[2:])
    np.testing.assert_array_equal(back.marks[0, 0], points[:2].min(axis=0))
    np.testing.assert_array_equal(back.marks[0, 1], points[:2].max(axis=0))


@pytest.mark.parametrize(
    "frame",
    [
        ((30, 30), (30, 70)),
        ((28, 27), (33, 72)),
        ((50, 50), (10, 50)),
        ((30 - 14, 50 - 14), (30 + 14, 50 + 14)),
        ((30, 70), (30, 30)),
    ],
)
def test_sound_frames_stay(frame: object) -> None:
    assert one(frame=frame).mended().frames.tolist() == [np.array(frame).tolist()]


@pytest.mark.parametrize(
    "frame",
    [
        ((30, 50), (30, 50)),
        ((30, 40), (30, 60)),
        ((30, 0), (30, 90)),
        ((60, 30), (60, 70)),
        ((30, -30), (30, 10)),
        ((math.nan, 30), (30, 70)),
        ((30, 30), (30, math.inf)),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_square_in_the_boxs_place_where_the_frame_is_unsound(frame: object) -> None:
    found = Candidates.concatenate([one(), one(frame=frame), one()]).mended()
    np.testing.assert_allclose(found.frames, [[[30, 30], [30, 70]]] * 3)
    assert found.points[1].tolist() == one().points[0].tolist()


def test_what_is_no_box_is_dropped() -> None:
    boxes = [(5, 5, 5, 9), (5, 5, 5.1, 9), (9, 5, 5, 9), (5, 9, 9, 5), (5, 5, math.inf, 9)]
    found = Candidates.concatenate([one(box, ((5, 5), (5, 9))) for box in [*boxes, (5, 5, 9, 10)]]).mended()
    assert found.boxes.tolist() == [[5, 5, 9, 10]]
    assert len(Candidates.empty().mended()) == 0


def test_best_of_those_that_overlap() -> None:
    shifts = [0, 3, 500, 40, 502]
    scores = [0.5, 0.8, 0.3, 0.7, 0.2]
    marks = np.concatenate([one().marks + shift for shift in shifts])
    found = Candidates(np.array(scores, dtype=np.float32), marks)
    np.testing.assert_allclose(found.best(0.4, 100).scores, [0.8, 0.7, 0.3])
    np.testing.assert_allclose(found.best(0.4, 3).scores, [0.8, 0.7])
    assert len(Candidates.empty().best(0.4, 3)) == 0


def test_merged_is_the_mean_of_those_that_lie_on_the_best() -> None:
    shifts, scores = np.array([0, 2, 10, 500]), np.array([0.6, 0.3, 0.5, 0.2], dtype=np.float32)
    found = Candidates(scores, np.concatenate([one().marks + shift for shift in shifts])).merged(0.4, 100)
    np.testing.assert_allclose(found.scores, [0.6, 0.2])
    np.testing.assert_allclose(found.marks[0], one().marks[0] + 2 / 3, rtol=1e-5)
    np.testing.assert_allclose(found.marks[1], one().marks[0] + 500, rtol=1e-5)
    assert len(Candidates.empty().merged(0.4, 3)) == 0


def test_mapped() -> None:
    found = one().mapped(np.array([2, 10]), np.array([1, -1]))
    assert found.boxes.tolist() == [[21, 199, 101, 699]]
    assert found.frames[0, 1].tolist() == [61, 699]
    assert found.marks.dtype == np.float32
