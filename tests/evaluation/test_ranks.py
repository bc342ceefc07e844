from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.evaluation.ranks import area_under_roc, average_ranks, rank_correlation

FEW_NUMBERS = st.lists(st.integers(0, 5), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("values", "ranks"),
    [
        ([10, 20, 5], [2, 3, 1]),
        ([10, 20, 20, 5], [2, 3.5, 3.5, 1]),
        ([7, 7, 7], [2, 2, 2]),
        ([], []),
    ],
)
def test_equal_values_share_the_average_of_their_ranks(values: list[float], ranks: list[float]) -> None:
    assert average_ranks(np.array(values)).tolist() == ranks


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], 0.8),  # 1 - 6 * (1 + 1 + 1 + 1) / (5 * 24)
        ([1, 2, 3], [1, 10, 100], 1),
        ([1, 2, 3], [3, 2, 1], -1),
        ([1, 2, 2, 3], [1, 2, 3, 4], 4.5 / math.sqrt(4.5 * 5)),  # ranks 1, 2.5, 2.5, 4
    ],
)
def test_rank_correlation_worked_out_by_hand(first: list[float], second: list[float], expected: float) -> None:
    assert rank_correlation(np.array(first), np.array(second)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("first", "second"), [([], []), ([1], [2]), ([1, 1, 1], [1, 2, 3])])
def test_rank_correlation_of_one_value_is_undefined(first: list[float], second: list[float]) -> None:
    assert math.isnan(rank_correlation(np.array(first), np.array(second)))


def test_rank_correlation_needs_pairs() -> None:
    with pytest.raises(ValueError, match="got 2 and 3"):
        rank_correlation(np.zeros(2), np.zeros(3))


@pytest.mark.parametrize(
    ("positives", "negatives", "expected"),
    [
        ([0.9, 0.8], [0.1, 0.2, 0.3], 1),
        ([0.1], [0.9, 0.8], 0),
        ([0.9, 0.8, 0.4], [0.7, 0.4], 4.5 / 6),  # pairs won: 2, 2, 0 and a half
        ([0.5, 0.5], [0.5], 0.5),
    ],
)
def test_area_under_roc_worked_out_by_hand(positives: list[float], negatives: list[float], expected: float) -> None:
    assert area_under_roc(np.array(positives), np.array(negatives)) == pytest.approx(expected)


@given(FEW_NUMBERS, FEW_NUMBERS)
def test_area_under_roc_is_the_share_of_pairs_won(positives: list[int], negatives: list[int]) -> None:
    won = [(p > n) + (p == n) / 2 for p in positives for n in negatives]
    assert area_under_roc(np.array(positives), np.array(negatives)) == pytest.approx(np.mean(won))


def test_area_under_roc_of_an_empty_side_is_undefined() -> None:
    assert math.isnan(area_under_roc(np.array([0.5]), np.zeros(0)))
    assert math.isnan(area_under_roc(np.zeros(0), np.array([0.5])))
