"""A layer that draws the regions of the face as coloured curves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from facepoints.arrays import Array, Image
from facepoints.filters.compositing import blend, scaled
from facepoints.filters.head import Head
from facepoints.filters.window import Window, windows_around
from facepoints.scheme import CLOSED_GROUPS, GROUPS

__all__ = ["LineLayer"]

Colour = tuple[int, int, int]

_FINE_ENOUGH, _FINEST = 3.5, 6
"""Line width in pixels from which OpenCV's whole-pixel widths do not show, and the most that thinner ones are enlarged.
"""

_STEPS = 6
"""Straight pieces of a curve from one point to the next."""

_BITS = 4


@dataclass(frozen=True)
class LineLayer:
    """Curves through the points of each group of the scheme.

    Attributes:
        order: of drawing, lowest first.
        colours: RGB of each group that is drawn.
        width: of the curves in units of the head frame.
        opacity: of the curves, 0 to 1.
        fill: opacity inside closed curves, 0 to 1.
        glow: strength of the light around the curves, 0 to 1.
    """

    order: float
    colours: Mapping[str, Colour]
    width: float
    opacity: float = 1.0
    fill: float = 0.0
    glow: float = 0.0

    hides_face = False

    def order_on(self, head: Head) -> float:
        """Order of drawing on any head."""
        return self.order

    def draw(self, image: Image, head: Head, light: float) -> None:
        """Draw it on the picture, in place."""
        curves = {name: _curve(head.keypoints[list(GROUPS[name])], name in CLOSED_GROUPS) for name in self.colours}
        if not curves:
            return
        width = self.width * head.unit
        reach = 2 * width + 8 * width * (self.glow > 0)
        places = np.concatenate(list(curves.values()))
        bounds = np.stack([places.min(axis=0) - reach, places.max(axis=0) + reach])
        for window in windows_around(bounds, (image.shape[1], image.shape[0])):
            part = image[window.rows, window.columns]
            if self.fill:
                blend(part, scaled(self._layer(curves, window, None), self.fill), "normal")
            lines = self._layer(curves, window, width)
            if self.glow:
                blend(part, scaled(_blurred(lines, 3 * width), self.glow), "screen")
            blend(part, scaled(lines, self.opacity), "normal")

    def _layer(self, curves: Mapping[str, Array], window: Window, width: float | None) -> Image:
        """The curves of this width, or what closed ones surround, RGBA with colours multiplied by alpha."""
        scale = 1 if width is None else min(_FINEST, math.ceil(_FINE_ENOUGH / max(width, 1e-3)))
        layer = np.zeros((window.height * scale, window.width * scale, 4), dtype=np.uint8)
        corner = np.array([window.left, window.top])
        for name, curve in curves.items():
            places = ((curve - corner + 0.5) * scale - 0.5) * (1 << _BITS)
            chain = np.round(np.clip(places, -1e8, 1e8)).astype(np.int32)
            colour = (*self.colours[name], 255)
            if width is not None:
                thickness = max(1, round(width * scale))
                cv2.polylines(layer, [chain], name in CLOSED_GROUPS, colour, thickness, cv2.LINE_AA, _BITS)
            elif name in CLOSED_GROUPS:
                cv2.fillPoly(layer, [chain], colour, cv2.LINE_AA, _BITS)
        if scale > 1:
            smaller = cv2.resize(layer, (window.width, window.height), interpolation=cv2.INTER_AREA)
            return np.asarray(smaller, dtype=np.uint8)
        return layer


def _curve(points: Array, closed: bool) -> Array:
    """A Catmull-Rom spline through the points."""
    ends = (points[-1:], points[:2]) if closed else (2 * points[:1] - points[1:2], 2 * points[-1:] - points[-2:-1])
    p = np.concatenate([ends[0], points, ends[1]])
    t = (np.arange(_STEPS) / _STEPS)[:, None]
    before, first, second, after = (p[start : len(p) - 3 + start, None] for start in range(4))
    pieces = 0.5 * (
        2 * first
        + (second - before) * t
        + (2 * before - 5 * first + 4 * second - after) * t**2
        + (3 * first - before - 3 * second + after) * t**3
    )
    curve = pieces.reshape(-1, 2)
    return curve if closed else np.concatenate([curve, points[-1:]])


def _blurred(layer: Image, radius: float) -> Image:
    """The layer, blurred; worked out on a smaller one."""
    factor = max(1, int(radius / 2))
    height, width = layer.shape[:2]
    small = cv2.resize(layer, (-(-width // factor), -(-height // factor)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.3, radius / factor / 2), borderType=cv2.BORDER_CONSTANT)
    small = cv2.convertScaleAbs(small, alpha=3)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
