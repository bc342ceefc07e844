"""The shapes of many faces: their mean and the main ways in which they differ from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from facepoints.arrays import Array, Floats, as_floats
from facepoints.errors import InputError
from facepoints.scheme import MEAN_FACE, OUTER_EYE_CORNERS, POINT_COUNT

__all__ = ["ShapeModel", "align_shapes", "shape_distances", "shape_model"]

_ROUNDS = 5
_USUAL_VARIANCE = 0.95
_FACES_A_MODE = 10
"""With fewer, a model has its own faces by heart, and every other face is odd to it."""

_TRIMMED = 0.02
"""Share of the faces that are left out of what is usual: wrong labels would make themselves usual."""


@dataclass(frozen=True, eq=False)
class ShapeModel:
    """A point distribution model: Cootes et al., "Active Shape Models" (CVIU 1995).

    Lengths are in distances of the mean face's outer eye corners.

    Attributes:
        mean: ``(68, 2)`` the mean shape, upright, its centre at the origin.
        modes: ``(k, 68, 2)`` directions of unit length, in falling order of variance.
        deviations: ``(k,)`` standard deviation along each.
        shares: ``(k,)`` share of the whole variance that each explains.
    """

    mean: Floats
    modes: Floats
    deviations: Floats
    shares: Floats

    def shape(self, mode: int, amount: float) -> Floats:
        """``(68, 2)``: the mean, moved along a mode by so many standard deviations."""
        return np.asarray(self.mean + amount * self.deviations[mode] * self.modes[mode], dtype=np.float32)


def align_shapes(keypoints: ArrayLike) -> Floats:
    """Faces turned, scaled and shifted to lie on one another as well as they can.

    Generalised Procrustes analysis: Gower, "Generalized Procrustes analysis" (Psychometrika 1975).

    Args:
        keypoints: ``(n, 68, 2)`` in any pixels; ``n`` at least 1.

    Returns:
        ``(n, 68, 2)`` upright, centres at the origin, in distances of the mean's outer eye corners.

    Raises:
        InputError: not such points, no face, or one whose points all lie in one place.
    """
    points = as_floats(keypoints, (None, POINT_COUNT, 2), "keypoints").astype(np.float64)
    if not len(points):
        raise InputError("a mean shape needs at least one face")
    shapes = _complex(points - points.mean(axis=1, keepdims=True))
    spread = (np.abs(shapes) ** 2).sum(axis=1)
    flat = np.flatnonzero(spread == 0)
    if len(flat):
        raise InputError(f"face {flat[0]} has no shape: its keypoints lie in one place")
    upright = _complex(MEAN_FACE - MEAN_FACE.mean(axis=0))
    mean = upright
    for _ in range(_ROUNDS):
        # The least-squares rotation and scale is one complex number.
        aligned = shapes * ((shapes.conj() @ mean) / spread)[:, None]
        mean = aligned.mean(axis=0)
        mean = mean * (np.vdot(mean, upright) / np.abs(np.vdot(mean, upright)))
        first, second = OUTER_EYE_CORNERS
        mean = mean / np.abs(mean[first] - mean[second])
    aligned = shapes * ((shapes.conj() @ mean) / spread)[:, None]
    return np.stack([aligned.real, aligned.imag], axis=-1).astype(np.float32)


def shape_model(keypoints: ArrayLike, modes: int = 10) -> ShapeModel:
    """The mean shape of faces and the main modes of their variation, by principal component analysis.

    Args:
        keypoints: ``(n, 68, 2)`` in any pixels.
        modes: to keep, at most; there are no more than faces less one.

    Raises:
        InputError: not such points, fewer than two faces, or one whose points all lie in one place.
    """
    aligned = align_shapes(keypoints)
    if len(aligned) < 2:
        raise InputError("modes of variation need at least two faces")
    return _model(aligned, modes)


def shape_distances(keypoints: ArrayLike) -> Floats:
    """How far each face is from the shapes that are usual among them: what a wrong label often is, but a rare
    expression, too.

    The root mean square distance of its points, in distances of the outer eye corners, from the nearest shape of a
    model with 95 % of the variance (of few faces: one mode for ten of them), which the oddest 2 % have no say in.

    Args:
        keypoints: ``(n, 68, 2)`` in any pixels; ``n`` at least 3, and fifty or more for there to be something usual.

    Returns:
        ``(n,)``.

    Raises:
        InputError: as of :func:`shape_model`, or fewer than three faces.
    """
    aligned = align_shapes(keypoints)
    if len(aligned) < 3:
        raise InputError(f"what shapes are usual needs at least three faces; got {len(aligned)}")
    plain = np.linalg.norm(aligned - np.median(aligned, axis=0), axis=(1, 2))
    usual = plain <= np.quantile(plain, 1 - _TRIMMED)
    model = _model(aligned[usual], 2 * POINT_COUNT)
    count = int(np.searchsorted(np.cumsum(model.shares), _USUAL_VARIANCE)) + 1
    count = min(count, len(aligned) // _FACES_A_MODE)
    basis = model.modes[:count].reshape(count, 2 * POINT_COUNT)
    rest = (aligned - model.mean).reshape(len(aligned), -1)
    rest = rest - (rest @ basis.T) @ basis
    return np.asarray(np.sqrt((rest**2).sum(axis=1) / POINT_COUNT), dtype=np.float32)


def _model(aligned: Floats, modes: int) -> ShapeModel:
    mean = aligned.mean(axis=0, dtype=np.float64)
    flat = (aligned - mean).reshape(len(aligned), -1)
    _, values, directions = np.linalg.svd(flat, full_matrices=False)
    count = min(modes, len(aligned) - 1, len(values))
    variances = values**2 / (len(aligned) - 1)
    total = float(variances.sum()) or 1.0
    return ShapeModel(
        mean.astype(np.float32),
        _steady_signs(directions[:count]).reshape(count, POINT_COUNT, 2).astype(np.float32),
        np.sqrt(variances[:count]).astype(np.float32),
        (variances[:count] / total).astype(np.float32),
    )


def _steady_signs(directions: Array) -> Array:
    """Each direction or its opposite, so that its largest number is positive: otherwise that is left to chance."""
    largest = np.abs(directions).argmax(axis=1)
    return np.asarray(directions * np.sign(directions[np.arange(len(directions)), largest])[:, None])


def _complex(points: Array) -> Array:
    return np.asarray(points[..., 0] + 1j * points[..., 1])
