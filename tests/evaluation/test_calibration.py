from __future__ import annotations

import json
import math

import numpy as np
import pytest

from facepoints.errors import InputError
from facepoints.evaluation.calibration import Calibration, calibrate, calibration_figure, equal_count_bins
from facepoints.scheme import MEAN_FACE

FACE = MEAN_FACE * 100 / float(np.ptp(MEAN_FACE[:, 0])) + (60, 80)
"""100 pixels wide: the crop has a side of 130."""


def error_of(quality: float) -> float:
    """Over the crop's side."""
    return 0.04 * math.sqrt(-2 * math.log(quality))


def calibrated(scores: np.ndarray, errors: np.ndarray, missed: tuple[int, ...] = ()) -> Calibration:
    """Of found faces all alike, whose points have these scores and, over the crop's side, these errors."""
    found = np.repeat(FACE[None], len(scores), axis=0)
    true = found.copy()
    true[..., 0] += 130 * errors
    found[list(missed)] = np.nan
    return calibrate(found, scores, true)


def two_kinds(first: float, second: float) -> np.ndarray:
    """``(2, 68)``: a half of each face's points has one value, the other half the other."""
    return np.tile(np.repeat([first, second], 34), (2, 1))


def test_scores_that_keep_their_promise_have_no_calibration_error() -> None:
    scores = np.linspace(0.3, 0.999, 5 * 68).reshape(5, 68)
    result = calibrated(scores, np.vectorize(error_of)(scores))
    assert result.counts.tolist() == [34] * 10
    assert result.calibration_error == pytest.approx(0, abs=1e-6)
    assert result.mean_errors == pytest.approx(result.expected_errors, abs=1e-6)
    assert np.all(np.diff(result.expected_errors) > 0)
    assert (result.point_correlation, result.face_correlation) == pytest.approx((1, 1))
    assert result.mean_quality == pytest.approx(result.mean_score, abs=1e-6)


def test_too_modest_scores_worked_out_by_hand() -> None:
    result = calibrated(two_kinds(0.9, 0.5), np.zeros((2, 68)))  # every point is right: quality 1
    assert result.counts.tolist() == [68, 68]  # points of one score stay together
    assert result.calibration_error == pytest.approx((0.1 + 0.5) / 2)
    assert (result.mean_score, result.mean_quality) == pytest.approx((0.7, 1.0))
    assert result.expected_errors == pytest.approx([error_of(0.9), error_of(0.5)], rel=1e-5)
    assert result.mean_errors == pytest.approx([0, 0], abs=1e-9)
    assert math.isnan(result.point_correlation)  # all errors are equal


def test_errors_in_both_directions_do_not_cancel() -> None:
    result = calibrated(two_kinds(0.8, 0.6), two_kinds(error_of(0.6), error_of(0.8)))
    assert result.mean_score == pytest.approx(result.mean_quality)
    assert result.calibration_error == pytest.approx(0.2)
    assert result.point_correlation < -0.9  # not quite -1: rounding tells equal errors apart


def test_mean_and_root_mean_square_of_the_true_errors() -> None:
    result = calibrated(np.full((2, 68), 0.9), two_kinds(0.0, 0.08))
    assert result.counts.tolist() == [136]
    assert result.mean_errors == pytest.approx([0.04])
    assert result.rms_errors == pytest.approx([0.08 / math.sqrt(2)])
    assert result.within_twice == 0.5  # twice the expected error is 0.037


def test_missed_faces_are_left_out() -> None:
    scores, errors = np.linspace(0.5, 0.9, 3 * 68).reshape(3, 68), np.linspace(0.01, 0.05, 3 * 68).reshape(3, 68)
    scores[1] = np.nan
    with_missed, without = calibrated(scores, errors, missed=(1,)), calibrated(scores[[0, 2]], errors[[0, 2]])
    assert json.dumps(with_missed.to_dict(), allow_nan=False) == json.dumps(without.to_dict())


def test_no_found_face_gives_nan_and_null_and_never_a_warning() -> None:
    result = calibrated(np.full((2, 68), np.nan), np.zeros((2, 68)), missed=(0, 1)).to_dict()
    assert {key for key, value in result.items() if value is None} == {
        "mean_score",
        "mean_quality",
        "calibration_error",
        "within_twice",
        "point_correlation",
        "face_correlation",
    }
    assert result["counts"] == result["rms_errors"] == []


@pytest.mark.parametrize(
    ("values", "count", "bins"),
    [
        ([3, 1, 2, 0], 2, [[3, 1], [2, 0]]),
        ([5, 4, 3, 2, 1], 2, [[4, 3], [2, 1, 0]]),
        ([1, 1, 1, 2], 2, [[0, 1, 2], [3]]),  # not cut amid the ones
        ([1, 2, 2, 2], 2, [[0], [1, 2, 3]]),
        ([7, 7, 7], 3, [[0, 1, 2]]),
        ([2, 1], 5, [[1], [0]]),
        ([], 3, []),
    ],
)
def test_bins_of_about_equal_size(values: list[int], count: int, bins: list[list[int]]) -> None:
    assert [rows.tolist() for rows in equal_count_bins(np.array(values), count)] == bins


@pytest.mark.parametrize(("value", "text"), [(0.01549, "0.015"), (math.nan, "–")])
def test_figures_for_people(value: float, text: str) -> None:
    assert calibration_figure(value) == text


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match=r"must fit each other; got \(1, 68, 2\), \(1, 67\) and \(1, 68, 2\)"):
        calibrate(FACE[None], np.ones((1, 67)), FACE[None])
    with pytest.raises(InputError, match="between 0 and 1"):
        calibrate(FACE[None], np.full((1, 68), 2.0), FACE[None])
