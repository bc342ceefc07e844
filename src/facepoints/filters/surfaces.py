"""Surfaces in space that carry a picture, and what a camera sees of them: ray casting with closed forms.

A surface has a frame of its own: x to the right and y down on the picture, z into it. What it finds for a pixel is the
place on its picture, ``u`` and ``v`` from 0 to 1, right and down. All this is smooth, so it is worked out on a coarse
grid of pixels and interpolated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from facepoints.arrays import Array, Floats
from facepoints.filters.head import Rays
from facepoints.filters.window import Window

__all__ = ["Cone", "Flat", "Sight", "Surface", "edge_distance"]

_FLAT = 1e-9
_FAR = 1e6
_NEAR_HORIZON = 0.4


@dataclass(frozen=True)
class Sight:
    """What is seen of a surface at the places of a grid.

    Attributes:
        u: place on the picture, 0 to 1 from left to right.
        v: the same from top to bottom.
        distance: along the ray, in lengths of its direction.
        edge: pixels to the silhouette, positive inside; None where there is none.
    """

    u: Floats
    v: Floats
    distance: Floats
    edge: Floats | None


class Surface(Protocol):
    """Something that carries a picture."""

    def outline(self) -> Array:
        """Points ``(n, 3)`` around all of it."""
        ...

    def facing(self, rays: Rays) -> float:
        """Cosine of the angle at which it is seen: 1 from the front, 0 from the side, negative from behind."""
        ...

    def fitted(self, rays: Rays, window: Window) -> Window:
        """The window with a grid that is fine enough for what is seen."""
        ...

    def see(self, rays: Rays, window: Window) -> Sight:
        """What the rays, in the frame of this surface, hit."""
        ...


@dataclass(frozen=True)
class Flat:
    """A rectangle.

    Attributes:
        size: width and height.
        pivot: u, v of the frame's origin.
    """

    size: tuple[float, float]
    pivot: tuple[float, float]

    def outline(self) -> Array:
        """Its corners."""
        (width, height), (u, v) = self.size, self.pivot
        x, y = np.array([-u, 1 - u]) * width, np.array([-v, 1 - v]) * height
        return np.array([[x[0], y[0], 0], [x[1], y[0], 0], [x[0], y[1], 0], [x[1], y[1], 0]])

    def facing(self, rays: Rays) -> float:
        """From its middle."""
        (width, height), (u, v) = self.size, self.pivot
        way = rays.origin - np.array([(0.5 - u) * width, (0.5 - v) * height, 0])
        return float(-way[2] / np.linalg.norm(way))

    def fitted(self, rays: Rays, window: Window) -> Window:
        """Every pixel where the plane's horizon is near: there, places on the plane rush past."""
        right, bottom = window.left + window.width, window.top + window.height
        corners = np.array([[x, y, 1] for x in (window.left, right) for y in (window.top, bottom)])
        slopes = corners @ rays.matrix[2]
        near = slopes.min() * slopes.max() <= 0 or np.abs(slopes).min() < _NEAR_HORIZON * np.abs(slopes).max()
        return replace(window, step=1) if near else window

    def see(self, rays: Rays, window: Window) -> Sight:
        """The plane z = 0."""
        x, y, z = _directions(rays, window)
        distance = np.asarray(-rays.origin[2] / np.where(z == 0, _FLAT, z), dtype=np.float32)
        # What is on the other side of the horizon would be behind the camera.
        distance = np.asarray(np.where(distance > 0, distance, np.float32(_FAR)))
        u = (rays.origin[0] + distance * x) / self.size[0] + self.pivot[0]
        v = (rays.origin[1] + distance * y) / self.size[1] + self.pivot[1]
        return Sight(np.asarray(u, dtype=np.float32), np.asarray(v, dtype=np.float32), distance, None)


