from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.errors import InputError
from facepoints.evaluation.detector_metrics import (
    DROPPED,
    FALSE,
    PrecisionRecall,
    average_precision,
    match_boxes,
    precision_recall,
    recall_at,
)

FACE, OTHER = [0.0, 0.0, 10.0, 10.0], [100.0, 0.0, 110.0, 10.0]
HALF = [0.0, 0.0, 10.0, 5.0]  # IoU 0.5 with FACE
NEAR = [0.0, 0.0, 10.0, 9.0]  # IoU 0.9
AWAY = [50.0, 50.0, 60.0, 60.0]


@pytest.mark.parametrize(
    ("boxes", "scores", "faces", "ignore", "expected"),
    [
        ([FACE, AWAY], [0.9, 0.8], [FACE], [False], [0, FALSE]),
        ([HALF], [0.9], [FACE], [False], [0]),  # an IoU of exactly 0.5 is enough
        ([[0, 0, 10, 4.9]], [0.9], [FACE], [False], [FALSE]),
        ([NEAR, FACE], [0.6, 0.7], [FACE], [False], [FALSE, 0]),  # one box a face, the one with the higher score
        ([FACE, NEAR], [0.6, 0.6], [FACE], [False], [0, FALSE]),  # the earlier one of equals
        ([FACE, NEAR], [0.6, 0.7], [FACE], [True], [DROPPED, DROPPED]),  # an ignored face takes any number of boxes
        ([FACE, OTHER], [0.6, 0.7], [OTHER, FACE], [True, False], [1, DROPPED]),
        # The face that a box overlaps most is its only chance, even where that one is ignored.
        ([FACE], [0.9], [NEAR, FACE], [False, True], [DROPPED]),
        ([FACE, FACE], [0.9, 0.8], [NEAR, FACE], [False, False], [1, FALSE]),
        ([], [], [FACE], [False], []),
        ([FACE], [0.9], [], [], [FALSE]),
        ([FACE], [0.9], [[0, 0, 0, 0]], [False], [FALSE]),
    ],
)
def test_what_boxes_find(
    boxes: list[list[float]],
    scores: list[float],
    faces: list[list[float]],
    ignore: list[bool],
    expected: list[int],
) -> None:
    found = match_boxes(
        np.reshape(boxes, (-1, 4)), np.array(scores), np.reshape(faces, (-1, 4)), np.array(ignore, dtype=bool), 0.5
    )
    assert found.tolist() == expected


def test_curve_over_two_pictures_worked_out_by_hand() -> None:
    # In the order of the scores: hit, false, hit, (dropped), hit, false; four faces.
    outcomes = [np.array([0, FALSE, DROPPED]), np.array([FALSE, 1, 0])]
    scores = [np.array([0.9, 0.8, 0.65]), np.array([0.5, 0.6, 0.7])]
    curve = precision_recall(outcomes, scores, faces=4)
    assert curve.thresholds.tolist() == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert curve.hits.tolist() == [1, 1, 2, 3, 3]
    assert curve.false_boxes.tolist() == [0, 1, 1, 1, 2]
    assert curve.recall.tolist() == [0.25, 0.25, 0.5, 0.75, 0.75]
    assert curve.precision == pytest.approx([1, 1 / 2, 2 / 3, 3 / 4, 3 / 5])
    # Monotone precision: 1 up to a recall of 1/4, then 3/4 up to 3/4 (the 2/3 at 1/2 is raised), then nothing.
    assert average_precision(curve) == pytest.approx(1 / 4 * 1 + 2 / 4 * 3 / 4)
    assert [recall_at(curve, allowed) for allowed in (0, 0.9, 1, 100)] == [0.25, 0.25, 0.75, 0.75]
    assert [curve.at(score) for score in (0.95, 0.9, 0.75, 0.0)] == [(0, 0), (1, 0), (1, 1), (3, 2)]


def test_pascal_voc_example_of_the_literature() -> None:
    # Padilla et al., "A Survey on Performance Metrics for Object-Detection Algorithms" (IWSSIP 2020): 24 boxes for 15
    # objects, right in these places in the order of the scores; they give an AP over all points of 24.56 %.
    right = {0, 2, 9, 11, 12, 13, 22}
    outcome = np.array([0 if rank in right else FALSE for rank in range(24)])
    curve = precision_recall([outcome], [np.linspace(0.95, 0.1, 24)], faces=15)
    assert average_precision(curve) == pytest.approx(0.2456, abs=1e-4)


