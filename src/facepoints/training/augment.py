"""From a face crop with margin to a varied training crop: where it is cut, and how it looks.

Positions vary in two ways, because the estimator sees two kinds of crop: around a detector's box (far off, not turned)
and around its own first points (near, upright).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import CROP_SCALE, apply_transform, crop_transform, upright_square, warp
from facepoints.scheme import mirrored
from facepoints.training.appearance import AppearanceConfig, vary_appearance
from facepoints.training.occluders import add_occluder

__all__ = ["AugmentConfig", "DrawCrop", "Jitter", "TrainingCrop", "augment"]


@dataclass(frozen=True)
class Jitter:
    """Standard deviations of the normal distributions that a crop's position is drawn from.

    Attributes:
        roll: in degrees.
        scale: of the natural logarithm of the side.
        shift: of the centre, over the side of the face's box, along each axis.
    """

    roll: float
    scale: float
    shift: float


@dataclass(frozen=True)
class AugmentConfig:
    """How much training crops vary.

    Attributes:
        fine: position around the estimator's own first points; the face is upright but for this roll.
        coarse: position around a detector's box; the face keeps the roll that it has in the picture.
        coarse_share: probability of ``coarse``.
        flip: probability of mirroring.
        occluders: probability of glasses, a hand and the like, see :mod:`facepoints.training.occluders`.
        appearance: colour, blur, occlusion and so on.
    """

    fine: Jitter = Jitter(roll=7.0, scale=0.05, shift=0.02)
    coarse: Jitter = Jitter(roll=20.0, scale=0.15, shift=0.07)
    coarse_share: float = 0.5
    flip: float = 0.5
    occluders: float = 0.0
    appearance: AppearanceConfig = field(default_factory=AppearanceConfig)


@dataclass(frozen=True, eq=False)
class TrainingCrop:
    """One training crop.

    Attributes:
        image: ``(size, size, 3)`` RGB uint8.
        keypoints: ``(68, 2)`` float32 in crop pixels; NaN for background.
        mirrored: whether it shows the face mirrored.
    """

    image: Image
    keypoints: Floats
    mirrored: bool = False


DrawCrop = Callable[[Image, Floats, Floats, int, np.random.Generator], TrainingCrop]
"""Draws a training crop of (image, keypoints, box, size, random), which are those of :func:`augment`."""


def augment(
    image: Image, keypoints: Floats, box: Floats, size: int, config: AugmentConfig, random: np.random.Generator
) -> TrainingCrop:
    """Draw one training crop.

    Args:
        image: a crop with margin, RGB uint8.
        keypoints: ``(68, 2)`` in its pixels, or NaN for background.
        box: ``(4)`` the tight box of the points, or a box without a face.
        size: of the training crop in pixels.
        config: how much it varies.
        random: where all chance comes from.
    """
    is_face = bool(np.isfinite(keypoints).all())
    transform = _draw_transform(keypoints if is_face else None, box, size, config, random)
    crop = warp(image, transform, size)
    points = apply_transform(transform, keypoints)
    flip = random.random() < config.flip
    if flip:
        crop, points = np.ascontiguousarray(crop[:, ::-1]), mirrored(points, size)
    # Without occluders no number is drawn for them: the crops of a seed stay those of earlier runs.
    if config.occluders > 0 and random.random() < config.occluders:
        crop = add_occluder(crop, points, random)
    return TrainingCrop(vary_appearance(crop, config.appearance, random), points, flip)


def _draw_transform(
    keypoints: Floats | None, box: Floats, size: int, config: AugmentConfig, random: np.random.Generator
) -> Array:
    coarse = keypoints is None or random.random() < config.coarse_share
    jitter = config.coarse if coarse else config.fine
    x1, y1, x2, y2 = (float(value) for value in box)
    centre, side = np.array([(x1 + x2) / 2, (y1 + y2) / 2]), max(x2 - x1, y2 - y1, 1.0)
    roll = 0.0
    if keypoints is not None and not coarse:
        centre, side, roll = upright_square(keypoints)
    centre = centre + random.normal(0, jitter.shift, 2) * side
    side *= CROP_SCALE * float(np.exp(random.normal(0, jitter.scale)))
    return crop_transform(centre, side, roll + float(np.radians(random.normal(0, jitter.roll))), size)