@dataclass(frozen=True)
class Cone:
    """The outside of an upright, round, nearly cylindrical shell, or a part of it around its front.

    Attributes:
        radii: at the top and at the bottom of the picture.
        height: of the picture.
        angle: in radians, that the picture's width spans.
        pivot: u, v of the frame's origin.
        depth: from front to back over width from side to side.
        centred: the origin lies on the axis; else on the shell.
    """

    radii: tuple[float, float]
    height: float
    angle: float
    pivot: tuple[float, float]
    depth: float = 1.0
    centred: bool = False

    def outline(self) -> Array:
        """Points along its upper and lower edge."""
        angles = (np.linspace(0, 1, 17) - self.pivot[0]) * self.angle
        rings = [
            np.stack(
                [
                    radius * np.sin(angles),
                    np.full(len(angles), (row - self.pivot[1]) * self.height),
                    self._axis() - self.depth * radius * np.cos(angles),
                ],
                axis=1,
            )
            for row, radius in enumerate(self.radii)
        ]
        return np.concatenate(rings)

    def _axis(self) -> float:
        """How far behind the origin the axis is."""
        return 0.0 if self.centred else self.depth * self._radius_at_origin()

    def _radius_at_origin(self) -> float:
        top, bottom = self.radii
        return top + (bottom - top) * self.pivot[1]

    def facing(self, rays: Rays) -> float:
        """That of the middle of its front; all around, some of the outside is seen from everywhere."""
        if self.centred:
            return 1.0
        middle = (0.5 - self.pivot[0]) * self.angle
        radius = self._radius_at_origin()
        normal = np.array([math.sin(middle), 0, -math.cos(middle)])
        place = np.array([radius * math.sin(middle), 0, self._axis() - self.depth * radius * math.cos(middle)])
        way = rays.origin - place
        return float(way @ normal / np.linalg.norm(way))

    def fitted(self, rays: Rays, window: Window) -> Window:
        """As it is."""
        return window

    def see(self, rays: Rays, window: Window) -> Sight:
        """The nearer hit with x^2 + z^2 = (a + b y)^2, z over the depth."""
        x, y, z = _directions(rays, window)
        z = z / np.float32(self.depth)
        ox, oy = float(rays.origin[0]), float(rays.origin[1])
        oz = (float(rays.origin[2]) - self._axis()) / self.depth
        b = (self.radii[1] - self.radii[0]) / self.height
        a = self._radius_at_origin() + b * oy
        square = x * x + z * z - (b * y) ** 2
        half = ox * x + oz * z - (a * b) * y
        rest = ox * ox + oz * oz - a * a
        inside = half * half - square * rest
        root = np.sqrt(np.maximum(inside, 0))
        distance = -(half + root) / np.maximum(square, np.float32(1e-6))
        angles = np.arctan2(ox + distance * x, -(oz + distance * z))
        u = angles / np.float32(self.angle) + np.float32(self.pivot[0])
        v = (oy + distance * y) / np.float32(self.height) + np.float32(self.pivot[1])
        return Sight(u, v, distance, edge_distance(inside, window.step))


def edge_distance(inside: Floats, step: int) -> Floats:
    """Pixels from the zero line of a smooth function on the grid, by its gradient."""
    if min(inside.shape) < 2:
        return np.asarray(np.where(inside > 0, np.float32(1), np.float32(-1)))
    bordered = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    right, down = bordered[1:-1, 2:] - bordered[1:-1, :-2], bordered[2:, 1:-1] - bordered[:-2, 1:-1]
    slope = np.hypot(down, right) / np.float32(2 * step)
    return np.asarray(inside / np.maximum(slope, np.float32(_FLAT)), dtype=np.float32)


def _directions(rays: Rays, window: Window) -> tuple[Floats, Floats, Floats]:
    columns, rows = window.grid()
    matrix = rays.matrix.astype(np.float32)
    x, y, z = (row[0] * columns + row[1] * rows + row[2] for row in matrix)
    return x, y, z
