"""A layer that is a picture on a surface in front of the face, such as the lenses of glasses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from facepoints.arrays import Array, Floats, Image
from facepoints.filters.compositing import blend, darkened, scaled
from facepoints.filters.head import MODEL, Camera, Head, Rays
from facepoints.filters.surfaces import Sight, Surface, edge_distance
from facepoints.filters.textures import Texture, density_of
from facepoints.filters.window import Window, windows_around

__all__ = ["PictureLayer"]

_SKULL_CENTRE, _SKULL_RADII = np.array([0.0, -0.05, 0.95]), np.array([0.84, 1.3, 1.0])
"""An ellipsoid for the head behind the face, hair included, in the head frame."""

_NOSE = (28, 29, 30, 33)
"""Between these points lies what the nose hides of things behind it; nothing while it points at the camera."""

_EDGE_ON = 0.12
"""Cosine up to which a flat layer fades in as it turns to the camera: no hard line appears all at once."""


@dataclass(frozen=True)
class PictureLayer:
    """A picture on a surface that moves with the head.

    Attributes:
        order: of drawing, lowest first.
        front: what is seen from the front.
        surface: that carries it.
        anchor: points of the face that it stays with.
        offset: ``(3,)`` from the middle of these points to the surface's origin, in the head frame.
        axes: ``(3, 3)``, the axes of the surface as columns, in the head frame.
        back: what is seen from behind; nothing if None.
        back_order: order of drawing when seen from behind.
        mode: of blending.
        opacity: 0 to 1.
        behind_head: what the head hides is not drawn.
        behind_nose: what the nose hides is not drawn.
        lit: darker in dark pictures.
    """

    order: float
    front: Texture
    surface: Surface
    anchor: tuple[int, ...]
    offset: Array
    axes: Array
    back: Texture | None = None
    back_order: float = 0.0
    mode: str = "normal"
    opacity: float = 1.0
    behind_head: bool = False
    behind_nose: bool = False
    lit: bool = True

    hides_face = False

    def order_on(self, head: Head) -> float:
        """Order of drawing on this head."""
        return self.order if self._facing(head) >= 0 else self.back_order

    def draw(self, image: Image, head: Head, light: float) -> None:
        """Draw it on the picture, in place.

        Args:
            image: RGB ``uint8``, ``(H, W, 3)``.
            head: that wears it.
            light: brightness of the scene, 0 to 1.
        """
        facing = self._facing(head)
        texture = self.front if facing >= 0 else self.back
        if texture is None:
            return
        # What is seen from both sides turns through its edge; other things would appear all at once.
        opacity = self.opacity * (1.0 if self.back is not None else min(1.0, facing / _EDGE_ON))
        camera = head.camera(self.anchor)
        outline = camera.project(self._position + self.surface.outline() @ self.axes.T)
        for coarse in windows_around(outline, (image.shape[1], image.shape[0])):
            rays = camera.rays.seen_from(self._position, self.axes)
            window = self.surface.fitted(rays, coarse)
            sight = self.surface.see(rays, window)
            layer = _sampled(texture, sight, window)
            cover = self._cover(sight, window, head, camera, coarse)
            if cover is not None:
                layer = scaled(layer, cover)
            if opacity < 1:
                layer = scaled(layer, opacity)
            if self.lit and light < 1:
                layer = darkened(layer, light)
            blend(image[window.rows, window.columns], layer, self.mode)

    @cached_property
    def _position(self) -> Array:
        return np.asarray(MODEL[list(self.anchor)].mean(axis=0) + self.offset)

    def _facing(self, head: Head) -> float:
        return self.surface.facing(head.camera(self.anchor).rays.seen_from(self._position, self.axes))

    def _cover(self, sight: Sight, window: Window, head: Head, camera: Camera, coarse: Window) -> Floats | None:
        """How much of each pixel is covered, 0 to 1, where it is not all."""
        factors = []
        if sight.edge is not None:
            factors.append(window.full(sight.edge) + np.float32(0.5))
        if self.behind_head:
            edge, distance = (coarse.full(values) for values in _skull(camera.rays, coarse))
            behind = window.full(sight.distance) > distance
            factors.append(np.float32(0.5) - np.where(behind, edge, np.float32(-1)))
        if self.behind_nose:
            factors.append(_not_hidden_by_nose(head.keypoints, window))
        if not factors:
            return None
        return np.asarray(np.clip(np.minimum.reduce(factors), 0, 1), dtype=np.float32)


def _sampled(texture: Texture, sight: Sight, window: Window) -> Image:
    inside = (sight.u > 0) & (sight.u < 1) & (sight.v > 0) & (sight.v < 1)
    if sight.edge is not None:
        inside &= sight.edge > 0
    density = density_of(sight.u, window.step, inside), density_of(sight.v, window.step, inside)
    return texture.sample(window.full(sight.u), window.full(sight.v), density)


def _skull(rays: Rays, window: Window) -> tuple[Floats, Floats]:
    """Pixels into the silhouette of the head, and the distance of its middle along each ray, on the window's grid."""
    columns, rows = window.grid()
    matrix = (rays.matrix / _SKULL_RADII[:, None]).astype(np.float32)
    x, y, z = (row[0] * columns + row[1] * rows + row[2] for row in matrix)
    ox, oy, oz = (float(value) for value in (rays.origin - _SKULL_CENTRE) / _SKULL_RADII)
    square = x * x + y * y + z * z
    half = ox * x + oy * y + oz * z
    inside = half * half - square * np.float32(ox * ox + oy * oy + oz * oz - 1)
    return edge_distance(np.asarray(inside, dtype=np.float32), window.step), np.asarray(-half / square)


def _not_hidden_by_nose(keypoints: Array, window: Window) -> Floats:
    corner = np.array([window.left, window.top])
    mask = np.full((window.height, window.width), 255, dtype=np.uint8)
    polygon = np.round(np.clip(keypoints[list(_NOSE)] - corner, -1e5, 1e5) * 16).astype(np.int32)
    cv2.fillPoly(mask, [polygon], 0, cv2.LINE_AA, 4)
    return np.asarray(mask, dtype=np.float32) / np.float32(255)
