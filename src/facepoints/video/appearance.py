"""What faces and scenes look like, as far as it helps to tell whether they are still the same.

This is no face recognition: a face is compared with what it looked like a moment ago, in the same light and from about
the same side. Of pictures of different people, one pair in ten is more similar than 0.35, and one in a hundred than 0.5
(250 faces of the YouTube Faces set); nine in ten of the same people up to two seconds later than 0.45.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import apply_transform, crop_transform, invert_transform, warp

__all__ = ["LOOK_LENGTH", "blended", "face_looks", "scene_difference", "scene_sample", "similarities"]

_SIZE = 16
"""Pixels of the side of the crop."""

_SCALE = 1.9
"""Side of the crop over that of the square around the points: hair and ears tell people apart better than the middle of
the face, which is much the same in all."""

_BLUR = 2.5
"""Pixels of the Gaussian whose difference from the crop is the look: brightness and colour of the light fall out."""

_GRID = np.stack(np.meshgrid(np.arange(_SIZE), np.arange(_SIZE)), axis=2).astype(np.float64)

_LEAST_SHARED = 0.4
"""Share of two looks that must lie in both pictures."""

LOOK_LENGTH = 3 * _SIZE**2
"""Numbers that describe what a face looks like."""

_SAMPLES = 24
"""Rows and columns, at least, of the pixels that stand for a scene, if the picture has so many."""


def face_looks(image: Image, squares: Array) -> Floats:
    """What faces look like: a tiny upright crop of each head, of which only the contrast between near pixels is kept.

    Args:
        image: RGB uint8 ``(H, W, 3)``.
        squares: ``(n, 4)`` x and y of the centre, logarithm of the side, and roll of the square around each face.

    Returns:
        ``(n, LOOK_LENGTH)`` float32 of length 1 (0 for a face without any contrast); 0 where the crop reaches beyond
        the picture.
    """
    looks = np.empty((len(squares), LOOK_LENGTH), dtype=np.float32)
    for row, (x, y, log_side, roll) in enumerate(squares.tolist()):
        transform = crop_transform(np.array([x, y]), _SCALE * math.exp(log_side), roll, _SIZE)
        crop = warp(image, transform, _SIZE).astype(np.float32)
        inside = _inside(transform, image)
        near = (
            cv2.GaussianBlur(crop, (0, 0), _BLUR) / np.maximum(cv2.GaussianBlur(inside, (0, 0), _BLUR), 1e-6)[..., None]
        )
        looks[row] = ((crop - near) * inside[..., None]).ravel()
    return _normalised(looks)


def _inside(transform: Array, image: Image) -> Floats:
    """``(_SIZE, _SIZE)``: 1 where a pixel of the crop lies in the picture, 0 beyond."""
    places = apply_transform(invert_transform(transform), _GRID)
    size = (image.shape[1] - 1, image.shape[0] - 1)
    return np.asarray(((places >= 0) & (places <= size)).all(axis=2), dtype=np.float32)


def blended(looks: Floats, newer: Floats, weight: float) -> Floats:
    """Looks ``(n, d)`` that follow the newer ones, of the same faces, by ``weight``, as far as these are in sight."""
    followed = np.where(looks == 0, newer, looks + np.float32(weight) * (newer - looks))
    return _normalised(np.where(newer == 0, looks, followed))


def _normalised(looks: Floats) -> Floats:
    lengths = np.linalg.norm(looks, axis=1, keepdims=True)
    return np.asarray(looks / np.maximum(lengths, 1e-6), dtype=np.float32)


def similarities(first: Floats, second: Floats) -> Floats:
    """Normalised cross-correlation, -1 to 1, of looks ``(..., d)`` over what of both lies in the picture.

    Where that is little, they count as less similar, since chance has its way with few pixels.
    """
    shared = np.square(first * (second != 0)).sum(axis=-1) * np.square(second * (first != 0)).sum(axis=-1)
    return np.asarray((first * second).sum(axis=-1) / np.maximum(np.sqrt(shared), _LEAST_SHARED))


def scene_sample(image: Image) -> Image:
    """A few pixels spread over the picture: ``(h, w, 3)``."""
    down, across = (max(1, side // _SAMPLES) for side in image.shape[:2])
    return np.ascontiguousarray(image[down // 2 :: down, across // 2 :: across])


def scene_difference(first: Image, second: Image) -> float:
    """Mean absolute difference, 0 to 255, of samples of two pictures of the same size: large after a cut."""
    return float(cv2.norm(first, second, cv2.NORM_L1)) / first.size
