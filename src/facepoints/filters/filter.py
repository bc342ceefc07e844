"""A filter: layers that are drawn on every face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from facepoints.arrays import Image, as_boxes, as_image
from facepoints.errors import InputError
from facepoints.faces import Faces, as_faces
from facepoints.filters.compositing import lay_over
from facepoints.filters.head import Head, heads_in, heads_of
from facepoints.filters.regions import filled, outline_of
from facepoints.filters.window import windows_around

__all__ = ["Filter", "Layer", "stack"]

_SAMPLES = 32
"""Pixels a side of a face that tell how bright it is there."""

_DARKEST, _BRIGHT = 0.45, 205


class Layer(Protocol):
    """Something that is drawn on a face."""

    @property
    def hides_face(self) -> bool:
        """Whether it is there for privacy, so that nothing may uncover what it hides."""
        ...

    def order_on(self, head: Head) -> float:
        """Order of drawing on this head, lowest first."""
        ...

    def draw(self, image: Image, head: Head, light: float) -> None:
        """Draw it on the picture, in place."""
        ...


@dataclass(frozen=True)
class Filter:
    """Something to wear, or a mask, for every face of a picture.

    Attributes:
        name: of the filter.
        description: in a few words.
        layers: what is drawn on each face.
    """

    name: str
    description: str
    layers: tuple[Layer, ...]

    @property
    def hides_faces(self) -> bool:
        """Whether one of its layers is there for privacy."""
        return any(layer.hides_face for layer in self.layers)

    def hide(self, image: Image, boxes: ArrayLike) -> Image:
        """A copy of the picture in which the layers for privacy hide what is in these boxes; others draw nothing.

        For faces of which only the place is known; :meth:`apply` does better where there are keypoints.

        Args:
            image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
            boxes: ``(n, 4)`` x1, y1, x2, y2 in pixels, from chin to forehead; may lie outside the picture.

        Raises:
            InputError: not such an image, or not such boxes.
        """
        result = as_image(image).copy()
        for head in heads_in(as_boxes(boxes)):
            for layer in sorted(self.layers, key=lambda layer: layer.order_on(head)):
                if layer.hides_face:
                    layer.draw(result, head, 1.0)
        return result

    def apply(self, image: Image, faces: Faces) -> Image:
        """A copy of the picture in which every face wears this filter.

        Near faces (the larger ones) are drawn over far ones, and what a far face wears does not cover a near face.
        Layers for privacy come first, on every face.

        Args:
            image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
            faces: may lie partly or wholly outside the picture.

        Raises:
            InputError: not such an image, or no ``Faces``.
        """
        result = as_image(image).copy()
        heads = sorted(heads_of(as_faces(faces)), key=lambda head: head.unit)
        hiding = [layer for layer in self.layers if layer.hides_face]
        worn = [layer for layer in self.layers if not layer.hides_face]
        for head in heads:
            for layer in sorted(hiding, key=lambda layer: layer.order_on(head)):
                layer.draw(result, head, 1.0)
        if not worn:
            return result
        before = result.copy() if len(heads) > 1 else result
        for number, head in enumerate(heads):
            light = _light(image, head)
            for layer in sorted(worn, key=lambda layer: layer.order_on(head)):
                layer.draw(result, head, light)
            for nearer in heads[number + 1 :]:
                _uncover(result, before, nearer, head)
        return result


def stack(filters: Sequence[Filter]) -> Filter:
    """One filter that does what all of these do, each layer in its order.

    Raises:
        InputError: there is none.
    """
    if not filters:
        raise InputError("a stack needs at least one filter")
    if len(filters) == 1:
        return filters[0]
    return Filter(
        "+".join(one.name for one in filters),
        ", ".join(one.description for one in filters),
        tuple(layer for one in filters for layer in one.layers),
    )


def _light(image: Image, head: Head) -> float:
    """How bright the scene is around a face, 0 to 1: 1 where its bright parts are as bright as in a good photo."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (float(value) for value in head.box)
    left, right = (int(np.clip(x, 0, width)) for x in (x1 - (x2 - x1) / 4, x2 + (x2 - x1) / 4))
    top, bottom = (int(np.clip(y, 0, height)) for y in (y1 - (y2 - y1) / 4, y2))
    part = image[
        top : max(bottom, top) : max(1, (bottom - top) // _SAMPLES),
        left : max(right, left) : max(1, (right - left) // _SAMPLES),
    ]
    if not part.size:
        return 1.0
    bright = float(np.percentile(part.max(axis=2), 92))
    return float(np.clip(_DARKEST + (1 - _DARKEST) * bright / _BRIGHT, _DARKEST, 1.0))


def _uncover(image: Image, before: Image, nearer: Head, farther: Head) -> None:
    """Bring back the face of ``nearer`` where ``farther`` may have covered it."""
    reach = 3 * farther.unit
    outline = outline_of(nearer)
    low, high = outline.min(axis=0), outline.max(axis=0)
    place = farther.keypoints.mean(axis=0)
    if (place < low - reach).any() or (place > high + reach).any():
        return
    for window in windows_around(outline, (image.shape[1], image.shape[0])):
        mask = filled(outline, window)
        lay_over(image[window.rows, window.columns], before[window.rows, window.columns], mask)
