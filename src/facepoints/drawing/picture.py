"""A picture with its faces drawn in."""

from __future__ import annotations

import numpy as np

from facepoints.arrays import Array, Image, as_image
from facepoints.drawing.boxes import draw_box, draw_score
from facepoints.drawing.canvas import Canvas
from facepoints.drawing.points import draw_edges, draw_points
from facepoints.drawing.style import Style
from facepoints.faces import Face, Faces

__all__ = ["draw"]

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
        InputError: not such an image.
    """
    drawn = as_image(image).copy()
    size = (drawn.shape[1], drawn.shape[0])
    # The highest score comes last, so that it lies on top.
    for face in reversed(list(faces)):
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


def _area(face: Face, style: Style) -> Array:
    """The part of the picture that a drawing of this face may touch, its label included."""
    low = np.minimum(face.box[:2], face.keypoints.min(axis=0))
    high = np.maximum(face.box[2:], face.keypoints.max(axis=0))
    margin = 3 * style.text_height + 2 * style.point_radius
    return np.concatenate([low - margin, high + margin])