def test_equal_scores_come_in_together() -> None:
    one_way = precision_recall([np.array([0, FALSE, FALSE])], [np.array([0.5, 0.5, 0.5])], faces=1)
    other_way = precision_recall([np.array([FALSE, FALSE, 0])], [np.array([0.5, 0.5, 0.5])], faces=1)
    assert one_way.thresholds.tolist() == [0.5]
    assert average_precision(one_way) == average_precision(other_way) == pytest.approx(1 / 3)


def test_no_boxes_is_zero_and_no_faces_is_nan() -> None:
    nothing_found = precision_recall([], [], faces=3)
    assert (average_precision(nothing_found), recall_at(nothing_found, 5), nothing_found.at(0)) == (0, 0, (0, 0))
    nothing_there = precision_recall([np.array([FALSE])], [np.array([0.5])], faces=0)
    assert np.isnan([average_precision(nothing_there), recall_at(nothing_there, 5), *nothing_there.recall]).all()


def curve_of(hits: list[bool], scores: list[float], faces: int) -> PrecisionRecall:
    outcome = np.array([0 if hit else FALSE for hit in hits], dtype=np.int64)
    return precision_recall([outcome], [np.array(scores)], faces)


@st.composite
def judged_boxes(draw: st.DrawFn) -> tuple[list[bool], list[float], int]:
    """Which boxes are right, their scores from 0.1 on (some of them equal), and how many faces there are."""
    hits = draw(st.lists(st.booleans(), max_size=25))
    scores = draw(st.lists(st.sampled_from(np.linspace(0.1, 1, 12).tolist()), min_size=len(hits), max_size=len(hits)))
    return hits, scores, draw(st.integers(max(1, sum(hits)), 30))


@given(judged_boxes())
def test_ap_lies_between_zero_and_recall(judged: tuple[list[bool], list[float], int]) -> None:
    hits, _, faces = judged
    assert 0 <= average_precision(curve_of(*judged)) <= sum(hits) / faces + 1e-9


@given(judged_boxes(), st.floats(0, 0.1))
def test_a_false_box_below_all_others_changes_nothing(
    judged: tuple[list[bool], list[float], int], score: float
) -> None:
    hits, scores, faces = judged
    more = curve_of([*hits, False], [*scores, score * 0.99], faces)
    assert average_precision(more) == pytest.approx(average_precision(curve_of(*judged)), abs=1e-12)


@given(judged_boxes(), st.floats(0.05, 1))
def test_a_false_box_never_helps(judged: tuple[list[bool], list[float], int], score: float) -> None:
    hits, scores, faces = judged
    before, after = curve_of(*judged), curve_of([*hits, False], [*scores, score], faces)
    assert average_precision(after) <= average_precision(before) + 1e-12
    assert recall_at(after, 2) <= recall_at(before, 2)


@given(judged_boxes())
def test_only_the_order_of_the_scores_matters(judged: tuple[list[bool], list[float], int]) -> None:
    hits, scores, faces = judged
    cubed = curve_of(hits, [score**3 for score in scores], faces)
    assert average_precision(cubed) == pytest.approx(average_precision(curve_of(*judged)), abs=1e-12)


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 2), min_size=1, max_size=12, unique=True), st.integers(0, 10**6))
def test_boxes_that_are_the_faces_are_perfect(places: list[tuple[int, int]], seed: int) -> None:
    corners = np.array(places, dtype=np.float64)
    faces = np.concatenate([corners, corners + 9], axis=1)
    order = np.random.default_rng(seed).permutation(len(faces))
    scores = np.linspace(0.9, 0.1, len(faces))
    outcome = match_boxes(faces[order], scores, faces, np.zeros(len(faces), dtype=bool), 0.5)
    assert outcome.tolist() == order.tolist()
    assert average_precision(precision_recall([outcome], [scores], len(faces))) == pytest.approx(1)


@pytest.mark.parametrize(
    ("scores", "ignore", "min_iou", "message"),
    [
        ([0.5], [False], 0.0, "above 0 and at most 1; got 0.0"),
        ([0.5], [False], 1.5, "got 1.5"),
        ([0.5, 0.5], [False], 0.5, "got 2 for 1"),
        ([0.5], [], 0.5, "and 0 for 1"),
    ],
)
def test_what_does_not_fit_is_refused(scores: list[float], ignore: list[bool], min_iou: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        match_boxes(np.array([FACE]), np.array(scores), np.array([FACE]), np.array(ignore, dtype=bool), min_iou)
