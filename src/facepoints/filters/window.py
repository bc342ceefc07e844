"""Rectangles of a picture that a layer is worked out on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Array, Floats

__all__ = ["Window", "windows_around"]

_MARGIN = 2
_TILE = 4096
"""Pixels: OpenCV's warps take no more than 32,766, and a large face needs less memory in parts."""


@dataclass(frozen=True)
class Window:
    """A rectangle of the picture, and a coarse grid of its pixels.

    Attributes:
        left: first column.
        top: first row.
        width: in pixels.
        height: in pixels.
        step: pixels from one place of the grid to the next.
    """

    left: int
    top: int
    width: int
    height: int
    step: int

    @property
    def rows(self) -> slice:
        """Its rows of the picture."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Its columns of the picture."""
        return slice(self.left, self.left + self.width)

    def grid(self) -> tuple[Floats, Floats]:
        """Columns ``(1, m)`` and rows ``(n, 1)`` of the grid, whose cells cover the window from its first pixel on."""
        half = (self.step - 1) / 2
        columns = self.left + half + self.step * np.arange(-(-self.width // self.step), dtype=np.float32)
        rows = self.top + half + self.step * np.arange(-(-self.height // self.step), dtype=np.float32)
        return columns[None, :], rows[:, None]

    def full(self, coarse: Array) -> Array:
        """Values of the grid, for every pixel of the window."""
        if self.step == 1:
            return coarse
        size = (coarse.shape[1] * self.step, coarse.shape[0] * self.step)
        return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR))[: self.height, : self.width]


def windows_around(points: Array, size: tuple[int, int]) -> Iterator[Window]:
    """Windows that together cover what a picture of ``size`` (width, height) has of the box around these points."""
    low = np.clip(np.floor(points.min(axis=0)) - _MARGIN, 0, size).astype(int)
    high = np.clip(np.ceil(points.max(axis=0)) + _MARGIN + 1, 0, size).astype(int)
    width, height = (high - low).tolist()
    if width <= 0 or height <= 0:
        return
    step = min(8, max(1, math.isqrt(width * height) // 24))
    for top in range(int(low[1]), int(high[1]), _TILE):
        for left in range(int(low[0]), int(high[0]), _TILE):
            yield Window(left, top, min(_TILE, int(high[0]) - left), min(_TILE, int(high[1]) - top), step)
