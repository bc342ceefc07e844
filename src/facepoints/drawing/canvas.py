"""A transparent layer over a part of the picture, finer than its pixels where the face is small."""

from __future__ import annotations

import math

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.drawing.style import Colour

__all__ = ["Canvas"]

_FINE_ENOUGH = 400  # pixels of the region's longer side from which OpenCV's whole-pixel line widths do not show
_FINEST = 8
_SUBPIXEL_BITS = 4

# OpenCV draws with 32-bit integers; points further out than this are far outside of any picture.
_FARTHEST = 1_000_000


class Canvas:
    """Takes drawings in coordinates and lengths of the picture; :meth:`finish` lays them over it.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; drawn on.
        area: ``(4,)`` x1, y1, x2, y2 of what will be drawn; what lies outside it or the picture may be cut off.
        opacity: of the drawing as a whole, 0 to 1.
    """

    def __init__(self, image: Image, area: Array, opacity: float = 1.0) -> None:
        size = np.array([image.shape[1], image.shape[0]])
        self._low = np.clip(np.floor(area[:2]), 0, size).astype(int)
        high = np.clip(np.ceil(area[2:]) + 1, self._low, size).astype(int)
        self._part = image[self._low[1] : high[1], self._low[0] : high[0]]
        self._opacity = opacity
        longer = max(1, *self._part.shape[:2])
        self._scale = min(_FINEST, math.ceil(_FINE_ENOUGH / longer))
        self._layer = self._new_layer()

    def _new_layer(self) -> Image:
        """RGB multiplied by alpha, and alpha, all finer than the picture; for large faces a part of the picture."""
        height, width = self._part.shape[:2]
        if self._scale > 1:
            return np.zeros((height * self._scale, width * self._scale, 4), dtype=np.uint8)
        return self._part.copy() if self._opacity < 1 else self._part

    def lines(self, points: Array, colour: Colour, width: float, *, closed: bool) -> None:
        """A chain of lines through ``points (n, 2)``."""
        if self._layer.size:
            chain = [self._fixed_point(points)]
            thickness = max(1, round(width * self._scale))
            cv2.polylines(self._layer, chain, closed, (*colour, 255), thickness, cv2.LINE_AA, _SUBPIXEL_BITS)

    def box(self, box: Array, colour: Colour, width: float) -> None:
        """The outline of a box ``(4,)`` x1, y1, x2, y2."""
        x1, y1, x2, y2 = box
        self.lines(np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]]), colour, width, closed=True)

    def discs(self, centres: Array, colour: Colour, radius: float) -> None:
        """Filled circles around ``centres (n, 2)``."""
        if self._layer.size:
            units = round(radius * self._scale * (1 << _SUBPIXEL_BITS))
            for x, y in self._fixed_point(centres).tolist():
                cv2.circle(self._layer, (x, y), units, (*colour, 255), cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)

    def rectangle(self, box: Array, colour: Colour) -> None:
        """A filled rectangle."""
        if self._layer.size:
            (x1, y1), (x2, y2) = self._fixed_point(np.reshape(box, (2, 2))) >> _SUBPIXEL_BITS
            cv2.rectangle(self._layer, (int(x1), int(y1)), (int(x2), int(y2)), (*colour, 255), cv2.FILLED)

    def text(self, words: str, lower_left: Array, colour: Colour, height: float) -> None:
        """Words whose digits have this height, on a line that begins at ``lower_left``."""
        if self._layer.size:
            x, y = (int(value) for value in self._fixed_point(lower_left) >> _SUBPIXEL_BITS)
            font_scale, thickness = _font(height * self._scale)
            cv2.putText(self._layer, words, (x, y), _FONT, font_scale, (*colour, 255), thickness, cv2.LINE_AA)

    def text_width(self, words: str, height: float) -> float:
        """Width of these words."""
        (width, _), _ = cv2.getTextSize(words, _FONT, *_font(height * self._scale))
        return float(width / self._scale)

    def finish(self) -> None:
        """Lay the drawing over the picture."""
        part, layer = self._part, self._layer
        if not part.size or layer is part:
            return
        if self._scale == 1:
            part[...] = cv2.addWeighted(layer, self._opacity, part, 1 - self._opacity, 0.0)
            return
        layer = np.asarray(cv2.resize(layer, part.shape[1::-1], interpolation=cv2.INTER_AREA), dtype=np.uint8)
        layer = np.asarray(cv2.convertScaleAbs(layer, alpha=self._opacity), dtype=np.uint8)
        shine = cv2.cvtColor(255 - layer[..., 3], cv2.COLOR_GRAY2RGB)
        part[...] = cv2.add(cv2.multiply(part, shine, scale=1 / 255), layer[..., :3])

    def _fixed_point(self, points: Array) -> np.ndarray:
        """Coordinates of the layer as whole numbers of 1/16 of its pixels, as OpenCV wants them."""
        placed = (np.asarray(points, dtype=np.float64) - self._low + 0.5) * self._scale - 0.5
        units = np.clip(placed, -_FARTHEST, _FARTHEST) * (1 << _SUBPIXEL_BITS)
        return np.asarray(np.round(units), dtype=np.int32)


_FONT = cv2.FONT_HERSHEY_SIMPLEX
_DIGIT_HEIGHT = 22  # pixels at font scale 1


def _font(height: float) -> tuple[float, int]:
    """OpenCV's font scale and line thickness for digits of this height."""
    scale = height / _DIGIT_HEIGHT
    return scale, max(1, round(2 * scale))
