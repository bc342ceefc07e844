"""The detector's boxes, carried along with the faces until it looks again."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.geometry import oval_reach

__all__ = ["placed_boxes", "relative_boxes"]

_OVAL = np.array([[0.8, 1.0]])
"""Half axes of a face, up to scale: how the sides of a box change when it rolls."""


def relative_boxes(boxes: Array, frames: Array) -> Array:
    """Boxes relative to the faces that they belong to, so that they can go with these.

    Args:
        boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels.
        frames: ``(n, 4)`` of the faces, see :attr:`SmootherState.frames`.

    Returns:
        ``(n, 4)``: x and y of the box's centre in the face's upright frame, and half its width and height if the face
        were upright; in units of the face's scale.
    """
    scales, turns = np.exp(frames[:, 2:3]), np.exp(-1j * frames[:, 3])
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2 - frames[:, :2]
    upright = (middle[:, 0] + 1j * middle[:, 1]) * turns
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 / _growth(frames[:, 3])
    return np.concatenate([np.stack([upright.real, upright.imag], axis=1), half], axis=1) / scales


def placed_boxes(relative: Array, frames: Array) -> Floats:
    """The opposite of :func:`relative_boxes`: where the boxes are when the faces are there."""
    scales, turns = np.exp(frames[:, 2:3]), np.exp(1j * frames[:, 3])
    turned = (relative[:, 0] + 1j * relative[:, 1]) * turns
    middle = frames[:, :2] + scales * np.stack([turned.real, turned.imag], axis=1)
    half = scales * relative[:, 2:] * _growth(frames[:, 3])
    return np.concatenate([middle - half, middle + half], axis=1).astype(np.float32)


def _growth(rolls: Array) -> Array:
    """``(n, 2)`` of the width and height of the boxes of faces that roll, against upright ones."""
    return np.asarray(oval_reach(_OVAL, rolls) / _OVAL)
