"""Where faces are taken to be while nothing finds them."""

import numpy as np
import pytest

from facepoints.video.trails import HOLD, Trails, unmatched

STEP = 1 / 25


def box(x: float, side: float = 20.0) -> np.ndarray:
    return np.array([x, 50.0, x + side, 50.0 + side])


def trails(seen: dict[int, list[np.ndarray]], *, sure: bool = True) -> Trails:
    """The boxes that were seen in the frames of these numbers."""
    made = Trails()
    for frame, boxes in seen.items():
        made.add(frame * STEP, np.array(boxes).reshape(-1, 4), np.full(len(boxes), sure))
    return made


def test_a_gap_is_bridged_in_a_straight_line() -> None:
    made = trails({0: [box(0)], 1: [box(4)], 2: [], 3: [], 4: [box(16)]})
    for frame, x in ((0, 0), (1, 4), (2, 8), (3, 12), (4, 16)):
        np.testing.assert_allclose(made.at(frame * STEP), [box(x)], atol=1e-4)


@pytest.mark.parametrize(("sure", "times", "held"), [(True, 1, HOLD), (False, 3, HOLD), (False, 2, 0.15)])
def test_how_long_it_is_held_before_and_after(sure: bool, times: int, held: float) -> None:
    made = trails({frame: [box(0)] for frame in range(100, 100 + times)}, sure=sure)
    first, last = 100 * STEP, (99 + times) * STEP
    for time in (first - held + 0.01, last + held - 0.01):
        assert len(made.at(time)) == 1
    for time in (first - held - 0.01, last + held + 0.01):
        assert len(made.at(time)) == 0


def test_who_is_lost_moves_on_and_is_hidden_generously() -> None:
    made = trails({frame: [box(2.0 * frame)] for frame in range(10)})
    ((x1, y1, x2, y2),) = made.at(12 * STEP)
    assert x1 < 24 < 44 < x2
    assert y1 < 50 < 70 < y2


def test_two_who_pass_each_other_at_some_distance_keep_their_trails() -> None:
    made = trails({frame: [box(3.0 * frame), box(60 - 3.0 * frame, 40.0)] for frame in range(15)})
    assert len(made.at(7 * STEP)) == len(made.at(14 * STEP)) == 2


def test_forgetting_changes_nothing_later() -> None:
    seen = {frame: [box(2.0 * frame)] if frame < 40 else [] for frame in range(80)}
    made, kept = trails(seen), trails(seen)
    kept.forget(30 * STEP)
    for frame in (30, 35, 39, 50, 60, 70):
        np.testing.assert_allclose(kept.at(frame * STEP), made.at(frame * STEP))
    kept.forget(75 * STEP)
    assert len(kept.at(35 * STEP)) == 0


def test_unmatched() -> None:
    boxes = np.array([box(0), box(100)])
    assert unmatched(boxes, np.array([box(2)])).tolist() == [1]
    assert unmatched(boxes, np.empty((0, 4))).tolist() == [0, 1]
    assert unmatched(np.empty((0, 4)), boxes).tolist() == []
