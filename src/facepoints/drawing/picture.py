"""A picture with its faces drawn in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from facepoints.arrays import Array, Image, as_boxes, as_image
from facepoints.drawing.boxes import draw_box, draw_score
from facepoints.drawing.canvas import Canvas
from facepoints.drawing.points import draw_edges, draw_points
from facepoints.drawing.style import OUTLINE_COLOUR, Colour, Style
from facepoints.faces import Face, Faces, as_faces

__all__ = ["draw", "draw_boxes"]

_EDGE_OPACITY = 0.7
"""The points matter more than the lines between them."""


def draw(
    image: Image, faces: Faces, *, boxes: bool = True, keypoints: bool = True, edges: bool = True, scores: bool = False
) -> Image:
    """A copy of the picture with the faces drawn in; line width and point size follow the size of each face.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
        faces: may lie partly or wholly outside the picture.
        boxes: draw the box of each face.
        keypoints: draw the 68 points, each group of the scheme in its colour of ``PALETTE``.
        edges: draw the lines between neighbouring points.
        scores: write the score of each face at its box.

    Raises:
        InputError: not such an image, or no ``Faces``.
    """
    drawn = as_image(image).copy()
    size = (drawn.shape[1], drawn.shape[0])
    # The highest score comes last, so that it lies on top.
    for face in reversed(list(as_faces(faces))):
        style = Style.for_face(face)
        area = _area(face, style)
        if edges:
            canvas = Canvas(drawn, area, _EDGE_OPACITY)
            draw_edges(canvas, face, style)
            canvas.finish()
        canvas = Canvas(drawn, area)
        if boxes:
            draw_box(canvas, face, style)
        if keypoints:
            draw_points(canvas, face, style)
        if scores:
            draw_score(canvas, face, style, size)
        canvas.finish()
    return drawn


def draw_boxes(image: Image, boxes: ArrayLike, colour: Colour) -> Image:
    """A copy of the picture with boxes drawn in, such as those of eyes and smiles.

    Args:
        image: RGB ``uint8``, ``(H, W, 3)``; stays as it is.
        boxes: ``(n, 4)`` x1, y1, x2, y2; may lie partly or wholly outside the picture.
        colour: RGB.

    Raises:
        InputError: not such an image, or not such boxes.
    """
    drawn = as_image(image).copy()
    for box in as_boxes(boxes):
        width = max(0.75, 0.015 * float((box[2:] - box[:2]).max()))
        margin = np.array([-1, -1, 1, 1]) * (2 * width + 1)
        canvas = Canvas(drawn, box + margin)
        canvas.box(box, OUTLINE_COLOUR, 1.8 * width)
        canvas.box(box, colour, width)
        canvas.finish()
    return drawn


def _area(face: Face, style: Style) -> Array:
    """The part of the picture that a drawing of this face may touch, its label included."""
    low = np.minimum(face.box[:2], face.keypoints.min(axis=0))
    high = np.maximum(face.box[2:], face.keypoints.max(axis=0))
    margin = 3 * style.text_height + 2 * style.point_radius
    return np.concatenate([low - margin, high + margin])
