from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facepoints.errors import InputError
from facepoints.evaluation import metrics
from facepoints.scheme import MEAN_FACE, REGIONS


def face(width: float = 100.0) -> np.ndarray:
    """A face whose outer eye corners are ``width`` pixels apart; ``(1, 68, 2)``."""
    return (MEAN_FACE[None] * width + 200).astype(np.float32)


def test_normalisers_of_a_face_that_was_measured_by_hand() -> None:
    points = np.zeros((1, 68, 2))
    points[0, 36], points[0, 45] = (10, 20), (40, 60)  # 3-4-5 triangle: 50 apart
    points[0, 8] = (80, 125)  # tight box 80 x 125, whose area is 100 squared
    assert metrics.outer_eye_distances(points) == pytest.approx([50])
    assert metrics.box_sizes(points) == pytest.approx([100])


def test_nme_is_the_mean_distance_over_the_normaliser() -> None:
    true = face()
    found = true + np.array([3.0, 4.0])  # every point 5 pixels off
    assert metrics.normalised_mean_errors(found, true, metrics.outer_eye_distances(true)) == pytest.approx([0.05])
    found = true.copy()
    found[0, 0] += (0, 68)  # one point of 68, 68 pixels off: 1 pixel on average
    assert metrics.normalised_mean_errors(found, true, [100.0]) == pytest.approx([0.01])


def test_error_of_a_region_is_that_of_its_points_alone() -> None:
    true = face()
    found = true.copy()
    found[0, list(REGIONS["mouth"])] += (6, 8)
    errors = metrics.region_errors(found, true, [100.0])
    assert list(errors) == ["jaw", "brows", "eyes", "nose", "mouth"]
    assert errors.pop("mouth") == pytest.approx([0.1])
    assert all(values == pytest.approx([0]) for values in errors.values())


def test_a_missed_face_has_an_infinite_error() -> None:
    true = np.concatenate([face(), face()])
    found = true.copy()
    found[1] = np.nan
    assert metrics.normalised_mean_errors(found, true, [100.0, 100.0]).tolist() == [0, math.inf]


ERRORS = np.array([0.02, 0.04, 0.08, 0.09, np.inf])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (metrics.failure_rate(ERRORS, 0.08), 2 / 5),  # an error of exactly 8 % is no failure
        (metrics.failure_rate(ERRORS, 0.10), 1 / 5),
        (metrics.area_under_curve(ERRORS, 0.08), (0.75 + 0.5 + 0 + 0 + 0) / 5),
        (metrics.area_under_curve(np.zeros(3), 0.08), 1),
        (metrics.finite_mean(ERRORS), 0.23 / 4),
        (metrics.finite_median(ERRORS), 0.06),
    ],
)
def test_figures_worked_out_by_hand(value: float, expected: float) -> None:
    assert value == pytest.approx(expected, abs=1e-12)


def test_ced_counts_the_faces_up_to_each_limit() -> None:
    shares = metrics.cumulative_errors(ERRORS, np.array([0, 0.02, 0.05, 0.08, 1]))
    assert shares.tolist() == [0, 0.2, 0.4, 0.6, 0.8]


@given(st.lists(st.floats(0, 0.2) | st.just(math.inf), min_size=1, max_size=20))
def test_auc_is_the_area_under_the_ced(values: list[float]) -> None:
    errors = np.array(values)
    step = 0.08 / 4000
    middles = (np.arange(4000) + 0.5) * step
    area = metrics.cumulative_errors(errors, middles).mean()
    assert metrics.area_under_curve(errors, 0.08) == pytest.approx(area, abs=1 / 4000)


@given(scale=st.floats(0.1, 50), shift=st.floats(-500, 500))
def test_nme_does_not_depend_on_size_or_place(scale: float, shift: float) -> None:
    true = face().astype(np.float64)
    found = true + np.random.default_rng(0).normal(size=true.shape)
    errors = metrics.normalised_mean_errors(found, true, metrics.outer_eye_distances(true))
    moved_true, moved_found = true * scale + shift, found * scale + shift
    moved = metrics.normalised_mean_errors(moved_found, moved_true, metrics.outer_eye_distances(moved_true))
    assert moved == pytest.approx(errors, rel=1e-6)


def test_figures_of_no_faces_are_nan_and_never_a_warning() -> None:
    none = np.zeros(0)
    figures = [
        metrics.failure_rate(none, 0.08),
        metrics.area_under_curve(none, 0.08),
        metrics.finite_mean(none),
        metrics.finite_median(np.array([np.inf])),
        *metrics.cumulative_errors(none, np.array([0.1])),
    ]
    assert np.isnan(figures).all()


def with_nan(points: np.ndarray) -> np.ndarray:
    points = points.copy()
    points[0, 5] = np.nan
    return points


@pytest.mark.parametrize(
    ("found", "true", "normalisers", "message"),
    [
        (face()[0], face(), [1.0], r"found must have shape \(n, 68, 2\); got \(68, 2\)"),
        (face(), face()[:, :67], [1.0], r"true_keypoints must have shape \(n, 68, 2\); got \(1, 67, 2\)"),
        (face(), face(), [1.0, 2.0], "same number of faces; got 1, 1 and 2"),
        (face(), face(), [0.0], "normaliser of face 0 is not above 0"),
        (face(), with_nan(face()), [1.0], "true_keypoints must be finite"),
    ],
)
def test_what_does_not_fit_is_refused(
    found: np.ndarray, true: np.ndarray, normalisers: list[float], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        metrics.normalised_mean_errors(found, true, normalisers)
