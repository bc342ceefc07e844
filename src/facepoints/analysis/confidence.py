"""What the score of a keypoint says about its error.

A score is trained to be the expected *quality* of its point, ``q = exp(-d^2 / 2 s^2)``, with ``d`` the distance to the
true point and ``s`` 4 % of the side of the crop that the network sees: the similarity of one keypoint as COCO defines
it for its object keypoint similarity (OKS). Source: the keypoint evaluation of COCO, https://cocodataset.org; Ronchi
and Perona, "Benchmarking and error diagnosis in multi-instance pose estimation" (ICCV 2017).
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from facepoints.arrays import Array, Floats, as_floats
from facepoints.errors import InputError
from facepoints.geometry import CROP_SCALE, upright_square
from facepoints.scheme import OUTER_EYE_CORNERS, POINT_COUNT

__all__ = ["MAX_EXPECTED_ERROR", "QUALITY_SCALE", "ErrorUnit", "crop_sides", "expected_errors", "point_qualities"]

QUALITY_SCALE = 0.04
"""``s`` over the side of the crop: an error of 4 % of the crop's side has a quality of 0.61. On a frontal face that is
about a twelfth of the outer-eye distance."""

MAX_EXPECTED_ERROR = 3 * QUALITY_SCALE
"""The largest expected error, over the side of the crop: 12 %, about a quarter of the outer-eye distance. Its quality
is 0.011, and lower scores say only that the point is worse than that."""

ErrorUnit = Literal["pixels", "outer_eyes", "crop"]


def expected_errors(keypoint_scores: ArrayLike, keypoints: ArrayLike, unit: ErrorUnit = "pixels") -> Floats:
    """How far from the truth each point may be expected to lie: ``s * sqrt(-2 ln q)`` of a point with score ``q``.

    What to know before relying on it:

    - It is the error of a point whose quality is ``q``, not the mean error of all points of that score. If the scores
      are calibrated, the root-mean-square error of these is at least this large (Jensen's inequality), and their mean
      error is in practice somewhat smaller.
    - It holds for faces like those of the training, and is no bound: single points lie several times further off.
    - It stops at 12 % of the crop's side (``MAX_EXPECTED_ERROR``), which every score under 0.011 gets.
    - The crop's side is taken from the found points, as in the estimator's second pass. Where one pass was enough, its
      crop was up to 13 % larger or smaller.

    Args:
        keypoint_scores: ``(n, 68)``, 0 to 1, such as ``faces.keypoint_scores``.
        keypoints: ``(n, 68, 2)`` in pixels, the points that have these scores.
        unit: ``"pixels"`` of the picture; ``"outer_eyes"``, fractions of the distance of the found outer eye corners,
            comparable with an NME (infinite where the corners coincide); or ``"crop"``, fractions of the crop's side,
            which depend on the score alone.

    Returns:
        ``(n, 68)`` float32.

    Raises:
        InputError: another shape, not finite, a score that is not between 0 and 1, or an unknown unit.
    """
    if unit not in get_args(ErrorUnit):
        raise InputError(f"unit must be one of {', '.join(get_args(ErrorUnit))}; got {unit!r}")
    points = as_floats(keypoints, (None, POINT_COUNT, 2), "keypoints")
    scores = as_floats(keypoint_scores, (len(points), POINT_COUNT), "keypoint_scores").astype(np.float64)
    if ((scores < 0) | (scores > 1)).any():
        raise InputError(f"keypoint_scores must be between 0 and 1; got {scores.min():g} to {scores.max():g}")
    least = np.exp(-0.5 * (MAX_EXPECTED_ERROR / QUALITY_SCALE) ** 2)
    errors = QUALITY_SCALE * np.sqrt(-2 * np.log(np.maximum(scores, least)))
    if unit != "crop":
        errors = errors * crop_sides(points)[:, None]
    if unit == "outer_eyes":
        first, second = (points[:, corner].astype(np.float64) for corner in OUTER_EYE_CORNERS)
        distances = np.hypot(*(first - second).T)[:, None]
        errors = np.divide(errors, distances, out=np.full_like(errors, np.inf), where=distances > 0)
    return np.asarray(errors, dtype=np.float32)


def point_qualities(errors: Array) -> NDArray[np.float64]:
    """Quality, 0 to 1, of points that are ``errors`` off, of any shape, in fractions of the crop's side."""
    return np.asarray(np.exp(-0.5 * (np.asarray(errors, dtype=np.float64) / QUALITY_SCALE) ** 2))


def crop_sides(keypoints: Array) -> NDArray[np.float64]:
    """Side in pixels of the estimator's crop around each face: ``(n, 68, 2)`` points to ``(n,)``.

    ``CROP_SCALE`` times the longer side of the tight box of the points in the face's own upright frame.
    """
    return CROP_SCALE * np.asarray([upright_square(points)[1] for points in keypoints], dtype=np.float64)
