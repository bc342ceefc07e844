"""Ratios of distances between keypoints: how open eyes and mouth are. Geometry, not emotion."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Floats

__all__ = ["eye_aspect_ratios", "mouth_aspect_ratios", "rare_expression_weights"]

_EYES = ((36, 37, 38, 39, 40, 41), (42, 43, 44, 45, 46, 47))
_MOUTH_CORNERS = (60, 64)
_MOUTH_HEIGHTS = ((61, 67), (62, 66), (63, 65))

_RARE = 0.1


def eye_aspect_ratios(keypoints: Array) -> Floats:
    """Height of each eye over its width: about 0.3 for open eyes, under 0.2 for closed ones.

    Soukupova and Cech, "Real-Time Eye Blink Detection using Facial Landmarks" (CVWW 2016).

    Args:
        keypoints: ``(n, 68, 2)``.

    Returns:
        ``(n, 2)``: of the eye on the image's left, and of the other; NaN where a face's points are.
    """
    ratios = []
    for outer, upper_outer, upper_inner, inner, lower_inner, lower_outer in _EYES:
        heights = _distances(keypoints, upper_outer, lower_outer) + _distances(keypoints, upper_inner, lower_inner)
        ratios.append(heights / np.maximum(2 * _distances(keypoints, outer, inner), 1e-6))
    return np.stack(ratios, axis=1).astype(np.float32)


def mouth_aspect_ratios(keypoints: Array) -> Floats:
    """Mean height of the gap between the lips over its width: 0 for a closed mouth, 1 for one as high as wide.

    Args:
        keypoints: ``(n, 68, 2)``.

    Returns:
        ``(n,)``; NaN where a face's points are.
    """
    heights = np.mean([_distances(keypoints, upper, lower) for upper, lower in _MOUTH_HEIGHTS], axis=0)
    return np.asarray(heights / np.maximum(_distances(keypoints, *_MOUTH_CORNERS), 1e-6), dtype=np.float32)


def rare_expression_weights(keypoints: Array) -> Floats:
    """How often each face should be drawn so that rare expressions are learned as well.

    1, and 1 more each for the tenth with the most closed eyes and for the tenth with the widest open mouths.

    Args:
        keypoints: ``(n, 68, 2)``, NaN for what is no face.

    Returns:
        ``(n,)``, 1 to 3.
    """
    weights = np.ones(len(keypoints), dtype=np.float32)
    faces = np.isfinite(keypoints).all(axis=(1, 2))
    if faces.any():
        eyes = eye_aspect_ratios(keypoints[faces]).mean(axis=1)
        mouths = mouth_aspect_ratios(keypoints[faces])
        weights[faces] += eyes <= np.quantile(eyes, _RARE)
        weights[faces] += mouths >= np.quantile(mouths, 1 - _RARE)
    return weights


def _distances(keypoints: Array, first: int, second: int) -> Floats:
    return np.asarray(np.linalg.norm(keypoints[:, first] - keypoints[:, second], axis=1))
