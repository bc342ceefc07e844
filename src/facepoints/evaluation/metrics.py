"""Errors of keypoints as the 300-W literature defines them: NME, failure rate, AUC and the CED curve.

All values are fractions, so 0.08 is 8 %. A face that was not found has an infinite error: it counts as a failure and
adds nothing to the AUC. The definitions are those of papers on 300-W, such as SPIGA (Prados-Torreblanca et al., BMVC
2022); the tests hold them to hand-computed values, not to its predictions, which are not part of this project.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facepoints.arrays import Array
from facepoints.errors import InputError
from facepoints.geometry import tight_boxes
from facepoints.scheme import OUTER_EYE_CORNERS, POINT_COUNT, REGIONS

__all__ = [
    "area_under_curve",
    "box_sizes",
    "cumulative_errors",
    "failure_rate",
    "finite_mean",
    "finite_median",
    "normalised_mean_errors",
    "outer_eye_distances",
    "region_errors",
]

Doubles = NDArray[np.float64]


def outer_eye_distances(true_keypoints: Array) -> Doubles:
    """Distance of points 36 and 45, the normaliser of 300-W: ``(n, 68, 2)`` to ``(n,)`` pixels."""
    points = _as_faces(true_keypoints, "true_keypoints")
    first, second = OUTER_EYE_CORNERS
    return _lengths(points[:, first] - points[:, second])


def box_sizes(true_keypoints: Array) -> Doubles:
    """sqrt(width x height) of the tight box of the points, a normaliser that profiles do not inflate.

    ``(n, 68, 2)`` to ``(n,)`` pixels.
    """
    boxes = tight_boxes(_as_faces(true_keypoints, "true_keypoints"))
    sides = boxes[:, 2:].astype(np.float64) - boxes[:, :2]
    return np.asarray(np.sqrt(sides.prod(axis=1)), dtype=np.float64)


def normalised_mean_errors(
    found: Array, true_keypoints: Array, normalisers: Array, points: tuple[int, ...] | None = None
) -> Doubles:
    """NME of each face: its mean point-to-point distance over its normaliser.

    Args:
        found: ``(n, 68, 2)`` in pixels; the row of a face that was not found is NaN.
        true_keypoints: ``(n, 68, 2)`` in pixels.
        normalisers: ``(n,)`` in pixels, from :func:`outer_eye_distances` or :func:`box_sizes`.
        points: indices of the points to average over; None: all 68.

    Returns:
        ``(n,)``; infinity for a face that was not found.

    Raises:
        InputError: shapes that do not fit, a normaliser that is not above 0, or a labelled point that is not finite.
    """
    found, true_keypoints = _as_faces(found, "found"), _as_faces(true_keypoints, "true_keypoints")
    scale = np.asarray(normalisers, dtype=np.float64)
    if not len(found) == len(true_keypoints) == len(scale):
        raise InputError(
            f"found, true_keypoints and normalisers must have the same number of faces; "
            f"got {len(found)}, {len(true_keypoints)} and {len(scale)}"
        )
    if not np.isfinite(true_keypoints).all():
        raise InputError("true_keypoints must be finite numbers; got NaN or infinity")
    if not (scale > 0).all():
        raise InputError(f"the normaliser of face {int(np.argmin(scale > 0))} is not above 0: its points coincide")
    distances = _lengths(found - true_keypoints)
    if points is not None:
        distances = distances[:, list(points)]
    errors = distances.mean(axis=1) / scale
    return np.where(np.isnan(errors), np.inf, errors)


def region_errors(found: Array, true_keypoints: Array, normalisers: Array) -> dict[str, Doubles]:
    """:func:`normalised_mean_errors` over the points of each of ``scheme.REGIONS``, by the same normalisers."""
    return {
        name: normalised_mean_errors(found, true_keypoints, normalisers, points) for name, points in REGIONS.items()
    }


def failure_rate(errors: Array, threshold: float) -> float:
    """Share of the faces ``(n,)`` whose error is greater than ``threshold``; NaN where there is no face."""
    return float((errors > threshold).mean()) if len(errors) else float("nan")


def area_under_curve(errors: Array, threshold: float) -> float:
    """Area under the CED curve from 0 to ``threshold``, over ``threshold``: 1 is perfect; NaN where there is no face.

    Exact: the curve is a staircase that each face of error e lifts from e on, so the face adds max(0, 1 - e/threshold).
    """
    if not threshold > 0:
        raise InputError(f"the threshold of an AUC must be above 0; got {threshold}")
    return float(np.clip(1 - errors / threshold, 0, None).mean()) if len(errors) else float("nan")


def cumulative_errors(errors: Array, limits: Array) -> Doubles:
    """CED curve: the share of the faces ``(n,)`` whose error is at most each of ``limits`` ``(m,)``; ``(m,)``."""
    if not len(errors):
        return np.full(len(limits), np.nan)
    return np.searchsorted(np.sort(errors), limits, side="right") / len(errors)


def finite_mean(errors: Array) -> float:
    """Mean error of the faces that were found; NaN where none was."""
    finite = errors[np.isfinite(errors)]
    return float(finite.mean()) if len(finite) else float("nan")


def finite_median(errors: Array) -> float:
    """Median error of the faces that were found; NaN where none was."""
    finite = errors[np.isfinite(errors)]
    return float(np.median(finite)) if len(finite) else float("nan")


def _as_faces(points: Array, name: str) -> Doubles:
    points = np.asarray(points, dtype=np.float64)
    if points.ndim != 3 or points.shape[1:] != (POINT_COUNT, 2):
        raise InputError(f"{name} must have shape (n, {POINT_COUNT}, 2); got {points.shape}")
    return points


def _lengths(vectors: Doubles) -> Doubles:
    return np.asarray(np.hypot(vectors[..., 0], vectors[..., 1]), dtype=np.float64)
