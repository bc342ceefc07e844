"""Painting on a crop with soft edges, in the frame of the face that it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image

__all__ = ["FaceFrame", "empty_mask", "fill", "paint", "strokes", "superellipse"]

_SHIFT = 4
"""OpenCV draws at whole numbers; these are sixteenths of a pixel."""

_FAR = 1 << 14
"""Pixels; what reaches farther out is cut off, since OpenCV's numbers overflow."""


@dataclass(frozen=True, eq=False)
class FaceFrame:
    """Where a face lies: the coordinates of :data:`facepoints.scheme.MEAN_FACE` in the pixels of a crop.

    Attributes:
        keypoints: ``(68, 2)`` in crop pixels.
        unit: the outer-eye distance in pixels, or what it would be if the face did not look aside.
        origin: ``(2)``, the middle between the outer eye corners.
        axes: ``(2, 2)``, ``unit`` long: to the right along the eyes, and down.
    """

    keypoints: Array
    unit: float
    origin: Array
    axes: Array

    @classmethod
    def of(cls, keypoints: Floats) -> FaceFrame:
        """The frame of a face's points, ``(68, 2)``."""
        points = np.asarray(keypoints, dtype=np.float64)
        eyes = points[45] - points[36]
        width = float(np.hypot(*eyes))
        # A face in profile keeps its height: on the mean face, from nose bridge to chin is 1.34 outer-eye distances.
        unit = max(width, 0.75 * float(np.hypot(*(points[8] - points[27]))), 1.0)
        right = eyes / width if width > 0 else np.array([1.0, 0.0])
        axes = np.stack([right, [-right[1], right[0]]]) * unit
        return cls(points, unit, (points[36] + points[45]) / 2, axes)

    def at(self, places: Array) -> Array:
        """Crop pixels of places in the frame, ``(..., 2)``."""
        return np.asarray(places @ self.axes + self.origin)


def empty_mask(image: Image) -> Image:
    """``(size, size)`` uint8 zeros, to draw shapes in."""
    return np.zeros(image.shape[:2], dtype=np.uint8)


def fill(mask: Image, outline: Array) -> None:
    """Fill a polygon, ``(n, 2)`` in pixels."""
    cv2.fillPoly(mask, [_fixed(outline)], 255, cv2.LINE_AA, _SHIFT)


def strokes(mask: Image, lines: Sequence[Array], width: float) -> None:
    """Draw lines, each ``(n, 2)`` in pixels, with round ends, ``width`` pixels wide."""
    cv2.polylines(mask, [_fixed(line) for line in lines], False, 255, max(1, round(width)), cv2.LINE_AA, _SHIFT)


def superellipse(centre: Array, right: Array, down: Array, power: float, count: int = 24) -> Array:
    """An outline between an ellipse (``power`` 2) and a box (5 and more), ``(count, 2)``.

    Args:
        centre: ``(2)``.
        right: ``(2)``, half of its width.
        down: ``(2)``, half of its height.
        power: of |x| and |y|, whose sum is 1.
        count: of corners.
    """
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return np.asarray(centre + np.sign(circle) * np.abs(circle) ** (2 / power) @ np.stack([right, down]))


def paint(image: Image, mask: Image, colours: Array, opacity: float = 1.0) -> None:
    """Lay colours over an image, in place, where the mask is; the edges are as soft as a photo's.

    Args:
        image: ``(size, size, 3)`` uint8.
        mask: ``(size, size)`` uint8.
        colours: one, ``(3)``, or a few that are spread over the box of the mask, ``(rows, columns, 3)``.
        opacity: 0 to 1.
    """
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return
    # One pixel more on each side, for the soft edge.
    part = (slice(max(y - 1, 0), y + height + 1), slice(max(x - 1, 0), x + width + 1))
    under = image[part]
    swatch = np.clip(colours, 0, 255).astype(np.uint8).reshape(-1, 1 if colours.ndim == 1 else colours.shape[1], 3)
    over = cv2.resize(swatch, under.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    weight = cv2.blur(mask[part], (3, 3)).astype(np.float32) * np.float32(opacity / 255)
    image[part] = cv2.blendLinear(over, under, weight, 1 - weight)


def _fixed(points: Array) -> Array:
    return np.round(np.clip(points, -_FAR, _FAR) * (1 << _SHIFT)).astype(np.int32)
