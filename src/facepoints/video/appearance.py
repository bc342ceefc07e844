"""What faces and scenes look like, as far as it helps to tell whether they are still the same.

This is no face recognition: a face is compared with what it looked like a moment ago, in the same light and from about
the same side.
"""

from __future__ import annotations

import math

import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.geometry import crop_transform, warp

__all__ = ["LOOK_LENGTH", "face_looks", "normalised", "scene_sample", "similarities"]

_SIZE = 12
"""Pixels of the side of the crop."""

LOOK_LENGTH = 3 * _SIZE**2
"""Numbers that describe what a face looks like."""

_SAMPLES = 24


def face_looks(image: Image, squares: Array) -> Floats:
    """What faces look like: a tiny upright crop of each, freed of brightness and contrast.

    Args:
        image: RGB uint8 ``(H, W, 3)``.
        squares: ``(n, 4)`` x and y of the centre, logarithm of the side, and roll of the square around each face.

    Returns:
        ``(n, LOOK_LENGTH)`` float32 of mean 0 and length 1 (length 0 for a face without any contrast).
    """
    looks = np.empty((len(squares), LOOK_LENGTH), dtype=np.float32)
    for row, (x, y, log_side, roll) in enumerate(squares.tolist()):
        transform = crop_transform(np.array([x, y]), math.exp(log_side), roll, _SIZE)
        looks[row] = warp(image, transform, _SIZE).ravel()
    looks -= looks.mean(axis=1, keepdims=True)
    return normalised(looks)


def normalised(looks: Floats) -> Floats:
    """The same ``(n, d)`` with length 1."""
    return looks / np.maximum(np.linalg.norm(looks, axis=1, keepdims=True), 1e-6)


def similarities(first: Floats, second: Floats) -> Floats:
    """Normalised cross-correlation, -1 to 1, of ``(n, d)`` with ``(m, d)`` looks: ``(n, m)``."""
    return first @ second.T


def scene_sample(image: Image) -> Floats:
    """A few pixels spread over the picture, by whose difference a cut to another scene shows."""
    height, width = image.shape[:2]
    rows = np.linspace(0, height - 1, _SAMPLES).astype(np.intp)
    columns = np.linspace(0, width - 1, _SAMPLES).astype(np.intp)
    return image[rows[:, None], columns].astype(np.float32)
