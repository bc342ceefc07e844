"""How honest the scores of keypoints are: the errors that they promise beside the true ones.

All errors are fractions of the side of the estimator's crop (about 2.1 outer-eye distances on a frontal face), since
that is what a score speaks of: see :mod:`facepoints.analysis.confidence`. Missed faces have no scores and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facepoints.analysis.confidence import crop_sides, expected_errors, point_qualities
from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.evaluation.ranks import rank_correlation

__all__ = ["BINS", "CALIBRATION_FIGURES", "Calibration", "calibrate", "calibration_figure", "equal_count_bins"]

BINS = 10

CALIBRATION_FIGURES = {
    "mean_score": "Score of a point, mean",
    "mean_quality": "True quality of a point, mean",
    "calibration_error": "Expected calibration error",
    "within_twice": "Points within twice the expected error",
    "point_correlation": "Rank correlation of the points",
    "face_correlation": "Rank correlation of the faces",
}
"""Fields of :class:`Calibration` that are single figures, in the order of reports, and what people call them."""

Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """Promised and true errors of the points of all found faces; NaN where none was found.

    The bins hold the points in rising order of their expected error, about equally many each.

    Attributes:
        counts: ``(b,)`` points in each bin, ``b`` at most ``BINS``; fewer where many points have the same score.
        expected_errors: ``(b,)`` mean of :func:`facepoints.analysis.expected_errors`, over the crop's side.
        mean_errors: ``(b,)`` mean of the true errors, over the crop's side.
        rms_errors: ``(b,)`` root of the mean square of the same.
        mean_score: mean score of all points.
        mean_quality: mean true quality of all points; a larger score is overconfident, a smaller one too modest.
        calibration_error: expected calibration error (ECE) of the scores, 0 to 1: the difference of the two means in
            each bin, without its sign, averaged over the points. Source: Naeini et al., "Obtaining well calibrated
            probabilities using Bayesian binning" (AAAI 2015), here with quality in the place of accuracy.
        within_twice: share of the points that are at most twice as far off as expected.
        point_correlation: Spearman's rank correlation of expected and true error over all points.
        face_correlation: the same of the means over each face.
    """

    counts: np.ndarray
    expected_errors: Doubles
    mean_errors: Doubles
    rms_errors: Doubles
    mean_score: float
    mean_quality: float
    calibration_error: float
    within_twice: float
    point_correlation: float
    face_correlation: float

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers for JSON, None for NaN."""
        figures = {key: getattr(self, key) for key in CALIBRATION_FIGURES}
        arrays = {key: getattr(self, key) for key in ("expected_errors", "mean_errors", "rms_errors")}
        return {
            **{key: None if np.isnan(value) else round(value, 6) for key, value in figures.items()},
            "counts": self.counts.tolist(),
            **{key: values.round(6).tolist() for key, values in arrays.items()},
        }


def calibrate(found: Array, scores: Array, true_keypoints: Array) -> Calibration:
    """Compare what the scores promise with the true errors.

    Args:
        found: ``(n, 68, 2)`` in pixels; the row of a missed face is NaN.
        scores: ``(n, 68)`` of these points, 0 to 1; anything in the row of a missed face.
        true_keypoints: ``(n, 68, 2)`` in pixels.

    Raises:
        InputError: shapes that do not fit, or a score of a found point that is not between 0 and 1.
    """
    if found.shape != true_keypoints.shape or scores.shape != found.shape[:2]:
        raise InputError(
            f"found, scores and true_keypoints must fit each other; got {found.shape}, {scores.shape} and "
            f"{true_keypoints.shape}"
        )
    rows = np.isfinite(found).all(axis=(1, 2))
    found, scores, true_keypoints = (each[rows].astype(np.float64) for each in (found, scores, true_keypoints))
    offsets = found - true_keypoints
    errors = np.hypot(offsets[..., 0], offsets[..., 1]) / crop_sides(found)[:, None]
    expected = expected_errors(scores, found, "crop").astype(np.float64)
    qualities = point_qualities(errors)
    bins = equal_count_bins(-scores.ravel(), BINS)
    gaps = [abs(float(scores.ravel()[rows].mean() - qualities.ravel()[rows].mean())) for rows in bins]
    counts = np.asarray([len(rows) for rows in bins], dtype=np.int64)
    return Calibration(
        counts=counts,
        expected_errors=_means(expected, bins),
        mean_errors=_means(errors, bins),
        rms_errors=np.sqrt(_means(errors**2, bins)),
        mean_score=_mean(scores),
        mean_quality=_mean(qualities),
        calibration_error=float(np.average(gaps, weights=counts)) if len(counts) else float("nan"),
        within_twice=_mean(errors <= 2 * expected),
        point_correlation=rank_correlation(expected.ravel(), errors.ravel()),
        face_correlation=rank_correlation(expected.mean(axis=1), errors.mean(axis=1)),
    )


def calibration_figure(value: float) -> str:
    """One of ``CALIBRATION_FIGURES`` for people; a dash for NaN."""
    return "–" if np.isnan(value) else f"{value:.3f}"


def equal_count_bins(values: Array, count: int) -> list[np.ndarray]:
    """Indices of the values ``(n,)`` in rising order, in at most ``count`` bins of about equal size, none empty.

    Equal values stay together, so that the bins do not depend on the order in which the values came: a cut between two
    of them moves to the nearer end of their run.
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    cuts = (np.arange(1, count) * len(order)) // count
    cuts = cuts[cuts < len(order)]
    low, high = (np.searchsorted(ordered, ordered[cuts], side=side) for side in ("left", "right"))
    starts = np.unique(np.where(cuts - low <= high - cuts, low, high))
    return [rows for rows in np.split(order, starts) if len(rows)]


def _means(values: Array, bins: list[np.ndarray]) -> Doubles:
    return np.asarray([values.ravel()[rows].mean() for rows in bins], dtype=np.float64)


def _mean(values: Array) -> float:
    return float(values.mean()) if values.size else float("nan")
