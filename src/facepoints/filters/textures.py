"""Pictures with transparency, ready to be drawn at any size."""

from __future__ import annotations

import math

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image

__all__ = ["Texture"]

_STEPS = 2
"""Sizes that are kept from one halving to the next."""

_PLACES = 24
"""Rows and columns of places that tell how dense a picture is seen."""


class Texture:
    """A picture whose colours are multiplied by its alpha, in smaller and smaller sizes.

    Width and height shrink each on their own (a *ripmap*), so that a surface seen at a flat angle is averaged in one
    direction and stays sharp in the other. Smaller sizes are made when they are first needed, and kept.

    Args:
        pixels: RGBA ``uint8``, ``(H, W, 4)``, colours not multiplied by alpha.
    """

    def __init__(self, pixels: Image) -> None:
        alpha = cv2.merge([pixels[..., 3]] * 3 + [np.full(pixels.shape[:2], 255, dtype=np.uint8)])
        self._sizes = {(0, 0): np.asarray(cv2.multiply(pixels, alpha, scale=1 / 255), dtype=np.uint8)}
        self.height, self.width = pixels.shape[:2]

    def sample(self, u: Floats, v: Floats, density: tuple[float, float]) -> Image:
        """The colours at places on the picture.

        Args:
            u: ``(h, w)``, 0 to 1 from left to right; transparent outside.
            v: the same from top to bottom.
            density: how much of the picture's width and height one pixel spans, about.

        Returns:
            RGBA ``uint8``, ``(h, w, 4)``, colours multiplied by alpha.
        """
        small = self._size(_level(density[0] * self.width), _level(density[1] * self.height))
        height, width = small.shape[:2]
        columns, rows = u * np.float32(width) - np.float32(0.5), v * np.float32(height) - np.float32(0.5)
        found = cv2.remap(small, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return np.asarray(found, dtype=np.uint8)

    def _size(self, across: int, down: int) -> Image:
        width = max(1, round(self.width * 2 ** (-across / _STEPS)))
        height = max(1, round(self.height * 2 ** (-down / _STEPS)))
        if (across, down) not in self._sizes:
            small = cv2.resize(self._sizes[0, 0], (width, height), interpolation=cv2.INTER_AREA)
            self._sizes[across, down] = np.asarray(small, dtype=np.uint8)
        return self._sizes[across, down]


def _level(shrink: float) -> int:
    return max(0, math.floor(_STEPS * math.log2(max(shrink, 1.0)) + 0.25))


def density_of(values: Array, step: int, inside: Array) -> float:
    """Change of ``values`` from pixel to pixel, on a grid of this step: the median over the places ``inside``."""
    some = slice(None, None, max(1, min(values.shape) // _PLACES))
    here = values[:-1, :-1][some, some]
    right, down = values[:-1, 1:][some, some] - here, values[1:, :-1][some, some] - here
    changes = np.hypot(right, down)[inside[:-1, :-1][some, some]]
    if not changes.size:
        return 1.0
    middle = changes.size // 2
    return float(np.partition(changes, middle)[middle]) / step
